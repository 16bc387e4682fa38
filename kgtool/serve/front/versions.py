"""Which data version is served: loads the first, and another when told to, and keeps the old one when the new one fails."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

from kgtool.errors import texts
from kgtool.serve.front.crew import Crew
from kgtool.serve.front.member import Member
from kgtool.serve.front.pool import Pool
from kgtool.serve.loader import Failed, Gone, Load, Ready

_AGAIN = 1.0  # seconds until a loader that died is followed by another
_DIED = Failed(
    "E-SERVER-LOADER", texts(zh="載入程序意外結束。", en="the loading process ended unexpectedly."),
    texts(zh="請查看日誌與記憶體。", en="See the log, and how much memory there is."),
)  # fmt: skip


class Versions:
    """The present crew of the pool, and the one that is being made.

    Args:
        load: runs in a loader of its own each time.
        most: bytes of an answer.
        watch: called with a crew or a worker to wait for from now on.
        forget: called with a crew before its socket is closed.
        swapped: called when another version is served.
        say: called with what the log is told.
    """

    def __init__(
        self, load: Load, pool: Pool, most: int, *,
        watch: Callable[[Crew | Member], None], forget: Callable[[Crew | Member], None],
        swapped: Callable[[], None], say: Callable[[Mapping[str, Any]], None],
    ) -> None:  # fmt: skip
        self._load = load
        self._pool = pool
        self._most = most
        self._watch, self._forget, self._swapped, self._say = watch, forget, swapped, say
        self._incoming: Crew | None = None
        self._once_more = False
        self._restart_at = 0.0
        self.last: Mapping[str, Any] = {}
        self.failed: Failed | None = None  # why the last load gave nothing

    @property
    def loading(self) -> bool:
        return self._incoming is not None

    def load(self) -> None:
        """Load what is there now; while that goes on already, once more behind it."""
        if self._incoming is not None:
            self._once_more = True
            return
        self._restart_at = 0.0
        self._incoming = Crew(self._load, self._most)
        self._watch(self._incoming)

    def heard(self, crew: Crew, now: float) -> None:
        """A loader's socket can be read."""
        for message in crew.hear():
            if isinstance(message, Member):
                self._born(crew, message, now)
            elif isinstance(message, Gone):
                self._pool.buried(crew, message.pid, message.status, message.said)
            elif crew is self._incoming:
                self._loaded(crew, message)
        if crew.gone:
            self._lost(crew, now)

    def tick(self, now: float) -> None:
        """Follow a loader that died by another, and a worker that could not be forked."""
        if self._incoming is not None:
            self._incoming.order(self._pool.strength - len(self._incoming.idle))
        if self._restart_at and now >= self._restart_at:
            self.load()

    def end(self) -> None:
        """Kill the loader that is at work."""
        if self._incoming is not None:
            self._drop(self._incoming)

    def _loaded(self, crew: Crew, message: Ready | Failed) -> None:
        if isinstance(message, Failed):
            self._fail(crew, message)
        elif self._pool.crew is not None and self._pool.crew.version == message.version and not self._pool.crew.gone:
            self._note(ok=True, version=message.version, changed=False)
            self._drop(crew)
        else:
            crew.order(self._pool.strength)

    def _born(self, crew: Crew, member: Member, now: float) -> None:
        if crew is not self._incoming and crew is not self._pool.crew:
            member.kill()
            crew.dismiss(member)
            return
        crew.idle.append(member)
        self._watch(member)
        if crew is self._incoming and len(crew.idle) >= self._pool.workers:
            self._incoming = None
            self._pool.swap(crew, now)
            self._note(ok=True, version=crew.version, changed=True)
            self._swapped()
            self._next()
        elif crew is self._pool.crew:
            self._pool.fill(now)

    def _lost(self, crew: Crew, now: float) -> None:
        """A loader hung up. Its workers go on; if it was the present one, another must come."""
        self._forget(crew)
        if crew is self._incoming:
            self._fail(crew, crew.failed or _DIED)
        elif crew is self._pool.crew and not self._restart_at:
            self._restart_at = now + _AGAIN
            self._say({"event": "loader", "code": _DIED.code})

    def _fail(self, crew: Crew, failed: Failed) -> None:
        self.failed = failed
        self._note(ok=False, code=failed.code, message=dict(failed.message))
        self._drop(crew)

    def _drop(self, crew: Crew) -> None:
        for member in crew.members.values():
            self._forget(member)
        self._forget(crew)
        crew.end()
        self._incoming = None
        self._next()

    def _next(self) -> None:
        if self._once_more:
            self._once_more = False
            self.load()

    def _note(self, **facts: Any) -> None:
        at = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
        if facts["ok"]:
            self.failed = None
        self.last = {"at": at, **facts}
        self._say({"event": "load", **facts})
