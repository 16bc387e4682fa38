"""The engine's own words about a violation: what the constraint asks, in one English sentence beside the author's."""

from __future__ import annotations

from kgtool.lang import plural
from kgtool.shacl import plan
from kgtool.shacl.evaluate import Violation
from kgtool.shacl.graph import shown
from kgtool.shacl.plan import Logic, Pairing, Plan, Test

_PAIRINGS = {
    Pairing.EQUALS: "the same values as", Pairing.DISJOINT: "no value in common with", Pairing.LESS: "less than the values of",
    Pairing.LESS_OR_EQUAL: "not above the values of",
}  # fmt: skip
_LOGIC = {
    Logic.NODE: "conform to {}", Logic.NOT: "not conform to {}", Logic.AND: "conform to all of {}",
    Logic.OR: "conform to one or more of {}", Logic.XONE: "conform to exactly one of {}",
}  # fmt: skip


def detail(made: Plan, test: Test, violation: Violation) -> str:
    """What the constraint demands; "" where only its author can say (queries)."""
    if isinstance(test, plan.Shapes):
        names = ", ".join(made.shapes[number].name or "an unnamed shape" for number in test.shapes)
        return "must " + _LOGIC[test.logic].format(names)
    if isinstance(test, plan.UniqueLang):
        return f"more than one value in language {dict(violation.said).get('lang', '')}"
    if isinstance(test, plan.Count):
        return _counts(test.least, test.most, "value", "values")
    if isinstance(test, plan.Qualified):
        name = made.shapes[test.shape].name or "the shape"
        return _counts(test.least, test.most, f"value that conforms to {name}", f"values that conform to {name}")
    return _of_value(test)


def _counts(least: int, most: int, one: str, many: str) -> str:
    bound, than = (least, "fewer") if most < 0 else (most, "more")
    return f"{than} than {bound} {plural(bound, one, many)}"


def _of_value(test: Test) -> str:
    if isinstance(test, plan.ClassOf):
        return f"must be an instance of {shown(test.cls)}"
    if isinstance(test, plan.Datatype):
        return f"must be a well-typed {test.iri}"
    if isinstance(test, plan.NodeKind):
        kinds = [name for name, on in (("IRI", test.iri), ("blank node", test.blank), ("literal", test.literal)) if on]
        return f"must be a {' or '.join(kinds)}"
    if isinstance(test, plan.Range):
        return f"must be {'above' if test.above else 'below'} {'or equal to ' if test.inclusive else ''}{test.bound}"
    if isinstance(test, plan.Length):
        bound, at = (test.least, "at least") if test.most < 0 else (test.most, "at most")
        return f"must have {at} {bound} {plural(bound, 'character')}"
    if isinstance(test, plan.Pattern):
        return f"must match {test.regex}"
    return _of_terms(test)


def _of_terms(test: Test) -> str:
    if isinstance(test, plan.LanguageIn):
        return f"must be in language {' or '.join(test.ranges)}"
    if isinstance(test, plan.In):
        return "must be one of the listed values"
    if isinstance(test, plan.HasValue):
        return f"must have the value {shown(test.term)}"
    if isinstance(test, plan.Pair):
        return f"must have {_PAIRINGS[test.pairing]} {test.predicate}"
    return "has a property that the closed shape does not list" if isinstance(test, plan.Closed) else ""
