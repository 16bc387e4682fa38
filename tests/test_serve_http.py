"""HTTP as bytes: what is read, what is refused and how, whatever pieces it comes in."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.serve.http import Arrived, Bounds, Dated, Reader, head_bytes
from kgtool.serve.problem import RequestError

PLAIN = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nHost: x\r\nAccept: a/b\r\naccept: c/d\r\n\r\n"
POST = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: t/t\r\nContent-Length: 5\r\n\r\nASK{}"
CHUNKED = b"POST /sparql HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nASK\r\n2\r\n{}\r\n0\r\nX: y\r\n\r\n"


def read(data: bytes, bounds: Bounds | None = None) -> list[Arrived]:
    reader = Reader(bounds or Bounds())
    reader.feed(data)
    out = []
    while (arrived := reader.take()) is not None:
        out.append(arrived)
    return out


def refused(data: bytes, bounds: Bounds | None = None) -> int:
    with pytest.raises(RequestError) as caught:
        read(data, bounds)
    return caught.value.status


def test_a_request_is_read_whole() -> None:
    (arrived,) = read(PLAIN)
    assert (arrived.request.method, arrived.request.target, arrived.request.query) == (
        "GET",
        "/sparql",
        "query=ASK%7B%7D",
    )
    assert arrived.request.headers == {"host": "x", "accept": "a/b, c/d"}
    assert (arrived.keep, arrived.raw) == (True, PLAIN)


@pytest.mark.parametrize("data", [POST, CHUNKED])
def test_a_body_comes_by_length_or_in_chunks(data: bytes) -> None:
    (arrived,) = read(data)
    assert (arrived.request.body, arrived.raw) == (b"ASK{}", b"")


@pytest.mark.parametrize("data", [PLAIN, POST, CHUNKED])
def test_bytes_may_come_one_at_a_time(data: bytes) -> None:
    reader = Reader(Bounds())
    for number, byte in enumerate(data, 1):
        reader.feed(bytes([byte]))
        arrived = reader.take()
        assert (arrived is not None) == (number == len(data))
    assert arrived == read(data)[0]
    assert reader.empty


def test_requests_may_follow_one_another() -> None:
    assert [arrived.request.body for arrived in read(PLAIN + POST + CHUNKED + PLAIN)] == [b"", b"ASK{}", b"ASK{}", b""]


@pytest.mark.parametrize(
    ("head", "status"),
    [
        ("GET / HTTP/1.1", 400), ("GET / HTTP/1.1\r\nHost: x\r\nHost: y", 400), ("GET / HTTP/1.1\r\nHost: a b", 400),
        ("GET / HTTP/1.1\r\nHost: x/y", 400), ("GET  / HTTP/1.1\r\nHost: x", 400), ("GET / HTTP/1.1 \r\nHost: x", 400),
        ("GET /\r\nHost: x", 400), ("get / HTTP/1.1\r\nHost: x", 501), ("BREW / HTTP/1.1\r\nHost: x", 501),
        ("TRACE / HTTP/1.1\r\nHost: x", 405), ("CONNECT x:1 HTTP/1.1\r\nHost: x", 405), ("GET x HTTP/1.1\r\nHost: x", 400),
        ("GET / HTTP/2.0\r\nHost: x", 505), ("GET /\x7f HTTP/1.1\r\nHost: x", 400), ("GET /\xe9 HTTP/1.1\r\nHost: x", 400),
        ("GET / HTTP/1.1\r\nHost : x", 400), ("GET / HTTP/1.1\r\nHost: x\r\n folded", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA\x00: b", 400),
        ("GET / HTTP/1.1\r\nHost: x\r\nA: b\x00", 400), ("GET / HTTP/1.1\r\nHost: x\r\nA: b\rC: d", 400),
        ("GET / HTTP/1.1\r\nHost: x\nA: b", 400), ("GET / HTTP/1.1\r\nHost: x\r\nnocolon", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1", 400), ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: +5", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5, 5", 400), ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nContent-Length: 5", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: \xb2", 400), ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0x5", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked", 400),
        ("POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked", 400), ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked", 501),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity", 400),
        ("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked", 501), ("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999", 413),
        ("POST / HTTP/1.1\r\nHost: x\r\nExpect: tea", 417),
    ],
)  # fmt: skip
def test_what_could_be_understood_in_two_ways_is_refused(head: str, status: int) -> None:
    assert refused(head.encode("latin-1") + b"\r\n\r\n") == status


@pytest.mark.parametrize(
    "chunks", [b"5\r\nASK{}x\r\n", b"x\r\n", b"-1\r\n", b"0x3\r\n", b" 3\r\nASK\r\n", b"3\nASK\n", b"\r\n", b"9" * 2000]
)
def test_chunks_that_are_none_are_refused(chunks: bytes) -> None:
    assert refused(CHUNKED[: CHUNKED.index(b"3;")] + chunks + b"\r\n") == 400


def test_sizes_are_bounded() -> None:
    small = Bounds(target=100, head=400, fields=5, body=10)
    assert refused(b"GET /" + b"a" * 200 + b" HTTP/1.1\r\nHost: x\r\n\r\n", small) == 414
    assert refused(b"GET /" + b"a" * 500, small) == 414
    assert refused(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 500 + b"\r\n\r\n", small) == 431
    assert refused(b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 500, small) == 431
    assert refused(b"GET / HTTP/1.1\r\nHost: x\r\n" + b"A: b\r\n" * 5 + b"\r\n", small) == 431
    assert refused(POST.replace(b": 5", b": 11"), small) == 413
    assert refused(CHUNKED.replace(b"3;a=b", b"b"), small) == 413
    endless = CHUNKED[: CHUNKED.index(b"X: y")] + b"X: y\r\n" * 40
    assert refused(endless) == 400


def test_what_can_never_become_a_request_is_refused_before_it_ends() -> None:
    assert refused(b"\x16\x03\x01\x02\x00\x01\x00") == 400
    assert refused(b"GET /\r\n") == 400


def test_connections_are_kept_as_the_client_wants() -> None:
    assert not read(PLAIN.replace(b"Host", b"Connection: Close\r\nHost"))[0].keep
    assert not read(b"GET / HTTP/1.0\r\n\r\n")[0].keep


def test_an_absolute_target_is_read_as_its_path() -> None:
    assert read(PLAIN.replace(b"/sparql", b"http://evil.example/sparql"))[0].request.target == "/sparql"
    assert read(b"OPTIONS * HTTP/1.1\r\nHost: x\r\n\r\n")[0].request.target == "*"


def test_a_client_that_waits_for_a_word_gets_it_once() -> None:
    reader = Reader(Bounds())
    reader.feed(POST[:-5].replace(b"Host", b"Expect: 100-continue\r\nHost"))
    assert reader.take() is None
    assert (reader.must_continue(), reader.must_continue()) == (True, False)
    reader.feed(b"ASK{}")
    assert reader.take() is not None


@given(st.binary(max_size=300), st.integers(0, 80))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    for data in (noise, PLAIN[:at] + noise, CHUNKED[: at * 2] + noise + CHUNKED[at:]):
        reader = Reader(Bounds())
        reader.feed(data)
        with contextlib.suppress(RequestError):
            while (arrived := reader.take()) is not None:
                assert "\n" not in "".join(
                    [arrived.request.target, arrived.request.query, *arrived.request.headers.values()]
                )


@pytest.mark.parametrize("field", [("A", "b\r\nC: d"), ("A\r\n", "b"), ("A", "b\n"), ("A b", "c"), ("A", "\u2603")])
def test_no_value_can_begin_another_field(field: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="not a header field"):
        head_bytes([field])


def test_the_first_lines_have_the_date_of_their_second() -> None:
    dated = Dated()
    first = dated.first(784111777.9, 200, keep=True)
    assert first == b"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
    assert dated.first(784111778.0, 404, keep=False).endswith(b"08:49:38 GMT\r\nConnection: close\r\n")
