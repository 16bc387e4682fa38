"""When a worker is sent a request before it has answered the last: while requests are quick, so that it never sleeps.

A worker that waits for its next request is put to sleep and woken again, which takes as long as a look-up. What turns out
to stand behind a long request is taken back and given to another worker; the first one ends with its present request.
"""

from __future__ import annotations

from kgtool.serve.front.member import Member
from kgtool.serve.front.wear import worth_a_look

HURRIED = 0.03  # seconds of processor time behind which the next request is taken back
LONG = 0.1  # seconds of processor time behind which a request makes way for those that wait
_FRESH = 0.02  # seconds on the wall behind which nothing is sent behind a request any more
# Seconds of processor time that requests take on average while so many are sent ahead.
_QUICK, _DEPTH = 0.003, 1
_INSTANT, _DEEP = 0.0005, 4
_WEIGHT = 1 / 16  # of the last request in that average


class Pace:
    """How quick requests are: a moving average, in which no request counts as more than five quick ones."""

    def __init__(self) -> None:
        self._average = _QUICK

    @property
    def depth(self) -> int:
        """Requests that may stand behind the present one of a worker."""
        return _DEEP if self._average < _INSTANT else _DEPTH if self._average < _QUICK else 0

    def note(self, worked: float) -> None:
        """A request took so many seconds of processor time."""
        self._average += (min(worked, 5 * _QUICK) - self._average) * _WEIGHT


def soon(member: Member, now: float) -> bool:
    """Whether what a worker has is likely to be answered at once."""
    job = member.job
    if job is None or member.slow or member.spent or member.full:
        return False
    return now - job.began < _FRESH and not worth_a_look(member)


def long(member: Member, now: float) -> bool:
    """Whether a worker of the quick has a request that takes long."""
    job = member.job
    return not member.slow and job is not None and now - job.began > LONG and member.worked > LONG
