"""The worker of a store, as the process that asks sees it: forked when it is needed, asked, killed when it is too slow.

Apart from the runner, and imported when a worker is: a process on trial needs none (`kgtool.trial`).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import socket
import threading
import time
import weakref
from collections.abc import Mapping
from typing import Any

from kgtool.engine import failure
from kgtool.engine.confined import Worker
from kgtool.engine.limits import Limits, address_space
from kgtool.engine.request import Evaluates, Request
from kgtool.engine.wire import HEADER, Kind, Reader, frame, unframe, value_of
from kgtool.engine.worker import start
from kgtool.errors import QueryError

# Copy on write is eroded and memory fragmented by use: after so many queries a new worker is cheaper than an old one.
_MOST_USES = 500
# A worker's size is read behind every so many queries, and behind one that took so many seconds: a shorter one cannot have
# taken much, and reading costs a tenth of what a short one does.
_WEIGHED, _SHORT = 8, 0.05
_PATIENCE = 1.0  # seconds that a worker that hung up has to be gone
_AT_ONCE = 1 << 16  # bytes
_INEXACT = 0.01  # seconds by which a deadline may be passed


class Workers:
    """One worker at a time over a store; any thread may ask. It ends with `close`, with this, or with this process."""

    def __init__(self, store: Evaluates) -> None:
        self._store = store
        self._lock = threading.Lock()
        self._workers: list[Worker] = []  # none or one; a list, so that the finalizer need not hold this
        self._finalizer = weakref.finalize(self, _end, self._workers)

    def close(self) -> None:
        """End the worker; the next query forks another."""
        with self._lock:
            _end(self._workers)

    def ask(self, request: Request) -> tuple[Mapping[str, Any], list[tuple[Any, ...]]]:
        """Head and rows of the answer.

        Raises:
            QueryError: does not parse, failed, died or was stopped; `kgtool.engine.failure` has the codes.
        """
        try:
            data = frame(Kind.REQUEST, request)
        except UnicodeEncodeError as error:
            raise failure.failed(str(error)) from error
        with self._lock:
            worker = self._worker()
            began = time.monotonic()
            try:
                answer = _exchange(worker, data, request.limits)
            except QueryError:
                self._recycle(worker, request.limits, began)
                raise
            except TimeoutError as error:
                _end(self._workers)
                raise failure.too_slow(request.limits.seconds) from error
            except (OSError, ValueError, EOFError, KeyError) as error:
                raise self._died(worker, request.limits, error) from error
            except BaseException:
                _end(self._workers)
                raise
            self._recycle(worker, request.limits, began)
            return answer

    def _worker(self) -> Worker:
        """The worker that waits, or a new one; one that died meanwhile, or is another process's, is let go."""
        if self._workers:
            worker = self._workers[0]
            if worker.owner == os.getpid() and not select.select([worker.socket], [], [], 0)[0]:
                return worker
            _end(self._workers)
        try:
            self._workers.append(start(self._store))
        except OSError as error:
            raise failure.crashed(f"fork: {error.strerror}") from error
        return self._workers[0]

    def _recycle(self, worker: Worker, limits: Limits, began: float) -> None:
        worker.uses += 1
        weigh = worker.uses % _WEIGHED == 0 or time.monotonic() - began > _SHORT
        if worker.uses >= _MOST_USES or (weigh and address_space(worker.pid) - worker.size > limits.memory // 2):
            _end(self._workers)

    def _died(self, worker: Worker, limits: Limits, error: Exception) -> QueryError:
        """Why a worker hung up or spoke nonsense; it is gone afterwards."""
        status, said = _status(worker), _said(worker)
        _end(self._workers)
        number = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else 0
        if number == signal.SIGALRM:
            return failure.too_slow(limits.seconds)
        # SIGKILL: nobody here sent it, so the system had no memory left.
        if number == signal.SIGKILL or "memory allocation of" in said or "MemoryError" in said:
            return failure.too_large(limits.memory)
        return failure.crashed(signal.Signals(number).name if number else said[:200] or type(error).__name__)


def _exchange(worker: Worker, asked: bytes, limits: Limits) -> tuple[Mapping[str, Any], list[tuple[Any, ...]]]:
    """Head and rows of the answer to a request's frame.

    Raises:
        QueryError: the worker says why there is none; it waits for the next request.
        TimeoutError: the deadline passed. OSError, EOFError, ValueError: the worker died.
    """
    deadline = time.monotonic() + limits.seconds
    worker.socket.settimeout(max(limits.seconds, 0.001))
    worker.socket.sendall(asked)
    head: Mapping[str, Any] = {}
    rows: list[tuple[Any, ...]] = []
    reader = Reader()
    stream = _Stream(worker.socket, deadline)
    size = 0
    while True:
        length, kind = unframe(stream.take(HEADER))
        size += length
        # The worker keeps to the limit; one that does not is not to be believed.
        if size > limits.answer + (1 << 20):
            raise ValueError("an answer beyond the limit")
        value = value_of(stream.take(length))
        if kind is Kind.END:
            return head, rows
        if kind is Kind.ERROR:
            raise _error(value)
        if kind is Kind.HEAD:
            head = value
        else:
            rows += reader.rows(value)


class _Stream:
    """What a worker writes until a deadline, read in large pieces: an answer has several frames, and most are short."""

    def __init__(self, sock: socket.socket, deadline: float) -> None:
        self._sock, self._deadline = sock, deadline
        self._have, self._at = b"", 0

    def take(self, length: int) -> bytes:
        """So many bytes.

        Raises:
            TimeoutError: the deadline passed. EOFError: the worker hung up.
        """
        if self._at + length > len(self._have):
            self._fill(length)
        begin, self._at = self._at, self._at + length
        return self._have[begin : self._at]

    def _fill(self, length: int) -> None:
        pieces = [self._have[self._at :]]
        have = len(pieces[0])
        while have < length:
            left = self._deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            if (self._sock.gettimeout() or 0) - left > _INEXACT:  # setting it is a system call, asking is none
                self._sock.settimeout(left)
            pieces.append(self._sock.recv(max(_AT_ONCE, length - have)))
            if not pieces[-1]:
                raise EOFError
            have += len(pieces[-1])
        self._have, self._at = b"".join(pieces), 0


def _error(value: Mapping[str, Any]) -> QueryError:
    error = failure.QuerySyntaxError(value["code"], value["message"], value["hint"])
    error.line, error.column = value["place"]
    return error


def _status(worker: Worker) -> int | None:
    """How a worker that hung up ended; None when it has not, or is not this process's."""
    end = time.monotonic() + _PATIENCE
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            pid, status = os.waitpid(worker.pid, os.WNOHANG)
            if pid:
                worker.pid = 0
                return status
            time.sleep(0.001)
    return None


def _said(worker: Worker) -> str:
    """The engine's last words."""
    return os.pread(worker.words, 4096, 0).decode("utf-8", "replace").strip()


def _end(workers: list[Worker]) -> None:
    """Kill, wait for and forget the workers of this process; let go of those that a fork brought along."""
    while workers:
        worker = workers.pop()
        worker.socket.close()
        os.close(worker.words)
        if worker.pid and worker.owner == os.getpid():
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker.pid, signal.SIGKILL)
            with contextlib.suppress(ChildProcessError):
                os.waitpid(worker.pid, 0)
