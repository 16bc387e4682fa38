"""The isolated runner: a query is measured, run in a worker process under limits, and its answer read back (`engine.workers`).

pyoxigraph cannot be cancelled, and a query of a few kilobytes aborts the process that it runs in. So whoever asks keeps
the store and forks a worker that answers; a worker that is too slow is killed, one that dies is replaced, and both
are errors with a code of their own. One worker answers many queries. On trial (`kgtool.trial`) the process that asks evaluates.

Measured (2 shared and busy cores, Python 3.11, pyoxigraph 0.5.13):
    fork                    2 ms at 9,300 triples (54 MB), 7 ms at 100,000, 66 ms at 1 million (782 MB)
    fork, answer, and end   8 ms of CPU at 10,000 triples, 164 ms at 1 million
    a query in a worker     0.2 ms of CPU beside 0.1 ms in this process; 8 µs more a row of three terms
A process should fork while it has one thread; pyoxigraph's in-memory store starts none, at any size.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from kgtool import trial
from kgtool.engine.guard import guard
from kgtool.engine.here import Here
from kgtool.engine.limits import LOCAL, Limits
from kgtool.engine.request import Evaluates, Request
from kgtool.engine.store import Answer, Solutions, Stream, Triples

if TYPE_CHECKING:
    from kgtool.engine.workers import Workers


class Queryable(Protocol):
    """What answers queries: an `EmbeddedStore` for the program's own texts, a `QueryRunner` for everybody's."""

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer: ...


class Solver(Queryable, Protocol):
    """What answers queries row by row, in a process that may die of them."""

    def solve(self, text: str, prefixes: Mapping[str, str], most: int) -> Stream | Triples | bool: ...


class Bounded(Queryable, Protocol):
    """What answers everybody's queries within limits of its own."""

    @property
    def limits(self) -> Limits: ...


class QueryRunner:
    """Runs queries over a store in a worker, one at a time; any thread may ask. On trial (`kgtool.trial`) it evaluates here.

    The worker is forked by the first query and ends with `close`, with the runner, or with this process.
    """

    def __init__(self, store: Evaluates, limits: Limits = LOCAL) -> None:
        self.limits = limits
        self._store = store
        self._lock = threading.Lock()
        self._workers: Workers | None = None
        self._here: Here | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the worker. The runner stays usable: the next query forks another."""
        with self._lock:
            workers, here = self._workers, self._here
            self._here = None
        if workers:
            workers.close()
        if here:
            here.close()

    def run(
        self, text: str, prefixes: Mapping[str, str], limits: Limits | None = None, *, measured: bool = False
    ) -> Answer:  # fmt: skip
        """The answer to a query over the union of all graphs, rows in the query's order, terms exact.

        Args:
            prefixes: known without being declared in the text.
            limits: the runner's own by default.
            measured: the guard let this text pass already, but for the values that `named.bound_text` wrote into it.
        Raises:
            QueryError: refused, does not parse, failed, died or was stopped; `kgtool.engine.failure` has the codes.
                The runner stays usable.
        """
        head, rows = self._ask(Request(text.removeprefix("\ufeff"), dict(prefixes), limits or self.limits), measured)
        if "variables" in head:
            return Solutions(tuple(head["variables"]), tuple(rows))
        if "triples" in head:
            from pyoxigraph import Triple

            return Triples(tuple(Triple(*row) for row in rows))
        return bool(head["boolean"])

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """`run` with the runner's own limits."""
        return self.run(text, prefixes)

    def columns(self, text: str, prefixes: Mapping[str, str], limits: Limits | None = None) -> tuple[str, ...] | None:
        """Names of a SELECT's columns, None for another form; no row of a SELECT is evaluated.

        Raises:
            QueryError: as `run`.
        """
        head, _ = self._ask(Request(text.removeprefix("\ufeff"), dict(prefixes), limits or self.limits, columns=True))
        return None if head["columns"] is None else tuple(head["columns"])

    def _ask(self, request: Request, measured: bool = False) -> tuple[Mapping[str, Any], list[tuple[Any, ...]]]:
        refusal = guard(request.text, request.limits, measured=measured)
        if refusal is not None:
            raise refusal.error()
        if trial.on():
            self._here = self._here or Here(self._store)
            said = self._here.answer(request)
            if said is not None:
                return said
        with self._lock:
            if self._workers is None:
                from kgtool.engine.workers import Workers  # what it needs is not needed on trial

                self._workers = Workers(self._store)
        return self._workers.ask(request)
