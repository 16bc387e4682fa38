"""The systemd unit and the Containerfile of docs/examples, as far as they can be tried without systemd or a container engine.

The unit is read by `systemd-analyze`; the Containerfile's steps are run as shell in a clean folder, with a Python of its own,
up to a server that answers its health check and ends by its stop signal. Source: systemd.service(5), systemd.exec(5);
Containerfile(5).
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from conftest import ROOT, WANGJIN, needs
from engines import free_port

from kgtool.cli.serve import command

EXAMPLES = ROOT / "docs" / "examples"
UNIT = EXAMPLES / "kgtool.service"
CONTAINERFILE = EXAMPLES / "Containerfile"
MOST_EXPOSED = "2.0"


def instructions() -> Iterator[tuple[str, str]]:
    """Instruction and arguments of the Containerfile, continued lines joined."""
    text = re.sub(r"(?m)^#.*\n", "", CONTAINERFILE.read_text(encoding="utf-8")).replace("\\\n", " ")
    for line in text.splitlines():
        if line.strip():
            word, _, rest = line.strip().partition(" ")
            yield word, rest.strip()


def only(word: str) -> str:
    (found,) = [rest for name, rest in instructions() if name == word]
    return found


def service() -> dict[str, str]:
    lines = (line for line in UNIT.read_text(encoding="utf-8").splitlines() if "=" in line and not line.startswith("#"))
    return {name: value for name, _, value in (line.partition("=") for line in lines)}


def options(arguments: list[str]) -> list[str]:
    return [one.partition("=")[0] for one in arguments if one.startswith("--")]


KNOWN = {
    name for param in command.params if isinstance(param, click.Option) for name in (*param.opts, *param.secondary_opts)
}


def test_every_option_that_they_give_is_one_of_kgtool_serve() -> None:
    given = shlex.split(service()["ExecStart"])
    assert given[1] == "serve"
    entry = json.loads(only("ENTRYPOINT"))
    assert entry[:2] == ["kgtool", "serve"]
    named = [*options(given), *options(entry)]
    text = CONTAINERFILE.read_text(encoding="utf-8") + UNIT.read_text(encoding="utf-8")
    assert "--endpoint" in text
    assert {*named, "--endpoint"} <= KNOWN


def test_every_path_that_the_containerfile_names_is_there() -> None:
    copied = [path for word, rest in instructions() if word == "COPY" for path in rest.split()[:-1]]
    assert len(copied) > 5
    assert [path for path in copied if not (ROOT / path).exists()] == []
    used = re.findall(r"/src/([\w.-]+)", " ".join(rest for word, rest in instructions() if word == "RUN"))
    assert set(used) <= {Path(path).name for path in copied}
    named = re.findall(r"docs/examples/\w+", CONTAINERFILE.read_text(encoding="utf-8"))
    assert all((ROOT / path).exists() for path in named)


def test_the_unit_s_stop_reaches_the_front_alone_and_its_reload_is_a_hangup() -> None:
    """Sent to every process, as is the default, SIGTERM would end the workers in the middle of their answers."""
    found = service()
    assert (found["KillMode"], found["KillSignal"]) == ("mixed", "SIGTERM")
    assert found["ExecReload"] == "/bin/kill -HUP $MAINPID"
    assert int(found["TimeoutStopSec"]) > 30  # a graceful end may take 30 s


def test_systemd_takes_the_unit_and_calls_it_little_exposed(tmp_path: Path) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        needs("systemd-analyze", "apt-get install systemd")
    unit = tmp_path / "kgtool.service"
    # The program is not installed where the unit has it.
    unit.write_text(UNIT.read_text(encoding="utf-8").replace("/opt/kgtool/bin/kgtool", "/bin/true"), encoding="utf-8")
    checked = subprocess.run([str(analyze), "verify", unit], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    security = [str(analyze), "security", "--offline=true", "--no-pager", unit]
    exposed = subprocess.run(security, capture_output=True, text=True, check=True).stdout
    level = re.search(r"Overall exposure level for \S+: ([0-9.]+)", exposed)
    assert level
    assert float(level[1]) < float(MOST_EXPOSED), exposed


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the Containerfile's COPY and RUN were done: `bin` is its path, `src` its /src."""
    if "container" not in os.environ.get("KGTOOL_REQUIRE", "").split(",") and not os.environ.get("KGTOOL_FULL"):
        pytest.skip("installs the program anew: KGTOOL_FULL=1")
    root = tmp_path_factory.mktemp("image")
    subprocess.run([sys.executable, "-m", "venv", root / "python"], check=True)
    shims = root / "shims"
    shims.mkdir()
    (shims / "useradd").write_text(f'#!/bin/sh\necho "$@" >> {root}/users\n', encoding="utf-8")
    (shims / "useradd").chmod(0o755)
    env = {"PATH": f"{root}/python/bin:{shims}:/usr/bin:/bin", "HOME": str(root)}
    env |= {name: value for name, value in os.environ.items() if name.startswith("PIP_")}
    for word, rest in instructions():
        if word == "COPY":
            *sources, target = rest.split()
            for source in sources:
                _copy(ROOT / source, root, target)
        elif word == "RUN":
            script = re.sub(r"(?<![\w/.])/src\b", str(root / "src"), rest)
            subprocess.run(["sh", "-euc", script], cwd=root, env=env, check=True, timeout=900)
    assert (root / "users").read_text(encoding="utf-8").split() == ["--system", "--no-create-home", "kgtool"]
    assert not (root / "src").exists()
    return root / "python" / "bin"


def _copy(source: Path, root: Path, target: str) -> None:
    to = root / target.lstrip("/")
    if source.is_dir():
        shutil.copytree(source, to, ignore=shutil.ignore_patterns("__pycache__", "bundle"))
    else:
        to.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, to)


def test_what_the_containerfile_builds_serves_is_healthy_and_ends_by_its_signal(image: Path, tmp_path: Path) -> None:
    port = free_port()
    entry = [str(WANGJIN) if one == "/graph" else one for one in json.loads(only("ENTRYPOINT"))]
    entry = ["127.0.0.1" if one == "0.0.0.0" else one for one in entry]  # noqa: S104 - only loopback is listened on
    env = {"PATH": f"{image}:/usr/bin:/bin", "HOME": str(tmp_path)}
    health = json.loads(only("HEALTHCHECK").removeprefix("CMD "))
    health = [one.replace("127.0.0.1:" + only("EXPOSE"), f"127.0.0.1:{port}") for one in health]
    process = subprocess.Popen([*entry, "--port", str(port), "--log", "off"], env=env, cwd=tmp_path)
    try:
        end = time.monotonic() + 120
        while subprocess.run(health, env=env, cwd=tmp_path, capture_output=True, check=False).returncode:
            assert process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.5)
        process.send_signal(signal.Signals[only("STOPSIGNAL")])
        assert process.wait(60) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
