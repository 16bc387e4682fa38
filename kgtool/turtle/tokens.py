"""Turtle, TriG, N-Triples and N-Quads as tokens with offsets. Nothing is resolved or judged here.

Source: RDF 1.1 Turtle §6.5, TriG §4, N-Triples §7 (terminals). One lexer serves all four: N-Triples and N-Quads are
lexically a part of Turtle but for `_:` labels with colons, which are read too. Cost: one regular expression over the
text, about 1 µs a token; no recursion.
"""

from __future__ import annotations

import functools
import re
import sys
from collections.abc import Iterator
from enum import IntEnum
from typing import NamedTuple

# PN_CHARS_BASE and PN_CHARS of Turtle §6.5, said by the ASCII that is not in them: of what is not ASCII a name may hold
# nearly all, no other token outside strings and IRIs may hold any, and a class of 256 compiles ten times as fast.
_NO_NAME = r"\x00-,/;-@\[-^`{-\x7f"
_BASE = r"[^\x00-@\[-`{-\x7f]"
_START = r"[^\x00-/;-@\[-^`{-\x7f]"  # of a blank node's label
_CHAR, _DOTTED, COLON, ANY = (f"[^{_NO_NAME}{more}]" for more in (".:", ":", ".", ""))  # also ".", also ":", also both
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
PREFIX = rf"(?:{_BASE}(?:{_DOTTED}*{_CHAR})?)?"
LOCAL = rf"(?:(?:{COLON}++|{_ESCAPE})++(?:\.++(?:{COLON}++|{_ESCAPE})++)*+)?"


class Kind(IntEnum):
    """What a token is. The order is that of the groups of the regular expression."""

    SPACE = 1
    COMMENT = 2
    IRI = 3
    LONG_STRING = 4
    STRING = 5
    BLANK = 6
    NUMBER = 7
    PNAME = 8
    AT = 9  # @prefix, @base, or a language tag
    WORD = 10  # a, true, false, PREFIX, BASE, GRAPH
    PUNCTUATION = 11
    ERROR = 12  # one character that begins no token


@functools.cache
def _token() -> re.Pattern[str]:
    """Compiled when it is first needed: a clean run never is.

    Possessive: going back over a text would take 200 bytes for each of its characters, and a text may have many.
    """
    return re.compile(
        r"([ \t\r\n]+)"
        r"|(\#[^\r\n]*)"
        r"|(<(?:[^\x00-\x20<>\"{}|^`\\]++|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)"
        r'|("""(?:[^"\\]++|\\.|""?+(?!"))*+"""|\'\'\'(?:[^\'\\]++|\\.|\'\'?+(?!\'))*+\'\'\')'
        r'|("(?:[^"\\\r\n]++|\\.)*+"|\'(?:[^\'\\\r\n]++|\\.)*+\')'
        rf"|(_:{_START}(?:{ANY}*{COLON})?)"
        r"|([+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.?[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+))"
        rf"|({PREFIX}:{LOCAL})"
        r"|(@[A-Za-z]++(?:--?+[A-Za-z0-9]++)*+)"
        r"|([A-Za-z]+)"
        r"|(\^\^|<<|>>|[~.;,\[\](){}])"
        r"|(.)",
        re.DOTALL,
    )


_PIECE = 1 << 16  # code points


class Token(NamedTuple):
    """One token: its kind, its text, and the offset of its first code point."""

    kind: Kind
    text: str
    start: int


def tokens(text: str, start: int = 0, end: int = sys.maxsize) -> Iterator[Token]:
    """Every token, white space and comments included, so that the tokens' texts joined are the text again.

    Args:
        start, end: offsets between tokens; only what lies between them is read.
    """
    for match in _token().finditer(text, start, end):
        yield Token(Kind(match.lastindex or Kind.ERROR), match.group(), match.start())


class Lines:
    """Offsets to lines and columns (1-based, in code points). A line ends at LF, CR LF, or a CR alone.

    Cost: ends of lines are counted in C, once over the text and then in a piece of it a place; a number a piece is held.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._returns = "\r" in text
        # How many lines end before each piece.
        self._before = [0]
        for start in range(_PIECE, len(text) + 1, _PIECE):
            self._before.append(self._before[-1] + self._ends(start - _PIECE, start))

    def _ends(self, start: int, end: int) -> int:
        """How many lines end in a part; a CR before LF ends none."""
        text = self._text
        found = text.count("\n", start, end)
        return found + text.count("\r", start, end) - text.count("\r\n", start, end + 1) if self._returns else found

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of an offset."""
        piece, text = offset // _PIECE, self._text
        line = 1 + self._before[piece] + self._ends(piece * _PIECE, offset)
        last = text.rfind("\n", 0, offset)
        if self._returns:
            end = offset - 1 if text.startswith("\r\n", offset - 1) and offset else offset
            last = max(last, text.rfind("\r", last + 1, end))
        return line, offset - last
