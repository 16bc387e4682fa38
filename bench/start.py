"""What a check of a small project costs whatever its data: start, imports, and the whole of it, cold and warm.

    python bench/start.py                           # the first graph, lowest of five runs of each
    python bench/start.py FOLDER --runs 9           # another project
    KGTOOL_SOURCES=DIR python bench/start.py        # with the source texts at hand, so that every span is read

CPU is user and system seconds of the process and of every process that it started, as the system counts them. The
commands take turns, so that what else the machine does touches all of them alike. Cold is `--no-cache`; warm is the
second of two runs over a folder of earlier results that is made for the occasion. Modules are compiled beforehand, as an
installed program's are, whatever PYTHONDONTWRITEBYTECODE says.
"""

from __future__ import annotations

import argparse
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=HERE.parent)
    parser.add_argument("--runs", type=int, default=5)
    given = parser.parse_args()
    kgtool = [sys.executable, "-m", "kgtool"]
    check = [*kgtool, "check", str(given.folder)]
    commands = {
        "python -c ''": [sys.executable, "-c", ""],
        "kgtool --help": [*kgtool, "--help"],
        "kgtool check, cold": [*check, "--no-cache"],
        "kgtool check, warm": check,
    }
    load = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as kept:
        own = {
            "PYTHONPATH": str(HERE.parent),
            "KGTOOL_CACHE": f"{kept}/found",
            "PYTHONPYCACHEPREFIX": f"{kept}/compiled",
        }
        environment = {**os.environ, **own}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        for command in commands.values():
            cpu(command, environment)  # compiles, and keeps the result that warm runs find
        rows = {name: list[float]() for name in commands}
        for _ in range(given.runs):
            for name, command in commands.items():
                rows[name].append(cpu(command, environment))
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f}\n\n")
    sys.stdout.write(f"| | CPU s, lowest of {given.runs} | median |\n|---|---:|---:|\n")
    for name, seconds in rows.items():
        sys.stdout.write(f"| `{name}` | {min(seconds):.3f} | {statistics.median(seconds):.3f} |\n")


def cpu(command: Sequence[str], environment: dict[str, str]) -> float:
    """User and system seconds of a command and of the processes that it waited for; it may find something (status 1)."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    if done.returncode not in {0, 1}:
        raise SystemExit(done.stderr.decode())
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
