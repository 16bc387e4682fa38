"""Which predicates a query looks at, read from its tokens: what must be at hand to answer it.

A reader of triple patterns, not a parser: what it does not follow it takes for "any", which is never wrong, only dear.
Source: SPARQL 1.1 Query §19.8 (TriplesSameSubjectPath, PropertyListPathNotEmpty).
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping

from msgspec import Struct

from kgtool.catalog.text import lexemes
from kgtool.engine.remote.bound import bound_variables
from kgtool.terms import RDF

_Lexeme = tuple[str, str, int]  # kind, sign, start
_SKIPPED = frozenset({"GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"})
_DATASET = frozenset({"GRAPH", "FROM"})
# Behind these signs a predicate comes next (1), or another object (2).
_THEN = {"[": 1, ";": 1, "/": 1, "|": 1, "^": 1, ",": 2}
_TERMS = frozenset({"iri", "pname", "string", "number"})


class Needs(Struct, frozen=True):
    """What a query looks at.

    Attributes:
        named: IRIs that may be predicates of its patterns (classes and others among them).
        described: predicates whose subjects are predicates that it looks at too: `?p <x> ?y . ?s ?p ?o`.
    """

    named: frozenset[str]
    described: frozenset[str] = frozenset()


class NamesGraphsError(Exception):
    """The query says FROM or GRAPH: triples alone do not answer it."""


def needs_of(text: str, prefixes: Mapping[str, str]) -> Needs | None:
    """What must be at hand to answer a query; None for everything.

    Raises:
        NamesGraphsError: the query says FROM or GRAPH.
    """
    every = list(lexemes(text))
    known = {**prefixes, **_declared(every)}
    found: set[str] = {RDF + "type"}
    for kind, sign, _ in every:
        if kind == "word" and sign.upper() in _DATASET:
            raise NamesGraphsError
        iri = _iri(kind, sign, known)
        if iri is None and kind == "pname":
            return None
        found |= {iri} if iri else set()
    free = None if _negates(every) else _variable_predicates(every)
    if free is None:
        return None
    bound, described = bound_variables(every), set()
    for number in free:
        name = every[number][1][1:]
        if name in bound[number].listed:
            continue
        term = bound[number].described.get(name)
        iri = _iri(*every[term][:2], known) if term is not None else None
        if iri is None:
            return None
        described.add(iri)
    return Needs(frozenset(found), frozenset(described))


def _iri(kind: str, sign: str, known: Mapping[str, str]) -> str | None:
    """The IRI that a lexeme is; None for one that is none, or cannot be told."""
    if kind == "iri":
        return sign[1:-1]
    prefix, _, local = sign.partition(":")
    return known[prefix] + local if kind == "pname" and prefix in known and "\\" not in local else None


def _declared(every: list[_Lexeme]) -> dict[str, str]:
    out: dict[str, str] = {}
    for before, name, iri in zip(every, every[1:], every[2:], strict=False):
        if before[1].upper() == "PREFIX" and name[0] == "pname" and iri[0] == "iri":
            out[name[1].rstrip(":")] = iri[1][1:-1]
    return out


def _negates(every: list[_Lexeme]) -> bool:
    """A negated property set (`!cd:p`, `!(…)`) looks at every other predicate. Before the `!` of an expression stands `(`,
    a comma or an operator of logic."""
    return any(
        sign == "!" and (before[0] in {*_TERMS, "var"} or before[1] in {"/", "|", "^", ";", "]", "a"})
        for before, (_, sign, _) in itertools.pairwise(every)
    )


def _variable_predicates(every: list[_Lexeme]) -> list[int] | None:
    """Places of variables that stand where a predicate may; None where the reader lost its way.

    `at` counts the terms of the pattern that is being read.
    """
    found: list[int] = []
    at, number, inside = 0, 0, False
    open_nodes: list[int] = []
    while number < len(every):
        kind, sign, _ = every[number]
        word = sign.upper() if kind == "word" else ""
        if word == "SELECT" or (not inside and sign != "{"):
            number = _until(every, number, "{")
            inside, at = True, 0
        elif word in _SKIPPED:
            number = _until(every, number, "}")
            continue
        elif word == "VALUES":
            number = _until(every, _until(every, number, "{"), "}")
            at = 0
        elif sign == "(":
            number = _closing(every, number)
            at = at + 1 if at else 0  # a path in brackets is a predicate; elsewhere an expression stands
        elif word == "FILTER":
            number, at = _behind_filter(every, number), 0
        elif at > 3:  # beyond the object: something was not followed
            return None
        else:
            if kind == "var" and at == 1:
                found.append(number)
            at = _step(kind, sign, word, at, open_nodes)
        number += 1
    return found


def _step(kind: str, sign: str, word: str, at: int, open_nodes: list[int]) -> int:
    """Where in its pattern the reader stands behind a sign; 1: a predicate comes next."""
    if sign == "[":
        open_nodes.append(at)
    elif sign == "]":
        return (open_nodes.pop() if open_nodes else 0) + 1
    elif sign == "^^":
        return at - 1
    elif sign not in _THEN:
        if (kind == "op" and sign in {"*", "+", "?", "!", "-"}) or sign.startswith("@"):
            return at
        if word in {"A", "TRUE", "FALSE"} or kind in _TERMS or kind == "var":
            return at + 1
    return _THEN.get(sign, 0)  # a dot, a brace and a keyword begin anew


def _behind_filter(every: list[_Lexeme], number: int) -> int:
    """The last lexeme of what FILTER is followed by, unless that is EXISTS and its group."""
    after = every[number + 1 : number + 2]
    if after and after[0][0] in {"pname", "iri"}:  # a call of a function that has an IRI
        return _closing(every, number + 2)
    return number


def _until(every: list[_Lexeme], number: int, mark: str) -> int:
    """The next place of a mark from here on, or the end."""
    while number < len(every) and every[number][1] != mark:
        number += 1
    return number


def _closing(every: list[_Lexeme], number: int) -> int:
    depth = 0
    while number < len(every):
        depth += (every[number][1] == "(") - (every[number][1] == ")")
        if depth == 0:
            return number
        number += 1
    return number
