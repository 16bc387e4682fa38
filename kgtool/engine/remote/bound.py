"""Which variables of a query can only be certain IRIs, read from its tokens: listed by VALUES, or described by a pattern.

Of a group's own patterns a VALUES of the same group counts wherever it stands, because a join does not mind the order; of the
groups inside it only one that stands before them, and none across a SELECT inside, whose variables are its own.
Source: SPARQL 1.1 Query §10.2 (VALUES), §12 (subqueries), §18.2.2.6 (order of joins).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from msgspec import Struct, field

_Lexeme = tuple[str, str, int]  # kind, sign, start
_TERMS = frozenset({"iri", "pname"})


class Bound(Struct, frozen=True):
    """What is known of variables at one place.

    Attributes:
        listed: names that VALUES gives IRIs only.
        described: names that are the subject of a pattern of the same group, to the place of its predicate.
    """

    listed: frozenset[str]
    described: Mapping[str, int]


class _Group(Struct):
    inherited: frozenset[str]
    listed: set[str] = field(default_factory=set)
    described: dict[str, int] = field(default_factory=dict)


def bound_variables(every: Sequence[_Lexeme]) -> list[Bound]:
    """What is known at each lexeme. Cost: linear."""
    stack = [_Group(frozenset())]
    of = [stack[0]] * len(every)
    number = 0
    while number < len(every):
        of[number] = stack[-1]
        kind, sign, _ = every[number]
        word = sign.upper() if kind == "word" else ""
        if word == "VALUES":
            number, names = _values(every, number)
            if len(stack) > 1:  # the one behind everything is joined behind LIMIT and aggregates
                stack[-1].listed |= names
        elif word == "SELECT":
            stack[-1].inherited = frozenset()
        elif sign == "{":
            stack.append(_Group(frozenset(stack[-1].listed | stack[-1].inherited)))
        elif sign == "}" and len(stack) > 1:
            stack.pop()
        elif kind == "var" and every[number - 1][1] in {".", "{"} and _plain(every, number + 1):
            stack[-1].described.setdefault(sign[1:], number + 1)
        number += 1
    return [Bound(frozenset(group.listed | group.inherited), group.described) for group in of]


def _plain(every: Sequence[_Lexeme], number: int) -> bool:
    """Whether one predicate stands there, and a variable or term behind it: no path."""
    pair = every[number : number + 2]
    return len(pair) == 2 and pair[0][0] in _TERMS and pair[1][0] in {*_TERMS, "var", "string", "number"}


def _values(every: Sequence[_Lexeme], number: int) -> tuple[int, set[str]]:
    """The last lexeme of a VALUES, and the names that it gives nothing but IRIs."""
    opened = next((n for n in range(number, len(every)) if every[n][1] == "{"), len(every))
    closed = next((n for n in range(opened, len(every)) if every[n][1] == "}"), len(every) - 1)
    names = [sign[1:] for kind, sign, _ in every[number:opened] if kind == "var"]
    rows: list[list[str]] = [[]]
    for kind, sign, _ in every[opened + 1 : closed]:
        if sign == "(":
            rows.append([])
        elif sign != ")":
            rows[-1].append(kind)
    if len(names) == 1 and not any(rows[1:]):
        rows = [[kind] for kind in rows[0]]
    rows = [row for row in rows if row]
    if any(len(row) != len(names) for row in rows):  # a typed or tagged literal: the columns cannot be told
        return closed, set()
    return closed, {name for column, name in enumerate(names) if all(row[column] in _TERMS for row in rows)}
