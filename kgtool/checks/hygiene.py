"""KG120-KG144: faults of an ontology that no reasoner finds, and data that uses it wrongly.

They look at projects whose ontology declares itself (owl:Ontology): a folder without that header holds axioms for one
purpose, not a vocabulary that others read. Sources: OOPS! pitfalls, ROBOT report, OWL 2 DL global restrictions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pyoxigraph as ox
from msgspec import structs

from kgtool.checks import hygiene_terms as terms
from kgtool.checks import hygiene_use as use
from kgtool.checks.context import Inputs, Outcome, key
from kgtool.checks.hygiene_view import Fault, View
from kgtool.checks.reasoning import words_of
from kgtool.finding import Finding, Place, Severity
from kgtool.rules import builtin_rules

_ERROR, _WARNING, _INFO = Severity.ERROR, Severity.WARNING, Severity.INFO
CHECKS: Mapping[str, tuple[Severity, Callable[[View], Iterator[Fault]]]] = {
    "KG120": (_ERROR, use.undeclared_properties),
    "KG121": (_ERROR, use.undeclared_classes),
    "KG122": (_ERROR, use.object_properties_with_literals),
    "KG123": (_ERROR, use.datatype_properties_with_nodes),
    "KG124": (_ERROR, use.misused_builtins),
    "KG125": (_ERROR, terms.subclass_cycles),
    "KG126": (_ERROR, terms.unsatisfiable),
    "KG127": (_WARNING, terms.several_domains),
    "KG128": (_WARNING, terms.several_ranges),
    "KG129": (_WARNING, terms.inverse_of_itself),
    "KG130": (_ERROR, terms.inverse_bounds_differ),
    "KG131": (_ERROR, terms.symmetric_bounds_differ),
    "KG132": (_ERROR, terms.transitive_bounds_differ),
    "KG133": (_ERROR, terms.not_simple),
    "KG134": (_INFO, terms.no_bounds),
    "KG135": (_WARNING, terms.no_label),
    "KG136": (_WARNING, terms.no_definition),
    "KG137": (_ERROR, terms.several_labels),
    "KG138": (_ERROR, terms.shared_label),
    "KG139": (_ERROR, terms.label_spaces),
    "KG140": (_WARNING, terms.label_without_language),
    "KG141": (_ERROR, use.deprecated_in_use),
    "KG142": (_WARNING, terms.ontology_without_metadata),
    "KG143": (_WARNING, use.untyped_nodes),
    "KG144": (_WARNING, terms.calendar_ranges),
}


def check_hygiene(inputs: Inputs) -> Outcome:
    """One finding a fault, at the term or the statement; counts the checks."""
    view = View(inputs.ontology, inputs.index)
    if not view.declares_itself:
        return Outcome((), 0)
    found = [
        _finding(inputs, code, severity, fault) for code, (severity, faults) in CHECKS.items() for fault in faults(view)
    ]
    return Outcome(tuple(found), len(CHECKS))


def _finding(inputs: Inputs, code: str, severity: Severity, fault: Fault) -> Finding:
    words = words_of(inputs)
    title = builtin_rules()[code].title
    message = {}
    for tag, text in title.items():
        parts = [words.term(term, tag) for term in (fault.term, *fault.others)]
        end, between = (":", "、") if tag != "en" else (": ", ", ")
        message[tag] = text + end + between.join(parts)
    made = inputs.finding(
        code, _place(inputs, fault), message, focus=key(fault.term), value=" ".join(map(str, fault.others))
    )
    return structs.replace(made, severity=severity)


def _place(inputs: Inputs, fault: Fault) -> Place:
    subject, predicate, value = fault.statement or (fault.term, None, None)
    if isinstance(subject, ox.Literal | ox.Triple):
        return Place("")
    return inputs.locator.place(
        key(subject),
        predicate.value if isinstance(predicate, ox.NamedNode) else "",
        "" if value is None else str(value),
        "" if fault.statement else "ontology",
    )
