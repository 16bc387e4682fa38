"""The statements that only one of two versions of a graph has."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from msgspec import Struct


class Touched(Struct, frozen=True):
    """Statements that only one of two versions has; `unknown` when they are not known, so that nothing can be left out."""

    statements: tuple[ox.Triple, ...] = ()
    unknown: bool = False


def difference(before: Iterable[ox.Triple], after: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    """The statements that only one of two versions has."""
    return tuple(sorted(set(before) ^ set(after), key=str))
