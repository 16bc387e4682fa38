"""What a graph of an engine holds against what it shall hold."""

from __future__ import annotations

import os.path
from collections import defaultdict
from collections.abc import Iterator, Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.engine import Solutions
from kgtool.engine.remote import RemoteStore
from kgtool.engine.remote.blank import is_skolem, unskolem
from kgtool.engine.remote.manifest import Held
from kgtool.push.normal import Term, digest, normal
from kgtool.write.results import n3

_MOST_SHOWN = 3
_MOST_NAMED = 8


class Difference(Struct, frozen=True):
    """A graph that is not as it shall be.

    Attributes:
        wanted, found: numbers of triples.
        lacking, added: some of the triples that differ, in N-Triples form.
    """

    graph: str
    wanted: int
    found: int
    lacking: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


def counts(store: RemoteStore) -> dict[str, int]:
    """Triples of every graph that the engine has. Raises RemoteError."""
    answer = store.query("SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g", {})
    rows = answer.rows if isinstance(answer, Solutions) else ()
    return {
        graph.value: int(count.value)
        for graph, count in rows
        if isinstance(graph, ox.NamedNode) and isinstance(count, ox.Literal)
    }


def differences(
    store: RemoteStore, wanted: Mapping[str, tuple[ox.Triple, ...]], held: Mapping[str, Held]
) -> tuple[Difference, ...]:
    """The graphs of `wanted` that are not what they shall be, sorted.

    Everything is read in pages without an order first, which engines do fast and Virtuoso not always rightly: rows that a page
    repeats or leaves out show in the digests. What differs is read again in order, and that counts.
    Cost: the graphs' transfer. Raises RemoteError.
    """
    names = tuple(wanted)
    found: tuple[Difference, ...] = ()
    for ordered in (False, True):
        there = _read(store, names, ordered=ordered)
        judged = (_judge(graph, wanted[graph], held[graph], there.get(graph, set())) for graph in names)
        found = tuple(filter(None, judged))
        names = tuple(one.graph for one in found)
        if not names:
            break
    return found


def _judge(graph: str, wanted: tuple[ox.Triple, ...], held: Held, there: set[ox.Triple]) -> Difference | None:
    labelled = normal(there)
    if labelled is not None and digest(labelled) == held.digest:
        return None
    right = normal(wanted) or frozenset()
    have = labelled if labelled is not None else frozenset(there)
    return Difference(graph, held.triples, len(there), _shown(right - have), _shown(have - right))


def _read(store: RemoteStore, graphs: tuple[str, ...], *, ordered: bool) -> dict[str, set[ox.Triple]]:
    """The triples of graphs, blank nodes with labels of their own; a predicate at a time, which every engine has an index
    for (Virtuoso scans all it has for the triples of one graph)."""
    found: dict[str, set[ox.Triple]] = defaultdict(set)
    within = f"FILTER(?g IN ({', '.join(f'<{graph}>' for graph in graphs)}))"
    if len(graphs) > _MOST_NAMED:  # a long list in every request costs more than what it keeps away
        stem = ox.Literal(os.path.commonprefix(graphs))  # noqa: RUF071 - letters are meant, not folders
        within = f"FILTER(STRSTARTS(STR(?g), {stem}))"
    answer = store.query("SELECT DISTINCT ?p WHERE { GRAPH ?g { ?s ?p ?o } }", {})
    for (predicate,) in answer.rows if isinstance(answer, Solutions) else ():
        if not isinstance(predicate, ox.NamedNode):
            continue
        text = f"SELECT ?g ?s ?o WHERE {{ GRAPH ?g {{ ?s {predicate} ?o }} {within} }}"
        if ordered:
            text = f"SELECT ?g ?s ?o WHERE {{ {{ {text} ORDER BY ?g ?s ?o }} }}"
        for graph, subject, value in _rows(store, text):
            if (
                isinstance(graph, ox.NamedNode)
                and isinstance(subject, ox.NamedNode | ox.BlankNode)
                and value is not None
            ):
                found[graph.value].add(ox.Triple(subject, predicate, value))
    return found


def _rows(store: RemoteStore, text: str) -> Iterator[tuple[Term | None, ...]]:
    size, start = store.remote.page_size, 0
    while True:
        answer = store.query(f"{text} LIMIT {size} OFFSET {start}", {})
        rows = answer.rows if isinstance(answer, Solutions) else ()
        for row in rows:
            yield tuple(unskolem(term) if isinstance(term, ox.NamedNode) and is_skolem(term) else term for term in row)
        if len(rows) < size:
            return
        start += size


def _shown(triples: frozenset[ox.Triple]) -> tuple[str, ...]:
    some = sorted(triples, key=str)[:_MOST_SHOWN]
    return tuple(f"{n3(t.subject)} {n3(t.predicate)} {n3(t.object)}" for t in some)  # type: ignore[arg-type]
