"""`kgtool fmt` as a function: files in, files laid out; a file is written only when it still says the same."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
from msgspec import Struct
from msgspec.structs import replace

from kgtool.errors import EngineError, texts
from kgtool.finding import Finding, Severity
from kgtool.load import load
from kgtool.project import Project, ProjectFile, inside, project_files
from kgtool.turtle import statements
from kgtool.write.files import write_file
from kgtool.write.layout import layout

# N-Triples and N-Quads are a statement a line by definition; only these have a layout to choose.
SUFFIXES = (".ttl", ".trig")
KINDS = ("ontology", "data", "shapes")


class Laid(Struct, frozen=True):
    """What formatting a file came to: its text before and after, and the findings that stopped it."""

    file: ProjectFile
    before: str
    after: str
    findings: tuple[Finding, ...]

    @property
    def changed(self) -> bool:
        return not self.findings and self.before != self.after


def format_project(project: Project, only: Iterable[Path]) -> Iterator[Laid]:
    """Lay out a project's Turtle and TriG files, or those at or under the given paths; nothing is written.

    Raises:
        EngineError: a layout would change what a file says; the file is named and left alone.
        ProjectError: a path is not there or not inside the project; nothing is laid out then.
    """
    wanted = [inside(project, path) for path in only]
    for kind in KINDS:
        for file in project_files(project, kind, SUFFIXES):
            here = file.path.resolve()
            if not file.shipped and (not wanted or any(here.is_relative_to(path) for path in wanted)):
                yield lay(file)


def lay(file: ProjectFile) -> Laid:
    """One file's layout. A file that does not parse keeps its text and comes with its findings."""
    dataset = load([file])
    # A warning, of a byte-order mark, is no reason: the mark goes.
    wrong = tuple(one for one in dataset.findings if one.severity is Severity.ERROR)
    if wrong:
        return Laid(file, "", "", wrong)
    before = file.path.read_bytes().decode("utf-8")
    after = layout(before)
    if after != before and not _same(file, dataset.graphs[file.graph], before.removeprefix("\ufeff"), after):
        raise EngineError(
            "E-FMT",
            texts(
                zh=f"{file.name}:重排會改變內容,未更動。",
                en=f"{file.name}: the layout would change its meaning; left alone.",
            ),
            texts(zh="這是程式的錯誤,請附該檔回報。", en="This is a defect of kgtool: please report it with the file."),
        )
    return Laid(file, before, after, ())


def _same(file: ProjectFile, quads: tuple[ox.Quad, ...], before: str, after: str) -> bool:
    """Whether two texts of a file say the same.

    Our own reading gives the same statements, blank nodes included; pyoxigraph's reading gives the same statements but for
    blank nodes, whose numbers change when a superfluous `;` goes, as the order of the statements may in either.
    """
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / file.path.name
        copy.write_bytes(after.encode("utf-8"))
        scratch = load([replace(file, path=copy)])
    if scratch.findings or _blanked(scratch.graphs[file.graph]) != _blanked(quads):
        return False
    ours = (Counter((one.subject, one.predicate, one.object) for one in statements(text)) for text in (before, after))
    return next(ours) == next(ours)


def _blanked(quads: tuple[ox.Quad, ...]) -> Counter[tuple[str, ...]]:
    rows = ((str(quad.subject), str(quad.predicate), str(quad.object), str(quad.graph_name)) for quad in quads)
    return Counter(tuple("_:" if term.startswith("_:") else term for term in row) for row in rows)


def write(laid: Laid) -> None:
    """Replace the file by its layout, whole or not at all."""
    write_file(laid.file.path, laid.after)
