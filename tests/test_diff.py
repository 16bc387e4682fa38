"""What changed, in words: entities by label, tombstones, findings, answers; between folders, revisions and packages."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

Make = Callable[..., Path]
Tool = Callable[..., Ran]
EX = "https://example.org/isle/"
PREFIXES = f"""@prefix cd: <https://w3id.org/city-diplomacy/ns#> . @prefix dct: <http://purl.org/dc/terms/> . @prefix ex: <{EX}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = """ex:Ship a owl:Class ; rdfs:label "ship"@en , "船"@zh-Hant . ex:crew a owl:DatatypeProperty ; rdfs:label "crew"@en , "船員數"@zh-Hant .
ex:home a owl:ObjectProperty ; rdfs:label "home port"@en , "母港"@zh-Hant ."""
FERRY = 'ex:ferry a ex:Ship ; skos:prefLabel "Ferry"@en , "渡輪"@zh-Hant ; ex:crew 4 ; ex:home ex:port .\n'
PORT = 'ex:port skos:prefLabel "Harbour"@en , "港口"@zh-Hant .\n'
SETTINGS = f'as-of = "2031-01-01"\n[prefixes]\nex = "{EX}"\n[exports.all]\nformats = ["ttl"]\n'


@pytest.fixture
def pair(make_project: Make) -> Callable[[str, str], tuple[Path, Path]]:
    """Two projects that differ in their data."""

    def make(before: str, after: str) -> tuple[Path, Path]:
        return tuple(  # type: ignore[return-value]
            make_project({"ontology/o.ttl": PREFIXES + ONTOLOGY, "data/d.ttl": PREFIXES + PORT + data}, SETTINGS, name)
            for name, data in (("before", before), ("after", after))
        )

    return make


def told(kgtool: Tool, folders: tuple[Path, Path], *options: str, lang: str = "en") -> str:
    ran = kgtool("diff", *folders, "--project", folders[0], "--lang", lang, *options)
    assert (ran.status, ran.err) == (0, "")
    return ran.out


def test_an_added_and_a_removed_entity_are_told_by_class_and_label(
    pair: Callable[..., tuple[Path, Path]], kgtool: Tool
) -> None:
    folders = pair('ex:raft a ex:Ship ; skos:prefLabel "Raft"@en .', FERRY)
    out = told(kgtool, folders)
    assert "+ added: ship “Ferry” (ex:ferry)" in out
    assert "    crew: + 4" in out
    assert "    home port: + Harbour" in out
    assert "- removed: ship “Raft” (ex:raft); no tombstone was left" in out
    assert out.endswith("1 added, 1 removed\n")


def test_a_change_is_told_in_the_language_asked_for(pair: Callable[..., tuple[Path, Path]], kgtool: Tool) -> None:
    folders = pair(FERRY, FERRY.replace("crew 4", "crew 5"))
    assert told(kgtool, folders) == "~ changed: ship “Ferry” (ex:ferry)\n    crew: 4 → 5\n1 changed\n"
    assert told(kgtool, folders, lang="zh-Hant") == "~ 變更:船「渡輪」(ex:ferry)\n    船員數:4 → 5\n變更 1\n"


def test_the_form_of_a_number_and_the_tag_of_a_text_are_changes(
    pair: Callable[..., tuple[Path, Path]], kgtool: Tool
) -> None:
    folders = pair(FERRY, FERRY.replace("crew 4", 'crew "04"^^xsd:integer').replace('"Ferry"@en', '"Ferry"@en-GB'))
    out = told(kgtool, folders)
    assert "crew: 4 → 04" in out
    assert "Ferry [en] → Ferry [en-GB]" in out


def test_moved_files_reordered_statements_and_other_blank_nodes_are_no_change(make_project: Make, kgtool: Tool) -> None:
    one = make_project(
        {"data/a.ttl": PREFIXES + "ex:a ex:p [ ex:q 1 ; ex:r [ ex:s 2 ] ] , [ ex:q 2 ] ; ex:b 1 ."}, SETTINGS, "one"
    )
    other = make_project(
        {"data/z/b.ttl": PREFIXES + "ex:a ex:b 1 ; ex:p _:x , _:y . _:x ex:q 2 . _:y ex:r _:z ; ex:q 1 . _:z ex:s 2 ."},
        SETTINGS,
        "other",
    )
    assert told(kgtool, (one, other)) == "no difference\n"


def test_what_is_inside_a_blank_node_is_a_change_of_its_owner(
    pair: Callable[..., tuple[Path, Path]], kgtool: Tool
) -> None:
    out = told(kgtool, pair("ex:a ex:p [ ex:crew 1 ] .", "ex:a ex:p [ ex:crew 2 ] ."))
    assert out.startswith("~ changed: ex:a\n")


GRAVE = "ex:raft owl:deprecated true"


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("", f"{GRAVE} ; dct:isReplacedBy ex:ferry . {FERRY}", "- renamed: ship “Raft” (ex:raft) → Ferry (ex:ferry)"),
        (FERRY, f"{GRAVE} ; dct:isReplacedBy ex:ferry . {FERRY}", "- merged: ship “Raft” (ex:raft) → Ferry (ex:ferry)"),
        ("", f"{GRAVE} .", "- withdrawn: ship “Raft” (ex:raft)"),
    ],
    ids=["renamed", "merged", "withdrawn"],
)
def test_a_tombstone_says_what_became_of_an_iri(
    pair: Callable[..., tuple[Path, Path]], kgtool: Tool, before: str, after: str, words: str
) -> None:
    raft = 'ex:raft a ex:Ship ; skos:prefLabel "Raft"@en .\n'
    assert words in told(kgtool, pair(raft + before, after)).splitlines()


def test_json_has_iris_terms_and_labels_in_every_language(pair: Callable[..., tuple[Path, Path]], kgtool: Tool) -> None:
    table = json.loads(told(kgtool, pair(FERRY, FERRY.replace("crew 4", "crew 5")), "--format", "json"))
    [entity] = table["entities"]
    assert entity["iri"] == EX + "ferry"
    assert entity["labels"] == {"en": "Ferry", "zh-Hant": "渡輪"}
    assert entity["added"] == {EX + "crew": ['"5"^^<http://www.w3.org/2001/XMLSchema#integer>']}
    assert table["counts"]["changed"] == 1


def test_markdown_tells_findings_and_answers_too(make_project: Make, kgtool: Tool) -> None:
    query = "#+ summary: {en: Ships, zh-Hant: 船}\nPREFIX ex: <https://example.org/isle/>\nSELECT ?ship WHERE { ?ship a ex:Ship }\n"
    folders = tuple(
        make_project(
            {"ontology/o.ttl": PREFIXES + ONTOLOGY, "data/d.ttl": PREFIXES + data, "queries/ask/ships.rq": query},
            SETTINGS,
            name,
        )
        for name, data in (
            ("before", 'ex:a ex:crew "x"^^xsd:integer .'),
            ("after", f'{FERRY} ex:b ex:crew "2013-13-45"^^xsd:date .'),
        )
    )
    out = told(kgtool, folders, "--format", "markdown")  # type: ignore[arg-type]
    assert out.startswith("### What changes in the graph\n")
    assert re.search(r"#### New findings\n\n- KG\d+ data/d.ttl: ", out)
    assert re.search(r"#### Fixed findings\n\n- KG\d+ data/d.ttl: ", out)
    assert "- ships: +1 −0 rows" in out


def test_markdown_mentions_nobody_and_holds_no_html(pair: Callable[..., tuple[Path, Path]], kgtool: Tool) -> None:
    out = told(
        kgtool,
        pair("", 'ex:a skos:prefLabel "@team <img src=x> `x` [a](b)"@en .'),
        "--format",
        "markdown",
        "--no-checks",
    )
    assert r"\@team \<img src=x\> \`x\` \[a\](b)" in out


def test_a_revision_is_compared_with_the_work_tree_and_with_another(
    pair: Callable[..., tuple[Path, Path]], kgtool: Tool
) -> None:
    folder, _ = pair(FERRY, "")
    env = {"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"}
    env |= {f"GIT_{who}_{what}": "x@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}

    def commit() -> None:
        for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "m")):
            subprocess.run(["git", *command], cwd=folder, env=env, check=True)

    commit()
    data = folder / "data" / "d.ttl"
    data.write_text(data.read_text().replace("crew 4", "crew 5"))
    assert "crew: 4 → 5" in kgtool("diff", "HEAD", "--project", folder, "--lang", "en").out
    commit()
    assert kgtool("diff", "HEAD", "--project", folder, "--lang", "en").out == "no difference\n"
    assert "crew: 4 → 5" in kgtool("diff", "HEAD~1", "HEAD", "--project", folder, "--lang", "en").out
    ran = kgtool("diff", "nowhere", "--project", folder, "--lang", "en")
    assert (ran.status, "E-GIT-REVISION" in ran.err) == (2, True)


def test_packages_are_compared_in_words_too(pair: Callable[..., tuple[Path, Path]], kgtool: Tool) -> None:
    folders = pair(FERRY, FERRY.replace("crew 4", "crew 5"))
    for folder in folders:
        assert kgtool("export", "all", "--project", folder, "--allow-findings").status == 0
    packages = tuple(folder / "exports" / "all" for folder in folders)
    assert told(kgtool, packages) == "~ changed: ship “Ferry” (ex:ferry)\n    crew: 4 → 5\n1 changed\n"
    assert told(kgtool, (packages[0], folders[1])) == told(kgtool, packages)


def test_an_audience_is_told_only_what_it_may_see(pair: Callable[..., tuple[Path, Path]], kgtool: Tool) -> None:
    folders = pair('ex:raft a ex:Ship ; skos:prefLabel "Raft"@en ; cd:audience "internal" .', FERRY)
    assert "Raft" in told(kgtool, folders)
    assert "raft" not in told(kgtool, folders, "--audience", "public").lower()
