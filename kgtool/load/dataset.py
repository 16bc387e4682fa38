"""The dataset: files as integer columns, with what was wrong while reading. Quads are made again when asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.finding import Finding
from kgtool.index import Column, Index
from kgtool.load.gather import Gatherer, Record
from kgtool.load.reader import read
from kgtool.project import ProjectFile


class Dataset(Struct, frozen=True, eq=False):
    """What the files say.

    Attributes:
        files: the files read, sorted by name.
        findings: syntax errors and refused files, sorted by place.
        kinds: a kind of file to the index of its statements; all share their codes.
        records: a file that was parsed to the order of its statements.
        bound: codes below are mentioned by other files than shapes, which are read last.
    """

    files: tuple[ProjectFile, ...]
    findings: tuple[Finding, ...]
    kinds: Mapping[str, Index]
    records: Mapping[ProjectFile, Record]
    bound: int

    @classmethod
    def of(cls, graphs: Mapping[ProjectFile, Iterable[ox.Quad]], findings: Iterable[Finding] = ()) -> Dataset:
        """A dataset of statements at hand."""
        gatherer = Gatherer()
        bound = 0
        for file in _in_order(graphs):
            gatherer.add(file, graphs[file], lambda _: False, relabel=False)
            bound = bound if file.kind == "shapes" else len(gatherer.shared.terms)
        gatherer.close()
        return cls(tuple(sorted(graphs)), tuple(sorted(findings)), gatherer.kinds, gatherer.records, bound)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Dataset):
            return NotImplemented
        return (self.files, self.findings) == (other.files, other.findings) and self.graphs == other.graphs

    __hash__ = None  # type: ignore[assignment]

    @property
    def graphs(self) -> Mapping[str, tuple[ox.Quad, ...]]:
        """IRI of a file's named graph to its quads in file order (TriG and N-Quads may name other graphs inside).

        Cost: about 1 µs a quad, and no memory once they are let go.
        """
        return {file.graph: tuple(self.of_file(file)) for file in self.files}

    def quads(self, *kinds: str, predicates: Collection[int] | None = None) -> Iterator[ox.Quad]:
        """Quads of the files of these kinds (all kinds when none is given), in file order.

        Args:
            predicates: codes; only statements with one of them. None for all.
        """
        for file in self.files:
            if not kinds or file.kind in kinds:
                yield from self.of_file(file, predicates)

    def of_file(self, file: ProjectFile, predicates: Collection[int] | None = None) -> Iterator[ox.Quad]:
        """The quads of one file, in its order; those with one of some predicates, or all."""
        record = self.records.get(file)
        if record is None:
            return
        index, own = self.kinds[file.kind], ox.NamedNode(file.graph)
        terms = index.terms
        rows = {}
        for predicate in set(record.order):
            begin, end = index.span(predicate, record.number)
            subjects, objects = index.column(predicate)
            rows[predicate] = zip(subjects[begin:end], objects[begin:end], strict=True)
        for number, predicate in enumerate(record.order):
            if predicates is not None and predicate not in predicates:
                continue
            subject, value = next(rows[predicate])
            graph = own if not record.graphs or record.graphs[number] < 0 else terms[record.graphs[number]]
            yield ox.Quad(terms[subject], terms[predicate], terms[value], graph)  # type: ignore[arg-type]

    def columns(self, *kinds: str, wanted: Mapping[int, Collection[int] | None] | None = None) -> Iterator[Column]:
        """The statements of the files of these kinds (all kinds when none is given), a file's predicate at a time.

        Only for files that name no graphs inside.
        Args:
            wanted: predicates' codes to those of the objects that are wanted, None for any; None for all statements.
        """
        for file, record in self.records.items():
            if kinds and file.kind not in kinds:
                continue
            index, graph = self.kinds[file.kind], ox.NamedNode(file.graph)
            terms = index.terms
            present = dict.fromkeys(record.order)
            for predicate in present if wanted is None else filter(present.__contains__, wanted):
                begin, end = index.span(predicate, record.number)
                subjects, objects = (column[begin:end] for column in index.column(predicate))
                among = wanted[predicate] if wanted is not None else None
                column = Column(graph, terms[predicate], subjects, objects, terms)  # type: ignore[arg-type]
                yield column if among is None else column.only([value in among for value in objects])

    def index(self, *kinds: str) -> Index:
        """The columns of these kinds of files (all kinds when none is given) as one index. Cost: a copy in C."""
        wanted = [index for kind, index in self.kinds.items() if not kinds or kind in kinds]
        made = wanted[0].layer() if wanted else Index()
        for index in wanted:
            made.join(index)
        made.bound = None if not kinds or "shapes" in kinds else self.bound
        return made

    @property
    def size(self) -> int:
        return sum(len(index) for index in self.kinds.values())


def load(files: Iterable[ProjectFile], accept: Iterable[str] = ()) -> Dataset:
    """Parse RDF files, one named graph a file.

    Args:
        files: read in the order of their names, shapes last.
        accept: names of `formats.EXTRA_FORMATS` that the project's settings switch on.
    Returns:
        The dataset. Cost: linear in bytes, about 3 µs a triple; memory 12 bytes a triple and 300 a distinct term.
    """
    gatherer = Gatherer()
    findings: list[Finding] = []
    allowed = frozenset(accept)
    ordered = tuple(files)
    bound = 0
    for file in _in_order(ordered):
        read(file, allowed, gatherer, findings)
        bound = bound if file.kind == "shapes" else len(gatherer.shared.terms)
    gatherer.close()
    return Dataset(tuple(sorted(ordered)), tuple(sorted(findings)), gatherer.kinds, gatherer.records, bound)


def _in_order(files: Iterable[ProjectFile]) -> list[ProjectFile]:
    return sorted(files, key=lambda file: (file.kind == "shapes", file))
