"""The facts of a node as rows: a property, its values, each with its evidence; and the gaps."""

from __future__ import annotations

from msgspec import Struct

from kgtool.pages.context import Context
from kgtool.pages.evidence import Evidence
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label
from kgtool.pages.view import View, safe_link
from kgtool.terms import CD, OA, RDF, RDFS, SCHEMA, SKOS, XSD

# Shown elsewhere on the page: names, evidence, types, notes, coordinates and identifiers.
_ELSEWHERE = frozenset({
    RDF + "type", SKOS + "prefLabel", SKOS + "altLabel", RDFS + "label", CD + "evidence", SKOS + "editorialNote",
    SCHEMA + "latitude", SCHEMA + "longitude", SCHEMA + "sameAs", SCHEMA + "identifier", CD + "lineDigests",
    CD + "nameOf", OA + "hasSelector", CD + "summary", RDFS + "isDefinedBy",
})  # fmt: skip
_EDTF = frozenset(
    CD + name for name in ("when", "started", "ended", "attested", "established", "validUntil", "due", "period")
)
# What a reader would look for, and is told when no source says it.
GAPS = {
    Kind.VISIT: ("when", "visitor", "host", "purpose", "headcount"),
    Kind.EVENT: ("when", "host", "location"),
    Kind.AGREEMENT: ("when", "form", "signingEvent", "cooperationField", "validUntil"),
    Kind.TIE: ("kind", "established"),
    Kind.TENURE: ("started", "ended"),
    Kind.POST: ("postIn",),
}
_MOST_VALUES = 30


class Value(Struct, frozen=True):
    """One value: a text, the page it leads to or the address it is, a note behind it."""

    label: Label
    path: str = ""
    link: str = ""
    note: str = ""
    vague: bool = False
    disputed: bool = False


class Fact(Struct, frozen=True):
    """One row. `gap` says that no source tells it; `more` counts values that are not shown."""

    name: Label
    term_path: str
    values: tuple[Value, ...]
    evidence: tuple[Evidence, ...]
    gap: bool = False
    more: int = 0
    key: str = ""


def facts(context: Context, node: int) -> list[Fact]:
    """What is stated of a node, property by property in file order; gaps last."""
    view = context.view
    hidden = _bounds(view)
    rows, told = [], set()
    for predicate, values in view.statements(node):
        iri = view.iri(predicate)
        told.add(iri)
        if iri in _ELSEWHERE or predicate in hidden:
            continue
        rows.append(_row(context, node, predicate, values))
    kind = view.kind(node)
    missing = [n for n in GAPS.get(kind, ()) if CD + n not in told and not _answered(view, node, kind, n)]
    return rows + [Fact(property_label(context, CD + name), "", (), (), gap=True, key=name) for name in missing]


def _answered(view: View, node: int, kind: Kind, name: str) -> bool:
    """A tie is dated by its agreement, a part by the whole."""
    if kind is Kind.TIE and name == "established":
        return bool(view.into(node, CD + "establishes"))
    return name == "host" and view.first(node, CD + "partOf") >= 0


def _row(context: Context, node: int, predicate: int, values: tuple[int, ...]) -> Fact:
    view = context.view
    iri = view.iri(predicate)
    shown = tuple(value_of(context, iri, value) for value in values[:_MOST_VALUES])
    path = view.path(predicate) if view.has_page(predicate) else ""
    return Fact(
        property_label(context, iri), path, shown, context.evidence(node, iri), more=max(0, len(values) - _MOST_VALUES)
    )


def value_of(context: Context, predicate: str, value: int) -> Value:
    """A term as a value: dates in words, resources linked, addresses linked when they are http."""
    view = context.view
    literal = view.literal(value)
    if literal is None:
        if view.has_page(value):
            ref = context.ref(value)
            return Value(
                ref.label, ref.path, disputed=bool(ref.kind in {Kind.TIE, Kind.AGREEMENT} and view.disputed(value))
            )
        iri = view.iri(value)
        return Value(context.label(value) if iri else Label("[ ]"), link=safe_link(iri))
    if predicate in _EDTF:
        told = context.when(literal.value)
        return Value(Label(told.text), note=told.roc, vague=told.vague)
    if literal.datatype.value == XSD + "date":
        return Value(Label(context.when(literal.value).text))
    return Value(context.namer.value(value, context.language), link=safe_link(literal.value))


def property_label(context: Context, iri: str) -> Label:
    """A property's name: the interface's own where it has one in this language, else the ontology's."""
    if iri.startswith(CD):
        own = context.words.get("p_" + iri[len(CD) :])
        if own:
            return Label(own)
    node = context.view.code(iri)
    if node >= 0 and context.namer.tagged(node):
        return context.label(node)
    return Label(context.view.snapshot.curies.short(iri))


def _bounds(view: View) -> frozenset[int]:
    """Properties that hold what an EDTF property says, for calculating."""
    names = ("lowerBoundProperty", "upperBoundProperty")
    return frozenset(value for name in names for value in view.declared(CD + name))
