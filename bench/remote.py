"""The shapes of the model on a large graph: embedded, and compiled and run inside Oxigraph and Virtuoso; and what is served in
front of them. Prints a table.

    python bench/remote.py                              # 100,000 triples; some minutes
    python bench/remote.py --size 1000000 --engine oxigraph

The graph is `bench/make_city.py`'s, put into one graph by `kgtool.push`, which reads it back and compares. Each engine is
started on free loopback ports in a temporary folder and ended. CPU is this process's; the engine's own is not in it.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from msgspec import structs

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engines import Engine, running_oxigraph, running_virtuoso  # noqa: E402

from kgtool.check import check_endpoint, read_inputs  # noqa: E402
from kgtool.checks import Inputs  # noqa: E402
from kgtool.checks.shapes import check_shapes  # noqa: E402
from kgtool.engine import SERVED  # noqa: E402
from kgtool.errors import KgError  # noqa: E402
from kgtool.project import Evaluate, Project, Remote, Scope, open_project  # noqa: E402
from kgtool.push import make_plan, push  # noqa: E402
from kgtool.serve.message import Request  # noqa: E402
from kgtool.serve.remote import RemoteApp, open_app  # noqa: E402
from kgtool.serve.settings import ServeSettings  # noqa: E402
from kgtool.terms import CD  # noqa: E402

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
GRAPH = "https://example.org/bench"
PAGE, CUT = 5_000, 10_000
STARTS = {"oxigraph": running_oxigraph, "virtuoso": lambda folder: running_virtuoso(folder, CUT)}
SERVED_TIMES = 20
Row = tuple[str, float, float, str]


def timed(name: str, what: Callable[[], str]) -> Row:
    """One row: name, wall seconds, CPU seconds, what came of it (an error too is an outcome)."""
    wall, cpu = time.perf_counter(), time.process_time()
    try:
        said = what()
    except KgError as error:
        said = str(error)[:160]
    return name, time.perf_counter() - wall, time.process_time() - cpu, said


def main() -> None:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("--size", type=int, default=100_000)
    arguments.add_argument("--engine", action="append", choices=sorted(STARTS))
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as top, contextlib.ExitStack() as stack:
        folder = Path(top) / "city"
        subprocess.run([sys.executable, str(ROOT / "bench" / "make_city.py"), str(given.size), str(folder)], check=True)
        project = open_project(folder, {}, {})
        inputs = read_inputs(project, NOW)
        rows = [timed("embedded: index, types and shapes", lambda: f"{len(check_shapes(inputs).findings)} findings")]
        for name in given.engine or sorted(STARTS):
            inside = Path(top) / name
            inside.mkdir()
            rows += elsewhere(stack.enter_context(STARTS[name](inside)), project, inputs)
    lines = [f"{inputs.dataset.size:,} triples\n", "| | wall s | CPU s here | |", "|---|---|---|---|"]
    lines += [f"| {name} | {wall:.2f} | {cpu:.2f} | {said} |" for name, wall, cpu, said in rows]
    sys.stdout.write("\n".join(lines) + "\n")


def elsewhere(engine: Engine, project: Project, inputs: Inputs) -> list[Row]:
    """Push, then the check of shapes and check queries."""
    remote = structs.replace(engine.remote, graph=GRAPH, timeout=900.0, page_size=PAGE, scope=Scope.PROJECT)
    here = Evaluate.HERE if engine.name == "virtuoso" else Evaluate.THERE
    remote = structs.replace(remote, evaluate=here)
    plan = make_plan(remote, inputs.dataset, project)
    who = engine.who

    def pushed() -> str:
        return f"{len(push(plan, who).differences)} graphs differ"

    def checked() -> str:
        report = check_endpoint(project, remote, NOW, engine.environ())
        return f"{len(report.findings)} findings, {len(report.notes)} notes"

    rows = [timed(f"{engine.name}: push, read back, compare", pushed)]
    rows += served(engine, project, remote, inputs)
    return [*rows, timed(f"{engine.name}: check", checked)]


def served(engine: Engine, project: Project, remote: Remote, inputs: Inputs) -> list[Row]:
    """Start in front of the engine, then descriptions, pages and calls of visits, each made anew: the mean of all."""
    settings = ServeSettings(limits=structs.replace(SERVED, seconds=60.0))
    apps: list[RemoteApp] = []

    def opened() -> str:
        apps.append(open_app(project, remote, settings, NOW, engine.environ()))
        return "once"

    rows = [timed(f"{engine.name}: serve, start", opened)]
    if not apps:
        return rows
    base = str(project["base"])
    visits = [q.subject.value for q in inputs.dataset.quads("data") if str(q.object) == f"<{CD}Visit>"]
    names = [iri.removeprefix(base) for iri in visits if iri.startswith(base)][:: max(1, len(visits) // SERVED_TIMES)]
    kinds = {"description": "/data/{}.ttl", "page": "/en/id/{}", "query": "/api/delegation?visit=<" + base + "{}>"}
    for kind, form in kinds.items():
        rows.append(
            each(f"{engine.name}: serve, {kind}", apps[0], [form.format(name) for name in names[:SERVED_TIMES]])
        )
    apps[0].close()
    return rows


def each(name: str, app: RemoteApp, targets: list[str]) -> Row:
    """One row: means of a request."""
    statuses: Counter[int] = Counter()

    def ask() -> str:
        for target in targets:
            path, _, query = target.partition("?")
            statuses[app(Request("GET", path, quote(query, safe="=&"))).status] += 1
        return ", ".join(f"{count} of status {status}" for status, count in statuses.items())

    label, wall, cpu, said = timed(name, ask)
    return label, wall / len(targets), cpu / len(targets), said


if __name__ == "__main__":
    main()
