"""kgtool diff A [B]"""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.formats import Audience


@click.command("diff")
@click.argument("before")
@click.argument("after", required=False)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "json"]),
    default="text",
    help="輸出格式 / Output format.",
)
@click.option(
    "--checks/--no-checks",
    default=None,
    help="一併比較發現與查詢結果(markdown 預設)/ Compare findings and answers too.",
)
@click.option(
    "--audience",
    type=click.Choice([str(audience) for audience in Audience]),
    default="internal",
    help="以何者之所見比較 / Whose view.",
)
@common_options
def command(
    before: str, after: str | None, form: str, checks: bool | None, audience: str, project_dir: Path | None,
    sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """以文字說明兩個版本之差異:git 版本、資料夾或套件;不給 B 則為目前之檔案。

    Say what changed between two versions: git revisions, folders or packages; without B, the files as they are.
    """
    from kgtool.diff import as_json, as_markdown, as_text, compare, open_version
    from kgtool.report.model import visible

    options = {"sources": sources, "as-of": as_of, "lang": lang}
    project = open_from(project_dir, options)
    language = language_of(lang, project)
    now = datetime.datetime.now(datetime.UTC)
    wanted = {"as-of": project.today(now).isoformat()}
    whose = Audience(audience)
    with (
        open_version(before, project.root, now, whose, wanted) as old,
        open_version(after or "", project.root, now, whose, wanted) as new,
    ):
        found = compare(old, new, checks=form == "markdown" if checks is None else checks)
        if form == "json":
            write_out(as_json(found))
        else:
            write_out(visible((as_markdown if form == "markdown" else as_text)(found, language)))
    return 0
