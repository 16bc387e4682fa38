"""A query evaluated in the process that asks, while that is on trial (`kgtool.trial`): one that goes wrong ends it.

For as long as the engine is at work the process opens no file and no socket, has a bound on memory, is ended by the system
after some seconds, and its standard error leads nowhere: what an engine says when it dies is not the program's. The guard
has measured the query before, as it does for a worker.
"""

from __future__ import annotations

import itertools
import os
import resource
import signal
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kgtool import trial
from kgtool.engine.limits import MB, address_space
from kgtool.engine.request import Evaluates, Request
from kgtool.engine.store import rows_of, triples_of
from kgtool.errors import QueryError

# Less than a worker is given: what takes longer, or more, is done again with care.
_SECONDS = 2.0
_MEMORY = 512 * MB
_ROWS = 10_000
_STDERR = 2


class Here:
    """Evaluates over one store. Cost: 10 µs a query beside the engine's."""

    def __init__(self, store: Evaluates) -> None:
        self._store = store
        self._size = address_space(os.getpid())
        self._said = os.dup(_STDERR)
        self._nowhere = os.open(os.devnull, os.O_WRONLY)

    def close(self) -> None:
        """Let go of what `answer` needs; call it once, and `answer` no more."""
        os.close(self._said)
        os.close(self._nowhere)

    def answer(self, request: Request) -> tuple[Mapping[str, Any], list[tuple[Any, ...]]] | None:
        """Head and rows, as a worker's (`kgtool.engine.worker`); None for what a worker is better for.

        Raises:
            QueryError: does not parse, or evaluation failed. Whatever else goes wrong ends the process.
        """
        limits = request.limits
        free = [(limit, resource.getrlimit(limit)) for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS)]
        most = (0, self._size + min(limits.memory, _MEMORY))
        os.dup2(self._nowhere, _STDERR)  # before: no descriptor can be made of another when there may be none
        signal.setitimer(signal.ITIMER_REAL, min(limits.seconds, _SECONDS))
        try:
            for (limit, (soft, hard)), bound in zip(free, most, strict=True):
                resource.setrlimit(limit, (bound if soft < 0 else min(soft, bound), hard))
            return self._evaluated(request, min(limits.rows, _ROWS))
        except (QueryError, KeyboardInterrupt):
            raise
        except BaseException:  # a panic of the engine is no Exception
            trial.lose()
        finally:
            for limit, both in free:
                resource.setrlimit(limit, both)
            signal.setitimer(signal.ITIMER_REAL, 0)
            os.dup2(self._said, _STDERR)

    def _evaluated(self, request: Request, most: int) -> tuple[Mapping[str, Any], list[tuple[Any, ...]]] | None:
        if request.columns:
            return {"columns": self._store.columns(request.text, request.prefixes)}, []
        raw = self._store.evaluate(request.text, request.prefixes)
        if isinstance(raw, ox.QueryTriples):
            triples = triples_of(raw, most)
            return None if len(triples) > most else ({"triples": True}, [tuple(triple) for triple in triples])
        if not isinstance(raw, ox.QuerySolutions):
            return {"boolean": bool(raw)}, []
        rows = list(itertools.islice(rows_of(raw), most + 1))
        return None if len(rows) > most else ({"variables": [v.value for v in raw.variables]}, rows)
