"""The order of classes and of properties: direct edges with their reasons, and what lies above a node.

Edges come from stated axioms (subclass, equivalence, list members) and from the rules that compare restrictions
(scm-hv, scm-svf, scm-avf), which need the order themselves and are repeated until nothing is new.
Source: OWL 2 Profiles §4.3 tables 7 and 9.
"""

from __future__ import annotations

from collections import deque

from msgspec import Struct

from kgtool.reason.axioms import Axioms
from kgtool.reason.names import Names
from kgtool.reason.rule import STATED, Reason, Rule, pack


class Edge(Struct, frozen=True):
    """`low` is below `high`.

    Attributes:
        use: the rule that applies the edge to a member of `low`.
        told: why `low` is below `high` as a statement of its own.
    """

    low: int
    high: int
    use: Rule
    told: Reason


class Order:
    """A directed graph of classes or of properties.

    Attributes:
        predicate: rdfs:subClassOf or rdfs:subPropertyOf.
        declared: nodes that are below themselves, declared (scm-cls, scm-op, scm-dp) or by an axiom of their own.
    """

    __slots__ = ("_above", "declared", "predicate", "up")

    def __init__(self, predicate: int, declared: dict[int, Reason]) -> None:
        self.predicate = predicate
        self.declared = declared
        self.up: dict[int, dict[int, Edge]] = {}
        self._above: dict[int, frozenset[int]] = {}

    def add(self, edge: Edge) -> None:
        """Add an edge unless there is one between the two; one from a node to itself declares it."""
        edges = self.up.setdefault(edge.low, {})
        if edge.low == edge.high:
            self.declared.setdefault(edge.low, edge.told)
        elif edge.high not in edges:
            edges[edge.high] = edge
        self._above.clear()

    def below(self, low: int, high: int) -> bool:
        """Whether the order says that `low` is below `high`; a node is below itself when declared or in a cycle."""
        return high in self.above(low)

    def above(self, node: int) -> frozenset[int]:
        """All that lies above a node. Cost: linear in what is returned, once."""
        found = self._above.get(node)
        if found is None:
            reached: set[int] = set()
            todo = list(self.up.get(node, ()))
            while todo:
                one = todo.pop()
                if one not in reached:
                    reached.add(one)
                    todo.extend(self.up.get(one, ()))
            if node in self.declared:
                reached.add(node)
            found = self._above[node] = frozenset(reached)
        return found

    def nodes(self) -> list[int]:
        """Nodes that have anything above them, in order of code."""
        return sorted(self.up.keys() | self.declared.keys())

    def path(self, low: int, high: int) -> list[Edge]:
        """The shortest row of edges from one node up to another (around the cycle when they are one)."""
        came: dict[int, Edge] = {}
        queue = deque([low])
        while queue and high not in came:
            for edge in self.up.get(queue.popleft(), {}).values():
                if edge.high not in came:
                    came[edge.high] = edge
                    queue.append(edge.high)
        found: list[Edge] = []
        node = high
        while node in came and (not found or node != low):
            found.append(came[node])
            node = came[node].low
        return found[::-1]


def property_order(axioms: Axioms, names: Names) -> Order:
    """Properties by rdfs:subPropertyOf and owl:equivalentProperty."""
    declared = {}
    for kind, rule in ((names.ObjectProperty, "scm-op"), (names.DatatypeProperty, "scm-dp")):
        for prop in axioms.typed(kind):
            declared[prop] = Reason(Rule(rule, ((prop, names.type_, kind),)))
    order = Order(names.subPropertyOf, declared)
    for low, high in axioms.pairs(names.subPropertyOf):
        order.add(Edge(low, high, Rule("prp-spo1", ((low, names.subPropertyOf, high),)), STATED))
    for one, other in axioms.pairs(names.equivalentProperty):
        axiom = (one, names.equivalentProperty, other)
        order.add(Edge(one, other, Rule("prp-eqp1", (axiom,)), Reason(Rule("scm-eqp1", (axiom,)))))
        order.add(Edge(other, one, Rule("prp-eqp2", (axiom,)), Reason(Rule("scm-eqp1", (axiom,)))))
    return order


def class_order(axioms: Axioms, names: Names, properties: Order) -> Order:
    """Classes by subclass and equivalence axioms, lists, and comparison of restrictions. Every class is below owl:Thing."""
    declared = {names.Thing: Reason(Rule("cls-thing")), names.Nothing: Reason(Rule("cls-nothing1"))}
    for cls in axioms.typed(names.Class):
        declared[cls] = Reason(Rule("scm-cls", ((cls, names.type_, names.Class),)))
    order = Order(names.subClassOf, dict(declared))
    for low, high in axioms.pairs(names.subClassOf):
        order.add(_sub(names, low, high, STATED))
    for one, other in axioms.pairs(names.equivalentClass):
        axiom = (one, names.equivalentClass, other)
        order.add(Edge(one, other, Rule("cax-eqc1", (axiom,)), Reason(Rule("scm-eqc1", (axiom,)))))
        order.add(Edge(other, one, Rule("cax-eqc2", (axiom,)), Reason(Rule("scm-eqc1", (axiom,)))))
    _add_lists(order, axioms, names)
    for cls, reason in declared.items():
        order.add(_sub(names, cls, names.Thing, reason))
        order.add(_sub(names, names.Nothing, cls, reason))
    restrictions = _Restrictions(axioms, names, properties)
    while new := [edge for edge in restrictions.edges(order) if not order.below(edge.low, edge.high)]:
        for edge in new:
            order.add(edge)
    return order


def _add_lists(order: Order, axioms: Axioms, names: Names) -> None:
    for axiom, items in axioms.lists(names.intersectionOf):
        for item in items:
            order.add(Edge(axiom[0], item, Rule("cls-int2", (axiom,)), Reason(Rule("scm-int", (axiom,)))))
    for axiom, items in axioms.lists(names.unionOf):
        for item in items:
            order.add(Edge(item, axiom[0], Rule("cls-uni", (axiom,)), Reason(Rule("scm-uni", (axiom,)))))


def _sub(names: Names, low: int, high: int, told: Reason) -> Edge:
    return Edge(low, high, Rule("cax-sco", ((low, names.subClassOf, high),)), told)


class _Restrictions:
    """Rules scm-hv, scm-svf1, scm-svf2, scm-avf1, scm-avf2: restrictions below one another."""

    def __init__(self, axioms: Axioms, names: Names, properties: Order) -> None:
        self.names = names
        self.properties = properties
        self.kinds = [
            (filler, axioms.restrictions(filler))
            for filler in (names.hasValue, names.someValuesFrom, names.allValuesFrom)
        ]

    def edges(self, classes: Order) -> list[Edge]:
        """The edges that follow from the order as it is."""
        found: list[Edge] = []
        for filler, rows in self.kinds:
            by: dict[tuple[int, int], list[int]] = {}
            for node, prop, value in rows:
                by.setdefault((prop, value), []).append(node)
            for row in rows:
                if filler != self.names.hasValue:
                    found += self._by_class(filler, row, by, classes)
                found += self._by_property(filler, row, by)
        return found

    def _by_class(
        self, filler: int, row: tuple[int, int, int], by: dict[tuple[int, int], list[int]], classes: Order
    ) -> list[Edge]:
        node, prop, value = row
        name = "scm-svf1" if filler == self.names.someValuesFrom else "scm-avf1"
        found = []
        for higher in sorted(classes.above(value)):
            for other in by.get((prop, higher), ()):
                premise = (self.names.subClassOf, pack(value, higher))
                told = Reason(Rule(name, ((node, filler, value), (other, filler, higher))), (premise,))
                found.append(_sub(self.names, node, other, told))
        return found

    def _by_property(self, filler: int, row: tuple[int, int, int], by: dict[tuple[int, int], list[int]]) -> list[Edge]:
        node, prop, value = row
        names = self.names
        name = {names.hasValue: "scm-hv", names.someValuesFrom: "scm-svf2", names.allValuesFrom: "scm-avf2"}[filler]
        found = []
        for higher in sorted(self.properties.above(prop)):
            for other in by.get((higher, value), ()):
                premise = (names.subPropertyOf, pack(prop, higher))
                on = ((node, names.onProperty, prop), (other, names.onProperty, higher))
                low, high = (other, node) if filler == names.allValuesFrom else (node, other)
                found.append(_sub(names, low, high, Reason(Rule(name, on), (premise,))))
        return found
