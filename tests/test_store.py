"""The embedded store: which graphs a query sees, whichever of its copies answers."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kgtool.engine import Dataset, EmbeddedStore, Solutions
from kgtool.engine.pour import pour
from kgtool.index import Column, Term


def quad(subject: str, graph: str) -> ox.Quad:
    return ox.Quad(
        ox.NamedNode(f"urn:{subject}"), ox.NamedNode("urn:graph"), ox.Literal(subject), ox.NamedNode(f"urn:{graph}")
    )


# One triple stands in two files, so the merge has three; what follows is in a graph of its own.
STATED = (quad("a", "f1"), quad("b", "f1"), quad("b", "f2"), quad("c", "f2"))
FOLLOWS = (quad("d", "inferred"),)
CASES = {
    "{ ?s ?p ?o }": "abc",
    "{ ?s <urn:graph> ?o }": "abc",
    "{ ?s ?p ?o FILTER EXISTS { ?s ?q ?r } }": "abc",
    "{ GRAPH ?g { ?s ?p ?o } }": "abbcd",
    "{ graph <urn:inferred> { ?s ?p ?o } }": "d",
    "{ ?s ?p ?o FILTER EXISTS { GRAPH <urn:f2> { ?s ?p ?o } } }": "bc",
    "FROM <urn:inferred> { ?s ?p ?o }": "d",
    "from named <urn:f1> { GRAPH ?g { ?s ?p ?o } }": "ab",
}


def subjects(store: EmbeddedStore, text: str) -> str:
    answer = store.query(text, {})
    assert isinstance(answer, Solutions)
    return "".join(str(row[0].value).removeprefix("urn:") for row in answer.rows if row[0] is not None)


@pytest.mark.parametrize("where", CASES)
def test_a_query_sees_the_graphs_that_it_names(where: str) -> None:
    store = EmbeddedStore(STATED, FOLLOWS)
    assert subjects(store, f"SELECT ?s {where} ORDER BY ?s") == CASES[where]


def test_a_request_states_the_graphs_for_any_query() -> None:
    store = EmbeddedStore(STATED, FOLLOWS)
    stated = Dataset(("urn:inferred",), ("urn:f1",))
    answer = store.evaluate("SELECT ?s { ?s ?p ?o }", {}, stated)
    assert [row[0].value for row in answer] == ["urn:d"]  # type: ignore[union-attr]


@pytest.mark.parametrize("apart", [(), FOLLOWS])
def test_every_form_sees_the_same_default_graph(apart: tuple[ox.Quad, ...]) -> None:
    store = EmbeddedStore(STATED, apart)
    assert store.query("ASK { <urn:d> ?p ?o }", {}) is False
    assert store.query("ASK { <urn:c> ?p ?o }", {}) is True
    for text in ("CONSTRUCT WHERE { ?s ?p ?o }", "DESCRIBE ?s { ?s ?p ?o }"):
        assert len(set(store.evaluate(text, {}))) == 3  # type: ignore[arg-type]


def _odd() -> list[ox.Quad]:
    """Terms that a text could lose or change."""
    node, verb, graph = ox.NamedNode("urn:s"), ox.NamedNode("urn:p"), ox.NamedNode("urn:g")
    integer = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    values = [
        ox.BlankNode("b1"), ox.Literal("012", datatype=integer), ox.Literal("x", language="zh-Hant"),
        ox.Literal('a"\\\r\n\t\x7f\u2028\U0001f600'), ox.Literal("x", datatype=ox.NamedNode("urn:d")),
        ox.NamedNode("urn:文"), ox.Triple(node, verb, ox.BlankNode("b2")),
    ]  # fmt: skip
    return [ox.Quad(node, verb, value, graph) for value in values] + [ox.Quad(ox.BlankNode("b1"), verb, node, graph)]


def test_many_terms_are_poured_as_few_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """Texts of terms are let go of when there are many, and every column is read with the terms of its own."""
    monkeypatch.setattr("kgtool.engine.pour._MOST_KEPT", 3)
    graph, verb = ox.NamedNode("urn:g"), ox.NamedNode("urn:p")
    some: list[Term] = [ox.NamedNode(f"urn:a{number}") for number in range(9)]
    others: list[Term] = [ox.Literal(f"b{number}") for number in range(9)]
    columns = [
        Column(graph, verb, range(8), range(1, 9), some),
        Column(graph, verb, [0, 1, 0], [8, 8, 7], [*some[:7], *others[7:]]),
        Column(ox.DefaultGraph(), verb, [2], [3], some),
    ]
    expected = [ox.Quad(some[at], verb, some[at + 1], graph) for at in range(8)]  # type: ignore[arg-type]
    expected += [ox.Quad(some[at], verb, others[to], graph) for at, to in ((0, 8), (1, 8), (0, 7))]  # type: ignore[arg-type]
    expected.append(ox.Quad(some[2], verb, some[3]))  # type: ignore[arg-type]
    store = ox.Store()
    pour(store, columns)
    assert set(store) == set(expected)


@pytest.mark.parametrize("blank", [True, False])
def test_columns_are_stored_as_quads_are(blank: bool) -> None:
    quads = [one for one in _odd() if blank or "_:" not in str(one)]
    terms = [term for quad in quads for term in (quad.subject, quad.object)]
    column = Column(
        ox.NamedNode("urn:g"), ox.NamedNode("urn:p"), range(0, len(terms), 2), range(1, len(terms), 2), terms
    )
    text = "SELECT * { ?s ?p ?o } ORDER BY ?s ?o"
    poured, added = EmbeddedStore.of_columns([column]), EmbeddedStore(quads)
    assert len(quads) == (8 if blank else 5)
    # The engine's own rows: one that holds a triple term is read by nobody else.
    rows = [[tuple(row) for row in store.evaluate(text, {})] for store in (poured, added)]  # type: ignore[union-attr]
    assert rows[0] == rows[1]
    assert len(rows[0]) == len(quads)
    assert poured.query("ASK { GRAPH <urn:g> { <urn:s> <urn:p> <urn:文> } }", {}) is True
