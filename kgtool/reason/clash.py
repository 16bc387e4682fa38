"""The rules whose conclusion is false: run once, when nothing more follows.

Disjointness is looked for once a set of classes, then for the nodes that have such a set.
Source: OWL 2 Profiles §4.3 tables 4-8, the rules with consequence `false`.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.reason.axioms import Axioms
from kgtool.reason.names import Names
from kgtool.reason.rule import HALF, LOW, Axiom, Premise, Rule, pack
from kgtool.reason.state import State
from kgtool.reason.values import DATATYPES, holds, value_of
from kgtool.terms import RDF, XSD

# Each rule stops here: a broken axiom can contradict every record, and people read the first ones.
MOST = 1_000


class Clash(Struct, frozen=True):
    """An application of a rule that gives `false`. The first premise names what it is about."""

    rule: Rule
    premises: tuple[Premise, ...]


class _Group(Struct, frozen=True):
    """Things of which no two may hold together."""

    rule: Rule
    members: tuple[int, ...]


class Checks:
    """The axioms that can be broken.

    Attributes:
        looked: predicates whose statements the checks read.
    """

    __slots__ = ("_axioms", "_classes", "_names", "_none", "_properties", "looked")

    def __init__(self, axioms: Axioms, names: Names) -> None:
        self._axioms = axioms
        self._names = names
        self._classes = list(_class_groups(axioms, names))
        self._properties = list(_property_groups(axioms, names))
        self._none = list(_at_most_none(axioms, names))
        self.looked = frozenset(
            {member for group in self._properties for member in group.members}
            | set(axioms.typed(names.IrreflexiveProperty)) | set(axioms.typed(names.AsymmetricProperty))
            | {prop for _, prop in axioms.pairs(names.assertionProperty)} | {prop for _, _, prop, _ in self._none}
            | {names.differentFrom}
        )  # fmt: skip

    def find(self, state: State, index: Index) -> list[Clash]:
        """Every contradiction, at most `MOST` a rule, in a fixed order. Cost: linear in what the axioms mention."""
        found: list[Clash] = []
        for rule in (
            self._of_classes(state), self._of_different(state), self._of_groups(state), self._of_properties(state),
            self._of_negatives(state), self._of_none(state), self._of_literals(state, index),
        ):  # fmt: skip
            found += itertools.islice(rule, MOST)
        return found

    def _of_classes(self, state: State) -> Iterator[Clash]:
        """cls-nothing2, cls-com, cax-dw, cax-adc."""
        typed, nothing = self._names.type_, self._names.Nothing
        broken: dict[int, list[tuple[Rule, tuple[int, ...]]]] = {}
        for number, classes in enumerate(state.types.sets):
            for group in self._classes:
                for pair in _pairs_in(group.members, classes):
                    broken.setdefault(number, []).append((group.rule, pair))
            if nothing in classes:
                broken.setdefault(number, []).append((Rule("cls-nothing2"), (nothing,)))
        if broken:
            for node, number in enumerate(state.types.of):
                if number in broken and node not in state.same.parent:
                    for rule, classes_ in broken[number]:
                        yield Clash(rule, tuple((typed, pack(node, cls)) for cls in classes_))

    def _of_different(self, state: State) -> Iterator[Clash]:
        """eq-diff1."""
        different = self._names.differentFrom
        for key in sorted(state.tables[different].all):
            one, other = key >> HALF, key & LOW
            if state.find(one) == state.find(other):
                yield Clash(Rule("eq-diff1"), ((self._names.sameAs, pack(one, other)), (different, key)))

    def _of_groups(self, state: State) -> Iterator[Clash]:
        """eq-diff2, eq-diff3."""
        names = self._names
        declared = set(self._axioms.typed(names.AllDifferent))
        for predicate, name in ((names.members, "eq-diff2"), (names.distinctMembers, "eq-diff3")):
            for axiom, items in self._axioms.originals(predicate):
                if axiom[0] not in declared:
                    continue
                first: dict[int, int] = {}
                for item in items:
                    other = first.setdefault(state.find(item), item)
                    if other != item:
                        yield Clash(Rule(name, (axiom,)), ((names.sameAs, pack(other, item)),))

    def _of_properties(self, state: State) -> Iterator[Clash]:
        """prp-irp, prp-asyp, prp-pdw, prp-adp."""
        names = self._names
        for prop in self._axioms.typed(names.IrreflexiveProperty):
            rule = Rule("prp-irp", ((prop, names.type_, names.IrreflexiveProperty),))
            for key in sorted(key for key in state.tables[prop].all if key >> HALF == key & LOW):
                yield Clash(rule, ((prop, key),))
        for prop in self._axioms.typed(names.AsymmetricProperty):
            rule = Rule("prp-asyp", ((prop, names.type_, names.AsymmetricProperty),))
            known = state.tables[prop].all
            for key in sorted(key for key in known if key >> HALF <= key & LOW):
                turned = pack(key & LOW, key >> HALF)
                if turned in known:
                    yield Clash(rule, ((prop, key), (prop, turned)))
        for group in self._properties:
            for one, other in itertools.combinations(group.members, 2):
                for key in sorted(state.tables[one].all & state.tables[other].all):
                    yield Clash(group.rule, ((one, key), (other, key)))

    def _of_negatives(self, state: State) -> Iterator[Clash]:
        """prp-npa1, prp-npa2."""
        names, axioms = self._names, self._axioms
        props, objects, values = (
            dict(axioms.pairs(predicate))
            for predicate in (names.assertionProperty, names.targetIndividual, names.targetValue)
        )
        for node, subject in axioms.pairs(names.sourceIndividual):
            for targets, name, predicate in (
                (objects, "prp-npa1", names.targetIndividual), (values, "prp-npa2", names.targetValue),
            ):  # fmt: skip
                if node not in targets or node not in props:
                    continue
                key = pack(state.find(subject), state.find(targets[node]))
                if key in state.tables[props[node]].all:
                    said = (
                        (node, names.sourceIndividual, subject), (node, names.assertionProperty, props[node]),
                        (node, predicate, targets[node]),
                    )  # fmt: skip
                    yield Clash(Rule(name, said), ((props[node], key),))

    def _of_none(self, state: State) -> Iterator[Clash]:
        """cls-maxc1, cls-maxqc1, cls-maxqc2."""
        typed = self._names.type_
        for rule, cls, prop, counted in self._none:
            has, is_counted = state.members(cls), state.members(counted)
            for key in sorted(state.tables[prop].all):
                if has(key >> HALF) and (counted < 0 or is_counted(key & LOW)):
                    told: tuple[Premise, ...] = ((typed, pack(key >> HALF, cls)), (prop, key))
                    yield Clash(rule, told if counted < 0 else (*told, (typed, pack(key & LOW, counted))))

    def _of_literals(self, state: State, index: Index) -> Iterator[Clash]:
        """dt-not-type: a text outside its own datatype, or a value outside a datatype that it was given."""
        typed = self._names.type_
        codes = {code: iri for iri in sorted(DATATYPES) if (code := index.iri(iri)) >= 0}
        given = {number: sorted(classes & codes.keys()) for number, classes in enumerate(state.types.sets)}
        plain = {XSD + "string", RDF + "langString"}
        broken: dict[int, None] = {}
        for node in index.mentioned:
            term = index.terms[node]
            if not isinstance(term, ox.Literal):
                continue
            datatype = term.datatype.value
            asked = given[state.types.of[node]]
            if (datatype in plain or datatype not in DATATYPES) and not asked:
                continue
            value = value_of(term)
            if value is None:
                broken[node] = None
            for code in asked if value is not None else ():
                if codes[code] != datatype and value is not None and holds(codes[code], value) is False:
                    yield Clash(Rule("dt-not-type"), ((typed, pack(node, code)),))
        for premise in _first_uses(index, broken):
            yield Clash(Rule("dt-not-type"), (premise,))


def _first_uses(index: Index, nodes: dict[int, None]) -> Iterator[Premise]:
    """The first statement with each of these objects, in file order. Cost: one pass over the columns."""
    left = set(nodes)
    for predicate in index.predicates if left else ():
        for subject, value in zip(*index.column(predicate), strict=True):
            if value in left:
                left.discard(value)
                yield predicate, pack(subject, value)


def _pairs_in(members: tuple[int, ...], classes: frozenset[int]) -> list[tuple[int, int]]:
    present = [member for member in members if member in classes]
    return list(itertools.combinations(present, 2))


def _class_groups(axioms: Axioms, names: Names) -> Iterator[_Group]:
    for predicate, name in ((names.disjointWith, "cax-dw"), (names.complementOf, "cls-com")):
        for one, other in axioms.pairs(predicate):
            yield _Group(Rule(name, ((one, predicate, other),)), (one, other))
    yield from _listed(axioms, names, names.AllDisjointClasses, "cax-adc")


def _property_groups(axioms: Axioms, names: Names) -> Iterator[_Group]:
    for one, other in axioms.pairs(names.propertyDisjointWith):
        yield _Group(Rule("prp-pdw", ((one, names.propertyDisjointWith, other),)), (one, other))
    yield from _listed(axioms, names, names.AllDisjointProperties, "prp-adp")


def _listed(axioms: Axioms, names: Names, kind: int, name: str) -> Iterator[_Group]:
    declared = set(axioms.typed(kind))
    for axiom, items in axioms.lists(names.members):
        if axiom[0] in declared:
            yield _Group(Rule(name, (axiom,)), items)


def _at_most_none(axioms: Axioms, names: Names) -> Iterator[tuple[Rule, int, int, int]]:
    """(rule, restriction, property, counted class or -1) of every restriction to none."""
    for node, prop, number in axioms.restrictions(names.maxCardinality):
        if axioms.number(number) == 0:
            said: tuple[Axiom, ...] = ((node, names.maxCardinality, number), (node, names.onProperty, prop))
            yield Rule("cls-maxc1", said), node, prop, -1
    for node, prop, number in axioms.restrictions(names.maxQualifiedCardinality):
        if axioms.number(number) == 0:
            for cls in (cls for one, cls in axioms.pairs(names.onClass) if one == node):
                said = (
                    (node, names.maxQualifiedCardinality, number), (node, names.onProperty, prop),
                    (node, names.onClass, cls),
                )  # fmt: skip
                if cls == names.Thing:
                    yield Rule("cls-maxqc2", said), node, prop, -1
                else:
                    yield Rule("cls-maxqc1", said), node, prop, cls
