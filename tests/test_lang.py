"""The words of counts: one thing is not called by the plural, in whatever form the number comes."""

from __future__ import annotations

import re

import pytest
from markupsafe import Markup

from kgtool.lang import Fields, plural
from kgtool.pages.texts import load_words

ENGLISH = load_words()["en"]
COUNTED = {key: re.findall(r"\{(\w+)\?", text) for key, text in ENGLISH.items() if "?" in text and "{" in text}


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 rows"), (1, "1 row"), (2, "2 rows"), (11, "11 rows"), (-1, "-1 rows")]
)
def test_only_one_is_one(count: int, said: str) -> None:
    assert f"{count} {plural(count, 'row')}" == said


def test_a_plural_may_be_another_word() -> None:
    assert [plural(count, "entry is", "entries are") for count in (1, 2)] == ["entry is", "entries are"]


@pytest.mark.parametrize(
    ("value", "said"), [(1, "1 row"), ("1", "1 row"), (Markup("1"), "1 row"), (0, "0 rows"), ("1,001", "1,001 rows")]
)
def test_a_text_takes_the_form_of_its_number(value: object, said: str) -> None:
    assert "{n} {n?row|rows}".format_map(Fields(n=value)) == said
    assert Markup("{n} {n?row|rows}").format_map(Fields(n=value)) == said


def test_a_field_that_is_not_given_is_an_error() -> None:
    for text in ("{m}", "{m?row|rows}"):
        with pytest.raises(KeyError):
            text.format_map(Fields(n=1))


def filled(key: str, number: str) -> str:
    names = set(re.findall(r"\{(\w+)", ENGLISH[key]))
    return ENGLISH.fill(key, **{name: number if name in COUNTED[key] else "X" for name in names})


def test_texts_of_the_pages_speak_of_one_as_of_one() -> None:
    assert len(COUNTED) > 15
    for key in COUNTED:
        one, two = filled(key, "1"), filled(key, "2")
        assert not re.search(r"\b1 (?!has\b|is\b|matches\b)(?:other )?\w+s\b", one), one
        assert not set("?|{}").intersection(one + two), (one, two)
