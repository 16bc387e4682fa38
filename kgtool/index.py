"""Integer-coded triples, column by column: what every check reads.

A term is coded once as a small integer; a predicate's statements are two parallel arrays of subjects and objects in
file order. Nothing else is stored: look-up tables (subject to objects, object to subjects) are made when first asked
for. Measured: about 2 µs and 100 bytes a triple over parsing (docs/performance.md).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kgtool.terms import RDF

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_EMPTY: Mapping[int, tuple[int, ...]] = {}


class Index:
    """A set of triples as columns of integers.

    Attributes:
        terms: code to term; codes run from 0 in order of first mention, so equal input gives equal codes.
        ids: term to code.
    """

    __slots__ = ("_backward", "_columns", "_forward", "_marks", "ids", "terms")

    def __init__(self, terms: list[Term] | None = None, ids: dict[Term, int] | None = None) -> None:
        self.terms: list[Term] = [] if terms is None else terms
        self.ids: dict[Term, int] = {} if ids is None else ids
        self._columns: dict[int, tuple[array[int], array[int]]] = {}
        self._marks: dict[int, list[tuple[int, str]]] = {}
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

    def extend(self, statements: Iterable[ox.Quad | ox.Triple], source: str = "") -> None:
        """Add statements; `source` (a file's name) is remembered for `sources_of`. Cost: linear."""
        ids, terms, columns = self.ids, self.terms, self._columns
        for statement in statements:
            codes = []
            for term in (statement.subject, statement.predicate, statement.object):
                code = ids.get(term)
                if code is None:
                    code = ids[term] = len(terms)
                    terms.append(term)
                codes.append(code)
            column = columns.get(codes[1])
            if column is None:
                column = columns[codes[1]] = (array("I"), array("I"))
            column[0].append(codes[0])
            column[1].append(codes[2])
        self._seal(source)

    def add(self, subject: int, predicate: int, value: int) -> None:
        """Add one coded statement."""
        column = self._columns.setdefault(predicate, (array("I"), array("I")))
        column[0].append(subject)
        column[1].append(value)
        self._forward.pop(predicate, None)
        self._backward.pop(predicate, None)

    def _seal(self, source: str) -> None:
        self._forward.clear()
        self._backward.clear()
        for predicate, (subjects, _) in self._columns.items():
            marks = self._marks.setdefault(predicate, [])
            if not marks or marks[-1][0] < len(subjects):
                marks.append((len(subjects), source))

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

    def sources_of(self, subject: int, predicate: int, value: int = -1) -> tuple[str, ...]:
        """Names of the files that state it (any object when `value` is -1), in file order. Cost: one scan of the column."""
        subjects, objects = self.column(predicate)
        found: list[str] = []
        marks = iter(self._marks.get(predicate, ()))
        end, source = next(marks, (0, ""))
        for position, (one, other) in enumerate(zip(subjects, objects, strict=True)):
            while position >= end:
                end, source = next(marks, (len(subjects) + 1, ""))
            if one == subject and value in (-1, other) and source not in found:
                found.append(source)
        return tuple(found)


def _grouped(keys: array[int], values: array[int]) -> dict[int, tuple[int, ...]]:
    lists: dict[int, list[int]] = {}
    for key, value in zip(keys, values, strict=True):
        found = lists.get(key)
        if found is None:
            lists[key] = [value]
        else:
            found.append(value)
    return {key: tuple(found) if len(found) == 1 else tuple(dict.fromkeys(found)) for key, found in lists.items()}
