"""The trial: a child that ends by itself is the program, one that dies of a query is done again, and nothing outlives it."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN, Ran

from kgtool import trial
from kgtool.engine import EmbeddedStore, Limits, QueryRunner
from kgtool.errors import QueryError

ENV = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "KGTOOL_CACHE": "off", "KGTOOL_LANG": "en"}
# What goes before and behind a trial; `here` is where the child goes on, and what the parent does again.
HEAD = """
import os, resource, signal, socket, sys, threading, time
from kgtool import trial
def told(*said): print(*said, flush=True)
def die(number):
    signal.signal(number, signal.SIG_DFL) if number != signal.SIGKILL else None
    os.kill(os.getpid(), number)
me = os.getpid()
"""
BEGUN = HEAD + "trial.begin()\n"
FAULTS = ("SIGSEGV", "SIGABRT", "SIGBUS", "SIGILL", "SIGFPE", "SIGTRAP", "SIGALRM", "SIGKILL")
# A store whose every query does what the text says, in Python.
STORE = """
from kgtool.engine import Limits, QueryRunner
from kgtool.engine.failure import failed
from kgtool.errors import QueryError
class Store:
    def evaluate(self, text, prefixes):
        exec(text.removeprefix("ASK {} #"))
        return True
def ask(text, limits=Limits()):
    with QueryRunner(Store(), limits) as runner:
        try:
            return runner.run("ASK {} #" + text, {})
        except QueryError as error:
            return error.code
"""
GREEDY = "SELECT (STRLEN(?x40) AS ?n) WHERE { BIND('xxxxxxxxxx' AS ?x0) " + " ".join(
    f"BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(40)
) + " }"  # fmt: skip


def ran(body: str, *options: str, cwd: Path | None = None) -> tuple[int, str, str]:
    """Exit status, output and errors of a script."""
    done = subprocess.run(
        [sys.executable, *options, "-c", body],
        env=ENV,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def left(pid: int) -> bool:
    """Whether a process is at work."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def soon(true: Callable[[], bool], seconds: float = 20.0) -> bool:
    end = time.monotonic() + seconds
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


@pytest.fixture
def on_trial(monkeypatch: pytest.MonkeyPatch) -> None:
    """Queries that do no harm are evaluated in this process."""
    monkeypatch.setattr(trial._State, "child", os.getpid())


@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_a_child_that_ends_by_itself_is_the_program(status: int) -> None:
    body = f"told(trial.on(), os.getpid() != me); sys.exit({status})"
    assert ran(BEGUN + body) == (status, "True True\n", "")


@pytest.mark.parametrize("fault", FAULTS)
def test_a_child_that_dies_of_a_fault_is_done_again(fault: str, tmp_path: Path) -> None:
    body = f"told(trial.on(), os.getpid() == me)\nif trial.on(): die(signal.{fault})\nsys.exit(5)"
    assert ran(BEGUN + body, cwd=tmp_path) == (5, "True False\nFalse True\n", "")
    assert [*tmp_path.iterdir()] == []  # no core


@pytest.mark.parametrize("sent", ["SIGTERM", "SIGHUP", "SIGQUIT", "SIGUSR1"])
def test_a_child_that_somebody_ends_is_not_done_again(sent: str) -> None:
    assert ran(BEGUN + f"told('once'); die(signal.{sent})") == (-signal.Signals[sent], "once\n", "")


@pytest.mark.parametrize("fault", ["SIGSEGV", "SIGKILL"])
def test_what_is_settled_is_not_done_again(fault: str) -> None:
    body = f"trial.settle(); told(trial.on())\ndie(signal.{fault})"
    assert ran(BEGUN + body) == (-signal.Signals[fault], "False\n", "")


def test_the_second_time_is_the_last() -> None:
    body = "trial.begin(); told(trial.on(), os.getpid() == me)\nif os.getpid() != me: trial.lose()\ndie(signal.SIGSEGV)"
    assert ran(HEAD + body)[:2] == (-signal.SIGSEGV, "True False\nFalse True\n")
    again = "trial.begin(); told(trial.on(), os.getpid() == me)"
    assert ran(BEGUN + "if trial.on(): trial.lose()\n" + again) == (0, "False True\n", "")


@pytest.mark.parametrize(("before", "options"), [
    ("threading.Thread(target=time.sleep, args=(1,)).start()", ()), ("", ("-W", "error")),
    ("sys.setprofile(lambda *_: None)", ()), ("sys.stdin = None", ()),
    ("os.fork = refused", ()), ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (5, 5))", ()),
    ("import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (4, 4))", ()),
])  # fmt: skip
def test_a_process_that_is_watched_or_has_a_stream_closed_is_not_forked(before: str, options: tuple[str, ...]) -> None:
    body = HEAD + "def refused(): raise BlockingIOError\n" + before + "\ntrial.begin()\n"
    body += "told(trial.on(), os.getpid() == me, len(os.listdir('/proc/self/fd')))"
    assert ran(body, *options) == (0, "False True 4\n", "")


def test_nothing_is_written_twice() -> None:
    body = "sys.stdout.write('first\\n')\ntrial.begin()\nif trial.on(): trial.lose()\ntold('second')"
    assert ran(HEAD + body) == (0, "first\nsecond\n", "")


def started(body: str) -> tuple[subprocess.Popen[str], int]:
    """A script on trial, and the number of its child, which is at work."""
    process = subprocess.Popen(
        [sys.executable, "-c", BEGUN + "told(os.getpid())\n" + body], env=ENV, text=True, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout is not None
    pid, ready = (process.stdout.readline() for _ in range(2))
    assert ready == "ready\n"
    return process, int(pid)


BUSY = "told('ready'); time.sleep(60)"
POLITE = "try: told('ready'); time.sleep(60)\nexcept KeyboardInterrupt: sys.exit(130)"
# As an engine at work: deaf to interrupts until the alarm ends it.
DEAF = "signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}); signal.setitimer(signal.ITIMER_REAL, 2); told('ready'); time.sleep(60)"


@pytest.mark.parametrize(("sent", "to_group", "body", "status"), [
    (signal.SIGTERM, False, BUSY, -signal.SIGTERM), (signal.SIGTERM, True, BUSY, -signal.SIGTERM), (signal.SIGHUP, False, BUSY, -signal.SIGHUP),
    (signal.SIGINT, False, POLITE, 130), (signal.SIGINT, True, POLITE, 130), (signal.SIGINT, False, DEAF, 130),
])  # fmt: skip
def test_what_is_sent_to_the_program_ends_both(sent: signal.Signals, to_group: bool, body: str, status: int) -> None:
    process, child = started(body)
    with process:
        (os.killpg if to_group else os.kill)(process.pid, sent)
        assert process.wait(timeout=20) == status
        assert not left(child)


def test_an_interrupt_from_the_keyboard_is_one() -> None:
    body = "try: told('ready'); time.sleep(60)\nexcept KeyboardInterrupt: time.sleep(1); told('once'); sys.exit(130)"
    ours, theirs = pty.openpty()
    at_terminal = f"import os; os.login_tty({theirs})\n" + BEGUN + body
    process = subprocess.Popen([sys.executable, "-c", at_terminal], env=ENV, pass_fds=(theirs,))
    os.close(theirs)
    shown = b""
    with process, contextlib.suppress(OSError):  # what a terminal says when nobody holds its other end
        while piece := os.read(ours, 1000):
            shown += piece
            if piece.endswith(b"ready\r\n"):
                os.write(ours, b"\x03")
    os.close(ours)
    assert process.returncode == 130
    assert shown.endswith(b"once\r\n")


def test_what_the_program_was_told_to_ignore_ends_neither() -> None:
    body = "signal.signal(signal.SIGHUP, signal.SIG_IGN)\n" + BEGUN.removeprefix(HEAD)
    body += "if trial.on():\n    os.kill(os.getppid(), signal.SIGHUP); time.sleep(0.2); trial.lose()\nsys.exit(5)"
    assert ran(HEAD + body)[0] == 5


def test_a_child_does_not_outlive_a_program_that_is_killed() -> None:
    process, child = started(BUSY)
    with process:
        process.kill()
        process.wait(timeout=20)
        assert soon(lambda: not left(child))


@pytest.mark.parametrize(("text", "careful"), [
    ("os.kill(os.getpid(), signal.SIGSEGV)", "E-QUERY-CRASH"),
    ("raise RuntimeError('an engine that panics')", "E-QUERY-CRASH"),
    ("raise BaseException", "E-QUERY-CRASH"),
    ("time.sleep(60)", "E-QUERY-TIMEOUT"),
    ("while True: pass", "E-QUERY-TIMEOUT"),
    ("x = bytearray(1 << 33)", "E-QUERY-MEMORY"),
    ("open('/dev/null')", "E-QUERY-CRASH"),
    ("socket.create_connection(('127.0.0.1', 9))", "E-QUERY-CRASH"),
])  # fmt: skip
def test_a_query_that_goes_wrong_is_asked_again_of_a_worker(text: str, careful: str) -> None:
    body = f"told(trial.on()); told(ask({text!r}, Limits(seconds=1.0)))"
    assert ran(BEGUN + STORE + body) == (0, f"True\nFalse\n{careful}\n", "")


def test_a_query_that_fails_fails_here() -> None:
    body = "told(ask('raise failed(text)')); told(trial.on(), ask('pass'))"
    assert ran(BEGUN + STORE + body) == (0, "E-QUERY-RUN\nTrue True\n", "")


def test_what_an_engine_says_is_not_the_programs() -> None:
    body = "told(ask('os.write(2, b\"thread panicked\")')); os.write(2, b'of the program'); told(trial.on())"
    assert ran(BEGUN + STORE + body) == (0, "True\nTrue\n", "of the program")


def test_an_interrupt_while_a_query_is_at_work_is_one() -> None:
    text = "signal.raise_signal(signal.SIGINT); time.sleep(0.01)"
    body = f"try: ask({text!r})\nexcept KeyboardInterrupt: told(trial.on()); sys.exit(130)"
    assert ran(BEGUN + STORE + body) == (130, "True\n", "")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    a, p = ox.NamedNode("a:a"), ox.NamedNode("a:p")
    return EmbeddedStore(ox.Quad(a, p, ox.Literal(n), ox.NamedNode("a:g")) for n in range(200))


ASKED = (
    "SELECT * WHERE { ?s ?p ?o } ORDER BY ?o", "SELECT ?none WHERE {}", "ASK { ?s ?p 7 }", "ASK { ?s ?p 'no' }",
    "CONSTRUCT { ?s <a:q> [] } WHERE { ?s ?p 1 }", "DESCRIBE <a:a>", "SELECT (1/0 AS ?x) ?y WHERE { VALUES ?y { 'a'@en <b:b> 1.50 } }",
    "\ufeffSELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", "SELECT (OBJECT(TRIPLE(<a:a>, <a:p>, 1)) AS ?x) {}",
)  # fmt: skip


def answers(store: EmbeddedStore, limits: Limits) -> Iterator[object]:
    with QueryRunner(store, limits) as runner:
        for text in (
            *ASKED,
            "SELECT *",
            "SELECT (<a:f>(1) AS ?x) {}",
            "SELECT * { SERVICE <a:b> {} }",
            "ASK { 'x\ud800' ?p ?o }",
            "SELECT ?s (TRIPLE(?s, ?p, ?o) AS ?x) { ?s ?p ?o }",
            "CONSTRUCT { ?s ?p ?x } { ?s ?p ?o BIND(TRIPLE(?s, ?p, ?o) AS ?x) }",
        ):
            for ask in (runner.run, runner.columns):
                try:
                    yield ask(text, {})
                except QueryError as error:
                    yield error.code, error.message, getattr(error, "line", 0), getattr(error, "column", 0)


def test_answers_here_are_those_of_a_worker(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> None:
    careful = [*answers(store, Limits())]
    monkeypatch.setattr(trial._State, "child", os.getpid())
    monkeypatch.setattr("kgtool.engine.workers.start", None)  # no worker is asked
    assert [*answers(store, Limits())] == careful


@pytest.mark.usefixtures("on_trial")
def test_an_answer_with_many_rows_is_a_workers(store: EmbeddedStore) -> None:
    with QueryRunner(store, Limits(rows=100)) as runner:
        for text in ("SELECT * { ?s ?p ?o }", "CONSTRUCT { ?s <a:q> ?o } WHERE { ?s ?p ?o }"):
            with pytest.raises(QueryError) as caught:
                runner.run(text, {})
            assert caught.value.code == "E-QUERY-ROWS"
        assert runner._workers
    many = " ".join(f"VALUES ?x{n} {{ {' '.join(map(str, range(22)))} }}" for n in range(3))
    with QueryRunner(store) as runner:
        assert len(runner.run(f"SELECT * {{ {many} }}", {}).rows) == 22**3  # type: ignore[union-attr]
        assert runner._workers


@pytest.mark.usefixtures("on_trial")
def test_nothing_of_the_bounds_is_left(store: EmbeddedStore) -> None:
    def state() -> object:
        limits = [resource.getrlimit(limit) for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_AS)]
        return limits, signal.getitimer(signal.ITIMER_REAL), sorted(
            (path.name, path.readlink()) for path in Path("/proc/self/fd").iterdir() if path.is_symlink()
        )[:-1]  # fmt: skip

    before = state()
    for _ in range(3):
        assert len([*answers(store, Limits())]) == 2 * (len(ASKED) + 6)
    assert state()[:2] == before[:2]  # type: ignore[index]
    assert len(state()[2]) == len(before[2])  # type: ignore[index]


def checked(folder: Path, *, trying: bool = True, most: int = 100_000) -> tuple[int, object, str]:
    """Status, report and errors of the program, `again` among these when it was done a second time.

    Args:
        most: statements of a project that is tried.
    """
    body = (
        "import sys\nfrom kgtool import trial\nattend = trial._attend\n"
        "def attended(*given):\n    attend(*given)\n    print('again', file=sys.stderr)\ntrial._attend = attended\n"
        + ("" if trying else "trial.begin = lambda: None\n")
        + f"import kgtool.check\nkgtool.check._MOST_ON_TRIAL = {most}\n"
        + f"sys.argv = ['kgtool', 'check', {str(folder)!r}, '--format', 'json']\n"
        "from kgtool.__main__ import main\nmain()\n"
    )
    status, out, err = ran(body)
    report = json.loads(out)
    report["summary"].pop("seconds", None)
    return status, report, err


def test_a_report_is_the_same_on_trial(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    for folder in (WANGJIN, make_project({"data/visit.ttl": "gov:harbour cd:territory place:harbour"})):
        assert checked(folder) == checked(folder, trying=False)
    assert checked(WANGJIN)[2] == ""


HEADER = "#+ summary: {en: x, zh-Hant: 甲}\n#+ columns: {n: {type: any}}\n#+ tests: [{min_rows: 0}]\n"


def test_a_query_that_ends_the_check_is_a_finding_all_the_same(make_project: Callable[..., Path]) -> None:
    good = HEADER + "SELECT ?n WHERE { VALUES ?n { 1 } }"
    folder = make_project({"queries/ask/greedy.rq": HEADER + GREEDY, "queries/ask/good.rq": good, "data/a.ttl": ""})
    status, report, err = checked(folder)
    careful = checked(folder, trying=False)
    assert err == "again\n"
    assert (status, report) == careful[:2]
    found = [one for one in report["findings"] if one["rule"] == "KG301"]  # type: ignore[index]
    assert status == 1
    assert [Path(one["file"]).name for one in found] == ["greedy.rq"]
    assert "memory" in json.dumps(found)


def test_a_check_whose_rows_hold_triple_terms_says_so(make_project: Callable[..., Path]) -> None:
    """RDF 1.2, which no finding can name; a part of one is a term like any other."""
    text = "#+ summary: {en: x, zh-Hant: 甲}\n#+ columns: {focus: any}\nSELECT ?focus WHERE { ?s ?p ?o BIND(%s AS ?focus) }"
    whole, part = text % "TRIPLE(?s, ?p, ?o)", text % "SUBJECT(TRIPLE(?s, ?p, ?o))"
    folder = make_project(
        {"queries/check/whole.rq": whole, "queries/check/part.rq": part, "data/a.ttl": "<a:a> <a:p> 1 ."}
    )
    status, report, err = checked(folder)
    assert (status, err) == (1, "")
    assert checked(folder, trying=False)[:2] == (status, report)
    found = {(one["rule"], Path(one["file"]).name, one["focus"]) for one in report["findings"]}  # type: ignore[index]
    assert {one for one in found if one[0] in {"KG301", "KG303"}} == {
        ("KG301", "whole.rq", ""),
        ("KG303", "a.ttl", "a:a"),
    }


def test_a_large_project_is_not_tried(make_project: Callable[..., Path]) -> None:
    lines = "".join(f"<https://e.example/{n}> a <https://e.example/C> .\n" for n in range(5))
    folder = make_project({"data/a.ttl": lines, "queries/ask/greedy.rq": HEADER + GREEDY})
    assert checked(folder)[2] == "again\n"
    status, report, err = checked(folder, most=4)
    assert (status, err) == (1, "")
    assert "KG301" in {one["rule"] for one in report["findings"]}  # type: ignore[index]


def test_only_the_command_lines_own_process_is_forked() -> None:
    body = (
        "import sys\nfrom kgtool import trial\nfrom kgtool.cli import {0}\ntrial.begin = lambda: print('tried', file=sys.stderr)\n"
        f"{{0}}(['check', {str(WANGJIN)!r}])"
    )
    assert ran(body.format("status"))[2] == ""
    assert ran(body.format("main"))[2] == "tried\n"
