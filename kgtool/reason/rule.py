"""A rule of OWL 2 RL with its axioms filled in, and the packed form of a statement."""

from __future__ import annotations

from msgspec import Struct

# A statement of one predicate as one integer: subject in the high half, object in the low half.
HALF = 32
LOW = (1 << HALF) - 1

# Subject, predicate and object codes of an axiom.
Axiom = tuple[int, int, int]
# A predicate and a packed statement.
Premise = tuple[int, int]


def pack(subject: int, value: int) -> int:
    return subject << HALF | value


def unpack(key: int) -> tuple[int, int]:
    return key >> HALF, key & LOW


class Rule(Struct, frozen=True):
    """The name of the OWL 2 RL/RDF rule and the axioms that it is used with."""

    name: str
    axioms: tuple[Axiom, ...] = ()


class Reason(Struct, frozen=True):
    """One application of a rule: its premises beside the axioms."""

    rule: Rule
    premises: tuple[Premise, ...] = ()


STATED = Reason(Rule("stated"))
