"""Integer-coded triples, column by column: what every check reads.

A term is coded once as a small integer; a predicate's statements are two parallel arrays of subjects and objects in
file order. Nothing else is stored: look-up tables (subject to objects, object to subjects) are made when first asked
for. Measured: about 2 µs and 100 bytes a triple over parsing (docs/performance.md).
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress
from typing import NamedTuple

import pyoxigraph as ox

from kgtool.terms import RDF

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Column(NamedTuple):
    """Statements of one graph with one predicate: codes of as many subjects as objects, to be read once.

    Attributes:
        terms: code to term.
    """

    graph: ox.NamedNode | ox.DefaultGraph
    predicate: ox.NamedNode
    subjects: Iterable[int]
    objects: Iterable[int]
    terms: Sequence[Term]

    def only(self, chosen: Sequence[bool]) -> Column:
        """The statements at the places that are chosen."""
        return self._replace(subjects=compress(self.subjects, chosen), objects=compress(self.objects, chosen))


_EMPTY: Mapping[int, tuple[int, ...]] = {}


class Index:
    """A set of triples as columns of integers.

    Attributes:
        terms: code to term; codes run from 0 in order of first mention, so equal input gives equal codes.
        ids: term to code.
        sources: names of the files that statements came from, in the order of reading.
        bound: codes from here on are other indexes' that share the codes; None where there are no others.
    """

    __slots__ = ("_backward", "_columns", "_forward", "_marks", "bound", "ids", "sources", "terms")

    def __init__(self, terms: list[Term] | None = None, ids: dict[Term, int] | None = None) -> None:
        self.terms: list[Term] = [] if terms is None else terms
        self.ids: dict[Term, int] = {} if ids is None else ids
        self._columns: dict[int, tuple[array[int], array[int]]] = {}
        self.sources: list[str] = []
        self.bound: int | None = None
        # A predicate to where each file's statements end in its column, and the files' numbers, both ascending.
        self._marks: dict[int, tuple[array[int], array[int]]] = {}
        self._forward: dict[int, dict[int, tuple[int, ...]]] = {}
        self._backward: dict[int, dict[int, tuple[int, ...]]] = {}

    def layer(self) -> Index:
        """An empty index that shares this one's codes: for inferred triples, kept apart from stated ones."""
        return Index(self.terms, self.ids)

    def __len__(self) -> int:
        """Statements added, duplicates counted."""
        return sum(len(subjects) for subjects, _ in self._columns.values())

    def code(self, term: Term) -> int:
        """The code of a term, given one now if it is new."""
        found = self.ids.get(term)
        if found is None:
            found = self.ids[term] = len(self.terms)
            self.terms.append(term)
        return found

    def iri(self, iri: str) -> int:
        """The code of an IRI, -1 when no statement mentions it."""
        return self.ids.get(ox.NamedNode(iri), -1)

    @property
    def mentioned(self) -> range:
        """The codes that this index may mention."""
        return range(len(self.terms) if self.bound is None else self.bound)

    def extend(self, statements: Iterable[ox.Quad | ox.Triple], source: str = "") -> None:
        """Add statements; `source` (a file's name) is remembered for `sources_of`. Cost: linear."""
        self.take(statements, self.code, array("I"))
        self.seal(source)

    def take(
        self, statements: Iterable[ox.Quad | ox.Triple], new: Callable[[Term], int], order: array[int]
    ) -> None:  # fmt: skip
        """Add statements of one file, which `seal` ends; an error of the iterator leaves those before it.

        Args:
            new: gives the code of a term that `ids` does not know; below 0 the statement is left out.
            order: gets the predicate of each statement, so that the file's order can be found again.
        """
        known, columns, told = self.ids.get, self._columns, order.append
        for statement in statements:
            term: Term = statement.subject
            subject = known(term)
            if subject is None:
                subject = new(term)
            term = statement.predicate
            predicate = known(term)
            if predicate is None:
                predicate = new(term)
            term = statement.object
            value = known(term)
            if value is None:
                value = new(term)
                if value < 0:
                    continue
            column = columns.get(predicate)
            if column is None:
                column = columns[predicate] = (array("I"), array("I"))
            column[0].append(subject)
            column[1].append(value)
            told(predicate)

    def seal(self, source: str) -> None:
        """End a file: what was added since the last one is its own."""
        self._forward.clear()
        self._backward.clear()
        number = len(self.sources)
        self.sources.append(source)
        for predicate, (subjects, _) in self._columns.items():
            ends, files = self._marks.setdefault(predicate, (array("I"), array("I")))
            if not ends or ends[-1] < len(subjects):
                ends.append(len(subjects))
                files.append(number)

    def join(self, other: Index, predicates: Iterable[int] | None = None) -> None:
        """Add the statements, or those of some predicates, of an index that shares this one's codes. Cost: a copy in C."""
        self._forward.clear()
        self._backward.clear()
        shift = len(self.sources)
        self.sources += other.sources
        for predicate in other.predicates if predicates is None else predicates:
            added = other._columns.get(predicate)
            if added is None:
                continue
            column = self._columns.setdefault(predicate, (array("I"), array("I")))
            ends, files = self._marks.setdefault(predicate, (array("I"), array("I")))
            before = len(column[0])
            column[0].extend(added[0])
            column[1].extend(added[1])
            other_ends, other_files = other._marks.get(predicate, ((), ()))
            ends.extend(end + before for end in other_ends)
            files.extend(number + shift for number in other_files)

    def put(self, predicate: int, subjects: Iterable[int], objects: Iterable[int]) -> None:
        """Add coded statements of one predicate, which belong to no file."""
        column = self._columns.setdefault(predicate, (array("I"), array("I")))
        column[0].extend(subjects)
        column[1].extend(objects)
        self._forward.pop(predicate, None)
        self._backward.pop(predicate, None)

    def add(self, subject: int, predicate: int, value: int) -> None:
        """Add one coded statement."""
        column = self._columns.setdefault(predicate, (array("I"), array("I")))
        column[0].append(subject)
        column[1].append(value)
        self._forward.pop(predicate, None)
        self._backward.pop(predicate, None)

    def distinct(self, predicates: Iterable[int] | None = None) -> bool:
        """Whether surely no two files make one statement with one of these predicates (any when None).

        Cost: a set of integers a column that is not one file's alone.
        """
        wanted = self._columns if predicates is None else self._columns.keys() & set(predicates)
        columns = ((self._columns[one], self._marks.get(one, ((), ()))[0]) for one in wanted)
        return all(
            len(marks) < 2
            or len({subject << 32 | value for subject, value in zip(*column, strict=True)}) == len(column[0])
            for column, marks in columns
        )

    @property
    def predicates(self) -> tuple[int, ...]:
        """Codes of the predicates that have statements, in order of first mention."""
        return tuple(self._columns)

    def column(self, predicate: int) -> tuple[array[int], array[int]]:
        """Subjects and objects of a predicate's statements, parallel, in file order, duplicates included."""
        return self._columns.get(predicate) or (array("I"), array("I"))

    def forward(self, predicate: int) -> Mapping[int, tuple[int, ...]]:
        """Subject to its objects (distinct, in file order). Made on first use: linear in the column."""
        if predicate not in self._columns:
            return _EMPTY
        table = self._forward.get(predicate)
        if table is None:
            table = self._forward[predicate] = _grouped(*self._columns[predicate])
        return table

    def backward(self, predicate: int) -> Mapping[int, tuple[int, ...]]:
        """Object to its subjects (distinct, in file order). Made on first use: linear in the column."""
        if predicate not in self._columns:
            return _EMPTY
        table = self._backward.get(predicate)
        if table is None:
            subjects, objects = self._columns[predicate]
            table = self._backward[predicate] = _grouped(objects, subjects)
        return table

    def forget(self) -> None:
        """Let go of the look-up tables, before something else needs the memory; they are made again when asked for."""
        self._forward.clear()
        self._backward.clear()

    def objects(self, subject: int, predicate: int) -> tuple[int, ...]:
        """The distinct objects of one subject and predicate."""
        return self.forward(predicate).get(subject, ())

    def instances(self, cls: int) -> tuple[int, ...]:
        """Subjects that this index itself types with a class; subclasses are the caller's matter."""
        return self.backward(self.iri(RDF + "type")).get(cls, ())

    def __iter__(self) -> Iterator[tuple[int, int, int]]:
        """Coded (subject, predicate, object), predicate by predicate, duplicates included."""
        for predicate, (subjects, objects) in self._columns.items():
            for subject, value in zip(subjects, objects, strict=True):
                yield subject, predicate, value

    def marks(self, predicate: int) -> Iterator[tuple[int, int, int]]:
        """(file's number, begin, end) of each file's statements in a predicate's column, in the order of reading."""
        begin = 0
        for end, number in zip(*self._marks.get(predicate, ((), ())), strict=True):
            yield number, begin, end
            begin = end

    def span(self, predicate: int, number: int) -> tuple[int, int]:
        """Where a file's statements begin and end in a predicate's column."""
        ends, files = self._marks.get(predicate, ((), ()))
        at = bisect_right(files, number) - 1
        if at < 0 or files[at] != number:
            return 0, 0
        return ends[at - 1] if at else 0, ends[at]

    def source_at(self, predicate: int, position: int) -> str:
        """Name of the file that states the statement at a position of a column; "" when none was said."""
        ends, files = self._marks.get(predicate, ((), ()))
        at = bisect_right(ends, position)
        return self.sources[files[at]] if at < len(files) else ""

    def sources_of(self, subject: int, predicate: int, value: int = -1) -> tuple[str, ...]:
        """Names of the files that state it (any object when `value` is -1), in file order. Cost: one scan of the column."""
        rows = enumerate(zip(*self.column(predicate), strict=True))
        positions = (position for position, (one, other) in rows if one == subject and value in (-1, other))
        return tuple(dict.fromkeys(self.source_at(predicate, position) for position in positions))


def _grouped(keys: array[int], values: array[int]) -> dict[int, tuple[int, ...]]:
    lists: dict[int, list[int]] = {}
    for key, value in zip(keys, values, strict=True):
        found = lists.get(key)
        if found is None:
            lists[key] = [value]
        else:
            found.append(value)
    return {key: tuple(found) if len(found) == 1 else tuple(dict.fromkeys(found)) for key, found in lists.items()}
