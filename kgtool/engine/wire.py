"""What the runner and its worker say to each other: frames of bytes, and terms as texts.

A frame is its length (8 bytes, big-endian), one letter for its kind, and JSON in UTF-8. A request is one frame; an answer
is a head, chunks of rows, and an end, or an error in place of any of them. Terms arrive exactly as they were sent,
lexical forms and blank node labels included; nothing that arrives is ever executed (no pickle).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import msgspec
import pyoxigraph as ox

from kgtool.engine.failure import unheld
from kgtool.errors import QueryError
from kgtool.terms import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal
HEADER = 9  # bytes: length of what follows the letter, then the letter
_STRING = XSD + "string"
_DIRECTIONS = {"ltr": ox.BaseDirection.LTR, "rtl": ox.BaseDirection.RTL}


class Kind(enum.Enum):
    """What a frame holds."""

    REQUEST = b"q"
    HEAD = b"h"
    CHUNK = b"c"
    END = b"e"
    ERROR = b"x"


_KINDS = {kind.value: kind for kind in Kind}


def frame(kind: Kind, value: Any) -> bytes:
    """One frame. Cost: linear in the value.

    Raises:
        UnicodeEncodeError: a text holds a surrogate, which no UTF-8 has.
    """
    body = msgspec.json.encode(value)
    return len(body).to_bytes(8, "big") + kind.value + body


def unframe(header: bytes) -> tuple[int, Kind]:
    """Length of the body and kind, from a frame's first `HEADER` bytes.

    Raises:
        ValueError: no frame begins so.
    """
    kind = _KINDS.get(header[8:])
    if kind is None:
        raise ValueError(f"not a frame: {header!r}")
    return int.from_bytes(header[:8], "big"), kind


def value_of(body: bytes) -> Any:
    """What `frame` was given.

    Raises:
        ValueError: the body is not JSON.
    """
    return msgspec.json.decode(body)


def from_term(term: Term | None) -> str | None:
    """A term as text: its kind's sign, what qualifies it and a blank, its value; unbound is None.

    Raises:
        QueryError: a triple term (RDF 1.2), which no result format here can hold.
    """
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return "<" + term.value
    if isinstance(term, ox.BlankNode):
        return "_" + term.value
    if not isinstance(term, ox.Literal):
        raise unheld()
    if term.language:
        turned = f"--{term.direction.value}" if term.direction else ""
        return f"@{term.language}{turned} {term.value}"
    datatype = term.datatype.value
    return '"' + term.value if datatype == _STRING else f"^{datatype} {term.value}"


def to_term(text: str) -> Term:
    """The term that `from_term` was given.

    Raises:
        ValueError: it is none.
    """
    reader = _READERS.get(text[:1])
    if reader is None:
        raise ValueError(f"not a term: {text[:20]!r}")
    return reader(text[1:])


def _tagged(text: str) -> ox.Literal:
    tag, _, value = text.partition(" ")
    language, _, direction = tag.partition("--")
    if direction:
        return ox.Literal(value, language=language, direction=_DIRECTIONS[direction])
    return ox.Literal(value, language=language)


def _typed(text: str) -> ox.Literal:
    datatype, _, value = text.partition(" ")
    return ox.Literal(value, datatype=ox.NamedNode(datatype))


_READERS: Mapping[str, Callable[[str], Term]] = {
    "<": ox.NamedNode, '"': ox.Literal, "@": _tagged, "^": _typed, "_": ox.BlankNode,
}  # fmt: skip


class Reader:
    """Rows of texts to rows of terms; equal texts give one term. Cost: about 0.5 µs a cell that was seen before."""

    def __init__(self) -> None:
        self._seen: dict[str | None, Term | None] = {None: None}

    def rows(self, rows: Iterable[Sequence[str | None]]) -> list[tuple[Term | None, ...]]:
        """Raises ValueError when a text is no term."""
        return [tuple(map(self._term, cells)) for cells in rows]

    def _term(self, cell: str | None) -> Term | None:
        if cell not in self._seen:
            self._seen[cell] = to_term(cell or "")
        return self._seen[cell]


def from_error(error: QueryError) -> Mapping[str, Any]:
    """An error as JSON."""
    place = [getattr(error, "line", 0), getattr(error, "column", 0)]
    return {"code": error.code, "message": dict(error.message), "hint": dict(error.hint), "place": place}
