"""The engine: shapes to a plan, a plan and an index to a report, a report to results."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.shacl import plan
from kgtool.shacl.data import Data
from kgtool.shacl.evaluate import Run, Violation
from kgtool.shacl.explain import detail
from kgtool.shacl.graph import shown
from kgtool.shacl.parse import make_plan
from kgtool.shacl.part import WHOLE, Part, narrowed, reported
from kgtool.shacl.paths import Path, to_sparql
from kgtool.shacl.plan import Plan, Term
from kgtool.shacl.result import Result, ShapesError
from kgtool.terms import SH
from kgtool.write.results import n3

_TEMPLATE = re.compile(r"\{[?$](\w+)\}")


class Report(Struct, frozen=True):
    """What a validation found.

    Attributes:
        violations: in the order of the plan; see `results` for a sorted view.
        focus: number of a shape with targets to how many focus nodes they gave.
        looked: the same of the shapes that were run, and the focus nodes that were looked at: fewer for a part.
    """

    violations: tuple[Violation, ...]
    focus: Mapping[int, int]
    looked: Mapping[int, int]

    @property
    def conforms(self) -> bool:
        return not self.violations


def validate_index(index: Index, shapes: Plan, inferred: Index | None = None, part: Part = WHOLE) -> Report:
    """Run a plan over an index, set-at-a-time.

    Args:
        index: the stated triples; codes are added to it for terms that only the shapes mention.
        inferred: a layer of the index; only targets and sh:class (and types in queries) see it.
        part: what to look at.
    Returns:
        Every violation. Cost: about 2 s for 58 property shapes on a million triples (docs/performance-shapes.md).
    Raises:
        ShapesError: a query reported a failure. Flaws of the shapes are in `Plan.problems` and raise nothing here.
    """
    run = Run(Data(index, inferred), shapes)
    focus = {number: run.targets(shape) for number, shape in enumerate(shapes.shapes) if shape.targets}
    active = {number: nodes for number, nodes in focus.items() if not shapes.shapes[number].deactivated}
    counts = {number: len(nodes) for number, nodes in focus.items()}
    chosen = active if part is WHOLE else narrowed(run.data, shapes, active, part)
    looked = {number: len(nodes) for number, nodes in chosen.items()}
    violations = tuple(run.report(chosen, reported(shapes, part)))
    return Report(violations, MappingProxyType(counts), MappingProxyType(looked))


def validate(data: Iterable[ox.Quad | ox.Triple], shapes: Iterable[ox.Quad | ox.Triple]) -> tuple[Result, ...]:
    """Validate a data graph against a shapes graph; results sorted. Nothing is fetched.

    Raises:
        ShapesError: the shapes are not well-formed SHACL, or a query failed.
    """
    made = make_plan(shapes)
    if made.failure:
        raise ShapesError(made.failure["en"], made.failure["zh-Hant"])
    index = Index()
    index.extend(data)
    return results(made, validate_index(index, made))


def results(made: Plan, report: Report) -> tuple[Result, ...]:
    """Violations as results: sorted, each once."""
    return tuple(sorted({result_of(made, violation) for violation in report.violations}))


def result_of(made: Plan, violation: Violation) -> Result:
    """A violation as a result: the shape's messages filled in, the engine's own words beside them."""
    shape = made.shapes[violation.shape]
    constraint = shape.constraints[violation.constraint]
    test = constraint.test
    said = {**dict(violation.said), "this": _plain(violation.focus)}
    if violation.value is not None:
        said.setdefault("value", _plain(violation.value))
    own = test.messages if isinstance(test, plan.Sparql) else ()
    messages = tuple(
        sorted(
            {(tag or "en", _TEMPLATE.sub(lambda m: said.get(m[1], m[0]), text)) for tag, text in own or shape.messages}
        )
    )
    value = "" if violation.value is None else n3(violation.value)
    return Result(
        shape.name, constraint.component, shown(violation.focus), _path(violation.path), value,
        shape.severity.removeprefix(SH), messages, tuple(sorted(detail(made, test, violation).items())),
    )  # fmt: skip


def _path(path: Path | Term | None) -> str:
    if path is None:
        return ""
    return str(path) if isinstance(path, ox.NamedNode | ox.BlankNode | ox.Literal) else to_sparql(path)


def _plain(term: Term) -> str:
    """A term inside a sentence: an IRI, a literal's text, or a blank node's label."""
    return str(term) if isinstance(term, ox.BlankNode) else term.value
