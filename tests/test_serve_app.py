"""The core of the server as a function: what a request to `/sparql` gets, without a socket or process."""

from __future__ import annotations

import datetime
import functools
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from conftest import ROOT

from kgtool.project import open_project
from kgtool.serve import Request, Response
from kgtool.serve.app import App
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import INFERRED, open_snapshot

NOW = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)


@functools.cache
def app() -> App:
    project = open_project(ROOT / "tests" / "projects" / "wangjin", {}, {})
    return App(open_snapshot(project, NOW), ServeSettings(address="http://graph.example"))


def get(query: str, accept: str = "", **headers: str) -> Response:
    fields = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return app()(Request("GET", "/sparql", "query=" + quote(query), fields))


def header(response: Response, name: str) -> str:
    return {key.lower(): value for key, value in response.headers}.get(name, "")


def body(response: Response) -> Any:
    return json.loads(response.body)


def test_a_query_by_get_form_and_direct_post_gives_one_answer() -> None:
    query = "SELECT ?s { ?s a cd:Visit } ORDER BY ?s"
    form = Request(
        "POST",
        "/sparql",
        "",
        {"content-type": "application/x-www-form-urlencoded"},
        urlencode({"query": query}).encode(),
    )
    direct = Request("POST", "/sparql", "", {"content-type": "application/sparql-query; charset=UTF-8"}, query.encode())
    answers = [get(query), app()(form), app()(direct)]
    assert [answer.status for answer in answers] == [200, 200, 200]
    assert len({answer.body for answer in answers}) == 1
    assert body(answers[0])["results"]["bindings"]


@pytest.mark.parametrize(
    ("accept", "media"),
    [
        ("", "application/sparql-results+json"),
        ("*/*", "application/sparql-results+json"),
        ("text/csv", "text/csv; charset=utf-8"),
        ("text/csv;q=0.2, text/tab-separated-values;q=0.3", "text/tab-separated-values; charset=utf-8"),
        ("application/xml", "application/xml"),
        ("text/html;q=NaN,*/*;q=-1", "application/sparql-results+json"),
    ],
)
def test_the_form_of_an_answer_is_what_accept_likes_best(accept: str, media: str) -> None:
    response = get("SELECT * { ?s a cd:Visit }", accept)
    assert (response.status, header(response, "content-type")) == (200, media)


def test_no_acceptable_form_is_406_with_the_list() -> None:
    response = get("ASK {}", "application/unknown")
    assert response.status == 406
    assert "application/sparql-results+json" in body(response)["available"]


def test_what_follows_is_in_a_graph_of_its_own_and_not_in_the_default_graph() -> None:
    both = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} FILTER EXISTS {{ ?s ?p ?o }} }}"
    alone = f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{INFERRED}> {{ ?s ?p ?o }} }}"
    assert body(get(alone))["results"]["bindings"][0]["n"]["value"] != "0"
    assert body(get(both))["results"]["bindings"][0]["n"]["value"] == "0"


def test_language_tags_are_in_canonical_case_in_every_form() -> None:
    query = 'SELECT ?l { BIND(STRLANG("x\\"@zh-hant y", "zh-hant") AS ?l) }'
    for accept in ("application/sparql-results+json", "application/sparql-results+xml", "text/tab-separated-values"):
        text = get(query, accept).body.decode()
        assert text.count("zh-Hant") == 1, accept
        assert text.count("@zh-hant y") == 1, accept
    for accept in ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"):
        text = get(query.replace("SELECT ?l", "CONSTRUCT { <urn:x> rdfs:label ?l }"), accept).body.decode()
        assert text.count("zh-Hant") == 1, accept
        assert text.count("@zh-hant y") == 1, accept


@pytest.mark.parametrize(
    ("query", "code", "place"),
    [("SELECT * {\n ?s ?p", "E-QUERY-SYNTAX", (2, 7)), ("DROP ALL", "E-QUERY-FORM", (1, 1)),
     ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "E-QUERY-FORM", (1, 12))],
)  # fmt: skip
def test_a_wrong_query_is_a_400_with_line_and_column(query: str, code: str, place: tuple[int, int]) -> None:
    response = get(query)
    assert (response.status, header(response, "content-type")) == (400, "application/problem+json")
    problem = body(response)
    assert (problem["code"], problem["line"], problem["column"]) == (code, *place)
    assert get(query, "text/html, */*;q=0.1").body.decode().startswith(f"400 {code}: ")


def test_a_known_entity_tag_is_304_and_a_changing_query_has_none() -> None:
    tag = header(get("ASK {}"), "etag")
    again = get("ASK {}", if_none_match=f'"x", {tag}')
    assert (again.status, again.body) == (304, b"")
    assert get("ASK { }", if_none_match=tag).status == 200
    changing = get("SELECT (NOW() AS ?n) {}")
    assert (header(changing, "etag"), header(changing, "cache-control")) == ("", "no-store")


def test_every_response_has_the_security_fields() -> None:
    for response in (get("ASK {}"), get("nonsense"), app()(Request("GET", "/nowhere"))):
        assert header(response, "x-content-type-options") == "nosniff"
        assert "default-src 'none'" in header(response, "content-security-policy")
