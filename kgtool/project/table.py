"""What is wrong with a table of the settings, and the readers of its values that more than one table needs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


class TableError(ValueError):
    """What is wrong with which key of a table, in both languages; `key` may be "" or a path `a.b`."""

    def __init__(self, key: str, en: str, zh: str) -> None:
        super().__init__(en)
        self.key = key
        self.en = en
        self.zh = zh


def only(table: Any, keys: Iterable[str], where: str) -> Mapping[str, Any]:
    """The value as a table that has no other keys.

    Raises:
        TableError: no table, or an unknown key.
    """
    if not isinstance(table, dict):
        raise TableError(where, "must be a table", "須為表")
    known = tuple(keys)
    for key in table:
        if key not in known:
            listed = ", ".join(known)
            raise TableError(where, f"unknown key '{key}' (known: {listed})", f"不認得的鍵「{key}」(可用:{listed})")
    return table


def words(table: Mapping[str, Any], key: str, where: str) -> tuple[str, ...] | None:
    """A list of non-empty strings; None when the key is absent.

    Raises:
        TableError: anything else.
    """
    value = table.get(key)
    if value is None:
        return None
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise TableError(f"{where}.{key}", "must be a list of strings", "須為字串清單")
    return tuple(value)


def choice(value: Any, allowed: Iterable[str], where: str) -> str:
    """One of the allowed words.

    Raises:
        TableError: anything else.
    """
    known = [str(word) for word in allowed]
    if value not in known:
        listed = ", ".join(known)
        raise TableError(where, f"'{value}': write one of {listed}", f"「{value}」:須為 {listed} 之一")
    return str(value)
