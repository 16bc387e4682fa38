"""The loop: whatever can be read or written is, and the clock is kept. One thread, one process, no data."""

from __future__ import annotations

import contextlib
import gc
import resource
import select
import signal
import socket
import time
from collections.abc import Mapping
from typing import Any

from kgtool.errors import KgError
from kgtool.serve.front.access import Log
from kgtool.serve.front.clients import Clients
from kgtool.serve.front.crew import Crew, reap
from kgtool.serve.front.exchange import Exchange
from kgtool.serve.front.fairness import Ledger
from kgtool.serve.front.job import Job
from kgtool.serve.front.member import Member
from kgtool.serve.front.pool import Pool
from kgtool.serve.front.versions import Versions
from kgtool.serve.http import Bounds
from kgtool.serve.loader import Failed, Load
from kgtool.serve.settings import ServeSettings
from kgtool.serve.wire import Answer

_TICK = 0.05  # seconds between two looks at the clock
_SWEEP = 0.5  # between two looks at every connection, and the longest that nothing is looked at
_DRAIN = 30.0  # that a graceful end may take
_MOST_CONNECTIONS = 4_096
_SPARE_DESCRIPTORS = 128  # for workers and loaders
_HEAD_ROOM = 128 * 1024  # bytes of an answer's frame beside the body
_IN = select.EPOLLIN


class Server:
    """A listening socket and everything behind it. `run` serves until it is told to stop.

    Args:
        load: makes the App, in a process of its own, at the start and for every reload.
        listener: bound and listening.
    """

    def __init__(
        self, load: Load, settings: ServeSettings, listener: socket.socket, log: Log, bounds: Bounds | None = None
    ) -> None:
        self._log = log
        self._listener = listener
        self._poll = select.epoll()
        self._others: dict[int, Crew | Member] = {}
        self._most = _MOST_CONNECTIONS
        self._began = time.monotonic()
        self._stop_at = 0.0
        self._signals: list[int] = []
        self._wakeup, self._wake = socket.socketpair()
        self._pool = Pool(settings.workers, Ledger(settings.budget, settings.window), self._done, self._forget)
        self._versions = Versions(
            load, self._pool, settings.limits.answer + _HEAD_ROOM, watch=self._watch, forget=self._forget,
            swapped=self._swapped, say=log.event,
        )  # fmt: skip
        self._exchange = Exchange(settings, self._pool, log, self._status)
        self._clients = Clients(self._poll, listener, self._exchange, bounds or Bounds(), lambda: self._most)

    @property
    def failed(self) -> Failed | None:
        """Why nothing was ever served; None while there is hope."""
        return None if self._pool.crew is not None else self._versions.failed

    def run(self) -> int:
        """Load, serve, and return the signal that ended it; 0 when the first load failed (`failed` says why)."""
        self._set_up()
        try:
            self._versions.load()
            swept = ticked = time.monotonic()
            while (ended := self._ended()) is None:
                busy = self._pool.busy or self._versions.loading
                events = self._poll.poll(_TICK if busy else _SWEEP)
                now = time.monotonic()
                for descriptor, event in events:
                    self._event(descriptor, event, now)
                if now - ticked >= _TICK:
                    ticked = now
                    self._pool.tick(now)
                    self._versions.tick(now)
                if now - swept >= _SWEEP:
                    swept = now
                    self._clients.sweep(now)
                    self._log.flush()
                    reap()
                self._pool.send()
            return ended
        finally:
            self._tear_down()

    def _set_up(self) -> None:
        gc.freeze()  # what is here now is never garbage: neither a collection nor the end need to look at it
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard if hard > 0 else soft, hard))
        allowed = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        self._most = min(_MOST_CONNECTIONS, max(allowed - _SPARE_DESCRIPTORS, 16))
        for sock in (self._listener, self._wakeup, self._wake):
            sock.setblocking(False)
        self._poll.register(self._listener, _IN)
        self._poll.register(self._wakeup, _IN)
        signal.set_wakeup_fd(self._wake.fileno())
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda number, _: self._signals.append(number))

    def _tear_down(self) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_DFL)
        self._versions.end()
        self._pool.end()
        self._clients.end()
        self._listener.close()
        self._log.flush()
        self._poll.close()
        for sock in (self._wakeup, self._wake):
            sock.close()
        reap()

    def _ended(self) -> int | None:
        """The signal that ends the loop, 0 for a load that gave nothing, None to go on."""
        while self._signals:
            number = self._signals.pop(0)
            if number == signal.SIGHUP:
                self._versions.load()
            elif number == signal.SIGTERM and not self._stop_at:
                self._drain()
            else:
                return number
        if self.failed is not None:
            return 0
        drained = self._stop_at and (not len(self._clients) or time.monotonic() > self._stop_at)
        return int(signal.SIGTERM) if drained else None

    def _drain(self) -> None:
        """Take no new connection, answer what is asked, close what rests."""
        self._stop_at = time.monotonic() + _DRAIN
        self._exchange.draining = True
        self._poll.unregister(self._listener)
        self._listener.close()
        self._clients.drain()

    def _event(self, descriptor: int, event: int, now: float) -> None:
        if self._clients.event(descriptor, event, now):
            return
        other = self._others.get(descriptor)
        if isinstance(other, Member):
            self._pool.heard(other, now)
        elif other is not None:
            self._versions.heard(other, now)
        elif descriptor == self._wakeup.fileno():
            with contextlib.suppress(BlockingIOError):
                self._wakeup.recv(4096)
        elif descriptor == self._listener.fileno():
            self._clients.accept(now)

    def _watch(self, other: Crew | Member) -> None:
        self._others[other.fileno()] = other
        self._poll.register(other, _IN)

    def _forget(self, other: Crew | Member) -> None:
        if self._others.pop(other.fileno(), None) is not None:
            self._poll.unregister(other)

    def _swapped(self) -> None:
        self._exchange.cache.clear()

    def _done(self, job: Job, answer: Answer | KgError, present: bool) -> None:
        self._exchange.done(job, answer, present)
        self._clients.proceed(job.connection, time.monotonic())

    def _status(self) -> Mapping[str, Any]:
        """What health says."""
        pool, crew = self._pool, self._pool.crew
        counts = pool.counts
        return {
            "status": "ok" if crew is not None and self._versions.failed is None else "degraded",
            "ready": crew is not None and not self._stop_at,
            "version": crew.version if crew is not None else "",
            "data": dict(crew.facts) if crew is not None else {},
            "loading": self._versions.loading, "load": dict(self._versions.last),
            "uptime": round(time.monotonic() - self._began, 1),
            "workers": {"idle": len(crew.idle) if crew else 0, "busy": len(pool.busy) - pool.slow, "slow": pool.slow},
            "waiting": pool.queue.count, "connections": len(self._clients),
            "cache": {"entries": len(self._exchange.cache), "bytes": self._exchange.cache.size},
            "requests": {"worked": counts.answered, "refused": counts.refused, "stopped": counts.stopped},
            "replaced": {"died": counts.died, "recycled": counts.recycled},
        }  # fmt: skip
