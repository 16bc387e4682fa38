"""The broker: the one process that may open connections, and only to the address that the settings name.

It runs no query and reads no answer's content; it holds the address and the password, which no worker has a use for. A worker
sends it a text over a line of its own (`line`); what is no plain SELECT or ASK is refused here once more, whatever the
worker thought of it. Every few seconds it asks the engine for its version and says when that has changed.
"""

from __future__ import annotations

import contextlib
import os
import resource
import signal
import socket
import threading
import time
from collections.abc import Iterable
from typing import NoReturn

from msgspec.structs import replace

from kgtool.catalog.text import form as form_of
from kgtool.engine import Limits, guard
from kgtool.engine.remote import RemoteStore
from kgtool.engine.remote.asking import Asks, Question
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.failure import BadQueryError
from kgtool.engine.remote.manifest import State
from kgtool.engine.remote.ways import ways_of
from kgtool.errors import KgError
from kgtool.project import Remote, Scope
from kgtool.serve.remote.line import Told, answer_frame, read_question, refusal_frame

_CONTROL = 3
_MOST_DESCRIPTORS = 512
_LARGEST = 4_096  # bytes of a control message
PULSE = 5.0  # seconds between two looks at the engine's version
CHANGED = b"changed"
_GRAPHS = ("default-graph-uri", "named-graph-uri")


class Broker:
    """The broker as the process sees it that launched it.

    Args:
        asks: speaks to the engine; used in the child only.
        limits: of one question.
    """

    def __init__(self, remote: Remote, asks: Asks, limits: Limits, pulse: float = PULSE) -> None:
        """Fork it, from a process with one thread.

        Raises:
            OSError: the system has no process left.
        """
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        masked = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
        try:
            self.pid = os.fork()
            if self.pid == 0:
                _live(theirs.detach(), _Desk(remote, asks, limits, pulse))
        except OSError:
            self._control.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, masked)
            theirs.close()

    def fileno(self) -> int:
        """What to wait for: readable when the engine's version has changed, or the broker is gone."""
        return self._control.fileno()

    def line(self) -> socket.socket:
        """A line to it, for one process at a time.

        Raises:
            OSError: the broker is gone.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            socket.send_fds(self._control, [b"line"], [theirs.fileno()])
        return ours

    def watch(self, version: str) -> None:
        """Say from now on when the engine's version is another. Raises OSError: the broker is gone."""
        self._control.send(b"watch " + version.encode())

    def heard(self) -> bool:
        """Whether the version changed; False: the broker is gone."""
        with contextlib.suppress(OSError):
            return self._control.recv(_LARGEST) == CHANGED
        return False

    def end(self) -> None:
        """End it, and wait for it."""
        self._control.close()
        with contextlib.suppress(ProcessLookupError, ChildProcessError):
            os.kill(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)


class _Desk:
    """What the broker does; only in its own process."""

    def __init__(self, remote: Remote, asks: Asks, limits: Limits, pulse: float) -> None:
        ways = ways_of(remote.profile)
        self._asks, self._limits, self._pulse = asks, limits, pulse
        self._scope = remote.scope
        self._known = {*_GRAPHS, *(name for name, _ in ways.union or ()), *filter(None, [ways.milliseconds])}
        self._store = RemoteStore(remote, None, limits, asks=asks, inside=True)
        self._version = ""

    def run(self, control: socket.socket) -> None:
        """Until whoever launched it is gone."""
        import kgtool.engine.remote.client  # noqa: F401 - 0.3 s that no question shall wait for

        threading.Thread(target=self._watch, args=(control,), daemon=True).start()
        while True:
            data, lines, _, _ = socket.recv_fds(control, _LARGEST, 1)
            if not data:
                return
            if data.startswith(b"watch "):
                self._version = data[6:].decode()
            for line in lines:
                threading.Thread(target=self._serve, args=(socket.socket(fileno=line),), daemon=True).start()

    def _serve(self, line: socket.socket) -> None:
        """One worker's questions, one after another, until it hangs up."""
        with line, contextlib.suppress(OSError, ValueError):
            while (asked := read_question(line)) is not None:
                line.sendall(self._answer(*asked))

    def _answer(self, question: Question, seconds: float) -> bytes:
        refusal = guard(question.text, self._limits)
        if refusal is not None:
            return refusal_frame(refusal.error())
        if not self._fits(question, form_of(question.text)):
            return refusal_frame(None)
        try:
            bounded = replace(question, most=min(question.most, self._limits.answer))
            reply = self._asks(bounded, Deadline(min(seconds, self._limits.seconds)))
        except KgError as error:
            return refusal_frame(error)
        except BadQueryError as error:
            return refusal_frame(error)
        return answer_frame(Told(reply.url, reply.status, reply.headers.get("content-type", "")), reply.body)

    def _fits(self, question: Question, form: str) -> bool:
        """Whether it is what a `RemoteStore` sends, and nothing else."""
        names: Iterable[str] = (name for name, _ in question.parameters)
        return form == question.form and form in {"SELECT", "ASK"} and self._known.issuperset(names)

    def _watch(self, control: socket.socket) -> None:
        told = ""
        while True:
            time.sleep(self._pulse)
            if not self._version or self._scope is not Scope.PROJECT:
                continue
            with contextlib.suppress(KgError):  # it does not answer now: what is served stays
                now = self._store.pulse()
                if now is not None and now.state is State.COMPLETE and now.version not in {self._version, told}:
                    told = now.version
                    with contextlib.suppress(OSError):
                        control.send(CHANGED)


def _live(control: int, desk: _Desk) -> NoReturn:
    """The child's whole life; never returns into the parent's code."""
    status = 1
    try:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        for number in (signal.SIGTERM, signal.SIGALRM, signal.SIGCHLD):
            signal.signal(number, signal.SIG_DFL)
        os.dup2(control, _CONTROL)
        os.closerange(_CONTROL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, _MOST_DESCRIPTORS), hard))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        desk.run(socket.socket(fileno=_CONTROL))
        status = 0
    except BaseException as error:  # nothing may pass: the stack below is the parent's
        with contextlib.suppress(BaseException):
            os.write(2, f"kgtool: broker: {error!r}\n".encode("utf-8", "replace"))
    finally:
        os._exit(status)
