"""SPARQL text as tokens: enough to find variables, the query form and the outermost group, without parsing.

Strings, comments, IRIs and prefixed names are skipped whole, so that nothing inside them is mistaken for syntax. A
character that is no ASCII counts as part of a name: elsewhere no parser takes it. Of a prefix longer than 64 characters
the last ones are seen, which keeps the cost linear.
Source: SPARQL 1.1 Query §19.8 (terminals).
"""

from __future__ import annotations

import functools
import re
import string
from collections.abc import Iterator
from typing import NamedTuple

from kgtool.late import late

# Letters, names, and what a prefix goes on with. Said by what is not in them: a class of 256 compiles ten times as fast.
_LETTER = r"[^\x00-@\[-`{-\x7f]"
_NAME = r"[^\x00-/:-@\[-^`{-\x7f]"
_PREFIX = r"[^\x00-,/:-@\[-^`{-\x7f]"
_HEX = "[0-9A-Fa-f]"
_SURROGATE = "[dD][89a-fA-F]"
_CODE_POINT = rf"\\u(?!{_SURROGATE}){_HEX}{{4}}|\\U(?!0000{_SURROGATE})00(?:0{_HEX}|10){_HEX}{{4}}"
_ESCAPE = rf"""\\[tbnrf"'\\]|{_CODE_POINT}"""
_LOCAL = rf"%{_HEX}{{2}}|\\[_~.\-!$&'()*+,;=/?#@%]"
# A name does not end with a dot: in `?s a cd:Visit.` it ends the pattern (SPARQL 1.1 Query §19.8, PN_LOCAL).
_DOTS = rf"\.++(?={_NAME}|[:-]|{_LOCAL})"
# White space behind a token is taken with it: looking at each blank for a token would take a third of the time.
_LEXEME = re.compile(
    rf"""(?:(?P<string>\"{{3}}(?:[^"\\]++|{_ESCAPE}|"(?!""))*+\"{{3}}|'{{3}}(?:[^'\\]++|{_ESCAPE}|'(?!''))*+'{{3}}"""
    rf"""|"(?:[^"\\\n\r]++|{_ESCAPE})*+"|'(?:[^'\\\n\r]++|{_ESCAPE})*+')"""
    rf"|(?P<iri><(?:[^<>\"{{}}|^`\\\x00-\x20]++|{_CODE_POINT})*+>)"
    r"|(?P<comment>\#[^\n\r]*)"
    rf"|(?P<var>[?$]{_NAME}+)"
    rf"|(?P<pname>(?:{_LETTER}{_PREFIX}{{0,63}}+)?:(?:(?:{_NAME}|:|{_LOCAL})(?:{_NAME}|[:-]|{_LOCAL}|{_DOTS})*+)?)"
    rf"|(?P<word>@?{_LETTER}{_NAME}*)"
    r"|(?P<open>[({\[])|(?P<close>[)}\]])"
    # Numbers are taken whole, so that 1e5 holds no word.
    r"|(?P<number>(?:[0-9]++\.?[0-9]*+|\.[0-9]++)(?:[eE][+-]?[0-9]++)?+)"
    r"|(?P<op>\|\||&&|\^\^|!=|<=|>=|[!|/+*^=<>?.;,-]))[ \t\r\n]*+"
)
_PASSED_OVER = frozenset({"comment", "number", "op"})
FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
# Words of SPARQL Update and of requests to other servers: a named query never holds one.
FORBIDDEN = frozenset({"SERVICE", "LOAD", "INSERT", "DELETE", "DROP", "CLEAR", "CREATE", "ADD", "MOVE", "COPY", "WITH"})
_REMOTE = "SERVICE"
# What stands before or behind letters that are a part of another word.
_BEFORE = frozenset(string.ascii_uppercase)
_BEHIND = _BEFORE | frozenset(string.digits + "_")
_COMMENT_LINE = re.compile(r"^[ \t]*#[^\n\r]*", re.MULTILINE)
# What most queries begin with, behind comments and prefixes: then no token has to be looked for.
_FORM_FIRST = re.compile(
    r"(?:[\x20\t\r\n]++|#[^\n\r]*+|PREFIX[\x20\t\r\n]++(?:[A-Z][A-Z0-9-]*+)?:[\x20\t\r\n]*+<[^<>\"{}|^`\\\x00-\x20]*+>)*+"
    rf"({'|'.join(FORMS)})(?=[\x20\t\r\n{{*?$(<])",
    re.IGNORECASE,
)
# Possessive: going back over a million lines would take 300 bytes for each.
_HEAD = re.compile(r"(?:[\x20\t]*+(?:#[^\n\r]*+)?+(?:\r\n|[\n\r]))*+")
_COMPARED_REMOTE = late(r"\).*SERVICE.*#")


class Token(NamedTuple):
    kind: str
    text: str
    start: int


# As `Token(*…)`, which is a call of Python's own for each.
_token = functools.partial(tuple.__new__, Token)


def tokens(text: str, comments: bool = False) -> Iterator[Token]:
    """The tokens of a query that matter here, in order; comments only when asked for. Cost: linear in the text."""
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup or ""
        if kind not in _PASSED_OVER or (comments and kind == "comment"):
            yield Token(kind, match[kind], match.start())


def lexemes(text: str) -> Iterator[tuple[str, str, int]]:
    """(kind, text, start) of each token but comments, with numbers (`number`), operators and separators (`op`).

    Plain tuples, because the guard reads every query with it. Cost: linear, about 1 µs a token.
    """
    for match in _LEXEME.finditer(text):
        kind = match.lastgroup or ""
        if kind != "comment":
            yield kind, match[kind], match.start()


@functools.lru_cache(maxsize=128)
def lexed(text: str) -> tuple[Token, ...]:
    """`lexemes` as tokens; kept, because several checks read each query."""
    return tuple(map(_token, lexemes(text)))


def variables(text: str) -> frozenset[str]:
    """Names of the variables that the query mentions, without `?`."""
    return frozenset(token.text[1:] for token in lexed(text) if token.kind == "var")


def form(text: str) -> str:
    """`SELECT`, `ASK`, `CONSTRUCT`, `DESCRIBE`, or "" when the text is none of them."""
    first = _FORM_FIRST.match(text)
    if first:
        return first[1].upper()
    for token in tokens(text):
        if token.kind == "word" and token.text.upper() in FORMS:
            return token.text.upper()
        if token.kind == "open":
            return ""
    return ""


def forbidden(text: str) -> Token | None:
    """The first token that would change data or contact another server, if any.

    oxigraph takes a keyword wherever its letters stand (`SERVICESILENT<…>`, `SERVICEex:x`), so a word or prefix that
    holds SERVICE is one. And it reads `?a <b#` in an expression as "less than" and a comment, where the grammar's
    longest token is an IRI: behind such an IRI in brackets nothing is sure, and the letters are refused everywhere.
    """
    upper = text[head_end(text) :].upper()
    if not _suspect(upper) or not _suspect(_without_comments(upper)):
        return None
    depth, doubtful, before = 0, False, Token("open", "", 0)
    for token in tokens(text, comments=True):
        upper = token.text.upper()
        head = upper.partition(":")[0] if token.kind == "pname" else upper if token.kind == "word" else ""
        if _REMOTE in head or (head in FORBIDDEN and token.kind == "word"):
            return token
        if _REMOTE in upper and doubtful and token.kind in {"string", "comment", "iri"}:
            return token
        if token.kind == "iri" and depth and _compares(text, before, token):
            if _COMPARED_REMOTE.search(upper):
                return token
            doubtful = doubtful or "#" in upper or "'" in upper
            depth += upper.count("(")
        elif token.text in {"(", ")"}:
            depth = max(depth + (1 if token.text == "(" else -1), 0)
        before = token
    return None


def _suspect(upper: str) -> bool:
    """Whether a text in capitals holds the letters of SERVICE, or another of those words by itself: only then is it looked
    at closely. Cost: a search in C for each word, a tenth of what one pattern for all takes.
    """
    return any(word == _REMOTE or _by_itself(word, upper) for word in FORBIDDEN if word in upper)


def _by_itself(word: str, upper: str) -> bool:
    at = upper.find(word)
    while at >= 0:
        end = at + len(word)
        if upper[at - 1 : at] not in _BEFORE and upper[end : end + 1] not in _BEHIND:
            return True
        at = upper.find(word, end)
    return False


def _without_comments(text: str) -> str:
    """A text without lines that are comments, unless a long string, in which such a line is none, may be in it."""
    return text if '"""' in text or "'''" in text else _COMMENT_LINE.sub("", text)


def _compares(text: str, before: Token, iri: Token) -> bool:
    """Whether the `<` of an IRI in brackets may be "less than": whether something to compare stands before it."""
    between = text[before.start + len(before.text) : iri.start].strip()
    return before.kind != "open" if not between else between[-1].isdigit() or between[-1] == "."


@functools.lru_cache(maxsize=128)
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


def head_end(text: str) -> int:
    """Where the comments and blank lines that a text begins with end. Cost: linear in them."""
    head = _HEAD.match(text)
    return head.end() if head else 0


@functools.lru_cache(maxsize=128)
def without_head(text: str) -> str:
    """The text with its first comments and blank lines emptied: what an engine would read through each time. Lines stay."""
    end = head_end(text)
    return "\n" * text.count("\n", 0, end) + text[end:]


def line_of(text: str, offset: int) -> tuple[int, int]:
    """Line and column (1-based, in code points) of an offset."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
