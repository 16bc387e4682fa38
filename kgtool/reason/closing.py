"""`close`: a graph in, its closure and contradictions out, by either reasoner."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.reason.entail import Entailment, reason
from kgtool.reason.model import Closure, Limits
from kgtool.reason.proof import contradictions


def close(statements: Iterable[ox.Quad | ox.Triple] | Index, *, limits: Limits | None = None) -> Closure:
    """The OWL 2 RL closure of a graph.

    Args:
        statements: a graph's statements, or an index that holds them already.
        limits: what the run may use.
    Raises:
        EngineError: E-REASON-LIMIT; there is no result then.
    """
    if isinstance(statements, Index):
        index = statements
    else:
        index = Index()
        index.extend(statements)
    found = reason(index, limits)
    if not found.engine.clashes:
        return Closure(shown(found), ())
    # Proofs cost time and memory, so they are made only for a graph that has something to explain.
    proved = reason(index, limits, why=True)
    return Closure(shown(found), contradictions(proved), len(proved.engine.clashes))


def shown(found: Entailment) -> tuple[ox.Triple, ...]:
    """Inferred triples between IRIs and blank nodes about stated subjects, without reflexive ones, sorted."""
    index, terms = found.index, found.index.terms
    subjects = bytearray(len(terms))
    for predicate in index.predicates:
        for subject in index.column(predicate)[0]:
            subjects[subject] = 1
    texts: dict[int, str] = {}
    rows = []
    for subject, predicate, value in found.inferred():
        if subject != value and subjects[subject] and not isinstance(terms[value], ox.Literal):
            for code in (subject, predicate, value):
                if code not in texts:
                    texts[code] = str(terms[code])
            rows.append((texts[subject], texts[predicate], texts[value], subject, predicate, value))
    rows.sort()
    return tuple(_triple(terms[row[3]], terms[row[4]], terms[row[5]]) for row in rows)


def _triple(subject: object, predicate: object, value: object) -> ox.Triple:
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
