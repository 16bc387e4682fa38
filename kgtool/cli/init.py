"""kgtool init DIR"""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from kgtool.cli.common import language_of, write_out


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--city",
    "names",
    multiple=True,
    metavar="NAME",
    help="城市名稱,可中英各給一次 / The city's name; may be given in Chinese and in English.",
)
@click.option("--slug", metavar="SLUG", help="IRI 中之名稱,如 harbour-city / The city's name in IRIs.")
@click.option("--base", metavar="IRI", help="識別碼之開頭,以 / 結尾 / What identifiers begin with.")
@click.option(
    "--lang",
    default=None,
    metavar="TAG",
    help="訊息與範例文字之語言 / Language of messages and example: zh-Hant or en.",
)
def command(folder: Path, names: tuple[str, ...], slug: str | None, base: str | None, lang: str | None) -> int:
    """在 DIR 建立另一城市的小專案:立即通過檢查,附測試。

    Write a small working project of another city to DIR: clean at once, with tests. Existing files are never overwritten.
    """
    from kgtool.init import make_city, scaffold, write_project

    language = language_of(lang)
    files = scaffold(make_city(folder, names, slug, base, language))
    write_project(folder, files)
    lines = [str(folder / name) for name in files]
    command = shlex.join(["kgtool", "check", *(["--"] if str(folder).startswith("-") else []), str(folder)])
    lines += ["下一步:" if language != "en" else "Next:", f"  {command}", f"  {folder / 'README.md'}"]
    write_out("\n".join(lines) + "\n")
    return 0
