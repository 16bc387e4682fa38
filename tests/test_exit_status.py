"""Exit status and streams: every situation that a user can get into ends with the status, the stream and the words said.

0 clean; 1 findings at or above --fail-on; 2 cannot run; 3 a remote endpoint failed; 130 interrupted. Results stand on
standard output; an error is one line on standard error, with its code and the next step, in both languages.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from conftest import ROOT, Ran, needs, run_process

from kgtool import __version__
from kgtool.cli import COMMANDS
from kgtool.errors import RemoteError, Texts, texts
from kgtool.formats import FailOn, ReportFormat, ResultFormat
from kgtool.project.settings import DEFAULTS

LANGUAGES = ("zh-Hant", "en")
SETTINGS = 'as-of = "2021-12-31"\nsources = "sources"\n[prefixes]\nex = "https://example.org/isle/"\n'
TALE = "The ferry came.\nThe harbour slept.\n"
LONG = "x" * 300
PREFIXES = """@prefix ex: <https://example.org/isle/> .
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
FERRY = PREFIXES + "ex:ferry a ex:Ship ; ex:home ex:harbour ; ex:built 1999 .\n"
DIGEST = hashlib.sha256(TALE.encode()).hexdigest()
RECORD = PREFIXES + (
    f'<https://example.org/isle/source/tale> a cd:Source ; cd:fileName "tale.txt" ; cd:codePoints {len(TALE)} ; cd:sha256 "{DIGEST}" .\n'
)
SHIPS = """#+ summary: {en: Ships, zh-Hant: 船}
#+ columns: {ship: iri}
#+ tests: [{rows: [[ex:ferry]]}]
SELECT ?ship WHERE { ?ship a ex:Ship } ORDER BY ?ship
"""
HOMES = """#+ summary: {en: Ships of a harbour, zh-Hant: 某港之船}
#+ columns: {ship: iri}
#+ params: {home: {type: iri, required: true, example: ex:harbour}, since: {type: year}}
#+ tests: [{params: {home: ex:harbour}, rows: [[ex:ferry]]}]
SELECT ?ship WHERE { ?ship ex:home ?home . OPTIONAL { ?ship ex:built ?since } } ORDER BY ?ship
"""
SHELTERS = """#+ summary: {en: Homes, zh-Hant: 母港}
#+ tests: [{min_rows: 1}]
CONSTRUCT { ?harbour ex:home ?ship } WHERE { ?ship ex:home ?harbour }
"""
FLEET = {
    "data/ferry.ttl": FERRY,
    "queries/ask/ships.rq": SHIPS,
    "queries/ask/homes.rq": HOMES,
    "queries/build/shelters.rq": SHELTERS,
}
LIBRARY = {"data/source/tale.ttl": RECORD, "sources/tale.txt": TALE}
# A query that reports a failure. Source: SHACL §5.3.2.
UNRUNNABLE = PREFIXES + (
    "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ;\n"
    '  sh:sparql [ a sh:SPARQLConstraint ; sh:select "SELECT $this ?failure WHERE { BIND(true AS ?failure) }" ] .\n'
)


def noticing(severity: str) -> dict[str, str]:
    """A project with one finding of a severity."""
    return {
        "data/ferry.ttl": FERRY,
        "shapes/ship.ttl": PREFIXES
        + "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-name .\n"
        + f"ex:Ship-name sh:path ex:name ; sh:minCount 1 ; sh:severity sh:{severity} ;\n"
        + '  sh:message "Name the ship."@en , "請為船命名。"@zh-Hant .\n',
    }


def unnamed(zh: str, en: str) -> tuple[str, str]:
    """What is printed for the finding of `noticing`, the severity in words."""
    chinese = "    焦點 ex:ferry  路徑 ex:name  規則 ex:Ship-name\n    參見 shapes/ship.ttl:5:1\n"
    english = "    focus ex:ferry  path ex:name  by ex:Ship-name\n    see shapes/ship.ttl:5:1\n"
    return (
        f"data/ferry.ttl:4:1: {zh} KG201 請為船命名。\n{chinese}",
        f"data/ferry.ttl:4:1: {en} KG201 Name the ship.\n{english}",
    )


def some(count: int, word: str) -> str:
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def report(files: int, triples: int, counts: tuple[int, int, int] | None = None, zh: str = "", en: str = "") -> Texts:
    """A report for people: the findings, then the line that counts (errors, warnings, hints; None: nothing found)."""
    found = texts(zh="沒有發現問題", en="nothing found")
    if counts:
        errors, warnings, infos = counts
        found = texts(
            zh=f"{errors} 項錯誤、{warnings} 項警告、{infos} 項提示",
            en=f"{some(errors, 'error')}, {some(warnings, 'warning')}, {some(infos, 'info')}",
        )
    return texts(
        zh=f"{zh}{files} 個檔案、{triples} 個三元組、N 項檢查(基準日 2021-12-31):{found['zh-Hant']}(N 秒)\n",
        en=f"{en}{some(files, 'file')}, {some(triples, 'triple')}, N checks as of 2021-12-31: {found['en']} (N s)\n",
    )


def both(text: str) -> Texts:
    return texts(zh=text, en=text)


def error(code: str, zh: str, en: str) -> Texts:
    """The one line of an error: its code, what happened, and the next step."""
    return texts(zh=f"kgtool: {code}: {zh}\n", en=f"kgtool: {code}: {en}\n")


def wrong(setting: str, zh: str, en: str) -> Texts:
    """The error for a setting's value."""
    hints = texts(
        zh="請更正設定後重試;`kgtool config` 列出所有設定與出處。",
        en="Correct it and try again; `kgtool config` lists every setting and where it comes from.",
    )
    return error(
        "E-CONFIG-VALUE",
        zh=f"HERE/kgtool.toml:設定「{setting}」有誤:{zh}。 {hints['zh-Hant']}",
        en=f"HERE/kgtool.toml: setting '{setting}': {en}. {hints['en']}",
    )


def listed(names: Iterable[str]) -> str:
    return "、".join(names)


def commas(names: Iterable[str]) -> str:
    return ", ".join(names)


def link_out(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "crew.ttl").symlink_to("/etc/hostname")


def link_query_out(folder: Path) -> None:
    (folder / "queries" / "ask" / "crew.rq").symlink_to("/etc/hostname")


def link_nowhere(folder: Path) -> None:
    (folder / "data").mkdir()
    (folder / "data" / "crew.ttl").symlink_to("nowhere.ttl")


def put_pipe(folder: Path) -> None:
    """A pipe that nobody writes to: reading it would never end."""
    (folder / "data").mkdir()
    os.mkfifo(folder / "data" / "crew.ttl")


def bare(folder: Path) -> None:
    """A repository without settings."""
    (folder / "kgtool.toml").unlink()
    (folder / ".git").mkdir(exist_ok=True)


def settings_in_big5(folder: Path) -> None:
    (folder / "kgtool.toml").write_bytes(b'as-of = "\xa4"')


@dataclass(frozen=True)
class Case:
    """A situation, and what a user sees.

    In the texts HERE is the project's folder, … stands for words that are an engine's, and N for numbers that change.
    """

    name: str
    arguments: tuple[str, ...]
    status: int
    out: Texts = field(default_factory=lambda: both(""))
    err: Texts = field(default_factory=lambda: both(""))
    files: Mapping[str, str | bytes] = field(default_factory=dict)
    settings: str = SETTINGS
    env: Mapping[str, str] = field(default_factory=dict)
    stdin: bytes = b""
    prepare: Callable[[Path], object] = lambda folder: folder


CASES: tuple[Case, ...] = (
    # --- 0: clean, or nothing as bad as --fail-on
    Case("clean project", ("check",), 0, out=report(4, 3), files=FLEET),
    Case("empty project", ("check",), 0, out=report(0, 0), settings='as-of = "2021-12-31"'),
    Case("a warning by default", ("check",), 0,
        out=report(2, 11, (0, 1, 0), *unnamed("警告", "warning")), files=noticing("Warning"),
    ),
    Case("a hint with --fail-on warning", ("check", "--fail-on", "warning"), 0,
        out=report(2, 11, (0, 0, 1), *unnamed("提示", "info")), files=noticing("Info"),
    ),
    Case("an error with --fail-on never", ("check", "--fail-on", "never"), 0,
        out=report(2, 11, (1, 0, 0), *unnamed("錯誤", "error")), files=noticing("Violation"),
    ),
    Case("an error that is not selected", ("check", "--select", "KG4"), 0,
        out=report(2, 11), files=noticing("Violation"),
    ),
    Case("an error that is ignored", ("check", "--ignore", "KG201"), 0,
        out=report(2, 11), files=noticing("Violation"),
    ),
    Case("report to a file", ("check", "--output-file", "report.txt"), 0, files=FLEET),
    Case("config", ("config",), 0,
        out=both('# HERE/kgtool.toml\n…as-of = "2021-12-31"  # kgtool.toml\n…'), settings='as-of = "2021-12-31"',
    ),
    Case("version", ("--version",), 0, out=both(f"kgtool, version {__version__}\n")),
    Case("list of rules", ("rule",), 0,
        out=texts(zh="KG001  檔案不是正確的 RDF\n…", en="KG001  The file is not valid RDF\n…"),
    ),
    Case("one rule", ("rule", "kg001"), 0,
        out=texts(
            zh="KG001 syntax (語法)\n檔案不是正確的 RDF\n\n原因: 讀不出來的敘述就是遺失的事實。…",
            en="KG001 syntax (syntax)\nThe file is not valid RDF\n\nWhy: A statement that cannot be read is a fact that is lost.…",
        ),
    ),
    Case("list of queries", ("query",), 0,
        out=texts(
            zh="查詢\n  homes     某港之船\n  ships     船\n\n衍生\n  shelters  母港\n",
            en="Queries\n  homes     Ships of a harbour\n  ships     Ships\n\nBuild\n  shelters  Homes\n",
        ),
        files=FLEET,
    ),
    Case("named query", ("query", "ships"), 0,
        out=texts(zh="ship\nex:ferry\n(共 1 列)\n", en="ship\nex:ferry\n(1 row)\n"), files=FLEET,
    ),
    Case("named query with a parameter", ("query", "homes", "--param", "home=ex:harbour", "--format", "csv"), 0,
        out=both("ship\r\nhttps://example.org/isle/ferry\r\n"), files=FLEET,
    ),
    Case("no rows is an answer", ("query", "homes", "--param", "home=ex:mountain"), 0,
        out=texts(zh="ship\n(共 0 列)\n", en="ship\n(0 rows)\n"), files=FLEET,
    ),
    Case("query from standard input", ("query", "--file", "-", "--format", "csv"), 0,
        out=both("s\r\nhttps://example.org/isle/ferry\r\n"), files=FLEET, stdin=b"SELECT ?s WHERE { ?s a ex:Ship }",
    ),
    Case("help of a query", ("query", "ships", "--help"), 0,
        out=texts(
            zh="ships: 船\n\n欄位: ship (iri)\n\n範例:\n  kgtool query ships\n\nqueries/ask/ships.rq\n",
            en="ships: Ships\n\nColumns: ship (iri)\n\nExample:\n  kgtool query ships\n\nqueries/ask/ships.rq\n",
        ),
        files=FLEET,
    ),
    Case("cite words that are there", ("cite", "ex:source/tale", "--find", "ferry"), 0,
        out=both(
            "# 1:5\n"
            "<https://example.org/isle/passage/tale/4-9> a oa:SpecificResource, cd:Passage ;\n"
            "  oa:hasSource <https://example.org/isle/source/tale> ;\n"
            "  oa:hasSelector [ a oa:TextPositionSelector ; oa:start 4 ; oa:end 9 ] ;\n"
            '  cd:sha256 "e9087d0b20d80d3e12bc8530d883d7ad9c1eb3ebc5cb61824a2b460816503797" .\n'
        ),
        files=LIBRARY,
    ),
    Case("list of sources", ("source", "list"), 0,
        out=texts(
            zh="<https://example.org/isle/source/tale>  35  在手邊:HERE/sources/tale.txt\n",
            en="<https://example.org/isle/source/tale>  35  at hand: HERE/sources/tale.txt\n",
        ),
        files=LIBRARY,
    ),
    Case("source brought to hand", ("source", "add", "tale.txt"), 0,
        out=texts(
            zh="<https://example.org/isle/source/tale>:摘要值相符,已放入 HERE/sources/tale.txt\n",
            en="<https://example.org/isle/source/tale>: digests match; now at HERE/sources/tale.txt\n",
        ),
        files={"data/source/tale.ttl": RECORD, "tale.txt": TALE},
    ),
    Case("description of a new source", ("source", "describe", "new.txt", "--id", "ex:new"), 0,
        out=both(
            "ex:new a cd:Source ;\n"
            '  cd:fileName "new.txt" ;\n'
            '  cd:sha256 "e34549140225e3eb73f683563f826cedf6fd5562408ee63c38fe42b5e9cea1bb" ;\n'
            "  cd:codePoints 5 ;\n"
            '  cd:lineDigests """4 9110b8f67159ca7e55c166bc605a9c985a279d078735ffefef0b5c8dcee31188\n'
            '0 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""" .\n'
        ),
        files={"new.txt": "Fog.\n"},
    ),
    # --- 1: findings at or above --fail-on
    Case("an error", ("check",), 1,
        out=report(2, 11, (1, 0, 0), *unnamed("錯誤", "error")), files=noticing("Violation"),
    ),
    Case("a warning with --fail-on warning", ("check", "--fail-on", "warning"), 1,
        out=report(2, 11, (0, 1, 0), *unnamed("警告", "warning")), files=noticing("Warning"),
    ),
    Case("a warning with KGTOOL_FAIL_ON", ("check",), 1,
        out=report(2, 11, (0, 1, 0), *unnamed("警告", "warning")), files=noticing("Warning"),
        env={"KGTOOL_FAIL_ON": "warning"},
    ),
    Case("a hint with fail-on in the settings", ("check",), 1,
        out=report(2, 11, (0, 0, 1), *unnamed("提示", "info")), files=noticing("Info"),
        settings='fail-on = "info"\n' + SETTINGS,
    ),
    Case("syntax error", ("check",), 1,
        out=report(1, 4, (1, 0, 0),
            zh=(
                "data/ferry.ttl:5:18: 錯誤 KG001 語法錯誤:…\n"
                "    規則 syntax\n"
                "    作法: 請更正該處之敘述。\n"
            ),
            en=(
                "data/ferry.ttl:5:18: error KG001 syntax error: …\n"
                "    by syntax\n"
                "    do: Correct the statement at that place.\n"
            ),
        ),
        files={"data/ferry.ttl": FERRY + "ex:tug a ex:Ship ex:Tug .\n"},
    ),
    Case("not UTF-8", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "data/ferry.ttl:5:17: 錯誤 KG003 位元組 0xA4 不是 UTF-8…\n"
                "    規則 not-utf-8\n"
                "    作法: 請另存為無 BOM 之 UTF-8。\n"
            ),
            en=(
                "data/ferry.ttl:5:17: error KG003 byte 0xA4 is not UTF-8…\n"
                "    by not-utf-8\n"
                "    do: Save the file as UTF-8 without BOM.\n"
            ),
        ),
        files={"data/ferry.ttl": FERRY.encode() + b'ex:tug ex:name "\xa4\xa4" .\n'},
    ),
    Case("link out of the project", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "data/crew.ttl: 錯誤 KG002 符號連結指向資料夾,或指向所屬資料夾之外,未讀取。\n"
                "    規則 not-a-project-file\n"
                "    作法: 請改放檔名為 UTF-8 之一般檔案,或移除。\n"
            ),
            en=(
                "data/crew.ttl: error KG002 a link to a folder, or out of its own folder; not read.\n"
                "    by not-a-project-file\n"
                "    do: Put a regular file with a UTF-8 name there, or remove it.\n"
            ),
        ),
        prepare=link_out,
    ),
    Case("query link out of the project", ("check",), 1,
        out=report(5, 3, (1, 0, 0),
            zh=(
                "queries/ask/crew.rq: 錯誤 KG002 符號連結指向資料夾,或指向所屬資料夾之外,未讀取。\n"
                "    規則 not-a-project-file\n"
                "    作法: 請改放檔名為 UTF-8 之一般檔案,或移除。\n"
            ),
            en=(
                "queries/ask/crew.rq: error KG002 a link to a folder, or out of its own folder; not read.\n"
                "    by not-a-project-file\n"
                "    do: Put a regular file with a UTF-8 name there, or remove it.\n"
            ),
        ),
        files=FLEET, prepare=link_query_out,
    ),
    Case("link that leads nowhere", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "data/crew.ttl: 錯誤 KG002 符號連結指向資料夾,或指向所屬資料夾之外,未讀取。\n"
                "    規則 not-a-project-file\n"
                "    作法: 請改放檔名為 UTF-8 之一般檔案,或移除。\n"
            ),
            en=(
                "data/crew.ttl: error KG002 a link to a folder, or out of its own folder; not read.\n"
                "    by not-a-project-file\n"
                "    do: Put a regular file with a UTF-8 name there, or remove it.\n"
            ),
        ),
        prepare=link_nowhere,
    ),
    Case("pipe", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "data/crew.ttl: 錯誤 KG002 不是一般檔案(裝置、管線或插座),未讀取。\n"
                "    規則 not-a-project-file\n"
                "    作法: 請改放檔名為 UTF-8 之一般檔案,或移除。\n"
            ),
            en=(
                "data/crew.ttl: error KG002 a device, pipe or socket; not read.\n"
                "    by not-a-project-file\n"
                "    do: Put a regular file with a UTF-8 name there, or remove it.\n"
            ),
        ),
        prepare=put_pipe,
    ),
    Case("shapes that cannot be run", ("check",), 1,
        out=report(5, 8, (1, 0, 0),
            zh=(
                "shapes/ship.ttl: 錯誤 KG202 形狀圖無法執行:…\n"
                "    規則 shapes-broken\n"
                "    作法: 請更正訊息所列之形狀。\n"
            ),
            en=(
                "shapes/ship.ttl: error KG202 the shapes cannot be run: …\n"
                "    by shapes-broken\n"
                "    do: Correct the shape named in the message.\n"
            ),
        ),
        files={**FLEET, "shapes/ship.ttl": UNRUNNABLE},
    ),
    Case("shapes that cannot be run, seen from another file", ("check", "data"), 1,
        out=report(5, 8, (1, 0, 0),
            zh=(
                "shapes/ship.ttl: 錯誤 KG202 形狀圖無法執行:…\n"
                "    規則 shapes-broken\n"
                "    作法: 請更正訊息所列之形狀。\n"
            ),
            en=(
                "shapes/ship.ttl: error KG202 the shapes cannot be run: …\n"
                "    by shapes-broken\n"
                "    do: Correct the shape named in the message.\n"
            ),
        ),
        files={**FLEET, "shapes/ship.ttl": UNRUNNABLE},
    ),
    Case("broken query header", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "queries/ask/ships.rq:2: 錯誤 KG301 header 中不認得的鍵「colums」\n"
                "    規則 query-broken\n"
                "    作法: 是否指「columns」?\n"
            ),
            en=(
                "queries/ask/ships.rq:2: error KG301 unknown key 'colums' in header\n"
                "    by query-broken\n"
                "    do: Did you mean 'columns'?\n"
            ),
        ),
        files={"queries/ask/ships.rq": SHIPS.replace("columns", "colums")},
    ),
    Case("query that does not parse", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "queries/ask/ships.rq:4:46: 錯誤 KG301 查詢語法錯誤:4:46: …\n"
                "    值 ships  規則 query-broken\n"
                "    作法: 請更正查詢檔。\n"
            ),
            en=(
                "queries/ask/ships.rq:4:46: error KG301 the query does not parse: 4:46: …\n"
                "    value ships  by query-broken\n"
                "    do: Correct the query file.\n"
            ),
        ),
        files={"queries/ask/ships.rq": SHIPS.replace("Ship }", "Ship")},
    ),
    Case("query file that is not UTF-8", ("check",), 1,
        out=report(1, 0, (1, 0, 0),
            zh=(
                "queries/ask/ships.rq:1: 錯誤 KG301 無法讀取:第 34 個位元組不是 UTF-8\n"
                "    規則 query-broken\n"
                "    作法: 請更正查詢檔(格式見 docs/queries.md)。\n"
            ),
            en=(
                "queries/ask/ships.rq:1: error KG301 cannot be read: byte 34 is not UTF-8\n"
                "    by query-broken\n"
                "    do: Correct the query file (docs/queries.md gives the form).\n"
            ),
        ),
        files={"queries/ask/ships.rq": SHIPS.encode("big5")},
    ),
    # --- 2: cannot run, because of the project or its settings
    Case("no project", ("check",), 2,
        err=error("E-PROJECT-NONE",
            zh=(
                "從 HERE 向上找不到 [tool.kgtool] 設定。 請在專案資料夾中執行,或在該處建立 kgtool.toml(參見 "
                "docs/configuration.md)。"
            ),
            en=(
                "No [tool.kgtool] settings at or above HERE. Run inside a project, or write a kgtool.toml there "
                "(docs/configuration.md)."
            ),
        ),
        prepare=bare,
    ),
    Case("no such path", ("check", "nowhere"), 2,
        err=error("E-PATH-NONE",
            zh="nowhere:沒有這個檔案或資料夾。 請檢查路徑。",
            en="nowhere: no such file or folder. Check the path.",
        ),
    ),
    Case("no such path in a project", ("check", "--project", ".", "data/nowhere.ttl"), 2,
        err=error("E-PATH-NONE",
            zh="data/nowhere.ttl:沒有這個檔案或資料夾。 請檢查路徑。",
            en="data/nowhere.ttl: no such file or folder. Check the path.",
        ),
        files=FLEET,
    ),
    Case("path outside the project", ("check", "--project", ".", ".."), 2,
        err=error("E-PATH-OUTSIDE",
            zh="..:不在專案 HERE 之內。 請給專案中之檔案或資料夾。",
            en="..: not inside the project HERE. Give a file or folder of the project.",
        ),
    ),
    Case("path with a name too long", ("check", LONG), 2,
        err=error("E-PATH-NONE",
            zh=LONG + ":沒有這個檔案或資料夾。 請檢查路徑。",
            en=LONG + ": no such file or folder. Check the path.",
        ),
    ),
    Case("bad TOML", ("check",), 2,
        err=error("E-CONFIG-TOML",
            zh="HERE/kgtool.toml:設定檔無法讀取:檔案結尾:Invalid value。 請更正該行之語法。",
            en=(
                "HERE/kgtool.toml: cannot be read as TOML: Invalid value (at end of document). Correct the syntax at "
                "that line."
            ),
        ),
        settings="data = [\n",
    ),
    Case("settings that are not UTF-8", ("check",), 2,
        err=error("E-CONFIG-TOML",
            zh="HERE/kgtool.toml:設定檔無法讀取:第 10 個位元組不是 UTF-8。 請另存為 UTF-8。",
            en="HERE/kgtool.toml: cannot be read as TOML: byte 10 is not UTF-8. Save it as UTF-8.",
        ),
        prepare=settings_in_big5,
    ),
    Case("unknown setting, nearly right", ("check",), 2,
        err=error("E-CONFIG-KEY",
            zh="HERE/kgtool.toml:不認得的設定「time-zone」。 是否指「timezone」?",
            en="HERE/kgtool.toml: unknown setting 'time-zone'. Did you mean 'timezone'?",
        ),
        settings='time-zone = "UTC"',
    ),
    Case("unknown setting, like none", ("check",), 2,
        err=error("E-CONFIG-KEY",
            zh=f"HERE/kgtool.toml:不認得的設定「colour」。 可用之設定:{listed(DEFAULTS)}",
            en=f"HERE/kgtool.toml: unknown setting 'colour'. Settings: {commas(DEFAULTS)}",
        ),
        settings='colour = "red"',
    ),
    Case("setting of a wrong type", ("check",), 2,
        err=wrong("data", zh="須為清單", en="must be a list"), settings='data = "data"',
    ),
    Case("list that does not hold strings", ("check",), 2,
        err=wrong("data", zh="須為字串清單", en="must hold strings"), settings="data = [1]",
    ),
    Case("prefix without an IRI", ("check",), 2,
        err=wrong("prefixes.ex", zh="「isle」:不是前綴與 IRI", en="'isle': no prefix and IRI"),
        settings='[prefixes]\nex = "isle"',
    ),
    Case("preset without a query", ("check",), 2,
        err=wrong("presets.yearly", zh='須有 query = "名稱"', en='needs query = "NAME"'),
        settings="[presets.yearly]\nsummary = {}",
    ),
    Case("preset with an unknown key", ("check",), 2,
        err=wrong("presets.yearly", zh="不認得的鍵「param」", en="unknown key 'param'"),
        settings='[presets.yearly]\nquery = "ships"\nparam = {}',
    ),
    Case("preset with params that are no table", ("check",), 2,
        err=wrong("presets.yearly", zh="params 須為表", en="params must be a table"),
        settings='[presets.yearly]\nquery = "ships"\nparams = 1',
    ),
    Case("unknown model", ("check",), 2,
        err=wrong("model",
            zh="「town」(kgtool.toml):隨附之模型只有 city-diplomacy",
            en="'town' (kgtool.toml): the only model that ships is 'city-diplomacy'",
        ),
        settings='model = "town"',
    ),
    Case("unknown time zone", ("check",), 2,
        err=wrong("timezone",
            zh="「Isle/Harbour」(kgtool.toml):沒有這個時區;例如 Asia/Taipei",
            en="'Isle/Harbour' (kgtool.toml): there is no such time zone; one is Asia/Taipei",
        ),
        settings='timezone = "Isle/Harbour"',
    ),
    Case("bad --as-of", ("check", "--as-of", "31.12.2021"), 2,
        err=wrong("as-of",
            zh="「31.12.2021」(--as-of):請寫成 YYYY-MM-DD",
            en="'31.12.2021' (--as-of): write it as YYYY-MM-DD",
        ),
    ),
    Case("a day that there is not", ("check", "--as-of", "2021-02-30"), 2,
        err=wrong("as-of",
            zh="「2021-02-30」(--as-of):沒有這一天",
            en="'2021-02-30' (--as-of): there is no such day",
        ),
    ),
    Case("a day of TOML's own type", ("check",), 2,
        err=wrong("as-of", zh="須為加引號之字串", en="must be a string in quotes"), settings="as-of = 2021-12-31",
    ),
    Case("accept of another format", ("check",), 2,
        err=wrong("accept",
            zh="「['xml']」(kgtool.toml):只能列出 jsonld、rdfxml",
            en="'['xml']' (kgtool.toml): write none or some of jsonld, rdfxml",
        ),
        settings='accept = ["xml"]',
    ),
    Case("bad KGTOOL_AS_OF", ("check",), 2,
        err=wrong("as-of",
            zh="「20211231」(KGTOOL_AS_OF):請寫成 YYYY-MM-DD",
            en="'20211231' (KGTOOL_AS_OF): write it as YYYY-MM-DD",
        ),
        env={"KGTOOL_AS_OF": "20211231"},
    ),
    Case("bad KGTOOL_FORMAT", ("check",), 2,
        err=wrong("format",
            zh=f"「html」(KGTOOL_FORMAT):須為 {'、'.join(ReportFormat)} 之一",
            en=f"'html' (KGTOOL_FORMAT): write one of {commas(ReportFormat)}",
        ),
        env={"KGTOOL_FORMAT": "html"},
    ),
    Case("folder that is missing", ("check",), 2,
        err=wrong("data", zh="date:沒有這個資料夾", en="date: no such folder"), settings='data = ["date"]',
    ),
    Case("folder outside the project", ("check",), 2,
        err=wrong("data", zh="..:在專案資料夾之外", en="..: outside the project"), settings='data = [".."]',
    ),
    Case("file of another kind as a folder", ("check",), 2,
        err=error("E-FOLDER",
            zh="HERE/kgtool.toml:須為資料夾或 .ttl、…檔。 請更正設定中之資料夾或其權限。",
            en=(
                "HERE/kgtool.toml: is no folder and no .ttl, … file. Correct the folder in the "
                "settings, or its permissions."
            ),
        ),
        settings='data = ["kgtool.toml"]',
    ),
    # --- 2: cannot run, because of the command line
    Case("unknown command", ("chekc",), 2,
        err=error("E-USAGE", zh="沒有指令「chekc」。 是否指「check」?", en="no command 'chekc'. Did you mean 'check'?"),
    ),
    Case("unknown option", ("check", "--formt", "json"), 2,
        err=error("E-USAGE",
            zh="沒有選項「--formt」。 是否指「--format」?",
            en="no option '--formt'. Did you mean '--format'?",
        ),
    ),
    Case("option like none", ("check", "--zzz"), 2,
        err=error("E-USAGE",
            zh="沒有選項「--zzz」。 `kgtool check --help` 說明用法。",
            en="no option '--zzz'. `kgtool check --help` shows how.",
        ),
    ),
    Case("option without its value", ("check", "--as-of"), 2,
        err=error("E-USAGE",
            zh="選項「--as-of」須有值。 `kgtool check --help` 說明用法。",
            en="Option '--as-of' requires an argument. `kgtool check --help` shows how.",
        ),
    ),
    Case("flag with a value", ("check", "--statistics=1"), 2,
        err=error("E-USAGE",
            zh="選項「--statistics」不接值。 `kgtool check --help` 說明用法。",
            en="Option '--statistics' does not take a value. `kgtool check --help` shows how.",
        ),
    ),
    Case("option of a command in a command without its value", ("--debug", "source", "describe", "x.txt", "--id"), 2,
        err=error("E-USAGE",
            zh="選項「--id」須有值。 `kgtool source describe --help` 說明用法。",
            en="Option '--id' requires an argument. `kgtool source describe --help` shows how.",
        ),
    ),
    Case("number that is none", ("serve", "--workers", "many"), 2,
        err=error("E-USAGE",
            zh="--workers 須為數字,不是「many」。 `kgtool serve --help` 說明用法。",
            en="Invalid value for '--workers': 'many' is not a valid integer range. `kgtool serve --help` shows how.",
        ),
    ),
    Case("number out of range", ("serve", "--workers", "0"), 2,
        err=error("E-USAGE",
            zh="--workers 之值 0 不在範圍 1<=x<=256 之內。 `kgtool serve --help` 說明用法。",
            en="Invalid value for '--workers': 0 is not in the range 1<=x<=256. `kgtool serve --help` shows how.",
        ),
    ),
    Case("file that there is not", ("explain", "--with", "none.ttl"), 2,
        err=error("E-USAGE",
            zh="--with:沒有「none.ttl」。 `kgtool explain --help` 說明用法。",
            en="Invalid value for '--with': File 'none.ttl' does not exist. `kgtool explain --help` shows how.",
        ),
    ),
    Case("folder in place of a file", ("explain", "--with", "."), 2,
        err=error("E-USAGE",
            zh="--with:「.」是資料夾。 `kgtool explain --help` 說明用法。",
            en="Invalid value for '--with': File '.' is a directory. `kgtool explain --help` shows how.",
        ),
    ),
    Case("argument too many", ("check", "a", "b"), 2,
        err=error("E-USAGE",
            zh="多了 b。 `kgtool check --help` 說明用法。",
            en="Got unexpected extra argument (b). `kgtool check --help` shows how.",
        ),
    ),
    Case("missing argument", ("cite",), 2,
        err=error("E-USAGE",
            zh="缺少 SOURCE。 `kgtool cite --help` 說明用法。",
            en="SOURCE is missing. `kgtool cite --help` shows how.",
        ),
    ),
    Case("missing option", ("source", "describe", "x.txt"), 2,
        err=error("E-USAGE",
            zh="缺少 --id。 `kgtool source describe --help` 說明用法。",
            en="--id is missing. `kgtool source describe --help` shows how.",
        ),
    ),
    Case("unknown format of a report", ("check", "--format", "html"), 2,
        err=error("E-USAGE",
            zh=f"--format 須為 {listed(ReportFormat)} 之一。 `kgtool check --help` 說明用法。",
            en=f"--format must be one of {commas(ReportFormat)}. `kgtool check --help` shows how.",
        ),
    ),
    Case("unknown format of an answer", ("query", "ships", "--format", "docx"), 2,
        err=error("E-USAGE",
            zh=f"--format 須為 {listed(ResultFormat)} 之一。 `kgtool query --help` 說明用法。",
            en=f"--format must be one of {commas(ResultFormat)}. `kgtool query --help` shows how.",
        ),
        files=FLEET,
    ),
    Case("unknown severity", ("check", "--fail-on", "fatal"), 2,
        err=error("E-USAGE",
            zh=f"--fail-on 須為 {listed(FailOn)} 之一。 `kgtool check --help` 說明用法。",
            en=f"--fail-on must be one of {commas(FailOn)}. `kgtool check --help` shows how.",
        ),
    ),
    Case("unknown shell", ("completion", "tcsh"), 2,
        err=error("E-USAGE",
            zh="SHELL 須為 bash、zsh、fish 之一。 `kgtool completion --help` 說明用法。",
            en="SHELL must be one of bash, zsh, fish. `kgtool completion --help` shows how.",
        ),
    ),
    Case("report to a folder that is missing", ("check", "--output-file", "reports/today.json"), 2,
        err=error("E-FILE-WRITE",
            zh="reports/today.json:無法寫入(沒有這個檔案或資料夾)。 請確認資料夾存在、可寫入且磁碟未滿。",
            en=(
                "reports/today.json: cannot be written (No such file or directory). Check that the folder exists, is "
                "writable and not full."
            ),
        ),
    ),
    Case("report to a folder", ("check", "--output-file", "data"), 2,
        err=error("E-FILE-WRITE",
            zh="data:無法寫入(是資料夾)。 請確認資料夾存在、可寫入且磁碟未滿。",
            en="data: cannot be written (Is a directory). Check that the folder exists, is writable and not full.",
        ),
        files=FLEET,
    ),
    Case("unknown rule to select", ("check", "--select", "kg201"), 2,
        err=error("E-RULE-NONE",
            zh="--select kg201:沒有這個規則或來源。 是否指「KG201」?",
            en="--select kg201: there is no such rule or source. Did you mean 'KG201'?",
        ),
        files=FLEET,
    ),
    Case("unknown rule", ("rule", "KG999"), 2,
        err=error("E-RULE-NONE",
            zh="沒有代碼「KG999」。 `kgtool rule` 列出全部代碼。",
            en="no rule 'KG999'. `kgtool rule` lists them all.",
        ),
    ),
    # --- 2: cannot run, because of the query
    Case("unknown query, nearly right", ("query", "ship"), 2,
        err=error("E-QUERY-NONE",
            zh="沒有名為「ship」的查詢。 是否指「ships」?",
            en="no query named 'ship'. Did you mean 'ships'?",
        ),
        files=FLEET,
    ),
    Case("unknown query, like none", ("query", "zzz"), 2,
        err=error("E-QUERY-NONE",
            zh="沒有名為「zzz」的查詢。 `kgtool query` 列出所有查詢。",
            en="no query named 'zzz'. `kgtool query` lists them all.",
        ),
        files=FLEET,
    ),
    Case("preset that calls no query", ("query", "yearly"), 2,
        err=error("E-QUERY-NONE",
            zh="沒有名為「boats」的查詢。 `kgtool query` 列出所有查詢。",
            en="no query named 'boats'. `kgtool query` lists them all.",
        ),
        files=FLEET, settings=SETTINGS + '[presets.yearly]\nquery = "boats"',
    ),
    Case("name and file", ("query", "ships", "--file", "-"), 2,
        err=error("E-USAGE",
            zh="名稱與 --file 只能擇一。 `kgtool query --help` 說明用法。",
            en="give a name or --file, not both. `kgtool query --help` shows how.",
        ),
        files=FLEET,
    ),
    Case("broken header", ("query", "ships"), 2,
        err=error("E-QUERY-BROKEN",
            zh="queries/ask/ships.rq:2:header 中不認得的鍵「colums」。 是否指「columns」?",
            en="queries/ask/ships.rq:2: unknown key 'colums' in header. Did you mean 'columns'?",
        ),
        files={"queries/ask/ships.rq": SHIPS.replace("columns", "colums")},
    ),
    Case("unknown parameter", ("query", "homes", "--param", "hom=ex:harbour"), 2,
        err=error("E-PARAM-UNKNOWN",
            zh="查詢 homes 沒有參數「hom」。 是否指「home」?",
            en="query homes has no parameter 'hom'. Did you mean 'home'?",
        ),
        files=FLEET,
    ),
    Case("missing parameter", ("query", "homes"), 2,
        err=error("E-PARAM",
            zh="參數「home」必須提供。 例如:--param home=ex:harbour",
            en="parameter 'home': is required. Example: --param home=ex:harbour",
        ),
        files=FLEET,
    ),
    Case("parameter that is no IRI", ("query", "homes", "--param", "home=the harbour"), 2,
        err=error("E-PARAM",
            zh="參數「home」「the harbour」不是 IRI、前綴名稱或已知名稱。 例如:--param home=ex:harbour",
            en=(
                "parameter 'home': 'the harbour' is no IRI, prefixed name or known label. Example: --param "
                "home=ex:harbour"
            ),
        ),
        files=FLEET,
    ),
    Case("parameter of a wrong type", ("query", "homes", "--param", "home=ex:harbour", "--param", "since=long ago"), 2,
        err=error("E-PARAM",
            zh="參數「since」「long ago」不是 year。 `kgtool query 名稱 --help` 說明各參數。",
            en=(
                "parameter 'since': 'long ago' is not of type year. `kgtool query NAME --help` explains the "
                "parameters."
            ),
        ),
        files=FLEET,
    ),
    Case("parameter without a value", ("query", "homes", "--param", "home"), 2,
        err=error("E-PARAM-FORM",
            zh="--param home:須為 名稱=值。 例如:--param since=2004",
            en="--param home: write NAME=VALUE. Example: --param since=2004",
        ),
        files=FLEET,
    ),
    Case("parameter given twice", ("query", "homes", "--param", "home=ex:a", "--param", "home=ex:b"), 2,
        err=error("E-PARAM",
            zh="參數「home」只能有一個值。 例如:--param home=ex:harbour",
            en="parameter 'home': takes one value. Example: --param home=ex:harbour",
        ),
        files=FLEET,
    ),
    Case("table of a CONSTRUCT", ("query", "shelters", "--format", "table"), 2,
        err=error("E-FORMAT",
            zh="此查詢的結果不能以 table 輸出。 可用:ttl, jsonld",
            en="this query's answer has no table form. Possible: ttl, jsonld",
        ),
        files=FLEET,
    ),
    Case("Turtle of a SELECT", ("query", "ships", "--format", "ttl"), 2,
        err=error("E-FORMAT",
            zh="此查詢的結果不能以 ttl 輸出。 可用:table, csv, tsv, json, xml, xlsx",
            en="this query's answer has no ttl form. Possible: table, csv, tsv, json, xml, xlsx",
        ),
        files=FLEET,
    ),
    Case("update in a file", ("query", "--file", "q.rq"), 2,
        err=error("E-QUERY-FORM",
            zh="只接受 SELECT、ASK、CONSTRUCT、DESCRIBE:不得使用 DELETE。 資料以檔案修改,查詢只讀取。",
            en=(
                "only SELECT, ASK, CONSTRUCT and DESCRIBE are run: DELETE is not allowed. Data is changed in its "
                "files; queries only read."
            ),
        ),
        files={"q.rq": "DELETE WHERE { ?s ?p ?o }"},
    ),
    Case("update on standard input", ("query", "--file", "-"), 2,
        err=error("E-QUERY-FORM",
            zh="只接受 SELECT、ASK、CONSTRUCT、DESCRIBE:不得使用 INSERT。 資料以檔案修改,查詢只讀取。",
            en=(
                "only SELECT, ASK, CONSTRUCT and DESCRIBE are run: INSERT is not allowed. Data is changed in its "
                "files; queries only read."
            ),
        ),
        stdin=b"INSERT DATA {<x:a> <x:b> <x:c> }",
    ),
    Case("SERVICE", ("query", "--file", "-"), 2,
        err=error("E-QUERY-FORM",
            zh="只接受 SELECT、ASK、CONSTRUCT、DESCRIBE:不得使用 SERVICE。 資料以檔案修改,查詢只讀取。",
            en=(
                "only SELECT, ASK, CONSTRUCT and DESCRIBE are run: SERVICE is not allowed. Data is changed in its "
                "files; queries only read."
            ),
        ),
        stdin=b"SELECT * WHERE {SERVICE <http://localhost/> { ?s ?p ?o } }",
    ),
    Case("no query at all", ("query", "--file", "-"), 2,
        err=error("E-QUERY-FORM",
            zh="只接受 SELECT、ASK、CONSTRUCT、DESCRIBE:不是查詢。 資料以檔案修改,查詢只讀取。",
            en=(
                "only SELECT, ASK, CONSTRUCT and DESCRIBE are run: not a query. Data is changed in its files; "
                "queries only read."
            ),
        ),
    ),
    Case("syntax error in a query", ("query", "--file", "-"), 2,
        err=error("E-QUERY-SYNTAX",
            zh="查詢語法錯誤:2:16: … 請更正該行該欄之查詢文字。",
            en="the query does not parse: 2:16: … Correct the query at that line and column.",
        ),
        stdin=b"SELECT ?s\nWHERE { ?s ?p }",
    ),
    Case("query file that is missing", ("query", "--file", "q.rq"), 2,
        err=error("E-FILE-READ",
            zh="q.rq:無法讀取查詢檔(沒有這個檔案或資料夾)。 請給 UTF-8 之查詢檔,或以 - 由標準輸入讀取。",
            en="q.rq: cannot be read (No such file or directory). Give a UTF-8 query file, or - for standard input.",
        ),
    ),
    Case("folder as a query file", ("query", "--file", "data"), 2,
        err=error("E-FILE-READ",
            zh="data:無法讀取查詢檔(是資料夾)。 請給 UTF-8 之查詢檔,或以 - 由標準輸入讀取。",
            en="data: cannot be read (Is a directory). Give a UTF-8 query file, or - for standard input.",
        ),
        files=FLEET,
    ),
    Case("query that is not UTF-8", ("query", "--file", "q.rq"), 2,
        err=error("E-FILE-READ",
            zh="q.rq:無法讀取查詢檔(第 14 個位元組不是 UTF-8)。 請給 UTF-8 之查詢檔,或以 - 由標準輸入讀取。",
            en="q.rq: cannot be read (byte 14 is not UTF-8). Give a UTF-8 query file, or - for standard input.",
        ),
        files={"q.rq": b'ASK { ?s ?p "\xa4" }'},
    ),
    # --- 2: cannot run, because of the source
    Case("unknown source", ("cite", "ex:source/diary", "--find", "x"), 2,
        err=error("E-SOURCE-NONE",
            zh="沒有名為「ex:source/diary」的來源。 已知來源:<https://example.org/isle/source/tale>",
            en=(
                "no source 'ex:source/diary' with a digest on record. Known sources: "
                "<https://example.org/isle/source/tale>"
            ),
        ),
        files=LIBRARY,
    ),
    Case("words that are not there", ("cite", "tale", "--find", "wind"), 2,
        err=error("E-FIND-NONE",
            zh="來源中沒有「wind」。 須逐字相同:全形半形、異體字、空白都算。",
            en="'wind' stands nowhere in the source. It must match exactly: width, variants and blanks count.",
        ),
        files=LIBRARY,
    ),
    Case("neither words nor a span", ("cite", "tale"), 2,
        err=error("E-USAGE",
            zh="請給 --find、--span、--facts 之一。 `kgtool cite --help` 說明用法。",
            en="give one of --find, --span and --facts. `kgtool cite --help` shows how.",
        ),
        files=LIBRARY,
    ),
    Case("span that is none", ("cite", "tale", "--span", "5"), 2,
        err=error("E-SPAN",
            zh="--span 5:須為 起:迄,例如 39:44。 以碼位計,自 0 起,不含結尾。",
            en="--span 5: write START:END, e.g. 39:44. Count code points from 0, end exclusive.",
        ),
        files=LIBRARY,
    ),
    Case("span outside the text", ("cite", "tale", "--span", "0:999"), 2,
        err=error("E-SPAN",
            zh="範圍 0:999 不在 0:35 之內。 以碼位計,自 0 起,不含結尾。",
            en="the span 0:999 is not inside 0:35. Count code points from 0, end exclusive.",
        ),
        files=LIBRARY,
    ),
    Case("text that is not at hand", ("cite", "tale", "--find", "ferry"), 2,
        err=error("E-SOURCE-MISSING",
            zh=(
                "手邊沒有 <https://example.org/isle/source/tale> 的文字。 請用 --sources、KGTOOL_SOURCES,或 `kgtool "
                "source add 檔案`。"
            ),
            en=(
                "the text of <https://example.org/isle/source/tale> is not at hand. Use --sources DIR, "
                "KGTOOL_SOURCES, or `kgtool source add FILE`."
            ),
        ),
        files={"data/source/tale.ttl": RECORD},
    ),
    Case("text that changed", ("cite", "tale", "--find", "ferry"), 2,
        err=error("E-SOURCE-CHANGED",
            zh="HERE/sources/tale.txt:自第 1 行起與記錄不符。 請還原文字後再引用。",
            en="HERE/sources/tale.txt:1: differs from the record from this line on. Restore the text, then cite.",
        ),
        files={**LIBRARY, "sources/tale.txt": TALE.replace("ferry", "Ferry")},
    ),
    Case("text of no source on record", ("source", "add", "new.txt"), 2,
        err=error("E-SOURCE-UNKNOWN",
            zh="new.txt:不是任何已記錄來源的文字。 新來源請用 `kgtool source describe` 產生記錄。",
            en=(
                "new.txt: not the text of any source on record. For a new source, `kgtool source describe FILE` "
                "prints its record."
            ),
        ),
        files={**LIBRARY, "new.txt": "Fog.\n"},
    ),
    Case("source file that is missing", ("source", "add", "new.txt"), 2,
        err=error("E-SOURCE-READ",
            zh="new.txt:來源文字無法讀取(不是一般檔案)。 來源文字須為 UTF-8 之一般檔案。",
            en="new.txt: the source text cannot be read (not a regular file). A source text is a regular UTF-8 file.",
        ),
        files=LIBRARY,
    ),
    Case("no folder of sources", ("source", "add", "new.txt"), 2,
        err=error("E-SOURCES-UNSET",
            zh='未設定來源資料夾。 請在設定中寫 sources = "sources"。',
            en='no sources folder is set. Write sources = "sources" in the settings.',
        ),
        files={"new.txt": "Fog.\n"}, settings="",
    ),
    Case("new source without an IRI", ("source", "describe", "new.txt", "--id", "fog"), 2,
        err=error("E-USAGE",
            zh="--id fog:須為前綴名稱或 IRI。 前綴見 `kgtool config`。",
            en="--id fog: give a prefixed name or an IRI. `kgtool config` lists the prefixes.",
        ),
        files={"new.txt": "Fog.\n"},
    ),
)  # fmt: skip


def usual(text: str, folder: Path) -> str:
    """A text as the table has it: HERE for the folder, N for what differs from run to run, no notes and engine's words."""
    text = re.sub(r"(?m)^(?:    engine|    引擎訊息|note:|註:) .*\n", "", text.replace(str(folder), "HERE"))
    text = re.sub(r"\(\d+\.\d (s|秒)\)\n\Z", r"(N \1)\n", text)
    return re.sub(r", \d+ checks?", ", N checks", re.sub(r"、\d+ 項檢查", "、N 項檢查", text))


def expect(said: str, expected: str) -> None:
    if "…" not in expected:
        assert said == expected
    else:
        pattern = "(?s:.*)".join(re.escape(part) for part in expected.split("…"))
        assert re.fullmatch(pattern, said), said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_situation_ends_with_its_status_and_words(
    case: Case, language: str, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project(case.files, case.settings)
    case.prepare(folder)
    ran = kgtool(*case.arguments, cwd=folder, env={**case.env, "KGTOOL_LANG": language}, stdin=case.stdin)
    expect(usual(ran.err, folder), case.err[language])
    expect(usual(ran.out, folder), case.out[language])
    assert ran.status == case.status
    assert "Traceback" not in ran.out + ran.err


def test_an_error_is_one_line_with_a_code_and_a_next_step_and_no_result() -> None:
    """What the table promises of itself: at least thirty situations, and an error's form in each that stops the program."""
    assert len(CASES) >= 30
    assert {case.status for case in CASES} == {0, 1, 2}
    for case in CASES:
        for language in LANGUAGES:
            assert bool(case.err[language]) == (case.status == 2), case.name
            if case.status == 2:
                assert re.fullmatch(r"kgtool: E-[A-Z-]+: .*\S \S.*\n", case.err[language]), case.name
                assert case.out[language] == "", case.name


def test_a_name_in_an_error_is_obeyed_by_no_terminal_and_no_runner(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    name = "no\x1b[2J\u202e 港 ##[stop-commands]x"
    folder = make_project({})
    said = kgtool("check", name, cwd=folder).err
    assert "no\\u001B[2J\\u202E 港 ##[stop-commands]x" in said
    line, annotation = kgtool("check", name, cwd=folder, env={"GITHUB_ACTIONS": "true"}).err.splitlines()
    assert "##[" not in line
    assert "no\\u001B[2J\\u202E 港 ##" in line
    assert annotation.startswith("::error title=kgtool E-PATH-NONE::no\\u001B[2J")


HELPS = [(), *((name,) for name in COMMANDS), ("source", "add"), ("source", "describe"), ("source", "list")]


@pytest.mark.parametrize("command", HELPS, ids=lambda command: " ".join(command) or "kgtool")
def test_help_of_every_command_is_a_result(
    command: tuple[str, ...], tmp_path: Path, kgtool: Callable[..., Ran]
) -> None:
    """Outside any project, too."""
    (tmp_path / ".git").mkdir()
    for option in ("--help", "-h"):
        ran = kgtool(*command, option, cwd=tmp_path)
        assert (ran.status, ran.err) == (0, "")
        assert ran.out.startswith(" ".join(["Usage: kgtool", *command]) + " [OPTIONS]")
        assert "--help" in ran.out


@pytest.mark.parametrize("command", [(), ("source",)], ids=["kgtool", "kgtool source"])
def test_a_command_line_without_a_command_is_answered_with_help_and_2(
    command: tuple[str, ...], kgtool: Callable[..., Ran]
) -> None:
    ran = kgtool(*command)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(" ".join(["Usage: kgtool", *command]) + " [OPTIONS] COMMAND [ARGS]...\n")


@pytest.mark.parametrize(
    ("shell", "start"),
    [("bash", "_kgtool_completion() {"), ("zsh", "#compdef kgtool"), ("fish", "function _kgtool_completion;")],
)
def test_completion_of_each_shell_is_a_result(shell: str, start: str, kgtool: Callable[..., Ran]) -> None:
    ran = kgtool("completion", shell)
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith(start)
    assert "_KGTOOL_COMPLETE" in ran.out


def test_a_report_to_a_file_leaves_standard_output_empty(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project(noticing("Violation"), SETTINGS)
    printed = kgtool("check", "--lang", "en", cwd=folder)
    written = kgtool("check", "--lang", "en", "--output-file", "report.txt", cwd=folder)
    assert (written.status, written.out, written.err) == (1, "", "")
    assert usual((folder / "report.txt").read_text(encoding="utf-8"), folder) == usual(printed.out, folder)


def test_a_report_goes_through_a_link_and_into_a_pipe_without_replacing_them(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project(FLEET, SETTINGS)
    (folder / "link.txt").symlink_to("real.txt")
    os.mkfifo(folder / "pipe")
    reader = os.open(folder / "pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        for target in ("link.txt", "pipe"):
            assert kgtool("check", "--lang", "en", "--output-file", target, cwd=folder).status == 0
        piped = os.read(reader, 65536).decode("utf-8")
    finally:
        os.close(reader)
    assert (folder / "link.txt").is_symlink()
    assert stat.S_ISFIFO((folder / "pipe").stat().st_mode)
    written = (folder / "real.txt").read_text(encoding="utf-8")
    assert [usual(text, folder) for text in (written, piped)] == [report(4, 3)["en"]] * 2


# --- what only a command that misbehaves can show


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_remote_endpoint_that_failed_is_3(
    language: str, monkeypatch: pytest.MonkeyPatch, kgtool: Callable[..., Ran]
) -> None:
    said = error("E-REMOTE", zh="端點沒有回應。 請稍後再試。", en="the endpoint does not answer. Try again later.")

    def fail(*_: object) -> None:
        raise RemoteError(
            "E-REMOTE",
            texts(zh="端點沒有回應。", en="the endpoint does not answer."),
            texts(zh="請稍後再試。", en="Try again later."),
        )

    monkeypatch.setattr("kgtool.cli.config.open_from", fail)
    ran = kgtool("config", env={"KGTOOL_LANG": language})
    assert (ran.status, ran.out, ran.err) == (3, "", said[language])


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_internal_error_is_2_and_shows_a_traceback_with_debug_only(
    language: str, monkeypatch: pytest.MonkeyPatch, kgtool: Callable[..., Ran]
) -> None:
    said = error(
        "E-INTERNAL",
        zh="程式內部錯誤:ValueError: two lines 請以 `kgtool --debug …` 重跑並回報(見 SECURITY.md)。",
        en="internal error: ValueError: two lines Run `kgtool --debug …` again and report it (SECURITY.md says where).",
    )

    def fail(*_: object) -> None:
        raise ValueError("two\nlines")

    monkeypatch.setattr("kgtool.cli.config.open_from", fail)
    ran = kgtool("config", env={"KGTOOL_LANG": language})
    assert (ran.status, ran.out, ran.err) == (2, "", said[language])
    debugged = kgtool("--debug", "config", env={"KGTOOL_LANG": language})
    assert (debugged.status, debugged.out) == (2, "")
    assert debugged.err.startswith("Traceback (most recent call last):\n")
    assert debugged.err.endswith("\nValueError: two\nlines\n" + said[language])


def test_an_interrupt_is_130(monkeypatch: pytest.MonkeyPatch, kgtool: Callable[..., Ran]) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("kgtool.cli.config.open_from", interrupt)
    ran = kgtool("config")
    assert (ran.status, ran.out, ran.err.strip()) == (130, "", "")


# --- what only a process of its own can show


def start(folder: Path, *arguments: str, **streams: object) -> subprocess.Popen[bytes]:
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_LANG": "en"}
    command = [sys.executable, "-m", "kgtool", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, **streams)  # type: ignore[call-overload,no-any-return]


def test_ctrl_c_ends_a_running_command_at_once_with_130(make_project: Callable[..., Path]) -> None:
    folder = make_project(FLEET, SETTINGS)
    os.mkfifo(folder / "slow.rq")
    process = start(folder, "query", "--file", "slow.rq", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    with (folder / "slow.rq").open("wb"):  # opens once the command waits for the query
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err.strip()) == (130, b"", b"")


@pytest.mark.parametrize(
    ("arguments", "status"), [(("rule",), 0), (("--help",), 0), (("check",), 1)], ids=["rule", "help", "check"]
)
def test_a_reader_that_has_gone_is_no_error_and_hides_none(
    arguments: tuple[str, ...], status: int, make_project: Callable[..., Path]
) -> None:
    """As in `kgtool check | head -1`: what was found decides the status all the same."""
    folder = make_project(noticing("Violation"), SETTINGS)
    with start(folder, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(timeout=60) == status


@pytest.mark.parametrize(
    ("redirection", "reason"), [(">/dev/full", "No space left on device"), (">&-", "Bad file descriptor")]
)
@pytest.mark.parametrize("arguments", [("check",), ("query", "ships"), ("rule",)], ids=" ".join)
def test_output_that_cannot_be_written_is_2(
    arguments: tuple[str, ...], redirection: str, reason: str, make_project: Callable[..., Path]
) -> None:
    folder = make_project(FLEET, SETTINGS)
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {redirection}', "sh", sys.executable, "-W", "error", "-m", "kgtool", *arguments],
        cwd=folder, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_LANG": "en"},
        stderr=subprocess.PIPE, check=False, timeout=120,
    )  # fmt: skip
    said = f"kgtool: E-OUTPUT: standard output cannot be written ({reason}). Check that it leads somewhere writable and not full.\n"
    assert (done.returncode, done.stderr.decode("utf-8")) == (2, said)


def without_rights(folder: Path, *arguments: str) -> Ran:
    """The command line as someone whom file permissions bind: root gives up the right to pass over them."""
    if os.geteuid() != 0:
        return run_process(*arguments, cwd=folder, env={"KGTOOL_LANG": "en"})
    if shutil.which("setpriv") is None:
        needs("setpriv", "permissions do not bind root: run the tests as another user, or install util-linux's setpriv")
    rights = "-dac_override,-dac_read_search"
    done = subprocess.run(
        ["setpriv", "--inh-caps", rights, "--bounding-set", rights, sys.executable, "-W", "error", "-m", "kgtool", *arguments],
        cwd=folder, env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_LANG": "en"},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


PUT_FILE = "    do: Put a regular file with a UTF-8 name there, or remove it.\n"
CORRECT_QUERY = "Correct the query file (docs/queries.md gives the form).\n"
UNREADABLE_SETTINGS = "kgtool: E-CONFIG-TOML: HERE/kgtool.toml: cannot be read (Permission denied). Check the permissions of the file and its folder.\n"
UNREADABLE = [
    ("data/ferry.ttl", ("check",), 1,
     f"data/ferry.ttl: error KG002 cannot be read: Permission denied\n    by not-a-project-file\n{PUT_FILE}", ""),
    ("queries/ask/ships.rq", ("check",), 1,
     f"queries/ask/ships.rq: error KG301 cannot be read: Permission denied\n    by query-broken\n    do: {CORRECT_QUERY}", ""),
    ("queries/ask/ships.rq", ("query", "ships"), 2, "",
     f"kgtool: E-QUERY-BROKEN: queries/ask/ships.rq: cannot be read: Permission denied. {CORRECT_QUERY}"),
    ("kgtool.toml", ("check",), 2, "",
     UNREADABLE_SETTINGS),
    ("data", ("check",), 2, "",
     ("kgtool: E-FOLDER: HERE/data: cannot be listed (Permission denied). "
     "Correct the folder in the settings, or its permissions.\n")),
    ("q.rq", ("query", "--file", "q.rq"), 2, "",
     "kgtool: E-FILE-READ: q.rq: cannot be read (Permission denied). Give a UTF-8 query file, or - for standard input.\n"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "arguments", "status", "out", "err"), UNREADABLE, ids=[f"{row[0]} in {row[1][0]}" for row in UNREADABLE]
)
def test_what_may_not_be_read_is_never_passed_over(
    name: str, arguments: tuple[str, ...], status: int, out: str, err: str, make_project: Callable[..., Path]
) -> None:
    folder = make_project({**FLEET, "q.rq": "ASK { ?s ?p ?o }"}, SETTINGS)
    before = (folder / name).stat().st_mode
    (folder / name).chmod(0)
    try:
        ran = without_rights(folder, *arguments)
    finally:
        (folder / name).chmod(before)
    assert (ran.status, usual(ran.err, folder)) == (status, err)
    assert usual(ran.out, folder).startswith(out)
    assert out or not ran.out


# What can be read, or only listed; and what is said then.
HALF_READABLE = [
    ("rows.csv", 0, 1, "queries/ask/rows.rq: error KG302 test 1: rows.csv: cannot be read.\n", ""),
    ("data", 0o444, 1, "data/ferry.ttl: error KG002 cannot be read: Permission denied\n", ""),
    ("queries/ask", 0o444, 1, "queries/ask/rows.rq: error KG301 cannot be read: Permission denied\n", ""),
    ("sources", 0o444, 1,
     "data/tale.ttl:4:1: error KG401 HERE/sources/tale.txt: the source text cannot be read (Permission denied).\n", ""),
    ("sources/other.txt", 0, 0, "note: <https://example.org/isle/source/tale>: the text and all 0 spans verified.\n", ""),
    (".", 0o444, 2, "", UNREADABLE_SETTINGS),
    ("data/deep", 0o444, 1, "data/link.ttl: error KG002 a link to a folder, or out of its own folder; not read.\n", ""),
]  # fmt: skip


@pytest.mark.parametrize(("name", "mode", "status", "out", "err"), HALF_READABLE, ids=[row[0] for row in HALF_READABLE])
def test_what_may_only_be_listed_is_said_too(
    name: str, mode: int, status: int, out: str, err: str, make_project: Callable[..., Path]
) -> None:
    rows = SHIPS.replace("rows: [[ex:ferry]]", "expect: rows.csv")
    folder = make_project({
        "data/ferry.ttl": FERRY, "data/tale.ttl": RECORD, "queries/ask/rows.rq": rows, "rows.csv": "ship\nex:ferry\n",
        "sources/renamed.txt" if name.startswith("sources/") else "sources/tale.txt": TALE, "sources/other.txt": "",
        **({"data/deep/more.ttl": ""} if name == "data/deep" else {}),
    }, SETTINGS)  # fmt: skip
    if name == "data/deep":
        (folder / "data" / "link.ttl").symlink_to("deep/more.ttl")
    assert without_rights(folder, "check").status == 0
    before = (folder / name).stat().st_mode
    (folder / name).chmod(mode)
    try:
        ran = without_rights(folder.parent, "check", str(folder))
    finally:
        (folder / name).chmod(before)
    assert (ran.status, usual(ran.err, folder)) == (status, err)
    assert out in ran.out.replace(str(folder), "HERE")
    assert out or not ran.out


@pytest.mark.parametrize("arguments", [("check",), ("query",), ("config",)], ids=" ".join)
def test_a_working_folder_that_is_gone_is_no_project(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    done = subprocess.run(
        ["sh", "-c", 'rmdir "$PWD"; exec "$@"', "sh", sys.executable, "-m", "kgtool", *arguments],
        cwd=tmp_path / "gone", env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_LANG": "en"},
        capture_output=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (2, b"kgtool: E-PATH-NONE: .: no such file or folder. Check the path.\n")


@pytest.mark.parametrize("form", ["human", "json", "jsonl", "github", "junit", "sarif", "markdown"])
def test_a_report_that_names_a_folder_of_other_bytes_is_utf8(form: str, tmp_path: Path) -> None:
    folder = tmp_path / os.fsdecode(b"\xff\xe9")
    for name, content in {"kgtool.toml": SETTINGS, "data/tale.ttl": RECORD, "sources/tale.txt": "\xff"}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="latin-1")
    ran = run_process("check", "--format", form, "--lang", "en", cwd=folder)  # which reads its output as UTF-8
    file = tmp_path / "report"
    assert (
        run_process("check", "--format", form, "--lang", "en", "--output-file", file, cwd=folder).status
        == ran.status
        == 1
    )
    assert ran.err == ""
    for text in (ran.out, file.read_text(encoding="utf-8")):
        assert "the source text cannot be read" in text
        if form in {"json", "sarif"}:
            assert json.loads(text)


def test_an_interrupt_while_the_program_is_being_imported_is_130_too(tmp_path: Path) -> None:
    """The first library that is imported interrupts, as a hasty Ctrl-C does."""
    (tmp_path / "click.py").write_text("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    done = subprocess.run([sys.executable, "-m", "kgtool", "--help"], env=environment, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@pytest.mark.parametrize(("setting", "environment", "language"), [
    ('lang = "en"', {"LANG": "zh_TW.UTF-8"}, "en"), ('lang = "zh-Hant"', {"LANG": "en_US.UTF-8"}, "zh-Hant"),
    ('languages = ["zh-Hant"]', {}, "zh-Hant"), ('languages = ["en", "zh-Hant"]', {}, "en"),
    ('lang = "en"', {"KGTOOL_LANG": "zh-Hant"}, "zh-Hant"),
])  # fmt: skip
def test_an_error_is_said_in_the_language_of_the_project_that_was_opened(
    setting: str,
    environment: dict[str, str],
    language: str,
    make_project: Callable[..., Path],
    kgtool: Callable[..., Ran],
) -> None:
    folder = make_project({"data/a.ttl": ""}, setting)
    for arguments in (("check", "--select", "KG999"), ("query", "nothing"), ("check", "--baseline", "none.json")):
        ran = kgtool(*arguments, "--project", folder, env=environment)
        assert ran.status == 2
        assert bool(re.search("[\u4e00-\u9fff]", ran.err)) is (language == "zh-Hant"), ran.err
    # Of the next command line nothing is known yet.
    ran = kgtool("check", "--project", folder / "nowhere", env={"LANG": "en_US.UTF-8"})
    assert ran.status == 2
    assert not re.search("[\u4e00-\u9fff]", ran.err)
