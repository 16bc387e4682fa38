"""Validation by kgtool, pySHACL and pyshacl-turbo on the same data in one run: CPU, memory, and whether it is right.

    python bench/shapes.py --sizes 10000 100000 1000000 --engines kgtool pyshacl pyshacl-turbo

Each engine is a process of its own, one after the other, on data/0000.ttl (and kgtool again on 1,000 files); CPU is user
and system time of that process from its start. `--growth` measures each shape by itself. `--work` keeps the data between
runs. An engine that is not installed is left out.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pyoxigraph as ox
from make_shapes import SHAPES, make

from kgtool.shacl import Plan
from kgtool.terms import SH

HERE = Path(__file__).resolve()


def one(folder: Path) -> None:
    """What kgtool does, with the CPU of each part: the process that is measured."""
    start = time.process_time()
    from kgtool.index import Index
    from kgtool.shacl import make_plan, results, validate_index

    marks = [("start", start), ("import", time.process_time())]
    index = Index()
    for file in sorted((folder / "data").glob("*.ttl")):
        index.extend(ox.parse(path=str(file)), file.name)
    marks.append(("parse and index", time.process_time()))
    shapes = make_plan(ox.parse(path=str(SHAPES)))
    marks.append(("plan", time.process_time()))
    report = validate_index(index, shapes)
    marks.append(("validate", time.process_time()))
    found = results(shapes, report)
    marks.append(("results", time.process_time()))
    rows = [_row(result.shape, result.component, result.focus) for result in found]
    spent = {name: round(at - before, 3) for (name, at), (_, before) in zip(marks[1:], marks, strict=False)}
    focus = sum(report.focus.values())
    sys.stdout.write(
        json.dumps({"rows": rows, "spent": {"start": round(start, 3), **spent}, "focus": focus, "triples": len(index)})
    )


def _row(shape: str, component: str, focus: str) -> str:
    return f"{shape.rpartition('#')[2]}\t{component.removeprefix(SH).removesuffix('ConstraintComponent')}\t{focus}"


def rows_of_report(text: bytes) -> list[str]:
    """Rows of a validation report in N-Triples, as the other engines' command lines print it; results inside sh:detail
    belong to the result that has them."""
    table: dict[object, dict[str, str]] = {}
    inner = set()
    for quad in ox.parse(text, format=ox.RdfFormat.N_TRIPLES):
        if quad.predicate.value == SH + "detail":
            inner.add(quad.object)
        table.setdefault(quad.subject, {})[quad.predicate.value] = getattr(quad.object, "value", "")
    names = [SH + name for name in ("sourceShape", "sourceConstraintComponent", "focusNode")]
    return [_row(*(result[name] for name in names)) for node, result in table.items()
            if node not in inner and SH + "resultSeverity" in result]  # fmt: skip


def growth(work: Path, sizes: list[int]) -> None:
    """A line for each shape with targets: CPU of it alone at each size, workers included, and how it grows. The lowest of
    five. Finding the focus nodes of all shapes, which every run does, is a line of its own and is taken off the others.
    """
    from kgtool.index import Index
    from kgtool.shacl import Part, make_plan, validate_index

    spent: dict[str, list[float]] = {}
    for size in sizes:
        folder = work / f"{size}-1"
        if not (folder / "expected.tsv").exists():
            make(folder, size, 1)
        index, shapes = Index(), make_plan(ox.parse(path=str(SHAPES)))
        for file in (folder / "data").glob("*.ttl"):
            index.extend(ox.parse(path=str(file)), file.name)

        def lowest(*numbers: int, index: Index = index, shapes: Plan = shapes) -> float:
            best = math.inf
            for _ in range(5):
                began = _cpu()
                validate_index(index, shapes, part=Part(shapes=frozenset(numbers)))
                best = min(best, _cpu() - began)
            return best

        every = validate_index(index, shapes).focus
        nodes = lowest()
        spent.setdefault("focus nodes of all", []).append(nodes)
        for number in every:
            spent.setdefault(shapes.shapes[number].name.rpartition("#")[2], []).append(lowest(number) - nodes)
    heads = [*(f"{size:,}: ms" for size in sizes), *("times" for _ in sizes[1:])]
    sys.stdout.write(f"| shape | {' | '.join(heads)} |\n|---|{'---:|' * len(heads)}\n")
    for name, seconds in spent.items():
        cells = [*(f"{1000 * one:.1f}" for one in seconds), *(f"{b / a:.1f}" for a, b in itertools.pairwise(seconds))]
        sys.stdout.write(f"| {name} | {' | '.join(cells)} |\n")


def _cpu() -> float:
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def measured(command: list[str], out: Path) -> tuple[float, float, float]:
    """Run a command; CPU seconds (user and system), peak memory in MB, wall seconds."""
    began = time.monotonic()
    with out.open("wb") as stream:
        process = subprocess.Popen(
            command, stdout=stream, stderr=subprocess.DEVNULL, env={**os.environ, "PYTHONHASHSEED": "0"}
        )
        _, _, usage = os.wait4(process.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.monotonic() - began


def commands(engine: str, folder: Path) -> list[str] | None:
    if engine == "kgtool":
        return [sys.executable, str(HERE), "--one", str(folder)]
    found = shutil.which(engine) or shutil.which(engine, path=str(Path(sys.executable).parent))
    return [found, "-s", str(SHAPES), "-f", "nt", str(folder / "data" / "0000.ttl")] if found else None


def bench(engine: str, folder: Path, label: str) -> str:
    """A line of the table."""
    command = commands(engine, folder)
    if command is None:
        return f"| {engine} | {label} | not installed | | | |"
    out = folder / f"{engine}.out"
    cpu, memory, wall = measured(command, out)
    expected = Counter((folder / "expected.tsv").read_text(encoding="utf-8").splitlines())
    text = out.read_bytes()
    said = json.loads(text) if engine == "kgtool" else {}
    got = Counter(said["rows"] if said else rows_of_report(text))
    right = f"{(expected & got).total()} of {expected.total()}" + (
        f", {(got - expected).total()} not seeded" if got - expected else ""
    )
    parts = " ".join(f"{name} {seconds:.2f}" for name, seconds in said.get("spent", {}).items())
    return f"| {engine} | {label} | {cpu:.2f} | {memory:.0f} | {right} | {parts or f'wall {wall:.0f}'} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", default=["kgtool", "pyshacl", "pyshacl-turbo"])
    parser.add_argument("--only-kgtool-above", type=int, default=1_000_000)
    parser.add_argument("--work", type=Path)
    parser.add_argument("--growth", action="store_true", help="kgtool alone, each shape by itself at each size")
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        one(chosen.one)
        return
    work = chosen.work or Path(tempfile.mkdtemp(prefix="kgtool-shapes-"))
    if chosen.growth:
        growth(work, chosen.sizes)
        return
    say = sys.stdout.write
    say(f"{os.cpu_count()} CPUs, Python {sys.version.split()[0]}, {resource.getpagesize()} B pages\n\n")
    say("| engine | triples | CPU s | MB | seeded violations found | parts (CPU s) |\n|---|---|---|---|---|---|\n")
    for size in chosen.sizes:
        for files in (1, 1000):
            folder = work / f"{size}-{files}"
            if not (folder / "expected.tsv").exists():
                make(folder, size, files)
            engines = chosen.engines if files == 1 and size <= chosen.only_kgtool_above else ["kgtool"]
            for engine in engines:
                say(bench(engine, folder, f"{size:,} in {files:,} file{'s' * (files > 1)}") + "\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()
