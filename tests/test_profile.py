"""OWL 2 RL profile: every reason has an ontology that it is found in and a nearest one that is clean."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Ran

from kgtool.reason import Departure

HEAD = """@prefix ex: <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SOME = "[ owl:onProperty ex:p ; owl:someValuesFrom ex:C ]"
EVERY = "[ owl:onProperty ex:p ; owl:allValuesFrom ex:C ]"
UNION = "[ owl:unionOf ( ex:C ex:D ) ]"
CASES = [
    ("KG110", f"{EVERY} rdfs:subClassOf ex:D .", f"{SOME} rdfs:subClassOf ex:D ."),
    ("KG110", "owl:Thing rdfs:subClassOf ex:D .", "ex:C rdfs:subClassOf ex:D ."),
    ("KG110", f"[ owl:unionOf ( ex:C {EVERY} ) ] rdfs:subClassOf ex:D .", f"{UNION} rdfs:subClassOf ex:D ."),
    ("KG111", f"ex:D rdfs:subClassOf {SOME} .", f"ex:D rdfs:subClassOf {EVERY} ."),
    ("KG111", f"ex:D rdfs:subClassOf {UNION} .", "ex:D rdfs:subClassOf [ owl:intersectionOf ( ex:C ex:E ) ] ."),
    ("KG111", "ex:D rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 2 ] .",
     "ex:D rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxCardinality 1 ] ."),
    ("KG111", "ex:D rdfs:subClassOf [ owl:onProperty ex:p ; owl:minCardinality 1 ] .",
     "ex:D rdfs:subClassOf [ owl:onProperty ex:p ; owl:maxQualifiedCardinality 0 ; owl:onClass ex:C ] ."),
    ("KG111", f"ex:D rdfs:subClassOf [ owl:complementOf {EVERY} ] .", f"ex:D rdfs:subClassOf [ owl:complementOf {SOME} ] ."),
    ("KG111", f"ex:a a {SOME} .", f"ex:a a {EVERY} ."),
    ("KG112", f"ex:C owl:equivalentClass {UNION} .", "ex:C owl:equivalentClass [ owl:intersectionOf ( ex:D ex:E ) ] ."),
    ("KG112", "ex:C owl:unionOf ( ex:D ex:E ) .", "ex:C owl:intersectionOf ( ex:D ex:E ) ."),
    ("KG113", f"ex:D owl:disjointWith {EVERY} .", f"ex:D owl:disjointWith {SOME} ."),
    ("KG113", f"[] a owl:AllDisjointClasses ; owl:members ( ex:D {EVERY} ) .", "[] a owl:AllDisjointClasses ; owl:members ( ex:D ex:E ) ."),
    ("KG113", f"{EVERY} owl:hasKey ( ex:k ) .", "ex:C owl:hasKey ( ex:k ) ."),
    ("KG114", f"ex:p rdfs:domain {UNION} .", "ex:p rdfs:domain ex:C ."),
    ("KG114", "ex:p rdfs:range owl:Thing .", "ex:p rdfs:range ex:C ."),
    ("KG115", "ex:q a owl:DatatypeProperty ; rdfs:range owl:rational .", "ex:q a owl:DatatypeProperty ; rdfs:range xsd:decimal ."),
    ("KG115", "ex:q rdfs:range [ owl:onDatatype xsd:integer ] .",
     "ex:q a owl:DatatypeProperty ; rdfs:range [ owl:intersectionOf ( xsd:integer xsd:nonNegativeInteger ) ] ."),
    ("KG116", "ex:p a owl:ReflexiveProperty .", "ex:p a owl:SymmetricProperty ."),
    ("KG116", "ex:C owl:disjointUnionOf ( ex:D ex:E ) .", "ex:D owl:disjointWith ex:E ."),
    ("KG117", 'ex:q a owl:FunctionalProperty . ex:a ex:q "2001-01-01"^^xsd:date .', 'ex:q a owl:FunctionalProperty . ex:a ex:q "x" .'),
    ("KG117", 'ex:C owl:hasKey ( ex:k ) . ex:a ex:k "2001"^^xsd:gYear .', 'ex:C owl:hasKey ( ex:k ) . ex:a ex:k "x"@en , 5 .'),
    ("KG117", 'ex:R owl:onProperty ex:q ; owl:hasValue "2001"^^xsd:gYear .', "ex:R owl:onProperty ex:q ; owl:hasValue 2001 ."),
]  # fmt: skip


def found(kgtool: Callable[..., Ran], folder: Path) -> list[dict[str, object]]:
    ran = kgtool("check", "--format", "json", "--select", "KG11", cwd=folder)
    assert ran.err == ""
    findings: list[dict[str, object]] = json.loads(ran.out)["findings"]
    return findings


@pytest.mark.parametrize(("code", "bad", "good"), CASES, ids=[f"{case[0]} {case[1][:40]}" for case in CASES])
def test_a_reason_is_found_and_its_clean_twin_is_not(
    code: str, bad: str, good: str, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    findings = found(kgtool, make_project({"ontology/o.ttl": HEAD + bad}, name="bad"))
    assert {str(finding["rule"]) for finding in findings} == {code}
    assert {str(finding["file"]) for finding in findings} == {"ontology/o.ttl"}
    assert all(set(finding["message"]) == {"en", "zh-Hant"} for finding in findings)  # type: ignore[call-overload]
    assert found(kgtool, make_project({"ontology/o.ttl": HEAD + good}, name="good")) == []


def test_every_reason_has_a_case() -> None:
    assert len({code for code, _, _ in CASES}) == len(Departure) == 8


def test_a_value_in_the_data_is_found_where_it_stands(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({
        "ontology/o.ttl": HEAD + "ex:born a owl:FunctionalProperty .",
        "data/a.ttl": HEAD + 'ex:a ex:born "2001-01-01"^^xsd:date .',
    })  # fmt: skip
    (finding,) = found(kgtool, folder)
    assert (finding["rule"], finding["file"], finding["severity"]) == ("KG117", "data/a.ttl", "info")


def test_the_projects_own_ontology_is_within_the_profile(kgtool: Callable[..., Ran]) -> None:
    assert found(kgtool, ROOT) == []
