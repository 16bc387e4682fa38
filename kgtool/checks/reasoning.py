"""KG101: contradictions between the data and the ontology, by OWL 2 RL."""

from __future__ import annotations

from kgtool.checks.context import Inputs, Outcome
from kgtool.errors import texts
from kgtool.finding import Finding, Place
from kgtool.reason import Contradiction


def check_reasoning(inputs: Inputs) -> Outcome:
    """One finding a contradiction, at the dossier of the first resource it names that the data describes."""
    return Outcome(tuple(_finding(inputs, item) for item in inputs.closure.contradictions), 1)


def _finding(inputs: Inputs, item: Contradiction) -> Finding:
    focus, place = _where(inputs, item)
    detail = item.detail
    for iri in item.terms:
        detail = detail.replace(f"<{iri}>", iri).replace(iri, inputs.curies.short(iri))
    message = texts(zh=f"推理得出矛盾:{detail}", en=f"a contradiction follows: {detail}")
    return inputs.finding("KG101", place, message, focus=focus, value=item.detail)


def _where(inputs: Inputs, item: Contradiction) -> tuple[str, Place]:
    data = {file.name for file in inputs.dataset.files if file.kind == "data"}
    places = [(iri, inputs.locator.place(iri)) for iri in item.terms]
    for iri, place in places:
        if place.path in data:
            return iri, place
    return places[0] if places else ("", Place(""))
