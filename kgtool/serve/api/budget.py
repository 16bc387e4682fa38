"""A query's own time, which its header may set below the server's: it ends at that moment, and the answer names it."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from kgtool.engine import confined, failure
from kgtool.serve.headers import finished
from kgtool.serve.http import head_bytes
from kgtool.serve.message import Request
from kgtool.serve.problem import of_error
from kgtool.serve.reading import shared
from kgtool.serve.settings import ServeSettings
from kgtool.serve.wire import LAST_WORD, tell


class Budget:
    """The time of one run, from `with` on. In a worker an alarm ends it while the engine evaluates, and the front
    was told what to answer then; elsewhere only looks at the clock do.

    Args:
        seconds: of the query's header, 0 for none. The server's own limit is the front's to keep.
    """

    def __init__(self, request: Request, seconds: float, settings: ServeSettings) -> None:
        self._request, self._settings = request, settings
        self._seconds = seconds if 0 < seconds < settings.limits.seconds else 0.0
        self._end = 0.0
        self._alarm = confined.alarm() if self._seconds else None

    def __enter__(self) -> Self:
        self._end = time.monotonic() + self._seconds
        if self._alarm is not None:
            self._alarm.set(self._seconds, self._word())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._alarm is not None:
            self._alarm.lift()

    def look(self) -> None:
        """Raises QueryError: the time is over."""
        if self._seconds and time.monotonic() > self._end:
            raise failure.over_budget(self._seconds)

    def _word(self) -> bytes:
        """What the front answers then: the same response as that of `look`'s error."""
        refusal = shared(of_error(self._request, failure.over_budget(self._seconds)))
        response = finished(refusal, self._settings.audience)
        head = head_bytes(response.headers)
        return tell(response.status | LAST_WORD, "", head, response.body) + response.body
