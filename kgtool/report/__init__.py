"""Findings to text: pure functions of a `Report`, one file a format. `render` imports a format when it is asked for."""

from kgtool.report.human import Line, Style, to_human
from kgtool.report.model import Held, Report, Totals
from kgtool.report.render import View, render
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
    "statistics",
    "to_human",
]
