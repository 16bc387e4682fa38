"""The page of one node: everything that is stated of it, in the order in which a reader asks."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from operator import attrgetter

from markupsafe import Markup
from msgspec import Struct

from kgtool.pages import jsonld
from kgtool.pages.chronicle import Moment, around, family, history, moments
from kgtool.pages.city import Bond, bonds, city_facts, country
from kgtool.pages.context import Context, Ref
from kgtool.pages.evidence import Evidence
from kgtool.pages.facts import Fact, facts, property_label
from kgtool.pages.inferred import Follows, Inferred
from kgtool.pages.kinds import Kind
from kgtool.pages.lead import lead
from kgtool.pages.maps import Map, locator, place_of
from kgtool.pages.naming import Label
from kgtool.pages.relations import Drawing, drawing
from kgtool.pages.state import State, agreement_state, tie_state
from kgtool.pages.statements import Said, said, statements
from kgtool.pages.view import safe_link
from kgtool.terms import CD, SCHEMA, SKOS

_MOST_MOMENTS, _MOST_PEOPLE, _MOST_TIES, _MOST_SAID, _MOST_MENTIONS = 40, 24, 24, 40, 20


class Person(Struct, frozen=True):
    """A card: who, which offices, in how many events. `key` tells it from every other."""

    key: tuple[int, int]
    ref: Ref
    posts: tuple[Label, ...]
    events: int
    evidence: tuple[Evidence, ...]


class Deed(Struct, frozen=True):
    """An agreement or tie as a card; `key` is its node."""

    key: int
    ref: Ref
    kind: str
    form: Label
    when: str
    state: State
    disputed: bool
    evidence: tuple[Evidence, ...]


class Mention(Struct, frozen=True):
    """Who points here by one property; `more` are not shown."""

    name: Label
    name_path: str
    refs: tuple[Ref, ...]
    more: int


class Entity(Struct, frozen=True):
    """A page's content; empty tuples are sections that do not appear, or appear as gaps where a reader would look.

    Attributes:
        years: the latest entries of the timeline by year; `moments` is the number of all, `moments_left` of those not here.
    """

    node: int
    iri: str
    short: str
    ref: Ref
    kind: Kind
    chip: Label
    country: Ref | None
    types: tuple[Ref, ...]
    names: tuple[tuple[str, str], ...]
    lead: Label
    notes: tuple[Label, ...]
    certainty: Label
    facts: tuple[Fact, ...]
    years: tuple[tuple[str, tuple[Moment, ...]], ...]
    moments: int
    moments_left: int
    people: tuple[Person, ...]
    people_left: int
    deeds: tuple[Deed, ...]
    deeds_left: int
    said: tuple[Said, ...]
    said_left: int
    drawing: Drawing | None
    map: Map | None
    links: tuple[str, ...]
    codes: tuple[str, ...]
    files: tuple[str, ...]
    follows: tuple[Follows, ...]
    mentions: tuple[Mention, ...]
    disputed: bool
    data: Markup


def entity(context: Context, inferred: Inferred, node: int) -> Entity:
    """Everything about a node. Cost: linear in what is shown; a hub of thousands of ties is cut, with the rest counted."""
    view = context.view
    ref, kind = context.ref(node), view.kind(node)
    nodes = around(view, node)
    rows = view.once(("history", node), lambda: history(view, nodes))
    timeline = rows if len(rows) > 1 or kind in {Kind.CITY, Kind.PERSON, Kind.BODY} else []
    people = view.once(("people", node), lambda: _people(context, node, nodes))
    deeds, claims = _deeds(context, node), view.once(("statements", node), lambda: statements(context, node))
    land = country(view, node) if kind in {Kind.CITY, Kind.PLACE} else -1
    certainty = view.first(node, CD + "certainty")
    place = place_of(view, node) if kind in {Kind.CITY, Kind.PLACE} else node
    told = [*(city_facts(context, node) if kind is Kind.CITY else ()), *facts(context, node)]
    return Entity(
        node, view.iri(node), context.namer.short(node), ref, kind, _chip(context, node, kind),
        context.ref(land) if land >= 0 and land != node else None,
        tuple(context.ref(one) for one in view.types(node)), _names(context, node, place), lead(context, node),
        _notes(context, node), context.label(certainty) if certainty >= 0 else Label(""), tuple(told),
        _by_year(moments(context, timeline[-_MOST_MOMENTS:])), len(timeline), max(0, len(timeline) - _MOST_MOMENTS),
        tuple(_card(context, who, count) for who, count in people[:_MOST_PEOPLE]), max(0, len(people) - _MOST_PEOPLE),
        tuple(_deed(context, one) for one in deeds[:_MOST_TIES]), max(0, len(deeds) - _MOST_TIES),
        tuple(said(context, claim, about, node) for claim, about in claims[:_MOST_SAID]), max(0, len(claims) - _MOST_SAID),
        drawing(context, node),
        locator(context, node), _links(context, place), _codes(context, place), view.files(node),
        tuple(inferred.of(context, node)), tuple(_mentions(context, node)),
        bool(kind in {Kind.TIE, Kind.AGREEMENT} and view.disputed(node)), jsonld.markup(context, node),
    )  # fmt: skip


def _chip(context: Context, node: int, kind: Kind) -> Label:
    """The tie with the hub where there is one, else the class."""
    if kind is Kind.CITY and node != context.hub:
        tied: list[Bond] = [bond for bond in bonds(context, node) if bond.partner == context.hub]
        if tied:
            return tied[0].kind
    names = [context.label(one) for one in context.view.types(node) if context.view.has_page(one)]
    return names[0] if names else Label(context.kind_word(kind))


def _names(context: Context, node: int, place: int) -> tuple[tuple[str, str], ...]:
    """Names in every script but the one in the heading; of a government also its place's."""
    heading = context.label(node).text
    found = dict(context.namer.others(node))
    if place != node and place >= 0:
        for text, tag in context.namer.others(place).items():
            found.setdefault(text, tag)
    for name in context.view.into(node, CD + "nameOf"):
        for tag, text in context.namer.texts(name, CD + "asWritten").items():
            found.setdefault(text, tag)
    return tuple((text, tag) for text, tag in found.items() if text != heading)


def _notes(context: Context, node: int) -> tuple[Label, ...]:
    note = context.namer.text(node, SKOS + "editorialNote", context.language)
    return (note,) if note.text else ()


def _by_year(found: list[Moment]) -> tuple[tuple[str, tuple[Moment, ...]], ...]:
    return tuple((year, tuple(entries)) for year, entries in groupby(found, key=attrgetter("year")))


def _people(context: Context, node: int, nodes: tuple[int, ...]) -> list[tuple[int, int]]:
    """(person, number of events): who came for a body or held its posts; of an event, who is named for it."""
    view, kind = context.view, context.view.kind(node)
    found: Counter[int] = Counter()
    if kind in {Kind.CITY, Kind.BODY}:
        own = set(family(view, node))
        parts = [part for event in nodes for part in view.into(event, CD + "event")]
        for part in parts:
            if own.intersection(view.out(part, CD + "onBehalfOf")):
                found.update(view.out(part, CD + "participant"))
        posts = [post for body in own for post in view.into(body, CD + "postIn")]
        tenures = [tenure for post in posts for tenure in view.into(post, CD + "post")]
        found.update(dict.fromkeys((who for one in tenures for who in view.out(one, CD + "holder")), 0))
    elif kind in {Kind.VISIT, Kind.EVENT}:
        named = (who for part in view.into(node, CD + "event") for who in view.out(part, CD + "participant"))
        found.update(dict.fromkeys(named, 0))
    return sorted(found.items(), key=lambda item: (-item[1], view.iri(item[0])))


def _card(context: Context, person: int, count: int) -> Person:
    key = ("card", person, count, context.language)
    return context.view.once(key, lambda: _person(context, person, count))


def _person(context: Context, person: int, count: int) -> Person:
    view = context.view
    tenures = view.into(person, CD + "holder")
    posts = [context.label(view.first(one, CD + "post")) for one in tenures if view.first(one, CD + "post") >= 0]
    evidence = dict.fromkeys(item for tenure in tenures for item in context.evidence(tenure))
    return Person((person, count), context.ref(person), tuple(dict.fromkeys(posts)), count, tuple(evidence))


def _deeds(context: Context, node: int) -> list[int]:
    """Agreements of a government, a tie or an event; ties too on a government's page, agreements first."""
    view, kind = context.view, context.view.kind(node)
    if kind is Kind.CITY:
        return sorted(view.into(node, CD + "party"), key=lambda one: view.kind(one) is Kind.TIE)
    if kind is Kind.TIE:
        return [*view.into(node, CD + "establishes"), *view.into(node, CD + "renews")]
    return list(view.into(node, CD + "signingEvent")) if kind in {Kind.EVENT, Kind.VISIT} else []


def _deed(context: Context, node: int) -> Deed:
    return context.view.once(("deed", node, context.language), lambda: _made(context, node))


def _made(context: Context, node: int) -> Deed:
    view = context.view
    is_tie = view.kind(node) is Kind.TIE
    form = view.first(node, CD + ("kind" if is_tie else "form"))
    told = view.text(node, CD + ("established" if is_tie else "when"))
    return Deed(
        node, context.ref(node), context.kind_word(view.kind(node)), context.label(form) if form >= 0 else Label(""),
        context.when(told).text if told else "",
        tie_state(view, node, context.today) if is_tie else agreement_state(view, node, context.today),
        bool(view.disputed(node)), context.evidence(node),
    )  # fmt: skip


def _links(context: Context, node: int) -> tuple[str, ...]:
    view = context.view
    if node < 0:
        return ()
    same = [
        view.iri(value)
        for p in (SCHEMA + "sameAs", SKOS + "exactMatch", SKOS + "closeMatch")
        for value in view.out(node, p)
    ]
    return tuple(iri for iri in same if safe_link(iri))


def _codes(context: Context, node: int) -> tuple[str, ...]:
    literals = (
        (context.view.literal(value) for value in context.view.out(node, SCHEMA + "identifier")) if node >= 0 else ()
    )
    return tuple(literal.value for literal in literals if literal is not None)


def _mentions(context: Context, node: int) -> list[Mention]:
    view = context.view
    rows = []
    for predicate, subjects in view.mentions(node):
        shown = view.paged(subjects)
        if shown:
            rows.append(Mention(
                property_label(context, view.iri(predicate)), view.path(predicate) if view.has_page(predicate) else "",
                tuple(context.ref(one) for one in shown[:_MOST_MENTIONS]), max(0, len(shown) - _MOST_MENTIONS),
            ))  # fmt: skip
    return rows
