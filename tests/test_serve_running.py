"""A running server: connections, deadlines, the cache, fairness, reloads, and how it ends."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from serving import Served, serving

ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
HUGE = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
LINES = "".join(f"<urn:s{n}> <urn:p> <urn:o{n % 7}> .\n" for n in range(2_000))
COUNT = "SELECT (COUNT(*) AS ?n) { ?s <urn:p> ?o }"
GET = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\n\r\n"


def write(folder: Path, text: str) -> None:
    (folder / "kgtool.toml").touch()
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "lines.nt").write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("live")
    write(folder, LINES)
    with serving(
        folder, folder, "--allow-findings", "--workers", "2", "--deadline", "2", "--budget", "3", "--proxy", "127.0.0.1"
    ) as served:
        yield served


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., contextlib.AbstractContextManager[Served]]:
    def start(*options: str) -> contextlib.AbstractContextManager[Served]:
        write(tmp_path, LINES)
        return serving(tmp_path, tmp_path, "--allow-findings", *options)

    return start


# --- connections


def test_a_connection_is_kept_and_pipelined_requests_are_answered_in_order(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as sock:
        sock.sendall(
            GET
            + GET.replace(b"ASK%7B%7D", b"nonsense")
            + GET
            + GET.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
        )
        data = b""
        while chunk := sock.recv(65536):
            data += chunk
    assert re.findall(rb"HTTP/1\.1 (\d+)", data) == [b"200", b"400", b"200", b"200"]
    assert data.count(b"Connection: close") == 1


def test_many_pipelined_refusals_do_not_exhaust_anything(served: Served) -> None:
    count = 3_000
    with socket.create_connection(("127.0.0.1", served.port), timeout=60) as sock:
        sender = threading.Thread(target=sock.sendall, args=(b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n" * count,))
        sender.start()
        seen = 0
        while seen < count and (chunk := sock.recv(1 << 20)):
            seen += chunk.count(b"HTTP/1.1 200 OK")
        sender.join()
    assert seen >= count - 2  # a status line may be cut by the end of a read


def test_head_has_the_fields_of_get_and_no_body(served: Served) -> None:
    one, other = served.ask("GET", "/sparql?query=ASK%7B%7D"), served.ask("HEAD", "/sparql?query=ASK%7B%7D")
    assert (other.status, other.body) == (200, b"")
    assert {**one.fields, "date": ""} == {**other.fields, "date": ""}


def test_a_refusal_is_read_even_while_the_client_sends_on(served: Served) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99999999\r\n\r\n"
    reply = served.raw(head + b" " * 3_000_000)
    assert (reply.status, reply.fields["connection"]) == (413, "close")


def test_slow_and_silent_clients_do_not_hold_up_others(served: Served) -> None:
    slow = [socket.create_connection(("127.0.0.1", served.port)) for _ in range(200)]
    try:
        for number, sock in enumerate(slow):
            if number % 2:
                sock.sendall(GET[: number % 40])
        for _ in range(20):
            assert served.get("ASK {}").status == 200
        assert served.health()["connections"] >= 200
    finally:
        for sock in slow:
            sock.close()
    served.until(lambda health: health["connections"] < 20)


def test_a_client_that_says_nothing_is_cut_off(served: Served) -> None:
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: ")
        data = b""
        while chunk := sock.recv(65536):
            data += chunk
    assert data.startswith(b"HTTP/1.1 408 ")


def test_expect_continue_is_answered(served: Served) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"
    with socket.create_connection(("127.0.0.1", served.port), timeout=30) as sock:
        sock.sendall(head)
        assert sock.recv(65536) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"ASK{}")
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")


# --- the cache


def test_an_answer_is_kept_whoever_asks_and_however(served: Served) -> None:
    text = "SELECT ?s { ?s <urn:p> <urn:o1> } ORDER BY ?s LIMIT 5"
    first = served.get(text)
    before = served.health()["requests"]["worked"]
    again = [
        served.get(text),
        served.ask(
            "GET",
            "/sparql?query=" + text.replace(" ", "%20").replace("?", "%3F").replace("<", "%3C").replace(">", "%3E"),
        ),
    ]
    assert [reply.body for reply in again] == [first.body] * 2
    assert served.get(text, accept="text/csv").body != first.body
    assert served.health()["requests"]["worked"] <= before + 2  # another spelling of the target, and another form


def test_a_kept_answer_gives_304(served: Served) -> None:
    tag = served.get(COUNT).fields["etag"]
    reply = served.get(COUNT, if_none_match=tag)
    assert (reply.status, reply.body, reply.fields["etag"]) == (304, b"", tag)
    assert reply.fields["vary"] == "Accept"


def test_what_changes_is_not_kept(served: Served) -> None:
    assert served.get("SELECT (RAND() AS ?x) {}").body != served.get("SELECT (RAND() AS ?x) {}").body


# --- bounds and fairness


def as_client(name: str) -> dict[str, str]:
    return {"x_forwarded_for": name}


def test_an_endless_query_ends_at_its_deadline_with_a_problem(served: Served) -> None:
    reply = served.query(ENDLESS, **as_client("192.0.2.1"))
    assert (reply.status, reply.json["code"]) == (503, "E-QUERY-TIMEOUT")
    assert reply.fields["access-control-allow-origin"] == "*"
    assert "Retry-After" in reply.fields["access-control-expose-headers"]
    assert reply.seconds < 20
    assert "2 s" in served.query(ENDLESS, accept_language="en", **as_client("192.0.2.2")).json["detail"]


def test_a_large_answer_is_refused_and_never_cut(served: Served) -> None:
    reply = served.query(HUGE, **as_client("192.0.2.3"))
    assert (reply.status, reply.json["code"]) in {(400, "E-QUERY-ROWS"), (503, "E-QUERY-TIMEOUT")}
    exact = served.query("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 1000", accept="text/csv", **as_client("192.0.2.4"))
    assert len(exact.body.splitlines()) == 1001


def test_quick_queries_go_on_while_long_ones_run_and_their_client_is_told_to_wait(
    own: Callable[..., contextlib.AbstractContextManager[Served]],
) -> None:
    with own("--workers", "2", "--deadline", "8", "--proxy", "127.0.0.1") as served:
        waits, statuses = _beside_hostile(served)
    assert sorted(waits)[len(waits) // 2] < 1.0
    assert set(statuses) <= {429, 503}
    assert 429 in statuses


def _beside_hostile(served: Served) -> tuple[list[float], list[int]]:
    """Seconds of a good client's requests, and the statuses of one that asks for too much."""
    statuses: list[int] = []

    def hostile(number: int) -> None:
        text = ENDLESS + f" # {number}"
        statuses.append(served.query(text, **as_client("192.0.2.9")).status)

    threads = [threading.Thread(target=hostile, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    time.sleep(0.3)
    waits = []
    for number in range(20):
        reply = served.get(f"SELECT ?o {{ <urn:s{number}> ?p ?o }}", **as_client("192.0.2.10"))
        assert reply.status == 200
        waits.append(reply.seconds)
    for thread in threads:
        thread.join()
    return waits, statuses


def test_a_worker_killed_by_somebody_else_loses_no_request(served: Served) -> None:
    for number in range(10):
        workers = [pid for pid in served.family() if pid not in loaders(served)]
        os.kill(workers[number % len(workers)], signal.SIGKILL)
        assert served.get(f"SELECT ?o {{ <urn:s{number + 100}> ?p ?o }}").status == 200
    served.until(lambda health: health["workers"]["idle"] >= 2)


def loaders(served: Served) -> set[int]:
    return {
        int(child)
        for task in Path(f"/proc/{served.process.pid}/task").iterdir()
        for child in (task / "children").read_text().split()
    }


def test_a_worker_holds_nothing_but_its_socket(served: Served) -> None:
    served.until(lambda health: health["workers"]["idle"] >= 4)
    workers = [pid for pid in served.family() if pid not in loaders(served)]
    assert len(workers) >= 4
    for pid in workers:
        end = time.monotonic() + 10  # one that was forked a moment ago has not let go of everything yet
        while len(held := [str(file.readlink()) for file in Path(f"/proc/{pid}/fd").iterdir()]) > 4:
            assert time.monotonic() < end, held
            time.sleep(0.02)
        assert len(held) == 4
        assert {name.partition(":")[0] for name in held} == {"/dev/null", "/memfd", "socket"}


# --- versions


def test_a_reload_serves_the_new_data_and_a_broken_one_keeps_the_old(
    own: Callable[..., contextlib.AbstractContextManager[Served]], tmp_path: Path
) -> None:
    with own() as served:
        pid = served.process.pid
        version = served.health()["version"]
        assert served.get(COUNT).json["results"]["bindings"][0]["n"]["value"] == "2000"
        write(tmp_path, LINES + "<urn:new> <urn:p> <urn:o> .\n")
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda health: health["version"] != version)
        assert served.get(COUNT).json["results"]["bindings"][0]["n"]["value"] == "2001"
        (tmp_path / "kgtool.toml").write_text("nonsense = 1\n", encoding="utf-8")
        served.process.send_signal(signal.SIGHUP)
        health = served.until(lambda health: health["load"]["ok"] is False)
        assert (health["status"], health["ready"], health["load"]["code"]) == ("degraded", True, "E-CONFIG-KEY")
        assert served.get(COUNT).json["results"]["bindings"][0]["n"]["value"] == "2001"
        assert any(line.get("event") == "load" and line.get("code") == "E-CONFIG-KEY" for line in served.lines())
        (tmp_path / "kgtool.toml").write_text("", encoding="utf-8")
        write(tmp_path, LINES)
        served.process.send_signal(signal.SIGHUP)
        served.until(lambda health: health["status"] == "ok" and health["version"] == version)
        assert served.process.pid == pid


def test_a_project_with_errors_is_not_served_unless_that_is_asked_for(
    make_project: Callable[..., Path], tmp_path: Path
) -> None:
    folder = make_project({"data/bad.ttl": '<urn:a> <urn:b> "2013-02-30"^^<http://www.w3.org/2001/XMLSchema#date> .\n'})
    command = [
        sys.executable,
        "-m",
        "kgtool",
        "serve",
        "--project",
        str(folder),
        "--port",
        "0",
        "--lang",
        "en",
        "--log",
        "off",
    ]
    env = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, capture_output=True, timeout=120, check=False, cwd=tmp_path)
    assert done.returncode == 2
    assert b"E-SERVE-FINDINGS" in done.stderr
    with serving(folder, tmp_path, "--allow-findings") as served:
        assert served.health()["data"]["findings"]["error"] >= 1


# --- beginning and end


def test_an_interrupt_ends_it_at_once_and_leaves_nothing(
    own: Callable[..., contextlib.AbstractContextManager[Served]],
) -> None:
    with own() as served:
        below = served.family()
        with socket.create_connection(("127.0.0.1", served.port)) as sock:
            sock.sendall(b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
                         + f"Content-Length: {len(ENDLESS)}\r\n\r\n{ENDLESS}".encode())  # fmt: skip
            time.sleep(0.3)
            served.process.send_signal(signal.SIGINT)
            # A graceful end would take up to 30 s; docs/performance-serving.md has what this one takes.
            assert served.process.wait(10) == 130
        end = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in below):
            assert time.monotonic() < end
            time.sleep(0.02)


def test_a_graceful_end_answers_what_was_asked(own: Callable[..., contextlib.AbstractContextManager[Served]]) -> None:
    with own("--deadline", "3") as served:
        replies = []
        asked = threading.Thread(target=lambda: replies.append(served.query(ENDLESS)))
        asked.start()
        served.until(lambda health: health["workers"]["busy"] + health["workers"]["slow"] > 0)
        served.process.send_signal(signal.SIGTERM)
        asked.join()
        assert served.process.wait(20) == 0
        assert (replies[0].status, replies[0].json["code"]) == (503, "E-QUERY-TIMEOUT")


def test_a_taken_port_is_named(served: Served, kgtool: Callable[..., object]) -> None:
    ran = kgtool("serve", "--project", ROOT / "tests" / "projects" / "wangjin", "--port", served.port, "--lang", "en")
    assert ran.status == 2  # type: ignore[attr-defined]
    assert "E-SERVE-PORT" in ran.err  # type: ignore[attr-defined]


def test_get_prints_one_response_without_a_server(kgtool: Callable[..., object]) -> None:
    project = ROOT / "tests" / "projects" / "wangjin"
    good = kgtool("serve", "--project", project, "--get", "/sparql?query=ASK%7B%7D")
    assert (good.status, json.loads(good.out)["boolean"]) == (0, True)  # type: ignore[attr-defined]
    bad = kgtool("serve", "--project", project, "--get", "/nowhere")
    assert (bad.status, json.loads(bad.out)["status"]) == (1, 404)  # type: ignore[attr-defined]


def test_the_log_has_a_line_for_each_answer_and_no_query_text(served: Served) -> None:
    served.get("SELECT ?secret { ?secret ?p ?o } LIMIT 1")
    served.until(lambda _: any(line.get("path") == "/sparql" for line in served.lines()))
    time.sleep(0.6)
    text = served.log.read_text(encoding="utf-8")
    assert "secret" not in text
    line = next(line for line in served.lines() if line.get("path") == "/sparql")
    assert {"time", "client", "method", "status", "bytes", "ms", "worker_ms", "cached"} <= set(line)


def test_data_of_a_closed_audience_is_given_under_the_servers_name_only(
    own: Callable[..., contextlib.AbstractContextManager[Served]],
) -> None:
    with own("--audience", "internal") as served:
        reply = served.get("ASK {}")
        assert reply.status == 200
        assert not any(name.startswith("access-control") for name in reply.fields)
        refused = served.raw(GET.replace(b"Host: x", b"Host: evil.example"))
        assert refused.status == 421
        assert not any(name.startswith("access-control") for name in refused.fields)
