"""Entailment: a graph in, the inferred triples and the contradictions out; proofs of both."""

from kgtool.reason.closing import Reasoned, close, reasoned, reasoned_by_reference
from kgtool.reason.entail import Entailment, reason
from kgtool.reason.model import Closure, Contradiction, Fact, Limits, Node, Proof
from kgtool.reason.profile import Departure, Violation, departures, is_calendar
from kgtool.reason.proof import Prover, contradictions
from kgtool.reason.words import Words, rule_words

__all__ = [
    "Closure", "Contradiction", "Departure", "Entailment", "Fact", "Limits", "Node", "Proof", "Prover", "Reasoned", "Violation",
    "Words", "close", "contradictions", "departures", "is_calendar", "reason", "reasoned", "reasoned_by_reference",
    "rule_words",
]  # fmt: skip
