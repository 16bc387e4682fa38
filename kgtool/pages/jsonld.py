"""What search engines read: schema.org JSON-LD of a node, as text that cannot leave its script element."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup

from kgtool.pages.context import Context
from kgtool.pages.embedded import embedded
from kgtool.pages.kinds import Kind
from kgtool.pages.maps import coordinates, place_of
from kgtool.terms import CD, SCHEMA

_TYPES = {
    Kind.CITY: "GovernmentOrganization", Kind.PERSON: "Person", Kind.VISIT: "Event", Kind.EVENT: "Event",
    Kind.BODY: "Organization", Kind.PLACE: "Place", Kind.SOURCE: "CreativeWork", Kind.CLAIM: "Claim",
    Kind.AGREEMENT: "CreativeWork",
}  # fmt: skip


def markup(context: Context, node: int) -> Markup:
    """The element's content; empty for kinds that schema.org has no word for."""
    kind = context.view.kind(node)
    if kind not in _TYPES:
        return Markup("")
    return embedded(_table(context, node, kind))


def _table(context: Context, node: int, kind: Kind) -> dict[str, Any]:
    view = context.view
    names = context.namer.tagged(node)
    table: dict[str, Any] = {"@context": "https://schema.org/", "@id": view.iri(node), "@type": _TYPES[kind]}
    if names:
        table["name"] = [{"@value": text, "@language": tag} if tag else text for tag, text in sorted(names.items())]
    for name, key in (("earliest", "startDate"), ("latest", "endDate")):
        value = view.text(node, CD + name)
        if value and kind in {Kind.VISIT, Kind.EVENT}:
            table[key] = value
    point, place = coordinates(view, node), place_of(view, node)
    if point and kind in {Kind.CITY, Kind.PLACE}:
        spot = {"@type": "GeoCoordinates", "latitude": point[1], "longitude": point[0]}
        same = [view.iri(value) for value in view.out(place, SCHEMA + "sameAs")]
        if kind is Kind.CITY:
            table["areaServed"] = {"@type": "Place", "@id": view.iri(place), "geo": spot, "sameAs": same}
        else:
            table |= {"geo": spot, "sameAs": same}
    return table
