"""Triples to Turtle and JSON-LD text, in stable order with the project's prefixes; rdflib does the writing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.write.terms import to_graph


def to_turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """Turtle with only the prefixes that are used. Cost: that of rdflib, about 50 s a million triples."""
    graph = to_graph(triples)
    used = {term for triple in graph for term in triple}
    for prefix, namespace in sorted(prefixes.items()):
        if any(str(term).startswith(namespace) for term in used):
            graph.bind(prefix, namespace, override=True, replace=True)
    return graph.serialize(format="longturtle")


def to_jsonld(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """JSON-LD with a context of the project's prefixes, keys sorted."""
    graph = to_graph(triples)
    text = graph.serialize(format="json-ld", context=dict(prefixes), auto_compact=True)
    return json.dumps(_ordered(json.loads(text)), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _ordered(value: Any) -> Any:
    """Lists of nodes and values in a stable order; rdflib writes them in hash order."""
    if isinstance(value, dict):
        return {key: item if key == "@list" else _ordered(item) for key, item in value.items()}
    if isinstance(value, list):
        items = [_ordered(item) for item in value]
        return sorted(items, key=lambda item: json.dumps(item, ensure_ascii=False, sort_keys=True))
    return value
