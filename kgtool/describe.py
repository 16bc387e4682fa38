"""All that is stated of one IRI, and what follows: a concise bounded description, with files, evidence and labels.

`Facts` are the tables of one version, made once; `describe` reads them. A statement is told with the named graphs that
state it, so that what a file says and what a rule adds never look alike.
Source: Concise Bounded Description (W3C Member Submission, 3 June 2005), here with the statements that point back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from urllib.parse import unquote

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import Texts
from kgtool.lang import canonical
from kgtool.terms import CD, DCT, GRAPH, MODEL_GRAPH, OA, OWL, RDF, RDFS, SKOS

Node = ox.NamedNode | ox.BlankNode
Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
# A hub (the city itself, a class) is mentioned by thousands; the rest is behind `skip`.
MOST_INCOMING = 500
# The first that a resource has is its label: a preferred label is shown, an ontology's title, a term's rdfs:label.
_LABELS = tuple(ox.NamedNode(iri) for iri in (SKOS + "prefLabel", RDFS + "label", DCT + "title"))
# What a reader wants to see first; everything else by IRI.
_FIRST = {RDF + "type": 0, SKOS + "prefLabel": 1, RDFS + "label": 1, DCT + "title": 1}
_EVIDENCE = ox.NamedNode(CD + "evidence")
_SUPPORTS = ox.NamedNode(CD + "supports")
_SOURCES = (ox.NamedNode(OA + "hasSource"), ox.NamedNode(CD + "source"))
_DEPRECATED = ox.NamedNode(OWL + "deprecated")
_REPLACED = ox.NamedNode(DCT + "isReplacedBy")


class Statement(Struct, frozen=True):
    """One triple and where it stands.

    Attributes:
        graphs: IRIs of the named graphs that state it, in file order; empty when it only follows.
        evidence: passages and citations that it rests on: those of its subject that support anything, or this property.
    """

    subject: Node | ox.Triple
    predicate: ox.NamedNode
    object: Term
    graphs: tuple[str, ...] = ()
    evidence: tuple[Node, ...] = ()

    @property
    def inferred(self) -> bool:
        """Whether no file states it."""
        return not self.graphs

    @property
    def triple(self) -> ox.Triple:
        return ox.Triple(self.subject, self.predicate, self.object)


class Evidence(Struct, frozen=True):
    """A passage or citation, and what is stated of it, its selector's blank node included.

    Attributes:
        source: the source it points to, None when it names none.
        supports: IRIs of the properties that it supports; empty: whatever is stated of the node that points here.
    """

    node: Node
    source: ox.NamedNode | None
    supports: tuple[str, ...]
    statements: tuple[Statement, ...]


class Description(Struct, frozen=True):
    """What is known of one resource.

    Attributes:
        stated, inferred: statements about it; types and labels first, then by predicate and object.
        nested: statements about the blank nodes that it leads to, in the order in which they are met.
        incoming: statements whose object it is, what is stated first, by predicate and subject; at most `most` of them.
        incoming_total: how many there are in all.
        evidence: the nodes that all of this rests on: its own, then those of what points to it.
        labels: IRI to language tag ("" for none) to text, of every IRI that is mentioned and has a label.
        deprecated: whether it is withdrawn (owl:deprecated, or replaced).
        replaced_by: IRIs that stand in its place (dct:isReplacedBy), sorted.
    """

    iri: str
    stated: tuple[Statement, ...]
    inferred: tuple[Statement, ...]
    nested: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    incoming_total: int
    evidence: tuple[Evidence, ...]
    labels: Mapping[str, Texts]
    deprecated: bool = False
    replaced_by: tuple[str, ...] = ()

    @property
    def types(self) -> tuple[str, ...]:
        """IRIs of its classes, stated ones first."""
        return self.values(RDF + "type")

    def values(self, predicate: str) -> tuple[str, ...]:
        """IRIs and lexical forms of one property, stated ones first."""
        every = (*self.stated, *self.inferred)
        return tuple(
            statement.object.value for statement in every
            if statement.predicate.value == predicate and not isinstance(statement.object, ox.Triple)
        )  # fmt: skip


class Facts:
    """One version's statements, looked up by subject and by object. Cost: about 2 µs a statement to make.

    Args:
        stated: with their graph names, in file order.
        inferred: what follows and is not stated.
    """

    __slots__ = ("_about", "_mentions", "_triples", "graphs")

    def __init__(self, stated: Iterable[ox.Quad], inferred: Iterable[ox.Triple] = ()) -> None:
        self._triples: dict[ox.Triple, tuple[str, ...]] = {}
        self.graphs: dict[str, list[ox.Triple]] = {}
        for quad in stated:
            triple = quad.triple
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else str(quad.graph_name)
            before = self._triples.get(triple, ())
            if name not in before:
                self._triples[triple] = (*before, name)
                self.graphs.setdefault(name, []).append(triple)
        for triple in inferred:
            self._triples.setdefault(triple, ())
        self._about: dict[object, list[ox.Triple]] = {}
        self._mentions: dict[object, list[ox.Triple]] = {}
        for triple in self._triples:
            self._about.setdefault(triple.subject, []).append(triple)
            if not isinstance(triple.object, ox.Literal):
                self._mentions.setdefault(triple.object, []).append(triple)

    def __contains__(self, iri: str) -> bool:
        """Whether any statement has the IRI as its subject or object."""
        node = ox.NamedNode(iri)
        return node in self._about or node in self._mentions

    def __len__(self) -> int:
        """Different triples, inferred ones too."""
        return len(self._triples)

    def about(self, node: Term) -> Sequence[ox.Triple]:
        """The triples with this subject."""
        return self._about.get(node, ())

    def mentions(self, node: Term) -> Sequence[ox.Triple]:
        """The triples with this object."""
        return self._mentions.get(node, ())

    def within(self, namespace: str) -> tuple[str, ...]:
        """The IRIs of a namespace that something is stated of, sorted. Cost: linear in the subjects."""
        return tuple(
            sorted(s.value for s in self._about if isinstance(s, ox.NamedNode) and s.value.startswith(namespace))
        )

    def statement(self, triple: ox.Triple) -> Statement:
        """The triple with its graphs and its evidence."""
        graphs = self._triples[triple]
        resting = self._evidence(triple) if graphs and triple.predicate != _EVIDENCE else ()
        return Statement(triple.subject, triple.predicate, triple.object, graphs, resting)

    def pointing(self, node: Term) -> list[ox.Triple]:
        """The triples with this object: what is stated first, by predicate and subject."""
        return sorted(self.mentions(node), key=lambda t: (not self._triples[t], t.predicate.value, str(t.subject)))

    def incoming(self, node: Term, most: int, skip: int) -> list[ox.Triple]:
        """Some of `pointing`."""
        return self.pointing(node)[skip : skip + most]

    def count(self, node: Term) -> int:
        """How many triples have this object."""
        return len(self.mentions(node))

    def objects(self, node: Term, *predicates: ox.NamedNode) -> tuple[Term, ...]:
        """Objects of these properties, in file order."""
        return tuple(triple.object for triple in self.about(node) if triple.predicate in predicates)

    def label(self, iri: str) -> Texts:
        """Language tag to text, of the first label property that the resource has; empty when it has none."""
        found: dict[ox.NamedNode, dict[str, str]] = {}
        for triple in self.about(ox.NamedNode(iri)):
            if triple.predicate in _LABELS and isinstance(triple.object, ox.Literal):
                found.setdefault(triple.predicate, {}).setdefault(
                    canonical(triple.object.language or ""), triple.object.value
                )
        return next((found[predicate] for predicate in _LABELS if predicate in found), {})

    def _evidence(self, triple: ox.Triple) -> tuple[Node, ...]:
        nodes = []
        for node in self.objects(triple.subject, _EVIDENCE):
            supported = self.objects(node, _SUPPORTS)
            if isinstance(node, Node) and (not supported or triple.predicate in supported):
                nodes.append(node)
        return tuple(nodes)


def describe(facts: Facts, iri: str, most: int = MOST_INCOMING, skip: int = 0) -> Description | None:
    """The description of one IRI; None when no statement mentions it.

    Args:
        most, skip: which of the statements that point to it are told, in their order.
    Cost: linear in the statements about it and about it being mentioned.
    Raises:
        ValueError: not an IRI.
    """
    node = ox.NamedNode(iri)
    own, mentions = facts.about(node), facts.count(node)
    if not own and not mentions:
        return None
    outgoing = sorted((facts.statement(triple) for triple in own), key=_forward)
    incoming = tuple(facts.statement(triple) for triple in facts.incoming(node, most, skip))
    nested = tuple(_nested(facts, outgoing))
    resting = [found for found in facts.objects(node, _EVIDENCE) if isinstance(found, Node)]
    resting += [found for statement in (*outgoing, *nested, *incoming) for found in statement.evidence]
    evidence = tuple(_resting(facts, found) for found in dict.fromkeys(resting))
    mentioned = (*outgoing, *nested, *incoming, *(one for found in evidence for one in found.statements))
    deprecated, replaced = withdrawn(facts, iri)
    return Description(
        iri,
        tuple(statement for statement in outgoing if not statement.inferred),
        tuple(statement for statement in outgoing if statement.inferred),
        nested, incoming, mentions, evidence, _labels(facts, iri, mentioned),
        deprecated, replaced,
    )  # fmt: skip


def withdrawn(facts: Facts, iri: str) -> tuple[bool, tuple[str, ...]]:
    """Whether a resource is withdrawn (owl:deprecated, or replaced), and the IRIs that stand in its place, sorted.

    Raises:
        ValueError: not an IRI.
    """
    node = ox.NamedNode(iri)
    after = tuple(sorted(one.value for one in facts.objects(node, _REPLACED) if isinstance(one, ox.NamedNode)))
    said = (one.value for one in facts.objects(node, _DEPRECATED) if isinstance(one, ox.Literal))
    return bool(after) or any(value in {"true", "1"} for value in said), after


def file_of(graph: str) -> str:
    """The file that a named graph holds, as messages name it (`data/city/a.ttl`, `model:ontology/core.ttl`); else the IRI."""
    if graph.startswith(MODEL_GRAPH):
        return "model:" + unquote(graph.removeprefix(MODEL_GRAPH))
    return unquote(graph.removeprefix(GRAPH)) if graph.startswith(GRAPH) else graph


def _forward(statement: Statement) -> tuple[int, str, str]:
    return _FIRST.get(statement.predicate.value, 9), statement.predicate.value, str(statement.object)


def _nested(facts: Facts, outgoing: Iterable[Statement]) -> Iterable[Statement]:
    """What is stated of blank nodes, breadth first; each node once, however they refer to each other."""
    todo = [statement.object for statement in outgoing if isinstance(statement.object, ox.BlankNode)]
    seen = set(todo)
    for node in todo:
        for statement in sorted((facts.statement(triple) for triple in facts.about(node)), key=_forward):
            yield statement
            if isinstance(statement.object, ox.BlankNode) and statement.object not in seen:
                seen.add(statement.object)
                todo.append(statement.object)


def _resting(facts: Facts, node: Node) -> Evidence:
    own = sorted((facts.statement(triple) for triple in facts.about(node)), key=_forward)
    sources = [found for found in facts.objects(node, *_SOURCES) if isinstance(found, ox.NamedNode)]
    supports = sorted(found.value for found in facts.objects(node, _SUPPORTS) if isinstance(found, ox.NamedNode))
    return Evidence(node, sources[0] if sources else None, tuple(supports), (*own, *_nested(facts, own)))


def _labels(facts: Facts, iri: str, statements: Iterable[Statement]) -> dict[str, Texts]:
    named = {iri}
    for statement in statements:
        for term in (statement.subject, statement.predicate, statement.object):
            if isinstance(term, ox.NamedNode):
                named.add(term.value)
    found = {name: facts.label(name) for name in sorted(named)}
    return {name: label for name, label in found.items() if label}
