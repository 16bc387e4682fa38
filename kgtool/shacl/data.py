"""The data graph as validation reads it: stated columns, and class membership on the closure.

Counts, datatypes and values are judged on what is stated; targets and sh:class also see a second layer of inferred
triples. A superclass is found through rdfs:subClassOf of either. Source: SHACL §1.1 (SHACL instance).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Set as AbstractSet
from itertools import compress

from kgtool.index import Index, Term
from kgtool.terms import RDF, RDFS

# Pairs of a focus node and a value as two parallel lists of codes; a pair may be repeated.
Pairs = tuple[list[int], list[int]]


# Passes over a column for few nodes, after which a look-up table is made.
_MANY = 12


class Data:
    """An index of stated triples and, if given, a layer of inferred ones with the same codes."""

    __slots__ = ("_asked", "_instances", "_sub", "_type", "index", "inferred", "terms")

    def __init__(self, index: Index, inferred: Index | None = None) -> None:
        self.index = index
        self.inferred = inferred
        self.terms: list[Term] = index.terms
        self._type = index.iri(RDF + "type")
        self._sub = index.iri(RDFS + "subClassOf")
        self._instances: dict[int, frozenset[int]] = {}
        self._asked: Counter[tuple[int, bool]] = Counter()

    @property
    def layers(self) -> tuple[Index, ...]:
        return (self.index,) if self.inferred is None else (self.index, self.inferred)

    def instances(self, cls: int) -> frozenset[int]:
        """Codes of a class's SHACL instances, subclasses included. Kept: asked again it costs nothing."""
        found = self._instances.get(cls)
        if found is None:
            members: set[int] = set()
            for one in self._subclasses(cls):
                for layer in self.layers:
                    members.update(layer.backward(self._type).get(one, ()))
            found = self._instances[cls] = frozenset(members)
        return found

    def _subclasses(self, cls: int) -> set[int]:
        found = {cls}
        todo = [cls]
        while todo:
            one = todo.pop()
            for layer in self.layers:
                for sub in layer.backward(self._sub).get(one, ()):
                    if sub not in found:
                        found.add(sub)
                        todo.append(sub)
        return found

    def subjects(self, predicate: str) -> set[int]:
        """Subjects of a predicate in either layer."""
        code = self.index.iri(predicate)
        return {subject for layer in self.layers for subject in layer.column(code)[0]}

    def objects(self, predicate: str) -> set[int]:
        """Objects of a predicate in either layer."""
        code = self.index.iri(predicate)
        return {value for layer in self.layers for value in layer.column(code)[1]}

    def step(self, predicate: str, focus: AbstractSet[int], *, backward: bool) -> Pairs:
        """Stated pairs along one predicate from these nodes; what two files state comes twice.

        Cost: one pass over the predicate's column, in C. To find repeats would cost as much again (0.4 s a million triples),
        so only what counts or reports does (`distinct`). A look-up table holds 150 bytes a statement and most predicates
        are read once, so it is made only for one that is asked again and again for few nodes, as a long chain does.
        """
        code = self.index.iri(predicate)
        first, second = self.index.column(code)
        if len(focus) * 16 < len(first):
            self._asked[code, backward] += 1
            if self._asked[code, backward] > _MANY:
                table = self.index.backward(code) if backward else self.index.forward(code)
                found = [(node, value) for node in focus for value in table.get(node, ())]
                return [node for node, _ in found], [value for _, value in found]
        keys, values = (second, first) if backward else (first, second)
        chosen = list(map(focus.__contains__, keys))
        return list(compress(keys, chosen)), list(compress(values, chosen))


def distinct(pairs: Pairs) -> Pairs:
    """The same pairs, each once, in order."""
    keys, values = pairs
    seen = dict.fromkeys(zip(keys, values, strict=True))
    if len(seen) == len(keys):
        return pairs
    return [key for key, _ in seen], [value for _, value in seen]


def limited(pairs: Pairs, keys: AbstractSet[int]) -> Pairs:
    """The pairs with one of these keys, each once."""
    chosen = list(map(keys.__contains__, pairs[0]))
    return distinct((list(compress(pairs[0], chosen)), list(compress(pairs[1], chosen))))


def grouped(pairs: Pairs) -> dict[int, list[int]]:
    """Key to its distinct values, in order."""
    found: dict[int, list[int]] = {}
    for key, value in zip(*pairs, strict=True):
        if key in found:
            found[key].append(value)
        else:
            found[key] = [value]
    for key, values in found.items():
        if len(values) > 1:
            found[key] = list(dict.fromkeys(values))
    return found
