"""Graphs put, posted and dropped by the SPARQL 1.1 Graph Store Protocol (indirect graph identification, §4.2)."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

import pyoxigraph as ox

from kgtool import __version__
from kgtool.engine.remote import failure
from kgtool.engine.remote.credentials import Credentials
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.exchange import Call, exchange
from kgtool.engine.remote.ways import ways_of
from kgtool.project import Remote
from kgtool.write.results import n3

_GOOD = frozenset({200, 201, 202, 204})
_GONE = frozenset({*_GOOD, 404})
_MOST = 1 << 20  # bytes of what a server says about a graph that it took
# N-Triples is a part of Turtle, and every engine takes Turtle.
_TURTLE = "text/turtle; charset=utf-8"


class GraphStore:
    """A remote's graph store. Each call is one request with the remote's deadline, and changes one graph whole."""

    def __init__(self, remote: Remote, who: Credentials | None = None) -> None:
        self._remote = remote
        self._who = who
        self._ways = ways_of(remote.profile)

    def put(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Make a graph hold these triples and no others. Raises RemoteError."""
        self._send("PUT", graph, ntriples(triples).encode("utf-8"), _GOOD)

    def post(self, graph: str, triples: Iterable[ox.Triple]) -> None:
        """Add triples to a graph. Raises RemoteError."""
        self._send("POST", graph, ntriples(triples).encode("utf-8"), _GOOD)

    def drop(self, graph: str) -> None:
        """Remove a graph; one that is not there is no error. Raises RemoteError."""
        self._send("DELETE", graph, None, _GONE)

    def _send(self, method: str, graph: str, body: bytes | None, good: frozenset[int]) -> None:
        store = self._remote.graph_store
        url = f"{store}{'&' if '?' in store else '?'}graph={quote(graph, safe='')}"
        headers = {"User-Agent": f"kgtool/{__version__}", "Accept": "*/*"}
        headers |= {"Content-Type": _TURTLE} if body is not None else {}
        call = Call(method, url, headers, body, _MOST, self._who, self._ways.digest)
        reply = exchange(call, Deadline(self._remote.timeout))
        if reply.status not in good:
            raise failure.refused(store, reply.status, failure.said_in(reply.body))


def ntriples(triples: Iterable[ox.Triple]) -> str:
    """Triples as sorted N-Triples, language tags in canonical case."""
    return "".join(sorted(f"{n3(t.subject)} {n3(t.predicate)} {n3(t.object)} .\n" for t in triples))  # type: ignore[arg-type]
