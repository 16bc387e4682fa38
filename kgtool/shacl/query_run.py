"""Running the queries of a shapes graph: a store with only the predicates that a query names, and all focus nodes in it.

Cost: about 10 µs a statement of those predicates, building and asking. A query with a variable as predicate needs the whole graph
(about 4 µs and 0.4 KB a triple), which is then kept for the next such query of the same run.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet

import pyoxigraph as ox

from kgtool.engine.scratch import ScratchStore
from kgtool.errors import QueryError
from kgtool.shacl import plan
from kgtool.shacl.data import Data, Pairs, distinct
from kgtool.shacl.graph import shown
from kgtool.shacl.hit import Hit
from kgtool.shacl.plan import Plan, Shape
from kgtool.shacl.query_plan import BOUND, ROW, SHAPES, Query
from kgtool.shacl.result import ShapesError

_GRAPH, _ALL = ox.NamedNode(BOUND), ox.NamedNode(BOUND + ":all")
_THIS, _VALUE = ox.NamedNode(BOUND + ":this"), ox.NamedNode(BOUND + ":value")


def query_hits(
    data: Data, shapes: Plan, test: plan.Sparql, shape: Shape, nodes: AbstractSet[int], pairs: Pairs
) -> Iterator[Hit]:
    """What a SPARQL constraint finds. Source: SHACL §5.3, §6.4.

    Raises:
        ShapesError: the query binds ?failure to true, or the engine could not finish it.
    """
    try:
        yield from _hits(data, shapes, test, shape, nodes, pairs)
    except QueryError as error:
        raise ShapesError(f"{shown(shape.node)}: {error.message['en']}") from error


def _hits(
    data: Data, shapes: Plan, test: plan.Sparql, shape: Shape, nodes: AbstractSet[int], pairs: Pairs
) -> Iterator[Hit]:
    query = test.query
    store = _store(data, shapes, query)
    store.add(_bound(test))
    if query.free and not query.single and not any(isinstance(data.terms[node], ox.Literal) for node in nodes):
        yield from _select(data, store, query.free, test, shape, nodes, [])
        return
    rows = list(zip(*distinct(pairs), strict=True)) if query.ask else [(node, node) for node in nodes]
    batches: Iterable[list[tuple[int, int]]] = ([row] for row in rows) if query.single else ([rows] if rows else [])
    for batch in batches:
        quads = list(_rows(data, query, batch))
        store.add(quads)
        if query.ask:
            yield from _ask(store, test, batch)
        else:
            yield from _select(data, store, query.text, test, shape, nodes, batch)
        if query.single:
            store.remove(quads)


def _store(data: Data, shapes: Plan, query: Query) -> ScratchStore:
    store = ScratchStore(_quads(data, query))
    graph = ox.NamedNode(SHAPES)
    if query.reads_shapes:
        store.add(ox.Quad(t.subject, t.predicate, t.object, graph) for t in shapes.graph)
    return store


def _quads(data: Data, query: Query) -> Iterator[ox.Quad]:
    """The stated triples a query can match, and the inferred types."""
    terms = data.terms
    for layer in data.layers:
        wanted = layer.predicates if query.predicates is None else map(layer.iri, sorted(query.predicates))
        for code in wanted:
            subjects, values = layer.column(code)
            if len(subjects):
                predicate = terms[code]
                for subject, value in zip(subjects, values, strict=True):
                    yield ox.Quad(terms[subject], predicate, terms[value])  # type: ignore[arg-type]


def _bound(test: plan.Sparql) -> Iterator[ox.Quad]:
    for name, term in test.bound:
        yield ox.Quad(_ALL, ox.NamedNode(f"{BOUND}:{name}"), term, _GRAPH)
    if test.query.reads_shapes:
        yield ox.Quad(_ALL, ox.NamedNode(f"{BOUND}:shapesGraph"), ox.NamedNode(SHAPES), _GRAPH)


def _rows(data: Data, query: Query, batch: list[tuple[int, int]]) -> Iterator[ox.Quad]:
    """The pre-bound variables: a row for each focus node, or for each focus node and value of an ASK."""
    terms = data.terms
    for number, (focus, value) in enumerate(batch):
        row = ox.NamedNode(f"{BOUND}:{number}")
        if not query.ask or "this" in query.prebound:
            yield ox.Quad(row, _THIS, terms[focus], _GRAPH)
        if query.ask:
            yield ox.Quad(row, _VALUE, terms[value], _GRAPH)


def _ask(store: ScratchStore, test: plan.Sparql, batch: list[tuple[int, int]]) -> Iterator[Hit]:
    """Rows that do not come back do not conform."""
    start = len(BOUND) + 1
    conform = {int(solution[ROW].value[start:]) for solution in store.select(test.query.text)}
    said = _texts(test.bound)
    yield from (Hit(focus, value, said=said) for n, (focus, value) in enumerate(batch) if n not in conform)


def _select(
    data: Data, store: ScratchStore, text: str, test: plan.Sparql, shape: Shape, nodes: AbstractSet[int],
    batch: list[tuple[int, int]],
) -> Iterator[Hit]:  # fmt: skip
    """A result for each solution. Source: SHACL §5.3.2."""
    index = data.index
    focus_of: dict[object, int] | None = None
    said = _texts(test.bound)
    for row in store.select(text):
        if row.get("failure") == ox.Literal(True):
            raise ShapesError(f"{shown(shape.node)}: the query reports a failure")
        this = row.get("this")
        focus = -1 if this is None else index.ids.get(this, -1)
        if focus < 0:  # the store has rewritten a literal: ask it how
            if focus_of is None:
                focus_of = _rewritten(store, batch)
            focus = focus_of.get(this, -1)
        if focus not in nodes:
            continue
        path, value = row.get("path"), row.get("value")
        value_code = index.code(value) if value is not None else focus if shape.path is None else -1
        path_code = index.code(path) if isinstance(path, ox.NamedNode) else -1
        texts = itertools.chain(said, _texts(sorted(row.items())))
        yield Hit(focus, value_code, path_code, tuple(texts))


def _rewritten(store: ScratchStore, batch: list[tuple[int, int]]) -> dict[object, int]:
    start = len(BOUND) + 1
    found: dict[object, int] = {}
    for quad in store.matching(_THIS, _GRAPH):
        found[quad.object] = batch[int(str(quad.subject.value)[start:])][0]  # type: ignore[union-attr]
    return found


def _texts(bound: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(getattr(term, "value", term))) for name, term in bound)
