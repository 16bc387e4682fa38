"""KG101: contradictions between the data and the ontology, by OWL 2 RL."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kgtool.checks.context import Inputs, Outcome, key
from kgtool.errors import texts
from kgtool.finding import Finding, Note, Place
from kgtool.late import late
from kgtool.reason import Contradiction, Fact, Words
from kgtool.terms import RDFS, SKOS

_ILL_TYPED = late(r"literal '(.*)' does not match its datatype \((.*)\)", re.DOTALL)
_LABELS = (SKOS + "prefLabel", RDFS + "label")
# Places shown beside the finding's own.
_MOST_RELATED = 8


def check_reasoning(inputs: Inputs) -> Outcome:
    """One finding a contradiction, root causes first in the engine's order; a note when more were found than are shown."""
    closure = inputs.reasoned
    words = words_of(inputs)
    notes: tuple[Note, ...] = ()
    shown = len(closure.contradictions)
    if closure.found > shown:
        said = texts(
            zh=f"共得出 {closure.found} 項矛盾,此處列出最根本之 {shown} 項。",
            en=f"{closure.found} contradictions follow; the {shown} nearest to a cause are shown.",
        )
        notes = (Note("contradictions", said),)
    make = (_proved if item.rule else _unproved for item in closure.contradictions)
    findings = tuple(one(inputs, item, words) for one, item in zip(make, closure.contradictions, strict=True))
    return Outcome(findings, 1, notes)


def words_of(inputs: Inputs) -> Words:
    """Statements in words with the labels that the project gives."""
    return Words(lambda name: labels_of(inputs, name), inputs.curies.short)


def labels_of(inputs: Inputs, name: str) -> dict[str, str]:
    """Language tag to label of one resource: its preferred labels, else its rdfs:labels."""
    for predicate in _LABELS:
        found = {
            term.language or "": term.value for term in inputs.values(name, predicate) if isinstance(term, ox.Literal)
        }
        if found:
            return found
    return {}


def place_of(inputs: Inputs, fact: Fact) -> Place:
    """Where a stated fact stands; `Place("")` for one that is not stated."""
    if isinstance(fact.subject, ox.Literal) or not isinstance(fact.predicate, ox.NamedNode):
        return Place("")
    return inputs.locator.place(key(fact.subject), fact.predicate.value, str(fact.object))


def _proved(inputs: Inputs, item: Contradiction, words: Words) -> Finding:
    """The rule's premises in words, at the first data statement that the proof rests on; the others are related."""
    data = {file.name for file in inputs.dataset.files if file.kind == "data"}
    stated = [(fact, place_of(inputs, fact)) for fact in item.stated()]
    stated.sort(key=lambda one: one[1].path not in data)
    focus, place = (key(stated[0][0].subject), stated[0][1]) if stated else ("", Place(""))
    premises = words.both(item.premises)
    message = texts(
        zh=f"推理得出矛盾:{premises['zh-Hant']}({item.rule})。",
        en=f"a contradiction follows: {premises['en']} ({item.rule}).",
    )
    related = dict.fromkeys(other for _, other in stated[1:] if other.path and other != place)
    value = f"{item.rule}: {', '.join(inputs.curies.short(iri) for iri in item.terms)}"
    return inputs.finding("KG101", place, message, focus=focus, value=value, related=tuple(related)[:_MOST_RELATED])


def _unproved(inputs: Inputs, item: Contradiction, _: Words) -> Finding:
    """A contradiction of a reasoner that gives no proof, at the first resource it names that the data describes."""
    focus, place = _where(inputs, item)
    detail = item.detail
    if item.terms:
        iris = "|".join(re.escape(iri) for iri in sorted(item.terms, key=len, reverse=True))
        detail = re.sub(f"<?({iris})>?", lambda match: inputs.curies.short(match[1]), detail)
    message = texts(zh=f"推理得出矛盾:{detail}", en=f"a contradiction follows: {detail}")
    return inputs.finding("KG101", place, message, focus=focus, value=item.detail)


def _where(inputs: Inputs, item: Contradiction) -> tuple[str, Place]:
    data = {file.name for file in inputs.dataset.files if file.kind == "data"}
    places = [(iri, inputs.locator.place(iri)) for iri in item.terms]
    for iri, place in places:
        if place.path in data:
            return iri, place
    literal = _ILL_TYPED.search(item.detail)
    if literal:
        return _of_literal(inputs, literal[1], literal[2])
    return places[0] if places else ("", Place(""))


def _of_literal(inputs: Inputs, lexical: str, datatype: str) -> tuple[str, Place]:
    """The first subject that has this literal."""
    wanted = ox.Literal(lexical, datatype=ox.NamedNode(datatype))
    facts, code = inputs.facts, inputs.facts.ids.get(wanted, -1)
    for predicate in facts.predicates if code >= 0 else ():
        subjects, objects = facts.column(predicate)
        if code in objects:
            subject = key(facts.terms[subjects[objects.index(code)]])
            return subject, inputs.locator.place(subject, key(facts.terms[predicate]), str(wanted))
    return "", Place("")
