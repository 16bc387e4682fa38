"""The W3C's SPARQL 1.1 protocol suites on a running `kgtool serve`, which only reads.

The runner beside the repository does the protocol and service description tests; their data is preloaded under the names
that the tests use. The graph store's tests write before they read: here each GET and HEAD is put to a server that was
started with what the writes before it would have left, and the writes themselves must be refused.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from rdflib import RDF, Graph, Namespace, Node
from rdflib.collection import Collection

MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
HT = Namespace("http://www.w3.org/2011/http#")
CNT = Namespace("http://www.w3.org/2011/content#")
NAMES = "http://kasei.us/2009/09/sparql/data/data{}.rdf"
CODES = {"OK": 200, "Created": 201, "NoContent": 204, "BadRequest": 400, "NotFound": 404}


def preloaded(suite: Path) -> str:
    """The suite's data as TriG, under the suite's graph names."""
    files = [(number, (suite / "protocol" / f"data{number}.nt").read_text()) for number in (1, 2, 3)]
    return "".join(f"GRAPH <{NAMES.format(number)}> {{\n{text}}}\n" for number, text in files)


def run(suite: Path, runner: Path, url: str, out: Path) -> list[tuple[str, str, bool | None, str]]:
    """Suite, test, outcome (None: skipped) and reason of each protocol and service description test."""
    command = [sys.executable, runner, "--tests", suite, "--query", f"{url}/sparql", "--setup", "none", "--json", out]
    subprocess.run([str(part) for part in command], check=True, capture_output=True, timeout=300)
    return [(a, b, c, d) for a, b, c, d in json.loads(out.read_text())]


@dataclass(frozen=True)
class Read:
    """One GET or HEAD of a graph store test.

    Attributes:
        graphs: what the store holds by then: graph IRI ("" the default graph) to Turtle texts that were put and posted.
        path: behind the endpoint, e.g. `?default` or `/person/1.ttl`.
        expected: status.
        body: Turtle that must be isomorphic to the answer; None when none is given.
    """

    test: str
    method: str
    path: str
    graphs: dict[str, tuple[str, ...]]
    expected: int
    body: str | None


def reads(suite: Path, address: str) -> Iterator[Read]:
    """Every GET and HEAD of the graph store's manifests."""
    for kind in ("indirect", "direct"):
        file = suite / "graph-store-protocol" / f"manifest-{kind}.ttl"
        graph = Graph().parse(file, format="turtle", publicID="http://example.org/suite/")
        for manifest in graph.subjects(RDF.type, MF.Manifest):
            for entries in graph.objects(manifest, MF.entries):
                for test in Collection(graph, entries):
                    yield from _reads_of(graph, test, address)


def _reads_of(graph: Graph, test: Node, address: str) -> Iterator[Read]:
    name = str(test).rpartition("#")[2]
    state: dict[str, tuple[str, ...]] = {}
    made = f"{address}/graph-store/made"
    action = graph.value(test, MF.action)
    for request in Collection(graph, graph.value(action, HT.requests)):
        method = str(graph.value(request, HT.methodName))
        path = str(graph.value(request, HT.absolutePath)).removeprefix("/gsp").replace("$LOCATION$", made)
        iri = _graph_of(path, address) or (made if method == "POST" and path == "" else "")
        if method in {"GET", "HEAD"}:
            response = graph.value(request, HT.resp)
            status = str(graph.value(response, MF.expectedStatus)).rpartition("#")[2]
            body = graph.value(graph.value(response, HT.body), CNT.chars)
            yield Read(
                name,
                method,
                path,
                dict(state),
                CODES[status],
                None if body is None else str(body).replace("$LOCATION$", made),
            )
        elif method == "DELETE":
            state.pop(iri, None)
        else:
            text = _turtle(graph, request)
            state[iri] = (text,) if method == "PUT" else (*state.get(iri, ()), text)


def _graph_of(path: str, address: str) -> str:
    if path.startswith("?graph="):
        return unquote(path.removeprefix("?graph="))
    return "" if path in {"", "?default"} else f"{address}/graph-store{path}"


def _turtle(graph: Graph, request: Node) -> str:
    """The body of a write; of a form with files, the files' contents one after another."""
    text = str(graph.value(graph.value(request, HT.body), CNT.chars))
    if "Content-Disposition" not in text:
        return text
    parts = [
        part.strip().partition("\n\n") for part in text.replace("\r", "").split("--") if "Content-Disposition" in part
    ]
    return "\n".join(line for _, _, body in parts for line in body.splitlines())


def as_trig(graphs: dict[str, tuple[str, ...]]) -> str:
    """A store's content as one file; blank nodes of different texts stay apart."""
    out = []
    for iri, texts in graphs.items():
        merged = Graph()
        for text in texts:
            merged += Graph().parse(data=text, format="turtle", publicID=iri or "http://example.org/")
        lines = merged.serialize(format="nt")
        out.append(f"GRAPH <{iri}> {{\n{lines}}}\n" if iri else lines)
    return "".join(out)
