"""Hygiene of the terms themselves: axioms that cannot be meant, labels, definitions, the ontology's header."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.checks.hygiene_view import Fault, View
from kgtool.reason import is_calendar
from kgtool.terms import DCT, OWL, RDFS, SCHEMA, SKOS

_LABELS = (RDFS + "label", SKOS + "prefLabel")
_DEFINITIONS = (RDFS + "comment", SKOS + "definition", DCT + "description")
_BOUNDS = (RDFS + "domain", RDFS + "range", SCHEMA + "domainIncludes", SCHEMA + "rangeIncludes")
_SPACES = re.compile(r"^\s|\s$|\s\s")
_METADATA = (DCT + "title", DCT + "description", DCT + "license", OWL + "versionIRI")
_BELOW, _PART = RDFS + "subClassOf", RDFS + "subPropertyOf"


def subclass_cycles(view: View) -> Iterator[Fault]:
    """A class below itself. OOPS! P06."""
    for node in dict.fromkeys(low for low, _ in view.pairs(_BELOW)):
        if view.is_iri(node) and node in view.above(node, _BELOW):
            yield Fault(view.term(node), (), None)


def unsatisfiable(view: View) -> Iterator[Fault]:
    """A class below two disjoint classes: it cannot have members."""
    below = {node: view.above(node, _BELOW) | {node} for node in dict.fromkeys(low for low, _ in view.pairs(_BELOW))}
    for one, other in view.pairs(OWL + "disjointWith"):
        for node, above in below.items():
            if one in above and other in above and view.is_iri(node):
                yield Fault(view.term(node), (view.term(one), view.term(other)))


def several_domains(view: View) -> Iterator[Fault]:
    """Several domains: all of them hold, which is seldom meant. OOPS! P19."""
    yield from _several(view, RDFS + "domain")


def several_ranges(view: View) -> Iterator[Fault]:
    """Several ranges: all of them hold, which is seldom meant. OOPS! P19."""
    yield from _several(view, RDFS + "range")


def _several(view: View, predicate: str) -> Iterator[Fault]:
    values: dict[int, list[int]] = {}
    for prop, cls in view.pairs(predicate):
        values.setdefault(prop, []).append(cls)
    for prop, classes in values.items():
        if len(classes) > 1:
            yield Fault(view.term(prop), tuple(view.term(cls) for cls in classes))


def inverse_of_itself(view: View) -> Iterator[Fault]:
    """A property that is its own inverse: say that it is symmetric. OOPS! P25."""
    for one, other in view.pairs(OWL + "inverseOf"):
        if one == other:
            yield Fault(view.term(one))


def inverse_bounds_differ(view: View) -> Iterator[Fault]:
    """Inverse properties where the domain of one is not the range of the other. OOPS! P05."""
    for one, other in view.pairs(OWL + "inverseOf"):
        for first, second in ((one, other), (other, one)):
            if not _agree(view, view.values(first, RDFS + "domain"), view.values(second, RDFS + "range")):
                yield Fault(view.term(first), (view.term(second),))


def _agree(view: View, some: list[int], others: list[int]) -> bool:
    return not some or not others or any(view.related(one, other) for one in some for other in others)


def symmetric_bounds_differ(view: View) -> Iterator[Fault]:
    """A symmetric property whose domain and range differ. OOPS! P28."""
    for prop in view.of_kind(OWL + "SymmetricProperty"):
        domains, ranges = (set(view.values(prop, RDFS + name)) for name in ("domain", "range"))
        if domains and ranges and domains != ranges:
            yield Fault(view.term(prop))


def transitive_bounds_differ(view: View) -> Iterator[Fault]:
    """A transitive property whose domain and range have nothing in common. OOPS! P29."""
    for prop in view.of_kind(OWL + "TransitiveProperty"):
        if not _agree(view, view.values(prop, RDFS + "domain"), view.values(prop, RDFS + "range")):
            yield Fault(view.term(prop))


def not_simple(view: View) -> Iterator[Fault]:
    """Functional, asymmetric … although it, or a property below it, is transitive or a chain. Source: OWL 2 Syntax §11.2."""
    composite = {*view.of_kind(OWL + "TransitiveProperty"), *(p for p, _ in view.pairs(OWL + "propertyChainAxiom"))}
    tainted = composite.union(*(view.above(prop, _PART) for prop in composite)) if composite else set()
    kinds = [OWL + kind + "Property" for kind in ("Functional", "InverseFunctional", "Asymmetric", "Irreflexive")]
    for prop in view.of_kind(*kinds):
        if prop in tainted:
            yield Fault(view.term(prop))


def no_bounds(view: View) -> Iterator[Fault]:
    """A property that says nowhere what it is used on or leads to, itself or above it. OOPS! P11."""
    for prop in view.own(view.of_kind(OWL + "ObjectProperty", OWL + "DatatypeProperty")):
        if not any(view.values(one, *_BOUNDS) for one in (prop, *sorted(view.above(prop, _PART)))):
            yield Fault(view.term(prop))


def no_label(view: View) -> Iterator[Fault]:
    """A term without a label. ROBOT missing_label, OOPS! P08."""
    for node in view.own([*view.classes, *view.properties]):
        if not view.values(node, *_LABELS):
            yield Fault(view.term(node))


def no_definition(view: View) -> Iterator[Fault]:
    """A term of the project's own without a definition. ROBOT missing_definition."""
    for node in view.own([*view.classes, *view.properties]):
        if not view.values(node, *_DEFINITIONS):
            yield Fault(view.term(node))


def several_labels(view: View) -> Iterator[Fault]:
    """Two labels in one language. ROBOT multiple_labels."""
    for predicate in _LABELS:
        found: dict[tuple[int, str], list[ox.Literal]] = {}
        for node, value in view.pairs(predicate):
            label = view.term(value)
            if isinstance(label, ox.Literal):
                found.setdefault((node, label.language or ""), []).append(label)
        for (node, _), labels in found.items():
            if len(labels) > 1:
                yield Fault(view.term(node), tuple(labels))


def shared_label(view: View) -> Iterator[Fault]:
    """One label of two classes, or of two properties. ROBOT duplicate_label."""
    for kinds in (view.classes, view.properties):
        first: dict[int, int] = {}
        for node in kinds:
            for label in view.values(node, RDFS + "label"):
                other = first.setdefault(label, node)
                if other != node:
                    yield Fault(view.term(node), (view.term(other), view.term(label)))


def label_spaces(view: View) -> Iterator[Fault]:
    """A label or comment with a space at an end, or two in a row. ROBOT label_whitespace."""
    for predicate in (*_LABELS, RDFS + "comment"):
        for node, value in view.pairs(predicate):
            text = view.term(value)
            if isinstance(text, ox.Literal) and _SPACES.search(text.value):
                yield Fault(view.term(node), (text,), (view.term(node), ox.NamedNode(predicate), text))


def label_without_language(view: View) -> Iterator[Fault]:
    """A label without a language tag."""
    for predicate in _LABELS:
        for node, value in view.pairs(predicate):
            text = view.term(value)
            if isinstance(text, ox.Literal) and not text.language:
                yield Fault(view.term(node), (text,), (view.term(node), ox.NamedNode(predicate), text))


def ontology_without_metadata(view: View) -> Iterator[Fault]:
    """An ontology without title, description, licence or version IRI. ROBOT missing_ontology_*, OOPS! P41."""
    for node in view.of_kind(OWL + "Ontology"):
        missing = [ox.NamedNode(name) for name in _METADATA if not view.values(node, name)]
        if missing:
            yield Fault(view.term(node), tuple(missing))


def calendar_ranges(view: View) -> Iterator[Fault]:
    """A range of xsd:date, xsd:gYear …, which OWL 2's datatype map does not have. Source: OWL 2 Syntax §4."""
    for prop, datatype in view.pairs(RDFS + "range"):
        if is_calendar(view.term(datatype)):
            said = (view.term(prop), ox.NamedNode(RDFS + "range"), view.term(datatype))
            yield Fault(view.term(prop), (view.term(datatype),), said)
