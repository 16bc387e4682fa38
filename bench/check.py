"""The whole check: CPU, memory and where the time goes, from 10,000 triples up, in one file and in a thousand.

    python bench/check.py                                 # 10k, 100k and 1M; a quarter of an hour
    python bench/check.py --sizes 1000000 --repeat 3      # the lowest of three runs of each row
    python bench/check.py --sizes 10000000                # about 6 GB and half an hour

The data is `bench/make_city.py`'s, checked with the shipped ontology, shapes and check queries; one visit in ten thousand
has a date that does not exist, so that places are looked for. CPU is user and system seconds of the process and its
worker, start and imports included. `stopped` counts check queries that their deadline ended: it must be 0. The floor is
what no check can go below: every triple parsed once by pyoxigraph, and loaded once into its store. Each row is a process
of its own; the floor is measured beside it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
SIZES = (10_000, 100_000, 1_000_000)
PARTS = ("parse", "index", "lexical", "links", "shapes", "reasoning", "queries", "dates", "other", "positions")
ERRORS = 1e-4
# A family of checks to the part of the table that it belongs to.
FAMILIES = {
    "check_lexical": "lexical", "check_vocabulary": "links", "check_hygiene": "links", "check_links": "links",
    "check_shapes": "shapes", "check_queries": "queries", "check_dates": "dates",
}  # fmt: skip


def main() -> None:
    """Print the tables, or (with --one) one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--files", type=int, nargs="*", default=(1, 1000))
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "FOLDER"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(json.dumps(MEASURES[given.one[0]](Path(given.one[1]))))
        return
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load}\n\n")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            for files in given.files:
                rows.append(_row(Path(folder) / f"{size}-{files}", size, files, given.repeat))
                sys.stdout.write(_line(rows[-1]) + "\n")
                sys.stdout.flush()
    sys.stdout.write("\n" + "\n".join(_tables(rows)) + "\n")


def _row(folder: Path, size: int, files: int, repeat: int) -> dict[str, Any]:
    make = [sys.executable, str(HERE / "make_city.py"), str(size), str(folder), "--files", str(files)]
    subprocess.run([*make, "--errors", str(ERRORS)], check=True, stdout=subprocess.DEVNULL)
    # In turn, so that what else the machine does touches all of them alike.
    found = [{what: _run(what, folder) for what in MEASURES} for _ in range(repeat)]
    best: dict[str, Any] = {what: min((one[what] for one in found), key=lambda one: one["cpu"]) for what in MEASURES}
    return {"size": best["parts"]["triples"], "files": files, "load": os.getloadavg()[0], **best}


def _run(what: str, folder: Path) -> dict[str, Any]:
    command = [sys.executable, str(Path(__file__).resolve()), "--one", what, str(folder)]
    # Modules are compiled beforehand, as an installed program's are.
    own = {"PYTHONPATH": str(HERE.parent), "PYTHONPYCACHEPREFIX": str(folder.parent / "compiled")}
    environment = {**os.environ, **own}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    said: dict[str, Any] = json.loads(done.stdout)
    return said


def _line(row: dict[str, Any]) -> str:
    return f"{row['size']:,} triples, {row['files']:,} files: {row['whole']['cpu']:.2f} s, floor {row['floor']['cpu']:.2f} s"


def _tables(rows: list[dict[str, Any]]) -> list[str]:
    head = [
        "triples",
        "files",
        "floor CPU s",
        "check CPU s",
        "times floor",
        "without reasoning",
        "peak MB",
        "findings",
        "stopped",
        "load",
    ]
    out = [_cells(head), _cells(["---:"] * len(head))]
    for row in rows:
        floor, whole, reasoning = row["floor"]["cpu"], row["whole"]["cpu"], row["parts"]["parts"]["reasoning"]
        out.append(_cells([
            f"{row['size']:,}", f"{row['files']:,}", f"{floor:.2f}", f"{whole:.2f}", f"{whole / floor:.1f}",
            f"{(whole - reasoning) / floor:.1f}", f"{row['whole']['mb']:,}", f"{row['whole']['findings']:,}",
            f"{row['whole']['stopped']:,}",
            f"{row['load']:.1f}",
        ]))  # fmt: skip
    out += ["", _cells(["triples", "files", *PARTS, "µs a triple"]), _cells(["---:"] * (len(PARTS) + 3))]
    for row in rows:
        parts = row["parts"]["parts"]
        each = row["parts"]["cpu"] / row["size"] * 1e6
        out.append(
            _cells([f"{row['size']:,}", f"{row['files']:,}", *(f"{parts[one]:.2f}" for one in PARTS), f"{each:.1f}"])
        )
    return out


def _cells(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _floor(folder: Path) -> dict[str, Any]:
    """Every file parsed, and again loaded into a store, as pyoxigraph does it alone."""
    import pyoxigraph as ox

    began = _cpu()
    files = [path.read_bytes() for path in sorted((folder / "data").glob("*.ttl"))]
    for data in files:
        for _ in ox.parse(data, format=ox.RdfFormat.TURTLE):
            pass
    store = ox.Store()
    for number, data in enumerate(files):
        store.load(data, format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(f"x:{number}"))
    return {"cpu": _cpu() - began, "mb": _peak()}


def _whole(folder: Path) -> dict[str, Any]:
    """`kgtool check`, as it is typed."""
    began = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "kgtool", "check", str(folder), "--no-cache", "--format", "jsonl"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr.decode())
    found = [one for one in map(json.loads, done.stdout.splitlines()) if one["type"] == "finding"]
    stopped = sum(one["rule"] == "KG301" for one in found)  # a query that its deadline ended
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime - began.ru_utime - began.ru_stime
    mb = used.ru_maxrss // (2**20 if sys.platform == "darwin" else 1024)
    return {"cpu": cpu, "mb": mb, "findings": len(found), "stopped": stopped}


def _parts(folder: Path) -> dict[str, Any]:
    """The same work, part by part; places are counted apart from the family that asks for them."""
    import pyoxigraph as ox

    from kgtool import checks
    from kgtool.check import read_inputs
    from kgtool.locate import Locator
    from kgtool.project import open_project

    parts = dict.fromkeys(PARTS, 0.0)

    def timed(part: str, work: Callable[[], Any]) -> Any:
        began, places = _cpu(), parts["positions"]
        value = work()
        parts[part] += _cpu() - began - (parts["positions"] - places)
        return value

    place = Locator.place

    def counted(self: Locator, *given: str, **named: str) -> Any:
        began = time.process_time()
        try:
            return place(self, *given, **named)
        finally:
            parts["positions"] += time.process_time() - began

    Locator.place = counted  # type: ignore[method-assign]
    project = open_project(folder, {}, {})
    now = datetime.datetime.now(datetime.UTC)
    timed("parse", lambda: [
        sum(1 for _ in ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE)) for path in sorted((folder / "data").glob("*"))
    ])  # fmt: skip
    inputs = timed("index", lambda: read_inputs(project, now))
    parts["index"] = max(parts["index"] - parts["parse"], 0.0)
    timed("index", lambda: (inputs.index, inputs.facts))
    timed("reasoning", lambda: inputs.reasoned)
    found = 0
    for family in checks.FAMILIES:
        found += len(timed(FAMILIES.get(family.__name__, "other"), lambda family=family: family(inputs)).findings)
    return {
        "cpu": sum(parts.values()),
        "parts": parts,
        "findings": found,
        "triples": inputs.dataset.size,
        "mb": _peak(),
    }


def _cpu() -> float:
    own, theirs = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + theirs.ru_utime + theirs.ru_stime


def _peak() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 2**20 if sys.platform == "darwin" else most // 1024


MEASURES: dict[str, Callable[[Path], dict[str, Any]]] = {"floor": _floor, "whole": _whole, "parts": _parts}

if __name__ == "__main__":
    main()
