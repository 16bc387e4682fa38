"""The report as Markdown: counts, then a table of findings; for pull requests and GitHub's job summary.

Source: GitHub Flavored Markdown §4.10 (tables), §2.4 (backslash escapes), §6.2 (entities).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from kgtool.finding import Finding, Severity
from kgtool.lang import pick
from kgtool.report.human import to_human
from kgtool.report.model import SEVERITIES, Report, message_of, visible
from kgtool.report.statistics import Extent, statistics
from kgtool.write.curie import Curies

# GitHub drops a job summary over 1 MiB whole. A finding takes some hundred bytes, but may quote a value of any length: so a
# text is cut, and each of the two tables ends where its rows would be more than this.
MOST_ROWS, _MOST_BYTES, _LONGEST = 1000, 480 * 1024, 2000
_MARKS = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.INFO: "💡"}
_WORDS = {
    "zh-Hant": {
        "title": "kgtool 檢查報告", "severity": "嚴重度", "place": "位置", "rule": "規則", "focus": "焦點", "message": "說明",
        "more": "另有 {} 項,未列出。", "count": "數", "waived": "豁免", "owner": "負責人", "expires": "到期", "reason": "理由",
        **SEVERITIES["zh-Hant"],
    },
    "en": {
        "title": "kgtool check", "severity": "severity", "place": "place", "rule": "rule", "focus": "focus", "message": "message",
        "more": "{} more are not listed.", "count": "count", "waived": "waived", "owner": "owner", "expires": "expires",
        "reason": "reason", **SEVERITIES["en"],
    },
}  # fmt: skip
_SPECIAL = re.compile(r"([\\`*_\[\]#!|~@]|(?<=:)/(?=/))")


def to_markdown(report: Report, language: str, curies: Curies, extent: Extent = Extent.PLAIN) -> str:
    """A document of its own; at most MOST_ROWS findings, and as many waived ones, are listed; the rest is counted."""
    words = _WORDS[language]
    *_, last = to_human(report, language, curies)
    lines = [f"## {words['title']}", "", _escape(last.text), ""]
    if report.findings:
        rows = _fitting(_row(finding, words, language) for finding in report.findings[:MOST_ROWS])
        lines += _table([words[name] for name in ("severity", "place", "rule", "message")], rows)
        lines += _more(len(report.findings) - len(rows), words)
    lines += [f"- {_escape(pick(note.message, language))}" for note in report.notes]
    lines += [""] if report.notes else []
    if extent is Extent.STATISTICS:
        lines += _counts(report, words, curies)
    return "\n".join(lines).rstrip("\n") + "\n"


def _counts(report: Report, words: dict[str, str], curies: Curies) -> Iterator[str]:
    counted = statistics(report)
    if counted.by_rule:
        head = [words["rule"], *(words[severity.word] for severity in counted.by_severity)]
        yield from _table(head, [[rule, *map(str, row.values())] for rule, row in counted.by_rule.items()])
    if counted.waived:
        head = [words[name] for name in ("waived", "focus", "owner", "expires", "reason")]
        rows = _fitting(
            [f"{finding.rule} {_escape(str(finding.place))}", _escape(curies.short(finding.focus) if finding.focus else ""),
             _escape(waiver.owner), waiver.expires.isoformat(), _escape(waiver.reason)]
            for finding, waiver in counted.waived[:MOST_ROWS]
        )  # fmt: skip
        yield from _table(head, rows)
        yield from _more(len(counted.waived) - len(rows), words)


def _more(count: int, words: dict[str, str]) -> list[str]:
    return [words["more"].format(count), ""] if count else []


def _fitting(rows: Iterable[list[str]]) -> list[list[str]]:
    """The first rows, as many as are together not too long."""
    out: list[list[str]] = []
    left = _MOST_BYTES
    for row in rows:
        left -= sum(len(cell.encode("utf-8", "surrogatepass")) for cell in row) + 20
        if left < 0:
            break
        out.append(row)
    return out


def _row(finding: Finding, words: dict[str, str], language: str) -> list[str]:
    text = f"{message_of(finding, language)} {pick(finding.fix, language)}".strip()
    return [
        f"{_MARKS[finding.severity]} {words[finding.severity.word]}",
        _escape(str(finding.place)) if finding.place.path else "",
        finding.rule,
        _escape(text),
    ]


def _table(head: list[str], rows: list[list[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield "|" + " --- |" * len(head)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


def _escape(text: str) -> str:
    """Text that is shown as it is, if not to its end: no mark-up, no link, no mention, no HTML, one line."""
    text = visible(" ".join(text.split()))
    text = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return _SPECIAL.sub(r"\\\1", text)
