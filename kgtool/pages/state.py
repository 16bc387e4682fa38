"""The computed state of a tie or agreement on a day: by dates, validity and supersession alone.

The same reading as queries/ask/ties-of-city.rq (a test compares the two on every tie): disputes and reported stages never
change it. A stage only tells an instrument without a date that is being prepared from one whose date is not known.
"""

from __future__ import annotations

import enum

from kgtool.pages.view import View
from kgtool.terms import CD, STATUS

_STAGES = ("proposed", "inPreparation", "negotiating", "planned", "postponed", "cancelled")


class State(enum.IntEnum):
    """What the dates decide; the best instrument of a tie decides for it."""

    NOT_CONCLUDED = 1
    LAPSED = 2
    POSSIBLY = 3
    IN_FORCE = 4

    @property
    def key(self) -> str:
        """The interface text's key, and the style class."""
        return "state_" + self.name.lower()


def tie_state(view: View, tie: int, today: str) -> State:
    """State of a tie on a day (`YYYY-MM-DD`)."""
    return view.once(("state", tie, today), lambda: _tie(view, tie, today))


def agreement_state(view: View, agreement: int, today: str) -> State:
    """State of one instrument on a day."""
    return view.once(("state", agreement, today), lambda: _state(view, agreement, -1, today))


def _tie(view: View, tie: int, today: str) -> State:
    instruments = [*view.into(tie, CD + "establishes"), *view.into(tie, CD + "renews")]
    if not view.into(tie, CD + "establishes"):
        instruments.append(tie)
    return max(_state(view, instrument, tie, today) for instrument in instruments)


def _state(view: View, instrument: int, tie: int, today: str) -> State:
    begin = (
        _either(view, instrument, "earliest", "establishedEarliest"),
        _either(view, instrument, "latest", "establishedLatest"),
    )
    valid = view.text(instrument, CD + "startEarliest"), view.text(instrument, CD + "startLatest")
    ends = [
        (view.text(node, CD + "endEarliest"), view.text(node, CD + "endLatest"))
        for node in (instrument, tie)
        if node >= 0
    ]
    newer = view.into(instrument, CD + "supersedes")
    if any(last and last < today for _, last in ends) or any("" < view.text(n, CD + "latest") <= today for n in newer):
        return State.LAPSED
    if not any(begin):
        return State.NOT_CONCLUDED if _staged(view, instrument) else State.POSSIBLY
    if (valid[0] or begin[0]) > today:
        return State.NOT_CONCLUDED
    surely_begun = "" < (valid[1] or begin[1]) <= today
    may_be_over = any(first and first < today for first, _ in ends)
    replaced = any("" < view.text(n, CD + "earliest") <= today for n in newer)
    return State.IN_FORCE if surely_begun and not may_be_over and not replaced else State.POSSIBLY


def _either(view: View, node: int, one: str, other: str) -> str:
    return view.text(node, CD + one) or view.text(node, CD + other)


def _staged(view: View, node: int) -> bool:
    stages = {view.code(STATUS + stage) for stage in _STAGES} - {-1}
    return any(stages.intersection(view.out(report, CD + "status")) for report in view.into(node, CD + "about"))
