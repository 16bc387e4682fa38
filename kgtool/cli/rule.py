"""kgtool rule [CODE]"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import language_of, open_from, write_out
from kgtool.errors import KgError, UsageError, texts
from kgtool.lang import pick

if TYPE_CHECKING:
    from kgtool.catalog import Catalog


@click.command("rule")
@click.argument("code", required=False)
@click.option(
    "--project",
    "project_dir",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="專案資料夾 / Project folder.",
)
@click.option("--lang", default=None, metavar="TAG", help="語言 / Language: zh-Hant or en.")
def command(code: str | None, project_dir: Path | None, lang: str | None) -> int:
    """說明規則(原因、反例、正例);不給代碼則列出全部。 / Explain a rule: why, a bad and a good example."""
    from kgtool.report.rulepages import rule_page, rules_of

    language = language_of(lang)
    catalog = _catalog(project_dir)
    rules = rules_of(catalog)
    if code is None:
        write_out("".join(f"{rule.code}  {pick(rule.title, language)}\n" for rule in rules.values()))
        return 0
    rule = rules.get(code.upper())
    if rule is None:
        raise UsageError(
            "E-RULE-NONE",
            texts(zh=f"沒有代碼「{code}」。", en=f"no rule '{code}'."),
            texts(zh="`kgtool rule` 列出全部代碼。", en="`kgtool rule` lists them all.")
            if catalog
            else texts(
                zh="`kgtool rule` 列出全部代碼;檢查查詢之代碼須在其專案中查詢。",
                en="`kgtool rule` lists them all; in a project, those of its check queries too.",
            ),
        )
    query = catalog.queries.get(rule.slug) if catalog else None
    query = query if query is not None and query.code == rule.code else None
    write_out("".join(f"{line}\n" for line in rule_page(rule, language, query)))
    return 0


def _catalog(project_dir: Path | None) -> Catalog | None:
    """The queries of the project at hand; outside of one, only the program's own rules are explained."""
    from kgtool.catalog import load_catalog

    try:
        return load_catalog(open_from(project_dir, {}))
    except KgError:
        return None
