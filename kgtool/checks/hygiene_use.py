"""Hygiene of use: what ontology and data say with terms that are not declared, not meant so, or given up."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.checks.hygiene_view import Fault, Term, View, foreign
from kgtool.terms import OWL, RDF, RDFS, XSD

_CLASS_POSITIONS = (RDFS + "subClassOf", RDFS + "domain", RDFS + "range")
# The vocabulary of OWL and RDFS. Source: OWL 2 Mapping to RDF §2.1, RDF Schema §5.
_IN_OWL = (
    "Class Restriction ObjectProperty DatatypeProperty AnnotationProperty OntologyProperty Ontology Thing Nothing "
    "NamedIndividual FunctionalProperty InverseFunctionalProperty TransitiveProperty SymmetricProperty "
    "AsymmetricProperty ReflexiveProperty IrreflexiveProperty AllDifferent AllDisjointClasses AllDisjointProperties "
    "NegativePropertyAssertion Axiom Annotation DeprecatedClass DeprecatedProperty DataRange real rational "
    "equivalentClass equivalentProperty inverseOf propertyChainAxiom intersectionOf unionOf complementOf oneOf "
    "datatypeComplementOf disjointWith disjointUnionOf propertyDisjointWith someValuesFrom allValuesFrom hasValue "
    "hasSelf onProperty onProperties onClass onDataRange onDatatype withRestrictions cardinality minCardinality "
    "maxCardinality qualifiedCardinality minQualifiedCardinality maxQualifiedCardinality hasKey members "
    "distinctMembers sourceIndividual assertionProperty targetIndividual targetValue imports versionIRI versionInfo "
    "priorVersion backwardCompatibleWith incompatibleWith deprecated sameAs differentFrom annotatedSource "
    "annotatedProperty annotatedTarget topObjectProperty topDataProperty bottomObjectProperty bottomDataProperty"
)
_IN_RDFS = (
    "Class Datatype Literal Resource Container ContainerMembershipProperty subClassOf subPropertyOf domain range "
    "label comment seeAlso isDefinedBy member"
)
_BUILTIN = frozenset({OWL + name for name in _IN_OWL.split()} | {RDFS + name for name in _IN_RDFS.split()})


def undeclared_properties(view: View) -> Iterator[Fault]:
    """A property in use that is declared nowhere, at its first use. OOPS! P35."""
    declared = {view.term(node) for node in view.properties}
    for predicate in view.project.predicates:
        term = view.project.terms[predicate]
        if not foreign(term) and term not in declared:
            yield Fault(term, (), _first(view, predicate))


def undeclared_classes(view: View) -> Iterator[Fault]:
    """A class in use that is declared nowhere, at its first use. OOPS! P34."""
    declared = {view.term(node) for node in view.classes} | {view.term(n) for n in view.of_kind(RDFS + "Datatype")}
    reported: set[Term] = set()
    for subject, predicate, value in _class_uses(view):
        for term in (subject, value) if predicate.value == RDFS + "subClassOf" else (value,):
            known = not isinstance(term, ox.NamedNode) or foreign(term) or term in declared or term in reported
            if not known:
                reported.add(term)
                yield Fault(term, (), (subject, predicate, value))


def _class_uses(view: View) -> Iterator[tuple[Term, ox.NamedNode, Term]]:
    """Statements that use a class: the first of each class for rdf:type, every axiom."""
    project, kind = view.project, ox.NamedNode(RDF + "type")
    for cls, subjects in project.backward(project.iri(RDF + "type")).items():
        yield project.terms[subjects[0]], kind, project.terms[cls]
    for predicate in _CLASS_POSITIONS:
        for subject, value in view.pairs(predicate):
            yield view.term(subject), ox.NamedNode(predicate), view.term(value)


def object_properties_with_literals(view: View) -> Iterator[Fault]:
    """An object property that is a datatype property too, or has a literal. Source: OWL 2 Syntax §5.8.1."""
    both = set(view.of_kind(OWL + "DatatypeProperty"))
    for prop in view.of_kind(OWL + "ObjectProperty"):
        if prop in both:
            yield Fault(view.term(prop))
        for subject, value in _uses(view, prop, literals=True):
            yield Fault(view.term(prop), (subject, value), (subject, view.term(prop), value))


def datatype_properties_with_nodes(view: View) -> Iterator[Fault]:
    """A datatype property that leads to a node. Source: OWL 2 Syntax §5.4."""
    for prop in view.of_kind(OWL + "DatatypeProperty"):
        for subject, value in _uses(view, prop, literals=False):
            yield Fault(view.term(prop), (subject, value), (subject, view.term(prop), value))


def misused_builtins(view: View) -> Iterator[Fault]:
    """A name in OWL's or RDFS's namespace that the standard does not have. ROBOT illegal_use_of_built_in_vocabulary."""
    project = view.project
    for predicate in project.predicates:
        if _invented(project.terms[predicate]):
            yield Fault(project.terms[predicate], (), _first(view, predicate))
    kind = ox.NamedNode(RDF + "type")
    for cls, subjects in project.backward(project.iri(RDF + "type")).items():
        if _invented(project.terms[cls]):
            yield Fault(project.terms[cls], (), (project.terms[subjects[0]], kind, project.terms[cls]))


def _invented(term: Term) -> bool:
    return isinstance(term, ox.NamedNode) and term.value.startswith((OWL, RDFS)) and term.value not in _BUILTIN


def deprecated_in_use(view: View) -> Iterator[Fault]:
    """A term that is given up (owl:deprecated) and still used. ROBOT deprecated_*_reference."""
    project = view.project
    yes = [
        ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")),
        ox.Literal("1", datatype=ox.NamedNode(XSD + "boolean")),
    ]
    gone = [view.term(node) for node, value in view.pairs(OWL + "deprecated") if view.term(value) in yes]
    for term in gone:
        code = project.ids.get(term, -1)
        subjects, objects = project.column(code)
        uses = [(subjects[0], code, objects[0])] if subjects else []
        for predicate in (RDF + "type", *_CLASS_POSITIONS):
            column = project.iri(predicate)
            uses += [(subject, column, code) for subject in project.backward(column).get(code, ())[:1]]
        for use in uses:
            subject, name, value = (project.terms[one] for one in use)
            if subject not in gone:
                yield Fault(term, (subject,), (subject, name, value))


def untyped_nodes(view: View) -> Iterator[Fault]:
    """A node of the project that an object property joins and that no statement types."""
    project = view.project
    typed = set(project.column(project.iri(RDF + "type"))[0])
    reported: set[int] = set()
    for prop in view.of_kind(OWL + "ObjectProperty"):
        code = project.ids.get(view.term(prop), -1)
        subjects, objects = project.column(code)
        if typed.issuperset(subjects) and typed.issuperset(objects):
            continue
        for subject, value in zip(subjects, objects, strict=True):
            for node in (subject, value):
                term = project.terms[node]
                if node in typed or node in reported or not isinstance(term, ox.NamedNode) or foreign(term):
                    continue
                reported.add(node)
                yield Fault(term, (), (project.terms[subject], view.term(prop), project.terms[value]))


def _uses(view: View, prop: int, *, literals: bool) -> Iterator[tuple[Term, Term]]:
    """Subject and value of each statement of a property whose value is a literal, or is none. Cost: a look at each value."""
    terms = view.project.terms
    subjects, objects = view.project.column(prop)
    wanted = {code for code in set(objects) if isinstance(terms[code], ox.Literal) == literals}
    for subject, value in zip(subjects, objects, strict=True) if wanted else ():
        if value in wanted:
            yield terms[subject], terms[value]


def _first(view: View, predicate: int) -> tuple[Term, Term, Term]:
    subjects, objects = view.project.column(predicate)
    terms = view.project.terms
    return terms[subjects[0]], terms[predicate], terms[objects[0]]
