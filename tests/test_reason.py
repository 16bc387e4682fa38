"""The reference reasoner (owlrl) on tiny graphs: what follows, what contradicts, and that its filter loses nothing.

tests/test_reason_engine.py holds the program's own reasoner to it.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import owlrl
import pyoxigraph as ox
import pytest
import rdflib
from conftest import WANGJIN, Ran

from kgtool.formats import RDF_SUFFIXES
from kgtool.load import load
from kgtool.project import open_project, project_files
from kgtool.reason.reference import close
from kgtool.terms import OWL, RDF, RDFS
from kgtool.write.terms import quiet, to_graph

EX = "https://example.org/isle/"
PREFIXES = f"""@prefix ex: <{EX}> . @prefix owl: <{OWL}> . @prefix rdf: <{RDF}> . @prefix rdfs: <{RDFS}> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def inferred(text: str) -> set[str]:
    """What follows, about things and not about the vocabulary, with `ex:` names."""
    shown = set()
    for triple in close(quads(text)).inferred:
        parts = [str(term).replace(RDF + "type", "a").replace(EX, "ex:").strip("<>") for term in triple]
        if all(part.startswith(("ex:", "a", "_:")) and "http" not in part for part in parts):
            shown.add(" ".join(parts))
    return shown


FOLLOWS = [
    ("subclass", "ex:Tug rdfs:subClassOf ex:Ship . ex:t a ex:Tug .", {"ex:t a ex:Ship"}),
    ("subclass of a subclass", "ex:Tug rdfs:subClassOf ex:Ship . ex:Ship rdfs:subClassOf ex:Craft . ex:t a ex:Tug .",
     {"ex:t a ex:Ship", "ex:t a ex:Craft"}),
    ("domain and range", "ex:tows rdfs:domain ex:Tug ; rdfs:range ex:Ship . ex:t ex:tows ex:s . ex:s a ex:Thing .",
     {"ex:t a ex:Tug", "ex:s a ex:Ship"}),
    ("range of something otherwise only described", "ex:tows rdfs:range ex:Ship . ex:t ex:tows ex:s . ex:s ex:length 9 .",
     {"ex:s a ex:Ship"}),
    ("domain of a subproperty", "ex:tows rdfs:subPropertyOf ex:moves . ex:moves rdfs:domain ex:Craft . ex:t ex:tows ex:s .",
     {"ex:t ex:moves ex:s", "ex:t a ex:Craft"}),
    ("inverse", "ex:tows owl:inverseOf ex:towedBy . ex:t ex:tows ex:s . ex:s a ex:Ship .", {"ex:s ex:towedBy ex:t"}),
    ("symmetric", "ex:beside a owl:SymmetricProperty . ex:t ex:beside ex:s . ex:s a ex:Ship .", {"ex:s ex:beside ex:t"}),
    ("transitive", "ex:in a owl:TransitiveProperty . ex:a ex:in ex:b . ex:b ex:in ex:c . ex:c a ex:Sea .", {"ex:a ex:in ex:c"}),
    ("chain", "ex:base owl:propertyChainAxiom ( ex:crewOf ex:home ) . ex:a ex:crewOf ex:t . ex:t ex:home ex:h .", {"ex:a ex:base ex:h"}),
    ("some values from",
     "ex:Towing owl:equivalentClass [ owl:onProperty ex:tows ; owl:someValuesFrom ex:Ship ] . ex:t ex:tows ex:s . ex:s a ex:Ship .",
     {"ex:t a ex:Towing"}),
    ("has value", "ex:Ours rdfs:subClassOf [ owl:onProperty ex:flag ; owl:hasValue ex:isle ] . ex:t a ex:Ours .", {"ex:t ex:flag ex:isle"}),
    ("equivalent classes", "ex:Tug owl:equivalentClass ex:Tugboat . ex:t a ex:Tug .", {"ex:t a ex:Tugboat"}),
    ("same as", "ex:t owl:sameAs ex:u . ex:t a ex:Ship . ex:u a ex:Thing .", {"ex:u a ex:Ship", "ex:t a ex:Thing"}),
    ("functional property", "ex:home a owl:FunctionalProperty . ex:t ex:home ex:h , ex:i . ex:h a ex:Port . ex:i a ex:Place .",
     {"ex:i a ex:Port", "ex:h a ex:Place"}),
    ("intersection", "ex:RedTug owl:intersectionOf ( ex:Red ex:Tug ) . ex:t a ex:Red , ex:Tug .", {"ex:t a ex:RedTug"}),
    ("a blank node", "ex:Tug rdfs:subClassOf ex:Ship . _:t a ex:Tug .", None),
    ("nothing", "ex:t a ex:Tug ; ex:tows ex:s .", set()),
    ("labels and digests", 'ex:t rdfs:label "Tug"@en ; ex:sha "abc" ; ex:length 9 .', set()),
    ("nothing about what is not described", "ex:tows rdfs:range ex:Ship . ex:t ex:tows ex:s .", set()),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), [row[1:] for row in FOLLOWS], ids=[row[0] for row in FOLLOWS])
def test_what_follows_and_was_not_stated(text: str, expected: set[str] | None) -> None:
    found = inferred(text)
    if expected is None:
        (only,) = found
        assert only.startswith("_:")
        assert only.endswith(" a ex:Ship")
    elif expected:
        assert expected <= found
    else:
        assert found == set()
    assert close(quads(text)).contradictions == ()


CONTRADICTS = [
    ("disjoint classes", "ex:P owl:disjointWith ex:Q . ex:a a ex:P {also} .", ", ex:Q", {"P", "Q", "a"}),
    ("all disjoint", "[] a owl:AllDisjointClasses ; owl:members ( ex:P ex:Q ) . ex:a a ex:P {also} .", ", ex:Q", {"P", "Q", "a"}),
    # owlrl 7.6 names the class instead of the thing that is in both.
    ("complement", "ex:P owl:complementOf ex:Q . ex:a a ex:P {also} .", ", ex:Q", {"P", "Q"}),
    ("same and different", "ex:a owl:differentFrom ex:b . ex:a a ex:P {also} .", "; owl:sameAs ex:b", {"a", "b"}),
    ("irreflexive", "ex:p a owl:IrreflexiveProperty . ex:a ex:p ex:b {also} .", ", ex:a", {"a", "p"}),
    ("asymmetric", "ex:p a owl:AsymmetricProperty . ex:a ex:p ex:b . {also}", "ex:b ex:p ex:a .", {"a", "b", "p"}),
    ("disjoint properties", "ex:p owl:propertyDisjointWith ex:q . ex:a ex:p ex:b {also} .", "; ex:q ex:b", {"a", "b", "p", "q"}),
    ("a denial", "[] owl:sourceIndividual ex:a ; owl:assertionProperty ex:p ; owl:targetIndividual ex:b . ex:a ex:p ex:c {also} .",
     ", ex:b", {"a", "p", "b"}),
    ("a class of nothing", "ex:P rdfs:subClassOf owl:Nothing . ex:b a ex:Q . {also}", "ex:a a ex:P .", {"a"}),
    ("a value that is none of its type", 'ex:p rdfs:range xsd:integer . ex:a ex:p 1 {also} .', ', "one"^^xsd:integer', set()),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "also", "named"), [row[1:] for row in CONTRADICTS], ids=[row[0] for row in CONTRADICTS]
)
def test_a_contradiction_is_found_and_names_what_contradicts(text: str, also: str, named: set[str]) -> None:
    """And the same statements without the last one contradict nothing."""
    found = close(quads(text.format(also=also))).contradictions
    assert found
    assert named <= {term.removeprefix(EX) for item in found for term in item.terms}
    assert all(item.detail for item in found)
    assert found == tuple(sorted(set(found)))
    assert close(quads(text.format(also=""))).contradictions == ()


def test_a_closure_is_the_same_whatever_the_order_of_the_statements() -> None:
    statements = quads(" ".join(text for _, text, _ in FOLLOWS))
    assert close(statements) == close(reversed(statements))


def test_triple_terms_entail_nothing_and_stop_nothing() -> None:
    statements = quads("ex:Tug rdfs:subClassOf ex:Ship . ex:t a ex:Tug ; ex:said <<( ex:t a ex:Raft )>> .")
    assert (
        ox.Triple(ox.NamedNode(EX + "t"), ox.NamedNode(RDF + "type"), ox.NamedNode(EX + "Ship"))
        in close(statements).inferred
    )


def full_types(statements: list[ox.Quad]) -> set[tuple[str, str]]:
    """Types that owlrl gives to stated subjects when it is fed every statement, unfiltered."""
    graph = to_graph(statements)
    stated = {(str(subject), str(value)) for subject, value in graph.subject_objects(rdflib.RDF.type)}
    subjects = {str(subject) for subject in graph.subjects()}
    with quiet():
        owlrl.DeductiveClosure(owlrl.OWLRL_Semantics, axiomatic_triples=False, datatype_axioms=False).expand(graph)
    return {
        (str(subject), str(value))
        for subject, value in graph.subject_objects(rdflib.RDF.type)
        if not isinstance(subject, rdflib.Literal) and str(subject) in subjects and subject != value
    } - stated


def close_types(statements: list[ox.Quad]) -> set[tuple[str, str]]:
    """The types among what `close` gives."""
    return {
        (str(triple.subject).strip("<>").removeprefix("_:"), str(triple.object).strip("<>").removeprefix("_:"))
        for triple in close(statements).inferred
        if triple.predicate.value == RDF + "type"
    }


@pytest.mark.parametrize("text", [row[1] for row in FOLLOWS], ids=[row[0] for row in FOLLOWS])
def test_the_filter_loses_no_type(text: str) -> None:
    statements = quads(text)
    assert close_types(statements) == full_types(statements)


def test_the_filter_loses_no_type_of_the_fictional_city() -> None:
    """A dossier with its people, place and visits, under the whole shipped ontology; all of it would take owlrl minutes."""
    project = open_project(WANGJIN, {}, {})
    files = project_files(project, "ontology", tuple(RDF_SUFFIXES))
    chosen = ("data/city/bidao.ttl", "data/agreement/bidao.ttl", "data/person/yun-ruolan.ttl", "data/visit/")
    files += tuple(f for f in project_files(project, "data", tuple(RDF_SUFFIXES)) if f.name.startswith(chosen))
    statements = [
        quad for quad in load(files).quads() if quad.predicate.value not in {RDFS + "label", RDFS + "comment"}
    ]
    data = [quad for quad in statements if "graph:data/" in str(quad.graph_name)]
    ontology = [quad for quad in statements if "graph:data/" not in str(quad.graph_name)]
    sample = [*ontology, *data[:100]]
    found = close_types(sample)
    assert found == full_types(sample)
    assert len({subject for subject, _ in found if subject.startswith("https://example.org/wangjin/")}) >= 5


def test_the_reference_reasoner_can_be_asked_for(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    """`--reasoner owlrl` finds what the program's own reasoner finds."""
    text = PREFIXES + "ex:P owl:disjointWith ex:Q . ex:R rdfs:subClassOf ex:Q ."
    folder = make_project(
        {"ontology/o.ttl": text, "data/a.ttl": PREFIXES + "ex:a a ex:P , ex:R ."}, f'[prefixes]\nex = "{EX}"'
    )
    for reasoner in ("kgtool", "owlrl"):
        ran = kgtool("check", "--select", "KG101", "--reasoner", reasoner, "--format", "json", cwd=folder)
        assert ran.err == ""
        found = json.loads(ran.out)["findings"]
        assert [(item["rule"], item["file"], item["focus"]) for item in found] == [("KG101", "data/a.ttl", EX + "a")]
        assert ran.status == 1
