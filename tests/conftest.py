"""Fixtures: a small fictional project on disk, the command line as a function, and what a test needs from outside."""

from __future__ import annotations

import contextlib
import dataclasses
import io
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from kgtool.cli import status

ROOT = Path(__file__).resolve().parent.parent
WANGJIN = ROOT / "tests" / "projects" / "wangjin"
_VARIABLES = ("LANG", "LC_ALL", "LC_MESSAGES", "GITHUB_ACTIONS", "CI", "NO_COLOR")
_HOSTS = {"127.0.0.1", "::1", "localhost"}


# A shell that starts the tests in the background has them ignore interrupts, and so would every process that they start.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a command line did."""

    status: int
    out: str
    err: str


def shared(*parts: str) -> Path:
    """A path in the folder of public suites and sources beside the repository; skips the test when it is absent."""
    folder = Path(os.environ.get("KGTOOL_SHARED") or ROOT.parent / "shared")
    if not folder.is_dir():
        needs("shared", f"{folder} is absent: set KGTOOL_SHARED to the folder that holds sources/ and conformance/")
    return folder.joinpath(*parts)


def needs(name: str, how: str) -> None:
    """Skip because something is missing, or fail where KGTOOL_REQUIRE says that it must be there."""
    if name in os.environ.get("KGTOOL_REQUIRE", "").split(","):
        pytest.fail(f"KGTOOL_REQUIRE asks for {name}: {how}")
    pytest.skip(how)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting of the person or machine that runs the tests reaches them."""
    for name in [*os.environ]:
        if name.startswith("KGTOOL_") and name not in {"KGTOOL_REQUIRE", "KGTOOL_SHARED", "KGTOOL_FULL"}:
            monkeypatch.delenv(name)
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KGTOOL_CACHE", "off")  # a result of an earlier run would hide what this one does


@pytest.fixture(autouse=True)
def _no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection to anything but this machine is an error, in every test."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else ""
        if self.family in {socket.AF_INET, socket.AF_INET6} and host not in _HOSTS:
            raise AssertionError(f"a test tried to reach {address}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture
def make_project(tmp_path: Path) -> Callable[..., Path]:
    """A project folder from file names and texts; `settings` is the text of kgtool.toml."""

    def make(files: Mapping[str, str | bytes], settings: str = "", name: str = "project") -> Path:
        folder = tmp_path / name
        folder.mkdir(exist_ok=True)
        (folder / "kgtool.toml").write_text(settings, encoding="utf-8")
        for path, content in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
        return folder

    return make


@pytest.fixture
def kgtool(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """The command line in this process: `kgtool("check", folder, cwd=…, env={…}, stdin=…)`."""

    def run(
        *arguments: object, cwd: Path | None = None, env: Mapping[str, str] | None = None, stdin: bytes = b""
    ) -> Ran:
        out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
        with monkeypatch.context() as patch:
            for key, value in (env or {}).items():
                patch.setenv(key, value)
            if cwd is not None:
                patch.chdir(cwd)
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8"))
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = status([str(argument) for argument in arguments])
        texts = []
        for stream in (out, err):
            stream.flush()
            texts.append(stream.buffer.getvalue().decode("utf-8"))  # type: ignore[attr-defined]
        return Ran(code, *texts)

    return run


def run_process(*arguments: object, cwd: Path, env: Mapping[str, str] | None = None, stdin: bytes = b"") -> Ran:
    """The command line in a process of its own, as a person runs it; `env` is added to a small fixed environment."""
    base = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(ROOT),
        "KGTOOL_CACHE": "off",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", "kgtool", *map(str, arguments)],
        cwd=cwd, env={**base, **(env or {})}, input=stdin, capture_output=True, timeout=300, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


from engines import engine, oxigraph, virtuoso  # noqa: E402, F401 - fixtures; it needs what stands above
