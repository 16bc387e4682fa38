"""A shapes graph to a plan: which nodes are shapes, their targets, paths and properties. Source: SHACL §2, §3.1."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.shacl.components import Component, read_components
from kgtool.shacl.constraints import read_constraints
from kgtool.shacl.graph import ListError, ShapesGraph, Term, shown
from kgtool.shacl.lint import lint_shapes, lint_terms
from kgtool.shacl.paths import Alternative, Path, Repeat, Sequence, Step, Times, inverse
from kgtool.shacl.plan import Plan, Shape, Sparql, Target, TargetKind
from kgtool.shacl.reading import Reading
from kgtool.shacl.recursion import find_circles, find_recursion, ordered, shallow
from kgtool.shacl.vocabulary import PARAMETERS, REFUSED
from kgtool.terms import OWL, RDF, RDFS, SH

_REPEATS = {"zeroOrMorePath": Times.ANY, "oneOrMorePath": Times.SOME, "zeroOrOnePath": Times.MAYBE}


def make_plan(statements: Iterable[ox.Quad | ox.Triple]) -> Plan:
    """Read a shapes graph. Never fails: flaws are in `Plan.problems`, and what has them is left out of the shapes.

    Cost: linear in the shapes graph. Nothing is fetched: owl:imports and sh:shapesGraph are not followed.
    """
    reader = Reader(ShapesGraph(statements))
    with reader.reading.syntax:
        reader.read()
    graph = reader.graph
    circles = find_circles(reader.shapes)
    recursive = find_recursion(reader.shapes, circles, graph)
    shapes = shallow(reader.shapes, circles, graph)
    lint_terms(graph)
    lint_shapes(graph, shapes)
    tests = (constraint.test for shape in shapes for constraint in shape.constraints)
    reads = any(isinstance(test, Sparql) and test.query.reads_shapes for test in tests)
    triples = tuple(
        ox.Triple(subject, ox.NamedNode(predicate), value)
        for subject, found in graph.triples.items() if not isinstance(subject, ox.Literal)
        for predicate, values in found.items() for value in values
    ) if reads else ()  # fmt: skip
    return Plan(shapes, ordered(shapes), recursive, triples, tuple(sorted(set(graph.problems))))


class Reader:
    """Shapes as they are met."""

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.reading = Reading(graph)
        self.components: tuple[Component, ...] = read_components(graph)
        self.shapes: list[Shape] = []

    def read(self) -> None:
        for node in self.graph.triples:
            if self._is_shape(node):
                self.reading.number(node)
        at = 0
        while at < len(self.reading.nodes):  # reading a shape may add more
            self.shapes.append(self._shape(self.reading.nodes[at]))
            at += 1

    def _is_shape(self, node: Term) -> bool:
        """Whether a node is a shape without being referred to. Source: SHACL §2.1."""
        properties = self.graph.properties(node)
        if any(SH + kind.value in properties for kind in TargetKind):
            return True
        if self.graph.classes(node) & {SH + "NodeShape", SH + "PropertyShape"}:
            return True
        custom = (parameter.iri for component in self.components for parameter in component.parameters)
        return any(SH + name in properties for name in PARAMETERS) or any(iri in properties for iri in custom)

    def _shape(self, node: Term) -> Shape:
        graph = self.graph
        path = self._path_of(node)
        broken = path is None and bool(graph.sh(node, "path"))
        severity = graph.single(node, "severity")
        iri = None if severity is None else graph.iri(node, "severity", severity)
        self._refuse(node)
        constraints = () if broken else read_constraints(self.reading, self.components, node, path)
        return Shape(
            node, graph.name(node), path, tuple(self._targets(node)), constraints, iri or SH + "Violation",
            graph.messages(node), graph.flag(node, "deactivated"),
        )  # fmt: skip

    def _refuse(self, node: Term) -> None:
        for predicate in self.graph.properties(node):
            if predicate.startswith(SH) and predicate[len(SH) :] in REFUSED:
                name = predicate[len(SH) :]
                self.graph.problem(
                    "KG209", node, predicate=predicate,
                    zh=f"sh:{name} 屬 SHACL-JS 或進階功能,不執行", en=f"sh:{name} is SHACL-JS or an advanced feature; it is not run",
                )  # fmt: skip

    def _targets(self, node: Term) -> Iterable[Target]:
        graph = self.graph
        for kind in TargetKind:
            for term in graph.sh(node, kind.value):
                right = isinstance(term, ox.NamedNode) or (kind is TargetKind.NODE and isinstance(term, ox.Literal))
                if right:
                    yield Target(kind, term)
                else:
                    graph.bad_value(node, kind.value, term, zh=" IRI", en="an IRI")
        kinds = graph.classes(node)
        named = isinstance(node, ox.NamedNode) and bool(kinds & {RDFS + "Class", OWL + "Class"})
        if named and (kinds & {SH + "NodeShape", SH + "PropertyShape"} or self._has_parameter(node)):
            yield Target(TargetKind.CLASS, node, implicit=True)

    def _has_parameter(self, node: Term) -> bool:
        return any(SH + name in self.graph.properties(node) for name in PARAMETERS)

    def _path_of(self, node: Term) -> Path | None:
        found = self.graph.single(node, "path")
        if found is None:
            if SH + "PropertyShape" in self.graph.classes(node) and not self.graph.sh(node, "path"):
                self.graph.problem(
                    "KG204",
                    node,
                    predicate=SH + "path",
                    zh="屬性形狀沒有 sh:path",
                    en="a property shape without sh:path",
                )
            return None
        try:
            return self._path(found, frozenset())
        except ListError as error:
            self.graph.problem(
                "KG205", node, predicate=SH + "path", value=found, zh=f"sh:path 有誤:{error.zh}", en=f"sh:path: {error}"
            )
            return None

    def _path(self, node: Term, above: frozenset[Term]) -> Path:
        if isinstance(node, ox.NamedNode):
            return Step(node.value)
        if isinstance(node, ox.Literal):
            raise ListError(f"{shown(node)} is not a path", f"{shown(node)} 不是路徑")
        if node in above:
            raise ListError("the path contains itself", "路徑包含自身")
        above |= {node}
        graph = self.graph
        # A node that is both a list and an operator is read as a list (W3C test path-strange-001).
        operators = {SH + "inversePath", SH + "alternativePath", *(SH + n for n in _REPEATS)}
        if RDF + "first" not in graph.properties(node) and graph.properties(node).keys() & operators:
            return self._operator(node, above)
        parts = tuple(self._path(part, above) for part in graph.members(node))
        if len(parts) < 2:
            raise ListError("a sequence has two members at least", "序列至少須有兩項")
        return Sequence(parts)

    def _operator(self, node: Term, above: frozenset[Term]) -> Path:
        graph = self.graph
        for name, times in _REPEATS.items():
            for part in graph.sh(node, name)[:1]:
                return Repeat(self._path(part, above), times)
        for part in graph.sh(node, "inversePath")[:1]:
            return inverse(self._path(part, above))
        head = graph.sh(node, "alternativePath")[0]
        parts = tuple(self._path(part, above) for part in graph.members(head))
        if len(parts) < 2:
            raise ListError("an alternative has two members at least", "擇一路徑至少須有兩項")
        return Alternative(parts)
