"""What the reasoners return: the closure, its contradictions, and proofs."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, NamedTuple

import pyoxigraph as ox
from msgspec import Struct

from kgtool.finding import Keyed

Node = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple


class Fact(NamedTuple):
    """A statement of a proof. Unlike an RDF triple its subject may be a literal: rules can type values."""

    subject: Node
    predicate: Node
    object: Node

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


class Proof(Struct, frozen=True, eq=False):
    """Why a statement holds: the rule that gives it and the proofs of the rule's premises.

    A statement that is used twice has one proof, so a proof is a graph without cycles and may be deep.

    Attributes:
        rule: name in the OWL 2 RL/RDF rules, e.g. `prp-dom`; "" for what is stated.
        premises: in the order of the rule; empty for what is stated, and for what holds in every graph.
    """

    fact: Fact
    rule: str = ""
    premises: tuple[Proof, ...] = ()

    def parts(self) -> Iterator[Proof]:
        """This proof and every proof in it, each once, conclusions first."""
        todo, seen = [self], {id(self)}
        while todo:
            proof = todo.pop()
            yield proof
            fresh = [premise for premise in proof.premises if id(premise) not in seen]
            seen.update(map(id, fresh))
            todo += reversed(fresh)

    def stated(self) -> tuple[Fact, ...]:
        """The statements at the leaves, each once."""
        return tuple(dict.fromkeys(proof.fact for proof in self.parts() if not proof.rule))

    @property
    def size(self) -> int:
        """Rule applications, each counted once."""
        return sum(1 for proof in self.parts() if proof.rule)


class Contradiction(Keyed, frozen=True):
    """What cannot all be true.

    Attributes:
        detail: one English line that names every term by its IRI.
        terms: the IRIs it names, in order of mention; the resource that it is about first.
        rule: the rule that fails, e.g. `cax-dw`; "" where the reasoner does not say (owlrl).
        premises: what the rule applies to, axioms included; each is stated or follows.
        proofs: why each premise holds; empty where the reasoner does not say.
    """

    detail: str
    terms: tuple[str, ...]
    rule: str = ""
    premises: tuple[Fact, ...] = ()
    proofs: tuple[Proof, ...] = ()

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.detail, self.terms, self.rule)

    def stated(self) -> tuple[Fact, ...]:
        """The statements that it rests on, each once, in the order of the proofs."""
        return tuple(dict.fromkeys(fact for proof in self.proofs for fact in proof.stated()))


class Closure(Struct, frozen=True):
    """What follows.

    Attributes:
        inferred: triples that follow and were not stated, between IRIs and blank nodes, about stated subjects; sorted.
        contradictions: root causes first, without duplicates.
        found: how many contradictions there are; those past the first twenty are not listed.
    """

    inferred: tuple[ox.Triple, ...]
    contradictions: tuple[Contradiction, ...]
    found: int = 0


class Limits(Struct, frozen=True):
    """What a run may use before it is refused by name.

    Attributes:
        inferred: statements that may follow.
        memory: bytes that this process may hold; 0 stands for three quarters of the machine's memory.
    """

    inferred: int = 40_000_000
    memory: int = 0

    def bytes(self) -> int:
        if self.memory:
            return self.memory
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") * 3 // 4
