"""What pyoxigraph read of a file, paired with what stands in its text, blank nodes by agreement."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.turtle import Statement, literal_key, statements

# Subject, subject and predicate, or all three, as `Statement` has them.
Key = tuple[str, ...]
# How many statements of the text may be passed over at once: behind a syntax error the two readings go on apart.
_WINDOW = 512


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

    Both come in the same order, so each quad takes the first waiting statement that agrees with it under the blank nodes
    matched so far, and what stands before that one is done with; a syntax error leaves some of either unpaired.
    """
    same: dict[str, str] = {}
    taken: set[str] = set()
    waiting: deque[Statement] = deque()
    for quad in quads:
        keys = keys_of(quad.subject, quad.predicate, quad.object)
        for passed in range(_WINDOW):
            if passed == len(waiting):
                following = next(found, None)
                if following is None:
                    break
                waiting.append(following)
            if _agree(keys, waiting[passed], same, taken):
                statement = waiting[passed]
                for _ in range(passed + 1):
                    waiting.popleft()
                yield quad, statement
                break
        else:
            # Nothing near agrees: the text's side is behind an error; let the window move on.
            waiting.popleft()


def _agree(keys: Key, statement: Statement, same: dict[str, str], taken: set[str]) -> bool:
    if keys[1] != statement.predicate:
        return False
    new: list[tuple[str, str]] = []
    for key, term in ((keys[0], statement.subject), (keys[2], statement.object)):
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
