"""The first page: what the graph holds, the map of partners, the period, what is coming up and overdue."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter

from msgspec import Struct, structs

from kgtool.pages import geo
from kgtool.pages.chronicle import Moment, around, dated, history, moments
from kgtool.pages.city import Bond, bonds, country
from kgtool.pages.context import Context, Ref
from kgtool.pages.kinds import Kind
from kgtool.pages.maps import Map, Spot, coordinates, world
from kgtool.pages.naming import Label
from kgtool.pages.state import State
from kgtool.pages.strip import Strip, strip
from kgtool.terms import CD, KIND

_LINES = {State.IN_FORCE: "solid", State.POSSIBLY: "dash", State.NOT_CONCLUDED: "dots", State.LAPSED: "lapsed"}
_AHEAD = 365  # days that "coming up" looks ahead
_MOST_ROWS, _MOST_STRIP, _MOST_MAPPED, _MOST_KINDS = 200, 60, 150, 6
_OPEN_FORCES = ("wish", "plan", "commitment")


class Partner(Struct, frozen=True):
    """One row of the table beside the map."""

    ref: Ref
    country: Ref | None
    bond: Bond
    records: int
    distance: str
    kilometres: float


class Due(Struct, frozen=True):
    """Something that is coming up or overdue."""

    ref: Ref
    what: str
    when: str
    day: str
    by: Ref | None


class Overview(Struct, frozen=True):
    """The page's content. `counts` are (kind, number) of every kind with members.

    Attributes:
        states: (state, style of its line) of the ties that the map shows. kinds: (colour, kinds of tie drawn in it).
    """

    hub: Ref | None
    counts: tuple[tuple[Kind, int], ...]
    headline: tuple[tuple[Kind, int], ...]
    partners: tuple[Partner, ...]
    partners_left: int
    unmapped: int
    map: Map | None
    states: tuple[tuple[State, str], ...]
    kinds: tuple[tuple[str, tuple[Label, ...]], ...]
    disputed: bool
    period: tuple[str, str]
    strip: Strip | None
    entries: tuple[Moment, ...]
    coming: tuple[Due, ...]
    overdue: tuple[Due, ...]


def overview(context: Context) -> Overview:
    """Made once a language and kept: it is the same for everybody."""
    view = context.view
    counts = tuple((kind, len(nodes)) for kind, nodes in view.members.items() if nodes)
    headline = tuple(
        (kind, count)
        for kind, count in counts
        if kind in {Kind.TIE, Kind.VISIT, Kind.AGREEMENT, Kind.EVENT, Kind.PERSON}
    )
    tied = bonds(context, context.hub) if context.hub >= 0 else []
    partners = [_partner(context, bond) for bond in tied]
    drawn = _map(context, partners) if partners else None
    nodes = [n for kind in (Kind.VISIT, Kind.EVENT, Kind.AGREEMENT) for n in view.members[kind]]
    first, last = _period(context, nodes)
    rows = [row for row in history(view, nodes) if first <= row[0][0] and row[0][1] <= last] if first else []
    within = moments(context, rows[-_MOST_STRIP:])
    coming, overdue = _due(context)
    drawn_ones = [one for one in partners if coordinates(view, one.bond.partner) is not None]
    mapped, states = len(drawn_ones), {one.bond.state for one in drawn_ones}
    return Overview(
        context.hub_ref, counts, headline, tuple(partners[:_MOST_ROWS]), max(0, len(partners) - _MOST_ROWS),
        len(partners) - mapped, drawn, tuple((state, _LINES[state]) for state in sorted(states, reverse=True)),
        _kinds(context, drawn_ones), any(one.bond.disputed for one in drawn_ones), (first, last),
        strip(context, within, first, last) if within else None, tuple(within), coming, overdue,
    )  # fmt: skip


def _kinds(context: Context, partners: list[Partner]) -> tuple[tuple[str, tuple[Label, ...]], ...]:
    """The most frequent kinds of each colour."""
    counts = Counter((_tone(one.bond), one.bond.kind) for one in partners if one.bond.kind_path)
    found: dict[str, list[Label]] = {}
    for (colour, name), _ in counts.most_common():
        found.setdefault(colour, []).append(name)
    for one in partners:
        if not one.bond.kind_path:
            untold = found.setdefault(_tone(one.bond), [])[: _MOST_KINDS - 1]
            found[_tone(one.bond)] = [*untold, Label(context.words["kind_untold"])]
            break
    return tuple((colour, tuple(names[:_MOST_KINDS])) for colour, names in sorted(found.items()))


def _tone(bond: Bond) -> str:
    return "k-city" if bond.kind_path.endswith("sister-city") else "k-event"


def _partner(context: Context, bond: Bond) -> Partner:
    view = context.view
    land = country(view, bond.partner)
    here, home = coordinates(view, bond.partner), coordinates(view, context.hub)
    kilometres = geo.distance(here, home) if here and home else 0.0
    records = sum(view.kind(one) in {Kind.VISIT, Kind.EVENT, Kind.AGREEMENT} for one in around(view, bond.partner))
    return Partner(
        context.ref(bond.partner), context.ref(land) if land >= 0 else None, bond, records,
        context.number(round(kilometres, -1)) if kilometres else "", kilometres,
    )  # fmt: skip


def _map(context: Context, partners: list[Partner]) -> Map | None:
    view = context.view
    home = coordinates(view, context.hub)
    if home is None:
        return None
    hub = context.label(context.hub)
    spots = [Spot(*geo.project(*home), hub.text, view.path(context.hub), "k-hub", "solid", "", lang=hub.foreign)]
    seen: set[int] = set()
    for one in partners:
        here = coordinates(view, one.bond.partner)
        if here is None or one.bond.partner in seen or len(seen) >= _MOST_MAPPED:
            continue
        seen.add(one.bond.partner)
        spots.append(structs.replace(
            Spot(*geo.project(*here), one.ref.label.text, one.ref.path, _tone(one.bond), _LINES[one.bond.state],
                 geo.path(geo.great_circle(home, here))), disputed=one.bond.disputed, lang=one.ref.label.foreign,
        ))  # fmt: skip
    return world(spots) if len(spots) > 1 else None


def _period(context: Context, nodes: list[int]) -> tuple[str, str]:
    """First and last day of the densest twelve months of dated happenings; empty where nothing is dated."""
    days = sorted((row[0][0], row[0][1]) for node in nodes for row in dated(context.view, node)
                  if not row[3] and "0001" < row[0][0] < "9999" and row[0][1] < "9999")  # fmt: skip
    if not days:
        return "", ""
    best, where = 0, 0
    for number, (begin, _) in enumerate(days):
        until = _later(begin, 365)
        count = sum(1 for one in days[number:] if one[1] <= until)
        if count > best:
            best, where = count, number
    begin = days[where][0]
    until = _later(begin, 365)
    last = max((one[1] for one in days[where:] if one[1] <= until), default=begin)
    return begin[:8] + "01", last


def _later(day: str, days: int) -> str:
    return (datetime.date.fromisoformat(day) + datetime.timedelta(days=days)).isoformat()


def _due(context: Context) -> tuple[tuple[Due, ...], tuple[Due, ...]]:
    """Ends, events and promises of the coming year; promises whose day is past and nothing on record fulfils."""
    view, today = context.view, context.today
    until = _later(today, _AHEAD)
    coming, late = [], []
    for kind in (Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE):
        for node in view.members[kind]:
            for name, low, key in (("when", "earliest", "takes_place"), ("validUntil", "endEarliest", "ends")):
                day = view.text(node, CD + low)
                if today <= day <= until and view.text(node, CD + name):
                    coming.append(_one(context, node, key, view.text(node, CD + name), day))
    forces = {view.code(KIND + force) for force in _OPEN_FORCES} - {-1}
    for node in view.members[Kind.CLAIM]:
        day = view.text(node, CD + "dueLatest")
        if not day or not forces.intersection(view.out(node, CD + "force")) or view.out(node, CD + "fulfilledBy"):
            continue
        row = _one(context, node, "promised", view.text(node, CD + "due"), day)
        if day < today:
            late.append(row)
        elif day <= until:
            coming.append(row)
    return tuple(sorted(coming, key=lambda due: (due.day, due.ref.path))), tuple(
        sorted(late, key=lambda due: (due.day, due.ref.path))
    )


def _one(context: Context, node: int, key: str, value: str, day: str) -> Due:
    view = context.view
    by = view.first(node, CD + "promiser")
    by = by if by >= 0 else view.first(node, CD + "attributedTo")
    summary = context.namer.text(node, CD + "summary", context.language)
    ref = context.ref(node)
    ref = dataclasses.replace(ref, label=summary if summary.text else ref.label)
    return Due(ref, context.words[key], context.when(value).text, day, context.ref(by) if by >= 0 else None)
