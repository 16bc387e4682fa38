"""A report in the format that was asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from msgspec import Struct

from kgtool.formats import FailOn, ReportFormat
from kgtool.report.human import to_human
from kgtool.report.model import Report
from kgtool.report.statistics import Extent
from kgtool.rules import Rule
from kgtool.write.curie import Curies


class View(Struct, frozen=True):
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
    if form is ReportFormat.HUMAN:
        return _lines(line.text for line in to_human(report, view.language, view.curies, view.extent))
    if form in {ReportFormat.JSON, ReportFormat.JSONL}:
        from kgtool.report import machine

        whole = form is ReportFormat.JSON
        return machine.to_json(report, view.extent) if whole else _lines(machine.to_jsonl(report, view.extent))
    return _RENDERED[form](report, view)


def _github(report: Report, view: View) -> str:
    from kgtool.report.github import to_github

    return _lines(to_github(report, view.language, view.curies, view.within, view.extent))


def _junit(report: Report, view: View) -> str:
    from kgtool.report.junit import to_junit

    return to_junit(report, view.language, view.rules, view.fail_on, view.extent)


def _sarif(report: Report, view: View) -> str:
    from kgtool.report.sarif import to_sarif

    return to_sarif(report, view.language, view.rules, view.within, view.extent)


def _markdown(report: Report, view: View) -> str:
    from kgtool.report.markdown import to_markdown

    return to_markdown(report, view.language, view.curies, view.extent)


# Each is imported when it is asked for: together they cost more to import than a small project to check.
_RENDERED: Mapping[ReportFormat, Callable[[Report, View], str]] = {
    ReportFormat.GITHUB: _github, ReportFormat.JUNIT: _junit, ReportFormat.SARIF: _sarif, ReportFormat.MARKDOWN: _markdown,
}  # fmt: skip


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
