"""Axioms compiled into rules by predicate and by class. Source: OWL 2 Profiles §4.3 tables 5-7."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from msgspec import Struct

from kgtool.reason.axioms import Axioms
from kgtool.reason.gainrules import (
    AllValuesGained,
    AtMostOneGained,
    GainRule,
    HasValueGained,
    Key,
    SomeValuesGained,
)
from kgtool.reason.names import Names
from kgtool.reason.order import Order
from kgtool.reason.pairrules import (
    AllValues,
    AtMostOne,
    Chain,
    Functional,
    HasValueOf,
    Imply,
    PairRule,
    SomeValues,
    Transitive,
    Typed,
)
from kgtool.reason.rule import Axiom, Rule
from kgtool.reason.typesets import Step


class Plan(Struct, frozen=True):
    """Everything that the engine does for one schema.

    Attributes:
        pairs: predicate to the rules that hear of its statements.
        gains: class to the rules that hear of its new members.
        steps: class to the steps among classes alone.
        keys: run when the others have ended.
        enumerated: (class, member) of cls-oo with its rule.
        fillers: classes that a rule asks of an object; literals must be given those that are datatypes (dt-type2).
        targets: predicates that rules add statements to.
        looked: predicates whose statements rules look up.
        merges: whether some rule makes nodes the same.
    """

    pairs: dict[int, list[PairRule]]
    gains: dict[int, list[GainRule]]
    steps: dict[int, list[Step]]
    keys: tuple[Key, ...]
    enumerated: tuple[tuple[int, int, Rule], ...]
    fillers: frozenset[int]
    targets: frozenset[int]
    looked: frozenset[int]
    merges: bool


def make_plan(axioms: Axioms, names: Names, properties: Order, classes: Order) -> Plan:
    """Compile. Cost: linear in the axioms."""
    pairs: dict[int, list[PairRule]] = {}
    gains: dict[int, list[GainRule]] = {}
    for source, rule in itertools.chain(_pair_rules(axioms, names, properties), _kind_rules(axioms, names)):
        pairs.setdefault(source, []).append(rule)
    for pair_rule, gain_rules in _restrictions(axioms, names):
        if pair_rule is not None:
            pairs.setdefault(pair_rule[0], []).append(pair_rule[1])
        for one in gain_rules:
            gains.setdefault(one.cls, []).append(one)
    keys = tuple(Key(Rule("prp-key", (axiom,)), axiom[0], items) for axiom, items in axioms.lists(names.hasKey))
    every: list[PairRule | GainRule] = [rule for rules in pairs.values() for rule in rules]
    every += [rule for gained in gains.values() for rule in gained]
    targets = frozenset(target for rule in every for target in rule.targets)
    looked = frozenset(look for rule in every for look in rule.looks) | {p for key in keys for p in key.properties}
    merges = bool(keys) or names.sameAs in targets or any(isinstance(r, Functional | AtMostOne) for r in every)
    steps = _steps(axioms, names, classes)
    return Plan(
        pairs, gains, steps, keys, tuple(_enumerated(axioms, names)), frozenset({*gains, *steps}), targets,
        frozenset(looked), merges,
    )  # fmt: skip


def _pair_rules(axioms: Axioms, names: Names, properties: Order) -> Iterator[tuple[int, PairRule]]:
    for edges in properties.up.values():
        for edge in edges.values():
            yield edge.low, Imply(edge.use, edge.low, edge.high, turned=False)
    for one, other in axioms.pairs(names.inverseOf):
        axiom = (one, names.inverseOf, other)
        yield one, Imply(Rule("prp-inv1", (axiom,)), one, other, turned=True)
        yield other, Imply(Rule("prp-inv2", (axiom,)), other, one, turned=True)
    for prop, cls in axioms.pairs(names.domain):
        yield prop, Typed(Rule("prp-dom", ((prop, names.domain, cls),)), prop, cls, of_object=False)
    for prop, cls in axioms.pairs(names.range):
        yield prop, Typed(Rule("prp-rng", ((prop, names.range, cls),)), prop, cls, of_object=True)
    for axiom, items in axioms.lists(names.propertyChainAxiom):
        for position, item in enumerate(items):
            yield item, Chain(Rule("prp-spo2", (axiom,)), axiom[0], items, position)


def _kind_rules(axioms: Axioms, names: Names) -> Iterator[tuple[int, PairRule]]:
    for prop in axioms.typed(names.SymmetricProperty):
        yield prop, Imply(_kind("prp-symp", names, prop, names.SymmetricProperty), prop, prop, turned=True)
    for prop in axioms.typed(names.TransitiveProperty):
        yield prop, Transitive(_kind("prp-trp", names, prop, names.TransitiveProperty), prop)
    for prop in axioms.typed(names.FunctionalProperty):
        yield prop, Functional(_kind("prp-fp", names, prop, names.FunctionalProperty), prop, inverse=False)
    for prop in axioms.typed(names.InverseFunctionalProperty):
        yield prop, Functional(_kind("prp-ifp", names, prop, names.InverseFunctionalProperty), prop, inverse=True)


def _kind(name: str, names: Names, prop: int, kind: int) -> Rule:
    return Rule(name, ((prop, names.type_, kind),))


_Compiled = tuple[tuple[int, PairRule] | None, tuple[GainRule, ...]]


def _restrictions(axioms: Axioms, names: Names) -> Iterator[_Compiled]:
    for node, prop, filler in axioms.restrictions(names.someValuesFrom):
        said = ((node, names.someValuesFrom, filler), (node, names.onProperty, prop))
        if filler == names.Thing:
            yield (prop, Typed(Rule("cls-svf2", said), prop, node, of_object=False)), ()
        else:
            rule = Rule("cls-svf1", said)
            yield (prop, SomeValues(rule, prop, filler, node)), (SomeValuesGained(rule, filler, prop, node),)
    for node, prop, filler in axioms.restrictions(names.allValuesFrom):
        rule = Rule("cls-avf", ((node, names.allValuesFrom, filler), (node, names.onProperty, prop)))
        yield (prop, AllValues(rule, prop, node, filler)), (AllValuesGained(rule, node, prop, filler),)
    for node, prop, value in axioms.restrictions(names.hasValue):
        said = ((node, names.hasValue, value), (node, names.onProperty, prop))
        gained = HasValueGained(Rule("cls-hv1", said), node, prop, value)
        yield (prop, HasValueOf(Rule("cls-hv2", said), prop, value, node)), (gained,)
    yield from _at_most_one(axioms, names)


def _at_most_one(axioms: Axioms, names: Names) -> Iterator[_Compiled]:
    for node, prop, number in axioms.restrictions(names.maxCardinality):
        if axioms.number(number) == 1:
            one: tuple[Axiom, ...] = ((node, names.maxCardinality, number), (node, names.onProperty, prop))
            most = AtMostOne(Rule("cls-maxc2", one), prop, node, -1)
            yield (prop, most), (AtMostOneGained(node, most, counted=False),)
    counted: dict[int, list[int]] = {}
    for node, cls in axioms.pairs(names.onClass):
        counted.setdefault(node, []).append(cls)
    for node, prop, number in axioms.restrictions(names.maxQualifiedCardinality):
        for cls in counted.get(node, ()) if axioms.number(number) == 1 else ():
            said: tuple[Axiom, ...] = (
                (node, names.maxQualifiedCardinality, number), (node, names.onProperty, prop),
                (node, names.onClass, cls),
            )  # fmt: skip
            if cls == names.Thing:
                most = AtMostOne(Rule("cls-maxqc4", said), prop, node, -1)
                yield (prop, most), (AtMostOneGained(node, most, counted=False),)
            else:
                most = AtMostOne(Rule("cls-maxqc3", said), prop, node, cls)
                gained = (AtMostOneGained(node, most, counted=False), AtMostOneGained(cls, most, counted=True))
                yield (prop, most), gained


def _steps(axioms: Axioms, names: Names, classes: Order) -> dict[int, list[Step]]:
    steps: dict[int, list[Step]] = {}
    for edges in classes.up.values():
        for edge in edges.values():
            steps.setdefault(edge.low, []).append(Step(edge.high, edge.use, (edge.low,)))
    for axiom, items in axioms.lists(names.intersectionOf):
        members = tuple(dict.fromkeys(items))
        for item in members:
            steps.setdefault(item, []).append(Step(axiom[0], Rule("cls-int1", (axiom,)), members))
    return steps


def _enumerated(axioms: Axioms, names: Names) -> Iterator[tuple[int, int, Rule]]:
    for axiom, items in axioms.lists(names.oneOf):
        for item in items:
            yield axiom[0], item, Rule("cls-oo", (axiom,))
