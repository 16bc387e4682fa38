"""The report as JSON: everything in every language, no time, so that two runs compare byte for byte."""

from __future__ import annotations

import json
from typing import Any

from kgtool import __version__
from kgtool.finding import Finding, Place, Severity
from kgtool.report.model import Report

# Raised when a field changes its meaning or goes; new fields do not raise it. tests/schemas/report.json describes it.
VERSION = 1


def to_json(report: Report) -> str:
    """One JSON object: version, summary, notes, findings. Source: tests/schemas/report.json."""
    table = {
        "version": VERSION,
        "tool": {"name": "kgtool", "version": __version__},
        "summary": {
            "as_of": report.as_of,
            "files": report.totals.files,
            "triples": report.totals.triples,
            "checks": report.totals.checks,
            **{f"{severity.word}s": report.count(severity) for severity in sorted(Severity, reverse=True)},
        },
        "notes": [{"code": note.code, "message": dict(note.message)} for note in report.notes],
        "findings": [_finding(finding) for finding in report.findings],
    }
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


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
        "detail": finding.detail,
        "related": [_place(place) for place in finding.related],
        "fingerprint": finding.fingerprint,
    }


def _place(place: Place) -> dict[str, Any]:
    return {"file": place.path, "line": place.line, "column": place.column}
