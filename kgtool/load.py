"""Files to quads, one named graph a file. The only module that parses RDF.

pyoxigraph.parse() goes on behind a syntax error when it is asked for the next quad, so one run reports every error of
a file. Its blank-node labels are random; here they become a digest of the file's name and a running number, so that
two files never share a node and every report is the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Place, Severity
from kgtool.formats import RDF_SUFFIXES
from kgtool.project import REFUSED, ProjectFile
from kgtool.rules import builtin_rules

# A file that is not RDF at all gives an error a line; past this many one sentence says that more follow.
MOST_ERRORS = 100


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


def load(files: Iterable[ProjectFile]) -> Dataset:
    """Parse RDF files, one named graph a file.

    Args:
        files: read in the order of their names.
    Returns:
        The dataset. Cost: linear in bytes; all quads are held in memory.
    """
    graphs: dict[str, tuple[ox.Quad, ...]] = {}
    findings: list[Finding] = []
    ordered = tuple(sorted(files))
    for file in ordered:
        graphs[file.graph] = _read(file, findings)
    return Dataset(graphs, ordered, tuple(sorted(findings)))


def _read(file: ProjectFile, findings: list[Finding]) -> tuple[ox.Quad, ...]:
    if file.refused:
        findings.append(_finding(file, "KG002", 0, 0, REFUSED[file.refused]))
        return ()
    try:
        data = file.path.read_bytes()
    except OSError as error:
        message = texts(zh=f"無法讀取:{error.strerror}", en=f"cannot be read: {error.strerror}")
        findings.append(_finding(file, "KG002", 0, 0, message))
        return ()
    data = data.removeprefix(b"\xef\xbb\xbf")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line, column = data.count(b"\n", 0, error.start) + 1, _column(data, error.start)
        byte = f"0x{data[error.start]:02X}"
        message = texts(zh=f"位元組 {byte} 不是 UTF-8。", en=f"byte {byte} is not UTF-8.")
        findings.append(_finding(file, "KG003", line, column, message))
        return ()
    return tuple(_parse(file, data, findings))


def _column(data: bytes, offset: int) -> int:
    start = data.rfind(b"\n", 0, offset) + 1
    return len(data[start:offset].decode("utf-8", "replace")) + 1


def _parse(file: ProjectFile, data: bytes, findings: list[Finding]) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(file.graph)
    default = ox.DefaultGraph()
    relabel = _Relabel(file.name)
    parser = ox.parse(data, format=ox.RdfFormat.from_media_type(RDF_SUFFIXES[file.path.suffix]))
    seen: set[int] = set()
    while True:
        try:
            quad = next(parser, None)
        except SyntaxError as error:
            line, column = error.lineno or 0, error.offset or 0
            if line in seen:  # the parser stumbles again behind the first error of a statement
                continue
            seen.add(line)
            if len(seen) > MOST_ERRORS:
                message = texts(zh="錯誤過多,其後略去。", en="too many errors; the rest of the file is left out.")
                findings.append(_finding(file, "KG001", line, column, message))
                return
            findings.append(_finding(file, "KG001", line, column, _said(error)))
            continue
        if quad is None:
            return
        name = graph if quad.graph_name == default else relabel(quad.graph_name)
        yield ox.Quad(relabel(quad.subject), quad.predicate, relabel(quad.object), name)


class _Relabel:
    """Blank nodes of one file to labels that no other file has and that do not change from run to run."""

    def __init__(self, name: str) -> None:
        self.stem = "f" + hashlib.sha256(name.encode()).hexdigest()[:10]
        self.labels: dict[str, ox.BlankNode] = {}

    def __call__(self, term: Any) -> Any:
        if isinstance(term, ox.Triple):
            return ox.Triple(self(term.subject), term.predicate, self(term.object))
        if not isinstance(term, ox.BlankNode):
            return term
        node = self.labels.get(term.value)
        if node is None:
            node = self.labels[term.value] = ox.BlankNode(f"{self.stem}n{len(self.labels)}")
        return node


def _said(error: SyntaxError) -> Texts:
    detail = (error.msg or "").split(": ", 1)[-1] if (error.msg or "").startswith("Parser error") else error.msg or ""
    return texts(zh=f"語法錯誤:{detail}", en=f"syntax error: {detail}")


def _finding(file: ProjectFile, code: str, line: int, column: int, message: Texts) -> Finding:
    rule = builtin_rules()[code]
    return Finding(Place(file.name, line, column), code, rule.slug, "", "", "", Severity.ERROR, message, rule.fix)
