"""When a worker is sent a request before it has answered the last: while requests are quick, so that it never sleeps.

A worker that waits for its next request is put to sleep and woken again, which takes as long as a look-up. What turns out
to stand behind a long request is taken back and given to another worker; the first one ends with its present request.
"""

from __future__ import annotations

from kgtool.serve.front.member import Member
from kgtool.serve.front.wear import looked_at

HURRIED = 0.03  # seconds of processor time behind which the next request is taken back
_FRESH = 0.02  # seconds on the wall behind which nothing is sent behind a request any more
_QUICK = 0.003  # seconds of processor time that requests take on average while the next is sent ahead
_WEIGHT = 1 / 16  # of the last request in that average


class Pace:
    """How quick requests are: a moving average, in which no request counts as more than five quick ones."""

    def __init__(self) -> None:
        self._average = _QUICK

    @property
    def quick(self) -> bool:
        return self._average < _QUICK

    def note(self, worked: float) -> None:
        """A request took so many seconds of processor time."""
        self._average += (min(worked, 5 * _QUICK) - self._average) * _WEIGHT


def soon(member: Member, now: float) -> bool:
    """Whether a worker has one request, which is likely to be answered at once."""
    job = member.job
    if job is None or member.then is not None or member.slow or member.spent or member.unsent:
        return False
    return now - job.began < _FRESH and not looked_at(member)
