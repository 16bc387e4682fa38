"""A store for one task: the few predicates that a query of the shapes names, beside the nodes it is asked about.

Unlike `EmbeddedStore` its default graph is not the union of all graphs, so that what a query is asked about does not look
like data to it. Like it, it rewrites literals (`012` becomes `12`): results are matched back by whoever asks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Self

import pyoxigraph as ox

from kgtool.engine.failure import failed, syntax_error
from kgtool.engine.limits import CHECKED
from kgtool.engine.pour import pour
from kgtool.engine.runner import QueryRunner
from kgtool.engine.store import Raw, rows_of
from kgtool.errors import QueryError, Texts
from kgtool.index import Column

Term = ox.NamedNode | ox.BlankNode | ox.Literal


class ScratchStore:
    """An in-memory store. Cost: about 4 µs and 0.4 KB a quad, half the time in columns."""

    def __init__(self, columns: Iterable[Column] = ()) -> None:
        self._store = ox.Store()
        pour(self._store, columns)

    def add(self, quads: Iterable[ox.Quad]) -> None:
        self._store.bulk_extend(quads)

    def matching(self, predicate: ox.NamedNode, graph: ox.NamedNode) -> Iterator[ox.Quad]:
        """The quads of a graph that have a predicate, literals as the store keeps them."""
        return self._store.quads_for_pattern(None, predicate, None, graph)

    def evaluate(self, text: str, prefixes: Mapping[str, str]) -> Raw:
        """The engine's own lazy answer, over the default graph alone.

        Raises:
            QueryError: the text does not parse, or evaluation failed.
        """
        try:
            return self._store.query(text, prefixes=dict(prefixes))
        except SyntaxError as error:
            raise syntax_error(str(error.msg or error)) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise failed(str(error)) from error

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """Names of a SELECT's columns, None for another form; no row of a SELECT is evaluated."""
        answer = self.evaluate(text, prefixes)
        return tuple(v.value for v in answer.variables) if isinstance(answer, ox.QuerySolutions) else None

    def select(self, text: str) -> Iterator[Mapping[str, Term]]:
        """Solutions of a SELECT of the program's own, unbound variables left out; none for another form of query.

        Evaluated in this process, where nothing can stop it: what others wrote goes through a `QueryRunner`.
        Raises:
            QueryError: the text does not parse, or evaluation failed.
        """
        answer = self.evaluate(text, {})
        if isinstance(answer, ox.QuerySolutions):
            names = [variable.value for variable in answer.variables]
            for row in rows_of(answer):
                yield {name: term for name, term in zip(names, row, strict=True) if term is not None}


class Syntax:
    """Whether queries parse, asked of a worker over no data: the parser itself can be made to crash, and the planner to
    compute without end. The worker is forked by the first question. Cost: 2 to 30 ms for the fork, 0.5 ms a query.
    """

    def __init__(self) -> None:
        self._runner = QueryRunner(ScratchStore(), CHECKED)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def fault(self, text: str) -> Texts:
        """Why a query cannot be run; empty when it can."""
        try:
            self._runner.columns(text, {})
        except QueryError as error:
            return error.message
        return {}
