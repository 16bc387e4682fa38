"""Requests that are sent to a worker before it has answered the last: none is lost, mixed up, or stuck behind a long one."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from serving import Served, serving

from kgtool.serve.front.ahead import Pace, soon

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
CLIENTS, EACH = 8, 60


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    (tmp_path / "kgtool.toml").touch()
    (tmp_path / "data").mkdir()
    lines = "".join(f"<urn:s{n}> <urn:p> <urn:o{n}> .\n" for n in range(CLIENTS * EACH))
    (tmp_path / "data" / "lines.nt").write_text(lines, encoding="utf-8")
    with serving(
        tmp_path, tmp_path, "--allow-findings", "--workers", "1", "--deadline", "4", "--proxy", "127.0.0.1"
    ) as served:
        yield served


def crowd(served: Served, meanwhile: Callable[[], object]) -> list[str]:
    """Many clients ask at once, each its own questions; what was not answered rightly."""
    wrong: list[str] = []

    def ask(client: int) -> None:
        for number in range(client * EACH, client * EACH + EACH):
            reply = served.get(f"SELECT ?o {{ <urn:s{number}> ?p ?o }}", accept="text/csv", x_forwarded_for="192.0.2.1")
            if (reply.status, reply.body.split()) != (200, [b"o", f"urn:o{number}".encode()]):
                wrong.append(f"{number}: {reply.status} {reply.body[:100]!r}")

    threads = [threading.Thread(target=ask, args=(client,)) for client in range(CLIENTS)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        meanwhile()
        time.sleep(0.02)
    for thread in threads:
        thread.join()
    return wrong


def test_each_of_many_gets_its_own_answer(served: Served) -> None:
    assert crowd(served, lambda: None) == []
    assert served.health()["replaced"]["died"] == 0


def test_no_request_is_lost_or_stuck_behind_a_long_one(served: Served) -> None:
    hostile: list[threading.Thread] = []
    statuses: list[int] = []

    def meanwhile() -> None:
        if len(hostile) < 6:
            text = f"{ENDLESS} # {len(hostile)}"
            hostile.append(
                threading.Thread(target=lambda: statuses.append(served.query(text, x_forwarded_for="192.0.2.9").status))
            )
            hostile[-1].start()

    assert crowd(served, meanwhile) == []
    for thread in hostile:
        thread.join()
    assert set(statuses) <= {429, 503}
    served.until(lambda health: health["workers"]["busy"] + health["workers"]["slow"] == 0)
    # What was taken back from a worker is not computed there either: nobody is at work any more.
    served.until(lambda health: health["workers"]["idle"] == 3)


def test_no_request_is_lost_when_workers_are_killed(served: Served) -> None:
    def kill() -> None:
        loader = {
            int(pid)
            for pid in Path(f"/proc/{served.process.pid}/task/{served.process.pid}/children").read_text().split()
        }
        for pid in [pid for pid in served.family() if pid not in loader and pid != served.process.pid][:1]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.3)

    assert crowd(served, kill) == []
    assert served.health()["replaced"]["died"] > 0


def test_the_quicker_requests_are_the_more_are_sent_ahead() -> None:
    pace = Pace()
    depths = []
    for seconds in (0.0002, 0.001, 1.0):
        for _ in range(80):
            pace.note(seconds)
        depths.append(pace.depth)
    assert depths[0] > depths[1] > depths[2] == 0


@pytest.mark.parametrize(
    ("change", "expected"),
    [({}, True), ({"slow": True}, False), ({"spent": True}, False), ({"full": True}, False),
     ({"uses": 127}, True), ({"uses": 128}, False), ({"uses": 5_000, "seen": 4_999}, False), ({"job": SimpleNamespace(began=9.0)}, False), ({"job": None}, False)],
)  # fmt: skip
def test_only_a_worker_that_will_soon_be_done_is_sent_another(change: dict[str, object], expected: bool) -> None:
    fields = {
        "job": SimpleNamespace(began=9.99),
        "slow": False,
        "spent": False,
        "full": False,
        "uses": 68,
        "seen": 64,
    }
    assert soon(SimpleNamespace(**{**fields, **change}), 10.0) is expected  # type: ignore[arg-type]
