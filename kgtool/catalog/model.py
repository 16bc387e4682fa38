"""What a named query is: one .rq file that is command, form, API, documentation and test at once."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from kgtool.errors import Texts
from kgtool.finding import Severity
from kgtool.project import ProjectFile


class ParamType(enum.StrEnum):
    """Type of a parameter; the value is bound as a term of this type, never pasted."""

    IRI = "iri"
    STRING = "string"
    LANG = "lang"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    YEAR = "year"


class ColumnType(enum.StrEnum):
    """Type of a column of a SELECT query."""

    IRI = "iri"
    STRING = "string"
    LABEL = "label"
    INTEGER = "integer"
    DECIMAL = "decimal"
    BOOLEAN = "boolean"
    DATE = "date"
    ANY = "any"


class Param(Struct, frozen=True):
    """A typed parameter. `example`, `default` and the bounds are texts in the form a user would type (CURIEs allowed).

    Attributes:
        cls: an IRI must be of this class; forms offer its members.
        values: the only values allowed; `value_texts` says each in words, where the header gives words.
        values_query: the ask query whose first column a form offers; other values stay allowed.
        many: takes several values; the rows are those of each (one VALUES block).
        least, most: inclusive bounds of a number, year or date.
    """

    name: str
    type: ParamType
    required: bool = False
    default: str | None = None
    example: str | None = None
    label: Texts = field(default_factory=dict)
    cls: str = ""
    values: tuple[str, ...] = ()
    value_texts: Mapping[str, Texts] = field(default_factory=dict)
    values_query: str = ""
    many: bool = False
    least: str | None = None
    most: str | None = None


class ColumnText(Struct, frozen=True):
    """How people read a column: its heading, and the words for cells that are one of a fixed list."""

    label: Texts = field(default_factory=dict)
    values: Mapping[str, Texts] = field(default_factory=dict)


class QueryTest(Struct, frozen=True):
    """One test of a named query: parameters, and what must come out.

    Exactly one of `rows` (texts, in order), `expect` (a CSV file relative to the project), `min_rows`, or `empty`.
    """

    params: Mapping[str, str | tuple[str, ...]]
    rows: tuple[tuple[str, ...], ...] | None = None
    expect: str = ""
    min_rows: int | None = None
    empty: bool = False


class NamedQuery(Struct, frozen=True):
    """A query with a header. `name` is the file's stem; `role` its folder: `ask`, `check` or `build`.

    Attributes:
        budget: seconds that a server lets one run of it take, at most its own limit; 0: that limit.
    """

    name: str
    role: str
    file: ProjectFile
    text: str
    form: str
    summary: Texts
    description: Texts
    params: Mapping[str, Param]
    columns: Mapping[str, ColumnType]
    tests: tuple[QueryTest, ...]
    code: str = ""
    severity: Severity = Severity.ERROR
    fix: Texts = field(default_factory=dict)
    column_texts: Mapping[str, ColumnText] = field(default_factory=dict)
    budget: float = 0.0

    @property
    def header(self) -> Mapping[str, Any]:
        """What `kgtool query NAME --help` and other forms show; derived, so that it cannot differ."""
        return {
            "name": self.name,
            "summary": dict(self.summary),
            "params": list(self.params),
            "columns": dict(self.columns),
        }
