"""Property paths as values: read from a shapes graph, written as SPARQL. Source: SHACL §2.3.1.

Inverse is pushed down to single predicates when a path is made, so that evaluation needs no general inverse:
^(a/b) is ^b/^a, ^(a|b) is ^a|^b, ^(a*) is (^a)*.
"""

from __future__ import annotations

import enum

from msgspec import Struct


class Step(Struct, frozen=True):
    """One predicate, forward or backward."""

    predicate: str
    backward: bool = False


class Sequence(Struct, frozen=True):
    """Paths one behind the other; at least two."""

    parts: tuple[Path, ...]


class Alternative(Struct, frozen=True):
    """Any of several paths."""

    parts: tuple[Path, ...]


class Times(enum.Enum):
    """How often a repeated path is walked; the value is SPARQL's mark."""

    ANY = "*"
    SOME = "+"
    MAYBE = "?"


class Repeat(Struct, frozen=True):
    """A path walked several times."""

    part: Path
    times: Times


Path = Step | Sequence | Alternative | Repeat


def inverse(path: Path) -> Path:
    """The same path walked from its end."""
    if isinstance(path, Step):
        return Step(path.predicate, not path.backward)
    if isinstance(path, Sequence):
        return Sequence(tuple(inverse(part) for part in reversed(path.parts)))
    if isinstance(path, Alternative):
        return Alternative(tuple(inverse(part) for part in path.parts))
    return Repeat(inverse(path.part), path.times)


def to_sparql(path: Path) -> str:
    """The path as SPARQL 1.1 path text with full IRIs; `<iri>` for a single predicate. Source: SPARQL 1.1 §9.1."""
    if isinstance(path, Step):
        return f"^<{path.predicate}>" if path.backward else f"<{path.predicate}>"
    if isinstance(path, Sequence):
        return "/".join(
            f"({to_sparql(part)})" if isinstance(part, Sequence) else to_sparql(part) for part in path.parts
        )
    if isinstance(path, Alternative):
        return "(" + "|".join(to_sparql(part) for part in path.parts) + ")"
    return _inner(path.part) + path.times.value


def _inner(path: Path) -> str:
    text = to_sparql(path)
    simple = (isinstance(path, Step) and not path.backward) or isinstance(path, Alternative)
    return text if simple else f"({text})"


def predicates(path: Path) -> frozenset[str]:
    """IRIs of every predicate on the path."""
    if isinstance(path, Step):
        return frozenset({path.predicate})
    if isinstance(path, Repeat):
        return predicates(path.part)
    return frozenset().union(*(predicates(part) for part in path.parts))
