"""Findings to text: pure functions of a `Report`, one file a format."""

from kgtool.report.github import to_github
from kgtool.report.human import Line, Style, to_human
from kgtool.report.junit import to_junit
from kgtool.report.machine import to_json, to_jsonl
from kgtool.report.markdown import to_markdown
from kgtool.report.model import Held, Report, Totals
from kgtool.report.render import View, render
from kgtool.report.rulepages import rule_page, rules_of
from kgtool.report.sarif import to_sarif
from kgtool.report.statistics import Extent, Statistics, statistics

__all__ = [
    "Extent",
    "Held",
    "Line",
    "Report",
    "Statistics",
    "Style",
    "Totals",
    "View",
    "render",
    "rule_page",
    "rules_of",
    "statistics",
    "to_github",
    "to_human",
    "to_json",
    "to_jsonl",
    "to_junit",
    "to_markdown",
    "to_sarif",
]
