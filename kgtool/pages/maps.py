"""Maps as geometry: points, great circles, where labels fit, and an inset where points crowd."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import product

from msgspec import Struct
from msgspec.structs import replace

from kgtool.pages import geo
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label
from kgtool.pages.view import View
from kgtool.terms import CD, SCHEMA

Frame = tuple[float, float, float, float]  # x, y, width, height; or left, top, right, bottom
_VIEW = (30.0, 18.0, 940.0, 420.0)  # what of the frame the world map shows: x, y, width, height
_INSET = (204.0, 172.0)
_SCALE = 2.5
_HUB = 4  # points that the hub counts for in the choice of what is magnified: lines that begin in sight are calmer
_SLOTS = ((8.0, 4.5, "start"), (-8.0, 4.5, "end"), (0.0, -8.0, "middle"), (0.0, 16.5, "middle"),
          (6.0, -5.0, "start"), (6.0, 14.0, "start"), (-6.0, -5.0, "end"), (-6.0, 14.0, "end"))  # fmt: skip


class Spot(Struct, frozen=True):
    """A point with its label's place; `anchor` is empty where no label fits (the table beside the map has it)."""

    x: float
    y: float
    text: str
    path: str
    tone: str
    line: str  # solid, dash, dots: how sure the tie is
    arc: str
    size: float = 13.0
    dx: float = 0.0
    dy: float = 0.0
    anchor: str = ""
    disputed: bool = False
    lang: str = ""  # of its text where that is not the page's

    @property
    def radius(self) -> float:
        return 5.5 if self.tone == "k-hub" else 3.6


class Inset(Struct, frozen=True):
    """A magnified part: its frame on the map, its own rectangle, and the spots inside it in the map's units."""

    frame: Frame
    box: Frame
    scale: float
    spots: tuple[Spot, ...]

    @property
    def shift(self) -> tuple[float, float]:
        """Where the map's origin lies after scaling."""
        return self.box[0] - self.frame[0] * self.scale, self.box[1] - self.frame[1] * self.scale


class Map(Struct, frozen=True):
    """A drawn map; `view` is the SVG's viewBox."""

    view: Frame
    spots: tuple[Spot, ...]
    inset: Inset | None = None
    distance: float = 0.0
    unit: float = 1.0  # size of one pixel-like step, for strokes and letters


def place_of(view: View, node: int) -> int:
    """The place that a node stands for, is at, or is; -1 for none."""
    if view.kind(node) is Kind.PLACE:
        return node
    for predicate in (CD + "territory", CD + "location", CD + "seat"):
        found = view.first(node, predicate)
        if found >= 0:
            return found
    return -1


def coordinates(view: View, node: int) -> geo.Point | None:
    """(longitude, latitude) of a node's place; None where it is not stated or lies off the globe."""
    place = place_of(view, node)
    if place < 0:
        return None
    longitude, latitude = view.number(place, SCHEMA + "longitude"), view.number(place, SCHEMA + "latitude")
    if longitude is None or latitude is None or abs(longitude) > 180 or abs(latitude) > 90:
        return None
    return longitude, latitude


def locator(context: Context, node: int) -> Map | None:
    """The small map of a node beside the hub; None where either has no coordinates or they are one."""
    view = context.view
    here = coordinates(view, node)
    if here is None:
        return None
    home = coordinates(view, context.hub) if context.hub >= 0 else None
    far = home is not None and geo.distance(here, home) > 1
    lines = geo.great_circle(home, here) if far and home else []
    points = [point for line in lines for point in line] or [geo.project(*here)]
    unit, frame = _fit(points)
    own, hub = context.label(node), context.label(context.hub) if context.hub >= 0 else Label("")
    spots = [Spot(*geo.project(*here), own.text, "", "k-city", "solid", geo.path(lines), lang=own.foreign)]
    if far and home:
        spots.append(Spot(*geo.project(*home), hub.text, "", "k-hub", "solid", "", lang=hub.foreign))
    spots = [
        replace(spot, dx=0.0, dy=(-2.2 if spot.y <= spots[-1].y else 3.4) * 4 * unit, anchor="middle") for spot in spots
    ]
    return Map(
        frame,
        tuple(_inside(spot, frame, unit) for spot in spots),
        None,
        geo.distance(here, home) if far and home else 0.0,
        unit,
    )


def _inside(spot: Spot, frame: Frame, unit: float) -> Spot:
    """Letters that would leave the frame start at or end before its edge."""
    half = _width(spot.text, 11 * unit) / 2
    if spot.x - half < frame[0]:
        return replace(spot, anchor="start", dx=max(frame[0] + 2 * unit - spot.x, -half))
    if spot.x + half > frame[0] + frame[2]:
        return replace(spot, anchor="end", dx=min(frame[0] + frame[2] - 2 * unit - spot.x, half))
    return spot


def _fit(points: Sequence[geo.Point]) -> tuple[float, Frame]:
    """A unit and a frame of 4:3 around points, with room for labels."""
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    width = max(max(xs) - min(xs), (max(ys) - min(ys)) * 4 / 3, 55.0) * 1.45
    width = min(width, 1000.0)
    height = width * 0.75
    x, y = (min(xs) + max(xs)) / 2 - width / 2, (min(ys) + max(ys)) / 2 - height / 2
    return width / 280, (round(x, 1), round(y, 1), round(width, 1), round(height, 1))


def world(spots: Iterable[Spot]) -> Map:
    """The world map: labels where they fit, nearest the hub last; an inset over the fullest spot when three or more lack room."""
    ordered = sorted(spots, key=lambda spot: (spot.tone != "k-hub", spot.y, spot.x, spot.text))
    placed = _label(ordered, _VIEW, 1.0)
    inset = _inset(placed)
    if inset:
        within = {(spot.x, spot.y, spot.text) for spot in inset.spots if spot.tone != "k-hub"}
        x, y, width, height = inset.box
        kept = [replace(s, anchor="") if (s.x, s.y, s.text) in within else s for s in placed]
        blocked = ((x, y, x + width, y + height), _corners(inset.frame))
        placed = _label(kept, _VIEW, 1.0, blocked, frozenset(within))
    return Map(_VIEW, tuple(placed), inset)


def _corners(frame: Frame) -> Frame:
    return frame[0], frame[1], frame[0] + frame[2], frame[1] + frame[3]


def _label(
    spots: Sequence[Spot], frame: Frame, scale: float,
    blocked: Sequence[Frame] = (), silent: frozenset[tuple[float, float, str]] = frozenset(),
) -> list[Spot]:  # fmt: skip
    """Greedy: the first of four places around a point that overlaps no label, no point and no blocked rectangle."""
    taken = list(blocked)
    dots = [(spot.x, spot.y) for spot in spots]
    right, bottom = frame[0] + frame[2], frame[1] + frame[3]
    done = []
    for spot in spots:
        chosen = replace(spot, anchor="")
        size = (16 if spot.tone == "k-hub" else spot.size) / scale
        for dx, dy, anchor in () if (spot.x, spot.y, spot.text) in silent else _SLOTS:
            box = _box(spot, dx / scale, dy / scale, anchor, size)
            clear = box[0] >= frame[0] and box[1] >= frame[1] and box[2] <= right and box[3] <= bottom
            if clear and not any(_overlap(box, other) for other in taken) and not _covers(box, dots, spot):
                taken.append(box)
                chosen = replace(spot, dx=dx / scale, dy=dy / scale, anchor=anchor)
                break
        done.append(chosen)
    return done


def _box(spot: Spot, dx: float, dy: float, anchor: str, size: float) -> Frame:
    width = _width(spot.text, size)
    left = spot.x + dx - {"start": 0.0, "end": width, "middle": width / 2}[anchor]
    return left, spot.y + dy - size, left + width, spot.y + dy + size * 0.25


@lru_cache(maxsize=4096)
def _width(text: str, size: float) -> float:
    return sum(size if ord(character) > 0x2E7F else size * 0.58 for character in text)


def _overlap(one: Frame, other: Frame) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def _covers(box: Frame, dots: Sequence[geo.Point], own: Spot) -> bool:
    return any(box[0] < x < box[2] and box[1] < y < box[3] for x, y in dots if (x, y) != (own.x, own.y))


def _inset(spots: Sequence[Spot]) -> Inset | None:
    """The window that holds most unlabelled points, magnified into the emptiest corner; None for fewer than three."""
    lost = [spot for spot in spots if not spot.anchor and spot.tone != "k-hub"]
    width, height = _INSET[0] / _SCALE, _INSET[1] / _SCALE
    best: tuple[int, Frame] | None = None
    for one in lost:
        for dx, dy in product((0.08, 0.3, 0.5, 0.7, 0.92), repeat=2):
            frame = (one.x - width * dx, one.y - height * dy, width, height)
            count = 2 * sum(_in(spot, frame) for spot in lost)
            count += sum(_HUB if spot.tone == "k-hub" else 1 for spot in spots if _in(spot, frame))
            if best is None or count > best[0]:
                best = count, frame
    if best is None or sum(_in(spot, best[1]) for spot in lost) < 3:
        return None
    window: Frame = (round(best[1][0], 1), round(best[1][1], 1), best[1][2], best[1][3])
    box = _corner(spots, window)
    inside = [spot for spot in spots if _in(spot, window)]
    return Inset(window, box, _SCALE, tuple(_label(inside, window, _SCALE)))


def _in(spot: Spot, frame: Frame) -> bool:
    return frame[0] + 3 < spot.x < frame[0] + frame[2] - 3 and frame[1] + 3 < spot.y < frame[1] + frame[3] - 3


def _corner(spots: Sequence[Spot], frame: Frame) -> Frame:
    """Of a grid of places for the inset, the one that covers fewest points, then the one nearest what it magnifies."""

    def cost(box: Frame) -> tuple[int, float]:
        covered = sum(box[0] - 8 < s.x < box[0] + box[2] + 8 and box[1] - 8 < s.y < box[1] + box[3] + 8 for s in spots)
        apart = abs(box[0] + box[2] / 2 - frame[0] - frame[2] / 2) + abs(box[1] + box[3] / 2 - frame[1] - frame[3] / 2)
        return covered + 20 * _overlap(_corners(box), _corners(frame)), apart

    places = [
        (x, y, *_INSET) for x in range(50, int(_VIEW[0] + _VIEW[2] - _INSET[0]) - 10, 40)
        for y in (40.0, 140.0, 222.0)
    ]  # fmt: skip
    return min(places, key=cost)
