"""SPARQL text as tokens: enough to find variables, the query form and the outermost group, without parsing.

Strings, comments, IRIs and prefixed names are skipped whole, so that nothing inside them is mistaken for syntax.
Source: SPARQL 1.1 Query §19.8 (terminals).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(
    r'''(?P<string>"""(?:[^"\\]|\\.|"(?!""))*"""|\'\'\'(?:[^'\\]|\\.|'(?!''))*\'\'\'|"(?:[^"\\\n\r]|\\.)*"|'(?:[^'\\\n\r]|\\.)*')'''
    r"|(?P<iri><[^<>\"{}|^`\\\x00-\x20]*>)"
    r"|(?P<comment>\#[^\n\r]*)"
    r"|(?P<var>[?$]\w+)"
    r"|(?P<pname>[^\W\d_][\w.-]*:[\w.:%\\-]*|:[\w.:%\\-]*)"
    r"|(?P<word>@?[^\W\d_]\w*)"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])",
    re.DOTALL,
)
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
# Words of SPARQL Update and of requests to other servers: a named query never holds one.
FORBIDDEN = frozenset({"SERVICE", "LOAD", "INSERT", "DELETE", "DROP", "CLEAR", "CREATE", "ADD", "MOVE", "COPY", "WITH"})


@dataclass(frozen=True, slots=True)
class Token:
    kind: str
    text: str
    start: int


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a query that matter here, in order; comments left out. Cost: linear in the text."""
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind != "comment":
            yield Token(kind, match.group(), match.start())


def variables(text: str) -> frozenset[str]:
    """Names of the variables that the query mentions, without `?`."""
    return frozenset(token.text[1:] for token in tokens(text) if token.kind == "var")


def form(text: str) -> str:
    """`SELECT`, `ASK`, `CONSTRUCT`, `DESCRIBE`, or "" when the text is none of them."""
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() in FORMS:
            return token.text.upper()
        if token.kind == "open":
            return ""
    return ""


def forbidden(text: str) -> Token | None:
    """The first word that would change data or contact another server, if any."""
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() in FORBIDDEN:
            return token
    return None


def where_brace(text: str) -> int:
    """Offset just after the `{` of the outermost WHERE group, -1 when there is none.

    A CONSTRUCT's template is passed over; `CONSTRUCT WHERE { … }` has no group that could take VALUES.
    """
    kind = form(text)
    depth, groups, short = 0, 0, False
    seen_form = False
    for token in tokens(text):
        if token.kind == "word":
            seen_form = seen_form or token.text.upper() == kind
            short = short or (kind == "CONSTRUCT" and token.text.upper() == "WHERE" and groups == 0 and depth == 0)
        elif token.kind == "open" and seen_form:
            if token.text == "{" and depth == 0:
                groups += 1
                if short:
                    return -1
                if kind != "CONSTRUCT" or groups == 2:
                    return token.start + 1
            depth += 1
        elif token.kind == "close" and seen_form:
            depth -= 1
    return -1


def line_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column (1-based, in code points) of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
