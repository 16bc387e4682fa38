"""A plan to queries: one a constraint and chain of shapes that leads to it. Source: SHACL §3.4, §4.7.2."""

from __future__ import annotations

from collections.abc import Iterator

from kgtool.shacl import plan
from kgtool.shacl.compile.focus import focus
from kgtool.shacl.compile.hits import Compiler, Hits
from kgtool.shacl.compile.model import Classes, Compiled, CompileError, FocusQuery, Refusal, ShapeQuery
from kgtool.shacl.compile.own import own_query
from kgtool.shacl.compile.text import Names, Where, onward
from kgtool.shacl.paths import Path
from kgtool.shacl.plan import Plan

# A text beyond this is nested deeper than engines plan well; measured: Virtuoso's parser takes 10,000 lines at most.
_LONGEST = 100_000
_NO_CLASSES = Classes()


def compile_plan(made: Plan, classes: Classes = _NO_CLASSES) -> Compiled:
    """A plan as queries.

    Args:
        classes: from `read_classes`; without it every class membership is a path (rdf:type/rdfs:subClassOf*), which is
            right and slower.
    Returns:
        Queries in the order of the plan, and what has none. Cost: linear in the plan and the depth of its shapes.
    """
    queries: dict[ShapeQuery, None] = {}
    refused: dict[Refusal, None] = {}
    counted: list[FocusQuery] = []
    for number, shape in enumerate(made.shapes):
        if not shape.targets:
            continue
        found = focus(shape, classes, Names())
        counted.append(FocusQuery(number, f"SELECT (COUNT(DISTINCT {found.node}) AS ?n) {{ {found.text} }}"))
        if not shape.deactivated:
            for one in _reports(made, classes, number, number, (), frozenset()):
                (queries if isinstance(one, ShapeQuery) else refused)[one] = None  # type: ignore[index]
    return Compiled(made, tuple(queries), tuple(counted), tuple(sorted(refused)))


def _reports(
    made: Plan, classes: Classes, root: int, number: int, way: tuple[Path, ...], above: frozenset[int]
) -> Iterator[ShapeQuery | Refusal]:
    """What a shape reports about the nodes that paths lead to from the targets of `root`, and the shapes it holds."""
    shape = made.shapes[number]
    if shape.deactivated:
        return
    for at, constraint in enumerate(shape.constraints):
        test = constraint.test
        if isinstance(test, plan.Property):
            further = way if shape.path is None else (*way, shape.path)
            if test.shape in above | {number}:
                yield Refusal(
                    shape.name, constraint.component, CompileError(zh="遞迴形狀", en="a recursive shape").reason
                )
            else:
                yield from _reports(made, classes, root, test.shape, further, above | {number})
            continue
        compiler = Compiler(made, classes)
        where = focus(made.shapes[root], classes, compiler.names)
        try:
            for path in way:
                where = onward(where, path, compiler.names)
            yield from [ShapeQuery(number, at, text) for text in _texts(compiler, test, shape, where)]
        except CompileError as error:
            yield Refusal(shape.name, constraint.component, error.reason)


def _texts(compiler: Compiler, test: plan.Test, shape: plan.Shape, where: Where) -> tuple[str, ...]:
    if isinstance(test, plan.Sparql):
        return (own_query(test, where),)
    found = tuple(_select(hits) for hits in compiler.violations(test, shape, where))
    if max(map(len, found), default=0) > _LONGEST:
        raise CompileError(zh=f"查詢超過 {_LONGEST} 字元", en=f"its query is longer than {_LONGEST} characters")
    return found


def _select(hits: Hits) -> str:
    columns = [("this", hits.focus), ("value", hits.value), ("path", hits.path), ("lang", hits.lang)]
    said = " ".join(f"({variable} AS ?{name})" for name, variable in columns if variable)
    return f"SELECT DISTINCT {said} {{ {hits.text} }}"
