"""kgtool fmt [PATH …]"""

from __future__ import annotations

import difflib
from pathlib import Path

import click

from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.lang import pick


@click.command("fmt")
@click.argument("paths", type=click.Path(path_type=Path), nargs=-1)
@click.option(
    "--check",
    "check_only",
    is_flag=True,
    help="不寫入,有需重排者結束狀態為 1 / Write nothing; exit 1 if a file would change.",
)
@click.option("--diff", "show_diff", is_flag=True, help="不寫入,印出差異 / Write nothing; print what would change.")
@common_options
def command(
    paths: tuple[Path, ...], check_only: bool, show_diff: bool,
    project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """將 Turtle 檔排成一致的版面(註解保留、內容不變)。

    Lay out the project's Turtle files, or those at PATH, in one way; comments and meaning are kept.
    """
    from kgtool.fmt import format_project, write
    from kgtool.report.model import visible

    project = open_from(project_dir or (paths[0] if paths else None), {"sources": sources, "as-of": as_of})
    language = language_of(lang, project)
    changed = broken = 0
    for laid in format_project(project, paths):
        for finding in laid.findings:
            click.echo(visible(f"{finding.place}: {finding.rule} {pick(finding.message, language)}"), err=True)
        broken += bool(laid.findings)
        if not laid.changed:
            continue
        changed += 1
        name = visible(laid.file.name)
        if show_diff:
            write_out(_diff(name, laid.before, laid.after))
        else:
            write_out(f"{name}\n")
        if not check_only and not show_diff:
            write(laid)
    return int(broken > 0 or (changed > 0 and (check_only or show_diff)))


def _diff(name: str, before: str, after: str) -> str:
    """A unified diff that `patch` takes: only LF ends a line, and a last line without one is said to have none."""
    old, new = ([line + "\n" for line in text.split("\n")] for text in (before, after))
    for lines in (old, new):
        last = lines.pop()
        if last != "\n":
            lines.append(f"{last}\\ No newline at end of file\n")
    return "".join(difflib.unified_diff(old, new, name, name))
