"""Shapes that test nothing on the data at hand: a target that finds no node, a path that no statement has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kgtool.errors import texts
from kgtool.index import Index
from kgtool.shacl.graph import shown
from kgtool.shacl.paths import predicates
from kgtool.shacl.plan import Count, Plan, Qualified, Shape
from kgtool.shacl.problem import Problem
from kgtool.terms import RDF, SH


def idle(made: Plan, index: Index, focus: Mapping[int, int]) -> Iterator[Problem]:
    """Flaws that only the data shows; none of them is fatal.

    Args:
        focus: as in `Report.focus`: a shape with targets to how many focus nodes they gave.
    """
    for number, shape in enumerate(made.shapes):
        if shape.deactivated:
            continue
        if shape.targets and not focus.get(number, 0):
            yield _without_focus(shape, index)
        for predicate in sorted(_unknown(shape, index)):
            message = texts(zh=f"資料與本體都沒有屬性 {predicate}", en=f"no data and no ontology mentions {predicate}")
            yield _problem("KG216", shape, SH + "path", f"<{predicate}>", message)


def _without_focus(shape: Shape, index: Index) -> Problem:
    """A target without a node: a slip when nothing declares its term, else only a kind of data that is not there yet."""
    said = ", ".join(shown(target.term) for target in shape.targets)
    types = index.forward(index.iri(RDF + "type"))
    declared = all(index.ids.get(target.term, -1) in types for target in shape.targets)
    message = texts(zh=f"目標 {said} 在資料中找不到任何節點", en=f"target {said} finds no node in the data")
    rule = "KG217" if declared else "KG211"
    return _problem(rule, shape, SH + shape.targets[0].kind.value, str(shape.targets[0].term), message)


def _unknown(shape: Shape, index: Index) -> set[str]:
    """Predicates of a path that nothing mentions, unless the shape asks for values, which then are missing as it says."""
    if shape.path is None or not shape.constraints:
        return set()
    if any(
        isinstance(constraint.test, Count | Qualified) and constraint.test.least for constraint in shape.constraints
    ):
        return set()
    return {predicate for predicate in predicates(shape.path) if index.iri(predicate) not in index.mentioned}


def _problem(rule: str, shape: Shape, predicate: str, value: str, message: Mapping[str, str]) -> Problem:
    return Problem(rule, shown(shape.node), shape.name, predicate, value, message, fatal=False)
