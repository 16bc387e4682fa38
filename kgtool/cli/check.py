"""kgtool check [PATH]"""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import coloured, common_options, language_of, open_from, write_out
from kgtool.formats import FailOn, ReportFormat

if TYPE_CHECKING:
    from kgtool.project import Project
    from kgtool.report import Line, Report

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan", "good": "green"}


@click.command("check")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option("--format", "form", type=click.Choice([f.value for f in ReportFormat]), help="報告格式 / Report format.")
@click.option(
    "--output-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="將報告寫入檔案 / Write the report to a file.",
)
@click.option(
    "--fail-on",
    type=click.Choice([f.value for f in FailOn]),
    help="自何種嚴重度起視為失敗 / Lowest severity that fails.",
)
@click.option(
    "--select", multiple=True, metavar="RULE", help="只報告此規則、代碼開頭或來源 / Only these rules or sources."
)
@click.option(
    "--ignore", multiple=True, metavar="RULE", help="不報告此規則、代碼開頭或來源 / Not these rules or sources."
)
@common_options
def command(
    path: Path | None, form: str | None, output_file: Path | None, fail_on: str | None, select: tuple[str, ...],
    ignore: tuple[str, ...], project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """檢查專案。PATH 為專案資料夾,或其中一個檔案或資料夾(只報告其中的發現)。

    Check a project. PATH is a project's folder, or a file or folder in it whose findings alone are reported.
    """
    from kgtool.check import check

    project = open_from(project_dir or path, {"sources": sources, "as-of": as_of, "fail-on": fail_on, "format": form})
    language = language_of(lang, project)
    report = check(project, datetime.datetime.now(datetime.UTC), only=path, select=select, ignore=ignore)
    _print(report, project, language, output_file)
    return report.exit_status(FailOn(project["fail-on"]))


def _print(report: Report, project: Project, language: str, output_file: Path | None) -> None:
    from kgtool.report import to_github, to_human, to_json
    from kgtool.write.curie import Curies
    from kgtool.write.files import write_file

    curies = Curies(project.prefixes)
    default = ReportFormat.GITHUB if os.environ.get("GITHUB_ACTIONS") else ReportFormat.HUMAN
    form = ReportFormat(project["format"] or default)
    if form is ReportFormat.JSON:
        text = to_json(report)
    elif form is ReportFormat.GITHUB:
        text = "".join(f"{line}\n" for line in to_github(report, language, curies))
    else:
        colour = coloured() and output_file is None
        text = "".join(f"{_line(line, colour)}\n" for line in to_human(report, language, curies))
    if output_file:
        write_file(output_file, text)
    else:
        write_out(text)


def _line(line: Line, colour: bool) -> str:
    if not colour:
        return line.text
    return "".join(
        click.style(text, fg=_COLOURS.get(style.value), bold=style.value == "strong", dim=style.value == "faint")
        for style, text in line.pieces
    )
