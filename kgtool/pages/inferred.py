"""What follows for a node and is not stated: marked as such, with the rule and its premises."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import pyoxigraph as ox
from msgspec import Struct

from kgtool.pages.context import Context
from kgtool.pages.naming import Label, foreign
from kgtool.pages.view import View
from kgtool.reason import Fact, Node, Prover, Words, reason, rule_words

# Proofs are kept for graphs up to this size; above it the page says what follows and not why.
_PROVED = 400_000
_MOST = 30


class Follows(Struct, frozen=True):
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
        subject, predicate, value = (ids.get(term, -1) for term in (triple.subject, triple.predicate, triple.object))
        language = "en" if context.language == "en" else "zh-Hant"
        marked = foreign(language, context.language)
        known = self._prover is not None and min(subject, predicate, value) >= 0
        rule, premises = self._prover.step(subject, predicate, value) if self._prover and known else ("", ())
        return Follows(
            context.label(predicate) if predicate >= 0 else Label(view.short(triple.predicate.value)),
            view.path(predicate) if predicate >= 0 and view.has_page(predicate) else "",
            context.namer.value(value, context.language) if value >= 0 else Label(str(triple.object)),
            view.path(value) if value >= 0 and view.has_page(value) else "",
            Label(rule_words(rule, language), marked) if rule else Label(""), rule,
            tuple(self._premise(context, language, marked, premise) for premise in premises),
        )  # fmt: skip

    def _premise(self, context: Context, language: str, marked: str, premise: tuple[int, int, int]) -> Label:
        """A premise in words. Most are an axiom that many statements rest on, so what is said is kept."""
        view, terms = self._view, self._view.index.terms

        def make() -> Label:
            words = view.kept(("told", language), lambda: _Told(context, language))
            return Label(words.fact(Fact(*(terms[code] for code in premise)), language), marked)

        return view.once(("premise", premise, context.language), make)


class _Told(Words):
    """Facts in words of one language; what a resource is called is kept."""

    def __init__(self, context: Context, language: str) -> None:
        super().__init__(partial(_named, context, language), context.view.short)
        self._view = context.view

    def term(self, term: Node, language: str) -> str:
        if not isinstance(term, ox.NamedNode):
            return super().term(term, language)
        return self._view.once(("called", term.value, language), lambda: super(_Told, self).term(term, language))


def _named(context: Context, language: str, iri: str) -> Mapping[str, str]:
    """The name of a resource where it has one: by itself, so that nothing is left to choose."""
    node = context.view.code(iri)
    return {language: context.namer.label(node, language).text} if node >= 0 and context.namer.tagged(node) else {}
