"""The worker: a forked process that answers one query after another over a socket, and can do nothing else.

It holds the store that its parent loaded (copy on write). It opens no file, no socket and no process, inherits no
descriptor but its own socket, and ends when its parent does. `start` runs in the parent, everything else in the child.
Measured figures: `kgtool.engine.runner`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import resource
import signal
import socket
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

import pyoxigraph as ox

from kgtool.engine import failure
from kgtool.engine.limits import Limits
from kgtool.engine.store import EmbeddedStore, rows_of, triples_of
from kgtool.engine.wire import HEADER, Kind, frame, from_error, from_term, unframe, value_of
from kgtool.errors import QueryError

_SOCKET = 3  # the worker's only descriptor beside standard input, output and error
_CHUNK = 200  # rows a frame: few enough that a frame of long texts stays far below the memory limit
_GRACE = 1.0  # seconds after the deadline at which the worker ends itself, should its parent be gone
_LESS_OFTEN = 5  # added to the niceness, so that the parent answers while workers compute
_WORDS = 64 * 1024  # bytes that a dying engine may write about why


@dataclass(slots=True, eq=False)
class Worker:
    """A worker as its parent sees it.

    Attributes:
        pid: of a child of `owner` that is not waited for yet, so the number is its own.
        socket: the parent's end; blocking.
        words: descriptor of the memory that takes what the engine writes when it dies.
        size: bytes of address space when it began.
        uses: requests sent.
    """

    pid: int
    owner: int
    socket: socket.socket
    words: int
    size: int
    uses: int = 0


@dataclass(frozen=True, slots=True)
class Request:
    """One query to answer; `columns` asks for the names of a SELECT's columns only."""

    text: str
    prefixes: Mapping[str, str]
    limits: Limits
    columns: bool = False

    def frame(self) -> bytes:
        return frame(Kind.REQUEST, asdict(self))


def start(store: EmbeddedStore) -> Worker:
    """Fork a worker from this process, which should have one thread and hold the store.

    Cost: see `kgtool.engine.runner`. The caller ends it with SIGKILL, waits for it, and closes socket and words.
    Raises:
        OSError: the system has no process or descriptor left.
    """
    ours, theirs = socket.socketpair()
    words = os.memfd_create("kgtool-worker")
    size = address_space(os.getpid())
    # An interrupt between fork and `_confine` would run the parent's handlers in the child.
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM, signal.SIGALRM})
    try:
        pid = os.fork()
        if pid == 0:
            _live(store, theirs, words, size)
    except OSError:
        ours.close()
        os.close(words)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        theirs.close()
    return Worker(pid, os.getpid(), ours, words, size)


def address_space(pid: int) -> int:
    """Bytes of a process's address space, 0 when it is gone. Source: proc(5), statm."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as stream:  # noqa: PTH123 - asked for behind every query
            return int(stream.read().split()[0]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0


def _live(store: EmbeddedStore, theirs: socket.socket, words: int, size: int) -> NoReturn:
    """The child's whole life; never returns into the parent's code."""
    status = 1
    try:
        _confine(theirs.detach(), words)
        _serve(store, socket.socket(fileno=_SOCKET), size)
        status = 0
    except BaseException as error:  # nothing may pass: the stack below is the parent's
        with contextlib.suppress(BaseException):
            os.write(2, repr(error).encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _confine(theirs: int, words: int) -> None:
    """Give up everything that a query does not need."""
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the terminal sends it to both; the parent decides
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    faulthandler.disable()  # it would write to a descriptor that is something else now
    gc.disable()  # a collection would touch, and so copy, what is shared with the parent
    with contextlib.suppress(OSError):  # the system's memory ends: rather this process than the parent
        adjust = os.open("/proc/self/oom_score_adj", os.O_WRONLY)
        os.write(adjust, b"1000")
        os.close(adjust)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(words, 1)
    os.dup2(words, 2)
    os.dup2(theirs, _SOCKET)
    os.closerange(_SOCKET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.nice(_LESS_OFTEN)
    for limit, most in ((resource.RLIMIT_NOFILE, 0), (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_FSIZE, _WORDS)):  # fmt: skip
        resource.setrlimit(limit, (most, most))


def _serve(store: EmbeddedStore, parent: socket.socket, size: int) -> None:
    """Answer until the parent closes its end."""
    free = resource.getrlimit(resource.RLIMIT_AS)
    while (request := _receive(parent)) is not None:
        limits = request.limits
        signal.setitimer(signal.ITIMER_REAL, limits.seconds + _GRACE)
        bound = size + limits.memory
        resource.setrlimit(resource.RLIMIT_AS, (bound if free[0] < 0 else min(bound, free[0]), free[1]))
        error: QueryError | None = None
        try:
            _answer(store, parent, request)
        except QueryError as said:
            error = said
        except MemoryError:
            error = failure.too_large(limits.memory)
        resource.setrlimit(resource.RLIMIT_AS, free)
        parent.sendall(frame(Kind.ERROR, from_error(error)) if error else frame(Kind.END, None))
        signal.setitimer(signal.ITIMER_REAL, 0)


def _receive(parent: socket.socket) -> Request | None:
    header = _exactly(parent, HEADER)
    if not header:
        return None
    length, _ = unframe(header)
    value = value_of(_exactly(parent, length))
    return Request(value["text"], value["prefixes"], Limits(**value["limits"]), value["columns"])


def _exactly(parent: socket.socket, length: int) -> bytes:
    """So many bytes, none when the other end is closed."""
    data = bytearray(length)
    view, have = memoryview(data), 0
    while have < length:
        count = parent.recv_into(view[have:])
        if count == 0:
            return b""
        have += count
    return bytes(data)


def _answer(store: EmbeddedStore, parent: socket.socket, request: Request) -> None:
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
