"""`kgtool check` as a function: a project in, a report out."""

from __future__ import annotations

import contextlib
import datetime
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import structs

from kgtool import trial
from kgtool.errors import UsageError, texts
from kgtool.finding import Finding, Note
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES, Engine
from kgtool.policy import (
    Baseline,
    Changes,
    Compared,
    before,
    changes_since,
    compare,
    read_baseline,
    waive,
    write_baseline,
)
from kgtool.project import Project, ProjectFile, inside, project_files
from kgtool.report import Held, Report, Totals
from kgtool.report.model import selected
from kgtool.write.curie import Curies

if TYPE_CHECKING:
    from kgtool.cache import Found
    from kgtool.checks import Inputs, Outcome
    from kgtool.project import Remote
    from kgtool.shacl import Touched

RDF_KINDS = ("ontology", "data", "shapes")
# Rules whose finding means that nothing was checked, wherever it stands: reported even when a part is asked for.
BLINDING = frozenset({"KG202", "KG204", "KG205", "KG206", "KG207", "KG208", "KG209", "KG215"})
# Rules that no waiver and no baseline may hold back: nothing was checked, or somebody's word has run out.
UNDENIABLE = BLINDING | {"KG801", "KG802"}
# Statements up to which it costs less to check again with care, should a query end the process, than to fork over them.
_MOST_ON_TRIAL = 100_000


def check(
    project: Project, now: datetime.datetime, *, only: Path | None = None, select: tuple[str, ...] = (),
    ignore: tuple[str, ...] = (), changed_since: str | None = None, shapes: tuple[str, ...] = (),
    focus: tuple[str, ...] = (), cache: Path | None = None, there: Callable[[], Found] | None = None,
    on_trial: bool = False,
) -> Report:  # fmt: skip
    """Run every check family over a project, then its waivers and its baseline.

    Args:
        now: aware; `--as-of` wins over it.
        only: a file or folder inside the project; everything is read, but only findings that lie there are reported.
        select, ignore: rule codes, beginnings of codes (`KG2`), or sources (a shape or query name).
        changed_since: a git revision; only findings in files that changed since, and results of shapes that may be new.
        shapes, focus: IRIs or prefixed names; only these shapes are run, on these nodes, and no other family.
        cache: a folder of earlier results; what they depend on is read and digested instead of checked.
        there: what finds in place of the families (`check_endpoint`).
        on_trial: this process is for nothing else, so that it may go on in a child (`kgtool.trial`).
    Returns:
        The report, sorted; equal inputs give equal reports but for `Totals.seconds`.
    Raises:
        ProjectError, EngineError: the check could not be run (`only` may be no part of the project); never a pass.
        UsageError: the baseline cannot be read, or there is no such revision, rule, shape or node, or nothing to look at.
    """
    began = time.monotonic()
    part = _part(project, only)
    if select or ignore:
        _known(project, select, ignore)
    changes = None if changed_since is None else changes_since(project.root, changed_since)
    known = read_baseline(project.baseline) if project.baseline else Baseline({})
    partial = bool(shapes or focus or changes or there)
    run = there or (lambda: _run(project, now, shapes, focus, changes, on_trial=on_trial))
    found, today = _found(project, now, None if partial else cache, run), project.today(now)
    waiving = waive(project, found.findings, today, Curies(project.prefixes), UNDENIABLE)
    compared = _of_part(compare(waiving.findings, known, UNDENIABLE), partial=partial)

    def narrow(findings: Iterable[Finding]) -> tuple[Finding, ...]:
        return selected(_within(findings, part), select, ignore)

    asked = narrow(compared.new)
    chosen = changes.keep(asked, _everywhere(project)) if changes else asked
    waived = set(narrow(finding for finding, _ in waiving.waived))
    held = Held(
        tuple(pair for pair in waiving.waived if pair[0] in waived), len(narrow(compared.known)), compared.gone,
        len(asked) - len(chosen),
    )  # fmt: skip
    notes = {*found.notes, *_gone(compared.gone), *_chosen(select, ignore)}
    totals = Totals(found.files, found.triples, found.checks, time.monotonic() - began)
    return Report(chosen, tuple(sorted(notes)), totals, today.isoformat(), held, partial)


def _of_part(compared: Compared, *, partial: bool) -> Compared:
    """Of a part nothing is said of waivers and baselines: what was not looked at is neither gone nor without use."""
    if not partial:
        return compared
    return structs.replace(compared, new=tuple(f for f in compared.new if f.rule != "KG802"), gone=0)


def _everywhere(project: Project) -> frozenset[str]:
    """Rules whose findings count in unchanged files too: a result about a node that did not change may be new because of
    what did, and the shapes have left out all other nodes (pySHACL has not).
    """
    return BLINDING if Engine(project["engine"]) is Engine.PYSHACL else BLINDING | {"KG201"}


def check_endpoint(
    project: Project, remote: Remote, now: datetime.datetime, environ: Mapping[str, str],
    *, select: tuple[str, ...] = (), ignore: tuple[str, ...] = (),
) -> Report:  # fmt: skip
    """Check a graph that lives in another engine, there: shapes and check queries, then waivers and the baseline.

    No data file is read; findings have no place in a file. What is not checked so is named in the notes.
    Args:
        environ: where user and password are (docs/remote.md).
    Raises:
        RemoteError: the endpoint failed; never a pass. EngineError: the shapes cannot be run.
    """
    return check(project, now, select=select, ignore=ignore, there=lambda: _run_there(project, remote, now, environ))


def _run_there(project: Project, remote: Remote, now: datetime.datetime, environ: Mapping[str, str]) -> Found:
    from kgtool.checks.elsewhere import check_elsewhere, elsewhere
    from kgtool.engine.remote import made_for, open_remote

    engine, queries = open_remote(remote, environ)
    inputs = read_inputs(project, now, kinds=("shapes",))
    there = elsewhere(remote, made_for(engine, queries), queries)
    return _together(inputs, check_elsewhere(inputs, there), there.size(), {})


def _found(project: Project, now: datetime.datetime, folder: Path | None, run: Callable[[], Found]) -> Found:
    """What the families find, from the folder of earlier results where their inputs have not changed since."""
    if folder is None:
        return run()
    from kgtool.cache import Cache, from_bytes, inputs_key, to_bytes

    cache, today = Cache(folder), project.today(now)
    key = inputs_key(project, today)
    kept = None if key is None else cache.get(key)
    if kept is not None:
        with contextlib.suppress(ValueError, TypeError, LookupError):
            found = from_bytes(kept)
            if _same(found.others):
                return found
    found = run()
    # A query that was stopped says how busy the machine was, and a file that changed meanwhile may have been read as either.
    lasting = not any(finding.rule == "KG301" for finding in found.findings)
    if key is not None and lasting and _same(found.others) and inputs_key(project, today) == key:
        cache.put(key, to_bytes(found))
    return found


def _same(others: Mapping[str, str]) -> bool:
    from kgtool.cache import digest_of

    return all(digest_of(Path(path)) == digest for path, digest in others.items())


def _run(
    project: Project, now: datetime.datetime, shapes: tuple[str, ...] = (), focus: tuple[str, ...] = (),
    changes: Changes | None = None, *, on_trial: bool = False,
) -> Found:  # fmt: skip
    if on_trial:
        trial.begin()
    # Imported here: together they cost as much as a small project's check, and an earlier result needs none of them.
    from kgtool.cache import digest_of
    from kgtool.checks import FAMILIES, OF_SHAPES, Asked

    inputs = read_inputs(project, now)
    if inputs.dataset.size > _MOST_ON_TRIAL:
        trial.settle()
    asked = Asked(shapes, focus, None if changes is None else _touched(project, inputs, changes))
    if asked.named and Engine(project["engine"]) is Engine.PYSHACL:
        raise _own_engine_only()
    inputs = structs.replace(inputs, asked=asked)
    expected = {test.expect for query in inputs.catalog.queries.values() for test in query.tests if test.expect}
    others = {str(path): digest_of(path) for path in (project.root / name for name in sorted(expected))}
    families = OF_SHAPES if asked.named else FAMILIES
    found = _together(inputs, [family(inputs) for family in families], inputs.dataset.size, others)
    trial.settle()
    return found


def _together(inputs: Inputs, outcomes: Sequence[Outcome], triples: int, others: Mapping[str, str]) -> Found:
    from kgtool.cache import Found

    # Equal findings may differ in their message (two constraints of one shape); only the same words are said once.
    told = {(finding, tuple(sorted(finding.message.items()))) for outcome in outcomes for finding in outcome.findings}
    return Found(
        tuple(finding for finding, _ in sorted(told)),
        tuple(sorted({note for outcome in outcomes for note in outcome.notes})),
        len(inputs.dataset.files) + len(inputs.catalog.files), triples,
        sum(outcome.checks for outcome in outcomes), others,
    )  # fmt: skip


def _touched(project: Project, inputs: Inputs, changes: Changes) -> Touched:
    """What changed in files that are read now or were then; a file that git does not know is new."""
    from kgtool.checks import touched

    names = changes.changed | {
        file.name for file in inputs.dataset.files if not file.shipped and file.name not in changes.tracked
    }
    return touched(inputs.dataset, names, before(project.root, changes, sorted(names)), tuple(project["accept"]))


def _own_engine_only() -> UsageError:
    return UsageError(
        "E-USAGE",
        texts(
            zh="--shape 與 --focus 不能併用 --engine pyshacl。",
            en="--shape and --focus do not go with --engine pyshacl.",
        ),
        texts(zh="請去掉其一。", en="Leave one of them out."),
    )


def accept(report: Report) -> tuple[str, Report]:
    """A baseline of everything that a report found, as the text of its file, and the report beside that baseline.

    Args:
        report: of a whole project, checked without a baseline; of a part it would forget the rest.
    """
    text = write_baseline(report.findings, UNDENIABLE)
    new = tuple(finding for finding in report.findings if finding.rule in UNDENIABLE)
    held = structs.replace(report.held, known=len(report.findings) - len(new))
    return text, structs.replace(report, findings=new, held=held)


def _gone(count: int) -> set[Note]:
    if not count:
        return set()
    return {Note("N-BASELINE-GONE", texts(
        zh=f"基準檔中有 {count} 項已不復見:請以 --write-baseline 重寫。",
        en=f"{count} gone from the baseline: rewrite it with --write-baseline.",
    ))}  # fmt: skip


def _known(project: Project, select: tuple[str, ...], ignore: tuple[str, ...]) -> None:
    from kgtool.policy.names import known_only  # it can read queries and shapes, which a check from the cache does not

    known_only(project, "--select", select)
    known_only(project, "--ignore", ignore)


def _chosen(select: tuple[str, ...], ignore: tuple[str, ...]) -> set[Note]:
    """Whoever reads the report did not always choose what is in it."""
    said = [(f"只報告 {'、'.join(select)}", f"only {', '.join(select)} reported")] if select else []
    said += [(f"不報告 {'、'.join(ignore)}", f"{', '.join(ignore)} not reported")] if ignore else []
    if not said:
        return set()
    return {Note("N-SELECTED", texts(zh=";".join(zh for zh, _ in said), en="; ".join(en for _, en in said)))}


def read_inputs(
    project: Project, now: datetime.datetime, more: Iterable[Path] = (), *, kinds: tuple[str, ...] = RDF_KINDS
) -> Inputs:
    """Everything that checks and queries need of a project, read once; `more` are files to be read as if they were data."""
    from kgtool.catalog import load_catalog
    from kgtool.checks import Inputs
    from kgtool.load import load

    files = [file for kind in kinds for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))]
    files += [ProjectFile(path.as_posix(), path, "data") for path in more]
    return Inputs(
        project, load(files, project["accept"]), load_catalog(project), project.today(now), Curies(project.prefixes)
    )


def _part(project: Project, only: Path | None) -> str:
    """The file or folder to report on, relative to the project (POSIX); "" is all of it."""
    if only is None or only.resolve() == project.root:
        return ""
    return inside(project, only).relative_to(project.root).as_posix()


def _within(findings: Iterable[Finding], part: str) -> list[Finding]:
    if not part:
        return list(findings)
    return [f for f in findings if f.place.path == part or f.place.path.startswith(part + "/") or f.rule in BLINDING]
