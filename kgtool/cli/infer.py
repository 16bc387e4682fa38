"""kgtool infer"""

from __future__ import annotations

import datetime
from pathlib import Path

import click

from kgtool.cli.common import common_options, open_from, write_out


@click.command("infer")
@click.option(
    "--format", "form", type=click.Choice(["nt", "ttl"]), default="nt", show_default=True, help="格式 / Format."
)
@click.option(
    "--output-file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="寫入檔案 / Write to a file.",
)
@common_options
def command(
    form: str, output_file: Path | None, project_dir: Path | None, sources: str | None, as_of: str | None,
    lang: str | None,
) -> int:  # fmt: skip
    """印出由本體與資料得出、而未載明之三元組。

    Print what follows from ontology and data by OWL 2 RL and is not stated. Of nodes that are the same, types are given
    for each, other statements for one of them.
    """
    from kgtool.check import read_inputs
    from kgtool.explain import infer
    from kgtool.write.files import write_file

    project = open_from(project_dir, {"sources": sources, "as-of": as_of})
    inputs = read_inputs(project, datetime.datetime.now(datetime.UTC))
    triples = infer(inputs)
    if form == "ttl":
        from kgtool.write.graphs import to_turtle

        text = to_turtle(triples, project.prefixes)
    else:
        text = "".join(f"{triple.subject} {triple.predicate} {triple.object} .\n" for triple in triples)
    if output_file:
        write_file(output_file, text)
    else:
        write_out(text)
    return 0
