"""KG501, KG502: every EDTF value's bounds re-derived, as the ontology pairs them.

The ontology says which property holds an EDTF value and which two hold its bounds (cd:lowerBoundProperty,
cd:upperBoundProperty), so a new dated property is checked without a change here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kgtool.checks.context import Inputs, Outcome, Term
from kgtool.dates import NotEdtfError, bounds
from kgtool.errors import texts
from kgtool.finding import Finding
from kgtool.terms import CD, XSD

_LOWER, _UPPER = CD + "lowerBoundProperty", CD + "upperBoundProperty"


@dataclass(frozen=True, slots=True)
class _Dated:
    """A property that holds an EDTF value, and the two that hold its bounds (IRIs)."""

    value: str
    lower: str
    upper: str


def check_dates(inputs: Inputs) -> Outcome:
    """Findings for values that are not EDTF, bounds that are missing or wrong, and bounds without a value."""
    dated = tuple(_dated(inputs))
    bound_names = {name for item in dated for name in (item.lower, item.upper)}
    findings: list[Finding] = []
    count = 0
    for subject, statements in sorted(inputs.described.items()):
        derivable: set[str] = set()
        for item in dated:
            for value in statements.get(item.value, ()):
                count += 1
                derivable |= {item.lower, item.upper}
                findings += _compare(inputs, subject, statements, item, value)
        for name in sorted((bound_names & statements.keys()) - derivable):
            findings.append(
                _no_value(inputs, subject, name, [item.value for item in dated if name in (item.lower, item.upper)])
            )
    return Outcome(tuple(findings), count)


def _dated(inputs: Inputs) -> Iterator[_Dated]:
    for subject, statements in sorted(inputs.described.items()):
        lower, upper = statements.get(_LOWER), statements.get(_UPPER)
        if lower and upper and isinstance(lower[0], ox.NamedNode) and isinstance(upper[0], ox.NamedNode):
            yield _Dated(subject, lower[0].value, upper[0].value)


def _compare(
    inputs: Inputs, subject: str, statements: Mapping[str, list[Term]], item: _Dated, value: Term
) -> Iterator[Finding]:
    place = inputs.locator.place(subject, item.value, str(value))
    short = inputs.curies.short
    try:
        derived = bounds(value.value)
    except NotEdtfError:
        message = texts(
            zh=f"{short(item.value)} 之值「{value.value}」不是 EDTF。",
            en=f'{short(item.value)} "{value.value}" is not EDTF.',
        )
        yield inputs.finding("KG502", place, message, focus=subject, path=f"<{item.value}>", value=str(value))
        return
    for name, day in ((item.lower, derived.lower), (item.upper, derived.upper)):
        stated = sorted(str(term) for term in statements.get(name, ()))
        wanted = [] if day is None else [f'"{day}"^^<{XSD}date>']
        if stated == wanted:
            continue
        should = f'"{day}"^^xsd:date' if day else "—"
        found = ", ".join(term.value for term in statements.get(name, ())) or "—"
        message = texts(
            zh=f'由 {short(item.value)} "{value.value}" 得出 {short(name)} 應為 {should},現為 {found}。',
            en=f'{short(item.value)} "{value.value}" gives {short(name)} {should}; found {found}.',
        )
        yield inputs.finding("KG501", place, message, focus=subject, path=f"<{name}>", value="|".join(stated))


def _no_value(inputs: Inputs, subject: str, name: str, sources: list[str]) -> Finding:
    short = inputs.curies.short
    wanted = " / ".join(short(source) for source in sources)
    message = texts(
        zh=f"有 {short(name)} 而無 EDTF 值({wanted}),無法重新推導。",
        en=f"{short(name)} without the EDTF value it derives from ({wanted}).",
    )
    return inputs.finding("KG501", inputs.locator.place(subject, name), message, focus=subject, path=f"<{name}>")
