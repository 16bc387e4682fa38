"""`kgtool check` as a function: a project in, a report out."""

from __future__ import annotations

import dataclasses
import datetime
import time
from collections.abc import Iterable
from pathlib import Path

from kgtool.catalog import load_catalog
from kgtool.checks import FAMILIES, Inputs
from kgtool.errors import ProjectError, texts
from kgtool.finding import Finding, Note
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.load import load
from kgtool.policy import Baseline, changes_since, compare, read_baseline, waive, write_baseline
from kgtool.project import Project, ProjectFile, project_files
from kgtool.report import Held, Report, Totals
from kgtool.report.model import selected
from kgtool.write.curie import Curies

RDF_KINDS = ("ontology", "data", "shapes")
# Rules whose finding means that nothing was checked, wherever it stands: reported even when a part is asked for.
BLINDING = frozenset({"KG202", "KG204", "KG205", "KG206", "KG207", "KG208", "KG209", "KG215"})
# Rules that no waiver and no baseline may hold back: nothing was checked, or somebody's word has run out.
UNDENIABLE = BLINDING | {"KG801", "KG802"}


def check(
    project: Project,
    now: datetime.datetime,
    *,
    only: Path | None = None,
    select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (),
    changed_since: str | None = None,
) -> Report:
    """Run every check family over a project, then its waivers and its baseline.

    Args:
        now: aware; `--as-of` wins over it.
        only: a file or folder inside the project; everything is read, but only findings that lie there are reported.
        select, ignore: rule codes, beginnings of codes (`KG2`), or sources (a shape or query name).
        changed_since: a git revision; only findings in files that changed since are reported.
    Returns:
        The report, sorted; equal inputs give equal reports but for `Totals.seconds`.
    Raises:
        ProjectError, EngineError: the check could not be run (`only` may be no part of the project); never a pass.
        UsageError: the baseline cannot be read, or there is no such revision.
    """
    began = time.monotonic()
    part = _part(project, only)
    changes = None if changed_since is None else changes_since(project.root, changed_since)
    known = read_baseline(project.baseline) if project.baseline else Baseline({})
    inputs = read_inputs(project, now)
    outcomes = [family(inputs) for family in FAMILIES]
    # Equal findings may differ in their message (two constraints of one shape); only the same words are said once.
    told = {(finding, tuple(sorted(finding.message.items()))) for outcome in outcomes for finding in outcome.findings}
    waiving = waive(project, [finding for finding, _ in sorted(told)], inputs.today, inputs.curies, UNDENIABLE)
    compared = compare(waiving.findings, known, UNDENIABLE)

    def narrow(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return selected(_within(findings, part), select, ignore)

    asked = narrow(compared.new)
    chosen = changes.keep(asked, BLINDING) if changes else asked
    waived = set(narrow(finding for finding, _ in waiving.waived))
    held = Held(
        tuple(pair for pair in waiving.waived if pair[0] in waived), len(narrow(compared.known)), compared.gone,
        len(asked) - len(chosen),
    )  # fmt: skip
    notes = {note for outcome in outcomes for note in outcome.notes} | _gone(compared.gone)
    totals = Totals(
        len(inputs.dataset.files) + len(inputs.catalog.files), inputs.dataset.size,
        sum(outcome.checks for outcome in outcomes), time.monotonic() - began,
    )  # fmt: skip
    return Report(chosen, tuple(sorted(notes)), totals, inputs.today.isoformat(), held)


def accept(report: Report) -> tuple[str, Report]:
    """A baseline of everything that a report found, as the text of its file, and the report beside that baseline.

    Args:
        report: of a whole project, checked without a baseline; of a part it would forget the rest.
    """
    text = write_baseline(report.findings, UNDENIABLE)
    new = tuple(finding for finding in report.findings if finding.rule in UNDENIABLE)
    held = dataclasses.replace(report.held, known=len(report.findings) - len(new))
    return text, dataclasses.replace(report, findings=new, held=held)


def _gone(count: int) -> set[Note]:
    if not count:
        return set()
    return {Note("N-BASELINE-GONE", texts(
        zh=f"基準檔中有 {count} 項已不復見:請以 --write-baseline 重寫。",
        en=f"{count} gone from the baseline: rewrite it with --write-baseline.",
    ))}  # fmt: skip


def read_inputs(project: Project, now: datetime.datetime, more: Iterable[Path] = ()) -> Inputs:
    """Everything that checks and queries need of a project, read once; `more` are files to be read as if they were data."""
    files = [file for kind in RDF_KINDS for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))]
    files += [ProjectFile(path.as_posix(), path, "data") for path in more]
    return Inputs(
        project, load(files, project["accept"]), load_catalog(project), project.today(now), Curies(project.prefixes)
    )


def _part(project: Project, only: Path | None) -> str:
    """The file or folder to report on, relative to the project (POSIX); "" is all of it."""
    if only is None or only.resolve() == project.root:
        return ""
    path = only.resolve()
    if not path.is_relative_to(project.root):
        raise ProjectError(
            "E-PATH-OUTSIDE",
            texts(zh=f"{only}:不在專案 {project.root} 之內。", en=f"{only}: not inside the project {project.root}."),
            texts(zh="請給專案中之檔案或資料夾。", en="Give a file or folder of the project."),
        )
    if not path.exists():
        raise ProjectError(
            "E-PATH-NONE",
            texts(zh=f"{only}:沒有這個檔案或資料夾。", en=f"{only}: no such file or folder."),
            texts(zh="請檢查路徑。", en="Check the path."),
        )
    return path.relative_to(project.root).as_posix()


def _within(findings: Iterable[Finding], part: str) -> list[Finding]:
    if not part:
        return list(findings)
    return [f for f in findings if f.place.path == part or f.place.path.startswith(part + "/") or f.rule in BLINDING]
