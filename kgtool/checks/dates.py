"""KG501, KG502: every EDTF value's bounds re-derived, as the ontology pairs them.

The ontology says which property holds an EDTF value and which two hold its bounds (cd:lowerBoundProperty,
cd:upperBoundProperty), so a new dated property is checked without a change here. A value is derived once however many
statements have it; a place is looked for only where something is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.checks.context import Inputs, Outcome, key
from kgtool.checks.statements import iri_of
from kgtool.dates import NotEdtfError, bounds
from kgtool.errors import texts
from kgtool.finding import Finding
from kgtool.index import Index
from kgtool.terms import CD, XSD

_LOWER, _UPPER = CD + "lowerBoundProperty", CD + "upperBoundProperty"
_DATE = ox.NamedNode(XSD + "date")


class _Dated(Struct, frozen=True):
    """A property that holds an EDTF value, and the two that hold its bounds (codes)."""

    value: int
    lower: int
    upper: int


# A bound's property, the day that it should be (None for none), and the code of that day as a literal (-1: nobody says it).
_Wanted = tuple[int, str | None, int]


def check_dates(inputs: Inputs) -> Outcome:
    """Findings for values that are not EDTF, bounds that are missing or wrong, and bounds without a value.

    Cost: linear in the columns of the dated properties; counts the values.
    """
    dated = tuple(_dated(inputs.facts))
    findings: list[Finding] = []
    count = 0
    derivable: dict[int, set[int]] = {}
    for item in dated:
        rows = dict.fromkeys(zip(*inputs.facts.column(item.value), strict=True))
        count += len(rows)
        findings += _compared(inputs, item, rows)
        for bound in (item.lower, item.upper):
            derivable.setdefault(bound, set()).update(subject for subject, _ in rows)
    for bound, subjects in derivable.items():
        sources = [item.value for item in dated if bound in (item.lower, item.upper)]
        alone = set(inputs.facts.column(bound)[0]) - subjects
        findings += [_no_value(inputs, subject, bound, sources) for subject in alone]
    return Outcome(tuple(sorted(findings)), count)


def _dated(facts: Index) -> Iterator[_Dated]:
    upper = facts.forward(facts.iri(_UPPER))
    for prop, lowers in facts.forward(facts.iri(_LOWER)).items():
        uppers = upper.get(prop, ())
        if uppers and iri_of(facts.terms[lowers[0]]) and iri_of(facts.terms[uppers[0]]):
            yield _Dated(prop, lowers[0], uppers[0])


def _compared(inputs: Inputs, item: _Dated, rows: dict[tuple[int, int], None]) -> Iterator[Finding]:
    facts = inputs.facts
    stated = {bound: facts.forward(bound) for bound in (item.lower, item.upper)}
    derived: dict[int, tuple[_Wanted, ...] | None] = {}
    for subject, value in rows:
        if value not in derived:
            derived[value] = _wanted(facts, item, value)
        wanted = derived[value]
        if wanted is None:
            yield _not_edtf(inputs, item, subject, value)
            continue
        for bound, day, code in wanted:
            found = stated[bound].get(subject, ())
            if found != ((code,) if day else ()):
                yield _differs(inputs, item, (subject, value), bound, day, found)


def _wanted(facts: Index, item: _Dated, value: int) -> tuple[_Wanted, ...] | None:
    try:
        derived = bounds(getattr(facts.terms[value], "value", ""))
    except NotEdtfError:
        return None
    days = ((item.lower, derived.lower), (item.upper, derived.upper))
    return tuple((bound, day, facts.ids.get(ox.Literal(day, datatype=_DATE), -1) if day else -1) for bound, day in days)


def _not_edtf(inputs: Inputs, item: _Dated, subject: int, value: int) -> Finding:
    node, name, term = _told(inputs, subject, item.value, value)
    short, text = inputs.curies.short(name), getattr(inputs.facts.terms[value], "value", "")
    message = texts(zh=f"{short} 之值「{text}」不是 EDTF。", en=f'{short} "{text}" is not EDTF.')
    place = inputs.locator.place(node, name, term)
    return inputs.finding("KG502", place, message, focus=node, path=f"<{name}>", value=term)


def _differs(
    inputs: Inputs, item: _Dated, row: tuple[int, int], bound: int, day: str | None, found: tuple[int, ...]
) -> Finding:
    terms, short = inputs.facts.terms, inputs.curies.short
    node, name, term = _told(inputs, row[0], item.value, row[1])
    of, text = short(iri_of(terms[bound])), getattr(terms[row[1]], "value", "")
    should = f'"{day}"^^xsd:date' if day else "—"
    have = ", ".join(getattr(terms[code], "value", "") for code in found) or "—"
    message = texts(
        zh=f'由 {short(name)} "{text}" 得出 {of} 應為 {should},現為 {have}。',
        en=f'{short(name)} "{text}" gives {of} {should}; found {have}.',
    )
    stated = "|".join(sorted(str(terms[code]) for code in found))
    place = inputs.locator.place(node, name, term)
    return inputs.finding("KG501", place, message, focus=node, path=f"<{iri_of(terms[bound])}>", value=stated)


def _told(inputs: Inputs, subject: int, predicate: int, value: int) -> tuple[str, str, str]:
    terms = inputs.facts.terms
    return key(terms[subject]), iri_of(terms[predicate]), str(terms[value])


def _no_value(inputs: Inputs, subject: int, bound: int, sources: list[int]) -> Finding:
    terms, short = inputs.facts.terms, inputs.curies.short
    node, name = key(terms[subject]), iri_of(terms[bound])
    wanted = " / ".join(short(iri) for iri in sorted(iri_of(terms[source]) for source in sources))
    message = texts(
        zh=f"有 {short(name)} 而無 EDTF 值({wanted}),無法重新推導。",
        en=f"{short(name)} without the EDTF value it derives from ({wanted}).",
    )
    return inputs.finding("KG501", inputs.locator.place(node, name), message, focus=node, path=f"<{name}>")
