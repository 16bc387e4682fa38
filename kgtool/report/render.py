"""A report in the format that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kgtool.formats import FailOn, ReportFormat
from kgtool.report.github import to_github
from kgtool.report.human import to_human
from kgtool.report.junit import to_junit
from kgtool.report.machine import to_json, to_jsonl
from kgtool.report.markdown import to_markdown
from kgtool.report.model import Report
from kgtool.report.sarif import to_sarif
from kgtool.report.statistics import Extent
from kgtool.rules import Rule
from kgtool.write.curie import Curies


@dataclass(frozen=True, slots=True)
class View:
    """How a report is shown, beside its format.

    Attributes:
        language: `zh-Hant` or `en`.
        rules: every known rule by code.
        fail_on: what counts as failed, for formats that say so of each rule.
        within: the project's folder relative to the repository's root (POSIX), "" when they are one.
    """

    language: str
    curies: Curies
    rules: Mapping[str, Rule]
    fail_on: FailOn = FailOn.ERROR
    within: str = ""
    extent: Extent = Extent.PLAIN


def render(report: Report, form: ReportFormat, view: View) -> str:
    """The report as text that ends in LF. Equal reports give equal texts, but for the seconds said to people."""
    language, curies, extent = view.language, view.curies, view.extent
    match form:
        case ReportFormat.HUMAN:
            return _lines(line.text for line in to_human(report, language, curies, extent))
        case ReportFormat.JSON:
            return to_json(report, extent)
        case ReportFormat.JSONL:
            return _lines(to_jsonl(report, extent))
        case ReportFormat.GITHUB:
            return _lines(to_github(report, language, curies, view.within, extent))
        case ReportFormat.JUNIT:
            return to_junit(report, language, view.rules, view.fail_on)
        case ReportFormat.SARIF:
            return to_sarif(report, language, view.rules, view.within, extent)
        case ReportFormat.MARKDOWN:
            return to_markdown(report, language, curies, extent)


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
