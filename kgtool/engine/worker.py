"""The worker: a confined process that answers one query after another over the store that its parent loaded.

The store is shared with the parent, copy on write (`kgtool.engine.confined`). `start` runs in the parent, everything else
in the child. Measured figures: `kgtool.engine.runner`.
"""

from __future__ import annotations

import functools
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Protocol

import pyoxigraph as ox

from kgtool.engine import confined, failure
from kgtool.engine.confined import Bound, Worker, exactly
from kgtool.engine.limits import Limits
from kgtool.engine.store import Raw, rows_of, triples_of
from kgtool.engine.wire import HEADER, Kind, frame, from_error, from_term, unframe, value_of
from kgtool.errors import QueryError

_CHUNK = 200  # rows a frame: few enough that a frame of long texts stays far below the memory limit


class Evaluates(Protocol):
    """A store that a worker can be forked over: an `EmbeddedStore` or a `ScratchStore`."""

    def evaluate(self, text: str, prefixes: Mapping[str, str]) -> Raw: ...

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None: ...


@dataclass(frozen=True, slots=True)
class Request:
    """One query to answer; `columns` asks for the names of a SELECT's columns only."""

    text: str
    prefixes: Mapping[str, str]
    limits: Limits
    columns: bool = False

    def frame(self) -> bytes:
        limits = {field.name: getattr(self.limits, field.name) for field in fields(Limits)}
        asked = {"text": self.text, "prefixes": dict(self.prefixes), "limits": limits, "columns": self.columns}
        return frame(Kind.REQUEST, asked)


def start(store: Evaluates) -> Worker:
    """Fork a worker over a store; `kgtool.engine.confined.start` says what it costs and raises."""
    return confined.start(functools.partial(_serve, store))


def _serve(store: Evaluates, parent: socket.socket, size: int) -> None:
    """Answer until the parent closes its end."""
    bound = Bound(size)
    while (request := _receive(parent)) is not None:
        bound.set(request.limits.seconds, request.limits.memory)
        error: QueryError | None = None
        try:
            _answer(store, parent, request)
        except QueryError as said:
            error = said
        except MemoryError:
            error = failure.too_large(request.limits.memory)
        bound.lift_memory()
        parent.sendall(frame(Kind.ERROR, from_error(error)) if error else frame(Kind.END, None))
        bound.lift_time()


def _receive(parent: socket.socket) -> Request | None:
    header = exactly(parent, HEADER)
    if not header:
        return None
    length, _ = unframe(header)
    value = value_of(exactly(parent, length))
    return Request(value["text"], value["prefixes"], Limits(**value["limits"]), value["columns"])


def _answer(store: Evaluates, parent: socket.socket, request: Request) -> None:
    """Head and rows; whoever calls ends the answer.

    Raises:
        QueryError: the query failed, or its answer is over a limit.
        MemoryError: the memory limit was reached outside the engine, which would abort.
    """
    if request.columns:
        parent.sendall(frame(Kind.HEAD, {"columns": store.columns(request.text, request.prefixes)}))
        return
    raw = store.evaluate(request.text, request.prefixes)
    if isinstance(raw, ox.QuerySolutions):
        parent.sendall(frame(Kind.HEAD, {"variables": [variable.value for variable in raw.variables]}))
        _send(parent, rows_of(raw), request.limits)
    elif isinstance(raw, ox.QueryTriples):
        parent.sendall(frame(Kind.HEAD, {"triples": True}))
        _send(parent, triples_of(raw, request.limits.rows), request.limits)
    else:
        parent.sendall(frame(Kind.HEAD, {"boolean": bool(raw)}))


def _send(parent: socket.socket, rows: Iterable[Iterable[Any]], limits: Limits) -> None:
    chunk: list[list[Any]] = []
    size = 0
    for count, row in enumerate(rows, 1):
        if count > limits.rows:
            raise failure.too_many_rows(limits.rows)
        chunk.append([from_term(term) for term in row])
        if len(chunk) == _CHUNK:
            size += _send_chunk(parent, chunk, limits.answer - size)
            chunk = []
    if chunk:
        _send_chunk(parent, chunk, limits.answer - size)


def _send_chunk(parent: socket.socket, chunk: list[list[Any]], left: int) -> int:
    data = frame(Kind.CHUNK, chunk)
    if len(data) > left:
        raise failure.too_many_bytes(left)
    parent.sendall(data)
    return len(data)
