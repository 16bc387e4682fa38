"""Pages of a SELECT: its own order, made total by all of its columns, and LIMIT and OFFSET. Nothing is parsed.

Source: SPARQL 1.1 Query §15 (solution sequence modifiers), §18.2.4 (their order).
"""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct

from kgtool.catalog.text import FORMS, lexemes, where_brace

_MODIFIERS = ("ORDER", "LIMIT", "OFFSET", "VALUES")


class Select(Struct, frozen=True):
    """A SELECT in parts.

    Attributes:
        prologue: what stands before SELECT; body: SELECT to the end of WHERE, GROUP BY and HAVING.
        order: ORDER BY and its keys, "" for none; values: the VALUES behind everything, "" for none.
        limit: its own, None for none; offset: its own, 0 for none.
    """

    prologue: str
    body: str
    order: str
    limit: int | None
    offset: int
    values: str

    def page(self, limit: int, offset: int, variables: Sequence[str] = (), *, nested: bool = False) -> str:
        """The query for rows `offset` (from the query's own first row) to `offset + limit`.

        Args:
            variables: the columns, to make the order total; none for the query's own order, total or not.
            nested: cut from a query inside, for engines that sort only so many rows, and cut before VALUES is joined.
        """
        keys = " ".join(f"?{name}" for name in variables)
        order = f"{self.order or 'ORDER BY'} {keys}" if keys else self.order
        start = offset + self.offset
        slice_ = f"LIMIT {limit}" + (f" OFFSET {start}" if start else "")
        if nested and (keys or self.values):
            return f"{self.prologue}SELECT {keys or '*'} WHERE {{ {{ {self.body} {order}\n{self.values} }} }} {slice_}"
        return f"{self.prologue}{self.body} {order} {slice_}\n{self.values}"


def split(text: str) -> Select | None:
    """The parts of a SELECT; None when the text is no SELECT with a WHERE group, or its slice is no number."""
    every = list(lexemes(text))
    start = next((at for kind, token, at in every if kind == "word" and token.upper() in FORMS), -1)
    brace = where_brace(text)
    if start < 0 or brace < 0 or not text[start:].upper().startswith("SELECT"):
        return None
    marks = _marks(every, brace)
    if marks is None:
        return None
    ends = sorted([*marks.values(), len(text)])
    parts = {word: text[at : ends[ends.index(at) + 1]] for word, at in marks.items()}
    limit, offset = (_number(parts.get(word, "")) for word in ("LIMIT", "OFFSET"))
    if ("LIMIT" in parts and limit is None) or ("OFFSET" in parts and offset is None):
        return None
    body = text[start : ends[0]]
    return Select(text[:start], _line(body), _line(parts.get("ORDER", "")), limit, offset or 0, parts.get("VALUES", ""))


def _marks(every: Sequence[tuple[str, str, int]], brace: int) -> dict[str, int] | None:
    """Offsets of the words of modifiers behind the WHERE group; None when a bracket is not closed."""
    depth, inside = 0, True
    marks: dict[str, int] = {}
    for kind, token, at in every:
        if at < brace:
            continue
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            inside = inside and depth >= 0
            depth = max(depth, 0)
        elif not inside and depth == 0 and kind == "word" and token.upper() in _MODIFIERS:
            marks.setdefault(token.upper(), at)
    return None if inside else marks


def _number(part: str) -> int | None:
    for kind, token, _ in lexemes(part):
        if kind == "number":
            return int(token) if token.isdigit() and len(token) < 20 else None
    return None


def _line(part: str) -> str:
    """A part that may end in a comment, which would swallow what is put behind it."""
    return part if "#" not in part else part.rstrip() + "\n"
