"""A broken constraint as codes, before it becomes a result."""

from __future__ import annotations

from typing import NamedTuple


class Hit(NamedTuple):
    """Codes of the focus node, the value and the path; -1 where there is none, or where the path is the shape's own.

    `said`: names and texts that a query's solution bound, for messages.
    """

    focus: int
    value: int = -1
    path: int = -1
    said: tuple[tuple[str, str], ...] = ()
