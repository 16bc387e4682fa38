"""The shapes of the model on a large graph: embedded, and compiled and run inside Oxigraph and Virtuoso. Prints a table.

    python bench/remote.py                              # 100,000 triples; some minutes
    python bench/remote.py --size 1000000 --engine oxigraph

The graph is `bench/make_city.py`'s, put into one graph by `kgtool.push`, which reads it back and compares. Each engine is
started on free loopback ports in a temporary folder and ended. CPU is this process's; the engine's own is not in it.
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import datetime
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from engines import Engine, running_oxigraph, running_virtuoso  # noqa: E402

from kgtool.check import check_endpoint, read_inputs  # noqa: E402
from kgtool.checks import Inputs  # noqa: E402
from kgtool.checks.shapes import check_shapes  # noqa: E402
from kgtool.errors import KgError  # noqa: E402
from kgtool.project import Evaluate, Project, Scope, open_project  # noqa: E402
from kgtool.push import make_plan, push  # noqa: E402

NOW = datetime.datetime(2030, 1, 1, tzinfo=datetime.UTC)
GRAPH = "https://example.org/bench"
PAGE, CUT = 5_000, 10_000
STARTS = {"oxigraph": running_oxigraph, "virtuoso": lambda folder: running_virtuoso(folder, CUT)}
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
    lines += [f"| {name} | {wall:.1f} | {cpu:.1f} | {said} |" for name, wall, cpu, said in rows]
    sys.stdout.write("\n".join(lines) + "\n")


def elsewhere(engine: Engine, project: Project, inputs: Inputs) -> list[Row]:
    """Push, then the check of shapes and check queries."""
    remote = dataclasses.replace(engine.remote, graph=GRAPH, timeout=900.0, page_size=PAGE, scope=Scope.PROJECT)
    here = Evaluate.HERE if engine.name == "virtuoso" else Evaluate.THERE
    remote = dataclasses.replace(remote, evaluate=here)
    plan = make_plan(remote, inputs.dataset)
    who = engine.who

    def pushed() -> str:
        return f"{len(push(plan, who).differences)} graphs differ"

    def checked() -> str:
        report = check_endpoint(project, remote, NOW, engine.environ())
        return f"{len(report.findings)} findings, {len(report.notes)} notes"

    return [timed(f"{engine.name}: push, read back, compare", pushed), timed(f"{engine.name}: check", checked)]


if __name__ == "__main__":
    main()
