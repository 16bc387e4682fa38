"""The embedded store: pyoxigraph's Store, one named graph a file, their union as default graph.

The only module that uses pyoxigraph.Store. It rewrites literals (`012` becomes `12`), so it answers queries and is
never the source of what is checked or written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kgtool.errors import QueryError, texts

Term = ox.NamedNode | ox.BlankNode | ox.Literal
_AT = re.compile(r"error at (\d+):(\d+): ")


@dataclass(frozen=True, slots=True)
class Solutions:
    """A SELECT's answer: variable names, and a row of terms (None: unbound) a solution, in the query's order."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]


@dataclass(frozen=True, slots=True)
class Triples:
    """A CONSTRUCT's or DESCRIBE's answer, sorted, without duplicates."""

    triples: tuple[ox.Triple, ...]


Answer = Solutions | Triples | bool


class EmbeddedStore:
    """An in-memory store. Cost: about 4 µs and 0.4 KB a quad to build."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._store = ox.Store()
        self._store.bulk_extend(quads)

    def __len__(self) -> int:
        return len(self._store)

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """Names of a SELECT's columns, None for another form; no row is evaluated.

        Raises:
            QueryError: the text does not parse.
        """
        answer = self._evaluate(text, prefixes)
        return tuple(v.value for v in answer.variables) if isinstance(answer, ox.QuerySolutions) else None

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """Run a query over the union of all graphs.

        Args:
            prefixes: known without being declared in the text.
        Raises:
            QueryError: the text does not parse, or evaluation failed.
        """
        answer = self._evaluate(text, prefixes)
        try:
            if isinstance(answer, ox.QuerySolutions):
                names = tuple(variable.value for variable in answer.variables)
                return Solutions(names, tuple(tuple(solution[name] for name in names) for solution in answer))
            if isinstance(answer, ox.QueryTriples):
                return Triples(_canonical(set(answer)))
        except (OSError, ValueError, RuntimeError) as error:
            raise _failed(str(error)) from error
        return bool(answer)

    def _evaluate(
        self, text: str, prefixes: Mapping[str, str]
    ) -> ox.QuerySolutions | ox.QueryTriples | ox.QueryBoolean:
        try:
            return self._store.query(text, prefixes=dict(prefixes), use_default_graph_as_union=True)
        except SyntaxError as error:
            raise syntax_error(str(error.msg or error)) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise _failed(str(error)) from error


def _canonical(triples: set[ox.Triple]) -> tuple[ox.Triple, ...]:
    """Sorted; blank nodes, which CONSTRUCT labels at random, get canonical labels. Source: RDF Dataset Canonicalization."""
    if any(isinstance(term, ox.BlankNode) for triple in triples for term in (triple.subject, triple.object)):
        dataset = ox.Dataset(ox.Quad(*triple) for triple in triples)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        triples = {quad.triple for quad in dataset}
    return tuple(sorted(triples, key=str))


class QuerySyntaxError(QueryError):
    """A query text that does not parse; `line` and `column` are 1-based, 0 when unknown."""

    line = 0
    column = 0


def syntax_error(said: str) -> QuerySyntaxError:
    """The engine's complaint as an error with a place; its list of expected tokens is cut to what helps."""
    found = _AT.search(said)
    detail = (
        _AT.sub("", said)
        .replace("\n", " ")
        .replace("expected one of Prefix not found,", "prefix not declared, or expected one of")
    )
    if len(detail) > 160:
        detail = detail[:160].rsplit(",", 1)[0] + " …"
    place = f"{found[1]}:{found[2]}: " if found else ""
    error = QuerySyntaxError(
        "E-QUERY-SYNTAX",
        texts(zh=f"查詢語法錯誤:{place}{detail}", en=f"the query does not parse: {place}{detail}"),
        texts(zh="請更正該行該欄之查詢文字。", en="Correct the query at that line and column."),
    )
    if found:
        error.line, error.column = int(found[1]), int(found[2])
    return error


def _failed(said: str) -> QueryError:
    return QueryError("E-QUERY-RUN", texts(zh=f"查詢執行失敗:{said}", en=f"the query failed: {said}"))
