"""Which classes a resource belongs to, as far as hiding needs to know: stated types, domains and ranges, superclasses.

Narrower than the OWL closure and made before it, because the closure must not see what is hidden. A property that
`schema:rangeIncludes` gives one class is taken at its word: a person whom only a statement names is a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kgtool.audience.model import Node
from kgtool.terms import RDF, RDFS, SCHEMA

_TYPE = RDF + "type"
_SCHEMA = {RDFS + "subClassOf", RDFS + "subPropertyOf", RDFS + "domain", RDFS + "range", SCHEMA + "rangeIncludes"}


class Hierarchy:
    """Sub- and superclasses, domains and ranges, as all files state them. Cost: one pass over the quads."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        tables: dict[str, dict[str, set[str]]] = {name: defaultdict(set) for name in _SCHEMA}
        for quad in quads:
            table = tables.get(quad.predicate.value)
            if table is not None and isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                table[quad.subject.value].add(quad.object.value)
        self._classes = tables[RDFS + "subClassOf"]
        self._properties = tables[RDFS + "subPropertyOf"]
        self._domains = tables[RDFS + "domain"]
        self._ranges = tables[RDFS + "range"]
        for name, values in tables[SCHEMA + "rangeIncludes"].items():
            if len(values) == 1:
                self._ranges[name] |= values
        self._of_subject: dict[str, frozenset[str]] = {}
        self._of_object: dict[str, frozenset[str]] = {}

    def above(self, classes: Iterable[str]) -> frozenset[str]:
        """The classes and their superclasses."""
        return _closure(classes, self._classes)

    def below(self, names: Iterable[str]) -> frozenset[str]:
        """Classes or properties and all that are narrower."""
        down: dict[str, set[str]] = defaultdict(set)
        for table in (self._classes, self._properties):
            for narrow, wides in table.items():
                for wide in wides:
                    down[wide].add(narrow)
        return _closure(names, down)

    def of_subject(self, predicate: str) -> frozenset[str]:
        """Classes that a subject of the property belongs to."""
        return self._implied(predicate, self._of_subject, self._domains)

    def of_object(self, predicate: str) -> frozenset[str]:
        """Classes that an object of the property belongs to."""
        return self._implied(predicate, self._of_object, self._ranges)

    def _implied(
        self, predicate: str, known: dict[str, frozenset[str]], table: Mapping[str, set[str]]
    ) -> frozenset[str]:
        if predicate not in known:
            wider = _closure([predicate], self._properties)
            known[predicate] = self.above({cls for name in wider for cls in table.get(name, ())})
        return known[predicate]

    def types(self, quads: Iterable[ox.Quad]) -> dict[Node, frozenset[str]]:
        """Each resource that the quads say a class of, to its classes with their superclasses."""
        direct: dict[Node, set[str]] = defaultdict(set)
        for quad in quads:
            predicate, value = quad.predicate.value, quad.object
            if predicate == _TYPE and isinstance(value, ox.NamedNode):
                direct[quad.subject].add(value.value)
            implied = self.of_subject(predicate)
            if implied:
                direct[quad.subject] |= implied
            implied = self.of_object(predicate)
            if implied and not isinstance(value, ox.Literal):
                direct[value] |= implied
        cache: dict[frozenset[str], frozenset[str]] = {}
        out = {}
        for node, classes in direct.items():
            key = frozenset(classes)
            if key not in cache:
                cache[key] = self.above(key)
            out[node] = cache[key]
        return out


def _closure(names: Iterable[str], edges: Mapping[str, Iterable[str]]) -> frozenset[str]:
    found = set(names)
    waiting = list(found)
    while waiting:
        for name in edges.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)
