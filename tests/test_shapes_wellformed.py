"""Shapes that are wrong or test nothing are findings: never a crash, a hang, a fetch or a silent pass."""

from __future__ import annotations

import datetime
import json
import random
import re
import time
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Ran, shared

from kgtool.check import check
from kgtool.finding import Finding
from kgtool.index import Index
from kgtool.project import open_project
from kgtool.shacl import Problem, ShapesError, idle, make_plan, results, validate, validate_index
from kgtool.shacl.engine import Report
from kgtool.shacl.plan import Plan
from kgtool.shacl.recursion import MOST_DEPTH

PREFIXES = """@prefix : <http://e.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
NOW = datetime.datetime(2024, 1, 1, tzinfo=datetime.UTC)


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def problems(shapes: str, data: str = ":a a :C ; :p 1 .") -> list[Problem]:
    made = make_plan(quads(shapes))
    index = Index()
    index.extend(quads(data))
    return [*made.problems, *idle(made, index, validate_index(index, made).focus)]


# What is wrong, the rule that says so, and whether the shapes then cannot be run.
FLAWS = [
    ("sh:property [ sh:path :p ; sh:minCounts 1 ]", "KG203", False),
    ("sh:property [ sh:path :p ; sh:nodeKind sh:IRIs ]", "KG203", False),
    ("a sh:NodeShap ; sh:nodeKind sh:IRI", "KG203", False),
    ('sh:property [ sh:path :p ; sh:minCount "one" ]', "KG204", True),
    ("sh:property [ sh:path :p ; sh:minCount 1 , 2 ]", "KG204", True),
    ("sh:property [ sh:path :p ; sh:minCount -1 ]", "KG204", True),
    ('sh:property [ sh:path :p ; sh:class "C" ]', "KG204", True),
    ("sh:property [ sh:path :p ; sh:uniqueLang 1 ]", "KG204", True),
    ('sh:property [ sh:path :p ; sh:uniqueLang "1"^^xsd:boolean ]', "KG204", False),
    ("sh:property [ sh:minCount 1 ]", "KG204", True),
    ("sh:minCount 1", "KG204", True),
    ('sh:property [ sh:path :p ; sh:minInclusive "x"^^xsd:integer ]', "KG204", True),
    ('sh:property [ sh:path :p ; sh:languageIn ( "not a tag" ) ]', "KG204", True),
    ("sh:property [ sh:path :p ; sh:in 1 ]", "KG205", True),
    ("sh:property [ sh:path ( :p ) ; sh:minCount 1 ]", "KG205", True),
    ('sh:property [ sh:path "p" ; sh:minCount 1 ]', "KG205", True),
    ('sh:property [ sh:path :p ; sh:pattern "(" ]', "KG206", True),
    ('sh:property [ sh:path :p ; sh:pattern "a" ; sh:flags "z" ]', "KG206", True),
    ("sh:property [ sh:path :p ; sh:datatype xsd:dat ]", "KG207", True),
    ('sh:sparql [ sh:select "SELEKT" ]', "KG208", True),
    ('sh:sparql [ sh:message "no query" ]', "KG208", True),
    ('sh:js [ sh:jsFunctionName "f" ]', "KG209", True),
    ("sh:rule []", "KG209", True),
    ("sh:property [ sh:path :p ; sh:qualifiedValueShape [ sh:class :C ] ]", "KG212", False),
    ("sh:property [ sh:path :p ]", "KG212", False),
    ("sh:deactivated true", "KG213", False),
    ("sh:node :N ; owl:imports <http://127.0.0.1:1/>", "KG214", False),
    ("sh:not :S", "KG215", True),
    ("sh:property [ sh:path :pp ; sh:nodeKind sh:IRI ]", "KG216", False),
]  # fmt: skip


@pytest.mark.parametrize(("shape", "rule", "fatal"), FLAWS)
def test_each_flaw_has_its_rule(shape: str, rule: str, fatal: bool) -> None:
    found = problems(f":S sh:targetClass :C ; {shape} . :N sh:nodeKind sh:IRI .")
    flaw = next(problem for problem in found if problem.rule == rule)
    assert flaw.fatal is fatal
    assert {"en", "zh-Hant"} <= set(flaw.message)
    # Both say the same, each in its own words; what an engine says of a pattern or a query's syntax is English only.
    said = flaw.message["zh-Hant"]
    assert re.search(r"[\u4e00-\u9fff]", said)
    assert rule in {"KG206", "KG208"} or not re.search(r"[A-Za-z]{2,} [a-z]{2,} [a-z]{2,}", said)
    assert flaw.shape == "http://e.example/S"
    if fatal:
        with pytest.raises(ShapesError):
            validate(quads(":a a :C ."), quads(f":S sh:targetClass :C ; {shape} ."))


def test_a_good_shape_has_no_flaw() -> None:
    assert (
        problems(
            ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ; sh:name 'p' ; sh:order 1 ] ."
        )
        == []
    )


def test_a_shape_that_nothing_reaches_is_named_and_its_parts_too() -> None:
    found = problems(":S sh:property :P . :P sh:path :p ; sh:minCount 1 .")
    assert [(flaw.rule, flaw.node) for flaw in found] == [
        ("KG210", "http://e.example/P"),
        ("KG210", "http://e.example/S"),
    ]


@pytest.mark.parametrize("target", ["sh:targetClass :D", "sh:targetSubjectsOf :q", "sh:targetObjectsOf :q"])
def test_a_target_that_finds_no_node_is_named(target: str) -> None:
    assert [flaw.rule for flaw in problems(f":S {target} ; sh:nodeKind sh:IRI .")] == ["KG211"]


def test_a_property_listed_for_a_closed_shape_needs_no_constraint() -> None:
    assert (
        problems(
            ":S sh:targetClass :C ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path :p ] ."
        )
        == []
    )


def test_a_misspelt_term_comes_with_the_right_one() -> None:
    (flaw, *_) = problems(":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:maxCuont 1 ] .")
    assert "did you mean sh:maxCount?" in flaw.message["en"]


def test_the_other_constraints_of_a_flawed_shape_still_run() -> None:
    made = make_plan(
        quads(':S sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount "one" ; sh:nodeKind sh:IRI ] .')
    )
    index = Index()
    index.extend(quads(":a a :C ; :p 1 ."))
    assert [result.component[-27:] for result in results(made, validate_index(index, made))] == [
        "NodeKindConstraintComponent"
    ]


# --- the corpus of hostile shapes: file, rule, severity; "" where the data must be found wrong instead
HAZARDS = {
    "bad-regex": ("KG206", "error"), "class-typo": ("KG211", "warning"), "cyclic-and-list": ("KG205", "error"),
    "cyclic-in-list": ("KG205", "error"), "cyclic-path": ("KG205", "error"), "datatype-typo": ("KG207", "error"),
    "illtyped-data": ("KG201", "error"), "js-constraint": ("KG209", "error"), "mincount-string": ("KG204", "error"),
    "mixed-zone-range": ("KG201", "error"), "prop-typo": ("KG203", "error"), "redos-pattern": ("KG201", "error"),
    "shapesgraph-canary": ("KG212", "warning"), "sparql-syntax": ("KG208", "error"), "two-mincount": ("KG204", "error"),
}  # fmt: skip


def _findings(folder: Path) -> tuple[Finding, ...]:
    return check(open_project(folder, {}, {}), NOW).findings


def test_every_hostile_shape_of_the_corpus_is_listed_here() -> None:
    assert {file.stem for file in shared("hazards", "shapes").glob("*.ttl")} == set(HAZARDS)


@pytest.mark.parametrize("name", sorted(HAZARDS))
def test_hostile_shapes_give_a_finding_and_no_connection(name: str, make_project: Callable[..., Path]) -> None:
    text = shared("hazards", "shapes", f"{name}.ttl").read_text(encoding="utf-8")
    began = time.monotonic()
    found = _findings(make_project({"data/d.ttl": text, "shapes/s.ttl": text}))
    assert time.monotonic() - began < 5
    rule, severity = HAZARDS[name]
    hits = [finding for finding in found if finding.rule == rule]
    assert hits, [finding.message["en"] for finding in found]
    assert hits[0].severity.word == severity


def test_a_query_that_kills_its_engine_is_a_finding_and_the_check_goes_on(make_project: Callable[..., Path]) -> None:
    """A text doubled forty times is a terabyte: the worker dies of it, and its shape is named."""
    doubled = " ".join(f"BIND(CONCAT(?v{n}, ?v{n}) AS ?v{n + 1})" for n in range(40))
    select = f'SELECT $this {{ $this a ?c . BIND("12345678" AS ?v0) {doubled} FILTER(STRLEN(?v40) > 1) }}'
    shapes = PREFIXES + f':S a sh:NodeShape ; sh:targetClass :C ; sh:sparql [ sh:select """{select}""" ] .'
    data = PREFIXES + ':a a :C ; :when "2013-02-30"^^xsd:date .'
    found = _findings(make_project({"data/d.ttl": data, "shapes/s.ttl": shapes}))
    (failure,) = [finding for finding in found if finding.rule == "KG202"]
    assert failure.severity.word == "error"
    assert re.search(r"http://e.example/S: the query (needs more than|did not end)", failure.message["en"])
    assert {finding.rule[:3] for finding in found} > {"KG2"}  # other families have run


# --- in a project


def test_a_flaw_is_a_finding_at_its_file_with_a_fix(make_project: Callable[..., Path]) -> None:
    shapes = PREFIXES + ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCounts 1 ] ."
    (first, *_) = [
        f
        for f in _findings(make_project({"data/d.ttl": PREFIXES + ":a a :C ; :p 1 .", "shapes/s.ttl": shapes}))
        if f.rule == "KG203"
    ]
    assert first.place.path == "shapes/s.ttl"
    assert first.source == "unknown-sh-term"
    assert set(first.fix) == {"en", "zh-Hant"}


def test_the_report_says_how_many_nodes_were_looked_at(make_project: Callable[..., Path]) -> None:
    shapes = PREFIXES + ":S a sh:NodeShape ; sh:targetClass :C ; sh:property [ sh:path :p ; sh:minCount 1 ] ."
    folder = make_project({"data/d.ttl": PREFIXES + ":a a :C ; :p 1 . :b a :C ; :p 2 .", "shapes/s.ttl": shapes})
    report = check(open_project(folder, {}, {}), NOW)
    assert report.findings == ()
    assert [note.message["en"] for note in report.notes] == ["2 shapes, 1 with targets, looked at 2 focus nodes"]


def test_both_engines_can_be_chosen(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    shapes = (
        PREFIXES
        + ":S a sh:NodeShape ; sh:targetClass :C ; sh:property :P . :P a sh:PropertyShape ; sh:path :p ; sh:minCount 2 ."
    )
    folder = make_project({"data/d.ttl": PREFIXES + ":a a :C ; :p 1 .", "shapes/s.ttl": shapes})
    for engine in ("kgtool", "pyshacl"):
        ran = kgtool("check", folder, "--engine", engine, "--lang", "en")
        assert ran.status == 1
        assert "KG201" in ran.out


NESTED = [
    ("sh:not [ ", " ]"), ("sh:and ( [ ", " ] )"), ("sh:or ( [ ", " ] )"), ("sh:xone ( [ ", " ] )"), ("sh:node [ ", " ]"),
    ("sh:property [ sh:path :p ; ", " ]"), ("sh:property [ sh:path :p ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShape [ ", " ] ]"),
    ("sh:property [ sh:path :p ; sh:not [ ", " ] ]"),
]  # fmt: skip


@pytest.mark.parametrize(("before", "behind"), NESTED)
def test_shapes_inside_one_another_are_judged_to_a_depth_and_named_beyond_it(before: str, behind: str) -> None:
    levels = before.count("[ ")  # a property shape and the shape in it are two
    most = (MOST_DEPTH - 1) // levels
    for times in (most, most + 1, 240 // levels, 480 // levels):
        text = f":S sh:targetNode :a ; {before * times} sh:nodeKind sh:IRI {behind * times} ."
        refused = [flaw for flaw in problems(text, ":a :p :a .") if flaw.rule == "KG209"]
        assert bool(refused) is (times > most)
        assert all(flaw.fatal and f"more than {MOST_DEPTH}" in flaw.message["en"] for flaw in refused)
        if not refused:
            negated = "sh:not" in before and times % 2 == 1  # an even number of negations is none
            assert bool(results(*judged(text, ":a :p :a ."))) is negated


def judged(shapes: str, data: str) -> tuple[Plan, Report]:
    made, index = make_plan(quads(shapes)), Index()
    index.extend(quads(data))
    return made, validate_index(index, made)


def test_shapes_that_name_one_another_in_a_long_line_are_refused_whichever_is_asked() -> None:
    line = " ".join(f":S{n} sh:targetNode :a ; sh:node :S{n + 1} ." for n in range(2_000))
    made, report = judged(line + " :S2000 sh:nodeKind sh:Literal .", ":a :p :a .")
    assert {problem.rule for problem in made.problems if problem.fatal} == {"KG209"}
    # What lies no deeper is judged all the same.
    assert {str(made.shapes[found.shape].node) for found in report.violations} == {
        f"<http://e.example/S{n}>" for n in range(2_001 - MOST_DEPTH, 2_000)
    }


def test_recursive_shapes_are_those_that_reach_themselves() -> None:
    chance = random.Random(17)
    for _ in range(60):
        size = chance.randint(1, 9)
        edges = {(chance.randrange(size), chance.randrange(size)) for _ in range(chance.randint(0, 2 * size))}
        text = " ".join(f":S{n} a sh:NodeShape ." for n in range(size))
        made = make_plan(quads(text + " ".join(f" :S{a} sh:node :S{b} ." for a, b in edges)))
        name = {number: int(str(shape.node)[19:-1]) for number, shape in enumerate(made.shapes)}
        reach = set(edges)
        while more := {(a, d) for a, b in reach for c, d in reach if b == c} - reach:
            reach |= more
        together = {
            a: {b for b in range(size) if (a, b) in reach and (b, a) in reach} for a, _ in reach if (a, a) in reach
        }
        assert {name[a]: {name[b] for b in found} for a, found in made.recursive.items()} == together


def test_a_shape_that_is_a_class_is_shown_where_the_shapes_say_it(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """The class is described by the ontology and by data as well: neither says what the shape asks for."""
    head = "@prefix ex: <http://e.example/> .\n@prefix sh: <http://www.w3.org/ns/shacl#> .\n"
    owl = "http://www.w3.org/2002/07/owl#"
    folder = make_project(
        {
            "data/a.ttl": head + "\nex:Bird ex:seen 1 .\nex:b a ex:Bird .\n",
            "ontology/o.ttl": head
            + f"<http://e.example/> a <{owl}Ontology> .\n\nex:Bird a <{owl}Class> .\nex:Stone a <{owl}Class> .\n",
            "shapes/s.ttl": head
            + f"\n\n\nex:Bird a sh:NodeShape , <{owl}Class> ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .\n"
            + f"ex:Stone a sh:NodeShape , <{owl}Class> ; sh:property [ sh:path ex:seen ; sh:minCount 1 ] .\n",
        }
    )
    found = json.loads(kgtool("check", folder, "--format", "json").out)["findings"]
    (missing,) = [one for one in found if one["rule"] == "KG201"]
    assert (missing["file"], missing["line"]) == ("data/a.ttl", 5)
    assert missing["related"] == [{"file": "shapes/s.ttl", "line": 6, "column": 1}]
    (idle,) = [one for one in found if one["rule"] in {"KG211", "KG217"}]
    assert (idle["file"], idle["line"], idle["column"]) == ("shapes/s.ttl", 7, 1)
    unlabelled = [
        (one["file"], one["line"]) for one in found if one["rule"] == "KG135" and one["focus"].endswith("Bird")
    ]
    assert unlabelled == [("ontology/o.ttl", 5)]
