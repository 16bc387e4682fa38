"""Which predicates a query can match: never too few, and known for the queries that ship."""

from __future__ import annotations

import datetime

import pyoxigraph as ox
import pytest
from conftest import ROOT

from kgtool.catalog.needs import Needs, may_have_rows, needs_of
from kgtool.check import read_inputs
from kgtool.engine import Answer, EmbeddedStore, Solutions
from kgtool.named import Binder, run
from kgtool.project import open_project
from kgtool.terms import RDF

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
OWN = {RDF + "type", RDF + "first", RDF + "rest"}

CLOSED = [
    ("SELECT * { ?s <x:p> ?o }", {"x:p"}),
    ("SELECT * { ?s <x:p>/<x:q>* ?o }", {"x:p", "x:q"}),
    ("SELECT * { ?s ^<x:p>*/(<x:q>|<x:r>)/<x:t>? ?o }", {"x:p", "x:q", "x:r", "x:t"}),
    ("SELECT * { [ <x:p> [ <x:q> 1 ; <x:r> 'a'@en, -2 ] ] }", {"x:p", "x:q", "x:r"}),
    ("SELECT * { ?s <x:p> ( [ <x:q> 2 ] ?y ) }", {"x:p", "x:q"}),
    ("SELECT * { VALUES ?p { <x:p> <x:q> } ?s ?p ?o }", {"x:p", "x:q"}),
    ("SELECT * { ?s <x:p> ?o FILTER NOT EXISTS { ?o <x:q> ?z } }", {"x:p", "x:q"}),
    ("SELECT * { ?s <x:p> ?o BIND(EXISTS { ?o <x:q> ?z } AS ?b) }", {"x:p", "x:q"}),
    ("SELECT * { ?s <x:p> ?o { SELECT ?o { ?o <x:q> ?z } } MINUS { ?s <x:r> ?o } }", {"x:p", "x:q", "x:r"}),
]
OPEN = [
    "SELECT * { ?s ?p ?o }",
    "SELECT * { ?s <x:p> ?o . [ ?p ?o ] <x:q> 1 }",
    "SELECT * { ?s <x:p> ( [ ?p 1 ] ) }",
    "SELECT * { ?s <x:p>* ?o }",
    "SELECT * { ?s <x:p>?/<x:q>* ?o }",
    "SELECT * { ?s (<x:p>|<x:q>?) ?o }",
    "SELECT * { ?s !<x:p> ?o }",
    "SELECT * { VALUES ?p { <x:p> UNDEF } ?s ?p ?o }",
    "SELECT * { { VALUES ?p { <x:p> } } UNION { ?s ?p ?o } }",
    "SELECT * { OPTIONAL { VALUES ?p { <x:p> } } ?s ?p ?o }",
    "SELECT * { ?s ?p ?o } VALUES ?p { <x:p> }",
    "SELECT * { ?q <x:d> ?p . ?s ?p ?o }",
    "SELECT * { ?p <x:d>/<x:e> ?q . ?s ?p ?o }",
    "SELECT * { OPTIONAL { ?p <x:d> ?q } ?s ?p ?o }",
    "SELECT ?o { ?s <x:p> ?o } GROUP BY ?o HAVING(EXISTS { ?o ?q ?z })",
    "SELECT ?o { ?s <x:p> ?o } ORDER BY EXISTS { ?o ?q ?z }",
    "SELECT * { GRAPH ?g {} }",
    "SELECT * FROM <x:g> { ?s <x:p> ?o }",
    "BASE <x:> SELECT * { ?s <p> ?o }",
    "DESCRIBE ?s { ?s <x:p> ?o }",
    "SELECT * { ?s <x:p> ?o . ?s k:q ?z }",
    "SELECT * { ?s <x:p> ?n.FILTER(?n<3).?s?p?o.FILTER(?n>0) }",
    # The engine needs no blank between words.
    "SELECT * { VALUES ?p { UNDEFUNDEF } ?s ?p ?o }",
    "SELECT * FROMNAMED<x:g> { ?s <x:p> ?o }",
    "SELECT * FROMk:g { ?s <x:p> ?o }",
    "SELECT * { ?s <x:p> ?o FILTER NOTEXISTS { ?s ?p ?z } FILTER(1 = 1) }",
    "SELECT * { FILTERNOTEXISTS { ?s <x:p> ?z } ?s <x:p> ?o }",
    "SELECTDISTINCT ?s { ?s ?p ?o { SELECT * { ?s <x:p> ?o } } }",
]


@pytest.mark.parametrize(("text", "predicates"), CLOSED)
def test_every_predicate_that_a_query_names_is_known(text: str, predicates: set[str]) -> None:
    needs = needs_of(text, {})
    assert needs is not None
    assert (needs.named, needs.described) == (predicates | OWN, frozenset())


@pytest.mark.parametrize("text", OPEN)
def test_a_query_that_may_match_any_predicate_is_known_as_such(text: str) -> None:
    assert needs_of(text, {}) is None


def test_the_projects_prefixes_are_known() -> None:
    needs = needs_of("SELECT * { ?s k:p ?o }", {"k": "https://k.example/"})
    assert needs == Needs(frozenset({"https://k.example/p"} | OWN), classes=frozenset())


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { ?s <https://k.example/\\u0070> ?o }",
        "PREFIX l: <https://k.example/\\U00000070> SELECT * { ?s l: ?o }",
        "PREFIX:<https://k.example/> SELECT * { ?s :p ?o }",
        "PREFIXk:<x:> PREFIX : <https://k.example/> SELECT * { ?s_:p ?o }",
        "SELECT * { ?_ k:p _:b, ?s. [] k:p (_:b _:p) }",
    ],
)
def test_predicates_are_known_however_they_are_written(text: str) -> None:
    needs = needs_of(text, {"k": "https://k.example/", "": "https://l.example/"})
    assert needs == Needs(frozenset({"https://k.example/p"} | OWN), classes=frozenset())


def test_predicates_that_the_data_lists_are_known_by_what_lists_them() -> None:
    needs = needs_of("SELECT * { ?p <x:d> ?q . ?s ?p ?o . [ ?p 1 ] <x:r> ?z }", {})
    assert needs == Needs(frozenset({"x:d", "x:r", *OWN}), frozenset({"x:d"}), frozenset())


TYPE = f"<{RDF}type>"
CLASSES = [
    ("SELECT * { ?s a <x:C> , <x:D> ; <x:p> ?o . ?o " + TYPE + " <x:E> }", {"x:C", "x:D", "x:E"}),
    ("SELECT * { ?s a <x:C> MINUS { ?s a <x:D> } FILTER EXISTS { ?t a <x:E> } { SELECT ?u { ?u a <x:F> } } }",
     {"x:C", "x:D", "x:E", "x:F"}),
    ("SELECT * { ?s <x:p> ?o }", set()),
    ("SELECT * { ?s a <x:C> , ?c }", None),
    ("SELECT * { ?s a <x:C> . ?t a/<x:sub>* <x:D> }", None),
    ("SELECT * { ?s a <x:C> . ?t ^a ?u }", None),
    ("SELECT * { ?s a <x:C> . [ a <x:D> ] <x:p> ?o }", None),
    ("SELECT * { ?s a <x:C> . VALUES ?p { " + TYPE + " } ?s ?p ?o }", None),
    ("SELECT * { ?s a <x:C> FILTER(?t = " + TYPE + ") }", None),
    ("CONSTRUCT { ?s a <x:D> } WHERE { ?s a <x:C> }", None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "classes"), CLASSES)
def test_classes_that_a_query_can_match(text: str, classes: set[str] | None) -> None:
    needs = needs_of(text, {})
    assert needs is not None
    assert needs.classes == (None if classes is None else frozenset(classes))


def test_named_queries_answer_the_same_over_the_statements_that_they_need() -> None:
    inputs = read_inputs(open_project(ROOT, {}, {}), NOW)
    quads = list(inputs.dataset.quads("ontology", "data"))
    whole = EmbeddedStore(quads)
    binder = Binder(inputs.curies, inputs.today, whole)
    compared, filled = 0, 0
    for query in inputs.catalog.queries.values():
        needs = needs_of(query.text, inputs.project.prefixes)
        if needs is None:
            continue
        listed = {quad.subject for quad in quads if quad.predicate.value in needs.described}
        part = EmbeddedStore(q for q in quads if _needed(q, needs, listed))
        for given in [test.params for test in query.tests] or ([{}] if query.role == "check" else []):
            one, other = (
                run(query, binder.bind(query, given), store, inputs.project.prefixes) for store in (whole, part)
            )
            assert one == other, query.name
            compared += 1
            filled += _rows(one) > 0
    assert compared >= 24
    assert filled >= 1


def _needed(quad: ox.Quad, needs: Needs, listed: set[object]) -> bool:
    if quad.predicate.value == RDF + "type" and needs.classes is not None:
        return quad.object.value in needs.classes  # type: ignore[union-attr]
    return quad.predicate.value in needs.named or quad.predicate in listed


def _rows(answer: Answer) -> int:
    return len(answer.rows) if isinstance(answer, Solutions) else 0


def test_every_check_query_that_ships_says_what_it_needs() -> None:
    """Else a large project would be loaded whole for one of them."""
    for file in sorted((ROOT / "queries" / "check").glob("*.rq")):
        assert needs_of(file.read_text(encoding="utf-8"), {}) is not None, file.name


# A query, and the least sets of what must be stated for it to have a row; none where nothing is sure.
REQUIRED = [
    ("SELECT * { ?s <x:p> ?o ; a <x:C> FILTER(?o > 1) }", [{("x:p", ""), (RDF + "type", "x:C")}]),
    ("SELECT * { ?s <x:p> <x:o> , ?b . OPTIONAL { ?s <x:q> ?z } }", [{("x:p", "x:o"), ("x:p", "")}]),
    ("SELECT (COUNT(?s) AS ?n) { ?s <x:p> ?o } GROUP BY ?o", [{("x:p", "")}]),
    ("SELECT (COUNT(?s) AS ?n) { ?s <x:p> ?o }", [set()]),
    ("SELECT * { { ?s <x:p> ?o } UNION { ?s <x:q> ?o } }", [{("x:p", "")}, {("x:q", "")}]),
    ("SELECT * { { ?s <x:p> ?o } UNION { ?s <x:q>/<x:r> ?o } ?s <x:t> 1 }", [{("x:t", "")}]),
    ("SELECT * { { SELECT ?s { ?s <x:p> ?o } GROUP BY ?s } ?s <x:q> 1 }", [{("x:p", ""), ("x:q", "")}]),
    ("SELECT * { { SELECT (COUNT(?s) AS ?n) { ?s <x:p> ?o } } ?s <x:q> ?n }", [{("x:q", "")}]),
    ("SELECT * { MINUS { ?s <x:p> ?o } ?s <x:q>|<x:r> ?o , ?b . ?s <x:t>* ?c }", [set()]),
    ("SELECT * { FILTER NOT EXISTS { ?s <x:p> ?o } FILTER EXISTS { ?s <x:q> ?o } }", [set()]),
    ("ASK { ?s <x:p> ?o }", [set()]),
    ("SELECT (1 AS ?n) { ?s <x:p> ?o } HAVING(COUNT(*) = 0)", [set()]),
    ("SELECT (1 AS ?n) { ?s <x:p> ?o } HAVING COUNT(*) = 0", [set()]),
    ("SELECT (1 AS ?n) { ?s <x:p> ?o } ORDER BYCOUNT(*)", [set()]),
    ("SELECT (1 AS ?n) { ?s <x:p> ?o } ORDER BY (1 + SUM(?o))", [set()]),
    ("SELECT (1 AS ?n) { ?s <x:p> ?o } GROUP BY ?s HAVING(COUNT(*) > 1) ORDER BY COUNT(*)", [{("x:p", "")}]),
    ("SELECT * { ?s <x:p> ?o } ORDER BY ?o", [{("x:p", "")}]),
    (
        "SELECT * { { SELECT ?s { ?s <x:p> 1 } ORDER BY EXISTS { ?s <x:q> ?z } } UNION { ?s <x:r> ?o } ?s <x:t> 1 }",
        [{("x:p", ""), ("x:t", "")}, {("x:r", ""), ("x:t", "")}],
    ),
    (
        "SELECT * { { SELECT ?s { ?s <x:p> 1 } GROUP BY ?s HAVING EXISTS { ?s <x:q> ?z } } ?s <x:r> ?o }",
        [{("x:p", ""), ("x:r", "")}],
    ),
    ("SELECT * { FILTERNOTEXISTS { ?s <x:p> ?o } ?s <x:q> ?o }", [set()]),
    ("SELECT * { GRAPH ?g { ?s <x:p> ?o } ?s <x:q> 1 }", [set()]),
]


@pytest.mark.parametrize(("text", "least"), REQUIRED)
def test_what_every_row_needs(text: str, least: list[set[tuple[str, str]]]) -> None:
    for needed in least:
        assert may_have_rows(text, {}, lambda *one, needed=needed: one in needed)
        for missing in needed:
            assert not may_have_rows(text, {}, lambda *one, rest=needed - {missing}: one in rest)


def test_a_query_without_what_its_rows_need_has_no_rows() -> None:
    """Each statement's predicate and object taken away in turn from a graph that has rows."""
    inputs = read_inputs(open_project(ROOT, {}, {}), NOW)
    quads = list(inputs.dataset.quads("ontology", "data"))
    tried = 0
    for query in inputs.catalog.queries.values():
        if query.role != "check":
            continue
        asked: list[tuple[str, str]] = []
        may_have_rows(query.text, inputs.project.prefixes, lambda *one, asked=asked: bool(asked.append(one)) or True)
        for missing in asked:
            if may_have_rows(query.text, inputs.project.prefixes, lambda *one, missing=missing: one != missing):
                continue
            rest = EmbeddedStore(
                q
                for q in quads
                if q.predicate.value != missing[0] or (missing[1] and getattr(q.object, "value", "") != missing[1])
            )
            assert _rows(run(query, {}, rest, inputs.project.prefixes)) == 0, (query.name, missing)
            tried += 1
    assert tried >= 60


DEEP = [
    ("SELECT * {{ ?s {0}<x:p>{1} ?o }}", "(", ")"), ("SELECT * {{ ?s {0}<x:p>{1} ?o }}", "^(", ")*"), ("SELECT * {{ ?s <x:p> {0}1{1} }}", "(", ")"),
    ("SELECT * {{ {0}1{1} <x:p> 2 }}", "(", ")"), ("SELECT * {{ ?s <x:p> {0}1{1} }}", "[ <x:p> ", " ]"), ("SELECT * {{ {0}1{1} }}", "[ <x:p> ", " ]"),
    ("SELECT * {{ ?s <x:p> {0}1{1} }}", "([ <x:p> ", " ])"), ("SELECT * {{ ?s <x:p> {0}1{1} }}", "- ", ""),
    ("SELECT * {{ {0}{1} }}", "{{ ", " }}"), ("SELECT * {{ {0}{1} }}", "OPTIONAL {{ ", " }}"), ("SELECT * {{ {0}{1} }}", "FILTER EXISTS {{ ", " }}"),
    ("SELECT * {{ {0}{1} }}", "BIND(EXISTS {{ ", " }} AS ?x)"), ("{0} ?s <x:p> ?o {1}", "SELECT * {{ ", " }}"),
    ("SELECT * {{ ?s <x:p> ?o FILTER({0}true{1}) }}", "(", ")"), ("CONSTRUCT WHERE {{ ?s <x:p> {0}1{1} }}", "[ <x:p> ", " ]"),
    ("SELECT * {{ ?s <x:p> {0}", "(", ""), ("SELECT * {{ ?s <x:p> {0}", "[ <x:p> ", ""), ("SELECT * {0}", "{{ ", ""),
]  # fmt: skip


@pytest.mark.parametrize(("form", "before", "behind"), DEEP)
def test_a_text_however_deep_is_read_or_nothing_is_known_of_it(form: str, before: str, behind: str) -> None:
    """It is asked for before the guard has refused a text."""
    for times in (30, 90, 150, 400, 3_000):
        text = form.format(before.replace("{{", "{") * times, behind.replace("}}", "}") * times)
        assert may_have_rows(text, {}, lambda predicate, _: predicate == "x:p")
        if times > 100:
            assert needs_of(text, {}) is None
