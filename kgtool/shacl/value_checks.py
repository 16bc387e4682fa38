"""Tests of single values: which of a set of distinct values break a constraint. Source: SHACL §4.1, §4.3-§4.5, §4.8."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import pyoxigraph as ox

from kgtool.index import Term
from kgtool.shacl import plan
from kgtool.shacl.data import Data
from kgtool.shacl.regex import not_matching
from kgtool.shacl.xsd import Order, order, value_of, well_typed
from kgtool.terms import RDF

ValueTest = (
    plan.ClassOf | plan.Datatype | plan.NodeKind | plan.Range | plan.Length | plan.Pattern | plan.LanguageIn | plan.In
)  # fmt: skip


def failing_values(data: Data, test: ValueTest, values: AbstractSet[int]) -> AbstractSet[int]:
    """The values that break the constraint. Cost: linear in distinct values."""
    terms = data.terms
    if isinstance(test, plan.ClassOf):
        code = data.index.ids.get(test.cls, -1)
        return values - data.instances(code) if code >= 0 else values
    if isinstance(test, plan.In):
        ids = data.index.ids
        return values - {ids[member] for member in test.members if member in ids}
    if isinstance(test, plan.Datatype):
        return _datatype(terms, test.iri, values)
    if isinstance(test, plan.NodeKind):
        right = tuple(
            kind for kind, wanted in ((ox.NamedNode, test.iri), (ox.BlankNode, test.blank), (ox.Literal, test.literal))
            if wanted
        )  # fmt: skip
        return {value for value in values if not isinstance(terms[value], right)}
    if isinstance(test, plan.Range):
        return _range(terms, test, values)
    if isinstance(test, plan.LanguageIn):
        return _languages(terms, test.ranges, values)
    return _text(terms, test, values)


def _datatype(terms: list[Term], iri: str, values: AbstractSet[int]) -> set[int]:
    wanted = ox.NamedNode(iri)
    literal = ox.Literal
    wrong = {v for v in values if not isinstance(term := terms[v], literal) or term.datatype != wanted}
    if iri == RDF + "langString" or len(wrong) == len(values):
        return wrong
    if well_typed("\x00", iri):  # a datatype whose lexical space is every string
        return wrong
    return wrong | {v for v in values if v not in wrong and not well_typed(terms[v].value, iri)}  # type: ignore[union-attr]


def _range(terms: list[Term], test: plan.Range, values: AbstractSet[int]) -> set[int]:
    bound = value_of(test.bound)
    right = {Order.GREATER if test.above else Order.LESS} | ({Order.EQUAL} if test.inclusive else set())
    return {value for value in values if order(value_of(terms[value]), bound) not in right}


def _languages(terms: list[Term], ranges: tuple[str, ...], values: AbstractSet[int]) -> set[int]:
    """Basic filtering of RFC 4647 §3.3.1, as SPARQL's langMatches does it; decided once a language tag."""
    tags = {value: getattr(terms[value], "language", None) for value in values}
    wrong = {tag for tag in set(tags.values()) if not tag or not _speaks(tag.lower(), ranges)}
    return {value for value, tag in tags.items() if tag in wrong}


def _speaks(tag: str, ranges: tuple[str, ...]) -> bool:
    return any(tag == wanted or tag.startswith(wanted + "-") for wanted in ranges)


def _text(terms: list[Term], test: plan.Length | plan.Pattern, values: AbstractSet[int]) -> set[int]:
    """Blank nodes have no text and so break every such constraint. Source: SHACL §4.4.1."""
    blank = ox.BlankNode
    wrong = {value for value in values if isinstance(terms[value], blank | ox.Triple)}
    texts = {value: terms[value].value for value in values if value not in wrong}  # type: ignore[union-attr]
    if isinstance(test, plan.Length):
        least, most = test.least, test.most
        if most < 0:
            return wrong | {value for value, text in texts.items() if len(text) < least}
        return wrong | {value for value, text in texts.items() if len(text) > most}
    bad = set(not_matching(set(texts.values()), test.regex, test.flags))
    return wrong | {value for value, text in texts.items() if text in bad} if bad else wrong
