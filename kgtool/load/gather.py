"""Statements of files into integer columns: one index a kind of file, a term with one code in all of them.

A parser's blank-node labels are random; here they become a digest of the file's name and a running number, so that two
files never share a node and every report is the same on every machine.
"""

from __future__ import annotations

import hashlib
from array import array
from collections.abc import Callable, Iterable, Iterator
from typing import Self

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index, Term
from kgtool.project import ProjectFile

_DEFAULT = ox.DefaultGraph()


class Record(Struct, frozen=True):
    """In which order a file says what its kind's index holds. Memory: 4 bytes a statement.

    Attributes:
        number: of the file in `Index.sources`.
        order: the predicate of each statement.
        graphs: the graph that the file names for each statement, -1 for none; empty where its format names no graphs.
    """

    number: int
    order: array[int]
    graphs: array[int]


class Gatherer:
    """Files into columns.

    Attributes:
        shared: the codes; it has no statements itself.
        kinds: a kind of file to its index.
        records: a file to its record.
    """

    def __init__(self) -> None:
        self.shared = Index()
        self.kinds: dict[str, Index] = {}
        self.records: dict[ProjectFile, Record] = {}
        # New labels. `ids` gets them at the end only, for a file may hold the very label that another one's node has now.
        self._blank: dict[ox.BlankNode, int] = {}

    def add(
        self, file: ProjectFile, quads: Iterable[ox.Quad], told: Callable[[SyntaxError | MemoryError], bool], *,
        graphs: bool = True, relabel: bool = True,
    ) -> None:  # fmt: skip
        """Add a file's statements; those with an RDF 1.2 triple term are left out, as unknown to everything else.

        Args:
            quads: an iterator that goes on behind a SyntaxError.
            told: is given each such error, or the MemoryError that ended the reading, and says whether to go on.
            graphs: whether the file may name graphs.
            relabel: give blank nodes labels that no other file has.
        """
        index = self.kinds.get(file.kind)
        if index is None:
            index = self.kinds[file.kind] = self.shared.layer()
        new = _Namer(self.shared, self._blank, file.name if relabel else "")
        record = Record(len(index.sources), array("I"), array("i"))
        stream = _Noted(iter(quads), record.graphs, new) if graphs else iter(quads)
        while True:
            try:
                index.take(stream, new, record.order)
                break
            except (SyntaxError, MemoryError) as error:
                if not told(error):
                    break
        index.seal(file.name)
        self.records[file] = record

    def close(self) -> None:
        """End: from here on blank nodes can be looked up."""
        self.shared.ids.update(self._blank.items())


class _Namer:
    """Codes for the terms that a file is the first to mention; -1 for what is left out."""

    def __init__(self, index: Index, blank: dict[ox.BlankNode, int], name: str) -> None:
        self._ids, self._terms, self._blank = index.ids, index.terms, blank
        self._stem = "f" + hashlib.sha256(name.encode()).hexdigest()[:10] if name else ""
        self._own: dict[ox.BlankNode, int] = {}

    def __call__(self, term: Term) -> int:
        if isinstance(term, ox.BlankNode):
            code = self._own.get(term)
            return self._named(term) if code is None else code
        if isinstance(term, ox.Triple):
            return -1
        code = self._ids[term] = len(self._terms)
        self._terms.append(term)
        return code

    def of(self, term: Term) -> int:
        """The code of any term, known or new."""
        code = self._ids.get(term)
        return self(term) if code is None else code

    def _named(self, term: ox.BlankNode) -> int:
        node = ox.BlankNode(f"{self._stem}n{len(self._own)}") if self._stem else term
        code = self._blank.get(node)
        if code is None:
            code = self._blank[node] = len(self._terms)
            self._terms.append(node)
        self._own[term] = code
        return code


class _Noted:
    """Quads whose graphs are noted; unlike a generator it goes on behind an error."""

    def __init__(self, quads: Iterator[ox.Quad], graphs: array[int], code: _Namer) -> None:
        self._quads, self._graphs, self._code = quads, graphs, code

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> ox.Quad:
        quad = next(self._quads)
        while isinstance(quad.object, ox.Triple):
            quad = next(self._quads)
        graph = quad.graph_name
        self._graphs.append(-1 if graph == _DEFAULT else self._code.of(graph))  # type: ignore[arg-type]
        return quad
