"""A plan to queries: one a constraint and chain of shapes that leads to it. Source: SHACL §3.4, §4.7.2."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kgtool.shacl import plan
from kgtool.shacl.compile.focus import focus, targets
from kgtool.shacl.compile.hits import Compiler, Hits
from kgtool.shacl.compile.model import Classes, Compiled, CompileError, Dialect, FocusQuery, Refusal, ShapeQuery
from kgtool.shacl.compile.own import own_query
from kgtool.shacl.compile.text import Draft, onward
from kgtool.shacl.paths import Path
from kgtool.shacl.plan import Plan, Target

# A text beyond this is nested deeper than engines plan well; measured: Virtuoso's parser takes 10,000 lines at most.
_LONGEST = 100_000
_NO_CLASSES = Classes()


def compile_plan(made: Plan, classes: Classes = _NO_CLASSES, dialect: Dialect = Dialect.STANDARD) -> Compiled:
    """A plan as queries.

    Args:
        classes: from `read_classes`; without it every class membership is a path (rdf:type/rdfs:subClassOf*), which is
            right where paths are (not on Virtuoso), and slower.
        dialect: what the engine is: constraints that it gets wrong are refused.
    Returns:
        Queries in the order of the plan, and what has none. Cost: linear in the plan and the depth of its shapes.
    """
    queries: dict[ShapeQuery, None] = {}
    refused: dict[Refusal, None] = {}
    counted: list[FocusQuery] = []
    for number, shape in enumerate(made.shapes):
        if shape.targets:
            counted += _counted(made, number, classes, dialect)
        if not shape.deactivated:
            for group in targets(shape):
                for one in _reports(_Root(made, classes, group, dialect), number, (), frozenset()):
                    (queries if isinstance(one, ShapeQuery) else refused)[one] = None  # type: ignore[index]
    return Compiled(made, tuple(queries), tuple(counted), tuple(sorted(refused)))


class _Root(Struct, frozen=True):
    """Where a chain of shapes begins."""

    plan: Plan
    classes: Classes
    group: tuple[Target, ...]
    dialect: Dialect


def _counted(made: Plan, number: int, classes: Classes, dialect: Dialect) -> Iterator[FocusQuery]:
    draft = Draft(dialect)
    node = draft.new()
    try:
        found = [focus(group, classes, draft) for group in targets(made.shapes[number])]
    except CompileError:
        return
    each = " UNION ".join(f"{{ SELECT DISTINCT ({where.node} AS {node}) {{ {where.text} }} }}" for where in found)
    yield FocusQuery(number, f"SELECT (COUNT(DISTINCT {node}) AS ?n) {{ {each} }}")


def _reports(root: _Root, number: int, way: tuple[Path, ...], above: frozenset[int]) -> Iterator[ShapeQuery | Refusal]:
    """What a shape reports about the nodes that paths lead to from the targets of `root`, and the shapes it holds."""
    shape = root.plan.shapes[number]
    if shape.deactivated:
        return
    for at, constraint in enumerate(shape.constraints):
        test = constraint.test
        if isinstance(test, plan.Property) and test.shape not in above | {number}:
            further = way if shape.path is None else (*way, shape.path)
            yield from _reports(root, test.shape, further, above | {number})
            continue
        try:
            yield from [ShapeQuery(number, at, text) for text in _texts(root, test, shape, way)]
        except CompileError as error:
            yield Refusal(shape.name, constraint.component, error.reason)


def _texts(root: _Root, test: plan.Test, shape: plan.Shape, way: tuple[Path, ...]) -> tuple[str, ...]:
    if isinstance(test, plan.Property):
        raise CompileError(zh="遞迴形狀", en="a recursive shape")
    compiler = Compiler(root.plan, root.classes, root.dialect)
    where = focus(root.group, root.classes, compiler.draft)
    for path in way:
        where = onward(where, path, compiler.draft)
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
