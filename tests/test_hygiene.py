"""Ontology hygiene: every check has a project that it fires on and a nearest one that it is silent on."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, Ran

from kgtool.checks.hygiene import CHECKS
from kgtool.rules import builtin_rules

HEAD = """@prefix ex: <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix schema: <https://schema.org/> .
"""
ONTOLOGY = (
    HEAD
    + 'ex:o a owl:Ontology ; dct:title "O"@en ; dct:description "O."@en ; dct:license ex:l ; owl:versionIRI ex:v .\n'
    + "".join(f'{name} a owl:AnnotationProperty ; rdfs:label "{name}"@en ; skos:definition "A note."@en .\n'
              for name in ("dct:title", "dct:description", "dct:license", "schema:domainIncludes"))
    + "".join(f'ex:{name} a owl:Class ; rdfs:label "{name}"@en ; skos:definition "A class."@en .\n' for name in "ABC")
    + "".join(f'ex:{name} a owl:ObjectProperty ; rdfs:label "{name}"@en ; skos:definition "A link."@en ; schema:domainIncludes ex:A .\n'
              for name in ("p", "q"))
    + 'ex:d a owl:DatatypeProperty ; rdfs:label "d"@en ; skos:definition "A value."@en ; schema:domainIncludes ex:A .\n'
)  # fmt: skip
TERM = 'skos:definition "A term."@en'
# (code, what is added to the ontology, what is added to the data), and the same for the clean twin.
CASES = [
    ("KG120", "", "ex:a a ex:A ; ex:mistake ex:a .", "", "ex:a a ex:A ; ex:p ex:a ."),
    ("KG121", "", "ex:a a ex:Mistake .", "", "ex:a a ex:A ."),
    ("KG121", "ex:A rdfs:subClassOf ex:Mistake .", "", "ex:A rdfs:subClassOf ex:B .", ""),
    ("KG122", "", 'ex:a a ex:A ; ex:p "text" .', "", "ex:a a ex:A ; ex:p ex:a ."),
    ("KG122", "ex:p a owl:DatatypeProperty .", "", "ex:p a owl:IrreflexiveProperty .", ""),
    ("KG123", "", "ex:a a ex:A ; ex:d ex:a .", "", 'ex:a a ex:A ; ex:d "text" .'),
    ("KG124", 'ex:A rdfs:lable "a"@en .', "", 'ex:A rdfs:comment "a"@en .', ""),
    ("KG124", "ex:p a owl:SymetricProperty .", "", "ex:p a owl:SymmetricProperty .", ""),
    ("KG125", "ex:A rdfs:subClassOf ex:B . ex:B rdfs:subClassOf ex:A .", "", "ex:A rdfs:subClassOf ex:B .", ""),
    ("KG126", "ex:C rdfs:subClassOf ex:A , ex:B . ex:A owl:disjointWith ex:B .", "",
     "ex:C rdfs:subClassOf ex:A . ex:A owl:disjointWith ex:B .", ""),
    ("KG127", "ex:p rdfs:domain ex:A , ex:B .", "", "ex:p rdfs:domain ex:A .", ""),
    ("KG128", "ex:p rdfs:range ex:A , ex:B .", "", "ex:p rdfs:range ex:A .", ""),
    ("KG129", "ex:p owl:inverseOf ex:p .", "", "ex:p owl:inverseOf ex:q .", ""),
    ("KG130", "ex:p owl:inverseOf ex:q ; rdfs:domain ex:A . ex:q rdfs:range ex:B .", "",
     "ex:p owl:inverseOf ex:q ; rdfs:domain ex:A . ex:q rdfs:range ex:A .", ""),
    ("KG131", "ex:p a owl:SymmetricProperty ; rdfs:domain ex:A ; rdfs:range ex:B .", "",
     "ex:p a owl:SymmetricProperty ; rdfs:domain ex:A ; rdfs:range ex:A .", ""),
    ("KG132", "ex:p a owl:TransitiveProperty ; rdfs:domain ex:A ; rdfs:range ex:B .", "",
     "ex:B rdfs:subClassOf ex:A . ex:p a owl:TransitiveProperty ; rdfs:domain ex:A ; rdfs:range ex:B .", ""),
    ("KG133", "ex:q a owl:TransitiveProperty ; rdfs:subPropertyOf ex:p . ex:p a owl:FunctionalProperty .", "",
     "ex:p a owl:TransitiveProperty ; rdfs:subPropertyOf ex:q . ex:q a owl:SymmetricProperty .", ""),
    ("KG134", f'ex:r a owl:ObjectProperty ; rdfs:label "r"@en ; {TERM} .', "",
     f'ex:r a owl:ObjectProperty ; rdfs:subPropertyOf ex:p ; rdfs:label "r"@en ; {TERM} .', ""),
    ("KG135", f"ex:D a owl:Class ; {TERM} .", "", f'ex:D a owl:Class ; rdfs:label "D"@en ; {TERM} .', ""),
    ("KG136", 'ex:D a owl:Class ; rdfs:label "D"@en .', "",
     'ex:D a owl:Class ; rdfs:label "D"@en ; rdfs:isDefinedBy <https://elsewhere.example/> .', ""),
    ("KG137", 'ex:A rdfs:label "Another"@en .', "", 'ex:A rdfs:label "甲"@zh-Hant .', ""),
    ("KG138", f'ex:D a owl:Class ; rdfs:label "A"@en ; {TERM} .', "",
     f'ex:D a owl:Class ; rdfs:label "A"@fr ; {TERM} .', ""),
    ("KG139", 'ex:A rdfs:comment "two  spaces"@en .', "", 'ex:A rdfs:comment "two spaces"@en .', ""),
    ("KG140", f'ex:D a owl:Class ; rdfs:label "D" ; {TERM} .', "",
     f'ex:D a owl:Class ; rdfs:label "D"@en ; {TERM} .', ""),
    ("KG141", "ex:A owl:deprecated true .", "ex:a a ex:A .", "ex:A owl:deprecated false .", "ex:a a ex:A ."),
    ("KG142", 'ex:other a owl:Ontology ; dct:title "P"@en .', "",
     'ex:other a owl:Ontology ; dct:title "P"@en ; dct:description "P."@en ; dct:license ex:l ; owl:versionIRI ex:w .', ""),
    ("KG143", "", "ex:a a ex:A ; ex:p ex:nobody .", "", "ex:a a ex:A ; ex:p ex:b . ex:b a ex:B ."),
    ("KG144", "ex:d rdfs:range xsd:date .", "", "ex:d rdfs:range xsd:dateTime .", ""),
]  # fmt: skip


def found(kgtool: Callable[..., Ran], folder: Path) -> list[dict[str, object]]:
    ran = kgtool("check", "--format", "json", "--select", "KG12", "--select", "KG13", "--select", "KG14", cwd=folder)
    assert ran.err == ""
    findings: list[dict[str, object]] = json.loads(ran.out)["findings"]
    return findings


@pytest.mark.parametrize(
    ("code", "ontology", "data", "clean", "clean_data"), CASES, ids=[f"{c[0]} {(c[1] or c[2])[:30]}" for c in CASES]
)
def test_a_check_fires_and_is_silent_on_the_clean_twin(
    code: str, ontology: str, data: str, clean: str, clean_data: str,
    make_project: Callable[..., Path], kgtool: Callable[..., Ran],
) -> None:  # fmt: skip
    dirty = {"ontology/o.ttl": ONTOLOGY + ontology, "data/d.ttl": HEAD + data}
    findings = found(kgtool, make_project(dirty, name="dirty"))
    assert {str(finding["rule"]) for finding in findings} == {code}
    assert {str(finding["severity"]) for finding in findings} == {CHECKS[code][0].word}
    assert {str(finding["file"]) for finding in findings} == {
        "data/d.ttl" if data and not ontology else "ontology/o.ttl"
    } or code == "KG141"
    tidy = {"ontology/o.ttl": ONTOLOGY + clean, "data/d.ttl": HEAD + clean_data}
    assert found(kgtool, make_project(tidy, name="tidy")) == []


def test_every_check_has_a_case_and_a_rule() -> None:
    assert {case[0] for case in CASES} == set(CHECKS) == {code for code in builtin_rules() if "KG120" <= code < "KG150"}
    assert len(CHECKS) == 25


def test_a_folder_of_axioms_without_a_header_is_left_alone(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    assert found(kgtool, make_project({"ontology/o.ttl": HEAD + "ex:A rdfs:subClassOf ex:B ."})) == []


def test_the_projects_own_ontology_is_clean(kgtool: Callable[..., Ran]) -> None:
    assert found(kgtool, ROOT) == []
