"""What the endpoint says of itself. Source: SPARQL 1.1 Service Description §3; VoID §2 for the counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.engine import Limits
from kgtool.errors import Texts, texts
from kgtool.lang import plural
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import INFERRED, Snapshot
from kgtool.terms import DCT, RDF, RDFS, XSD

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
FORMATS = "http://www.w3.org/ns/formats/"
ENTAILMENT = "http://www.w3.org/ns/entailment/"
PREFIXES = {"sd": SD, "void": VOID, "formats": FORMATS, "ent": ENTAILMENT}
_FORMS = (
    "SPARQL_Results_JSON", "SPARQL_Results_XML", "SPARQL_Results_CSV", "SPARQL_Results_TSV",
    "Turtle", "N-Triples", "RDF_XML", "JSON-LD",
)  # fmt: skip
_Node = ox.NamedNode | ox.BlankNode


def describe(snapshot: Snapshot, settings: ServeSettings, endpoint: str) -> tuple[ox.Triple, ...]:
    """The triples of the description. Cost: linear in the quads, once a snapshot."""
    return tuple(_triples(snapshot, settings, endpoint))


def _triples(snapshot: Snapshot, settings: ServeSettings, endpoint: str) -> Iterator[ox.Triple]:
    service, dataset, default = ox.NamedNode(endpoint), ox.BlankNode("dataset"), ox.BlankNode("default")
    yield _link(service, RDF + "type", SD + "Service")
    yield _link(service, SD + "endpoint", endpoint)
    yield _link(service, SD + "supportedLanguage", SD + "SPARQL11Query")
    yield from (_link(service, SD + "resultFormat", FORMATS + name) for name in _FORMS)
    yield ox.Triple(service, ox.NamedNode(SD + "defaultDataset"), dataset)
    yield from (_text(service, RDFS + "comment", text, tag) for tag, text in _caps(settings.limits).items())
    yield _link(dataset, RDF + "type", SD + "Dataset")
    yield ox.Triple(dataset, ox.NamedNode(SD + "defaultGraph"), default)
    yield _link(default, RDF + "type", SD + "Graph")
    yield _text(default, RDFS + "comment", "各檔案之具名圖的聯集,皆為所載明者。", "zh-Hant")
    yield _text(default, RDFS + "comment", "The union of the graphs of all files: what is stated.", "en")
    yield _count(default, len({quad.triple for quad in snapshot.stated}))
    sizes = Counter(quad.graph_name.value for quad in snapshot.stated if isinstance(quad.graph_name, ox.NamedNode))
    for number, (name, size) in enumerate(sorted(sizes.items())):
        yield from _graph(dataset, f"n{number}", name, size)
    if snapshot.inferred:
        yield from _graph(dataset, "inferred", INFERRED, len(snapshot.inferred))
        named = ox.BlankNode("inferred")
        yield _link(named, SD + "entailmentRegime", ENTAILMENT + "OWL-RDF-Based")
        yield _text(named, DCT + "description", "OWL 2 RL 推得而未載明者;不在預設圖中。", "zh-Hant")
        yield _text(
            named, DCT + "description", "What follows by OWL 2 RL and is not stated; not in the default graph.", "en"
        )


def _caps(limits: Limits) -> Texts:
    return texts(
        zh=f"唯讀。一項查詢最多 {limits.seconds:g} 秒、{limits.rows} 列、{limits.answer} 位元組;超過者為錯誤,絕不截斷。",
        en=f"Read-only. At most {limits.seconds:g} s, {limits.rows} {plural(limits.rows, 'row')} and {limits.answer} bytes "
        "a query; what would be "
        "more is an error and is never cut.",
    )


def _graph(dataset: ox.BlankNode, label: str, name: str, size: int) -> Iterator[ox.Triple]:
    named, graph = ox.BlankNode(label), ox.BlankNode(label + "g")
    yield ox.Triple(dataset, ox.NamedNode(SD + "namedGraph"), named)
    yield _link(named, RDF + "type", SD + "NamedGraph")
    yield _link(named, SD + "name", name)
    yield ox.Triple(named, ox.NamedNode(SD + "graph"), graph)
    yield _link(graph, RDF + "type", SD + "Graph")
    yield _count(graph, size)


def _link(subject: _Node, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.NamedNode(value))


def _text(subject: _Node, predicate: str, value: str, tag: str) -> ox.Triple:
    return ox.Triple(subject, ox.NamedNode(predicate), ox.Literal(value, language=tag))


def _count(subject: _Node, count: int) -> ox.Triple:
    number = ox.Literal(str(count), datatype=ox.NamedNode(XSD + "integer"))
    return ox.Triple(subject, ox.NamedNode(VOID + "triples"), number)
