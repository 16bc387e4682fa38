"""`[[tool.kgtool.waivers]]`: a finding that somebody answers for, until a day."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from kgtool.errors import Texts, texts

KEYS = ("rule", "focus", "owner", "reason", "expires")


class Waiver(Struct, frozen=True):
    """A finding that is counted and not reported.

    Attributes:
        rule: a rule's whole code (`KG501`), or a finding's source (a shape's or query's name).
        focus: the focus node as a prefixed name or IRI; `*` stands for any characters.
        owner, reason: who answers for it, and why it is not corrected; never empty.
        expires: the last day on which it holds.
    """

    rule: str
    focus: str
    owner: str
    reason: str
    expires: datetime.date


class WaiverError(ValueError):
    """What is wrong with which waiver (numbered from 1)."""

    def __init__(self, number: int, said: Texts) -> None:
        super().__init__(said["en"])
        self.number = number
        self.said = said


def plain_waivers(value: Any) -> Any:
    """TOML's own dates as texts, so that the setting holds JSON values only; anything else as it is."""
    if not isinstance(value, list):
        return value
    return [
        {key: item.isoformat() if isinstance(item, datetime.date) else item for key, item in table.items()}
        if isinstance(table, dict)
        else table
        for table in value
    ]


def read_waivers(value: list[Any]) -> tuple[Waiver, ...]:
    """The waivers of the settings, in the file's order.

    Raises:
        WaiverError: a key is missing, empty or unknown, or the day is not YYYY-MM-DD.
    """
    return tuple(_waiver(number, table) for number, table in enumerate(value, 1))


def _waiver(number: int, table: Any) -> Waiver:
    if not isinstance(table, dict):
        raise WaiverError(
            number, texts(zh="須為表(含 rule、focus 等)", en="must be a table with rule, focus and so on")
        )
    for key in table:
        if key not in KEYS:
            raise WaiverError(number, texts(zh=f"不認得的鍵「{key}」", en=f"unknown key '{key}'"))
    for key in KEYS:
        if not isinstance(table.get(key), str) or not table[key].strip():
            raise WaiverError(number, texts(zh=f"須有 {key}", en=f"needs {key}"))
    return Waiver(table["rule"], table["focus"], table["owner"], table["reason"], _day(number, table))


def _day(number: int, table: Mapping[str, str]) -> datetime.date:
    try:
        day = datetime.date.fromisoformat(table["expires"])
    except ValueError:
        day = None
    if day is None or day.isoformat() != table["expires"]:
        raise WaiverError(number, texts(zh="expires 須為 YYYY-MM-DD", en="expires must be YYYY-MM-DD"))
    return day
