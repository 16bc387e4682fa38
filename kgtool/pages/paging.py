"""Long tables in pages: how many rows one has, and which pages are offered at once."""

from __future__ import annotations

from itertools import chain, pairwise

PAGE = 100
_MOST_PAGES = 12


def near(page: int, pages: int) -> tuple[int, ...]:
    """Pages to offer: all of a few, else the first, those around this one and the last, with 0 for what lies between."""
    if pages <= _MOST_PAGES:
        return tuple(range(1, pages + 1))
    shown = sorted({1, pages, *range(max(1, page - 2), min(pages, page + 2) + 1)})
    return tuple(chain.from_iterable((0, n) if n - before > 1 else (n,) for before, n in pairwise([0, *shown])))
