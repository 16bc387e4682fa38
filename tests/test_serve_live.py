"""Every kind of answer from a running server: a worker is confined, so whatever a handler needs must be there already.

The same request to the core in this process and to the server gives the same status and body.
"""

from __future__ import annotations

import csv
import datetime
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from conftest import WANGJIN, run_process
from serving import Served, serving

from kgtool.pages.snippets import snippets
from kgtool.project import open_project
from kgtool.serve import Request
from kgtool.serve.app import App
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot

NOW = datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC)
VISIT = "event/visit-kazamisaki-2021-08"
TARGETS = [
    "/id/" + VISIT, "/page/" + VISIT,
    *(f"/data/{VISIT}.{form}" for form in ("ttl", "jsonld", "nt", "rdf", "trig", "nq")),
    f"/data/{VISIT}.jsonld?layer=all", "/data/never", "/about?iri=https://schema.org/City&format=ttl",
    *(f"/ns/kind?format={form}" for form in ("html", "ttl", "jsonld", "nt", "rdf")), "/ns", "/shapes", "/ontology/core",
    "/graph/data/city/bidao.ttl", "/graph/data/city/bidao.ttl?format=html", "/graph/inferred?format=nq",
    "/catalog", "/.well-known/void?format=rdf", "/dataset", "/queries", "/queries/ties-of-city?format=html", "/openapi.json",
    *(f"/api/ties-of-city?city=gov:wangjin&format={f}" for f in ("json", "csv", "tsv", "sparql-json", "sparql-xml", "xlsx")),
    "/api/ties-of-city?city=gov:wangjin&limit=2&lang=en", "/api/ties-of-city?city=gov:wangjn", "/api/ties-of-city?city=碧島市政府",
    *(f"/api/sister-city-of?format={form}" for form in ("ttl", "jsonld", "nt", "rdf")), "/api/nothing", "/data/%zz",
]  # fmt: skip


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(WANGJIN, tmp_path_factory.mktemp("served")) as served:
        yield served


def test_every_kind_of_answer_is_the_same_from_a_confined_worker(served: Served) -> None:
    app = App(open_snapshot(open_project(WANGJIN, {}, {}), NOW), ServeSettings(address=served.url))
    for target in TARGETS:
        sent = quote(target, safe="/:?=&%+@.-_~")
        path, _, query = sent.partition("?")
        expected = app(Request("GET", path, query, {"accept-language": "en"}))
        reply = served.ask("GET", sent, accept_language="en")
        assert (reply.status, reply.body) == (expected.status, expected.body), target
        etag = dict(expected.headers).get("ETag", "")
        assert reply.fields.get("etag", "") == etag
        if etag:
            again = served.ask("GET", sent, accept_language="en", if_none_match=etag)
            assert (again.status, again.body) == (304, b"")
        assert served.ask("HEAD", sent, accept_language="en").status == expected.status


@pytest.mark.parametrize("language", ["zh-Hant", "en", "ja"])
def test_the_page_that_an_iri_leads_to_speaks_the_languages_of_the_pages(served: Served, language: str) -> None:
    reply = served.ask("GET", "/page/" + VISIT, accept_language=language)
    assert (reply.status, reply.fields["content-language"]) == (200, language)


def test_what_a_page_says_to_ask_with_asks_on_the_command_line_over_http_and_from_python(served: Served) -> None:
    """The same rows by each way. A value with quotes and blanks reaches the query whole."""
    given = (("city", "gov:wangjin"), ("asOf", "2021-12-31"))
    command, curl, python = (text for _, text in snippets("ties-of-city", given, served.url))
    done = subprocess.run(
        [sys.executable, "-c", python + "\nprint(json.dumps(rows))"], capture_output=True, check=True, timeout=60
    )
    by_python = [row["tie"]["iri"] for row in json.loads(done.stdout)["rows"]]
    words = shlex.split(curl)
    assert words[:2] == ["curl", "-H"]
    fetched = served.ask("GET", words[-1].removeprefix(served.url), **dict([words[2].lower().split(": ")]))
    by_http = [line[0] for line in csv.reader(fetched.body.decode().splitlines())][1:]
    ran = run_process(*shlex.split(command)[1:], "--format", "csv", cwd=WANGJIN)
    by_hand = [line[0] for line in csv.reader(ran.out.splitlines())][1:]
    assert by_python == by_http == by_hand
    assert len(by_python) > 3


def test_a_hostile_value_in_a_snippet_is_one_value(served: Served) -> None:
    hostile = "a'b\"c $(touch x) `id` \\ {d} %41&e=f 高雄"
    command, curl, python = (text for _, text in snippets("ties-of-city", (("city", hostile),), served.url))
    assert shlex.split(command) == ["kgtool", "query", "ties-of-city", "--param", f"city={hostile}"]
    assert parse_qs(urlsplit(shlex.split(curl)[-1]).query) == {"city": [hostile]}
    asked: dict[str, str] = {}
    exec(python.split("request =")[0], asked)  # noqa: S102 - the two lines that make the address
    assert parse_qs(asked["asked"]) == {"city": [hostile]}
