"""The public and our own OWL 2 RL cases, each with and without proofs."""

from __future__ import annotations

import pytest
from conftest import shared
from suites.owl2rl import Case, passes, read_cases

# Entailments of OWL 2 that no rule of the OWL 2 RL/RDF tables gives, with what they would need.
# Source: OWL 2 Profiles §4.3 (theorem PR1: complete only for assertions with named classes and properties).
BEYOND_THE_RULES = {
    "w3c/chain2trans1#pos": "a chain of a property with itself makes it transitive: no rule concludes an axiom kind",
    "w3c/DisjointClasses-001#pos": "membership in a complement: cls-com only finds contradictions",
    "w3c/DisjointClasses-003#pos": "membership in a complement: cls-com only finds contradictions",
    "w3c/New-Feature-DisjointDataProperties-002#pos": "owl:AllDifferent from disjoint properties: no rule concludes it",
    "w3c/New-Feature-DisjointObjectProperties-001#pos": "owl:differentFrom from disjoint properties: no rule concludes it",
    "w3c/New-Feature-DisjointObjectProperties-002#pos": "owl:AllDifferent from disjoint properties: no rule concludes it",
    "w3c/New-Feature-ObjectQCR-002#pos": "membership in a complement: cls-com only finds contradictions",
    "w3c/New-Feature-ReflexiveProperty-001#pos": "owl:ReflexiveProperty is not in OWL 2 RL",
    "w3c/owl2-rl-rules-fp-differentFrom#pos": "owl:differentFrom by contraposition of prp-fp: no rule concludes it",
    "w3c/owl2-rl-rules-ifp-differentFrom#pos": "owl:differentFrom by contraposition of prp-ifp: no rule concludes it",
    "w3c/WebOnt-I4.6-005-Direct#pos": "an annotation of one class on its equivalent: holds in the direct semantics only",
    "w3c/WebOnt-I5.26-010#pos": "a restriction that no axiom mentions: rules make no new nodes",
    "w3c/WebOnt-I5.5-005#pos": "a union that no axiom mentions: rules make no new nodes",
    "w3c/WebOnt-I5.8-006#pos": "xsd:byte below xsd:short: the tables do not order the datatypes",
    "w3c/WebOnt-I5.8-008#pos": "the meet of two datatypes: the tables do not order the datatypes",
    "w3c/WebOnt-I5.8-009#pos": "the meet of two datatypes: the tables do not order the datatypes",
    "w3c/WebOnt-differentFrom-001#pos": "owl:differentFrom turned round: no rule makes it symmetric",
    "w3c/WebOnt-equivalentClass-008-Direct#pos": "an annotation of one class on its equivalent: direct semantics only",
}


def cases() -> tuple[Case, ...]:
    return read_cases(shared("conformance", "owl2rl", "cases.json"))


@pytest.mark.parametrize("why", [False, True], ids=["plain", "proofs"])
def test_every_case_that_the_rules_reach_passes(why: bool) -> None:
    failed = [case.name for case in cases() if case.name not in BEYOND_THE_RULES and not passes(case, why=why)]
    assert failed == []


def test_every_case_named_as_beyond_the_rules_is_one() -> None:
    by_name = {case.name: case for case in cases()}
    assert set(BEYOND_THE_RULES) <= set(by_name)
    assert [name for name in BEYOND_THE_RULES if by_name[name].kind != "pos" or passes(by_name[name], why=False)] == []


def test_the_suite_has_the_cases_that_were_counted() -> None:
    assert (len(cases()), len(BEYOND_THE_RULES)) == (200, 18)
