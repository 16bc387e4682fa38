"""Evidence as `kgtool check` sees it: KG401 to KG404, what stays unverified, and the words that are said of it."""

from __future__ import annotations

import datetime
import hashlib
import random
import re
import shutil
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, WANGJIN, Ran

from kgtool.check import read_inputs
from kgtool.checks import Inputs, Outcome
from kgtool.checks.evidence import check_evidence
from kgtool.finding import Severity
from kgtool.project import open_project

Make = Callable[..., Path]
Tool = Callable[..., Ran]
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
TEXT = "Log of the harbour\nAda met Bo 𠮷.\n\nThey parted."
SETTINGS = """\
sources = "sources"
[prefixes]
src = "https://example.org/id/source/"
ps = "https://example.org/id/passage/log/"
"""
HEAD = """\
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix src: <https://example.org/id/source/> .
@prefix ps: <https://example.org/id/passage/log/> .
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def source(
    text: str = TEXT, *, sha: str | None = None, size: str | None = None, lines: str | None = None, more: str = ""
) -> str:
    """The record of a source: two lines of Turtle of its own and one a line of the text."""
    digests = "\n".join(f"{len(line)} {digest(line)}" for line in text.split("\n")) if lines is None else lines
    return (
        f'src:log a cd:Source ; cd:fileName "log.txt" ; cd:sha256 "{digest(text) if sha is None else sha}" ;\n'
        f'  {"cd:codePoints" if size != "" else "cd:locator"} {size or len(text)} ; cd:lineDigests """{digests}""" {more}.\n'
    )


def passage(start: int, end: int, text: str = TEXT) -> str:
    return (
        f"ps:{start}-{end} a cd:Passage ; oa:hasSource src:log ;\n"
        f"  oa:hasSelector [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ] ;\n"
        f'  cd:sha256 "{digest(text[start:end])}" .\n'
    )


def evidence(folder: Path, sources: str | None = None) -> Outcome:
    return check_evidence(read_inputs(open_project(folder, {}, {"sources": sources}), NOW))


def notes(outcome: Outcome, language: str = "en") -> list[str]:
    return [note.message[language] for note in outcome.notes]


GOOD = HEAD + source() + passage(19, 22) + passage(30, 31)


# Changes of the text, on the fictional project: its data is read once, its text is rewritten on disk.


class Rewritten:
    """The fictional project with another text: what check says of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "sources" / "report-2021h2.txt"
        self.text = self.path.read_bytes().decode("utf-8")
        self.inputs: Inputs = read_inputs(open_project(folder, {}, {}), NOW)

    def check(self, content: str | bytes, name: str = "report-2021h2.txt") -> Outcome:
        for path in self.path.parent.iterdir():
            path.unlink()
        data = content.encode("utf-8") if isinstance(content, str) else content
        self.path.with_name(name).write_bytes(data)
        return check_evidence(self.inputs)


@pytest.fixture(scope="module")
def wangjin(tmp_path_factory: pytest.TempPathFactory) -> Rewritten:
    folder = tmp_path_factory.mktemp("copy") / "wangjin"
    shutil.copytree(WANGJIN, folder)
    return Rewritten(folder)


def said(outcome: Outcome, rule: str, language: str = "en") -> list[str]:
    return [finding.message[language] for finding in outcome.findings if finding.rule == rule]


VERIFIED = "src:report-2021h2: the text and all 76 spans verified."


def test_unchanged_text_is_verified(wangjin: Rewritten) -> None:
    outcome = wangjin.check(wangjin.text)
    assert outcome.findings == ()
    assert outcome.checks == 76
    assert VERIFIED in notes(outcome)
    assert "src:report-2021h2:全文與 76 段引文均與摘要值相符。" in notes(outcome, "zh-Hant")


PLACES = random.Random(20211231).sample(range(1494), 12)


@pytest.mark.parametrize("at", PLACES)
def test_one_character_more_is_told_with_the_line_and_every_new_span(wangjin: Rewritten, at: int) -> None:
    outcome = wangjin.check(wangjin.text[:at] + "〇" + wangjin.text[at:])
    line = wangjin.text.count("\n", 0, at) + 1
    passages = [iri for iri in wangjin.inputs.described if re.search(r"/passage/[^/]+/[0-9]+-[0-9]+$", iri)]
    spans = sorted(tuple(int(end) for end in iri.rsplit("/", 1)[-1].split("-")) for iri in passages)
    moved = [(start, end) for start, end in spans if start >= at]
    changed = [(start, end) for start, end in spans if start < at < end]
    (root,) = (finding for finding in outcome.findings if finding.rule == "KG401")
    assert str(root.place) == f"sources/report-2021h2.txt:{line}"
    assert root.severity is Severity.ERROR
    assert root.message == {
        "en": f"the text of src:report-2021h2 differs from the record from line {line} on "
        f"({len(moved)} span{'s' * (len(moved) != 1)} moved, {len(changed)} changed).",
        "zh-Hant": f"src:report-2021h2 之文字自第 {line} 行起與記錄不符({len(moved)} 段移位,{len(changed)} 段改變)。",
    }
    new = wangjin.text[:at] + "〇" + wangjin.text[at:]
    expected = {"en": [], "zh-Hant": []}  # type: dict[str, list[str]]
    for start, end in moved:
        row = new.count("\n", 0, start + 1) + 1
        column = start + 1 - (new.rfind("\n", 0, start + 1) + 1) + 1
        where = f"sources/report-2021h2.txt:{row}:{column}"
        expected["en"].append(f"the span {start}:{end} moved to {start + 1}:{end + 1} ({where}).")
        expected["zh-Hant"].append(
            f"段落 {start}:{end} 已移至 {start + 1}:{end + 1}(sources/report-2021h2.txt 第 {row} 行第 {column} 字)。"
        )
    assert said(outcome, "KG402") == expected["en"]
    assert said(outcome, "KG402", "zh-Hant") == expected["zh-Hant"]
    assert said(outcome, "KG403") == [
        f"the words at {start}:{end} are not those of cd:sha256 (sources/report-2021h2.txt:{line}:"
        f"{start - wangjin.text.rfind(chr(10), 0, start)})."
        for start, end in changed
    ]
    assert said(outcome, "KG403", "zh-Hant") == [
        f"段落 {start}:{end} 之文字與 cd:sha256 不符(sources/report-2021h2.txt 第 {line} 行)。"
        for start, end in changed
    ]
    for finding in outcome.findings:
        if finding.rule != "KG401":
            assert finding.place.path == "data/source/report-2021h2-passages.ttl"
            assert finding.place.line > 0
            assert finding.related[0].path == "sources/report-2021h2.txt"
    assert VERIFIED not in notes(outcome)


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text.replace("\n", "", 1), 1),
        (lambda text: text.replace("。", "。\n", 1), 7),
        (lambda text: text[:700], 20),
        (lambda text: "", 1),
        (lambda text: "\n".join(reversed(text.split("\n"))), 1),
        (lambda text: text.replace("\n", "\r\n"), 1),
        (lambda text: "\ufeff" + text, 1),
        (lambda text: unicodedata.normalize("NFC", text), 7),
        (lambda text: unicodedata.normalize("NFD", text), 18),
        (lambda text: text + "\n", 40),
    ],
    ids=["line feed lost", "line feed more", "cut off", "empty", "lines reversed", "CRLF", "BOM", "NFC", "NFD", "end"],
)
def test_changed_text_is_one_root_finding_with_its_first_line(
    wangjin: Rewritten, change: Callable[[str], str], line: int
) -> None:
    outcome = wangjin.check(change(wangjin.text))
    (root,) = (finding for finding in outcome.findings if finding.rule == "KG401")
    assert str(root.place) == f"sources/report-2021h2.txt:{line}"
    assert {finding.rule for finding in outcome.findings} <= {"KG401", "KG402", "KG403"}
    assert VERIFIED not in notes(outcome)


def test_renamed_text_is_found_by_its_digest(wangjin: Rewritten) -> None:
    outcome = wangjin.check(wangjin.text, "another name.txt")
    assert outcome.findings == ()
    assert VERIFIED in notes(outcome)


def test_renamed_and_changed_text_counts_as_absent(wangjin: Rewritten) -> None:
    outcome = wangjin.check(wangjin.text + "x", "another name.txt")
    assert outcome.findings == ()
    assert outcome.checks == 0
    assert any(note.startswith("76 spans of src:report-2021h2 stay unverified: ") for note in notes(outcome))


def test_text_that_is_not_utf8_is_a_finding_at_the_source_s_record(wangjin: Rewritten) -> None:
    outcome = wangjin.check(wangjin.text.encode("utf-16"))
    (finding,) = outcome.findings
    assert (finding.rule, finding.place.path) == ("KG401", "data/source/report-2021h2.ttl")
    assert finding.message["en"].endswith("report-2021h2.txt: the source text cannot be read (byte 1 is not UTF-8).")
    assert finding.message["zh-Hant"].endswith("report-2021h2.txt:來源文字無法讀取(第 1 個位元組不是 UTF-8)。")
    assert VERIFIED not in notes(outcome)


# Records and passages that cannot be verified at all: KG404, and silence on the clean twin.


def test_clean_record_with_passages_is_silent(make_project: Make) -> None:
    outcome = evidence(make_project({"data/log.ttl": GOOD, "sources/log.txt": TEXT}, SETTINGS))
    assert (outcome.findings, outcome.checks) == ((), 2)
    assert notes(outcome) == ["src:log: the text and all 2 spans verified."]


SELECTOR = "oa:hasSelector [ a oa:TextPositionSelector ; oa:start 19 ; oa:end 22 ]"
NEEDS_SELECTOR = "needs one selector with one oa:start and one oa:end."
NEEDS_SOURCE = "oa:hasSource must name one source that has a cd:sha256."
NEEDS_DIGEST = "needs one cd:sha256 of 64 lower-case hex digits."
SHA = digest(TEXT[19:22])
BAD_PASSAGES = {
    "no source": ("oa:hasSource src:log ;", "", NEEDS_SOURCE, "oa:hasSource 須指向恰一個有 cd:sha256 之來源。"),
    "unknown source": ("oa:hasSource src:log ;", "oa:hasSource src:other ;", NEEDS_SOURCE, ""),
    "two sources": ("oa:hasSource src:log ;", "oa:hasSource src:log , src:other ;", NEEDS_SOURCE, ""),
    "source that is a literal": ("oa:hasSource src:log ;", 'oa:hasSource "src:log" ;', NEEDS_SOURCE, ""),
    "no selector": (SELECTOR + " ;", "", NEEDS_SELECTOR, "須有一個選擇器,各有一個 oa:start 與 oa:end(非負整數)。"),
    "two selectors": (SELECTOR, SELECTOR + " , [ oa:start 1 ; oa:end 2 ]", NEEDS_SELECTOR, ""),
    "selector that is a literal": (SELECTOR, 'oa:hasSelector "19:22"', NEEDS_SELECTOR, ""),
    "no start": ("oa:start 19 ;", "", NEEDS_SELECTOR, ""),
    "two ends": ("oa:end 22", "oa:end 22 , 23", NEEDS_SELECTOR, ""),
    "start that is no number": ("oa:start 19", 'oa:start "ab"', NEEDS_SELECTOR, ""),
    "full-width start": ("oa:start 19", 'oa:start "１９"', NEEDS_SELECTOR, ""),
    "negative start": ("oa:start 19", "oa:start -19", NEEDS_SELECTOR, ""),
    "reversed span": ("oa:end 22", "oa:end 5", "the span 19:5 is not inside the source.", "範圍 19:5 不在來源之內。"),
    "empty span": ("oa:end 22", "oa:end 19", "the span 19:19 is not inside the source.", ""),
    "beyond the end": ("oa:end 22", "oa:end 48", "the span 19:48 is not inside the source.", ""),
    "more digits than Python reads": ("oa:end 22", "oa:end " + "9" * 5000, NEEDS_SELECTOR, ""),
    "far beyond the end": ("oa:end 22", "oa:end " + "9" * 100, f"the span 19:{'9' * 100} is not inside the source.", ""),
    "no digest": (f'cd:sha256 "{SHA}"', "a cd:Passage", NEEDS_DIGEST, "須有一個 cd:sha256(64 位小寫十六進位)。"),
    "short digest": (SHA, SHA[:-1], NEEDS_DIGEST, ""),
    "capital digest": (SHA, SHA.upper(), NEEDS_DIGEST, ""),
    "two digests": (f'"{SHA}"', f'"{SHA}" , "{digest("x")}"', NEEDS_DIGEST, ""),
    "identifier of another span": ("ps:19-22", "ps:19-23", "the IRI must end in 19-22, its span.", "IRI 末段須為 19-22。"),
    "identifier without span": ("ps:19-22", "ps:ada", "the IRI must end in 19-22, its span.", ""),
}  # fmt: skip


@pytest.mark.parametrize(("part", "instead", "english", "chinese"), BAD_PASSAGES.values(), ids=BAD_PASSAGES)
def test_malformed_passage_is_a_finding_at_its_line(
    make_project: Make, part: str, instead: str, english: str, chinese: str
) -> None:
    clean = passage(19, 22)
    assert clean.count(part) == 1
    data = HEAD + source() + clean.replace(part, instead) + passage(30, 31)
    outcome = evidence(make_project({"data/log.ttl": data, "sources/log.txt": TEXT}, SETTINGS))
    (finding,) = outcome.findings
    assert (finding.rule, finding.severity, finding.source) == ("KG404", Severity.ERROR, "passage-broken")
    assert (finding.place.path, finding.place.line) == ("data/log.ttl", (HEAD + source()).count("\n") + 1)
    assert finding.message["en"] == english
    assert finding.message["zh-Hant"] == chinese or not chinese
    assert re.search("[一-龥]", finding.message["zh-Hant"])
    assert finding.focus.rsplit("/", 1)[-1] == instead.partition(":")[2].partition(" ")[0] or "ps:" not in part
    assert outcome.checks == 1, "the other passage is still verified"


NEEDS_RECORD = "the source record needs cd:sha256, cd:codePoints and well-formed cd:lineDigests"
BAD_RECORDS = {
    "bad digest": (source(sha="abc"), NEEDS_RECORD + "."),
    "capital digest": (source(sha=digest(TEXT).upper()), NEEDS_RECORD + "."),
    "no size": (source(size=""), NEEDS_RECORD + "."),
    "size that is no number": (source(size='"many"'), NEEDS_RECORD + "."),
    "size of more digits than Python reads": (source(size="9" * 5000), NEEDS_RECORD + "."),
    "line digest with as long a length": (source(lines="9" * 5000 + " " + digest("x")), NEEDS_RECORD + " (1)."),
    "two sizes": (source(more="; cd:codePoints 3 "), NEEDS_RECORD + "."),
    "line digest that is none": (source(lines=f"18 {digest('x')}\nnonsense"), NEEDS_RECORD + " (2)."),
    "line digest without length": (source(lines=digest("x")), NEEDS_RECORD + " (1)."),
    "sizes that do not add up": (
        source(lines=f"18 {digest('x')}"),
        "the lengths in cd:lineDigests do not add up to cd:codePoints.",
    ),
    "line digests of another text": (
        source(lines="\n".join(f"{len(line)} {digest(line.upper())}" for line in TEXT.split("\n"))),
        "cd:lineDigests does not fit the text from line 1 on, though cd:sha256 does.",
    ),
}


@pytest.mark.parametrize(("record", "english"), BAD_RECORDS.values(), ids=BAD_RECORDS)
def test_inconsistent_source_record_is_a_finding(make_project: Make, record: str, english: str) -> None:
    outcome = evidence(make_project({"data/log.ttl": HEAD + record, "sources/log.txt": TEXT}, SETTINGS))
    findings = [finding for finding in outcome.findings if finding.message["en"] == english]
    (finding,) = findings
    assert (finding.rule, finding.place.path) == ("KG404", "data/log.ttl")
    assert finding.focus == "https://example.org/id/source/log"
    assert re.search("[一-龥]", finding.message["zh-Hant"])
    others = [other.message["en"] for other in outcome.findings if other is not finding]
    assert others in ([], [BAD_RECORDS["line digests of another text"][1]])


def test_record_without_line_digests_is_accepted(make_project: Make) -> None:
    data = HEAD + source(lines="") + passage(19, 22)
    outcome = evidence(make_project({"data/log.ttl": data, "sources/log.txt": TEXT}, SETTINGS))
    assert (outcome.findings, notes(outcome)) == ((), ["src:log: the text and its one span verified."])


def test_text_with_a_line_feed_at_its_end_is_accepted(make_project: Make) -> None:
    text = TEXT + "\n"
    data = HEAD + source(text) + passage(19, 22)
    outcome = evidence(make_project({"data/log.ttl": data, "sources/log.txt": text}, SETTINGS))
    assert outcome.findings == ()


def test_digest_of_other_words_is_a_finding_though_the_text_is_the_one_on_record(make_project: Make) -> None:
    data = HEAD + source() + passage(19, 22, TEXT.replace("Ada", "Eve"))
    outcome = evidence(make_project({"data/log.ttl": data, "sources/log.txt": TEXT}, SETTINGS))
    (finding,) = outcome.findings
    assert (finding.rule, finding.message["en"]) == (
        "KG403",
        "the words at 19:22 are not those of cd:sha256 (sources/log.txt:2:1).",
    )
    assert notes(outcome) == []


# What is not at hand stays unverified, and nothing says otherwise.

WORD = re.compile(r"\bverified\b|相符", re.IGNORECASE)


def unverified(count: int, why: str) -> str:
    stay = "span of src:log stays" if count == 1 else "spans of src:log stay"
    return f"{count} {stay} unverified: {why} (--sources DIR, KGTOOL_SOURCES or `kgtool source add FILE`)."


def test_without_the_text_the_note_counts_the_unverified_spans(make_project: Make) -> None:
    folder = make_project({"data/log.ttl": GOOD}, SETTINGS)
    outcome = evidence(folder)
    assert (outcome.findings, outcome.checks) == ((), 0)
    assert notes(outcome) == [unverified(2, f"its text is not in {folder / 'sources'}")]
    assert notes(outcome, "zh-Hant") == [
        f"src:log 有 2 段引文未經核對:{folder / 'sources'} 中沒有其文字(可用 --sources、KGTOOL_SOURCES 或 `kgtool source add 檔案`)。"
    ]


def test_a_source_without_spans_has_its_text_unverified(make_project: Make) -> None:
    folder = make_project({"data/log.ttl": HEAD + source()}, SETTINGS.replace('sources = "sources"\n', ""))
    where = "(--sources DIR, KGTOOL_SOURCES or `kgtool source add FILE`)"
    assert notes(evidence(folder)) == [f"the text of src:log stays unverified: no sources folder is set {where}."]
    assert notes(evidence(folder), "zh-Hant")[0].startswith("src:log 之全文未經核對:未設定來源資料夾")


def test_without_a_sources_folder_set_the_note_says_so(make_project: Make) -> None:
    folder = make_project({"data/log.ttl": GOOD}, SETTINGS.replace('sources = "sources"\n', ""))
    assert notes(evidence(folder)) == [unverified(2, "no sources folder is set")]


@pytest.mark.parametrize("form", ["human", "json", "github"])
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_without_the_text_check_passes_and_never_says_verified(
    make_project: Make, kgtool: Tool, form: str, language: str
) -> None:
    folder = make_project({"data/log.ttl": GOOD}, SETTINGS)
    ran = kgtool("check", folder, "--format", form, "--lang", language)
    assert ran.status == 0
    assert not WORD.search(ran.out + ran.err)
    if form != "github":
        assert re.search(r"\bunverified\b|未經核對", ran.out)


def test_with_the_text_check_says_verified(make_project: Make, kgtool: Tool) -> None:
    folder = make_project({"data/log.ttl": GOOD, "elsewhere/log.txt": TEXT}, SETTINGS)
    for ran in (
        kgtool("check", folder, "--sources", folder / "elsewhere", "--lang", "en"),
        kgtool("check", folder, "--lang", "en", env={"KGTOOL_SOURCES": str(folder / "elsewhere")}),
    ):
        assert ran.status == 0
        assert "note: src:log: the text and all 2 spans verified.\n" in ran.out


@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_changed_text_fails_check_with_line_and_new_span(make_project: Make, kgtool: Tool, language: str) -> None:
    folder = make_project({"data/log.ttl": GOOD, "sources/log.txt": TEXT.replace("met", "meets")}, SETTINGS)
    ran = kgtool("check", folder, "--lang", language)
    assert ran.status == 1
    assert not WORD.search(ran.out.replace("cd:sha256 不符", "").replace("與記錄不符", ""))
    words = {
        "en": [
            "sources/log.txt:2: error KG401 the text of src:log differs from the record from line 2 on (1 span moved,",
            "error KG402 the span 30:31 moved to 32:33 (sources/log.txt:2:14).",
        ],
        "zh-Hant": [
            "sources/log.txt:2: 錯誤 KG401 src:log 之文字自第 2 行起與記錄不符(1 段移位,0 段改變)。",
            "錯誤 KG402 段落 30:31 已移至 32:33(sources/log.txt 第 2 行第 14 字)。",
        ],
    }[language]
    for line in words:
        assert line in ran.out


def test_citations_are_counted_as_unverifiable_here(make_project: Make) -> None:
    folder = make_project({"data/c.ttl": HEAD + "src:a a cd:Citation . src:b a cd:Citation ."}, SETTINGS)
    outcome = evidence(folder)
    assert outcome.findings == ()
    assert notes(outcome) == ["2 citations point outside: unverifiable here."]
    assert notes(outcome, "zh-Hant") == ["2 筆引註指向外部資料,此處無從驗證。"]


def test_real_graph_without_its_text_never_says_verified() -> None:
    outcome = evidence(ROOT, "/nonexistent")
    assert outcome.findings == ()
    assert any(re.match(r"[0-9]+ spans of src:report-2013h1 stay unverified: ", note) for note in notes(outcome))
    assert not any(WORD.search(note) for language in ("en", "zh-Hant") for note in notes(outcome, language))
