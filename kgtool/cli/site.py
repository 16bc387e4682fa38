"""kgtool export site DIR"""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.lang import plural

SUMMARY = "將所有頁面寫成靜態網站 / Write every page as a static site"


@click.command("site")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--audience", type=click.Choice(["public", "partner", "internal"]), default="public", show_default=True,
    help="給誰看 / For whom.",
)  # fmt: skip
@click.option(
    "--address", default="", metavar="URL", help="網站將置於何處,用於網站地圖 / Where it will be, for the sitemap."
)
@click.option(
    "--with-sources",
    is_flag=True,
    help="連同來源原文之引用段落 / With the wording of sources at hand, if you may publish it.",
)
@click.option("--check/--no-check", default=True, help="附檢查報告 / With the report of a check.", show_default=True)
@common_options
def command(
    folder: Path, audience: str, address: str, with_sources: bool, check: bool, project_dir: Path | None,
    sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """將所有頁面寫成靜態網站(相對連結,可由 file:// 開啟)。

    Write every page as a static site: relative links, all data as files, no server and no JavaScript needed. DIR is replaced
    as a whole. The wording of sources is left out unless --with-sources says that it may be published.
    """
    from kgtool.check import check as run_check
    from kgtool.formats import Audience
    from kgtool.pages import open_pages
    from kgtool.site import write_site
    from kgtool.snapshot import open_snapshot

    project = open_from(project_dir, {"sources": sources, "as-of": as_of})
    now = datetime.datetime.now(datetime.UTC)
    snapshot = open_snapshot(project, now, audience=Audience(audience))
    report = run_check(project, now) if check else None
    shown = project.sources if with_sources else None
    pages = open_pages(
        snapshot, report=report, sources=shown, static=True, address=address.rstrip("/") or "http://127.0.0.1:8008"
    )
    written = write_site(snapshot, pages, folder, address)
    chinese = language_of(lang, project) != "en"
    write_out(
        f"{folder}:{written.pages} 頁、{written.files} 個檔案\n" if chinese
        else f"{folder}: {written.pages} {plural(written.pages, 'page')}, {written.files} {plural(written.files, 'file')}\n"
    )  # fmt: skip
    return 0
