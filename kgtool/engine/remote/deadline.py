"""A wall-clock deadline that holds over a whole exchange: name look-up, connection, TLS, request, every byte of the answer.

A socket's own time-out begins anew with each operation, so a server that sends a byte now and then would never be late.
"""

from __future__ import annotations

import io
import socket
import ssl
import threading
import time
from typing import Any

_STEP = 1 << 16


class Deadline:
    """The moment at which an exchange ends, whatever it is doing."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._end = time.monotonic() + seconds

    def left(self) -> float:
        """Seconds that are left, above 0.

        Raises:
            TimeoutError: none are.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class TooMuchError(Exception):
    """More bytes came than an answer may have."""


class TimedSocket:
    """What `http.client` needs of a socket, each operation within the deadline. Whoever made the socket closes it."""

    def __init__(self, sock: socket.socket, deadline: Deadline, most: int) -> None:
        self._sock = sock
        self._deadline = deadline
        self._most = most

    def sendall(self, data: Any) -> None:
        """All of `data`. Raises TimeoutError, OSError."""
        view = memoryview(data).cast("B")
        while view:
            self._sock.settimeout(self._deadline.left())
            view = view[self._sock.send(view[:_STEP]) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """The answer's bytes."""
        return io.BufferedReader(_Bytes(self._sock, self._deadline, self._most))

    def close(self) -> None:
        """Nothing: `http.client` lets go of a socket before its answer is read."""


class _Bytes(io.RawIOBase):
    def __init__(self, sock: socket.socket, deadline: Deadline, most: int) -> None:
        super().__init__()
        self._sock = sock
        self._deadline = deadline
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._sock.settimeout(self._deadline.left())
        count = self._sock.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise TooMuchError
        return count


def connect(host: str, port: int, secure: bool, deadline: Deadline) -> socket.socket:
    """A connected socket, TLS-wrapped when `secure`; certificates are checked against the system's.

    Raises:
        TimeoutError: not before the deadline. OSError: no name, no connection, no trust.
    """
    last: OSError | None = None
    for family, kind, protocol, _, address in _addresses(host, port, deadline):
        sock = socket.socket(family, kind, protocol)
        try:
            sock.settimeout(deadline.left())
            sock.connect(address)
            if not secure:
                return sock
            return ssl.create_default_context().wrap_socket(sock, server_hostname=host)
        except TimeoutError:
            sock.close()
            raise
        except OSError as error:
            sock.close()
            last = error
    raise last or OSError(f"no address of {host}")


def _addresses(host: str, port: int, deadline: Deadline) -> list[Any]:
    """getaddrinfo() takes as long as it likes and cannot be stopped: it is left behind in a thread of its own."""
    found: list[Any] = []

    def look() -> None:
        try:
            found.append(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error if isinstance(error, OSError) else OSError("no such name"))

    if _is_address(host):
        look()
    else:
        thread = threading.Thread(target=look, daemon=True)
        thread.start()
        thread.join(deadline.left())
    if not found:
        raise TimeoutError
    if isinstance(found[0], OSError):
        raise found[0]
    return list(found[0])


def _is_address(host: str) -> bool:
    for family in (socket.AF_INET, socket.AF_INET6):
        try:
            socket.inet_pton(family, host)
        except OSError:
            continue
        return True
    return False
