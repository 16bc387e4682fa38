"""Types as interned sets of classes: a node has one small integer that stands for all its classes.

Data has few distinct sets of classes however many nodes it has, so every rule that looks at classes alone (cax-sco,
cax-eqc, cls-int, cls-uni, and the disjointness checks) runs once a set instead of once a node.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping

from msgspec import Struct

from kgtool.reason.rule import Rule


class Step(Struct, frozen=True):
    """Membership in `classes`, all of them, gives membership in `cls`."""

    cls: int
    rule: Rule
    classes: tuple[int, ...]


class TypeSets:
    """The classes of every node, closed under the steps.

    Attributes:
        of: code of a node to the number of its set; 0 is the empty set.
        sets: number to classes.
        steps: a class to the steps that it takes part in.
        watched: classes whose new members the engine must hear of.
        gained: (node, class) for each watched class that a node has got, oldest first; the engine empties it.
    """

    __slots__ = ("_grown", "_heard", "_numbers", "gained", "of", "sets", "steps", "watch_all", "watched")

    def __init__(self, nodes: int, steps: Mapping[int, list[Step]], watched: frozenset[int], watch_all: bool) -> None:
        self.of = array("I", bytes(4 * nodes))
        self.steps = steps
        self.watched = watched
        self.watch_all = watch_all
        self.sets: list[frozenset[int]] = [frozenset()]
        self.gained: list[tuple[int, int]] = []
        self._numbers: dict[frozenset[int], int] = {frozenset(): 0}
        self._grown: dict[tuple[int, ...], dict[int, int]] = {}
        self._heard: dict[tuple[int, int], tuple[int, ...]] = {}

    def classes(self, node: int) -> frozenset[int]:
        """The classes of a node."""
        return self.sets[self.of[node]]

    def add(self, nodes: Iterable[int], classes: tuple[int, ...]) -> int:
        """Put nodes into classes; returns how many memberships that added. Cost: one look-up a node."""
        of, heard = self.of, self._heard
        grown = self._grown.setdefault(classes, {})
        added = 0
        for node in nodes:
            before = of[node]
            after = grown.get(before)
            if after is None:
                after = grown[before] = self._grow(before, classes)
            if after != before:
                of[node] = after
                added += len(self.sets[after]) - len(self.sets[before])
                for cls in heard[before, after]:
                    self.gained.append((node, cls))
        return added

    def derive(self, before: frozenset[int], classes: Iterable[int]) -> list[Step]:
        """The steps by which a closed set grows when classes join it, in an order in which each can be taken."""
        have = set(before)
        todo = [cls for cls in dict.fromkeys(classes) if cls not in have]
        have.update(todo)
        taken: list[Step] = []
        for cls in todo:
            for step in self.steps.get(cls, ()):
                if step.cls not in have and have.issuperset(step.classes):
                    have.add(step.cls)
                    taken.append(step)
                    todo.append(step.cls)
        return taken

    def _grow(self, before: int, classes: tuple[int, ...]) -> int:
        old = self.sets[before]
        new = old.union(classes, (step.cls for step in self.derive(old, classes)))
        number = self._numbers.get(new)
        if number is None:
            number = self._numbers[new] = len(self.sets)
            self.sets.append(new)
        if (before, number) not in self._heard:
            fresh = new - old
            self._heard[before, number] = tuple(sorted(fresh if self.watch_all else fresh & self.watched))
        return number
