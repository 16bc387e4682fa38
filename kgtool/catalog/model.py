"""What a named query is: one .rq file that is command, form, API, documentation and test at once."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

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


@dataclass(frozen=True, slots=True)
class Param:
    """A typed parameter. `example` and `default` are texts in the form a user would type (CURIEs allowed)."""

    name: str
    type: ParamType
    required: bool = False
    default: str | None = None
    example: str | None = None
    label: Texts = field(default_factory=dict)
    cls: str = ""
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class QueryTest:
    """One test of a named query: parameters, and what must come out.

    Exactly one of `rows` (texts, in order), `expect` (a CSV file relative to the project), `min_rows`, or `empty`.
    """

    params: Mapping[str, str]
    rows: tuple[tuple[str, ...], ...] | None = None
    expect: str = ""
    min_rows: int | None = None
    empty: bool = False


@dataclass(frozen=True, slots=True)
class NamedQuery:
    """A query with a header. `name` is the file's stem; `role` its folder: `ask`, `check` or `build`."""

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

    @property
    def header(self) -> Mapping[str, Any]:
        """What `kgtool query NAME --help` and other forms show; derived, so that it cannot differ."""
        return {
            "name": self.name,
            "summary": dict(self.summary),
            "params": list(self.params),
            "columns": dict(self.columns),
        }
