"""What is wrong with one file's bytes, before it has a name and a rule's text."""

from __future__ import annotations

from msgspec import Struct

from kgtool.errors import Texts
from kgtool.finding import Severity
from kgtool.late import late

# What no IRI holds. Source: RFC 3987 §2.2.
NO_IRI = late('[\x00-\x20<>"{}|^`\\\\]')


class Problem(Struct, frozen=True):
    """A rule's code, an offset in bytes or a line and column, and the words.

    Attributes:
        line, column: 1-based; 0 is unknown.
        stops: the file must not be parsed.
    """

    code: str
    line: int
    column: int
    message: Texts
    severity: Severity = Severity.ERROR
    stops: bool = True


def place(data: bytes, offset: int) -> tuple[int, int]:
    """Line and column (1-based, in code points) of a byte offset; a line ends at LF, CR LF, or a CR alone."""
    before = data[:offset]
    if b"\r" in before:
        before = before.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    start = before.rfind(b"\n") + 1
    return before.count(b"\n") + 1, len(before[start:].decode("utf-8", "replace")) + 1
