"""`[tool.kgtool.exports.NAME]`: a profile of `kgtool export`.

[tool.kgtool.exports.partner]
resources = "neighbourhood"              # "all", "neighbourhood" (of --for), or the name of a build query
params = { asOf = "2031-01-01" }         # of the build query
formats = ["ttl", "jsonld", "xlsx"]      # data.nq is always there: it is what the digest is of
languages = ["ja", "en"]                 # texts in others are left out where one of these exists; first: the README's
statements = "stated"                    # or "inferred": what follows too, apart from what is stated
audience = "partner"
bulk = false                             # true: N-Quads only, streamed, for data that does not fit into memory
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from kgtool.formats import Audience, PackageFormat
from kgtool.project.table import TableError, choice, only, words

_KEYS = ("resources", "params", "formats", "languages", "statements", "audience", "bulk")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Words behind `kgtool export` that are no profile.
_TAKEN = frozenset({"site"})


class Statements(enum.StrEnum):
    """Which statements are given."""

    STATED = "stated"
    INFERRED = "inferred"


class ExportProfile(Struct, frozen=True):
    """One profile.

    Attributes:
        resources: `all`, `neighbourhood`, or a build query's name.
        languages: tags, the README's first; empty leaves every text as it is.
    """

    name: str
    resources: str = "all"
    params: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[PackageFormat, ...] = (PackageFormat.TTL,)
    languages: tuple[str, ...] = ()
    statements: Statements = Statements.STATED
    audience: Audience = Audience.PUBLIC
    bulk: bool = False


def read_exports(table: Mapping[str, Any]) -> dict[str, ExportProfile]:
    """The table of the settings, sorted by name.

    Raises:
        TableError: an unknown key, or a value of the wrong type.
    """
    return {name: _profile(name, profile) for name, profile in sorted(table.items())}


def _profile(name: str, table: Any) -> ExportProfile:
    only(table, _KEYS, name)
    if not _NAME.fullmatch(name):
        raise TableError(name, "a name of letters, digits, - and _", "名稱須為字母、數字、- 與 _")
    if name in _TAKEN:
        raise TableError(
            name,
            f"needs another name: `kgtool export {name}` is a command of its own",
            f"須用其他名稱:`kgtool export {name}` 為另一指令",
        )
    resources, params, bulk = table.get("resources", "all"), table.get("params", {}), table.get("bulk", False)
    if not isinstance(resources, str) or not resources:
        raise TableError(f"{name}.resources", "all, neighbourhood or a query", "須為 all、neighbourhood 或查詢名稱")
    if not isinstance(params, dict):
        raise TableError(f"{name}.params", "must be a table", "須為表")
    if not isinstance(bulk, bool):
        raise TableError(f"{name}.bulk", "must be true or false", "須為 true 或 false")
    formats = words(table, "formats", name) or ("ttl",)
    profile = ExportProfile(
        name, resources, MappingProxyType({key: str(value) for key, value in params.items()}),
        tuple(PackageFormat(choice(word, PackageFormat, f"{name}.formats")) for word in dict.fromkeys(formats)),
        words(table, "languages", name) or (),
        Statements(choice(table.get("statements", "stated"), Statements, f"{name}.statements")),
        Audience(choice(table.get("audience", "public"), Audience, f"{name}.audience")), bulk,
    )  # fmt: skip
    if bulk and (resources != "all" or set(profile.formats) - {PackageFormat.NQ} or profile.languages):
        raise TableError(f"{name}.bulk", 'goes with resources = "all" and formats = ["nq"] only',
                         '僅可配合 resources = "all" 與 formats = ["nq"]')  # fmt: skip
    return profile
