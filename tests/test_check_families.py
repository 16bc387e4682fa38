"""Every rule of the program fires on a tiny project and is silent on its clean twin; what is read reaches every family."""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import Ran

from kgtool.errors import Texts, texts
from kgtool.rules import builtin_rules

Files = Mapping[str, str | bytes]
ID = "https://example.org/isle/"
SETTINGS = f'as-of = "2021-12-31"\nsources = "sources"\n[prefixes]\nex = "{ID}"\nsrc = "{ID}source/"\nps = "{ID}passage/tale/"\n'
PREFIXES = f"""@prefix ex: <{ID}> .
@prefix src: <{ID}source/> .
@prefix ps: <{ID}passage/tale/> .
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHIP = PREFIXES + "ex:ferry a ex:Ship ; ex:home ex:harbour .\n"


def ttl(text: str) -> str:
    return PREFIXES + text + "\n"


# The rules of this file. A tiny project is no model of good style, which other rules and their tests are about.
MINE = ("KG001", "KG002", "KG003", "KG101", "KG201", "KG202", "KG301", "KG302", "KG303", "KG4", "KG5")


def run(kgtool: Callable[..., Ran], folder: Path, *arguments: object) -> tuple[int, list[dict[str, Any]]]:
    """Status and findings of `kgtool check --format json` in a folder, of the rules of this file only."""
    selected = () if "--select" in arguments else tuple(part for rule in MINE for part in ("--select", rule))
    ran = kgtool("check", "--format", "json", *selected, *arguments, cwd=folder)
    assert ran.err == ""
    findings: list[dict[str, Any]] = json.loads(ran.out)["findings"]
    return ran.status, findings


@dataclass(frozen=True)
class Found:
    """A finding as a case expects it; … in a message stands for words that are an engine's."""

    rule: str
    file: str
    message: Texts
    focus: str = ""
    path: str = ""
    source: str = ""
    line: int | None = None

    def agrees(self, finding: Mapping[str, Any]) -> None:
        assert (finding["rule"], finding["file"]) == (self.rule, self.file)
        assert (finding["focus"], finding["path"]) == (self.focus, self.path)
        assert finding["source"] == (self.source or builtin_rules()[self.rule].slug)
        if self.line is not None:
            assert finding["line"] == self.line
        assert set(finding["message"]) == {"zh-Hant", "en"}
        for language, expected in self.message.items():
            pattern = ".*".join(re.escape(part) for part in expected.split("…"))
            assert re.fullmatch(pattern, finding["message"][language]), finding["message"]


@dataclass(frozen=True)
class Case:
    """A project that breaks a rule, what is found, and the least that differs in its clean twin."""

    rule: str
    name: str
    files: Files
    found: tuple[Found, ...]
    clean: Files
    prepare: Callable[[Path], object] = field(default=lambda folder: folder)


# --- what the cases are made of

TALE = "In spring the ferry came.\nThe harbour slept.\nNobody knew.\n"
START, END = TALE.index("harbour"), TALE.index("harbour") + len("harbour")


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def source(text: str = TALE, span: tuple[int, int] = (START, END), words: str = "harbour", **given: object) -> str:
    """A source's record and one passage of it; `given` replaces a part."""
    lines = "\\n".join(f"{len(line)} {digest(line)}" for line in text.split("\n"))
    parts = {
        "sha256": digest(text), "size": len(text), "lines": lines, "start": span[0], "end": span[1],
        "words": digest(words), "name": f"{span[0]}-{span[1]}", "of": "src:tale", **given,
    }  # fmt: skip
    return ttl(
        'src:tale a cd:Source ; cd:fileName "tale.txt" ; cd:sha256 "{sha256}" ; cd:codePoints {size} ; cd:lineDigests "{lines}" .\n'
        "ps:{name} a oa:SpecificResource , cd:Passage ; oa:hasSource {of} ;\n"
        "  oa:hasSelector [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ] ;\n"
        '  cd:sha256 "{words}" .'.format(**parts)
    )


PASSAGE = f"{ID}passage/tale/{START}-{END}"
CITED: Files = {"data/tale.ttl": source(), "sources/tale.txt": TALE}
DATED = ttl("ex:sailed a owl:DatatypeProperty ; cd:lowerBoundProperty ex:from ; cd:upperBoundProperty ex:until .")


def sailing(statements: str) -> Files:
    return {"ontology/time.ttl": DATED, "data/ferry.ttl": ttl(f"ex:ferry {statements} .")}


def query(header: str, body: str = "SELECT ?ship WHERE { ?ship a ex:Ship } ORDER BY ?ship") -> str:
    return f"#+ summary: {{en: Ships, zh-Hant: 船}}\n{header}{body}\n"


SHIPS = query("#+ columns: {ship: iri}\n")


def trial(test: str) -> Files:
    return {"data/ferry.ttl": SHIP, "queries/ask/ships.rq": query(f"#+ columns: {{ship: iri}}\n#+ tests: [{test}]\n")}


def broken(
    text: str, zh: str, en: str, clean: str = SHIPS, line: int | None = None, folder: str = "ask"
) -> dict[str, Any]:
    """A query file that cannot be used."""
    path = f"queries/{folder}/ships.rq"
    return {
        "files": {path: text}, "clean": {path: clean},
        "found": (Found("KG301", path, texts(zh=zh, en=en), line=line),),
    }  # fmt: skip


def linked(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "crew.ttl").symlink_to("/etc/hostname")


def link_folder(folder: Path) -> None:
    (folder / "data" / "again").symlink_to("ships")


def named_in_latin_1(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    Path(os.fsdecode(os.fsencode(folder) + b"/data/crew\xe9.ttl")).write_text(SHIP, encoding="utf-8")


def in_a_folder_named_so(folder: Path) -> None:
    inner = Path(os.fsdecode(os.fsencode(folder) + b"/data/\xff"))
    inner.mkdir(parents=True)
    (inner / "crew.ttl").write_text(SHIP, encoding="utf-8")


def pipe(folder: Path) -> None:
    (folder / "data").mkdir(exist_ok=True)
    os.mkfifo(folder / "data" / "crew.ttl")


def pipe_of_queries(folder: Path) -> None:
    os.mkfifo(folder / "queries" / "ask" / "crew.rq")


NAME = texts(
    zh="檔名(或其資料夾之名稱)不是 UTF-8,或含控制字元,未讀取;請更名。",
    en="its name, or that of a folder around it, is not UTF-8 or has control characters; not read: rename it.",
)
LINK = texts(
    zh="符號連結指向資料夾,或指向所屬資料夾之外,未讀取。", en="a link to a folder, or out of its own folder; not read."
)
PIPE = texts(zh="不是一般檔案(裝置、管線或插座),未讀取。", en="a device, pipe or socket; not read.")
CONTRADICTION = texts(zh="推理得出矛盾:…ex:ada…", en="a contradiction follows: …ex:ada…")
KINDS = ttl(
    "ex:Person a owl:Class ; owl:disjointWith ex:Body . ex:Body a owl:Class . ex:Office rdfs:subClassOf ex:Body ."
)
NAMED = ttl(
    "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-name .\n"
    'ex:Ship-name a sh:PropertyShape ; sh:path ex:name ; sh:minCount 1 ; sh:message "Name it."@en , "請命名。"@zh-Hant .'
)
# A query that reports a failure. Source: SHACL §5.3.2.
UNRUNNABLE = ttl(
    "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ;\n"
    '  sh:sparql [ a sh:SPARQLConstraint ; sh:select "SELECT $this ?failure WHERE { BIND(true AS ?failure) }" ] .'
)
RUNNABLE = UNRUNNABLE.replace("BIND(true AS ?failure)", "FILTER(false)")
LOST = query(
    "#+ columns: {focus: iri, value: any}\n", "SELECT ?focus ?value WHERE { ?focus ex:lost ?value } ORDER BY ?focus"
)
NO_HOME = ttl("ex:ferry a ex:Ship ; ex:lost 3 .")

CASES = (
    Case("KG001", "a statement that cannot be read", {"data/ferry.ttl": ttl("ex:ferry ex:home .\nex:tug a ex:Ship .")},
         (Found("KG001", "data/ferry.ttl", texts(zh="語法錯誤:…", en="syntax error: …"), line=10),),
         {"data/ferry.ttl": ttl("ex:ferry ex:home ex:harbour .\nex:tug a ex:Ship .")}),
    Case("KG002", "a link out of the folder", {}, (Found("KG002", "data/crew.ttl", LINK, line=0),),
         {"data/crew.ttl": SHIP}, linked),
    Case("KG002", "a link to a folder", {"data/ships/ferry.ttl": SHIP}, (Found("KG002", "data/again", LINK, line=0),),
         {"data/ships/ferry.ttl": SHIP}, link_folder),
    Case("KG002", "a name that is not UTF-8", {}, (Found("KG002", "data/crew\\xe9.ttl", NAME, line=0),),
         {"data/crewé.ttl": SHIP}, named_in_latin_1),
    Case("KG002", "a name of two lines", {"data/crew\n.ttl": SHIP}, (Found("KG002", "data/crew\\n.ttl", NAME, line=0),),
         {"data/crew 船.ttl": SHIP}),
    Case("KG002", "a folder's name that is not UTF-8", {}, (Found("KG002", "data/\\xff/crew.ttl", NAME, line=0),),
         {"data/ÿ/crew.ttl": SHIP}, in_a_folder_named_so),
    Case("KG002", "a pipe", {}, (Found("KG002", "data/crew.ttl", PIPE, line=0),), {"data/crew.ttl": SHIP}, pipe),
    Case("KG002", "a pipe among the queries", {"queries/ask/ships.rq": SHIPS},
         (Found("KG002", "queries/ask/crew.rq", PIPE, line=0),), {"queries/ask/ships.rq": SHIPS}, pipe_of_queries),
    Case("KG003", "a file in Big5", {"data/ferry.ttl": SHIP.encode() + 'ex:ferry ex:name "渡輪" .'.encode("big5")},
         (Found("KG003", "data/ferry.ttl", texts(zh="位元組 0xB4 不是 UTF-8…", en="byte 0xB4 is not UTF-8…"), line=11),),
         {"data/ferry.ttl": SHIP + 'ex:ferry ex:name "渡輪" .'}),
    Case("KG101", "disjoint classes", {"ontology/kinds.ttl": KINDS, "data/ada.ttl": ttl("ex:ada a ex:Person , ex:Body .")},
         (Found("KG101", "data/ada.ttl", CONTRADICTION, focus=ID + "ada"),),
         {"ontology/kinds.ttl": KINDS, "data/ada.ttl": ttl("ex:ada a ex:Person .")}),
    Case("KG101", "disjoint classes, one by inference",
         {"ontology/kinds.ttl": KINDS, "data/ada.ttl": ttl("ex:ada a ex:Person , ex:Office .")},
         (Found("KG101", "data/ada.ttl", CONTRADICTION, focus=ID + "ada"),),
         {"ontology/kinds.ttl": KINDS, "data/ada.ttl": ttl("ex:ada a ex:Person . ex:ward a ex:Office .")}),
    Case("KG201", "a value too few", {"shapes/ship.ttl": NAMED, "data/ferry.ttl": SHIP},
         (Found("KG201", "data/ferry.ttl", texts(zh="請命名。", en="Name it."), ID + "ferry", f"<{ID}name>", "ex:Ship-name"),),
         {"shapes/ship.ttl": NAMED, "data/ferry.ttl": SHIP + 'ex:ferry ex:name "Ferry" .'}),
    Case("KG202", "a query that fails", {"shapes/ship.ttl": UNRUNNABLE, "data/ferry.ttl": SHIP},
         (Found("KG202", "shapes/ship.ttl", texts(zh="形狀圖無法執行:…", en="the shapes cannot be run: …")),),
         {"shapes/ship.ttl": RUNNABLE, "data/ferry.ttl": SHIP}),
    Case("KG301", "an unknown key", **broken(
        query("#+ colums: {ship: iri}\n"), "header 中不認得的鍵「colums」", "unknown key 'colums' in header", line=2,
    )),
    Case("KG301", "no summary", **broken(
        SHIPS.removeprefix("#+ summary: {en: Ships, zh-Hant: 船}\n"), "檔頭缺少 summary", "the header has no summary", line=1,
    )),
    Case("KG301", "a query that does not parse", **broken(
        SHIPS.replace("Ship }", "Ship"), "查詢語法錯誤:3:46: …", "the query does not parse: 3:46: …", line=3,
    )),
    Case("KG301", "an update", **broken(
        query("", "DELETE WHERE { ?s ?p ?o }"), "不是 SELECT、ASK、CONSTRUCT 或 DESCRIBE 查詢。",
        "not a SELECT, ASK, CONSTRUCT or DESCRIBE query.", line=1,
    )),
    Case("KG301", "a request to another server", **broken(
        SHIPS.replace("?ship a", "SERVICE <http://localhost/> {} ?ship a"), "查詢不得使用 SERVICE。",
        "a query must not use SERVICE.", line=3,
    )),
    Case("KG301", "a column that the header does not name", **broken(
        SHIPS.replace("?ship WHERE", "?ship ?age WHERE"), "檔頭之 columns 與查詢之欄位不符:?age。",
        "the header's columns differ from the query's: ?age.",
    )),
    Case("KG301", "a parameter that is never used", **broken(
        query("#+ columns: {ship: iri}\n#+ params: {home: {type: iri}}\n"), "參數「home」在查詢中未使用。",
        "parameter 'home' is never used in the query.", line=1,
    )),
    Case("KG301", "a parameter of an unknown type",
         **broken(query("#+ columns: {ship: iri}\n#+ params: {home: {type: uri}}\n", "SELECT ?ship WHERE { ?ship ex:home ?home }"),
                  "「home」之型別「uri」不認得(可用:iri、…)", "unknown type 'uri' of 'home' (known: iri, …)", line=3)),
    Case("KG301", "a check that is no SELECT", **broken(
        query("", "ASK { ?s a ex:Ship }"), "檢查查詢須為 SELECT。", "a check query must be a SELECT.",
        clean=query("", "SELECT ?focus WHERE { ?focus ex:lost 1 }"), folder="check",
    )),
    Case("KG301", "two queries of one name", {"queries/ask/ships.rq": SHIPS, "queries/ask/more/ships.rq": SHIPS},
         (Found("KG301", "queries/ask/ships.rq", line=1, message=texts(
             zh="與 queries/ask/more/ships.rq 同名。", en="has the same name as queries/ask/more/ships.rq.")),),
         {"queries/ask/ships.rq": SHIPS, "queries/ask/more/boats.rq": SHIPS}),
    Case("KG302", "rows that differ", trial("{rows: [[ex:tug]]}"),
         (Found("KG302", "queries/ask/ships.rq",
                texts(zh=f"測試 1:第 1 列應為 ({ID}tug),得 ({ID}ferry)", en=f"test 1: row 1: expected ({ID}tug), got ({ID}ferry)")),),
         trial("{rows: [[ex:ferry]]}")),
    Case("KG302", "a row too few", trial("{rows: [[ex:ferry], [ex:tug]]}"),
         (Found("KG302", "queries/ask/ships.rq", texts(
             zh=f"測試 1:第 2 列應為 ({ID}tug),得 —", en=f"test 1: row 2: expected ({ID}tug), got —")),),
         trial("{rows: [[ex:ferry]]}")),
    Case("KG302", "rows where none should be", trial("{empty: true}"),
         (Found("KG302", "queries/ask/ships.rq", texts(zh="測試 1:應無結果,得 1 列", en="test 1: expected none, got 1 row")),),
         {**trial("{empty: true}"), "data/ferry.ttl": NO_HOME.replace("ex:Ship", "ex:Raft")}),
    Case("KG302", "too few rows", trial("{min_rows: 2}"),
         (Found("KG302", "queries/ask/ships.rq", texts(zh="測試 1:至少應有 2 列,得 1 列", en="test 1: expected at least 2 rows, got 1")),),
         trial("{min_rows: 1}")),
    Case("KG302", "rows of a file", {**trial("{expect: tests/ships.csv}"), "tests/ships.csv": "ship\r\nex:tug\r\n"},
         (Found("KG302", "queries/ask/ships.rq",
                texts(zh=f"測試 1:第 1 列應為 ({ID}tug),得 ({ID}ferry)", en=f"test 1: row 1: expected ({ID}tug), got ({ID}ferry)")),),
         {**trial("{expect: tests/ships.csv}"), "tests/ships.csv": "ship\r\nex:ferry\r\n"}),
    Case("KG302", "a file of rows with other columns", {**trial("{expect: tests/ships.csv}"), "tests/ships.csv": "boat\nex:ferry\n"},
         (Found("KG302", "queries/ask/ships.rq", texts(
             zh="測試 1:tests/ships.csv:首列須以 ship 開頭。", en="test 1: tests/ships.csv: the first line must begin with ship.")),),
         {**trial("{expect: tests/ships.csv}"), "tests/ships.csv": "ship,facts\nex:ferry,f001 f002\n"}),
    Case("KG302", "a file of rows that is missing", trial("{expect: tests/ships.csv}"),
         (Found("KG302", "queries/ask/ships.rq", texts(
             zh="測試 1:tests/ships.csv:無法讀取。", en="test 1: tests/ships.csv: cannot be read.")),),
         {**trial("{expect: tests/ships.csv}"), "tests/ships.csv": "ship\nex:ferry\n"}),
    Case("KG303", "a row of a check without a code", {"queries/check/lost.rq": LOST, "data/ferry.ttl": NO_HOME},
         (Found("KG303", "data/ferry.ttl", texts(zh="船", en="Ships"), focus=ID + "ferry", source="lost"),),
         {"queries/check/lost.rq": LOST, "data/ferry.ttl": SHIP}),
    Case("KG401", "a character of the text altered", {**CITED, "sources/tale.txt": TALE.replace("knew", "know")},
         (Found("KG401", "sources/tale.txt", line=3, focus=ID + "source/tale", message=texts(
             zh="src:tale 之文字自第 3 行起與記錄不符(0 段移位,0 段改變)。",
             en="the text of src:tale differs from the record from line 3 on (0 spans moved, 0 changed).")),),
         CITED),
    Case("KG401", "a source that is not UTF-8", {**CITED, "sources/tale.txt": TALE.encode("utf-16")},
         (Found("KG401", "data/tale.ttl", focus=ID + "source/tale", message=texts(
             zh="…/sources/tale.txt:來源文字無法讀取(第 1 個位元組不是 UTF-8)。",
             en="…/sources/tale.txt: the source text cannot be read (byte 1 is not UTF-8).")),),
         CITED),
    Case("KG402", "a character inserted before the span", {**CITED, "sources/tale.txt": TALE.replace("spring ", "spring, ")},
         (Found("KG402", "data/tale.ttl", focus=PASSAGE, message=texts(
             zh=f"段落 {START}:{END} 已移至 {START + 1}:{END + 1}(sources/tale.txt 第 2 行第 5 字)。",
             en=f"the span {START}:{END} moved to {START + 1}:{END + 1} (sources/tale.txt:2:5).")),
          Found("KG401", "sources/tale.txt", line=1, focus=ID + "source/tale", message=texts(
             zh="src:tale 之文字自第 1 行起與記錄不符(1 段移位,0 段改變)。",
             en="the text of src:tale differs from the record from line 1 on (1 span moved, 0 changed)."))),
         CITED),
    Case("KG403", "a digest of other words", {**CITED, "data/tale.ttl": source(words="haven")},
         (Found("KG403", "data/tale.ttl", focus=PASSAGE, message=texts(
             zh=f"段落 {START}:{END} 之文字與 cd:sha256 不符(sources/tale.txt 第 2 行)。",
             en=f"the words at {START}:{END} are not those of cd:sha256 (sources/tale.txt:2:5).")),),
         CITED),
    Case("KG404", "an IRI that is not its span", {**CITED, "data/tale.ttl": source(name="1-2")},
         (Found("KG404", "data/tale.ttl", focus=ID + "passage/tale/1-2",
                message=texts(zh=f"IRI 末段須為 {START}-{END}。", en=f"the IRI must end in {START}-{END}, its span.")),),
         CITED),
    Case("KG404", "a span that ends before it starts", {**CITED, "data/tale.ttl": source(span=(9, 3))},
         (Found("KG404", "data/tale.ttl", focus=ID + "passage/tale/9-3",
                message=texts(zh="範圍 9:3 不在來源之內。", en="the span 9:3 is not inside the source.")),),
         CITED),
    Case("KG404", "a passage of no source", {**CITED, "data/tale.ttl": source(of="src:diary")},
         (Found("KG404", "data/tale.ttl", focus=PASSAGE, message=texts(
             zh="oa:hasSource 須指向恰一個有 cd:sha256 之來源。", en="oa:hasSource must name one source that has a cd:sha256.")),),
         CITED),
    Case("KG404", "a source whose lines do not add up", {**CITED, "data/tale.ttl": source(size=len(TALE) + 1)},
         (Found("KG404", "data/tale.ttl", focus=ID + "source/tale", message=texts(
             zh="cd:lineDigests 之長度總和與 cd:codePoints 不符。", en="the lengths in cd:lineDigests do not add up to cd:codePoints.")),),
         CITED),
    Case("KG501", "a bound that does not follow",
         sailing('ex:sailed "2013-02" ; ex:from "2013-02-01"^^xsd:date ; ex:until "2013-02-29"^^xsd:date'),
         (Found("KG501", "data/ferry.ttl", focus=ID + "ferry", path=f"<{ID}until>", message=texts(
             zh='由 ex:sailed "2013-02" 得出 ex:until 應為 "2013-02-28"^^xsd:date,現為 2013-02-29。',
             en='ex:sailed "2013-02" gives ex:until "2013-02-28"^^xsd:date; found 2013-02-29.')),),
         sailing('ex:sailed "2013-02" ; ex:from "2013-02-01"^^xsd:date ; ex:until "2013-02-28"^^xsd:date')),
    Case("KG501", "a bound that is missing", sailing('ex:sailed "2013-02" ; ex:from "2013-02-01"^^xsd:date'),
         (Found("KG501", "data/ferry.ttl", focus=ID + "ferry", path=f"<{ID}until>", message=texts(
             zh='由 ex:sailed "2013-02" 得出 ex:until 應為 "2013-02-28"^^xsd:date,現為 —。',
             en='ex:sailed "2013-02" gives ex:until "2013-02-28"^^xsd:date; found —.')),),
         sailing('ex:sailed "2013-02/.." ; ex:from "2013-02-01"^^xsd:date')),
    Case("KG501", "a bound without the value it derives from", sailing('ex:from "2013-02-01"^^xsd:date'),
         (Found("KG501", "data/ferry.ttl", focus=ID + "ferry", path=f"<{ID}from>", message=texts(
             zh="有 ex:from 而無 EDTF 值(ex:sailed),無法重新推導。", en="ex:from without the EDTF value it derives from (ex:sailed).")),),
         sailing("ex:age 3")),
    Case("KG502", "a date in words", sailing('ex:sailed "June 2013"'),
         (Found("KG502", "data/ferry.ttl", focus=ID + "ferry", path=f"<{ID}sailed>", message=texts(
             zh="ex:sailed 之值「June 2013」不是 EDTF。", en='ex:sailed "June 2013" is not EDTF.')),),
         sailing('ex:sailed "2013-06" ; ex:from "2013-06-01"^^xsd:date ; ex:until "2013-06-30"^^xsd:date')),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.rule} {case.name}")
def test_a_rule_fires_and_is_silent_on_the_clean_twin(
    case: Case, make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    dirty = make_project(case.files, SETTINGS, "dirty")
    case.prepare(dirty)
    status, findings = run(kgtool, dirty)
    assert [finding["rule"] for finding in findings] == [found.rule for found in case.found]
    for found, finding in zip(case.found, findings, strict=True):
        found.agrees(finding)
    assert status == 1
    assert run(kgtool, make_project(case.clean, SETTINGS, "clean")) == (0, [])


def test_every_rule_of_this_file_has_a_case() -> None:
    assert {case.rule for case in CASES} == {code for code in builtin_rules() if code.startswith(MINE)}


# --- what a check query may bring of its own

LOST_WITH_CODE = query(
    "#+ columns: {focus: iri, value: any, days: integer}\n#+ code: KG599\n#+ severity: warning\n"
    "#+ fix: {en: Look for it., zh-Hant: 請尋找。}\n",
    "SELECT ?focus ?value ?days WHERE { ?focus ex:lost ?value . BIND(7 AS ?days) } ORDER BY ?focus",
)


def test_a_check_query_of_the_project_reports_under_its_own_code_severity_and_words(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    folder = make_project({"queries/check/lost.rq": LOST_WITH_CODE, "data/ferry.ttl": NO_HOME}, SETTINGS)
    status, findings = run(kgtool, folder)
    assert (status, len(findings)) == (0, 1)
    found = findings[0]
    assert (found["rule"], found["source"], found["severity"]) == ("KG599", "lost", "warning")
    assert (found["file"], found["focus"]) == ("data/ferry.ttl", ID + "ferry")
    assert found["value"] == '"3"^^<http://www.w3.org/2001/XMLSchema#integer>'
    assert found["message"] == {"en": "Ships (days = 7)", "zh-Hant": "船 (days = 7)"}
    assert found["fix"] == {"en": "Look for it.", "zh-Hant": "請尋找。"}
    assert [place["file"] for place in found["related"]] == ["queries/check/lost.rq"]
    assert run(kgtool, folder, "--fail-on", "warning")[0] == 1
    clean = make_project({"queries/check/lost.rq": LOST_WITH_CODE, "data/ferry.ttl": SHIP}, SETTINGS, "clean")
    assert run(kgtool, clean) == (0, [])


def test_a_check_query_that_needs_a_parameter_is_reported_and_not_passed_over(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    text = query(
        "#+ columns: {focus: iri}\n#+ params: {home: {type: iri, required: true}}\n",
        "SELECT ?focus WHERE { ?focus ex:home ?home }",
    )
    status, findings = run(kgtool, make_project({"queries/check/homes.rq": text}, SETTINGS))
    assert [(found["rule"], found["file"], found["message"]["en"]) for found in findings] == [
        ("KG301", "queries/check/homes.rq", "parameter 'home': is required.")
    ]
    assert findings[0]["message"]["zh-Hant"] == "參數「home」必須提供。"
    assert status == 1


AGED = query(
    "#+ columns: {focus: iri}\n#+ code: KG599\n#+ params: {asOf: {type: date, default: today}}\n",
    "SELECT ?focus WHERE { ?focus ex:due ?due . FILTER(?due < ?asOf) } ORDER BY ?focus",
)


def test_as_of_reaches_a_check_query(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    data = ttl('ex:ferry ex:due "2021-12-31"^^xsd:date .')
    folder = make_project({"queries/check/aged.rq": AGED, "data/ferry.ttl": data}, SETTINGS)
    assert run(kgtool, folder, "--as-of", "2021-12-31") == (0, [])
    status, findings = run(kgtool, folder, "--as-of", "2022-01-01")
    assert (status, [found["rule"] for found in findings]) == (1, ["KG599"])
    ran = kgtool("check", cwd=folder, env={"KGTOOL_AS_OF": "2022-01-01", "KGTOOL_LANG": "en"})
    assert "as of 2022-01-01: 1 error" in ran.out.splitlines()[-1]


# --- reading


def test_every_syntax_error_of_a_file_is_reported_with_its_line_and_the_rest_is_read(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    start = PREFIXES.count("\n")
    text = ttl(
        'ex:a "home" ex:harbour .\n'
        "ex:b a ex:Ship ; ex:lost 1 .\n"
        "ex:c ex:name open .\n"
        "ex:d a ex:Ship ; ex:lost 2 .\n"
        "ex:e no:home ex:harbour .\n"
        "ex:f a ex:Ship ; ex:lost 3 ."
    )
    folder = make_project({"data/fleet.ttl": text, "queries/check/lost.rq": LOST}, SETTINGS)
    status, findings = run(kgtool, folder)
    syntax = [found for found in findings if found["rule"] == "KG001"]
    assert [(found["file"], found["line"] - start) for found in syntax] == [
        ("data/fleet.ttl", line) for line in (1, 3, 5)
    ]
    assert [found["focus"] for found in findings if found["rule"] == "KG303"] == [ID + name for name in "bdf"]
    assert status == 1
    assert "no:" in syntax[2]["message"]["en"]
    assert "no:" in syntax[2]["message"]["zh-Hant"]


def test_a_string_that_is_never_closed_is_reported_where_it_opens(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """It swallows what follows, so it is one error and not one a line."""
    text = ttl('ex:a ex:name "open .\nex:b ex:name "Bea" .\nex:c ex:home ex:harbour .')
    status, findings = run(kgtool, make_project({"data/crew.ttl": text}, SETTINGS))
    start = PREFIXES.count("\n")
    assert status == 1
    assert (findings[0]["rule"], findings[0]["file"], findings[0]["line"] - start) == ("KG001", "data/crew.ttl", 1)


def test_two_files_never_share_a_blank_node(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    """Merged, `_:a` would have two names: the shape would fire, and the query would count one node."""
    shape = ttl(
        "ex:Crew-shape a sh:NodeShape ; sh:targetClass ex:Crew ;\n"
        '  sh:property [ sh:path ex:name ; sh:maxCount 1 ; sh:message "One."@en , "一。"@zh-Hant ] .'
    )
    count = query("#+ columns: {n: integer}\n", "SELECT (COUNT(DISTINCT ?crew) AS ?n) WHERE { ?crew a ex:Crew }")
    files = {f"data/{name}.ttl": ttl(f'_:a a ex:Crew ; ex:name "{name}" .') for name in ("ada", "bea")}
    folder = make_project({**files, "shapes/crew.ttl": shape, "queries/ask/count.rq": count}, SETTINGS)
    assert run(kgtool, folder) == (0, [])
    assert kgtool("query", "count", "--format", "csv", cwd=folder).out == "n\r\n2\r\n"


ILL_TYPED = [
    ('"2013-13-45"^^xsd:date', ["KG201"]),
    ('"P"^^xsd:duration', ["KG201"]),
    ('"yes"^^xsd:boolean', ["KG101", "KG201"]),
    ('"x"^^xsd:integer', ["KG101", "KG201"]),
]


@pytest.mark.parametrize(("literal", "rules"), ILL_TYPED, ids=[row[0] for row in ILL_TYPED])
def test_an_ill_typed_literal_is_found_at_its_file_without_noise(
    literal: str, rules: list[str], make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """rdflib would write a traceback to standard error. What OWL 2 RL has a datatype for contradicts itself as well."""
    shapes = {"shapes/ship.ttl": ttl(
        "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-built .\n"
        "ex:Ship-built a sh:PropertyShape ; sh:path ex:built ; sh:datatype xsd:date ;\n"
        '  sh:message "A day."@en , "須為日期。"@zh-Hant .'
    )}  # fmt: skip
    dirty = make_project({**shapes, "data/ferry.ttl": ttl(f"ex:ferry a ex:Ship ; ex:built {literal} .")}, SETTINGS)
    status, findings = run(kgtool, dirty)
    assert sorted((found["rule"], found["file"]) for found in findings) == [(rule, "data/ferry.ttl") for rule in rules]
    assert {"en": "A day.", "zh-Hant": "須為日期。"} in [found["message"] for found in findings]
    assert status == 1
    good = ttl('ex:ferry a ex:Ship ; ex:built "2013-12-31"^^xsd:date .')
    assert run(kgtool, make_project({**shapes, "data/ferry.ttl": good}, SETTINGS, "clean")) == (0, [])


# --- reasoning and shapes together

SUBCLASS = ttl("ex:Tug rdfs:subClassOf ex:Ship . ex:home rdfs:range ex:Harbour .")


def test_a_member_of_a_subclass_has_the_shape_of_its_class(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    files = {"ontology/ships.ttl": SUBCLASS, "shapes/ship.ttl": NAMED}
    status, findings = run(kgtool, make_project({**files, "data/tug.ttl": ttl("ex:tug a ex:Tug .")}, SETTINGS))
    assert (status, [(found["rule"], found["focus"]) for found in findings]) == (1, [("KG201", ID + "tug")])
    assert run(
        kgtool, make_project({**files, "data/tug.ttl": ttl('ex:tug a ex:Tug ; ex:name "Tug" .')}, SETTINGS, "clean")
    ) == (0, [])


def test_a_thing_typed_only_by_a_range_has_the_shape_of_its_class(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """Even when nothing else that is said of it could entail anything."""
    shape = NAMED.replace("ex:Ship ;", "ex:Harbour ;")
    files = {"ontology/ships.ttl": SUBCLASS, "shapes/harbour.ttl": shape}
    dirty = {**files, "data/tug.ttl": ttl("ex:tug ex:home ex:haven . ex:haven ex:depth 9 .")}
    status, findings = run(kgtool, make_project(dirty, SETTINGS))
    assert (status, [(found["rule"], found["focus"]) for found in findings]) == (1, [("KG201", ID + "haven")])
    clean = {**files, "data/tug.ttl": ttl('ex:tug ex:home ex:haven . ex:haven ex:name "Haven" .')}
    assert run(kgtool, make_project(clean, SETTINGS, "clean")) == (0, [])


def test_two_constraints_of_one_shape_are_two_findings(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """They differ in their message only: same place, shape, focus and value."""
    constraint = '[ a sh:SPARQLConstraint ; sh:message "{0}"@en , "{1}"@zh-Hant ; sh:select "SELECT $this WHERE {{ $this a ?any }}" ]'
    shape = ttl(
        "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ;\n"
        f"  sh:sparql {constraint.format('One.', '甲。')} , {constraint.format('Two.', '乙。')} ."
    )
    status, findings = run(kgtool, make_project({"data/ferry.ttl": SHIP, "shapes/ship.ttl": shape}, SETTINGS))
    assert [found["message"] for found in findings] == [
        {"en": "One.", "zh-Hant": "甲。"},
        {"en": "Two.", "zh-Hant": "乙。"},
    ]
    assert status == 1


# --- what is reported of it

MIXED: Files = {
    "data/fleet/ferry.ttl": NO_HOME, "data/fleet.ttl": ttl("ex:raft ex:lost 4 ."), "data/sloop.ttl": ttl("ex:sloop ex:home ."),
    "shapes/ship.ttl": NAMED, "queries/check/lost.rq": LOST_WITH_CODE,
}  # fmt: skip
ALL = [
    ("data/fleet.ttl", "KG599"),
    ("data/fleet/ferry.ttl", "KG201"),
    ("data/fleet/ferry.ttl", "KG599"),
    ("data/sloop.ttl", "KG001"),
]
CHOICES = [
    ("everything", (), ALL),
    ("a rule", ("--select", "KG201"), [ALL[1]]),
    ("a family", ("--select", "KG5"), [ALL[0], ALL[2]]),
    ("two", ("--select", "KG0", "--select", "KG2"), [ALL[1], ALL[3]]),
    ("a shape by its name", ("--select", "ex:Ship-name"), [ALL[1]]),
    ("a query by its name", ("--select", "lost"), [ALL[0], ALL[2]]),
    ("all but a rule", ("--ignore", "KG599"), [ALL[1], ALL[3]]),
    ("all but a shape", ("--ignore", "ex:Ship-name"), [ALL[0], ALL[2], ALL[3]]),
    ("a family but a query", ("--select", "KG", "--ignore", "lost", "--ignore", "KG0"), [ALL[1]]),
    ("a folder, not a file whose name it begins", ("data/fleet",), [ALL[1], ALL[2]]),
    ("a file", ("data/fleet.ttl",), [ALL[0]]),
    ("a file and a rule", ("data/fleet/ferry.ttl", "--select", "KG201"), [ALL[1]]),
    ("a folder without findings", ("queries",), []),
    ("the project by its path", (".",), ALL),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_only_what_is_asked_for_is_reported(
    arguments: tuple[str, ...],
    expected: list[tuple[str, str]],
    make_project: Callable[..., Path],
    kgtool: Callable[..., Ran],
) -> None:
    status, findings = run(kgtool, make_project(MIXED, SETTINGS), *arguments)
    assert [(found["file"], found["rule"]) for found in findings] == expected
    assert status == int(any(rule != "KG599" for _, rule in expected))


def test_a_part_is_judged_with_the_whole_in_view(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    """The class is declared in another folder, and shapes that cannot be run are no pass for any part."""
    files = {"ontology/ships.ttl": SUBCLASS, "shapes/ship.ttl": NAMED, "data/tug/tug.ttl": ttl("ex:tug a ex:Tug .")}
    folder = make_project(files, SETTINGS)
    for place in (folder / "data" / "tug", folder / "data" / "tug" / "tug.ttl"):
        status, findings = run(kgtool, folder.parent, place)
        assert (status, [found["rule"] for found in findings]) == (1, ["KG201"])
    (folder / "shapes" / "ship.ttl").write_text(UNRUNNABLE.replace("ex:Ship ;", "ex:Tug ;"), encoding="utf-8")
    status, findings = run(kgtool, folder, "data")
    assert (status, [(found["rule"], found["file"]) for found in findings]) == (1, [("KG202", "shapes/ship.ttl")])


def test_the_file_of_the_statement_is_named_where_two_files_speak_of_one_thing(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    shape = ttl(
        "ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-name .\n"
        'ex:Ship-name a sh:PropertyShape ; sh:path ex:name ; sh:maxLength 3 ; sh:message "Short."@en , "宜短。"@zh-Hant .'
    )
    files = {
        "data/a.ttl": ttl('ex:ferry a ex:Ship ; ex:name "渡輪"@zh-Hant .'),
        "data/b.ttl": ttl('ex:ferry ex:name "渡輪一號"@zh-Hant .'),
    }
    _, findings = run(kgtool, make_project({**files, "shapes/ship.ttl": shape}, SETTINGS))
    assert [(found["file"], found["value"]) for found in findings] == [("data/b.ttl", '"渡輪一號"@zh-Hant')]


def test_a_row_of_a_check_query_is_shown_at_its_value(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """At the object where one is given and stands there, else at the property, else at the subject."""
    query = (
        "#+ summary:\n#+   en: A bad value\n#+   zh-Hant: 值有誤\n#+ columns:\n#+   focus: iri\n#+   path: iri\n#+   value: any\n"
        f"PREFIX ex: <{ID}>\nSELECT ?focus ?path ?value WHERE {{\n  ?focus ?path ?stated .\n"
        '  FILTER(STRSTARTS(STR(?stated), "bad") || isBlank(?stated))\n'
        '  BIND(IF(?stated = "bad away", "nowhere", ?stated) AS ?value)\n} ORDER BY ?focus ?path ?value\n'
    )
    data = ttl(
        'ex:a ex:p "good" , "bad one" ,\n  "bad two"@zh-Hant , "bad\\nthree" ;\n  ex:q 1 , [ ex:p "bad four" ] ; ex:r "bad away" .'
    )
    folder = make_project({"data/a.ttl": data, "queries/check/bad.rq": query}, SETTINGS)
    _, findings = run(kgtool, folder, "--select", "KG303")
    start = PREFIXES.count("\n")
    places = [(one["line"] - start, one["column"]) for one in findings]
    assert places == [(1, 20), (2, 3), (2, 23), (3, 12), (3, 19), (3, 34)]
