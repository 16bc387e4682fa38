"""A body in chunks. Extensions and trailers are passed over, within bounds. Source: RFC 9112 §7.1."""

from __future__ import annotations

import re

from kgtool.serve.refusal import malformed, too_large

_SIZE = re.compile(rb"([0-9A-Fa-f]{1,8})[ \t]*(?:;[\t\x20-\x7e\x80-\xff]*)?")
_LONGEST_LINE = 1024
_MOST_TRAILERS = 32


class Chunks:
    """Takes chunks off the front of a buffer until the body is whole."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._body = bytearray()
        self._left = -1  # bytes of the current chunk; -1: a size line comes next
        self._trailers = -1  # lines seen behind the last chunk; -1: it has not come

    @property
    def held(self) -> int:
        """Bytes of the body that came."""
        return len(self._body)

    def take(self, buffer: bytearray) -> bytes | None:
        """The whole body, None until it is here; what belongs to it is taken off the buffer.

        Raises:
            RequestError: 400 for what is no chunk, 413 for a body over the limit.
        """
        while True:
            if self._trailers >= 0:
                return self._end(buffer)
            if self._left < 0:
                line = _line(buffer)
                if line is None:
                    return None
                self._begin(line)
                continue
            if len(buffer) < self._left + 2:
                return None
            if buffer[self._left : self._left + 2] != b"\r\n":
                raise malformed("區塊長度不符", "a chunk of another length than it says")
            self._body += buffer[: self._left]
            del buffer[: self._left + 2]
            self._left = -1

    def _begin(self, line: bytes) -> None:
        size = _SIZE.fullmatch(line)
        if size is None:
            raise malformed("區塊長度不正確", "a chunk size that is none")
        length = int(size[1], 16)
        if len(self._body) + length > self._most:
            raise too_large(self._most)
        if length:
            self._left = length
        else:
            self._trailers = 0

    def _end(self, buffer: bytearray) -> bytes | None:
        while (line := _line(buffer)) is not None:
            if not line:
                return bytes(self._body)
            self._trailers += 1
            if self._trailers > _MOST_TRAILERS:
                raise malformed("區塊後之標頭過多", "too many trailer fields")
        return None


def _line(buffer: bytearray) -> bytes | None:
    """The next line without its end, None until it is here."""
    end = buffer.find(b"\r\n", 0, _LONGEST_LINE + 2)
    if end < 0:
        if len(buffer) > _LONGEST_LINE:
            raise malformed("區塊行過長", "a chunk line that is too long")
        return None
    line = bytes(buffer[:end])
    del buffer[: end + 2]
    return line
