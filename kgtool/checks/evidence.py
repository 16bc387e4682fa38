"""KG4xx: every cited span against the text of its source."""

from __future__ import annotations

import itertools
import os
import re
from collections import defaultdict
from pathlib import Path

from kgtool.checks.context import Inputs, Outcome, key
from kgtool.errors import SourceError, Texts, texts
from kgtool.finding import Finding, Note, Place
from kgtool.lang import plural
from kgtool.sources import Comparison, LineDigest, SourceRecord, SourceText, Span, compare, find_text, line_digests
from kgtool.terms import CD, OA

_HEX = re.compile(r"[0-9a-f]{64}")
_COUNT = re.compile(r"[0-9]{1,1000}")  # Python refuses to read a few thousand digits more


def check_evidence(inputs: Inputs) -> Outcome:
    """Verify sources and spans where the text is at hand; say how many stay unverified where it is not."""
    records, findings = read_records(inputs)
    spans, broken = _spans(inputs, records)
    findings += broken
    notes: list[Note] = []
    done = 0
    folder = inputs.project.sources
    for iri, record in sorted(records.items()):
        mine = spans[iri]
        try:
            text = find_text(record, folder)
        except SourceError as error:
            findings.append(inputs.finding("KG401", inputs.locator.place(iri), error.message, focus=iri))
            continue
        if text is None:
            notes.append(_unverified(inputs, iri, len(mine), folder))
            continue
        comparison = compare(record, mine, text)
        findings += _findings(inputs, record, text, comparison)
        done += len(mine)
        if not comparison.line and not comparison.changed:
            notes.append(_verified(inputs, iri, len(mine)))
    cited = len(inputs.facts.instances(inputs.facts.iri(CD + "Citation")))
    if cited:
        notes.append(
            Note(
                "N-CITATIONS",
                texts(
                    zh=f"{cited} 筆引註指向外部資料,此處無從驗證。",
                    en=f"{cited} {plural(cited, 'citation points', 'citations point')} outside: unverifiable here.",
                ),
            )
        )
    return Outcome(tuple(findings), done, tuple(notes))


def read_records(inputs: Inputs) -> tuple[dict[str, SourceRecord], list[Finding]]:
    """The sources whose text is on record (those with a digest), and a finding for each incomplete one."""
    records: dict[str, SourceRecord] = {}
    findings: list[Finding] = []
    for iri in _typed(inputs, "Source"):
        if not inputs.values(iri, CD + "sha256"):
            continue
        digest, size = _one(inputs, iri, "sha256"), _one(inputs, iri, "codePoints")
        lines, bad = _lines(_one(inputs, iri, "lineDigests"))
        if not _HEX.fullmatch(digest) or not _COUNT.fullmatch(size) or bad:
            what = texts(zh=f"來源記錄不完整:須有 cd:sha256、cd:codePoints 與正確的 cd:lineDigests{bad}。",
                         en=f"the source record needs cd:sha256, cd:codePoints and well-formed cd:lineDigests{bad}.")  # fmt: skip
            findings.append(inputs.finding("KG404", inputs.locator.place(iri), what, focus=iri))
            continue
        if lines and sum(line.length + 1 for line in lines) - 1 != int(size):
            what = texts(
                zh="cd:lineDigests 之長度總和與 cd:codePoints 不符。",
                en="the lengths in cd:lineDigests do not add up to cd:codePoints.",
            )
            findings.append(inputs.finding("KG404", inputs.locator.place(iri), what, focus=iri))
        records[iri] = SourceRecord(iri, digest, int(size), lines, _one(inputs, iri, "fileName"))
    return records, findings


def _lines(text: str) -> tuple[tuple[LineDigest, ...], str]:
    out = []
    for number, line in enumerate(text.strip("\n").split("\n") if text else (), 1):
        length, _, digest = line.partition(" ")
        if not (_COUNT.fullmatch(length) and _HEX.fullmatch(digest)):
            return (), f" ({number})"
        out.append(LineDigest(int(length), digest))
    return tuple(out), ""


def _typed(inputs: Inputs, name: str) -> list[str]:
    facts = inputs.facts
    return sorted(key(facts.terms[code]) for code in facts.instances(facts.iri(CD + name)))


def _one(inputs: Inputs, iri: str, name: str) -> str:
    terms = inputs.values(iri, CD + name)
    return terms[0].value if len(terms) == 1 else ""


def _spans(inputs: Inputs, records: dict[str, SourceRecord]) -> tuple[dict[str, list[Span]], list[Finding]]:
    spans: dict[str, list[Span]] = defaultdict(list)
    findings: list[Finding] = []
    for iri in _typed(inputs, "Passage"):
        sources = [term.value for term in inputs.values(iri, OA + "hasSource")]
        selectors = [key(term) for term in inputs.values(iri, OA + "hasSelector")]
        numbers = [
            [term.value for term in inputs.values(node, OA + end)] for node in selectors for end in ("start", "end")
        ]
        digest = _one(inputs, iri, "sha256")
        problem = _problem(iri, sources, numbers, digest, records)
        if problem:
            findings.append(inputs.finding("KG404", inputs.locator.place(iri), problem, focus=iri))
        else:
            (start,), (end,) = numbers
            spans[sources[0]].append(Span(int(start), int(end), digest, iri))
    for mine in spans.values():
        mine.sort()
    return spans, findings


def _problem(
    iri: str, sources: list[str], numbers: list[list[str]], digest: str, records: dict[str, SourceRecord]
) -> Texts | None:
    if len(sources) != 1 or sources[0] not in records:
        return texts(
            zh="oa:hasSource 須指向恰一個有 cd:sha256 之來源。",
            en="oa:hasSource must name one source that has a cd:sha256.",
        )
    if len(numbers) != 2 or any(len(ends) != 1 or not _COUNT.fullmatch(ends[0]) for ends in numbers):
        return texts(
            zh="須有一個選擇器,各有一個 oa:start 與 oa:end(非負整數)。",
            en="needs one selector with one oa:start and one oa:end.",
        )
    start, end = int(numbers[0][0]), int(numbers[1][0])
    if not start < end <= records[sources[0]].code_points:
        return texts(zh=f"範圍 {start}:{end} 不在來源之內。", en=f"the span {start}:{end} is not inside the source.")
    if not _HEX.fullmatch(digest):
        return texts(
            zh="須有一個 cd:sha256(64 位小寫十六進位)。", en="needs one cd:sha256 of 64 lower-case hex digits."
        )
    if iri.rsplit("/", 1)[-1] != f"{start}-{end}":
        return texts(zh=f"IRI 末段須為 {start}-{end}。", en=f"the IRI must end in {start}-{end}, its span.")
    return None


def _findings(inputs: Inputs, record: SourceRecord, text: SourceText, comparison: Comparison) -> list[Finding]:
    out: list[Finding] = []
    name = Path(os.path.relpath(text.path, inputs.project.root)).as_posix()
    here = inputs.locator.place
    short = inputs.curies.short
    if comparison.line:
        moved, changed = len(comparison.moved), len(comparison.changed)
        message = texts(
            zh=f"{short(record.iri)} 之文字自第 {comparison.line} 行起與記錄不符({moved} 段移位,{changed} 段改變)。",
            en=f"the text of {short(record.iri)} differs from the record from line {comparison.line} on "
            f"({moved} {plural(moved, 'span')} moved, {changed} changed).",
        )
        out.append(inputs.finding("KG401", Place(name, comparison.line), message, focus=record.iri,
                                  value=text.sha256, related=(here(record.iri),)))  # fmt: skip
    elif record.lines and record.lines != (right := line_digests(text.text)):
        pairs = enumerate(itertools.zip_longest(record.lines, right), 1)
        line = next(number for number, (stated, found) in pairs if stated != found)
        message = texts(zh=f"cd:lineDigests 自第 {line} 行起與全文不符,而 cd:sha256 相符。",
                        en=f"cd:lineDigests does not fit the text from line {line} on, though cd:sha256 does.")  # fmt: skip
        out.append(inputs.finding("KG404", here(record.iri, CD + "lineDigests"), message, focus=record.iri))
    for span, start in comparison.moved:
        end = start + span.end - span.start
        line, column = text.place(start)
        message = texts(zh=f"段落 {span.start}:{span.end} 已移至 {start}:{end}({name} 第 {line} 行第 {column} 字)。",
                        en=f"the span {span.start}:{span.end} moved to {start}:{end} ({name}:{line}:{column}).")  # fmt: skip
        out.append(inputs.finding("KG402", here(span.iri), message, focus=span.iri, value=f"{start}:{end}",
                                  related=(Place(name, line, column),)))  # fmt: skip
    for span in comparison.changed:
        line, column = text.place(min(span.start, max(len(text.text) - 1, 0)))
        message = texts(zh=f"段落 {span.start}:{span.end} 之文字與 cd:sha256 不符({name} 第 {line} 行)。",
                        en=f"the words at {span.start}:{span.end} are not those of cd:sha256 ({name}:{line}:{column}).")  # fmt: skip
        out.append(
            inputs.finding("KG403", here(span.iri), message, focus=span.iri, related=(Place(name, line, column),))
        )
    return out


def _unverified(inputs: Inputs, iri: str, count: int, folder: Path | None) -> Note:
    short = inputs.curies.short(iri)
    where_zh = f"{folder} 中沒有其文字" if folder else "未設定來源資料夾"
    where_en = f"its text is not in {folder}" if folder else "no sources folder is set"
    what_zh = f"{short} 有 {count} 段引文" if count else f"{short} 之全文"
    what_en = f"{count} {plural(count, 'span')} of {short}" if count else f"the text of {short}"
    return Note(
        f"N-UNVERIFIED {short}",
        texts(
            zh=f"{what_zh}未經核對:{where_zh}(可用 --sources、KGTOOL_SOURCES 或 `kgtool source add 檔案`)。",
            en=f"{what_en} {'stay' if count > 1 else 'stays'} unverified: "
            f"{where_en} (--sources DIR, KGTOOL_SOURCES or `kgtool source add FILE`).",
        ),
    )


def _verified(inputs: Inputs, iri: str, count: int) -> Note:
    short = inputs.curies.short(iri)
    return Note(
        f"N-VERIFIED {short}",
        texts(
            zh=f"{short}:全文與 {count} 段引文均與摘要值相符。",
            en=f"{short}: the text and {plural(count, 'its one span', f'all {count} spans')} verified.",
        ),
    )
