"""A trial: the program goes on in a child that may die of what it is asked, and whose parent then does all of it with care.

A query can end the process that evaluates it, so queries are evaluated in workers (`kgtool.engine.runner`), which costs 6 % of
a small check's time although nearly no query ever ends one. During a trial they are evaluated where they are asked
(`kgtool.engine.here`). Decision 0018 has the measures.

    begin ─┬─ parent: waits ──┬─ the child ended by itself: ends in the same way
           │                  └─ died of a query: goes on, with care
           └─ child: goes on ── settle: workers from here on; its end, whatever it is, is the program's
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import resource
import signal
import sys
from typing import NoReturn

# What an engine's fault, an alarm of `kgtool.engine.here`, `lose`, or a system without memory end a process by.
_FAULTS = frozenset({
    signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGILL, signal.SIGFPE, signal.SIGTRAP, signal.SIGALRM,
    signal.SIGKILL,
})  # fmt: skip
# What somebody may send to the program, whose process the parent is.
_PASSED_ON = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
_GRACE = 0.3  # seconds that the child has to end of what was sent to its group


class _State:
    """Of this process.

    Attributes:
        begun: once is enough: a second trial would be no safer.
        child: its number while it is on trial, else 0; a process that it forks is another.
        told: descriptor of a pipe to the parent while it is on trial.
        cores: what it may write of a core, soft and hard, when it is on trial no more.
    """

    begun = False
    child = 0
    told = -1
    cores = (0, 0)


def watched() -> bool:
    """Whether somebody looks on (warnings, a trace, a profile) or another thread is at work in this process."""
    threads = sys.modules.get("threading")
    return bool(sys.warnoptions or sys.gettrace() or sys.getprofile() or (threads and threads.active_count() > 1))


def begin() -> None:
    """Go on in a child, on trial; the parent returns only when that died of a fault, and is on trial no more.

    Only for a process that is the program's own: the parent ends with the child. Does nothing where that is watched or cannot
    be forked, or where a standard stream is closed, whose number another file would get.
    Cost: 1.5 ms before anything large is imported.
    """
    if _State.begun or watched() or None in {sys.stdin, sys.stdout, sys.stderr}:
        return
    _State.begun = True
    for stream in (sys.stdout, sys.stderr):
        stream.flush()  # what waits would be written by both
    # What whoever started this had it ignore (a script its background's interrupts, nohup a hangup) is ignored by both.
    heard = {signal.SIGCHLD, *(number for number in _PASSED_ON if signal.getsignal(number) != signal.SIG_IGN)}
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    try:
        alive, held, heed, told = _pipes()
    except OSError:  # no descriptor is left
        return
    masked = signal.pthread_sigmask(signal.SIG_BLOCK, heard)
    try:
        child = os.fork()
    except OSError:
        child = -1
    if child == 0:
        _live(alive, told)
    elif child > 0:
        _attend(child, heed, heard)
    signal.pthread_sigmask(signal.SIG_SETMASK, masked)
    for descriptor in (held, heed) if child == 0 else (alive, held, heed, told):
        os.close(descriptor)


def _pipes() -> tuple[int, ...]:
    """Both ends of a pipe to the child, which hears so when the parent is gone, and of one from it, which says that it is on
    trial no more.

    Raises:
        OSError: there are no descriptors for both; none is kept.
    """
    first = os.pipe()
    try:
        return (*first, *os.pipe())
    except OSError:
        for descriptor in first:
            os.close(descriptor)
        raise


def on() -> bool:
    """Whether this process may die of what it is asked. Cost: 0.1 µs."""
    return _State.child == os.getpid() if _State.child else False


def settle() -> None:
    """No longer: what follows is done once, or takes too long to be done again."""
    if on():
        _State.child = 0
        resource.setrlimit(resource.RLIMIT_CORE, _State.cores)
        with contextlib.suppress(BrokenPipeError):  # the parent is gone, and so is this process in a moment
            os.write(_State.told, b".")


def lose() -> NoReturn:
    """End this process, for its parent to do all of it with care."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError  # nobody outlives it


def _live(alive: int, told: int) -> None:
    """Be the child: end with the parent, whatever ends it, and leave no core behind."""
    _State.child, _State.told = os.getpid(), told
    _State.cores = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, _State.cores[1]))
    for number in (signal.SIGALRM, signal.SIGIO):
        signal.signal(number, signal.SIG_DFL)
    # The last writer's end raises SIGIO in whoever owns the reading end. Source: fcntl(2), "Signal-driven I/O".
    fcntl.fcntl(alive, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(alive, fcntl.F_SETFL, fcntl.fcntl(alive, fcntl.F_GETFL) | os.O_ASYNC)


def _attend(child: int, heed: int, heard: set[signal.Signals]) -> None:
    """Wait for the child, passing on what is sent; returns when all is to be done again, else ends as the child did."""
    pid = status = sent = 0
    while not pid:
        said = signal.sigwaitinfo(heard)
        if said.si_signo == signal.SIGCHLD:
            pid, status = os.waitpid(child, os.WNOHANG)
            continue
        sent = said.si_signo
        alone = said.si_code <= 0  # a process sent it; the terminal's own goes to both
        if alone:  # or to both too, and twice it would interrupt the end that it asks for
            signal.sigtimedwait({signal.SIGCHLD}, _GRACE)
        pid, status = os.waitpid(child, os.WNOHANG)
        if alone and not pid:
            os.kill(child, sent)
    if os.WIFEXITED(status):
        os._exit(os.WEXITSTATUS(status))
    number = os.WTERMSIG(status)
    if number in _FAULTS and sent:  # the engine heard nothing of it
        os._exit(128 + sent)
    if number in _FAULTS and not _settled(heed):
        return
    if number != signal.SIGKILL:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {number})
    os.kill(os.getpid(), number)
    os._exit(128 + number)


def _settled(heed: int) -> bool:
    os.set_blocking(heed, False)
    try:
        return bool(os.read(heed, 1))
    except BlockingIOError:
        return False
