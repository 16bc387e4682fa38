"""`[tool.kgtool.presets.NAME]`: a named query with some parameters already given."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kgtool.errors import Texts
from kgtool.project.table import TableError


class Preset(Struct, frozen=True):
    """A named query with some parameters already given."""

    name: str
    query: str
    params: Mapping[str, str]
    summary: Texts


def read_presets(table: Mapping[str, Any]) -> dict[str, Preset]:
    """The table of the settings, sorted by name.

    Raises:
        TableError: no query, an unknown key, or a value of the wrong type.
    """
    return {name: _preset(name, preset) for name, preset in sorted(table.items())}


def _preset(name: str, table: Any) -> Preset:
    if not isinstance(table, dict) or not isinstance(table.get("query"), str):
        raise TableError(name, 'needs query = "NAME"', '須有 query = "名稱"')
    unknown = sorted(set(table) - {"query", "params", "summary"})
    if unknown:
        raise TableError(name, f"unknown key '{unknown[0]}'", f"不認得的鍵「{unknown[0]}」")
    params, summary = table.get("params", {}), table.get("summary", {})
    if not isinstance(params, dict):
        raise TableError(name, "params must be a table", "params 須為表")
    if not isinstance(summary, dict) or not all(isinstance(text, str) for text in summary.values()):
        raise TableError(name, "summary needs a text a language", "summary 須分語言")
    return Preset(name, table["query"], {key: _typed(value) for key, value in params.items()}, dict(summary))


def _typed(value: Any) -> str:
    """A TOML value as a user would type it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
