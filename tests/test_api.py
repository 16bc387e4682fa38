"""Named queries as typed HTTP calls: forms, languages, errors, pages, conditions; over the fictional city."""

from __future__ import annotations

import csv
import functools
import io
import json
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import openpyxl
import pyoxigraph as ox
import pytest
from conftest import WANGJIN
from openapi_spec_validator import validate
from plain_app import ADDRESS, plain_app

from kgtool.catalog import ColumnType
from kgtool.engine import EmbeddedStore, Solutions
from kgtool.serve import Request, Response
from kgtool.serve.api.cells import cell
from kgtool.serve.api.order import before, total
from kgtool.serve.app import App
from kgtool.terms import XSD

Make = Callable[..., Path]
ID = "https://example.org/wangjin/id/"


def served(folder: Path, **settings: Any) -> App:
    return plain_app(folder, **settings)


@functools.cache
def wangjin() -> App:
    return served(WANGJIN)


def get(target: str, accept: str = "", app: App | None = None, **headers: str) -> Response:
    path, _, query = target.partition("?")
    fields = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return (app or wangjin())(Request("GET", path, query, fields))


def header(response: Response, name: str) -> str:
    return {key.lower(): value for key, value in response.headers}.get(name, "")


def body(response: Response) -> Any:
    return json.loads(response.body)


def following(response: Response) -> str:
    found = re.search(r'<([^<>]*)>; rel="next"', header(response, "link"))
    return found[1].removeprefix(ADDRESS) if found else ""


# --- answers


def test_json_has_typed_cells_with_labels_and_what_was_understood() -> None:
    found = body(get("/api/ties-of-city?city=gov:wangjin&asOf=2021-12-31&lang=en"))
    assert found["params"] == {
        "city": {"iri": ID + "government/wangjin", "label": "Wangjin City Government"}, "asOf": "2021-12-31",
    }  # fmt: skip
    row = next(row for row in found["rows"] if row["tie"]["iri"] == ID + "tie/kazamisaki")
    assert row["partner"] == {"iri": ID + "government/kazamisaki", "label": "Kazamisaki Town Government"}
    assert row["kind"]["label"] == "friendship city"
    assert isinstance(row["disputes"], int)
    assert found["total"] == len(found["rows"])
    assert found["next"] is None
    assert [column["name"] for column in found["columns"]] == ["tie", "partner", "kind", "state", "disputes"]


@pytest.mark.parametrize(
    ("query", "accepted", "label"),
    [("&lang=en", "", "friendship city"), ("", "en", "friendship city"), ("", "", "友誼城市"), ("&lang=zh-Hant", "en", "友誼城市"), ("&lang=xx", "", "友誼城市")],
)  # fmt: skip
def test_labels_are_in_the_language_asked_for_with_one_fallback(query: str, accepted: str, label: str) -> None:
    found = body(get("/api/ties-of-city?city=gov:wangjin" + query, accept_language=accepted))
    assert label in json.dumps(found["rows"], ensure_ascii=False)


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/json"), ("*/*", "application/json"), ("text/csv", "text/csv; charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml, */*;q=0.1", "application/sparql-results+xml"),
        ("text/csv;q=0.5, application/json;q=0.4", "text/csv; charset=utf-8"),
    ],
)  # fmt: skip
def test_the_form_goes_by_accept(accept: str, media: str) -> None:
    response = get("/api/ties-of-city?city=gov:wangjin", accept)
    assert (response.status, header(response, "content-type")) == (200, media)
    assert "Accept" in header(response, "vary")


def test_all_table_forms_have_the_same_rows() -> None:
    target = "/api/timeline-of-city?city=gov:wangjin&format="
    rows = body(get(target + "json"))["rows"]
    as_csv = list(csv.reader(io.StringIO(get(target + "csv").body.decode())))
    as_tsv = get(target + "tsv").body.decode().splitlines()
    as_json = body(get(target + "sparql-json"))["results"]["bindings"]
    as_xml = get(target + "sparql-xml").body.decode()
    assert len(rows) == len(as_csv) - 1 == len(as_tsv) - 1 == len(as_json) == as_xml.count("<result>") > 5
    assert (
        [row["item"]["iri"] for row in rows]
        == [line[3] for line in as_csv[1:]]
        == [b["item"]["value"] for b in as_json]
    )
    assert get(target + "pdf").status == 400


def test_a_spreadsheet_has_the_rows_and_never_a_formula(make_project: Make) -> None:
    texts = ["=1+1", "+1", "-1", "@x", "plain", "_x0041_", "a<b>&", "高雄", "tab\tand\nline", "bell\a"]
    data = "@prefix : <https://example.org/t/id/> .\n" + "".join(
        f":n{n} :text {json.dumps(text)} ; :n {n} ; :d {n}.5 .\n" for n, text in enumerate(texts)
    )
    query = HEADER + "SELECT ?x ?text ?n ?d ?none { ?x :text ?text ; :n ?n ; :d ?d } ORDER BY ?n\n"
    app = served(make_project({"data/a.ttl": data, "queries/ask/of.rq": query}, SETTINGS))
    response = get("/api/of?format=xlsx", app=app)
    assert header(response, "content-type").endswith("spreadsheetml.sheet")
    sheet = openpyxl.load_workbook(io.BytesIO(response.body)).active
    head, *rows = sheet.iter_rows()
    assert [cell.value for cell in head] == ["x", "text", "n", "d", "none"]
    assert [[cell.value for cell in row] for row in rows] == [
        [f"https://example.org/t/id/n{n}", text.replace("_x", "_x005F_x").replace("\a", "_x0007_"), n, n + 0.5, None]
        for n, text in enumerate(texts)
    ]
    assert not any(cell.data_type == "f" for row in rows for cell in row)
    assert [bool(row[1].quotePrefix) for row in rows] == [text[0] in "=+-@" for text in texts]
    assert (
        get(
            "/api/of?format=xlsx",
            app=served(make_project({"data/a.ttl": data, "queries/ask/of.rq": query}, SETTINGS, name="b")),
        ).body
        == response.body
    )


def test_a_text_too_long_for_a_cell_is_refused_not_cut(make_project: Make) -> None:
    data = f'@prefix : <https://example.org/t/id/> . :x :text "{"a" * 33_000}" .'
    query = HEADER + "SELECT ?text { ?x :text ?text } ORDER BY ?text\n"
    app = served(make_project({"data/a.ttl": data, "queries/ask/of.rq": query}, SETTINGS))
    response = get("/api/of?format=xlsx", app=app)
    assert (response.status, body(response)["code"]) == (400, "E-FORMAT")
    assert get("/api/of?format=csv", app=app).status == 200


def test_what_is_built_comes_as_rdf() -> None:
    forms = {
        "text/turtle": ox.RdfFormat.TURTLE, "application/ld+json": ox.RdfFormat.JSON_LD,
        "application/n-triples": ox.RdfFormat.N_TRIPLES, "application/rdf+xml": ox.RdfFormat.RDF_XML,
    }  # fmt: skip
    found = [set(ox.parse(get("/api/sister-city-of", media).body, format=form)) for media, form in forms.items()]
    assert found[0]
    assert all(one == found[0] for one in found)


def test_a_check_query_and_a_preset_are_calls_too() -> None:
    assert body(get("/api/planned-but-past"))["columns"][0]["name"] == "focus"
    found = body(get("/api/dragon-boat-every-year?lang=en"))
    assert found["params"]["since"] == 2017
    assert found["summary"].startswith("Which partners came to the Dragon Boat")
    assert body(get("/api/dragon-boat-every-year?since=2020"))["params"]["since"] == 2020


def test_every_query_of_the_model_answers_by_its_own_example() -> None:
    listed = body(get("/queries"))["queries"]
    assert len(listed) > 55
    for entry in listed:
        told = body(get(entry["help"].removeprefix(ADDRESS)))
        assert "example" in told, entry["name"]
        response = get(told["example"].removeprefix(ADDRESS))
        assert response.status == 200, (entry["name"], response.body)


def test_several_values_are_the_rows_of_each(make_project: Make) -> None:
    app = served(make_project({"data/a.ttl": DATA, "queries/ask/of.rq": MANY}, SETTINGS))

    def rows(query: str) -> list[str]:
        return [row["x"]["iri"] for row in body(get("/api/of" + query, app=app))["rows"]]

    assert rows("?kind=a&kind=b") == sorted(rows("?kind=a") + rows("?kind=b"))
    assert rows("") == sorted(rows("?kind=a") + rows("?kind=b") + rows("?kind=c"))


# --- errors


@pytest.mark.parametrize(
    ("target", "status", "parts"),
    [
        ("/api/ties-of-city", 400, {"code": "E-PARAM", "parameter": "city", "expected": "iri", "class": "cd:LocalGovernment"}),
        ("/api/ties-of-city?city=gov:wangjn", 400, {"parameter": "city", "value": "gov:wangjn", "nearest": "gov:wangjin"}),
        ("/api/ties-of-city?city=gov:wangjin&asof=today", 400, {"code": "E-PARAM-UNKNOWN", "parameter": "asof", "nearest": "asOf"}),
        ("/api/ties-of-city?city=gov:wangjin&asOf=2013-02-30", 400, {"parameter": "asOf", "value": "2013-02-30", "expected": "date"}),
        ("/api/ties-of-city?city=gov:wangjin&city=gov:bidao", 400, {"code": "E-PARAM", "parameter": "city"}),
        ("/api/ties-of-city?city=gov:wangjin&format=pdf", 400, {"parameter": "format", "value": "pdf"}),
        ("/api/ties-of-city?city=gov:wangjin&limit=0", 400, {"parameter": "limit", "minimum": 1}),
        ("/api/ties-of-city?city=gov:wangjin&limit=1&limit=2", 400, {"parameter": "limit"}),
        ("/api/ties-of-city?city=gov:wangjin&lang=zh_TW", 400, {"parameter": "lang", "value": "zh_TW"}),
        ("/api/ties-of-city?city=gov:wangjin&lang=", 400, {"parameter": "lang", "value": ""}),
        ("/api/ties-of-city?city=gov:wangjin&cursor=AAAA", 400, {"parameter": "cursor"}),
        ("/api/sister-city-of?limit=1", 400, {"parameter": "limit"}),
        ("/api/tie-of-city", 404, {"code": "E-QUERY-NONE", "nearest": "ties-of-city"}),
        ("/queries/tie-of-city", 404, {"code": "E-QUERY-NONE", "nearest": "ties-of-city"}),
        ("/api/ties-of-city/x", 404, {"code": "E-QUERY-NONE"}),
        ("/api/", 404, {"code": "E-QUERY-NONE"}),
        ("/api/ties-of-city?city=%zz", 400, {"code": "E-REQUEST-FORM"}),
        ("/api/ties-of-city?city=%ff", 400, {"code": "E-REQUEST-FORM"}),
    ],
)  # fmt: skip
def test_an_error_is_one_problem_shape_that_names_what_is_wrong(
    target: str, status: int, parts: dict[str, Any]
) -> None:
    response = get(target)
    found = body(response)
    assert (response.status, header(response, "content-type")) == (status, "application/problem+json")
    assert {key: found.get(key) for key in parts} == parts
    assert found["status"] == status
    assert found["type"] == "urn:kgtool:error:" + found["code"]
    assert set(found["messages"]) == {"zh-Hant", "en"}
    assert header(response, "access-control-allow-origin") == "*"


def test_a_value_out_of_a_list_names_the_list_and_the_nearest(make_project: Make) -> None:
    app = served(make_project({"data/a.ttl": DATA, "queries/ask/of.rq": ENUM}, SETTINGS))
    found = body(get("/api/of?size=smal", app=app))
    assert (found["allowed"], found["nearest"]) == (["small", "large"], "small")


def test_more_rows_than_are_allowed_is_a_problem_and_never_a_cut(make_project: Make) -> None:
    from msgspec import structs

    from kgtool.engine import SERVED

    few = structs.replace(SERVED, rows=5)
    app = served(make_project({"data/a.ttl": DATA, "queries/ask/of.rq": MANY}, SETTINGS), limits=few)
    response = get("/api/of", app=app)
    assert (response.status, body(response)["code"]) == (400, "E-QUERY-ROWS")
    assert get("/api/of?limit=5", app=app).status == 200


@pytest.mark.parametrize("wish", ["format=json", "format=csv", "format=tsv", "format=xlsx", "limit=1"])
def test_a_triple_term_has_no_form_in_an_answer(make_project: Make, wish: str) -> None:
    query = '#+ summary: {en: "T", zh-Hant: "三"}\n#+ columns: {x: any}\nSELECT (TRIPLE(<a:a>, <a:p>, 1) AS ?x) {}'
    response = get(f"/api/of?{wish}", app=served(make_project({"queries/ask/of.rq": query})))
    assert (response.status, body(response)["code"]) == (400, "E-QUERY-RUN")


def test_a_query_file_that_is_wrong_is_unavailable_not_unknown(make_project: Make) -> None:
    app = served(
        make_project({"data/a.ttl": DATA, "queries/ask/broken.rq": "#+ summary: {en: x}\n#+ typo: 1\nASK {}"}, SETTINGS)
    )
    response = get("/api/broken", app=app)
    assert (response.status, body(response)["code"]) == (503, "E-QUERY-BROKEN")


# --- order and pages

SETTINGS = 'base = "https://example.org/t/id/"\n[prefixes]\n"" = "https://example.org/t/id/"\n'
DATA = "@prefix : <https://example.org/t/id/> .\n" + "\n".join(
    f':n{n:03} :kind "{"abc"[n % 3]}" ; :size {n % 7} ; :name "n{n % 5}"@en .' for n in range(60)
)
MANY = """#+ summary: {en: x, zh-Hant: x}
#+ params:
#+   kind: {type: string, many: true}
#+ columns: {x: iri, size: integer}
SELECT ?x ?size { ?x :kind ?kind ; :size ?size } ORDER BY ?x
"""
ENUM = """#+ summary: {en: x, zh-Hant: x}
#+ params:
#+   size: {type: string, values: [small, large]}
#+ columns: {x: iri}
SELECT ?x { ?x :size ?n . FILTER(BOUND(?size)) } ORDER BY ?x
"""
HEADER = "#+ summary: {en: x, zh-Hant: x}\n"
ORDERED = {
    "total": "SELECT ?x ?size { ?x :size ?size } ORDER BY ?x",
    "ties": "SELECT ?size ?x { ?x :size ?size } ORDER BY DESC(?size)",
    "none": "SELECT ?size ?name { ?x :size ?size ; :name ?name }",
    "expression": "SELECT ?x ?size { ?x :size ?size } ORDER BY (?size * -1)",
    "grouped": "SELECT ?name (COUNT(*) AS ?n) (SUM(?size) AS ?all) { ?x :size ?size ; :name ?name } GROUP BY ?name ORDER BY DESC(?n)",
    "own-limit": "SELECT ?x { ?x :size ?size } ORDER BY ?size # by size\nLIMIT 37",
    "comment-last": "SELECT ?x ?size { ?x :size ?size } ORDER BY ?size # the end",
    "star": "SELECT * { ?x :size ?size }",
    "unbound": "SELECT ?x ?big { ?x :size ?size OPTIONAL { ?x :size ?big FILTER(?big > 3) } }",
    "values": "SELECT ?x ?size { ?x :size ?size } ORDER BY ?size VALUES ?size { 1 2 }",
}


def files(**more: str) -> dict[str, str]:
    queries = {f"queries/ask/{name}.rq": HEADER + text + "\n" for name, text in ORDERED.items()}
    return {"data/a.ttl": DATA, **queries, **more}


def pages(app: App, target: str) -> Iterator[list[Any]]:
    while target:
        response = get(target, app=app)
        assert response.status == 200, response.body
        found = body(response)
        assert (found["next"] or "").removeprefix(ADDRESS) == following(response)
        yield found["rows"]
        target = following(response)


@pytest.mark.parametrize("name", ORDERED)
@pytest.mark.parametrize("size", [1, 7, 60])
def test_pages_together_are_the_whole_answer_without_repetition(make_project: Make, name: str, size: int) -> None:
    app = served(make_project(files(), SETTINGS))
    whole = body(get(f"/api/{name}", app=app))["rows"]
    parts = list(pages(app, f"/api/{name}?limit={size}"))
    assert [row for part in parts for row in part] == whole
    assert all(len(part) == size for part in parts[:-1])
    assert len(whole) > 4


def test_the_order_is_the_same_in_every_run_and_store(make_project: Make) -> None:
    """Ties that the query leaves open are settled by the columns, whatever order the data came in."""
    folder = make_project(files(), SETTINGS)
    first, *lines = DATA.split("\n")
    random.Random(3).shuffle(lines)
    other = make_project(files(**{"data/a.ttl": "\n".join([first, *lines])}), SETTINGS, name="other")
    one, two = served(folder), served(other)
    for name in ORDERED:
        assert body(get(f"/api/{name}", app=one))["rows"] == body(get(f"/api/{name}", app=two))["rows"], name


@pytest.mark.parametrize("name", ["total", "ties", "grouped", "unbound"])
def test_a_cursor_goes_on_behind_its_row_when_the_data_has_changed(make_project: Make, name: str) -> None:
    """Rows that came or went before it do not shift the pages: none twice, none missed."""
    old = served(make_project(files(), SETTINGS))
    target = following(get(f"/api/{name}?limit=2", app=old))
    seen = body(get(f"/api/{name}?limit=2", app=old))["rows"]
    fresh = DATA.replace(":n000 ", ":n0000 ").replace(":n006 ", ":n9 ") + '\n:aaa :kind "a" ; :size 6 ; :name "n1"@en .'
    new = served(make_project(files(**{"data/a.ttl": fresh}), SETTINGS, name="new"))
    whole = body(get(f"/api/{name}", app=new))["rows"]
    rest = [row for part in pages(new, target) for row in part]
    assert rest == whole[len(whole) - len(rest) :]
    assert not [row for row in rest if row in seen]
    behind = [row for row in whole if row not in rest]
    assert len(behind) < len(whole)


def test_a_cursor_whose_row_is_behind_all_others_gives_an_empty_last_page(make_project: Make) -> None:
    old = served(make_project(files(), SETTINGS))
    target = following(get("/api/total?limit=59", app=old))
    lines = [line for line in DATA.splitlines() if ":n059 " not in line and ":n058 " not in line]
    new = served(make_project(files(**{"data/a.ttl": "\n".join(lines)}), SETTINGS, name="new"))
    response = get(target, app=new)
    assert (response.status, body(response)["rows"], following(response)) == (200, [], "")


@pytest.mark.parametrize("name", ["none", "expression"])
def test_a_cursor_without_a_key_is_refused_when_the_data_has_changed(make_project: Make, name: str) -> None:
    """Rows that are equal in every column, or an order by an expression, have no key: start again, never guess."""
    old = served(make_project(files(), SETTINGS))
    target = following(get(f"/api/{name}?limit=2", app=old))
    new = served(make_project(files(**{"data/a.ttl": DATA + "\n:zzz :size 1 ."}), SETTINGS, name="new"))
    response = get(target, app=new)
    assert (response.status, body(response)["code"]) == (410, "E-CURSOR-STALE")
    assert f'<{ADDRESS}/api/{name}?limit=2>; rel="first"' in header(response, "link")


def test_a_cursor_of_another_call_is_refused(make_project: Make) -> None:
    app = served(make_project(files(), SETTINGS))
    cursor = following(get("/api/total?limit=2", app=app)).partition("cursor=")[2]
    assert get(f"/api/ties?limit=2&cursor={cursor}", app=app).status == 400
    assert get(f"/api/total?limit=9&cursor={cursor}", app=app).status == 200


def test_a_comparison_is_never_sure_where_the_engine_may_see_it_otherwise() -> None:
    text, number = ox.Literal("a"), ox.Literal("1", datatype=ox.NamedNode(XSD + "integer"))
    keys = ((0, False),)
    assert not before((text,), (number,), keys) or not before((number,), (text,), keys)
    assert not before((number,), (ox.Literal("1.0", datatype=ox.NamedNode(XSD + "decimal")),), keys)
    assert before((None,), (number,), keys)
    assert before((number,), (None,), ((0, True),))


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("SELECT ?a ?b {} ORDER BY ?b DESC(?a)", ((1, False), (0, True), (0, False), (1, False))),
        ("SELECT ?a {} ORDER BY LCASE(?a)", ()),
        ("SELECT ?a {} ORDER BY ?hidden", ()),
        ("SELECT ?a {}", ((0, False),)),
        ('SELECT ?a { FILTER(?a = "ORDER BY ?x LIMIT 1") } ORDER BY ASC(?a)', ((0, False), (0, False))),
    ],
)
def test_the_key_of_an_order_is_read_from_the_query(text: str, keys: object) -> None:
    columns = ("a", "b") if "?b" in text else ("a",)
    assert total(text, dict.fromkeys(columns, ColumnType.STRING)).keys == keys


# --- conditions, help, description


def test_a_client_that_has_the_answer_gets_304_and_any_difference_gets_another_tag() -> None:
    target = "/api/ties-of-city?city=gov:wangjin"
    tag = header(get(target), "etag")
    assert get(target, if_none_match=tag).status == 304
    assert get(target, if_none_match=tag).body == b""
    others = [
        get(target + "&lang=en"), get(target, "text/csv"), get(target + "&limit=2"), get(target + "&asOf=2020-01-01"),
        get("/api/ties-of-city?city=gov:bidao"),
    ]  # fmt: skip
    assert len({tag, *(header(one, "etag") for one in others)}) == 6
    same = get(f"/api/ties-of-city?city={ID}government/wangjin")
    assert header(same, "etag") == tag


def test_help_gives_values_in_words_and_where_offers_come_from(make_project: Make) -> None:
    head = HEADER + (
        "#+ params:\n#+   size: {type: string, values: {small: {en: little, zh-Hant: 小}, large: {en: big, zh-Hant: 大}}}\n"
        "#+   x: {type: iri, values_query: total}\n"
    )
    text = head + "SELECT ?n { ?x :size ?n FILTER(BOUND(?size)) } ORDER BY ?n\n"
    app = served(make_project(files(**{"queries/ask/of.rq": text}), SETTINGS))
    size, x = body(get("/queries/of", app=app))["parameters"]
    assert size["values"][0] == {"value": "small", "label": {"en": "little", "zh-Hant": "小"}}
    assert x["offers"] == f"{ADDRESS}/api/total"


def test_help_and_list_are_pages_for_a_browser() -> None:
    for path in ("/queries", "/queries/ties-of-city"):
        response = get(path, "text/html", accept_language="en")
        assert header(response, "content-type").startswith("text/html")
        assert "ties" in response.body.decode()


def test_the_openapi_description_is_valid_and_has_every_query_and_preset() -> None:
    found = body(get("/openapi.json"))
    validate(found)
    listed = {entry["name"] for entry in body(get("/queries"))["queries"]}
    assert {path.removeprefix("/api/") for path in found["paths"] if path.startswith("/api/")} == listed
    assert "dragon-boat-every-year" in listed
    assert found["servers"] == [{"url": ADDRESS}]


def test_the_openapi_description_says_what_the_headers_say(make_project: Make) -> None:
    head = HEADER + (
        "#+ params:\n#+   year: {type: year, required: true, min: 1900, max: 2100, example: 2004}\n"
        "#+   kinds: {type: string, many: true, values: [a, b]}\n#+   day: {type: date, default: today}\n"
    )
    text = head + "SELECT ?year ?kinds ?day { BIND(1 AS ?one) } ORDER BY ?one\n"
    app = served(make_project(files(**{"queries/ask/of.rq": text}), SETTINGS))
    found = {p["name"]: p for p in body(get("/openapi.json", app=app))["paths"]["/api/of"]["get"]["parameters"]}
    assert found["year"]["required"]
    assert found["year"]["schema"] == {"type": "integer", "minimum": 1900, "maximum": 2100}
    assert found["kinds"]["schema"]["items"]["enum"] == ["a", "b"]
    assert found["day"]["schema"]["anyOf"][1] == {"const": "today"}
    assert found["limit"]["schema"]["minimum"] == 1


@pytest.mark.parametrize(
    ("term", "kind", "value"),
    [
        (None, ColumnType.IRI, None),
        (ox.NamedNode("urn:x"), ColumnType.IRI, {"iri": "urn:x", "label": "L"}),
        (ox.BlankNode("b"), ColumnType.IRI, {"bnode": "b"}),
        (ox.Literal("a"), ColumnType.STRING, "a"),
        (ox.Literal("a", language="zh-hant"), ColumnType.STRING, {"text": "a", "lang": "zh-Hant"}),
        (ox.Literal("a"), ColumnType.LABEL, {"text": "a", "lang": ""}),
        (ox.Literal("-7", datatype=ox.NamedNode(XSD + "integer")), ColumnType.INTEGER, -7),
        (ox.Literal("9007199254740993", datatype=ox.NamedNode(XSD + "integer")), ColumnType.INTEGER, "9007199254740993"),
        (ox.Literal("1.5", datatype=ox.NamedNode(XSD + "decimal")), ColumnType.DECIMAL, 1.5),
        (ox.Literal("0.1234567890123456789", datatype=ox.NamedNode(XSD + "decimal")), ColumnType.DECIMAL, "0.1234567890123456789"),
        (ox.Literal("true", datatype=ox.NamedNode(XSD + "boolean")), ColumnType.BOOLEAN, True),
        (ox.Literal("2021-01-02", datatype=ox.NamedNode(XSD + "date")), ColumnType.DATE, "2021-01-02"),
        (ox.Literal("P1D", datatype=ox.NamedNode(XSD + "duration")), ColumnType.ANY, {"value": "P1D", "datatype": XSD + "duration"}),
        (ox.Literal("yes", datatype=ox.NamedNode(XSD + "boolean")), ColumnType.BOOLEAN, {"value": "yes", "datatype": XSD + "boolean"}),
    ],
)  # fmt: skip
def test_a_term_is_the_json_value_that_is_exact(term: object, kind: ColumnType, value: object) -> None:
    assert cell(term, kind, lambda _: "L") == value


def test_a_budget_of_its_own_ends_a_query(make_project: Make) -> None:
    text = HEADER + "#+ budget: 0.001\nSELECT ?x ?y { ?x :kind ?a . ?y :kind ?b } ORDER BY ?x\n"
    app = served(make_project(files(**{"queries/ask/slow.rq": text}), SETTINGS))
    response = get("/api/slow?limit=10", app=app)
    assert (response.status, body(response)["code"]) == (503, "E-QUERY-TIMEOUT")


def test_the_total_order_changes_no_row_of_any_query_of_the_model() -> None:
    """Against the query as it stands, run by itself."""
    snapshot = wangjin().snapshot
    store = EmbeddedStore(snapshot.stated)
    for query in snapshot.catalog.queries.values():
        if query.form == "SELECT" and not any(p.required for p in query.params.values()):
            terms = {
                n: ox.Literal("2021-12-31", datatype=ox.NamedNode(XSD + "date"))
                for n, p in query.params.items()
                if p.default == "today"
            }
            from kgtool.named import bound_text

            plain = store.query(bound_text(query, terms), snapshot.project.prefixes)
            assert isinstance(plain, Solutions)
            given = urlencode(dict.fromkeys(terms, "2021-12-31"))
            found = body(get(f"/api/{query.name}?format=sparql-json&{given}"))["results"]["bindings"]
            assert len(found) == len(plain.rows), query.name
