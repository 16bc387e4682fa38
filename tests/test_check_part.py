"""`kgtool check` of a part: named shapes, named nodes, and what changes since a version can matter to."""

from __future__ import annotations

import datetime
import json
import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WANGJIN, Ran
from test_policy import git

from kgtool.check import check as run_check
from kgtool.finding import Finding
from kgtool.project import open_project

RUN = Callable[..., Ran]
MAKE = Callable[..., Path]
FULL = os.environ.get("KGTOOL_FULL", "")
EDITS = 40 if FULL else 4
SEED = int(FULL) if FULL.isdigit() and FULL != "1" else 0
NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
HEAD = """@prefix : <http://e.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
SHAPES = """:Person a sh:NodeShape ; sh:targetClass :Human ; sh:property :Person-knows , :Person-name .
:Person-knows a sh:PropertyShape ; sh:path :knows ; sh:class :Human ; sh:property :Known-name .
:Known-name a sh:PropertyShape ; sh:path :name ; sh:maxCount 1 .
:Person-name a sh:PropertyShape ; sh:path :name ; sh:minCount 1 .
:Place a sh:NodeShape ; sh:targetClass :City ; sh:property [ sh:path :name ; sh:minCount 1 ] ."""
DATA = {
    "a": ':ann a :Human ; :name "Ann" ; :knows :bob .', "b": ':bob a :Human ; :name "Bob" .',
    "c": ":cid a :Human ; :knows :rome .", "d": ":rome a :City .",
}  # fmt: skip
SETTINGS = '[prefixes]\nx = "http://e.example/"\n'


@pytest.fixture
def folder(make_project: MAKE, tmp_path: Path) -> Path:
    """A project under git. :cid has no name and knows no human; :rome has no name."""
    files = {f"data/{name}.ttl": HEAD + text + "\n" for name, text in DATA.items()}
    made = make_project({**files, "shapes/s.ttl": HEAD + SHAPES + "\n"}, SETTINGS)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return made


@pytest.fixture
def check(kgtool: RUN) -> RUN:
    return lambda folder, *arguments: kgtool("check", folder, "--lang", "en", *arguments)


def found(ran: Ran) -> list[tuple[str, str]]:
    """Shape and focus node of each result."""
    rows = json.loads(ran.out)["findings"]
    return sorted((row["source"], row["focus"].rpartition("/")[2]) for row in rows if row["rule"] == "KG201")


ALL = [("x:Person-knows", "cid"), ("x:Person-name", "cid"), ("x:Place", "rome")]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ALL), (("--shape", "x:Person"), ALL[:2]), (("--shape", "http://e.example/Person-name"), ALL[1:2]),
        (("--shape", "x:Known-name"), []), (("--shape", "x:Place", "--shape", "<http://e.example/Person-knows>"), [ALL[0], ALL[2]]),
        (("--focus", "x:cid"), ALL[:2]), (("--focus", "x:ann", "--focus", "x:rome"), ALL[2:]),
        (("--shape", "x:Person-name", "--focus", "x:cid"), ALL[1:2]),
    ],
)  # fmt: skip
def test_a_part_gives_the_results_of_the_whole_about_it(
    folder: Path, check: RUN, options: tuple[str, ...], expected: list[tuple[str, str]]
) -> None:
    assert found(check(folder, "--format", "json", *options)) == expected


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--shape", "x:Persn"), "E-PART-NONE: --shape x:Persn: there is no such shape. Did you mean 'x:Person'?"),
        (("--focus", "x:roma"), "E-PART-NONE: --focus x:roma: there is no such node. Did you mean 'x:rome'?"),
        (("--focus", "x:Person-name"), "E-PART-NONE: --focus x:Person-name: there is no such node."),
        (("--shape", "nonsense"), "E-PART-NONE: --shape nonsense: there is no such shape. Write an IRI"),
        (("--shape", "x:Place", "--focus", "x:ann"), "E-PART-EMPTY: --shape x:Place --focus x:ann: no shape"),
        (("--shape", "x:Place", "--engine", "pyshacl"), "E-USAGE: --shape and --focus do not go with"),
        (("--shape", "x:Place", "--write-baseline", "b.json"), "E-USAGE: --write-baseline checks the whole"),
    ],
)  # fmt: skip
def test_a_part_that_is_not_there_is_an_error_and_never_a_pass(
    folder: Path, check: RUN, options: tuple[str, ...], said: str
) -> None:
    ran = check(folder, *options)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"kgtool: {said}")


def test_a_part_never_looks_like_a_whole_pass(folder: Path, check: RUN) -> None:
    ran = check(folder, "--focus", "x:ann")
    assert ran.status == 0
    assert "note: only a part was checked: x:ann (1 of 4 focus nodes); no other check was run" in ran.out
    assert "nothing found in the part that was checked" in ran.out.splitlines()[-1]
    summary = json.loads(check(folder, "--focus", "x:ann", "--format", "json").out)
    assert summary["summary"]["partial"] is True
    assert [note["code"] for note in summary["notes"]] == ["N-PART"]
    assert json.loads(check(folder, "--format", "json").out)["summary"]["partial"] is False
    for form in ("github", "markdown", "jsonl"):
        assert "only a part was checked" in check(folder, "--focus", "x:ann", "--format", form).out


def test_a_part_says_nothing_of_waivers_that_it_does_not_look_at(folder: Path, check: RUN) -> None:
    waiver = '[[waivers]]\nrule = "KG201"\nfocus = "x:rome"\nowner = "o"\nreason = "r"\nexpires = 2099-01-01\n'
    (folder / "kgtool.toml").write_text(waiver + SETTINGS, encoding="utf-8")
    assert check(folder, "--focus", "x:ann").status == 0
    assert "KG802" not in check(folder, "--focus", "x:ann").out


# --- what changes can matter to


def edit(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(HEAD + text + "\n", encoding="utf-8")


def since(check: RUN, folder: Path) -> list[tuple[str, str]]:
    return found(check(folder, "--changed-since", "HEAD", "--format", "json"))


def test_nothing_changed_nothing_is_looked_at(folder: Path, check: RUN) -> None:
    assert since(check, folder) == []
    assert "of 4 focus nodes of the shapes, the 0 that" in check(folder, "--changed-since", "HEAD").out


def test_a_result_in_an_unchanged_file_is_found_when_a_change_made_it(folder: Path, check: RUN) -> None:
    edit(folder, "data/b.ttl", ':bob :name "Bob" , "Bobby" .')  # no human any more, and two names
    assert since(check, folder) == [("x:Known-name", "bob"), ("x:Person-knows", "ann")]


def test_a_file_that_is_gone_and_one_that_is_new_count(folder: Path, check: RUN) -> None:
    (folder / "data" / "b.ttl").unlink()
    edit(folder, "data/new.ttl", ":eve a :Human .")
    assert since(check, folder) == [("x:Person-knows", "ann"), ("x:Person-name", "eve")]


def test_a_new_subclass_matters_to_every_instance(folder: Path, check: RUN) -> None:
    edit(folder, "data/new.ttl", ":City rdfs:subClassOf :Human .")
    assert since(check, folder) == [("x:Person-name", "cid"), ("x:Person-name", "rome"), ("x:Place", "rome")]


def test_changed_shapes_matter_to_every_node(folder: Path, check: RUN) -> None:
    edit(folder, "shapes/s.ttl", SHAPES.replace(":name ; sh:maxCount 1", ":name ; sh:maxCount 2"))
    assert since(check, folder) == ALL


def test_an_earlier_version_that_does_not_parse_leaves_nothing_out(folder: Path, check: RUN, tmp_path: Path) -> None:
    whole = (folder / "data" / "b.ttl").read_text(encoding="utf-8")
    (folder / "data" / "b.ttl").write_text("nonsense", encoding="utf-8")
    git(tmp_path, "commit", "-q", "-a", "-m", "two")
    (folder / "data" / "b.ttl").write_text(whole, encoding="utf-8")
    assert since(check, folder) == ALL


def violations(folder: Path, revision: str | None = None) -> set[Finding]:
    report = run_check(open_project(folder, {}, {}), NOW, changed_since=revision)
    return {finding for finding in report.findings if finding.rule == "KG201"}


def test_random_edits_of_a_whole_project_hide_no_new_result(tmp_path: Path) -> None:
    """Statements are taken out of files of the fictional project; what the whole check finds more, the narrowed one finds."""
    print(f"seed {SEED}")
    folder = Path(shutil.copytree(WANGJIN, tmp_path / "project"))
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    before = {(finding.source, finding.focus, finding.result_path, finding.value) for finding in violations(folder)}
    files = sorted((folder / "data").rglob("*.ttl"))
    news = 0
    for seed in range(SEED, SEED + EDITS):
        chosen = random.Random(seed)
        for file in chosen.sample(files, 2):
            lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
            inner = [n for n, line in enumerate(lines) if line.startswith("    ") and line.rstrip().endswith(";")]
            for number in chosen.sample(inner, min(2, len(inner))):
                lines[number] = "\n"
            file.write_text("".join(lines), encoding="utf-8")
        whole, narrowed = violations(folder), violations(folder, "HEAD")
        new = {f for f in whole if (f.source, f.focus, f.result_path, f.value) not in before}
        assert new <= narrowed <= whole
        news += len(new)
        git(tmp_path, "checkout", "-q", "--", ".")
    assert news > 0
