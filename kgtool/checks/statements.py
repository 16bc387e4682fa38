"""Which statements use a term, and a finding for one: what the lexical, vocabulary and link checks share."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from typing import Literal

import pyoxigraph as ox
from msgspec import Struct, structs

from kgtool.checks.context import Inputs, key
from kgtool.errors import Texts
from kgtool.finding import Finding, Severity
from kgtool.index import Index

# A term that is wrong is often wrong everywhere; this many of its statements are reported, file by file.
MOST_USES = 20
_LONG = 200


class Use(Struct, frozen=True):
    """A statement, coded, and the part of it that the term is."""

    part: Literal["subject", "predicate", "object"]
    subject: int
    predicate: int
    object: int


def uses(index: Index, codes: Collection[int], most: int = MOST_USES) -> Mapping[int, list[Use]]:
    """The statements that use these terms, at most `most` a term: as object each, as subject or predicate the first.

    Cost: one C pass over the columns, and a slow one over those that hold a term asked for.
    """
    wanted = frozenset(codes)
    found: dict[int, dict[Use, None]] = defaultdict(dict)
    first: set[int] = set()
    for predicate in index.predicates:
        subjects, objects = index.column(predicate)
        if predicate in wanted:
            found[predicate][Use("predicate", subjects[0], predicate, objects[0])] = None
        if wanted.isdisjoint(objects) and wanted.isdisjoint(subjects):
            continue
        for subject, value in zip(subjects, objects, strict=True):
            if value in wanted and len(found[value]) < most:
                found[value][Use("object", subject, predicate, value)] = None
            if subject in wanted and subject not in first:
                first.add(subject)
                found[subject][Use("subject", subject, predicate, value)] = None
    return {code: list(table) for code, table in found.items()}


def finding(inputs: Inputs, code: str, severity: Severity, message: Texts, use: Use) -> Finding:
    """A finding about one part of a statement, at that part's place."""
    terms = inputs.index.terms
    subject, predicate, value = key(terms[use.subject]), iri_of(terms[use.predicate]), str(terms[use.object])
    if use.part == "subject":
        place, path, value = inputs.locator.place(subject), "", subject
    elif use.part == "predicate":
        place, path, value = inputs.locator.place(subject, predicate), f"<{predicate}>", predicate
    else:
        place, path = inputs.locator.place(subject, predicate, value), f"<{predicate}>"
    shown = value if len(value) <= _LONG else value[:_LONG] + "…"
    made = inputs.finding(code, place, message, focus=subject, path=path, value=shown)
    return structs.replace(made, severity=severity)


def iri_of(term: object) -> str:
    """The IRI of a named node, "" for any other term."""
    return term.value if isinstance(term, ox.NamedNode) else ""
