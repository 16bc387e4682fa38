"""Query files: the `#+` header to typed values, and SPARQL text to tokens.

The guard against SERVICE is tested with a real listener on this machine: a query that it lets pass must not connect.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
import yaml
from conftest import ROOT
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kgtool.catalog import ColumnText, ColumnType, Param, ParamType, QueryTest, load_catalog, reader
from kgtool.catalog import text as sparql
from kgtool.catalog.header import HeaderError, read_header
from kgtool.finding import Severity
from kgtool.project import open_project

MANY = 10_000 if os.environ.get("KGTOOL_FULL") else 1_000

GOOD = """\
#+ summary: {en: "Boats of a harbour", zh-Hant: "某港之船"}
#+ description: {en: "Newest first.", zh-Hant: "由新到舊。"}
#+ params:
#+   harbour: {type: iri, class: "ex:Harbour", required: true, example: "ex:north", label: {en: "Harbour", zh-Hant: "港"}}
#+   since: {type: date, default: 2013-06-09}
#+   small: {type: boolean, default: true}
#+   size: {type: string, values: [small, large]}
#+ columns: {boat: iri, name: label, length: decimal}
#+ tests:
#+   - {params: {harbour: "ex:north", since: 2013-06-09, small: false}, rows: [[ex:ada, Ada, 3.5], [ex:bo, null, 2]]}
#+   - {params: {harbour: "ex:north"}, expect: golden/boats.csv}
#+   - {params: {harbour: "ex:north"}, min_rows: 2}
#+   - {params: {harbour: "ex:south"}, empty: true}
#+ code: KG399
#+ severity: warning
#+ fix: {en: "Paint it.", zh-Hant: "請上漆。"}
# An ordinary comment is no header.
SELECT ?boat ?name ?length WHERE { ?boat ?since ?harbour . FILTER(?small && ?size) }
"""


def test_good_header_gives_typed_values() -> None:
    header = read_header(GOOD)
    assert header.summary == {"en": "Boats of a harbour", "zh-Hant": "某港之船"}
    assert header.description == {"en": "Newest first.", "zh-Hant": "由新到舊。"}
    assert header.params == {
        "harbour": Param(
            "harbour", ParamType.IRI, True, None, "ex:north", {"en": "Harbour", "zh-Hant": "港"}, "ex:Harbour", ()
        ),
        "since": Param("since", ParamType.DATE, default="2013-06-09"),
        "small": Param("small", ParamType.BOOLEAN, default="true"),
        "size": Param("size", ParamType.STRING, values=("small", "large")),
    }
    assert header.columns == {"boat": ColumnType.IRI, "name": ColumnType.LABEL, "length": ColumnType.DECIMAL}
    assert header.tests == (
        QueryTest(
            {"harbour": "ex:north", "since": "2013-06-09", "small": "false"},
            rows=(("ex:ada", "Ada", "3.5"), ("ex:bo", "", "2")),
        ),
        QueryTest({"harbour": "ex:north"}, expect="golden/boats.csv"),
        QueryTest({"harbour": "ex:north"}, min_rows=2),
        QueryTest({"harbour": "ex:south"}, empty=True),
    )
    assert (header.code, header.severity, header.fix) == (
        "KG399",
        Severity.WARNING,
        {"en": "Paint it.", "zh-Hant": "請上漆。"},
    )


FORM = """\
#+ summary: {en: "a", zh-Hant: "甲"}
#+ params:
#+   size: {type: string, values: {small: {en: "Small", zh-Hant: "小"}, large: {en: "Large", zh-Hant: "大"}}, example: small}
#+   harbour: {type: iri, values_query: harbours, many: true}
#+   year: {type: year, min: 1900, max: 2100, default: 2000}
#+   length: {type: decimal, min: 0.5}
#+   day: {type: date, max: 2030-01-01, default: today}
#+ columns: {boat: {type: iri, label: {en: "Boat", zh-Hant: "船"}}, size: {type: string, values: {small: {en: "Small", zh-Hant: "小"}}}, n: integer}
#+ tests:
#+   - {params: {harbour: ["ex:north", "ex:south"]}, min_rows: 1}
SELECT * WHERE { ?size ?harbour ?year . ?length ?day 1 }
"""


def test_header_tells_a_form_its_choices_bounds_and_headings() -> None:
    header = read_header(FORM)
    size, harbour, year, length, day = header.params.values()
    assert (size.values, size.value_texts["large"]) == (("small", "large"), {"en": "Large", "zh-Hant": "大"})
    assert (harbour.values_query, harbour.many) == ("harbours", True)
    assert (year.least, year.most, length.least, length.most, day.most) == ("1900", "2100", "0.5", None, "2030-01-01")
    assert header.columns == {"boat": ColumnType.IRI, "size": ColumnType.STRING, "n": ColumnType.INTEGER}
    assert header.column_texts == {
        "boat": ColumnText({"en": "Boat", "zh-Hant": "船"}),
        "size": ColumnText({}, {"small": {"en": "Small", "zh-Hant": "小"}}),
    }
    assert header.tests == (QueryTest({"harbour": ("ex:north", "ex:south")}, min_rows=1),)


@pytest.mark.parametrize(
    ("param", "said"),
    [
        ("{type: string, min: 1}", "min must be a string and is for numbers, years and dates only"),
        ("{type: year, max: soon}", "max must be a year and is for numbers, years and dates only"),
        ("{type: date, min: 2013-02-30}", "min must be a date and is for numbers, years and dates only"),
        ("{type: year, min: 1900, default: 1899}", "default '1899' of 'p' is not allowed by the header itself"),
        ("{type: date, max: 2000-01-01, example: 2000-01-02}", "example '2000-01-02' of 'p' is not allowed by the header itself"),
        ("{type: string, values: [a, b], example: c}", "example 'c' of 'p' is not allowed by the header itself"),
        ("{type: string, values: [a], values_query: q}", "give values or values_query, not both"),
        ("{type: string, values: {a: Word}}", "a needs a text a language: {en: …, zh-Hant: …}"),
    ],
)  # fmt: skip
def test_header_that_contradicts_itself_is_refused_on_its_line(param: str, said: str) -> None:
    with pytest.raises(HeaderError) as caught:
        read_header(f'#+ summary: {{en: "a"}}\n#+ params:\n#+   p: {param}\nASK {{ ?p ?q ?r }}')
    assert (str(caught.value), caught.value.line) == (said, 3)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("harbours", ""), ("nothing", "is no SELECT query with columns."), ("asked", "is no SELECT query with columns."),
        ("towns", "needs parameters."), ("sizes", "has no iri as its first column."),
    ],
)  # fmt: skip
def test_values_query_must_be_one_that_a_form_can_run(name: str, said: str, make_project: Callable[..., Path]) -> None:
    head = '#+ summary: {en: "a", zh-Hant: "甲"}\n'
    queries = {
        "boats": f"{head}#+ params: {{p: {{type: iri, values_query: {name}}}}}\nASK {{ ?p ?q ?r }}",
        "harbours": f"{head}#+ columns: {{p: iri}}\nSELECT ?p WHERE {{ ?p ?q ?r }}",
        "towns": f"{head}#+ params: {{q: {{type: iri, required: true}}}}\n#+ columns: {{p: iri}}\nSELECT ?p WHERE {{ ?p ?q ?r }}",
        "sizes": f"{head}#+ columns: {{r: integer}}\nSELECT ?r WHERE {{ ?p ?q ?r }}",
        "asked": f"{head}ASK {{ ?p ?q ?r }}",
    }
    folder = make_project({f"queries/ask/{stem}.rq": text for stem, text in queries.items()})
    problems = load_catalog(open_project(folder, {}, {})).problems
    assert [problem.message["en"] for problem in problems] == (
        [f"parameter 'p': values_query '{name}' {said}"] if said else []
    )


def test_header_of_a_summary_alone_has_defaults() -> None:
    header = read_header('#+ summary: {en: "All", zh-Hant: "全部"}\nASK {}')
    assert (header.params, header.columns, header.tests) == ({}, {}, ())
    assert (header.code, header.severity, header.fix, header.description) == ("", Severity.ERROR, {}, {})


def test_header_reads_the_same_with_bom_crlf_and_without_a_blank_behind_the_sign() -> None:
    expected = read_header(GOOD)
    assert read_header("\ufeff" + GOOD) == expected
    assert read_header(GOOD.replace("\n", "\r\n")) == expected
    assert read_header('#+summary: {en: "All", zh-Hant: "全部"}\nASK {}').summary["en"] == "All"


def test_header_ends_where_the_query_begins() -> None:
    text = '#+ summary: {en: "All", zh-Hant: "全部"}\nSELECT ?x WHERE { VALUES ?x { """\n#+ nonsense: true\n""" } }'
    assert read_header(text).summary["zh-Hant"] == "全部"


SUMMARY = '#+ summary: {en: "a", zh-Hant: "甲"}\n'
# Name: header behind the good summary (which is line 1), line, English message, what the hint names.
BAD_HEADERS = {
    "unknown key": ("#+ colums: {a: iri}", 2, "unknown key 'colums' in header", "columns"),
    "unknown key, nothing near": ("#+ zzz: 1", 2, "unknown key 'zzz' in header", ""),
    "unknown key of a parameter": (
        "#+ params:\n#+   a: {type: iri}\n#+   b: {typ: iri}",
        4,
        "unknown key 'typ' in parameter 'b'",
        "type",
    ),
    "unknown key of a test": ("#+ tests:\n#+   - {parms: {}, empty: true}", 3, "unknown key 'parms' in test", "params"),
    "unknown type of a parameter": (
        "#+ params:\n#+   a: {type: integr}",
        3,
        "unknown type 'integr' of 'a' (known: iri, string, lang, integer, decimal, boolean, date, year)",
        "integer",
    ),
    "parameter without type": (
        "#+ params:\n#+   a: {required: true}",
        3,
        "unknown type '' of 'a' (known: iri, string, lang, integer, decimal, boolean, date, year)",
        "",
    ),
    "unknown type of a column": (
        "#+ columns: {a: iri, b: dat}",
        2,
        "unknown type 'dat' of 'b' (known: iri, string, label, integer, decimal, boolean, date, any)",
        "date",
    ),
    "parameter that is no mapping": ("#+ params: {a: iri}", 2, "parameter 'a' needs {type: …}", ""),
    "params that are no mapping": ("#+ params: [a]", 2, "params must be a mapping", ""),
    "columns that are no mapping": ("#+ columns: [a]", 2, "columns must be a mapping", ""),
    "tests that are no list": ("#+ tests: {a: b}", 2, "tests must be a list", ""),
    "test that is no mapping": ("#+ tests: [a]", 2, "a test needs {params: …, rows: …}", ""),
    "test without an expectation": (
        "#+ tests:\n#+   - {params: {a: b}}",
        2,
        "a test needs one of rows, expect, min_rows, empty",
        "",
    ),
    "test with two expectations": (
        "#+ tests:\n#+   - {min_rows: 1, empty: true}",
        2,
        "a test needs one of rows, expect, min_rows, empty",
        "",
    ),
    "rows of a test that are no list": ("#+ tests:\n#+   - {rows: 5}", 3, "rows must be a list", ""),
    "row of a test that is no list": ("#+ tests:\n#+   - {rows: [5]}", 3, "rows must be a list of lists", ""),
    "least number of rows that is none": (
        "#+ tests:\n#+   - {min_rows: few}",
        3,
        "min_rows must be a whole number",
        "",
    ),
    "bad code": ("#+ code: KG4", 2, "code 'KG4' is not of the form KG123", ""),
    "code of the syntax family": ("#+ code: KG001", 2, "code 'KG001' is not of the form KG123", ""),
    "bad severity": ("#+ severity: fatal", 2, "severity 'fatal' is not error, warning or info", ""),
    "text without languages": ("#+ fix: do it", 2, "fix needs a text a language: {en: …, zh-Hant: …}", ""),
    "text that is a list": ("#+ fix: [do it]", 2, "fix must be a mapping of languages", ""),
    "label without languages": (
        "#+ params:\n#+   a: {type: iri, label: x}",
        3,
        "label needs a text a language: {en: …, zh-Hant: …}",
        "",
    ),
    "values that are no list": ("#+ params:\n#+   a: {type: iri, values: x}", 3, "values must be a list", ""),
}


@pytest.mark.parametrize(("header", "line", "message", "near"), BAD_HEADERS.values(), ids=BAD_HEADERS)
def test_bad_header_is_named_with_its_line(header: str, line: int, message: str, near: str) -> None:
    with pytest.raises(HeaderError) as caught:
        read_header(SUMMARY + header + "\nASK {}")
    assert caught.value.message["en"] == message
    assert caught.value.line == line
    assert re.search("[一-龥]", caught.value.message["zh-Hant"])
    assert caught.value.fix.get("en", "") == (f"Did you mean '{near}'?" if near else "")
    assert caught.value.fix.get("zh-Hant", "") == (f"是否指「{near}」?" if near else "")


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("ASK {}", 1, "the header has no summary"),
        ("# note\n#+ severity: info\nASK {}", 2, "the header has no summary"),
        ("#+ summary: everything\nASK {}", 1, "summary needs a text a language: {en: …, zh-Hant: …}"),
        ("#+ just words\nASK {}", 1, "the header is not a mapping"),
    ],
)
def test_header_without_a_usable_summary_is_refused(text: str, line: int, message: str) -> None:
    with pytest.raises(HeaderError) as caught:
        read_header(text)
    assert (caught.value.message["en"], caught.value.line) == (message, line)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('#+ summary: {en: "a}\nASK {}', 1),
        (SUMMARY + "# note\n#+ params:\n#+   a: {type: iri]\nASK {}", 4),
        (SUMMARY + "#+ params:\n#+ \ta: 1\nASK {}", 3),
        (SUMMARY + "#+ code: \x07\nASK {}", 1),
        (SUMMARY + "#+ tests: " + "[" * 3000 + "\nASK {}", 1),
    ],
    ids=["open quote", "wrong bracket behind a comment", "tab", "control character", "nested without end"],
)
def test_header_that_is_not_yaml_is_named_with_its_line(text: str, line: int) -> None:
    with pytest.raises(HeaderError, match="the header is not YAML") as caught:
        read_header(text)
    assert caught.value.line == line


# A file that cannot become a query is a finding with its place; its clean twin is a query.

CLEAN = SUMMARY + "#+ params: {city: {type: iri}}\nSELECT ?city\nWHERE { ?city ?p ?o }\n"
BAD_FILES = {
    "unused parameter": (CLEAN.replace("?city", "?town"), 1, "parameter 'city' is never used in the query."),
    "parameter in a comment only": (
        CLEAN.replace("?city", "?town") + "# ?city\n",
        1,
        "parameter 'city' is never used in the query.",
    ),
    "no form": (SUMMARY + "PREFIX a: <b>\n", 1, "not a SELECT, ASK, CONSTRUCT or DESCRIBE query."),
    "update": (SUMMARY + "INSERT DATA { <a:b> <a:b> <a:b> }", 1, "not a SELECT, ASK, CONSTRUCT or DESCRIBE query."),
    "update behind a query": (CLEAN.replace("?o }", "?o } ;\nDROP ALL"), 5, "a query must not use DROP."),
    "other server": (CLEAN.replace("?o", "?o .\nservice <http://127.0.0.1:9/> {}"), 5, "a query must not use service."),
    "header": (CLEAN.replace("params", "parms"), 2, "unknown key 'parms' in header"),
    "no header": ("ASK {}", 1, "the header has no summary"),
}


@pytest.mark.parametrize(("text", "line", "message"), BAD_FILES.values(), ids=BAD_FILES)
def test_file_that_is_no_query_is_a_finding_with_its_line(
    make_project: Callable[..., Path], text: str, line: int, message: str
) -> None:
    project = open_project(make_project({"queries/ask/good.rq": CLEAN, "queries/ask/bad.rq": text}), {}, {})
    catalog = load_catalog(project)
    assert list(catalog.queries) == ["good"]
    (finding,) = catalog.problems
    assert (str(finding.place), finding.rule, finding.message["en"]) == (
        f"queries/ask/bad.rq:{line}",
        "KG301",
        message,
    )
    assert re.search("[一-龥]", finding.message["zh-Hant"])
    assert finding.fix["en"]
    assert finding.fix["zh-Hant"]


def test_file_that_is_not_utf8_is_a_finding(make_project: Callable[..., Path]) -> None:
    folder = make_project({"queries/ask/bad.rq": SUMMARY.encode("big5") + b"ASK {}"})
    (finding,) = load_catalog(open_project(folder, {}, {})).problems
    assert str(finding.place) == "queries/ask/bad.rq:1"
    assert finding.message == {
        "zh-Hant": "無法讀取:第 33 個位元組不是 UTF-8", "en": "cannot be read: byte 33 is not UTF-8",
    }  # fmt: skip


def test_name_role_and_form_come_from_file_folder_and_text(make_project: Callable[..., Path]) -> None:
    files = {
        "queries/ask/b.rq": SUMMARY + "ASK {}",
        "queries/check/a.rq": SUMMARY + "SELECT * {}",
        "queries/build/c.rq": SUMMARY + "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }",
        "queries/other/d.rq": SUMMARY + "DESCRIBE <a:b>",
    }
    catalog = load_catalog(open_project(make_project(files), {}, {}))
    assert [(query.name, query.role, query.form) for query in catalog.queries.values()] == [
        ("a", "check", "SELECT"),
        ("b", "ask", "ASK"),
        ("c", "build", "CONSTRUCT"),
        ("d", "ask", "DESCRIBE"),
    ]
    assert [query.name for query in catalog.role("ask")] == ["b", "d"]
    assert catalog.problems == ()


def test_two_files_of_one_name_are_a_finding_and_the_first_counts(make_project: Callable[..., Path]) -> None:
    folder = make_project({"queries/ask/a.rq": CLEAN, "queries/check/a.rq": SUMMARY + "ASK {}"})
    catalog = load_catalog(open_project(folder, {}, {}))
    assert catalog.queries["a"].role == "ask"
    (finding,) = catalog.problems
    assert (finding.place.path, finding.message["en"]) == (
        "queries/check/a.rq",
        "has the same name as queries/ask/a.rq.",
    )


def test_own_query_replaces_a_shipped_one_of_the_same_name(make_project: Callable[..., Path]) -> None:
    settings_ = 'model = "city-diplomacy"\n'
    shipped = load_catalog(open_project(make_project({}, settings_, "without"), {}, {}))
    own = load_catalog(open_project(make_project({"queries/ask/series-every-year.rq": CLEAN}, settings_), {}, {}))
    assert shipped.queries["series-every-year"].file.name == "model:queries/ask/series-every-year.rq"
    assert own.queries["series-every-year"].file.name == "queries/ask/series-every-year.rq"
    assert own.problems == ()
    assert own.queries.keys() == shipped.queries.keys()


# SPARQL text as tokens. `@` marks the offset that where_brace must give: just behind the brace.

BRACES = [
    "SELECT * WHERE {@ ?s ?p ?o }",
    "SELECT * {@ }",
    "select ?x where{@}",
    "SELECT (EXISTS { ?a ?b ?c } AS ?x) WHERE {@ ?s ?p ?o }",
    "SELECT (COUNT(?x) AS ?n) FROM <http://e/(#(> WHERE {@ ?s ?p ?o }",
    "SELECT ?a WHERE {@ { SELECT ?b WHERE { ?a ?b ?c } } }",
    "PREFIX select: <http://e/(#> SELECT ?x # {\nWHERE {@ ?x a select:ask }",
    "PREFIX ex: <http://e/> SELECT (ex:f\\(\\' AS ?x) WHERE {@ }",
    "SELECT (\"{\" AS ?x) ('''{'{''''' AS ?y) (\"\\\"{\" AS ?z) WHERE {@ }",
    "ASK {@ ?s ?p ?o }",
    "ASK WHERE {@ ?s ?p ?o }",
    "ASK FROM <http://e/a#b(> {@ ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o } WHERE {@ ?s ?p ?o }",
    "CONSTRUCT { ?s ?p [ ?q ( ?o ) ] } {@ ?s ?p ?o }",
    "CONSTRUCT { ?s ?p '}{' } FROM <http://e/> WHERE {@ ?s ?p ?o }",
    "DESCRIBE ?x WHERE {@ ?x ?p ?o }",
    "DESCRIBE ?x <http://e/x> {@ ?x ?p ?o }",
]
NO_BRACE = [
    "DESCRIBE <http://e/x>",
    "CONSTRUCT WHERE { ?s ?p ?o }",
    "CONSTRUCT FROM <http://e/> WHERE { ?s ?p ?o }",
    "CONSTRUCT { ?s ?p ?o }",
    "SELECT * # WHERE { ?s ?p ?o }",
    'SELECT ("{" AS ?x)',
    "",
    "INSERT DATA { <a:b> <a:b> <a:b> }",
]


@pytest.mark.parametrize("marked", BRACES)
def test_where_brace_is_the_outermost_group(marked: str) -> None:
    expected = marked.index("@")
    assert sparql.where_brace(marked.replace("@", "")) == expected


@pytest.mark.parametrize("text", NO_BRACE)
def test_where_brace_is_none_where_no_group_could_take_values(text: str) -> None:
    assert sparql.where_brace(text) == -1


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("SELECT ?a $b { ?a ?c1 ?_d }", {"a", "b", "c1", "_d"}),
        ("ASK { ?s <http://e/?x> '?y', \"?z\", '''?w\n?v''' } # ?u", {"s"}),
        ("ASK { ?s <http://e/#?x> ?o }", {"s", "o"}),
        ("PREFIX ex: <http://e/> ASK { ?s ex:p\\?q ?o ; ex:r? ?t }", {"s", "o", "t"}),
        ("ASK { ?漁港 ?p ?o\u0301x }", {"漁港", "p", "o\u0301x"}),
        ("ASK { FILTER(1 < ?a && ?b > 2) }", {"a", "b"}),
        ('ASK { ?s ?p "a\\"?x" , "\\\\" , ?o }', {"s", "p", "o"}),
    ],
)
def test_variables_are_those_outside_strings_comments_and_iris(text: str, names: set[str]) -> None:
    assert sparql.variables(text) == names


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("# SELECT\nPREFIX select: <http://e/select> ASK {}", "ASK"),
        ("BASE <http://e/ask> CONSTRUCT {} WHERE { SELECT * {} }", "CONSTRUCT"),
        ("describe <a:b>", "DESCRIBE"),
        ("INSERT { ?s ?p ?o } WHERE { SELECT * {} }", ""),
        ("DELETE WHERE { ?s ?p ?o }", ""),
        ("", ""),
        ("'SELECT'", ""),
    ],
)
def test_form_is_the_first_keyword_before_any_bracket(text: str, form: str) -> None:
    assert sparql.form(text) == form


@pytest.mark.parametrize(
    "text",
    [
        "ASK { ?s ?p 'SERVICE <http://e/> {} ; DROP ALL' }",
        'ASK { ?s ?p """\nLOAD <http://e/>\n""" }',
        "ASK { ?service ?load ?insert }",
        "ASK { ?s <http://e/service#load> <http://e/INSERT> }",
        "PREFIX sd: <http://www.w3.org/ns/sparql-service-description#> ASK { ?s a sd:Service ; sd:load sd:delete.with }",
        "ASK { ?s ?p ?o } # SERVICE, LOAD, INSERT",
        "PREFIX ex: <http://e/> ASK { ?s ?p ?o FILTER(?o = <http://e/a#b> && ?o != ex:service) }",
        "ASK { ?s ?p 'x'@en , _:service }",
        "ASK { ?s ?p ?o FILTER(?o IN (<http://e/a#b>, <http://e/(c)#service>)) } # SERVICE",
        "SELECT (COUNT(*) AS ?loads) { ?s ?p ?o } ORDER BY ?added",
    ],
)
def test_forbidden_words_inside_names_and_texts_are_allowed(text: str) -> None:
    assert sparql.forbidden(text) is None


@pytest.mark.parametrize("word", sorted(sparql.FORBIDDEN))
def test_forbidden_word_is_found_in_any_case_with_its_place(word: str) -> None:
    for spelling in (word, word.lower(), word.title()):
        token = sparql.forbidden(f"ASK {{ ?s ?p '{word}' }}\n  {spelling} <http://e/>")
        assert token is not None
        assert (token.kind, token.text) == ("word", spelling)
    assert sparql.line_of("ab\ncd", 4) == (2, 2)


# Each of these contacts the listener when oxigraph runs it, though a reader of whole words sees no SERVICE there.
HIDDEN = {
    "plain": "ASK { SERVICE <URL> { ?s ?p ?o } }",
    "in EXISTS": "ASK { FILTER(EXISTS { SERVICE <URL> { ?s ?p ?o } }) }",
    "glued to SILENT": "ASK { SERVICESILENT<URL> { ?s ?p ?o } }",
    "prefix begins with it": "PREFIX ex: <URL> ASK { SERVICEex:a { ?s ?p ?o } }",
    "as a prefix": "PREFIX : <URL> ASK { SERVICE:a { ?s ?p ?o } }",
    "behind an escaped quote in a name": (
        "PREFIX ex: <http://e/> ASK { OPTIONAL { ?x ex:a\\'b ?y } SERVICE <URL> { ?s ?p ?o } FILTER(?q = 'x') }"
    ),
    "behind an escaped quote and a combining character": (
        "PREFIX ex: <http://e/> ASK { OPTIONAL { ?x ex:o\u0301\\'b ?y } SERVICE <URL> { ?s ?p ?o } FILTER('x' = 'x') }"
    ),
    "behind an escaped hash in a name": (
        "PREFIX ex: <http://e/> ASK { OPTIONAL { ?x ex:a\\#b ?y } SERVICE <URL> { ?s ?p ?o } }"
    ),
    "behind an IRI with an escape and a quote": (
        "ASK { OPTIONAL { ?s ?p <http://e/\\u006F'> } SERVICE <URL> { ?s ?p ?o } FILTER('x' = 'x') }"
    ),
    "less than, then a comment": "ASK { BIND(0 AS ?a) FILTER(?a<1)SERVICE#>\n<URL> { ?s ?p ?o } }",
    "less than a string": "ASK { FILTER(1<'>') SERVICE <URL> { ?s ?p ?o } FILTER('x' = 'x') }",
    "less than, a comment, an opening string": "ASK { FILTER(1<2#> '''\n) SERVICE <URL> { ?s ?p ?o } #'''\n }",
    "parentheses inside the comparison": (
        "ASK { FILTER(1<((2)+(3>0))) FILTER(1<'>') SERVICE <URL> { ?s ?p ?o } FILTER('x' = 'x') }"
    ),
    "long string with a bad escape": 'ASK { VALUES ?v { """a" } SERVICE <URL> { ?s ?p ?o } #\\q """\n }',
    "long string with a bad code point": 'ASK { VALUES ?v { """a" } SERVICE <URL> { ?s ?p ?o } #\\uD800 """\n }',
    "long string with half an escape": 'ASK { VALUES ?v { """a" } SERVICE <URL> { ?s ?p ?o } #\\u00 """\n }',
}


class Listener:
    """A port on this machine that counts who comes; it hangs up at once."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._socket.getsockname()[1]}/"
        self._came = threading.Semaphore(0)
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            self._came.release()
            connection.close()

    def came(self, wait: float) -> bool:
        return self._came.acquire(timeout=wait)

    def close(self) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(timeout=5)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    server = Listener()
    yield server
    server.close()


def contacts(text: str, listener: Listener, wait: float = 0.0) -> bool:
    """Whether oxigraph contacts the listener when it runs the text, unguarded."""
    while listener.came(0):  # a text before this one may have come twice
        pass
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.NamedNode("a:o")))
    try:
        answer = store.query(text.replace("URL", listener.url))
        list(answer) if isinstance(answer, ox.QuerySolutions) else bool(answer)
    except (SyntaxError, OSError, RuntimeError, ValueError):
        pass
    return listener.came(wait)


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_query_that_would_contact_another_server_is_refused(text: str, listener: Listener) -> None:
    assert contacts(text, listener, wait=5.0), "the example no longer contacts anyone: it proves nothing"
    assert sparql.forbidden(text) is not None


FRAGMENTS = [
    "SERVICE", "SERVICE <URL> { ?s ?p ?o }", "<URL>", "{ ?s ?p ?o }", "{", "}", "(", ")", "FILTER(", "BIND(", " AS ?v)",
    "OPTIONAL {", "UNION", "VALUES ?v {", "?a", "?s ?p ", "ex:p", "ex:a\\'", "ex:", "_:b", "<http://e/a#b>", "<", ">", "=",
    "'", '"', "'''", '"""', "'x'", "@en", "\\", "\\q", "\\u0041", "#", "\n", " ", ".", ";", "?", "1", "1e5", "true", "a",
    "SILENT", "EXISTS", "\u0301", "&&", "/", "[]", "<<", ">>",
]  # fmt: skip


@settings(max_examples=MANY, deadline=None, print_blob=True)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=14))
@example(["FILTER(", "1", "<", "'", ">", "'", ")", "SERVICE <URL> { ?s ?p ?o }", "FILTER(", "'x'", "=", "'x'", ")"])
@example(["ex:a\\'", "SERVICE", "<URL>", "{ ?s ?p ?o }", "'"])
def test_no_query_that_passes_the_guard_contacts_another_server(listener: Listener, fragments: list[str]) -> None:
    text = "PREFIX ex: <http://e/> ASK { " + "".join(fragments) + " }"
    if sparql.forbidden(text) is None:
        assert not contacts(text, listener)


@settings(max_examples=MANY, print_blob=True)
@given(st.one_of(st.text(max_size=80), st.lists(st.sampled_from(FRAGMENTS), max_size=20).map("".join)))
def test_tokens_are_slices_in_order_and_never_overlap(text: str) -> None:
    end = 0
    for token in sparql.tokens(text, comments=True):
        assert token.start >= end
        assert token.text == text[token.start : token.start + len(token.text)]
        assert token.text
        assert token.kind in {"string", "iri", "comment", "var", "pname", "word", "open", "close"}
        end = token.start + len(token.text)
    assert [t for t in sparql.tokens(text, comments=True) if t.kind != "comment"] == list(sparql.tokens(text))
    assert sparql.form(text) in {"", *sparql.FORMS}
    brace = sparql.where_brace(text)
    assert brace == -1 or text[brace - 1] == "{"
    sparql.variables(text)
    sparql.forbidden(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("?s a ex:Boat. ?s ex:p ex:a.b.c", ["ex:Boat", "ex:p", "ex:a.b.c"]),
        ("?s a ex:Boat.}", ["ex:Boat"]),
        (
            "ex:a.. ex:a\\.. ex:a.%41. ex:a:. ex:a.- ex:. _:b.",
            ["ex:a", "ex:a\\.", "ex:a.%41", "ex:a:", "ex:a.-", "ex:", ":b"],
        ),
    ],
)
def test_a_dot_behind_a_name_ends_the_pattern_and_is_no_part_of_it(text: str, names: list[str]) -> None:
    assert [token.text for token in sparql.tokens(text) if token.kind == "pname"] == names


def test_scanning_is_linear_in_the_text() -> None:
    """What would make a careless pattern try again and again: with a quadratic one this takes minutes."""
    for piece in (
        "'",
        '"""',
        "\\",
        "<a",
        "?",
        "ex:",
        "((((",
        "#\n",
        "a.b:",
        "a-",
        ":a..",
        ":a.b",
        "'''\\",
        "'''\\n",
        "<\\u0041",
    ):
        text = piece * (100_000 // len(piece))
        assert sum(len(token.text) for token in sparql.tokens(text, comments=True)) <= len(text)


@pytest.mark.parametrize("deep", ["[" * 60_000, "[" * 1_900, "- " * 60_000, "? " * 60_000, "{a: " * 60_000])
def test_a_header_that_nests_without_end_is_an_error(deep: str) -> None:
    with pytest.raises(HeaderError):
        read_header(f"#+ summary: {{en: x}}\n#+ tests:\n#+   {deep}\nASK {{}}")


def test_a_header_of_ever_further_columns_is_an_error() -> None:
    lines = (f"#+ {' ' * depth}a:" for depth in range(3_000))
    with pytest.raises(HeaderError) as raised:
        read_header("\n".join([*lines, "ASK {}"]))
    assert raised.value.message == {
        "zh-Hant": "檔頭不是正確的 YAML:層層相套過深", "en": "the header is not YAML: nested too deeply",
    }  # fmt: skip


def test_an_alias_in_a_header_is_refused_with_its_line() -> None:
    bomb = '#+ summary: {en: &a "x", zh-Hant: "y"}\n#+ description: {en: [*a, *a], zh-Hant: *a}\nASK {}'
    with pytest.raises(HeaderError) as caught:
        read_header(bomb)
    assert caught.value.line == 2
    assert caught.value.message["en"] == "the header is not YAML: an alias (*name) is not allowed in a header"
    assert caught.value.message["zh-Hant"] == "檔頭不是正確的 YAML:檔頭不得使用別名(*名稱)"


@pytest.mark.parametrize("escape", ["\\ud800", "\\udfff", "\\ud83d\\ude00"])
def test_half_a_surrogate_pair_in_a_header_is_refused_with_its_line(escape: str) -> None:
    text = '#+ summary: {en: "x"}\n#+ description: {en: "%s"}\nASK {}'
    assert read_header(text % "\\U0001F600").description["en"] == "\U0001f600"
    with pytest.raises(HeaderError) as caught:
        read_header(text % escape)
    assert caught.value.line == 2
    assert caught.value.message["zh-Hant"] == "檔頭不是正確的 YAML:跳脫字元不是字元(代理碼)"


@pytest.mark.parametrize(
    ("lines", "line", "key"),
    [
        (["columns: {a: iri}", "columns: {a: date}"], 3, "columns"),
        (["params:", "  a: {type: iri}", "  b: {type: iri}", "  a: {type: date}"], 5, "a"),
        (["tests: [{rows: [], rows: [[x]]}]"], 2, "rows"),
        (["1: a", "1: b"], 3, "1"),
    ],
)
def test_a_key_that_stands_twice_is_refused_with_its_line(lines: list[str], line: int, key: str) -> None:
    with pytest.raises(HeaderError) as caught:
        read_header("\n".join(f"#+ {one}" for one in ["summary: {en: x, zh-Hant: y}", *lines]) + "\nASK {}")
    assert caught.value.line == line
    assert caught.value.message["en"] == f"the header is not YAML: the key '{key}' stands twice"
    assert caught.value.message["zh-Hant"] == f"檔頭不是正確的 YAML:鍵「{key}」出現兩次"


def test_values_are_read_as_they_were_typed() -> None:
    typed = ["010", "0x1F", "1_000", "12:30", "1:30.5", ".inf", "1e3", "-7", "0", "1.5", "2013-06-09", "on"]
    header = read_header(
        f"#+ summary: {{en: x}}\n#+ budget: .5\n#+ tests: [{{rows: [[{', '.join(typed)}]]}}]\nASK {{}}"
    )
    assert header.tests[0].rows == (tuple(typed),)
    assert header.budget == 0.5


PIECES = (
    "a", "b: ", "- ", "? ", ": ", "\n", "\n  ", "\n    ", "{", "}", "[", "]", ", ", "'x'", '"\\u4e2d"', "!!str ", "&a ", "*a", "<<: ", "=",
    "1", "0o17", "0x1F", "1_000", "1.5", ".inf", "12:30", "010", "~", "null", "true", "on", "No", "2013-06-09", "|\n  t\n", "# c", "---\n", "...\n", "é", "中",
)  # fmt: skip


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_read_plainly_is_what_the_full_reader_reads(text: str) -> None:
    try:
        plain = reader._plainly(text)
    except yaml.YAMLError:
        return
    try:
        full = yaml.load(text, Loader=reader._Loader)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError:
        return  # libyaml is more lenient, as it always was
    assert repr(plain) == repr(full)


@pytest.mark.parametrize(
    "text", ["a: &x 1\nb: *x", "a: !!int '1'", "<<: {a: 1}", "1: a", "[a]: b", "a\n---\nb", "[" * 200 + "]" * 200]
)
def test_what_is_not_plain_is_left_to_the_full_reader(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        reader._plainly(text)


def test_every_header_here_is_read_plainly_and_the_same() -> None:
    headers = [_header_of(path) for path in sorted(ROOT.glob("queries/*/*.rq"))]
    assert len(headers) > 50
    for text in headers:
        assert reader._plainly(text) == yaml.load(text, Loader=reader._Loader)  # noqa: S506 - a SafeLoader


def _header_of(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").split("\n")
    return "\n".join(line[2:].removeprefix(" ") for line in lines if line.startswith("#+"))


@pytest.mark.parametrize("line", ["", "#", "  # c", "\t"])
def test_a_head_of_millions_of_lines_takes_no_memory_beside_the_text(line: str) -> None:
    script = (
        "import resource, sys; from kgtool.catalog.text import head_end\n"
        f"text = {line + chr(10)!r} * 2_000_000 + ' SELECT'; before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "assert text[head_end(text):] == ' SELECT'\n"
        "assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=ROOT, timeout=60)
