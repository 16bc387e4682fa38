"""The interface's own words in zh-Hant, en and ja; texts.toml holds them."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from kgtool.lang import Fields

LANGUAGES = ("zh-Hant", "en", "ja")
# How each language is written in addresses and in the switch.
SLUGS: Mapping[str, str] = MappingProxyType({"zh-hant": "zh-Hant", "en": "en", "ja": "ja"})
NAMES: Mapping[str, str] = MappingProxyType({"zh-Hant": "繁中", "en": "EN", "ja": "日本語"})
_COLUMNS = {"zh-Hant": "zh", "en": "en", "ja": "ja"}


class Words(dict[str, str]):
    """The words of one language by key; `words.fill(key, name=value)` in templates."""

    def __init__(self, language: str, table: Mapping[str, str]) -> None:
        super().__init__(table)
        self.language = language

    def fill(self, key: str, **values: object) -> str:
        """A text with its fields filled in; values are texts, never markup."""
        return self[key].format_map(Fields(values))


def load_words() -> Mapping[str, Words]:
    """Language to its words. Read once, before anything is served."""
    text = resources.files("kgtool.pages").joinpath("texts.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return MappingProxyType({
        language: Words(language, {key: row[column] for key, row in table.items()})
        for language, column in _COLUMNS.items()
    })  # fmt: skip


def accepted(header: str) -> str:
    """The language of an Accept-Language header by weight, else zh-Hant. Source: RFC 9110 §12.5.4."""
    wanted = []
    for number, part in enumerate(header.split(",")):
        tag, _, rest = part.strip().partition(";")
        try:
            weight = float(rest.strip().removeprefix("q=")) if rest else 1.0
        except ValueError:
            weight = 0.0
        if weight > 0:
            wanted.append((-weight, number, tag.strip().lower()))
    for _, _, tag in sorted(wanted):
        main = tag.split("-", 1)[0]
        if main == "zh":
            return "zh-Hant"
        if main in {"en", "ja"}:
            return main
    return "zh-Hant"
