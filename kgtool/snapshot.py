"""A snapshot: one checked version of a project as it is served, shown and exported. It never changes.

Everything that leaves the house reads from here. What the audience may not see is taken out before anything else is
made, so it is in no table, store, closure or digest of the process that answers.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from functools import cached_property

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.audience import Part, Visible, policy_of, visible, visible_catalog, visible_project
from kgtool.audience.model import Permit
from kgtool.catalog import Catalog, load_catalog
from kgtool.describe import Facts
from kgtool.engine import EmbeddedStore, Queryable, Solver
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES, Audience
from kgtool.index import Index
from kgtool.load import load
from kgtool.project import Project, project_files
from kgtool.reason import close
from kgtool.terms import GRAPH
from kgtool.write.curie import Curies

# The named graph of what follows and is not stated.
INFERRED = GRAPH + "inferred"


class Snapshot(Struct, frozen=True, dict=True):
    """One version of a project for one audience; tables are made when first asked for.

    Attributes:
        stated: ontology and data, one named graph a file, in file order.
        shapes: of the project; about the data, not part of it.
        version: hexadecimal SHA-256 over everything that is served; equal versions give equal answers.
        today: the as-of date, fixed when the snapshot was made.
        reasons: whether `inferred` is made; without it there is none.
        audience: for whom; everything else in here is what that audience may see.
        permitted: whether the audience's rules allow a statement, here one that was inferred.
        model: the named graphs of the ontology's files; the others of `stated` are data.
    """

    project: Project
    catalog: Catalog
    stated: tuple[ox.Quad, ...]
    shapes: tuple[ox.Quad, ...]
    version: str
    today: datetime.date
    curies: Curies
    reasons: bool = True
    audience: Audience = Audience.PUBLIC
    permitted: Permit = field(default_factory=Permit)
    model: frozenset[object] = frozenset()

    @property
    def elsewhere(self) -> bool:
        """Whether the data is in an engine elsewhere, so that there is no index, store or closure of it here."""
        return False

    @property
    def answers(self) -> Solver:
        """What answers the queries that people wrote."""
        return self.store

    @property
    def lookups(self) -> Queryable:
        """What answers the program's own short texts."""
        return self.store

    @cached_property
    def index(self) -> Index:
        """Stated triples as integer columns."""
        index = Index()
        index.extend(self.stated)
        return index

    @cached_property
    def inferred(self) -> tuple[ox.Triple, ...]:
        """The OWL 2 RL closure of what is visible, less what is stated, sorted; the audience's rules hold for it too."""
        return tuple(filter(self.permitted, close(self.index).inferred)) if self.reasons else ()

    @cached_property
    def facts(self) -> Facts:
        """What is stated and what follows, by subject and by object: what `describe` reads."""
        return Facts(self.stated, self.inferred)

    @property
    def model_facts(self) -> Facts:
        """Where the model's terms are described."""
        return self.facts

    @cached_property
    def store(self) -> EmbeddedStore:
        """Stated quads, one named graph a file, and what follows from them in the graph `INFERRED`.

        The default graph is the union of what is stated.
        """
        graph = ox.NamedNode(INFERRED)
        return EmbeddedStore(self.stated, (ox.Quad(t.subject, t.predicate, t.object, graph) for t in self.inferred))


def open_snapshot(
    project: Project, now: datetime.datetime, *, audience: Audience = Audience.PUBLIC, reasons: bool = True
) -> Snapshot:
    """Read a project for an audience. A file with syntax errors gives what could be read: `kgtool check` reports it.

    Args:
        now: aware; the project's own as-of date wins over it.
        reasons: whether the snapshot has what follows; reasoning takes 1.4 s at 100,000 triples.
    Cost: parsing; the store, the index and the closure come when asked for.
    Raises:
        ProjectError: a name in the audience's rules has no known prefix.
    """
    kinds = ("ontology", "data", "shapes")
    files = [file for kind in kinds for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))]
    dataset = load(files, project["accept"])
    curies = Curies(project.prefixes)
    parts = [Part(file.name, file.kind, tuple(dataset.of_file(file))) for file in dataset.files]
    seen = visible(parts, policy_of(project, audience), curies)
    catalog = visible_catalog(load_catalog(project), seen.hidden)
    today = project.today(now)
    return Snapshot(
        visible_project(project, audience, seen.hidden), catalog, _quads(seen, "ontology", "data"),
        _quads(seen, "shapes"), _version(seen, catalog, today), today, curies, reasons, audience, seen.permitted,
        frozenset(quad.graph_name for part in seen.parts if part.kind == "ontology" for quad in part.quads),
    )  # fmt: skip


def _quads(seen: Visible, *kinds: str) -> tuple[ox.Quad, ...]:
    return tuple(quad for part in seen.parts if part.kind in kinds for quad in part.quads)


def _version(seen: Visible, catalog: Catalog, today: datetime.date) -> str:
    digest = hashlib.sha256(today.isoformat().encode())
    for text in _texts(seen, catalog):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _texts(seen: Visible, catalog: Catalog) -> Iterable[str]:
    yield from (str(quad) for part in seen.parts for quad in part.quads)
    for name in sorted(catalog.queries):
        yield catalog.queries[name].text
