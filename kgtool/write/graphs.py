"""Triples to Turtle and JSON-LD text, in stable order with the project's prefixes; rdflib writes the Turtle.

rdflib's JSON-LD turns literals into native values ("yes"^^xsd:boolean into false) and loses blank nodes in a circle.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.serializers.longturtle import LongTurtleSerializer

from kgtool import lang
from kgtool.terms import RDF, XSD
from kgtool.write.curie import Curies
from kgtool.write.results import n3
from kgtool.write.terms import from_rdflib, quiet, to_graph

# Datatype to the lexical forms that may stand without quotes: those that rdflib, which reads numbers by value, gives back as
# they are written. Source: RDF 1.1 Turtle §2.5.2, §2.5.3.
_BARE = {
    XSD + "integer": re.compile(r"0|-?[1-9][0-9]*"),
    XSD + "decimal": re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]{1,6}"),
    XSD + "double": re.compile(r"(?!)"),
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
    """JSON-LD, flattened and compacted with the project's prefixes; nodes, keys and values sorted.

    Literals keep their lexical form: no native numbers. Source: JSON-LD 1.1 §4.1.4, §4.2.1, §4.7.
    """
    return jsonld_dataset(triples, {}, prefixes)


def jsonld_dataset(
    triples: Iterable[ox.Triple], graphs: Mapping[str, Iterable[ox.Triple]], prefixes: Mapping[str, str]
) -> str:
    """As `to_jsonld`, with named graphs (IRI to triples) beside the default graph. Source: JSON-LD 1.1 §4.9."""
    statements = sorted(set(triples), key=str)
    named = {iri: sorted(set(own), key=str) for iri, own in sorted(graphs.items())}
    context = _context((*statements, *(triple for own in named.values() for triple in own)), prefixes)
    curies = Curies(context)
    nodes = _nodes(statements, curies)
    for iri, own in named.items():
        name = _name(ox.NamedNode(iri), curies)
        graph = {"@graph": list(_nodes(own, curies).values())}
        nodes[name] = {**nodes.get(name, {"@id": name}), **graph}
    terms = {prefix: {"@id": namespace, "@prefix": True} for prefix, namespace in context.items()}
    table = {"@context": terms, "@graph": [nodes[name] for name in sorted(nodes)]}
    return json.dumps(table, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def _nodes(statements: Iterable[ox.Triple], curies: Curies) -> dict[str, dict[str, Any]]:
    """Each subject's properties, sorted by subject."""
    nodes: dict[str, dict[str, Any]] = {}
    for triple in statements:
        name = _name(triple.subject, curies)
        node = nodes.setdefault(name, {"@id": name})
        if triple.predicate.value == RDF + "type" and not isinstance(triple.object, ox.Literal):
            node.setdefault("@type", []).append(_name(triple.object, curies))
        else:
            node.setdefault(_name(triple.predicate, curies), []).append(_value(triple.object, curies))
    return dict(sorted(nodes.items()))


def _context(statements: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """The prefixes that are used and that JSON-LD can use: a whole IRI must not look like one of them."""
    iris = set()
    for triple in statements:
        for term in (triple.subject, triple.predicate, triple.object, getattr(triple.object, "datatype", None)):
            if isinstance(term, ox.NamedNode):
                iris.add(term.value)
    schemes = {iri.partition(":")[0] for iri in iris}
    return {
        prefix: namespace
        for prefix, namespace in sorted(prefixes.items())
        if prefix and prefix not in schemes and any(iri.startswith(namespace) for iri in iris)
    }


def _name(term: object, curies: Curies) -> str:
    return curies.short(term.value).strip("<>") if isinstance(term, ox.NamedNode) else str(term)


def _value(term: object, curies: Curies) -> Any:
    if not isinstance(term, ox.Literal):
        return {"@id": _name(term, curies)}
    if term.language:
        return {"@language": lang.canonical(term.language), "@value": term.value}
    if term.datatype.value == XSD + "string":
        return term.value
    return {"@type": _name(term.datatype, curies), "@value": term.value}
