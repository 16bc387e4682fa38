"""A version to compare: a git revision, a project's folder, or a package, read into the same value.

Blank nodes have no names that two versions share; each is read as what is said of it, so that only its content counts.
"""

from __future__ import annotations

import contextlib
import datetime
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox
from msgspec import Struct

from kgtool.check import check
from kgtool.engine import CHECKED, QueryRunner, Solutions, Triples
from kgtool.errors import KgError
from kgtool.finding import Finding
from kgtool.formats import Audience
from kgtool.lang import canonical
from kgtool.load import load
from kgtool.named import Binder, run
from kgtool.policy.history import lay_out, revision_of
from kgtool.project import ProjectFile, open_project
from kgtool.snapshot import Snapshot, open_snapshot
from kgtool.terms import DCT, GRAPH, OWL, RDFS, SKOS
from kgtool.write.curie import Curies
from kgtool.write.results import n3

_PACKAGE, _DATA, _MODEL = "MANIFEST.sha256", "data.nq", "ontology.ttl"
_LABELS = (SKOS + "prefLabel", DCT + "title", RDFS + "label")
_DEPTH = 16  # blank nodes within blank nodes that are still read
_MOST_PREFIXES = 64  # lines at the head of a package's ontology that may declare one
Row = Mapping[str, frozenset[str]]


class Version(Struct, frozen=True, dict=True):
    """One version.

    Attributes:
        name: as the user called it.
        data, model: statements of the data, and of the ontology that explains them.
        curies: prefixes to show IRIs with.
        snapshot: of a project, None for a package: findings and queries need one.
    """

    name: str
    data: tuple[ox.Quad, ...]
    model: tuple[ox.Quad, ...]
    curies: Curies
    snapshot: Snapshot | None = None
    moment: datetime.datetime | None = None

    @cached_property
    def about(self) -> Mapping[object, Mapping[str, tuple[object, ...]]]:
        """Subject to property to values, of the data; each statement once."""
        table: dict[object, dict[str, dict[object, None]]] = defaultdict(lambda: defaultdict(dict))
        for quad in self.data:
            table[quad.subject][quad.predicate.value][quad.object] = None
        return {node: {name: tuple(values) for name, values in row.items()} for node, row in table.items()}

    @cached_property
    def entities(self) -> Mapping[str, Row]:
        """IRI of every subject of the data to its properties and their values as texts."""
        return {
            node.value: {name: frozenset(self._text(value, _DEPTH) for value in values) for name, values in row.items()}
            for node, row in self.about.items() if isinstance(node, ox.NamedNode)
        }  # fmt: skip

    def _text(self, value: object, depth: int) -> str:
        if isinstance(value, ox.BlankNode):
            if not depth:
                return "[…]"
            parts = [
                f"<{name}> {self._text(inner, depth - 1)}"
                for name, values in self.about.get(value, {}).items() for inner in values
            ]  # fmt: skip
            return f"[{' ; '.join(sorted(parts))}]"
        return n3(value) if isinstance(value, ox.Literal) else str(value)

    @cached_property
    def labels(self) -> Mapping[str, Mapping[str, str]]:
        """IRI to its names by language tag: preferred ones before others, the first in order."""
        found: dict[str, dict[int, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
        for quad in sorted((*self.model, *self.data), key=str):
            predicate = quad.predicate.value
            if predicate in _LABELS and isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
                names = found[quad.subject.value][_LABELS.index(predicate)]
                names.setdefault(canonical(quad.object.language or ""), quad.object.value)
        return {iri: ranks[min(ranks)] for iri, ranks in found.items()}

    @cached_property
    def tombstones(self) -> Mapping[str, tuple[str, ...]]:
        """IRIs that are no longer used, each with what took its place, sorted; nothing for a withdrawn one."""
        replaced: dict[str, set[str]] = defaultdict(set)
        for quad in self.data:
            if not isinstance(quad.subject, ox.NamedNode):
                continue
            if quad.predicate.value == DCT + "isReplacedBy" and isinstance(quad.object, ox.NamedNode):
                replaced[quad.subject.value].add(quad.object.value)
            elif quad.predicate.value == OWL + "deprecated" and getattr(quad.object, "value", "") in {"true", "1"}:
                replaced[quad.subject.value] |= set()
        return {iri: tuple(sorted(news)) for iri, news in replaced.items()}

    @cached_property
    def findings(self) -> tuple[Finding, ...] | None:
        """What `kgtool check` finds, None for a package."""
        if self.snapshot is None or self.moment is None:
            return None
        return check(self.snapshot.project, self.moment).findings

    @cached_property
    def answers(self) -> Mapping[str, tuple[str, ...]]:
        """Ask query or preset to its rows as texts, sorted; those that need a value which nobody gives are left out."""
        snapshot = self.snapshot
        if snapshot is None:
            return {}
        out: dict[str, tuple[str, ...]] = {}
        with QueryRunner(snapshot.store, CHECKED) as runner:
            binder = Binder(snapshot.curies, snapshot.today, snapshot.store)
            asked = [
                (query.name, query, {p.name: p.example for p in query.params.values() if p.example and not p.default})
                for query in snapshot.catalog.role("ask")
            ]
            asked += [
                (preset.name, snapshot.catalog.queries[preset.query], dict(preset.params))
                for preset in snapshot.project.presets.values() if preset.query in snapshot.catalog.queries
            ]  # fmt: skip
            for name, query, given in asked:
                with contextlib.suppress(KgError):
                    answer = run(query, binder.bind(query, given), runner, snapshot.project.prefixes)
                    out[name] = tuple(sorted(_rows(answer)))
        return out


def _rows(answer: object) -> Iterator[str]:
    if isinstance(answer, Solutions):
        for row in answer.rows:
            yield "\t".join("" if term is None else n3(term) for term in row)
    elif isinstance(answer, Triples):
        yield from (str(triple) for triple in answer.triples)
    else:
        yield str(answer).lower()


@contextlib.contextmanager
def open_version(
    name: str, root: Path, now: datetime.datetime, audience: Audience, options: Mapping[str, str | None]
) -> Iterator[Version]:
    """A version by name: a package's folder, a project's folder, else a git revision of the project at `root`.

    Args:
        now: the moment that both versions are judged at.
        name: "" is the project's files as they are.
        audience: whose view; what it may not see is in no part of the version.
    Raises:
        UsageError: it is none of the three.
        ProjectError: the project of that version cannot be opened.
    """
    folder = Path(name) if name else root
    if not name:
        yield _of_project("work tree", folder, now, audience, options)
    elif (folder / _PACKAGE).is_file():
        yield _of_package(name, folder)
    elif folder.is_dir() and revision_of(root, name) is None:
        yield _of_project(name, folder, now, audience, options)
    else:
        with tempfile.TemporaryDirectory(prefix="kgtool-diff-") as place:
            yield _of_project(name, lay_out(root, name, Path(place)), now, audience, options)


def _of_project(
    name: str, folder: Path, now: datetime.datetime, audience: Audience, options: Mapping[str, str | None]
) -> Version:
    project = open_project(folder, {}, options)
    snapshot = open_snapshot(project, now, audience=audience, reasons=False)
    data = tuple(quad for quad in snapshot.stated if quad.graph_name not in snapshot.model)
    model = tuple(quad for quad in snapshot.stated if quad.graph_name in snapshot.model)
    return Version(name, data, model, snapshot.curies, snapshot, now)


def _of_package(name: str, folder: Path) -> Version:
    files = [ProjectFile(file, folder / file, "data") for file in (_DATA, _MODEL) if (folder / file).is_file()]
    dataset = load(files)
    graphs = {file.name: tuple(dataset.of_file(file)) for file in files}
    inferred = ox.NamedNode(GRAPH + "inferred")
    data = tuple(quad for quad in graphs.get(_DATA, ()) if quad.graph_name != inferred)
    return Version(name, data, graphs.get(_MODEL, ()), Curies(_prefixes(folder)))


def _prefixes(folder: Path) -> dict[str, str]:
    """The prefixes that the package's ontology declares; its names come from there."""
    file = folder / _MODEL
    if not file.is_file():
        return {}
    out = {}
    for line in file.read_text(encoding="utf-8", errors="replace").splitlines()[:_MOST_PREFIXES]:
        word, _, rest = line.partition(" ")
        prefix, _, iri = rest.partition(": ")
        if word == "PREFIX" and iri.startswith("<") and iri.endswith(">"):
            out[prefix] = iri[1:-1]
    return out
