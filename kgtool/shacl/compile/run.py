"""Compiled queries run page by page, and their rows as results.

Pages are cut between focus nodes: a page is asked for from the text of the last focus node on, and what a full page has of
its last node is left for the next. So no order among equal rows is relied upon, and ORDER BY compares nothing but strings
(Oxigraph can abort over mixed terms; Virtuoso sorts no more than 10,000 rows behind an OFFSET).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kgtool.engine import Queryable, Solutions
from kgtool.engine.failure import failed
from kgtool.shacl import plan
from kgtool.shacl.compile.model import Classes, Compiled, ShapeQuery
from kgtool.shacl.compile.text import BELOW, literal
from kgtool.shacl.engine import result_of
from kgtool.shacl.evaluate import Violation
from kgtool.shacl.graph import shown
from kgtool.shacl.plan import Plan, TargetKind, Term
from kgtool.shacl.query_outline import tokens
from kgtool.shacl.result import Result, reported_failure

PAGE = 5_000
_MOST = 1_000_000  # rows of one focus node; an answer beyond it is no report
_CLASSES = 200  # classes asked about in one query
_KEY = "kgtool_key"
Row = dict[str, Term]


def run_compiled(compiled: Compiled, source: Queryable, page: int = PAGE) -> tuple[Result, ...]:
    """The results of a compiled plan: sorted, each once, equal to the embedded engine's over the same graph.

    Literals and blank node labels are those that the engine returns. What `compiled.refused` lists is not in it.

    Args:
        page: rows asked for at once; below the engine's own bounds on rows and on rows it sorts (Virtuoso: 10,000).
    Raises:
        QueryError, RemoteError: a query failed, or pages did not add up; whatever the source raises. Never a partial answer.
        ShapesError: a query of the shapes reports a failure.
    """
    found: set[Result] = set()
    for query in compiled.queries:
        for row in _rows(source, query.text, page):
            found.add(result_of(compiled.plan, _violation(compiled.plan, query, row)))
    return tuple(sorted(found))


def count_focus(compiled: Compiled, source: Queryable) -> Mapping[int, int]:
    """Number of a shape with targets to how many focus nodes they find: a shape without any tested nothing."""
    return {query.shape: _number(source, query.text) for query in compiled.focus}


def read_classes(made: Plan, source: Queryable) -> Classes:
    """The classes below those that a plan names, asked for level by level: nothing else of the ontology is pulled."""
    named = {
        *(target.term.value for shape in made.shapes for target in shape.targets if target.kind is TargetKind.CLASS),
        *(str(constraint.test.cls)[1:-1] for shape in made.shapes for constraint in shape.constraints
          if isinstance(constraint.test, plan.ClassOf)),
    }  # fmt: skip
    children: dict[str, set[str]] = {}
    blank: set[str] = set()
    todo = sorted(named)
    while todo:
        now, todo = todo[:_CLASSES], todo[_CLASSES:]
        children |= {iri: set() for iri in now}
        above = ", ".join(f"<{iri}>" for iri in now)
        text = f"SELECT DISTINCT (?below AS ?this) ?above {{ ?below {BELOW} ?above . FILTER(?above IN ({above})) }}"
        for row in _rows(source, text, PAGE):
            sub, cls = row["this"], row["above"].value
            if isinstance(sub, ox.NamedNode):
                children[cls].add(sub.value)
            else:
                blank.add(cls)
        todo += sorted({sub for iri in now for sub in children[iri]} - children.keys() - set(todo))
    below = {iri: _closure(iri, children) for iri in named}
    return Classes(below, frozenset(iri for iri, found in below.items() if found & blank))


def _closure(iri: str, children: Mapping[str, set[str]]) -> frozenset[str]:
    found = {iri}
    todo = [iri]
    while todo:
        fresh = children.get(todo.pop(), set()) - found
        found |= fresh
        todo += fresh
    return frozenset(found)


def _rows(source: Queryable, text: str, page: int) -> Iterator[Row]:
    """Every row of a SELECT with ?this, in the order of its text."""
    prologue, body = _split(text)
    after: str | None = None
    size, count, whole = page, 0, False
    while not whole:
        rows = _page(source, prologue, body, after, size)
        whole = len(rows) < size
        if whole and count == 0:
            yield from (row for _, row in rows)
            return
        last = "" if whole else rows[-1][0]
        kept = rows if whole else [pair for pair in rows if pair[0] != last]
        count += len(kept)
        yield from (row for _, row in kept)
        if kept:
            after, size = kept[-1][0], page
        elif size >= _MOST:
            raise failed(f"more than {_MOST} rows about one focus node")
        else:
            size *= 4
    if count != _number(source, f"{prologue}SELECT (COUNT(*) AS ?n) {{ {{ {body} }} }}"):
        raise failed("the pages of an answer do not add up to the whole: did the data change meanwhile?")


def _page(source: Queryable, prologue: str, body: str, after: str | None, size: int) -> list[tuple[str, Row]]:
    """Up to so many rows behind a text, each with the text of its focus node ("" for a blank node)."""
    behind = "" if after is None else f" FILTER(?{_KEY} > {literal(after)})"
    key = f'BIND(IF(isBlank(?this), "", STR(?this)) AS ?{_KEY})'
    rows = _ask(source, f"{prologue}SELECT * {{ {{ {body} }} {key}{behind} }} ORDER BY ?{_KEY} LIMIT {size}")
    return [(row.pop(_KEY).value, row) for row in rows]


def _split(text: str) -> tuple[str, str]:
    """Prologue and query."""
    start = next(part.start for part in tokens(text) if part.kind == "word" and part.word == "SELECT")
    return text[:start], text[start:]


def _ask(source: Queryable, text: str) -> list[Row]:
    answer = source.query(text, {})
    if not isinstance(answer, Solutions):
        raise failed("the endpoint answered a SELECT with something else")
    return [
        {name: term for name, term in zip(answer.variables, row, strict=True) if term is not None}
        for row in answer.rows
    ]


def _number(source: Queryable, text: str) -> int:
    rows = _ask(source, text)
    return int(rows[0]["n"].value) if rows else 0


def _violation(made: Plan, query: ShapeQuery, row: Row) -> Violation:
    shape = made.shapes[query.shape]
    test = shape.constraints[query.constraint].test
    focus, value, path = row["this"], row.get("value"), row.get("path")
    if isinstance(test, plan.Sparql):
        if row.get("failure") == ox.Literal(True):
            raise reported_failure(shown(shape.node))
        if value is None and shape.path is None:
            value = focus
        said = tuple((name, term.value) for name, term in sorted(row.items()))
        path = path if isinstance(path, ox.NamedNode) else None
    else:
        said = (("lang", row["lang"].value),) if "lang" in row else ()
    return Violation(query.shape, query.constraint, focus, path or shape.path, value, said)
