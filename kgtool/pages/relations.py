"""A node's relations as a drawing of three columns: people, what happened, cities and bodies; every box a link."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from markupsafe import Markup, escape
from msgspec import Struct

from kgtool.pages.chronicle import around
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.view import View
from kgtool.terms import CD

_MOST = 9
_WIDTH, _BOX, _HEIGHT, _GAP, _TOP = 684, 196, 38, 16, 34
_LINE = 24.5  # where the letters of a box stand below its top
_LEFTS = (4, 244, 484)
_MIDDLE = frozenset({Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE})
Corner = tuple[float, float]  # top left, in the drawing's units
End = tuple[float, str, str, str]  # of a box: its left side as number and text, its right side, half its height down
_LETTERS = 26.0  # half-width letters that fit in a box


class Drawing(Struct, frozen=True):
    """Boxes as SVG, a line each, and the curves between them as one path. `hidden` counts neighbours that found no room."""

    width: int
    height: float
    boxes: Markup
    edges: str
    heads: tuple[tuple[float, str], ...]
    hidden: int


def drawing(context: Context, node: int) -> Drawing | None:
    """The drawing of a node's neighbours; None for fewer than two things that happened or were concluded."""
    view = context.view
    every = [one for one in around(view, node) if view.kind(one) in _MIDDLE]
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
    step = _HEIGHT + _GAP
    height = _TOP + rows * step
    corners = {
        one: (left + shift, _TOP + (rows - len(nodes)) * step / 2 + number * step)
        for left, nodes in zip(_LEFTS, columns, strict=True) for number, one in enumerate(nodes)
    }  # fmt: skip
    boxes = Markup("\n").join([Markup(_box(context, one, *corner)) for one, corner in corners.items()])  # noqa: S704
    ends = {one: _end(corner) for one, corner in corners.items()}
    edges = "".join(dict.fromkeys([_edge(ends[one], ends[other]) for one, other in dict.fromkeys(links)]))
    heads = [context.words[key] for key in ("people", "happenings", "bodies")]
    return Drawing(
        _WIDTH, height, boxes, edges,
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


def _box(context: Context, node: int, x: float, y: float) -> str:
    """One box, a link, as SVG: the text that fits, the whole text for those who cannot see it cut."""
    ref = context.ref(node)
    label = ref.label
    text = _short(label.text)
    lang = f' lang="{escape(label.foreign)}"' if label.foreign else ""
    named = f' aria-label="{escape(label.text)}"' if text != label.text else ""
    return (
        f'<a href="{escape(ref.href)}" class="{ref.tone}"{lang}{named}>'
        f'<rect x="{x}" y="{y}" width="{_BOX}" height="{_HEIGHT}" rx="8" class="box"/>'
        f'<text x="{x + _BOX / 2}" y="{y + _LINE}" text-anchor="middle" font-size="14">{escape(text)}</text></a>'
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


def _end(corner: Corner) -> End:
    x, y = corner
    return x, f"{x:g}", f"{x + _BOX:g}", f"{y + _HEIGHT / 2:g}"


def _edge(one: End, other: End) -> str:
    (x1, _, begin, y1), (x2, end, _, y2) = (one, other) if one[0] < other[0] else (other, one)
    middle = f"{(x1 + _BOX + x2) / 2:g}"
    return f"M{begin} {y1}C{middle} {y1} {middle} {y2} {end} {y2}"
