"""KG2xx: SHACL. Counts and datatypes are judged on what is stated, class membership on the closure.

The shapes themselves are judged too: a validator ignores what it does not know, so a misspelt property, a shape without
a target or a target without a node all look like a pass.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.part import EVERYTHING, described, nothing_looked_at, part_of
from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Note, Place, Severity
from kgtool.lang import pick, plural
from kgtool.rules import builtin_rules
from kgtool.shacl import (
    Engine,
    Plan,
    Problem,
    Result,
    ShapesError,
    idle,
    make_plan,
    results,
    validate,
    validate_index,
)  # fmt: skip
from kgtool.terms import RDF, SH

_SEVERITY = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.INFO}
# Flaws of shapes that stop nothing: how much each matters. Any other is an error.
_FLAWS = {
    "KG210": Severity.WARNING, "KG211": Severity.WARNING, "KG212": Severity.WARNING, "KG213": Severity.INFO,
    "KG214": Severity.INFO, "KG216": Severity.WARNING, "KG217": Severity.INFO,
}  # fmt: skip
_TYPE = ox.NamedNode(RDF + "type")


def check_shapes(inputs: Inputs) -> Outcome:
    """One finding a validation result and a flaw of the shapes; counts the shapes, notes how many nodes they looked at."""
    shapes = list(inputs.dataset.quads("shapes"))
    if not shapes:
        return Outcome((), 0)
    made = make_plan(shapes)
    # Tables and texts of the families before: of a large graph they would be held beside the sets of a validation.
    inputs.index.forget()
    inputs.locator.forget()
    index = inputs.facts
    part = part_of(inputs.asked, made, index, inputs.curies)
    looked: dict[int, int] = {}
    try:
        if Engine(inputs.project["engine"]) is Engine.PYSHACL:
            found, focus = _by_reference(inputs, shapes), {}
        else:
            report = validate_index(index, made, inputs.reasoned.types, part)
            found, focus, looked = results(made, report), dict(report.focus), dict(report.looked)
    except ShapesError as error:
        return Outcome((_broken(inputs, error.message),), len(made.shapes))
    if inputs.asked.named and not looked:
        raise nothing_looked_at(inputs.asked)
    unused = idle(made, index, focus) if focus and not inputs.asked.named else ()
    findings = (
        *(result_as_finding(inputs, result) for result in found),
        *(flaw_as_finding(inputs, problem) for problem in made.problems),
        # The shapes that ship are for every city; that one has no data for some of them is no flaw.
        *(
            flaw_as_finding(inputs, problem)
            for problem in unused
            if not inputs.locator.file(problem.shape, "shapes").startswith("model:")
        ),
    )
    return Outcome(
        findings, len(looked) if inputs.asked.named else len(made.shapes), _notes(inputs, made, focus, looked)
    )


def _by_reference(inputs: Inputs, shapes: Iterable[ox.Quad]) -> tuple[Result, ...]:
    terms = inputs.facts.terms
    types = (ox.Quad(terms[node], _TYPE, terms[cls]) for node, _, cls in inputs.reasoned.types)  # type: ignore[arg-type]
    return validate(itertools.chain(inputs.dataset.quads("ontology", "data"), types), shapes, Engine.PYSHACL)


def _broken(inputs: Inputs, said: Texts) -> Finding:
    first = next(file.name for file in inputs.dataset.files if file.kind == "shapes")
    message = texts(zh=f"形狀圖無法執行:{said['zh-Hant']}", en=f"the shapes cannot be run: {said['en']}")
    return inputs.finding("KG202", Place(first), message)


def _notes(inputs: Inputs, made: Plan, focus: dict[int, int], looked: dict[int, int]) -> tuple[Note, ...]:
    """How much was looked at: a shape that found no focus node tested nothing."""
    if not focus:
        return ()
    total = sum(focus.values())
    if inputs.asked != EVERYTHING:
        return (Note("N-PART", described(inputs.asked, sum(looked.values()), total)),)
    message = texts(
        zh=f"形狀 {len(made.shapes)} 個,其中 {len(focus)} 個有目標,共檢查焦點節點 {total} 個",
        en=f"{len(made.shapes)} {plural(len(made.shapes), 'shape')}, {len(focus)} with targets, looked at {total} "
        f"{plural(total, 'focus node')}",
    )
    return (Note("shapes-focus", message),)


def flaw_as_finding(inputs: Inputs, problem: Problem) -> Finding:
    """A flaw of the shapes, at its place."""
    rule = builtin_rules()[problem.rule]
    place = inputs.locator.place(problem.node, problem.predicate, problem.value, "shapes")
    if not place.path and problem.shape:
        place = inputs.locator.place(problem.shape, kind="shapes")
    path = f"<{problem.predicate}>" if problem.predicate else ""
    name = inputs.curies.short(problem.shape) if problem.shape else ""
    message = {
        tag: f"{name}:{text}" if tag.startswith("zh") else f"{name}: {text}" for tag, text in problem.message.items()
    }
    return Finding(
        place, problem.rule, rule.slug, problem.shape or problem.node, path, problem.value,
        _FLAWS.get(problem.rule, Severity.ERROR) if not problem.fatal else Severity.ERROR,
        message if name else problem.message, rule.fix,
    )  # fmt: skip


def result_as_finding(inputs: Inputs, result: Result) -> Finding:
    """A validation result, at the place of the statement that it is about."""
    predicate = result.path.strip("<>") if result.path.count("<") == 1 else ""
    place = inputs.locator.place(result.focus, predicate, result.value)
    related = inputs.locator.place(result.shape, kind="shapes")
    source = inputs.curies.short(result.shape) if result.shape else result.component.removeprefix(SH)
    return Finding(
        place, "KG201", source, result.focus, result.path, result.value, _SEVERITY.get(result.severity, Severity.ERROR),
        _message(result), {}, dict(result.detail), None, (related,) if related.path else (),
    )  # fmt: skip


def _message(result: Result) -> Texts:
    component = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
    said = dict(result.messages)
    demanded = {tag: f"{component}: {text}" for tag, text in result.detail}
    return texts(
        zh=said.get("zh-Hant", f"不合限制 {pick(demanded, 'zh-Hant') or component}"),
        en=said.get("en", demanded.get("en", component)),
    )
