"""`[tool.kgtool.publication]`: what catalogues, packages and pages say about the graph as a whole.

[tool.kgtool.publication]
title = { en = "International relations of Harbour", zh-Hant = "港灣市國際事務" }
description = { en = "Visits, ties and agreements, each with its source." }
publisher = { en = "Harbour City Government", zh-Hant = "港灣市政府" }
publisher-iri = "https://example.org/harbour/id/government/harbour"
address = "https://example.org/harbour/"       # where packages are published; file names are appended
license = "https://creativecommons.org/licenses/by/4.0/"
license-file = "LICENSE-DATA"                  # its text goes into packages
contact = "mailto:international@example.org"
homepage = "https://example.org/"
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType
from typing import Any

from msgspec import Struct, field

from kgtool.errors import Texts
from kgtool.project.table import TableError, only

_TEXTS = ("title", "description", "publisher")
_IRIS = ("publisher-iri", "address", "license", "contact", "homepage")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+")
# What is said where the settings say nothing: true of every project, and visibly not written by hand.
_DEFAULTS: Mapping[str, Texts] = MappingProxyType({
    "title": MappingProxyType({"en": "International relations of a city", "zh-Hant": "城市國際事務"}),
    "description": MappingProxyType({
        "en": "A knowledge graph of governments, visits, ties, agreements and claims, each with its evidence.",
        "zh-Hant": "政府、訪問、締盟、協議與主張之知識圖譜,各附出處。",
    }),
    "publisher": MappingProxyType({"en": "The publisher of this graph", "zh-Hant": "本圖譜之發布者"}),
})  # fmt: skip


class Publication(Struct, frozen=True):
    """What is said about the graph as a whole; texts by language tag, "" where the settings say nothing."""

    title: Texts = field(default_factory=lambda: _DEFAULTS["title"])
    description: Texts = field(default_factory=lambda: _DEFAULTS["description"])
    publisher: Texts = field(default_factory=lambda: _DEFAULTS["publisher"])
    publisher_iri: str = ""
    address: str = ""
    license: str = ""
    license_file: str = ""
    contact: str = ""
    homepage: str = ""


def read_publication(table: Mapping[str, Any]) -> Publication:
    """The table of the settings.

    Raises:
        TableError: an unknown key, a text without a language, an IRI that is none, or a file outside the project.
    """
    only(table, (*_TEXTS, *_IRIS, "license-file"), "")
    values: dict[str, Any] = {key: _texts(table, key) for key in _TEXTS}
    for key in _IRIS:
        value = table.get(key, "")
        if not isinstance(value, str) or (value and not _IRI.fullmatch(value)):
            raise TableError(key, "must be an absolute IRI", "須為絕對 IRI")
        values[key.replace("-", "_")] = value
    if values["address"] and not values["address"].endswith("/"):
        raise TableError("address", "must end in /", "須以 / 結尾")
    name = table.get("license-file", "")
    if not isinstance(name, str) or PurePosixPath(name).is_absolute() or ".." in PurePosixPath(name).parts:
        raise TableError("license-file", "must be a file of the project", "須為專案內之檔案")
    return Publication(**values, license_file=name)


def _texts(table: Mapping[str, Any], key: str) -> Texts:
    value = table.get(key)
    if value is None:
        return _DEFAULTS[key]
    if not isinstance(value, dict) or not value or not all(isinstance(text, str) and text for text in value.values()):
        raise TableError(key, "needs a text a language", "須分語言填寫")
    return MappingProxyType(dict(value))
