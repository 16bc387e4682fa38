"""Statements to the bytes of a document in one of six RDF forms, with what follows apart from what is stated.

TriG and N-Quads hold each statement in the graph of the file that states it, and what follows in the graph `INFERRED`.
The forms that know no graphs hold one layer: what is stated, unless `layer=` asks for another.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox

from kgtool.describe import Statement
from kgtool.serve.reading import Form
from kgtool.snapshot import INFERRED
from kgtool.terms import DCT, FOAF, RDF, VOID
from kgtool.write.graphs import jsonld_dataset, to_turtle
from kgtool.write.syntaxes import to_nquads, to_ntriples, to_rdfxml, to_trig

TURTLE = Form("ttl", "text/turtle")
JSONLD = Form("jsonld", "application/ld+json")
NTRIPLES = Form("nt", "application/n-triples")
RDFXML = Form("rdf", "application/rdf+xml")
TRIG = Form("trig", "application/trig")
NQUADS = Form("nq", "application/n-quads")
# The first is what a client without wishes gets.
FORMS: tuple[Form, ...] = (TURTLE, JSONLD, NTRIPLES, RDFXML, TRIG, NQUADS)
TRIPLE_FORMS: tuple[Form, ...] = (TURTLE, JSONLD, NTRIPLES, RDFXML)
_WITH_GRAPHS = frozenset({TRIG, NQUADS})
_PREFIXES: Mapping[str, str] = {"foaf": FOAF, "void": VOID}


class Layer(enum.StrEnum):
    """Which statements a document holds."""

    STATED = "stated"
    INFERRED = "inferred"
    ALL = "all"


def warm() -> None:
    """Write one statement in every form: rdflib looks up its parts when first used, and a worker opens no file."""
    triple = ox.Triple(ox.NamedNode(RDF + "nil"), ox.NamedNode(RDF + "type"), ox.Literal("x", language="en"))
    for form in FORMS:
        written((), (triple,), form, Layer.STATED, {})


def layer_of(form: Form, wanted: Layer | None) -> Layer:
    """The layer asked for; without a wish everything where the form can keep the layers apart, else what is stated."""
    return wanted or (Layer.ALL if form in _WITH_GRAPHS else Layer.STATED)


def written(
    statements: Iterable[Statement], about: Sequence[ox.Triple], form: Form, layer: Layer, prefixes: Mapping[str, str]
) -> bytes:
    """The document.

    Args:
        about: what the document says of itself; in the default graph.
        prefixes: only those that are used are written.
    Raises:
        QueryError: `E-FORMAT`: RDF/XML has no way to say one of the statements.
    Cost: about 50 µs a statement for Turtle, 5 µs for the others.
    """
    every = dict.fromkeys(statements)
    stated = [one for one in every if not one.inferred] if layer is not Layer.INFERRED else []
    follows = [one.triple for one in every if one.inferred] if layer is not Layer.STATED else []
    known = {**prefixes, **_PREFIXES}
    if form in _WITH_GRAPHS:
        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in about]
        quads += [_quad(one.triple, graph) for one in stated for graph in one.graphs]
        quads += [_quad(triple, INFERRED) for triple in follows]
        text = to_nquads(quads) if form == NQUADS else to_trig(quads, known)
    elif form == JSONLD:
        plain = [*about, *(one.triple for one in stated)]
        text = jsonld_dataset(plain, {INFERRED: follows} if follows else {}, known)
    else:
        triples = [*about, *(one.triple for one in stated), *follows]
        writers = {TURTLE: to_turtle, RDFXML: to_rdfxml}
        text = to_ntriples(triples) if form == NTRIPLES else writers[form](triples, known)
    return text.encode("utf-8", "surrogatepass")


def self_description(document: str, topics: Iterable[str], dataset: str, licence: str = "") -> tuple[ox.Triple, ...]:
    """What a document says of itself: what it is about, which dataset it belongs to, under which licence.

    Args:
        topics: IRIs; more than one for a vocabulary.
    Source: VoID §6.2 (void:inDataset).
    """
    node = ox.NamedNode(document)
    found = [(RDF + "type", FOAF + "Document"), (VOID + "inDataset", dataset)]
    found += [(FOAF + "primaryTopic", topic) for topic in topics]
    found += [(DCT + "license", licence)] if licence else []
    return tuple(ox.Triple(node, ox.NamedNode(predicate), ox.NamedNode(value)) for predicate, value in found)


def _quad(triple: ox.Triple, graph: str) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(graph))
