"""Every fact and entity of the half-year report is in the graph, rests on its place in the text, and nothing else is unsourced.

`coverage/report-2013h1.csv` says which triples state which fact; `coverage/entities-2013h1.csv` says which nodes stand for
which entity. The facts, the entities and the text lie beside the repository (`../shared`, or KGTOOL_SHARED); without them
the tests that need them are skipped, or fail where KGTOOL_REQUIRE names `shared`.
"""

import csv
import hashlib
import importlib
import json
import os
import time
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, parse

ROOT = Path(__file__).resolve().parent.parent
SHARED = Path(os.environ.get("KGTOOL_SHARED") or ROOT.parent / "shared")

CD = "https://w3id.org/city-diplomacy/ns#"
OA = "http://www.w3.org/ns/oa#"
SCHEMA = "https://schema.org/"
SKOS = "http://www.w3.org/2004/02/skos/core#"
TYPE = NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
PREFIXES = {
    **tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["kgtool"]["prefixes"],
    "cd": CD, "k": "https://w3id.org/city-diplomacy/ns/kind#", "s": "https://w3id.org/city-diplomacy/ns/status#",
    "skos": SKOS, "xsd": "http://www.w3.org/2001/XMLSchema#",
}  # fmt: skip
HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
EVIDENCED = [
    "Event", "Visit", "Meeting", "EventEdition", "Participation", "Tenure", "Tie", "Agreement", "Name", "StatusAssertion",
    "Position", "Statement", "OrdinalClaim", "AggregateCount", "RegularityClaim", "FirstOccurrenceClaim", "KindClaim",
]  # fmt: skip

Node = NamedNode | BlankNode
Term = NamedNode | BlankNode | Literal | Triple
Graph = Mapping[Node, Mapping[str, set[Term]]]
"""Subject -> predicate IRI -> objects. Literals keep their written form, which a Store would change."""


class Row(NamedTuple):
    fact: str
    subject: str
    predicate: str
    object: str


class Span(NamedTuple):
    """Code points of the text, end exclusive."""

    start: int
    end: int


def load(folder: str) -> Graph:
    graph: dict[Node, dict[str, set[Term]]] = defaultdict(lambda: defaultdict(set))
    for path in sorted((ROOT / folder).rglob("*.ttl")):
        for quad in parse(path=str(path), format=RdfFormat.TURTLE):
            if isinstance(quad.subject, NamedNode | BlankNode):
                graph[quad.subject][quad.predicate.value].add(quad.object)
    return graph


def table(name: str) -> list[dict[str, str]]:
    with (ROOT / "tests" / "coverage" / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def notes(path: Path) -> dict[str, dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return {note["id"]: note for note in map(json.loads, file)}


def properties(graph: Graph, subject: Term) -> Mapping[str, set[Term]]:
    return graph.get(subject, {}) if isinstance(subject, NamedNode | BlankNode) else {}


def objects(graph: Graph, subject: Term, predicate: str) -> set[Term]:
    return set(properties(graph, subject).get(predicate, set()))


def text_of(graph: Graph, subject: Term, predicate: str) -> str:
    (value,) = objects(graph, subject, predicate)
    assert isinstance(value, Literal)
    return value.value


def instances(graph: Graph, *classes: str) -> list[Node]:
    wanted = {NamedNode(CD + name) for name in classes}
    return sorted((s for s, p in graph.items() if wanted & p.get(TYPE.value, set())), key=str)


def node(curie: str) -> NamedNode:
    prefix, _, local = curie.partition(":")
    return NamedNode(PREFIXES[prefix] + local)


def triple(row: Row) -> Triple:
    """The triple a row writes in Turtle notation."""
    (quad,) = parse(input=f"{HEADER}{row.subject} {row.predicate} {row.object} .", format=RdfFormat.TURTLE)
    return Triple(quad.subject, quad.predicate, quad.object)


def spans(graph: Graph, subject: Term) -> Iterator[Span]:
    """Where the evidence of a node lies in the text."""
    for evidence in objects(graph, subject, CD + "evidence"):
        yield from selected(graph, evidence)


def selected(graph: Graph, passage: Term) -> Iterator[Span]:
    for selector in objects(graph, passage, OA + "hasSelector"):
        yield Span(int(text_of(graph, selector, OA + "start")), int(text_of(graph, selector, OA + "end")))


def lies_in(fact: Span, span: Span, text: str) -> bool:
    """Whether the span holds the fact, is at most 80 longer, and crosses no line that the fact does not cross."""
    holds = span.start <= fact.start and fact.end <= span.end
    short = (span.end - span.start) - (fact.end - fact.start) <= 80
    crosses = "\n" in text[span.start : span.end] and "\n" not in text[fact.start : fact.end]
    return holds and short and not crosses


def within_two(graph: Graph, starts: Iterable[Term]) -> set[Term]:
    """The starts and all that they lead to by one or two properties."""
    reached = set(starts)
    for _ in range(2):
        reached |= {value for at in reached for values in properties(graph, at).values() for value in values}
    return reached


# ---------- what is tested


@pytest.fixture(scope="module")
def graph() -> Graph:
    return load("data")


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    return [Row(**line) for line in table("report-2013h1.csv")]


@pytest.fixture(scope="module")
def shared() -> Path:
    if not SHARED.is_dir():
        reason = f"no folder {SHARED}: set KGTOOL_SHARED to the folder with facts/ and sources/"
        if "shared" in os.environ.get("KGTOOL_REQUIRE", "").replace(",", " ").split():
            pytest.fail(reason)
        pytest.skip(reason)
    return SHARED


@pytest.fixture(scope="module")
def texts(graph: Graph, shared: Path) -> dict[Term, str]:
    """The text of each source that is kept as a file; line ends are kept as they are."""
    return {
        source: (shared / "sources" / text_of(graph, source, CD + "fileName")).read_bytes().decode("utf-8")
        for source in instances(graph, "Source")
        if objects(graph, source, CD + "fileName")
    }


# ---------- facts and entities


def test_all_129_facts_have_rows(rows: list[Row], shared: Path) -> None:
    covered = {row.fact for row in rows}
    assert len(set(rows)) == len(rows)
    assert sorted(covered ^ set(notes(shared / "facts" / "facts.jsonl"))) == []
    assert len(covered) == 129


def test_each_row_is_stated(graph: Graph, rows: list[Row]) -> None:
    wanted = ((row, triple(row)) for row in rows)
    assert [row for row, t in wanted if t.object not in objects(graph, t.subject, t.predicate.value)] == []


def test_each_row_rests_on_the_place_of_its_fact(
    graph: Graph, rows: list[Row], shared: Path, texts: dict[Term, str]
) -> None:
    report = texts[node("src:report-2013h1")]
    facts = notes(shared / "facts" / "facts.jsonl")
    places = {name: Span(fact["start"], fact["end"]) for name, fact in facts.items()}
    for row in rows:
        evidence = spans(graph, node(row.subject))
        assert any(lies_in(places[row.fact], span, report) for span in evidence), row


def test_each_entity_is_reached_from_a_row_of_its_facts(graph: Graph, rows: list[Row], shared: Path) -> None:
    entities = [(line["entity"], line["node"]) for line in table("entities-2013h1.csv")]
    known_entities = notes(shared / "facts" / "entities.jsonl")
    assert sorted({entity for entity, _ in entities} ^ set(known_entities)) == []
    ends: dict[str, set[Term]] = defaultdict(set)
    for row in rows:
        t = triple(row)
        ends[row.fact] |= {t.subject, t.object}
    lost = []
    for entity, curie in entities:
        starts = set().union(*(ends[fact] for fact in known_entities[entity]["facts"]))
        if node(curie) not in within_two(graph, starts) or TYPE.value not in properties(graph, node(curie)):
            lost.append((entity, curie))
    assert lost == []


# ---------- evidence


def test_each_source_text_matches_its_digests(graph: Graph, texts: dict[Term, str]) -> None:
    assert texts
    for source, text in texts.items():
        lines = [f"{len(line)} {_sha256(line)}" for line in text.split("\n")]
        assert text_of(graph, source, CD + "sha256") == _sha256(text)
        assert int(text_of(graph, source, CD + "codePoints")) == len(text)
        assert text_of(graph, source, CD + "lineDigests").split("\n") == lines


def test_each_passage_digest_matches_its_span(graph: Graph, texts: dict[Term, str]) -> None:
    for passage in instances(graph, "Passage"):
        (source,) = objects(graph, passage, OA + "hasSource")
        (span,) = selected(graph, passage)
        assert str(passage).endswith(f"/{span.start}-{span.end}>")
        assert text_of(graph, passage, CD + "sha256") == _sha256(texts[source][span.start : span.end]), passage


def test_no_sentence_of_the_report_is_copied(graph: Graph, texts: dict[Term, str]) -> None:
    """Summaries and notes share no run of 14 code points with it; the longest official name has fewer."""
    report = texts[node("src:report-2013h1")]
    runs = {run for at in range(len(report) - 13) if not (run := report[at : at + 14]).isascii()}
    words = [
        value.value
        for subject in graph
        for name in (CD + "summary", CD + "participantGroup", SKOS + "editorialNote")
        for value in objects(graph, subject, name)
        if isinstance(value, Literal)
    ]
    assert [value for value in words if any(value[at : at + 14] in runs for at in range(len(value) - 13))] == []


def test_each_node_has_a_passage_or_a_citation_with_source_and_locator(graph: Graph) -> None:
    passages, sources = set(instances(graph, "Passage")), set(instances(graph, "Source"))
    citations = {
        c
        for c in instances(graph, "Citation")
        if len(objects(graph, c, CD + "source") & sources) == 1 and text_of(graph, c, CD + "locator").strip()
    }
    assert citations == set(instances(graph, "Citation"))
    for subject in instances(graph, *EVIDENCED):
        assert objects(graph, subject, CD + "evidence") & (passages | citations), subject


def test_each_wikidata_id_has_two_datasets_or_a_note(graph: Graph) -> None:
    same = SCHEMA + "sameAs"
    linked = [s for s in graph if any("wikidata.org/entity/" in str(other) for other in objects(graph, s, same))]
    assert linked
    for place in linked:
        citations = objects(graph, place, CD + "evidence")
        good = [c for c in citations if NamedNode(same) in objects(graph, c, CD + "supports")]
        datasets = set().union(*(objects(graph, citation, CD + "source") for citation in good))
        assert len(datasets) >= 2 or objects(graph, place, SKOS + "editorialNote"), place


# ---------- dates


def test_each_date_has_the_bounds_of_its_edtf_value(graph: Graph) -> None:
    pairs = {
        (subject.value, bound.value, method)
        for subject, properties in load("ontology").items()
        for name, method in (("lowerBoundProperty", "lower_strict"), ("upperBoundProperty", "upper_strict"))
        for bound in properties.get(CD + name, set())
        if isinstance(subject, NamedNode) and isinstance(bound, NamedNode)
    }
    assert len(pairs) >= 2
    for date, bound, method in pairs:
        for subject in graph:
            for _ in objects(graph, subject, date):
                value = text_of(graph, subject, date)
                assert objects(graph, subject, bound) == bound_of(value, method), (subject, value, method)


@cache
def bound_of(edtf: str, method: str) -> frozenset[Term]:
    """The day at one end of an EDTF value; an open end has none. The library gives infinity there."""
    day = getattr(importlib.import_module("edtf").parse_edtf(edtf), method)()
    if not isinstance(day, time.struct_time):
        return frozenset()
    return frozenset({Literal(time.strftime("%Y-%m-%d", day), datatype=NamedNode(PREFIXES["xsd"] + "date"))})


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
