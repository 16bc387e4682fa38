"""Settings that are tables of their own, `[tool.kgtool.NAME]`: each is checked by the module that reads it.

A new table: a module with a function that reads it and raises `TableError`, and a line in `TABLES`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from kgtool.project.audiences import read_audiences
from kgtool.project.exports import read_exports
from kgtool.project.presets import read_presets
from kgtool.project.publication import read_publication
from kgtool.project.remotes import read_remotes
from kgtool.project.table import TableError

# Source: RDF 1.1 Turtle §6.5, PN_PREFIX and IRIREF, here an absolute IRI.
_PREFIX = re.compile(r"(?:[^\W\d_](?:[\w.-]*[\w-])?)?")
_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")


def check_prefixes(table: Mapping[str, Any]) -> None:
    """`[tool.kgtool.prefixes]`: prefix to namespace.

    Raises:
        TableError: what is no prefix, or no absolute IRI.
    """
    for prefix, namespace in table.items():
        if not isinstance(namespace, str):
            raise TableError("", "must map prefixes to namespaces", "須為前綴對命名空間")
        if not _PREFIX.fullmatch(prefix) or not _NAMESPACE.fullmatch(namespace):
            raise TableError(prefix, f"'{namespace}': no prefix and IRI", f"「{namespace}」:不是前綴與 IRI")


# The name of a table to what reads it and raises `TableError`; its default is an empty table.
TABLES: Mapping[str, Callable[[Mapping[str, Any]], object]] = MappingProxyType(
    {
        "audiences": read_audiences,
        "exports": read_exports,
        "prefixes": check_prefixes,
        "presets": read_presets,
        "publication": read_publication,
        "remotes": read_remotes,
    }
)
