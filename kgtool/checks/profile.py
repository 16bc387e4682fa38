"""KG110-KG117: what of the ontology lies outside OWL 2 RL, so that the rules do not use all of it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import structs

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.reasoning import place_of, words_of
from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Severity
from kgtool.reason import Departure, Violation, Words, departures
from kgtool.terms import RDF

# The reason to its code, its severity, and what is said of it; {a} is the axiom and {p} the part.
_RULES: Mapping[Departure, tuple[str, Severity, Texts]] = {
    Departure.SUBCLASS: ("KG110", Severity.WARNING, texts(
        zh="{a}:{p} 不得為下位類別式(OWL 2 RL)。", en="{a}: {p} cannot be a subclass expression in OWL 2 RL.")),
    Departure.SUPERCLASS: ("KG111", Severity.WARNING, texts(
        zh="{a}:{p} 不得為上位類別式(OWL 2 RL)。", en="{a}: {p} cannot be a superclass expression in OWL 2 RL.")),
    Departure.EQUIVALENT: ("KG112", Severity.WARNING, texts(
        zh="{a}:{p} 不得為等同類別式(OWL 2 RL)。", en="{a}: {p} cannot be an equivalent-class expression in OWL 2 RL.")),
    Departure.OPERAND: ("KG113", Severity.WARNING, texts(
        zh="{a}:{p} 不得用於此公理(OWL 2 RL)。", en="{a}: {p} cannot stand in this axiom in OWL 2 RL.")),
    Departure.BOUND: ("KG114", Severity.WARNING, texts(
        zh="{a}:{p} 不得為定義域或值域(OWL 2 RL)。", en="{a}: {p} cannot be a domain or range in OWL 2 RL.")),
    Departure.DATATYPE: ("KG115", Severity.WARNING, texts(
        zh="{a}:OWL 2 RL 沒有資料型別 {p}。", en="{a}: OWL 2 RL has no datatype {p}.")),
    Departure.CONSTRUCT: ("KG116", Severity.WARNING, texts(
        zh="{a}:OWL 2 RL 沒有這種公理,推理時不予理會。", en="{a}: OWL 2 RL has no such axiom; reasoning passes it over.")),
    Departure.LITERAL: ("KG117", Severity.INFO, texts(
        zh="{a}:此屬性之公理須比較其值,而 OWL 2 RL 不解其資料型別,寫法不同即未知異同。",
        en="{a}: an axiom of this property compares values, and OWL 2 RL does not know this datatype: forms that differ are "
           "taken as neither equal nor different.")),
}  # fmt: skip


def check_profile(inputs: Inputs) -> Outcome:
    """One finding a reason, at the axiom; counts the reasons that are looked for."""
    index = inputs.dataset.index("ontology")
    if len(index) == 0:
        return Outcome((), 0)
    index.join(inputs.dataset.index("data"), set(index.column(index.iri(RDF + "type"))[0]))
    words = words_of(inputs)
    return Outcome(tuple(_finding(inputs, words, one) for one in departures(index)), len(_RULES))


def _finding(inputs: Inputs, words: Words, found: Violation) -> Finding:
    code, severity, said = _RULES[found.departure]
    message = {
        tag: text.replace("{a}", words.fact(found.axiom, tag)).replace("{p}", words.term(found.part, tag))
        for tag, text in said.items()
    }
    subject = str(found.axiom.subject).strip("<>")
    made = inputs.finding(
        code,
        place_of(inputs, found.axiom),
        message,
        focus=subject,
        path=str(found.axiom.predicate),
        value=str(found.part),
    )
    return structs.replace(made, severity=severity)
