"""Rules that fire when a node gets a class. Each is compiled from a restriction for one class.

Source: OWL 2 Profiles §4.3 table 6 (and prp-key, table 5).
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from kgtool.reason.pairrules import AtMostOne
from kgtool.reason.rule import HALF, Premise, Rule
from kgtool.reason.state import State


class GainRule(Protocol):
    """A rule that hears of new members of one class."""

    @property
    def cls(self) -> int: ...
    @property
    def targets(self) -> tuple[int, ...]: ...
    @property
    def looks(self) -> tuple[int, ...]: ...
    def gain(self, state: State, nodes: Sequence[int]) -> None: ...


class SomeValuesGained(Struct, frozen=True):
    """cls-svf1: the object of a statement has got the class that is asked for."""

    rule: Rule
    cls: int
    source: int
    restriction: int

    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def gain(self, state: State, nodes: Sequence[int]) -> None:
        backward, typed = state.backward(self.source), state.names.type_
        for node in nodes:
            for subject in backward.get(node, ()):
                premises = ((self.source, subject << HALF | node), (typed, node << HALF | self.cls))
                state.type_one(subject, self.restriction, self.rule, premises)


class AllValuesGained(Struct, frozen=True):
    """cls-avf: the subject has got the restriction."""

    rule: Rule
    cls: int
    source: int
    filler: int

    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def gain(self, state: State, nodes: Sequence[int]) -> None:
        forward, typed = state.forward(self.source), state.names.type_
        for node in nodes:
            for value in forward.get(node, ()):
                premises = ((typed, node << HALF | self.cls), (self.source, node << HALF | value))
                state.type_one(value, self.filler, self.rule, premises)


class HasValueGained(Struct, frozen=True):
    """cls-hv1: a member of the restriction has the value."""

    rule: Rule
    cls: int
    target: int
    value: int

    looks = ()

    @property
    def targets(self) -> tuple[int, ...]:
        return (self.target,)

    def gain(self, state: State, nodes: Sequence[int]) -> None:
        typed = state.names.type_
        made = [node << HALF | self.value for node in nodes]
        state.put(self.target, made, self.rule, typed, [node << HALF | self.cls for node in nodes])


class AtMostOneGained(Struct, frozen=True):
    """cls-maxc2, cls-maxqc3, cls-maxqc4: a node has got the restriction, or (`counted`) a value the counted class."""

    cls: int
    rule: AtMostOne
    counted: bool

    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.rule.source,)

    def gain(self, state: State, nodes: Sequence[int]) -> None:
        if not self.counted:
            for node in nodes:
                self.rule.merge(state, node)
            return
        members, backward = state.members(self.rule.cls), state.backward(self.rule.source)
        for subject in dict.fromkeys(one for node in nodes for one in backward.get(node, ())):
            if members(subject):
                self.rule.merge(state, subject)


class Key(Struct, frozen=True):
    """prp-key: members of a class that share a value of every key property are the same."""

    rule: Rule
    cls: int
    properties: tuple[int, ...]

    def fire(self, state: State) -> None:
        """Compare all members. Cost: linear in their key values; run when everything else has ended."""
        first: dict[tuple[int, ...], int] = {}
        typed = state.names.type_
        tables = [state.forward(prop) for prop in self.properties]
        for node in state.nodes_of(self.cls):
            values = [[state.find(value) for value in table.get(node, ())] for table in tables]
            for key in itertools.product(*values):
                other = first.setdefault(key, node)
                if state.find(other) != state.find(node):
                    premises: list[Premise] = [(typed, one << HALF | self.cls) for one in (other, node)]
                    for prop, value in zip(self.properties, key, strict=True):
                        premises += [(prop, one << HALF | value) for one in (other, node)]
                    state.equate(other, node, self.rule, tuple(premises))
