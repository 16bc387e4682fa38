"""`kgtool check` as a function: a project in, a report out."""

from __future__ import annotations

import datetime
import time
from pathlib import Path

from kgtool.catalog import load_catalog
from kgtool.checks import FAMILIES, Inputs
from kgtool.finding import Finding
from kgtool.formats import RDF_SUFFIXES
from kgtool.load import load
from kgtool.project import Project, project_files
from kgtool.report import Report, Totals
from kgtool.report.model import selected
from kgtool.write.curie import Curies

RDF_KINDS = ("ontology", "data", "shapes")


def check(
    project: Project,
    now: datetime.datetime,
    *,
    only: Path | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
) -> Report:
    """Run every check family over a project.

    Args:
        now: aware; `--as-of` wins over it.
        only: a file or folder inside the project; everything is read, but only findings that lie there are reported.
        select, ignore: rule codes, beginnings of codes (`KG2`), or sources (a shape or query name).
    Returns:
        The report, sorted; equal inputs give equal reports but for `Totals.seconds`.
    Raises:
        ProjectError, EngineError: the check could not be run; that is never a pass.
    """
    began = time.monotonic()
    inputs = read_inputs(project, now)
    outcomes = [family(inputs) for family in FAMILIES]
    findings = sorted({finding for outcome in outcomes for finding in outcome.findings})
    chosen = selected(_within(project, findings, only), select, ignore)
    notes = sorted({note for outcome in outcomes for note in outcome.notes})
    totals = Totals(
        len(inputs.dataset.files) + len(inputs.catalog.files), inputs.dataset.size,
        sum(outcome.checks for outcome in outcomes), time.monotonic() - began,
    )  # fmt: skip
    return Report(chosen, tuple(notes), totals, inputs.today.isoformat())


def read_inputs(project: Project, now: datetime.datetime) -> Inputs:
    """Everything that checks and queries need of a project, read once."""
    files = [file for kind in RDF_KINDS for file in project_files(project, kind, tuple(RDF_SUFFIXES))]
    return Inputs(project, load(files), load_catalog(project), project.today(now), Curies(project.prefixes))


def _within(project: Project, findings: list[Finding], only: Path | None) -> list[Finding]:
    if only is None or only.resolve() == project.root:
        return findings
    name = only.resolve().relative_to(project.root).as_posix()
    return [f for f in findings if f.place.path == name or f.place.path.startswith(name + "/")]
