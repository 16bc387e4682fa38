"""Canonical labels: equal to those of another implementation of RDFC-1.0, whatever the input calls its blank nodes."""

from __future__ import annotations

import random

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.terms import RDF
from kgtool.write.canonical import TooAlikeError, canonical_lines, digest, line

EX = "http://example.org/"
Quads = list[ox.Quad]


def reference(quads: Quads) -> list[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(line(quad) for quad in dataset)


def renamed(quads: Quads, seed: int) -> Quads:
    """The same dataset: blank nodes called otherwise, quads in another order."""
    chance = random.Random(seed)
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def other(term: object) -> object:
        if not isinstance(term, ox.BlankNode):
            return term
        return names.setdefault(term, ox.BlankNode(f"r{chance.getrandbits(60)}"))

    out = [ox.Quad(other(q.subject), q.predicate, other(q.object), other(q.graph_name)) for q in quads]  # type: ignore[arg-type]
    return sorted(out, key=lambda _: chance.random())


def chain(values: list[str]) -> Quads:
    """A collection of values."""
    cells = [ox.BlankNode(f"cell{number}") for number in range(len(values))]
    quads = [ox.Quad(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), cells[0])]
    for number, value in enumerate(values):
        rest = cells[number + 1] if number + 1 < len(values) else ox.NamedNode(RDF + "nil")
        quads.append(ox.Quad(cells[number], ox.NamedNode(RDF + "first"), ox.Literal(value)))
        quads.append(ox.Quad(cells[number], ox.NamedNode(RDF + "rest"), rest))
    return quads


NODES = st.integers(0, 5).map(lambda number: ox.BlankNode(f"b{number}"))
VALUES = st.one_of(
    NODES,
    st.just(ox.NamedNode(EX + "a")),
    st.sampled_from([ox.Literal('\t"\\\n\x7f\x01é'), ox.Literal("l", language="en")]),
)
GRAPHS = st.one_of(st.just(ox.DefaultGraph()), st.just(ox.NamedNode(EX + "g")), NODES)
DATASETS = st.lists(
    st.builds(ox.Quad, NODES, st.sampled_from([ox.NamedNode(EX + "p"), ox.NamedNode(EX + "q")]), VALUES, GRAPHS),
    max_size=10,
)


@given(DATASETS, st.integers(0, 2**32))
def test_the_canonical_form_is_that_of_another_implementation_and_of_every_renaming(quads: Quads, seed: int) -> None:
    found = canonical_lines(quads)
    assert found == reference(quads)
    assert found == canonical_lines(renamed(quads, seed))


def test_different_datasets_that_look_alike_node_by_node_differ() -> None:
    """Two triangles and a hexagon: every blank node has one way in and one way out."""

    def ring(start: int, length: int) -> Quads:
        nodes = [ox.BlankNode(f"n{start + number}") for number in range(length)]
        return [ox.Quad(a, ox.NamedNode(EX + "p"), b) for a, b in zip(nodes, [*nodes[1:], nodes[0]], strict=True)]

    assert digest(canonical_lines(ring(0, 3) + ring(3, 3))) != digest(canonical_lines(ring(0, 6)))


@pytest.mark.parametrize(
    "values", [[str(n) for n in range(20_000)], [str(n // 2) for n in range(20_000)]], ids=["all differ", "in pairs"]
)
def test_a_long_collection_is_canonicalized_without_recursion(values: list[str]) -> None:
    quads = chain(values)
    assert canonical_lines(quads) == canonical_lines(renamed(quads, 1))


def test_what_looks_too_much_alike_is_refused_within_bounds() -> None:
    with pytest.raises(TooAlikeError):
        canonical_lines(chain(["same"] * 400), most_steps=20_000)


def test_a_collection_of_equal_values_within_the_bound_is_canonicalized() -> None:
    quads = chain(["same"] * 60)
    assert canonical_lines(quads) == reference(quads)
