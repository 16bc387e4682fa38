"""What a check run came to: the value that every report format prints."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from kgtool.finding import Finding, Note, Severity
from kgtool.formats import FailOn
from kgtool.lang import pick


@dataclass(frozen=True, slots=True)
class Totals:
    """How much was checked. `seconds` is wall time; it is shown to people and left out of what is compared."""

    files: int
    triples: int
    checks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Report:
    """Findings sorted by place, notes sorted by code, and what was checked."""

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    totals: Totals
    as_of: str

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    def exit_status(self, fail_on: FailOn) -> int:
        """1 when a finding is at or above `fail_on`, else 0."""
        if fail_on is FailOn.NEVER:
            return 0
        least = Severity[fail_on.name]
        return int(any(finding.severity >= least for finding in self.findings))


def selected(findings: Iterable[Finding], select: tuple[str, ...], ignore: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings whose code begins with, or whose source is, one of `select` (all when empty) and none of `ignore`."""

    def hit(finding: Finding, wanted: tuple[str, ...]) -> bool:
        return any(finding.rule.startswith(name) or finding.source == name for name in wanted)

    return tuple(f for f in findings if (not select or hit(f, select)) and not hit(f, ignore))


def message_of(finding: Finding, language: str) -> str:
    return pick(finding.message, language)
