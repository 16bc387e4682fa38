"""Proofs in words: `kgtool explain`, `kgtool infer`, and contradictions as findings."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, Ran

SETTINGS = '[prefixes]\nex = "https://example.org/"\n'
HEAD = """@prefix ex: <https://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ONTOLOGY = (
    HEAD
    + """ex:twinOf a owl:SymmetricProperty ; rdfs:label "twin of"@en , "締盟"@zh-Hant ;
  rdfs:domain ex:City ;
  rdfs:subPropertyOf ex:partnerOf .
ex:City rdfs:subClassOf ex:Place ; rdfs:label "city"@en , "城市"@zh-Hant .
ex:Person owl:disjointWith ex:Place ; rdfs:label "person"@en , "人"@zh-Hant .
ex:Place rdfs:label "place"@en , "地方"@zh-Hant .
"""
)
DATA = (
    HEAD
    + """ex:a ex:twinOf ex:b ; skos:prefLabel "Port A"@en , "甲港"@zh-Hant .
ex:b skos:prefLabel "Port B"@en , "乙港"@zh-Hant ; rdfs:comment "text" .
"""
)


@pytest.fixture
def ports(make_project: Callable[..., Path]) -> Path:
    return make_project({"ontology/o.ttl": ONTOLOGY, "data/ports.ttl": DATA}, SETTINGS)


def test_a_proof_is_a_tree_with_labels_rules_and_places(ports: Path, kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("explain", "ex:b", "a", "ex:Place", "--lang", "en", cwd=ports)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "Port B (ex:b) is in class place (ex:Place)  ← superclass [cax-sco]\n"
        "├─ Port B (ex:b) is in class city (ex:City)  ← domain [prp-dom]\n"
        "│  ├─ Port B (ex:b) —twin of (ex:twinOf)→ Port A (ex:a)  ← symmetric property [prp-symp]\n"
        "│  │  ├─ Port A (ex:a) —twin of (ex:twinOf)→ Port B (ex:b)  [data/ports.ttl:3:16]\n"
        "│  │  └─ twin of (ex:twinOf) holds in both directions  [ontology/o.ttl:3:13]\n"
        "│  └─ whatever has twin of (ex:twinOf) is in class city (ex:City)  [ontology/o.ttl:4:15]\n"
        "└─ every city (ex:City) is also place (ex:Place)  [ontology/o.ttl:6:25]\n"
    )


def test_a_proof_in_chinese(ports: Path, kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("explain", "乙港", "ex:partnerOf", "甲港", "--lang", "zh-Hant", cwd=ports)
    first, second, *_ = ran.out.splitlines()
    assert first == "乙港 (ex:b) —ex:partnerOf→ 甲港 (ex:a)  ← 上位屬性 [prp-spo1]"
    assert second == "├─ 乙港 (ex:b) —締盟 (ex:twinOf)→ 甲港 (ex:a)  ← 對稱屬性 [prp-symp]"


def test_what_is_stated_says_where(ports: Path, kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("explain", "ex:b", "rdfs:comment", '"text"', "--lang", "en", cwd=ports)
    assert ran.out == 'Port B (ex:b) —rdfs:comment→ "text"  [data/ports.ttl:4:63]\n'


def test_what_does_not_follow_exits_with_one(ports: Path, kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("explain", "ex:a", "a", "ex:Person", "--lang", "en", cwd=ports)
    assert (ran.status, ran.out) == (
        1,
        "neither stated nor following from what is stated (which does not make it false).\n",
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("ex:a",), "E-USAGE"), (("nobody", "a", "ex:City"), "E-TERM"), (("ex:a", '"text"', "ex:b"), "E-TERM"),
     (("ex:a b", "a", "ex:City"), "E-TERM")],
)  # fmt: skip
def test_a_statement_that_cannot_be_read_is_an_error(
    arguments: tuple[str, ...], code: str, ports: Path, kgtool: Callable[..., Ran]
) -> None:
    ran = kgtool("explain", *arguments, cwd=ports)
    assert (ran.status, ran.out) == (2, "")
    assert code in ran.err


def test_a_label_of_two_things_is_refused_with_both(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"data/d.ttl": HEAD + 'ex:a rdfs:label "port"@en . ex:b rdfs:label "port"@en .'}, SETTINGS)
    ran = kgtool("explain", "port", "a", "ex:City", "--lang", "en", cwd=folder)
    assert ran.status == 2
    assert "ex:a, ex:b" in ran.err


def test_a_statement_used_twice_is_proved_once(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    turtle = (
        "ex:p rdfs:domain ex:A ; rdfs:subPropertyOf ex:q . ex:q rdfs:domain ex:B . ex:C owl:intersectionOf ( ex:A ex:B ) . "
        "ex:r owl:inverseOf ex:p . ex:b ex:r ex:a ."
    )
    folder = make_project({"ontology/o.ttl": HEAD + turtle}, SETTINGS)
    ran = kgtool("explain", "ex:a", "a", "ex:C", "--lang", "en", cwd=folder)
    assert ran.out.count("(as above)") == 1


def test_contradictions_are_explained_without_a_statement(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran], ports: Path
) -> None:
    assert kgtool("explain", "--lang", "en", cwd=ports).out == "nothing contradicts.\n"
    folder = make_project(
        {"ontology/o.ttl": ONTOLOGY, "data/ports.ttl": DATA + "ex:b a ex:Person ."}, SETTINGS, "broken"
    )
    ran = kgtool("explain", "--lang", "en", cwd=folder)
    assert ran.status == 1
    lines = ran.out.splitlines()
    assert lines[0] == "a contradiction (cax-dw):"
    assert "├─ Port B (ex:b) is in class person (ex:Person)  [data/ports.ttl:5:8]" in lines
    assert lines[-1] == "└─ nothing is both person (ex:Person) and place (ex:Place)  [ontology/o.ttl:7:28]"


def test_a_contradiction_is_a_finding_at_the_data_with_the_axioms_beside_it(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"ontology/o.ttl": ONTOLOGY, "data/ports.ttl": DATA + "ex:b a ex:Person ."}, SETTINGS)
    ran = kgtool("check", "--format", "json", cwd=folder)
    (finding,) = json.loads(ran.out)["findings"]
    assert (finding["rule"], finding["file"], finding["line"]) == ("KG101", "data/ports.ttl", 5)
    assert finding["message"] == {
        "en": "a contradiction follows: Port B (ex:b) is in class person (ex:Person); Port B (ex:b) is in class place "
        "(ex:Place); nothing is both person (ex:Person) and place (ex:Place) (cax-dw).",
        "zh-Hant": "推理得出矛盾:乙港 (ex:b) 屬於 人 (ex:Person);乙港 (ex:b) 屬於 地方 (ex:Place);"
        "人 (ex:Person) 與 地方 (ex:Place) 互斥(cax-dw)。",
    }


def test_more_contradictions_than_are_shown_are_counted(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    many = "".join(f"ex:n{n} a ex:Person , ex:Place ." for n in range(25))
    ran = kgtool(
        "check", "--format", "json", cwd=make_project({"ontology/o.ttl": ONTOLOGY, "data/d.ttl": HEAD + many}, SETTINGS)
    )
    report = json.loads(ran.out)
    assert len(report["findings"]) == 20
    assert any("25" in note["message"]["en"] for note in report["notes"])


def test_infer_prints_what_is_not_stated(ports: Path, kgtool: Callable[..., Ran], tmp_path: Path) -> None:
    ran = kgtool("infer", cwd=ports)
    triples = {str(quad.triple) for quad in ox.parse(ran.out.encode(), format=ox.RdfFormat.N_TRIPLES)}
    assert "<https://example.org/b> <https://example.org/twinOf> <https://example.org/a>" in triples
    assert "<https://example.org/a> <https://example.org/twinOf> <https://example.org/b>" not in triples
    turtle = kgtool("infer", "--format", "ttl", cwd=ports).out
    assert {str(quad.triple) for quad in ox.parse(turtle.encode(), format=ox.RdfFormat.TURTLE)} == triples
    target = tmp_path / "inferred.nt"
    assert kgtool("infer", "--output-file", target, cwd=ports).out == ""
    assert target.read_text(encoding="utf-8") == ran.out


def test_explain_on_the_real_graph(kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("explain", "gov:busan", "a", "prov:Organization", "--lang", "en", cwd=ROOT)
    assert ran.status == 0
    assert "ontology/align/prov.ttl" in ran.out
    assert "data/city/busan.ttl" in ran.out
    assert kgtool("explain", cwd=ROOT).status == 0


def test_owlrl_can_be_asked_instead(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    folder = make_project({"ontology/o.ttl": ONTOLOGY, "data/d.ttl": HEAD + "ex:b a ex:Person , ex:Place ."}, SETTINGS)
    ran = kgtool("check", "--reasoner", "owlrl", "--format", "json", cwd=folder)
    assert [finding["rule"] for finding in json.loads(ran.out)["findings"]] == ["KG101"]
    assert "Disjoint" in json.loads(ran.out)["findings"][0]["message"]["en"]
    assert kgtool("check", cwd=folder, env={}).status == 1
    (folder / "kgtool.toml").write_text('reasoner = "pellet"\n', encoding="utf-8")
    assert "E-CONFIG-VALUE" in kgtool("check", cwd=folder).err


# What build queries derive.

HEADER = '#+ summary: {en: "Neighbours", zh-Hant: "鄰港"}\nPREFIX ex: <https://example.org/>\n'
NEAR = HEADER + "CONSTRUCT { ?one ex:near ?other } WHERE { ?way ex:joins ?one , ?other . FILTER(?one != ?other) }\n"
WAYS = HEAD + "ex:way ex:joins ex:a , ex:b . ex:a ex:mayor ex:m .\n"


def test_a_derived_fact_names_its_query_and_what_one_match_connects(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    near = "ex:near rdfs:subPropertyOf ex:known ."
    folder = make_project({"ontology/o.ttl": HEAD + near, "data/w.ttl": WAYS, "queries/build/near.rq": NEAR}, SETTINGS)
    ran = kgtool("explain", "ex:a", "ex:known", "ex:b", "--as-of", "2031-05-04", "--lang", "en", cwd=folder)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out == (
        "ex:a —ex:known→ ex:b  ← superproperty [prp-spo1]\n"
        "├─ ex:a —ex:near→ ex:b  ← derived by a query as of 2031-05-04 [queries/build/near.rq]\n"
        "│  ├─ ex:way —ex:joins→ ex:a  [data/w.ttl:3:17]\n"
        "│  └─ ex:way —ex:joins→ ex:b  [data/w.ttl:3:24]\n"
        "└─ whatever holds by ex:near holds by ex:known  [ontology/o.ttl:3:28]\n"
    )
    ran = kgtool("explain", "ex:a", "ex:near", "ex:m", "--lang", "zh-Hant", cwd=folder)
    assert (ran.status, ran.out) == (1, "既未載明,也不由所載得出。(並非否定:資料可能不全。)\n")


@pytest.mark.parametrize(
    "query",
    [
        HEADER + "CONSTRUCT { ?one ex:near ?other . ?other ex:near ?one } WHERE { ?way ex:joins ?one , ?other }\n",
        HEADER + "CONSTRUCT { ?one ?near ?other } WHERE { ?way ex:joins ?one , ?other BIND(ex:near AS ?near) }\n",
    ],
)
def test_a_derived_fact_of_another_template_names_its_query_only(
    query: str, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"data/w.ttl": WAYS, "queries/build/near.rq": query}, SETTINGS)
    ran = kgtool("explain", "ex:a", "ex:near", "ex:b", "--as-of", "2031-05-04", "--lang", "zh-Hant", cwd=folder)
    assert (ran.status, ran.out) == (0, "ex:a —ex:near→ ex:b  ← 依查詢推導,基準日 2031-05-04 [queries/build/near.rq]\n")


def test_a_build_query_that_needs_a_parameter_derives_nothing(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    query = NEAR.replace("PREFIX", "#+ params: {way: {type: iri, required: true}}\nPREFIX", 1)
    folder = make_project({"data/w.ttl": WAYS, "queries/build/near.rq": query}, SETTINGS)
    assert kgtool("explain", "ex:a", "ex:near", "ex:b", cwd=folder).status == 1


def test_a_file_is_read_as_if_it_were_data(ports: Path, kgtool: Callable[..., Ran]) -> None:
    (ports / "mistake.ttl").write_text(HEAD + "ex:b a ex:Person .\n", encoding="utf-8")
    assert kgtool("explain", "--lang", "en", cwd=ports) == Ran(0, "nothing contradicts.\n", "")
    ran = kgtool("explain", "--with", "mistake.ttl", "--lang", "en", cwd=ports)
    assert ran.status == 1
    assert "├─ Port B (ex:b) is in class person (ex:Person)  [mistake.ttl:3:8]" in ran.out.splitlines()
    assert kgtool("explain", "--with", "none.ttl", cwd=ports).status == 2
