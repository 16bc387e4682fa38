"""`[tool.kgtool.audiences]`: who may see what. A settings file without the table shows everything that is not marked.

[tool.kgtool.audiences.folders]
"data/internal" = "internal"            # every file below it, as a whole

[tool.kgtool.audiences.partner]
classes = ["cd:Agreement", "cd:Event"]  # only these and their subclasses; left out: every class
properties = ["skos:prefLabel"]         # only these; left out: every property
persons = ["skos:prefLabel"]            # what may be said of a person, by or about them; left out: as `properties`
deny = ["per:p-0017", "cd:headcount"]   # resources, classes or properties that never leave
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from kgtool.formats import Audience
from kgtool.project.table import TableError, choice, only, words

_KEYS = ("classes", "properties", "persons", "deny")
# Whoever is inside sees everything: a rule for `internal` would promise what is not kept.
_OUTSIDE = (Audience.PUBLIC, Audience.PARTNER)


class AudienceRules(Struct, frozen=True):
    """What one audience may see: names as they are written in the settings; None is no limit."""

    classes: tuple[str, ...] | None = None
    properties: tuple[str, ...] | None = None
    persons: tuple[str, ...] | None = None
    deny: tuple[str, ...] = ()


class Audiences(Struct, frozen=True):
    """The table read: a folder or file (POSIX, relative to the project) to its audience, and each audience's rules."""

    folders: Mapping[str, Audience] = field(default_factory=dict)
    rules: Mapping[Audience, AudienceRules] = field(default_factory=dict)


def read_audiences(table: Mapping[str, Any]) -> Audiences:
    """The table of the settings.

    Raises:
        TableError: an unknown key or audience, or a value of the wrong type.
    """
    only(table, ("folders", *_OUTSIDE), "")
    folders = {}
    for name, value in only(table.get("folders", {}), table.get("folders", {}), "folders").items():
        path = name.strip("/")
        if not path or ".." in path.split("/"):
            raise TableError(f"folders.{name}", "a folder or file of the project", "須為專案內之資料夾或檔案")
        folders[path] = Audience(choice(value, Audience, f"folders.{name}"))
    rules = {audience: _rules(table[audience], audience) for audience in _OUTSIDE if audience in table}
    return Audiences(MappingProxyType(folders), MappingProxyType(rules))


def _rules(table: Any, where: str) -> AudienceRules:
    only(table, _KEYS, where)
    return AudienceRules(
        words(table, "classes", where), words(table, "properties", where), words(table, "persons", where),
        words(table, "deny", where) or (),
    )  # fmt: skip
