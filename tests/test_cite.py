"""`kgtool cite` and `kgtool source`: what they print is pasted into a project and must verify there."""

from __future__ import annotations

import datetime
import hashlib
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import WANGJIN, Ran

from kgtool.check import read_inputs
from kgtool.checks import Outcome
from kgtool.checks.evidence import check_evidence
from kgtool.project import open_project

Make = Callable[..., Path]
Tool = Callable[..., Ran]
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
TEXT = 'Log of 𠮷浦 harbour\nAda met Bo. Ada left.\n\naaaa 碧島 "x\\y"\n'
SETTINGS = """\
sources = "sources"
[prefixes]
src = "https://example.org/id/source/"
ps = "https://example.org/id/passage/log-1/"
"""
HEAD = """\
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix oa: <http://www.w3.org/ns/oa#> .
@prefix src: <https://example.org/id/source/> .
@prefix ps: <https://example.org/id/passage/log-1/> .
"""


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def record(text: str, name: str = "log-1", file_name: str = "log.txt") -> str:
    lines = "\n".join(f"{len(line)} {digest(line)}" for line in text.split("\n"))
    return (
        f'src:{name} a cd:Source ; cd:fileName {json.dumps(file_name)} ; cd:sha256 "{digest(text)}" ; '
        f'cd:codePoints {len(text)} ; cd:lineDigests """{lines}""" .\n'
    )


@pytest.fixture
def log(make_project: Make) -> Path:
    return make_project({"data/log.ttl": HEAD + record(TEXT), "sources/log.txt": TEXT}, SETTINGS)


def evidence(folder: Path) -> Outcome:
    return check_evidence(read_inputs(open_project(folder, {}, {}), NOW))


def paste(folder: Path, turtle: str) -> Outcome:
    (folder / "data" / "pasted.ttl").write_text(HEAD + turtle, encoding="utf-8")
    return evidence(folder)


def test_cite_span_prints_evidence_that_verifies_when_pasted(log: Path, kgtool: Tool) -> None:
    ran = kgtool("cite", "src:log-1", "--span", "18:21", cwd=log)
    assert ran == Ran(
        0,
        "# 2:1\n"
        "ps:18-21 a oa:SpecificResource, cd:Passage ;\n"
        "  oa:hasSource src:log-1 ;\n"
        "  oa:hasSelector [ a oa:TextPositionSelector ; oa:start 18 ; oa:end 21 ] ;\n"
        f'  cd:sha256 "{digest("Ada")}" .\n',
        "",
    )
    outcome = paste(log, ran.out)
    assert (outcome.findings, outcome.checks) == ((), 1)
    assert [note.message["en"] for note in outcome.notes] == ["src:log-1: the text and its one span verified."]


@pytest.mark.parametrize(
    "name", ["src:log-1", "log-1", "https://example.org/id/source/log-1", "<https://example.org/id/source/log-1>"]
)
def test_source_is_named_by_prefixed_name_iri_or_last_part(log: Path, kgtool: Tool, name: str) -> None:
    assert kgtool("cite", name, "--span", "0:3", cwd=log).out.startswith("# 1:1\nps:0-3 a ")


def test_cite_find_prints_every_place_and_all_verify_when_pasted(log: Path, kgtool: Tool) -> None:
    ran = kgtool("cite", "log-1", "--find", "Ada", cwd=log)
    assert re.findall(r"^# (.*)\n(ps:\S+) ", ran.out, re.MULTILINE) == [("2:1", "ps:18-21"), ("2:13", "ps:30-33")]
    assert (ran.status, ran.err) == (0, "kgtool: 2 處 / places\n")
    outcome = paste(log, ran.out)
    assert (outcome.findings, outcome.checks) == ((), 2)


def test_places_that_overlap_are_all_printed(log: Path, kgtool: Tool) -> None:
    ran = kgtool("cite", "log-1", "--find", "aa", cwd=log)
    assert re.findall(r"^# (.*)\n(ps:\S+) ", ran.out, re.MULTILINE) == [
        ("4:1", "ps:41-43"), ("4:2", "ps:42-44"), ("4:3", "ps:43-45"),
    ]  # fmt: skip
    assert paste(log, ran.out).findings == ()


def test_character_beyond_the_basic_plane_counts_as_one(log: Path, kgtool: Tool) -> None:
    ran = kgtool("cite", "log-1", "--find", "𠮷浦", cwd=log)
    assert ran.out.startswith("# 1:8\nps:7-9 a ")
    assert f'cd:sha256 "{digest("𠮷浦")}"' in ran.out
    assert kgtool("cite", "log-1", "--span", "7:9", cwd=log) == ran
    assert kgtool("cite", "log-1", "--find", "harbour", cwd=log).out.startswith("# 1:11\nps:10-17 a ")
    assert paste(log, ran.out).findings == ()


def test_words_over_a_line_s_end_are_found(log: Path, kgtool: Tool) -> None:
    ran = kgtool("cite", "log-1", "--find", "left.\n\naaaa", cwd=log)
    assert ran.out.startswith("# 2:17\nps:34-45 a ")
    assert paste(log, ran.out).findings == ()


def test_words_with_signs_of_turtle_and_summaries_verify_when_pasted(log: Path, kgtool: Tool) -> None:
    ran = kgtool(
        "cite", "log-1", "--find", '"x\\y"', "--summary-zh", '引號"與\\', "--summary-en", "two\nlines\t@en .", cwd=log
    )
    assert '  cd:summary "引號\\"與\\\\"@zh-Hant ;\n  cd:summary "two\\nlines\\t@en ."@en ;\n' in ran.out
    assert paste(log, ran.out).findings == ()
    inputs = read_inputs(open_project(log, {}, {}), NOW)
    (summaries,) = (
        {term.value for term in statements["https://w3id.org/city-diplomacy/ns#summary"]}
        for iri, statements in inputs.described.items()
        if iri.startswith("https://example.org/id/passage/")
    )
    assert summaries == {'引號"與\\', "two\nlines\t@en ."}


@pytest.mark.parametrize(
    ("arguments", "code", "english", "chinese"),
    [
        (
            ["log-1", "--find", "Eve"],
            "E-FIND-NONE",
            "'Eve' stands nowhere in the source. It must match exactly: width, variants and blanks count.",
            "來源中沒有「Eve」。 須逐字相同:全形半形、異體字、空白都算。",
        ),
        (["log-1", "--find", ""], "E-FIND-NONE", "'' stands nowhere in the source.", "來源中沒有「」。"),
        (["log-1", "--find", "ada"], "E-FIND-NONE", "'ada' stands nowhere in the source.", "來源中沒有「ada」。"),
        (
            ["log-1", "--span", "5:5"],
            "E-SPAN",
            "the span 5:5 is not inside 0:55. Count code points from 0, end exclusive.",
            "範圍 5:5 不在 0:55 之內。 以碼位計,自 0 起,不含結尾。",
        ),
        (["log-1", "--span", "9:5"], "E-SPAN", "the span 9:5 is not inside 0:55.", "範圍 9:5 不在 0:55 之內。"),
        (["log-1", "--span", "50:56"], "E-SPAN", "the span 50:56 is not inside 0:55.", "範圍 50:56 不在 0:55 之內。"),
        (["log-1", "--span", "-1:4"], "E-SPAN", "--span -1:4: write START:END, e.g. 39:44.", "--span -1:4:須為 起:迄"),
        (["log-1", "--span", "1-4"], "E-SPAN", "--span 1-4: write START:END, e.g. 39:44.", "--span 1-4:須為 起:迄"),
        (["log-1", "--span", "１:４"], "E-SPAN", "--span １:４: write START:END", "--span １:４:須為 起:迄"),
        (["log-1"], "E-USAGE", "give one of --find, --span and --facts.", "請給 --find、--span、--facts 之一。"),
        (["log-1", "--find", "a", "--span", "1:2"], "E-USAGE", "give one of --find, --span and --facts.", "請給"),
        (
            ["src:log-2", "--span", "1:2"],
            "E-SOURCE-NONE",
            "no source 'src:log-2' with a digest on record. Known sources: src:log-1",
            "沒有名為「src:log-2」的來源。 已知來源:src:log-1",
        ),
    ],
)
def test_what_cannot_be_cited_stops_with_one_line(
    log: Path, kgtool: Tool, arguments: list[str], code: str, english: str, chinese: str
) -> None:
    for language, words in (("en", english), ("zh-Hant", chinese)):
        ran = kgtool("cite", *arguments, "--lang", language, cwd=log)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"kgtool: {code}: {words}")
        assert ran.err.count("\n") == 1


def test_changed_text_is_not_cited_from(log: Path, kgtool: Tool) -> None:
    path = log / "sources" / "log.txt"
    path.write_text(TEXT.replace("met", "saw"), encoding="utf-8")
    for option in (["--span", "18:21"], ["--find", "Ada"]):
        assert kgtool("cite", "log-1", *option, "--lang", "en", cwd=log) == Ran(
            2,
            "",
            f"kgtool: E-SOURCE-CHANGED: {path}:2: differs from the record from this line on. Restore the text, then cite.\n",
        )
        assert kgtool("cite", "log-1", *option, "--lang", "zh-Hant", cwd=log) == Ran(
            2, "", f"kgtool: E-SOURCE-CHANGED: {path}:自第 2 行起與記錄不符。 請還原文字後再引用。\n"
        )


def test_absent_text_is_not_cited_from_and_the_hint_says_how_to_bring_it(log: Path, kgtool: Tool) -> None:
    shutil.move(log / "sources", log / "elsewhere")
    assert kgtool("cite", "log-1", "--span", "18:21", "--lang", "en", cwd=log) == Ran(
        2, "", "kgtool: E-SOURCE-MISSING: the text of src:log-1 is not at hand. "
        "Use --sources DIR, KGTOOL_SOURCES, or `kgtool source add FILE`.\n"
    )  # fmt: skip
    assert kgtool("cite", "log-1", "--span", "18:21", "--sources", "elsewhere", cwd=log).status == 0
    assert kgtool("cite", "log-1", "--span", "18:21", cwd=log, env={"KGTOOL_SOURCES": "elsewhere"}).status == 0


def test_identifiers_without_a_prefix_are_written_whole(make_project: Make, kgtool: Tool) -> None:
    head = HEAD.replace("https://example.org/id/source/", "urn:text:")
    folder = make_project({"data/log.ttl": head + record(TEXT), "sources/log.txt": TEXT}, 'sources = "sources"')
    ran = kgtool("cite", "urn:text:log-1", "--span", "18:21", cwd=folder)
    assert ran.out.split("\n")[1] == "<urn:text:log-1/passage/18-21> a oa:SpecificResource, cd:Passage ;"
    assert paste(folder, ran.out).findings == ()


def test_every_passage_of_the_fictional_report_is_printed_as_its_data_has_it(kgtool: Tool) -> None:
    inputs = read_inputs(open_project(WANGJIN, {}, {}), NOW)
    stated = {
        iri.rsplit("/", 1)[-1]: statements["https://w3id.org/city-diplomacy/ns#sha256"][0].value
        for iri, statements in inputs.described.items()
        if "/passage/report-2021h2/" in iri
    }
    assert len(stated) == 76
    for name in sorted(stated)[::15]:
        out = kgtool("cite", "report-2021h2", "--span", name.replace("-", ":"), cwd=WANGJIN).out
        assert f"ps:{name} a " in out
        assert f'"{stated[name]}" .' in out


# In bulk, from a file of facts.


def test_facts_are_cited_one_passage_a_span_with_their_names(log: Path, kgtool: Tool) -> None:
    facts = [
        {"id": "f2", "start": 30, "end": 33, "quote": "Ada", "summary_en": "She left.\u2028Early."},
        {"id": "f1", "start": 18, "end": 21},
        {"id": "f3", "start": 30, "end": 33, "summary_en": "told twice"},
    ]
    path = log / "facts.jsonl"
    path.write_text("\n\n".join(json.dumps(fact, ensure_ascii=False) for fact in facts) + "\n", encoding="utf-8")
    ran = kgtool("cite", "log-1", "--facts", path, cwd=log)
    assert re.findall(r"^# (.*)\n(ps:\S+) ", ran.out, re.MULTILINE) == [
        ("2:1 f1", "ps:18-21"), ("2:13 f2 f3", "ps:30-33"),
    ]  # fmt: skip
    assert 'cd:summary "She left.\u2028Early."@en ;' in ran.out
    assert paste(log, ran.out).findings == ()


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ('{"id": "f", "start": 18, "end": 21, "quote": "aa"}', "E-FACT-QUOTE",
         "line 1, f: the words at 18:21 are not those quoted. The quoted words stand at: 41:43, 42:44, 43:45"),
        ('{"id": "f", "start": 50, "end": 60}', "E-SPAN", "the span 50:60 is not inside 0:55."),
        ('{"id": "f", "start": "1", "end": 2}', "E-FACTS", "facts.jsonl:1: not a JSON object with id, start and end"),
        ('{"start": 1, "end": 2}', "E-FACTS", "facts.jsonl:1: not a JSON object with id, start and end"),
        ("[1, 2]", "E-FACTS", "facts.jsonl:1: not a JSON object with id, start and end"),
        ("{", "E-FACTS", "facts.jsonl:1: not a JSON object with id, start and end"),
    ],
)  # fmt: skip
def test_fact_that_cannot_be_cited_stops_with_its_line(
    log: Path, kgtool: Tool, line: str, code: str, words: str
) -> None:
    (log / "facts.jsonl").write_text(line, encoding="utf-8")
    ran = kgtool("cite", "log-1", "--facts", "facts.jsonl", "--lang", "en", cwd=log)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"kgtool: {code}: {words}")


# Sources: described, recorded, brought to hand, listed.


def test_described_source_works_end_to_end_when_pasted(make_project: Make, kgtool: Tool) -> None:
    folder = make_project({"new.txt": TEXT, "data/empty.ttl": HEAD}, SETTINGS)
    described = kgtool("source", "describe", "new.txt", "--id", "src:log-1", cwd=folder)
    assert described.status == 0
    lines = described.out.splitlines()
    assert lines[:4] == [
        "src:log-1 a cd:Source ;",
        '  cd:fileName "new.txt" ;',
        f'  cd:sha256 "{digest(TEXT)}" ;',
        "  cd:codePoints 55 ;",
    ]
    (folder / "data" / "source.ttl").write_text(HEAD + described.out, encoding="utf-8")
    assert kgtool("source", "list", "--lang", "en", cwd=folder).out == "src:log-1  55  not at hand\n"
    target = folder.resolve() / "sources" / "new.txt"
    assert kgtool("source", "add", "new.txt", "--lang", "en", cwd=folder) == Ran(
        0, f"src:log-1: digests match; now at {target}\n", ""
    )
    assert target.read_bytes() == TEXT.encode("utf-8")
    assert kgtool("source", "list", "--lang", "en", cwd=folder).out == f"src:log-1  55  at hand: {target}\n"
    outcome = paste(folder, kgtool("cite", "log-1", "--find", "碧島", cwd=folder).out)
    assert (outcome.findings, outcome.checks) == ((), 1)


def test_description_needs_an_identifier_and_a_readable_text(log: Path, kgtool: Tool) -> None:
    ran = kgtool("source", "describe", "sources/log.txt", "--id", "nonsense", "--lang", "en", cwd=log)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("kgtool: E-USAGE: --id nonsense: give a prefixed name or an IRI.")
    (log / "big5.txt").write_bytes("釜山".encode("big5"))
    for name in ("big5.txt", "missing.txt", "data"):
        ran = kgtool("source", "describe", name, "--id", "src:x", "--lang", "en", cwd=log)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"kgtool: E-SOURCE-READ: {name}: the source text cannot be read (")


def test_right_text_under_any_name_is_added_under_its_recorded_name(log: Path, kgtool: Tool) -> None:
    shutil.rmtree(log / "sources")
    (log / "download (3).txt").write_bytes(TEXT.encode("utf-8"))
    ran = kgtool("source", "add", "download (3).txt", "--lang", "zh-Hant", cwd=log)
    target = log.resolve() / "sources" / "log.txt"
    assert ran == Ran(0, f"src:log-1:摘要值相符,已放入 {target}\n", "")
    assert target.read_bytes() == TEXT.encode("utf-8")


def test_added_text_replaces_a_changed_one(log: Path, kgtool: Tool) -> None:
    (log / "sources" / "log.txt").write_text("changed", encoding="utf-8")
    (log / "right.txt").write_bytes(TEXT.encode("utf-8"))
    assert kgtool("source", "add", "right.txt", cwd=log).status == 0
    assert evidence(log).findings == ()


@pytest.mark.parametrize("name", ["../outside.txt", "/tmp/outside.txt", "..", "sub/log.txt", "a\x00b", "", "n" * 300])  # noqa: S108
def test_recorded_name_cannot_place_the_text_outside_the_folder(make_project: Make, kgtool: Tool, name: str) -> None:
    folder = make_project({"data/log.ttl": HEAD + record(TEXT, file_name=name), "right.txt": TEXT}, SETTINGS)
    ran = kgtool("source", "add", "right.txt", "--lang", "en", cwd=folder)
    target = folder.resolve() / "sources" / "log-1.txt"
    assert ran == Ran(0, f"src:log-1: digests match; now at {target}\n", "")
    assert [path.name for path in (folder / "sources").iterdir()] == ["log-1.txt"]
    assert evidence(folder).findings == ()


@pytest.mark.parametrize(
    ("change", "line"),
    [
        (lambda text: text.replace("left", "stayed"), 2),
        (lambda text: text.replace("\n", "\r\n"), 1),
        (lambda text: text.rstrip("\n"), 4),
        (lambda text: text + "more", 5),
    ],
    ids=["words", "CRLF", "line feed lost", "line more"],
)
def test_changed_text_is_not_added_and_the_first_differing_line_is_named(
    log: Path, kgtool: Tool, change: Callable[[str], str], line: int
) -> None:
    (log / "new.txt").write_bytes((change(TEXT) if line != 1 else change(TEXT) + '\n\naaaa 碧島 "x\\y"').encode())
    before = (log / "sources" / "log.txt").read_bytes()
    english = kgtool("source", "add", "new.txt", "--lang", "en", cwd=log)
    assert english == Ran(
        2, "", f"kgtool: E-SOURCE-CHANGED: new.txt:{line}: nearest to src:log-1, but differs from this line on. "
        "Get the original text (UTF-8, LF), not converted or re-wrapped.\n"
    )  # fmt: skip
    chinese = kgtool("source", "add", "new.txt", "--lang", "zh-Hant", cwd=log)
    assert chinese.err == (
        f"kgtool: E-SOURCE-CHANGED: new.txt:最接近 src:log-1,但自第 {line} 行起不同。 "
        "請取得原始文字(UTF-8、LF),不要轉碼或重排。\n"
    )
    assert (log / "sources" / "log.txt").read_bytes() == before


def test_nearest_of_several_sources_is_the_one_with_most_lines_in_common(make_project: Make, kgtool: Tool) -> None:
    other = "one\ntwo\nthree\n"
    data = {"data/a.ttl": HEAD + record(TEXT), "data/b.ttl": HEAD + record(other, "log-2")}
    folder = make_project({**data, "new.txt": "one\n2\nthree\n"}, SETTINGS)
    assert "new.txt:2: nearest to src:log-2," in kgtool("source", "add", "new.txt", "--lang", "en", cwd=folder).err


def test_text_of_no_source_is_not_added(log: Path, kgtool: Tool) -> None:
    """A blank line is all that it shares with a source."""
    (log / "new.txt").write_text("nothing\n\nof the kind\n", encoding="utf-8")
    for language, words in (
        ("en", "new.txt: not the text of any source on record. For a new source, `kgtool source describe FILE` prints"),
        ("zh-Hant", "new.txt:不是任何已記錄來源的文字。 新來源請用 `kgtool source describe` 產生記錄。"),
    ):
        ran = kgtool("source", "add", "new.txt", "--lang", language, cwd=log)
        assert (ran.status, ran.out) == (2, "")
        assert ran.err.startswith(f"kgtool: E-SOURCE-UNKNOWN: {words}")


def test_text_cannot_be_added_where_no_folder_is_set_or_can_be_made(make_project: Make, kgtool: Tool) -> None:
    files = {"data/log.ttl": HEAD + record(TEXT), "right.txt": TEXT}
    unset = make_project(files, SETTINGS.replace('sources = "sources"\n', ""), "unset")
    ran = kgtool("source", "add", "right.txt", "--lang", "en", cwd=unset)
    assert ran == Ran(
        2, "", 'kgtool: E-SOURCES-UNSET: no sources folder is set. Write sources = "sources" in the settings.\n'
    )
    blocked = make_project({**files, "sources": "a file"}, SETTINGS, "blocked")
    ran = kgtool("source", "add", "right.txt", "--lang", "en", cwd=blocked)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith("kgtool: E-FILE-WRITE: ")
    for name in ("missing.txt", "data"):
        assert (
            "E-SOURCE-READ"
            in kgtool("source", "add", name, cwd=unset).err + kgtool("source", "add", name, cwd=blocked).err
        )


def test_list_tells_of_each_source_whether_its_text_is_at_hand(make_project: Make, kgtool: Tool) -> None:
    texts = {name: f"text of {name}" for name in ("here", "gone", "changed")}
    data = "".join(record(text, name, f"{name}.txt") for name, text in texts.items())
    files = {"data/s.ttl": HEAD + data, "sources/here.txt": texts["here"], "sources/changed.txt": "other"}
    folder = make_project(files, SETTINGS)
    sources = folder.resolve() / "sources"
    assert kgtool("source", "list", "--lang", "en", cwd=folder) == Ran(
        0,
        f"src:changed  15  differs from the record: {sources / 'changed.txt'}\n"
        "src:gone  12  not at hand\n"
        f"src:here  12  at hand: {sources / 'here.txt'}\n",
        "",
    )
    assert kgtool("source", "list", "--lang", "zh-Hant", cwd=folder).out == (
        f"src:changed  15  與記錄不符:{sources / 'changed.txt'}\n"
        "src:gone  12  不在手邊\n"
        f"src:here  12  在手邊:{sources / 'here.txt'}\n"
    )
