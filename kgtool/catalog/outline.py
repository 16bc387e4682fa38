"""A query's outline: its groups, patterns, filters and columns, as far as the query checks look at them.

`kgtool.catalog.outline_reader` makes one from a text. Source: SPARQL 1.1 Query §19.8.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator

from msgspec import Struct, field

from kgtool.catalog.text import Token


class Role(enum.StrEnum):
    """What a part of a group does."""

    PATTERN = "pattern"
    FILTER = "filter"
    BIND = "bind"
    VALUES = "values"
    OPTIONAL = "optional"
    MINUS = "minus"
    GRAPH = "graph"
    UNION = "union"  # also a group alone
    SELECT = "select"


SILENT = frozenset({Role.FILTER, Role.MINUS})  # they bind nothing that is seen outside them


class Part(Struct):
    """One part of a group, in the text's order.

    Attributes:
        start: offset in the text.
        tokens: those of the pattern or expression, without those of groups inside it.
        groups: the group of an OPTIONAL, MINUS or GRAPH; the branches of a UNION; those of EXISTS in an expression.
        binds: names that it may bind; a blank node counts as a variable of its own.
        select: of a sub-select.
    """

    role: Role
    start: int
    tokens: list[Token] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    binds: frozenset[str] = frozenset()
    select: Select | None = None
    negated: bool = False  # FILTER NOT EXISTS { … } and nothing else

    @property
    def names(self) -> frozenset[str]:
        """Variables that its own tokens mention."""
        return frozenset(token.text[1:] for token in self.tokens if token.kind == "var")


class Group(Struct):
    """`{ … }`"""

    parts: list[Part] = field(default_factory=list)

    @property
    def binds(self) -> frozenset[str]:
        """Names that the group may bind; FILTER and MINUS bind none."""
        return frozenset().union(*(part.binds for part in self.parts if part.role not in SILENT))

    def every(self) -> Iterator[Group]:
        """This group and all inside it, outermost first."""
        yield self
        for part in self.parts:
            for group in [*part.groups, *([part.select.where] if part.select else [])]:
                yield from group.every()


class Select(Struct):
    """SELECT (or the body of another form): columns as (name, offset, whether an expression gives it), then the rest."""

    columns: list[tuple[str, int, bool]] = field(default_factory=list)
    star: bool = False
    where: Group = field(default_factory=Group)
    grouped: bool = False
    aggregated: bool = False
    order: list[Token] = field(default_factory=list)
    bound: set[str] = field(default_factory=set)  # by GROUP BY (… AS ?x) and a closing VALUES

    @property
    def names(self) -> frozenset[str]:
        """Columns; with `*`, whatever the group binds."""
        return self.where.binds if self.star else frozenset(name for name, _, _ in self.columns)
