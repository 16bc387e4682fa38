"""The closed schema: what follows about classes and properties themselves (rules scm-*, cls-thing, cls-nothing1).

Source: OWL 2 Profiles §4.3 table 9.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from kgtool.reason.axioms import Axioms
from kgtool.reason.names import Names
from kgtool.reason.order import Order
from kgtool.reason.rule import Axiom, Premise, Reason, Rule, pack, unpack


class Scheme(Struct, frozen=True):
    """Axioms with the two orders that they make."""

    names: Names
    axioms: Axioms
    properties: Order
    classes: Order

    def statements(self) -> Iterator[Axiom]:
        """Every statement that the schema rules give, those that are stated included. Cost: linear in the closure."""
        names = self.names
        for order, same in ((self.classes, names.equivalentClass), (self.properties, names.equivalentProperty)):
            for low in order.nodes():
                for high in sorted(order.above(low)):
                    yield low, order.predicate, high
                    if low in order.above(high):
                        yield low, same, high
        for predicate in (names.domain, names.range):
            for prop, cls in self._bounds(predicate):
                yield prop, predicate, cls

    def pairs(self, predicate: int) -> Iterator[tuple[int, int]]:
        """(subject, object) of the statements of one predicate."""
        return ((subject, value) for subject, one, value in self.statements() if one == predicate)

    def holds(self, predicate: int, key: int) -> bool:
        """Whether the schema rules give a statement."""
        return self.reason(predicate, key) is not None

    def reason(self, predicate: int, key: int) -> Reason | None:
        """The rule that gives a statement, None when none does."""
        names = self.names
        low, high = unpack(key)
        for order in (self.classes, self.properties):
            if predicate == order.predicate and order.below(low, high):
                return self._above(order, low, high)
        for order, same, rule in (
            (self.classes, names.equivalentClass, "scm-eqc2"), (self.properties, names.equivalentProperty, "scm-eqp2"),
        ):  # fmt: skip
            if predicate == same and order.below(low, high) and order.below(high, low):
                back: Premise = (order.predicate, pack(high, low))
                return Reason(Rule(rule), tuple(dict.fromkeys(((order.predicate, key), back))))
        if predicate in {names.domain, names.range}:
            return self._bound(predicate, low, high)
        return None

    def _above(self, order: Order, low: int, high: int) -> Reason:
        if low == high and low in order.declared:
            return order.declared[low]
        path = order.path(low, high)
        if len(path) == 1:
            return path[0].told
        rule = "scm-sco" if order is self.classes else "scm-spo"
        return Reason(Rule(rule), tuple((order.predicate, pack(edge.low, edge.high)) for edge in path))

    def _bounds(self, predicate: int) -> list[tuple[int, int]]:
        stated: dict[int, list[int]] = {}
        for prop, cls in self.axioms.pairs(predicate):
            stated.setdefault(prop, []).append(cls)
        found: list[tuple[int, int]] = []
        for prop in sorted(stated.keys() | self.properties.up.keys()):
            own = {cls for one in {prop} | self.properties.above(prop) for cls in stated.get(one, ())}
            found += ((prop, cls) for cls in sorted(own.union(*(self.classes.above(cls) for cls in own))))
        return found

    def _bound(self, predicate: int, prop: int, cls: int) -> Reason | None:
        names = self.names
        letter = "dom" if predicate == names.domain else "rng"
        for one, stated in self.axioms.pairs(predicate):
            if (one, stated) == (prop, cls):
                continue
            inherits = one == prop or self.properties.below(prop, one)
            widens = stated == cls or self.classes.below(stated, cls)
            if inherits and widens:
                told: list[Premise] = [(predicate, pack(one, stated))]
                if one != prop:
                    told.append((names.subPropertyOf, pack(prop, one)))
                if stated != cls:
                    told.append((names.subClassOf, pack(stated, cls)))
                rules = [f"scm-{letter}2"] * (one != prop) + [f"scm-{letter}1"] * (stated != cls)
                return Reason(Rule(", ".join(rules)), tuple(told))
        return None
