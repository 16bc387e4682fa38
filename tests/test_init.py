"""`kgtool init DIR && kgtool check DIR` is clean on a fresh machine, the scaffold's own tests pass, and nothing is lost."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from conftest import ROOT, Ran, run_process

from kgtool import init
from kgtool.errors import KgError
from kgtool.init import City, make_city, scaffold, write_project

HARBOUR = City("harbour", "https://example.org/harbour/id/", {"zh-Hant": "港灣市", "en": "Harbour City"}, "en")
FILES = {"a.txt": "a", "data/b.txt": "b", "data/deep/c.txt": "c"}


def tree(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "options",
    [
        (),
        ("--lang", "en"),
        ("--city", "風岬", "--city", "Cape Wind", "--slug", "cape-wind"),
        ("--city", "Saint-Malo & Co. #1", "--base", "https://id.example.org/x#", "--lang", "en"),
    ],
)
def test_init_then_check_is_clean(tmp_path: Path, kgtool: Callable[..., Ran], options: tuple[str, ...]) -> None:
    folder = tmp_path / "new" / "project"
    assert kgtool("init", folder, *options).status == 0
    ran = kgtool("check", folder, "--fail-on", "info", "--lang", "en")
    assert (ran.status, ran.err) == (0, "")
    assert "nothing found" in ran.out
    assert "all 4 spans verified" in ran.out


@pytest.mark.parametrize("name", ["harbour", "港 市", "-dash", "it's", "$HOME"])
def test_the_next_step_can_be_pasted(tmp_path: Path, kgtool: Callable[..., Ran], name: str) -> None:
    ran = kgtool("init", "--lang", "en", "--slug", "harbour", "--", name, cwd=tmp_path)
    line = ran.out.split("Next:\n")[1].splitlines()[0]
    program, *arguments = shlex.split(line)
    assert program == "kgtool"
    assert kgtool(*arguments, cwd=tmp_path).status == 0


def test_the_scaffolds_own_tests_pass_in_a_process_of_their_own(tmp_path: Path) -> None:
    made = run_process("init", "harbour", "--lang", "en", cwd=tmp_path)
    assert (made.status, made.err) == (0, "")
    checked = run_process("check", "harbour", "--fail-on", "info", cwd=tmp_path)
    assert (checked.status, checked.err) == (0, "")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"], cwd=tmp_path / "harbour", check=False,
        capture_output=True, text=True, timeout=300, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout


def test_the_preset_and_the_commands_of_the_readme_work(tmp_path: Path, kgtool: Callable[..., Ran]) -> None:
    folder = tmp_path / "harbour"
    kgtool("init", folder)
    readme = (folder / "README.md").read_text(encoding="utf-8")
    commands = [line.removeprefix("$ kgtool ").split() for line in readme.splitlines() if line.startswith("$ kgtool ")]
    assert len(commands) == 3
    for command in commands:
        ran = kgtool(*command, cwd=folder)
        assert (ran.status, ran.err) == (0, ""), command


def test_without_the_examples_that_the_readme_names_the_project_is_clean(
    tmp_path: Path, kgtool: Callable[..., Ran]
) -> None:
    folder = tmp_path / "harbour"
    kgtool("init", folder)
    readme = " ".join((folder / "README.md").read_text(encoding="utf-8").split())
    told = re.search(r"Remove the examples (.*?), and let", readme)
    assert told is not None
    names = re.findall("`([^`]+)`", told[1])
    removed = [path for path in (folder / "data").rglob("*.ttl") if path.stem.startswith(tuple(names))]
    for path in removed:
        path.unlink()
    assert {path.stem for path in (folder / "data").rglob("*.ttl")} == {"harbour", "report-2024"}
    ran = kgtool("check", folder, "--fail-on", "info")
    assert ran.status == 0, ran.out


def test_every_file_is_there_and_no_placeholder_is_left() -> None:
    files = scaffold(HARBOUR)
    assert set(files) == {
        ".github/workflows/check.yml", ".gitignore", "README.md", "data/agreement/bell-island.ttl",
        "data/city/bell-island.ttl", "data/city/harbour.ttl", "data/event/harbour-lights.ttl",
        "data/person/mira-sailwright.ttl", "data/source/report-2024.ttl", "data/visit/2024/bell-island-2024-03.ttl",
        "kgtool.toml", "sources/report-2024.txt", "tests/test_project.py",
    }  # fmt: skip
    for name, text in files.items():
        assert "@slug@" not in text, name
        assert "@base@" not in text, name
        assert text.endswith("\n"), name


def test_the_workflow_is_yaml_and_uses_the_action() -> None:
    table = yaml.safe_load(scaffold(HARBOUR)[".github/workflows/check.yml"])
    assert init.ACTION in [step.get("uses") for step in table["jobs"]["check"]["steps"]]
    assert table["permissions"] == {"contents": "read"}


def test_equal_cities_give_equal_files() -> None:
    assert scaffold(HARBOUR) == scaffold(HARBOUR)


def test_the_dossiers_are_laid_out_as_fmt_does(tmp_path: Path, kgtool: Callable[..., Ran]) -> None:
    write_project(tmp_path / "harbour", scaffold(HARBOUR))
    ran = kgtool("fmt", "--check", tmp_path / "harbour", "--lang", "en")
    assert (ran.status, ran.err) == (0, ""), ran.out


def test_existing_files_are_named_and_kept_and_nothing_is_written(tmp_path: Path, kgtool: Callable[..., Ran]) -> None:
    folder = tmp_path / "mine"
    (folder / "data").mkdir(parents=True)
    (folder / "README.md").write_text("mine", encoding="utf-8")
    (folder / "kgtool.toml").write_text("", encoding="utf-8")
    before = tree(folder)
    ran = kgtool("init", folder, "--lang", "en")
    assert ran.status == 2
    assert "E-INIT-EXISTS" in ran.err
    assert "README.md, kgtool.toml" in ran.err
    assert tree(folder) == before


def test_files_are_added_beside_what_is_there(tmp_path: Path, kgtool: Callable[..., Ran]) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    assert kgtool("init", ".", "--slug", "harbour", cwd=tmp_path).status == 0
    assert (tmp_path / "notes.txt").read_text(encoding="utf-8") == "mine"
    assert (tmp_path / "data" / "city" / "harbour.ttl").is_file()


def test_a_link_that_leads_elsewhere_is_not_followed(tmp_path: Path) -> None:
    elsewhere, folder = tmp_path / "elsewhere", tmp_path / "project"
    elsewhere.mkdir()
    folder.mkdir()
    (folder / "data").symlink_to(elsewhere)
    with pytest.raises(KgError, match="E-INIT-EXISTS"):
        write_project(folder, FILES)
    assert tree(elsewhere) == {}


def test_a_file_of_that_name_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("mine", encoding="utf-8")
    with pytest.raises(KgError, match="E-INIT-EXISTS"):
        write_project(tmp_path / "x", FILES)


@pytest.mark.parametrize("existing", [True, False])
@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_failure_half_way_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, after: int, existing: bool
) -> None:
    folder = tmp_path / "a" / "b"
    if existing:
        folder.mkdir(parents=True)
        (folder / "mine.txt").write_text("mine", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    left = [after]

    def full(_: int) -> None:
        if not left[0]:
            raise OSError(28, "No space left on device")
        left[0] -= 1

    monkeypatch.setattr(init.os, "fsync", full)
    with pytest.raises(KgError, match="E-INIT-WRITE"):
        write_project(folder, FILES)
    assert sorted(tmp_path.rglob("*")) == before


def test_an_interruption_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(init.os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_project(tmp_path / "a" / "b", FILES)
    assert list(tmp_path.rglob("*")) == []


@pytest.mark.parametrize(
    ("names", "slug", "base"),
    [
        (('Har"bour',), None, None),
        (("Har\nbour",), None, None),
        (("x @base@ y",), None, None),
        (("",), None, None),
        (("x" * 81,), None, None),
        ((), "Harbour", None),
        ((), "../up", None),
        ((), "bell-island", None),
        ((), "harbour", "urn:x:"),
        ((), "harbour", "https://example.org/no-end"),
        ((), "harbour", "https://example.org/> <x/"),
    ],
)
def test_what_cannot_be_written_safely_is_refused(
    tmp_path: Path, names: tuple[str, ...], slug: str | None, base: str | None
) -> None:
    with pytest.raises(KgError, match="E-INIT-VALUE"):
        make_city(tmp_path, names, slug, base, "en")


@pytest.mark.parametrize(
    ("folder", "names", "slug", "english"),
    [
        ("x", ("Cape Wind",), "cape-wind", "Cape Wind"),
        ("cape-wind", ("風岬",), "cape-wind", "Cape Wind"),
        ("港", (), "harbour", "Harbour City"),
        ("bell-island", (), "harbour", "Harbour City"),
    ],
)
def test_the_slug_comes_from_the_name_or_the_folder(
    folder: str, names: tuple[str, ...], slug: str, english: str
) -> None:
    city = make_city(Path(folder), names, None, None, "en")
    assert (city.slug, city.names["en"], city.base) == (slug, english, f"https://example.org/{slug}/id/")
