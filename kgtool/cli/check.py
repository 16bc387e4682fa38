"""kgtool check [PATH]"""

from __future__ import annotations

import datetime
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import (
    Running,
    coloured,
    common_options,
    endpoint_option,
    language_of,
    open_from,
    remote_of,
    write_out,
)
from kgtool.errors import UsageError, texts
from kgtool.formats import Engine, FailOn, Reasoner, ReportFormat
from kgtool.lang import plural

if TYPE_CHECKING:
    from kgtool.project import Project
    from kgtool.report import Extent, Line, Report, View

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan", "good": "green"}
# Formats that say something of every rule, found or not.
_WITH_RULES = (ReportFormat.SARIF, ReportFormat.JUNIT)


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
@click.option("--engine", type=click.Choice([e.value for e in Engine]), help="形狀驗證引擎 / What runs the shapes.")
@click.option("--reasoner", type=click.Choice([r.value for r in Reasoner]), help="推理器 / What reasons.")
@click.option(
    "--select", multiple=True, metavar="RULE", help="只報告此規則、代碼開頭或來源 / Only these rules or sources."
)
@click.option(
    "--ignore", multiple=True, metavar="RULE", help="不報告此規則、代碼開頭或來源 / Not these rules or sources."
)
@click.option(
    "--changed-since", metavar="REV",
    help="只檢查自某版本以來之變更可能影響者 / Only what changes since a git revision can matter to.",
)  # fmt: skip
@click.option("--shape", "shapes", multiple=True, metavar="IRI", help="只執行此形狀 / Only this shape.")
@click.option("--focus", multiple=True, metavar="IRI", help="只檢查此節點之形狀 / Only the shapes of this node.")
@click.option("--baseline", metavar="FILE", help="只報告基準檔所無之發現 / Only findings that the baseline has not.")
@click.option(
    "--write-baseline",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="將現有發現寫入基準檔 / Write the findings there are to a baseline.",
)
@endpoint_option
@click.option("--statistics", is_flag=True, help="依規則與嚴重度計數,並列出豁免 / Counts by rule, and what is waived.")
@click.option("--no-cache", is_flag=True, help="不使用先前之結果 / Check anew, whatever was found before.")
@common_options
def command(
    path: Path | None, form: str | None, output_file: Path | None, fail_on: str | None, engine: str | None,
    reasoner: str | None, select: tuple[str, ...], ignore: tuple[str, ...], changed_since: str | None,
    shapes: tuple[str, ...], focus: tuple[str, ...],
    baseline: str | None, write_baseline: Path | None, endpoint: str | None,
    statistics: bool, no_cache: bool, project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """檢查專案。PATH 為專案資料夾,或其中一個檔案或資料夾(只報告其中的發現)。

    Check a project. PATH is a project's folder, or a file or folder in it whose findings alone are reported.
    """
    from kgtool.cache import cache_folder
    from kgtool.check import accept, check
    from kgtool.report import Extent

    options = {"sources": sources, "as-of": as_of, "fail-on": fail_on, "format": form, "baseline": baseline,
               "engine": engine, "reasoner": reasoner}  # fmt: skip
    if write_baseline:
        options["baseline"] = ""  # it is being made: an old one, or none, must not stand in the way
    project = open_from(project_dir or path, options)
    if write_baseline:
        _whole(project, path, (*select, *ignore, *shapes, *focus, changed_since, baseline))
    _apart(output_file, {"--write-baseline": write_baseline, "--baseline": project.baseline})
    language = language_of(lang, project)
    now = datetime.datetime.now(datetime.UTC)
    cache = None if no_cache else cache_folder(os.environ)
    if endpoint is None:
        report = check(
            project, now, only=path, select=select, ignore=ignore, changed_since=changed_since, shapes=shapes, focus=focus,
            cache=cache, on_trial=Running.own,
        )  # fmt: skip
    else:
        part = path if path and path.resolve() != project.root else None
        report = _there(project, endpoint, now, select, ignore, (part, changed_since, shapes, focus))
    if write_baseline:
        report = _accepted(accept(report), write_baseline, language)
    _print(report, project, language, output_file, Extent.STATISTICS if statistics else Extent.PLAIN)
    return report.exit_status(FailOn(project["fail-on"]))


def _there(
    project: Project, endpoint: str, now: datetime.datetime, select: tuple[str, ...], ignore: tuple[str, ...],
    of_files: tuple[object, ...],
) -> Report:  # fmt: skip
    """The report on a graph that another engine holds."""
    if any(of_files):
        raise UsageError(
            "E-USAGE",
            texts(
                zh="--endpoint 不與 PATH 或 --changed-since 併用。",
                en="--endpoint takes no PATH and no --changed-since.",
            ),
            texts(zh="它們選取檔案中之一部分。", en="They choose a part of the files."),
        )
    from kgtool.check import check_endpoint

    return check_endpoint(project, remote_of(project, endpoint), now, os.environ, select=select, ignore=ignore)


def _whole(project: Project, path: Path | None, narrowing: tuple[str | None, ...]) -> None:
    """A baseline of a part would forget the rest."""
    if any(narrowing) or (path is not None and path.resolve() != project.root):
        raise UsageError(
            "E-USAGE",
            texts(zh="--write-baseline 須檢查整個專案。", en="--write-baseline checks the whole project."),
            texts(zh="請勿併用 PATH、--select、--ignore、--shape、--focus、--changed-since、--baseline。",
                  en="Leave out PATH, --select, --ignore, --shape, --focus, --changed-since and --baseline."),
        )  # fmt: skip


def _apart(output_file: Path | None, others: Mapping[str, Path | None]) -> None:
    """A report written over the baseline would be the end of it."""
    for option, other in others.items():
        if output_file is not None and other is not None and output_file.resolve() == other.resolve():
            raise UsageError(
                "E-USAGE",
                texts(zh=f"--output-file 與 {option} 是同一個檔案。", en=f"--output-file and {option} are one file."),
                texts(zh="請將報告寫入另一個檔案。", en="Write the report to another file."),
            )


def _accepted(accepted: tuple[str, Report], file: Path, language: str) -> Report:
    from kgtool.write.files import write_file

    text, report = accepted
    write_file(file, text)
    count = report.held.known
    said = (
        f"{count} {plural(count, 'finding')} written to {file}"
        if language == "en"
        else f"已將 {count} 項發現寫入 {file}"
    )
    click.echo(f"kgtool: {said}", err=True)
    return report


def _print(report: Report, project: Project, language: str, output_file: Path | None, extent: Extent) -> None:
    from kgtool.report import View, render, to_human
    from kgtool.write.curie import Curies
    from kgtool.write.files import write_file

    default = ReportFormat.GITHUB if os.environ.get("GITHUB_ACTIONS") else ReportFormat.HUMAN
    form = ReportFormat(project["format"] or default)
    rules = {}
    if form in _WITH_RULES:
        from kgtool.catalog import load_catalog
        from kgtool.report.rulepages import rules_of

        rules = rules_of(load_catalog(project))
    curies = Curies(project.prefixes)
    view = View(language, curies, rules, FailOn(project["fail-on"]), _within_repository(project.root), extent)
    if form is ReportFormat.HUMAN and coloured() and output_file is None:
        text = "".join(f"{_line(line)}\n" for line in to_human(report, language, curies, extent))
    else:
        text = render(report, form, view)
    if output_file:
        write_file(output_file, text)
    else:
        write_out(text)
    _summarise(report, view)


def _summarise(report: Report, view: View) -> None:
    """Add the Markdown summary to GitHub's job summary; a summary that cannot be written does not fail a check."""
    target = os.environ.get("GITHUB_STEP_SUMMARY")
    if not target or not os.environ.get("GITHUB_ACTIONS"):
        return
    from kgtool.report import render

    try:
        with Path(target).open("a", encoding="utf-8", errors="replace", newline="\n") as stream:
            stream.write(render(report, ReportFormat.MARKDOWN, view) + "\n")
    except OSError as error:
        click.echo(f"kgtool: GITHUB_STEP_SUMMARY: {error.strerror}", err=True)


def _within_repository(root: Path) -> str:
    """The project's folder relative to the root of its repository (POSIX); "" when it is that root or in none."""
    workspace = os.environ.get("GITHUB_WORKSPACE")
    tops = [Path(workspace).resolve()] if workspace else []
    tops += [folder for folder in (root, *root.parents) if (folder / ".git").exists()][:1]
    for top in tops:
        if root.is_relative_to(top):
            within = root.relative_to(top).as_posix()
            return "" if within == "." else within
    return ""


def _line(line: Line) -> str:
    return "".join(
        click.style(text, fg=_COLOURS.get(style.value), bold=style.value == "strong", dim=style.value == "faint")
        for style, text in line.pieces
    )
