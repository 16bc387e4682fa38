"""An engine that keeps the triples, and queries that are evaluated here over the few predicates that they name.

For an engine whose evaluation is not to be trusted with a query (docs/remote.md lists what Virtuoso gets wrong): it is asked
for triples only, which every engine gets right, and the answer is that of the embedded store. Predicates that were
brought stay as long as this object.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import pyoxigraph as ox

from kgtool.engine.guard import guard
from kgtool.engine.limits import LOCAL, Limits
from kgtool.engine.remote.blank import is_skolem, skolem_again, unskolem
from kgtool.engine.remote.needs import NamesGraphsError, Needs, needs_of
from kgtool.engine.remote.store import RemoteStore
from kgtool.engine.runner import Queryable, QueryRunner
from kgtool.engine.store import Answer, EmbeddedStore, Solutions, Term
from kgtool.errors import QueryError, RemoteError, texts


class NearbyStore:
    """Answers queries (`Queryable`) over a remote's triples, evaluated in a worker of this machine.

    Cost: the triples of the predicates that a query names, once (about 30 µs each from Virtuoso), then as embedded. A path
    that may be of length nought finds only nodes of those triples where both of its ends are free.
    """

    def __init__(self, remote: RemoteStore, limits: Limits = LOCAL) -> None:
        self.remote = remote
        self.limits = limits
        self._quads: dict[str, tuple[ox.Quad, ...]] = {}
        self._runner: QueryRunner | EmbeddedStore | None = None

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """The answer that the embedded store would give over the remote's default graph.

        Raises:
            QueryError: as `QueryRunner.run`; or the query says FROM or GRAPH.
            RemoteError: the endpoint failed, or the predicates hold more rows than are allowed.
        """
        refusal = guard(text, self.limits)
        if refusal is not None:
            raise refusal.error()
        try:
            needs = needs_of(text, prefixes)
        except NamesGraphsError as error:
            raise _names_graphs() from error
        self._bring(needs)
        if self._runner is None:
            store = EmbeddedStore(quad for quads in self._quads.values() for quad in quads)
            self._runner = store if self.remote.inside else QueryRunner(store, self.limits)
        answer = self._runner.query(text, prefixes)
        if isinstance(answer, Solutions):
            return Solutions(answer.variables, tuple(tuple(map(skolem_again, row)) for row in answer.rows))
        return answer

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """As `RemoteStore.columns`."""
        return self.remote.columns(text, prefixes)

    def close(self) -> None:
        """End the worker."""
        if isinstance(self._runner, QueryRunner):
            self._runner.close()

    @cached_property
    def _predicates(self) -> tuple[str, ...]:
        """Every predicate of the remote's default graph."""
        answer = self.remote.query("SELECT DISTINCT ?p WHERE { ?s ?p ?o }", {})
        rows = answer.rows if isinstance(answer, Solutions) else ()
        return tuple(sorted(term.value for (term,) in rows if isinstance(term, ox.NamedNode)))

    def _bring(self, needs: Needs | None) -> None:
        wanted = set(self._predicates) if needs is None else set(needs.named)
        brought = self._fetch(wanted)
        if needs is not None and needs.described:
            # Which predicates these are is itself in the data: what describes them is among those named.
            told = (quad.subject for iri in needs.described for quad in self._quads.get(iri, ()))
            brought |= self._fetch({node.value for node in told if isinstance(node, ox.NamedNode)})
        if brought:
            self.close()
            self._runner = None

    def _fetch(self, wanted: set[str]) -> bool:
        """Bring predicates that are there and not here yet; whether any were."""
        lacking = [iri for iri in self._predicates if iri in wanted and iri not in self._quads]
        for iri in lacking:
            answer = self.remote.query(f"SELECT ?s ?o WHERE {{ ?s <{iri}> ?o }}", {})
            rows = answer.rows if isinstance(answer, Solutions) else ()
            self._quads[iri] = tuple(quad for row in rows for quad in _quad(iri, row))
        return bool(lacking)


class EitherStore:
    """An engine that answers, and this machine over its triples for what the engine does not do.

    Args:
        nearby: steps in; one of its own by default.
        codes: of the failures at which it does: by default a text that another kgtool refuses for its size alone.
    """

    def __init__(
        self, remote: RemoteStore, limits: Limits = LOCAL, *, nearby: Queryable | None = None,
        codes: frozenset[str] = frozenset({"E-REMOTE-LIMIT"}),
    ) -> None:  # fmt: skip
        self.limits = limits
        self._remote = remote
        self._nearby = nearby or NearbyStore(remote, limits)
        self._codes = codes

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """The answer. Raises QueryError, RemoteError."""
        try:
            return self._remote.query(text, prefixes)
        except RemoteError as error:
            if error.code not in self._codes:
                raise
        return self._nearby.query(text, prefixes)

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """As `RemoteStore.columns`."""
        return self._remote.columns(text, prefixes)


def _quad(iri: str, row: tuple[Term | None, ...]) -> list[ox.Quad]:
    subject, value = (unskolem(term) if isinstance(term, ox.NamedNode) and is_skolem(term) else term for term in row)
    if value is None or subject is None or isinstance(subject, ox.Literal):
        return []
    return [ox.Quad(subject, ox.NamedNode(iri), value)]


def _names_graphs() -> QueryError:
    return QueryError(
        "E-QUERY-FORM",
        texts(
            zh="查詢含 FROM 或 GRAPH,無法在本機求值。",
            en="the query says FROM or GRAPH, so it cannot be evaluated here.",
        ),
        texts(zh='請於該遠端設定 evaluate = "there"。', en='Set evaluate = "there" for this remote.'),
    )
