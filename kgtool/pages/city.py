"""What only a government's page has: its country, its relation with the hub, its offices, and its one sentence."""

from __future__ import annotations

from msgspec import Struct

from kgtool.pages.chronicle import events_of, family
from kgtool.pages.context import Context, Ref
from kgtool.pages.facts import Fact, Value
from kgtool.pages.kinds import Kind
from kgtool.pages.maps import place_of
from kgtool.pages.naming import Label
from kgtool.pages.state import State, tie_state
from kgtool.pages.view import View
from kgtool.terms import CD, SCHEMA

_MOST_TIES, _MOST_HOLDERS = 30, 8


class Bond(Struct, frozen=True):
    """A tie with one partner: its kind, computed state on the day, when it began, and whether it is disputed."""

    ref: Ref
    partner: int
    kind: Label
    kind_path: str
    state: State
    since: str
    since_text: Label
    disputed: bool


def bonds(context: Context, city: int) -> tuple[Bond, ...]:
    """Ties of a government, one a partner, best state first."""
    return context.view.once(("bonds", city, context.language), lambda: _bonds(context, city))


def _bonds(context: Context, city: int) -> tuple[Bond, ...]:
    view = context.view
    found = []
    for tie in view.into(city, CD + "party"):
        if view.kind(tie) is not Kind.TIE:
            continue
        state = tie_state(view, tie, context.today)
        concept = view.first(tie, CD + "kind")
        name = context.label(concept) if concept >= 0 else Label(context.kind_word(Kind.TIE))
        path = view.path(concept) if concept >= 0 and view.has_page(concept) else ""
        since, shown = began(context, tie)
        disputed = bool(view.disputed(tie))
        found += [
            Bond(context.ref(tie), partner, name, path, state, since, shown, disputed)
            for partner in view.out(tie, CD + "party") if partner != city
        ]  # fmt: skip
    return tuple(sorted(found, key=lambda bond: (-bond.state, bond.since or "9999", bond.ref.label.text)))


def began(context: Context, tie: int) -> tuple[str, Label]:
    """The earliest day and the words of a tie's beginning: its own date, else that of the instrument that establishes it."""
    view = context.view
    for node, name, bound in ((tie, "established", "establishedEarliest"),
                              *((one, "when", "earliest") for one in view.into(tie, CD + "establishes"))):  # fmt: skip
        value = view.text(node, CD + name)
        if value:
            return view.text(node, CD + bound) or value, Label(context.when(value).text)
    return "", Label("")


def country(view: View, node: int) -> int:
    """The country that a node's place lies in, -1 for none."""
    place, seen = place_of(view, node), set()
    wanted = view.code(SCHEMA + "Country")
    while place >= 0 and place not in seen:
        if wanted in view.types(place):
            return place
        seen.add(place)
        place = view.first(place, SCHEMA + "containedInPlace")
    return -1


def city_facts(context: Context, city: int) -> list[Fact]:
    """Country, relation with the hub, when it began, who held which office."""
    view, words = context.view, context.words
    rows = []
    land = country(view, city)
    place = place_of(view, city)
    if land >= 0:
        ref = context.ref(land)
        rows.append(Fact(Label(words["country"]), "", (Value(ref.label, ref.path),),
                         context.evidence(place, SCHEMA + "containedInPlace")))  # fmt: skip
    else:
        rows.append(Fact(Label(words["country"]), "", (), (), gap=True))
    rows += _hub_facts(context, city)
    holders = _holders(context, city)
    rows += holders or [Fact(Label(words["office_holders"]), "", (), (), gap=True)]
    return rows


def _hub_facts(context: Context, city: int) -> list[Fact]:
    view, words = context.view, context.words
    if city == context.hub or context.hub < 0:
        return []
    rows = []
    for bond in bonds(context, city):
        if bond.partner != context.hub:
            continue
        tie = view.at(bond.ref.path)
        note = words[bond.state.key]
        name = context.say("relation_with", hub=context.label(context.hub))
        rows.append(
            Fact(name, "", (Value(bond.kind, bond.ref.path, note=note, disputed=bond.disputed),), context.evidence(tie))
        )
        began_at = Label(words["began"])
        if bond.since_text.text:
            dated = next((one for one in (tie, *view.into(tie, CD + "establishes"))
                          if view.text(one, CD + "established") or view.text(one, CD + "when")), tie)  # fmt: skip
            rows.append(Fact(began_at, "", (Value(bond.since_text, view.path(dated)),), context.evidence(dated)))
        else:
            rows.append(Fact(began_at, "", (), (), gap=True))
    return rows or [Fact(context.say("relation_with", hub=context.label(context.hub)), "", (), (), gap=True)]


def _holders(context: Context, city: int) -> list[Fact]:
    """Offices of the government itself and who is on record as holding them, latest first."""
    view = context.view
    rows = []
    for post in view.into(city, CD + "postIn"):
        tenures = view.into(post, CD + "post")
        values, evidence = [], []
        for tenure in tenures:
            holder = view.first(tenure, CD + "holder")
            told = view.text(tenure, CD + "attested") or view.text(tenure, CD + "started")
            if holder >= 0:
                ref = context.ref(holder)
                values.append(Value(ref.label, ref.path, note=context.when(told).text if told else ""))
                evidence += [one for one in context.evidence(tenure) if one not in evidence]
        if values:
            rows.append(Fact(context.label(post), view.path(post), tuple(values), tuple(evidence)))
    return rows[:_MOST_HOLDERS]


def counts(context: Context, city: int) -> dict[str, int]:
    """How many visits, other events, agreements and people the graph has for a government."""
    return context.view.once(("counts", city), lambda: _counts(context.view, city))


def _counts(view: View, city: int) -> dict[str, int]:
    own = set(family(view, city))
    events = list(dict.fromkeys(events_of(view, city)))
    visits = [one for one in events if view.kind(one) is Kind.VISIT]
    people = {
        person for event in events for part in view.into(event, CD + "event")
        if own.intersection(view.out(part, CD + "onBehalfOf"))
        for person in view.out(part, CD + "participant")
    }  # fmt: skip
    agreements = [one for one in view.into(city, CD + "party") if view.kind(one) is Kind.AGREEMENT]
    return {
        "visits": len(visits),
        "events": len(events) - len(visits),
        "agreements": len(agreements),
        "people": len(people),
    }
