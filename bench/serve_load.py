"""Load: requests a second of `kgtool serve` beside `oxigraph serve` and rdflib-endpoint, paired in one run on one graph.

    python bench/serve_load.py                  # 100,000 triples, 16 clients, 8 s a cell, two rounds
    python bench/serve_load.py --quick          # 10,000 triples, 1 s a cell, one round
    python bench/serve_load.py --rdflib OTHER/bin/python      # with rdflib-endpoint from a virtual environment of its own
    python bench/serve_load.py --only kgtool --seconds 4 --classes S

Classes: S a look-up of one subject, J a join, M about 33 kB, L about 1 MB. `uncached`: every query's text is its own.
`cached`: twenty texts again and again; the others have no cache, so their figures of the first kind stand for both.
CPU is of the server's processes, user and system, a request; clients and servers share the machine.
"""

from __future__ import annotations

import argparse
import functools
import math
import os
import platform
import random
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import http_client

HERE = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
BASE = "https://example.org/bench/id/"
CD = "https://w3id.org/city-diplomacy/ns#"
LABEL = "http://www.w3.org/2004/02/skos/core#prefLabel"
ACCEPT = {"select": "application/sparql-results+json"}
CLASSES = ("S", "J", "M", "L")
HOST = "127.0.0.1"


def query(kind: str, number: int, visits: int) -> str:
    """The text of one query; a number gives one text, and different numbers different texts."""
    chance = random.Random(number)
    if kind == "S":
        return f"SELECT ?p ?o WHERE {{ <{BASE}event/v{number % visits}> ?p ?o }} # {number}"
    if kind == "J":
        gov = chance.randrange(500)
        return (
            f"SELECT ?visit ?day ?label WHERE {{ ?visit <{CD}host> <{BASE}government/g{gov}> ; <{CD}earliest> ?day ; "
            f'<{CD}visitor> ?guest . ?guest <{LABEL}> ?label . FILTER(langMatches(lang(?label), "en")) }} # {number}'
        )
    rows = 190 if kind == "M" else 5_700
    return f"SELECT ?s ?p ?o WHERE {{ ?s ?p ?o }} OFFSET {number % 500} LIMIT {rows} # {number}"


@dataclass
class Served:
    """A server that runs: where, under which path it answers, and its process."""

    name: str
    port: int
    path: str
    process: subprocess.Popen[bytes]

    def cpu(self) -> float:
        """Seconds of user and system time of the process and all below it."""
        return sum(_cpu(pid) for pid in family(self.process.pid))


def family(pid: int) -> list[int]:
    """A process and its descendants."""
    out = [pid]
    for child in _children(pid):
        out += family(child)
    return out


def _children(pid: int) -> list[int]:
    out: list[int] = []
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            out += [int(child) for child in (task / "children").read_text().split()]
    except OSError:
        pass
    return out


def _cpu(pid: int) -> float:
    """Own time and that of children that were waited for."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        return int(sock.getsockname()[1])


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 600.0) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if process.poll() is not None:
            raise SystemExit(f"{url}: the server ended with {process.returncode}")
        try:
            with urllib.request.urlopen(url, timeout=2) as answer:
                if answer.status == 200:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise SystemExit(f"{url}: no answer")


def start_kgtool(folder: Path, *options: str) -> Served:
    port = free_port()
    command = [BIN / "kgtool", "serve", "--project", folder, "--port", str(port), "--allow-findings", *options]
    if "--log" not in options:
        command += ["--log", "off"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    wait_for(f"http://{HOST}:{port}/ready", process)
    return Served("kgtool serve", port, "/sparql", process)


def start_oxigraph(folder: Path, *_: str) -> Served:
    port = free_port()
    process = subprocess.Popen([BIN / "oxigraph", "serve", "--bind", f"{HOST}:{port}"], stderr=subprocess.DEVNULL)
    wait_for(f"http://{HOST}:{port}/query?query=ASK%7B%7D", process)
    for file in _graph_files(folder):
        request = urllib.request.Request(
            f"http://{HOST}:{port}/store?default", file.read_bytes(), {"Content-Type": "text/turtle"}, method="POST"
        )
        urllib.request.urlopen(request, timeout=300).close()
    return Served("oxigraph serve", port, "/query", process)


def start_rdflib(folder: Path, python: str) -> Served:
    port = free_port()
    code = (
        "import sys, uvicorn, rdflib; from rdflib_endpoint import SparqlEndpoint; g = rdflib.Dataset(default_union=True); "
        "[g.default_context.parse(f) for f in sys.argv[2:]]; "
        "uvicorn.run(SparqlEndpoint(graph=g), host='127.0.0.1', port=int(sys.argv[1]), log_level='error')"
    )
    files = [str(file) for file in _graph_files(folder)]
    process = subprocess.Popen([python, "-c", code, str(port), *files], stderr=subprocess.DEVNULL)
    wait_for(f"http://{HOST}:{port}/?query=ASK%7B%7D", process, 300)
    return Served("rdflib-endpoint", port, "/", process)


def _graph_files(folder: Path) -> list[Path]:
    return [*sorted((folder / "data").rglob("*.ttl")), *sorted((HERE.parent / "ontology").rglob("*.ttl"))]


def stop(served: Served) -> None:
    served.process.send_signal(signal.SIGINT)
    try:
        served.process.wait(10)
    except subprocess.TimeoutExpired:
        served.process.kill()
        served.process.wait()


def stream(served: Served, kind: str, visits: int, numbers: Iterator[int]) -> Iterator[tuple[object, bytes]]:
    for number in numbers:
        target = f"{served.path}?query={quote(query(kind, number, visits), safe='')}"
        yield number, http_client.get((HOST, served.port), target, ACCEPT["select"])


def own_numbers(first: int) -> Iterator[int]:
    """Numbers that come once."""
    while True:
        yield first
        first += 1


def few_numbers(seed: int) -> Iterator[int]:
    """Twenty numbers again and again."""
    chance = random.Random(seed)
    while True:
        yield chance.randrange(20)


def measure(
    served: Served, kind: str, visits: int, clients: int, seconds: float, *, cached: bool
) -> tuple[float, float]:
    """Requests a second, and microseconds of the server's CPU for each."""
    step = 10_000_000
    base = (int(time.time() * 1000) % 1_000_000) * 1000
    numbers = [few_numbers(n) if cached else own_numbers(base + n * step) for n in range(clients)]
    # Made beforehand where it is cheap to know them: a client that encodes queries measures itself.
    streams = [stream(served, kind, visits, each) for each in numbers]
    if cached:
        streams = [_again(served, kind, visits, n) for n in range(clients)]
        for number in range(20):
            target = f"{served.path}?query={quote(query(kind, number, visits), safe='')}"
            asked = urllib.request.Request(f"http://{HOST}:{served.port}{target}", headers={"Accept": ACCEPT["select"]})
            urllib.request.urlopen(asked, timeout=60).close()
    before = served.cpu()
    result = http_client.run((HOST, served.port), streams, seconds)
    used = served.cpu() - before
    answers = result.statuses.get(200, 0)
    others = {status: count for status, count in result.statuses.items() if status != 200}
    if others:
        sys.stderr.write(f"{served.name} {kind}: statuses {others}\n")
    return result.rate, used / max(answers, 1) * 1e6


def _again(served: Served, kind: str, visits: int, seed: int) -> Iterator[tuple[object, bytes]]:
    made = list(stream(served, kind, visits, iter(range(20))))
    chance = random.Random(seed)
    while True:
        yield made[chance.randrange(20)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=8.0)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--classes", default="".join(CLASSES))
    parser.add_argument("--only", help="one server: kgtool, oxigraph or rdflib")
    parser.add_argument("--rdflib", metavar="PYTHON", help="an interpreter that has rdflib-endpoint and uvicorn")
    parser.add_argument("--quick", action="store_true")
    given = parser.parse_args()
    if given.quick:
        given.triples, given.seconds, given.rounds = 10_000, 1.0, 1
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, {given.clients} clients, "
                     f"{given.triples:,} triples, load average {os.getloadavg()[0]:.1f}\n\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, HERE / "make_city.py", str(given.triples), folder]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        _compare(Path(folder), given)


def _starters(given: argparse.Namespace) -> list[Callable[[Path], Served]]:
    starters: dict[str, Callable[[Path], Served]] = {"kgtool": start_kgtool}
    if shutil.which(str(BIN / "oxigraph")):
        starters["oxigraph"] = start_oxigraph
    if given.rdflib:
        starters["rdflib"] = functools.partial(start_rdflib, python=given.rdflib)
    return [starter for name, starter in starters.items() if given.only in {None, name}]


def _compare(folder: Path, given: argparse.Namespace) -> None:
    visits = given.triples // 23
    servers = [starter(folder) for starter in _starters(given)]
    rates: dict[tuple[str, str], list[float]] = {}
    costs: dict[tuple[str, str], list[float]] = {}
    try:
        for _ in range(given.rounds):
            for kind in given.classes:
                for served in servers:
                    modes = (False, True) if served.name == "kgtool serve" else (False,)
                    for cached in modes:
                        name = served.name + (", cached" if cached else "")
                        rate, cost = measure(served, kind, visits, given.clients, given.seconds, cached=cached)
                        rates.setdefault((name, kind), []).append(rate)
                        costs.setdefault((name, kind), []).append(cost)
    finally:
        for served in servers:
            stop(served)
    _print(rates, costs, given.classes)


def _print(rates: dict[tuple[str, str], list[float]], costs: dict[tuple[str, str], list[float]], classes: str) -> None:
    names = list(dict.fromkeys(name for name, _ in rates))
    medians = {key: statistics.median(values) for key, values in rates.items()}
    _row("requests/s (CPU µs a request)", *classes, "geometric mean")
    _row("---", *["---:"] * (len(classes) + 1))
    for name in names:
        cells = [f"{medians[name, kind]:,.0f} ({statistics.median(costs[name, kind]):,.0f})" for kind in classes]
        _row(name, *cells, f"{_mean([medians[name, kind] for kind in classes]):,.0f}")
    for other in ("oxigraph serve", "rdflib-endpoint"):
        for name in names:
            if other in names and name.startswith("kgtool"):
                shares = [medians[name, kind] / medians[other, kind] for kind in classes]
                _row(f"{name} / {other}", *(f"{share:.2f}" for share in shares), f"{_mean(shares):.2f}")


def _mean(values: list[float]) -> float:
    return math.prod(values) ** (1 / len(values))


def _row(*cells: str) -> None:
    sys.stdout.write("| " + " | ".join(cells) + " |\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
