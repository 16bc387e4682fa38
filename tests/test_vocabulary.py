"""Terms against the ontology: undeclared, misused, given up; collections and hierarchies that run in a circle."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HEAD = "".join(
    f"@prefix {prefix}: <{iri}> .\n"
    for prefix, iri in {
        "": "https://example.org/ns#", "k": "https://example.org/kind#", "id": "https://example.org/id/",
        "owl": "http://www.w3.org/2002/07/owl#", "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#", "skos": "http://www.w3.org/2004/02/skos/core#",
        "far": "https://example.com/far#",
    }.items()
)  # fmt: skip
FIRST = HEAD.count("\n") + 1
TERMS = (
    ":Port a owl:Class .\n:partner a owl:ObjectProperty .\n:depth a owl:DatatypeProperty .\n"
    ":old a owl:ObjectProperty ; owl:deprecated true ; <http://purl.org/dc/terms/isReplacedBy> :partner .\n"
    "k:Deep a skos:Concept .\nk:Gone a skos:Concept ; owl:deprecated true .\nfar:knows a owl:ObjectProperty .\n"
)
HEADER = "<https://example.org/ns> a owl:Ontology .\n" + "".join(
    f"{name} rdfs:isDefinedBy <https://example.org/ns> .\n"
    for name in (":Port", ":partner", ":depth", ":old", "k:Deep")
)
RULES = ("KG026", "KG15")


@pytest.fixture
def found(make_project: Callable[..., Path], kgtool: Callable[..., Any]) -> Callable[..., list[dict[str, Any]]]:
    """Findings of one data file beside the small ontology above; with its header the ontology declares itself."""

    def run(text: str, *, headed: bool = False) -> list[dict[str, Any]]:
        ontology = HEAD + (HEADER if headed else "") + TERMS
        folder = make_project(
            {"ontology/port.ttl": ontology, "data/port.ttl": HEAD + text},
            '[prefixes]\n"" = "https://example.org/ns#"\n',
        )
        ran = kgtool("check", "--format", "json", "--project", folder)
        return [row for row in json.loads(ran.out)["findings"] if row["rule"].startswith(RULES)]

    return run


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id:a :partner id:b ; :depth 12 ; a :Port ; :kind k:Deep .\n", []),
        ("id:a :partner id:b ; :depth 12 ; a :Port .\n", []),
        ("id:a :partnr id:b .\n", [("KG150", "warning", 1)]),
        ("id:a a :Prot .\n", [("KG150", "warning", 1)]),
        ("id:a far:knows id:b ; far:sees id:c .\n", []),
        ("id:a far:know id:b .\n", [("KG150", "warning", 1)]),
        ("id:a <https://example.net/other#p> id:b .\n", []),
        ("id:a rdfs:lable 'x' .\n", [("KG150", "error", 1)]),
        ("id:a skos:preflabel 'x' ; rdf:_1 'y' .\n", [("KG150", "error", 1)]),
        ("id:a :partner 'Island' .\n", [("KG151", "error", 1)]),
        ("id:a :depth id:b .\n", [("KG151", "error", 1)]),
        ("id:a :Port id:b .\n", [("KG152", "error", 1)]),
        ("id:a a :partner .\n", [("KG152", "error", 1)]),
        ("id:a :old id:b .\n", [("KG153", "warning", 1)]),
        (
            "id:a rdfs:subClassOf id:b .\nid:b rdfs:subClassOf id:c .\nid:c rdfs:subClassOf id:a .\n",
            [("KG154", "warning", 3)],
        ),
        ("id:a rdfs:subClassOf id:a , id:b .\n", []),
        ("id:a skos:broader id:b .\nid:b skos:broader id:a .\n", [("KG154", "warning", 2)]),
        ("id:a :partner ( id:b id:c ) .\n", []),
        ("_:l rdf:first 1 ; rdf:rest _:l .\n", [("KG026", "error", 1)]),
        ("_:l rdf:first 1 ; rdf:rest _:m .\n", [("KG026", "error", 1)]),
        ("_:l rdf:first 1 , 2 ; rdf:rest () .\n", [("KG026", "error", 1)]),
    ],
)
def test_terms_where_no_ontology_declares_itself(found: Callable[..., Any], text: str, expected: list[Any]) -> None:
    assert [(row["rule"], row["severity"], row["line"] - FIRST + 1) for row in found(text)] == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id:a :partner k:Deep .\n", []),
        ("id:a :partner k:Deap .\n", [("KG150", "error", 1)]),
        ("id:a :partner k:Gone .\n", [("KG153", "warning", 1)]),
        ("id:a skos:prefLable 'x' .\n", [("KG150", "error", 1)]),
        # Properties and classes are then the hygiene checks' matter.
        ("id:a :partnr id:b ; a :Prot ; :depth id:c ; :old id:d .\n", []),
    ],
)
def test_what_is_left_beside_the_hygiene_checks(found: Callable[..., Any], text: str, expected: list[Any]) -> None:
    assert [(row["rule"], row["severity"], row["line"] - FIRST + 1) for row in found(text, headed=True)] == expected


def test_a_slip_is_told_what_it_may_mean(found: Callable[..., Any]) -> None:
    (row,) = found("id:a :partner k:Deap .\n", headed=True)
    assert row["message"] == {
        "en": "no ontology declares <https://example.org/kind#Deap>; did you mean <https://example.org/kind#Deep>?",
        "zh-Hant": "本體沒有 <https://example.org/kind#Deap>;是否指 <https://example.org/kind#Deep>?",
    }


def test_a_deprecated_term_names_its_successor(found: Callable[..., Any]) -> None:
    (row,) = found("id:a :old id:b .\n")
    assert row["message"] == {
        "en": ":old is deprecated; use :partner.",
        "zh-Hant": ":old 已不建議使用;請改用 :partner。",
    }


def test_a_long_collection_is_walked_without_recursion(found: Callable[..., Any]) -> None:
    assert found("id:a :partner ( " + "id:b " * 5000 + ") .\n") == []
