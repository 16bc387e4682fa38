"""What the hygiene checks look at: the ontology's own statements, and the columns of the whole project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.terms import OWL, RDF, RDFS, SCHEMA

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
_W3C = "http://www.w3.org/"
_PROPERTY_KINDS = ("ObjectProperty", "DatatypeProperty", "AnnotationProperty", "OntologyProperty")


class Fault(Struct, frozen=True):
    """What is wrong with a term.

    Attributes:
        others: what else the message names: the values that differ, the term in the way.
        statement: the statement to point at; None for the term itself.
    """

    term: Term
    others: tuple[Term, ...] = ()
    statement: tuple[Term, Term, Term] | None = None


class View:
    """An ontology with the project that uses it.

    Args:
        ontology: the statements of the ontology's files.
        project: ontology, data and shapes, with the same codes.
    """

    def __init__(self, ontology: Index, project: Index) -> None:
        self.index = ontology
        self.project = project

    @property
    def declares_itself(self) -> bool:
        return bool(self.of_kind(OWL + "Ontology"))

    def of_kind(self, *classes: str) -> list[int]:
        """IRIs that the ontology types with one of the classes, in file order."""
        found = dict.fromkeys(node for cls in classes for node in self.index.instances(self.index.iri(cls)))
        return [node for node in found if isinstance(self.index.terms[node], ox.NamedNode)]

    @cached_property
    def classes(self) -> list[int]:
        return self.of_kind(OWL + "Class", RDFS + "Class")

    @cached_property
    def properties(self) -> list[int]:
        return self.of_kind(*(OWL + kind for kind in _PROPERTY_KINDS), RDF + "Property")

    def values(self, node: int, *predicates: str) -> list[int]:
        """Objects by any of the predicates."""
        return [value for name in predicates for value in self.index.objects(node, self.index.iri(name))]

    def pairs(self, predicate: str) -> list[tuple[int, int]]:
        """Distinct (subject, object) of an ontology predicate, in file order."""
        return list(dict.fromkeys(zip(*self.index.column(self.index.iri(predicate)), strict=True)))

    def term(self, code: int) -> Term:
        return self.index.terms[code]

    def is_iri(self, code: int) -> bool:
        return isinstance(self.term(code), ox.NamedNode)

    def above(self, node: int, predicate: str) -> set[int]:
        """What lies above a node by a predicate; the node itself only where there is a cycle."""
        reached: set[int] = set()
        todo = self.values(node, predicate)
        while todo:
            one = todo.pop()
            if one not in reached:
                reached.add(one)
                todo += self.values(one, predicate)
        return reached

    def related(self, one: int, other: int) -> bool:
        """Whether two classes are one, or one lies above the other."""
        below = RDFS + "subClassOf"
        return one == other or other in self.above(one, below) or one in self.above(other, below)

    @cached_property
    def _ontologies(self) -> frozenset[int]:
        return frozenset(self.of_kind(OWL + "Ontology"))

    def own(self, nodes: Iterable[int]) -> Iterator[int]:
        """The terms that the project defines itself: not the W3C's or schema.org's, nor said to be defined elsewhere."""
        for node in nodes:
            iri = getattr(self.term(node), "value", "")
            homes = self.values(node, RDFS + "isDefinedBy")
            if not iri.startswith((_W3C, SCHEMA)) and (not homes or self._ontologies.intersection(homes)):
                yield node


def foreign(term: Term) -> bool:
    """Whether a term belongs to a W3C vocabulary, which need not be declared again."""
    return isinstance(term, ox.NamedNode) and term.value.startswith(_W3C)
