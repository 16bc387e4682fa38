"""Findings to text: pure functions of a `Report`, one file a format."""

from kgtool.report.github import to_github
from kgtool.report.human import Line, Style, to_human
from kgtool.report.machine import to_json
from kgtool.report.model import Report, Totals

__all__ = ["Line", "Report", "Style", "Totals", "to_github", "to_human", "to_json"]
