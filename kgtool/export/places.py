"""GeoJSON: the places that have coordinates, with their names and the governments whose territory they are.

Source: RFC 7946 §3.1.2 (a position is longitude, latitude), §3.2, §5 (bounding box).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.export.bundle import Bundle
from kgtool.terms import CD, RDF, SCHEMA


def geojson(bundle: Bundle) -> Mapping[str, bytes]:
    """`places.geojson`; a place whose coordinates are no numbers on the globe is left out: check reports it."""
    governments: dict[object, list[str]] = {}
    for triple in bundle.triples:
        if triple.predicate.value == CD + "territory" and isinstance(triple.subject, ox.NamedNode):
            governments.setdefault(triple.object, []).append(triple.subject.value)
    features = []
    for node in bundle.about:
        position = _position(bundle, node)
        if position and isinstance(node, ox.NamedNode):
            features.append(_feature(bundle, node, position, governments.get(node, [])))
    table: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if features:
        longitudes, latitudes = zip(*(feature["geometry"]["coordinates"] for feature in features), strict=True)
        table["bbox"] = [min(longitudes), min(latitudes), max(longitudes), max(latitudes)]
    return {"places.geojson": (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode()}


def _feature(bundle: Bundle, node: ox.NamedNode, position: list[float], governments: list[str]) -> dict[str, Any]:
    types = [value.value for value in bundle.values(node, RDF + "type") if isinstance(value, ox.NamedNode)]
    same = [value.value for value in bundle.values(node, SCHEMA + "sameAs") if isinstance(value, ox.NamedNode)]
    properties = {
        "name": bundle.name(node), "names": bundle.names(node), "types": types, "governments": governments, "sameAs": same,
    }  # fmt: skip
    geometry = {"type": "Point", "coordinates": position}
    return {"type": "Feature", "id": node.value, "geometry": geometry, "properties": properties}


def _position(bundle: Bundle, node: object) -> list[float]:
    """Longitude and latitude, empty where there is not exactly one usable pair."""
    pair = []
    for predicate, most in ((SCHEMA + "longitude", 180.0), (SCHEMA + "latitude", 90.0)):
        values = bundle.values(node, predicate)
        try:
            number = float(getattr(values[0], "value", "")) if len(values) == 1 else most + 1
        except ValueError:
            return []
        if not -most <= number <= most:
            return []
        pair.append(number)
    return pair
