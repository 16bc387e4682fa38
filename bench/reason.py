"""Reasoning: our engine against owlrl, time and memory by size. Each measurement is a process of its own.

    python bench/reason.py                      # 1k and 10k against owlrl, then 100k and 1M alone
    python bench/reason.py --sizes 10000000     # ten million: about 16 GB of memory, or a refusal by name

CPU is user and system seconds of the process, its start and imports left out; the closure of both reasoners is asked
for as sorted triples. Growth is measured on the coded closure, which is what validation reads.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPARED = (1_000, 10_000)
GROWTH = (100_000, 1_000_000)


def main() -> None:
    """Print the tables, or (with --one) one measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", help="sizes for our engine alone")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--one", nargs=2, metavar=("WHAT", "FILE"), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        sys.stdout.write(json.dumps(_MEASURES[given.one[0]](Path(given.one[1]))))
        return
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, seed {given.seed}\n\n")
    with tempfile.TemporaryDirectory() as folder:
        if not given.sizes:
            _compare(Path(folder), given.seed)
        _grow(Path(folder), given.sizes or (*COMPARED, *GROWTH), given.seed)


def _compare(folder: Path, seed: int) -> None:
    _row("triples", "owlrl CPU s", "ours CPU s", "times", "owlrl MB", "ours MB", "inferred", "same closure")
    _row(*["---:"] * 8)
    for size in COMPARED:
        file = _generate(folder, size, seed)
        theirs, ours = _run("owlrl", file), _run("close", file)
        same = "yes" if theirs["digest"] == ours["digest"] else "NO"
        _row(f"{size:,}", f"{theirs['cpu']:.2f}", f"{ours['cpu']:.3f}", f"{theirs['cpu'] / ours['cpu']:.0f}",
             theirs["mb"], ours["mb"], f"{ours['inferred']:,}", same)  # fmt: skip
    sys.stdout.write("\n")


def _grow(folder: Path, sizes: tuple[int, ...] | list[int], seed: int) -> None:
    _row("triples", "parse + index s", "MB", "reasoning s", "µs a statement of the closure", "peak MB", "inferred")
    _row(*["---:"] * 7)
    for size in sizes:
        said = _run("reason", _generate(folder, size, seed))
        if "refused" in said:
            _row(f"{size:,}", f"{said['index']:.1f}", said["before"], "refused", said["refused"], said["mb"], "")
            continue
        closed = said["stated"] + said["inferred"]
        _row(f"{size:,}", f"{said['index']:.2f}", said["before"], f"{said['cpu']:.2f}",
             f"{said['cpu'] / closed * 1e6:.2f}", said["mb"], f"{said['inferred']:,}")  # fmt: skip


def _generate(folder: Path, size: int, seed: int) -> Path:
    file = folder / f"{size}.nt"
    with file.open("wb") as stream:
        subprocess.run([sys.executable, str(HERE / "make_reason.py"), str(size), str(seed)], stdout=stream, check=True)
    return file


def _run(what: str, file: Path) -> dict[str, object]:
    environment = {**os.environ, "PYTHONPATH": str(HERE.parent)}
    command = [sys.executable, str(Path(__file__).resolve()), "--one", what, str(file)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def _row(*cells: object) -> None:
    sys.stdout.write("| " + " | ".join(map(str, cells)) + " |\n")
    sys.stdout.flush()


def _owlrl(file: Path) -> dict[str, object]:
    import pyoxigraph as ox

    from kgtool.reason import reference

    began = time.process_time()
    closure = reference.close(ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES))
    return _compared(time.process_time() - began, closure.inferred)


def _close(file: Path) -> dict[str, object]:
    import pyoxigraph as ox

    from kgtool.reason import close

    began = time.process_time()
    closure = close(ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES))
    spent = time.process_time() - began
    return _compared(spent, _expanded(file) if len(closure.inferred) < 100_000 else closure.inferred)


def _expanded(file: Path) -> list[object]:
    """Our closure with equalities written out, as owlrl has it; not part of the time."""
    import pyoxigraph as ox

    from kgtool.index import Index
    from kgtool.reason import reason

    statements = [
        ox.Triple(q.subject, q.predicate, q.object) for q in ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES)
    ]
    index = Index()
    index.extend(statements)
    subjects, stated = {one.subject for one in statements}, set(statements)
    facts = (fact for fact in reason(index).expanded() if fact.subject in subjects and fact.subject != fact.object)
    return [
        one for fact in facts if not isinstance(fact.object, ox.Literal) and (one := ox.Triple(*fact)) not in stated
    ]


def _compared(spent: float, inferred: object) -> dict[str, object]:
    import hashlib

    lines = sorted(map(str, inferred))  # type: ignore[call-overload]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    return {"cpu": spent, "mb": _peak(), "inferred": len(lines), "digest": digest}


def _reason(file: Path) -> dict[str, object]:
    import pyoxigraph as ox

    from kgtool.errors import EngineError
    from kgtool.index import Index
    from kgtool.reason import reason

    began = time.process_time()
    index = Index()
    index.extend(ox.parse(path=str(file), format=ox.RdfFormat.N_TRIPLES))
    indexed = time.process_time()
    before = _peak()
    found: dict[str, object] = {"index": indexed - began, "before": before, "stated": len(index)}
    try:
        closed = reason(index)
    except EngineError as error:
        return {**found, "refused": error.code, "mb": _peak()}
    spent = time.process_time() - indexed
    return {**found, "cpu": spent, "inferred": sum(1 for _ in closed.inferred()), "mb": _peak()}


def _peak() -> int:
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most // 2**20 if sys.platform == "darwin" else most // 1024


_MEASURES = {"owlrl": _owlrl, "close": _close, "reason": _reason}

if __name__ == "__main__":
    main()
