"""Shapes that do not say what their author meant, or that test nothing. SHACL itself lets all of these "conform".

A misspelt sh:minCount is an unknown property to a validator and is ignored; so is a shape that nobody targets.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.late import closest
from kgtool.shacl.graph import ShapesGraph, Term, shown
from kgtool.shacl.plan import Shape
from kgtool.shacl.recursion import references
from kgtool.shacl.vocabulary import CLASSES, PARAMETERS, PROPERTIES
from kgtool.terms import OWL, RDF, SH

_TYPE = RDF + "type"


def lint_terms(graph: ShapesGraph) -> None:
    """Record each `sh:` name that the vocabulary does not have, and each owl:imports, which is not followed."""
    for node, properties in graph.triples.items():
        if shown(node).startswith(SH) and node in {ox.NamedNode(SH), ox.NamedNode(SH.rstrip("#"))}:
            continue
        for predicate, values in properties.items():
            if predicate.startswith(SH) and predicate[len(SH) :] not in PROPERTIES:
                _unknown(graph, node, predicate, predicate, values[0])
            for value in values:
                if isinstance(value, ox.NamedNode) and _is_unknown(value.value):
                    _unknown(graph, node, value.value, predicate, value)
            if predicate == OWL + "imports":
                graph.problem(
                    "KG214", node, predicate=predicate, value=values[0], fatal=False,
                    zh=f"owl:imports {shown(values[0])} 不會讀取", en=f"owl:imports {shown(values[0])} is not followed",
                )  # fmt: skip


def _is_unknown(iri: str) -> bool:
    return iri.startswith(SH) and iri[len(SH) :] not in PROPERTIES | CLASSES | {""}


def _unknown(graph: ShapesGraph, node: Term, iri: str, predicate: str, value: Term) -> None:
    name = iri[len(SH) :]
    near = closest(name, PROPERTIES if iri == predicate else CLASSES)
    graph.problem(
        "KG203", node, predicate=predicate, value=value, fatal=False,
        zh=f"SHACL 沒有 sh:{name}" + (f";是否指 sh:{near}?" if near else ""),
        en=f"SHACL has no sh:{name}" + (f"; did you mean sh:{near}?" if near else ""),
    )  # fmt: skip


def lint_shapes(graph: ShapesGraph, shapes: tuple[Shape, ...]) -> None:
    """Record shapes that no focus node can reach, that have no constraint, or that are switched off."""
    found = [problem for problem in graph.problems if problem.fatal or problem.rule == "KG203"]
    flawed = {problem.node for problem in found} | {problem.shape for problem in found}
    ours = set(_parameters(graph))
    reached = _reached(shapes)
    for number, shape in enumerate(shapes):
        if shape.node in ours:
            continue
        if shape.deactivated:
            graph.problem(
                "KG213", shape.node, fatal=False, predicate=SH + "deactivated",
                zh=f"形狀 {shown(shape.node)} 已停用", en=f"shape {shown(shape.node)} is deactivated",
            )  # fmt: skip
        elif number not in reached:
            graph.problem(
                "KG210", shape.node, fatal=False, zh=f"形狀 {shown(shape.node)} 沒有目標,也沒有形狀引用它",
                en=f"shape {shown(shape.node)} has no target, and no shape that has one refers to it",
            )  # fmt: skip
        elif not shape.constraints and shown(shape.node) not in flawed and not _declares(graph, shape):
            graph.problem(
                "KG212", shape.node, fatal=False, zh=f"形狀 {shown(shape.node)} 沒有限制,什麼也沒檢查",
                en=f"shape {shown(shape.node)} has no constraint, so it tests nothing",
            )  # fmt: skip


def _reached(shapes: tuple[Shape, ...]) -> set[int]:
    found: set[int] = set()
    todo = [number for number, shape in enumerate(shapes) if shape.targets]
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += references(shapes[number])
    return found


def _parameters(graph: ShapesGraph) -> Iterator[Term]:
    """Nodes that declare a component's parameter: property shapes in form, used as declarations only."""
    for properties in graph.triples.values():
        yield from properties.get(SH + "parameter", ())


def _declares(graph: ShapesGraph, shape: Shape) -> bool:
    """A property shape without constraints in a closed shape lists an allowed property; that is its use."""
    if shape.path is None or set(graph.properties(shape.node)) & {SH + name for name in PARAMETERS}:
        return False
    return any(
        shape.node in properties.get(SH + "property", ()) and SH + "closed" in properties
        for properties in graph.triples.values()
    )  # fmt: skip
