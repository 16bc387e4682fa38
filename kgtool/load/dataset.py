"""The dataset: files to quads, with what was wrong while reading."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kgtool.finding import Finding
from kgtool.load.reader import read
from kgtool.project import ProjectFile


@dataclass(frozen=True, slots=True)
class Dataset:
    """What the files say.

    Attributes:
        graphs: IRI of a named graph to its quads in file order; one graph a file (TriG and N-Quads may name others).
        files: the files read, sorted by name.
        findings: syntax errors and refused files, sorted by place.
    """

    graphs: Mapping[str, tuple[ox.Quad, ...]]
    files: tuple[ProjectFile, ...]
    findings: tuple[Finding, ...]

    def quads(self, *kinds: str) -> Iterator[ox.Quad]:
        """Quads of the files of these kinds (all kinds when none is given), in file order."""
        for file in self.files:
            if not kinds or file.kind in kinds:
                yield from self.graphs[file.graph]

    @property
    def size(self) -> int:
        return sum(len(quads) for quads in self.graphs.values())


def load(files: Iterable[ProjectFile], accept: Iterable[str] = ()) -> Dataset:
    """Parse RDF files, one named graph a file.

    Args:
        files: read in the order of their names.
        accept: names of `formats.EXTRA_FORMATS` that the project's settings switch on.
    Returns:
        The dataset. Cost: linear in bytes; all quads are held in memory.
    """
    graphs: dict[str, tuple[ox.Quad, ...]] = {}
    findings: list[Finding] = []
    ordered = tuple(sorted(files))
    allowed = frozenset(accept)
    for file in ordered:
        graphs[file.graph] = read(file, allowed, findings)
    return Dataset(graphs, ordered, tuple(sorted(findings)))
