"""A query's own budget ends it at that moment, whatever the engine is doing, and the answer names it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import time
from collections.abc import Callable, Iterator

import pytest
from conftest import WANGJIN
from serving import Served, serving

from kgtool.engine import confined
from kgtool.engine.alarm import Alarm

ENDLESS = """#+ summary: {en: "Endless", zh-Hant: "無盡"}
#+ budget: 0.4
SELECT (COUNT(*) AS ?n) WHERE { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . FILTER(STRLEN(STR(?b)) > STRLEN(STR(?d))) }
"""
SORTED = """#+ summary: {en: "Sorted", zh-Hant: "排序"}
#+ budget: 0.4
SELECT ?a ?c WHERE { ?a ?p ?b . ?c ?q ?d } ORDER BY ?a ?c LIMIT 1
"""
FAST = """#+ summary: {en: "Fast", zh-Hant: "快"}
#+ budget: 30
SELECT ?a WHERE { ?a a cd:Visit } ORDER BY ?a
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("budget")
    shutil.copytree(WANGJIN, folder / "project")
    asks = folder / "project" / "queries" / "ask"
    asks.mkdir(parents=True, exist_ok=True)
    for name, text in (("endless", ENDLESS), ("sorted", SORTED), ("fast", FAST)):
        (asks / f"{name}.rq").write_text(text, encoding="utf-8")
    with serving(folder / "project", folder, "--allow-findings", "--deadline", "60", "--no-inferred") as served:
        yield served


@pytest.mark.parametrize("name", ["endless", "sorted"])
def test_the_answer_names_the_query_s_budget_and_not_the_server_s(server: Served, name: str) -> None:
    pid = server.process.pid
    answer = server.ask("GET", f"/api/{name}", accept="application/json")
    assert answer.status == 503
    assert answer.json["code"] == "E-QUERY-TIMEOUT"
    assert "0.4 s" in answer.json["messages"]["en"]
    assert "own budget" in answer.json["messages"]["en"]
    assert answer.fields["access-control-allow-origin"] == "*"
    assert answer.fields["x-content-type-options"] == "nosniff"
    assert answer.seconds < 30  # the server's own limit is 60
    assert server.ask("GET", "/api/fast").status == 200
    assert server.process.pid == pid


def test_a_run_within_its_budget_is_not_touched_by_the_alarm_of_one_before(server: Served) -> None:
    for _ in range(5):
        assert server.ask("GET", "/api/fast?format=csv").body.startswith(b"a\r\n")
    time.sleep(0.5)
    assert server.ask("GET", "/api/fast").status == 200


# --- the alarm by itself, in a process of its own


def forked(live: Callable[[Alarm], None]) -> tuple[bytes, int]:
    """What a process said over its socket, and how it ended."""
    ours, theirs = socket.socketpair()
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        live(Alarm(theirs.fileno()))
        os.write(theirs.fileno(), b"done")
        os._exit(3)
    theirs.close()
    with ours:
        ours.settimeout(30)
        said = b""
        while part := ours.recv(1 << 16):
            said += part
    return said, os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_the_last_word_is_told_whole_and_the_alarm_ends_the_process() -> None:
    word = b"x" * 1_000_000

    def live(alarm: Alarm) -> None:
        alarm.set(0.05, word)
        time.sleep(20)

    assert forked(live) == (word, -signal.SIGALRM)


def test_a_lifted_alarm_does_nothing_and_can_be_set_again() -> None:
    def live(alarm: Alarm) -> None:
        for _ in range(100):
            alarm.set(0.2, b".")
            alarm.lift()
        time.sleep(0.4)

    assert forked(live) == (b"." * 100 + b"done", 3)


def test_a_later_end_that_was_set_before_stays() -> None:
    def live(alarm: Alarm) -> None:
        signal.setitimer(signal.ITIMER_REAL, 0.5)
        alarm.set(0.2, b"word")
        alarm.lift()
        time.sleep(20)

    assert forked(live) == (b"word", -signal.SIGALRM)


def test_a_process_that_is_not_confined_has_none() -> None:
    assert confined.alarm() is None
