"""The benches run, and what they promise that does not depend on time holds on any machine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

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


def test_the_check_bench_measures_the_floor_the_whole_and_its_parts(tmp_path: Path) -> None:
    # Many visits with a date that does not exist: places are looked for, by shapes too.
    bench("make_city.py", "3000", str(tmp_path), "--errors", "0.05")
    floor, whole, parts = (
        json.loads(bench("check.py", "--one", what, str(tmp_path))) for what in ("floor", "whole", "parts")
    )
    assert floor["cpu"] > 0
    assert whole["stopped"] == 0
    assert whole["findings"] == parts["findings"] > 20
    assert parts["parts"]["positions"] > 0
