"""The axioms of a graph, read once: which statements build axioms, and what lists and numbers they hold."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.reason.names import Names
from kgtool.reason.rule import Axiom
from kgtool.reason.same import Same
from kgtool.reason.values import value_of


class Axioms:
    """The schema part of an index, with every node replaced by its representative.

    Args:
        extra: axioms that followed from data in an earlier run.
    Cost: linear in the columns of the vocabulary's predicates and in rdf:type; nothing else is read.
    """

    __slots__ = ("_find", "_heads", "_names", "_pairs", "_rests", "_terms", "_typed")

    def __init__(self, index: Index, names: Names, same: Same, extra: Iterable[Axiom]) -> None:
        find = self._find = same.find
        self._heads: dict[int, int] = {}
        self._names = names
        self._terms = index.terms
        self._pairs: dict[int, dict[tuple[int, int], None]] = {}
        self._typed: dict[int, dict[int, None]] = {cls: {} for cls in names.axiom_classes}
        for predicate in index.predicates:
            if find(predicate) in names.axiom_predicates:
                self._read_pairs(find(predicate), *index.column(predicate))
            elif find(predicate) == names.type_:
                for subject, value in zip(*index.column(predicate), strict=True):
                    members = self._typed.get(find(value))
                    if members is not None:
                        members[find(subject)] = None
        for subject, predicate, value in extra:
            if find(predicate) == names.type_:
                self._typed.setdefault(find(value), {})[find(subject)] = None
            else:
                self._pairs.setdefault(find(predicate), {})[find(subject), find(value)] = None
        for cell, value in self.pairs(names.first):
            self._heads.setdefault(cell, value)
        self._rests = dict(reversed(self.pairs(names.rest)))

    def _read_pairs(self, predicate: int, subjects: Iterable[int], objects: Iterable[int]) -> None:
        find, first = self._find, predicate == self._names.first
        pairs = self._pairs.setdefault(predicate, {})
        for subject, value in zip(subjects, objects, strict=True):
            pairs[find(subject), find(value)] = None
            if first:
                self._heads.setdefault(find(subject), value)

    def pairs(self, predicate: int) -> list[tuple[int, int]]:
        """Distinct (subject, object) of an axiom predicate, in file order."""
        return list(self._pairs.get(predicate, ()))

    def typed(self, cls: int) -> list[int]:
        """Declared members of one of the vocabulary's classes, in file order."""
        return list(self._typed.get(cls, ()))

    def nodes(self) -> frozenset[int]:
        """Everything that an axiom mentions, list cells included."""
        mentioned = {node for pairs in self._pairs.values() for pair in pairs for node in pair}
        return frozenset(mentioned.union(*self._typed.values(), self._pairs, self._typed))

    def items(self, head: int) -> tuple[int, ...]:
        """The members of a list; a list that runs into itself ends there."""
        return tuple(self._find(item) for item in self._raw(head))

    def _raw(self, head: int) -> tuple[int, ...]:
        found, seen = [], set()
        while head != self._names.nil and head in self._heads and head not in seen:
            seen.add(head)
            found.append(self._heads[head])
            head = self._rests.get(head, self._names.nil)
        return tuple(found)

    def lists(self, predicate: int) -> list[tuple[Axiom, tuple[int, ...]]]:
        """Each statement of a predicate whose object is a list of at least one member, with the members."""
        found = [((subject, predicate, head), self.items(head)) for subject, head in self.pairs(predicate)]
        return [(axiom, items) for axiom, items in found if items]

    def originals(self, predicate: int) -> list[tuple[Axiom, tuple[int, ...]]]:
        """Like `lists`, with the members as they are written, not their representatives."""
        return [((subject, predicate, head), self._raw(head)) for subject, head in self.pairs(predicate)]

    def restrictions(self, filler: int) -> list[tuple[int, int, int]]:
        """(restriction, property, filler's object) of every restriction with this filler predicate."""
        on: dict[int, list[int]] = {}
        for node, prop in self.pairs(self._names.onProperty):
            on.setdefault(node, []).append(prop)
        return [(node, prop, value) for node, value in self.pairs(filler) for prop in on.get(node, ())]

    def number(self, code: int) -> int | None:
        """0 or 1 where a literal denotes it (whatever its datatype writes), None for any other value."""
        term = self._terms[code]
        value = value_of(term) if isinstance(term, ox.Literal) else None
        if value is None or value.space != "decimal":
            return None
        return 0 if value.key == ("", "", "") else 1 if value.key == ("", "1", "") else None
