"""Entailment: a graph in, the inferred triples and the contradictions out."""

from kgtool.reason.reference import Closure, Contradiction, close

__all__ = ["Closure", "Contradiction", "close"]
