"""Rule codes and their texts: the program's own from rules.toml, those of check queries from their headers."""

from __future__ import annotations

import functools
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from msgspec import field

from kgtool.errors import Texts, texts
from kgtool.finding import Keyed
from kgtool.lang import pick

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

# Where the tables of rules and of their examples begin.
_TABLES = re.compile(r"^(?=\[KG[0-9]{3}[\].])", re.MULTILINE)


class Rule(Keyed, frozen=True):
    """What a code stands for.

    Attributes:
        bad, good: examples of one line each, for reading: code, or a text a language where it takes words; "" where the
            rule is a check query's.
        example_bad, example_good: file name to text, small projects that a test runs: the one has this finding and
            no other, the other has none. Empty where the rule needs more than files (a link, a device, a source).
    """

    code: str
    slug: str
    title: Texts
    why: Texts
    fix: Texts
    bad: Texts | str = ""
    good: Texts | str = ""
    example_bad: Mapping[str, str] = field(default_factory=dict)
    example_good: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.code,)

    def lines(self, language: str) -> tuple[str, str]:
        """The bad and the good line."""
        bad, good = (line if isinstance(line, str) else pick(line, language) for line in (self.bad, self.good))
        return bad, good

    @property
    def family(self) -> Texts:
        return FAMILIES.get(self.code[2], {})


class _Rules(Mapping[str, Rule]):
    """The rules of a text, each read when it is first asked for: a check speaks of a few, and all of them take 15 ms."""

    def __init__(self, text: str) -> None:
        tables: dict[str, str] = {}
        for table in _TABLES.split(text)[1:]:
            tables[table[1:6]] = tables.get(table[1:6], "") + table
        self._tables = dict(sorted(tables.items()))
        self._rules: dict[str, Rule] = {}

    def __getitem__(self, code: str) -> Rule:
        rule = self._rules.get(code)
        if rule is None:
            rule = self._rules[code] = Rule(code, **tomllib.loads(self._tables[code])[code])
        return rule

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


@functools.cache
def builtin_rules() -> Mapping[str, Rule]:
    """The program's own rules by code, sorted."""
    return _Rules(_text("rules.toml"))


@functools.cache
def query_examples() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    """Examples of the check queries that ship with the model: query name to `example_bad` and `example_good`."""
    return MappingProxyType(tomllib.loads(_text("examples.toml")))


def _text(name: str) -> str:
    # importlib.resources would take as long to import as a rule to read, five times over.
    return Path(__file__).with_name(name).read_text(encoding="utf-8")
