"""What every check family is given, and what it returns."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kgtool.catalog import Catalog
from kgtool.engine import EmbeddedStore
from kgtool.errors import Texts
from kgtool.finding import Finding, Note, Place, Severity
from kgtool.formats import Reasoner
from kgtool.index import Index
from kgtool.load import Dataset
from kgtool.locate import Locator
from kgtool.project import Project
from kgtool.reason import Closure, close
from kgtool.rules import builtin_rules
from kgtool.write.curie import Curies

Term = ox.NamedNode | ox.BlankNode | ox.Literal


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a family found. `checks` counts what it ran: shapes, queries, spans, dated values, files."""

    findings: tuple[Finding, ...]
    checks: int
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True)
class Inputs:
    """A project read once. The closure, the store and the tables are made when the first family asks for them."""

    project: Project
    dataset: Dataset
    catalog: Catalog
    today: datetime.date
    curies: Curies = field(compare=False)

    @cached_property
    def locator(self) -> Locator:
        return Locator(self.dataset)

    @cached_property
    def index(self) -> Index:
        """Ontology, data and shapes as integer columns; `sources_of` names the file of a statement."""
        index = Index()
        for file in self.dataset.files:
            index.extend(self.dataset.graphs[file.graph], file.name)
        return index

    @cached_property
    def closure(self) -> Closure:
        """The OWL 2 RL closure of ontology and data."""
        return close(self.dataset.quads("ontology", "data"), reasoner=Reasoner(self.project["reasoner"]))

    @cached_property
    def store(self) -> EmbeddedStore:
        """Ontology and data as stated; shapes are about the data, not part of it."""
        return EmbeddedStore(self.dataset.quads("ontology", "data"))

    @cached_property
    def described(self) -> Mapping[str, Mapping[str, list[Term]]]:
        """Subject (IRI or `_:label`) to predicate IRI to objects, over ontology and data."""
        table: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for quad in self.dataset.quads("ontology", "data"):
            if not isinstance(quad.object, ox.Triple):
                table[key(quad.subject)][quad.predicate.value].append(quad.object)
        return table

    def finding(
        self, code: str, place: Place, message: Texts, *, focus: str = "", path: str = "", value: str = "",
        related: tuple[Place, ...] = (),
    ) -> Finding:  # fmt: skip
        """An error of one of the program's own rules."""
        rule = builtin_rules()[code]
        return Finding(place, code, rule.slug, focus, path, value, Severity.ERROR, message, rule.fix, "", None, related)


def key(term: object) -> str:
    """A subject as the tables name it: the IRI, or `_:label`."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)
