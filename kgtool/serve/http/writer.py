"""Responses to bytes. Source: RFC 9112 §4, RFC 9110 §6.6.1 (Date)."""

from __future__ import annotations

import email.utils
import functools
import re
from collections.abc import Iterable
from http import HTTPStatus

# What may stand in a field: no line end, so no value can begin another field or a body.
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_SHORT = 200  # characters of a value that is remembered
KNOWN = frozenset(status.value for status in HTTPStatus)
_STATUS_LINES = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}


def head_bytes(headers: Iterable[tuple[str, str]]) -> bytes:
    """Header fields as lines, each with its CRLF.

    Raises:
        ValueError: a name or value that would break the head; never written.
    """
    return b"".join([_known(*field) if len(field[1]) < _SHORT else _line(*field) for field in headers])


def _line(name: str, value: str) -> bytes:
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise ValueError(f"not a header field: {f'{name}: {value}'[:80]!r}")
    return f"{name}: {value}\r\n".encode("latin-1")


# Nearly all fields of an answer are those of the one before.
_known = functools.lru_cache(maxsize=512)(_line)


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
