"""`kgtool cite` and `kgtool source` as functions: evidence ready to paste, sources recorded and brought to hand."""

from __future__ import annotations

import contextlib
import json
import operator
from collections.abc import Iterable, Mapping
from pathlib import Path

from msgspec import Struct

from kgtool.checks.context import Inputs
from kgtool.checks.evidence import read_records
from kgtool.errors import KgError, SourceError, UsageError, texts, why
from kgtool.sources import SourceRecord, SourceText, compare, file_names, find_text, line_digests, read_source, sha256
from kgtool.terms import CD, OA
from kgtool.write.files import write_file


class Passage(Struct, frozen=True):
    """A span of a source as evidence: code points [start, end), its place in the text, and its digest."""

    iri: str
    source: str
    start: int
    end: int
    line: int
    column: int
    sha256: str
    text: str


def resolve_source(inputs: Inputs, name: str) -> SourceRecord:
    """The source that a prefixed name, an IRI, or the last part of an IRI stands for.

    Raises:
        UsageError: no such source with a text on record.
    """
    records, _ = read_records(inputs)
    iri = inputs.curies.expand(name)
    for candidate, record in sorted(records.items()):
        if candidate == iri or candidate.rstrip("/").rsplit("/", 1)[-1] == name:
            return record
    known = ", ".join(inputs.curies.short(candidate) for candidate in sorted(records)) or "—"
    raise UsageError(
        "E-SOURCE-NONE",
        texts(zh=f"沒有名為「{name}」的來源。", en=f"no source '{name}' with a digest on record."),
        texts(zh=f"已知來源:{known}", en=f"Known sources: {known}"),
    )


def source_text(inputs: Inputs, record: SourceRecord) -> SourceText:
    """The text of a source, only if it is the one on record.

    Raises:
        SourceError: not at hand, or changed; the hint says what to do.
    """
    folder = inputs.project.sources
    text = find_text(record, folder)
    short = inputs.curies.short(record.iri)
    if text is None:
        raise SourceError(
            "E-SOURCE-MISSING",
            texts(zh=f"手邊沒有 {short} 的文字。", en=f"the text of {short} is not at hand."),
            texts(
                zh="請用 --sources、KGTOOL_SOURCES,或 `kgtool source add 檔案`。",
                en="Use --sources DIR, KGTOOL_SOURCES, or `kgtool source add FILE`.",
            ),
        )
    if text.sha256 != record.sha256:
        line = compare(record, (), text).line
        raise SourceError(
            "E-SOURCE-CHANGED",
            texts(
                zh=f"{text.path}:自第 {line} 行起與記錄不符。",
                en=f"{text.path}:{line}: differs from the record from this line on.",
            ),
            texts(zh="請還原文字後再引用。", en="Restore the text, then cite."),
        )
    return text


def cite_span(record: SourceRecord, text: SourceText, start: int, end: int) -> Passage:
    """The passage of code points [start, end).

    Raises:
        UsageError: empty, or not inside the text.
    """
    if not 0 <= start < end <= len(text.text):
        raise UsageError(
            "E-SPAN",
            texts(
                zh=f"範圍 {start}:{end} 不在 0:{len(text.text)} 之內。",
                en=f"the span {start}:{end} is not inside 0:{len(text.text)}.",
            ),
            texts(zh="以碼位計,自 0 起,不含結尾。", en="Count code points from 0, end exclusive."),
        )
    words = text.text[start:end]
    line, column = text.place(start)
    return Passage(passage_iri(record, start, end), record.iri, start, end, line, column, sha256(words), words)


def cite_find(record: SourceRecord, text: SourceText, wanted: str) -> list[Passage]:
    """Every place where the words stand.

    Raises:
        UsageError: nowhere; the hint says what may differ.
    """
    found = [cite_span(record, text, at, at + len(wanted)) for at in text.find(wanted)] if wanted else []
    if not found:
        raise UsageError(
            "E-FIND-NONE",
            texts(zh=f"來源中沒有「{wanted}」。", en=f"'{wanted}' stands nowhere in the source."),
            texts(
                zh="須逐字相同:全形半形、異體字、空白都算。",
                en="It must match exactly: width, variants and blanks count.",
            ),
        )
    return found


class FactSpan(Struct, frozen=True):
    """One line of a facts file: an id, a span, and optionally the words it should hold and summaries of our own."""

    id: str
    start: int
    end: int
    quote: str | None
    summary: Mapping[str, str]
    line: int


def read_facts(path: Path) -> list[FactSpan]:
    """Facts with spans from JSON Lines: `id`, `start`, `end`, optional `quote`, `summary_en`, `summary_zh`.

    Raises:
        UsageError: unreadable, or a line that is not such an object; the message names the line.
    """
    try:
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        said = why(error)
        raise UsageError(
            "E-FILE-READ",
            texts(zh=f"{path}:無法讀取({said['zh-Hant']})。", en=f"{path}: cannot be read ({said['en']})."),
        ) from error
    return [_fact(path, number, line) for number, line in enumerate(lines, 1) if line.strip()]


def _fact(path: Path, number: int, line: str) -> FactSpan:
    try:
        row = json.loads(line)
        keys = (("zh-Hant", "summary_zh"), ("en", "summary_en"))
        summary = {tag: str(row[key]) for tag, key in keys if row.get(key)}
        quote = None if row.get("quote") is None else str(row["quote"])
        return FactSpan(
            str(row["id"]), operator.index(row["start"]), operator.index(row["end"]), quote, summary, number
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(
            "E-FACTS",
            texts(zh=f"{path}:{number}:不是含 id、start、end 之 JSON 物件(start、end 為整數)。",
                  en=f"{path}:{number}: not a JSON object with id, start and end (start and end are whole numbers)."),
        ) from error  # fmt: skip


def cite_facts(
    record: SourceRecord, text: SourceText, facts: Iterable[FactSpan]
) -> list[tuple[Passage, list[FactSpan]]]:
    """One passage a distinct span, sorted by span, with the facts that share it.

    Raises:
        UsageError: a span outside the text, or one that does not hold the words the fact quotes.
    """
    shared: dict[tuple[int, int], list[FactSpan]] = {}
    for fact in facts:
        if fact.quote is not None and text.text[fact.start : fact.end] != fact.quote:
            places = ", ".join(f"{at}:{at + len(fact.quote)}" for at in text.find(fact.quote)) or "—"
            raise UsageError(
                "E-FACT-QUOTE",
                texts(zh=f"第 {fact.line} 行 {fact.id}:{fact.start}:{fact.end} 之文字與 quote 不符。",
                      en=f"line {fact.line}, {fact.id}: the words at {fact.start}:{fact.end} are not those quoted."),
                texts(zh=f"該文字位於:{places}", en=f"The quoted words stand at: {places}"),
            )  # fmt: skip
        shared.setdefault((fact.start, fact.end), []).append(fact)
    return [(cite_span(record, text, *span), shared[span]) for span in sorted(shared)]


def passage_iri(record: SourceRecord, start: int, end: int) -> str:
    """IRI of a passage: the source's IRI with `/source/` turned into `/passage/`, then the span."""
    head, _, slug = record.iri.rpartition("/source/")
    stem = f"{head}/passage/{slug}" if head else record.iri.rstrip("/") + "/passage"
    return f"{stem}/{start}-{end}"


def passage_turtle(inputs: Inputs, passage: Passage, summary: Mapping[str, str]) -> str:
    """A passage as Turtle, ready to paste; prefixes are the project's."""
    short = inputs.curies.short
    selector, start, end = (short(OA + name) for name in ("TextPositionSelector", "start", "end"))
    lines = [f"{short(passage.iri)} a {short(OA + 'SpecificResource')}, {short(CD + 'Passage')} ;"]
    lines += [f"  {short(CD + 'summary')} {turtle_string(text)}@{tag} ;" for tag, text in summary.items()]
    lines += [
        f"  {short(OA + 'hasSource')} {short(passage.source)} ;",
        f"  {short(OA + 'hasSelector')} [ a {selector} ; {start} {passage.start} ; {end} {passage.end} ] ;",
        f'  {short(CD + "sha256")} "{passage.sha256}" .',
    ]
    return "\n".join(lines) + "\n"


def source_turtle(inputs: Inputs, iri: str, text: SourceText) -> str:
    """The record of a new source: digest, size, a digest a line. Title, publisher and locator are the author's to add."""
    short = inputs.curies.short
    digests = "\n".join(f"{line.length} {line.sha256}" for line in line_digests(text.text))
    return "\n".join([
        f"{short(iri)} a {short(CD + 'Source')} ;",
        f"  {short(CD + 'fileName')} {turtle_string(text.path.name)} ;",
        f"  {short(CD + 'sha256')} \"{text.sha256}\" ;",
        f"  {short(CD + 'codePoints')} {len(text.text)} ;",
        f'  {short(CD + "lineDigests")} """{digests}""" .',
        "",
    ])  # fmt: skip


def add_source(inputs: Inputs, path: Path) -> tuple[SourceRecord, Path]:
    """Bring a text to hand: check it against the digests on record and put it into the project's sources folder.

    Raises:
        SourceError: it is none of the recorded texts; the message says where it first differs from the nearest.
        UsageError: no sources folder is set.
    """
    folder = inputs.project.sources
    if folder is None:
        raise UsageError(
            "E-SOURCES-UNSET",
            texts(zh="未設定來源資料夾。", en="no sources folder is set."),
            texts(zh='請在設定中寫 sources = "sources"。', en='Write sources = "sources" in the settings.'),
        )
    text = read_source(path)
    records, _ = read_records(inputs)
    for _, record in sorted(records.items()):
        if record.sha256 == text.sha256:
            target = folder / next(iter(file_names(record)), f"{record.sha256}.txt")
            with contextlib.suppress(OSError):  # write_file says why it cannot be written
                folder.mkdir(parents=True, exist_ok=True)
            write_file(target, text.text)
            return record, target
    raise _unknown_text(inputs, records.values(), text)


def _unknown_text(inputs: Inputs, records: Iterable[SourceRecord], text: SourceText) -> KgError:
    lines = {line.sha256 for line in line_digests(text.text) if line.length}  # any two texts share a blank line
    nearest = max(records, key=lambda record: sum(line.sha256 in lines for line in record.lines), default=None)
    if nearest is None or not any(line.sha256 in lines for line in nearest.lines):
        return SourceError(
            "E-SOURCE-UNKNOWN",
            texts(
                zh=f"{text.path}:不是任何已記錄來源的文字。", en=f"{text.path}: not the text of any source on record."
            ),
            texts(
                zh="新來源請用 `kgtool source describe` 產生記錄。",
                en="For a new source, `kgtool source describe FILE` prints its record.",
            ),
        )
    line = compare(nearest, (), text).line
    short = inputs.curies.short(nearest.iri)
    return SourceError(
        "E-SOURCE-CHANGED",
        texts(
            zh=f"{text.path}:最接近 {short},但自第 {line} 行起不同。",
            en=f"{text.path}:{line}: nearest to {short}, but differs from this line on.",
        ),
        texts(
            zh="請取得原始文字(UTF-8、LF),不要轉碼或重排。",
            en="Get the original text (UTF-8, LF), not converted or re-wrapped.",
        ),
    )


def turtle_string(text: str) -> str:
    """A Turtle string literal. Source: RDF 1.1 Turtle §6.4."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'
