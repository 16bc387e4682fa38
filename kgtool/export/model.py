"""What of the ontology and of the shapes a set of quads uses: a package explains and checks itself with these."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.snapshot import Snapshot
from kgtool.terms import RDF, RDFS, SH, SKOS
from kgtool.write.canonical import line

_TYPE = ox.NamedNode(RDF + "type")
# From a term to others without which it is not understood.
_UPWARD = frozenset({
    RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "isDefinedBy", SKOS + "broader", SKOS + "inScheme",
})  # fmt: skip
_TARGETS = {
    SH + "targetClass": "class", SH + "targetSubjectsOf": "property", SH + "targetObjectsOf": "property",
    SH + "targetNode": "node",
}  # fmt: skip


def terms_of(snapshot: Snapshot, quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    """The ontology's statements about every term that is used, its superclasses, schemes and headers; sorted."""
    used: set[object] = set()
    for quad in quads:
        used.add(quad.predicate)
        if not isinstance(quad.object, ox.Literal):
            used.add(quad.object)
    statements: dict[object, list[ox.Quad]] = defaultdict(list)
    for quad in snapshot.stated:
        if quad.graph_name in snapshot.model:
            statements[quad.subject].append(quad)
    chosen: set[ox.Quad] = set()
    waiting, seen = [term for term in used if term in statements], set(used)
    while waiting:
        for quad in statements[waiting.pop()]:
            chosen.add(quad)
            follows = quad.predicate.value in _UPWARD or isinstance(quad.object, ox.BlankNode)
            if follows and quad.object in statements and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)
    return tuple(sorted(chosen, key=line))


def shapes_of(snapshot: Snapshot, quads: Iterable[ox.Quad], model: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
    """The shapes whose target the quads have, and all that these shapes consist of; sorted."""
    present: dict[str, set[object]] = {"class": set(), "property": set(), "node": set()}
    for quad in quads:
        present["property"].add(quad.predicate)
        present["node"] |= {quad.subject, quad.object}
        if quad.predicate == _TYPE:
            present["class"].add(quad.object)
    present["class"] |= {quad.object for quad in model if quad.predicate.value == RDFS + "subClassOf"}
    statements: dict[object, list[ox.Quad]] = defaultdict(list)
    waiting: list[object] = []
    for quad in snapshot.shapes:
        statements[quad.subject].append(quad)
        kind = _TARGETS.get(quad.predicate.value)
        if kind and quad.object in present[kind]:
            waiting.append(quad.subject)
    seen: set[object] = set(waiting)
    chosen: set[ox.Quad] = set()
    while waiting:
        for quad in statements[waiting.pop()]:
            chosen.add(quad)
            if quad.object in statements and quad.object not in seen:
                seen.add(quad.object)
                waiting.append(quad.object)
    return tuple(sorted(chosen, key=line))
