"""The IRIs that a query names, written out or by a prefix. Read from tokens; nothing is checked here."""

from __future__ import annotations

import functools
import itertools
import re
from collections.abc import Mapping, Sequence

from kgtool.catalog.text import FORMS, Token, lexed
from kgtool.late import late

_ESCAPE = re.compile(r"\\(.)")
_CODE_POINT = late(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_NAMES = frozenset({"iri", "pname"})
# Behind a letter the underscore is one of a variable: `?s_:p` is a subject and its predicate.
_LABEL = late(r"(?:\A|[^?$\w])_")
SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


def iris(text: str, prefixes: Mapping[str, str]) -> tuple[tuple[str, int], ...]:
    """Absolute IRIs of a query with their offsets, without those that declare prefixes."""
    return tuple((iri, start) for iri, start in _named(text, tuple(prefixes.items())) if iri)


def all_known(text: str, prefixes: Mapping[str, str]) -> bool:
    """Whether each name of a query is an absolute IRI: of one that is not, its prefix or its base is not known here, or it is
    something else (`?a<3&&?b>` is read as an IRI)."""
    return all(iri for iri, _ in _named(text, tuple(prefixes.items())))


@functools.lru_cache(maxsize=128)
def _named(text: str, prefixes: tuple[tuple[str, str], ...]) -> tuple[tuple[str, int], ...]:
    """Names with their offsets, "" for one that is no absolute IRI. Kept, because several checks read each query."""
    every = lexed(text)
    known = declared(every, dict(prefixes))
    named = (
        (absolute(token, known), token.start)
        for token in itertools.islice(every, _prologue(every), None)
        if token.kind in _NAMES and not labels(text, token.start)
    )
    return tuple((iri if SCHEME.match(iri) else "", start) for iri, start in named)


def labels(text: str, start: int) -> bool:
    """Whether a name is the `:b` of `_:b`, a blank node: the underscore before it is no token."""
    return text[start - 1 : start] == "_" and bool(_LABEL.fullmatch(text[max(start - 2, 0) : start]))


def declared(every: Sequence[Token], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Prefixes to namespaces: those known before, and those that the tokens declare."""
    out = dict(prefixes)
    before = every[: _prologue(every)]
    for word, (name, iri) in zip(
        ["", *(token.text.upper() for token in before)], itertools.pairwise(before), strict=False
    ):
        if name.kind == "pname" and iri.kind == "iri":
            # The engine needs no blank behind the word: `PREFIX:<…>`.
            prefix = name.text[:-1] if word == "PREFIX" else name.text[len("PREFIX") : -1]
            out[prefix] = absolute(iri, {})
    return out


def _prologue(every: Sequence[Token]) -> int:
    """How many tokens stand before the query's form, behind which nothing can be declared (SPARQL 1.1 Query §19.8)."""
    forms = (number for number, token in enumerate(every) if token.kind == "word" and token.text.upper() in FORMS)
    return next(forms, len(every))


def absolute(token: Token, known: Mapping[str, str]) -> str:
    """The IRI of a token, "" when its prefix is not known."""
    if token.kind == "iri":
        written = token.text[1:-1]
        return (
            _CODE_POINT.sub(lambda found: chr(int(found[1] or found[2], 16)), written) if "\\" in written else written
        )
    prefix, _, local = token.text.partition(":")
    if prefix not in known:
        return ""
    return known[prefix] + (_ESCAPE.sub(r"\1", local) if "\\" in local else local)
