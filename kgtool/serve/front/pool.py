"""Who works on what: quick requests never wait behind long ones, long ones end at their deadline, dead workers are replaced.

As many requests run as there are `workers`, each in a worker of its own, and `_SPARES` more wait, forked. A request that
takes more than `ahead.LONG` of processor time while others wait leaves its place: it goes on with the lowest priority in one of `_SLOW`
places for each worker, and a spare takes over. When those are taken, or one client holds half of them, it is stopped.
While requests are quick, each worker is sent the next one before it has answered (`ahead`).
"""

from __future__ import annotations

import time
from collections.abc import Callable

from kgtool.engine import failure
from kgtool.errors import KgError
from kgtool.serve.front import ends
from kgtool.serve.front.ahead import HURRIED, Pace, long, soon
from kgtool.serve.front.counts import Counts
from kgtool.serve.front.crew import Crew
from kgtool.serve.front.fairness import MOST_OF_ONE, MOST_WAITING, Ledger, Queue
from kgtool.serve.front.job import Job
from kgtool.serve.front.member import Member
from kgtool.serve.front.wear import worn, worth_a_look
from kgtool.serve.wire import Answer

_SPARES = 2
_SLOW = 2
_PATIENCE = 5.0  # seconds that a request waits for a worker
_MOURNING = 1.0  # seconds that the loader has to say how a worker ended

Done = Callable[[Job, "Answer | KgError", bool], None]


class Pool:
    """The workers of the present data version and what waits for them.

    Args:
        workers: requests that run at once, the slow ones apart.
        done: called with a job, its answer or error, and whether the answer is the present version's.
        leave: called with a worker before its socket is closed.
    """

    def __init__(self, workers: int, ledger: Ledger, done: Done, leave: Callable[[Member], None]) -> None:
        self.workers = workers
        self.ledger = ledger
        self.queue = Queue(ledger)
        self.counts = Counts()
        self.crew: Crew | None = None
        self.busy: dict[Member, Crew] = {}
        self._dying: dict[Member, tuple[Crew, float]] = {}
        self._done = done
        self._leave = leave
        self._former: list[Crew] = []
        self._pace = Pace()
        self._given: list[Member] = []

    @property
    def slow(self) -> int:
        """Workers in the places of the slow."""
        return sum(member.slow for member in self.busy)

    def submit(self, job: Job) -> None:
        """Run a job, or let it wait, or refuse it."""
        client = job.request.client
        if self.crew is None:
            self._refuse(job, ends.not_ready())
        elif self.queue.of(client) >= MOST_OF_ONE:
            self._refuse(job, ends.over_budget(self.ledger.wait(client, job.arrived)))
        elif self.queue.count >= MOST_WAITING:
            self._refuse(job, ends.busy())
        else:
            self.queue.put(job)
            self.fill(job.arrived)

    def fill(self, now: float) -> None:
        """Give waiting jobs to workers while there is a place and a worker."""
        crew, queue = self.crew, self.queue
        if crew is None or not queue.count:
            return
        depth = self._pace.depth
        if depth > 1:  # a worker that is awake costs less than one that must be woken
            self._send_ahead(now, depth)
        while crew.idle and queue.count and len(self.busy) - self.slow < self.workers:
            job = queue.take(now)
            if job is None:
                break
            member = crew.idle.pop()
            job.began, job.deadline = now, now + job.seconds
            self.busy[member] = crew
            self._give(member, job)
        if queue.count and depth:
            self._send_ahead(now, depth)

    def _send_ahead(self, now: float, depth: int) -> None:
        """Give what still waits to workers that will soon be done."""
        for member, crew in self.busy.items():
            if len(member.then) >= depth or crew is not self.crew or not soon(member, now):
                continue
            while len(member.then) < depth and not worth_a_look(member):
                job = self.queue.take(now)
                if job is None:
                    return
                self._give(member, job)

    def _give(self, member: Member, job: Job) -> None:
        member.give(job)
        self._given.append(member)

    def send(self) -> None:
        """Send what was given to workers since the last time: what came together is one message, and wakes its worker once."""
        given, self._given = self._given, []
        for member in given:
            if member.unsent and not member.flush():
                self.fell(member)

    def _take_back(self, member: Member) -> None:
        for job in reversed(member.take_back()):
            self.queue.put_back(job)

    @property
    def strength(self) -> int:
        """Workers that there should be beside the slow ones."""
        return self.workers + _SPARES

    def swap(self, crew: Crew, now: float) -> None:
        """From now on another data version answers; what runs goes on with the one that it began with."""
        former, self.crew = self.crew, crew
        if former is not None:
            for member in list(former.idle):
                self._dismiss(former, member)
            self._former.append(former)
        self.fill(now)
        self._replace()

    def end(self) -> None:
        """Kill every worker and loader."""
        for crew in (*self._former, *([self.crew] if self.crew else [])):
            for member in list(crew.members.values()):
                self._leave(member)
            crew.end()
        self._former, self.crew = [], None
        self.busy.clear()

    def _dismiss(self, crew: Crew, member: Member) -> None:
        self._leave(member)
        crew.dismiss(member)

    def heard(self, member: Member, now: float) -> None:
        """A worker's socket can be read."""
        try:
            answer = member.receive()
            while answer is not None:
                self._answered(member, answer, now)
                answer = member.held() if member in self.busy else None
        except EOFError:
            self.fell(member)
            return
        except ValueError:  # it is not to be believed any more
            member.kill()
            self.fell(member)

    def _answered(self, member: Member, answer: Answer, now: float) -> None:
        job, crew = member.job, self.busy[member]
        if job is None:
            return
        self.counts.answered += 1
        worked = member.finish()
        self._pace.note(worked)
        self.ledger.charge(job.request.client, worked, now)
        if member.job is not None:
            member.job.began, member.job.deadline = now, now + member.job.seconds
        else:
            del self.busy[member]
            self._free(member, crew, job)
        self._done(job, answer, crew is self.crew)
        self.fill(now)

    def _free(self, member: Member, crew: Crew, job: Job) -> None:
        if member.slow or member.spent or crew is not self.crew or worn(member, job.memory):
            self.counts.recycled += 1
            if member.spent:  # it goes on with what was taken back
                member.kill()
            self._dismiss(crew, member)
            self._replace()
        else:
            crew.idle.append(member)

    def fell(self, member: Member) -> None:
        """A worker hung up; why, its loader will say."""
        self._take_back(member)
        crew = self.busy.pop(member, None)
        if crew is None:
            crew = self.crew
            if crew is not None and member in crew.idle:
                self.counts.died += 1
                self._dismiss(crew, member)
                self._replace()
            return
        self._dying[member] = (crew, time.monotonic() + _MOURNING)
        self._replace()

    def buried(self, crew: Crew, pid: int, status: int, said: str) -> None:
        """The loader says how a worker ended."""
        member = crew.members.get(pid)
        if member is None:
            return
        before = None
        while member in self.busy and member.job is not before:  # what it answered before it ended is still to be read
            before = member.job
            self.heard(member, time.monotonic())
        member.status, member.said = status, said
        if member not in self._dying:
            self.fell(member)
        if member in self._dying:
            self._settle(member)

    def _settle(self, member: Member) -> None:
        """A dead worker's job ends, or is run once more when somebody else killed the worker."""
        crew, _ = self._dying.pop(member)
        job, member.job = member.job, None
        self._dismiss(crew, member)
        self.counts.died += 1
        now = time.monotonic()
        if job is not None and ends.killed_by_others(member) and not job.again and not member.killed:
            job.again = True
            self.queue.put_back(job)
        elif job is not None:
            self.ledger.charge(job.request.client, now - job.began, now)
            self._done(job, ends.of_worker(member, job), False)
        self.fill(now)
        self._replace()

    def tick(self, now: float) -> None:
        """Stop what is over its time, and move the long out of the way of the quick."""
        for member in list(self.busy):
            self._look_at(member, now)
        if self.queue.count:
            for member in [member for member in self.busy if long(member, now)]:
                self._make_way(member, now)
        for job in self.queue.late(now - _PATIENCE):
            client = job.request.client
            over = self.ledger.over(client, now)
            self._refuse(job, ends.over_budget(self.ledger.wait(client, now)) if over else ends.busy(2))
        for member, (_, until) in list(self._dying.items()):
            if now >= until:
                self._settle(member)
        for crew in [crew for crew in self._former if not crew.members]:
            self._former.remove(crew)
            crew.end()
        self.fill(now)
        self._replace()

    def _look_at(self, member: Member, now: float) -> None:
        job = member.job
        if job is not None and now >= job.deadline:
            self._stop(member, failure.too_slow(job.seconds), now)
        elif member.unsent and not member.flush():
            self.fell(member)
        elif member.then and member.worked > HURRIED:
            self._take_back(member)

    def _make_way(self, member: Member, now: float) -> None:
        job = member.job
        if job is None:
            return
        self._take_back(member)
        client = job.request.client
        places = _SLOW * self.workers
        same = sum(m.slow for m in self.busy if m.job is not None and m.job.request.client == client)
        greedy = same >= max(places // 2, 1)
        full = self.slow >= places
        if (full or self.queue.others_than(client)) and (greedy or self.ledger.over(client, now)):
            self._stop(member, ends.over_budget(self.ledger.wait(client, now)), now)
        elif full:
            self._stop(member, ends.long_while_busy(round(member.worked, 2)), now)
        else:
            member.slow_down()

    def _stop(self, member: Member, error: KgError, now: float) -> None:
        self._take_back(member)
        job, crew = member.job, self.busy.pop(member)
        member.job = None
        worked = member.worked
        member.kill()
        self._dismiss(crew, member)
        self.counts.stopped += 1
        if job is not None:
            self.ledger.charge(job.request.client, worked, now)
            self._done(job, error, False)
        self._replace()

    def _refuse(self, job: Job, error: KgError) -> None:
        self.counts.refused += 1
        self._done(job, error, False)

    def _replace(self) -> None:
        """Order workers so that all places are filled and the spares wait."""
        if self.crew is not None:
            quick = sum(not m.slow for m in self.busy)
            self.crew.order(self.strength - quick - len(self.crew.idle))
