"""kgtool explain [SUBJECT PREDICATE OBJECT]"""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kgtool.cli.common import common_options, language_of, open_from, write_out
from kgtool.errors import UsageError, texts


@click.command("explain")
@click.argument("statement", nargs=-1, metavar="[SUBJECT PREDICATE OBJECT]")
@click.option(
    "--with", "more", multiple=True, metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="假設資料另有此檔 / As if this file were data too.",
)  # fmt: skip
@common_options
def command(
    statement: tuple[str, ...], more: tuple[Path, ...],
    project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """說明一項敘述何以成立:載於何處,或由哪些敘述依何規則或查詢得出。不給敘述則說明各項矛盾。

    Say why a statement holds: where it is stated, or by which rules it follows from what; a fact that a build query
    derives is shown with that query and what it rests on. Each part is a prefixed name, an IRI, a label, or a literal
    in quotes; `a` is rdf:type. Without a statement, every contradiction is explained.
    Exit status 1: it neither is stated nor follows, or there is a contradiction.
    """
    from kgtool.check import read_inputs
    from kgtool.explain import explain, explain_contradictions, to_text
    from kgtool.report.model import visible

    if len(statement) not in {0, 3}:
        raise UsageError(
            "E-USAGE",
            texts(
                zh="請給主詞、屬性、受詞三者,或皆不給。",
                en="give a subject, a predicate and an object, or none of them.",
            ),
        )
    project = open_from(project_dir, {"sources": sources, "as-of": as_of})
    language = language_of(lang, project)
    inputs = read_inputs(project, datetime.datetime.now(datetime.UTC), more)
    if not statement:
        found = explain_contradictions(inputs)
        write_out(visible("\n".join(to_text(inputs, one, language) for one in found)) or _NONE[language] + "\n")
        return 1 if found else 0
    explanation = explain(inputs, *statement)
    if explanation is None:
        write_out(_NOT[language] + "\n")
        return 1
    write_out(visible(to_text(inputs, explanation, language)))
    return 0


_NONE = texts(zh="沒有矛盾。", en="nothing contradicts.")
_NOT = texts(
    zh="既未載明,也不由所載得出。(並非否定:資料可能不全。)",
    en="neither stated nor following from what is stated (which does not make it false).",
)
