"""Which file holds a statement: read from the columns, never from texts."""

from __future__ import annotations

from array import array
from collections.abc import Iterator

from kgtool.index import Index
from kgtool.load import Dataset


class Homes:
    """The first file, by name, that states something. Cost: a table a predicate or one of all subjects, on first use.

    Args:
        kind: only files of this kind, "" for all.
    """

    def __init__(self, dataset: Dataset, kind: str = "") -> None:
        self._indexes = tuple(index for name, index in dataset.kinds.items() if kind in {"", name})
        self._rank = {file.name: number for number, file in enumerate(dataset.files)}
        self._first: dict[tuple[int, int], dict[int, int]] = {}
        self._subjects: dict[int, str] | None = None

    def of(self, subject: int, predicate: int = -1, value: int = -1) -> str:
        """Name of the first file that says as much of a statement as is given, "" for none."""
        if predicate < 0:
            return self.of_subject(subject)
        return self.of_pair(subject, predicate) if value < 0 else self.of_triple(subject, predicate, value)

    def of_subject(self, subject: int) -> str:
        """Name of the first file that describes a subject, "" for none."""
        if self._subjects is None:
            self._subjects = {}
            for name, subjects in sorted(self._mentions(), key=lambda one: -self._rank[one[0]]):
                self._subjects.update(dict.fromkeys(subjects, name))
        return self._subjects.get(subject, "")

    def _mentions(self) -> Iterator[tuple[str, array[int]]]:
        for index in self._indexes:
            for predicate in index.predicates:
                subjects = index.column(predicate)[0]
                for number, begin, end in index.marks(predicate):
                    yield index.sources[number], subjects[begin:end]

    def of_pair(self, subject: int, predicate: int) -> str:
        """Name of the first file that states something of a subject with a predicate, "" for none."""
        return self._earliest(
            index.source_at(predicate, first)
            for number, index in enumerate(self._indexes)
            if (first := self._table(number, index, predicate).get(subject, -1)) >= 0
        )

    def of_triple(self, subject: int, predicate: int, value: int) -> str:
        """Name of the first file that makes a statement, "" for none."""
        return self._earliest(
            index.source_at(predicate, position)
            for number, index in enumerate(self._indexes)
            if (position := self._position(number, index, (subject, predicate, value))) >= 0
        )

    def _position(self, number: int, index: Index, statement: tuple[int, int, int]) -> int:
        subject, predicate, value = statement
        subjects, objects = index.column(predicate)
        at = self._table(number, index, predicate).get(subject, -1)
        while at >= 0:
            # A subject's statements mostly stand together; elsewhere they are searched for in C.
            while at < len(subjects) and subjects[at] == subject:
                if objects[at] == value:
                    return at
                at += 1
            try:
                at = subjects.index(subject, at)
            except ValueError:
                return -1
        return -1

    def _table(self, number: int, index: Index, predicate: int) -> dict[int, int]:
        """Subject to the position of its first statement in a predicate's column."""
        table = self._first.get((number, predicate))
        if table is None:
            subjects = index.column(predicate)[0]
            table = dict(zip(reversed(subjects), range(len(subjects) - 1, -1, -1), strict=True))
            self._first[number, predicate] = table
        return table

    def _earliest(self, names: Iterator[str]) -> str:
        return min(names, key=self._rank.__getitem__, default="")
