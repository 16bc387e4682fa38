"""KG2xx: SHACL. Counts and datatypes are judged on what is stated, class membership on the closure."""

from __future__ import annotations

import itertools

import pyoxigraph as ox

from kgtool.checks.context import Inputs, Outcome
from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Place, Severity
from kgtool.shacl import Result, ShapesError, validate
from kgtool.terms import RDF, SH

_SEVERITY = {"Violation": Severity.ERROR, "Warning": Severity.WARNING, "Info": Severity.INFO}
_TYPE = ox.NamedNode(RDF + "type")
_KINDS = {SH + "NodeShape", SH + "PropertyShape"}


def check_shapes(inputs: Inputs) -> Outcome:
    """One finding a validation result; counts the shapes."""
    shapes = list(inputs.dataset.quads("shapes"))
    count = len(
        {quad.subject for quad in shapes if quad.predicate == _TYPE and getattr(quad.object, "value", "") in _KINDS}
    )
    if not shapes:
        return Outcome((), 0)
    types = (triple for triple in inputs.closure.inferred if triple.predicate == _TYPE)
    try:
        results = validate(itertools.chain(inputs.dataset.quads("ontology", "data"), types), shapes)
    except ShapesError as error:
        first = next(file.name for file in inputs.dataset.files if file.kind == "shapes")
        said = str(error)
        message = texts(zh=f"形狀圖無法執行:{said}", en=f"the shapes cannot be run: {said}")
        return Outcome((inputs.finding("KG202", Place(first), message),), count)
    return Outcome(tuple(_finding(inputs, result) for result in results), count)


def _finding(inputs: Inputs, result: Result) -> Finding:
    predicate = result.path.strip("<>") if result.path.count("<") == 1 else ""
    place = inputs.locator.place(result.focus, predicate, result.value)
    related = inputs.locator.place(result.shape)
    source = inputs.curies.short(result.shape) if result.shape else result.component.removeprefix(SH)
    return Finding(
        place, "KG201", source, result.focus, result.path, result.value, _SEVERITY.get(result.severity, Severity.ERROR),
        _message(result), {}, result.detail, None, (related,) if related.path else (),
    )  # fmt: skip


def _message(result: Result) -> Texts:
    component = result.component.removeprefix(SH).removesuffix("ConstraintComponent")
    said = dict(result.messages)
    fallback = f"{component}: {result.detail}" if result.detail else component
    english = said.get("en", fallback)
    return texts(zh=said.get("zh-Hant", f"不合限制 {fallback}"), en=english)
