"""The IRIs that a query names, written out or by a prefix. Read from tokens; nothing is checked here."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence

from kgtool.catalog.text import FORMS, Token, lexed

_ESCAPE = re.compile(r"\\(.)")
_NAMES = frozenset({"iri", "pname"})
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def iris(text: str, prefixes: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Absolute IRIs of a query with their offsets, without those that declare prefixes."""
    return _iris(text, tuple(prefixes.items()))


@functools.lru_cache(maxsize=128)
def _iris(text: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[tuple[str, int], ...]:
    """Kept, because several checks read each query."""
    every = lexed(text)
    known = declared(every, dict(prefixes))
    named = (
        (absolute(token, known), token.start)
        for token in itertools.islice(every, _prologue(every), None)
        # `_:b` is read as `:b`: its underscore is no token.
        if token.kind in _NAMES and text[token.start - 1 : token.start] != "_"
    )
    return tuple((iri, start) for iri, start in named if SCHEME.match(iri))


def declared(every: Sequence[Token], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Prefixes to namespaces: those known before, and those that the tokens declare."""
    out = dict(prefixes)
    before = every[: _prologue(every)]
    for word, name, iri in zip(before, before[1:], before[2:], strict=False):
        if name.kind == "pname" and iri.kind == "iri" and word.text.upper() == "PREFIX":
            out[name.text[:-1]] = iri.text[1:-1]
    return out


def _prologue(every: Sequence[Token]) -> int:
    """How many tokens stand before the query's form, behind which nothing can be declared (SPARQL 1.1 Query §19.8)."""
    forms = (number for number, token in enumerate(every) if token.kind == "word" and token.text.upper() in FORMS)
    return next(forms, len(every))


def absolute(token: Token, known: Mapping[str, str]) -> str:
    """The IRI of a token, "" when its prefix is not known."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    if prefix not in known:
        return ""
    return known[prefix] + (_ESCAPE.sub(r"\1", local) if "\\" in local else local)
