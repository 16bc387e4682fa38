"""What strangers send to the API and to linked data: values bound as one term or refused, never an error of ours.

Each run draws fresh values and prints the seed that repeats it; KGTOOL_FULL=1 draws 10,000, else a tenth.
"""

from __future__ import annotations

import base64
import datetime
import json
import os
import random
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import hypothesis
import pytest
from conftest import ROOT, WANGJIN, shared
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_app import plain_app

from kgtool.serve import Request, Response
from kgtool.serve.app import App
from kgtool.terms import WELL_KNOWN

EXAMPLES = 10_000 if os.environ.get("KGTOOL_FULL") else 1_000
SEED = random.SystemRandom().randrange(1 << 32)
HAZARDS = [json.loads(line) for line in (ROOT / "tests" / "hazards" / "injection.jsonl").read_text().splitlines()]
TYPES = ("string", "iri", "lang", "integer", "decimal", "boolean", "date", "year")
SPACE = "https://example.org/h/id/"
PIECES = [
    '"', "'", "\\", "\n", "\r", "\t", "{", "}", "<", ">", "(", ")", "?x", "$v", "#", ";", ".", ",", "|", "/", "*", "^^", "@en",
    "SELECT", "UNION", "SERVICE", "FILTER", "VALUES", "BIND", "INSERT", "http://e/", "urn:x", ":", "xsd:integer", "a", "1", "-",
    "+", "2013-02-24", "today", "true", "\\u0022", "\\u003E", "%22", "%00", "&", "=", "\u202e", "\ufeff", "１", "高雄", "\u0301", "𝟙", "\0",
    "}}", '"""', "'''", "||", "0x1", "1e9", "NaN", "zh-Hant", "en_US", ":n1", ":n3", "<" + SPACE + "n2>", SPACE + "n4",
]  # fmt: skip
NAMES = [
    "plain",
    'a" . ?x ?y ?z',
    "a\\",
    "a\nb",
    "';",
    "x} UNION { ?x ?y ?z",
    "高雄",
    "",
    "1",
    "true",
    "?v",
    "a\\u0022",
]


def literal(text: str) -> str:
    return json.dumps(text)


DATA = f"@prefix : <{SPACE}> .\n" + "".join(f":n{n} :name {literal(name)} ; :n {n} .\n" for n, name in enumerate(NAMES))
HEAD = "#+ summary: {en: x, zh-Hant: x}\n"


def queries() -> Iterator[tuple[str, str]]:
    """For each type a query that gives the bound term back with every row of the data, and one that compares names."""
    for kind in TYPES:
        params = f"#+ params: {{v: {{type: {kind}, required: true}}}}\n"
        yield f"queries/ask/echo-{kind}.rq", HEAD + params + "SELECT ?v ?x { ?x <" + SPACE + "n> ?n } ORDER BY ?x\n"
    params = "#+ params: {v: {type: string, required: true}}\n"
    yield "queries/ask/named.rq", HEAD + params + "SELECT ?x { ?x <" + SPACE + "name> ?v } ORDER BY ?x\n"
    params = "#+ params: {v: {type: string, many: true, required: true}}\n"
    yield "queries/ask/several.rq", HEAD + params + "SELECT ?x ?v { ?x <" + SPACE + "name> ?v } ORDER BY ?x\n"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> App:
    folder = tmp_path_factory.mktemp("hostile")
    for name, text in {"data/a.ttl": DATA, **dict(queries())}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "kgtool.toml").write_text(f'base = "{SPACE}"\n[prefixes]\n"" = "{SPACE}"\n', encoding="utf-8")
    made = plain_app(folder)
    assert not made.snapshot.catalog.problems
    return made


@pytest.fixture(scope="module")
def city() -> App:
    return plain_app(WANGJIN)


def call(app: App, name: str, *values: str, accept: str = "application/sparql-results+json") -> Response:
    query = urlencode([("v", value) for value in values], errors="surrogatepass")
    return app(Request("GET", f"/api/{name}", query, {"accept": accept}))


def bindings(response: Response) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = json.loads(response.body)["results"]["bindings"]
    return rows


def term(kind: str, value: str) -> dict[str, str] | None:
    """What a value must be bound to, told independently of the program; None: refused. An IRI's text is not told here."""
    xsd = "http://www.w3.org/2001/XMLSchema#"
    if "\0" in value or any(0xD800 <= ord(letter) < 0xE000 for letter in value):
        return None
    if kind == "string" or (kind == "lang" and re.fullmatch(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*", value)):
        return {"type": "literal", "value": value}
    if kind in {"integer", "year"} and re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        return {"type": "literal", "value": str(int(value)), "datatype": xsd + "integer"}
    if kind == "boolean" and value in {"true", "false"}:
        return {"type": "literal", "value": value, "datatype": xsd + "boolean"}
    if kind == "date":
        day = "2021-12-31" if value == "today" else value
        try:
            fits = re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", day) and datetime.date.fromisoformat(day)
        except ValueError:
            fits = None
        return {"type": "literal", "value": day, "datatype": xsd + "date"} if fits else None
    return None


VALUES = st.one_of(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=8).map("".join),
    st.text(max_size=40),
    st.sampled_from([hazard["value"] for hazard in HAZARDS]),
    st.sampled_from(NAMES),
    st.builds(lambda a, b: a + b, st.sampled_from([hazard["value"] for hazard in HAZARDS]), st.sampled_from(PIECES)),
    st.integers().map(str), st.dates().map(str), st.decimals(allow_nan=False, allow_infinity=False).map(str),
)  # fmt: skip


@hypothesis.seed(SEED)
@settings(max_examples=EXAMPLES, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from(TYPES), VALUES)
def test_a_value_of_any_kind_is_one_term_or_refused(app: App, kind: str, value: str) -> None:
    """Bound: the term comes back as it was given, with as many rows as the data has. Refused: a problem that names `v`."""
    hypothesis.note(f"seed {SEED}")
    response = call(app, f"echo-{kind}", value)
    expected = term(kind, value)
    if response.status == 400:
        found = json.loads(response.body)
        assert found["code"] in {"E-PARAM", "E-REQUEST-FORM"}
        assert found.get("parameter", "v") == "v"
        assert expected is None
        return
    assert response.status == 200, response.body
    rows = bindings(response)
    assert [row["x"]["value"] for row in rows] == sorted(f"{SPACE}n{n}" for n in range(len(NAMES)))
    bound = rows[0]["v"]
    assert all(row["v"] == bound for row in rows)
    if kind == "iri":
        assert bound["type"] == "uri"
        # In full, in brackets or by prefix, or the one resource of that name: never a part of what was given.
        prefix, colon, local = value.partition(":")
        known = {"": SPACE, **WELL_KNOWN}.get(prefix, "\0") + local if colon else ""
        assert bound["value"] in {value, value[1:-1], known} or value in NAMES
        assert not re.search(r'[\x00-\x20<>"{}|^`\\]', bound["value"])
    elif kind == "decimal":
        assert float(bound["value"]) == float(value)
    else:
        assert bound == expected


@hypothesis.seed(SEED)
@settings(
    max_examples=EXAMPLES // 4, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(VALUES)
def test_rows_are_those_that_python_finds(app: App, value: str) -> None:
    """A query that compares with the value finds what `==` finds, whatever the value looks like."""
    hypothesis.note(f"seed {SEED}")
    response = call(app, "named", value)
    if response.status == 200:
        expected = sorted(f"{SPACE}n{n}" for n, name in enumerate(NAMES) if name == value)
        assert [row["x"]["value"] for row in bindings(response)] == expected
    else:
        assert response.status == 400
        assert term("string", value) is None


@hypothesis.seed(SEED)
@settings(
    max_examples=EXAMPLES // 10, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.lists(VALUES.filter(lambda value: term("string", value) is not None), min_size=1, max_size=5))
def test_several_values_find_the_rows_of_each(app: App, values: list[str]) -> None:
    hypothesis.note(f"seed {SEED}")
    response = call(app, "several", *values)
    assert response.status == 200, response.body
    expected = sorted(f"{SPACE}n{n}" for n, name in enumerate(NAMES) if name in values)
    assert [row["x"]["value"] for row in bindings(response)] == expected


@hypothesis.seed(SEED)
@settings(
    max_examples=EXAMPLES // 4, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(
    st.sampled_from(["ties-of-city", "timeline-of-city", "delegation", "series-every-year", "visits-between", "claims"]),
    st.lists(st.tuples(st.sampled_from(["city", "since", "asOf", "lang", "limit", "cursor", "format", "visit", "zz", ""]), VALUES), max_size=4),
    st.text(max_size=20), st.text(max_size=12),
)  # fmt: skip
def test_no_request_to_a_query_of_the_model_is_an_error_of_ours(
    city: App, name: str, given: list[tuple[str, str]], accept: str, language: str
) -> None:
    hypothesis.note(f"seed {SEED}")
    headers = {"accept": accept, "accept-language": language}
    response = city(Request("GET", f"/api/{name}", urlencode(given, errors="surrogatepass"), headers))
    assert response.status in {200, 400, 406, 410}, response.body


CELLS = st.one_of(
    st.none(), st.lists(st.one_of(st.text(max_size=8), st.sampled_from(["@", "^", "_", "en", "urn:x"])), max_size=4)
)
FORGED = st.one_of(
    st.recursive(st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=8)), lambda inner: st.lists(inner, max_size=4)),
    st.builds(lambda v, n, c: ["CALL", v, n, c], st.text(max_size=4), st.integers(-2, 20), st.one_of(st.none(), st.lists(CELLS, max_size=3))),
)  # fmt: skip


@hypothesis.seed(SEED)
@settings(
    max_examples=EXAMPLES // 4, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(FORGED)
def test_a_forged_cursor_is_refused_or_only_moves_the_page(app: App, forged: object) -> None:
    """Nobody signs a cursor, because nothing can be gained by one: it chooses where a page begins, and no more."""
    hypothesis.note(f"seed {SEED}")
    first = app(Request("GET", "/api/several", urlencode([("v", n) for n in NAMES] + [("limit", "1")]), {}))
    word = re.search(r"cursor=([^&>]*)>", dict(first.headers)["Link"])[1]  # type: ignore[index]
    call = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))[0]
    text = json.dumps(forged).replace("CALL", call)
    cursor = base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
    given = [("v", name) for name in NAMES] + [("limit", "100"), ("cursor", cursor)]
    response = app(Request("GET", "/api/several", urlencode(given), {"accept": "application/json"}))
    assert response.status in {200, 400, 410}, response.body
    if response.status == 200:
        names = [row["x"]["iri"] for row in json.loads(response.body)["rows"]]
        assert names == sorted(f"{SPACE}n{n}" for n in range(len(NAMES)))[len(NAMES) - len(names) :]


KIND = {"string": "string", "iri": "iri", "lang": "lang", "number": "integer", "date": "date"}


@pytest.mark.parametrize("hazard", HAZARDS, ids=range(len(HAZARDS)))
def test_each_case_of_the_corpus_is_bound_as_data_or_refused(app: App, hazard: dict[str, str]) -> None:
    kind, value = hazard["type"], hazard["value"]
    if kind == "name":
        response = app(Request("GET", "/api/" + quote(value, safe=""), "", {}))
        assert response.status in {400, 404}
    elif kind == "var":
        response = app(Request("GET", "/api/echo-string", urlencode([("v", "x"), (value, "1")]), {}))
        assert response.status == 400
    elif kind == "limit":
        response = app(Request("GET", "/api/echo-string", urlencode([("v", "x"), ("limit", value)]), {}))
        assert response.status == 400
        assert json.loads(response.body)["parameter"] == "limit"
    else:
        response = call(app, f"echo-{KIND[kind]}", value)
        assert response.status in {200, 400}
        if response.status == 200:
            assert len(bindings(response)) == len(NAMES)
            assert bindings(response)[0]["v"]["value"] == value


def test_the_corpus_is_the_one_that_is_shared() -> None:
    theirs = shared("hazards", "params", "injection.jsonl")
    assert [json.loads(line) for line in theirs.read_text(encoding="utf-8").splitlines()] == HAZARDS


PREFIXES = [
    "",
    "/id",
    "/data",
    "/page",
    "/graph",
    "/api",
    "/queries",
    "/ontology",
    "/ns",
    "/about",
    "/shapes",
    "/dataset",
]


@pytest.mark.parametrize("prefix", PREFIXES)
def test_no_path_of_the_corpus_leads_anywhere(city: App, prefix: str) -> None:
    for path in shared("hazards", "http", "paths.txt").read_text(encoding="utf-8").splitlines():
        target, _, query = (prefix + path).partition("?")
        response = city(Request("GET", target, query, {}))
        assert response.status in {400, 404}, f"{prefix}{path[:80]}: {response.status}"
        assert not any(name == "Location" for name, _ in response.headers)


@hypothesis.seed(SEED)
@settings(
    max_examples=EXAMPLES // 4, deadline=None, print_blob=True, database=None, suppress_health_check=list(HealthCheck)
)
@given(st.sampled_from(PREFIXES), st.one_of(VALUES, st.text(max_size=30)), st.booleans(), st.text(max_size=20))
def test_no_path_is_an_error_of_ours(city: App, prefix: str, rest: str, encoded: bool, accept: str) -> None:
    hypothesis.note(f"seed {SEED}")
    path = (
        quote(rest, safe="/%", errors="surrogatepass") if encoded else "".join(c for c in rest if "\x20" < c < "\x7f")
    )
    target, _, query = f"{prefix}/{path}".partition("?")
    response = city(Request("GET", target, query, {"accept": accept}))
    assert response.status < 500, response.body
    for name, value in response.headers:
        assert (name + value).isprintable()


Make = Callable[..., Path]


def test_markup_in_data_is_text_on_a_page(make_project: Make) -> None:
    """A label, an IRI of another scheme and a file's name that look like markup stay what they are."""
    text = (
        "@prefix : <https://example.org/h/id/> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        ':x skos:prefLabel "<script>alert(1)</script>"@en ; :home <javascript:alert(1)> ; :p "&lt;\\"\'>" .\n'
    )
    app = plain_app(make_project({"data/a<b>.ttl": text}, f'base = "{SPACE}"\n'))
    for target in ("/page/x", "/graph/data/a%3Cb%3E.ttl"):
        page = app(Request("GET", target, "", {"accept": "text/html"})).body.decode()
        assert "&lt;script&gt;" in page
        assert "<script" not in page
        assert 'href="javascript' not in page
        assert "a<b>" not in page
