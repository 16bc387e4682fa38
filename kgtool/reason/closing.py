"""A graph in, its closure and contradictions out, by either reasoner: as triples, or as what checks read of it."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from msgspec import Struct

from kgtool.formats import Reasoner
from kgtool.index import Index
from kgtool.reason.engine import no_collection
from kgtool.reason.entail import Entailment, can_be_subject, reason
from kgtool.reason.model import Closure, Contradiction, Limits
from kgtool.reason.proof import contradictions
from kgtool.reason.rule import HALF, LOW
from kgtool.terms import RDF


def close(
    statements: Iterable[ox.Quad] | Index, *, reasoner: Reasoner = Reasoner.KGTOOL, limits: Limits | None = None
) -> Closure:
    """The OWL 2 RL closure of a graph.

    Args:
        statements: a graph's statements, or an index that holds them already (not for owlrl).
        reasoner: ours, or owlrl, which is slow and gives no proofs.
        limits: what the run may use.
    Raises:
        EngineError: E-REASON-LIMIT, or owlrl failed; there is no result then.
    """
    if not isinstance(statements, Index) and reasoner is Reasoner.OWLRL:
        from kgtool.reason import reference

        return reference.close(statements)
    with no_collection():
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


class Reasoned(Struct, frozen=True):
    """What validation needs to know of a closure, which itself is let go.

    Attributes:
        types: the inferred types of stated subjects, in the codes of the index that was closed.
        contradictions, found: as in `Closure`.
    """

    types: Index
    contradictions: tuple[Contradiction, ...]
    found: int = 0


def reasoned(index: Index, limits: Limits | None = None) -> Reasoned:
    """Close a graph for validation; its triples are not written out.

    Raises:
        EngineError: E-REASON-LIMIT; there is no result then.
    """
    with no_collection():
        entailment = reason(index, limits)
        types, clashes = entailment.types(), len(entailment.engine.clashes)
        del entailment
        if not clashes:
            return Reasoned(types, ())
        return Reasoned(types, contradictions(reason(index, limits, why=True)), clashes)


def reasoned_by_reference(index: Index, statements: Iterable[ox.Quad]) -> Reasoned:
    """The same by owlrl; `statements` are those of the index.

    Raises:
        EngineError: owlrl failed; there is no result then.
    """
    closure = close(statements, reasoner=Reasoner.OWLRL)
    types, kind = index.layer(), ox.NamedNode(RDF + "type")
    types.extend(triple for triple in closure.inferred if triple.predicate == kind)
    return Reasoned(types, closure.contradictions, closure.found)


def shown(found: Entailment) -> tuple[ox.Triple, ...]:
    """Inferred triples between IRIs and blank nodes about stated subjects, without reflexive ones, sorted."""
    index, terms = found.index, found.index.terms
    subjects = bytearray(len(terms))
    for predicate in index.predicates:
        for subject in index.column(predicate)[0]:
            subjects[subject] = 1
    rows = [
        (subject, predicate, value)
        for subject, predicate, value in found.inferred()
        if subject != value and subjects[subject] and can_be_subject(terms[value])
    ]
    # Codes in the order of their texts, so that statements are sorted as numbers.
    codes = sorted({code for row in rows for code in row}, key=lambda code: str(terms[code]))
    rank = dict(zip(codes, range(len(codes)), strict=True))
    keys = sorted(rank[row[0]] << 2 * HALF | rank[row[1]] << HALF | rank[row[2]] for row in rows)
    del rows, rank
    ordered = [terms[code] for code in codes]
    return tuple(_triple(ordered[key >> 2 * HALF], ordered[key >> HALF & LOW], ordered[key & LOW]) for key in keys)


def _triple(subject: object, predicate: object, value: object) -> ox.Triple:
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
