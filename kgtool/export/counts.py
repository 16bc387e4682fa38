"""Figures of a set of triples, for VoID: gathered in one pass, so that a stream can be counted too.

Source: Describing Linked Datasets with the VoID Vocabulary §4.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.terms import OWL, RDF, SCHEMA, SKOS

_TYPE = RDF + "type"
# Properties that say that a thing of ours is, or is like, a thing of somebody else's.
LINKS = frozenset(
    {SCHEMA + "sameAs", OWL + "sameAs"}
    | {SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")}
)


class Counts(Struct):
    """Figures so far.

    Attributes:
        triples: statements counted.
        properties: IRI to statements.
        classes: IRI to instances stated.
        links: property and target (scheme, host and first path step, as a prefix) to statements.
        subjects: distinct subjects; None where the data is too large to remember them.
    """

    triples: int = 0
    properties: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    links: Counter[tuple[str, str]] = field(default_factory=Counter)
    subjects: set[object] | None = field(default_factory=set)

    def through(self, statements: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """The statements as they come, counted on their way."""
        for statement in statements:
            self.count(statement)
            yield statement

    def count(self, statement: ox.Quad | ox.Triple) -> None:
        predicate, value = statement.predicate.value, statement.object
        self.triples += 1
        self.properties[predicate] += 1
        if isinstance(value, ox.NamedNode):
            if predicate == _TYPE:
                self.classes[value.value] += 1
            elif predicate in LINKS:
                self.links[predicate, _space(value.value)] += 1
        if self.subjects is not None:
            self.subjects.add(statement.subject)


def _space(iri: str) -> str:
    """What the IRIs of one source begin with: all up to the last `/` or `#`."""
    trimmed = iri.rstrip("/#")
    cut = max(trimmed.rfind("/"), trimmed.rfind("#"))
    return trimmed[: cut + 1] if cut > trimmed.find("://") + 2 else trimmed
