"""Waivers, the baseline and `--changed-since`: which findings count, and that nothing is hidden for good."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran

from kgtool.finding import Finding, Place, Severity
from kgtool.policy import Baseline, compare, write_baseline
from kgtool.policy.baseline import read_baseline

NS = "https://example.org/harbour/id/"
SETTINGS = f'[prefixes]\nevt = "{NS}event/"\n'
HEAD = f"@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n@prefix evt: <{NS}event/> .\n"
# The pairing of an EDTF value with its bounds, which the date check reads from the ontology.
ONTOLOGY = HEAD + "cd:when cd:lowerBoundProperty cd:earliest ; cd:upperBoundProperty cd:latest .\n"
MAKE = Callable[..., Path]
RUN = Callable[..., Ran]


def waiver(**changes: str | None) -> str:
    table = {
        "rule": "KG502",
        "focus": "evt:june",
        "owner": "Secretariat",
        "reason": "Asked the archive.",
        "expires": "2031-06-30",
    }
    rows = {**table, **changes}
    return "[[waivers]]\n" + "".join(
        f"{key} = {json.dumps(value)}\n" for key, value in rows.items() if value is not None
    )


def dated(*names: str) -> dict[str, str]:
    """Events whose `cd:when` is not EDTF: one KG502 each, in a file of its own."""
    files = {f"data/{name}.ttl": f'{HEAD}evt:{name} cd:when "in {name}" .\n' for name in names}
    return {"ontology/core.ttl": ONTOLOGY, **files}


@pytest.fixture
def check(kgtool: RUN) -> RUN:
    def run(folder: Path, *options: object, day: str = "2031-01-01") -> Ran:
        return kgtool("check", folder, "--lang", "en", "--as-of", day, *options)

    return run


def rules(ran: Ran) -> list[str]:
    return [row["rule"] for row in json.loads(ran.out)["findings"]]


# ---------- waivers


def test_a_waived_finding_is_counted_and_not_reported(make_project: MAKE, check: RUN) -> None:
    folder = make_project(dated("june", "july"), SETTINGS + waiver())
    ran = check(folder)
    assert ran.status == 1
    assert "evt:july" in ran.out
    assert "evt:june" not in ran.out
    assert "1 error, 0 warnings, 0 infos, 1 waived (" in ran.out
    listed = check(folder, "--statistics").out
    assert "waived data/june.ttl:3:18 KG502 evt:june: Asked the archive. (Secretariat, 2031-06-30)" in listed


@pytest.mark.parametrize(
    "focus", ["evt:june", f"<{NS}event/june>", f"{NS}event/june", "evt:*", "evt:j*e", f"{NS}*", "*"]
)
def test_the_focus_may_be_a_name_an_iri_or_a_pattern(make_project: MAKE, check: RUN, focus: str) -> None:
    ran = check(make_project(dated("june"), SETTINGS + waiver(focus=focus)))
    assert (ran.status, ran.out.count("KG")) == (0, 0)


@pytest.mark.parametrize("changes", [{"focus": "evt:jun"}, {"focus": "evt:jun?"}, {"rule": "KG5"}, {"rule": "KG501"}])
def test_a_waiver_that_is_not_meant_waives_nothing(make_project: MAKE, check: RUN, changes: dict[str, str]) -> None:
    ran = check(make_project(dated("june"), SETTINGS + waiver(**changes)), "--format", "json")
    assert rules(ran) == ["KG502", "KG802"]


@pytest.mark.parametrize(
    ("changes", "en", "zh"),
    [
        ({"focus": "evt:jun"}, "there is no such finding", "沒有這樣的發現"),
        ({"rule": "KG5"}, "write a whole code", "須寫完整之代碼"),
        ({"rule": "kg502"}, "no such rule or source (did you mean KG502?)", "沒有這個規則或來源(是否指 KG502?)"),
        ({"rule": "date-not-edft"}, "no such rule or source (did you mean date-not-edtf?)", "(是否指 date-not-edtf?)"),
        ({"rule": "x"}, "there is no such rule or source.", "沒有這個規則或來源。"),
        ({"rule": "KG801"}, "nobody can waive this rule", "此規則不得豁免"),
        ({"rule": "shapes-broken"}, "nobody can waive this rule", "此規則不得豁免"),
        ({"focus": "evt:july"}, "a waiver before it holds for what it would waive", "前面另有豁免已豁免其發現"),
    ],
)
def test_an_unused_waiver_says_why_it_has_no_use(
    make_project: MAKE, check: RUN, changes: dict[str, str], en: str, zh: str
) -> None:
    folder = make_project(dated("july"), SETTINGS + waiver(focus="*") + waiver(**changes))
    said = [row["message"] for row in json.loads(check(folder, "--format", "json").out)["findings"]]
    assert len(said) == 1
    assert en in said[0]["en"]
    assert zh in said[0]["zh-Hant"]


def test_equal_waivers_are_one_too_many_and_a_narrow_one_before_a_wide_one_is_not(
    make_project: MAKE, check: RUN
) -> None:
    ran = check(make_project(dated("june", "july"), SETTINGS + waiver() + waiver() + waiver(focus="*")))
    assert ran.out.count("warning KG802") == 1
    assert "kgtool.toml:9:1: warning KG802" in ran.out
    assert check(make_project(dated("june", "july"), SETTINGS + waiver() + waiver(focus="*"))).out.count("KG802") == 0


def test_a_waiver_may_name_the_source_of_a_finding(make_project: MAKE, check: RUN) -> None:
    assert check(make_project(dated("june"), SETTINGS + waiver(rule="date-not-edtf"))).status == 0


def test_a_waiver_holds_through_its_last_day(make_project: MAKE, check: RUN) -> None:
    folder = make_project(dated("june"), SETTINGS + waiver())
    assert check(folder, day="2031-06-30").status == 0
    assert rules(check(folder, "--format", "json", day="2031-07-01")) == ["KG502", "KG801"]


def test_an_expired_waiver_is_an_error_at_its_place_and_waives_nothing(make_project: MAKE, check: RUN) -> None:
    text = SETTINGS + waiver(focus="evt:july") + "\n  [[ waivers ]]\n" + waiver().split("\n", 1)[1]
    folder = make_project(dated("june", "july"), text)
    line = text.split("\n").index("  [[ waivers ]]") + 1
    ran = check(folder, day="2031-07-01")
    assert ran.status == 1
    assert f"kgtool.toml:{line}:1: error KG801 the waiver of KG502 for evt:june expired on 2031-06-30" in ran.out
    assert ran.out.count("error KG502") == 2


def test_an_unused_waiver_is_a_warning_at_its_place(make_project: MAKE, check: RUN) -> None:
    ran = check(make_project(dated(), SETTINGS + waiver()))
    assert ran.status == 0
    assert "kgtool.toml:3:1: warning KG802" in ran.out


def test_a_header_inside_a_text_is_no_waiver(make_project: MAKE, check: RUN) -> None:
    text = (
        SETTINGS
        + '[[waivers]]\nrule = "KG502"\nfocus = "*"\nowner = "A"\nreason = """\n[[waivers]]\nx"""\nexpires = 2020-01-01\n'
    )
    assert "kgtool.toml:3:1: error KG801" in check(make_project({}, text)).out


def test_waivers_in_one_line_and_in_pyproject_have_a_place_too(tmp_path: Path, check: RUN) -> None:
    row = '{rule = "KG502", focus = "*", owner = "A", reason = "B", expires = 2020-01-01}'
    (tmp_path / "pyproject.toml").write_text(f"[tool.kgtool]\nwaivers = [{row}]\n", encoding="utf-8")
    assert "pyproject.toml:2:1: error KG801" in check(tmp_path).out
    rows = row.strip("{}").replace(", ", "\n")
    (tmp_path / "pyproject.toml").write_text(f"[tool.kgtool]\n[[tool.kgtool.waivers]]\n{rows}\n", encoding="utf-8")
    assert "pyproject.toml:2:1: error KG801" in check(tmp_path).out


def test_broken_shapes_and_expired_waivers_cannot_be_waived(make_project: MAKE, check: RUN) -> None:
    shapes = (
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<urn:s> a sh:NodeShape ; sh:targetClass <urn:c> ;\n"
        '  sh:property [ sh:path <urn:p> ; sh:minCount "two" ] .\n'
    )
    text = 'engine = "pyshacl"\n' + SETTINGS + waiver(rule="KG202", focus="*") + waiver(rule="KG801", focus="*")
    text += waiver(expires="2020-01-01")
    found = rules(
        check(make_project({"shapes/s.ttl": shapes, "data/d.ttl": "<urn:d> a <urn:c> ."}, text), "--format", "json")
    )
    assert "KG202" in found
    assert "KG801" in found


@pytest.mark.parametrize("key", ["rule", "focus", "owner", "reason", "expires"])
@pytest.mark.parametrize("value", [None, "", "  "])
def test_every_key_of_a_waiver_is_required(make_project: MAKE, check: RUN, key: str, value: str | None) -> None:
    ran = check(make_project({}, SETTINGS + waiver() + waiver(**{key: value})))
    assert ran.status == 2
    assert "E-CONFIG-VALUE" in ran.err
    assert f"'waivers[2]': needs {key}" in ran.err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (waiver(expires="2031-6-30"), "expires must be YYYY-MM-DD"),
        (waiver(expires="20310630"), "expires must be YYYY-MM-DD"),
        (waiver(expires="2031-02-30"), "expires must be YYYY-MM-DD"),
        (waiver(note="x"), "unknown key 'note'"),
        ("[waivers]\n", "must be a list"),
        ('waivers = ["x"]\n', "must be a table"),
        (waiver(focus="gov:x"), "E-WAIVER-FOCUS"),
        (waiver(focus="june"), "E-WAIVER-FOCUS"),
    ],
)
def test_a_waiver_that_cannot_be_read_stops_the_check(make_project: MAKE, check: RUN, text: str, said: str) -> None:
    ran = check(make_project({}, text + SETTINGS if text.startswith("waivers") else SETTINGS + text))
    assert ran.status == 2
    assert said in ran.err


def test_waived_findings_are_counted_where_they_are_asked_for(make_project: MAKE, check: RUN) -> None:
    folder = make_project(dated("june", "july"), SETTINGS + waiver())
    assert ", 1 waived" not in check(folder / "data" / "july.ttl").out
    assert ", 1 waived" in check(folder / "data" / "june.ttl").out
    assert ", 1 waived" not in check(folder, "--ignore", "KG5").out


# ---------- select and ignore


NAMED = {
    **dated("june"),
    "queries/check/lost.rq": (
        "#+ summary: {en: Lost, zh-Hant: 失}\n#+ code: KG599\n#+ columns: {focus: iri}\n"
        "SELECT ?focus WHERE { ?focus <urn:lost> ?x } ORDER BY ?focus\n"
    ),
    "queries/check/broken.rq": "SELECT",
    "queries/ask/asked.rq": "#+ summary: {en: A, zh-Hant: 問}\nASK {}\n",
    "shapes/s.ttl": "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix evt: <" + NS + "event/> .\n"
    "evt:Shape a sh:NodeShape ; sh:targetClass evt:C ; sh:nodeKind sh:IRI .\n",
}  # fmt: skip


@pytest.mark.parametrize("option", ["--select", "--ignore"])
@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("KG888", "`kgtool rule` lists the codes"), ("", "`kgtool rule` lists"), ("kg502", "Did you mean 'KG502'?"),
        ("kg5", "Did you mean 'KG5'?"), ("Kg59", "Did you mean 'KG59'?"),
        ("KG501,KG502", "give one at a time"), ("KG5*", ""), ("date-not-edft", "Did you mean 'date-not-edtf'?"),
        ("evt:Shap", "Did you mean 'evt:Shape'?"), ("lots", "Did you mean 'lost'?"), ("asked", ""),
    ],
)  # fmt: skip
def test_a_rule_that_there_is_not_cannot_be_chosen(
    make_project: MAKE, check: RUN, option: str, name: str, hint: str
) -> None:
    """Nothing would be found: a slip must not look like a pass."""
    ran = check(make_project(NAMED, SETTINGS), option, "KG5", option, name)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"kgtool: E-RULE-NONE: {option} {name}: there is no such rule or source. ")
    assert hint in ran.err


@pytest.mark.parametrize(
    "name",
    ["KG502", "KG5", "KG", "date-not-edtf", "evt:Shape", "lost", "KG599", "KG59", "broken", "ClassConstraintComponent"],
)
def test_a_rule_that_there_is_can_be_chosen_found_or_not(make_project: MAKE, check: RUN, name: str) -> None:
    folder = make_project(NAMED, SETTINGS)
    chosen = check(folder, "--select", name)
    assert (chosen.err, f"note: only {name} reported\n" in chosen.out) == ("", True)
    left = check(folder, "--ignore", name, "--format", "json")
    assert {"zh-Hant": f"不報告 {name}", "en": f"{name} not reported"} in [
        note["message"] for note in json.loads(left.out)["notes"]
    ]


# ---------- baseline


def test_only_new_findings_count_beside_a_baseline(make_project: MAKE, check: RUN, tmp_path: Path) -> None:
    folder, file = make_project(dated("june", "july"), SETTINGS), tmp_path / "baseline.json"
    written = check(folder, "--write-baseline", file)
    assert written.status == 0
    assert written.err == f"kgtool: 2 findings written to {file}\n"
    assert "nothing found, 2 known" in written.out
    (folder / "data" / "may.ttl").write_text(HEAD + 'evt:may cd:when "in may" .\n', encoding="utf-8")
    ran = check(folder, "--baseline", file)
    assert ran.status == 1
    assert ran.out.count("error KG502") == 1
    assert "1 error, 0 warnings, 0 infos, 2 known" in ran.out


def test_a_moved_dossier_stays_known_and_a_corrected_one_is_gone(
    make_project: MAKE, check: RUN, tmp_path: Path
) -> None:
    folder, file = make_project(dated("june", "july"), SETTINGS), tmp_path / "baseline.json"
    check(folder, "--write-baseline", file)
    (folder / "data" / "june.ttl").rename(folder / "data" / "moved.ttl")
    assert "2 known" in check(folder, "--baseline", file).out
    (folder / "data" / "july.ttl").unlink()
    ran = check(folder, "--baseline", file)
    assert ran.status == 0
    assert "note: 1 gone from the baseline: rewrite it with --write-baseline." in ran.out
    assert json.loads(check(folder, "--baseline", file, "--format", "json").out)["summary"]["gone"] == 1
    part = check(folder / "data" / "moved.ttl", "--baseline", file)
    assert "note: 1 gone" in part.out


def test_the_settings_may_name_the_baseline(make_project: MAKE, check: RUN) -> None:
    folder = make_project(dated("june"), 'baseline = "known.json"\n' + SETTINGS)
    missing = check(folder)
    assert (missing.status, "E-BASELINE" in missing.err, "--write-baseline" in missing.err) == (2, True, True)
    assert check(folder, "--write-baseline", folder / "known.json").status == 0
    assert check(folder).status == 0


def test_a_baseline_is_the_same_bytes_and_a_finding_a_line(make_project: MAKE, check: RUN, tmp_path: Path) -> None:
    folder = make_project(dated("june", "july"), SETTINGS)
    for name in ("one.json", "two.json"):
        check(folder, "--write-baseline", tmp_path / name)
    text = (tmp_path / "one.json").read_text(encoding="utf-8")
    assert text == (tmp_path / "two.json").read_text(encoding="utf-8")
    assert len([line for line in text.splitlines() if '"count": 1' in line]) == 2


def _finding(line: int, rule: str = "KG502") -> Finding:
    return Finding(Place("a.ttl", line), rule, "s", "urn:x", "", "", Severity.ERROR, {"en": "x"})


def test_equal_fingerprints_are_counted(tmp_path: Path) -> None:
    file = tmp_path / "b.json"
    file.write_text(write_baseline([_finding(1), _finding(2)], frozenset()), encoding="utf-8")
    baseline = read_baseline(file)
    compared = compare([_finding(1), _finding(5), _finding(9)], baseline, frozenset())
    assert [finding.place.line for finding in compared.new] == [9]
    assert (len(compared.known), compared.gone) == (2, 0)
    assert compare([], baseline, frozenset()).gone == 2


def test_what_nobody_may_deny_is_in_no_baseline() -> None:
    never = frozenset({"KG202"})
    assert json.loads(write_baseline([_finding(1, "KG202")], never))["findings"] == {}
    mark = _finding(1, "KG202").fingerprint
    assert len(compare([_finding(1, "KG202")], Baseline({mark: 1}), never).new) == 1


OTHER_FORM = ("不是本程式所寫之格式", "it is not as this program writes one")


@pytest.mark.parametrize(("text", "zh", "en"), [
    ("", "第 1 行第 1 字起不是 JSON", "no JSON from 1:1 on"), ('{\n "a": x}', "第 2 行第 7 字起不是 JSON", "no JSON from 2:7 on"),
    ("[]", *OTHER_FORM), ("{}", *OTHER_FORM), ("[" * 100_000, *OTHER_FORM),
    ('{"version": 2, "findings": {}}', "版本為 2,此處讀 1", "its version is 2; this program reads 1"),
    ('{"version": 1, "findings": {"a": {"count": 0}}}', *OTHER_FORM), ('{"version": 1, "findings": {"a": 1}}', *OTHER_FORM),
    ('{"version": 1, "findings": {"a": {"count": true}}}', *OTHER_FORM),
])  # fmt: skip
def test_a_file_that_is_no_baseline_stops_the_check(
    make_project: MAKE, check: RUN, tmp_path: Path, text: str, zh: str, en: str
) -> None:
    (tmp_path / "b.json").write_text(text, encoding="utf-8")
    folder = make_project({})
    for language, said in (("zh-Hant", f":基準檔無法使用({zh})。"), ("en", f": the baseline cannot be used ({en}).")):
        ran = check(folder, "--baseline", tmp_path / "b.json", "--lang", language)
        assert ran.status == 2
        assert ran.err.startswith(f"kgtool: E-BASELINE: {tmp_path / 'b.json'}{said}")


def test_a_baseline_without_an_end_stops_the_check(make_project: MAKE, check: RUN, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "zero").symlink_to("/dev/zero")
    for name in ("pipe", "zero"):
        ran = check(make_project({}), "--baseline", tmp_path / name)
        assert ran.status == 2
        assert "the baseline cannot be used (not a regular file)" in ran.err
        chinese = check(make_project({}), "--baseline", tmp_path / name, "--lang", "zh-Hant")
        assert "基準檔無法使用(不是一般檔案)" in chinese.err


@pytest.mark.parametrize(
    "option", [("--select", "KG5"), ("--ignore", "KG5"), ("--changed-since", "HEAD"), ("--baseline", "x")]
)
def test_a_baseline_is_written_of_the_whole_project_only(
    make_project: MAKE, check: RUN, tmp_path: Path, option: tuple[str, str]
) -> None:
    ran = check(make_project({}), "--write-baseline", tmp_path / "b.json", *option)
    assert (ran.status, "E-USAGE" in ran.err, (tmp_path / "b.json").exists()) == (2, True, False)


def test_a_report_is_not_written_over_a_baseline(make_project: MAKE, check: RUN, tmp_path: Path) -> None:
    folder, file = make_project(dated("june"), SETTINGS), tmp_path / "b.json"
    (tmp_path / "link.json").symlink_to(file)
    both = check(folder, "--write-baseline", file, "--output-file", tmp_path / "link.json")
    assert (both.status, both.out, file.exists()) == (2, "", False)
    assert "--output-file and --write-baseline are one file." in both.err
    check(folder, "--write-baseline", file, "--output-file", tmp_path / "report.txt")
    before = file.read_bytes()
    assert "--output-file and --baseline are one file" in check(folder, "--baseline", file, "--output-file", file).err
    assert file.read_bytes() == before


# ---------- changed since a revision


def git(folder: Path, *arguments: str) -> None:
    who = {
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@example.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@example.org",
    }
    env = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, env=env)


@pytest.fixture
def repository(make_project: MAKE, tmp_path: Path) -> Path:
    """A project in a folder of a checkout, with one commit."""
    folder = make_project({**dated("june", "july", "Año 港"), ".gitignore": "data/ignored.ttl\n"}, SETTINGS)
    git(tmp_path, "init", "-q", "-b", "main")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "one")
    return folder


def files_of(ran: Ran) -> list[str]:
    return [row["file"] for row in json.loads(ran.out)["findings"]]


def test_only_files_changed_since_the_revision_are_reported(repository: Path, check: RUN) -> None:
    assert files_of(check(repository, "--changed-since", "HEAD", "--format", "json")) == []
    for name in ("june", "Año 港"):
        path = repository / "data" / f"{name}.ttl"
        path.write_text(path.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
    for name in ("new", "ignored"):
        (repository / "data" / f"{name}.ttl").write_text(f'{HEAD}evt:{name} cd:when "x" .\n', encoding="utf-8")
    git(repository, "add", "data/june.ttl")
    ran = check(repository, "--changed-since", "HEAD", "--format", "json")
    assert files_of(ran) == ["data/Año 港.ttl", "data/ignored.ttl", "data/june.ttl", "data/new.ttl"]
    assert json.loads(ran.out)["summary"]["unchanged"] == 1
    assert "1 in unchanged files" in check(repository, "--changed-since", "HEAD").out


def test_in_a_hook_of_a_linked_work_tree_the_same_files_are_changed(
    repository: Path, check: RUN, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """git gives such a hook GIT_DIR and no GIT_WORK_TREE, which makes the project's folder the top of the work tree."""
    linked = tmp_path.parent / f"{tmp_path.name}-linked"
    git(tmp_path, "worktree", "add", "-q", str(linked))
    folder = linked / repository.relative_to(tmp_path)
    (folder / "data" / "new.ttl").write_text(f'{HEAD}evt:new cd:when "x" .\n', encoding="utf-8")
    asked = ("--changed-since", "HEAD", "--format", "json")
    assert files_of(check(folder, *asked)) == ["data/new.ttl"]
    monkeypatch.setenv("GIT_DIR", str(tmp_path / ".git" / "worktrees" / linked.name))
    assert files_of(check(folder, *asked)) == ["data/new.ttl"]
    (linked / ".git").unlink()  # a work tree that is one by its variables alone is still one
    monkeypatch.setenv("GIT_WORK_TREE", str(linked))
    assert files_of(check(folder, *asked)) == ["data/new.ttl"]


def test_a_change_counts_from_where_the_branches_parted(repository: Path, check: RUN) -> None:
    git(repository, "checkout", "-q", "-b", "topic")
    git(repository, "mv", "data/june.ttl", "data/moved.ttl")
    git(repository, "commit", "-q", "-m", "mine")
    git(repository, "checkout", "-q", "main")
    (repository / "data" / "july.ttl").write_text(f'{HEAD}evt:july cd:when "x" .\n', encoding="utf-8")
    git(repository, "commit", "-q", "-a", "-m", "theirs")
    git(repository, "checkout", "-q", "topic")
    assert files_of(check(repository, "--changed-since", "main", "--format", "json")) == ["data/moved.ttl"]


@pytest.mark.parametrize(
    "revision", ["nope", "--help", "-x", "main..topic", "", "HEAD:data", "a\nb", "$(touch x)", "HEAD; touch x"]
)
def test_an_unknown_revision_stops_the_check(repository: Path, check: RUN, revision: str) -> None:
    ran = check(repository, "--changed-since", revision)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("kgtool: E-GIT-REVISION: ")
    assert not (repository / "x").exists()


def test_outside_a_checkout_the_check_says_so(make_project: MAKE, check: RUN) -> None:
    ran = check(make_project({}), "--changed-since", "HEAD")
    assert ran.status == 2
    assert ran.err.startswith("kgtool: E-GIT-NONE: ")


def test_without_git_the_check_says_so(repository: Path, check: RUN, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    ran = check(repository, "--changed-since", "HEAD")
    assert ran.status == 2
    assert ran.err.startswith("kgtool: E-GIT: git cannot be run")


def test_no_program_of_the_checkouts_configuration_is_run(repository: Path, check: RUN, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    script = tmp_path / "script.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\n", encoding="utf-8")
    script.chmod(0o755)
    for key in ("core.fsmonitor", "diff.external", "core.pager"):
        git(tmp_path, "config", key, str(script))
    path = repository / "data" / "june.ttl"
    path.write_text(path.read_text(encoding="utf-8") + "# seen\n", encoding="utf-8")
    assert files_of(check(repository, "--changed-since", "HEAD", "--format", "json")) == ["data/june.ttl"]
    assert not mark.exists()


def test_a_finding_is_what_is_wrong_and_where_whatever_its_words() -> None:
    one = Finding(Place("a.ttl", 2), "KG1", "s", "f", "p", "v", Severity.INFO, {"en": "x"})
    same = Finding(Place("a.ttl", 2), "KG1", "s", "f", "p", "v", Severity.ERROR, {"en": "y"}, {"en": "do"}, "more")
    later = Finding(Place("a.ttl", 10), "KG1", "s", "f", "p", "v", Severity.INFO, {"en": "x"})
    assert (one == same, hash(one) == hash(same), len({one, same, later})) == (True, True, 2)
    assert one != later
    assert one != Place("a.ttl", 2)
    assert sorted([later, one]) == [one, later]
