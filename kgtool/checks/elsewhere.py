"""What can be checked of a graph in another engine: its shapes, compiled and run inside it, and the check queries.

Nothing is pulled but the violations, and from an engine that gets a query wrong the triples that the query names. What is not
run there is named in the notes: nobody shall take silence for a pass. The other families judge files (syntax, spans of
evidence, reasoning) and belong to a check of the files.
"""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.queries import rows_as_findings, unusable
from kgtool.checks.shapes import flaw_as_finding, result_as_finding
from kgtool.engine import Queryable, Solutions
from kgtool.errors import EngineError, QueryError, Texts, texts
from kgtool.finding import Finding, Note
from kgtool.lang import plural
from kgtool.named import Binder, run
from kgtool.project import Profile, Remote
from kgtool.shacl import Plan, ShapesError, make_plan
from kgtool.shacl.compile import (
    Classes,
    Compiled,
    Dialect,
    ShapeQuery,
    compile_plan,
    count_focus,
    read_classes,
    run_compiled,
)
from kgtool.shacl.plan import Sparql
from kgtool.terms import SH


class Elsewhere(Struct, frozen=True):
    """An engine as the checks see it.

    Attributes:
        engine: runs what is compiled for it.
        queries: answers what people wrote, and what the engine would get wrong; the engine itself, or this machine over
            the triples that such a query names.
        dialect: what the engine is.
        page: rows asked for at once.
    """

    engine: Queryable
    queries: Queryable
    dialect: Dialect
    page: int

    def size(self) -> int:
        """Triples that it holds. Raises RemoteError."""
        answer = self.engine.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", {})
        return int(getattr(answer.rows[0][0], "value", 0)) if isinstance(answer, Solutions) and answer.rows else 0


def elsewhere(remote: Remote, engine: Queryable, queries: Queryable) -> Elsewhere:
    """A remote as the checks see it."""
    dialect = Dialect.VIRTUOSO if remote.profile is Profile.VIRTUOSO else Dialect.STANDARD
    return Elsewhere(engine, queries, dialect, remote.page_size)


def check_elsewhere(inputs: Inputs, there: Elsewhere) -> tuple[Outcome, ...]:
    """Shapes, then check queries.

    Args:
        inputs: of the project's shapes and queries; its data files need not be read.
    Raises:
        RemoteError: the endpoint failed, so there is no result.
        EngineError: the shapes cannot be run as they are written.
    """
    return _shapes(inputs, there), _queries(inputs, there), Outcome((), 0, (_left_out(),))


def _shapes(inputs: Inputs, there: Elsewhere) -> Outcome:
    shapes = list(inputs.dataset.quads("shapes"))
    if not shapes:
        return Outcome((), 0)
    made = make_plan(shapes)
    if made.failure:
        raise _unrunnable(made.failure)
    classes = read_classes(made, there.engine)
    compiled, here = _divided(made, classes, there)
    try:
        found = {*run_compiled(compiled, there.engine, there.page), *run_compiled(here, there.queries, there.page)}
    except ShapesError as error:
        raise _unrunnable(error.message) from error
    findings = [result_as_finding(inputs, result) for result in sorted(found)]
    findings += [flaw_as_finding(inputs, problem) for problem in made.problems]
    return Outcome(tuple(findings), len(made.shapes), tuple(_notes(inputs, made, here, there)))


def _divided(made: Plan, classes: Classes, there: Elsewhere) -> tuple[Compiled, Compiled]:
    """What the engine runs, and what is run over its triples: queries that people wrote, and constraints that it refuses
    but the standard does not. The second refuses what cannot be run at all, and counts the focus nodes."""
    compiled = compile_plan(made, classes, there.dialect)
    if there.queries is there.engine:
        return compiled, replace(compiled, queries=())
    whole = compile_plan(made, classes)
    left = {(refusal.shape, refusal.component) for refusal in compiled.refused}

    def is_here(query: ShapeQuery) -> bool:
        shape = made.shapes[query.shape]
        constraint = shape.constraints[query.constraint]
        return isinstance(constraint.test, Sparql) or (shape.name, constraint.component) in left

    inside = tuple(query for query in compiled.queries if not is_here(query))
    beside = tuple(query for query in whole.queries if is_here(query))
    return replace(compiled, queries=inside), replace(whole, queries=beside)


def _notes(inputs: Inputs, made: Plan, compiled: Compiled, there: Elsewhere) -> list[Note]:
    focus = count_focus(compiled, there.engine)
    total = sum(focus.values())
    notes = [Note("shapes-focus", texts(
        zh=f"形狀 {len(made.shapes)} 個,其中 {len(focus)} 個有目標,於引擎中檢查焦點節點 {total} 個",
        en=f"{len(made.shapes)} {plural(len(made.shapes), 'shape')}, {len(focus)} with targets, looked at {total} "
        f"{plural(total, 'focus node')} in the engine",
    ))]  # fmt: skip
    for refusal in compiled.refused:
        name = inputs.curies.short(refusal.shape) if refusal.shape else "-"
        what = refusal.component.removeprefix(SH).removesuffix("ConstraintComponent")
        notes.append(Note(f"not-run-there:{name}:{what}", texts(
            zh=f"引擎中未檢查 {name} 之 {what}:{refusal.reason['zh-Hant']}",
            en=f"not checked in the engine: {what} of {name}: {refusal.reason['en']}",
        )))  # fmt: skip
    return notes


def _queries(inputs: Inputs, there: Elsewhere) -> Outcome:
    """A finding a row of a check query."""
    queries = [query for query in inputs.catalog.queries.values() if query.role == "check"]
    binder = Binder(inputs.curies, inputs.today, there.engine)
    findings: list[Finding] = list(inputs.catalog.problems)
    for query in queries:
        try:
            answer = run(query, binder.bind(query, {}), there.queries, inputs.project.prefixes)
        except QueryError as error:
            findings.append(unusable(inputs, query, error))
        else:
            findings += rows_as_findings(inputs, query, answer)
    return Outcome(tuple(findings), len(queries))


def _left_out() -> Note:
    return Note("checked-there", texts(
        zh="於引擎中只檢查形狀與檢查查詢;語法、推理、用語、證據、日期與連結請以不帶 --endpoint 之 `kgtool check` 檢查檔案",
        en="in the engine only shapes and check queries are checked; syntax, reasoning, terms, evidence, dates and links are "
        "checked on the files, by `kgtool check` without --endpoint",
    ))  # fmt: skip


def _unrunnable(said: Texts) -> EngineError:
    return EngineError(
        "E-SHAPES",
        texts(zh=f"形狀圖無法執行:{said['zh-Hant']}。", en=f"the shapes cannot be run: {said['en']}."),
        texts(zh="請先以 `kgtool check` 檢查形狀檔。", en="Check the shape files with `kgtool check` first."),
    )
