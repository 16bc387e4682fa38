"""Rule codes and their texts: read once from rules.toml; check queries add theirs through `with_queries`."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from kgtool.errors import Texts, texts

FAMILIES: Mapping[str, Texts] = MappingProxyType(
    {
        "0": texts(zh="語法", en="syntax"),
        "1": texts(zh="本體與推理", en="ontology and reasoning"),
        "2": texts(zh="形狀", en="shapes"),
        "3": texts(zh="查詢", en="queries"),
        "4": texts(zh="證據", en="evidence"),
        "5": texts(zh="時間", en="time"),
        "6": texts(zh="語言與名稱", en="language and names"),
        "7": texts(zh="匯出與連結", en="export and links"),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """What a code stands for. `bad` and `good` are examples of one line each."""

    code: str
    slug: str
    title: Texts
    why: Texts
    fix: Texts
    bad: str
    good: str

    @property
    def family(self) -> Texts:
        return FAMILIES[self.code[2]]


@functools.cache
def builtin_rules() -> Mapping[str, Rule]:
    """The program's own rules by code, sorted."""
    table = tomllib.loads(importlib.resources.files("kgtool").joinpath("rules.toml").read_text(encoding="utf-8"))
    return MappingProxyType({code: Rule(code, **fields) for code, fields in sorted(table.items())})
