"""`kgtool check --endpoint`: violations that the engine finds are those of the files; what it does not check is named."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WANGJIN, Ran
from engines import Engine

Make = Callable[..., Path]
Tool = Callable[..., Ran]
EX = "https://example.org/id/"
HEAD = f"""\
@prefix ex: <{EX}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = (
    HEAD
    + """
ex:BoatShape a sh:NodeShape ; sh:targetClass ex:Boat ;
  sh:property [ sh:path ex:name ; sh:minCount 1 ; sh:message "a boat has a name"@en , "船須有名"@zh-Hant ] ;
  sh:property [ sh:path ex:size ; sh:datatype xsd:integer ; sh:maxInclusive 90 ; sh:severity sh:Warning ] .
"""
)
NAMELESS = """\
#+ summary: {en: "a boat without a berth", zh-Hant: "船無泊位"}
#+ columns: {focus: iri}
#+ code: KG303
SELECT ?focus WHERE { ?focus a ex:Boat MINUS { ?focus ex:berth ?berth } } ORDER BY ?focus
"""
FILES = {
    "shapes/boats.ttl": SHAPES,
    "data/boats.ttl": HEAD
    + "ex:Ferry rdfs:subClassOf ex:Boat . ex:a a ex:Boat ; ex:name 'A' ; ex:size 300 ; ex:berth ex:b .\n"
    "ex:n a ex:Ferry ; ex:berth ex:b .\nex:l a ex:Boat ; ex:name 'L' .\n",
    "queries/check/berth.rq": NAMELESS,
}
# Virtuoso's compiler gives up on a long query over the graphs of 66 files (docs/remote.md).
ONE = 'graph = "https://example.org/everything"\n'
PREFIX = f'[prefixes]\nex = "{EX}"\n'


@pytest.fixture
def pushed(engine: Engine, make_project: Make, kgtool: Tool) -> tuple[Path, dict[str, str]]:
    """The project, pushed to each engine though its check finds fault."""
    engine.clear()
    folder = make_project(FILES, PREFIX + engine.settings())
    done = kgtool("push", "there", "--project", folder, "--allow-findings", env=engine.environ())
    assert done.status == 0, done.err
    return folder, engine.environ()


def found(report: str, rules: tuple[str, ...] = ("KG201", "KG303")) -> set[tuple[str, ...]]:
    return {
        (one["rule"], one["source"], one["focus"], one["severity"], json.dumps(one["message"]))
        for one in json.loads(report)["findings"]
        if one["rule"] in rules
    }


def test_the_engine_finds_what_the_files_have(pushed: tuple[Path, dict[str, str]], kgtool: Tool) -> None:
    folder, env = pushed
    there = kgtool("check", "--project", folder, "--endpoint", "there", "--format", "json", env=env)
    here = kgtool("check", folder, "--format", "json")
    assert there.status == here.status == 1
    assert found(there.out) == found(here.out)
    assert {row[:3] for row in found(there.out)} == {
        ("KG201", "ex:BoatShape", EX + "n"), ("KG201", "ex:BoatShape", EX + "a"), ("KG303", "berth", EX + "l"),
    }  # fmt: skip


def test_the_notes_say_what_was_looked_at_and_what_was_not(pushed: tuple[Path, dict[str, str]], kgtool: Tool) -> None:
    folder, env = pushed
    for language, words in (
        ("en", ("3 shapes, 1 with targets, looked at 3 focus nodes in the engine", "are checked on the files")),
        ("zh-Hant", ("於引擎中檢查焦點節點 3 個", "請以不帶 --endpoint 之 `kgtool check` 檢查檔案")),
    ):
        ran = kgtool("check", "--project", folder, "--endpoint", "there", "--lang", language, env=env)
        for word in words:
            assert word in ran.out


def test_a_constraint_that_is_not_run_there_is_named(engine: Engine, make_project: Make, kgtool: Tool) -> None:
    engine.clear()
    recursive = (
        "ex:Loop a sh:NodeShape ; sh:targetClass ex:Boat ; sh:property [ sh:path ex:next ; sh:node ex:Loop ] .\n"
    )
    folder = make_project({**FILES, "shapes/loop.ttl": HEAD + recursive}, PREFIX + engine.settings())
    assert kgtool("push", "there", "--project", folder, "--allow-findings", env=engine.environ()).status == 0
    ran = kgtool("check", "--project", folder, "--endpoint", "there", "--lang", "en", env=engine.environ())
    assert "not checked in the engine: Node of ex:Loop: a recursive shape" in ran.out


@pytest.mark.parametrize("name", ["oxigraph", "virtuoso"] if os.environ.get("KGTOOL_FULL") else ["oxigraph"])
def test_the_complete_project_is_clean_there_too(
    name: str, request: pytest.FixtureRequest, tmp_path: Path, kgtool: Tool
) -> None:
    """On Virtuoso only with KGTOOL_FULL: it takes a minute."""
    engine: Engine = request.getfixturevalue(name)
    engine.clear()
    folder = Path(shutil.copytree(WANGJIN, tmp_path / "wangjin"))
    settings = folder / "kgtool.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + engine.settings() + ONE, encoding="utf-8")
    pushed = kgtool("push", "there", "--project", folder, env=engine.environ())
    assert pushed.status == 0, pushed.out + pushed.err
    ran = kgtool(
        "check",
        "--project",
        folder,
        "--endpoint",
        "there",
        "--format",
        "json",
        "--fail-on",
        "info",
        env=engine.environ(),
    )
    assert ran.err == ""
    assert found(ran.out, ("KG201", "KG303")) == found(
        kgtool("check", folder, "--format", "json").out, ("KG201", "KG303")
    )
    assert json.loads(ran.out)["findings"] == [] or ran.status == 1


def test_an_endpoint_has_no_files(make_project: Make, kgtool: Tool) -> None:
    folder = make_project(FILES, PREFIX)
    for more in ((folder / "data",), ("--changed-since", "HEAD")):
        ran = kgtool("check", *more, "--project", folder, "--endpoint", "http://127.0.0.1:1/", "--lang", "en")
        assert ran.status == 2
        assert "E-USAGE" in ran.err


def test_an_endpoint_that_fails_is_no_pass(make_project: Make, kgtool: Tool) -> None:
    ran = kgtool("check", "--project", make_project(FILES, PREFIX), "--endpoint", "http://127.0.0.1:1/")
    assert (ran.status, ran.out) == (3, "")
    assert "E-REMOTE-CONNECT" in ran.err
