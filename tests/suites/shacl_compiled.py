"""The shape plan compiled to SPARQL beside the embedded engine, on any engine that answers queries.

To point the tests at another engine, add a line to `LOADERS`: its name, and a context manager that gives a function from
quads to a `Queryable` that holds them and nothing else (the test calls it once a case, so it must replace what was there).
"embedded" is pyoxigraph in this process; the servers are wired where they are started (tests/test_remote_shapes.py).

Both sides judge the same graph: what the engine returns when it is asked for everything. Engines rewrite literals
(`4.0` becomes `4`), so what they hold is not always what the file says; whether a load kept the data is another test's
question. Blank nodes compare as blank nodes, whatever their labels, and language tags without case.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pyoxigraph as ox

from kgtool.engine import EmbeddedStore, Queryable, Solutions
from kgtool.index import Index
from kgtool.shacl import Plan, Result, results, validate_index
from kgtool.shacl.compile import Compiled, Dialect, compile_plan, read_classes, run_compiled

Load = Callable[[list[ox.Quad]], Queryable]
_BLANK = re.compile(r"^_:\w+$")
_TAG = re.compile(r"(?<=\")@[\w-]+$")
_LITERAL = re.compile(r'^"(.*)"(@[\w-]+|\^\^<([^>]*)>)?$', re.DOTALL)


@contextmanager
def embedded() -> Iterator[Load]:
    yield EmbeddedStore


LOADERS: dict[str, Callable[[], AbstractContextManager[Load]]] = {"embedded": embedded}
DIALECTS = {"virtuoso": Dialect.VIRTUOSO}  # any other engine is taken at its word


def held(source: Queryable) -> Index:
    """All that an engine holds, as it says it."""
    answer = source.query("SELECT ?s ?p ?o { ?s ?p ?o }", {})
    assert isinstance(answer, Solutions)
    index = Index()
    index.extend(ox.Triple(*row) for row in answer.rows)  # type: ignore[arg-type]
    return index


def compiled_for(made: Plan, source: Queryable, engine: str, *, paths: bool = False) -> Compiled:
    """A plan compiled for an engine and the classes that it holds, or with paths in their place."""
    dialect = DIALECTS.get(engine, Dialect.STANDARD)
    if paths and dialect is Dialect.STANDARD:
        return compile_plan(made)
    return compile_plan(made, read_classes(made, source), dialect)


def difference(made: Plan, compiled: Compiled, source: Queryable, page: int = 5_000) -> str:
    """ "" when the compiled plan gives what the embedded engine gives, but for what it refuses by name."""
    refused = {(refusal.shape, refusal.component) for refusal in compiled.refused}
    wanted = Counter(
        map(_row, [one for one in results(made, validate_index(held(source), made)) if _key(one) not in refused])
    )
    found = Counter(map(_row, [one for one in run_compiled(compiled, source, page) if _key(one) not in refused]))
    if wanted == found:
        return ""
    return f"missing {sorted((wanted - found).elements())[:3]}, not expected {sorted((found - wanted).elements())[:3]}"


def _key(result: Result) -> tuple[str, str]:
    return result.shape, result.component


def _row(result: Result) -> tuple[object, ...]:
    """Everything of a result but the texts that quote a value; a focus node as the engine would write it."""
    return (
        result.shape, result.component, _plain(result.focus), result.path, _plain(result.value), result.severity,
        result.detail,
    )  # fmt: skip


def _plain(text: str) -> str:
    literal = _LITERAL.match(text)
    if literal and literal[3]:
        text = _rewritten(text)
    return _TAG.sub(lambda tag: tag[0].lower(), _BLANK.sub("_:", text))


def _rewritten(text: str) -> str:
    """A literal as pyoxigraph's store writes it: targets of the plan keep the shapes' own form, answers have the store's."""
    answer = EmbeddedStore([]).query(f"SELECT ?value {{ VALUES ?value {{ {text} }} }}", {})
    assert isinstance(answer, Solutions)
    return str(answer.rows[0][0])
