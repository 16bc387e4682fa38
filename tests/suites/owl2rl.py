"""The 200 OWL 2 RL cases of conformance/owl2rl: read, run, and matched with blank nodes as variables.

A `pos` case passes when every conclusion follows, a `neg` case when one does not, `inc` when a contradiction follows,
`con` when none does. Source: OWL 2 Conformance §2.1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.reason import Fact, reason


@dataclass(frozen=True, slots=True)
class Case:
    """One case; `rule` is the rule that it was written for, or the suite's own note."""

    name: str
    kind: str
    rule: str
    premise: str
    conclusion: str


def read_cases(path: Path) -> tuple[Case, ...]:
    """All cases, in the file's order."""
    rows = json.loads(path.read_text(encoding="utf-8"))
    return tuple(Case(row["id"], row["type"], row["rule"], row["premise"], row["conclusion"]) for row in rows)


def passes(case: Case, *, why: bool) -> bool:
    """Whether our engine answers a case as the suite says."""
    index = Index()
    index.extend(_parse(case.premise))
    found = reason(index, why=why)
    broken = bool(found.engine.clashes)
    if case.kind in {"inc", "con"}:
        return broken == (case.kind == "inc")
    follows = _follows([Fact(q.subject, q.predicate, q.object) for q in _parse(case.conclusion)], found.expanded())
    return not broken and follows == (case.kind == "pos")


def _parse(text: str) -> list[ox.Quad]:
    return list(ox.parse(text.encode("utf-8"), format=ox.RdfFormat.N_TRIPLES))


def _follows(goals: list[Fact], facts: Iterable[Fact]) -> bool:
    """Whether the goals hold for some choice of nodes for their blank nodes; fewest blank nodes first."""
    known = list(facts)
    goals.sort(key=lambda goal: (sum(isinstance(term, ox.BlankNode) for term in goal), str(goal)))

    def solve(rest: list[Fact], bound: dict[object, object]) -> bool:
        if not rest:
            return True
        for fact in known:
            chosen = _unify(rest[0], fact, bound)
            if chosen is not None and solve(rest[1:], chosen):
                return True
        return False

    return solve(goals, {})


def _unify(goal: Fact, fact: Fact, bound: dict[object, object]) -> dict[object, object] | None:
    chosen = dict(bound)
    for wanted, term in zip(goal, fact, strict=True):
        if not isinstance(wanted, ox.BlankNode):
            if wanted != term:
                return None
        elif chosen.setdefault(wanted, term) != term:
            return None
    return chosen
