"""The expected rows of every ask query, derived from the data's triples in plain Python: no query, no query engine.

Each function gives rows of cells and, behind them, the nodes that the row rests on; the facts of the report that those
nodes state (tests/coverage/report-2013h1.csv) are the row's fact ids. A row without one rests on outside sources only.
"""

from __future__ import annotations

import collections
import csv
import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kgtool.lang import canonical
from kgtool.project import Project
from kgtool.write.curie import Curies

CD = "https://w3id.org/city-diplomacy/ns#"
K = CD.replace("#", "/kind#")
S = CD.replace("#", "/status#")
SKOS = "http://www.w3.org/2004/02/skos/core#"
SCHEMA = "https://schema.org/"
OA = "http://www.w3.org/ns/oa#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
Cell = Any
Row = tuple[Any, ...]
Params = Mapping[str, Any]
CANDIDATE = {S + stage for stage in ("proposed", "inPreparation", "negotiating", "planned", "postponed", "cancelled")}
EXACT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(/[0-9]{4}-[0-9]{2}-[0-9]{2})?")


class Graph:
    """Triples as two tables. A literal is its text; one with a language is (text, language)."""

    def __init__(self, folders: Iterable[Path]) -> None:
        self.out: dict[str, dict[str, list[Cell]]] = collections.defaultdict(lambda: collections.defaultdict(list))
        self.into: dict[str, dict[Cell, list[str]]] = collections.defaultdict(lambda: collections.defaultdict(list))
        self.iris: set[str] = set()
        files = sorted(file for folder in folders for file in folder.rglob("*.ttl"))
        for number, file in enumerate(files):
            for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
                subject, value = self.cell(quad.subject, number), self.cell(quad.object, number)
                if value not in self.out[subject][quad.predicate.value]:
                    self.out[subject][quad.predicate.value].append(value)
                    self.into[quad.predicate.value][value].append(subject)

    def cell(self, term: Any, number: int) -> Cell:
        if isinstance(term, ox.NamedNode):
            self.iris.add(term.value)
            return term.value
        if isinstance(term, ox.BlankNode):
            return f"_:{number}-{term.value}"
        if term.language:
            return (term.value, canonical(term.language))
        kind = term.datatype.value.rpartition("#")[2]
        if kind == "decimal":  # 15.2500 and 15.25 are one value; the store writes the shorter
            return f"{Decimal(term.value).normalize():f}"
        return int(term.value) if kind == "integer" else term.value

    def o(self, subject: str, *names: str) -> list[Cell]:
        """Objects of any of these properties."""
        table = self.out.get(subject, {})
        return [value for name in names for value in table.get(full(name), ())]

    def one(self, subject: str, *names: str) -> Cell:
        return next(iter(self.o(subject, *names)), None)

    def s(self, name: str, value: Cell) -> list[str]:
        return list(self.into[full(name)].get(value, ()))

    def all(self, *classes: str) -> list[str]:
        return list(dict.fromkeys(each for name in classes for each in self.s(TYPE, full(name))))

    def is_a(self, node: str, *classes: str) -> bool:
        return any(full(name) in self.o(node, TYPE) for name in classes)

    def up(self, nodes: Iterable[str], name: str = "organOf") -> set[str]:
        """These and everything above them."""
        found, queue = set(), list(nodes)
        while queue:
            node = queue.pop()
            if node not in found:
                found.add(node)
                queue += self.o(node, name)
        return found

    def parts(self, event: str) -> set[str]:
        """An event and everything that is part of it."""
        found, queue = set(), [event]
        while queue:
            node = queue.pop()
            if node not in found:
                found.add(node)
                queue += self.s("partOf", node)
        return found

    def came(self, event: str) -> dict[str, set[str]]:
        """Who came to an event, with everything above, and the nodes that say so."""
        out: dict[str, set[str]] = collections.defaultdict(set)
        for visitor in self.o(event, "visitor"):
            for body in self.up([visitor]):
                out[body].add(event)
        for part in self.s("event", event):
            for body in self.up(self.o(part, "onBehalfOf")):
                out[body].add(part)
        return out

    def begin(self, tie: str) -> list[tuple[Cell, Cell, str]]:
        """Bounds of a tie's conclusion, its own or of an agreement that establishes it, with the node that has them."""
        own = [(self.one(tie, "establishedEarliest"), self.one(tie, "establishedLatest"), tie)]
        other = [(self.one(a, "earliest"), self.one(a, "latest"), a) for a in self.s("establishes", tie)]
        return [found for found in own + other if found[0] or found[1]]

    def is_candidate(self, tie: str) -> bool:
        planned = any(set(self.o(each, "status")) & CANDIDATE for each in self.s("about", tie))
        return planned and not (self.o(tie, "established") or self.s("establishes", tie))

    def countries(self, places: Iterable[str]) -> set[str]:
        return {place for place in self.up(places, SCHEMA + "containedInPlace") if self.is_a(place, SCHEMA + "Country")}


def full(name: str) -> str:
    return name if ":" in name else CD + name


def ordered(rows: Iterable[Row], *keys: int | str) -> list[Row]:
    """Distinct rows (the last element is the set they rest on) by columns; "-2" is column 2 downwards; unbound is lowest."""
    merged: dict[Row, set[str]] = {}
    for *cells, basis in rows:
        merged.setdefault(tuple(cells), set()).update(basis)
    out: list[Row] = [(*cells, basis) for cells, basis in merged.items()]
    for key in reversed(keys):
        column = abs(int(key))

        def rank(row: Row, column: int = column) -> tuple[bool, Any]:
            return row[column] is not None, row[column] if row[column] is not None else 0

        out.sort(key=rank, reverse=str(key).startswith("-"))
    return out


def partners(g: Graph, node: str, city: str) -> list[str]:
    parties = g.o(node, "party")
    return [party for party in parties if party != city] if city in parties else []


def product(*columns: list[Cell]) -> Iterator[tuple[Cell, ...]]:
    """Combinations; a column without a value is one unbound cell."""
    return itertools.product(*(column or [None] for column in columns))


def agreements_ending_before(g: Graph, p: Params) -> list[Row]:
    out = []
    for a in g.all("Agreement"):
        first, last = g.one(a, "endEarliest"), g.one(a, "endLatest")
        wrong_city = p.get("city") and p["city"] not in g.o(a, "party")
        if wrong_city or not first or first >= p["before"] or (last and last < p["asOf"]):
            continue
        newer = [n for n in g.s("supersedes", a) if g.o(n, "earliest") and g.one(n, "earliest") <= p["asOf"]]
        out += [(a, first, last, bool(last) and last < p["before"], *n, {a}) for n in product(newer)]
    return ordered(out, 1, 0, 4)


def agreements_of_city(g: Graph, p: Params) -> list[Row]:
    out = []
    for a in g.all("Agreement"):
        if p.get("since") and not (g.one(a, "latest") and g.one(a, "latest") >= p["since"]):
            continue
        for partner in partners(g, a, p["city"]):
            for form, tie, newer in product(g.o(a, "form"), g.o(a, "establishes", "renews"), g.s("supersedes", a)):
                out.append((a, partner, form, g.one(a, "earliest"), g.one(a, "latest"), tie, newer, {a}))
    return ordered(out, "-4", 0, 1, 5, 6, 2)


def anniversaries(g: Graph, p: Params) -> list[Row]:
    every, out = p.get("every", 5), []
    for tie in g.all("Tie"):
        for partner in partners(g, tie, p["city"]):
            for first, last, where in g.begin(tie):
                if first and last:
                    most, least = p["year"] - int(first[:4]), p["year"] - int(last[:4])
                    if any(n % every == 0 and n > 0 for n in range(least, most + 1)):
                        out.append((tie, partner, first, last, most if most == least else None, {tie, where}))
    return ordered(out, 2, 3, 0, 1)


def _editions(g: Graph, series: str) -> list[tuple[str, int]]:
    return [(edition, g.one(edition, "editionYear")) for edition in g.s("editionOf", series)]


def _attended(g: Graph, series: str, *, perhaps: bool = False) -> dict[tuple[str, int], set[str]]:
    """(actor, year) of who came to an edition or a part of it and did not host it."""
    out: dict[tuple[str, int], set[str]] = collections.defaultdict(set)
    for edition, year in _editions(g, series):
        hosts = g.up(g.o(edition, "host"))
        for event in g.s("possiblyPartOf", edition) if perhaps else g.parts(edition):
            for actor, basis in g.came(event).items():
                if actor not in hosts:
                    out[actor, year] |= basis
    return out


def _claimed(g: Graph, series: str, until: int) -> dict[tuple[str, int], set[str]]:
    out: dict[tuple[str, int], set[str]] = collections.defaultdict(set)
    for claim in g.all("RegularityClaim"):
        if series in g.o(claim, "series") and K + "attend" in g.o(claim, "activity") and g.o(claim, "fromYear"):
            for year in range(g.one(claim, "fromYear"), min(g.one(claim, "untilYear") or until, until) + 1):
                out[g.one(claim, "about"), year].add(claim)
    return out


def _counts_as_actor(g: Graph, actor: str, series: str) -> bool:
    return g.is_a(actor, "LocalGovernment") or any(series in g.o(c, "series") for c in g.s("about", actor))


def attendance_matrix(g: Graph, p: Params) -> list[Row]:
    series, since, until = p["series"], p["since"], p["until"]
    seen, perhaps = _attended(g, series), _attended(g, series, perhaps=True)
    said = _claimed(g, series, until)
    out = []
    for actor, year in {*seen, *perhaps, *said}:
        key = (actor, year)
        if since <= year <= until and (key in said or _counts_as_actor(g, actor, series)):
            basis = seen.get(key, set()) | perhaps.get(key, set()) | said.get(key, set())
            out.append((actor, year, key in seen, key in perhaps, key in said, basis))
    return ordered(out, 0, 1)


def changed_after(g: Graph, p: Params) -> list[Row]:
    out = []

    def add(what: str, item: str, first: str, last: str, whose: Iterable[str]) -> None:
        a, b = g.one(item, first), g.one(item, last)
        if a and b and b > p["after"] and (not p.get("city") or p["city"] in whose):
            out.append((a, b, a > p["after"], what, item, {item}))

    for item in g.all("Event", "Visit", "Meeting", "EventEdition"):
        add("event", item, "earliest", "latest", {*g.up(g.o(item, "host")), *g.came(item)})
    for item in g.all("Agreement"):
        add("agreement", item, "earliest", "latest", g.o(item, "party"))
    for item in list(g.out):
        posts = [body for post in g.o(item, "post") for body in g.o(post, "postIn")]
        whose = {*g.o(item, "party"), *g.up(posts)}
        add("tie", item, "establishedEarliest", "establishedLatest", g.o(item, "party"))
        add("start", item, "startEarliest", "startLatest", whose)
        add("end", item, "endEarliest", "endLatest", whose)
    for item in g.all("StatusAssertion", "Position", "Statement"):
        about = g.o(item, "about")
        ties = about + [tie for each in about for tie in g.o(each, "establishes", "renews")]
        parties = [party for tie in ties for party in g.o(tie, "party")]
        add("claim", item, "earliest", "latest", [*g.o(item, "attributedTo", "promiser", "addressee"), *parties])
    return ordered(out, 0, 1, 3, 4)


def _listed(g: Graph, claim: str) -> int:
    """How much is certainly listed under a total, like with like; the visits of one visitor are one case."""
    items = g.s("listedIn", claim)
    unit = g.one(claim, "unit")
    if unit == K + "person":
        return sum(g.one(item, "headcount") if g.o(item, "headcount") else 1 for item in items)
    if unit == K + "visit-case":
        return len({min(g.o(item, "visitor") or [item]) for item in items if g.is_a(item, "Visit")})
    return len({
        body for item in items for body in g.up(g.o(item, "onBehalfOf")) if g.is_a(body, "LocalGovernment")
    })  # fmt: skip


# What each reason says of its claim.
AGAINST = {"certainly-older", "contrary-position", "earlier-on-record", "items-beyond", "recorded-kind-differs"}
GAP = {
    "due-passed", "earlier-edition-without-record", "earlier-times-unknown", "items-missing", "list-not-complete",
    "list-of-ties-open", "perhaps-older", "span-not-stated", "ties-missing", "year-possibly-on-record", "year-without-record",
}  # fmt: skip
FOR = {
    "fulfilled", "fulfilled-late", "item-listed", "part-on-record", "rank-on-record", "recorded-kind-same",
    "that-time-on-record", "year-on-record",
}  # fmt: skip
NOTHING = {
    "kind-not-on-record", "no-other-position", "not-testable", "not-yet-due", "nothing-due", "nothing-listed",
    "nothing-on-record", "undated",
}  # fmt: skip


def verdict_of(reasons: set[str]) -> str:
    """What the reasons of a claim amount to."""
    if reasons & AGAINST:
        return "contradicted"
    if reasons & GAP:
        return "unsupported"
    return "supported" if reasons & FOR else "untested"


def _years(g: Graph, claim: str, *, perhaps: bool = False) -> dict[int, set[str]]:
    """Year to what records that the claim's actor came to that year's edition or a part of it."""
    about, out = g.one(claim, "about"), collections.defaultdict(set)
    for edition, year in _editions(g, g.one(claim, "series")):
        for event in g.s("possiblyPartOf", edition) if perhaps else g.parts(edition):
            if about in g.came(event):
                out[year] |= g.came(event)[about]
    return out


def _because_regularity(g: Graph, claim: str, as_of: str) -> list[Row]:
    if K + "attend" not in g.o(claim, "activity"):
        return [("not-testable", None, None)]
    first, last = g.one(claim, "fromYear"), g.one(claim, "untilYear")
    seen = {y: nodes for y, nodes in _years(g, claim).items() if (first or 0) <= y <= (last or 9999)}
    if not seen:
        return [("nothing-on-record", None, None)]
    out: list[Row] = [("year-on-record", node, str(year)) for year, nodes in seen.items() for node in nodes]
    if not first or not last:
        return [*out, ("span-not-stated", None, None)]
    perhaps = _years(g, claim, perhaps=True)
    for year in set(range(first, last + 1)) - set(seen):
        out += [("year-possibly-on-record", node, str(year)) for node in perhaps.get(year, ())]
        out += [] if year in perhaps else [("year-without-record", None, str(year))]
    return out


def _because_first(g: Graph, claim: str, as_of: str) -> list[Row]:
    if K + "attend" not in g.o(claim, "activity"):
        return [("not-testable", None, None)]
    year, seen = g.one(g.one(claim, "firstIn"), "editionYear"), _years(g, claim)
    out: list[Row] = [("earlier-on-record", node, str(y)) for y, nodes in seen.items() for node in nodes if y < year]
    out += [("that-time-on-record", node, str(year)) for node in seen.get(year, ())]
    if not out:
        return [("nothing-on-record", None, None)]
    if out[0][0] == "that-time-on-record":
        others = [(edition, y) for edition, y in _editions(g, g.one(claim, "series")) if y < year]
        out += [("earlier-edition-without-record", edition, str(y)) for edition, y in others]
        out.append(("earlier-times-unknown", None, None))
    return out


def _because_ordinal(g: Graph, claim: str, as_of: str) -> list[Row]:
    tie, ordinal = g.one(claim, "about"), g.one(claim, "ordinal")
    firsts = [first for first, _, _ in g.begin(tie) if first]
    lasts = [last for _, last, _ in g.begin(tie) if last]
    if not firsts:
        return [("undated", tie, None)]
    out: list[Row] = []
    older, perhaps = 0, 0
    for other in g.s("party", g.one(claim, "countedBy")):
        called = {kind for each in g.s("about", other) if not g.o(other, "kind") for kind in g.o(each, "claimedKind")}
        kinds = g.up([*g.o(other, "kind"), *called], SKOS + "broader")
        if other == tie or not g.is_a(other, "Tie") or g.one(claim, "scheme") not in kinds or g.is_candidate(other):
            continue
        before = [last for _, last, _ in g.begin(other) if last and any(last < first for first in firsts)]
        ended = any(end <= first for end in g.o(other, "endEarliest") for first in firsts)
        if before and not called and K + "possible" not in g.o(other, "certainty") and not ended:
            older += 1
            out += [("certainly-older", other, day) for day in before]
        elif not any(begin and begin > last for begin, _, _ in g.begin(other) for last in lasts):
            perhaps += 1
            spans = [f"{a}/{b}" for a, b, _ in g.begin(other) if a and b]
            out += [("perhaps-older", other, span) for span in spans or [None]]
    if older < ordinal:
        out = [row for row in out if row[0] != "certainly-older"]
        short = ordinal - 1 - older - perhaps
        out.append(("ties-missing", None, str(short)) if short > 0 else ("list-of-ties-open", None, None))
    return [*out, ("rank-on-record", tie, f"{1 + older}–{1 + older + perhaps}")]


def _because_total(g: Graph, claim: str, as_of: str) -> list[Row]:
    size = _listed(g, claim)
    if size == 0:
        return [("nothing-listed", None, None)]
    unit, out = g.one(claim, "unit"), []
    for item in g.s("listedIn", claim):
        if unit == K + "person":
            out.append(("item-listed", item, str(g.one(item, "headcount") if g.o(item, "headcount") else 1)))
        elif unit == K + "visit-case":
            out += [("item-listed", item, None)] if g.is_a(item, "Visit") else []
        else:
            out += [
                ("item-listed", body, None) for body in g.up(g.o(item, "onBehalfOf")) if g.is_a(body, "LocalGovernment")
            ]
    most, least = g.one(claim, "value", "atMost"), g.one(claim, "value", "atLeast")
    if most is not None and size > most:
        return [*out, ("items-beyond", None, str(size - most))]
    if least is not None and size < least:
        return [*out, ("items-missing", None, str(least - size))]
    whole = least is not None and K + "complete" in g.o(claim, "itemisation")
    return out if whole else [*out, ("list-not-complete", None, None)]


def _because_kind(g: Graph, claim: str, as_of: str) -> list[Row]:
    tie, called = g.one(claim, "about"), g.one(claim, "claimedKind")
    kinds = g.o(tie, "kind")
    same = [kind for kind in kinds if called in g.up([kind], SKOS + "broader")]
    return (
        [("recorded-kind-same", kind, None) for kind in same]
        or [("recorded-kind-differs", kind, None) for kind in kinds]
        or [("kind-not-on-record", tie, None)]
    )


def _because_position(g: Graph, claim: str, as_of: str) -> list[Row]:
    others = [each for matter in g.o(claim, "about") for each in g.s("about", matter) if g.is_a(each, "Position")]
    contrary = [each for each in others if set(g.o(each, "stance")) - set(g.o(claim, "stance"))]
    return [("contrary-position", each, None) for each in contrary] or [("no-other-position", None, None)]


def _because_statement(g: Graph, claim: str, as_of: str) -> list[Row]:
    due, out = g.one(claim, "dueLatest"), []
    for each in g.o(claim, "fulfilledBy"):
        days = g.o(each, "latest") + [day for event in g.o(each, "event") for day in g.o(event, "latest")]
        out += [("fulfilled-late" if due and day > due else "fulfilled", each, day) for day in days if day <= as_of]
    waiting = ("nothing-due", None, None) if not due else ("due-passed" if due < as_of else "not-yet-due", None, due)
    return out or [waiting]


def _because_status(g: Graph, claim: str, as_of: str) -> list[Row]:
    if S + "held" not in g.o(claim, "status"):
        return [("not-testable", None, None)]
    parts = [part for matter in g.o(claim, "about") for part in g.s("event", matter)]
    return [("part-on-record", part, None) for part in parts] or [("nothing-on-record", None, None)]


BECAUSE: dict[str, Callable[[Graph, str, str], list[Row]]] = {
    "AggregateCount": _because_total,
    "FirstOccurrenceClaim": _because_first,
    "KindClaim": _because_kind,
    "OrdinalClaim": _because_ordinal,
    "Position": _because_position,
    "RegularityClaim": _because_regularity,
    "Statement": _because_statement,
    "StatusAssertion": _because_status,
}


def claims(g: Graph, p: Params) -> list[Row]:
    out = []
    for kind, because in BECAUSE.items():
        for claim in g.all(kind):
            rows = because(g, claim, p["asOf"])
            verdict = verdict_of({row[0] for row in rows})
            if p.get("only") not in {None, verdict} or p.get("claim") not in {None, claim}:
                continue
            for by, (reason, witness, detail) in itertools.product(g.o(claim, "attributedTo") or [None], rows):
                basis = {claim, witness} if witness else {claim}
                out.append((claim, CD + kind, by, verdict, reason, witness, detail, basis))
    return ordered(out, 1, 0, 4, 6, 5, 2)


def counts_stated_vs_listed(g: Graph, p: Params) -> list[Row]:
    out = []
    for count in g.all("AggregateCount"):
        if p.get("count") not in {None, count} or (p.get("about") and p["about"] not in g.o(count, "about")):
            continue
        unit = g.one(count, "unit")
        sure, perhaps = g.s("listedIn", count), g.s("possiblyListedIn", count)

        def number(items: list[str], unit: str = unit) -> int:
            if unit == K + "person":
                return sum(g.one(item, "headcount") if g.o(item, "headcount") else 1 for item in items)
            if unit == K + "visit-case":
                return len({item for item in items if g.is_a(item, "Visit")})
            return len({b for item in items for b in g.up(g.o(item, "onBehalfOf")) if g.is_a(b, "LocalGovernment")})

        least = number(sure)
        if unit == K + "visit-case":
            least = len({min(g.o(item, "visitor") or [item]) for item in sure if g.is_a(item, "Visit")})
        cells = (unit, g.one(count, "itemisation"), g.one(count, "value", "atLeast"), g.one(count, "value", "atMost"))
        out.append((count, *cells, least, number([*sure, *perhaps]), {count, *sure, *perhaps}))
    return ordered(out, 0)


def delegation(g: Graph, p: Params) -> list[Row]:
    out = []
    for event in g.parts(p["visit"]):
        for part in g.s("event", event):
            groups = [text for text in g.o(part, "participantGroup") if text[1] == p.get("lang", "zh-Hant")]
            posts = [post for tenure in g.o(part, "inCapacity") for post in g.o(tenure, "post")]
            columns = (g.o(part, "role"), g.o(part, "participant"), groups, g.o(part, "onBehalfOf"), posts)
            out += [(event, *cells, g.one(part, "headcount"), {part}) for cells in product(*columns)]
    return ordered(out, 0, 1, 2, 4, 5, 3, 6)


def disputes(g: Graph, p: Params) -> list[Row]:
    out = []
    matters = {about for each in g.s("stance", K + "rejects") for about in g.o(each, "about")}
    for about in matters if p.get("about") is None else matters & {p["about"]}:
        for each in g.s("about", about):
            for stance in g.o(each, "stance"):
                for (by,) in product(g.o(each, "attributedTo")):
                    out.append((about, stance, by, g.one(each, "earliest"), g.one(each, "latest"), each, {each}))
    return ordered(out, 0, 3, 4, 5, 2)


def dormant_ties(g: Graph, p: Params) -> list[Row]:
    city, out = p["city"], []
    for tie in g.all("Tie"):
        planned = any(set(g.o(each, "status")) & CANDIDATE for each in g.s("about", tie))
        if planned and not (g.o(tie, "established") or g.s("establishes", tie) or g.s("renews", tie)):
            continue
        for partner in partners(g, tie, city):
            days = []
            for event in list(g.out):
                there = {*g.up(g.o(event, "host", "visitor", "party")), *g.came(event)}
                if partner in there and city in there:
                    days += g.o(event, "latest")
            if not days or max(days) < p["since"]:
                out += [(tie, partner, *kind, max(days, default=None), {tie}) for kind in product(g.o(tie, "kind"))]
    return ordered(out, 3, 1, 0)


ENTITIES = (
    "Person", "LocalGovernment", "PublicBody", "Organisation", "Post", "EventSeries",
    SCHEMA + "City", SCHEMA + "AdministrativeArea", SCHEMA + "Country", SCHEMA + "Place",
)  # fmt: skip


def entities_of_source(g: Graph, p: Params) -> list[Row]:
    evidence = {*g.s(OA + "hasSource", p["source"]), *g.s("source", p["source"])}
    facts: dict[str, set[str]] = collections.defaultdict(set)
    for fact in list(g.out):
        if evidence & set(g.o(fact, "evidence")):
            for node in {
                fact,
                *(value for values in g.out[fact].values() for value in values if isinstance(value, str)),
            }:
                if g.is_a(node, *ENTITIES):
                    facts[node].add(fact)
    return ordered([(node, len(found), found) for node, found in facts.items()], "-1", 0)


def events_hosted_and_attended(g: Graph, p: Params) -> list[Row]:
    city, out = p["city"], []
    for event in list(g.out):
        hosts, visitors = g.up(g.o(event, "host")), g.up(g.o(event, "visitor"))
        if city not in hosts | visitors | set(g.came(event)):
            continue
        first, last = g.one(event, "earliest"), g.one(event, "latest")
        if (p.get("since") and last and last < p["since"]) or (p.get("until") and first and first > p["until"]):
            continue
        how = "hosted" if city in hosts else "visited" if city in visitors else "attended"
        out.append((event, how, first, last, {event}))
    return ordered(out, 2, 3, 0, 1)


def facts_of_span(g: Graph, p: Params) -> list[Row]:
    out = []
    for passage in g.s(OA + "hasSource", p["source"]):
        for selector in g.o(passage, OA + "hasSelector"):
            start, end = g.one(selector, OA + "start"), g.one(selector, OA + "end")
            if start < p["end"] and end > p["start"]:
                out += [(fact, passage, start, end, {fact}) for fact in g.s("evidence", passage)]
    return ordered(out, 2, 3, 0, 1)


FACTS = ("Event", "Visit", "Meeting", "EventEdition", "Tenure", "Participation", "Tie", "Agreement", "Name", *BECAUSE)


def facts_without_evidence(g: Graph, _: Params) -> list[Row]:
    out = [(fact, CD + kind, {fact}) for kind in FACTS for fact in g.all(kind) if not g.o(fact, "evidence")]
    return ordered(out, 0, 1)


def first_time_attendees(g: Graph, p: Params) -> list[Row]:
    seen = {key: basis for key, basis in _attended(g, p["series"]).items() if g.is_a(key[0], "LocalGovernment")}
    out = []
    for actor in {actor for actor, _ in seen}:
        year = min(y for each, y in seen if each == actor)
        firsts = [
            c for c in g.all("FirstOccurrenceClaim")
            if g.one(c, "about") == actor and g.one(c, "series") == p["series"] and K + "attend" in g.o(c, "activity")
            and g.one(g.one(c, "firstIn"), "editionYear") == year
        ]  # fmt: skip
        earlier = {
            c for (a, y), found in _claimed(g, p["series"], year - 1).items() if a == actor and y < year for c in found
        }
        if p.get("year") in {None, year}:
            out += [
                (actor, year, *c, bool(earlier), seen[actor, year] | earlier | set(firsts)) for c in product(firsts)
            ]
    return ordered(out, 1, 0, 2)


def _guests(g: Graph, visit: str, city: str) -> Iterator[tuple[str, int]]:
    """The people of a visit received: its number of heads, or its participations."""
    if g.o(visit, "headcount"):
        yield visit, g.one(visit, "headcount")
        return
    for part in g.s("event", visit):
        if city not in g.up(g.o(part, "onBehalfOf")):
            yield part, g.one(part, "headcount") or 1


def _visits(g: Graph, city: str) -> Iterator[tuple[str, str, str, int, str]]:
    """(figure, item, whose case, size, node with the dates) of visits and their people."""
    for visit in g.all("Visit"):
        hosts, visitors = g.up(g.o(visit, "host")), g.up(g.o(visit, "visitor"))
        if city in hosts and city not in visitors:
            yield "visits received", visit, min(g.o(visit, "visitor") or [visit]), 1, visit
            yield from (("people received", item, item, size, visit) for item, size in _guests(g, visit, city))
        elif city in visitors and city not in hosts:
            yield "visits paid", visit, min(g.o(visit, "host") or [visit]), 1, visit


def _concluded(g: Graph, city: str) -> Iterator[tuple[str, str, tuple[Cell, Cell]]]:
    """(figure, item, dates) of agreements and ties."""
    for item in g.s("party", city):
        if g.is_a(item, "Agreement"):
            yield "agreements concluded", item, (g.one(item, "earliest"), g.one(item, "latest"))
        if g.is_a(item, "Tie"):
            yield from (("ties established", item, (first, last)) for first, last, _ in g.begin(item))


FIGURES = {
    "agreements concluded": "", "people received": K + "person", "ties established": "", "visits paid": "",
    "visits received": K + "visit-case",
}  # fmt: skip


def half_year_figures(g: Graph, p: Params) -> list[Row]:
    city, since, until = p["city"], p["since"], p["until"]
    things = [
        (figure, item, who, size, g.one(dated, "earliest"), g.one(dated, "latest"))
        for figure, item, who, size, dated in _visits(g, city)
    ]
    things += [(figure, item, item, 1, *dates) for figure, item, dates in _concluded(g, city)]
    out = []
    for figure, unit in FIGURES.items():
        found = {each for each in things if each[0] == figure and each[4] and each[5]}
        found = {each for each in found if each[4] <= until and each[5] >= since}
        sure = {each for each in found if each[4] >= since and each[5] <= until}
        totals = [
            c for c in g.all("AggregateCount")
            if g.one(c, "unit") == unit and set(g.o(c, "about")) <= {city} and city in g.o(c, "attributedTo")
            and (g.one(c, "periodStart"), g.one(c, "periodEnd")) == (since, until)
        ]  # fmt: skip
        stated = next((g.one(c, "value") for c in totals), None)
        least, most = len({each[2] for each in sure}), len({each[1] for each in found})
        if figure == "people received":
            least, most = (sum(each[3] for each in some) for some in (sure, found))
        out.append((figure, least, most, stated, {*(each[1] for each in found), *totals}))
    return ordered(out, 0, 3)


def names_in_all_scripts(g: Graph, p: Params) -> list[Row]:
    node = p["entity"]
    out: list[Row] = [("preferred", text[1], text, None, {node}) for text in g.o(node, SKOS + "prefLabel")]
    out += [("variant", text[1], text, None, {node}) for text in g.o(node, SKOS + "altLabel")]
    for name in g.s("nameOf", node):
        for (kind,) in product(g.o(name, "correctionKind")):
            out += [("as written", text[1], text, kind, {name}) for text in g.o(name, "asWritten")]
            out += [("corrected", text[1], text, kind, {name}) for text in g.o(name, "correctedForm")]
    return ordered(out, "-0", 1, 2, 3)


def neighbours(g: Graph, p: Params) -> list[Row]:
    node, out = p["node"], []

    def shown(name: str) -> bool:
        return (
            name.startswith(CD) and name not in {CD + "evidence", CD + "supports"}
        ) or name == SCHEMA + "containedInPlace"

    for name, values in g.out[node].items():
        out += [("out", name, value, {node, value}) for value in values if shown(name) and value in g.iris]
    for name, table in list(g.into.items()):
        if shown(name):
            out += [("in", name, each, {each}) for each in table.get(node, ()) if each in g.iris]
    return ordered(out, 0, 1, 2)


def office_holder_on_date(g: Graph, p: Params) -> list[Row]:
    day, out = p["day"], []
    for tenure in g.all("Tenure"):
        names = ("startEarliest", "startLatest", "attestedEarliest", "attestedLatest", "endEarliest", "endLatest")
        s0, s1, m0, m1, e0, e1 = (g.one(tenure, name) for name in names)
        first = s0 or m0 or e0
        still = e1 >= day if e1 else bool(s0) or bool(m1 and m1 >= day)
        if not first or first > day or not still:
            continue
        sure = bool((s1 or m1) and (s1 or m1) <= day and (e0 or m0) and (e0 or m0) >= day)
        for holder, post in product(g.o(tenure, "holder"), g.o(tenure, "post")):
            body = g.one(post, "postIn")
            if p.get("body") in {None, body} and p.get("post") in {None, post}:
                out.append((body, post, holder, tenure, "certain" if sure else "possible", {tenure}))
    return ordered(out, 0, 1, 4, 2, 3)


def open_promises(g: Graph, p: Params) -> list[Row]:
    as_of, out = p["asOf"], []
    for claim in g.all("Statement"):
        said, due = g.one(claim, "earliest"), g.one(claim, "dueLatest")
        party = g.up(g.o(claim, "promiser", "addressee", "attributedTo"))
        promise = set(g.o(claim, "force")) & {K + "wish", K + "plan", K + "commitment"}
        if not promise or (said and said > as_of) or (p.get("city") and p["city"] not in party):
            continue
        done = []
        for each in g.o(claim, "fulfilledBy"):
            days = g.o(each, "latest") + [d for event in g.o(each, "event") for d in g.o(event, "latest")]
            done += [(each, day) for day in days if day <= as_of]
        if done and not p.get("kept"):
            continue
        for by in g.o(claim, "promiser") or g.o(claim, "attributedTo") or [None]:
            for each, day in done or [(None, None)]:
                if day:
                    verdict = "kept late" if due and day > due else "kept"
                else:
                    verdict = "overdue, no evidence" if due and due < as_of else "open"
                out.append((claim, g.one(claim, "force"), by, due, verdict, each, {claim}))
    return ordered(out, 0, 2, 5)


def person_offices_and_visits(g: Graph, p: Params) -> list[Row]:
    out = []
    for tenure in g.s("holder", p["person"]):
        first = g.one(tenure, "startEarliest") or g.one(tenure, "attestedEarliest")
        last = g.one(tenure, "endLatest") or g.one(tenure, "attestedLatest")
        out += [("office", post, g.one(post, "postIn"), None, first, last, {tenure}) for post in g.o(tenure, "post")]
    for part in g.s("participant", p["person"]):
        for event, body, role in product(g.o(part, "event"), g.o(part, "onBehalfOf"), g.o(part, "role")):
            out.append(("event", event, body, role, g.one(event, "earliest"), g.one(event, "latest"), {part}))
    return ordered(out, "-0", 4, 5, 1, 3, 2)


def pipeline(g: Graph, p: Params) -> list[Row]:
    as_of, out = p["asOf"], []
    for tie in g.all("Tie"):
        if any(first and first <= as_of for first, _, _ in g.begin(tie)):
            continue
        matters = [tie, *g.s("establishes", tie), *g.s("renews", tie)]
        for report in [each for matter in matters for each in g.s("about", matter)]:
            first = g.one(report, "earliest")
            if not first or first > as_of:
                continue
            for stage in set(g.o(report, "status")) & (CANDIDATE | {S + "confirmed"}):
                for partner in partners(g, tie, p["city"]):
                    for by, kind in product(g.o(report, "attributedTo"), g.o(tie, "kind")):
                        out.append((tie, partner, kind, stage, first, g.one(report, "latest"), by, {tie, report}))
    return ordered(out, "-4", 0, 1, 3, 5, 6, 2)


def places_for_map(g: Graph, p: Params) -> list[Row]:
    city, out = p.get("city"), []
    for body in g.all("LocalGovernment"):
        ties = [tie for tie in g.s("party", body) if g.is_a(tie, "Tie") and len(g.o(tie, "party")) > 1]
        if city and body != city:
            ties = [tie for tie in ties if city in g.o(tie, "party")]
        for place in g.o(body, "territory"):
            lat, long = g.one(place, SCHEMA + "latitude"), g.one(place, SCHEMA + "longitude")
            if lat and long and (ties or body == city or not city):
                out.append((body, place, lat, long, len(ties), set(ties)))
    return ordered(out, 0, 1)


def reciprocity(g: Graph, p: Params) -> list[Row]:
    city, since, until = p["city"], p.get("since"), p.get("until")
    found: dict[str, dict[bool, set[str]]] = collections.defaultdict(lambda: {True: set(), False: set()})
    for visit in g.all("Visit"):
        first, last = g.one(visit, "earliest"), g.one(visit, "latest")
        outside = (since and last and last < since) or (until and first and first > until)
        if outside or any(g.is_a(larger, "Visit") for larger in g.o(visit, "partOf")):
            continue
        hosts, visitors = g.up(g.o(visit, "host")), g.up(g.o(visit, "visitor"))
        if city in hosts:
            for partner in visitors:
                found[partner][True].add(visit)
        if city in visitors:
            places = [gov for place in g.o(visit, "location") for gov in g.s("territory", place)]
            for partner in hosts or places:
                found[partner][False].add(visit)

    def least(visits: set[str]) -> int:
        sure = [
            v for v in visits if K + "possible" not in g.o(v, "certainty")
            and (not since or (g.one(v, "earliest") or "") >= since) and (not until or (g.one(v, "latest") or "~") <= until)
        ]  # fmt: skip
        days = {g.one(v, "earliest") for v in sure if EXACT.fullmatch(g.one(v, "when") or "")}
        return len(days) or min(len(sure), 1)

    out = []
    for partner, ways in found.items():
        if partner != city and not g.o(partner, "organOf"):
            received, paid = ways[True], ways[False]
            out.append((partner, least(received), len(received), least(paid), len(paid), received | paid))
    return ordered(out, 0)


def series_every_year(g: Graph, p: Params) -> list[Row]:
    series, since, until = p["series"], p["since"], p["until"]
    span = range(since, until + 1)
    seen = {key: basis for key, basis in _attended(g, series).items() if _counts_as_actor(g, key[0], series)}
    said = _claimed(g, series, until)
    actors = {actor for actor, year in seen if year in span} | {
        g.one(c, "about")
        for c in g.all("RegularityClaim")
        if series in g.o(c, "series") and K + "attend" in g.o(c, "activity")
    }
    out = []
    for actor in actors:
        evidenced = {year for year in span if (actor, year) in seen}
        claimed = {year for year in span if (actor, year) in said}
        basis = set().union(*(table.get((actor, year), set()) for table in (seen, said) for year in span))
        out.append((actor, len(span), len(evidenced), len(claimed), len(span) - len(evidenced | claimed), basis))
    return ordered(out, "-3", "-2", 0)


def sister_cities_in_order(g: Graph, p: Params) -> list[Row]:
    city, scheme = p["city"], p.get("scheme", K + "sister-city")

    def counted(tie: str) -> bool:
        called = [c for c in g.s("about", tie) if scheme in g.up(g.o(c, "claimedKind"), SKOS + "broader")]
        kind = scheme in g.up(g.o(tie, "kind"), SKOS + "broader") or (not g.o(tie, "kind") and called)
        return bool(kind) and not g.is_candidate(tie)

    ties = [tie for tie in g.s("party", city) if g.is_a(tie, "Tie") and counted(tie)]
    out = []
    for tie in ties:
        for first, last, where in g.begin(tie) or [(None, None, tie)]:
            others = [(other, *(g.begin(other) or [(None, None, other)])[0][:2]) for other in ties if other != tie]
            before = [
                o for o, _, end in others if first and end and end < first and K + "possible" not in g.o(o, "certainty")
            ]
            maybe = [o for o, begin, _ in others if not (last and begin and begin > last)]
            ordinals = [
                c
                for c in g.s("about", tie)
                if g.is_a(c, "OrdinalClaim") and city in g.o(c, "countedBy") and scheme in g.o(c, "scheme")
            ]
            for partner, (claim,) in itertools.product(partners(g, tie, city), product(ordinals)):
                ordinal = g.one(claim, "ordinal") if claim else None
                basis = {tie, where, *([claim] if claim else [])}
                out.append((tie, partner, first, last, 1 + len(before), 1 + len(maybe), ordinal, basis))
    return ordered(out, 4, 5, 0, 1, 6)


def ties_by_kind_country_field(g: Graph, p: Params) -> list[Row]:
    groups: dict[Row, set[str]] = collections.defaultdict(set)
    for tie in g.all("Tie"):
        fields = [f for a in (*g.s("establishes", tie), *g.s("renews", tie)) for f in g.o(a, "cooperationField")]
        for partner in partners(g, tie, p["city"]):
            countries = sorted(g.countries(g.o(partner, "territory")))
            for kind, where, field in product(g.o(tie, "kind"), countries, fields):
                if p.get("country") in {None, where} and p.get("field") in {None, field}:
                    groups[kind, where, field].add(tie)
    return ordered([(*key, len(ties), ties) for key, ties in groups.items()], 0, 1, 2)


def ties_of_city(g: Graph, p: Params) -> list[Row]:
    as_of, out = p["asOf"], []

    def state(tie: str, node: str) -> int:
        """4 in force, 3 possibly, 2 lapsed, 1 not concluded."""
        first, last = g.one(node, "earliest", "establishedEarliest"), g.one(node, "latest", "establishedLatest")
        newer = g.s("supersedes", node)
        if any(end < as_of for end in (*g.o(node, "endLatest"), *g.o(tie, "endLatest"))):
            return 2
        if any(day <= as_of for each in newer for day in g.o(each, "latest")):
            return 2
        if not first and not last:
            return 1 if any(set(g.o(each, "status")) & CANDIDATE for each in g.s("about", node)) else 3
        if (g.one(node, "startEarliest") or first or "") > as_of:
            return 1
        over = any(end < as_of for end in (*g.o(node, "endEarliest"), *g.o(tie, "endEarliest")))
        replaced = any(day <= as_of for each in newer for day in g.o(each, "earliest"))
        begun = (g.one(node, "startLatest") or last or "~") <= as_of
        return 4 if begun and not over and not replaced else 3

    for tie in g.all("Tie"):
        instruments = [*g.s("establishes", tie), *g.s("renews", tie)]
        nodes = instruments if g.s("establishes", tie) else [*instruments, tie]
        best = max(state(tie, node) for node in nodes)
        objections = {
            each for matter in (tie, *instruments) for each in g.s("about", matter)
            if K + "rejects" in g.o(each, "stance") and (g.one(each, "earliest") or "") <= as_of
        }  # fmt: skip
        word = ("not concluded", "lapsed", "possibly in force", "in force")[best - 1]
        for partner in partners(g, tie, p["city"]):
            if p.get("partner") in {None, partner}:
                basis = {tie, *instruments, *objections}
                out += [(tie, partner, *kind, word, len(objections), basis) for kind in product(g.o(tie, "kind"))]
    return ordered(out, 1, 0)


def timeline_of_city(g: Graph, p: Params) -> list[Row]:
    city, out = p["city"], []

    def add(what: str, item: str, first: str, last: str) -> None:
        a, b = g.one(item, first), g.one(item, last)
        if a and b and b >= p.get("since", "") and a <= p.get("until", "~"):
            out.append((a, b, what, item, {item}))

    for item in list(g.out):
        if city in g.up(g.o(item, "host", "visitor")) or city in g.came(item):
            add("event", item, "earliest", "latest")
        if city in g.o(item, "party"):
            add("end", item, "endEarliest", "endLatest")
            if g.is_a(item, "Agreement"):
                add("agreement", item, "earliest", "latest")
            if g.is_a(item, "Tie"):
                add("tie", item, "establishedEarliest", "establishedLatest")
        if g.o(item, "stance", "status"):
            about = g.o(item, "about")
            ties = about + [tie for each in about for tie in g.o(each, "establishes", "renews")]
            if any(city in g.o(tie, "party") for tie in ties):
                add("report", item, "earliest", "latest")
    return ordered(out, 0, 1, 2, 3)


def visits_between(g: Graph, p: Params) -> list[Row]:
    out = []
    for visit in list(g.out):
        visitors = g.up(g.o(visit, "visitor"))
        hosts = g.up(
            [*g.o(visit, "host"), *(gov for place in g.o(visit, "location") for gov in g.s("territory", place))]
        )
        pair = (p["city"], p["partner"])
        if not ((pair[0] in visitors and pair[1] in hosts) or (pair[1] in visitors and pair[0] in hosts)):
            continue
        first, last = g.one(visit, "earliest"), g.one(visit, "latest")
        if first and last:
            when = "past" if last < p["asOf"] else "future" if first > p["asOf"] else "around"
            out += [
                (when, visit, who, first, last, g.one(visit, "headcount"), {visit}) for who in g.o(visit, "visitor")
            ]
    return ordered(out, "-4", "-3", 1, 2)


def visits_in_period(g: Graph, p: Params) -> list[Row]:
    city, since, until, out = p["city"], p["since"], p["until"], []
    for visit in g.all("Visit"):
        first, last = g.one(visit, "earliest"), g.one(visit, "latest")
        if not first or not last or first > until or last < since:
            continue
        places = [gov for place in g.o(visit, "location") for gov in g.s("territory", place)]
        paid = city in g.up(g.o(visit, "visitor"))
        received = city in g.up(g.o(visit, "host")) or (not g.o(visit, "host") and city in places)
        way = "in" if received else "out"
        if paid == received or p.get("direction") not in {None, way}:
            continue
        bodies = g.up(g.o(visit, "visitor" if received else "host"))
        grounds = [ground for body in bodies for ground in g.o(body, "territory", "represents")]
        countries = g.countries(grounds + ([] if received else g.o(visit, "location")))
        if p.get("country") and p["country"] not in countries:
            continue
        sure = "certain" if first >= since and last <= until else "possible"
        for (partner,) in product(g.o(visit, "visitor" if received else "host")):
            out.append((visit, way, partner, first, last, sure, g.one(visit, "headcount"), {visit}))
    return ordered(out, 3, 4, 0, 2)


def who_met_whom(g: Graph, p: Params) -> list[Row]:
    out = []
    for event in g.all("Meeting"):
        there = [(part, person) for part in g.s("event", event) for person in g.o(part, "participant")]
        for (part, person), (other_part, other) in itertools.permutations(there, 2):
            if person != other:
                out.append((event, g.one(event, "earliest"), person, other, "same meeting", {event, part, other_part}))
    for event in g.all("Visit"):
        for part, host in itertools.product(g.s("event", event), g.o(event, "host")):
            if host not in g.up(g.o(part, "onBehalfOf")):
                day = g.one(event, "earliest")
                out += [
                    (event, day, person, host, "received by body", {event, part}) for person in g.o(part, "participant")
                ]
    return ordered([row for row in out if p.get("person") in {None, row[2]}], 4, 1, 0, 2, 3)


def who_signed(g: Graph, p: Params) -> list[Row]:
    out = []
    for a in g.all("Agreement"):
        if p.get("agreement") not in {None, a} or (p.get("city") and p["city"] not in g.o(a, "party")):
            continue
        people: list[Row] = []
        for event in g.o(a, "signingEvent"):
            for part in g.s("event", event):
                if K + "signatory" in g.o(part, "role"):
                    posts = [post for tenure in g.o(part, "inCapacity") for post in g.o(tenure, "post")]
                    for person, body, post in itertools.product(
                        g.o(part, "participant"), g.o(part, "onBehalfOf") or [None], posts or [None]
                    ):
                        people.append((person, body, post, part))
        for event in g.o(a, "signingEvent") or [None]:
            for person, body, post, part in people or [(None, None, None, a)]:
                out.append((a, g.one(a, "earliest"), event, person, body, post, {a, part}))
    return ordered(out, "-1", 0, 2, 3, 4, 5)


def text(curies: Curies, iris: set[str], cell: Cell) -> str:
    """A cell as the golden files write it."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, tuple):
        return str(cell[0])
    return curies.short(cell) if cell in iris else str(cell)


def facts_by_node(coverage: Path, curies: Curies) -> dict[str, set[str]]:
    """Node to the facts of the report that it states."""
    out: dict[str, set[str]] = collections.defaultdict(set)
    with coverage.open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            out[curies.expand(row["subject"]) or ""].add(row["fact"])
    return out


def graph_of(project: Project, root: Path) -> Graph:
    """The model's ontology and the project's data."""
    return Graph([root / "ontology", project.root / "data"])


def typed(curies: Curies, given: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters with prefixed names as IRIs."""
    return {name: curies.expand(value) or value if isinstance(value, str) else value for name, value in given.items()}


def derived(g: Graph, name: str, params: Params) -> list[Row]:
    """Rows of a query, each with the set of nodes it rests on as its last element."""
    function: Callable[[Graph, Params], list[Row]] = globals()[name.replace("-", "_")]
    return function(g, params)
