"""Bytes of one connection to requests, strictly: what two readers could understand in two ways is refused.

Lines end in CRLF; no folded lines, no blank before a colon, one Host, one Content-Length or one `chunked`, never both.
A refusal closes the connection: where the next request begins is not sure any more.
Source: RFC 9112 §2 to §7, RFC 9110 §5.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping

from msgspec import Struct

from kgtool.errors import texts
from kgtool.serve.http.chunked import Chunks
from kgtool.serve.message import Request
from kgtool.serve.problem import RequestError
from kgtool.serve.refusal import malformed, too_large

_END = b"\r\n\r\n"
_LINE = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}) ([!-~]+) HTTP/1\.([01])")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}")
_VALUE = re.compile(r"[\t\x20-\x7e\x80-\xff]*")
_HOST = re.compile(r"(?:[A-Za-z0-9._~!$&'()*+,;=%-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{0,5})?")
_ABSOLUTE = re.compile(r"[Hh][Tt][Tt][Pp][Ss]?://[^/?#]*")
# A field that means something once only: twice, two readers could each believe another one.
_SINGLE = frozenset({
    "host", "content-length", "content-type", "transfer-encoding", "content-encoding", "authorization", "expect",
    "origin", "range", "if-modified-since",
})  # fmt: skip
_SHORT = 1_024  # bytes of a block of fields that is remembered
_METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS", "PUT", "DELETE", "PATCH"})
_KNOWN = frozenset({"TRACE", "CONNECT"})


class Bounds(Struct, frozen=True):
    """Sizes that a request may have, in bytes, and the number of its header fields."""

    target: int = 16 * 1024
    head: int = 32 * 1024
    fields: int = 100
    body: int = 2 * 1024 * 1024


class Arrived(Struct):
    """One request and what the connection does after it.

    Attributes:
        request: its `client` is not known here.
        keep: whether the client wants the connection kept.
        raw: the bytes of a request without a body, which mean the same whenever they come again; b"" for others.
    """

    request: Request
    keep: bool
    raw: bytes


class Reader:
    """One connection's bytes: `feed` takes them, `take` gives the next whole request."""

    def __init__(self, bounds: Bounds) -> None:
        self._bounds = bounds
        self._buffer = bytearray()
        self._head: _Head | None = None
        self._chunks: Chunks | None = None
        self._expecting = False

    @property
    def held(self) -> int:
        """Bytes that came and are not taken yet."""
        return len(self._buffer) + (self._chunks.held if self._chunks else 0)

    @property
    def empty(self) -> bool:
        """Whether the connection stands between two requests."""
        return not self._buffer and self._head is None

    @property
    def in_body(self) -> bool:
        """Whether a head has come whose body has not."""
        return self._head is not None

    def must_continue(self) -> bool:
        """Whether the client waits for a word before it sends the body; said once a request."""
        waits = self._expecting and not self._buffer
        self._expecting = False
        return waits

    def feed(self, data: bytes) -> None:
        """Bytes as they came. They are bounded by `take`, which must be called behind every feed."""
        self._buffer += data

    def take(self, data: bytes = b"") -> Arrived | None:
        """The next request, None until all of it is here.

        Args:
            data: what is fed before, which is not copied if it is a head and nothing else: most requests come so.
        Raises:
            RequestError: 400, 405, 413, 414, 431, 501, 505; the connection is to be closed.
        """
        if self._head is None:
            raw = data if not self._buffer and self._is_head(data) else self._first(data)
            if not raw:
                return None
            head = _head(raw[:-4], self._bounds)
            if head.block.length == 0:
                return _arrived(head, b"", raw)
            self._head, self._expecting = head, head.block.expects
        else:
            head = self._head
            self._buffer += data
        body = self._body(head.block.length)
        if body is None:
            return None
        self._head, self._chunks = None, None
        return _arrived(head, body, b"")

    def _is_head(self, data: bytes) -> bool:
        return data.endswith(_END) and data.find(_END) == len(data) - 4 <= self._bounds.head

    def _first(self, data: bytes) -> bytes:
        """Take the next head off the buffer, with the empty line behind it; b"" until all of it is here."""
        self._buffer += data
        if not self._buffer:
            return b""
        end = self._buffer.find(_END)
        if end < 0 or end > self._bounds.head:
            self._not_yet()
            return b""
        raw = bytes(self._buffer[: end + 4])
        del self._buffer[: end + 4]
        return raw

    def _body(self, length: int | None) -> bytes | None:
        if length is None:
            self._chunks = self._chunks or Chunks(self._bounds.body)
            return self._chunks.take(self._buffer)
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _not_yet(self) -> None:
        """Refuse early what can never become a request."""
        line, found, _ = self._buffer.partition(b"\r\n")
        if len(line) > self._bounds.target + 64:
            raise _too_long_target(self._bounds.target)
        if len(self._buffer) > self._bounds.head:
            raise _too_much_head(self._bounds.head)
        if found:
            _request_line(bytes(line), self._bounds)
        elif self._buffer and not _NAME.fullmatch(self._buffer[:1].decode("latin-1")):
            raise malformed("不是 HTTP 請求", "not an HTTP request")


class _Block(Struct, frozen=True):
    """What the fields of a head say; `length` of the body in bytes, None when it comes in chunks."""

    fields: Mapping[str, str]
    keep: bool
    length: int | None
    expects: bool


class _Head(Struct):
    method: str
    target: str
    query: str
    block: _Block


def _arrived(head: _Head, body: bytes, raw: bytes) -> Arrived:
    return Arrived(Request(head.method, head.target, head.query, head.block.fields, body), head.block.keep, raw)


def _head(raw: bytes, bounds: Bounds) -> _Head:
    first, _, rest = raw.partition(b"\r\n")
    method, target, minor = _request_line(first, bounds)
    block = _remembered(rest, minor, bounds) if len(rest) <= _SHORT else _block(rest, minor, bounds)
    path, _, query = _origin_form(target).partition("?")
    return _Head(method, path, query, block)


def _block(raw: bytes, minor: int, bounds: Bounds) -> _Block:
    lines = raw.split(b"\r\n") if raw else []
    if len(lines) > bounds.fields:
        raise _too_many_fields(bounds.fields)
    fields = _fields(lines)
    host = fields.get("host")
    if (host is None and minor == 1) or (host is not None and not _HOST.fullmatch(host)):
        raise malformed("Host 標頭缺漏或有誤", "the Host field is missing or wrong")
    length = _length(fields, minor, bounds)
    connection = {token.strip().lower() for token in fields.get("connection", "").split(",")}
    return _Block(fields, minor == 1 and "close" not in connection, length, _expects(fields, minor))


# A client sends the same fields with every request: equal bytes are read once. At most 512 blocks of at most 1 kB.
_remembered = functools.lru_cache(maxsize=512)(_block)


def _request_line(line: bytes, bounds: Bounds) -> tuple[str, str, int]:
    parts = _LINE.fullmatch(line)
    if parts is None:
        if re.fullmatch(rb"[A-Z]+ [!-~]+ HTTP/[0-9]+(?:\.[0-9]+)?", line):
            raise RequestError(505, "E-REQUEST-FORM", texts(zh="只支援 HTTP/1.1。", en="only HTTP/1.1 is spoken here."))
        raise malformed("請求行不正確", "the request line is not one")
    method, target, minor = parts[1].decode("ascii"), parts[2].decode("ascii"), int(parts[3])
    if len(target) > bounds.target:
        raise _too_long_target(bounds.target)
    if method not in _METHODS:
        status = 405 if method in _KNOWN else 501
        allowed = (("Allow", "GET, HEAD, POST, OPTIONS"),)
        raise RequestError(
            status, "E-REQUEST-METHOD",
            texts(zh=f"不支援 {method}。", en=f"{method} is not possible here."), headers=allowed,
        )  # fmt: skip
    return method, target, minor


def _fields(lines: list[bytes]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.decode("latin-1").partition(":")
        if not colon or not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
            raise malformed("標頭行不正確", "a header line is not one")
        name, value = name.lower(), value.strip(" \t")
        if name in fields:
            if name in _SINGLE:
                raise malformed(f"{name} 出現兩次", f"{name} is given twice")
            value = f"{fields[name]}, {value}"
        fields[name] = value
    return fields


def _length(fields: Mapping[str, str], minor: int, bounds: Bounds) -> int | None:
    """Bytes of the body, None for chunks. Source: RFC 9112 §6.1, §6.3."""
    coding, length = fields.get("transfer-encoding"), fields.get("content-length")
    if coding is not None:
        if length is not None or minor == 0:
            raise malformed("Transfer-Encoding 與 Content-Length 並存", "Transfer-Encoding beside Content-Length")
        if coding.lower() != "chunked":
            raise RequestError(
                501, "E-REQUEST-FORM", texts(zh="不支援該 Transfer-Encoding。", en="no such transfer coding.")
            )
        return None
    if length is None:
        return 0
    if not re.fullmatch("[0-9]{1,19}", length, re.ASCII):
        raise malformed("Content-Length 不是數字", "Content-Length is no number")
    if int(length) > bounds.body:
        raise too_large(bounds.body)
    return int(length)


def _origin_form(target: str) -> str:
    """Path and query of a target, which may name a scheme and host; those are not believed."""
    if target.startswith("/") or target == "*":
        return target.partition("#")[0]
    absolute = _ABSOLUTE.match(target)
    if absolute is None:
        raise malformed("請求目標不正確", "the request target is not one")
    rest = target[absolute.end() :].partition("#")[0]
    return rest if rest.startswith("/") else "/" + rest


def _expects(fields: Mapping[str, str], minor: int) -> bool:
    expect = fields.get("expect", "").lower()
    if expect and expect != "100-continue":
        raise RequestError(417, "E-REQUEST-FORM", texts(zh="不支援該 Expect。", en="no such expectation can be met."))
    return bool(expect) and minor == 1


def _too_long_target(limit: int) -> RequestError:
    return RequestError(
        414, "E-REQUEST-FORM",
        texts(zh=f"請求目標超過 {limit:,} 位元組。", en=f"the request target has more than {limit:,} bytes."),
        texts(zh="較長之查詢請用 POST。", en="Send a longer query by POST."),
    )  # fmt: skip


def _too_much_head(limit: int) -> RequestError:
    return RequestError(
        431, "E-REQUEST-FORM",
        texts(zh=f"標頭超過 {limit:,} 位元組。", en=f"the header has more than {limit:,} bytes."),
    )  # fmt: skip


def _too_many_fields(limit: int) -> RequestError:
    return RequestError(
        431, "E-REQUEST-FORM", texts(zh=f"標頭超過 {limit} 欄。", en=f"the header has more than {limit} fields.")
    )
