"""kgtool export NAME; `kgtool export site DIR` is a command of its own (cli/site)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

import click

from kgtool.cli import site
from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.lang import plural


class _Export(click.Command):
    """`site` is a command of its own, with options of its own; any other word is the name of a profile, which none may share."""

    commands: Mapping[str, click.Command] = MappingProxyType({"site": site.command})

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        if args and args[0] in self.commands:
            return self.commands[args[0]].make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)
        return super().make_context(info_name, args, parent, **extra)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl([(f"{name} DIR", site.SUMMARY) for name in self.commands])


@click.command("export", cls=_Export)
@click.argument("name", required=False)
@click.option("--for", "city", default="", metavar="CITY", help="城市(IRI、前綴名稱、代稱或名稱)/ Whose neighbourhood.")
@click.option(
    "--output", type=click.Path(path_type=Path), default=None, metavar="DIR", help="套件資料夾 / The package's folder."
)
@click.option("--allow-findings", is_flag=True, help="檢查有錯誤亦匯出,並載明於套件 / Export although the check fails.")
@click.option(
    "--sign",
    type=click.Path(path_type=Path),
    default=None,
    metavar="KEY",
    help="以 Ed25519 私鑰(PEM)簽章 / Sign with a key.",
)
@common_options
def command(
    name: str | None, city: str, output: Path | None, allow_findings: bool, sign: Path | None, project_dir: Path | None,
    sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """依設定檔匯出套件;不給名稱則列出設定檔。 / Write a package of a profile; without a name, list the profiles."""
    project = open_from(project_dir, {"sources": sources, "as-of": as_of, "lang": lang})
    chinese = language_of(lang, project) != "en"
    if name is None:
        rows = [
            f"{profile.name}  {profile.audience}  {profile.resources}  {','.join(profile.formats)}\n"
            for profile in project.exports.values()
        ]
        write_out(
            "".join(rows) or ("此專案沒有匯出設定檔。\n" if chinese else "This project has no export profiles.\n")
        )
        return 0
    from kgtool.export.bulk import export_bulk
    from kgtool.export.package import export, profile_of
    from kgtool.export.signature import Signer

    signer = Signer(sign) if sign else None
    now = datetime.datetime.now(datetime.UTC)
    if profile_of(project, name).bulk:
        done = export_bulk(project, now, name, target=output, allow_unchecked=allow_findings, signer=signer)
    else:
        done = export(project, now, name, city=city, target=output, allow_findings=allow_findings, signer=signer)
    where = done.target.relative_to(Path.cwd()) if done.target.is_relative_to(Path.cwd()) else done.target
    digest = (
        f"RDFC-1.0 {done.digest[:16]}…" if done.digest else ("無 RDFC-1.0 摘要值" if chinese else "no RDFC-1.0 digest")
    )
    write_out(
        f"{where}:{done.files} 個檔案、{done.quads} 個四元組({digest})\n" if chinese
        else f"{where}: {done.files} {plural(done.files, 'file')}, {done.quads} {plural(done.quads, 'quad')} ({digest})\n"
    )  # fmt: skip
    return 0
