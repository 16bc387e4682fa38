"""A worker as the front sees it: a socket, a process that can be killed, and the job that it has in hand."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import time
from collections import deque

from kgtool.serve.front.job import Job
from kgtool.serve.http import KNOWN
from kgtool.serve.loader import Born
from kgtool.serve.wire import LAST_WORD, MOST_HEAD, MOST_NOTE, TOLD, Answer, ask

_SLOW = 19  # the niceness of a worker whose request takes long: it computes when nobody else does
_CHUNK = 1 << 20
_ROOM = 256 * 1024  # most answers come whole
_BUFFER = 512 * 1024  # a whole request fits nearly always


class Member:
    """One worker. Its sockets do not block; `fileno` is what to wait for.

    Attributes:
        job: what it computes; None while it waits.
        then: what it computes next without a pause: quick requests that it has already been sent, in order.
        full: whether its socket did not take all that there was.
        spent: whether what it computes next was taken back from it, so that it must end behind the present job.
        uses, seen: requests sent, and how many of them when its size was last looked at.
        slow: whether it left the pool of the quick ones.
        status, said: how it ended, once the loader told; None before.
        killed: whether the front ended it.
    """

    __slots__ = (
        "_body", "_clock", "_gone", "_have", "_head", "_outgoing", "_process", "_socket", "full", "job", "killed", "most",
        "pid", "said", "seen", "size", "slow", "spent", "status", "then", "uses",
    )  # fmt: skip

    def __init__(self, born: Born, most: int) -> None:
        self.pid = born.pid
        self.size = born.size
        self.most = most
        self._socket = socket.socket(fileno=born.socket)
        self._socket.setblocking(False)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
        self._process = born.process
        self.job: Job | None = None
        self.then: deque[Job] = deque()
        self.slow = False
        self.full = False
        self.spent = False
        self.killed = False
        self.uses = 0
        self.seen = 0
        self.status: int | None = None
        self.said = ""
        self._outgoing = b""
        self._gone = False
        self._clock = 0.0
        self._head = b""
        self._body: bytearray | None = None
        self._have = 0

    def fileno(self) -> int:
        return self._socket.fileno()

    def give(self, job: Job) -> None:
        """Give it a job, or the one behind. `flush` must be called, and again while `unsent`."""
        if self.job is None:
            self.job = job
        else:
            self.then.append(job)
        self.uses += 1
        self._outgoing += ask(job.request, job.seconds, job.memory)

    @property
    def unsent(self) -> bool:
        return bool(self._outgoing)

    def flush(self) -> bool:
        """Send what the socket takes now; False when the worker is gone."""
        self.full = True
        try:
            self._outgoing = self._outgoing[self._socket.send(self._outgoing) :]
        except BlockingIOError:
            return True
        except OSError:
            self._gone = True
            return False
        self.full = bool(self._outgoing)
        return True

    def receive(self) -> Answer | None:
        """Read what came: the next answer once all of it is here; what came behind it, `held` gives.

        Raises:
            EOFError: the worker hung up. ValueError: it says what no worker says.
        """
        if self._body is None:
            try:
                data = self._socket.recv(_ROOM)
            except BlockingIOError:
                return None
            except OSError as error:
                raise EOFError from error
            if not data:
                raise EOFError
            self._head = self._head + data if self._head else data
        return self.held()

    def held(self) -> Answer | None:
        """The next answer, when all of it is here. A last word is noted and passed over.

        Raises:
            EOFError, ValueError: see `receive`.
        """
        try:
            while True:
                answer = self._next() if self._body is None else self._rest(self._body)
                if answer is None or not answer.status & LAST_WORD:
                    return answer
                self._note(answer)
        except BlockingIOError:
            return None
        except OSError as error:
            raise EOFError from error

    def _next(self) -> Answer | None:
        """The lengths, and all of a small answer at once."""
        data = self._head
        if len(data) < TOLD.size:
            return None
        if self.job is None:
            raise ValueError("an answer that nobody asked for")
        _, note, head, body = TOLD.unpack_from(data)
        if note > MOST_NOTE or head > MOST_HEAD or body > self.most:
            raise ValueError("an answer beyond the limit")
        whole = TOLD.size + note + head + body
        if len(data) >= whole:
            self._head = data[whole:]
            return _answer(data, whole)
        self._body, self._have, self._head = bytearray(whole), len(data), b""
        self._body[: self._have] = data
        return self._rest(self._body)

    def _rest(self, body: bytearray) -> Answer:
        view = memoryview(body)
        while self._have < len(view):
            count = self._socket.recv_into(view[self._have : self._have + _CHUNK])
            if count == 0:
                raise EOFError
            self._have += count
        self._body, self._have = None, 0
        return _answer(view, len(view))

    def _note(self, word: Answer) -> None:
        if self.job is not None:
            word.status &= ~LAST_WORD
            self.job.word = word

    @property
    def worked(self) -> float:
        """Seconds of processor time since the present job was sent.

        Not the clock on the wall: on a busy machine a quick request takes long. Source: clock_getcpuclockid(3), whose
        number for another process is its inverted id and the sign of the scheduler's clock.
        """
        try:
            return time.clock_gettime((~self.pid << 3) | 2) - self._clock
        except OSError:
            return 0.0

    def finish(self) -> float:
        """The job is over, and the next begins: the seconds that it took."""
        worked = self.worked
        self._clock += worked
        self.job = self.then.popleft() if self.then else None
        return worked

    def take_back(self) -> list[Job]:
        """The jobs behind the present one, in order, for other workers to do; that one too where the worker is gone and
        cannot have read the whole of it."""
        jobs = list(self.then)
        if self._gone and self.job is not None and not jobs:
            jobs, self.job = [self.job], None
        self.then.clear()
        self.spent = self.spent or bool(jobs)
        return jobs

    def slow_down(self) -> None:
        """Let it compute only when nobody else does."""
        self.slow = True
        with contextlib.suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, self.pid, _SLOW)

    def kill(self) -> None:
        """End it now; the loader waits for it. The descriptor of the process keeps the number from being another's."""
        self.killed = True
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def close(self) -> None:
        """Let go of it: it ends when it reads that nobody is there."""
        self._socket.close()
        os.close(self._process)


def _answer(data: bytes | memoryview, whole: int) -> Answer:
    """The answer in the first `whole` bytes."""
    status, note, head, _ = TOLD.unpack_from(data)
    start = TOLD.size + note
    said = str(data[TOLD.size : start], "utf-8", "replace") if note else ""
    lines = bytes(data[start : start + head])
    if status & ~LAST_WORD not in KNOWN or b"\r\n\r\n" in lines or (lines and not lines.endswith(b"\r\n")):
        raise ValueError("a head that is none")
    return Answer(status, lines, data[start + head : whole], said)
