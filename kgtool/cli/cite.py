"""kgtool cite SOURCE (--find TEXT | --span A:B | --facts FILE)"""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import click

from kgtool.cli.common import common_options, open_from, write_out
from kgtool.errors import UsageError, texts

_SPAN = re.compile(r"([0-9]{1,9}):([0-9]{1,9})")


@click.command("cite")
@click.argument("source")
@click.option("--find", "wanted", metavar="TEXT", help="逐字尋找 / Words to find, exactly.")
@click.option("--span", metavar="A:B", help="碼位範圍 / Code points A to B, from 0, end exclusive.")
@click.option(
    "--facts", type=click.Path(path_type=Path), metavar="FILE", help="整批:JSON Lines(id、start、end) / In bulk."
)
@click.option("--summary-zh", default=None, metavar="TEXT", help="自撰中文摘要 / Your own summary in Chinese.")
@click.option("--summary-en", default=None, metavar="TEXT", help="自撰英文摘要 / Your own summary in English.")
@common_options
def command(
    source: str, wanted: str | None, span: str | None, facts: Path | None, summary_zh: str | None, summary_en: str | None,
    project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """印出某來源一段文字的證據節點(範圍與摘要值),可直接貼入資料。

    Print the evidence node of a passage of SOURCE (span and digest), ready to paste.
    """
    if [wanted, span, facts].count(None) != 2:
        raise UsageError(
            "E-USAGE",
            texts(zh="請給 --find、--span、--facts 之一。", en="give one of --find, --span and --facts."),
            texts(zh="`kgtool cite --help` 說明用法。", en="`kgtool cite --help` shows how."),
        )
    from kgtool.check import read_inputs
    from kgtool.cite import cite_facts, cite_find, cite_span, passage_turtle, read_facts, resolve_source, source_text

    inputs = read_inputs(
        open_from(project_dir, {"sources": sources, "as-of": as_of}), datetime.datetime.now(datetime.UTC)
    )
    record = resolve_source(inputs, source)
    text = source_text(inputs, record)
    if facts:
        bulk = cite_facts(record, text, read_facts(facts))
        write_out("\n".join(
            f"# {passage.line}:{passage.column} {' '.join(fact.id for fact in told)}\n"
            f"{passage_turtle(inputs, passage, told[0].summary)}"
            for passage, told in bulk
        ))  # fmt: skip
        return 0
    found = [cite_span(record, text, *_ends(span))] if span else cite_find(record, text, wanted or "")
    summary = {tag: words for tag, words in (("zh-Hant", summary_zh), ("en", summary_en)) if words}
    blocks = [f"# {p.line}:{p.column}\n{passage_turtle(inputs, p, summary)}" for p in found]
    write_out("\n".join(blocks))
    if len(found) > 1:
        click.echo(f"kgtool: {len(found)} 處 / places", err=True)
    return 0


def _ends(span: str) -> tuple[int, int]:
    match = _SPAN.fullmatch(span)
    if not match:
        raise UsageError(
            "E-SPAN",
            texts(zh=f"--span {span}:須為 起:迄,例如 39:44。", en=f"--span {span}: write START:END, e.g. 39:44."),
            texts(zh="以碼位計,自 0 起,不含結尾。", en="Count code points from 0, end exclusive."),
        )
    return int(match[1]), int(match[2])
