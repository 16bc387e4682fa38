"""Check one hostile file a child: prints a JSON line an outcome. Arguments: the folder of one-file projects, seconds, MiB.

A process that has the program loaded forks a child a project, so a crash ends one child and start-up is paid once. What
a child opens or connects to is recorded by an audit hook; what native code might connect to, the caller listens for.
"""

from __future__ import annotations

import datetime
import json
import os
import resource
import sys
import time
from pathlib import Path

from kgtool.check import check, read_inputs
from kgtool.project import open_project

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def outcome(folder: Path) -> dict[str, object]:
    """What check says of a project, how many triples it read, and what it touched."""
    touched: list[str] = []

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if event in {"socket.connect", "socket.getaddrinfo", "urllib.Request"}:
            touched.append(f"{event} {arguments[-1]}")
        elif event == "open" and str(arguments[0]).startswith(("/etc/passwd", "/etc/hostname")):
            touched.append(f"open {arguments[0]}")

    sys.addaudithook(hook)
    project = open_project(folder, {}, {})
    report = check(project, NOW)
    triples = read_inputs(project, NOW).dataset.size
    findings = [
        [one.rule, one.severity.word, one.place.line, one.message["en"], one.message["zh-Hant"]]
        for one in report.findings
    ]
    return {"triples": triples, "findings": findings, "touched": touched}


def child(folder: Path, seconds: int, mebibytes: int, out: int) -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_AS, (mebibytes << 20, mebibytes << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.write(out, json.dumps(outcome(folder)).encode())
    os._exit(0)


def main(top: Path, seconds: int, mebibytes: int) -> None:
    for folder in sorted(top.iterdir()):
        began = time.monotonic()
        reader, writer = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(reader)
            try:
                child(folder, seconds, mebibytes, writer)
            finally:
                os._exit(70)
        os.close(writer)
        with os.fdopen(reader, "rb") as stream:
            said = stream.read()
        _, status, usage = os.wait4(pid, 0)
        result = json.loads(said) if said else {}
        result |= {
            "name": folder.name,
            "status": status,
            "seconds": time.monotonic() - began,
            "rss": usage.ru_maxrss >> 10,
        }
        sys.stdout.write(json.dumps(result) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
