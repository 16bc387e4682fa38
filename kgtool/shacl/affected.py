"""Which focus nodes can have other results because some statements came or went: whom a check of changes must look at.

The argument. Let T be the statements that one version of the graph has and the other has not. What a shape finds at a focus
node depends on (1) statements that are walked from it along paths, (2) statements of a node so reached: of another
property, of a closed shape any, (3) the classes of a node so reached, and of the focus node itself, (4) whatever a query
matches. A walk that ends at different things in the two versions has a first statement of T on it; the part before that is
in both versions, so the focus node is joined to an end of that statement by statements that are there now. So:

- ends of statements of T that a shape can read are marked, and with them every node within as many steps as the shape
  can go, over statements of the predicates that its paths name, in either direction (without end for closures and recursion);
- a class changes only at an end of a statement of T as long as no axiom carries types from one node to another
  (`far_reaching` says which do): such ends are marked for shapes that look at classes;
- a query can join what nothing connects, so one whose predicates T has marks every node; so do axioms in T, and T unknown.

What is not marked has equal results in both versions; what is marked may have. Source: SHACL §2.1.3, §3.4, §4, §5.
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.index import Index
from kgtool.shacl import plan
from kgtool.shacl.data import Data
from kgtool.shacl.paths import Path, Repeat, Sequence, Step, Times, predicates
from kgtool.shacl.plan import Plan, TargetKind
from kgtool.shacl.recursion import references
from kgtool.shacl.touched import Touched
from kgtool.terms import OWL, RDF, RDFS

_TYPE = RDF + "type"
# What says something about its subject only, to people.
_NOTES = frozenset(
    {RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")} | {OWL + "versionInfo", OWL + "versionIRI"}
)
_SCHEMES = (RDFS, OWL)
# Axioms by which the class of one node follows from statements about another.
_CARRYING = tuple(
    OWL + name for name in (
        "sameAs", "hasKey", "propertyChainAxiom", "onProperty", "onProperties",
    )
)  # fmt: skip
_CARRYING_CLASSES = (OWL + "FunctionalProperty", OWL + "InverseFunctionalProperty")
# Axioms that would make axioms of data, should one of their ends be a term of RDF, RDFS or OWL with a meaning there.
_RULED = (
    *(RDFS + name for name in ("subPropertyOf", "subClassOf", "range", "domain")),
    *(OWL + name for name in ("equivalentProperty", "equivalentClass", "inverseOf")),
)  # fmt: skip
_HARMLESS = _NOTES | {
    RDF + "langString", RDFS + "Resource", RDFS + "Literal", RDFS + "Class", OWL + "Thing", OWL + "Class",
    OWL + "topObjectProperty", OWL + "topDataProperty",
}  # fmt: skip
_ENDLESS = 10**9


class _Reach(Struct):
    """What a shape can read: predicates (None: any), whether classes, predicates it walks along and how far, its queries."""

    reads: set[str] = field(default_factory=set)
    any: bool = False
    classes: bool = False
    walks: set[str] = field(default_factory=set)
    steps: int = 0
    queries: list[plan.Sparql] = field(default_factory=list)


class Affected:
    """Marks the focus nodes of one graph and plan that some touched statements can matter to."""

    def __init__(self, data: Data, shapes: Plan, touched: Touched) -> None:
        self.data = data
        self.plan = shapes
        self.touched = touched
        self.changed = {statement.predicate.value for statement in touched.statements}
        self.everything = touched.unknown or any(map(_is_axiom, touched.statements))
        self.far = self.everything or far_reaching(data.index)

    def of(self, number: int, nodes: AbstractSet[int]) -> AbstractSet[int]:
        """Those of a shape's focus nodes that may have other results. Cost: linear in the statements of its paths."""
        if self.everything:
            return nodes
        if not self.touched.statements:
            return set()
        reach = self._reach(number)
        if reach.classes and self.far:
            return nodes
        for test in reach.queries:
            found = test.query.predicates
            if found is None or found & self.changed or _TYPE in found:
                return nodes
        ids = self.data.index.ids
        wanted = None if reach.any or reach.classes else reach.reads
        ends = {
            ids[end] for statement in self.touched.statements if wanted is None or statement.predicate.value in wanted
            for end in (statement.subject, statement.object) if end in ids
        }  # fmt: skip
        return self._within(ends, reach) & nodes

    def _within(self, ends: set[int], reach: _Reach) -> set[int]:
        """The nodes joined to these by so many statements of the walked predicates."""
        index = self.data.index
        columns = [index.column(index.iri(iri)) for iri in sorted(reach.walks)]
        found, border = set(ends), ends
        for _ in range(min(reach.steps, len(index.terms))):
            fresh: set[int] = set()
            for subjects, values in columns:
                for subject, value in zip(subjects, values, strict=True):
                    if subject in border:
                        fresh.add(value)
                    if value in border:
                        fresh.add(subject)
            border = fresh - found
            if not border:
                break
            found |= border
        return found

    def _reach(self, number: int) -> _Reach:
        """Of a shape and all shapes that it names, each as far as the longest way to it goes."""
        found = _Reach()
        for target in self.plan.shapes[number].targets:
            if target.kind is TargetKind.CLASS:
                found.classes = True
            elif target.kind is not TargetKind.NODE:
                found.reads.add(str(target.term)[1:-1])
        self._add(number, 0, found, {})
        found.classes |= _TYPE in found.reads
        return found

    def _add(self, number: int, before: int, found: _Reach, seen: dict[int, int]) -> None:
        if before <= seen.get(number, -1):
            return
        seen[number] = before
        shape = self.plan.shapes[number]
        after = _ENDLESS if number in self.plan.recursive else before
        if shape.path is not None:
            found.reads |= predicates(shape.path)
            found.walks |= predicates(shape.path)
            after = min(after + longest(shape.path), _ENDLESS)
        found.steps = max(found.steps, after)
        for constraint in shape.constraints:
            test = constraint.test
            if isinstance(test, plan.Pair):
                found.reads.add(test.predicate)
            elif isinstance(test, plan.Sparql):
                found.queries.append(test)
            found.any |= isinstance(test, plan.Closed)
            found.classes |= isinstance(test, plan.ClassOf)
        for other in references(shape):
            self._add(other, after, found, seen)


def longest(path: Path) -> int:
    """The most statements that one walk along a path can use; a closure has no end."""
    if isinstance(path, Step):
        return 1
    if isinstance(path, Repeat):
        return longest(path.part) if path.times is Times.MAYBE else _ENDLESS
    each = [longest(part) for part in path.parts]
    return min(sum(each) if isinstance(path, Sequence) else max(each), _ENDLESS)


def far_reaching(index: Index) -> bool:
    """Whether the ontology has axioms by which a statement about one node gives a class to another, or gives axioms.

    Subclasses, subproperties, domains, ranges, inverse, symmetric and transitive properties, unions and intersections
    do not: what follows by them about a node follows from a statement that the node is an end of.
    """
    if any(len(index.column(index.iri(iri))[0]) for iri in _CARRYING):
        return True
    if any(index.instances(index.iri(iri)) for iri in _CARRYING_CLASSES if index.iri(iri) >= 0):
        return True
    ends = (code for iri in _RULED for column in index.column(index.iri(iri)) for code in set(column))
    names = (getattr(index.terms[code], "value", "") for code in ends)
    return any(name.startswith((RDF, *_SCHEMES)) and name not in _HARMLESS for name in names)


def _is_axiom(statement: ox.Triple) -> bool:
    """Whether a statement says something about classes or properties, and so about all that have them."""
    predicate = statement.predicate.value
    if predicate == _TYPE:
        return getattr(statement.object, "value", "").startswith((RDF, *_SCHEMES))
    return predicate.startswith((RDF, *_SCHEMES)) and predicate not in _NOTES
