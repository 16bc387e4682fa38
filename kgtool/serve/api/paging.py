"""One page of a stream of rows in total order: by its place within a data version, by the last row's key across two."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kgtool.engine import failure
from kgtool.serve.api.cursor import Cursor
from kgtool.serve.api.order import Row, before

VERSION = 16  # characters of the data version that a cursor holds


class Slice(Struct, frozen=True):
    """Some rows of a table.

    Attributes:
        start: how many rows come before them.
        total: how many there are in all.
        strict: whether every row of the whole table certainly comes before the next one, so that its key is its place.
        found: whether the place where the page before ended is known.
    """

    rows: tuple[Row, ...]
    start: int
    total: int
    strict: bool
    found: bool = True

    @property
    def end(self) -> int:
        return self.start + len(self.rows)


def whole(stream: Iterable[Row], most: int) -> Slice:
    """All rows.

    Raises:
        QueryError: `E-QUERY-ROWS`: more than `most`.
    """
    rows: list[Row] = []
    for row in stream:
        if len(rows) == most:
            raise failure.too_many_rows(most)
        rows.append(row)
    return Slice(tuple(rows), 0, len(rows), strict=False)


def part(
    stream: Iterable[Row], keys: tuple[tuple[int, bool], ...], cursor: Cursor | None, version: str, limit: int
) -> Slice:
    """At most `limit` rows behind the cursor. Every row is read, only the page's are kept.

    A cursor of another version is followed by its row's key, and only if the whole table is strictly ordered by it: then
    each row is certainly before that row, it, or behind it, and the page takes up exactly behind it.
    Cost: about 3 µs a row beside the engine's own.
    """
    same = cursor is None or cursor.version == version[:VERSION]
    last = None if cursor is None or same else cursor.last
    start = cursor.rows if cursor is not None and same else 0
    found = same or last is not None
    strict, total = bool(keys), 0
    rows: list[Row] = []
    previous: Row | None = None
    for row in stream:
        strict = strict and (previous is None or before(previous, row, keys))
        previous = row
        if last is not None and row != last and not before(last, row, keys):
            found = found and before(row, last, keys)
        behind = total >= start and (last is None or (row != last and before(last, row, keys)))
        if behind and len(rows) < limit:
            start = total if not rows else start
            rows.append(row)
        total += 1
    return Slice(tuple(rows), start if rows else total, total, strict, found and (same or strict))
