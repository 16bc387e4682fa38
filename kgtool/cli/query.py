"""kgtool query [NAME]"""

from __future__ import annotations

import datetime
import io
import os
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import (
    coloured,
    common_options,
    endpoint_option,
    language_of,
    on_terminal,
    open_from,
    remote_of,
    write_out,
)
from kgtool.errors import KgError, UsageError, texts, why
from kgtool.formats import ResultFormat
from kgtool.lang import pick, plural

if TYPE_CHECKING:
    from kgtool.catalog import ColumnText, NamedQuery
    from kgtool.engine import Answer, Solutions
    from kgtool.project import Preset, Project
    from kgtool.query import Workbench

_ROLES = {
    "ask": ("查詢", "Queries"), "preset": ("預設查詢", "Presets"), "build": ("衍生", "Build"), "check": ("檢查", "Checks"),
}  # fmt: skip
# Wide enough that no cell is wrapped when the reader is a program or a pager.
_UNBOUNDED = 100_000


def _complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    from kgtool.catalog import load_catalog

    try:
        project = open_from(None, {})
        names = [*load_catalog(project).queries, *project.presets]
    except KgError:
        return []
    return sorted(name for name in names if name.startswith(incomplete))


@click.command("query", add_help_option=False)
@click.argument("name", required=False, shell_complete=_complete)
@click.option(
    "--param", "params", multiple=True, metavar="K=V", help="參數 / A parameter, e.g. --param city=gov:harbour."
)
@click.option("--file", "file", metavar="F", help="執行查詢檔,- 為標準輸入 / Run a query file; - is standard input.")
@click.option("--format", "form", type=click.Choice([f.value for f in ResultFormat]), help="輸出格式 / Output format.")
@endpoint_option
@click.option("-h", "--help", "wants_help", is_flag=True, help="說明(查詢亦可) / Help, of a query too.")
@common_options
@click.pass_context
def command(
    ctx: click.Context, name: str | None, params: tuple[str, ...], file: str | None, form: str | None,
    endpoint: str | None, wants_help: bool, project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """執行具名查詢;不給名稱則列出全部。

    Run a named query; without a name, list them all. `kgtool query NAME --help` explains one.
    """
    if wants_help and not name:
        click.echo(ctx.get_help())
        return 0
    if name and file:
        raise UsageError(
            "E-USAGE",
            texts(zh="名稱與 --file 只能擇一。", en="give a name or --file, not both."),
            texts(zh="`kgtool query --help` 說明用法。", en="`kgtool query --help` shows how."),
        )
    from kgtool.query import listing

    project = open_from(project_dir, {"sources": sources, "as-of": as_of})
    language = language_of(lang, project)
    bench = _bench(project, endpoint)
    if not name and not file:
        write_out(_list(listing(project, bench.catalog), language))
        return 0
    if wants_help and name:
        write_out(_help(*bench.find(name), language))
        return 0
    given = _given(params)
    answer = bench.answer(name, given) if name else bench.answer_text(_read(file or "-"), given)
    words = bench.find(name)[0].column_texts if name else {}
    write_out(_text(bench, answer, form, language, words))
    return 0


def _bench(project: Project, endpoint: str | None) -> Workbench:
    """The project's own graph, or that of an engine elsewhere."""
    from kgtool.query import open_remote_workbench, open_workbench

    now = datetime.datetime.now(datetime.UTC)
    if endpoint is None:
        return open_workbench(project, now)
    return open_remote_workbench(project, remote_of(project, endpoint), now, os.environ)


def _given(params: tuple[str, ...]) -> dict[str, list[str]]:
    """Values by name; a name may stand more than once, which only a parameter that takes many allows."""
    out: dict[str, list[str]] = {}
    for param in params:
        key, equals, value = param.partition("=")
        if not equals or not key:
            raise UsageError(
                "E-PARAM-FORM",
                texts(
                    zh=f"--param {param}:須為 名稱=值。",
                    en=f"--param {param}: write NAME=VALUE.",
                ),
                texts(zh="例如:--param since=2004", en="Example: --param since=2004"),
            )
        out.setdefault(key, []).append(value)
    return out


def _read(name: str) -> str:
    try:
        return (
            sys.stdin.buffer.read().decode("utf-8-sig") if name == "-" else Path(name).read_bytes().decode("utf-8-sig")
        )
    except (OSError, UnicodeDecodeError) as error:
        said = why(error)
        raise UsageError(
            "E-FILE-READ",
            texts(zh=f"{name}:無法讀取查詢檔({said['zh-Hant']})。", en=f"{name}: cannot be read ({said['en']})."),
            texts(
                zh="請給 UTF-8 之查詢檔,或以 - 由標準輸入讀取。", en="Give a UTF-8 query file, or - for standard input."
            ),
        ) from error


def _list(rows: Iterable[tuple[str, str, object]], language: str) -> str:
    out: list[str] = []
    role = ""
    chinese = language != "en"
    entries = list(rows)
    width = max((len(name) for name, _, _ in entries), default=0)
    for name, kind, summary in entries:
        if kind != role:
            out += ["", _ROLES[kind][0 if chinese else 1]] if out else [_ROLES[kind][0 if chinese else 1]]
            role = kind
        out.append(f"  {name:<{width}}  {pick(summary, language) if isinstance(summary, dict) else ''}")
    if not entries:
        return ("此專案沒有查詢。" if chinese else "This project has no queries.") + "\n"
    return "\n".join(out) + "\n"


def _help(query: NamedQuery, preset: Preset | None, language: str) -> str:
    chinese = language != "en"
    out = [f"{preset.name if preset else query.name}: {pick(preset.summary if preset else query.summary, language)}"]
    if preset:
        out.append(("預設查詢,呼叫 " if chinese else "A preset that calls ") + query.name)
    if query.description:
        out += ["", pick(query.description, language)]
    if query.params:
        out += ["", "參數:" if chinese else "Parameters:"]
        for param in query.params.values():
            facts = [param.type.value, *([param.cls] if param.cls else [])]
            facts += ["必填" if chinese else "required"] if param.required else []
            fixed = preset.params.get(param.name) if preset else None
            default = fixed or param.default
            facts += [("預設 " if chinese else "default ") + default] if default else []
            facts += [("例 " if chinese else "e.g. ") + param.example] if param.example else []
            facts += ["|".join(param.values)] if param.values else []
            facts += [f"{param.least or ''}…{param.most or ''}"] if param.least or param.most else []
            facts += ["可重複" if chinese else "may be repeated"] if param.many else []
            label = pick(param.label, language)
            out.append(f"  {param.name}  ({', '.join(facts)}){'  ' + label if label else ''}")
    if query.columns:
        out += [
            "",
            ("欄位:" if chinese else "Columns:")
            + " "
            + ", ".join(f"{n} ({t.value})" for n, t in query.columns.items()),
        ]
    example = " ".join(f"--param {p.name}={p.example}" for p in query.params.values() if p.example and p.required)
    call = f"  kgtool query {preset.name if preset else query.name} {'' if preset else example}".rstrip()
    out += ["", ("範例:" if chinese else "Example:"), call, "", query.file.name]
    return "\n".join(out) + "\n"


def _text(
    bench: Workbench, answer: Answer, form: str | None, language: str, words: Mapping[str, ColumnText]
) -> str | bytes:
    from kgtool.engine import Solutions

    if isinstance(answer, Solutions):
        return _solutions(bench, answer, ResultFormat(form or ResultFormat.TABLE), language, words)
    if isinstance(answer, bool):
        return _boolean(answer, ResultFormat(form or ResultFormat.TABLE))
    from kgtool.write.graphs import to_jsonld, to_turtle

    kind = ResultFormat(form or ResultFormat.TTL)
    if kind is ResultFormat.TTL:
        return to_turtle(answer.triples, bench.project.prefixes)
    if kind is ResultFormat.JSONLD:
        return to_jsonld(answer.triples, bench.project.prefixes)
    raise _wrong_form(kind, "ttl, jsonld")


def _boolean(answer: bool, form: ResultFormat) -> str:
    from kgtool.write import results

    writers = {ResultFormat.JSON: results.boolean_json, ResultFormat.XML: results.boolean_xml}
    if form is ResultFormat.TABLE:
        return f"{str(answer).lower()}\n"
    if form not in writers:
        raise _wrong_form(form, "table, json, xml")
    return writers[form](answer)


def _solutions(
    bench: Workbench, answer: Solutions, form: ResultFormat, language: str, words: Mapping[str, ColumnText]
) -> str | bytes:
    from kgtool.write import results

    if form is ResultFormat.XLSX:
        from kgtool.export.xlsx import answer_sheet

        return answer_sheet(answer.variables, answer.rows, bench.today)

    writers = {
        ResultFormat.JSON: results.to_json,
        ResultFormat.XML: results.to_xml,
        ResultFormat.CSV: results.to_csv,
        ResultFormat.TSV: results.to_tsv,
    }
    if form is ResultFormat.TABLE:
        return _table(bench, answer, language, words)
    if form not in writers:
        raise _wrong_form(form, "table, csv, tsv, json, xml, xlsx")
    return writers[form](answer.variables, answer.rows)


def _wrong_form(form: ResultFormat, possible: str) -> UsageError:
    return UsageError(
        "E-FORMAT",
        texts(zh=f"此查詢的結果不能以 {form} 輸出。", en=f"this query's answer has no {form} form."),
        texts(zh=f"可用:{possible}", en=f"Possible: {possible}"),
    )


def _table(bench: Workbench, answer: Solutions, language: str, words: Mapping[str, ColumnText]) -> str:
    """A table for people: labels beside prefixed names, the header's words beside values of a fixed list, nothing unseen."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kgtool.report.model import visible
    from kgtool.write.results import plain

    labels = bench.labels(answer, language)
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name in answer.variables:
        numeric = all(
            getattr(row[answer.variables.index(name)], "value", "").lstrip("-").isdigit() for row in answer.rows
        )
        table.add_column(name, justify="right" if numeric and answer.rows else "left", overflow="fold")
    for row in answer.rows:
        cells = []
        for name, term in zip(answer.variables, row, strict=True):
            text = "" if term is None else plain(term)
            said = words[name].values.get(text) if name in words else None
            if said:
                text = f"{pick(said, language)} ({text})"
            elif text in labels:
                text = f"{labels[text]} ({bench.curies.short(text)})"
            elif term is not None and str(term).startswith("<"):
                text = bench.curies.short(text)
            cells.append(Text(visible(text)))
        table.add_row(*cells)
    stream = io.StringIO()
    terminal = on_terminal()
    console = Console(
        file=stream, force_terminal=coloured(), no_color=not coloured(), width=None if terminal else _UNBOUNDED
    )
    console.print(table)
    count = len(answer.rows)
    rows = "\n".join(line.rstrip() for line in stream.getvalue().splitlines())
    return (
        rows
        + ("\n" if rows else "")
        + (f"({count} {plural(count, 'row')})\n" if language == "en" else f"(共 {count} 列)\n")
    )
