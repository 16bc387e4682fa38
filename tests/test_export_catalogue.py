"""The catalogue: DCAT-AP's official shapes have nothing to say, its figures are those of the data, its queries run."""

from __future__ import annotations

import datetime
import functools
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN, shared

from kgtool.engine import EmbeddedStore, Solutions
from kgtool.export.catalogue import Distribution, Placed, catalogue
from kgtool.export.names import DCAT, VOID
from kgtool.project import open_project
from kgtool.shacl import Engine, validate
from kgtool.snapshot import Snapshot, open_snapshot
from kgtool.terms import RDF, SH

NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
PLACED = Placed(
    "https://example.org/packages/wangjin/",
    "https://example.org/sparql",
    (Distribution("https://example.org/data.nq", "application/n-quads", {"en": "Data"}, 17, "ab" * 32),),
)


@functools.cache
def snapshot(project: Path) -> Snapshot:
    return open_snapshot(open_project(project, {}, {}), NOW)


@functools.cache
def made(project: Path, placed: Placed = PLACED) -> tuple[ox.Triple, ...]:
    return catalogue(snapshot(project), placed)


def objects(triples: tuple[ox.Triple, ...], subject: str, predicate: str) -> list[str]:
    return [t.object.value for t in triples if t.subject.value == subject and t.predicate.value == predicate]


@functools.cache
def dcat_ap() -> tuple[ox.Quad, ...]:
    """The official shapes, without five sh:property links to shapes that neither of its files has."""
    files = (shared("conformance", "dcat-ap", name) for name in ("dcat-ap-SHACL.ttl", "ranges.ttl"))
    quads = [quad for file in files for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE)]
    there = {quad.subject for quad in quads}
    whole = [quad for quad in quads if quad.predicate.value != SH + "property" or quad.object in there]
    assert len(quads) - len(whole) == 5
    return tuple(whole)


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("project", [ROOT, WANGJIN], ids=["real", "wangjin"])
def test_the_official_shapes_of_dcat_ap_have_nothing_to_say(project: Path, engine: Engine) -> None:
    assert validate(made(project), dcat_ap(), engine) == ()


@pytest.mark.parametrize("engine", list(Engine))
@pytest.mark.parametrize("predicate", ["title", "description", "publisher"])
def test_the_official_shapes_see_what_is_missing(predicate: str, engine: Engine) -> None:
    catalog = PLACED.base + "catalog"
    broken = [
        t for t in made(WANGJIN) if not (t.subject.value == catalog and t.predicate.value.endswith("/" + predicate))
    ]
    assert {result.focus for result in validate(broken, dcat_ap(), engine)} == {catalog}


def test_the_figures_are_those_of_the_data() -> None:
    found, dataset = made(WANGJIN), PLACED.base + "dataset"
    triples = {quad.triple for quad in snapshot(WANGJIN).stated}
    assert objects(found, dataset, VOID + "triples") == [str(len(triples))]
    parts = objects(found, dataset, VOID + "propertyPartition")
    assert sum(int(objects(found, part, VOID + "triples")[0]) for part in parts) == len(triples)
    people = sum(1 for t in triples if t.predicate.value == RDF + "type" and str(t.object).endswith("ns#Person>"))
    person = next(p for p in objects(found, dataset, VOID + "classPartition") if objects(found, p, VOID + "class")[0].endswith("ns#Person"))  # fmt: skip
    assert objects(found, person, VOID + "entities") == [str(people)]


def test_links_to_other_datasets_are_linksets() -> None:
    found = made(ROOT)
    sets = objects(found, PLACED.base + "dataset", VOID + "subset")
    targets = {objects(found, objects(found, one, VOID + "objectsTarget")[0], VOID + "uriSpace")[0] for one in sets}
    assert "http://www.wikidata.org/entity/" in targets


def test_every_example_query_runs_as_it_is_written_and_most_have_rows() -> None:
    found = made(ROOT)
    store = EmbeddedStore(snapshot(ROOT).stated)
    queries = [t.object.value for t in found if t.predicate.value == SH + "select"]
    assert len(queries) == len(snapshot(ROOT).catalog.role("ask"))
    answers = [store.query(text, {}) for text in queries]
    assert sum(isinstance(answer, Solutions) and bool(answer.rows) for answer in answers) > len(queries) * 3 // 4


def test_a_catalogue_without_an_endpoint_or_files_names_none() -> None:
    bare = made(WANGJIN, Placed("https://example.org/x/"))
    assert not any(t.predicate.value in {DCAT + "service", DCAT + "distribution"} for t in bare)


def test_the_catalogue_has_no_blank_node_and_is_the_same_every_time() -> None:
    assert not any(isinstance(term, ox.BlankNode) for t in made(WANGJIN) for term in (t.subject, t.object))
    assert catalogue(snapshot(WANGJIN), PLACED) == made(WANGJIN)
