"""The manifest: one small graph beside the pushed ones that says which they are, and whether the push came to its end.

Its triples, `<base>manifest` being the name of its graph and of its subject:
    <base>manifest  state    "loading" | "complete"
    <base>manifest  version  what was pushed, hexadecimal; equal versions hold equal graphs
    <base>manifest  audience "public" | "partner" | "internal": the outermost audience that may see all of it
    <graph>         triples  how many (xsd:integer)
    <graph>         digest   "sha256:…" of the sorted canonical N-Triples
Predicates are `urn:kgtool:push:` and the name. A query never sees it: it is no part of the default graph.
"""

from __future__ import annotations

import enum
from collections import defaultdict
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox
from msgspec import Struct

from kgtool.engine.store import Solutions
from kgtool.formats import Audience
from kgtool.project import Remote
from kgtool.terms import XSD

_TERM = "urn:kgtool:push:"


class State(enum.StrEnum):
    """How far a push came."""

    LOADING = "loading"
    COMPLETE = "complete"


class Held(Struct, frozen=True):
    """What a graph holds: number of triples, and their digest."""

    triples: int
    digest: str


class Manifest(Struct, frozen=True):
    """The manifest.

    Attributes:
        graphs: IRI to what it holds; while `state` is LOADING, what it shall hold.
        audience: the outermost audience that may see all of it.
    """

    state: State
    version: str
    graphs: Mapping[str, Held]
    audience: Audience = Audience.INTERNAL


def manifest_graph(remote: Remote) -> str:
    """IRI of the graph that holds it."""
    return remote.graph_base + "manifest"


def question(remote: Remote) -> str:
    """The query whose answer `read_manifest` reads."""
    return f"SELECT ?s ?p ?o WHERE {{ GRAPH <{manifest_graph(remote)}> {{ ?s ?p ?o }} }}"


def question_state(remote: Remote) -> str:
    """The query for what the manifest says of itself: the same without its graphs."""
    name = manifest_graph(remote)
    return f"SELECT ?s ?p ?o WHERE {{ GRAPH <{name}> {{ VALUES ?s {{ <{name}> }} ?s ?p ?o }} }}"


def read_manifest(remote: Remote, answer: Solutions) -> Manifest | None:
    """What the answer says; None when there is no manifest."""
    table: dict[str, dict[str, str]] = defaultdict(dict)
    for subject, predicate, value in answer.rows:
        if isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value is not None:
            table[subject.value][predicate.value.removeprefix(_TERM)] = value.value
    own = table.pop(manifest_graph(remote), None)
    if own is None or own.get("state") not in {*State}:
        return None
    graphs = {
        graph: Held(int(said["triples"]), said["digest"])
        for graph, said in sorted(table.items())
        if said.get("triples", "").isdigit() and "digest" in said
    }
    said = own.get("audience", "")
    audience = Audience(said) if said in {*Audience} else Audience.INTERNAL
    return Manifest(State(own["state"]), own.get("version", ""), MappingProxyType(graphs), audience)


def to_triples(remote: Remote, manifest: Manifest) -> Iterable[ox.Triple]:
    """The manifest as triples."""
    name = ox.NamedNode(manifest_graph(remote))
    yield ox.Triple(name, ox.NamedNode(_TERM + "state"), ox.Literal(manifest.state))
    yield ox.Triple(name, ox.NamedNode(_TERM + "version"), ox.Literal(manifest.version))
    yield ox.Triple(name, ox.NamedNode(_TERM + "audience"), ox.Literal(manifest.audience))
    for graph, held in sorted(manifest.graphs.items()):
        node = ox.NamedNode(graph)
        count = ox.Literal(str(held.triples), datatype=ox.NamedNode(XSD + "integer"))
        yield ox.Triple(node, ox.NamedNode(_TERM + "triples"), count)
        yield ox.Triple(node, ox.NamedNode(_TERM + "digest"), ox.Literal(held.digest))
