"""Codes of the vocabulary that the rules read, and the names that make a statement part of the schema."""

# ruff: noqa: N815 (the fields carry the terms' own names)

from __future__ import annotations

from typing import NamedTuple

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.terms import OWL, RDF, RDFS


class Names(NamedTuple):
    """Codes of RDF, RDFS and OWL names in one index. The field's name is the term's local name (`type_` for rdf:type)."""

    type_: int
    first: int
    rest: int
    nil: int
    subClassOf: int
    subPropertyOf: int
    domain: int
    range: int
    Datatype: int
    Class: int
    Thing: int
    Nothing: int
    ObjectProperty: int
    DatatypeProperty: int
    AnnotationProperty: int
    FunctionalProperty: int
    InverseFunctionalProperty: int
    SymmetricProperty: int
    AsymmetricProperty: int
    IrreflexiveProperty: int
    TransitiveProperty: int
    AllDifferent: int
    AllDisjointClasses: int
    AllDisjointProperties: int
    sameAs: int
    differentFrom: int
    equivalentClass: int
    equivalentProperty: int
    inverseOf: int
    propertyChainAxiom: int
    intersectionOf: int
    unionOf: int
    oneOf: int
    complementOf: int
    disjointWith: int
    propertyDisjointWith: int
    someValuesFrom: int
    allValuesFrom: int
    hasValue: int
    onProperty: int
    onClass: int
    maxCardinality: int
    maxQualifiedCardinality: int
    hasKey: int
    members: int
    distinctMembers: int
    sourceIndividual: int
    assertionProperty: int
    targetIndividual: int
    targetValue: int

    @classmethod
    def of(cls, index: Index) -> Names:
        """The codes in `index`; names that no statement mentions get one. Cost: some fifty look-ups."""
        codes = {}
        for field in cls._fields:
            name = field.removesuffix("_")
            space = RDF if name in _IN_RDF else RDFS if name in _IN_RDFS else OWL
            codes[field] = index.code(ox.NamedNode(space + name))
        return cls(**codes)

    @property
    def axiom_predicates(self) -> frozenset[int]:
        """Predicates whose every statement is an axiom or a part of one."""
        return frozenset(getattr(self, name) for name in _AXIOM_PREDICATES)

    @property
    def axiom_classes(self) -> frozenset[int]:
        """Classes whose members are declarations or axioms."""
        return frozenset(getattr(self, name) for name in _AXIOM_CLASSES)


_IN_RDF = frozenset({"type", "first", "rest", "nil"})
_IN_RDFS = frozenset({"subClassOf", "subPropertyOf", "domain", "range", "Datatype"})
_AXIOM_PREDICATES = (
    "first", "rest", "subClassOf", "subPropertyOf", "domain", "range", "equivalentClass", "equivalentProperty",
    "inverseOf", "propertyChainAxiom", "intersectionOf", "unionOf", "oneOf", "complementOf", "disjointWith",
    "propertyDisjointWith", "someValuesFrom", "allValuesFrom", "hasValue", "onProperty", "onClass", "maxCardinality",
    "maxQualifiedCardinality", "hasKey", "members", "distinctMembers", "sourceIndividual", "assertionProperty",
    "targetIndividual", "targetValue",
)  # fmt: skip
_AXIOM_CLASSES = (
    "Class", "ObjectProperty", "DatatypeProperty", "FunctionalProperty", "InverseFunctionalProperty",
    "SymmetricProperty", "AsymmetricProperty", "IrreflexiveProperty", "TransitiveProperty", "AllDifferent",
    "AllDisjointClasses", "AllDisjointProperties",
)  # fmt: skip
