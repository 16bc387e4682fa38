"""A snapshot whose data is in an engine elsewhere: model, shapes and queries are at hand, everything else is asked for."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping

import pyoxigraph as ox
from msgspec import Struct
from msgspec.structs import replace

from kgtool.audience import Hidden, Policy, policy_of, visible_catalog, visible_project
from kgtool.audience.model import MARK, Permit
from kgtool.catalog import Catalog, NamedQuery, Param, ParamType, load_catalog
from kgtool.describe import Facts
from kgtool.engine import Limits, Queryable, Solutions, Solver, Stream, Triples, failure
from kgtool.engine.remote import RemoteStore, queries_over
from kgtool.engine.remote import failure as remote_failure
from kgtool.engine.remote.asking import Asks
from kgtool.engine.remote.manifest import Manifest, State
from kgtool.engine.store import Answer
from kgtool.errors import KgError
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES, Audience
from kgtool.load import load
from kgtool.project import Project, Remote, Scope, project_files
from kgtool.project.remotes import GRAPHS
from kgtool.serve.remote.facts import RemoteFacts
from kgtool.serve.remote.gathered import Gathered
from kgtool.serve.remote.refusal import changed, hidden, strangers
from kgtool.snapshot import Snapshot
from kgtool.terms import RDF
from kgtool.write.curie import Curies


class Kept:
    """Answers of one request: a document that is made again does not ask again. `forget` before the next request.

    Args:
        limits: of an answer.
    """

    def __init__(self, store: Queryable, limits: Limits) -> None:
        self._store, self._limits = store, limits
        self._answers: dict[str, Answer] = {}

    def forget(self) -> None:
        """Everything of the request before."""
        self._answers.clear()

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """The whole answer. Raises QueryError, RequestError."""
        found = self._answers.get(text)
        if found is None:
            with strangers():
                found = self._answers[text] = self._store.query(text, prefixes)
            if isinstance(found, Solutions) and len(found.rows) > self._limits.rows:
                raise failure.too_many_rows(self._limits.rows)
        return found

    def solve(self, text: str, prefixes: Mapping[str, str], _: int) -> Stream | Triples | bool:
        """As `query`, for those who read rows once."""
        found = self.query(text, prefixes)
        return Stream(found.variables, iter(found.rows)) if isinstance(found, Solutions) else found


class There(Struct, frozen=True):
    """What speaks to the engine for a snapshot.

    Attributes:
        store: the engine; people: what answers the queries that people wrote; lookups: the program's own texts.
        facts: the statements of single resources.
        manifest: what `kgtool push` left, None where the settings name other graphs.
    """

    store: RemoteStore
    people: Kept
    lookups: Kept
    facts: RemoteFacts
    gathered: Gathered
    manifest: Manifest | None

    def forget(self) -> None:
        """Everything of the request before."""
        for kept in (self.people, self.lookups, self.facts):
            kept.forget()

    def same(self) -> bool:
        """Whether the engine still has the version that was loaded. Raises RequestError: it does not answer."""
        if self.manifest is None:
            return True
        with strangers():
            now = self.store.pulse()
        return now is not None and now.state is State.COMPLETE and now.version == self.manifest.version


class RemoteSnapshot(Snapshot, frozen=True):
    """`stated` is the model's files alone; `index` and `store` too. See `There` for the data."""

    there: There | None = None

    @property
    def elsewhere(self) -> bool:
        return True

    @property
    def data(self) -> There:
        """What speaks to the engine."""
        if self.there is None:
            raise TypeError("a snapshot without an engine")
        return self.there

    @property
    def answers(self) -> Solver:
        return self.data.people

    @property
    def lookups(self) -> Queryable:
        return self.data.lookups

    @property
    def facts(self) -> Facts:
        return self.data.facts

    @property
    def model_facts(self) -> Facts:
        return Facts(self.stated)

    @property
    def inferred(self) -> tuple[ox.Triple, ...]:
        return ()


def open_snapshot(
    project: Project, remote: Remote, asks: Asks, now: datetime.datetime, *, audience: Audience, limits: Limits
) -> RemoteSnapshot:
    """Read model, shapes and queries of a project, and ask the engine what it holds.

    Args:
        asks: carries every question.
        now: aware; the project's own as-of date wins over it.
    Raises:
        RemoteError: no answer, no push, or one that did not end. UsageError: it holds what the audience may not see.
    """
    remote = replace(remote, timeout=min(remote.timeout, limits.seconds))
    files = [
        file
        for kind in ("ontology", "shapes")
        for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))
    ]
    dataset = load(files, project["accept"])
    store = RemoteStore(remote, None, limits, asks=asks, inside=True)
    manifest = _manifest(store)
    policy = policy_of(project, audience)
    _permitted(store, manifest, policy)
    curies = Curies(project.prefixes)
    stated = tuple(
        q for f in dataset.files if f.kind == "ontology" for q in dataset.of_file(f) if q.predicate.value != MARK
    )
    shapes = tuple(quad for file in dataset.files if file.kind == "shapes" for quad in dataset.of_file(file))
    there = _there(store, manifest, stated, limits, asks)
    known = frozenset(policy.deny | {curies.short(iri) for iri in policy.deny})
    catalog = visible_catalog(load_catalog(project), Hidden(known))
    catalog = replace(catalog, queries=_at_home(catalog, there.lookups, curies, str(project["base"])))
    today = project.today(now)
    version = _version(manifest, today, [*map(str, stated), *map(str, shapes), *_texts(catalog)])
    return RemoteSnapshot(
        visible_project(project, audience, Hidden(known)), catalog, stated, shapes, version, today, curies, False, audience,
        Permit(), frozenset(quad.graph_name for quad in stated), there,
    )  # fmt: skip


def _manifest(store: RemoteStore) -> Manifest | None:
    remote = store.remote
    if remote.scope is not Scope.PROJECT:
        return None
    if store.manifest is None:
        raise remote_failure.unpushed(remote.url, remote.name)
    if store.manifest.state is not State.COMPLETE:
        raise remote_failure.half(remote.url, remote.name)
    return store.manifest


def _permitted(store: RemoteStore, manifest: Manifest | None, policy: Policy) -> None:
    """Refuse what the audience may not see: the manifest says for whom all of it is; without one, rules and marks do."""
    if manifest is not None:
        if not policy.audience.sees(manifest.audience):
            raise hidden(policy.audience, manifest.audience)
    elif policy.audience is not Audience.INTERNAL and (
        policy.limits or store.query(f"ASK {{ ?s <{MARK}> ?o }}", {}) is not False
    ):
        raise hidden(policy.audience, None)


def _there(
    store: RemoteStore, manifest: Manifest | None, stated: tuple[ox.Quad, ...], limits: Limits, asks: Asks
) -> There:
    remote = store.remote
    people = queries_over(store, limits)
    graphs = RemoteStore(remote, None, limits, asks=asks, inside=True, named=True) if manifest else store
    gathered = Gathered(graphs, graphs=manifest is not None, graph=lambda iri: _graph(remote, iri))
    facts = RemoteFacts(stated, gathered)
    return There(store, Kept(people, limits), Kept(store, limits), facts, gathered, manifest)


def _graph(remote: Remote, iri: str) -> str:
    """The project's own name of a graph."""
    base = remote.graph_base
    return GRAPHS + iri.removeprefix(base) if base != GRAPHS and iri.startswith(base) else iri


def _version(manifest: Manifest | None, today: datetime.date, texts: list[str]) -> str:
    digest = hashlib.sha256(f"{manifest.version if manifest else ''} {today.isoformat()}\n".encode())
    for text in texts:
        digest.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return digest.hexdigest()


def _texts(catalog: Catalog) -> list[str]:
    return [catalog.queries[name].text for name in sorted(catalog.queries)]


def _at_home(catalog: Catalog, store: Queryable, curies: Curies, home: str) -> dict[str, NamedQuery]:
    """The queries with examples that are in this data: of each class the first member by IRI; none where that takes too long."""
    found: dict[str, str | None] = {}
    out = {}
    for name, query in catalog.queries.items():
        params = dict(query.params)
        for param in query.params.values():
            if param.type is ParamType.IRI and not _fits(param, store, curies):
                if param.cls not in found:
                    found[param.cls] = _first(param.cls, store, curies, home)
                params[param.name] = replace(param, example=found[param.cls])
        out[name] = replace(query, params=params)
    return out


def _fits(param: Param, store: Queryable, curies: Curies) -> bool:
    if param.example is None:
        return not param.required
    iri = curies.expand(param.example)
    kind = f"<{curies.expand(param.cls)}>" if param.cls else "?class"
    try:
        return bool(iri) and store.query(f"ASK {{ {ox.NamedNode(iri or '')} <{RDF}type> {kind} }}", {}) is True
    except (KgError, ValueError):
        return False


def _first(cls: str, store: Queryable, curies: Curies, home: str) -> str | None:
    kind = f"<{curies.expand(cls)}>" if cls else "?class"
    within = f"FILTER(STRSTARTS(STR(?x), {ox.Literal(home)}))"
    try:
        answer = store.query(f"SELECT ?x WHERE {{ ?x <{RDF}type> {kind} {within} }} ORDER BY ?x LIMIT 1", {})
    except KgError:
        return None
    rows = answer.rows if isinstance(answer, Solutions) else ()
    return curies.short(rows[0][0].value) if rows and isinstance(rows[0][0], ox.NamedNode) else None


def require_same(there: There) -> None:
    """Raise unless the engine still has the version that was loaded.

    Raises:
        RequestError: it has another, or one that is being loaded, or does not answer.
    """
    if not there.same():
        raise changed()
