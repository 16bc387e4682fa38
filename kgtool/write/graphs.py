"""Triples to Turtle and JSON-LD text, in stable order with the project's prefixes; rdflib does the writing."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer

from kgtool.terms import XSD
from kgtool.write.results import n3
from kgtool.write.terms import from_rdflib, quiet, to_graph

# Datatype to the lexical forms that may stand without quotes. Source: RDF 1.1 Turtle §2.5.2, §2.5.3.
_BARE = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.[0-9]+"),
    XSD + "double": re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)[eE][+-]?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
}


class _Writer(LongTurtleSerializer):
    """rdflib's writer, but a literal keeps its form: rdflib rounds doubles and writes "1"^^xsd:boolean as 1."""

    def label(self, node: rdflib.term.Node, position: int) -> str:
        bare = _BARE.get(str(node.datatype)) if isinstance(node, rdflib.Literal) else None
        if bare is None:
            return str(super().label(node, position))  # type: ignore[no-untyped-call]
        return str(node) if bare.fullmatch(str(node)) else n3(from_rdflib(node))


def to_turtle(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """Turtle with only the prefixes that are used. Cost: that of rdflib, about 50 s a million triples."""
    graph = to_graph(triples)
    used = {term for triple in graph for term in triple}
    for prefix, namespace in sorted(prefixes.items()):
        if any(str(term).startswith(namespace) for term in used):
            graph.bind(prefix, namespace, override=True, replace=True)
    stream = io.BytesIO()
    with quiet():
        _Writer(graph).serialize(stream)  # type: ignore[no-untyped-call]
    return stream.getvalue().decode("utf-8")


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
