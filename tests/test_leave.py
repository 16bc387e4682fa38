"""The program's end: at once where nobody watches, and then nothing is lost; Python's own where somebody does."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import ROOT, WANGJIN

BAD = {"data/visit.ttl": "gov:harbour cd:territory place:harbour"}
# Registers something for the end, and tells when the process ends at once.
SCRIPT = """
import atexit, os, sys
end = os._exit
os._exit = lambda status: (sys.stderr.write("at once"), sys.stderr.flush(), end(status))
atexit.register(lambda: sys.stderr.write("registered; "))
sys.argv = ["kgtool", *sys.argv[1:]]
{before}
from kgtool.__main__ import main
main()
"""


def run(
    *command: object, before: str = "", options: tuple[str, ...] = (), into: str = ""
) -> subprocess.CompletedProcess[str]:
    script = [sys.executable, *options, "-c", SCRIPT.format(before=before), *map(str, command)]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_CACHE": "off", "KGTOOL_LANG": "en"}
    wrapped = ["bash", "-c", f'"$0" "$@" {into}', *script] if into else script
    return subprocess.run(wrapped, env=env, capture_output=True, text=True, timeout=300, check=False)


def test_it_ends_at_once_and_what_was_registered_is_run() -> None:
    done = run("check", WANGJIN, "--format", "json")
    # Twice: the process that waited for it (`kgtool.trial`) has nothing to do at the end.
    assert (done.returncode, done.stderr) == (0, "registered; at once" + "at once")
    assert done.stdout.endswith("}\n")


@pytest.mark.parametrize(("before", "options"), [
    ("", ("-W", "error")), ("sys.setprofile(lambda *_: None)", ()), ("sys.settrace(lambda *_: None)", ()),
    ("import threading, time; threading.Thread(target=time.sleep, args=(4,)).start()", ()),
])  # fmt: skip
def test_where_somebody_watches_or_works_python_ends_itself(before: str, options: tuple[str, ...]) -> None:
    done = run("--version", before=before, options=options)
    assert (done.returncode, done.stderr) == (0, "registered; ")


def test_status_and_output_are_those_of_pythons_own_end(make_project: Callable[..., Path]) -> None:
    folder = make_project(BAD)
    for command in (
        ("check", folder),
        ("check", folder / "nowhere"),
        ("--help",),
        ("nonsense",),
        ("query", "--project", folder),
    ):
        quick, slow = run(*command), run(*command, options=("-W", "error"))
        assert quick.returncode == slow.returncode
        assert quick.stdout.splitlines()[:-1] == slow.stdout.splitlines()[:-1]  # the last line has the seconds
        assert quick.stderr.removesuffix("at once") == slow.stderr + ("at once" if command == ("check", folder) else "")


def test_a_long_output_arrives_whole_and_a_reader_that_leaves_is_no_fault() -> None:
    whole = run("config")
    assert whole.returncode == 0
    assert len(whole.stdout) > 1000
    short = run("config", into="| head -c 10")
    assert short.stdout == whole.stdout[:10]
    assert "Traceback" not in short.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full is Linux's")
def test_what_cannot_be_written_is_still_an_error() -> None:
    done = run("check", WANGJIN, into="> /dev/full")
    assert done.returncode == 2
    assert "E-OUTPUT" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_worker_does_not_outlive_the_program() -> None:
    done = run("check", WANGJIN, before="mark = 'outlives-nobody'")
    assert done.returncode == 0
    left = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert "outlives-nobody" not in left
