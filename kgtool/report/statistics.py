"""Findings counted by severity and by rule, and the waived ones listed: what `--statistics` adds to a report."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from kgtool.finding import Finding, Severity
from kgtool.project import Waiver
from kgtool.report.model import Report


class Extent(enum.Enum):
    """Whether a report has counts beside its findings."""

    PLAIN = "plain"
    STATISTICS = "statistics"


class Statistics(Struct, frozen=True):
    """Counts of what is reported.

    Attributes:
        by_severity: every severity, the most serious first, to its count.
        by_rule: every rule that found something, sorted by code, to its counts by severity.
        waived: the findings that are not reported, each with its waiver.
    """

    by_severity: Mapping[Severity, int]
    by_rule: Mapping[str, Mapping[Severity, int]]
    waived: tuple[tuple[Finding, Waiver], ...]


def statistics(report: Report) -> Statistics:
    """Count a report. Cost: one pass over its findings."""
    order = sorted(Severity, reverse=True)
    pairs = Counter((finding.rule, finding.severity) for finding in report.findings)
    rules = sorted({rule for rule, _ in pairs})
    return Statistics(
        {severity: report.count(severity) for severity in order},
        {rule: {severity: pairs[rule, severity] for severity in order} for rule in rules},
        report.held.waived,
    )
