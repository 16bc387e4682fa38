"""What follows for a node and is not stated: marked as such, with the rule and its premises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from kgtool.pages.context import Context
from kgtool.pages.naming import Label, foreign
from kgtool.pages.view import View
from kgtool.reason import Fact, Prover, Words, reason, rule_words

# Proofs are kept for graphs up to this size; above it the page says what follows and not why.
_PROVED = 400_000
_MOST = 30


@dataclass(frozen=True, slots=True)
class Follows:
    """One inferred statement about a node, why it holds (`rule_name` is that of OWL 2 RL), and from what."""

    name: Label
    name_path: str
    value: Label
    value_path: str
    rule: Label
    rule_name: str
    premises: tuple[Label, ...]


class Inferred:
    """The closure by subject, and proofs on request."""

    def __init__(self, view: View) -> None:
        self._view = view
        found: dict[int, list[ox.Triple]] = {}
        ids = view.index.ids
        for triple in view.snapshot.inferred:
            node = ids.get(triple.subject, -1)
            if node >= 0:
                found.setdefault(node, []).append(triple)
        self._about: Mapping[int, list[ox.Triple]] = found
        self._prover = Prover(reason(view.index, why=True)) if found and len(view.index) <= _PROVED else None

    def of(self, context: Context, node: int) -> tuple[Follows, ...]:
        """What follows for a node, sorted as the closure is."""
        found = self._about.get(node)
        if not found:
            return ()
        key = ("follows", node, context.language)
        return self._view.once(key, lambda: tuple(self._one(context, triple) for triple in found[:_MOST]))

    def _one(self, context: Context, triple: ox.Triple) -> Follows:
        view, ids = self._view, self._view.index.ids
        predicate, value = ids.get(triple.predicate, -1), ids.get(triple.object, -1)
        language = "en" if context.language == "en" else "zh-Hant"
        marked = foreign(language, context.language)
        words = Words(partial(_named, context, language), view.short)
        proof = self._prover.prove(Fact(triple.subject, triple.predicate, triple.object)) if self._prover else None
        return Follows(
            context.label(predicate) if predicate >= 0 else Label(view.short(triple.predicate.value)),
            view.path(predicate) if predicate >= 0 and view.has_page(predicate) else "",
            context.namer.value(value, context.language) if value >= 0 else Label(str(triple.object)),
            view.path(value) if value >= 0 and view.has_page(value) else "",
            Label(rule_words(proof.rule, language), marked) if proof else Label(""), proof.rule if proof else "",
            tuple(Label(words.fact(premise.fact, language), marked) for premise in proof.premises) if proof else (),
        )  # fmt: skip


def _named(context: Context, language: str, iri: str) -> Mapping[str, str]:
    """The name of a resource where it has one: by itself, so that nothing is left to choose."""
    node = context.view.code(iri)
    return {language: context.namer.label(node, language).text} if node >= 0 and context.namer.tagged(node) else {}
