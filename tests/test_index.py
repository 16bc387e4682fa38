"""Columns of integers: what is put in comes out, by file, and indexes that share codes join."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest

from kgtool.index import Index
from kgtool.load import Dataset, load
from kgtool.project import ProjectFile

P, Q = ox.NamedNode("x:p"), ox.NamedNode("x:q")


def quads(*rows: tuple[str, ox.NamedNode, str]) -> list[ox.Quad]:
    return [ox.Quad(ox.NamedNode(f"x:{s}"), p, ox.NamedNode(f"x:{o}")) for s, p, o in rows]


@pytest.fixture
def two_files() -> Index:
    index = Index()
    index.extend(quads(("a", P, "b"), ("c", Q, "d")), "one")
    index.extend(quads(("a", P, "b"), ("e", P, "f")), "two")
    return index


def named(index: Index, *names: str) -> tuple[int, ...]:
    return tuple(index.iri(f"x:{name}") for name in names)


def test_a_statement_of_two_files_has_both_as_sources(two_files: Index) -> None:
    a, b, e, p = named(two_files, "a", "b", "e", "p")
    assert two_files.sources_of(a, p, b) == ("one", "two")
    assert two_files.sources_of(e, p) == ("two",)
    assert two_files.sources_of(e, p, b) == ()


def test_the_statements_of_a_file_are_a_span_of_each_column(two_files: Index) -> None:
    p, q = named(two_files, "p", "q")
    assert [two_files.span(p, number) for number in (0, 1, 2)] == [(0, 1), (1, 3), (0, 0)]
    assert [two_files.span(q, number) for number in (0, 1)] == [(0, 1), (0, 0)]
    assert list(two_files.marks(p)) == [(0, 0, 1), (1, 1, 3)]


def test_joined_indexes_keep_codes_and_sources_and_leave_the_parts_alone(two_files: Index) -> None:
    other = two_files.layer()
    other.extend(quads(("g", P, "h")), "three")
    joined = two_files.layer()
    joined.join(two_files)
    joined.join(other)
    g, h, p = named(two_files, "g", "h", "p")
    assert (len(two_files), len(other), len(joined)) == (4, 1, 5)
    assert joined.objects(g, p) == (h,)
    assert joined.sources_of(g, p) == ("three",)
    assert list(joined) == [*((s, o, v) for s, o, v in two_files if o == p), (g, p, h), *((s, o, v) for s, o, v in two_files if o != p)]  # fmt: skip


def test_some_predicates_can_be_joined_without_the_others(two_files: Index) -> None:
    (q,) = named(two_files, "q")
    joined = two_files.layer()
    joined.join(two_files, [q, 10_000])
    assert joined.predicates == (q,)


def test_an_index_is_distinct_until_two_files_make_one_statement(two_files: Index) -> None:
    assert not two_files.distinct()
    once = Index()
    once.extend(quads(("a", P, "b"), ("a", Q, "b"), ("a", P, "b")), "one")  # what a file repeats is in one graph
    assert once.distinct()
    once.extend(quads(("a", P, "c")), "two")
    assert not once.distinct()  # nobody looks closer: "surely"
    assert once.distinct(named(once, "q"))


def test_tables_are_made_again_after_an_addition(two_files: Index) -> None:
    a, e, p = named(two_files, "a", "e", "p")
    assert two_files.objects(a, p) == named(two_files, "b")
    two_files.put(p, [a], [e])
    assert two_files.objects(a, p) == named(two_files, "b", "e")
    two_files.forget()
    assert two_files.objects(a, p) == named(two_files, "b", "e")


# --- a dataset's columns


@pytest.fixture
def dataset(make_project: Callable[..., Path]) -> Dataset:
    root = make_project({
        "ontology/o.ttl": "<x:Cls> <x:p> <x:o> .",
        "data/b.ttl": "<x:b> <x:p> _:one . _:one <x:q> 1 . <x:b> <x:q> 2 .",
        "data/a.trig": "<x:g> { <x:a> <x:p> 1 } <x:a> <x:p> 2 . _:g { <x:a> <x:q> 3 }",
        "shapes/s.ttl": "<x:only-here> <x:p> <x:o> .",
    })  # fmt: skip
    names = ["ontology/o.ttl", "data/b.ttl", "data/a.trig", "shapes/s.ttl"]
    return load([ProjectFile(name, root / name, name.partition("/")[0]) for name in names])


def test_quads_come_back_in_file_order_with_their_graphs(dataset: Dataset) -> None:
    rows = [
        (
            str(quad.subject).partition("n")[0],
            quad.predicate.value,
            getattr(quad.object, "value", "")[:1],
            quad.graph_name,
        )
        for quad in dataset.quads("data")
    ]
    trig, turtle = (ox.NamedNode(f"urn:kgtool:graph:data/{name}") for name in ("a.trig", "b.ttl"))
    blank = rows[2][3]
    assert isinstance(blank, ox.BlankNode)
    stem = rows[4][0]
    assert rows == [
        ("<x:a>", "x:p", "1", ox.NamedNode("x:g")), ("<x:a>", "x:p", "2", trig), ("<x:a>", "x:q", "3", blank),
        ("<x:b>", "x:p", "f", turtle), (stem, "x:q", "1", turtle), ("<x:b>", "x:q", "2", turtle),
    ]  # fmt: skip


def test_a_dataset_of_its_own_quads_is_the_same_dataset(dataset: Dataset) -> None:
    again = Dataset.of({file: tuple(dataset.of_file(file)) for file in dataset.files}, dataset.findings)
    assert again == dataset
    assert again != Dataset.of({}, dataset.findings)


def test_what_only_shapes_mention_is_no_part_of_the_facts(dataset: Dataset) -> None:
    facts, every = dataset.index("ontology", "data"), dataset.index()
    assert facts.iri("x:only-here") == every.iri("x:only-here") >= 0
    assert facts.iri("x:only-here") not in facts.mentioned
    assert facts.iri("x:b") in facts.mentioned
    assert every.iri("x:only-here") in every.mentioned


def test_a_label_that_a_file_writes_is_not_taken_for_the_new_label_of_another_files_node(
    make_project: Callable[..., Path],
) -> None:
    first = load([_file(make_project({"data/a.ttl": "<x:a> <x:p> [] ."}), "a.ttl")])
    label = next(quad.object.value for quad in first.quads())  # type: ignore[union-attr]
    root = make_project({"data/a.ttl": "<x:a> <x:p> [] .", "data/b.ttl": f"<x:b> <x:p> _:{label} ."})
    both = load([_file(root, "a.ttl"), _file(root, "b.ttl")])
    assert len({quad.object for quad in both.quads()}) == 2


def _file(root: Path, name: str) -> ProjectFile:
    return ProjectFile(f"data/{name}", root / "data" / name, "data")
