"""Whether an ontology stays within OWL 2 RL, read from its triples. Source: OWL 2 Profiles §4.2, OWL 2 Mapping to RDF §3.

An axiom outside the profile is not wrong; the rules just do not use all of it, so that something that follows in OWL
is not found. Each reason has a name, so that it can be accepted where it is meant.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.reason.axioms import Axioms
from kgtool.reason.model import Fact
from kgtool.reason.names import Names
from kgtool.reason.same import Same
from kgtool.reason.values import DATATYPES
from kgtool.terms import OWL, RDF, RDFS, XSD


class Departure(enum.StrEnum):
    """Why an axiom is outside the profile."""

    SUBCLASS = "subclass-expression"
    SUPERCLASS = "superclass-expression"
    EQUIVALENT = "equivalent-class-expression"
    OPERAND = "class-expression"
    BOUND = "domain-or-range-expression"
    DATATYPE = "datatype-outside-rl"
    CONSTRUCT = "construct-outside-rl"
    LITERAL = "opaque-value"


class Violation(Struct, frozen=True):
    """One reason: the axiom, and the part of it that the profile does not allow."""

    departure: Departure
    axiom: Fact
    part: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


def departures(index: Index) -> tuple[Violation, ...]:
    """Every reason why an ontology is not in OWL 2 RL, in file order by kind of axiom.

    Args:
        index: the ontology, with the data whose values its axioms compare.
    Cost: linear in the axioms, and in the columns of properties that compare values.
    """
    return tuple(dict.fromkeys(_Profile(index).violations()))


class _Profile:
    def __init__(self, index: Index) -> None:
        self.index = index
        self.names = Names.of(index)
        self.axioms = Axioms(index, self.names, Same(lambda _: False), ())
        self.on_data = frozenset(self.axioms.typed(self.names.DatatypeProperty)) - frozenset(
            self.axioms.typed(self.names.ObjectProperty)
        )
        self.declared = frozenset(index.instances(self.names.Datatype))
        self.defined = self.declared & {one for one, _ in self.axioms.pairs(self.names.equivalentClass)}

    def violations(self) -> Iterator[Violation]:
        yield from self._inclusions()
        yield from self._equivalences()
        yield from self._operands()
        yield from self._bounds()
        yield from self._constructs()
        yield from self._values()

    # ---------- the grammar: which expression may stand where

    def objects(self, node: int, name: str) -> tuple[int, ...]:
        return self.index.objects(node, self.index.iri(OWL + name))

    def is_iri(self, node: int) -> bool:
        return isinstance(self.index.terms[node], ox.NamedNode)

    def members(self, node: int, name: str) -> tuple[int, ...] | None:
        """The members of the first list that `node` has by a predicate; None when there is none."""
        heads = self.objects(node, name)
        return self.axioms.items(heads[0]) if heads else None

    def is_range(self, node: int) -> bool:
        """Whether an expression is a data range rather than a class."""
        term = self.index.terms[node]
        known = isinstance(term, ox.NamedNode) and (term.value.startswith(XSD) or term.value in DATATYPES)
        return known or node in self.declared or bool(self.objects(node, "onDatatype"))

    def data_range(self, node: int) -> bool:
        """Datatypes and intersections of them."""
        term = self.index.terms[node]
        if isinstance(term, ox.NamedNode):
            return term.value in DATATYPES or node in self.defined
        inside = self.members(node, "intersectionOf")
        return inside is not None and all(self.data_range(one) for one in inside)

    def _filler(self, node: int, name: str, allowed: Callable[[int], bool]) -> bool | None:
        for filler in self.objects(node, name):
            data = any(prop in self.on_data for prop in self.objects(node, "onProperty"))
            return self.data_range(filler) if data or self.is_range(filler) else allowed(filler)
        return None

    def sub(self, node: int, depth: int = 0) -> bool:
        """subClassExpression."""
        if self.is_iri(node) or depth > 50:
            return node != self.names.Thing and depth <= 50
        for name in ("intersectionOf", "unionOf"):
            inside = self.members(node, name)
            if inside is not None:
                return all(self.sub(one, depth + 1) for one in inside)
        some = self._filler(node, "someValuesFrom", lambda one: one == self.names.Thing or self.sub(one, depth + 1))
        return bool(some) or bool(self.objects(node, "oneOf") or self.objects(node, "hasValue"))

    def sup(self, node: int, depth: int = 0) -> bool:
        """superClassExpression."""
        if self.is_iri(node) or depth > 50:
            return node != self.names.Thing and depth <= 50
        inside = self.members(node, "intersectionOf")
        if inside is not None:
            return all(self.sup(one, depth + 1) for one in inside)
        for other in self.objects(node, "complementOf"):
            return self.sub(other, depth + 1)
        every = self._filler(node, "allValuesFrom", lambda one: self.sup(one, depth + 1))
        return bool(every) or bool(self.objects(node, "hasValue")) or self._at_most(node, depth)

    def _at_most(self, node: int, depth: int) -> bool:
        for number in self.objects(node, "maxCardinality"):
            return self.axioms.number(number) is not None
        for number in self.objects(node, "maxQualifiedCardinality"):
            if self.axioms.number(number) is None:
                return False
            counted = self.objects(node, "onClass")
            ranges = self.objects(node, "onDataRange")
            return all(one == self.names.Thing or self.sub(one, depth + 1) for one in counted) and all(
                map(self.data_range, ranges)
            )
        return False

    def equ(self, node: int, depth: int = 0) -> bool:
        """equivClassExpression."""
        if self.is_iri(node) or depth > 50:
            return node != self.names.Thing and depth <= 50
        inside = self.members(node, "intersectionOf")
        if inside is not None:
            return all(self.equ(one, depth + 1) for one in inside)
        return bool(self.objects(node, "hasValue"))

    # ---------- the axioms

    def _said(self, departure: Departure, axiom: tuple[int, int, int], part: int) -> Violation:
        terms = self.index.terms
        return Violation(departure, Fact(*(terms[code] for code in axiom)), terms[part])

    def _inclusions(self) -> Iterator[Violation]:
        below = self.names.subClassOf
        for low, high in self.axioms.pairs(below):
            if not self.sub(low):
                yield self._said(Departure.SUBCLASS, (low, below, high), low)
            if not self.sup(high):
                yield self._said(Departure.SUPERCLASS, (low, below, high), high)
        for node, cls in self._nameless_types():
            if not self.sup(cls):
                yield self._said(Departure.SUPERCLASS, (node, self.names.type_, cls), cls)

    def _nameless_types(self) -> list[tuple[int, int]]:
        columns = zip(*self.index.column(self.names.type_), strict=True)
        return [(node, cls) for node, cls in columns if isinstance(self.index.terms[cls], ox.BlankNode)]

    def _equivalences(self) -> Iterator[Violation]:
        same = self.names.equivalentClass
        for one, other in self.axioms.pairs(same):
            axiom = (one, same, other)
            if one in self.declared or self.is_range(other):
                if not self.data_range(other):
                    yield self._said(Departure.DATATYPE, axiom, other)
                continue
            for node in (one, other):
                if not self.equ(node):
                    yield self._said(Departure.EQUIVALENT, axiom, node)
        for name in ("intersectionOf", "unionOf", "oneOf", "complementOf"):
            predicate = self.index.iri(OWL + name)
            for node, value in self.axioms.pairs(predicate):
                inside = self.members(node, name) if name == "intersectionOf" else None
                fits = inside is not None and all(self.equ(one) for one in inside)
                if self.is_iri(node) and node not in self.declared and not fits:
                    yield self._said(Departure.EQUIVALENT, (node, predicate, value), value)

    def _operands(self) -> Iterator[Violation]:
        names = self.names
        for one, other in self.axioms.pairs(names.disjointWith):
            for node in (one, other):
                if not self.sub(node):
                    yield self._said(Departure.OPERAND, (one, names.disjointWith, other), node)
        disjoint = set(self.axioms.typed(names.AllDisjointClasses))
        for axiom, items in self.axioms.lists(names.members):
            for node in items if axiom[0] in disjoint else ():
                if not self.sub(node):
                    yield self._said(Departure.OPERAND, axiom, node)
        for cls, head in self.axioms.pairs(names.hasKey):
            if not self.sub(cls):
                yield self._said(Departure.OPERAND, (cls, names.hasKey, head), cls)

    def _bounds(self) -> Iterator[Violation]:
        names = self.names
        for predicate in (names.domain, names.range):
            for prop, cls in self.axioms.pairs(predicate):
                if predicate == names.range and (prop in self.on_data or self.is_range(cls)):
                    if not self.data_range(cls) and not is_calendar(self.index.terms[cls]):
                        yield self._said(Departure.DATATYPE, (prop, predicate, cls), cls)
                elif not self.sup(cls):
                    yield self._said(Departure.BOUND, (prop, predicate, cls), cls)

    def _constructs(self) -> Iterator[Violation]:
        names, index = self.names, self.index
        reflexive = index.iri(OWL + "ReflexiveProperty")
        for prop in index.instances(reflexive):
            yield self._said(Departure.CONSTRUCT, (prop, names.type_, reflexive), reflexive)
        for name in ("hasSelf", "disjointUnionOf", "onProperties", "datatypeComplementOf", "withRestrictions"):
            predicate = index.iri(OWL + name)
            for node, value in zip(*index.column(predicate), strict=True):
                yield self._said(Departure.CONSTRUCT, (node, predicate, value), value)

    def _values(self) -> Iterator[Violation]:
        """Values that an axiom compares and whose datatype OWL 2 RL does not know: they equal only themselves."""
        axioms, names = self.axioms, self.names
        compared = dict.fromkeys(
            [
                *axioms.typed(names.FunctionalProperty), *axioms.typed(names.InverseFunctionalProperty),
                *(prop for _, items in axioms.lists(names.hasKey) for prop in items), names.hasValue, names.targetValue,
            ]
        )  # fmt: skip
        for prop in compared:
            seen: set[str] = set()
            for subject, value in zip(*self.index.column(prop), strict=True):
                term = self.index.terms[value]
                if isinstance(term, ox.Literal) and not _known(term) and term.datatype.value not in seen:
                    seen.add(term.datatype.value)
                    yield self._said(Departure.LITERAL, (subject, prop, value), value)


def is_calendar(term: object) -> bool:
    """Whether a term is one of XML Schema's calendar and duration types, which OWL 2 leaves out (xsd:date, xsd:gYear …)."""
    return isinstance(term, ox.NamedNode) and term.value in _CALENDAR


def _known(literal: ox.Literal) -> bool:
    return bool(literal.language) or literal.datatype.value in DATATYPES | {RDF + "langString", RDFS + "Literal"}


_CALENDAR = frozenset(
    XSD + name
    for name in (
        "date", "time", "gYear", "gYearMonth", "gMonth", "gMonthDay", "gDay", "duration", "dayTimeDuration",
        "yearMonthDuration",
    )
)  # fmt: skip
