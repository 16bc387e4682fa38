"""schema.org JSON-LD: what search engines and general tools understand of the data. A view with less in it, and it says so.

Only classes and properties of schema.org appear; evidence, certainty and who claims what have no place there, so claims are
left out as a whole. Source: schema.org 30 (Event, Person, GovernmentOrganization, Place, CreativeWork).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.export.bundle import Bundle
from kgtool.export.calendar import days
from kgtool.lang import canonical
from kgtool.terms import CD, RDF, SCHEMA, SKOS

# Class of ours to schema.org's; whatever is in none of them is left out.
_CLASSES = {
    CD + "LocalGovernment": "GovernmentOrganization", CD + "PublicBody": "GovernmentOrganization",
    CD + "Organisation": "Organization", CD + "Person": "Person", CD + "Event": "Event", CD + "EventSeries": "EventSeries",
    CD + "Agreement": "CreativeWork", CD + "Source": "CreativeWork",
}  # fmt: skip
# Property of ours to schema.org's.
_LINKS = {
    CD + "territory": "areaServed", CD + "seat": "location", CD + "organOf": "parentOrganization", CD + "location": "location",
    CD + "host": "organizer", CD + "visitor": "attendee", CD + "partOf": "superEvent", CD + "editionOf": "superEvent",
    CD + "party": "contributor", SCHEMA + "containedInPlace": "containedInPlace", SCHEMA + "sameAs": "sameAs",
}  # fmt: skip


def schemaorg(bundle: Bundle) -> Mapping[str, bytes]:
    """`schema-org.jsonld`; the context is `@vocab` alone, so that nothing has to be fetched."""
    kinds = {node: kind for node in bundle.about if (kind := _kind(bundle, node))}
    nodes = [_node(bundle, node, kind, kinds) for node, kind in kinds.items()]
    table = {"@context": {"@vocab": SCHEMA}, "@graph": nodes}
    return {"schema-org.jsonld": (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()}


def _kind(bundle: Bundle, node: object) -> str:
    if not isinstance(node, ox.NamedNode):
        return ""
    types = [value.value for value in bundle.values(node, RDF + "type") if isinstance(value, ox.NamedNode)]
    for cls in types:
        if cls.startswith(SCHEMA):
            return cls.removeprefix(SCHEMA)
    above = {wider for cls in types for wider in bundle.above(cls)}
    return next((name for cls, name in _CLASSES.items() if cls in above), "")


def _node(bundle: Bundle, node: object, kind: str, kinds: Mapping[object, str]) -> dict[str, Any]:
    out: dict[str, Any] = {"@id": getattr(node, "value", ""), "@type": kind}
    names = [
        {"@language": tag, "@value": text} if tag else text for tag, text in sorted(bundle.names(node).items())
    ]  # fmt: skip
    if names:
        out["name"] = names
    others = [
        {"@language": canonical(value.language), "@value": value.value} if value.language else value.value
        for value in bundle.values(node, SKOS + "altLabel") if isinstance(value, ox.Literal)
    ]  # fmt: skip
    if others:
        out["alternateName"] = others
    for predicate, name in _LINKS.items():
        # A link to what is not shown would lead nowhere; what lies outside the data is somebody else's to show.
        found = [
            {"@id": value.value} for value in bundle.values(node, predicate)
            if isinstance(value, ox.NamedNode) and (value in kinds or value not in bundle.about)
        ]  # fmt: skip
        if found:
            out.setdefault(name, []).extend(found)
    out |= _geo(bundle, node) | _dates(bundle, node, kind)
    return out


def _geo(bundle: Bundle, node: object) -> dict[str, Any]:
    pair = [bundle.values(node, SCHEMA + name) for name in ("latitude", "longitude")]
    if not all(len(values) == 1 for values in pair):
        return {}
    latitude, longitude = (getattr(values[0], "value", "") for values in pair)
    return {"geo": {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}}


def _dates(bundle: Bundle, node: object, kind: str) -> dict[str, Any]:
    """Days only where they are certain: schema.org has no word for "some day within"."""
    found = days(bundle, node)
    if found is None or not found.certain:
        return {}
    if kind == "Event":
        return {"startDate": found.first.isoformat(), "endDate": found.last.isoformat()}
    return {"dateCreated": found.first.isoformat()} if kind == "CreativeWork" else {}
