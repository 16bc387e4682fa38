"""kgtool rule [CODE]"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import language_of, open_from, write_out
from kgtool.errors import KgError, UsageError, texts
from kgtool.lang import pick

if TYPE_CHECKING:
    from kgtool.catalog import NamedQuery


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
    from kgtool.rules import FAMILIES, builtin_rules

    language = language_of(lang)
    own = _of_queries(project_dir)
    rules = builtin_rules()
    if code is None:
        rows = {
            **{rule.code: pick(rule.title, language) for rule in rules.values()},
            **{c: pick(q.summary, language) for c, q in own.items()},
        }
        write_out("".join(f"{c}  {text}\n" for c, text in sorted(rows.items())))
        return 0
    wanted = code.upper()
    chinese = language != "en"
    if wanted in rules:
        rule = rules[wanted]
        names = ("原因", "反例", "正例", "請") if chinese else ("Why", "Bad", "Good", "Do")
        write_out(
            f"{rule.code} {rule.slug} ({pick(rule.family, language)})\n{pick(rule.title, language)}\n\n"
            f"{names[0]}: {pick(rule.why, language)}\n{names[1]}: {rule.bad}\n{names[2]}: {rule.good}\n"
            f"{names[3]}: {pick(rule.fix, language)}\n"
        )
        return 0
    if wanted in own:
        query = own[wanted]
        family = pick(FAMILIES[wanted[2]], language)
        write_out(f"{wanted} {query.name} ({family})\n{pick(query.summary, language)}\n\n{pick(query.description, language)}\n"
                  f"{'請' if chinese else 'Do'}: {pick(query.fix, language)}\n{query.file.name}\n")  # fmt: skip
        return 0
    raise UsageError(
        "E-RULE-NONE",
        texts(zh=f"沒有代碼「{code}」。", en=f"no rule '{code}'."),
        texts(zh="`kgtool rule` 列出全部代碼。", en="`kgtool rule` lists them all."),
    )


def _of_queries(project_dir: Path | None) -> dict[str, NamedQuery]:
    from kgtool.catalog import load_catalog

    try:
        catalog = load_catalog(open_from(project_dir, {}))
    except KgError:
        return {}
    return {query.code: query for query in catalog.role("check") if query.code}
