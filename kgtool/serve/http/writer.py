"""Responses to bytes. Source: RFC 9112 §4, RFC 9110 §6.6.1 (Date)."""

from __future__ import annotations

import email.utils
import re
from collections.abc import Iterable
from http import HTTPStatus

# What may stand in a field: no line end, so no value can begin another field or a body.
_FIELD = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+: [\t\x20-\x7e\x80-\xff]*"
_FIELDS = re.compile(rf"(?:{_FIELD}\r\n)*+")
KNOWN = frozenset(status.value for status in HTTPStatus)
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


def head_bytes(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header fields as lines, each with its CRLF.

    Raises:
        ValueError: a name or value that would break the head; never written.
    """
    lines = [f"{name}: {value}\r\n" for name, value in headers]
    head = "".join(lines)
    # Read at once, which takes a third of the time; as many line ends as fields, so that no value holds one.
    if not _FIELDS.fullmatch(head) or head.count("\n") != len(lines):
        wrong = next(line for line in lines if not re.fullmatch(rf"{_FIELD}\r\n", line))
        raise ValueError(f"not a header field: {wrong[:80]!r}")
    return head.encode("latin-1")


class Dated:
    """The first lines of every response, with the date of the second it is made in."""

    def __init__(self) -> None:
        self._second = -1
        self._tails: dict[tuple[int, bool], bytes] = {}

    def first(self, now: float, status: int, *, keep: bool) -> bytes:
        """Status line, Date and Connection; `now` is seconds since the epoch."""
        second = int(now)
        if second != self._second:
            self._second = second
            self._tails = {}
        tail = self._tails.get((status, keep))
        if tail is None:
            date = email.utils.formatdate(second, usegmt=True).encode("ascii")
            connection = b"" if keep else b"Connection: close\r\n"
            tail = self._tails[status, keep] = _STATUS_LINES[status] + b"Date: " + date + b"\r\n" + connection
        return tail
