"""All that is stated of one IRI: statements with their files and evidence, blank nodes, what points back, what follows."""

from __future__ import annotations

import datetime
import functools
import random

import pyoxigraph as ox
import pytest
from conftest import WANGJIN

from kgtool.describe import Facts, describe, file_of
from kgtool.project import open_project
from kgtool.snapshot import Snapshot, open_snapshot

EX = "https://example.org/x/"
ID = "https://example.org/wangjin/id/"
CD = "https://w3id.org/city-diplomacy/ns#"
NOW = datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC)
PREFIXES = f"""@prefix : <{EX}> . @prefix cd: <{CD}> . @prefix dct: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> . """


@functools.cache
def wangjin() -> Snapshot:
    return open_snapshot(open_project(WANGJIN, {}, {}), NOW)


def facts(**graphs: str) -> Facts:
    """Facts of Turtle texts, each in the named graph `urn:kgtool:graph:KEY.ttl`."""
    quads = []
    for name, text in graphs.items():
        graph = ox.NamedNode(f"urn:kgtool:graph:{name}.ttl")
        quads += [ox.Quad(*q.triple, graph) for q in ox.parse((PREFIXES + text).encode(), format=ox.RdfFormat.TURTLE)]
    return Facts(quads)


def test_every_statement_of_a_resource_is_told_once_with_its_file() -> None:
    found = describe(wangjin().facts, ID + "event/visit-kazamisaki-2021-08")
    assert found is not None
    stated = {q.triple for q in wangjin().stated if q.subject == ox.NamedNode(found.iri)}
    assert {s.triple for s in found.stated} == stated
    assert len(found.stated) == len(stated)
    assert {file_of(g) for s in found.stated for g in s.graphs} == {"data/visit/2021/kazamisaki-2021-08.ttl"}


def test_what_follows_is_apart_from_what_is_stated() -> None:
    found = describe(wangjin().facts, ID + "event/visit-kazamisaki-2021-08")
    assert found is not None
    assert all(s.inferred and not s.graphs for s in found.inferred)
    assert not any(s.inferred for s in found.stated)
    assert CD + "Event" in [s.object.value for s in found.inferred if isinstance(s.object, ox.NamedNode)]
    assert found.types[0] == CD + "Visit"


def test_a_statement_of_two_files_names_both() -> None:
    found = describe(facts(a=":x :p 1 .", b=":x :p 1 . :x :q 2 ."), EX + "x")
    assert found is not None
    assert [s.graphs for s in found.stated] == [
        ("urn:kgtool:graph:a.ttl", "urn:kgtool:graph:b.ttl"), ("urn:kgtool:graph:b.ttl",),
    ]  # fmt: skip


def test_evidence_is_that_of_the_node_that_supports_the_property() -> None:
    """A passage that says what it supports supports nothing else; one that says nothing supports all."""
    text = ":x :p 1 ; :q 2 ; cd:evidence :one , :two . :one cd:supports :p . :two a cd:Passage ."
    found = describe(facts(a=text), EX + "x")
    assert found is not None
    by_property = {s.predicate.value: [e.value for e in s.evidence] for s in found.stated}
    assert by_property == {EX + "p": [EX + "one", EX + "two"], EX + "q": [EX + "two"], CD + "evidence": []}
    assert [(e.node.value, e.supports) for e in found.evidence] == [(EX + "one", (EX + "p",)), (EX + "two", ())]


def test_a_passage_comes_with_its_selector_and_source() -> None:
    found = describe(wangjin().facts, ID + "event/visit-kazamisaki-2021-08")
    assert found is not None
    passage = found.evidence[0]
    assert passage.source == ox.NamedNode(ID + "source/report-2021h2")
    assert {"99", "152"} <= {s.object.value for s in passage.statements if isinstance(s.object, ox.Literal)}


def test_blank_nodes_are_followed_even_in_a_circle() -> None:
    found = describe(facts(a=":x :p _:a . _:a :q _:b . _:b :r _:a ; :s 1 . _:c :t 2 ."), EX + "x")
    assert found is not None
    assert [s.predicate.value.removeprefix(EX) for s in found.nested] == ["q", "r", "s"]


def test_what_points_back_is_paged_and_counted() -> None:
    text = " ".join(f":s{n:03} :p :x ." for n in range(25))
    whole = describe(facts(a=text), EX + "x")
    pages = [describe(facts(a=text), EX + "x", 10, skip) for skip in (0, 10, 20)]
    assert whole is not None
    assert whole.incoming_total == 25
    assert sum((page.incoming for page in pages if page), ()) == whole.incoming


def test_labels_are_those_of_every_neighbour_by_language_tag() -> None:
    found = describe(wangjin().facts, ID + "agreement/kazamisaki-2018")
    assert found is not None
    assert found.labels[found.iri]["en"] == "Friendship agreement of Wangjin and Kazamisaki"
    assert found.labels[ID + "government/kazamisaki"]["zh-Hant"]
    assert found.labels[CD + "party"]["en"]


def test_a_preferred_label_wins_over_other_label_properties() -> None:
    text = ':x rdfs:label "general"@en ; skos:prefLabel "preferred"@en .'
    prefix = "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . "
    assert facts(a=prefix + text).label(EX + "x") == {"en": "preferred"}


def test_withdrawn_and_replaced_resources_say_so() -> None:
    table = facts(a=":old dct:isReplacedBy :new . :gone owl:deprecated true . :kept owl:deprecated false .")
    old, gone, kept = (describe(table, EX + name) for name in ("old", "gone", "kept"))
    assert old is not None
    assert (old.deprecated, old.replaced_by) == (True, (EX + "new",))
    assert gone is not None
    assert (gone.deprecated, gone.replaced_by) == (True, ())
    assert kept is not None
    assert not kept.deprecated


def test_an_unknown_iri_has_no_description() -> None:
    assert describe(wangjin().facts, ID + "event/nothing") is None
    with pytest.raises(ValueError, match="IRI"):
        describe(wangjin().facts, "not an iri")


def test_every_resource_of_a_whole_project_has_a_description_in_an_order_of_its_own() -> None:
    """The same statements in another order give the same description, but for the order of a statement's files."""
    stated = list(wangjin().stated)
    random.Random(8).shuffle(stated)
    other = Facts(stated)
    plain = Facts(wangjin().stated)
    for subject in sorted({q.subject.value for q in stated if isinstance(q.subject, ox.NamedNode)})[::7]:
        one, two = describe(plain, subject), describe(other, subject)
        assert one is not None
        assert two is not None
        assert [s.triple for s in one.stated] == [s.triple for s in two.stated]
        assert [s.triple for s in one.incoming] == [s.triple for s in two.incoming]
