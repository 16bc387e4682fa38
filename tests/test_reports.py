"""Reports as the command line prints them: for people in two languages, for GitHub, and as JSON that keeps its schema."""

from __future__ import annotations

import hashlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from conftest import ROOT, Ran

from kgtool.finding import Finding, Note, Place, Severity
from kgtool.formats import FailOn
from kgtool.report import Report, Totals, to_human
from kgtool.report.github import to_github
from kgtool.write.curie import Curies

ID = "https://example.org/isle/"
SETTINGS = f'as-of = "2021-12-31"\n[prefixes]\nex = "{ID}"\n'
PREFIXES = f"""@prefix ex: <{ID}> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = (
    PREFIXES
    + """ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-name , ex:Ship-home .
ex:Ship-name a sh:PropertyShape ; sh:path ex:name ; sh:maxLength 4 ; sh:message "At most four letters."@en , "至多四字。"@zh-Hant .
ex:Ship-home a sh:PropertyShape ; sh:path ex:home ; sh:nodeKind sh:Literal ; sh:severity sh:Warning ;
  sh:message "Write it out."@en , "請寫出。"@zh-Hant .
"""
)
LOST = """#+ summary: {en: Lost, zh-Hant: 遺失}
#+ columns: {focus: any, path: iri, value: any}
#+ code: KG599
#+ severity: info
#+ fix: {en: Look for it., zh-Hant: 請尋找。}
SELECT ?focus ?path ?value WHERE { ?focus ex:lost ?value . BIND(ex:lost AS ?path) } ORDER BY ?focus ?value
"""
DATA = (
    PREFIXES
    + """ex:ferry a ex:Ship ; ex:name "渡輪甲乙丙"@zh-Hant ; ex:home ex:harbour .
ex:raft ex:lost [ ex:age 3 ] .
"""
)
FILES = {"shapes/ship.ttl": SHAPES, "data/ferry.ttl": DATA, "queries/check/lost.rq": LOST}
SHOWN = {
    "en": """data/ferry.ttl:4:30: error KG201 At most four letters.
    focus ex:ferry  path ex:name  value 渡輪甲乙丙@zh-Hant  by ex:Ship-name
    see shapes/ship.ttl:5:1
data/ferry.ttl:4:56: warning KG201 Write it out.
    focus ex:ferry  path ex:home  value ex:harbour  by ex:Ship-home
    see shapes/ship.ttl:6:1
data/ferry.ttl:5:17: info KG599 Lost
    focus ex:raft  path ex:lost  value _:BLANK  by lost
    see queries/check/lost.rq
    do: Look for it.
3 files, N triples, N checks as of 2021-12-31: 1 error, 1 warning, 1 info
""",
    "zh-Hant": """data/ferry.ttl:4:30: 錯誤 KG201 至多四字。
    焦點 ex:ferry  路徑 ex:name  值 渡輪甲乙丙@zh-Hant  規則 ex:Ship-name
    參見 shapes/ship.ttl:5:1
data/ferry.ttl:4:56: 警告 KG201 請寫出。
    焦點 ex:ferry  路徑 ex:home  值 ex:harbour  規則 ex:Ship-home
    參見 shapes/ship.ttl:6:1
data/ferry.ttl:5:17: 提示 KG599 遺失
    焦點 ex:raft  路徑 ex:lost  值 _:BLANK  規則 lost
    參見 queries/check/lost.rq
    作法: 請尋找。
3 個檔案、N 個三元組、N 項檢查(基準日 2021-12-31):1 項錯誤、1 項警告、1 項提示
""",
}
SELECTED = ("--select", "KG201", "--select", "KG599")


def usual(text: str) -> str:
    """A report without its notes, the engine's words, seconds, counts of checks, and labels of blank nodes."""
    text = re.sub(r"(?m)^(?:    engine|    引擎訊息|note:|註:) .*\n", "", text)
    text = re.sub(r"(?m) ?\(\d+\.\d (?:s|秒)\)$", "", text)
    text = re.sub(r"\d+( checks| triples| 項檢查| 個三元組)", r"N\1", text)
    return re.sub(r"_:f[0-9a-f]{10}n\d+", "_:BLANK", text)


def findings(kgtool: Callable[..., Ran], folder: Path) -> list[dict[str, Any]]:
    table = json.loads(kgtool("check", "--format", "json", *SELECTED, cwd=folder).out)
    found: list[dict[str, Any]] = table["findings"]
    return found


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_a_report_for_people_names_things_by_their_prefixes(
    language: str, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    ran = kgtool("check", *SELECTED, "--lang", language, cwd=make_project(FILES, SETTINGS))
    assert usual(ran.out) == SHOWN[language]
    assert (ran.status, ran.err) == (1, "")


CHOSEN = [
    ("option", {"KGTOOL_LANG": "zh-Hant", "LANG": "zh_TW.UTF-8"}, ("--lang", "en"), 'lang = "zh-Hant"\n', "en"),
    ("KGTOOL_LANG", {"KGTOOL_LANG": "en", "LANG": "zh_TW.UTF-8"}, (), 'lang = "zh-Hant"\n', "en"),
    ("settings", {"LANG": "zh_TW.UTF-8"}, (), 'lang = "en"\n', "en"),
    ("locale", {"LANG": "en_GB.UTF-8"}, (), "", "en"),
    ("first language of the project", {"LANG": "C.UTF-8"}, (), 'languages = ["en", "zh-Hant"]\n', "en"),
    ("nothing said", {}, (), "", "zh-Hant"),
    ("a language without messages", {}, ("--lang", "ja"), "", "zh-Hant"),
]


@pytest.mark.parametrize(
    ("env", "option", "setting", "language"), [row[1:] for row in CHOSEN], ids=[row[0] for row in CHOSEN]
)
def test_the_language_is_the_first_that_is_said(
    env: Mapping[str, str], option: tuple[str, ...], setting: str, language: str,
    make_project: Callable[..., Path], kgtool: Callable[..., Ran],
) -> None:  # fmt: skip
    ran = kgtool("check", *SELECTED, *option, cwd=make_project(FILES, setting + SETTINGS), env=env)
    assert usual(ran.out) == SHOWN[language]


def test_the_last_line_counts_files_triples_and_findings(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """Of shapes, the ship, the raft and a second file of data; hidden files and files of other kinds are not read."""
    more = {
        ".hidden.ttl": "x",
        "data/.hidden/a.ttl": "x",
        "data/notes.txt": "x",
        "data/none.ttl": "",
        "data/two.nt": "<x:a> <x:b> <x:c> .\n",
    }
    folder = make_project({**FILES, **more}, SETTINGS)
    last = kgtool("check", *SELECTED, "--lang", "en", cwd=folder).out.splitlines()[-1]
    table = json.loads(kgtool("check", "--format", "json", *SELECTED, cwd=folder).out)["summary"]
    triples = 15 + 3 + 2 + 1
    assert (table["files"], table["errors"], table["warnings"], table["infos"]) == (5, 1, 1, 1)
    assert table["triples"] == triples
    assert re.fullmatch(
        rf"5 files, {triples} triples, {table['checks']} checks as of 2021-12-31: 1 error, 1 warning, 1 info \(\d+\.\d s\)",
        last,
    )


def test_json_keeps_its_schema(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    schema = json.loads((ROOT / "tests" / "schemas" / "report.json").read_text(encoding="utf-8"))
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)
    dirty, clean = (kgtool("check", "--format", "json", cwd=make_project(files, SETTINGS, name)).out
                    for name, files in (("dirty", FILES), ("clean", {})))  # fmt: skip
    for text in (dirty, clean):
        validator.validate(json.loads(text))
    # A field that nobody described, a rule without its number and a finding without its place do not pass.
    table = json.loads(dirty)
    for change in (
        {"extra": 1},
        {"findings": [{**table["findings"][0], "rule": "KG1"}]},
        {"findings": [{"rule": "KG201"}]},
    ):
        with pytest.raises(jsonschema.ValidationError):
            validator.validate({**table, **change})
    assert (
        len(table["findings"]) == table["summary"]["errors"] + table["summary"]["warnings"] + table["summary"]["infos"]
    )


# --- fingerprints: what is wrong, not where


def test_a_fingerprint_stays_when_the_file_moves_and_the_line_changes(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """Also of a finding about a blank node, whose label comes from its file."""
    moved = {**FILES, "data/2021/other.ttl": "# moved\n\n" + DATA}
    del moved["data/ferry.ttl"]
    before, after = (
        findings(kgtool, make_project(files, SETTINGS, name)) for name, files in (("before", FILES), ("after", moved))
    )
    assert [found["file"] for found in before] == ["data/ferry.ttl"] * 3
    assert [found["file"] for found in after] == ["data/2021/other.ttl"] * 3
    assert [found["line"] + 2 for found in before] == [found["line"] for found in after]
    assert [found["fingerprint"] for found in before] == [found["fingerprint"] for found in after]
    assert len({found["fingerprint"] for found in before}) == 3


def test_a_fingerprint_changes_with_each_part_of_what_is_wrong() -> None:
    one = Finding(Place("a"), "KG201", "s", "f", "p", "v", Severity.ERROR, {"en": "x"})
    others = [
        Finding(Place("a"), *parts, Severity.ERROR, {"en": "x"})
        for parts in (
            ("KG202", "s", "f", "p", "v"), ("KG201", "t", "f", "p", "v"), ("KG201", "s", "g", "p", "v"),
            ("KG201", "s", "f", "q", "v"), ("KG201", "s", "f", "p", "w"),
        )
    ]  # fmt: skip
    assert len({found.fingerprint for found in (one, *others)}) == 6
    same = Finding(Place("b", 3, 4), "KG201", "s", "f", "p", "v", Severity.INFO, {"en": "y"}, detail={"en": "z"})
    assert same.fingerprint == one.fingerprint
    # What a baseline holds: it must not change with the program.
    assert one.fingerprint == hashlib.sha256(b"KG201|s|f|p|v").hexdigest()


def test_a_message_is_one_line_whatever_value_it_quotes() -> None:
    """What stands behind a line's end in a value must not read as a finding, a last line or a workflow command."""
    forged = 'cd:when "1\n  ::error::forged\ndata/x.ttl:1:1: error KG001 forged" is not EDTF.'
    found = Finding(Place("a", 1), "KG502", "s", "", "", "", Severity.ERROR, {"en": forged}, {"en": "Write\nit."})
    report = Report((found,), (Note("N-X", {"en": "two\nlines"}),), Totals(1, 1, 1, 0), "2021-12-31")
    assert [line.text for line in to_human(report, "en", Curies({}))][:4] == [
        'a:1: error KG502 cd:when "1 ::error::forged data/x.ttl:1:1: error KG001 forged" is not EDTF.',
        "    by s",
        "    do: Write it.",
        "note: two lines",
    ]


# --- GitHub's workflow commands


def reported(**given: Any) -> list[str]:
    values: dict[str, Any] = {
        "place": Place("data/a.ttl", 3, 5), "rule": "KG201", "source": "ex:Ship", "focus": "", "result_path": "", "value": "",
        "severity": Severity.ERROR, "message": {"en": "Said.", "zh-Hant": "說。"}, **given,
    }  # fmt: skip
    report = Report((Finding(**values),), (), Totals(1, 2, 3, 0.04), "2021-12-31")
    return list(to_github(report, "en", Curies({})))


GITHUB = [
    ("error", {}, "::error file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::Said."),
    ("warning", {"severity": Severity.WARNING}, "::warning file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::Said."),
    ("info", {"severity": Severity.INFO}, "::notice file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::Said."),
    ("no line", {"place": Place("data/a.ttl")}, "::error file=data/a.ttl,title=KG201 ex%3AShip::Said."),
    ("no file", {"place": Place("")}, "::error title=KG201 ex%3AShip::Said."),
    ("percent, line ends, colon and comma in a message", {"message": {"en": "10%0A\r\nnext: a, b"}},
     "::error file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::10%250A%0D%0Anext: a, b"),
    ("percent, line ends, colon and comma in a property", {"place": Place("a%,b:\nc\r.ttl", 1), "source": "x:y,z%"},
     "::error file=a%25%2Cb%3A%0Ac%0D.ttl,line=1,title=KG201 x%3Ay%2Cz%25::Said."),
    ("the next step", {"fix": {"en": "Do it."}}, "::error file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::Said. Do it."),
    ("a command in a message", {"message": {"en": "x\n::set-output name=a::b"}},
     "::error file=data/a.ttl,line=3,col=5,title=KG201 ex%3AShip::x%0A::set-output name=a::b"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "line"), [row[1:] for row in GITHUB], ids=[row[0] for row in GITHUB])
def test_a_github_annotation_is_one_line_and_escaped(given: dict[str, Any], line: str) -> None:
    first, *rest = reported(**given)
    assert first == line
    counts = {Severity.ERROR: "1 error, 0 warnings, 0 infos", Severity.WARNING: "0 errors, 1 warning, 0 infos"}
    found = counts.get(given.get("severity", Severity.ERROR), "0 errors, 0 warnings, 1 info")
    assert rest == [f"1 file, 2 triples, 3 checks as of 2021-12-31: {found} (0.0 s)"]


def test_under_github_actions_the_format_is_githubs_unless_one_is_asked_for(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project(FILES, SETTINGS)
    actions = {"GITHUB_ACTIONS": "true", "KGTOOL_LANG": "en"}
    lines = kgtool("check", *SELECTED, cwd=folder, env=actions).out.splitlines()
    assert lines[0] == "::error file=data/ferry.ttl,line=4,col=30,title=KG201 ex%3AShip-name::At most four letters."
    assert lines[2].endswith("title=KG599 lost::Lost Look for it.")
    assert usual(kgtool("check", *SELECTED, "--format", "human", cwd=folder, env=actions).out) == SHOWN["en"]
    assert usual(kgtool("check", *SELECTED, cwd=folder, env={**actions, "KGTOOL_FORMAT": "human"}).out) == SHOWN["en"]


# --- values, and what a terminal is sent

VALUES = [
    ('<https://example.org/isle/tug>', "ex:tug"),
    ("<https://example.com/other>", "<https://example.com/other>"),
    ('"plain"', "plain"),
    ('"鳥"@zh-Hant', "鳥@zh-Hant"),
    ('"012"^^<http://www.w3.org/2001/XMLSchema#integer>', "012"),
    ("_:f0123456789n4", "_:f0123456789n4"),
    ('"two\nlines"', "two\\nlines"),
    (f'"{"x" * 121}"', "x" * 120 + "…"),
    (f'"{"x" * 120}"', "x" * 120),
]  # fmt: skip
PATHS = [
    (f"<{ID}name>", "ex:name"),
    (f"^<{ID}home>/(<{ID}name>|<http://www.w3.org/2000/01/rdf-schema#label>)*", "^ex:home/(ex:name|rdfs:label)*"),
    ("<https://example.com/other>+", "<https://example.com/other>+"),
]


def facts(**given: str) -> str:
    curies = Curies({"ex": ID, "rdfs": "http://www.w3.org/2000/01/rdf-schema#"})
    found = Finding(Place("a"), "KG201", "s", given.get("focus", ""), given.get("path", ""), given.get("value", ""),
                    Severity.ERROR, {"en": "x"})  # fmt: skip
    return list(to_human(Report((found,), (), Totals(1, 1, 1, 0), "2021-12-31"), "en", curies))[1].text


@pytest.mark.parametrize(("term", "shown"), VALUES)
def test_a_value_is_shown_as_a_person_writes_it(term: str, shown: str) -> None:
    assert facts(value=term) == f"    value {shown}  by s"


@pytest.mark.parametrize(("path", "shown"), PATHS)
def test_a_path_is_shown_with_prefixed_names(path: str, shown: str) -> None:
    assert facts(path=path) == f"    path {shown}  by s"


def test_a_focus_node_is_shown_with_its_prefix_or_label() -> None:
    assert facts(focus=ID + "tug") == "    focus ex:tug  by s"
    assert facts(focus="_:f0123456789n4") == "    focus _:f0123456789n4  by s"


@pytest.mark.parametrize(
    ("severities", "fail_on", "status"),
    [
        ((), FailOn.INFO, 0),
        ((Severity.INFO,), FailOn.INFO, 1), ((Severity.INFO,), FailOn.WARNING, 0), ((Severity.INFO,), FailOn.ERROR, 0),
        ((Severity.WARNING,), FailOn.WARNING, 1), ((Severity.WARNING,), FailOn.ERROR, 0),
        ((Severity.INFO, Severity.ERROR), FailOn.ERROR, 1), ((Severity.ERROR,), FailOn.NEVER, 0),
    ],
)  # fmt: skip
def test_a_report_fails_from_the_severity_that_is_asked_for(
    severities: tuple[Severity, ...], fail_on: FailOn, status: int
) -> None:
    found = tuple(
        Finding(Place("a", n), "KG201", "s", "", "", "", severity, {"en": "x"}) for n, severity in enumerate(severities)
    )
    assert Report(found, (Note("N", {"en": "x"}),), Totals(1, 1, 1, 0), "2021-12-31").exit_status(fail_on) == status


def on_terminal(folder: Path, *arguments: str, **env: str) -> str:
    """What a command writes to a terminal."""
    master, slave = pty.openpty()
    base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "KGTOOL_LANG": "en"}
    process = subprocess.Popen(
        [sys.executable, "-m", "kgtool", *arguments], cwd=folder, env={**base, **env}, stdout=slave
    )
    os.close(slave)
    parts = []
    while True:
        try:
            part = os.read(master, 65536)
        except OSError:  # Linux says EIO when the other end is closed
            break
        if not part:
            break
        parts.append(part)
    process.wait(timeout=60)
    os.close(master)
    return b"".join(parts).decode("utf-8").replace("\r\n", "\n")


ESCAPE = "\x1b["


def test_colour_is_for_a_person_at_a_terminal_only(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project(FILES, SETTINGS)
    coloured = on_terminal(folder, "check", *SELECTED)
    assert ESCAPE in coloured
    assert usual(re.sub(r"\x1b\[[0-9;]*m", "", coloured)) == SHOWN["en"]
    for env in ({"NO_COLOR": "1"}, {"CI": "true"}):
        assert usual(on_terminal(folder, "check", *SELECTED, **env)) == SHOWN["en"]
    assert ESCAPE not in kgtool("check", *SELECTED, cwd=folder).out
    assert ESCAPE not in on_terminal(folder, "check", "--format", "json")
    assert on_terminal(folder, "check", "--output-file", "report.txt") == ""
    assert ESCAPE not in (folder / "report.txt").read_text(encoding="utf-8")


def test_a_table_on_a_terminal_is_plain_where_colour_is_unwanted(make_project: Callable[..., Path]) -> None:
    folder = make_project(
        {**FILES, "queries/ask/ships.rq": "#+ summary: {en: S, zh-Hant: 船}\nSELECT ?s WHERE { ?s a ex:Ship }\n"},
        SETTINGS,
    )
    assert ESCAPE in on_terminal(folder, "query", "ships")
    for env in ({"NO_COLOR": "1"}, {"CI": "true"}):
        assert on_terminal(folder, "query", "ships", **env) == "s\nex:ferry\n(1 row)\n"


@pytest.mark.parametrize("form", ["human", "github", "markdown"])
def test_what_cannot_be_seen_or_turns_a_line_round_is_spelled_out(
    form: str, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    data = PREFIXES + 'ex:ferry a ex:Ship ; ex:home ex:harbour ; ex:name "a\u202eb\u200b\\u001B[31mc"@en .\n'
    ran = kgtool(
        "check", "--format", form, "--lang", "en", cwd=make_project({"shapes/ship.ttl": SHAPES, "data/ferry.ttl": data})
    )
    assert ran.status == 1
    assert not set(ran.out) & set("\u202e\u200b\x1b")
    if form == "human":
        assert "a\\u202Eb\\u200B\\u001B[31mc@en" in ran.out


@pytest.mark.parametrize(
    "command",
    [
        ("query", "--file", "all.rq"), ("explain", "ex:ferry", "ex:home", "ex:harbour"),
        ("diff", "{other}"), ("diff", "{other}", "--format", "markdown"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_what_other_commands_tell_people_of_the_data_is_obeyed_by_no_terminal_either(
    command: tuple[str, ...], make_project: Callable[..., Path], kgtool: Callable[..., Ran], tmp_path: Path
) -> None:
    named = 'ex:ferry a ex:Ship ; ex:home ex:{} ; <http://www.w3.org/2000/01/rdf-schema#label> "a\\u001B[31mb\u202ec 港👨‍👩‍👧"@en .\n'
    other = tmp_path / "other"
    folder = make_project(
        {"data/ferry.ttl": PREFIXES + named.format("island"), "all.rq": "SELECT * { ?s ?p ?o }"}, SETTINGS
    )
    shutil.copytree(folder, other)
    (folder / "data" / "ferry.ttl").write_text(PREFIXES + named.format("harbour"), encoding="utf-8")
    ran = kgtool(*(part.format(other=other) for part in command), "--lang", "en", cwd=folder)
    assert (ran.status, ran.err) == (0, "")
    assert not set(ran.out) & set("\u202e\x1b")
    assert re.search(r"a\\{1,2}u001B\\?\[31mb\\{1,2}u202Ec 港👨‍👩‍👧", ran.out), ran.out
