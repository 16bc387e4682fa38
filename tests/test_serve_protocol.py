"""SPARQL 1.1 Protocol, Service Description and Graph Store Protocol: the W3C's tests, and real clients."""

from __future__ import annotations

import datetime
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, needs, shared
from rdflib import Graph
from rdflib.compare import isomorphic
from serving import Served, serving

from kgtool.project import open_project
from kgtool.serve import Request
from kgtool.serve.app import App
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot

sys.path.insert(0, str(ROOT / "tests" / "suites"))
import protocol

NOW = datetime.datetime(2024, 5, 1, tzinfo=datetime.UTC)
ADDRESS = "http://www.example"
# The suite's 20 query tests and its three of the service description; the other 14 protocol tests are updates.
QUERY_TESTS = 23
WANGJIN = ROOT / "tests" / "projects" / "wangjin"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("wangjin")
    with serving(WANGJIN, folder) as served:
        yield served


def test_every_query_and_service_description_test_of_the_w3c_passes(
    make_project: Callable[..., Path], tmp_path: Path
) -> None:
    suite = shared("conformance", "sparql11")
    folder = make_project({"data/suite.trig": protocol.preloaded(suite)})
    with serving(folder, tmp_path, "--allow-findings") as served:
        results = protocol.run(suite, shared("conformance", "protocol_suite.py"), served.url, tmp_path / "results.json")
    failed = [(kind, name, why) for kind, name, outcome, why in results if outcome is False]
    skipped = {name for kind, name, outcome, _ in results if outcome is None and kind == "protocol"}
    passed = [name for _, name, outcome, _ in results if outcome]
    assert failed == []
    assert len(passed) == QUERY_TESTS
    assert all("update" in name for name in skipped), skipped


def test_every_read_of_the_graph_store_suite_gives_what_the_writes_before_it_left(
    make_project: Callable[..., Path],
) -> None:
    count = 0
    for number, read in enumerate(protocol.reads(shared("conformance", "sparql11"), ADDRESS)):
        folder = make_project({"data/store.trig": protocol.as_trig(read.graphs)}, name=f"store{number}")
        app = App(open_snapshot(open_project(folder, {}, {}), NOW, reasons=False), ServeSettings(address=ADDRESS))
        path, _, query = read.path.partition("?")
        response = app(Request(read.method, "/graph-store" + path, query, {"accept": "text/turtle"}))
        assert response.status == read.expected, read
        if read.body is not None:
            kind = dict(response.headers)["Content-Type"]
            assert kind == "text/turtle; charset=utf-8"
            base = ADDRESS + "/graph-store" + path
            assert isomorphic(Graph().parse(data=response.body, format="turtle", publicID=base),
                              Graph().parse(data=read.body, format="turtle", publicID=base)), read  # fmt: skip
        for method in ("PUT", "POST", "DELETE", "PATCH"):
            refused = app(
                Request(method, "/graph-store" + path, query, {"content-type": "text/turtle"}, b"<a:b> <a:c> 1 .")
            )
            assert refused.status == 405
            assert dict(refused.headers)["Allow"] == "GET, HEAD, OPTIONS"
        count += 1
    assert count >= 14


def test_a_graph_is_named_by_exactly_one_absolute_iri(served: Served) -> None:
    for target in ("", "?graph=", "?graph=x", "?default&graph=urn:x", "?graph=urn:x&graph=urn:y", "?nothing=1"):
        assert served.ask("GET", "/graph-store" + target).status == 400, target
    assert served.ask("GET", "/graph-store?graph=urn:x").status == 404
    assert served.ask("GET", "/graph-store?default", accept="image/png").status == 406
    everything = served.ask("GET", "/graph-store?default", accept="application/n-triples")
    assert len(everything.body.splitlines()) == served.health()["data"]["triples"]


def test_curl_reads_the_endpoint(served: Served) -> None:
    curl = shutil.which("curl")
    if curl is None:
        needs("curl", "curl is not installed: apt-get install curl")
    command = [curl, "--silent", "--show-error", "--fail", "-H", "Accept: text/csv",
               "--data-urlencode", "query=SELECT ?s { ?s a cd:Visit } ORDER BY ?s", f"{served.url}/sparql"]  # fmt: skip
    said = subprocess.run([str(part) for part in command], capture_output=True, timeout=60, check=True).stdout.decode()
    assert said.splitlines()[0] == "s"
    assert len(said.splitlines()) > 1
    failing = [*command[:-2], "query=SELECT", command[-1]]
    assert (
        subprocess.run([str(part) for part in failing], capture_output=True, timeout=60, check=False).returncode == 22
    )


def test_sparqlwrapper_reads_the_endpoint(served: Served) -> None:
    from SPARQLWrapper import JSON, POST, TURTLE, XML, SPARQLExceptions, SPARQLWrapper

    wrapper = SPARQLWrapper(f"{served.url}/sparql")
    wrapper.setQuery("SELECT (COUNT(*) AS ?n) { ?s a cd:Visit }")
    counts = set()
    for form in (JSON, XML):
        for method in ("GET", POST):
            wrapper.setReturnFormat(form)
            wrapper.setMethod(method)
            answer = wrapper.query().convert()
            counts.add(answer["results"]["bindings"][0]["n"]["value"] if form == JSON else
                       answer.getElementsByTagName("literal")[0].firstChild.data)  # fmt: skip
    assert len(counts) == 1
    assert counts != {"0"}
    wrapper.setReturnFormat(TURTLE)
    wrapper.setQuery("CONSTRUCT { ?s a cd:Visit } { ?s a cd:Visit }")
    assert len(Graph().parse(data=wrapper.query().convert(), format="turtle")) == int(counts.pop())
    wrapper.setReturnFormat(JSON)
    wrapper.setQuery("SELECT")
    with pytest.raises(SPARQLExceptions.QueryBadFormed):
        wrapper.query()


def test_rdflibs_sparql_store_reads_the_endpoint(served: Served) -> None:
    from rdflib import URIRef
    from rdflib.plugins.stores.sparqlstore import SPARQLStore

    graph = Graph(SPARQLStore(f"{served.url}/sparql", returnFormat="json"))
    visits = list(graph.query("SELECT ?s { ?s a <https://w3id.org/city-diplomacy/ns#Visit> }"))
    assert visits
    assert all(isinstance(visit[0], URIRef) for visit in visits)
    assert len(list(graph.triples((visits[0][0], None, None)))) > 1
    assert bool(graph.query("ASK { ?s ?p ?o }").askAnswer)
