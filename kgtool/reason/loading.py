"""Stated facts into a state: types by set, statements by predicate, each node as its representative."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.reason.plan import Plan
from kgtool.reason.rule import HALF, Rule, pack
from kgtool.reason.scheme import Scheme
from kgtool.reason.state import State
from kgtool.reason.values import DATATYPES, holds, value_of


class Loader:
    """One pass's loading.

    Args:
        groups: a predicate to the predicates of the index that it represents.
    """

    def __init__(self, index: Index, plan: Plan, scheme: Scheme, state: State, groups: Mapping[int, list[int]]) -> None:
        self._index = index
        self._plan = plan
        self._scheme = scheme
        self._state = state
        self._names = state.names
        self._same = state.same
        self._groups = groups
        # Triple terms (RDF 1.2) mean nothing in OWL 2: statements that hold one are left out.
        self._quoted = frozenset(code for code in index.mentioned if isinstance(index.terms[code], ox.Triple))

    def load(self) -> None:
        """Fill the state; rules that need no look-up see their statements here and nowhere else. Cost: linear."""
        self._load_types()
        self._load_pairs()
        self._load_schema()

    def _load_types(self) -> None:
        parent, names = self._same.parent, self._names
        for predicate in self._groups.get(names.type_, ()):
            moved = predicate != names.type_ or bool(parent)
            batches: dict[tuple[int, ...], list[int]] = {}
            for node, classes in self._index.forward(predicate).items():
                batches.setdefault(classes, []).append(node)
            for classes, nodes in batches.items():
                kept = tuple(dict.fromkeys(self._same.find(cls) for cls in classes)) if moved else classes
                if self._state.why is not None:
                    for node in nodes:
                        self._tell_stated(node, predicate, classes)
                self._state.spend(self._state.types.add([self._same.find(n) for n in nodes] if moved else nodes, kept))
        for cls, node, rule in self._plan.enumerated:
            self._state.type_one(node, cls, rule, ())
        self._type_literals()

    def _tell_stated(self, node: int, predicate: int, classes: tuple[int, ...]) -> None:
        kept, typed = self._same.find(node), self._names.type_
        for cls in classes:
            key, made = pack(node, cls), pack(kept, self._same.find(cls))
            if key != made or predicate != typed:
                self._state.tell(typed, made, self._state.moved(predicate, key, typed, made))
        self._state.tell_types(kept, self._state.types.classes(kept), [self._same.find(cls) for cls in classes], None)

    def _type_literals(self) -> None:
        """dt-type2, for the datatypes that some rule asks for."""
        terms = self._index.terms
        asked = [code for code in sorted(self._plan.fillers) if getattr(terms[code], "value", "") in DATATYPES]
        if not asked:
            return
        for code in self._index.mentioned:
            term = terms[code]
            value = value_of(term) if isinstance(term, ox.Literal) else None
            for datatype in asked if value is not None else ():
                if value is not None and holds(str(getattr(terms[datatype], "value", "")), value):
                    self._state.type_one(code, datatype, Rule("dt-type2"), ())

    def _load_pairs(self) -> None:
        names, plan = self._names, self._plan
        wanted = (set(self._state.tables) | set(plan.pairs)) - {names.type_}
        for predicate in sorted(wanted):
            for original in self._groups.get(predicate, ()):
                keys = self._keys(predicate, original)
                table = self._state.tables.get(predicate)
                if table is not None:
                    table.add(dict.fromkeys(key for key in keys if key not in table.all))
                else:
                    for rule in plan.pairs[predicate]:
                        rule.fire(self._state, keys)

    def _load_schema(self) -> None:
        """What the schema rules gave, where the data has rules for the schema's own predicates."""
        names, plan = self._names, self._plan
        wanted = (set(self._state.tables) | set(plan.pairs)) & names.axiom_predicates
        for subject, predicate, value in self._scheme.statements() if wanted else ():
            if predicate in wanted:
                key = pack(subject, value)
                if predicate in self._state.tables:
                    self._state.put_each(predicate, Rule("scm"), [(key, ())])
                else:
                    for rule in plan.pairs[predicate]:
                        rule.fire(self._state, [key])

    def _column(self, predicate: int) -> tuple[Sequence[int], Sequence[int]]:
        subjects, objects = self._index.column(predicate)
        if not self._quoted or self._quoted.isdisjoint(objects):
            return subjects, objects
        kept = [(s, o) for s, o in zip(subjects, objects, strict=True) if o not in self._quoted]
        return [s for s, _ in kept], [o for _, o in kept]

    def _keys(self, predicate: int, original: int) -> list[int]:
        subjects, objects = self._column(original)
        parent, find = self._same.parent, self._same.find
        if not parent:
            return [subject << HALF | value for subject, value in zip(subjects, objects, strict=True)]
        keys = [
            (find(s) if s in parent else s) << HALF | (find(o) if o in parent else o)
            for s, o in zip(subjects, objects, strict=True)
        ]
        if self._state.why is not None:
            for subject, value, key in zip(subjects, objects, keys, strict=True):
                if pack(subject, value) != key or original != predicate:
                    self._state.tell(predicate, key, self._state.moved(original, pack(subject, value), predicate, key))
        return keys
