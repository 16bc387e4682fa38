"""The report for people: a block a finding, the notes, counts where they are asked for, then one line that counts."""

from __future__ import annotations

import enum
import re
import unicodedata
from collections.abc import Iterator

from msgspec import Struct

from kgtool.finding import Finding, Severity
from kgtool.lang import pick, plural
from kgtool.late import late
from kgtool.report.model import SEVERITIES, Held, Report, message_of, visible
from kgtool.report.statistics import Extent, statistics
from kgtool.write.curie import Curies


class Style(enum.Enum):
    """How important a piece of a line is; the command line gives it a colour."""

    PLAIN = "plain"
    FAINT = "faint"
    STRONG = "strong"
    GOOD = "good"
    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Line(Struct, frozen=True):
    """One line as styled pieces; `text` is the line without style."""

    pieces: tuple[tuple[Style, str], ...]

    @property
    def text(self) -> str:
        return "".join(text for _, text in self.pieces)


_WORDS = {
    "zh-Hant": {
        **SEVERITIES["zh-Hant"], "focus": "焦點", "path": "路徑", "value": "值", "by": "規則",
        "fix": "作法:", "note": "註", "clean": "沒有發現問題", "see": "參見", "engine": "引擎訊息", "none": "(無檔案)",
        "waived": "豁免", "rule": "規則", "part": "所檢查之部分沒有發現問題",
    },
    "en": {
        **SEVERITIES["en"], "focus": "focus", "path": "path", "value": "value", "by": "by",
        "fix": "do:", "note": "note", "clean": "nothing found", "see": "see", "engine": "engine", "none": "(no file)",
        "waived": "waived", "rule": "rule", "part": "nothing found in the part that was checked",
    },
}  # fmt: skip
_STYLES = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.INFO: Style.INFO}
# A value longer than this is cut; the JSON report has it whole.
_LONGEST = 120
_LITERAL = re.compile(r'"(.*)"(?:@([A-Za-z0-9-]+)|\^\^<[^>]*>)?', re.DOTALL)
_BREAK = late(r"\n\s*")


def to_human(report: Report, language: str, curies: Curies, extent: Extent = Extent.PLAIN) -> Iterator[Line]:
    """Lines of the report in one language; nothing in them is unseen (`visible`), and none of them is two."""
    for line in _lines(report, language, curies, extent):
        yield Line(tuple((style, visible(_unbroken(text))) for style, text in line.pieces))


def _unbroken(text: str) -> str:
    """A message may quote a value with a line's end, behind which the value could write any line of a report."""
    return _BREAK.sub(" ", text) if "\n" in text else text


def _lines(report: Report, language: str, curies: Curies, extent: Extent) -> Iterator[Line]:
    words = _WORDS[language]
    for finding in report.findings:
        yield from _block(finding, language, curies)
    for note in report.notes:
        yield Line(((Style.INFO, f"{words['note']}: "), (Style.PLAIN, pick(note.message, language))))
    if extent is Extent.STATISTICS:
        yield from count_lines(report, language, curies)
    yield _last(report, language)


def count_lines(report: Report, language: str, curies: Curies) -> Iterator[Line]:
    """A line a rule, most serious counts first, then a line a waived finding."""
    words, counted = _WORDS[language], statistics(report)
    if counted.by_rule:
        head = "  ".join(_right(words[severity.word], 8) for severity in counted.by_severity)
        yield Line(((Style.STRONG, _right(words["rule"], 8) + head),))
    for rule, counts in counted.by_rule.items():
        row = "  ".join(_right(str(counts[severity]), 8) for severity in counted.by_severity)
        yield Line(((Style.PLAIN, f"{rule:>8}{row}"),))
    for finding, waiver in counted.waived:
        where = str(finding.place) if finding.place.path else words["none"]
        said = f" {finding.rule} {_short(finding.focus, curies)}: {' '.join(waiver.reason.split())} ({waiver.owner}, {waiver.expires})"
        yield Line(((Style.FAINT, f"{words['waived']} {where}{said}"),))


def _right(text: str, columns: int) -> str:
    """Text to the right of so many columns of a terminal."""
    return " " * (columns - _width(text)) + text


def _width(text: str) -> int:
    """Columns that a terminal gives a text: a wide character takes two. Source: UAX #11."""
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _block(finding: Finding, language: str, curies: Curies) -> Iterator[Line]:
    words = _WORDS[language]
    word = words[finding.severity.word]
    place = str(finding.place) if finding.place.path else words["none"]
    yield Line((
        (Style.STRONG, place), (Style.PLAIN, ": "), (_STYLES[finding.severity], f"{word} {finding.rule}"),
        (Style.PLAIN, f" {message_of(finding, language)}"),
    ))  # fmt: skip
    facts = [(words["focus"], _short(finding.focus, curies)), (words["path"], _path(finding.result_path, curies)),
             (words["value"], _value(finding.value, curies)), (words["by"], finding.source)]  # fmt: skip
    shown = "  ".join(f"{name} {text}" for name, text in facts if text)
    yield Line(((Style.FAINT, f"    {shown}"),))
    if finding.detail:
        yield Line(((Style.FAINT, f"    {words['engine']} {_cut(pick(finding.detail, language))}"),))
    for place_ in finding.related:
        yield Line(((Style.FAINT, f"    {words['see']} {place_}"),))
    fix = pick(finding.fix, language)
    if fix:
        yield Line(((Style.PLAIN, f"    {words['fix']} {fix}"),))


def _short(focus: str, curies: Curies) -> str:
    return curies.short(focus) if focus and not focus.startswith("_:") else focus


def _path(path: str, curies: Curies) -> str:
    out, rest = "", path
    while "<" in rest:
        before, _, rest = rest.partition("<")
        iri, _, rest = rest.partition(">")
        out += before + curies.short(iri)
    return out + rest


def _value(value: str, curies: Curies) -> str:
    """A term as a person reads it: a prefixed name, or a literal's own text with its language."""
    if value.startswith("<") and value.endswith(">"):
        return curies.short(value[1:-1])
    literal = _LITERAL.fullmatch(value)
    if literal:
        return _cut(f"{literal[1]}@{literal[2]}" if literal[2] else literal[1])
    return _cut(value)


def _cut(text: str) -> str:
    text = text.replace("\n", "\\n")
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"


def _last(report: Report, language: str) -> Line:
    counts = {severity: report.count(severity) for severity in Severity}
    totals = report.totals
    errors, warnings, infos = counts[Severity.ERROR], counts[Severity.WARNING], counts[Severity.INFO]
    found = _WORDS[language]["part" if report.partial else "clean"]
    held = _held(report.held, language)
    if language == "en":
        if report.findings:
            found = ", ".join(
                f"{number} {plural(number, severity.word)}" for severity, number in sorted(counts.items(), reverse=True)
            )
        done = _done(report)
        text = f"{done}: {', '.join([found, *held])} ({totals.seconds:.1f} s)"
    else:
        if report.findings:
            found = f"{errors} 項錯誤、{warnings} 項警告、{infos} 項提示"
        done = f"{totals.files} 個檔案、{totals.triples} 個三元組、{totals.checks} 項檢查(基準日 {report.as_of})"
        text = f"{done}:{'、'.join([found, *held])}({totals.seconds:.1f} 秒)"
    style = Style.ERROR if errors else Style.WARNING if warnings else Style.GOOD
    return Line(((style, text),))


def _done(report: Report) -> str:
    totals = report.totals
    counts = ((totals.files, "file"), (totals.triples, "triple"), (totals.checks, "check"))
    return f"{', '.join(f'{number} {plural(number, word)}' for number, word in counts)} as of {report.as_of}"


def _held(held: Held, language: str) -> list[str]:
    """What is counted only, in words; nothing of what is none."""
    counts = (len(held.waived), held.known, held.unchanged)
    words = ("{} waived", "{} known", "{} in unchanged files")
    if language != "en":
        words = ("{} 項豁免", "{} 項已知", "{} 項在未變更之檔案")
    return [word.format(count) for word, count in zip(words, counts, strict=True) if count]
