"""The worker: a confined process that answers one query after another over the store that its parent loaded.

The store is shared with the parent, copy on write (`kgtool.engine.confined`). `start` runs in the parent, everything else
in the child. Measured figures: `kgtool.engine.runner`.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from msgspec.json import Decoder

from kgtool.engine import confined, failure
from kgtool.engine.confined import Bound, Worker, exactly
from kgtool.engine.limits import Limits
from kgtool.engine.request import Evaluates, Request
from kgtool.engine.store import rows_of, triples_of
from kgtool.engine.wire import HEADER, Kind, frame, from_error, from_term, unframe
from kgtool.errors import QueryError

_CHUNK = 200  # rows a frame: few enough that a frame of long texts stays far below the memory limit
_AT_ONCE = 1 << 16  # bytes that are written together: each write wakes the parent, and most answers are short


_REQUEST = Decoder(Request)


def start(store: Evaluates) -> Worker:
    """Fork a worker over a store; `kgtool.engine.confined.start` says what it costs and raises."""
    return confined.start(functools.partial(_serve, store))


def _serve(store: Evaluates, parent: socket.socket, size: int) -> None:
    """Answer until the parent closes its end."""
    bound = Bound(size)
    while (request := _receive(parent)) is not None:
        bound.set(request.limits.seconds, request.limits.memory)
        error: QueryError | None = None
        out = _Out(parent)
        try:
            _answer(store, out, request)
        except QueryError as said:
            error = said
        except MemoryError:
            error = failure.too_large(request.limits.memory)
        if error:
            bound.lift_memory()
        out.put(frame(Kind.ERROR, from_error(error)) if error else frame(Kind.END, None))
        out.flush()
        bound.lift_time()


class _Out:
    """Frames to the parent, short ones together."""

    def __init__(self, parent: socket.socket) -> None:
        self._parent = parent
        self._waiting: list[bytes] = []
        self._size = 0

    def put(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= _AT_ONCE:
            self.flush()

    def flush(self) -> None:
        for data in (b"".join(self._waiting),) if self._size < 2 * _AT_ONCE else self._waiting:
            self._parent.sendall(data)
        self._waiting.clear()
        self._size = 0


def _receive(parent: socket.socket) -> Request | None:
    data = parent.recv(_AT_ONCE)  # mostly all of it, and nothing else: who asks waits for the answer
    if not data:
        return None
    if len(data) < HEADER:
        data += exactly(parent, HEADER - len(data))
    length, _ = unframe(data[:HEADER])
    if len(data) < HEADER + length:
        data += exactly(parent, HEADER + length - len(data))
    return _REQUEST.decode(memoryview(data)[HEADER:])


def _answer(store: Evaluates, out: _Out, request: Request) -> None:
    """Head and rows; whoever calls ends the answer.

    Raises:
        QueryError: the query failed, or its answer is over a limit.
        MemoryError: the memory limit was reached outside the engine, which would abort.
    """
    if request.columns:
        out.put(frame(Kind.HEAD, {"columns": store.columns(request.text, request.prefixes)}))
        return
    raw = store.evaluate(request.text, request.prefixes)
    if isinstance(raw, ox.QuerySolutions):
        out.put(frame(Kind.HEAD, {"variables": [variable.value for variable in raw.variables]}))
        _send(out, rows_of(raw), request.limits)
    elif isinstance(raw, ox.QueryTriples):
        out.put(frame(Kind.HEAD, {"triples": True}))
        _send(out, triples_of(raw, request.limits.rows), request.limits)
    else:
        out.put(frame(Kind.HEAD, {"boolean": bool(raw)}))


def _send(out: _Out, rows: Iterable[Iterable[Any]], limits: Limits) -> None:
    chunk: list[list[Any]] = []
    size = 0
    for count, row in enumerate(rows, 1):
        if count > limits.rows:
            raise failure.too_many_rows(limits.rows)
        chunk.append([from_term(term) for term in row])
        if len(chunk) == _CHUNK:
            size += _send_chunk(out, chunk, limits.answer - size)
            chunk = []
    if chunk:
        _send_chunk(out, chunk, limits.answer - size)


def _send_chunk(out: _Out, chunk: list[list[Any]], left: int) -> int:
    data = frame(Kind.CHUNK, chunk)
    if len(data) > left:
        raise failure.too_many_bytes(left)
    out.put(data)
    return len(data)
