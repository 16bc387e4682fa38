"""What pyoxigraph read of a file, paired with what stands in its text, blank nodes by agreement."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.turtle import Statement, literal_key, statements

# Subject, subject and predicate, or all three, as `Statement` has them.
Key = tuple[str, ...]
# How far ahead a statement may stand in one reading and not yet in the other: cells of a collection come in another order.
_WINDOW = 64


class Spot(Struct, frozen=True):
    """Offsets of one statement's subject, predicate and object."""

    subject: int
    predicate: int
    object: int


def keys_of(*terms: object) -> Key:
    """Terms as a key."""
    return tuple(map(_term_key, terms))


def _term_key(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}>"
    if isinstance(term, ox.Literal):
        return literal_key(term.value, term.language or "", term.datatype.value)
    return str(term)


def pair(quads: tuple[ox.Quad, ...], text: str) -> dict[Key, Spot]:
    """The spots of a file's statements by (subject), (subject, predicate) and the whole triple, in the dataset's terms."""
    spots: dict[Key, Spot] = {}
    for quad, statement in _matches(quads, statements(text)):
        spot = Spot(statement.subject_at, statement.predicate_at, statement.object_at)
        keys = keys_of(quad.subject, quad.predicate, quad.object)
        for length in (1, 2, 3):
            spots.setdefault(keys[:length], spot)
    return spots


def _matches(quads: tuple[ox.Quad, ...], found: Iterator[Statement]) -> Iterator[tuple[ox.Quad, Statement]]:
    """Pair what pyoxigraph read with what stands in the text.

    Both come in nearly the same order, so each quad takes the first waiting statement that agrees with it under the
    blank nodes matched so far; a file with syntax errors leaves some of either unpaired.
    """
    same: dict[str, str] = {}
    taken: set[str] = set()
    waiting: dict[int, Statement] = {}
    number = 0
    for quad in quads:
        keys = keys_of(quad.subject, quad.predicate, quad.object)
        while len(waiting) < _WINDOW and (statement := next(found, None)) is not None:
            waiting[number] = statement
            number += 1
        for position, statement in waiting.items():
            if _agree(keys, statement, same, taken):
                del waiting[position]
                yield quad, statement
                break
        else:
            # Nothing near agrees: the text's side is behind an error; let the window move on.
            if waiting and len(waiting) >= _WINDOW:
                del waiting[next(iter(waiting))]


def _agree(keys: Key, statement: Statement, same: dict[str, str], taken: set[str]) -> bool:
    new: list[tuple[str, str]] = []
    for key, term in zip(keys, (statement.subject, statement.predicate, statement.object), strict=True):
        if not term.startswith("_:"):
            if key != term:
                return False
        elif term in same:
            if same[term] != key:
                return False
        elif not key.startswith("_:") or key in taken:
            return False
        else:
            new.append((term, key))
    for term, key in new:
        same[term] = key
        taken.add(key)
    return True
