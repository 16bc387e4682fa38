"""kgtool source add|describe|list"""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.errors import UsageError, texts

if TYPE_CHECKING:
    from kgtool.checks import Inputs


@click.group("source")
def command() -> None:
    """來源文字:加入、描述、列出。 / Source texts: add, describe, list."""


def _inputs(project_dir: Path | None, sources: str | None, as_of: str | None) -> Inputs:
    from kgtool.check import read_inputs

    return read_inputs(
        open_from(project_dir, {"sources": sources, "as-of": as_of}), datetime.datetime.now(datetime.UTC)
    )


@command.command("add")
@click.argument("file", type=click.Path(path_type=Path))
@common_options
def add(file: Path, project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None) -> int:
    """核對檔案與記錄之摘要值,放入來源資料夾。 / Check FILE against the digests on record and bring it to hand."""
    from kgtool.cite import add_source

    inputs = _inputs(project_dir, sources, as_of)
    record, target = add_source(inputs, file)
    chinese = language_of(lang, inputs.project) != "en"
    name = inputs.curies.short(record.iri)
    write_out(f"{name}:摘要值相符,已放入 {target}\n" if chinese else f"{name}: digests match; now at {target}\n")
    return 0


@command.command("describe")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--id", "name", required=True, metavar="CURIE", help="新來源之名稱,如 src:report-2014h1 / Name of the new source."
)
@common_options
def describe(
    file: Path, name: str, project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None
) -> int:
    """印出新來源的記錄(摘要值、碼位數、逐行摘要值)。 / Print the record of a new source, ready to paste."""
    from kgtool.cite import source_turtle
    from kgtool.sources import read_source

    inputs = _inputs(project_dir, sources, as_of)
    iri = inputs.curies.expand(name)
    if iri is None:
        raise UsageError(
            "E-USAGE",
            texts(zh=f"--id {name}:須為前綴名稱或 IRI。", en=f"--id {name}: give a prefixed name or an IRI."),
            texts(zh="前綴見 `kgtool config`。", en="`kgtool config` lists the prefixes."),
        )
    write_out(source_turtle(inputs, iri, read_source(file)))
    return 0


@command.command("list")
@common_options
def list_(project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None) -> int:
    """列出已記錄之來源,及其文字是否在手邊。 / List the sources on record and whether their text is at hand."""
    from kgtool.checks.evidence import read_records
    from kgtool.sources import find_text

    inputs = _inputs(project_dir, sources, as_of)
    chinese = language_of(lang, inputs.project) != "en"
    records, _ = read_records(inputs)
    folder = inputs.project.sources
    for iri, record in sorted(records.items()):
        text = find_text(record, folder)
        if text is None:
            state = "不在手邊" if chinese else "not at hand"
        elif text.sha256 == record.sha256:
            state = f"在手邊:{text.path}" if chinese else f"at hand: {text.path}"
        else:
            state = f"與記錄不符:{text.path}" if chinese else f"differs from the record: {text.path}"
        write_out(f"{inputs.curies.short(iri)}  {record.code_points}  {state}\n")
    return 0
