"""What happened around a node, in the order of time: events, agreements, ties, ends, offices, reports and positions."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator

from msgspec import Struct

from kgtool.pages.context import Context, Ref
from kgtool.pages.evidence import Evidence
from kgtool.pages.kinds import Kind, tone
from kgtool.pages.naming import Label
from kgtool.pages.view import View
from kgtool.pages.when import When
from kgtool.terms import CD

# The property that dates a node of a kind, with its bounds; the first that is stated counts.
_DATES = {
    Kind.TIE: (("established", "establishedEarliest", "establishedLatest"),),
    Kind.TENURE: (("started", "startEarliest", "startLatest"), ("attested", "attestedEarliest", "attestedLatest")),
}
_WHEN = (("when", "earliest", "latest"),)
_ENDS = (("validUntil", "endEarliest", "endLatest"), ("ended", "endEarliest", "endLatest"))
_MOST_PEOPLE = 12
_OPEN = "9999"
Dated = tuple[tuple[str, str, str], int, str, bool]  # sort key, node, EDTF, whether it is the end


class Part(Struct, frozen=True):
    """Somebody's part in an event: who (linked), as what, for whom."""

    who: Ref | None
    group: Label
    role: Label
    role_path: str


class Moment(Struct, frozen=True):
    """One dated entry; `node` is its page's. `key` tells it from every other, for what is made of it once."""

    node: int
    ref: Ref
    chip: Label
    tone: str
    when: When
    sort: tuple[str, str, str]
    parts: tuple[Part, ...]
    more: int
    notes: tuple[Label, ...]
    evidence: tuple[Evidence, ...]
    disputed: bool

    @property
    def key(self) -> tuple[int, str]:
        return self.node, self.tone

    @property
    def year(self) -> str:
        """Of its earliest day, of its latest where that is not told."""
        return (self.sort[0] if self.sort[0] != _OPEN else self.sort[1])[:4]


def around(view: View, node: int) -> tuple[int, ...]:
    """Nodes with a date that belong to a node's history, each once."""
    return view.once(("around", node), lambda: _around(view, node))


def _around(view: View, node: int) -> tuple[int, ...]:
    kind = view.kind(node)
    makers = {Kind.CITY: _body, Kind.BODY: _body, Kind.PERSON: _person, Kind.TIE: _tie, Kind.AGREEMENT: _agreement,
              Kind.PLACE: _place, Kind.POST: _post, Kind.EVENT: _event, Kind.VISIT: _event}  # fmt: skip
    maker = makers.get(kind)
    return tuple(dict.fromkeys(maker(view, node))) if maker else ()


def family(view: View, node: int) -> tuple[int, ...]:
    """A body and its organs, at any depth."""
    return view.once(("family", node), lambda: _family(view, node))


def _family(view: View, node: int) -> tuple[int, ...]:
    found, todo = {node: None}, [node]
    while todo:
        for organ in view.into(todo.pop(), CD + "organOf"):
            if organ not in found:
                found[organ] = None
                todo.append(organ)
    return tuple(found)


def events_of(view: View, node: int) -> Iterator[int]:
    """Events that a body or its organs visited, hosted, or took part in."""
    for one in family(view, node):
        yield from view.into(one, CD + "visitor")
        yield from view.into(one, CD + "host")
        for part in view.into(one, CD + "onBehalfOf"):
            yield from view.out(part, CD + "event")


def _body(view: View, node: int) -> Iterator[int]:
    yield from events_of(view, node)
    for tied in view.into(node, CD + "party"):
        yield tied
        yield from _said(view, tied)
    yield from _said(view, node)


def _person(view: View, node: int) -> Iterator[int]:
    for part in view.into(node, CD + "participant"):
        yield from view.out(part, CD + "event")
    yield from view.into(node, CD + "holder")
    for predicate in ("dispatchedBy", "speaker", "promiser"):
        yield from view.into(node, CD + predicate)
    yield from _said(view, node)


def _tie(view: View, node: int) -> Iterator[int]:
    yield node
    for predicate in ("establishes", "renews"):
        for agreement in view.into(node, CD + predicate):
            yield from _agreement(view, agreement)
    yield from _said(view, node)


def _agreement(view: View, node: int) -> Iterator[int]:
    yield node
    for predicate in ("signingEvent", "supersedes", "establishes", "renews"):
        yield from view.out(node, CD + predicate)
    yield from view.into(node, CD + "supersedes")
    yield from _said(view, node)


def _place(view: View, node: int) -> Iterator[int]:
    yield from view.into(node, CD + "location")
    yield from _said(view, node)


def _post(view: View, node: int) -> Iterator[int]:
    yield from view.into(node, CD + "post")


def _event(view: View, node: int) -> Iterator[int]:
    yield node
    for predicate in ("partOf", "possiblyPartOf"):
        yield from view.out(node, CD + predicate)
        yield from view.into(node, CD + predicate)
    yield from view.into(node, CD + "editionOf")
    yield from view.into(node, CD + "signingEvent")
    yield from _said(view, node)


def _said(view: View, node: int) -> Iterator[int]:
    """Reports, positions and statements about a node that bear a date."""
    yield from (claim for claim in view.into(node, CD + "about") if view.first(claim, CD + "when") >= 0)


def history(view: View, nodes: Iterable[int]) -> list[Dated]:
    """What is dated of nodes, in order of time; undated ones are left out."""
    return sorted(row for node in nodes for row in dated(view, node))


def moments(context: Context, rows: Iterable[Dated]) -> list[Moment]:
    """Rows of a history as entries."""
    return [_moment(context, *row) for row in rows]


def dated(view: View, node: int) -> tuple[Dated, ...]:
    """(sort key, node, EDTF, whether it is the end) of a node's beginning, and of its end where it has one."""
    return view.once(("dated", node), lambda: _dated(view, node))


def _dated(view: View, node: int) -> tuple[Dated, ...]:
    rows = []
    kind = view.kind(node)
    for properties, end in ((_DATES.get(kind, _WHEN), False), (_ENDS, True)):
        for name, low, high in properties:
            value = view.text(node, CD + name)
            if value:
                sort = (_day(view, node, low), _day(view, node, high), view.iri(node))
                rows.append((sort, node, value, end))
                break
    return tuple(rows)


def _day(view: View, node: int, bound: str) -> str:
    """A bound as `YYYY-MM-DD`; `9999` where there is none or it names no day."""
    value = view.text(node, CD + bound)
    try:
        return datetime.date.fromisoformat(value).isoformat()
    except ValueError:
        return _OPEN


def _moment(context: Context, sort: tuple[str, str, str], node: int, value: str, end: bool) -> Moment:
    key = ("moment", node, end, context.language)
    return context.view.once(key, lambda: _made(context, sort, node, value, end=end))


def _made(context: Context, sort: tuple[str, str, str], node: int, value: str, *, end: bool) -> Moment:
    view = context.view
    kind = view.kind(node)
    parts = [] if end else list(parts_of(context, node))
    notes = []
    count = view.text(node, CD + "headcount")
    if count and not end:
        notes.append(context.say("headcount", count=count))
    place = view.first(node, CD + "location")
    if place >= 0 and not end:
        notes.append(context.say("located", place=context.label(place)))
    chip = Label(context.words["end"]) if end else _chip(context, node, kind)
    return Moment(
        node, context.ref(node), chip, "k-end" if end else tone(kind), context.when(value, year=False), sort,
        tuple(parts[:_MOST_PEOPLE]), max(0, len(parts) - _MOST_PEOPLE), tuple(notes), context.evidence(node),
        bool(kind in {Kind.TIE, Kind.AGREEMENT} and view.disputed(node)),
    )  # fmt: skip


def _chip(context: Context, node: int, kind: Kind) -> Label:
    if kind is Kind.CLAIM:
        for name in ("status", "stance"):
            said = context.view.first(node, CD + name)
            if said >= 0:
                return context.label(said)
    return Label(context.kind_word(kind))


def parts_of(context: Context, event: int) -> Iterator[Part]:
    """Who took part in an event; a body alone where no person is named for it."""
    view = context.view
    for part in view.into(event, CD + "event"):
        person = view.first(part, CD + "participant")
        body = view.first(part, CD + "onBehalfOf")
        capacity = (
            view.first(view.first(part, CD + "inCapacity"), CD + "post")
            if view.first(part, CD + "inCapacity") >= 0
            else -1
        )
        role = capacity if capacity >= 0 else view.first(part, CD + "role")
        who = person if person >= 0 else body
        group = context.namer.text(part, CD + "participantGroup", context.language)
        if who < 0 and not group.text:
            continue
        yield Part(
            context.ref(who) if who >= 0 else None, group, context.label(role) if role >= 0 else Label(""),
            view.path(part),
        )  # fmt: skip
