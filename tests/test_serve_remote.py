"""`kgtool serve --endpoint`: what is served in front of an engine is what is served from the files, or is refused by name."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from html import unescape
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest
from conftest import WANGJIN
from engines import Engine
from remote_front import Fronts, fronts, get
from test_golden import FICTIONAL, texts

from kgtool.engine.canon import canonical
from kgtool.index import Index
from kgtool.serve.remote.gathered import Gathered
from kgtool.serve.remote.view import RemoteIndex

BASE = "https://example.org/wangjin/id/"
THINGS = (
    "government/wangjin", "event/visit-bidao-2021-10", "agreement/bidao-sister", "claim/joint-youth-race", "place/wangjin",
)  # fmt: skip


@pytest.fixture(params=["oxigraph", "virtuoso"], scope="module")
def both(request: pytest.FixtureRequest) -> Iterator[Fronts]:
    engine: Engine = request.getfixturevalue(request.param)
    with fronts(engine, WANGJIN) as found:
        yield found


def names(both: Fronts) -> Sequence[str]:
    """Paths of resources of every kind, behind `/id/`."""
    quads = both.near.snapshot.stated
    every = {q.subject.value for q in quads if isinstance(q.subject, ox.NamedNode) and q.subject.value.startswith(BASE)}
    return sorted(iri.removeprefix(BASE) for iri in every)


def test_every_named_query_gives_the_rows_that_the_files_give(both: Fronts) -> None:
    wrong = {}
    for name, (given, _) in FICTIONAL.items():
        pairs = [
            (key, one) for key, value in texts(given).items() for one in ([value] if isinstance(value, str) else value)
        ]
        target = f"/api/{name}?{urlencode([*pairs, ('format', 'tsv')])}"
        near, far = get(both.near, target), get(both.far, target)
        assert near.status == 200, near.body
        if (far.status, far.body) != (near.status, near.body):
            wrong[name] = (far.status, far.body[:300], near.body[:300])
    assert wrong == {}
    assert len(FICTIONAL) >= 33


def test_json_has_the_same_labels_and_pages_lead_through_all_rows(both: Fronts) -> None:
    target = "/api/ties-of-city?city=gov:wangjin&lang=en"
    near, far = get(both.near, target), get(both.far, target)
    strip = re.compile(rb'"version": "[0-9a-f]*"')
    assert strip.sub(b"", far.body) == strip.sub(b"", near.body)
    first = get(both.far, target + "&limit=1")
    link = dict(first.headers)["Link"]
    following = re.search(r'<https://kg\.example(/[^>]*)>; rel="next"', link)
    assert following, link
    second = get(both.far, following[1])
    assert second.status == 200
    assert second.body != first.body


def test_documents_say_what_the_files_say(both: Fronts) -> None:
    wrong = []
    many = names(both)
    for name in {*THINGS, *many[:: max(1, len(many) // 30)]}:
        near, far = get(both.near, f"/data/{name}.nt?layer=stated"), get(both.far, f"/data/{name}.nt?layer=stated")
        if near.status != far.status or graph(near.body) != graph(far.body):
            wrong.append((name, near.status, far.status, far.body[:300]))
    assert wrong == []


def graph(body: bytes) -> frozenset[ox.Triple] | None:
    """A document's triples whatever its blank nodes are called, numbers by value as engines keep them."""
    store = ox.Store()
    store.extend(ox.parse(body, format=ox.RdfFormat.N_TRIPLES) if body[:1] != b"{" else ())
    return canonical(quad.triple for quad in store)


def test_quads_stand_in_the_graphs_of_their_files(both: Fronts) -> None:
    if both.remote.graph:
        return  # one graph for all: the engine does not know of files
    near, far = (get(app, "/data/event/visit-bidao-2021-10.nq").body for app in (both.near, both.far))
    grounds = [{line for line in body.splitlines() if b"_:" not in line} for body in (near, far)]
    assert grounds[0] == grounds[1]
    assert any(b"urn:kgtool:graph:data/" in line for line in grounds[1])


def words(body: bytes) -> Counter[str]:
    """The characters that a page shows, in no order: an engine has no file's order, and some sentences are lists."""
    text = body.decode()
    main = re.search(r"<main.*?</main>", text, re.DOTALL)
    shown = re.sub(r"<script.*?</script>", " ", main[0] if main else text, flags=re.DOTALL)
    return Counter("".join(unescape(without_files(re.sub(r"<[^>]*>", " ", shown))).split()))


def without_files(text: str) -> str:
    """Without the names of files and the data's version: an engine with one graph knows no files."""
    return re.sub(r"(data/[\w./-]+|urn:kgtool:\S+|https://example.org/everything|[0-9a-f]{12})[\s·,]*", "", text)


def test_pages_of_resources_say_what_those_of_the_files_say(both: Fronts) -> None:
    wrong = []
    many = names(both)
    for name in {*THINGS, *many[:: max(1, len(many) // 12)]}:
        if name == "government/wangjin":
            continue  # a hub: what is cut short depends on the order, and an engine has no file's
        for language in ("en", "zh-hant"):
            near, far = get(both.near, f"/{language}/id/{name}"), get(both.far, f"/{language}/id/{name}")
            one, other = words(near.body), words(far.body)
            if near.status != far.status or one != other:
                wrong.append((name, near.status, far.status, one - other, other - one, far.body[:200]))
    assert wrong == []


def test_lists_and_query_pages(both: Fronts) -> None:
    for path in ("/en/cities", "/en/visits", "/zh-hant/people", "/en/queries/ties-of-city?city=gov:wangjin"):
        near, far = get(both.near, path), get(both.far, path)
        assert near.status == far.status == 200, far.body[:300]
        assert words(near.body) == words(far.body), path
    front = get(both.far, "/en/")
    assert front.status == 200
    assert b"ties-of-city" in front.body


REFUSED = ("/sparql", "/sparql?query=ASK%7B%7D", "/graph-store?default", "/catalog", "/.well-known/void", "/graph/inferred",
           "/en/query?query=ASK%7B%7D", "/en/ontology", "/en/search?q=a", "/en/source", "/en/browse")  # fmt: skip


@pytest.mark.parametrize("path", REFUSED)
def test_what_is_not_given_is_refused_by_name_and_says_where_to_go(both: Fronts, path: str) -> None:
    asked = both.far._line.asked
    refused = get(both.far, path)
    assert refused.status == 501
    assert b"E-REMOTE-NOT-HERE" in refused.body
    assert b"/queries" in refused.body
    assert both.far._line.asked == asked  # nothing of it came near the engine
    page = get(both.far, path, accept="text/html")
    assert page.status == 501
    assert (b"<main" in page.body) == path.startswith("/en/")


HOSTILE = ("/id/%3E%7D%20UNION%20%7B", "/data/a%3E%20b.ttl", "/en/id/a%3E%7B%7D", "/about?iri=x:%3E%20y", "/en/term/cd/%3E", "/en/id/%00",
           "/page/%22%5C", "/about?iri=javascript:alert(1)", "/en/node/0123456789abcdef", "/en/cities/9999", "/data/..%2F..%2Fetc.ttl",
           "/api/ties-of-city?city=%3Chttp://a/%3E%7D%7D", "/en/queries/ties-of-city?city=%3E%22%7D")  # fmt: skip


@pytest.mark.parametrize("path", HOSTILE)
def test_what_a_client_writes_is_never_part_of_a_question(both: Fronts, path: str) -> None:
    answer = get(both.far, path)
    assert answer.status in {200, 400, 404, 501}, answer.body
    assert b"E-INTERNAL" not in answer.body
    assert b"E-REMOTE-QUERY" not in answer.body
    assert b"E-QUERY-SYNTAX" not in answer.body


def test_the_description_is_valid_and_names_what_an_engine_may_do(both: Fronts) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    near, far = (json.loads(get(app, "/openapi.json").body) for app in (both.near, both.far))
    OpenAPIV31SpecValidator(far).validate()
    assert {"502", "504"} <= set(far["paths"]["/api/claims"]["get"]["responses"])
    assert not {"502", "504"} & set(near["paths"]["/api/claims"]["get"]["responses"])
    assert set(near["paths"]) == set(far["paths"])


def test_what_is_asked_for_leaves_no_trace_in_the_tables_of_the_model() -> None:
    model = Index()
    model.extend([ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:b"), ox.NamedNode("urn:c"))])
    index = RemoteIndex(model, Gathered.__new__(Gathered))
    assert [index.iri("urn:a"), index.iri("urn:c")] == [model.iri("urn:a"), model.iri("urn:c")]
    assert [index.iri(f"urn:x{n}") for n in range(100)] == [*range(3, 103)]
    assert (len(model.terms), len(model.ids), model.iri("urn:x0")) == (3, 3, -1)
