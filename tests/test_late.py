"""What is made when it is first needed is what it would have been, and every pattern that waits compiles."""

from __future__ import annotations

import difflib
import importlib
import pkgutil
import re
from collections.abc import Iterator

import pytest

import kgtool
from kgtool.late import closest, late


def test_a_pattern_is_compiled_once_and_when_it_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    compiled = re.compile

    def counted(pattern: str, flags: int = 0) -> re.Pattern[str]:
        asked.append(pattern)
        return compiled(pattern, flags)

    monkeypatch.setattr("kgtool.late.re.compile", counted)
    pattern = late("A+(b)?", re.IGNORECASE)
    assert pattern.pattern == "A+(b)?"
    assert asked == []
    assert pattern.sub("x", "caAbd") == "cxd"
    assert pattern.sub("y", "a") == "y"
    assert asked == ["A+(b)?"]
    found = pattern.fullmatch("aab")
    assert found is not None
    assert found[1] == "b"


def test_bytes_and_mistakes() -> None:
    assert late(rb"\xff").search(b"a\xff") is not None
    with pytest.raises(re.error):
        late("(").search("a")
    with pytest.raises(AttributeError):
        late("a").nothing  # type: ignore[attr-defined]  # noqa: B018


@pytest.mark.parametrize("word", ["atend", "zzzz", ""])
def test_what_is_meant_is_what_difflib_says(word: str) -> None:
    known = ("attend", "attends", "host", "visit")
    for cutoff in (0.6, 0.9):
        assert closest(word, iter(known), cutoff) == next(iter(difflib.get_close_matches(word, known, 1, cutoff)), "")


def waiting() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every pattern of the package that waits, by module and name; those in tables too."""
    kind = type(late(""))

    def within(value: object) -> Iterator[re.Pattern[str]]:
        if isinstance(value, kind):
            yield value
        elif isinstance(value, tuple | list):
            for one in value:
                yield from within(one)
        elif isinstance(value, dict):
            yield from within(list(value.values()))

    for module in pkgutil.walk_packages(kgtool.__path__, "kgtool."):
        if not module.name.endswith("__main__"):
            for name, value in vars(importlib.import_module(module.name)).items():
                yield from ((f"{module.name}.{name}", pattern) for pattern in within(value))


def test_every_pattern_that_waits_compiles() -> None:
    found = list(waiting())
    assert len({name for name, _ in found}) > 30
    for name, pattern in found:
        assert isinstance(pattern.flags, int), name
