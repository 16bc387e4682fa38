"""What every check family is given, and what it returns."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from functools import cached_property

from msgspec import Struct

from kgtool.catalog import Catalog
from kgtool.checks.described import Described, Term, key, values
from kgtool.checks.part import EVERYTHING, Asked
from kgtool.engine import EmbeddedStore
from kgtool.errors import Texts
from kgtool.finding import Finding, Note, Place, Severity
from kgtool.formats import Reasoner
from kgtool.index import Index
from kgtool.load import Dataset
from kgtool.locate import Locator
from kgtool.project import Project
from kgtool.reason import Reasoned, reasoned, reasoned_by_reference
from kgtool.rules import builtin_rules
from kgtool.write.curie import Curies

__all__ = ["Inputs", "Outcome", "Term", "key"]


class Outcome(Struct, frozen=True):
    """What a family found. `checks` counts what it ran: shapes, queries, spans, dated values, files."""

    findings: tuple[Finding, ...]
    checks: int
    notes: tuple[Note, ...] = ()


class Inputs(Struct, frozen=True, eq=False, dict=True):
    """A project read once. The closure, the store and the tables are made when the first family asks for them."""

    project: Project
    dataset: Dataset
    catalog: Catalog
    today: datetime.date
    curies: Curies
    asked: Asked = EVERYTHING

    @cached_property
    def locator(self) -> Locator:
        return Locator(self.dataset)

    @cached_property
    def index(self) -> Index:
        """Ontology, data and shapes as integer columns."""
        return self.dataset.index()

    @cached_property
    def facts(self) -> Index:
        """Ontology and data; shapes are about the data, not part of it. Codes are those of `index`."""
        return self.dataset.index("ontology", "data")

    @cached_property
    def ontology(self) -> Index:
        """The ontology files alone. Codes are those of `index`."""
        return self.dataset.index("ontology")

    @cached_property
    def reasoned(self) -> Reasoned:
        """What follows from ontology and data by OWL 2 RL: types, and contradictions."""
        if Reasoner(self.project["reasoner"]) is Reasoner.OWLRL:
            return reasoned_by_reference(self.facts, self.dataset.quads("ontology", "data"))
        return reasoned(self.facts)

    def store_of(self, wanted: Mapping[int, Collection[int] | None] | None) -> EmbeddedStore:
        """Ontology and data as stated, one named graph a file.

        Args:
            wanted: of the statements, predicates' codes to those of their objects, None for any; None for all statements.
        Cost: 3 µs and 0.4 KB a statement, nearly twice that where a triple may stand in two graphs.
        """
        graphs = any(record.graphs for record in self.dataset.records.values())
        if not graphs and self.facts.distinct(wanted):
            return EmbeddedStore.of_columns(self.dataset.columns("ontology", "data", wanted=wanted))
        return EmbeddedStore(
            self.dataset.quads("ontology", "data", predicates=None if wanted is None else wanted.keys())
        )

    @cached_property
    def store(self) -> EmbeddedStore:
        """All of them."""
        return self.store_of(None)

    @cached_property
    def described(self) -> Mapping[str, Mapping[str, list[Term]]]:
        """Subject (IRI or `_:label`) to predicate IRI to objects, over ontology and data; read on demand."""
        return Described(self.facts)

    def values(self, subject: str, predicate: str) -> list[Term]:
        """The objects of one subject (IRI or `_:label`) and predicate, in file order; empty when there are none."""
        return values(self.facts, subject, predicate)

    def finding(
        self, code: str, place: Place, message: Texts, *, focus: str = "", path: str = "", value: str = "",
        related: tuple[Place, ...] = (),
    ) -> Finding:  # fmt: skip
        """An error of one of the program's own rules."""
        rule = builtin_rules()[code]
        return Finding(place, code, rule.slug, focus, path, value, Severity.ERROR, message, rule.fix, {}, None, related)
