"""OWL 2 RL over an integer index: the schema first, then the data, until nothing more follows.

A pass closes the schema, compiles it into rules a predicate and a class, and applies them to what is new until
nothing is new (semi-naive). Where data asserts schema (a property that rules make a subproperty, two classes that turn
out the same), the pass is made again with those axioms; their number only grows, so it ends.
Source: OWL 2 Profiles §4.3.
"""

from __future__ import annotations

import contextlib
import gc
from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.reason.axioms import Axioms
from kgtool.reason.clash import Checks, Clash
from kgtool.reason.loading import Loader
from kgtool.reason.model import Limits
from kgtool.reason.names import Names
from kgtool.reason.order import class_order, property_order
from kgtool.reason.plan import Plan, make_plan
from kgtool.reason.rule import HALF, LOW, STATED, Axiom, Reason, Rule, pack
from kgtool.reason.same import Same
from kgtool.reason.scheme import Scheme
from kgtool.reason.state import State, Table, Why
from kgtool.reason.typesets import TypeSets
from kgtool.reason.values import Value, certain, value_of


class Engine:
    """One run over one index.

    Attributes:
        same: which nodes are one.
        scheme: the closed schema of the last pass.
        state: what holds, after `run`.
        clashes: what cannot all be true, in a fixed order.
        why: reasons by predicate and statement; None unless proofs are wanted.
    """

    def __init__(self, index: Index, limits: Limits, *, why: bool) -> None:
        self.index = index
        self.limits = limits
        self.names = Names.of(index)
        self.same = Same(lambda node: isinstance(index.terms[node], ox.Literal | ox.Triple))
        self.why: Why | None = {} if why else None
        self.clashes: list[Clash] = []
        self._extra: dict[Axiom, None] = {}
        self._literals: dict[Value, int] = {}
        self._held: dict[int, ox.Literal] = {}
        self._apart: dict[tuple[int, int], Clash] = {}
        self.axioms: Axioms
        self.scheme: Scheme
        self.plan: Plan
        self.state: State
        self._groups: dict[int, list[int]] = {}

    def run(self) -> None:
        """Close the graph.

        Raises:
            EngineError: E-REASON-LIMIT.
        """
        with no_collection():
            self._join_stated()
            while not self._pass():
                pass
            checks = Checks(self.axioms, self.names)
            self.clashes = [*self._apart.values(), *checks.find(self.state, self.index)]

    def _join_stated(self) -> None:
        for subject, value in zip(*self.index.column(self.names.sameAs), strict=True):
            self._join(subject, value, STATED)

    def _pass(self) -> bool:
        """One pass; True when no new schema followed."""
        self._prepare()
        if self._join_equal_literals():
            self._prepare()
        state = self.state
        Loader(self.index, self.plan, self.scheme, state, self._groups).load()
        relevant = self.axioms.nodes()
        while True:
            self._saturate(state)
            for key in self.plan.keys:
                key.fire(state)
            merged = self._merge(state)
            if merged & relevant:
                return False
            if not merged:
                break
        return not self._new_axioms(state)

    def _prepare(self) -> None:
        index, names = self.index, self.names
        self._groups = {}
        for predicate in index.predicates:
            self._groups.setdefault(self.same.find(predicate), []).append(predicate)
        self.axioms = Axioms(index, names, self.same, self._extra)
        properties = property_order(self.axioms, names)
        classes = class_order(self.axioms, names, properties)
        self.scheme = Scheme(names, self.axioms, properties, classes)
        self.plan = plan = make_plan(self.axioms, names, properties, classes)
        watch_all = names.type_ in plan.pairs or names.type_ in plan.looked
        types = TypeSets(len(index.terms), plan.steps, frozenset(plan.gains), watch_all)
        self.state = State(names, self.same, types, self.limits, self.why)
        kept = plan.targets | plan.looked | Checks(self.axioms, names).looked
        if watch_all:
            kept |= {names.type_}
        for predicate in sorted(kept):
            self.state.tables[predicate] = Table(linked=plan.merges or predicate in plan.looked)

    def _join_equal_literals(self) -> bool:
        """Rule dt-eq on the literals that rules compare; True when an axiom mentions one of those joined."""
        names = self.names
        columns = set(self.state.tables) | {names.hasValue, names.targetValue, names.first}
        columns &= set(self._groups)
        if not (columns - {names.type_, names.sameAs, names.differentFrom}):
            return False
        terms, touched = self.index.terms, False
        seen: set[int] = set()
        relevant = self.axioms.nodes()
        for predicate in sorted(columns):
            for original in self._groups[predicate]:
                for code in set(self.index.column(original)[1]) - seen:
                    seen.add(code)
                    term = terms[code]
                    value = value_of(term) if isinstance(term, ox.Literal) else None
                    if value is None:
                        continue
                    first = self._literals.setdefault(value, code)
                    if first != code and self._join(first, code, Reason(Rule("dt-eq"))):
                        touched = touched or code in relevant or first in relevant
        return touched

    def _saturate(self, state: State) -> None:
        plan, types = self.plan, state.types
        type_table = state.tables.get(self.names.type_)
        busy = True
        while busy:
            busy = False
            for predicate, table in state.tables.items():
                if table.new:
                    keys, table.new = table.new, []
                    for rule in plan.pairs.get(predicate, ()):
                        rule.fire(state, keys)
                    busy = busy or predicate in plan.pairs
            if types.gained:
                gained, types.gained = types.gained, []
                members: dict[int, list[int]] = {}
                for node, cls in gained:
                    members.setdefault(cls, []).append(node)
                if type_table is not None:
                    keys = [node << HALF | cls for node, cls in gained]
                    type_table.add(dict.fromkeys(key for key in keys if key not in type_table.all))
                for cls, nodes in members.items():
                    for gain in plan.gains.get(cls, ()):
                        gain.gain(state, nodes)
                busy = True

    def _merge(self, state: State) -> set[int]:
        """Make equal what the last round found equal; returns the representatives that were joined."""
        equal, state.equal = state.equal, []
        lost: dict[int, None] = {}
        for one, other, reason in equal:
            joined = self._join(one, other, reason)
            if joined:
                lost[joined[0]] = None
        typed, same = self.names.type_, self.names.sameAs
        for node in lost:
            kept = self.same.find(node)
            classes = tuple(sorted(state.types.classes(node)))
            for cls in classes if self.why is not None else ():
                told = ((typed, pack(node, cls)), (same, pack(node, kept)))
                state.tell(typed, pack(kept, cls), Reason(Rule("eq-rep-s"), told))
            state.types.add((kept,), classes)
            for predicate, table in state.tables.items():
                if predicate != typed:
                    self._move(state, predicate, table, node)
        return {*lost, *map(self.same.find, lost)}

    def _move(self, state: State, predicate: int, table: Table, node: int) -> None:
        keys = [pack(node, value) for value in table.forward.get(node, ())]
        keys += [pack(subject, node) for subject in table.backward.get(node, ())]
        for key in keys:
            made = pack(self.same.find(key >> HALF), self.same.find(key & LOW))
            if made not in table.all:
                table.add((made,))
                if self.why is not None:
                    state.tell(predicate, made, state.moved(predicate, key, predicate, made))

    def _join(self, one: int, other: int, reason: Reason) -> tuple[int, int] | None:
        """Join two nodes unless they hold two literals of different value (rule dt-diff): those stay apart."""
        if self.why is not None and reason is not STATED:
            self.why.setdefault(self.names.sameAs, {}).setdefault(pack(one, other), reason)
        left, right = (self._literal_in(self.same.find(node)) for node in (one, other))
        if left is not None and right is not None:
            values = [value_of(term) for term in (left, right)]
            if values[0] != values[1] and all(value is not None and certain(value) for value in values):
                premise = (self.names.sameAs, pack(one, other))
                self._apart.setdefault((min(one, other), max(one, other)), Clash(Rule("dt-diff"), (premise,)))
                return None
        joined = self.same.join(one, other, reason)
        held = left or right
        if joined and held is not None:
            self._held[joined[1]] = held
        return joined

    def _literal_in(self, node: int) -> ox.Literal | None:
        term = self.index.terms[node]
        return term if isinstance(term, ox.Literal) else self._held.get(node)

    def _new_axioms(self, state: State) -> bool:
        """Add axioms that followed to the schema of the next pass; True when there are any."""
        names = self.names
        before = len(self._extra)
        for predicate in sorted(names.axiom_predicates & self.plan.targets):
            known = set(self.axioms.pairs(predicate)) | set(self.scheme.pairs(predicate))
            for key in sorted(state.tables[predicate].all):
                if (key >> HALF, key & LOW) not in known:
                    self._extra[key >> HALF, predicate, key & LOW] = None
        for cls in sorted(names.axiom_classes):
            if any(cls in classes for classes in state.types.sets):
                known_members = set(self.axioms.typed(cls))
                for node in state.nodes_of(cls):
                    if node not in known_members:
                        self._extra[node, names.type_, cls] = None
        return len(self._extra) > before


@contextlib.contextmanager
def no_collection() -> Iterator[None]:
    """Without cyclic garbage collection: the tables hold no cycles, and walking them took a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
