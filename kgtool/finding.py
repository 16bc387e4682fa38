"""What is wrong, where, by which rule: the one value that every check returns and every report prints."""

from __future__ import annotations

import enum
import hashlib
import re
from collections.abc import Mapping
from typing import Any, Self

from msgspec import Struct, field

from kgtool.errors import Texts

# A blank node's label as `load` makes it: a digest of the file's name, then a running number.
_BLANK = re.compile(r"_:f[0-9a-f]{10}(n[0-9]+)")

Quad = Any  # a pyoxigraph.Quad; typed loosely here so that this module imports nothing heavy


class Severity(enum.IntEnum):
    """How much a finding matters; `--fail-on` compares by this order."""

    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def word(self) -> str:
        return self.name.lower()


class Keyed(Struct, frozen=True, eq=False):
    """A value that is equal, ordered and hashed by its key: what its other fields say is not part of what it is."""

    @property
    def key(self) -> tuple[Any, ...]:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return self.key == other.key if isinstance(other, Keyed) and type(other) is type(self) else NotImplemented

    def __lt__(self, other: Self) -> bool:
        return self.key < other.key

    def __hash__(self) -> int:
        return hash(self.key)


class Place(Struct, frozen=True, order=True):
    """A place in a file: path relative to the project (POSIX), line and column 1-based in code points; 0 is unknown."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return ":".join([self.path, *(str(n) for n in (self.line, self.column) if n)])


class Finding(Keyed, frozen=True):
    """What is wrong, where, by which rule. Sorts by place, so reports are stable."""

    place: Place
    rule: str  # "KG201": the family's code; --select and --ignore take it or `source`
    source: str  # the shape's IRI or the query's name that found it; the rule's slug otherwise
    focus: str  # the focus node's IRI, "" when there is none
    result_path: str  # sh:resultPath as SPARQL path text; "" when there is none
    value: str
    severity: Severity
    message: Texts  # language tag -> text; never empty
    fix: Texts = field(default_factory=dict)  # the next step; may be empty
    detail: Texts = field(default_factory=dict)  # the engine's own words beside the author's message; may be empty
    statement: Quad | None = None  # what to locate
    related: tuple[Place, ...] = ()  # e.g. the shape's own place

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.place, self.rule, self.source, self.focus, self.result_path, self.value)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of what is wrong without where: stays the same when a dossier moves."""
        parts = (self.rule, self.source, self.focus, self.result_path, self.value)
        what = _BLANK.sub(r"_:\1", "|".join(parts))
        return hashlib.sha256(what.encode("utf-8", "surrogatepass")).hexdigest()


class Note(Keyed, frozen=True):
    """Something the reader must know that is not a finding, e.g. how many spans stay unverified."""

    code: str
    message: Mapping[str, str]

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.code,)
