"""Rule codes and their texts: the program's own from rules.toml, those of check queries from their headers."""

from __future__ import annotations

import functools
import importlib.resources
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

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
        "8": texts(zh="豁免", en="waivers"),
    }
)


@dataclass(frozen=True, slots=True, order=True)
class Rule:
    """What a code stands for.

    Attributes:
        bad, good: examples of one line each, for reading; "" where the rule is a check query's.
        example_bad, example_good: file name to text, small projects that a test runs: the one has this finding and
            no other, the other has none. Empty where the rule needs more than files (a link, a device, a source).
    """

    code: str
    slug: str
    title: Texts
    why: Texts
    fix: Texts
    bad: str = ""
    good: str = ""
    example_bad: Mapping[str, str] = field(compare=False, default_factory=dict)
    example_good: Mapping[str, str] = field(compare=False, default_factory=dict)

    @property
    def family(self) -> Texts:
        return FAMILIES.get(self.code[2], {})


@functools.cache
def builtin_rules() -> Mapping[str, Rule]:
    """The program's own rules by code, sorted."""
    return MappingProxyType({code: Rule(code, **fields) for code, fields in sorted(_read("rules.toml").items())})


@functools.cache
def query_examples() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Examples of the check queries that ship with the model: query name to `example_bad` and `example_good`."""
    return MappingProxyType(_read("examples.toml"))


def _read(name: str) -> dict[str, dict[str, Any]]:
    return tomllib.loads(importlib.resources.files("kgtool").joinpath(name).read_text(encoding="utf-8"))
