"""The expected triples of every build query, derived from the data's triples in plain Python: no query, no query engine.

A row is subject, property and object as IRIs, and the set of nodes that it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from golden.derive import CD, SKOS, Graph, K, Row, ties_of_city

Built = tuple[str, str, str, set[str]]


def _in_force(g: Graph, day: str) -> Iterator[tuple[str, str, str]]:
    """(tie, party, other party) of every tie certainly in force on a day."""
    for tie in g.all("Tie"):
        for city in g.o(tie, "party"):
            rows: list[Row] = ties_of_city(g, {"city": city, "asOf": day})
            yield from ((tie, city, row[1]) for row in rows if row[0] == tie and row[3] == "in force")


def partner_of(g: Graph, day: str) -> Iterator[Built]:
    for tie, one, other in _in_force(g, day):
        yield one, CD + "partnerOf", other, {tie}


def sister_city_of(g: Graph, day: str) -> Iterator[Built]:
    for tie, one, other in _in_force(g, day):
        if K + "sister-city" in g.up(g.o(tie, "kind"), SKOS + "broader"):
            yield one, CD + "sisterCityOf", other, {tie}


def _certain(g: Graph, node: str) -> bool:
    return K + "possible" not in g.o(node, "certainty")


def _past(g: Graph, node: str, day: str) -> bool:
    """Whether an event is certainly over on a day."""
    return any(last <= day for last in g.o(node, "latest"))


def _parts(g: Graph, day: str, *kinds: str) -> Iterator[tuple[str, str]]:
    """(event, participation) of what certainly took place by a day."""
    for event in g.all(*kinds):
        if _certain(g, event) and _past(g, event, day):
            yield from ((event, part) for part in g.s("event", event) if _certain(g, part))


def met_with(g: Graph, day: str) -> Iterator[Built]:
    there: dict[str, list[tuple[str, str]]] = {}
    for event, part in _parts(g, day, "Meeting"):
        there.setdefault(event, []).extend((part, person) for person in g.o(part, "participant"))
    for event, people in there.items():
        for part, one in people:
            for other_part, other in people:
                if one != other:
                    yield one, CD + "metWith", other, {event, part, other_part}


def attended(g: Graph, day: str) -> Iterator[Built]:
    for event, part in _parts(g, day, "Event", "Visit", "Meeting", "EventEdition"):
        for agent in g.o(part, "participant", "onBehalfOf"):
            yield agent, CD + "attended", event, {part}


def held_office_in(g: Graph, day: str) -> Iterator[Built]:
    for tenure in g.all("Tenure"):
        known = g.o(tenure, "startLatest", "attestedLatest", "endEarliest")
        if not _certain(g, tenure) or not any(last <= day for last in known):
            continue
        for post in g.o(tenure, "post"):
            for body in g.up(g.o(post, "postIn")):
                for person in g.o(tenure, "holder"):
                    yield person, CD + "heldOfficeIn", body, {tenure}


BUILDS: dict[str, Callable[[Graph, str], Iterator[Built]]] = {
    "attended": attended,
    "held-office-in": held_office_in,
    "met-with": met_with,
    "partner-of": partner_of,
    "sister-city-of": sister_city_of,
}


def built(g: Graph, name: str, day: str) -> list[Built]:
    """Distinct triples of a build query as of a day, sorted, with what they rest on."""
    merged: dict[tuple[str, str, str], set[str]] = {}
    for one, name_, other, basis in BUILDS[name](g, day):
        merged.setdefault((one, name_, other), set()).update(basis)
    return [(*triple, basis) for triple, basis in sorted(merged.items())]
