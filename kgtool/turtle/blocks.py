"""A large text by its top-level statements, so that only those about one subject need be tokenised.

One regular expression takes a statement at a time, subject to full stop, in C: about 0.5 s for a million triples where
tokens cost 20 s. It tells statements apart and resolves their subjects, and reads nothing else.
Source: RDF 1.1 Turtle §6.5 (terminals), TriG §4.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kgtool.turtle.statements import Reader, Statement, read
from kgtool.turtle.tokens import ANY, COLON, LOCAL, PREFIX, Kind, Token, tokens

_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.-]*:")
_IRI = r"<[^<>\"\s]*+>"
_DOT = rf"\.(?={ANY}|[%\\])"  # behind a character of a name: a part of it


@functools.cache
def _block() -> re.Pattern[str]:
    """White space, then a directive (1), or a statement with its subject (2)."""
    return re.compile(
        rf"(?:[ \t\r\n]++|#[^\r\n]*+)*+"
        rf"(?:(@?(?i:prefix)[ \t\r\n]++[^\s:<]*+:[ \t\r\n]*+{_IRI}(?:[ \t\r\n]*+\.)?+|@?(?i:base)[ \t\r\n]*+{_IRI}(?:[ \t\r\n]*+\.)?+)"
        rf"|({_IRI}|{PREFIX}:{LOCAL})?+"
        rf"(?:[^\"'<#.{{}}\\]++|{_IRI}"
        r'|"""(?:[^"\\]++|\\.|"{1,2}(?!"))*+"""|"(?:[^"\\\r\n]++|\\.)*+"'
        r"|'''(?:[^'\\]++|\\.|'{1,2}(?!'))*+'''|'(?:[^'\\\r\n]++|\\.)*+'"
        rf"|(?<={COLON}){_DOT}|\.(?=[0-9])|#[^\r\n]*+|\\.(?:{_DOT})?+|<)*+"
        r"(?:[.{}]|\Z))",
        re.DOTALL,
    )


@dataclass(slots=True)
class _State:
    """What is declared between two directives, and where the statements there begin, by their subjects as they are written.

    Attributes:
        first: a subject's text to where it is first; more: to where it is again.
        odd: IRI of a subject whose text has escapes or is relative, to its texts.
    """

    prefixes: dict[str, str]
    base: str
    first: dict[str, int] = field(default_factory=dict)
    more: dict[str, list[int]] = field(default_factory=dict)
    odd: dict[str, list[str]] = field(default_factory=dict)

    def add(self, text: str, start: int) -> None:
        if self.first.setdefault(text, start) != start:
            self.more.setdefault(text, []).append(start)
        elif "\\" in text or (self.base and text.startswith("<") and not _SCHEME.match(text)):
            token = Token(Kind.IRI if text.startswith("<") else Kind.PNAME, text, 0)
            self.odd.setdefault(Reader(self.prefixes, self.base).iri(token), []).append(text)

    def starts(self, iri: str) -> list[int]:
        """Where the statements about an IRI begin, ascending."""
        texts = [f"<{iri}>", *self.odd.get(f"<{iri}>", ())]
        texts += [f"{name}:{iri[len(space) :]}" for name, space in self.prefixes.items() if iri.startswith(space)]
        found = {self.first[text] for text in texts if text in self.first}
        return sorted(found.union(*(self.more.get(text, ()) for text in texts)))


class Blocks:
    """The statements of a text by their subjects' IRIs. Cost: one pass when made, and a place a subject."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._states = [_State({}, "")]
        reader, end = Reader(), 0
        before = ""
        for match in _block().finditer(text):
            if match.start() != end:  # no statement of Turtle: what follows is not understood
                break
            end = match.end()
            if match[1]:
                for _ in read(reader, tokens(text, match.start(1), end)):
                    pass
                self._states = [state for state in self._states if state.first]
                self._states.append(_State(dict(reader.prefixes), reader.base))
                before = ""
            elif match[2] and match[2] != before:
                before = match[2]
                self._states[-1].add(before, match.start(2))

    def statements(self, subject: str) -> Iterator[Statement]:
        """The statements whose subject is `<iri>` and stands at the top, with all that is nested in them, in order."""
        for state in self._states:
            for start in state.starts(subject[1:-1]):
                reader = Reader(dict(state.prefixes), state.base)
                yield from read(reader, tokens(self._text, start, self._end(start)))

    def _end(self, start: int) -> int:
        """Where the statements that begin with one subject's text end: N-Triples repeats it on every line."""
        match = _block().match(self._text, start)
        text, end = match and match[2], start
        while match and text and match[2] == text and match.end() > end:
            end = match.end()
            match = _block().match(self._text, end)
        return end
