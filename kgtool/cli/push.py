"""kgtool push REMOTE"""

from __future__ import annotations

import datetime
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kgtool.cli.common import common_options, language_of, on_terminal, open_from, remote_of, write_out
from kgtool.errors import RemoteError, UsageError, texts
from kgtool.formats import Audience, FailOn
from kgtool.lang import pick, plural

if TYPE_CHECKING:
    from kgtool.project import Project
    from kgtool.push import Plan, Pushed, Recipe

_MOST_LISTED = 5


@click.command("push")
@click.argument("remote")
@click.option("--dry-run", is_flag=True, help="只說將做什麼 / Say what would be done, and do nothing.")
@click.option("--prune", is_flag=True, help="移除專案已無之圖 / Remove graphs that the project no longer has.")
@click.option("--verify-only", is_flag=True, help="只核對,不載入 / Load nothing, compare everything.")
@click.option("--allow-findings", is_flag=True, help="檢查未通過仍載入 / Push a graph that its check finds fault with.")
@click.option(
    "--allow-differences", is_flag=True,
    help="引擎未如實保存者仍視為完成 / Take what the engine does not keep exactly for loaded.",
)  # fmt: skip
@click.option(
    "--bulk", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
    help="改寫成 N-Quads 檔供引擎自行載入 / Write N-Quads for the engine's own loader instead.",
)  # fmt: skip
@click.option(
    "--audience", type=click.Choice([a.value for a in Audience]), default="internal", show_default=True,
    help="只載入此對象可見者 / Load only what this audience may see.",
)  # fmt: skip
@common_options
def command(
    remote: str, dry_run: bool, prune: bool, verify_only: bool, allow_findings: bool, allow_differences: bool, audience: str,
    bulk: Path | None, project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """將檢查過的圖放入設定中的遠端引擎並核對。

    Put the checked graph into a remote of the settings, read it back and compare.
    """
    project = open_from(project_dir, {"sources": sources, "as-of": as_of})
    language = language_of(lang, project)
    if "://" in remote:
        raise UsageError(
            "E-USAGE",
            texts(zh="push 須給設定中之遠端名稱。", en="push takes a remote of the settings, not an address."),
            texts(zh="見 docs/remote.md。", en="See docs/remote.md."),
        )
    there = remote_of(project, remote)
    if not (allow_findings or verify_only) and _fails(project, language):
        return 1
    from kgtool.check import read_inputs
    from kgtool.engine.remote import credentials_of
    from kgtool.push import make_plan, push, verify, write_bulk

    who = credentials_of(there, os.environ)
    dataset = read_inputs(project, datetime.datetime.now(datetime.UTC)).dataset
    plan = make_plan(there, dataset, project, Audience(audience))
    if bulk is not None:
        write_out(_recipe(write_bulk(plan, bulk), plan, language))
        return 0
    if verify_only:
        done = verify(plan, who, tolerant=allow_differences)
    else:
        done = push(plan, who, prune=prune, dry_run=dry_run, tolerant=allow_differences, progress=_progress)
    write_out(_report(done, language, dry_run=dry_run))
    if done.differences and not allow_differences:
        raise _differs(remote, done)
    return 0


def _progress(graph: str) -> None:
    if on_terminal():
        click.echo(f"kgtool: {graph}", err=True)


def _fails(project: Project, language: str) -> bool:
    """Check the project; print what is found when that fails."""
    from kgtool.check import check
    from kgtool.report import to_human
    from kgtool.write.curie import Curies

    report = check(project, datetime.datetime.now(datetime.UTC))
    if not report.exit_status(FailOn(project["fail-on"])):
        return False
    lines = to_human(report, language, Curies(project.prefixes))
    write_out("".join(f"{line.text}\n" for line in lines))
    said = (
        "not pushed: the check fails; --allow-findings pushes all the same" if language == "en"
        else "未載入:檢查未通過;如仍要載入請用 --allow-findings"
    )  # fmt: skip
    click.echo(f"kgtool: {said}", err=True)
    return True


def _report(done: Pushed, language: str, *, dry_run: bool) -> str:
    chinese = language != "en"
    if dry_run:
        lines = [f"{word} {graph}" for word, graphs in (("put", done.put), ("drop", done.pruned)) for graph in graphs]
    else:
        lines = [f"drop {graph}" for graph in done.pruned]
    for found in done.differences:
        lines.append(
            f"{found.graph}:應有 {found.wanted} 個三元組,得 {found.found}" if chinese
            else f"{found.graph}: {found.wanted} {plural(found.wanted, 'triple')} wanted, {found.found} found"
        )  # fmt: skip
        lines += [f"  - {triple}" for triple in found.lacking] + [f"  + {triple}" for triple in found.added]
    if done.left:
        lines.append(
            f"專案已無之圖 {len(done.left)} 個仍在引擎中(--prune 移除)" if chinese
            else f"{len(done.left)} {plural(len(done.left), 'graph')} that the project no longer has "
            f"{plural(len(done.left), 'is still there (--prune removes it)', 'are still there (--prune removes them)')}"
        )  # fmt: skip
    put, same, pruned, count = len(done.put), len(done.same), len(done.pruned), f"{done.triples:,}"
    lines.append(
        f"{'將' if dry_run else ''}載入 {put} 圖,不變 {same} 圖,移除 {pruned} 圖;共 {count} 個三元組({done.seconds:.1f} 秒)"
        if chinese
        else f"{put} {plural(put, 'graph')} {'to load' if dry_run else 'loaded'}, {same} unchanged, {pruned} removed; "
        f"{count} {plural(done.triples, 'triple')} in all ({done.seconds:.1f} s)"
    )
    return "\n".join(lines) + "\n"


def _recipe(recipe: Recipe, plan: Plan, language: str) -> str:
    count = len(plan.graphs)
    head = (
        f"# {recipe.file}: {plan.triples:,} {plural(plan.triples, 'triple')} in {count} {plural(count, 'graph')}" if language == "en"
        else f"# {recipe.file}:{count} 圖,{plan.triples:,} 個三元組"
    )  # fmt: skip
    return "\n".join([head, f"# {pick(recipe.remark, language)}", *recipe.steps]) + "\n"


def _differs(name: str, done: Pushed) -> RemoteError:
    names = [found.graph for found in done.differences]
    listed = ", ".join(names[:_MOST_LISTED]) + (" …" if len(names) > _MOST_LISTED else "")
    return RemoteError(
        "E-PUSH-DIFFERS",
        texts(
            zh=f"{name}:{len(names)} 圖與所載入者不同:{listed}",
            en=f"{name}: {len(names)} {plural(len(names), 'graph is', 'graphs are')} not what was put there: {listed}",
        ),
        texts(
            zh="見上列之三元組;可接受時用 --allow-differences(docs/remote.md)。",
            en="See the triples above; --allow-differences takes them as they are (docs/remote.md).",
        ),
    )
