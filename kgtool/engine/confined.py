"""A confined process: forked from one that holds what it needs, with one socket to its parent and nothing else.

It opens no file, no socket and no process, inherits no descriptor but its own socket, and ends when its parent does.
`start` runs in the parent, everything else in the child. What it answers is its caller's: queries (`engine.worker`),
whole requests (`kgtool.serve.worker`). Measured figures: `kgtool.engine.runner`.
"""

from __future__ import annotations

import contextlib
import faulthandler
import gc
import os
import resource
import signal
import socket
from collections.abc import Callable
from typing import NoReturn

from msgspec import Struct

from kgtool.engine.alarm import Alarm
from kgtool.engine.limits import address_space

_SOCKET = 3  # the child's only descriptor beside standard input, output and error
LINE = 4  # and the one that it may be given to somebody who speaks to an engine for it
GRACE = 1.0  # seconds after the deadline at which the child ends itself, should its parent be gone
_ALARMS: dict[int, Alarm] = {}  # by process: a fork has its parent's table
_WORDS = 64 * 1024  # bytes that a dying engine may write about why


class Worker(Struct, eq=False):
    """A confined process as its parent sees it.

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


def start(serve: Callable[[socket.socket, int], None], line: int = -1) -> Worker:
    """Fork from this process, which should have one thread; the child runs `serve` with its socket and `size`.

    Args:
        line: a descriptor that the child keeps, as `LINE`; -1 for none.
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
            _live(serve, theirs, words, line)
    except OSError:
        ours.close()
        os.close(words)
        raise
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, masked)
        theirs.close()
    return Worker(pid, os.getpid(), ours, words, size)


def exactly(sock: socket.socket, length: int) -> bytes:
    """So many bytes of a blocking socket, none when the other end is closed."""
    data = bytearray(length)
    view, have = memoryview(data), 0
    while have < length:
        count = sock.recv_into(view[have:])
        if count == 0:
            return b""
        have += count
    return bytes(data)


class Bound:
    """What one request may take of time and memory, for the child to set on itself."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._free = resource.getrlimit(resource.RLIMIT_AS)
        self._memory = 0

    def set(self, seconds: float, memory: int) -> None:
        """From now on, so many seconds until the child ends itself, and so many bytes beside what it began with."""
        signal.setitimer(signal.ITIMER_REAL, seconds + GRACE)
        if memory == self._memory:
            return
        self._memory = memory
        soft, hard = self._free
        bound = self._size + memory
        resource.setrlimit(resource.RLIMIT_AS, (bound if soft < 0 else min(bound, soft), hard))

    def lift_memory(self) -> None:
        """What is left to do needs little, and must be done."""
        self._memory = 0
        resource.setrlimit(resource.RLIMIT_AS, self._free)

    def lift_time(self) -> None:
        """The answer is sent."""
        signal.setitimer(signal.ITIMER_REAL, 0)


def alarm() -> Alarm | None:
    """This process's alarm; None where it is no confined process."""
    return _ALARMS.get(os.getpid())


def _live(serve: Callable[[socket.socket, int], None], theirs: socket.socket, words: int, line: int) -> NoReturn:
    """The child's whole life; never returns into the parent's code."""
    status = 1
    try:
        size = address_space(os.getpid())
        _confine(theirs.detach(), words, line)
        _ALARMS[os.getpid()] = Alarm(_SOCKET)
        serve(socket.socket(fileno=_SOCKET), size)
        status = 0
    except BaseException as error:  # nothing may pass: the stack below is the parent's
        with contextlib.suppress(BaseException):
            os.write(2, repr(error).encode("utf-8", "replace"))
    finally:
        os._exit(status)


def _confine(theirs: int, words: int, line: int) -> None:
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
    line = os.dup(line) if line == _SOCKET else line
    os.dup2(theirs, _SOCKET)
    if line >= 0:
        os.dup2(line, LINE)
    os.closerange(_SOCKET + 1 + (line >= 0), resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    for limit, most in ((resource.RLIMIT_NOFILE, 0), (resource.RLIMIT_NPROC, 0), (resource.RLIMIT_CORE, 0),
                        (resource.RLIMIT_FSIZE, _WORDS)):  # fmt: skip
        resource.setrlimit(limit, (most, most))
