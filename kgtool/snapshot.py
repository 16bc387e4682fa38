"""A snapshot: one checked version of a project as it is served, shown and exported. It never changes.

Everything that leaves the house reads from here. What the audience may not see is taken out before anything else is
made, so it is in no table, store, closure or digest of the process that answers.
"""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kgtool.catalog import Catalog, load_catalog
from kgtool.describe import Facts
from kgtool.engine import EmbeddedStore
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.index import Index
from kgtool.load import Dataset, load
from kgtool.project import Project, project_files
from kgtool.reason import close
from kgtool.terms import GRAPH
from kgtool.write.curie import Curies

# The named graph of what follows and is not stated.
INFERRED = GRAPH + "inferred"


@dataclass(frozen=True)
class Snapshot:
    """One version of a project for one audience; tables are made when first asked for.

    Attributes:
        stated: ontology and data, one named graph a file, in file order.
        shapes: of the project; about the data, not part of it.
        version: hexadecimal SHA-256 over everything that is served; equal versions give equal answers.
        today: the as-of date, fixed when the snapshot was made.
        reasons: whether `inferred` is made; without it there is none.
    """

    project: Project
    catalog: Catalog
    stated: tuple[ox.Quad, ...]
    shapes: tuple[ox.Quad, ...]
    version: str
    today: datetime.date
    curies: Curies
    reasons: bool = True

    @cached_property
    def index(self) -> Index:
        """Stated triples as integer columns."""
        index = Index()
        index.extend(self.stated)
        return index

    @cached_property
    def inferred(self) -> tuple[ox.Triple, ...]:
        """The OWL 2 RL closure less what is stated, sorted."""
        return close(self.index).inferred if self.reasons else ()

    @cached_property
    def facts(self) -> Facts:
        """What is stated and what follows, by subject and by object: what `describe` reads."""
        return Facts(self.stated, self.inferred)

    @cached_property
    def store(self) -> EmbeddedStore:
        """Stated quads, one named graph a file, and what follows from them in the graph `INFERRED`.

        The default graph is the union of what is stated.
        """
        graph = ox.NamedNode(INFERRED)
        return EmbeddedStore(self.stated, (ox.Quad(t.subject, t.predicate, t.object, graph) for t in self.inferred))


def open_snapshot(project: Project, now: datetime.datetime, *, reasons: bool = True) -> Snapshot:
    """Read a project. A file with syntax errors gives what could be read: `kgtool check` reports it.

    Args:
        now: aware; the project's own as-of date wins over it.
        reasons: whether the snapshot has what follows; reasoning takes 1.4 s at 100,000 triples.
    Cost: parsing; the store, the index and the closure come when asked for.
    """
    kinds = ("ontology", "data", "shapes")
    files = [file for kind in kinds for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))]
    dataset = load(files, project["accept"])
    catalog = load_catalog(project)
    today = project.today(now)
    version = _version(dataset, catalog, today)
    return Snapshot(
        project, catalog, tuple(dataset.quads("ontology", "data")), tuple(dataset.quads("shapes")), version, today,
        Curies(project.prefixes), reasons,
    )  # fmt: skip


def _version(dataset: Dataset, catalog: Catalog, today: datetime.date) -> str:
    digest = hashlib.sha256(today.isoformat().encode())
    for text in _texts(dataset, catalog):
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _texts(dataset: Dataset, catalog: Catalog) -> Iterable[str]:
    yield from (str(quad) for quad in dataset.quads())
    for name in sorted(catalog.queries):
        yield catalog.queries[name].text
