"""A source text that changed: every change is found, placed on a line, and every cited span is told where it went.

The fictional project's report stands in the repository; the real one lies beside it (conftest.shared). For the real one
a tenth of all changes is drawn, all of them with KGTOOL_FULL=1; KGTOOL_SEED repeats a draw.
"""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import os
import random
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, WANGJIN, needs, shared
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.check import read_inputs
from kgtool.checks.evidence import check_evidence, read_records
from kgtool.errors import SourceError
from kgtool.project import open_project
from kgtool.sources import (
    Comparison,
    LineDigest,
    SourceRecord,
    SourceText,
    Span,
    compare,
    find_text,
    line_digests,
    read_source,
)  # fmt: skip

NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
SEED = int(os.environ.get("KGTOOL_SEED") or random.SystemRandom().randrange(2**32))
FULL = bool(os.environ.get("KGTOOL_FULL"))
REPORT = WANGJIN / "sources" / "report-2021h2.txt"
REAL_SHA256 = "c07928505629fcd70ab35e518004de001b29c8f466ed6fa30c1a9ba2a5806fcf"


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@dataclasses.dataclass(frozen=True)
class Cited:
    """A text, its record, and the spans that a project's data cites of it."""

    text: str
    record: SourceRecord
    spans: tuple[Span, ...]


def cited(text: str, root: Path) -> Cited:
    """The record as the project's data has it; the spans as its files spell them, by a reading of our own."""
    inputs = read_inputs(open_project(root, {}, {}), NOW)
    records, findings = read_records(inputs)
    assert findings == []
    (record,) = (record for record in records.values() if record.sha256 == digest(text))
    stem = record.iri.replace("/source/", "/passage/") + "/"
    found = set()
    for iri, statements in inputs.described.items():
        match = re.fullmatch(re.escape(stem) + r"([0-9]+)-([0-9]+)", iri)
        if match:
            (sha,) = (term.value for term in statements["https://w3id.org/city-diplomacy/ns#sha256"])
            found.add(Span(int(match[1]), int(match[2]), sha, iri))
    return Cited(text, record, tuple(sorted(found)))


@pytest.fixture(scope="module")
def wangjin() -> Cited:
    return cited(REPORT.read_bytes().decode("utf-8"), WANGJIN)


@pytest.fixture(scope="module")
def real() -> Cited:
    folder = shared("sources")
    for path in sorted(folder.glob("*.txt")) if folder.is_dir() else ():
        if hashlib.sha256(path.read_bytes()).hexdigest() == REAL_SHA256:
            return cited(path.read_bytes().decode("utf-8"), ROOT)
    needs("shared", f"{folder} does not hold the report")
    raise AssertionError


def differ(source: Cited, text: str) -> Comparison:
    return compare(source.record, source.spans, SourceText(Path("text.txt"), text))


def first_difference(before: str, after: str) -> int:
    """The first line of `after` that `before` has not there; its last line when it only lost lines at the end."""
    old, new = before.split("\n"), after.split("\n")
    same = 0
    while same < min(len(old), len(new)) and old[same] == new[same]:
        same += 1
    return min(same + 1, len(new))


# (kind, position, the text after it); each is one code point more, less or other.
Edit = tuple[str, int, str]


def single_edits(text: str) -> Iterator[Edit]:
    """Every change to the next code point, every deletion, and the insertion of a copy of each character beside it.

    A copy is the hardest insertion to place. A changed line feed becomes a character, so two lines become one.
    """
    for at, character in enumerate(text):
        yield "change", at, text[:at] + chr(ord(character) + 1) + text[at + 1 :]
        yield "delete", at, text[:at] + text[at + 1 :]
        yield "insert", at, text[:at] + character + text[at:]
    yield "insert", len(text), text + "\n"


def assert_told_right(source: Cited, edit: Edit) -> None:
    """The line is right; each span is untouched and not told of, or moved to where it is, or changed."""
    kind, at, text = edit
    by = {"change": 0, "delete": -1, "insert": 1}[kind]
    told = differ(source, text)
    assert told.line == first_difference(source.text, text)
    moved, changed = [], []
    for span in source.spans:
        words = source.text[span.start : span.end]
        if text[span.start : span.end] == words:
            continue
        if by and text[span.start + by : span.end + by] == words:
            moved.append((span, span.start + by))
        else:
            assert span.start <= at < span.end, "only an edit inside a span changes its words"
            changed.append(span)
    assert told.moved == tuple(moved)
    assert told.changed == tuple(changed)


def test_unchanged_text_and_its_spans_verify(wangjin: Cited) -> None:
    assert len(wangjin.spans) == 76
    assert differ(wangjin, wangjin.text) == Comparison(0, (), ())


def test_every_change_insertion_and_deletion_of_one_character_is_found_and_placed(wangjin: Cited) -> None:
    edits = list(single_edits(wangjin.text))
    assert len(edits) == 3 * len(wangjin.text) + 1
    for edit in edits:
        assert_told_right(wangjin, edit)


def test_every_single_change_of_the_real_report_is_found_and_placed(real: Cited) -> None:
    assert len(real.spans) > 100
    assert differ(real, real.text) == Comparison(0, (), ())
    edits = list(single_edits(real.text))
    assert len(edits) == 3 * 2021 + 1
    if not FULL:
        print(f"seed {SEED}: KGTOOL_SEED={SEED} repeats this draw")
        edits = random.Random(SEED).sample(edits, len(edits) // 10)
    for edit in edits:
        assert_told_right(real, edit)


# Changes of more than one character.


def test_line_inserted_moves_the_spans_behind_it(wangjin: Cited) -> None:
    lines = wangjin.text.split("\n")
    for number in range(len(lines) + 1):
        text = "\n".join([*lines[:number], "新增的一行", *lines[number:]])
        told = differ(wangjin, text)
        assert told.line == number + 1
        assert told.changed == ()
        offset = sum(len(line) + 1 for line in lines[:number])
        assert told.moved == tuple((span, span.start + 6) for span in wangjin.spans if span.start >= offset)


def test_line_removed_changes_its_spans_and_moves_those_behind_it(wangjin: Cited) -> None:
    lines = wangjin.text.split("\n")
    for number, line in enumerate(lines):
        text = "\n".join([*lines[:number], *lines[number + 1 :]])
        told = differ(wangjin, text)
        start = sum(len(line) + 1 for line in lines[:number])
        end = start + len(line) + 1
        assert told.line == first_difference(wangjin.text, text)
        assert told.changed == tuple(span for span in wangjin.spans if start <= span.start < end)
        assert told.moved == tuple((span, span.start - (end - start)) for span in wangjin.spans if span.start >= end)


def test_text_cut_off_loses_the_spans_behind_the_cut(wangjin: Cited) -> None:
    for cut in range(0, len(wangjin.text), 67):
        told = differ(wangjin, wangjin.text[:cut])
        assert told.line == first_difference(wangjin.text, wangjin.text[:cut])
        assert told.moved == ()
        assert told.changed == tuple(span for span in wangjin.spans if span.end > cut)


def test_empty_text_loses_every_span(wangjin: Cited) -> None:
    assert differ(wangjin, "") == Comparison(1, (), wangjin.spans)


def test_swapped_lines_move_their_spans(wangjin: Cited) -> None:
    lines = wangjin.text.split("\n")
    one, other = 5, 21  # lines 6 and 22: each holds cited spans, and spans lie between them
    swapped = [*lines]
    swapped[one], swapped[other] = lines[other], lines[one]
    told = differ(wangjin, "\n".join(swapped))
    starts = [sum(len(line) + 1 for line in lines[:n]) for n in range(len(lines))]
    after = [sum(len(line) + 1 for line in swapped[:n]) for n in range(len(swapped))]
    expected = []
    for span in wangjin.spans:
        line = max(n for n, start in enumerate(starts) if start <= span.start)
        to = {one: other, other: one}.get(line, line)
        if after[to] != starts[line]:
            expected.append((span, span.start - starts[line] + after[to]))
    assert told.line == one + 1
    assert told.changed == ()
    assert told.moved == tuple(expected)
    assert len(expected) > 10


def test_windows_line_ends_move_every_span_by_its_lines(wangjin: Cited) -> None:
    told = differ(wangjin, wangjin.text.replace("\n", "\r\n"))
    assert told.line == 1
    assert told.changed == ()
    assert told.moved == tuple(
        (span, span.start + feeds) for span in wangjin.spans if (feeds := wangjin.text.count("\n", 0, span.start))
    )


def test_byte_order_mark_moves_every_span_by_one(wangjin: Cited) -> None:
    told = differ(wangjin, "\ufeff" + wangjin.text)
    assert told == Comparison(1, tuple((span, span.start + 1) for span in wangjin.spans), ())


@pytest.mark.parametrize("form", ["NFC", "NFD", "NFKC", "NFKD"])
def test_normalisation_is_found_at_the_first_line_it_touches(wangjin: Cited, form: str) -> None:
    text = unicodedata.normalize(form, wangjin.text)  # type: ignore[arg-type]
    assert text != wangjin.text
    told = differ(wangjin, text)
    assert told.line == first_difference(wangjin.text, text)
    touched = {
        span for span in wangjin.spans
        if unicodedata.normalize(form, wangjin.text[span.start : span.end]) != wangjin.text[span.start : span.end]  # type: ignore[arg-type]
    }  # fmt: skip
    assert set(told.changed) == touched
    assert touched
    for span, start in told.moved:
        assert digest(text[start : start + span.end - span.start]) == span.sha256


def test_words_that_stand_on_an_unchanged_line_too_are_no_comfort() -> None:
    """The same name on another line was there before: the span that named it here is changed, not moved."""
    text = "Ada met Bo.\nDay one.\nAda left."
    spans = (Span(0, 3, digest("Ada"), "a"), Span(21, 24, digest("Ada"), "b"))
    record = SourceRecord("s", digest(text), len(text), line_digests(text), "")
    told = compare(record, spans, SourceText(Path("t"), "Eve met Bo.\nDay one.\nAda left."))
    assert told == Comparison(1, (), (spans[0],))


def test_without_line_digests_a_change_is_found_and_spans_are_looked_for() -> None:
    text = "Ada met Bo.\nDay one."
    span = Span(12, 15, digest("Day"), "a")
    record = SourceRecord("s", digest(text), len(text), (), "")
    told = compare(record, (span,), SourceText(Path("t"), "Ada met no Bo.\nDay one."))
    assert told == Comparison(1, ((span, 15),), ())


@st.composite
def several_edits(draw: st.DrawFn, text: str) -> str:
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.sampled_from([0, 0, 1, 2, 40, 300])))
        text = text[:start] + draw(st.sampled_from(["", "x", "\n", "一", text[-30:], text[:60] + "\n"])) + text[end:]
    return text


@settings(max_examples=1000 if FULL else 150, deadline=None, print_blob=True)
@given(data=st.data())
def test_after_any_edits_what_is_told_is_true(wangjin: Cited, data: st.DataObject) -> None:
    """No span is told moved to where its words are not; none that is not told of has lost its words."""
    text = data.draw(several_edits(wangjin.text))
    told = differ(wangjin, text)
    assert told.line == (0 if text == wangjin.text else first_difference(wangjin.text, text))
    moved = dict(told.moved)
    for span in wangjin.spans:
        in_place = digest(text[span.start : span.end]) == span.sha256
        assert in_place == (span not in moved and span not in told.changed)
        if span in moved:
            start = moved[span]
            assert start != span.start
            assert digest(text[start : start + span.end - span.start]) == span.sha256


# Reading and finding the text.


def record_of(text: str, name: str = "") -> SourceRecord:
    return SourceRecord("https://example.org/id/source/log-1", digest(text), len(text), line_digests(text), name)


def test_line_digests_are_length_and_sha256_of_each_line() -> None:
    assert line_digests("ab\n\n𠮷x") == (
        LineDigest(2, digest("ab")), LineDigest(0, digest("")), LineDigest(2, digest("𠮷x")),
    )  # fmt: skip
    assert line_digests("") == (LineDigest(0, digest("")),)
    assert [line.length for line in line_digests("a\r\nb\u2028c\x85d\n")] == [2, 5, 0]


def test_place_counts_lines_and_code_points_from_one() -> None:
    text = SourceText(Path("t"), "ab\n𠮷x\n\nz")
    assert [text.place(offset) for offset in range(8)] == [
        (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3), (3, 1), (4, 1),
    ]  # fmt: skip


def test_find_gives_overlapping_places() -> None:
    assert list(SourceText(Path("t"), "aaaa").find("aa")) == [0, 1, 2]
    assert list(SourceText(Path("t"), "aaaa").find("b")) == []


def test_text_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "t.txt"
    path.write_bytes("\ufeffa\r\nb\r".encode())
    assert read_source(path).text == "\ufeffa\r\nb\r"


@pytest.mark.parametrize("kind", ["missing", "folder", "not UTF-8", "FIFO"])
def test_text_that_cannot_be_read_stops_with_both_languages(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "t.txt"
    if kind == "folder":
        path.mkdir()
    elif kind == "not UTF-8":
        path.write_bytes("釜".encode("big5"))
    elif kind == "FIFO":
        os.mkfifo(path)
    with pytest.raises(SourceError) as caught:
        read_source(path)
    assert caught.value.code == "E-SOURCE-READ"
    assert caught.value.message["en"].startswith(f"{path}: the source text cannot be read (")
    assert caught.value.message["zh-Hant"].startswith(f"{path}:來源文字無法讀取(")


def test_text_is_found_by_recorded_name_then_by_identifier_then_by_digest(tmp_path: Path) -> None:
    record = record_of("text", "log.txt")
    assert find_text(record, tmp_path) is None
    paths = [tmp_path / name for name in ("anything.txt", "log-1.txt", "log.txt")]
    paths[0].write_text("text")
    for path, content in zip(paths, ("text", "changed", "changed too"), strict=True):
        path.write_text(content)
        found = find_text(record, tmp_path)
        assert found is not None
        assert (found.path, found.text) == (path, content)


def test_text_of_another_name_and_digest_is_not_taken(tmp_path: Path) -> None:
    (tmp_path / "other.txt").write_text("text ")
    (tmp_path / "text.md").write_text("text")
    (tmp_path / "folder.txt").mkdir()
    assert find_text(record_of("text", "log.txt"), tmp_path) is None


@pytest.mark.parametrize(
    "name", ["../outside.txt", "/etc/hostname", "sub/inside.txt", "..", ".", "", "a\x00b", "n" * 300]
)
def test_recorded_name_that_leaves_the_folder_is_not_followed(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "sources"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "outside.txt").write_text("text")
    (folder / "sub" / "inside.txt").write_text("text")
    assert find_text(record_of("text", name), folder) is None


def test_check_reads_the_real_report_s_spans_as_the_data_spells_them(real: Cited) -> None:
    inputs = read_inputs(open_project(ROOT, {}, {"sources": str(shared("sources"))}), NOW)
    outcome = check_evidence(inputs)
    assert outcome.findings == ()
    assert outcome.checks == len(real.spans)
