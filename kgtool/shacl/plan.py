"""The plan: a shapes graph as frozen values, made once, run on any data. Source: SHACL §2, §4, §5, §6.

Shapes refer to each other by their number in `Plan.shapes`, because shapes may be recursive and frozen values may not. A
kind of constraint is told by its type.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import Texts
from kgtool.shacl.paths import Path
from kgtool.shacl.problem import Problem
from kgtool.shacl.query_plan import Query

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal
Messages = tuple[tuple[str, str], ...]
# What stands between the reasons why shapes cannot be run.
_BETWEEN = {"zh-Hant": ";", "en": "; "}


class TargetKind(enum.Enum):
    """How focus nodes are found. Source: SHACL §2.1.3."""

    CLASS = "targetClass"
    NODE = "targetNode"
    SUBJECTS = "targetSubjectsOf"
    OBJECTS = "targetObjectsOf"


class Target(Struct, frozen=True):
    """One target declaration; `implicit` when the shape is itself a class."""

    kind: TargetKind
    term: Term
    implicit: bool = False


class ClassOf(Struct, frozen=True):
    """sh:class: a value is an instance of the class."""

    cls: Term


class Datatype(Struct, frozen=True):
    """sh:datatype: a value is a literal of this datatype, and well-typed."""

    iri: str


class NodeKind(Struct, frozen=True):
    """sh:nodeKind: which kinds of term a value may be."""

    iri: bool
    blank: bool
    literal: bool


class Range(Struct, frozen=True):
    """sh:minInclusive and its three siblings: a value is above (or below) a bound."""

    bound: ox.Literal
    above: bool
    inclusive: bool


class Length(Struct, frozen=True):
    """sh:minLength, sh:maxLength: code points of a value's text; most -1 is no limit."""

    least: int
    most: int


class Pattern(Struct, frozen=True):
    """sh:pattern: a value's text matches."""

    regex: str
    flags: str


class LanguageIn(Struct, frozen=True):
    """sh:languageIn: a value's language is one of these basic ranges, lower case."""

    ranges: tuple[str, ...]


class In(Struct, frozen=True):
    """sh:in: a value is one of these terms."""

    members: tuple[Term, ...]


class Logic(enum.Enum):
    """How a value's conformance to several shapes counts."""

    NODE = "Node"
    NOT = "Not"
    AND = "And"
    OR = "Or"
    XONE = "Xone"


class Shapes(Struct, frozen=True):
    """sh:node, sh:not, sh:and, sh:or, sh:xone; `shapes` are numbers, repeats kept (sh:xone counts them)."""

    logic: Logic
    shapes: tuple[int, ...]


class Count(Struct, frozen=True):
    """sh:minCount, sh:maxCount: how many distinct values; most -1 is no limit."""

    least: int
    most: int


class UniqueLang(Struct, frozen=True):
    """sh:uniqueLang true: no two values with the same language tag."""


class HasValue(Struct, frozen=True):
    """sh:hasValue: this term is among the values."""

    term: Term


class Pairing(enum.Enum):
    """How a shape's values stand to another property's values."""

    EQUALS = "Equals"
    DISJOINT = "Disjoint"
    LESS = "LessThan"
    LESS_OR_EQUAL = "LessThanOrEquals"


class Pair(Struct, frozen=True):
    """sh:equals, sh:disjoint, sh:lessThan, sh:lessThanOrEquals."""

    pairing: Pairing
    predicate: str


class Qualified(Struct, frozen=True):
    """sh:qualifiedValueShape with a count; `siblings` is empty unless the shapes are disjoint. most -1 is no limit."""

    shape: int
    siblings: tuple[int, ...]
    least: int
    most: int


class Closed(Struct, frozen=True):
    """sh:closed true: a value has no other properties than these."""

    allowed: frozenset[str]


class Property(Struct, frozen=True):
    """sh:property: each value is a focus node of that property shape."""

    shape: int


class Sparql(Struct, frozen=True):
    """sh:sparql, or a use of a SPARQL-based constraint component.

    Attributes:
        query: checked and rewritten.
        bound: pre-bound variables besides $this and $value: the component's parameters, $currentShape.
        messages: sh:message of the constraint or validator, with {?name} templates.
        node: the constraint (sh:sourceConstraint) of sh:sparql; None for a component.
    """

    query: Query
    bound: tuple[tuple[str, Term], ...]
    messages: Messages
    node: Node | None


Test = (
    ClassOf | Datatype | NodeKind | Range | Length | Pattern | LanguageIn | In | Shapes | Count | UniqueLang | HasValue
    | Pair | Qualified | Closed | Property | Sparql
)  # fmt: skip


class Constraint(Struct, frozen=True):
    """A test and the constraint component (IRI) that its results name."""

    component: str
    test: Test


class Shape(Struct, frozen=True):
    """A node or property shape.

    Attributes:
        node: the shape itself; name: its IRI, or that of the nearest named node above it, or "".
        path: None for a node shape.
        severity: IRI.
        messages: language tag ("" when it has none) and text, sorted.
    """

    node: Term
    name: str
    path: Path | None
    targets: tuple[Target, ...]
    constraints: tuple[Constraint, ...]
    severity: str
    messages: Messages
    deactivated: bool


class Plan(Struct, frozen=True):
    """What is run.

    Attributes:
        shapes: in order of first mention; `order`: their numbers, a shape before the property shapes it holds.
        recursive: number of a shape to the numbers of the shapes it is mutually recursive with, itself included.
        graph: the shapes graph, for queries that read $shapesGraph; empty when none does.
        problems: flaws of the shapes graph, sorted. The flawed constraints are left out of `shapes`.
    """

    shapes: tuple[Shape, ...]
    order: tuple[int, ...]
    recursive: Mapping[int, frozenset[int]]
    graph: tuple[ox.Triple, ...]
    problems: tuple[Problem, ...]

    @property
    def failure(self) -> Texts:
        """Why the shapes cannot be run as written; empty when they can."""
        said = [problem.message for problem in self.problems if problem.fatal]
        return {tag: mark.join(text[tag] for text in said) for tag, mark in _BETWEEN.items()} if said else {}
