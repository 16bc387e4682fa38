"""A closed-loop HTTP client for the benchmarks: N connections in one process, each sends its next request when it has the
answer to the last one. About 12 µs of CPU a small request, so that the server is what is measured.
"""

from __future__ import annotations

import random
import re
import select
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
_READ = 1 << 20
Verify = Callable[[object, int, bytes], bool]


@dataclass
class Result:
    """What a run came to.

    Attributes:
        seconds: wall time. latencies: seconds of each answer, in the order in which they came.
        statuses: how often each came; 0 stands for a connection that broke before the answer was whole.
        wrong: answers whose body `verify` did not accept. size: bytes of the last whole answer.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    wrong: int = 0
    size: int = 0
    good: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        return self.statuses.get(200, 0) / self.seconds if self.seconds else 0.0

    def percentile(self, share: float) -> float:
        """Seconds that so large a share of the good answers took at most."""
        ordered = sorted(self.good)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


def get(address: tuple[str, int], target: str, accept: str) -> bytes:
    """The bytes of a GET request."""
    return f"GET {target} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nAccept: {accept}\r\n\r\n".encode()


class _Client:
    """One connection."""

    def __init__(self, address: tuple[str, int], requests: Iterator[tuple[object, bytes]], source: str | None) -> None:
        self.address, self.requests, self.source = address, requests, source
        self.sock: socket.socket | None = None
        self.data = bytearray()
        self.whole = 0
        self.tag: object = None
        self.began = 0.0

    def send(self, poll: select.epoll, by: dict[int, _Client]) -> None:
        if self.sock is None:
            self.sock = socket.socket()
            if self.source:
                self.sock.bind((self.source, 0))
            self.sock.connect(self.address)
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            by[self.sock.fileno()] = self
            poll.register(self.sock, select.EPOLLIN)
        self.tag, request = next(self.requests)
        self.data.clear()
        self.whole = 0
        self.began = time.perf_counter()
        self.sock.sendall(request)

    def drop(self, poll: select.epoll, by: dict[int, _Client]) -> None:
        if self.sock is not None:
            poll.unregister(self.sock)
            del by[self.sock.fileno()]
            self.sock.close()
            self.sock = None

    def read(self) -> bool | None:
        """Whether the answer is whole; None when the connection ended."""
        try:
            data = self.sock.recv(_READ) if self.sock is not None else b""
        except OSError:
            return None
        if not data:
            return None
        self.data += data
        if not self.whole:
            end = self.data.find(b"\r\n\r\n")
            if end < 0:
                return False
            length = _LENGTH.search(self.data, 0, end + 2)
            self.whole = end + 4 + int(length[1]) if length else -1
        if self.whole > 0:
            return len(self.data) >= self.whole
        return self.data.endswith(b"0\r\n\r\n")


def run(
    address: tuple[str, int], requests: list[Iterator[tuple[object, bytes]]], seconds: float, *,
    verify: Verify | None = None, good: Callable[[object], bool] = lambda tag: True, sources: list[str] | None = None,
    meanwhile: Callable[[float], None] | None = None, enough: Callable[[], bool] = lambda: False,
) -> Result:  # fmt: skip
    """Run one connection for each of `requests` (tag and bytes of each next one) for a time.

    Args:
        verify: called with tag, status and body of each answer.
        good: whether a request's latency counts among the good.
        sources: local addresses that the connections come from, in turn.
        meanwhile: called about every millisecond with the seconds since the start.
        enough: whether to stop before the time is over.
    """
    result, poll, by = Result(), select.epoll(), {}  # type: Result, select.epoll, dict[int, _Client]
    clients = [
        _Client(address, each, sources[n % len(sources)] if sources else None) for n, each in enumerate(requests)
    ]
    start = time.perf_counter()
    for client in clients:
        client.send(poll, by)
    while (now := time.perf_counter()) - start < seconds and not enough():
        if meanwhile:
            meanwhile(now - start)
        for descriptor, _ in poll.poll(0.001 if meanwhile else 0.2):
            _step(by[descriptor], poll, by, result, verify, good)
    result.seconds = time.perf_counter() - start
    for client in clients:
        client.drop(poll, by)
    poll.close()
    return result


def _step(
    client: _Client, poll: select.epoll, by: dict[int, _Client], result: Result, verify: Verify | None,
    good: Callable[[object], bool],
) -> None:  # fmt: skip
    done = client.read()
    if done is False:
        return
    took = time.perf_counter() - client.began
    status = int(client.data[9:12]) if done else 0
    result.statuses[status] = result.statuses.get(status, 0) + 1
    result.latencies.append(took)
    if good(client.tag):
        result.good.append(took)
    if done:
        result.size = client.whole if client.whole > 0 else len(client.data)
        if verify is not None:
            head = client.data.find(b"\r\n\r\n") + 4
            result.wrong += not verify(client.tag, status, bytes(client.data[head:]))
        if b"onnection: close" in client.data[:2048]:
            client.drop(poll, by)
    else:
        client.drop(poll, by)
    client.send(poll, by)


def shuffled(seed: int, makers: list[Callable[[int], bytes]]) -> Iterator[tuple[object, bytes]]:
    """An endless mix of requests; the tag is the maker's number and a counter."""
    chance, count = random.Random(seed), 0
    while True:
        which = chance.randrange(len(makers))
        count += 1
        yield (which, count), makers[which](count)
