"""Running the queries of a shapes graph: a store with only the predicates that a query names, and all focus nodes in it.

They are others' texts, so they run in a worker or on trial (`kgtool.engine.runner`): none of them can end or hold up the check.
Cost: a fork a constraint (5 ms, 60 ms beside a million triples), and about 10 µs a statement of those predicates, building
and asking; nothing where a predicate that each result needs is not stated. A query with a variable as predicate needs the
whole graph (about 4 µs and 0.4 KB a triple).
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from typing import Self

import pyoxigraph as ox
from msgspec.structs import replace

from kgtool.catalog.needs import may_have_rows
from kgtool.engine import CHECKED, QueryRunner, Solutions
from kgtool.engine.failure import too_slow
from kgtool.engine.scratch import ScratchStore
from kgtool.errors import QueryError
from kgtool.index import Column
from kgtool.shacl import plan
from kgtool.shacl.data import Data, Pairs, distinct
from kgtool.shacl.graph import shown
from kgtool.shacl.hit import Hit
from kgtool.shacl.plan import Plan, Shape, Term
from kgtool.shacl.query_plan import BOUND, ROW, SHAPES, Query
from kgtool.shacl.result import ShapesError, reported_failure

_MOST_SECONDS = 60.0
Row = dict[str, Term]
Batch = Mapping[int, tuple[int, int]]  # number of a row to its focus node and value
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
        name = shown(shape.node)
        raise ShapesError(f"{name}: {error.message['en']}", f"{name}:{error.message['zh-Hant']}") from error


def _hits(
    data: Data, shapes: Plan, test: plan.Sparql, shape: Shape, nodes: AbstractSet[int], pairs: Pairs
) -> Iterator[Hit]:
    query = test.query
    if not may_have_rows(query.source, {}, lambda predicate, _: _states(data, predicate)):
        return
    store = _store(data, shapes, query)
    store.add(_bound(test))
    with _Asker(store) as asker:
        if query.free and not query.single and not any(isinstance(data.terms[node], ox.Literal) for node in nodes):
            yield from _select(data, store, asker.rows(query.free), test, shape, nodes, {})
            return
        rows = list(zip(*distinct(pairs), strict=True)) if query.ask else [(node, node) for node in nodes]
        store.add(_rows(data, query, rows))
        every = dict(enumerate(rows))
        batches = [{number: row} for number, row in every.items()] if query.single else [every] if rows else []
        for batch in batches:
            found = asker.rows(query.of_row(min(batch)) if query.single else query.text)
            if query.ask:
                yield from _ask(found, test, batch)
            else:
                yield from _select(data, store, found, test, shape, nodes, batch)


class _Asker:
    """Asks the queries of one constraint in a worker, which is forked by the first: the store is complete by then.

    A query that the engine dies of, or that does not end, is an error; so is a constraint whose queries, one a focus node,
    take longer together than a minute.
    """

    def __init__(self, store: ScratchStore) -> None:
        self._runner = QueryRunner(store, CHECKED)
        self._end = time.monotonic() + _MOST_SECONDS

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def rows(self, text: str) -> Iterator[Row]:
        """The solutions of a SELECT, unbound variables left out."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise too_slow(_MOST_SECONDS)
        try:
            answer = self._runner.run(text, {}, replace(CHECKED, seconds=min(left, CHECKED.seconds)))
        except QueryError as error:
            if error.code == "E-QUERY-TIMEOUT" and left < CHECKED.seconds:
                raise too_slow(_MOST_SECONDS) from error
            raise
        if isinstance(answer, Solutions):
            for row in answer.rows:
                yield {name: term for name, term in zip(answer.variables, row, strict=True) if term is not None}


def _states(data: Data, predicate: str) -> bool:
    return any(layer.column(layer.iri(predicate))[0] for layer in data.layers)


def _store(data: Data, shapes: Plan, query: Query) -> ScratchStore:
    store = ScratchStore(_columns(data, query))
    graph = ox.NamedNode(SHAPES)
    if query.reads_shapes:
        store.add(ox.Quad(t.subject, t.predicate, t.object, graph) for t in shapes.graph)
    return store


def _columns(data: Data, query: Query) -> Iterator[Column]:
    """The stated triples a query can match, and the inferred types."""
    terms = data.terms
    for layer in data.layers:
        wanted = layer.predicates if query.predicates is None else map(layer.iri, sorted(query.predicates))
        for code in wanted:
            subjects, values = layer.column(code)
            if not subjects:
                continue
            column = Column(ox.DefaultGraph(), terms[code], subjects, values, terms)  # type: ignore[arg-type]
            # A triple as an object is RDF 1.2, which SHACL knows nothing of.
            odd = {value for value in set(values) if isinstance(terms[value], ox.Triple)}
            yield column.only([value not in odd for value in values]) if odd else column


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


def _ask(found: Iterable[Row], test: plan.Sparql, batch: Batch) -> Iterator[Hit]:
    """The rows that come back do not conform."""
    start = len(BOUND) + 1
    said = _texts(test.bound)
    for row in found:
        focus, value = batch[int(str(row[ROW].value)[start:])]
        yield Hit(focus, value, said=said)


def _select(
    data: Data, store: ScratchStore, found: Iterable[Row], test: plan.Sparql, shape: Shape, nodes: AbstractSet[int],
    batch: Batch,
) -> Iterator[Hit]:  # fmt: skip
    """A result for each solution. Source: SHACL §5.3.2."""
    index = data.index
    focus_of: dict[object, int] | None = None
    said = _texts(test.bound)
    for row in found:
        if row.get("failure") == ox.Literal(True):
            raise reported_failure(shown(shape.node))
        this = row.get("this")
        focus = -1 if this is None else index.ids.get(this, -1)
        if len(batch) == 1:  # it was asked about one node
            ((focus, _),) = batch.values()
        elif focus < 0:  # the store has rewritten a literal: ask it how
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


def _rewritten(store: ScratchStore, batch: Batch) -> dict[object, int]:
    start = len(BOUND) + 1
    found: dict[object, int] = {}
    for quad in store.matching(_THIS, _GRAPH):
        row = batch.get(int(str(quad.subject.value)[start:]))  # type: ignore[union-attr]
        if row is not None:
            found[quad.object] = row[0]
    return found


def _texts(bound: Iterable[tuple[str, object]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, str(getattr(term, "value", term))) for name, term in bound)
