"""Who is served next: the client that used the least of the workers' time, and never one client alone.

Time is measured, requests are not counted: a thousand cheap look-ups may cost less than one join. What a client used
flows away at the rate of its budget, so a level needs no history.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from kgtool.serve.front.job import Job

MOST_WAITING = 512
MOST_OF_ONE = 128
_MOST_CLIENTS = 10_000  # levels that are remembered; those that flowed away are dropped first


class Ledger:
    """Seconds of workers' time that each client used, flowing away at `budget` seconds each `window` of seconds."""

    def __init__(self, budget: float, window: float) -> None:
        self.budget = budget
        self._rate = budget / window
        self._levels: dict[str, tuple[float, float]] = {}

    def charge(self, client: str, seconds: float, now: float) -> None:
        """Note what a client used."""
        self._levels[client] = (self.level(client, now) + seconds, now)
        if len(self._levels) > _MOST_CLIENTS:
            self._drop(now)

    def level(self, client: str, now: float) -> float:
        """Seconds that count against a client."""
        level, at = self._levels.get(client, (0.0, now))
        return max(level - (now - at) * self._rate, 0.0)

    def over(self, client: str, now: float) -> bool:
        """Whether a client used more than its budget."""
        return self.level(client, now) > self.budget

    def wait(self, client: str, now: float) -> int:
        """Whole seconds until a client is within its budget again, at least 1."""
        return max(int((self.level(client, now) - self.budget) / self._rate) + 1, 1)

    def _drop(self, now: float) -> None:
        levels = {client: (level, now) for client in self._levels if (level := self.level(client, now)) > 0}
        if len(levels) > _MOST_CLIENTS:
            kept = sorted(levels, key=lambda client: levels[client])[_MOST_CLIENTS // 2 :]
            levels = {client: levels[client] for client in kept}
        self._levels = levels


class Queue:
    """Jobs that wait for a worker, by client; each client's in their order."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._waiting: dict[str, deque[Job]] = {}
        self.count = 0  # jobs that wait

    def __iter__(self) -> Iterator[Job]:
        for jobs in self._waiting.values():
            yield from jobs

    def of(self, client: str) -> int:
        """Jobs of a client that wait."""
        return len(self._waiting.get(client, ()))

    def put(self, job: Job) -> None:
        """Behind the client's other jobs."""
        self._waiting.setdefault(job.request.client, deque()).append(job)
        self.count += 1

    def put_back(self, job: Job) -> None:
        """Before the client's other jobs: its worker was taken from it."""
        self._waiting.setdefault(job.request.client, deque()).appendleft(job)
        self.count += 1

    def take(self, now: float) -> Job | None:
        """The first job of the client that used the least; None when nothing waits. Whose client is gone is dropped."""
        while self.count:
            client = next(iter(self._waiting))
            if len(self._waiting) > 1:
                client = min(self._waiting, key=lambda name: self._ledger.level(name, now))
            jobs = self._waiting[client]
            job = jobs.popleft()
            self.count -= 1
            if not jobs:
                del self._waiting[client]
            if not job.connection.gone:
                return job
        return None

    def others_than(self, client: str) -> bool:
        """Whether anybody else waits."""
        return len(self._waiting) > (client in self._waiting)

    def late(self, before: float) -> list[Job]:
        """Take out the jobs that arrived before a moment."""
        late = [job for job in self if job.arrived < before]
        for job in late:
            self._pop(job.request.client, job)
        return late

    def _pop(self, client: str, job: Job) -> Job:
        jobs = self._waiting[client]
        jobs.remove(job)
        self.count -= 1
        if not jobs:
            del self._waiting[client]
        return job
