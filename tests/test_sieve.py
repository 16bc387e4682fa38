"""The sieve of terms: what it passes has nothing wrong with it, one at a time or in crowds, and plain terms pass."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kgtool.checks.sieve import doubtful
from kgtool.index import Term
from kgtool.lexical import characters, chinese, iri, language_tag, typed
from kgtool.terms import XSD

TAGS = ("en", "zh-Hant", "zh-TW", "zh", "zh-Hans", "ja", "jp", "chi", "x-a", "de-x-a")
TYPES = (
    "date",
    "integer",
    "nonNegativeInteger",
    "decimal",
    "boolean",
    "string",
    "anyURI",
    "gYear",
    "dateTime",
    "datum",
)
# Pieces that are well by themselves or not, in every script that the rules know.
PIECES = (
    "a", "B", "0", "9", " ", "-", ".", ":", "/", "@", "%41", "#", "http://", "https://example.org/", "javascript:", "年", "102年5月",
    "民國", "國", "国", "关", "é", "e\u0301", "\u0338", "\u200b", "\u202e", "\u0000", "\u0007", "\t", "\n", "\\", '"', "\u007f", "\u0085",
    "\ufeff", "Ａ", "ｱ", "\uf900", "а", "Α", "true", "2013-02-28", "2013-02-30", "+15:00", "-1", "1.5", "1e5", "LONG",
)  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES), max_size=6).map("".join).map(lambda text: text.replace("LONG", "長" * 700))
LITERALS = st.one_of(
    TEXT.map(ox.Literal),
    st.builds(lambda text, tag: ox.Literal(text, language=tag), TEXT, st.sampled_from(TAGS)),
    st.builds(lambda text, tag: ox.Literal(text, language=tag, direction=ox.BaseDirection.RTL), TEXT, st.sampled_from(TAGS)),
    st.builds(lambda text, name: ox.Literal(text, datatype=ox.NamedNode(XSD + name)), TEXT, st.sampled_from(TYPES)),
)  # fmt: skip
NOT_IN_IRIS = dict.fromkeys((*range(33), *range(127, 160), *map(ord, '<>"{}|^`\\%#'), 65279, 8238))
IRIS = TEXT.map(lambda text: "https://example.org/" + text.translate(NOT_IN_IRIS))
TERMS = st.one_of(LITERALS, IRIS.map(ox.NamedNode), st.just(ox.BlankNode("b1")))


def wrong(term: Term) -> bool:
    """Whether the rules of terms say anything of it."""
    if isinstance(term, ox.NamedNode):
        return any(iri(term.value, {})) or any(characters(term.value, iri=True))
    if not isinstance(term, ox.Literal):
        return False
    tag = term.language
    if any(characters(term.value)) or term.direction is not None:
        return True
    if tag is None:
        name = term.datatype.value
        return any(typed(term.value, name)) or (name == XSD + "anyURI" and any(iri(term.value, {})))
    return any(language_tag(tag)) or any(chinese(term.value, tag))


def well(tag: str) -> bool:
    return "--" not in tag and not any(language_tag(tag))


@given(st.lists(TERMS, max_size=150))
def test_what_passes_has_nothing_wrong_with_it(terms: list[Term]) -> None:
    left = set(doubtful(terms, well))
    passed = [term for code, term in enumerate(terms) if code not in left]
    assert not [term for term in passed if wrong(term)]


@pytest.mark.parametrize("term", [
    ox.Literal("2013-02-30", datatype=ox.NamedNode(XSD + "date")), ox.Literal("x", language="jp"),
    ox.Literal("民國之前 102年5月", language="zh-Hant"), ox.Literal("关系", language="zh-TW"), ox.Literal("a\u200bb"),
    ox.Literal("e\u0301"), ox.Literal("true ", datatype=ox.NamedNode(XSD + "boolean")), ox.NamedNode("http://me@example.org/"),
    ox.NamedNode("javascript:alert(1)"), ox.Literal("1", datatype=ox.NamedNode("http://www.w3xorg/2001/XMLSchema#integer")),
])  # fmt: skip
def test_one_that_is_wrong_is_left_in_any_crowd(term: Term) -> None:
    plain: list[Term] = [ox.Literal(f"第{n}屆燈會", language="zh-Hant") for n in range(1000, 1150)]
    for place in (0, 63, 64, 149):
        terms = [*plain[:place], term, *plain[place:]]
        assert place in set(doubtful(terms, well)), (term, place)


def test_plain_terms_pass() -> None:
    terms: list[Term] = [
        ox.NamedNode("https://example.org/id/a-b_c?q=1#x"), ox.BlankNode("b"), ox.Literal("a plain text"), ox.Literal("été"),
        ox.Literal("高雄市與布里斯本", language="zh-Hant"), ox.Literal("国交", language="ja"), ox.Literal("關係", language="zh"),
        *(ox.Literal(text, datatype=ox.NamedNode(XSD + name)) for text, name in (
            ("2013-02-28", "date"), ("-12", "integer"), ("12", "nonNegativeInteger"), ("1.50", "decimal"), ("true", "boolean"),
        )),
    ]  # fmt: skip
    assert list(doubtful(terms, lambda tag: True)) == []


def test_all_that_have_a_tag_that_is_not_well_are_left_and_it_is_asked_once() -> None:
    asked: list[str] = []

    def refused(tag: str) -> bool:
        asked.append(tag)
        return False

    terms: list[Term] = [ox.Literal(f"text {n}", language="en") for n in range(100)]
    assert sorted(doubtful(terms, refused)) == list(range(100))
    assert asked == ["en"]
