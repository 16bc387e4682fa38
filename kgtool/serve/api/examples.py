"""Examples that work here: a shipped query's header names things of the first graph, and every project has its own."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox
from msgspec.structs import replace

from kgtool.catalog import NamedQuery, Param, ParamType
from kgtool.describe import Facts
from kgtool.snapshot import Snapshot
from kgtool.terms import RDF

_TYPE = ox.NamedNode(RDF + "type")


def at_home(snapshot: Snapshot) -> Mapping[str, NamedQuery]:
    """The queries by name, each example of an IRI replaced that is nothing in this data: by the member of its class that
    most statements point to, or by none. Cost: linear in the members of the classes that parameters have.

    Of a snapshot whose data is elsewhere, the catalog itself was made so when it was opened."""
    if snapshot.elsewhere:
        return snapshot.catalog.queries
    best: dict[str, str | None] = {}
    out: dict[str, NamedQuery] = {}
    for name, query in snapshot.catalog.queries.items():
        params = dict(query.params)
        for param in query.params.values():
            if param.type is ParamType.IRI and not _fits(snapshot, param):
                if param.cls not in best:
                    best[param.cls] = _best(snapshot, param.cls)
                params[param.name] = replace(param, example=best[param.cls])
        out[name] = replace(query, params=params)
    return out


def _fits(snapshot: Snapshot, param: Param) -> bool:
    if param.example is None:
        return not param.required
    iri = snapshot.curies.expand(param.example)
    if iri is None:  # a label
        return False
    types = snapshot.facts.objects(ox.NamedNode(iri), _TYPE)
    return ox.NamedNode(snapshot.curies.expand(param.cls) or "") in types if param.cls else bool(types)


def _best(snapshot: Snapshot, cls: str) -> str | None:
    """The resource of a class (of any, for "") that most statements point to; those of the project's own namespace first."""
    facts, home = snapshot.facts, str(snapshot.project["base"])
    if cls:
        class_ = ox.NamedNode(snapshot.curies.expand(cls) or "")
        nodes = {t.subject for t in facts.mentions(class_) if t.predicate == _TYPE}
        members = sorted(node.value for node in nodes if isinstance(node, ox.NamedNode))
    else:
        members = list(facts.within(home))
    members = [iri for iri in members if iri.startswith(home)] or members
    return snapshot.curies.short(max(members, key=lambda iri: _weight(facts, iri))) if members else None


def _weight(facts: Facts, iri: str) -> int:
    return len(facts.mentions(ox.NamedNode(iri)))
