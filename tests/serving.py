"""A `kgtool serve` process for tests: started on a free port, asked over sockets, ended by its pid."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from conftest import ROOT

PATIENCE = 180.0  # seconds: the machine may be busy


@dataclass(frozen=True)
class Reply:
    """What came back: status (0: none), fields with names in lower case, body, and how long it took."""

    status: int
    fields: Mapping[str, str]
    body: bytes
    seconds: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, eq=False)
class Served:
    """A running server."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(self, method: str, target: str, body: bytes | None = None, **fields: str) -> Reply:
        """One request on a connection of its own."""
        start = time.monotonic()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            connection.request(method, target, body, {name.replace("_", "-"): value for name, value in fields.items()})
            answer = connection.getresponse()
            data = answer.read()
        fields_ = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, fields_, data, time.monotonic() - start)

    def query(self, text: str, **fields: str) -> Reply:
        return self.ask("POST", "/sparql", text.encode(), content_type="application/sparql-query", **fields)

    def get(self, text: str, **fields: str) -> Reply:
        return self.ask("GET", "/sparql?query=" + quote(text, safe=""), **fields)

    def raw(self, data: bytes, seconds: float = PATIENCE) -> Reply:
        """Bytes as they are; reads until the server closes, or one response is whole."""
        start = time.monotonic()
        with socket.create_connection(("127.0.0.1", self.port), timeout=seconds) as sock:
            sock.sendall(data)
            received = b""
            with contextlib.suppress(ConnectionResetError):
                while not _whole(received) and (chunk := sock.recv(65536)):
                    received += chunk
        head, _, body = received.partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        status = int(lines[0].split()[1]) if lines[0].startswith("HTTP/1.1 ") else 0
        return Reply(status, fields, body, time.monotonic() - start)

    def health(self) -> Any:
        return self.ask("GET", "/health").json

    def family(self) -> list[int]:
        """Process ids below the server's own: loaders and workers."""
        return descendants(self.process.pid)

    def lines(self) -> list[Any]:
        """The log's lines."""
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def until(self, what: object, seconds: float = PATIENCE) -> Any:
        """Health, once `what(health)` holds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            health = self.health()
            if what(health):  # type: ignore[operator]
                return health
            time.sleep(0.05)
        raise AssertionError(f"never: {health}")


def _whole(data: bytes) -> bool:
    head, end, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"\r\ncontent-length: *(\d+)", head, re.IGNORECASE)
    if b" 204 " in head[:16] or b" 304 " in head[:16]:
        return bool(end)
    return bool(end) and length is not None and len(body) >= int(length[1])


def descendants(pid: int) -> list[int]:
    """Process ids below a process."""
    out: list[int] = []
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                out += [int(child), *descendants(int(child))]
    return out


@contextlib.contextmanager
def serving(project: Path, tmp: Path, *options: str) -> Iterator[Served]:
    """A server over a project, ready; killed at the end if a test did not end it."""
    log = tmp / "serve.log"
    command = [sys.executable, "-W", "error", "-m", "kgtool", "serve", "--project", project, "--port", "0", "--log", log,
               "--lang", "en", *options]  # fmt: skip
    env = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/"), "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        list(map(str, command)), env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=tmp
    )
    try:
        assert process.stdout is not None
        line = process.stdout.readline().decode()
        found = re.search(r":(\d+)/?\s*$", line)
        assert found, (line, process.stderr.read().decode() if process.stderr else "")
        served = Served(process, int(found[1]), log)
        end = time.monotonic() + PATIENCE
        while served.ask("GET", "/ready").status != 200:
            assert process.poll() is None
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.05)
        yield served
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            if stream is not None:
                stream.close()
