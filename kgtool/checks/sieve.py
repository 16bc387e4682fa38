"""Which terms may have something wrong with them: most are plainly well, and their text alone shows it.

A term is looked at as its line of N-Triples. What one pattern passes is well but for its characters; these are looked at
in crowds, one search for all of them. Whatever is not passed is judged in full by whoever asks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from kgtool.index import Term
from kgtool.lexical import chinese, usual
from kgtool.terms import XSD

_CROWD = 64  # texts: one that is not well has so many others judged with it
_LONGEST = 1000  # code points of a line in a crowd
_XSD = re.escape(XSD)
# IRIs that nothing can be said about, lexical forms that are surely well by datatype, blank nodes, and texts: a line with
# an escape is none of them.
_LINE = re.compile(
    r"<https?://[A-Za-z0-9.-]+(?:[:/?#][!#-;=?A-Z\[\]_a-z~]*)?>"
    rf'|"(?:(?:1[0-9]|20)[0-9]{{2}}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1[0-9]|2[0-8])"\^\^<{_XSD}date'
    rf'|-?[0-9]+"\^\^<{_XSD}integer|[0-9]+"\^\^<{_XSD}nonNegativeInteger'
    rf'|-?[0-9]+\.[0-9]+"\^\^<{_XSD}decimal|(?:true|false)"\^\^<{_XSD}boolean)>'
    r'|_:.+|"[^"\\]*"(?:@(?P<tag>[a-z0-9-]+))?'
)


def doubtful(terms: Iterable[Term], well: Callable[[str], bool]) -> Iterator[int]:
    """Places, in no order, of the terms that may have something wrong with them.

    Args:
        well: whether nothing is to be said of a language tag (lower case, with its direction); asked once a tag.
    Cost: 1.5 µs a term, and memory for one crowd.
    """
    crowds: dict[str, _Crowd] = {}
    for code, line in enumerate(map(str, terms)):
        found = _LINE.fullmatch(line)
        if found is None or len(line) > _LONGEST:
            yield code
            continue
        tag = found["tag"] or ""
        crowd = crowds.get(tag)
        if crowd is None:
            crowd = crowds[tag] = _Crowd(tag, not tag or well(tag))
        if crowd.admits(line):
            yield from crowd.take(code, line)
        elif not crowd.well:
            yield code
    for crowd in crowds.values():
        yield from crowd.leave()


class _Crowd:
    """Lines of one language tag ("" for all that has none) that wait to be looked at together."""

    def __init__(self, tag: str, well: bool) -> None:
        self.well = well
        self._tag = tag
        self._chinese = tag.startswith("zh")
        self._codes: list[int] = []
        self._lines: list[str] = []

    def admits(self, line: str) -> bool:
        """Whether its characters have to be looked at; in ASCII there is nothing that has no escape."""
        return self.well and (self._chinese or not line.isascii())

    def take(self, code: int, line: str) -> list[int]:
        self._codes.append(code)
        self._lines.append(line)
        return self.leave() if len(self._codes) == _CROWD else []

    def leave(self) -> list[int]:
        """All of them where one may be wrong, none where none is: no pattern matches across a line's end."""
        codes, together = self._codes, "\n".join(self._lines)
        self._codes, self._lines = [], []
        calm = usual(together) and not (self._chinese and any(chinese(together, self._tag)))
        return [] if calm else codes
