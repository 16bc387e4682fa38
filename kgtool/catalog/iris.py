"""The IRIs that a query names, written out or by a prefix. Read from tokens; nothing is checked here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from kgtool.catalog.text import Token, lexed

_ESCAPE = re.compile(r"\\(.)")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def iris(text: str, prefixes: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Absolute IRIs of a query with their offsets, without those that declare prefixes."""
    every = lexed(text)
    known = declared(every, prefixes)
    declares = {n for n, token in enumerate(every) if token.kind == "word" and token.text.upper() in {"PREFIX", "BASE"}}
    for number, token in enumerate(every):
        if token.kind not in {"iri", "pname"} or number - 1 in declares or number - 2 in declares:
            continue
        # `_:b` is read as `:b`: its underscore is no token.
        if text[token.start - 1 : token.start] != "_":
            iri = absolute(token, known)
            if SCHEME.match(iri):
                yield iri, token.start


def declared(every: Sequence[Token], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Prefixes to namespaces: those known before, and those that the tokens declare."""
    out = dict(prefixes)
    for word, name, iri in zip(every, every[1:], every[2:], strict=False):
        if name.kind == "pname" and iri.kind == "iri" and word.text.upper() == "PREFIX":
            out[name.text[:-1]] = iri.text[1:-1]
    return out


def absolute(token: Token, known: Mapping[str, str]) -> str:
    """The IRI of a token, "" when its prefix is not known."""
    if token.kind == "iri":
        return token.text[1:-1]
    prefix, _, local = token.text.partition(":")
    return known[prefix] + _ESCAPE.sub(r"\1", local) if prefix in known else ""
