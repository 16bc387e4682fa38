"""A node's relations as a drawing of three columns: people, what happened, cities and bodies; every box a link."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from markupsafe import escape

from kgtool.pages.chronicle import around
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.view import View
from kgtool.terms import CD

_MOST = 9
_WIDTH, _BOX, _HEIGHT, _GAP, _TOP = 684, 196, 38, 16, 34
_LINE = 24.5  # where the letters of a box stand below its top
_LEFTS = (4, 244, 484)
_LETTERS = 26.0  # half-width letters that fit in a box


@dataclass(frozen=True, slots=True)
class Box:
    """One box, a link: its top left corner, the text that fits, the whole text. In a template it is its SVG."""

    x: float
    y: float
    text: str
    full: str
    href: str
    tone: str
    lang: str

    def __html__(self) -> str:
        lang = f' lang="{escape(self.lang)}"' if self.lang else ""
        named = f' aria-label="{escape(self.full)}"' if self.text != self.full else ""
        return (
            f'<a href="{escape(self.href)}" class="{self.tone}"{lang}{named}>'
            f'<rect x="{self.x}" y="{self.y}" width="{_BOX}" height="{_HEIGHT}" rx="8" class="box"/>'
            f'<text x="{self.x + _BOX / 2}" y="{self.y + _LINE}" text-anchor="middle" font-size="14">{escape(self.text)}</text></a>'
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and the curves between them as one path. `hidden` counts neighbours that found no room."""

    width: int
    height: float
    boxes: tuple[Box, ...]
    edges: str
    heads: tuple[tuple[float, str], ...]
    hidden: int


def drawing(context: Context, node: int) -> Drawing | None:
    """The drawing of a node's neighbours; None for fewer than two things that happened or were concluded."""
    view = context.view
    every = [one for one in around(view, node) if view.kind(one) in {Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE}]
    middle = every[:_MOST]
    if not middle or middle == [node]:
        return None
    links: list[tuple[int, int]] = []
    people: dict[int, None] = {}
    bodies: dict[int, None] = {}
    for one in middle:
        for side, found in ((people, _people(view, one)), (bodies, _bodies(view, one))):
            for other in found:
                if other in side or len(side) < _MOST:
                    side[other] = None
                    links.append((one, other))
    columns = (list(people), middle, list(bodies))
    shift = 0 if people and bodies else -_BOX // 2 - 22 if bodies else _BOX // 2 + 22
    rows = max(map(len, columns))
    height = _TOP + rows * (_HEIGHT + _GAP)
    boxes = {one: _box(context, one, column, number, len(nodes), rows, shift) for column, nodes in enumerate(columns)
             for number, one in enumerate(nodes)}  # fmt: skip
    edges = "".join(dict.fromkeys(_edge(boxes[one], boxes[other]) for one, other in links))
    heads = [context.words[key] for key in ("people", "happenings", "bodies")]
    return Drawing(
        _WIDTH, height, tuple(boxes.values()), edges,
        tuple((x + shift + _BOX / 2, head) for x, head, nodes in zip(_LEFTS, heads, columns, strict=True) if nodes),
        len(every) - len(middle),
    )  # fmt: skip


def _people(view: View, event: int) -> Iterable[int]:
    for part in view.into(event, CD + "event"):
        yield from view.out(part, CD + "participant")
    yield from view.out(event, CD + "dispatchedBy")


def _bodies(view: View, event: int) -> Iterable[int]:
    for predicate in ("visitor", "host", "party"):
        yield from view.out(event, CD + predicate)
    for part in view.into(event, CD + "event"):
        yield from view.out(part, CD + "onBehalfOf")
    yield from view.out(event, CD + "location")


def _box(context: Context, node: int, column: int, number: int, count: int, rows: int, shift: int) -> Box:
    ref = context.ref(node)
    offset = (rows - count) * (_HEIGHT + _GAP) / 2
    return Box(
        _LEFTS[column] + shift,
        _TOP + offset + number * (_HEIGHT + _GAP),
        _short(ref.label.text),
        ref.label.text,
        ref.href,
        ref.tone,
        ref.label.foreign,
    )


@lru_cache(maxsize=4096)
def _short(text: str) -> str:
    width, out = 0.0, ""
    for character in text:
        width += 2 if ord(character) > 0x2E7F else 1.05
        if width > _LETTERS - 1:
            return out + "…"
        out += character
    return out


def _edge(one: Box, other: Box) -> str:
    left, right = (one, other) if one.x < other.x else (other, one)
    x1, x2 = left.x + _BOX, right.x
    y1, y2, middle = left.y + _HEIGHT / 2, right.y + _HEIGHT / 2, (x1 + x2) / 2
    return f"M{x1:g} {y1:g}C{middle:g} {y1:g} {middle:g} {y2:g} {x2:g} {y2:g}"
