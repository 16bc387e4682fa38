"""Earlier results: the same report as a fresh check, never of anything that has changed, whatever happens to the folder."""

from __future__ import annotations

import datetime
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, WANGJIN, Ran
from msgspec import structs

from kgtool import cache as room
from kgtool.cache import Cache, cache_folder, from_bytes, inputs_key, to_bytes
from kgtool.check import check
from kgtool.finding import Finding, Note, Place, Severity
from kgtool.project import open_project
from kgtool.report import Report

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
TODAY = NOW.date()
DATA = "<https://x.example/a> <https://x.example/p> 'a' .\n"
QUERY = """#+ summary: {en: "All", zh-Hant: "全部"}
#+ columns: {s: iri}
#+ tests:
#+   - expect: expected.csv
SELECT ?s { ?s ?p ?o }
"""


@pytest.fixture
def project(make_project: Callable[..., Path], tmp_path: Path) -> Path:
    """One of everything that a result depends on."""
    folder = make_project(
        {
            "data/a.ttl": DATA, "ontology/o.ttl": "", "shapes/s.ttl": "", "queries/ask/all.rq": QUERY,
            "expected.csv": "s\nhttps://x.example/a\n",
        },
        settings='base = "https://x.example/"\n',
    )  # fmt: skip
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "one.txt").write_text("text", encoding="utf-8")
    return folder


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows whenever a project is really checked."""
    import kgtool.check as module

    counted: list[int] = []
    run = module._run
    monkeypatch.setattr(module, "_run", lambda *given, **named: counted.append(1) or run(*given, **named))
    return counted


def plain(report: Report) -> Report:
    return structs.replace(report, totals=structs.replace(report.totals, seconds=0))


def said(report: Report) -> list[object]:
    """What comparing findings leaves out, too."""
    return [(f, f.severity, [*f.message.items()], [*f.fix.items()], f.detail, f.related) for f in report.findings]


def look(folder: Path, tmp_path: Path, options: dict[str, str] | None = None, **given: object) -> Report:
    opened = open_project(folder, {}, {"sources": str(tmp_path / "sources"), **(options or {})})
    return check(opened, NOW, cache=tmp_path / "cache", **given)  # type: ignore[arg-type]


# --- the same result


@pytest.mark.parametrize("spoilt", [False, True], ids=["clean", "with findings"])
def test_an_earlier_result_is_the_report_of_a_fresh_check(spoilt: bool, tmp_path: Path, checks: list[int]) -> None:
    folder = Path(shutil.copytree(WANGJIN, tmp_path / "wangjin"))
    if spoilt:
        for file in sorted((folder / "data").rglob("*.ttl"))[:12]:
            text = file.read_text(encoding="utf-8")
            file.write_text(text.replace("@zh-Hant", "@zh").replace("201", "301", 1), encoding="utf-8")
    (tmp_path / "sources").mkdir()
    fresh, kept = look(folder, tmp_path), look(folder, tmp_path)
    assert len(checks) == 1
    assert plain(kept) == plain(fresh)
    assert said(kept) == said(fresh)
    assert bool(fresh.findings) or not spoilt
    assert [dict(note.message) for note in kept.notes] == [dict(note.message) for note in fresh.notes]


def test_any_finding_comes_back_as_it_was() -> None:
    finding = Finding(
        Place("d/a.ttl", 3, 4), "KG201", "https://x.example/s", "f\ud800\x00", "<p>", '"v"', Severity.INFO,
        {"zh-Hant": "說", "en": "say"}, {"en": "do"}, {"en": "more", "zh-Hant": "另"}, None, (Place("s.ttl", 1, 1), Place("t.ttl")),
    )  # fmt: skip
    found = room.Found((finding,), (Note("N", {"en": "n"}),), 1, 2, 3, {"/x": "ab"})
    back = from_bytes(to_bytes(found))
    assert back == found
    assert structs.astuple(back.findings[0]) == structs.astuple(finding)
    assert dict(back.notes[0].message) == {"en": "n"}


def test_part_waivers_and_baseline_are_applied_to_an_earlier_result_too(
    project: Path, tmp_path: Path, checks: list[int]
) -> None:
    (project / "data" / "b.ttl").write_text("<https://x.example/b> <https://x.example/p> 'a'@EN .\n", encoding="utf-8")
    every = look(project, tmp_path)
    assert {finding.place.path for finding in look(project, tmp_path, only=project / "data" / "b.ttl").findings} == {
        "data/b.ttl"
    }
    assert look(project, tmp_path, ignore=("KG",)).findings == ()
    assert every.findings
    assert len(checks) == 1


# --- nothing that has changed

CHANGES: dict[str, Callable[[Path, Path], object]] = {
    "data": lambda folder, _: (folder / "data/a.ttl").write_text(DATA.replace("'a'", "'b'"), encoding="utf-8"),
    "a new file": lambda folder, _: (folder / "data/b.ttl").write_text("", encoding="utf-8"),
    "a file that went": lambda folder, _: (folder / "shapes/s.ttl").unlink(),
    "a file of another name": lambda folder, _: (folder / "data/a.ttl").rename(folder / "data/c.ttl"),
    "ontology": lambda folder, _: (folder / "ontology/o.ttl").write_text("# one", encoding="utf-8"),
    "shapes": lambda folder, _: (folder / "shapes/s.ttl").write_text("# one", encoding="utf-8"),
    "a query": lambda folder, _: (folder / "queries/ask/all.rq").write_text(QUERY + "# one", encoding="utf-8"),
    "expected rows": lambda folder, _: (folder / "expected.csv").write_text("s\n", encoding="utf-8"),
    "expected rows that went": lambda folder, _: (folder / "expected.csv").unlink(),
    "a setting": lambda folder, _: (folder / "kgtool.toml").write_text('base = "https://y.example/"', encoding="utf-8"),
    "a source text": lambda _, top: (top / "sources/one.txt").write_text("other", encoding="utf-8"),
    "a source text more": lambda _, top: (top / "sources/two.txt").write_text("", encoding="utf-8"),
    "the sources folder": lambda _, top: shutil.rmtree(top / "sources"),
    "a file that is a link now": lambda folder, _: (
        (folder / "data/a.ttl").unlink(), (folder / "data/a.ttl").symlink_to("/dev/null"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_has_changed_is_checked_again(
    change: Callable[[Path, Path], object], project: Path, tmp_path: Path, checks: list[int]
) -> None:
    look(project, tmp_path)
    look(project, tmp_path)
    assert len(checks) == 1
    change(project, tmp_path)
    cached = look(project, tmp_path)
    assert len(checks) == 2
    opened = open_project(project, {}, {"sources": str(tmp_path / "sources")})
    assert said(cached) == said(check(opened, NOW))


@pytest.mark.parametrize("options", [{"as-of": "2020-01-01"}, {"engine": "pyshacl"}, {"reasoner": "owlrl"}], ids=str)
def test_other_options_are_another_result(options: dict[str, str], project: Path) -> None:
    one, other = (
        inputs_key(p, p.today(NOW)) for p in (open_project(project, {}, {}), open_project(project, {}, options))
    )
    assert one
    assert other
    assert one != other


def test_another_day_is_another_result(project: Path) -> None:
    opened = open_project(project, {}, {})
    assert inputs_key(opened, TODAY) != inputs_key(opened, TODAY + datetime.timedelta(days=1))


def test_another_program_is_another_result(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = open_project(project, {}, {})
    before = inputs_key(opened, TODAY)
    assert inputs_key(opened, TODAY) == before
    monkeypatch.setattr("kgtool.cache.key._program", lambda: iter([["a.py", 1, 2]]))
    assert inputs_key(opened, TODAY) != before


def test_a_touched_file_of_the_program_or_another_library_changes_its_state(tmp_path: Path) -> None:
    """Run on a copy: the folder that holds the program's files is what counts, and each folder that packages lie in."""
    copy = Path(shutil.copytree(ROOT / "kgtool" / "cache", tmp_path / "kgtool" / "cache"))
    text = f"import sys; sys.path.append({str(tmp_path / 'site')!r}); from key import _program; print(list(_program()))"
    (tmp_path / "site").mkdir()

    def state() -> bytes:
        return subprocess.run([sys.executable, "-c", text], cwd=copy, capture_output=True, check=True).stdout

    before = state()
    assert state() == before
    os.utime(copy / "store.py", (1, 1))
    touched = state()
    assert touched != before
    (tmp_path / "site" / "pyoxigraph-9.9.dist-info").mkdir()
    assert state() != touched


def test_a_file_that_cannot_be_read_is_no_reason_to_keep_a_result(
    project: Path, tmp_path: Path, checks: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = Path.read_bytes

    def refuse(self: Path) -> bytes:
        if self.name == "a.ttl":
            raise PermissionError(13, "Permission denied")
        return read(self)

    monkeypatch.setattr(Path, "read_bytes", refuse)
    for _ in range(2):
        assert "KG002" in {finding.rule for finding in look(project, tmp_path).findings}
    assert len(checks) == 2


def test_a_file_that_changes_during_a_check_is_not_kept_under_the_old_inputs(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import kgtool.check as module

    run = module._run

    def meanwhile(*given: object, **named: object) -> object:
        (project / "data" / "a.ttl").write_text("<https://x.example/a> <https://x.example/p> .", encoding="utf-8")
        return run(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_run", meanwhile)
    assert look(project, tmp_path).findings
    monkeypatch.setattr(module, "_run", run)
    (project / "data" / "a.ttl").write_text(DATA, encoding="utf-8")
    assert [finding for finding in look(project, tmp_path).findings if finding.rule == "KG001"] == []


def test_a_query_that_did_not_run_is_run_again(project: Path, tmp_path: Path, checks: list[int]) -> None:
    """Whether it was stopped depends on what else the machine did."""
    (project / "queries" / "ask" / "all.rq").write_text(QUERY.replace("SELECT ?s", "SELECT ?s ?nope"), encoding="utf-8")
    for _ in range(2):
        assert "KG301" in {finding.rule for finding in look(project, tmp_path).findings}
    assert len(checks) == 2


# --- whatever happens to the folder


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "cache").glob("*.result"))


SPOILT: dict[str, Callable[[Path], object]] = {
    "empty": lambda file: file.write_bytes(b""),
    "cut off": lambda file: file.write_bytes(file.read_bytes()[:-7]),
    "one bit": lambda file: file.write_bytes(file.read_bytes()[:-3] + bytes([file.read_bytes()[-3] ^ 1]) + file.read_bytes()[-2:]),
    "nonsense": lambda file: file.write_bytes(b"\x00\xff" * 100),
    "a folder": lambda file: (file.unlink(), file.mkdir()),
    "another result": lambda file: file.write_bytes(room.store._digest("0" * 64, b"{}") + b"\n{}"),
    "whole but not a result": lambda file: file.write_bytes(room.store._digest(file.stem, b"[1]") + b"\n[1]"),
}  # fmt: skip


@pytest.mark.parametrize("spoil", SPOILT.values(), ids=SPOILT)
def test_a_spoilt_result_is_none(
    spoil: Callable[[Path], object], project: Path, tmp_path: Path, checks: list[int]
) -> None:
    fresh = look(project, tmp_path)
    spoil(kept(tmp_path)[0])
    assert plain(look(project, tmp_path)) == plain(fresh)
    assert len(checks) == 2


def test_a_folder_that_cannot_be_used_fails_no_check(project: Path, tmp_path: Path, checks: list[int]) -> None:
    (tmp_path / "cache").write_text("a file", encoding="utf-8")
    assert plain(look(project, tmp_path)) == plain(look(project, tmp_path))
    assert len(checks) == 2


def test_the_oldest_results_go_first(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    for number in range(70):
        cache.put(f"{number:064}", b"{}")
        os.utime(tmp_path / "cache" / f"{number:064}.result", (number, number))
    names = [file.stem for file in kept(tmp_path)]
    assert len(names) <= 64 + 1
    assert f"{69:064}" in names
    assert f"{0:064}" not in names


def test_many_bytes_are_not_kept(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    for number in range(5):
        cache.put(f"{number:064}", bytes(20 << 20))
    assert sum(file.stat().st_size for file in kept(tmp_path)) <= 64 << 20


def test_what_a_killed_run_left_is_swept_up_and_what_a_running_one_writes_is_not(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    cache.put("1" * 64, b"{}")
    old, new = tmp_path / "cache" / "old.part", tmp_path / "cache" / "new.part"
    for file in (old, new):
        file.write_bytes(b"half")
    os.utime(old, (1, 1))
    cache.put("2" * 64, b"{}")
    assert (old.exists(), new.exists()) == (False, True)


def start(folder: Path, cache: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "KGTOOL_CACHE": str(cache), "PYTHONPATH": str(ROOT), "NO_COLOR": "1"}
    command = [sys.executable, "-m", "kgtool", "check", str(folder), "--as-of", "2026-01-01", "--format", "jsonl"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_runs_at_once_and_killed_ones_leave_whole_results(project: Path, tmp_path: Path) -> None:
    (project / "data" / "b.ttl").write_text("<https://x.example/b> <https://x.example/p> 'a'@EN .\n", encoding="utf-8")
    expected = start(project, tmp_path / "none").communicate()[0]
    assert b"KG601" in expected
    chance = random.Random(5)
    for _ in range(3):
        runs = [start(project, tmp_path / "cache") for _ in range(2)]
        killed = start(project, tmp_path / "cache")
        time.sleep(chance.uniform(0.1, 1.0))
        killed.send_signal(signal.SIGKILL)
        killed.communicate()
        for run in runs:
            out, err = run.communicate()
            assert (out, err) == (expected, b"")


# --- where it is


@pytest.mark.parametrize(
    ("environment", "folder"),
    [
        ({"HOME": "/home/a"}, Path("/home/a/.cache/kgtool")),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "/c"}, Path("/c/kgtool")),
        ({"HOME": "/home/a", "XDG_CACHE_HOME": "relative"}, Path("/home/a/.cache/kgtool")),
        ({"HOME": "/home/a", "KGTOOL_CACHE": "/mine"}, Path("/mine")),
        ({"HOME": "/home/a", "KGTOOL_CACHE": "off"}, None),
        ({"HOME": "/home/a", "KGTOOL_CACHE": "~nobody-of-that-name/cache"}, None),
        ({}, None),
    ],
)
def test_the_folder_is_the_users(environment: dict[str, str], folder: Path | None) -> None:
    assert cache_folder(environment) == folder


def test_a_project_cannot_name_the_folder(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    """Else it could bring a result without findings along."""
    ran = kgtool("check", make_project({"data/a.ttl": DATA}, settings='cache = "here"\n'), "--lang", "en")
    assert ran.status == 2
    assert "cache" in ran.err


def test_the_command_line_keeps_results_unless_told_not_to(
    project: Path, tmp_path: Path, kgtool: Callable[..., Ran], checks: list[int]
) -> None:
    environment = {"KGTOOL_CACHE": str(tmp_path / "cache")}
    outputs = [kgtool("check", project, "--format", "json", env=environment).out for _ in range(2)]
    assert outputs[0] == outputs[1]
    assert len(checks) == 1
    kgtool("check", project, "--no-cache", env=environment)
    kgtool("check", project, env={"KGTOOL_CACHE": "off"})
    assert len(checks) == 3
