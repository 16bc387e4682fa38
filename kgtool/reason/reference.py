"""OWL 2 RL by owlrl, the reference reasoner. The only module that imports owlrl.

owlrl costs about 2 s for 1,000 triples, growing faster than the data, so it is given only what can matter: statements
whose predicate no axiom mentions (labels, digests, dates) entail nothing in OWL 2 RL and are left out (`_relevant`).
owlrl 7.6 is wrong on hasKey, AllDifferent and AllDisjointProperties; the ontology uses none of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.errors import EngineError, texts
from kgtool.reason.model import Closure, Contradiction
from kgtool.terms import OWL, RDF, RDFS
from kgtool.write.terms import from_rdflib, quiet, to_graph

_ERROR = "http://www.daml.org/2002/03/agents/agent-ont#error"
_TYPE = ox.NamedNode(RDF + "type")
_IRI = re.compile(r"(?:https?|urn):[^\s'\"<>,)]+")
# Predicates that build axioms, and so matter whatever the ontology says.
_AXIOMS = frozenset(
    {RDF + name for name in ("type", "first", "rest")}
    | {RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")}
)
# Predicates whose subject and object are properties: a property named there has an axiom.
_ON_PROPERTIES = frozenset(
    {
        RDFS + "subPropertyOf",
        OWL + "inverseOf",
        OWL + "equivalentProperty",
        OWL + "propertyDisjointWith",
        OWL + "onProperty",
        OWL + "assertionProperty",
        RDF + "first",  # a list may be a property chain
    }
)
_DECLARATIONS = frozenset(
    {OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty", RDF + "Property"}
)


def close(quads: Iterable[ox.Quad]) -> Closure:
    """The OWL 2 RL closure of a graph.

    Raises:
        EngineError: the reasoner failed; there is no result then.
    """
    import owlrl

    stated = {
        ox.Triple(quad.subject, quad.predicate, quad.object)
        for quad in quads
        if not isinstance(quad.object, ox.Triple)  # triple terms (RDF 1.2) entail nothing in OWL 2
    }
    graph = to_graph(_relevant(stated))
    try:
        with quiet():
            owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    except Exception as error:  # owlrl raises bare Exceptions; any of them means that there is no closure
        raise EngineError(
            "E-REASONER",
            texts(zh=f"推理器失敗:{error}", en=f"the reasoner failed: {error}"),
            texts(
                zh="請先更正語法與型別錯誤,再執行一次。", en="Correct syntax and datatype errors first, then run again."
            ),
        ) from error
    subjects = {triple.subject for triple in stated}
    inferred, errors = [], set()
    for subject, predicate, value in graph:
        if str(predicate) == _ERROR:
            errors.add(str(value))
            continue
        node = from_rdflib(subject)
        term = from_rdflib(value)
        if isinstance(node, ox.Literal) or node not in subjects or isinstance(term, ox.Literal) or node == term:
            continue
        triple = ox.Triple(node, ox.NamedNode(str(predicate)), term)
        if triple not in stated:
            inferred.append(triple)
    contradictions = {Contradiction(detail, tuple(_IRI.findall(detail))) for detail in errors}
    return Closure(tuple(sorted(inferred, key=str)), tuple(sorted(contradictions)), len(contradictions))


def _relevant(stated: set[ox.Triple]) -> list[ox.Triple]:
    """The statements that an OWL 2 RL rule can use: axioms, types, and statements of a property that has an axiom."""
    active = set(_AXIOMS)
    for triple in stated:
        predicate = triple.predicate.value
        if predicate in _ON_PROPERTIES:
            active |= {term.value for term in (triple.subject, triple.object) if isinstance(term, ox.NamedNode)}
        elif predicate in {RDFS + "domain", RDFS + "range", OWL + "propertyChainAxiom"} and isinstance(
            triple.subject, ox.NamedNode
        ):
            active.add(triple.subject.value)
        elif (
            triple.predicate == _TYPE
            and isinstance(triple.object, ox.NamedNode)
            and isinstance(triple.subject, ox.NamedNode)
        ):
            kind = triple.object.value
            if kind.startswith(OWL) and kind.endswith("Property") and kind not in _DECLARATIONS:
                active.add(triple.subject.value)
        if predicate.startswith(OWL):
            active.add(predicate)
    return sorted((triple for triple in stated if triple.predicate.value in active), key=str)
