"""Methods that a path does not take, and OPTIONS, on every kind of path: over the wire, as a client sees it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest
from conftest import WANGJIN, Ran
from serving import Served, serving

PATHS = ("/sparql", "/graph-store?default", "/id/place/wangjin", "/page/place/wangjin", "/data/place/wangjin.ttl", "/about?iri=x:y",
         "/ns", "/queries", "/queries/claims", "/api/claims", "/openapi.json", "/catalog", "/.well-known/void", "/en/",
         "/en/cities", "/", "/health", "/ready")  # fmt: skip


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(WANGJIN, tmp_path_factory.mktemp("methods"), "--no-inferred", "--deadline", "30") as served:
        yield served


@pytest.mark.parametrize("path", PATHS)
def test_options_says_what_is_allowed_and_has_no_body(server: Served, path: str) -> None:
    answer = server.ask("OPTIONS", path)
    assert (answer.status, answer.body) == (204, b"")
    allowed = set(answer.fields["allow"].split(", "))
    assert {"GET", "HEAD", "OPTIONS"} <= allowed
    assert ("POST" in allowed) == (path == "/sparql")


@pytest.mark.parametrize("path", PATHS)
def test_other_methods_are_405_with_allow(server: Served, path: str) -> None:
    for method in ("PUT", "DELETE", "PATCH"):
        answer = server.ask(method, path, b"")
        assert answer.status == 405, method
        assert answer.json["code"] == "E-REQUEST-METHOD"
        assert "GET" in answer.fields["allow"]


@pytest.mark.parametrize("path", PATHS)
def test_head_is_get_without_its_body(server: Served, path: str) -> None:
    get, head = server.ask("GET", path), server.ask("HEAD", path)
    assert head.body == b""
    assert head.status == get.status
    changing = {"date", "content-length"} if path in {"/health", "/ready"} else {"date"}
    assert {k: v for k, v in head.fields.items() if k not in changing} == {
        k: v for k, v in get.fields.items() if k not in changing
    }


def test_a_body_too_large_closes_once(server: Served) -> None:
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\nContent-Length: 99999999\r\n\r\n"
    answer = server.raw(head)
    assert answer.status == 413
    assert answer.fields["connection"] == "close"
    listed = server.raw(head + b" ")
    assert json.loads(listed.body)["code"] == "E-REQUEST-SIZE"


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_health_without_a_server(kgtool: Callable[..., Ran], path: str) -> None:
    done = kgtool("serve", "--project", WANGJIN, "--no-inferred", "--get", path)
    assert done.status == 0
    told = json.loads(done.out)
    assert (told["status"], told["ready"]) == ("ok", True)
    assert told["data"]["triples"] > 4_000
