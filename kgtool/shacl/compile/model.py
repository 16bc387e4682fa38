"""What a compiled plan is made of: queries that return violations, and what is not compiled, by name."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kgtool.errors import Texts, texts
from kgtool.finding import Keyed
from kgtool.shacl.plan import Plan


class Dialect(enum.Enum):
    """How an engine departs from SPARQL 1.1, beyond what no query here relies upon."""

    STANDARD = "standard"
    VIRTUOSO = "virtuoso"


class CompileError(Exception):
    """A constraint that has no query with the same results on every engine; `reason` says why, in both languages."""

    def __init__(self, *, zh: str, en: str) -> None:
        super().__init__(en)
        self.reason = texts(zh=zh, en=en)


class Classes(Struct, frozen=True):
    """Which classes stand below which in the data (rdfs:subClassOf*, a class below itself).

    Attributes:
        below: IRI of a class to the IRIs of the classes at or below it.
        unnamed: classes below which there is a blank node; they, and those not in `below`, are asked for by a path.
    """

    below: Mapping[str, frozenset[str]] = {}
    unnamed: frozenset[str] = frozenset()


class ShapeQuery(Struct, frozen=True):
    """One constraint on the focus nodes of one chain of shapes.

    Attributes:
        shape, constraint: their numbers in the plan.
        text: a SELECT DISTINCT without order: ?this, and ?value, ?path and ?lang where its results have them; a query of
            the shapes (sh:sparql) returns its own variables too. One row a violation.
    """

    shape: int
    constraint: int
    text: str


class FocusQuery(Struct, frozen=True):
    """How many focus nodes the targets of a shape (its number) find: one row, ?n."""

    shape: int
    text: str


class Refusal(Keyed, frozen=True):
    """A constraint that was not compiled, so that nobody takes its silence for a pass.

    Attributes:
        shape: IRI of the shape, or of the nearest named shape that holds it.
        component: IRI of the constraint component.
    """

    shape: str
    component: str
    reason: Texts

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.shape, self.component)


class Compiled(Struct, frozen=True):
    """A plan as queries. What `refused` lists is not in them: whoever reports results must report it too."""

    plan: Plan
    queries: tuple[ShapeQuery, ...]
    focus: tuple[FocusQuery, ...]
    refused: tuple[Refusal, ...]
