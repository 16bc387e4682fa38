"""Parameters of named queries: text to term by type, bound as one row, never pasted.

Hypothesis draws fresh examples on each run and prints the blob that repeats a failure; KGTOOL_FULL=1 draws 10,000.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, Ran
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from msgspec import structs

from kgtool.catalog import NamedQuery, Param, ParamType
from kgtool.catalog.text import form
from kgtool.engine import Solutions, Triples
from kgtool.errors import QueryError, UsageError
from kgtool.named import Binder, ParamError, _nearest, bound_text, run
from kgtool.project import ProjectFile, open_project
from kgtool.query import Workbench, open_workbench
from kgtool.terms import XSD

TODAY = datetime.date(2031, 5, 4)
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
INJECTIONS = ROOT / "tests" / "hazards" / "injection.jsonl"
SETTINGS = 'timezone = "UTC"\n[prefixes]\nex = "https://example.org/id/"\n'
DATA = """\
@prefix ex: <https://example.org/id/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
ex:FishingHarbour rdfs:subClassOf ex:Harbour .
ex:north a ex:Harbour ; skos:prefLabel "北瀾港"@zh-Hant , "Beilan Harbour"@en ; skos:altLabel "Old Beilan"@en .
ex:south a ex:FishingHarbour ; skos:prefLabel "南瀾港"@zh-Hant ; rdfs:label "瀾港"@zh-Hant .
ex:island a ex:Island ; skos:prefLabel "雙瀾"@zh-Hant .
ex:twin a ex:Harbour ; skos:prefLabel "雙瀾"@zh-Hant , "瀾港"@zh-Hant .
"""


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Workbench:
    folder = tmp_path_factory.mktemp("harbours")
    (folder / "data").mkdir()
    (folder / "data" / "harbours.ttl").write_text(DATA, encoding="utf-8")
    (folder / "kgtool.toml").write_text(SETTINGS, encoding="utf-8")
    return open_workbench(open_project(folder, {}, {}), NOW)


@pytest.fixture(scope="module")
def binder(bench: Workbench) -> Binder:
    return Binder(bench.curies, TODAY, bench.store)


def query_of(text: str, *params: Param) -> NamedQuery:
    file = ProjectFile("queries/ask/q.rq", Path("q.rq"), "queries")
    return NamedQuery("q", "ask", file, text, form(text), {}, {}, {param.name: param for param in params}, {}, ())


def refused(error: UsageError) -> tuple[str, str, str, str]:
    return error.message["en"], error.message["zh-Hant"], error.hint.get("en", ""), error.hint.get("zh-Hant", "")


GOOD = [
    (ParamType.STRING, "", '""'),
    (ParamType.STRING, 'a"b\\c\n', '"a\\"b\\\\c\\n"'),
    (ParamType.STRING, "ex:north", '"ex:north"'),
    (ParamType.LANG, "zh-Hant", '"zh-Hant"'),
    (ParamType.LANG, "en", '"en"'),
    (ParamType.INTEGER, "0", f'"0"^^<{XSD}integer>'),
    (ParamType.INTEGER, "-12", f'"-12"^^<{XSD}integer>'),
    (ParamType.INTEGER, "+7", f'"+7"^^<{XSD}integer>'),
    (ParamType.INTEGER, "9" * 18, f'"{"9" * 18}"^^<{XSD}integer>'),
    (ParamType.DECIMAL, "3.50", f'"3.50"^^<{XSD}decimal>'),
    (ParamType.DECIMAL, "-4", f'"-4"^^<{XSD}decimal>'),
    (ParamType.BOOLEAN, "true", f'"true"^^<{XSD}boolean>'),
    (ParamType.BOOLEAN, "false", f'"false"^^<{XSD}boolean>'),
    (ParamType.DATE, "2024-02-29", f'"2024-02-29"^^<{XSD}date>'),
    (ParamType.DATE, "today", f'"2031-05-04"^^<{XSD}date>'),
    (ParamType.YEAR, "2013", f'"2013"^^<{XSD}integer>'),
    (ParamType.IRI, "ex:north", "<https://example.org/id/north>"),
    (ParamType.IRI, "ex:no-such", "<https://example.org/id/no-such>"),
    (ParamType.IRI, "<https://example.org/x>", "<https://example.org/x>"),
    (ParamType.IRI, "https://example.org/x?y=1#z", "<https://example.org/x?y=1#z>"),
    (ParamType.IRI, "urn:isbn:1", "<urn:isbn:1>"),
]


@pytest.mark.parametrize(("kind", "value", "term"), GOOD, ids=[f"{kind} {value[:20]!r}" for kind, value, _ in GOOD])
def test_good_value_becomes_a_term_of_its_type(binder: Binder, kind: ParamType, value: str, term: str) -> None:
    assert str(binder.term(Param("p", kind), value)) == term


BAD = [
    *((ParamType.LANG, value) for value in ("", "en_GB", "en-", "e n", "en\n", "toolonglanguage", 'en"')),
    *((ParamType.INTEGER, value) for value in ("", "1.0", "1e3", " 1", "1 ", "１２", "1_0", "--1", "9" * 19, "0x1", "1\n")),
    *((ParamType.DECIMAL, value) for value in ("", ".5", "5.", "1e3", "NaN", "INF", "1,5", "9" * 19)),
    *((ParamType.BOOLEAN, value) for value in ("", "TRUE", "1", "yes", "true ")),
    *((ParamType.DATE, value) for value in ("", "2013-02-30", "2013-2-3", "20130203", "2013-W05-1", "Today", "2013-02")),
    *((ParamType.YEAR, value) for value in ("", "MMXIII", "2013-01", "民國102年")),
    *((ParamType.IRI, value) for value in ("", "north", "nope:north", "../x", "javascript:alert(1)")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value"), BAD, ids=[f"{kind} {value[:20]!r}" for kind, value in BAD])
def test_bad_value_is_refused_in_both_languages_with_an_example(binder: Binder, kind: ParamType, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        binder.term(Param("when", kind, example="EXAMPLE"), value)
    en, zh, hint, hint_zh = refused(caught.value)
    says = (f"'{value}' is no IRI, prefixed name or known label", f"「{value}」不是 IRI、前綴名稱或已知名稱")
    if kind is not ParamType.IRI:
        says = (f"'{value}' is not of type {kind}", f"「{value}」不是 {kind}")
    assert (en, zh) == (f"parameter 'when': {says[0]}.", f"參數「when」{says[1]}。")
    assert (hint, hint_zh) == ("Example: --param when=EXAMPLE", "例如:--param when=EXAMPLE")
    assert caught.value.code == "E-PARAM"


@pytest.mark.parametrize("value", ["<http://e/> ?p ?o", "<>", "<a b>", "http://e/a b", "ex:a b", "ex:>", "urn:{x}"])
def test_iri_with_a_character_that_no_iri_holds_is_refused(binder: Binder, value: str) -> None:
    with pytest.raises(UsageError) as caught:
        binder.term(Param("p", ParamType.IRI), value)
    assert caught.value.code == "E-PARAM"
    assert f"'{value}' is n" in caught.value.message["en"]


@pytest.mark.parametrize("kind", list(ParamType))
@pytest.mark.parametrize("value", ["a\x00b", "a\ud800b"])
def test_character_that_no_term_may_hold_is_refused(binder: Binder, kind: ParamType, value: str) -> None:
    with pytest.raises(UsageError, match="holds a character that no RDF term may hold"):
        binder.term(Param("p", kind), value)


@pytest.mark.parametrize(
    ("kind", "least", "most", "good", "bad", "said"),
    [
        (ParamType.YEAR, "1900", "2100", ("1900", "2100"), ("1899", "2101", "-5"), "must be between 1900 and 2100"),
        (ParamType.INTEGER, "1", None, ("1", "+7"), ("0", "-1"), "must be at least 1"),
        (ParamType.DECIMAL, None, "0.5", ("0.50", "-3"), ("0.51", "1"), "must be at most 0.5"),
        (ParamType.DATE, "2000-01-01", None, ("2000-01-01", "today"), ("1999-12-31",), "must be at least 2000-01-01"),
    ],
)  # fmt: skip
def test_value_outside_its_bounds_is_refused(
    binder: Binder, kind: ParamType, least: str | None, most: str | None, good: tuple[str, ...], bad: tuple[str, ...], said: str
) -> None:  # fmt: skip
    param = Param("p", kind, least=least, most=most)
    assert all(binder.term(param, value) for value in good)
    for value in bad:
        with pytest.raises(UsageError) as caught:
            binder.term(param, value)
        assert refused(caught.value)[0] == f"parameter 'p': {said}."


# Several values.


@pytest.mark.parametrize(
    ("given", "found"),
    [
        (["ex:north", "ex:south", "ex:north"], ["north", "south"]), ("ex:island", ["island"]), ((), ["island", "north", "south", "twin"]),
    ],
)  # fmt: skip
def test_many_values_give_the_rows_of_each(bench: Workbench, binder: Binder, given: object, found: list[str]) -> None:
    query = query_of("SELECT ?p ?k WHERE { ?p a ?kind . FILTER(BOUND(?k)) } ORDER BY ?p",
                     Param("p", ParamType.IRI, many=True), Param("k", ParamType.STRING))  # fmt: skip
    answer = run(query, binder.bind(query, {"p": given, "k": "x"}), bench.store, {})  # type: ignore[dict-item]
    assert isinstance(answer, Solutions)
    assert [row[0].value.rpartition("/")[2] for row in answer.rows] == found  # type: ignore[union-attr]


def test_two_parameters_of_many_values_give_all_pairs(bench: Workbench, binder: Binder) -> None:
    query = query_of("SELECT ?a ?b WHERE { FILTER(?a != ?b) } ORDER BY ?a ?b",
                     Param("a", ParamType.INTEGER, many=True), Param("b", ParamType.INTEGER, many=True))  # fmt: skip
    answer = run(query, binder.bind(query, {"a": ["1", "2"], "b": ["2", "3"]}), bench.store, {})
    assert isinstance(answer, Solutions)
    assert [[cell.value for cell in row] for row in answer.rows] == [["1", "2"], ["1", "3"], ["2", "3"]]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("many", "count", "said"),
    [(False, 2, "takes one value"), (True, 101, "takes at most 100 values"), (True, 0, "is required")],
)
def test_too_many_or_too_few_values_are_refused(binder: Binder, many: bool, count: int, said: str) -> None:
    query = query_of("ASK { ?p ?q ?r }", Param("p", ParamType.INTEGER, required=True, many=many))
    with pytest.raises(UsageError) as caught:
        binder.bind(query, {"p": [str(number) for number in range(count)]})
    assert refused(caught.value)[0] == f"parameter 'p': {said}."


# Labels instead of IRIs, for people.

HARBOUR = Param("harbour", ParamType.IRI, cls="ex:Harbour", example="ex:north")


@pytest.mark.parametrize(
    ("value", "iri"),
    [
        ("北瀾港", "north"), ("Beilan Harbour", "north"), ("Old Beilan", "north"), ("南瀾港", "south"),
        ("雙瀾", "twin"),  # the island of that name is no harbour
    ],
)  # fmt: skip
def test_label_in_any_language_stands_for_the_one_resource_of_the_class(binder: Binder, value: str, iri: str) -> None:
    assert binder.term(HARBOUR, value).value == f"https://example.org/id/{iri}"


def test_ambiguous_label_is_refused_and_the_candidates_are_named(binder: Binder) -> None:
    with pytest.raises(UsageError) as caught:
        binder.term(HARBOUR, "瀾港")
    assert refused(caught.value)[:2] == (
        "parameter 'harbour': '瀾港' names more than one resource: ex:south, ex:twin.",
        "參數「harbour」「瀾港」可指多個資源:ex:south, ex:twin。",
    )
    with pytest.raises(UsageError, match="'雙瀾' names more than one resource: ex:island, ex:twin"):
        binder.term(Param("any", ParamType.IRI), "雙瀾")


def test_unknown_label_is_refused(binder: Binder) -> None:
    with pytest.raises(UsageError, match="'西瀾港' is no IRI, prefixed name or known label"):
        binder.term(HARBOUR, "西瀾港")


@pytest.mark.parametrize("value", ['"', "'", "\\", 'x" } UNION { ?x ?y ?z', "瀾港\n", "\x7f"])
def test_label_is_looked_up_as_text_and_not_as_sparql(binder: Binder, value: str) -> None:
    with pytest.raises(UsageError, match="is no IRI, prefixed name or known label"):
        binder.term(HARBOUR, value)


@pytest.mark.parametrize("value", ["ex:north", "ex:south", "<https://example.org/id/twin>"])
def test_member_of_the_class_or_of_a_subclass_is_accepted(binder: Binder, value: str) -> None:
    assert binder.term(HARBOUR, value).value.startswith("https://example.org/id/")


def test_resource_of_another_class_is_refused_with_did_you_mean(binder: Binder) -> None:
    with pytest.raises(UsageError) as caught:
        binder.term(HARBOUR, "ex:nort")
    assert refused(caught.value) == (
        "parameter 'harbour': the data has no ex:Harbour 'ex:nort'.",
        "參數「harbour」資料中沒有 ex:Harbour「ex:nort」。",
        "Did you mean 'ex:north'?",
        "是否指「ex:north」?",
    )
    with pytest.raises(UsageError, match="the data has no ex:Harbour 'ex:island'"):
        binder.term(HARBOUR, "ex:island")


def test_class_whose_prefix_is_unknown_is_a_finding_and_a_known_one_is_none(make_project: Callable[..., Path]) -> None:
    text = '#+ summary: {en: "a", zh-Hant: "甲"}\n#+ params: {p: {type: iri, class: "PREFIX:Boat"}}\nASK { ?p ?q ?r }'
    files = {"queries/ask/bad.rq": text.replace("PREFIX", "zz"), "queries/ask/good.rq": text.replace("PREFIX", "ex")}
    files["queries/ask/full.rq"] = text.replace("PREFIX:Boat", "<https://example.org/id/Boat>")
    catalog = open_workbench(open_project(make_project(files, SETTINGS), {}, {}), NOW).catalog
    assert list(catalog.queries) == ["full", "good"]
    assert [problem.message["en"] for problem in catalog.problems] == [
        "parameter 'p': class 'zz:Boat' has no known prefix."
    ]


# A query's parameters together.

EVERYTHING = query_of(
    "SELECT ?city ?since ?size { VALUES ?city_ { 1 } }",
    Param("city", ParamType.STRING, required=True, example="Beilan"),
    Param("since", ParamType.DATE, default="today"),
    Param("size", ParamType.STRING, values=("small", "large")),
)


def test_defaults_are_filled_in_and_an_optional_parameter_without_value_is_left_out(binder: Binder) -> None:
    terms = binder.bind(EVERYTHING, {"city": "x"})
    assert {name: str(term) for name, term in terms.items()} == {"city": '"x"', "since": f'"2031-05-04"^^<{XSD}date>'}
    given_ = binder.bind(EVERYTHING, {"city": "x", "since": "2013-06-09", "size": "small"})
    assert [str(term) for term in given_.values()] == ['"x"', f'"2013-06-09"^^<{XSD}date>', '"small"']


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        (
            {"city": "x", "size": "Small"},
            (
                "E-PARAM",
                "parameter 'size': must be one of small, large.",
                "參數「size」須為 small、large 之一。",
                "Did you mean 'small'?",
                "是否指「small」?",
            ),
        ),
        (
            {"size": "small"},
            (
                "E-PARAM",
                "parameter 'city': is required.",
                "參數「city」必須提供。",
                "Example: --param city=Beilan",
                "例如:--param city=Beilan",
            ),
        ),
        (
            {"city": "x", "sinse": "today"},
            (
                "E-PARAM-UNKNOWN",
                "query q has no parameter 'sinse'.",
                "查詢 q 沒有參數「sinse」。",
                "Did you mean 'since'?",
                "是否指「since」?",
            ),
        ),
        (
            {"city": "x", "zz": "1"},
            (
                "E-PARAM-UNKNOWN",
                "query q has no parameter 'zz'.",
                "查詢 q 沒有參數「zz」。",
                "Parameters: city, since, size",
                "可用參數:city, since, size",
            ),
        ),
    ],
    ids=["not allowed", "missing", "unknown, with a near one", "unknown"],
)
def test_wrong_parameter_is_refused_in_both_languages(
    binder: Binder, params: Mapping[str, str], expected: tuple[str, ...]
) -> None:
    with pytest.raises(UsageError) as caught:
        binder.bind(EVERYTHING, params)
    assert (caught.value.code, *refused(caught.value)) == expected


# Injection: whatever a value holds, it is one term in one row.

ONE_ROW = "PREFIX ex: <https://example.org/id/>\nSELECT ?v ?h WHERE {\n ?h a ex:FishingHarbour . FILTER(BOUND(?v))\n}"
KINDS = {
    "string": [ParamType.STRING], "iri": [ParamType.IRI], "lang": [ParamType.LANG], "date": [ParamType.DATE],
    "number": [ParamType.INTEGER, ParamType.DECIMAL, ParamType.YEAR], "limit": [ParamType.INTEGER],
    "var": [ParamType.STRING], "name": [ParamType.STRING],
}  # fmt: skip
HARMLESS = {
    ParamType.STRING: "a", ParamType.IRI: "ex:north", ParamType.LANG: "en", ParamType.DATE: "2013-06-09",
    ParamType.INTEGER: "1", ParamType.DECIMAL: "1", ParamType.YEAR: "2013",
}  # fmt: skip
# What the file's values come to where the type says more than "any text".
BOUND_ANYWAY = {"http://e/\u202e", "-1", "999999999999"}
LINES = [json.loads(line) for line in INJECTIONS.read_text(encoding="utf-8").splitlines()]
CASES = [
    (kind, line["value"], line["type"] in {"string", "var", "name"}) for line in LINES for kind in KINDS[line["type"]]
]


def rows(bench: Workbench, binder: Binder, kind: ParamType, value: str) -> tuple[tuple[object, ...], ...]:
    query = query_of(ONE_ROW, Param("v", kind))
    answer = run(query, binder.bind(query, {"v": value}), bench.store, bench.project.prefixes)
    assert isinstance(answer, Solutions)
    assert answer.variables == ("v", "h")
    return answer.rows


@pytest.mark.parametrize(("kind", "value", "any_text"), CASES, ids=[f"{k}-{v[:24]!r}" for k, v, _ in CASES])
def test_hostile_value_is_bound_as_one_term_or_refused(
    bench: Workbench, binder: Binder, kind: ParamType, value: str, any_text: bool
) -> None:
    harmless = rows(bench, binder, kind, HARMLESS[kind])
    if (any_text and "\x00" not in value) or value in BOUND_ANYWAY:
        found = rows(bench, binder, kind, value)
        assert len(found) == len(harmless) == 1
        assert str(found[0][1]) == "<https://example.org/id/south>"
        term = found[0][0]
        assert isinstance(term, ox.Literal | ox.NamedNode)
        assert term.value == value
        if kind is ParamType.STRING:
            assert str(term) == str(ox.Literal(value))
    else:
        with pytest.raises(UsageError) as caught:
            rows(bench, binder, kind, value)
        assert caught.value.code == "E-PARAM"


@pytest.mark.parametrize("value", [line["value"] for line in LINES if line["type"] in {"var", "name"}])
def test_hostile_name_is_no_parameter_and_no_query(
    bench: Workbench, binder: Binder, make_project: Callable[..., Path], kgtool: Callable[..., Ran], value: str
) -> None:
    with pytest.raises(UsageError, match="has no parameter"):
        binder.bind(EVERYTHING, {value: "x"})
    with pytest.raises(UsageError, match="no query named"):
        bench.find(value)
    ran = kgtool("query", value, "--lang", "en", cwd=make_project({}, SETTINGS))
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("kgtool: E-QUERY-NONE: no query named ")


TEXTS = st.one_of(
    st.text(alphabet=st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=60),
    st.text(
        alphabet="\"'\\{}<>#?$.;,@^ \n\r\t\x08\x0c\x7f\x85\u2028\u202e\ufeffuUnx0234DFabSELCT\U0001f6f6", max_size=60
    ),
)


@settings(
    max_examples=10_000 if os.environ.get("KGTOOL_FULL") else 2_000,
    deadline=None, derandomize=False, print_blob=True, suppress_health_check=[HealthCheck.too_slow],
)  # fmt: skip
@given(value=TEXTS)
@example(value='") } UNION { ?v ?h ?x } #')
@example(value="\\u0022 \\U00000022 \\")
@example(value="\r\n\t\x0b")
def test_any_text_comes_back_identical_in_exactly_one_row(bench: Workbench, binder: Binder, value: str) -> None:
    ((term, harbour),) = rows(bench, binder, ParamType.STRING, value)
    assert isinstance(term, ox.Literal)
    assert (term.value, term.datatype.value, term.language) == (value, XSD + "string", None)
    assert str(harbour) == "<https://example.org/id/south>"


@settings(max_examples=500, deadline=None, print_blob=True)
@given(value=st.text(alphabet="hturnisb:/<>#?&= {}|^`\"'\\\x7fé漁\u202e@[]%", max_size=30))
@example(value="urn:a> <urn:b")
def test_any_iri_is_bound_as_one_term_or_refused(bench: Workbench, binder: Binder, value: str) -> None:
    try:
        ((term, _),) = rows(bench, binder, ParamType.IRI, value)
    except UsageError as error:
        assert error.code == "E-PARAM"  # noqa: PT017
        return
    assert isinstance(term, ox.NamedNode)
    assert term.value == bench.curies.expand(value)


# Where the row goes.


def test_bound_text_keeps_every_line_where_it_was_and_leaves_the_header_out() -> None:
    text = "#+ summary: x\n\n  # note {\r\nSELECT ?v\n  (1 AS ?one)\nWHERE\n{\n  ?s ?p ?v\n}\n"
    bound = bound_text(query_of(text), {"v": ox.Literal("two\nlines")})
    assert bound.split("\n") == [
        "", "", "", "SELECT ?v", "  (1 AS ?one)", "WHERE", '{ VALUES (?v) { ("two\\nlines") } ', "  ?s ?p ?v", "}", "",
    ]  # fmt: skip
    assert bound_text(query_of(text), {}) == "\n\n\n" + text[text.index("SELECT") :]
    for other in ("SELECT ?v {\n# in it\n}", "# all of it is a comment", ""):
        assert bound_text(query_of(other), {}) == other


def test_syntax_error_behind_the_bound_row_names_the_line_of_the_file(bench: Workbench) -> None:
    query = query_of("SELECT ?v WHERE {\n  ?s ?p ?v .\n  ?s ?p ] \n}")
    with pytest.raises(QueryError) as caught:
        run(query, {"v": ox.Literal("x")}, bench.store, {})
    assert caught.value.code == "E-QUERY-SYNTAX"
    assert caught.value.message["en"].startswith("the query does not parse: 3:")
    assert caught.value.message["zh-Hant"].startswith("查詢語法錯誤:3:")


def test_construct_takes_parameters(bench: Workbench, binder: Binder) -> None:
    text = "CONSTRUCT { ?harbour <https://example.org/id/named> ?name } WHERE { ?harbour a ?any }"
    query = query_of(text, HARBOUR, Param("name", ParamType.STRING))
    answer = run(query, binder.bind(query, {"harbour": "南瀾港", "name": 'a"b'}), bench.store, {})
    assert isinstance(answer, Triples)
    assert [str(triple) for triple in answer.triples] == [
        '<https://example.org/id/south> <https://example.org/id/named> "a\\"b"'
    ]


def test_describe_takes_parameters(bench: Workbench, binder: Binder) -> None:
    query = query_of("DESCRIBE ?harbour WHERE { ?harbour a ?any }", HARBOUR)
    answer = run(query, binder.bind(query, {"harbour": "ex:twin"}), bench.store, {})
    assert isinstance(answer, Triples)
    assert {str(triple.subject) for triple in answer.triples} == {"<https://example.org/id/twin>"}


def test_ask_takes_parameters(bench: Workbench, binder: Binder) -> None:
    query = query_of("ASK { ?harbour a <https://example.org/id/FishingHarbour> }", HARBOUR)
    found = [run(query, binder.bind(query, {"harbour": h}), bench.store, {}) for h in ("ex:north", "ex:south")]
    assert found == [False, True]


def test_several_parameters_are_one_row(bench: Workbench, binder: Binder) -> None:
    query = query_of(
        "SELECT ?a ?b ?c { ?s a <https://example.org/id/Island> }",
        *(Param(name, ParamType.STRING, default=name * 2) for name in "abc"),
    )
    answer = run(query, binder.bind(query, {"b": ""}), bench.store, {})
    assert isinstance(answer, Solutions)
    assert [[str(term) for term in row] for row in answer.rows] == [['"aa"', '""', '"cc"']]


@pytest.mark.parametrize("text", ["CONSTRUCT WHERE { ?v ?p ?o }", "DESCRIBE ?v"])
def test_query_without_a_group_cannot_take_parameters(text: str) -> None:
    query = query_of(text, Param("v", ParamType.STRING))
    with pytest.raises(QueryError) as caught:
        bound_text(query, {"v": ox.Literal("x")})
    assert caught.value.code == "E-QUERY-BIND"
    assert caught.value.message == {
        "en": "query q has no WHERE group to bind parameters in.",
        "zh-Hant": "查詢 q 沒有可綁定參數的 WHERE 群組。",
    }
    assert bound_text(structs.replace(query, params={}), {}) == text


@pytest.mark.parametrize(
    ("params", "parts"),
    [
        ({"city": "x", "size": "smal"}, ("size", "smal", ("small", "large"), "small")),
        ({"city": "x", "sinse": "today"}, ("sinse", None, ("city", "since", "size"), "since")),
        ({"size": "small"}, ("city", None, (), "")),
        ({"city": "x", "since": "2013-02-30"}, ("since", "2013-02-30", (), "")),
    ],
    ids=["value", "name", "missing", "type"],
)
def test_a_wrong_parameter_is_told_in_parts_too(
    binder: Binder, params: Mapping[str, str], parts: tuple[object, ...]
) -> None:
    with pytest.raises(ParamError) as caught:
        binder.bind(EVERYTHING, params)
    error = caught.value
    assert (error.parameter, error.value, error.allowed, error.nearest) == parts


def test_the_nearest_of_many_is_found_wherever_the_slip_is() -> None:
    known = [f"https://example.org/id/government/city-{number}" for number in range(3000)]
    assert _nearest("https://example.org/id/government/citty-1234", known) == known[1234]
    assert _nearest("https://example.org/id/goverment/city-1234", known) == known[1234]
    assert _nearest("https://elsewhere.example/", known) == ""
    assert _nearest("https://example.org/id/government/" + "x" * 5000, known) == ""
