"""Faults: what good clients see of `kgtool serve` while others do their worst. Asserts the promises of docs/serve.md.

    python bench/serve_faults.py                     # 30 s a scene, 100,000 triples
    python bench/serve_faults.py --quick             # 3 s a scene, 10,000 triples; used by the tests
    python bench/serve_faults.py --scenes clean,killed --seconds 10

16 clients ask for one subject each, know the right answer, and compare every byte of meaning. Scenes: `clean`; `1%` and
`10%` of the requests hostile (joins without bounds, closures, doubled strings, parser bombs); `killed`, a worker every
100 ms; `reloads`, a small graph without a model, whose check takes no time, changed and loaded anew 100 times, each as
soon as the last is served; `slow`, 500 sockets that say a byte now and then. A wrong
body, a torn answer or a broken connection is a failure, whatever else happens.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import http_client
from serve_load import BASE, HOST, Served, family, start_kgtool, stop

HERE = Path(__file__).resolve().parent
ACCEPT = "application/sparql-results+json"
CLIENTS = 16
RELOADED = 200  # subjects of the graph that is loaded again and again
LONGEST = 900.0  # seconds that all reloads together may take
SCENES = ("clean", "1%", "10%", "killed", "reloads", "slow")
MARK = "https://example.org/bench/mark"
HOSTILE = (
    "SELECT (COUNT(*) AS ?n) WHERE {{ ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }} # {0}",
    "SELECT (COUNT(*) AS ?n) WHERE {{ ?a (<a:p>|!<a:p>)* ?b . ?b (<a:p>|!<a:p>)* ?c }} # {0}",
    "SELECT (STRLEN(?x40) AS ?n) WHERE {{ BIND('xxxxxxxxxx{0}' AS ?x0) "
    + " ".join(f"BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(40)) + " }}",
    "SELECT * WHERE {{ ?a ?b ?c . ?d ?e ?f }} ORDER BY ?a ?f # {0}",
    "SELECT * WHERE {{ FILTER(" + "(" * 3000 + "{0}" + ")" * 3000 + ") }}",
    "SELECT * WHERE {{ ?s ?p ?o SERVICE <http://127.0.0.1:9/{0}> {{ ?s ?p ?o }} }}",
)  # fmt: skip


@dataclass
class Outcome:
    """What a scene came to; `faults` are the promises that did not hold."""

    scene: str
    result: http_client.Result
    good: dict[int, int]
    wrong: int
    memory: int
    extra: str = ""
    faults: list[str] = field(default_factory=list)

    def row(self) -> str:
        answers = self.good.get(200, 0)
        refused = sum(count for status, count in self.good.items() if status in {429, 503})
        share = 100 * refused / max(sum(self.good.values()), 1)
        cells = [self.scene, f"{answers / self.result.seconds:,.0f}", f"{self.result.percentile(0.5) * 1000:.1f}",
                 f"{self.result.percentile(0.99) * 1000:.1f}", f"{max(self.result.good, default=0) * 1000:.0f}",
                 str(self.wrong), f"{share:.2f}%", str(self.good.get(0, 0)), f"{self.memory >> 20:,}", self.extra]  # fmt: skip
        return "| " + " | ".join(cells) + " |"


class Truth:
    """The right answers: rows of each subject, taken before anything goes wrong."""

    def __init__(self, served: Served, visits: int) -> None:
        self.served, self.visits = served, visits
        self._known: dict[int, str] = {}
        self.statuses: dict[int, int] = {}
        self.wrong = 0

    def learn(self, count: int) -> None:
        for number in range(count):
            request = urllib.request.Request(
                f"http://{HOST}:{self.served.port}{self.target(number, 0)}", headers={"Accept": ACCEPT}
            )
            with urllib.request.urlopen(request, timeout=60) as answer:
                self._known[number] = self._canonical(answer.read())

    def target(self, number: int, nonce: int) -> str:
        text = f"SELECT ?p ?o WHERE {{ <{BASE}event/v{number}> ?p ?o }} # {nonce}"
        return "/sparql?query=" + quote(text, safe="")

    @staticmethod
    def _canonical(body: bytes) -> str:
        rows = json.loads(body)["results"]["bindings"]
        return json.dumps(sorted(json.dumps(row, sort_keys=True) for row in rows))

    def verify(self, tag: object, status: int, body: bytes) -> bool:
        """Whether an answer is right: the rows, or a problem that says its own status."""
        kind, number = tag  # type: ignore[misc]
        if kind != "good":
            right = status != 200 or body.endswith(b"}")
        elif status == 200:
            right = self._canonical(body) == self._known[number]
        else:
            right = status in {429, 503} and json.loads(body)["status"] == status
        if kind == "good":
            self.statuses[status] = self.statuses.get(status, 0) + 1
        self.wrong += not right
        return right

    def requests(self, seed: int, hostile: float, count: int) -> Iterator[tuple[object, bytes]]:
        chance, nonce = random.Random(seed), seed * 1_000_000_000
        while True:
            nonce += 1
            if chance.random() < hostile:
                text = chance.choice(HOSTILE).format(nonce)
                yield (
                    ("hostile", nonce),
                    http_client.get((HOST, self.served.port), "/sparql?query=" + quote(text, safe=""), ACCEPT),
                )
            else:
                number = chance.randrange(count)
                yield ("good", number), http_client.get((HOST, self.served.port), self.target(number, nonce), ACCEPT)


def descriptors(pid: int) -> int:
    return len([*Path(f"/proc/{pid}/fd").iterdir()])


def memory(pid: int) -> int:
    """Bytes of the server's processes together, what they share counted once (PSS)."""
    total = 0
    for each in family(pid):
        try:
            text = Path(f"/proc/{each}/smaps_rollup").read_text()
        except OSError:
            continue
        total += next((int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:")), 0) * 1024
    return total


class Killer:
    """Kills a worker every 100 ms: a child of a child of the server."""

    def __init__(self, served: Served) -> None:
        self.pid, self.killed, self.next = served.process.pid, 0, 0.0

    def __call__(self, now: float) -> None:
        if now < self.next:
            return
        self.next = now + 0.1
        loaders = _children(self.pid)
        workers = [pid for loader in loaders for pid in _children(loader)]
        if workers:
            try:
                os.kill(random.choice(workers), signal.SIGKILL)
                self.killed += 1
            except ProcessLookupError:
                pass


class Reloader:
    """Changes the data and has it loaded, again as soon as the new version is served, `most` times."""

    def __init__(self, served: Served, file: Path, most: int) -> None:
        self.served, self.file, self.most, self.done, self.next = served, file, most, 0, 0.0
        self.version = ""

    def __call__(self, now: float) -> None:
        if now < self.next:
            return
        self.next = now + 0.1
        with urllib.request.urlopen(f"http://{HOST}:{self.served.port}/health", timeout=30) as answer:
            version = json.load(answer)["version"]
        if version == self.version:
            return
        self.done += bool(self.version)
        self.version = version
        staged = self.file.with_suffix(".new")
        staged.write_text(f"<{MARK}> <{MARK}#is> {time.time_ns()} .\n", encoding="utf-8")
        staged.replace(self.file)
        self.served.process.send_signal(signal.SIGHUP)

    def enough(self) -> bool:
        return self.done >= self.most


class Slow:
    """So many sockets that send a byte of a request now and then."""

    def __init__(self, served: Served, count: int) -> None:
        self.address, self.next, self.position = (HOST, served.port), 0.0, 0
        self.sockets = [socket.create_connection(self.address) for _ in range(count)]
        self.text = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nX-Slow: " + b"a" * 4000

    def __call__(self, now: float) -> None:
        if now < self.next:
            return
        self.next = now + 0.5
        for number, sock in enumerate(self.sockets):
            try:
                sock.send(self.text[self.position : self.position + 1])
            except OSError:
                sock.close()
                self.sockets[number] = socket.create_connection(self.address)
        self.position += 1

    def close(self) -> None:
        for sock in self.sockets:
            sock.close()


def _children(pid: int) -> list[int]:
    try:
        return [int(c) for task in Path(f"/proc/{pid}/task").iterdir() for c in (task / "children").read_text().split()]
    except OSError:
        return []


def _extra(scene: str, served: Served, folder: Path, given: argparse.Namespace) -> Killer | Reloader | Slow | None:
    """What goes on beside the clients' requests."""
    if scene == "killed":
        return Killer(served)
    if scene == "reloads":
        return Reloader(served, folder / "data" / "mark.ttl", given.reloads)
    return Slow(served, given.sockets) if scene == "slow" else None


def play(scene: str, served: Served, folder: Path, visits: int, given: argparse.Namespace) -> Outcome:
    """Run one scene and hold it to its promises."""
    count = min(visits, 200)
    truth = Truth(served, visits)
    truth.learn(count)
    hostile = {"1%": 0.01, "10%": 0.10}.get(scene, 0.0)
    extra = _extra(scene, served, folder, given)
    peak = 0

    def meanwhile(now: float) -> None:
        nonlocal peak
        if extra is not None:
            extra(now)
        if now // 0.5 != meanwhile.last:  # type: ignore[attr-defined]
            meanwhile.last = now // 0.5  # type: ignore[attr-defined]
            peak = max(peak, memory(served.process.pid))

    meanwhile.last = -1.0  # type: ignore[attr-defined]
    streams = [truth.requests(given.seed + n, hostile, count) for n in range(CLIENTS)]
    enough = extra.enough if isinstance(extra, Reloader) else lambda: False
    result = http_client.run((HOST, served.port), streams, LONGEST if isinstance(extra, Reloader) else given.seconds,
                             enough=enough, verify=truth.verify,
                             good=lambda tag: tag[0] == "good", meanwhile=meanwhile)  # type: ignore[index]  # fmt: skip
    if isinstance(extra, Slow):
        extra.close()
    statuses = dict(truth.statuses)
    statuses[0] = result.statuses.get(0, 0)
    outcome = Outcome(scene, result, statuses, truth.wrong, peak)
    if isinstance(extra, Killer):
        outcome.extra = f"{extra.killed} killed"
    if isinstance(extra, Reloader):
        outcome.extra = f"{extra.done} reloads, {_settle(served)} loader left"
        if not extra.enough():
            outcome.faults.append(f"{extra.done} reloads of {extra.most}")
    outcome.faults += _faults(outcome, given)
    return outcome


def _settle(served: Served) -> int:
    """Wait until nothing is loading any more; how many loaders are left."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        with urllib.request.urlopen(f"http://{HOST}:{served.port}/health", timeout=30) as answer:
            if not json.load(answer)["loading"]:
                time.sleep(1)
                return len(_children(served.process.pid))
        time.sleep(0.2)
    return -1


def _faults(outcome: Outcome, given: argparse.Namespace) -> list[str]:
    faults = []
    total = max(sum(outcome.good.values()), 1)
    refused = sum(count for status, count in outcome.good.items() if status in {429, 503})
    if outcome.wrong:
        faults.append(f"{outcome.wrong} wrong bodies")
    if outcome.good.get(0):
        faults.append(f"{outcome.good[0]} connections broke")
    if outcome.good.get(200, 0) < given.seconds:
        faults.append("hardly an answer")
    if outcome.scene == "1%" and not given.lenient and outcome.result.percentile(0.99) > 0.5:
        faults.append(f"p99 {outcome.result.percentile(0.99):.3f} s")
    if outcome.scene in {"killed", "clean", "reloads", "slow"} and refused / total > 0.005:
        faults.append(f"{100 * refused / total:.2f} % refused")
    if outcome.memory > given.memory << 20:
        faults.append(f"{outcome.memory >> 20} MB")
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--triples", type=int, default=100_000)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--scenes", default=",".join(SCENES))
    parser.add_argument("--reloads", type=int, default=100)
    parser.add_argument("--sockets", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0, help="0: by the clock")
    parser.add_argument("--memory", type=int, default=4_096, help="MB that all processes together may take")
    parser.add_argument("--workers", default="2")
    parser.add_argument("--quick", action="store_true")
    parser.add_argument(
        "--lenient", action="store_true", help="no promise of time: the machine is busy with other things"
    )
    given = parser.parse_args()
    if given.quick:
        given.triples, given.seconds, given.reloads, given.sockets, given.lenient = 10_000, 3.0, 3, 200, True
    given.seed = given.seed or int(time.time())
    sys.stdout.write(f"Python {platform.python_version()}, {os.cpu_count()} cores, {CLIENTS} clients, {given.triples:,} triples, "
                     f"{given.seconds:g} s a scene, seed {given.seed}, load average {os.getloadavg()[0]:.1f}\n\n"
                     "| scene | good answers/s | p50 ms | p99 ms | max ms | wrong | refused | broken | peak MB | |\n"
                     "|---|---:|---:|---:|---:|---:|---:|---:|---:|---|\n")  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "large"
        _make(folder, given.triples)
        sys.exit(_all(folder, given))


def _make(folder: Path, triples: int) -> None:
    command = [sys.executable, HERE / "make_city.py", str(triples), folder]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (folder / "data" / "mark.ttl").write_text(f"<{MARK}> <{MARK}#is> 0 .\n", encoding="utf-8")


def _make_small(folder: Path) -> None:
    """A graph of `RELOADED` subjects in nobody's model: what is measured is the swap, not the check."""
    (folder / "data").mkdir(parents=True)
    (folder / "kgtool.toml").touch()
    lines = (
        f'<{BASE}event/v{subject}> <{MARK}#{name}> "{name} of {subject}"@en , <{BASE}other/{subject * 7 % 50}> .\n'
        for subject in range(RELOADED)
        for name in ("label", "place", "guest", "host")
    )
    (folder / "data" / "small.ttl").write_text("".join(lines), encoding="utf-8")
    (folder / "data" / "mark.ttl").write_text(f"<{MARK}> <{MARK}#is> 0 .\n", encoding="utf-8")


def _on_one_server(folder: Path, scenes: list[str], visits: int, given: argparse.Namespace) -> list[str]:
    """Play scenes one after another; the promises that did not hold."""
    if not scenes:
        return []
    # Time is fair between clients only; here all come from one address, and each scene is to be seen by itself.
    served = start_kgtool(folder, "--workers", given.workers, "--budget", "1000000")
    faults: list[str] = []
    pid = served.process.pid
    try:
        Truth(served, 1).learn(1)
        before = descriptors(pid)
        for scene in scenes:
            outcome = play(scene, served, folder, visits, given)
            sys.stdout.write(outcome.row() + "\n")
            sys.stdout.flush()
            faults += [f"{scene}: {fault}" for fault in outcome.faults]
        time.sleep(3)
        after = descriptors(pid)
        if after > before + 4:
            faults.append(f"descriptors {before} before, {after} behind")
        if served.process.poll() is not None:
            faults.append("the server is gone")
        sys.stdout.write(
            f"descriptors of the front: {before} before, {after} behind; same process: {served.process.poll() is None}\n"
        )
    finally:
        stop(served)
    return faults


def _all(folder: Path, given: argparse.Namespace) -> int:
    faults = _on_one_server(
        folder, [scene for scene in given.scenes.split(",") if scene != "reloads"], given.triples // 23, given
    )
    if "reloads" in given.scenes.split(","):
        small = folder.parent / "small"
        _make_small(small)
        faults += _on_one_server(small, ["reloads"], RELOADED, given)
    sys.stdout.write("".join(f"FAULT {fault}\n" for fault in faults) or "all promises held\n")
    return int(bool(faults))


if __name__ == "__main__":
    main()
