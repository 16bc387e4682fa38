"""Tests of single values as SPARQL expressions that are true when a value is right; an error counts as wrong.

The operators of engines go beyond SPARQL 1.1 §17.3 in different ways (Oxigraph orders strings with a language, Virtuoso
finds an IRI less than 2), so an order is asked for only between literals whose datatypes and forms allow it.
Source: SHACL §4.1, §4.3, §4.4, §4.8.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.shacl import plan
from kgtool.shacl.compile.lexical import INTEGERS, ZONED, matches, well_typed
from kgtool.shacl.compile.model import CompileError
from kgtool.shacl.compile.text import literal
from kgtool.shacl.moments import MOMENTS, moment
from kgtool.shacl.plan import Term
from kgtool.terms import RDF, XSD

_NUMBERS = ("integer", "decimal", "double", "float")
# What SPARQL 1.1 orders besides numbers, and the two durations that XPath orders; xsd:duration has no order.
_ALONE = ("string", "boolean", "yearMonthDuration", "dayTimeDuration")
ValueTest = plan.Datatype | plan.NodeKind | plan.Range | plan.Length | plan.Pattern | plan.LanguageIn | plan.In


def right(test: ValueTest, value: str) -> str:
    """The expression for a value (a variable).

    Raises:
        CompileError: engines would not agree on it.
    """
    if isinstance(test, plan.Datatype):
        if test.iri.removeprefix(XSD) in INTEGERS:
            raise CompileError(
                zh=f"引擎將 {test.iri} 存為 xsd:integer", en=f"engines keep a literal of {test.iri} as an xsd:integer"
            )
        return _datatype(test.iri, value)
    if isinstance(test, plan.NodeKind):
        kinds = (("isIRI", test.iri), ("isBlank", test.blank), ("isLiteral", test.literal))
        return " || ".join(f"{name}({value})" for name, wanted in kinds if wanted)
    if isinstance(test, plan.Range):
        return _range(test, value)
    if isinstance(test, plan.Length):
        size = f"STRLEN(STR({value}))"
        return f"!isBlank({value}) && " + (f"{size} >= {test.least}" if test.most < 0 else f"{size} <= {test.most}")
    if isinstance(test, plan.Pattern):
        flags = f", {literal(test.flags)}" if test.flags else ""
        return f"!isBlank({value}) && REGEX(STR({value}), {literal(test.regex)}{flags})"
    if isinstance(test, plan.LanguageIn):
        return _languages(test.ranges, value)
    return one_of(test.members, value)


def one_of(terms: Iterable[Term], value: str) -> str:
    """Whether a value is one of these terms, as terms and not by value.

    Raises:
        CompileError: a blank node of the shapes names no node of the data behind an endpoint.
    """
    iris: list[str] = []
    tagged: defaultdict[str, list[str]] = defaultdict(list)
    said: list[str] = []
    for term in terms:
        if isinstance(term, ox.BlankNode):
            raise CompileError(zh="空白節點無法在查詢中指稱", en="a blank node cannot be named in a query")
        if isinstance(term, ox.NamedNode):
            iris.append(str(term))
        elif term.language:
            tagged[term.language.lower()].append(literal(term.value))
        else:
            said.append(f"sameTerm({value}, {term})")
    if iris:
        said.append(f"(isIRI({value}) && {value} IN ({', '.join(iris)}))")
    said += [
        f'(LCASE(LANG({value})) = "{tag}" && STR({value}) IN ({", ".join(found)}))' for tag, found in tagged.items()
    ]
    return " || ".join(said) if said else "false"


def _datatype(iri: str, value: str) -> str:
    if iri == RDF + "langString":
        return f'isLiteral({value}) && LANG({value}) != ""'
    form = well_typed(value, iri)
    of_type = f"isLiteral({value}) && DATATYPE({value}) = <{iri}>"
    return of_type if form == "true" else f"{of_type} && {form}"


def _languages(ranges: Iterable[str], value: str) -> str:
    """Basic filtering of RFC 4647 §3.3.1, written out: engines lower-case tags, and not all have langMatches alike."""
    tag = f"LCASE(LANG({value}))"
    each = [f'{tag} = "{wanted}" || STRSTARTS({tag}, "{wanted}-")' for wanted in ranges]
    return f"isLiteral({value}) && ({' || '.join(each) or 'false'})"


def _range(test: plan.Range, value: str) -> str:
    operator = (">" if test.above else "<") + ("=" if test.inclusive else "")
    name = test.bound.datatype.value.removeprefix(XSD)
    asked = f"{value} {operator} {test.bound}"
    if name in MOMENTS:
        found = moment(name, test.bound.value)
        zoned, zone = found is not None and found[1], matches(value, ZONED)
        return f"{_datatype(test.bound.datatype.value, value)} && {zone if zoned else '!' + zone} && {asked}"
    return f"{_family(name, value)} && {asked}"


def less(one: str, other: str, *, equal: bool) -> str:
    """Whether one value (a variable) is less than another; false where the two cannot be compared. Source: SHACL §4.5.3."""
    asked = f"{one} {'<=' if equal else '<'} {other}"
    families = [f"{_family(name, one)} && {_family(name, other)}" for name in ("integer", *_ALONE)]
    for name in sorted(MOMENTS):
        zones = f"{matches(one, ZONED)} = {matches(other, ZONED)}"
        families.append(f"{_datatype(XSD + name, one)} && {_datatype(XSD + name, other)} && {zones}")
    return f"({' || '.join(f'({family})' for family in families)}) && {asked}"


def _family(name: str, value: str) -> str:
    """Whether a value is a well-typed literal of the datatypes that compare with a datatype."""
    if name in _ALONE:
        return _datatype(XSD + name, value)
    if name in _NUMBERS or name in INTEGERS:
        plain = " || ".join(f"({_datatype(XSD + one, value)})" for one in (*_NUMBERS, *INTEGERS))
        return f"({plain})"
    return "false"
