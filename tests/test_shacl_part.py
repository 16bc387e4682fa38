"""Validation of a part: what is looked at gives what the whole gives, and what changes can matter to is never left out."""

from __future__ import annotations

import os

import pyoxigraph as ox
from suites.shacl_random import PREFIXES, Maker

from kgtool.index import Index
from kgtool.reason import reasoned
from kgtool.shacl import Part, Result, Touched, difference, make_plan, results, validate_index
from kgtool.shacl.plan import Plan

FULL = os.environ.get("KGTOOL_FULL", "")
CASES = 3000 if FULL else 300
SEED = int(FULL) if FULL.isdigit() and FULL != "1" else 0
# Ontologies: axioms that keep types where they are, and axioms that carry them from node to node.
LOCAL = (
    ":p rdfs:domain :C .", ":q rdfs:range :D .", ":r rdfs:subPropertyOf :q .", ":p owl:inverseOf :r .",
    ":q a owl:SymmetricProperty .", ":r a owl:TransitiveProperty .", ":E owl:equivalentClass :D .", ":p rdfs:range :E .",
    ":C owl:unionOf ( :D :E ) .", ":F owl:intersectionOf ( :C :D ) .",
)  # fmt: skip
CARRYING = (
    ":p owl:propertyChainAxiom ( :q :r ) . :p rdfs:domain :C .", ":q a owl:FunctionalProperty .",
    ":r a owl:InverseFunctionalProperty .", ":n1 owl:sameAs :n2 .",
    "[] rdfs:subClassOf :E ; owl:onProperty :p ; owl:someValuesFrom :C .", "[] owl:onProperty :q ; owl:hasValue :n3 ; rdfs:subClassOf :D .",
)  # fmt: skip
OWL = "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"


def turtle(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(OWL + text, format=ox.RdfFormat.TURTLE)]


def run(made: Plan, statements: list[ox.Triple], part: Part | None = None) -> tuple[set[Result], int]:
    """Results, with the classes that follow by OWL 2 RL, and how many focus nodes were looked at."""
    index = Index()
    index.extend(statements)
    types = reasoned(index).types
    report = validate_index(index, made, types) if part is None else validate_index(index, made, types, part)
    return set(results(made, report)), sum(report.looked.values())


class Editor(Maker):
    """A project and an edit of it, from one seed."""

    def schema(self) -> str:
        chosen = [one for one in LOCAL if self.r.random() < 0.25]
        if self.r.random() < 0.25:
            chosen.append(self.r.choice(CARRYING))
        return PREFIXES + "\n".join(chosen) + "\n"

    def edited(self, before: list[ox.Triple]) -> list[ox.Triple]:
        kept = [one for one in before if self.r.random() > 1 / max(len(before), 1)]
        return kept + [one for one in turtle(self.data()) if self.r.random() < 0.1]

    def query(self) -> str:
        return self.r.choice((
            "SELECT $this { $this :p ?v . ?v :q ?w }", "SELECT $this { $this a :D }",
            "SELECT $this { ?x :r ?y FILTER(?y = 1) FILTER($this != ?x) }",
        ))  # fmt: skip

    def node_shape(self, name: str) -> str:
        block = super().node_shape(name)
        if self.r.random() < 0.1:
            prefixes = 'sh:prefixes [ sh:declare [ sh:prefix "" ; sh:namespace "http://e.example/"^^xsd:anyURI ] ]'
            block += f'\n{name} sh:sparql [ {prefixes} ; sh:select "{self.query()}" ] .'
        return block


def test_a_narrowed_run_finds_every_new_result_and_only_results_of_the_whole() -> None:
    print(f"seeds from {SEED}")
    fewer = 0
    for seed in range(SEED, SEED + CASES):
        editor = Editor(seed)
        schema, before = turtle(editor.schema()), turtle(editor.data())
        after = editor.edited(before)
        made = make_plan(quads_of(editor.shapes()))
        if made.failure:
            continue
        old, _ = run(made, [*schema, *before])
        new, all_nodes = run(made, [*schema, *after])
        touched = Touched(difference(before, after))
        narrowed, looked = run(made, [*schema, *after], Part(touched=touched))
        assert narrowed <= new, f"seed {seed}: {sorted(narrowed - new)}"
        assert new - old <= narrowed, f"seed {seed}: {sorted(new - old - narrowed)}"
        assert narrowed - old == new - old
        assert looked <= all_nodes
        fewer += looked < all_nodes
    assert fewer > CASES / 10  # it does narrow


def quads_of(text: str) -> list[ox.Quad]:
    return list(ox.parse(text, format=ox.RdfFormat.TURTLE))
