"""Every way out: what a text says when it is read again is what was written, to the letter."""

from __future__ import annotations

import datetime
import functools
import json
from collections.abc import Callable, Iterable

import pyoxigraph as ox
import pytest
from conftest import WANGJIN
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.errors import QueryError
from kgtool.project import open_project
from kgtool.snapshot import INFERRED, Snapshot, open_snapshot
from kgtool.terms import WELL_KNOWN, XSD
from kgtool.write.graphs import jsonld_dataset
from kgtool.write.syntaxes import to_nquads, to_ntriples, to_rdfxml, to_trig

F = ox.RdfFormat
NOW = datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC)
EX = "https://example.org/x/"


@functools.cache
def wangjin() -> Snapshot:
    return open_snapshot(open_project(WANGJIN, {}, {}), NOW)


def canonical(quads: Iterable[ox.Quad]) -> list[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return sorted(map(str, dataset))


def read(text: str, form: ox.RdfFormat) -> list[ox.Quad]:
    return list(ox.parse(text.encode("utf-8"), format=form))


def rdfxml(triples: Iterable[ox.Triple]) -> str:
    return to_rdfxml(triples, WELL_KNOWN)


TRIPLES: list[tuple[Callable[[Iterable[ox.Triple]], str], ox.RdfFormat]] = [
    (to_ntriples, F.N_TRIPLES),
    (rdfxml, F.RDF_XML),
]


@pytest.mark.parametrize(("write", "form"), TRIPLES, ids=["nt", "rdfxml"])
def test_a_whole_project_comes_back_from_a_triple_syntax(
    write: Callable[[Iterable[ox.Triple]], str], form: ox.RdfFormat
) -> None:
    triples = {quad.triple for quad in wangjin().stated}
    assert canonical(read(write(triples), form)) == canonical(ox.Quad(*t) for t in triples)


def test_a_whole_project_comes_back_from_a_quad_syntax_with_its_graphs() -> None:
    quads = [*wangjin().stated, *(ox.Quad(*t, ox.NamedNode(INFERRED)) for t in wangjin().inferred)]
    prefixes = wangjin().project.prefixes
    assert canonical(read(to_trig(quads, prefixes), F.TRIG)) == canonical(quads)
    assert canonical(read(to_nquads(quads), F.N_QUADS)) == canonical(quads)


def test_jsonld_keeps_a_named_graph_apart() -> None:
    triples = [ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("1"))]
    other = [ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.NamedNode(EX + "b"))]
    text = jsonld_dataset(triples, {INFERRED: other}, {"x": EX})
    assert canonical(read(text, F.JSON_LD)) == canonical(
        [ox.Quad(*triples[0]), ox.Quad(*other[0], ox.NamedNode(INFERRED))]
    )
    assert json.loads(text)["@graph"][0] == {"@graph": [{"@id": "x:a", "x:p": [{"@id": "x:b"}]}], "@id": INFERRED}


def test_language_tags_are_written_in_canonical_case() -> None:
    triple = ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("市", language="zh-Hant"))
    for text in (to_ntriples([triple]), rdfxml([triple]), to_trig([ox.Quad(*triple)], {})):
        assert "zh-Hant" in text


@pytest.mark.parametrize(
    "triple",
    [
        ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "9"), ox.Literal("1")),
        ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.Literal("bell \a")),
    ],
    ids=["no local name", "control character"],
)
def test_what_xml_cannot_express_is_refused_by_name(triple: ox.Triple) -> None:
    with pytest.raises(QueryError, match="E-FORMAT"):
        rdfxml([triple])


def test_two_graphs_share_a_blank_node_in_trig() -> None:
    node = ox.BlankNode("0a")
    quads = [ox.Quad(node, ox.NamedNode(EX + "p"), node, ox.NamedNode(EX + g)) for g in "gh"]
    assert canonical(read(to_trig(quads, {}), F.TRIG)) == canonical(quads)


TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
LITERAL = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda t, g: ox.Literal(t, language=g), TEXT, st.sampled_from(["en", "zh-Hant", "ja-Latn", "de-CH"])),
    st.builds(lambda t, d: ox.Literal(t, datatype=ox.NamedNode(XSD + d)), TEXT, st.sampled_from(["date", "integer"])),
)
NODE = st.one_of(
    st.sampled_from(["a", "b", "é", "1-2", "%41"]).map(lambda n: ox.NamedNode(EX + n)),
    st.sampled_from(["0", "x1"]).map(ox.BlankNode),
)
TRIPLE = st.builds(ox.Triple, NODE, st.sampled_from("pq").map(lambda n: ox.NamedNode(EX + n)), st.one_of(NODE, LITERAL))


@settings(max_examples=60, deadline=None)
@given(st.lists(TRIPLE, max_size=8))
def test_any_statements_come_back(triples: list[ox.Triple]) -> None:
    quads = [ox.Quad(*t) for t in triples]
    assert canonical(read(to_ntriples(triples), F.N_TRIPLES)) == canonical(quads)
    assert canonical(read(to_trig(quads, {"x": EX}), F.TRIG)) == canonical(quads)
    assert canonical(read(to_nquads(quads), F.N_QUADS)) == canonical(quads)
    try:
        text = rdfxml(triples)
    except QueryError:
        return
    assert canonical(read(text, F.RDF_XML)) == canonical(quads)
