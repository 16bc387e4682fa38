"""Rules that fire when a statement of a predicate is new. Each is compiled from an axiom for one predicate.

A rule with one premise beside its axioms takes a whole batch at once; a rule that joins gives one conclusion with its
premises at a time. Source: OWL 2 Profiles §4.3 tables 5 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from msgspec import Struct

from kgtool.reason.rule import HALF, LOW, Premise, Rule
from kgtool.reason.state import State

Found = Iterator[tuple[int, tuple[Premise, ...]]]


class PairRule(Protocol):
    """What the engine asks of a rule.

    Attributes:
        local: it has one premise, so it needs no look-up of other statements.
        looks: predicates whose statements it looks up by subject or by object.
    """

    @property
    def local(self) -> bool: ...
    @property
    def targets(self) -> tuple[int, ...]: ...
    @property
    def looks(self) -> tuple[int, ...]: ...
    def fire(self, state: State, keys: Sequence[int]) -> None: ...


class Imply(Struct, frozen=True):
    """prp-spo1, prp-eqp1, prp-eqp2; turned round: prp-inv1, prp-inv2, prp-symp."""

    rule: Rule
    source: int
    target: int
    turned: bool

    local = True
    looks = ()

    @property
    def targets(self) -> tuple[int, ...]:
        return (self.target,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        made = [(key & LOW) << HALF | key >> HALF for key in keys] if self.turned else keys
        state.put(self.target, made, self.rule, self.source, keys)


class Typed(Struct, frozen=True):
    """prp-dom, cls-svf2 (the subject gets a class); prp-rng (the object does)."""

    rule: Rule
    source: int
    cls: int
    of_object: bool

    local = True
    looks = ()
    targets = ()

    def fire(self, state: State, keys: Sequence[int]) -> None:
        nodes = [key & LOW for key in keys] if self.of_object else [key >> HALF for key in keys]
        state.type_all(nodes, self.cls, self.rule, self.source, keys)


class HasValueOf(Struct, frozen=True):
    """cls-hv2: the subject of a statement with the required value gets the restriction."""

    rule: Rule
    source: int
    value: int
    cls: int

    local = False
    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        chosen = [key for key in keys if key & LOW == self.value]
        state.type_all([key >> HALF for key in chosen], self.cls, self.rule, self.source, chosen)


class Transitive(Struct, frozen=True):
    """prp-trp."""

    rule: Rule
    source: int

    local = False

    @property
    def targets(self) -> tuple[int, ...]:
        return (self.source,)

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        state.put_each(self.source, self.rule, self._joins(state, keys))

    def _joins(self, state: State, keys: Sequence[int]) -> Found:
        source = self.source
        forward, backward = state.forward(source), state.backward(source)
        for key in keys:
            subject, value = key >> HALF, key & LOW
            start = subject << HALF
            for end in forward.get(value, ()):
                yield start | end, ((source, key), (source, value << HALF | end))
            for before in backward.get(subject, ()):
                yield before << HALF | value, ((source, before << HALF | subject), (source, key))


class Chain(Struct, frozen=True):
    """prp-spo2, entered at one position of the chain."""

    rule: Rule
    target: int
    steps: tuple[int, ...]
    position: int

    local = False

    @property
    def targets(self) -> tuple[int, ...]:
        return (self.target,)

    @property
    def looks(self) -> tuple[int, ...]:
        return self.steps

    def fire(self, state: State, keys: Sequence[int]) -> None:
        state.put_each(self.target, self.rule, self._joins(state, keys))

    def _joins(self, state: State, keys: Sequence[int]) -> Found:
        before = [(step, state.backward(step)) for step in reversed(self.steps[: self.position])]
        after = [(step, state.forward(step)) for step in self.steps[self.position + 1 :]]
        here = self.steps[self.position]
        for key in keys:
            starts: list[tuple[int, tuple[Premise, ...]]] = [(key >> HALF, ())]
            for step, table in before:
                starts = [(one, ((step, one << HALF | x), *told)) for x, told in starts for one in table.get(x, ())]
            if not starts:
                continue
            ends: list[tuple[int, tuple[Premise, ...]]] = [(key & LOW, ())]
            for step, table in after:
                ends = [(one, (*told, (step, x << HALF | one))) for x, told in ends for one in table.get(x, ())]
            for start, left in starts:
                for end, right in ends:
                    yield start << HALF | end, (*left, (here, key), *right)


class Functional(Struct, frozen=True):
    """prp-fp; for the objects' side prp-ifp."""

    rule: Rule
    source: int
    inverse: bool

    local = False
    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        source = self.source
        table = state.backward(source) if self.inverse else state.forward(source)
        for key in keys:
            shared, node = (key & LOW, key >> HALF) if self.inverse else (key >> HALF, key & LOW)
            other = table[shared][0]
            if other != node:
                second = other << HALF | shared if self.inverse else shared << HALF | other
                state.equate(other, node, self.rule, ((source, second), (source, key)))


class SomeValues(Struct, frozen=True):
    """cls-svf1, from the statement's side."""

    rule: Rule
    source: int
    filler: int
    cls: int

    local = False
    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        members, typed = state.members(self.filler), state.names.type_
        for key in keys:
            if members(key & LOW):
                premises = ((self.source, key), (typed, (key & LOW) << HALF | self.filler))
                state.type_one(key >> HALF, self.cls, self.rule, premises)


class AllValues(Struct, frozen=True):
    """cls-avf, from the statement's side."""

    rule: Rule
    source: int
    cls: int
    filler: int

    local = False
    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        members, typed = state.members(self.cls), state.names.type_
        for key in keys:
            if members(key >> HALF):
                premises = ((typed, key >> HALF << HALF | self.cls), (self.source, key))
                state.type_one(key & LOW, self.filler, self.rule, premises)


class AtMostOne(Struct, frozen=True):
    """cls-maxc2; with a class of the counted values cls-maxqc3 (-1 stands for owl:Thing: cls-maxqc4)."""

    rule: Rule
    source: int
    cls: int
    counted: int

    local = False
    targets = ()

    @property
    def looks(self) -> tuple[int, ...]:
        return (self.source,)

    def fire(self, state: State, keys: Sequence[int]) -> None:
        members = state.members(self.cls)
        for subject in dict.fromkeys(key >> HALF for key in keys):
            if members(subject):
                self.merge(state, subject)

    def merge(self, state: State, subject: int) -> None:
        """Make all counted values of one member of the restriction the same."""
        typed, source = state.names.type_, self.source
        values = list(state.forward(source).get(subject, ()))
        told: tuple[Premise, ...] = ((typed, subject << HALF | self.cls),)
        if self.counted >= 0:
            counted = state.members(self.counted)
            values = [value for value in values if counted(value)]
        for value in values[1:]:
            pair = (values[0], value)
            premises = told + tuple((source, subject << HALF | one) for one in pair)
            if self.counted >= 0:
                premises += tuple((typed, one << HALF | self.counted) for one in pair)
            state.equate(*pair, self.rule, premises)
