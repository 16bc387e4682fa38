"""The graph store, read-only: one graph by its name, named indirectly (`?graph=IRI`, `?default`) or by the request itself.

Source: SPARQL 1.1 Graph Store HTTP Protocol §4.1, §4.2 (identification), §5.2 (GET), §5.6 (HEAD).
"""

from __future__ import annotations

import pyoxigraph as ox
from msgspec.structs import replace

from kgtool.engine import Dataset
from kgtool.errors import KgError
from kgtool.serve.accept import choose
from kgtool.serve.form import pairs
from kgtool.serve.headers import CORS, etag, not_modified
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import of_error
from kgtool.serve.refusal import malformed, not_acceptable, nothing_here, wrong_method
from kgtool.serve.settings import ServeSettings
from kgtool.serve.sparql import answer
from kgtool.snapshot import INFERRED, Snapshot

PATH = "/graph-store"
METHODS = ("GET", "HEAD", "OPTIONS")
_ALL = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }"
_ROWS = 10  # times the rows of a query: a graph is one file, or all of them
_PREFLIGHT = (*CORS, ("Access-Control-Allow-Methods", ", ".join(METHODS)), ("Allow", ", ".join(METHODS)))
_SHARED = (*CORS, ("Access-Control-Expose-Headers", "ETag"), ("Vary", "Accept"), ("Cache-Control", "no-cache"))


class GraphStore:
    """Gives whole graphs of one snapshot."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._store = snapshot.store
        self._names = frozenset(
            quad.graph_name.value for quad in snapshot.stated if isinstance(quad.graph_name, ox.NamedNode)
        ) | ({INFERRED} if snapshot.inferred else frozenset())
        self._prefixes = snapshot.project.prefixes
        self._version = snapshot.version
        self._limits = replace(settings.limits, rows=settings.limits.rows * _ROWS)
        self._address = settings.address

    def __call__(self, request: Request) -> Response:
        """The graph, or a problem that anyone's page may read too."""
        if request.method == "OPTIONS":
            return Response(204, _PREFLIGHT)
        try:
            return self._graph(request)
        except KgError as error:
            refusal = of_error(request, error)
            return replace(refusal, headers=(*refusal.headers, *CORS))

    def _graph(self, request: Request) -> Response:
        if request.method not in METHODS:
            raise wrong_method(request.method, METHODS)
        name = self._named(request)
        if name and name not in self._names:
            raise nothing_here(name)
        offers = tuple(answer.GRAPHS)
        media = choose(request.headers.get("accept", ""), offers)
        if media is None:
            raise not_acceptable(offers)
        fields = (("ETag", etag(self._version, "graph", name, media)), *_SHARED)
        if not_modified(request.headers.get("if-none-match", ""), fields[0][1]):
            return Response(304, fields)
        raw = self._store.evaluate(_ALL, {}, Dataset((name,), ()) if name else None)
        if not isinstance(raw, ox.QueryTriples):
            raise nothing_here(name)
        body = answer.graph(raw, media, self._limits, self._prefixes)
        return Response(200, (("Content-Type", answer.content_type(media)), *fields), body)

    def _named(self, request: Request) -> str:
        """The IRI of the graph that is asked for; "" is the default graph.

        Raises:
            RequestError: 400: neither or both of the parameters, or a graph named by a relative IRI.
        """
        if request.target != PATH:
            return self._address + request.target
        given = pairs(request.query)
        if len(given) != 1 or given[0][0] not in {"default", "graph"}:
            raise malformed("須恰有一個參數:default 或 graph=IRI", "exactly one of 'default' and 'graph=IRI' is needed")
        name, value = given[0]
        if name == "default":
            return ""
        if ":" not in value:
            raise malformed("graph 須為絕對 IRI", "'graph' must be an absolute IRI")
        return value
