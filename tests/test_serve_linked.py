"""Linked data: every IRI leads to documents about it, with what is stated and what follows apart."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import WANGJIN
from plain_app import ADDRESS, plain_app

from kgtool.describe import file_of
from kgtool.serve import Request, Response
from kgtool.serve.app import App
from kgtool.serve.layers import FORMS, NQUADS, TRIG, TRIPLE_FORMS
from kgtool.snapshot import INFERRED, Snapshot

Make = Callable[..., Path]
ID = "https://example.org/wangjin/id/"
VISIT = "event/visit-kazamisaki-2021-08"
PARSED = {
    "ttl": ox.RdfFormat.TURTLE, "nt": ox.RdfFormat.N_TRIPLES, "rdf": ox.RdfFormat.RDF_XML,
    "jsonld": ox.RdfFormat.JSON_LD, "trig": ox.RdfFormat.TRIG, "nq": ox.RdfFormat.N_QUADS,
}  # fmt: skip
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


def served(folder: Path, **settings: Any) -> App:
    return plain_app(folder, **settings)


@functools.cache
def wangjin() -> App:
    return served(WANGJIN)


def snapshot() -> Snapshot:
    return wangjin().snapshot


def get(target: str, accept: str = "", app: App | None = None, method: str = "GET", **headers: str) -> Response:
    path, _, query = target.partition("?")
    fields = {"accept": accept, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return (app or wangjin())(Request(method, path, query, fields))


def header(response: Response, name: str) -> str:
    return {key.lower(): value for key, value in response.headers}.get(name, "")


def quads(response: Response) -> set[ox.Quad]:
    form = next(f for f in FORMS if header(response, "content-type").startswith(f.media))
    return set(ox.parse(response.body, format=PARSED[form.name]))


def named_iris() -> list[str]:
    return sorted({q.subject.value for q in snapshot().stated if isinstance(q.subject, ox.NamedNode)})


# --- the thing and its documents


@pytest.mark.parametrize(
    ("accept", "where"),
    [
        ("", "/page/"), ("*/*", "/page/"), (BROWSER, "/page/"), ("text/turtle", "/data/"), ("application/ld+json", "/data/"),
        ("application/rdf+xml;q=0.9, text/html;q=0.1", "/data/"), ("text/html;q=0.2, text/turtle;q=0.1", "/page/"),
        ("text/turtle;q=0, */*", "/page/"), ("application/*", "/data/"),
    ],
)  # fmt: skip
def test_a_thing_answers_303_to_the_document_that_the_client_prefers(accept: str, where: str) -> None:
    response = get("/id/" + VISIT, accept)
    assert (response.status, header(response, "location")) == (303, ADDRESS + where + VISIT)
    assert "Accept" in header(response, "vary")


def test_a_client_that_accepts_no_form_is_told_which_there_are() -> None:
    response = get("/data/" + VISIT, "image/png")
    assert response.status == 406
    assert "text/turtle" in json.loads(response.body)["available"]


def test_every_iri_of_the_data_dereferences_to_all_that_is_stated_of_it() -> None:
    base = ID
    for iri in named_iris():
        if not iri.startswith(base):
            continue
        path = iri.removeprefix(base)
        assert get("/id/" + path).status == 303, iri
        response = get(f"/data/{path}.nq")
        assert response.status == 200, iri
        stated = {q for q in snapshot().stated if q.subject == ox.NamedNode(iri)}
        found = quads(response)
        labelled = {q for q in stated if not isinstance(q.object, ox.BlankNode)}
        assert labelled <= found, iri


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)
def test_a_document_says_the_same_by_its_ending_and_by_accept(form: object) -> None:
    name, media = form.name, form.media  # type: ignore[attr-defined]
    one, two = get(f"/data/{VISIT}.{name}"), get(f"/data/{VISIT}", media)
    assert one.status == two.status == 200
    assert one.body == two.body
    assert header(one, "etag") == header(two, "etag")
    assert header(two, "content-location") == f"{ADDRESS}/data/{VISIT}.{name}"


def test_all_triple_forms_say_the_same() -> None:
    said = [quads(get(f"/data/{VISIT}.{form.name}")) for form in TRIPLE_FORMS]
    datasets = []
    for found in said:
        dataset = ox.Dataset(found)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        datasets.append(sorted(map(str, dataset)))
    assert all(one == datasets[0] for one in datasets)


# --- stated and inferred


@pytest.mark.parametrize("form", [TRIG, NQUADS], ids=lambda form: form.name)
def test_graphs_tell_the_file_that_states_it_from_what_follows(form: object) -> None:
    found = quads(get(f"/data/{VISIT}.{form.name}"))  # type: ignore[attr-defined]
    inferred = {q.triple for q in found if q.graph_name == ox.NamedNode(INFERRED)}
    stated = {q.triple for q in found if isinstance(q.graph_name, ox.NamedNode)} - inferred
    assert inferred
    assert not inferred & {q.triple for q in snapshot().stated}
    assert {str(t) for t in inferred} <= {str(t) for t in snapshot().inferred}
    assert stated


def test_triple_forms_hold_what_is_stated_unless_a_layer_is_asked_for() -> None:
    event = ox.NamedNode("https://w3id.org/city-diplomacy/ns#Event")
    follows = (ox.NamedNode(ID + VISIT), ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type"), event)

    def holds(target: str) -> bool:
        return any((q.subject, q.predicate, q.object) == follows for q in quads(get(target)))

    assert not holds(f"/data/{VISIT}.ttl")
    assert holds(f"/data/{VISIT}.ttl?layer=inferred")
    assert holds(f"/data/{VISIT}.nt?layer=all")
    assert not holds(f"/data/{VISIT}.trig?layer=stated")


def test_jsonld_keeps_what_follows_in_a_named_graph() -> None:
    found = quads(get(f"/data/{VISIT}.jsonld?layer=all"))
    assert {str(q.graph_name) for q in found} == {"DEFAULT", f"<{INFERRED}>"}


# --- headers


def test_links_lead_from_the_document_to_thing_page_and_other_forms() -> None:
    links = header(get(f"/data/{VISIT}.ttl"), "link")
    for part in (
        f'<{ADDRESS}/page/{VISIT}>; rel="alternate"; type="text/html"',
        f'<{ADDRESS}/data/{VISIT}.jsonld>; rel="alternate"; type="application/ld+json"',
        f'<{ID}{VISIT}>; rel="describes"', f'<{ADDRESS}/data/{VISIT}>; rel="canonical"',
    ):  # fmt: skip
        assert part in links
    assert f'<{ADDRESS}/data/{VISIT}.ttl>; rel="describedby"; type="text/turtle"' in header(get("/id/" + VISIT), "link")


def test_links_use_the_configured_address_whatever_host_the_client_claims() -> None:
    response = get("/id/" + VISIT, host="evil.example", x_forwarded_host="evil.example", forwarded="host=evil.example")
    assert "evil.example" not in str(response.headers)
    page = get("/page/" + VISIT, host="evil.example", x_forwarded_host="evil.example")
    assert b"evil.example" not in page.body


@pytest.mark.parametrize("target", [f"/data/{VISIT}.ttl", f"/page/{VISIT}", "/ns?format=ttl", "/graph/inferred"])
def test_a_client_that_has_the_document_gets_304_without_a_body(target: str) -> None:
    first = get(target)
    again = get(target, if_none_match=f'"other", {header(first, "etag")}')
    assert (again.status, again.body) == (304, b"")
    assert header(again, "etag") == header(first, "etag")
    assert header(again, "vary") == header(first, "vary")


def test_etags_differ_by_form_layer_and_language() -> None:
    tags = [header(get(f"/data/{VISIT}{rest}"), "etag") for rest in (".ttl", ".nt", ".nt?layer=all", ".nq")]
    tags += [header(get(f"/page/{VISIT}", accept_language=tag), "etag") for tag in ("en", "zh-Hant")]
    assert len(set(tags)) == len(tags)


def test_head_is_answered_as_get_and_other_methods_are_refused() -> None:
    assert get(f"/data/{VISIT}.ttl", method="HEAD").status == 200
    response = get(f"/data/{VISIT}", method="DELETE")
    assert (response.status, header(response, "allow")) == (405, "GET, HEAD, OPTIONS")
    assert get(f"/data/{VISIT}", method="OPTIONS").status == 204


@pytest.mark.parametrize(
    ("wanted", "language", "title"),
    [
        ("en", "en", "Visit from Kazamisaki"), ("zh-Hant", "zh-Hant", "風岬町訪團"), ("", "zh-Hant", "風岬町訪團"),
        ("ja, en;q=0.5", "en", "Visit from Kazamisaki"), ("zh-TW", "zh-Hant", "風岬町訪團"), ("fr", "zh-Hant", "風岬町訪團"),
        ("en;q=0.1, zh;q=0.9", "zh-Hant", "風岬町訪團"),
    ],
)  # fmt: skip
def test_a_page_is_in_the_language_asked_for_with_one_fallback(wanted: str, language: str, title: str) -> None:
    response = get("/page/" + VISIT, accept_language=wanted)
    assert header(response, "content-language") == language
    assert "Accept-Language" in header(response, "vary")
    assert f"<title>{title}" in response.body.decode()


# --- vocabularies, graphs, anything else


@pytest.mark.parametrize("path", ["/ns", "/ns/kind", "/ns/status", "/shapes", "/ontology/core", "/ontology/core/0.1.0"])
def test_vocabularies_answer_in_turtle_and_as_a_page(path: str) -> None:
    assert get(path, "text/turtle").status == 200
    page = get(path, BROWSER)
    assert header(page, "content-type").startswith("text/html")
    assert "creativecommons" in header(get("/ontology/core"), "link")


def test_every_term_of_the_ontology_is_in_the_document_its_iri_leads_to() -> None:
    page = get("/ns", BROWSER).body.decode()
    found = quads(get("/ns", "application/n-triples"))
    space = "https://w3id.org/city-diplomacy/ns#"
    for iri in named_iris():
        if iri.startswith(space):
            assert f'id="{iri.removeprefix(space)}"' in page
    stated = {q.triple for q in snapshot().stated if str(q.subject).startswith(f"<{space}")}
    assert {t for t in stated if not isinstance(t.object, ox.BlankNode)} <= {q.triple for q in found}


def test_every_named_graph_dereferences_to_what_its_file_states() -> None:
    for graph in {q.graph_name.value for q in snapshot().stated if isinstance(q.graph_name, ox.NamedNode)}:
        response = get(f"/graph/{file_of(graph)}", "application/n-quads")
        assert response.status == 200, graph
        found = {q for q in quads(response) if q.graph_name == ox.NamedNode(graph)}
        stated = {q for q in snapshot().stated if q.graph_name == ox.NamedNode(graph)}
        assert len(found) == len(stated), graph


def test_the_graph_of_what_follows_holds_the_closure() -> None:
    found = {q for q in quads(get("/graph/inferred", "application/n-quads")) if q.graph_name == ox.NamedNode(INFERRED)}
    assert len(found) == len(snapshot().inferred)


def test_any_other_iri_has_a_description_and_one_of_the_data_leads_home() -> None:
    assert get("/about?iri=https%3A%2F%2Fschema.org%2FCity", "text/turtle").status == 200
    response = get("/about?iri=" + (ID + VISIT).replace(":", "%3A"))
    assert (response.status, header(response, "location")) == (303, f"{ADDRESS}/id/{VISIT}")
    assert get("/about?iri=https://nowhere.example/").status == 404
    assert get("/about?iri=javascript:alert(1)").status == 404


# --- withdrawn, odd and hostile

TOMBSTONES = (
    """@prefix : <https://example.org/t/id/> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
:a/old dct:isReplacedBy <https://example.org/t/id/a/mid> . """.replace(":a/old", "<https://example.org/t/id/a/old>")
    + """
<https://example.org/t/id/a/mid> owl:deprecated true ; dct:isReplacedBy <https://example.org/t/id/a/new> .
<https://example.org/t/id/a/new> skos:prefLabel "new"@en .
<https://example.org/t/id/a/gone> owl:deprecated true .
<https://example.org/t/id/a/split> dct:isReplacedBy <https://example.org/t/id/a/new>, <https://example.org/t/id/a/other> .
<https://example.org/t/id/a/away> dct:isReplacedBy <https://evil.example/> .
<https://example.org/t/id/a/loop> dct:isReplacedBy <https://example.org/t/id/a/pool> .
<https://example.org/t/id/a/pool> dct:isReplacedBy <https://example.org/t/id/a/loop> .
<https://example.org/t/id/b/高雄> skos:prefLabel "by a name that is no ASCII"@en .
<https://example.org/t/id/b/a%20b> skos:prefLabel "encoded"@en .
<https://example.org/t/id/b/x.ttl> skos:prefLabel "ends like a file"@en .
"""
)


@pytest.fixture
def tombs(make_project: Make) -> App:
    return served(make_project({"data/a.ttl": TOMBSTONES}, 'base = "https://example.org/t/id/"\n'))


@pytest.mark.parametrize("kind", ["id", "page", "data"])
def test_a_replaced_resource_leads_to_the_end_of_the_chain(tombs: App, kind: str) -> None:
    response = get(f"/{kind}/a/old", app=tombs)
    place = "page" if kind == "page" else kind
    assert (response.status, header(response, "location")) == (301, f"{ADDRESS}/{place}/a/new")
    assert 'rel="successor-version"' in header(response, "link")


def test_a_form_asked_for_by_ending_is_kept_by_the_redirect(tombs: App) -> None:
    assert header(get("/data/a/old.jsonld", app=tombs), "location") == f"{ADDRESS}/data/a/new.jsonld"


@pytest.mark.parametrize("name", ["gone", "split", "away", "loop"])
def test_a_withdrawn_resource_without_one_successor_here_is_gone(tombs: App, name: str) -> None:
    """Never a redirect off this site, never in a circle."""
    response = get(f"/id/a/{name}", app=tombs)
    assert (response.status, header(response, "location")) == (410, "")
    assert json.loads(response.body)["code"] == "E-RESOURCE-GONE"


def test_what_never_was_is_404(tombs: App) -> None:
    assert get("/id/a/never", app=tombs).status == 404
    assert get("/id/", app=tombs).status == 404


@pytest.mark.parametrize("path", ["b/%E9%AB%98%E9%9B%84", "b/a%20b", "b/x.ttl", "b/%61%20b"])
def test_an_iri_is_found_by_every_way_to_write_it(tombs: App, path: str) -> None:
    assert get("/id/" + path, app=tombs).status == 303
    response = get("/data/" + path, "text/turtle", app=tombs)
    assert response.status == 200
    for name, value in response.headers:
        assert (name + value).isascii()


def test_a_resource_with_many_that_point_to_it_is_paged(make_project: Make) -> None:
    lines = " ".join(f"<https://example.org/t/id/s/{n:04}> :p <https://example.org/t/id/hub> ." for n in range(1100))
    app = served(make_project({"data/a.ttl": "@prefix : <urn:x#> . " + lines}, 'base = "https://example.org/t/id/"\n'))
    seen: set[ox.Quad] = set()
    target, pages = "/data/hub", 0
    while target:
        response = get(target, "application/n-triples", app=app)
        seen |= {q for q in quads(response) if q.predicate == ox.NamedNode("urn:x#p")}
        after = re.search(r'<([^<>]*)>; rel="next"', header(response, "link"))
        target = after[1].removeprefix(ADDRESS) if after else ""
        pages += 1
    assert (len(seen), pages) == (1100, 3)
    assert get("/data/hub?page=4", app=app).status == 404


@pytest.mark.parametrize(
    "query", ["layer=some", "page=0", "page=x", "page=1&page=2", "leyer=all", "page=%31%zz", "page=１"]
)
def test_a_wrong_parameter_is_a_problem_that_names_it(query: str) -> None:
    response = get(f"/data/{VISIT}?{query}")
    body = json.loads(response.body)
    assert response.status == 400
    assert header(response, "content-type") == "application/problem+json"
    assert set(body["messages"]) == {"zh-Hant", "en"}
    assert body.get("nearest", "layer") == "layer"


# --- the dataset as a whole


def test_the_catalogue_is_dcat_and_void_is_found_where_it_is_looked_for() -> None:
    catalogue, void = quads(get("/catalog")), quads(get("/.well-known/void", "application/n-triples"))
    dcat, space = "http://www.w3.org/ns/dcat#", "http://rdfs.org/ns/void#"
    assert any(q.object == ox.NamedNode(dcat + "Catalog") for q in catalogue)
    assert {q.triple for q in catalogue} < {q.triple for q in void}
    dataset = ox.NamedNode(ADDRESS + "/dataset")
    assert any((q.subject, q.predicate) == (dataset, ox.NamedNode(space + "uriLookupEndpoint")) for q in void)


def test_every_graph_of_the_dataset_is_a_subset_whose_dump_has_as_many_statements_as_it_says() -> None:
    void = quads(get("/.well-known/void", "application/n-triples"))
    space = "http://rdfs.org/ns/void#"
    subsets = {q.object for q in void if q.predicate == ox.NamedNode(space + "subset") and "/graph/" in str(q.object)}
    said = {q.subject: q.object.value for q in void if q.predicate == ox.NamedNode(space + "triples")}
    dumps = {q.subject: q.object.value for q in void if q.predicate == ox.NamedNode(space + "dataDump")}
    assert len(subsets) > 40
    for subset in sorted(subsets, key=str)[::9]:
        found = [q for q in quads(get(dumps[subset].removeprefix(ADDRESS))) if q.graph_name != ox.DefaultGraph()]
        assert len(found) == int(said[subset])


def test_what_the_catalogue_names_here_leads_to_it() -> None:
    names = {q.subject.value for q in quads(get("/catalog")) if str(q.subject).startswith(f"<{ADDRESS}/")}
    assert len(names) > 50
    for name in names - {ADDRESS + "/catalog", ADDRESS + "/sparql"}:
        response = get(name.removeprefix(ADDRESS))
        assert response.status == 303, name
    assert get("/query/nothing").status == 404


def test_documents_say_which_dataset_they_belong_to() -> None:
    assert ox.Quad(
        ox.NamedNode(f"{ADDRESS}/data/{VISIT}"),
        ox.NamedNode("http://rdfs.org/ns/void#inDataset"),
        ox.NamedNode(ADDRESS + "/dataset"),
    ) in quads(get(f"/data/{VISIT}.nt"))
