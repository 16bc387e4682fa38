"""The loader: a process that reads, checks and holds one version of the data, and forks workers when it is asked to.

The front stays small and never holds data; a new version is a new loader. Messages go over a socket that keeps their
bounds: `fork` one way; `Ready`, `Failed`, `Born` (with the worker's socket and a descriptor of its process) and `Gone`
the other way. The loader is the parent of its workers and waits for them; it ends when the front closes the socket.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import json
import os
import resource
import select
import signal
import socket
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from msgspec import Struct

from kgtool.engine import confined
from kgtool.engine.confined import Worker
from kgtool.errors import KgError
from kgtool.serve.app import App
from kgtool.serve.worker import serve

_SOCKET = 3
_LARGEST = 64 * 1024  # bytes of a message
FORK = b"fork"


class Ready(Struct, frozen=True):
    """The data is loaded; `facts` is what health says of it."""

    version: str
    facts: Mapping[str, Any]


class Failed(Struct, frozen=True):
    """There is nothing to serve, and why: an error's code, message and hint."""

    code: str
    message: Mapping[str, str]
    hint: Mapping[str, str]


class Born(Struct, frozen=True):
    """A worker: its process id, bytes of address space at birth, the front's socket to it, a pidfd."""

    pid: int
    size: int
    socket: int
    process: int


class Gone(Struct, frozen=True):
    """A worker that ended: the status that waitpid gave, and the engine's last words; `pid` 0: one that never began."""

    pid: int
    status: int
    said: str


Message = Ready | Failed | Born | Gone
Load = Callable[[], tuple[App, Mapping[str, Any]]]


def launch(load: Load) -> tuple[int, socket.socket]:
    """Fork a loader from this process, which should have one thread.

    Args:
        load: runs in the loader; what it raises as KgError is told as `Failed`.
    Returns:
        Its process id, and the socket that messages are read from.
    """
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        pid = os.fork()
        if pid == 0:
            _live(load, theirs.detach())
    except OSError:
        ours.close()
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        theirs.close()
    return pid, ours


def receive(sock: socket.socket) -> Message | None:
    """The next message; None when the loader is gone.

    Raises:
        BlockingIOError: none is there yet.
    """
    data, descriptors, _, _ = socket.recv_fds(sock, _LARGEST, 2)
    if not data:
        return None
    value = json.loads(data)
    kind = value.pop("kind")
    if kind == "born":
        return Born(**value, socket=descriptors[0], process=descriptors[1])
    return Ready(**value) if kind == "ready" else Failed(**value) if kind == "failed" else Gone(**value)


def _live(load: Load, theirs: int) -> NoReturn:
    """The child's whole life; never returns into the front's code."""
    status = 1
    try:
        _let_go(theirs)
        sock = socket.socket(fileno=_SOCKET)
        app = _loaded(load, sock)
        if app is not None:
            _Nursery(app, sock).run()
        status = 0
    except BaseException as error:  # nothing may pass: the stack below is the front's
        with contextlib.suppress(BaseException):
            os.write(2, f"kgtool: loader: {error!r}\n".encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _let_go(theirs: int) -> None:
    """Nothing of the front's reaches this process: no connection, no signal handler."""
    signal.set_wakeup_fd(-1)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)  # the terminal sends them to all; the front decides
    for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
        signal.signal(number, signal.SIG_DFL)
    os.dup2(theirs, _SOCKET)
    os.closerange(_SOCKET + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def _loaded(load: Load, sock: socket.socket) -> App | None:
    try:
        app, facts = load()
    except KgError as error:
        _send(sock, "failed", {"code": error.code, "message": dict(error.message), "hint": dict(error.hint)})
        return None
    gc.collect()
    gc.freeze()  # what is loaded is never garbage: a collection would touch, and so copy, it
    _send(sock, "ready", {"version": app.snapshot.version, "facts": facts})
    return app


def _send(sock: socket.socket, kind: str, value: Mapping[str, Any], descriptors: tuple[int, ...] = ()) -> None:
    socket.send_fds(sock, [json.dumps({"kind": kind, **value}).encode()], descriptors)


class _Nursery:
    """Forks workers on demand and waits for each."""

    def __init__(self, app: App, sock: socket.socket) -> None:
        self._app = app
        self._sock = sock
        self._workers: dict[int, Worker] = {}  # by the descriptor of the process
        self._poll = select.epoll()
        self._poll.register(sock, select.EPOLLIN)
        self._watched = app.watched
        if app.watched >= 0:
            self._poll.register(app.watched, select.EPOLLIN)

    def run(self) -> None:
        """Until the front closes its end."""
        try:
            while True:
                for descriptor, _ in self._poll.poll():
                    if descriptor == self._watched:
                        if not self._app.heard():
                            return  # nobody speaks for the workers any more: the front starts another loader
                        # As if it had been told to: the front, whose child this is, loads what is there now.
                        os.kill(os.getppid(), signal.SIGHUP)
                    elif descriptor != self._sock.fileno():
                        self._bury(descriptor)
                    elif self._sock.recv(_LARGEST) == FORK:
                        self._bear()
                    else:
                        return
        except (BrokenPipeError, ConnectionResetError):
            return
        finally:
            for worker in self._workers.values():
                os.kill(worker.pid, signal.SIGKILL)

    def _bear(self) -> None:
        try:
            with self._app.line() as line:
                worker = confined.start(functools.partial(serve, self._app), line)
        except OSError as error:
            _send(self._sock, "gone", {"pid": 0, "status": 0, "said": f"fork: {error.strerror}"})
            return
        process = os.pidfd_open(worker.pid)
        self._workers[process] = worker
        self._poll.register(process, select.EPOLLIN)
        _send(self._sock, "born", {"pid": worker.pid, "size": worker.size}, (worker.socket.fileno(), process))
        worker.socket.close()

    def _bury(self, process: int) -> None:
        worker = self._workers.pop(process)
        self._poll.unregister(process)
        _, status = os.waitpid(worker.pid, 0)
        said = os.pread(worker.words, 2048, 0).decode("utf-8", "replace").strip()
        os.close(process)
        os.close(worker.words)
        _send(self._sock, "gone", {"pid": worker.pid, "status": status, "said": said})
