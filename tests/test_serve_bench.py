"""The serving benches run, and the promises of the fault bench that do not depend on time hold on any machine."""

from __future__ import annotations

import os
import subprocess
import sys

from conftest import ROOT

FULL = bool(os.environ.get("KGTOOL_FULL"))


def bench(name: str, *options: str) -> str:
    command = [sys.executable, str(ROOT / "bench" / name), *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=1_500, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_no_fault_gives_a_wrong_torn_or_lost_answer() -> None:
    options = ("--lenient",) if FULL else ("--quick", "--scenes", "1%,killed,reloads,slow")
    said = bench("serve_faults.py", *options)
    assert "all promises held" in said, said


def test_the_load_bench_measures_every_class() -> None:
    said = bench("serve_load.py", "--quick", "--only", "kgtool")
    assert "| kgtool serve, cached |" in said
    assert " 0 (" not in said, said
