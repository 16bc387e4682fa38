"""What is asked of a store, wherever it is evaluated."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from msgspec import Struct

from kgtool.engine.limits import Limits
from kgtool.engine.store import Raw


class Evaluates(Protocol):
    """A store that a worker can be forked over: an `EmbeddedStore` or a `ScratchStore`."""

    def evaluate(self, text: str, prefixes: Mapping[str, str]) -> Raw: ...

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None: ...


class Request(Struct, frozen=True):
    """One query to answer; `columns` asks for the names of a SELECT's columns only."""

    text: str
    prefixes: dict[str, str]
    limits: Limits
    columns: bool = False
