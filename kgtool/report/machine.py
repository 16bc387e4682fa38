"""The report as JSON: everything in every language, no time, so that two runs compare byte for byte."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from kgtool import __version__
from kgtool.finding import Finding, Note, Place, Severity
from kgtool.report.model import Report
from kgtool.report.statistics import Extent, statistics

# Raised when a field changes its meaning or goes; new fields do not raise it. tests/schemas/report.json describes it.
VERSION = 1


def to_json(report: Report, extent: Extent = Extent.PLAIN) -> str:
    """One JSON object: version, summary, notes, findings. Source: tests/schemas/report.json."""
    table = {
        "version": VERSION,
        "tool": {"name": "kgtool", "version": __version__},
        "summary": _summary(report),
        "notes": [_note(note) for note in report.notes],
        "findings": [_finding(finding) for finding in report.findings],
    }
    if extent is Extent.STATISTICS:
        table["statistics"] = counts(report)
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def to_jsonl(report: Report, extent: Extent = Extent.PLAIN) -> Iterator[str]:
    """JSON Lines, one object a line and each with its `type`: the findings, the notes, then the summary."""
    lines = [("finding", _finding(finding)) for finding in report.findings]
    lines += [("note", _note(note)) for note in report.notes]
    if extent is Extent.STATISTICS:
        lines.append(("statistics", counts(report)))
    lines.append(("summary", {"version": VERSION, **_summary(report)}))
    for kind, table in lines:
        yield json.dumps({"type": kind, **table}, ensure_ascii=False)


def counts(report: Report) -> dict[str, Any]:
    """The statistics of a report as JSON values."""
    counted = statistics(report)
    return {
        "by_severity": {severity.word: count for severity, count in counted.by_severity.items()},
        "by_rule": {
            rule: {severity.word: count for severity, count in row.items()} for rule, row in counted.by_rule.items()
        },
        "waived": [
            {
                **_finding(finding),
                "waiver": {"owner": waiver.owner, "reason": waiver.reason, "expires": waiver.expires.isoformat()},
            }
            for finding, waiver in counted.waived
        ],
    }


def _summary(report: Report) -> dict[str, Any]:
    held = report.held
    return {
        "as_of": report.as_of,
        "files": report.totals.files,
        "triples": report.totals.triples,
        "checks": report.totals.checks,
        **{f"{severity.word}s": report.count(severity) for severity in sorted(Severity, reverse=True)},
        "waived": len(held.waived),
        "known": held.known,
        "gone": held.gone,
        "unchanged": held.unchanged,
        "partial": report.partial,
    }


def _note(note: Note) -> dict[str, Any]:
    return {"code": note.code, "message": dict(note.message)}


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule,
        "source": finding.source,
        "severity": finding.severity.word,
        **_place(finding.place),
        "focus": finding.focus,
        "path": finding.result_path,
        "value": finding.value,
        "message": dict(finding.message),
        "fix": dict(finding.fix),
        "detail": finding.detail.get("en", ""),
        "details": dict(finding.detail),
        "related": [_place(place) for place in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.path, "line": place.line, "column": place.column}
