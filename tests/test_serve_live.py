"""Every kind of answer from a running server: a worker is confined, so whatever a handler needs must be there already.

The same request to the core in this process and to the server gives the same status and body.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from conftest import WANGJIN
from serving import Served, serving

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
    *(f"/api/ties-of-city?city=gov:wangjin&format={f}" for f in ("json", "csv", "tsv", "sparql-json", "sparql-xml")),
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
