"""A large text by its top-level statements, so that only those about one subject need be tokenised.

One regular expression takes a statement at a time, subject to full stop, in C: about 0.5 s for a million triples where
tokens cost 20 s. It tells statements apart and resolves their subjects, and reads nothing else.
Source: RDF 1.1 Turtle §6.5 (terminals), TriG §4.
"""

from __future__ import annotations

import functools
import itertools
import re
from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from msgspec import Struct, field

from kgtool.late import late
from kgtool.turtle.statements import Reader, Statement, read
from kgtool.turtle.tokens import ANY, COLON, LOCAL, PREFIX, Kind, Token, tokens

_AT_ONCE = 4096  # statements that are read before what is asked for is looked for among them
# Subjects after which it costs less to put the statements in order than to go on looking through them; how many are put
# in order together (80 bytes each while they are).
_MANY, _SEGMENT = 64, 1 << 17
_SCHEME = late(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_GAP = r"(?:[ \t\r\n]++|#[^\r\n]*+)"
_IRI = r"<[^<>\"\s]*+>"
_DOT = rf"\.(?={ANY}|[%\\])"  # behind a character of a name: a part of it


@functools.cache
def _block() -> re.Pattern[str]:
    """White space, then a directive (1), or a statement with its subject (2)."""
    return re.compile(
        rf"{_GAP}*+"
        rf"(?:(@?(?i:prefix){_GAP}++[^\s:<#]*+:{_GAP}*+{_IRI}(?:{_GAP}*+\.)?+|@?(?i:base){_GAP}*+{_IRI}(?:{_GAP}*+\.)?+)"
        rf"|({_IRI}|{PREFIX}:{LOCAL})?+"
        rf"(?:[^\"'<#.{{}}\\]++|{_IRI}"
        r'|"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|"(?:[^"\\\r\n]++|\\.)*+"'
        r"|'''(?:[^'\\]++|\\.|'{1,2}(?!'))*+'''|'(?:[^'\\\r\n]++|\\.)*+'"
        rf"|(?<={COLON}){_DOT}|\.(?=[0-9])|#[^\r\n]*+|\\.(?:{_DOT})?+|<)*+"
        r"(?:[.{}]|\Z))",
        re.DOTALL,
    )


class _State(Struct):
    """What is declared between two directives.

    Attributes:
        begin: how many statements stand before the first of its own.
        odd: `<iri>` of a subject whose text has escapes or is relative, to its texts.
    """

    prefixes: dict[str, str]
    base: str
    begin: int
    odd: dict[str, set[str]] = field(default_factory=dict)

    def note(self, text: str) -> None:
        """A subject's text; what it stands for is kept where the text does not show it."""
        if "\\" in text or (self.base and text.startswith("<") and not _SCHEME.match(text)):
            token = Token(Kind.IRI if text.startswith("<") else Kind.PNAME, text, 0)
            self.odd.setdefault(Reader(self.prefixes, self.base).iri(token), set()).add(text)

    def texts(self, iri: str) -> list[str]:
        """How an IRI can be written here as a subject."""
        names = (f"{name}:{iri[len(space) :]}" for name, space in self.prefixes.items() if iri.startswith(space))
        return [f"<{iri}>", *self.odd.get(f"<{iri}>", ()), *names]


class Blocks:
    """Where the statements of one text begin, by their subjects.

    The text is read as far as what is asked for, and is not held: 16 bytes a statement are, so that it can be let go and
    read again. Cost: a pass over what was not read yet (0.5 s for a million triples), and a search in C a subject (50 ms
    among a million); of many subjects, 8 more bytes a statement, a sort (2 s for a million), and then 0.5 ms each.
    """

    def __init__(self) -> None:
        self._starts, self._hashes = array("q"), array("q")
        self._states = [_State({}, "", 0)]
        self._reader = Reader()
        self._end = 0
        self._before = ""
        self._all = False
        self._asked = 0
        self._orders: list[array[int]] = []  # a segment's statements by their hashes

    def statements(self, text: str, subject: str) -> Iterator[Statement]:
        """The statements whose subject is `<iri>` and stands at the top, with all that is nested in them, in order.

        Args:
            text: the same at every call.
        """
        self._asked += 1
        if self._asked == _MANY:
            self._put_in_order(text)
        done = 0
        while done < len(self._starts) or self._read(text):
            count = len(self._starts)  # while one subject's statements are taken, another's may be read further on
            for state, after in itertools.zip_longest(self._states[:], self._states[1:]):
                end = after.begin if after else count
                if done < end:
                    for start in self._found(text, state.texts(subject[1:-1]), max(done, state.begin), end):
                        reader = Reader(dict(state.prefixes), state.base)
                        yield from read(reader, tokens(text, start, _end(text, start)))
                    done = end

    def _found(self, text: str, subjects: list[str], begin: int, end: int) -> list[int]:
        """Offsets of those statements, of some in a row, whose subject is written in one of these ways."""
        return sorted(
            self._starts[at]
            for subject in subjects
            for at in self._alike(hash(subject), begin, end)
            if text.startswith(subject, self._starts[at])
        )

    def _alike(self, wanted: int, begin: int, end: int) -> Iterator[int]:
        """The statements, of some in a row, whose subject's text has this hash."""
        code = self._hashes.__getitem__
        for order in self._orders[begin // _SEGMENT : -(-end // _SEGMENT)]:
            for at in order[bisect_left(order, wanted, key=code) : bisect_right(order, wanted, key=code)]:
                if begin <= at < end:
                    yield at
        at = begin if not self._orders else end
        while at < end:
            try:
                at = self._hashes.index(wanted, at, end)
            except ValueError:
                return
            yield at
            at += 1

    def _put_in_order(self, text: str) -> None:
        while self._read(text):
            pass
        count = len(self._starts)
        for begin in range(0, count, _SEGMENT):
            some = range(begin, min(begin + _SEGMENT, count))
            self._orders.append(array("q", sorted(some, key=self._hashes.__getitem__)))

    def _read(self, text: str) -> bool:
        """Read some more; False when nothing is left that is understood."""
        before = len(self._starts)
        matches = () if self._all else _block().finditer(text, self._end)
        for match in matches:
            if match.start() != self._end:  # no statement of Turtle: what follows is not understood
                break
            self._end = match.end()
            if match[1]:
                for _ in read(self._reader, tokens(text, match.start(1), self._end)):
                    pass
                self._states.append(_State(dict(self._reader.prefixes), self._reader.base, len(self._starts)))
                self._before = ""
            elif match[2] and match[2] != self._before:
                self._before = match[2]
                self._states[-1].note(self._before)
                self._starts.append(match.start(2))
                self._hashes.append(hash(self._before))
                if len(self._starts) == before + _AT_ONCE:
                    return True
        self._all = True
        return len(self._starts) > before


def _end(text: str, start: int) -> int:
    """Where the statements that begin with one subject's text end: N-Triples repeats it on every line."""
    match = _block().match(text, start)
    subject, end = match and match[2], start
    while match and subject and match[2] == subject and match.end() > end:
        end = match.end()
        match = _block().match(text, end)
    return end
