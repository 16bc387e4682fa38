"""The guard: a query's text is measured before it is parsed, because the parser itself can be made to crash.

A text is read once by the tokenizer, never by a parser; cost is linear, about 1 µs a token. What the guard cannot see
(a join without bounds, a text doubled forty times) ends with the worker that runs it (`kgtool.engine.worker`).
Source: SPARQL 1.1 Query §19 (grammar), SPARQL 1.1 Federated Query §2 (SERVICE), SPARQL 1.1 Update §3.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct, field

from kgtool.catalog.text import FORMS, forbidden, form, head_end, lexemes, line_of
from kgtool.engine.failure import QuerySyntaxError
from kgtool.engine.limits import LOCAL, Limits
from kgtool.errors import QueryError, Texts, texts
from kgtool.late import late


class Measure(enum.StrEnum):
    """What a query was refused for."""

    SIZE = "size"
    DEPTH = "depth"
    PATTERNS = "patterns"
    OPERATORS = "operators"
    NOTS = "nots"
    STARS = "stars"
    NUL = "nul"
    SERVICE = "service"
    UPDATE = "update"
    FORM = "form"


_WORDS: Mapping[Measure, tuple[str, str]] = MappingProxyType({
    Measure.SIZE: ("位元組", "bytes"),
    Measure.DEPTH: ("層巢狀括號", "nested brackets"),
    Measure.PATTERNS: ("個三元組樣式", "triple patterns"),
    Measure.OPERATORS: ("個運算子", "operators"),
    Measure.NOTS: ("個連續之 !", "consecutive '!'"),
    Measure.STARS: ("層巢狀路徑閉包", "nested path closures"),
})  # fmt: skip
# A codepoint escape means the character itself (SPARQL 1.1 Query §19.2): a keyword could be written with it.
_ESCAPED = late(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_CHAINED = frozenset({"||", "&&", "|", "/", "+", "-", "*", "^", "!", "UNION", "OPTIONAL", "MINUS", "EXISTS"})
_TERM_WORDS = frozenset({"A", "TRUE", "FALSE"})
_CLOSURES = frozenset({"*", "+", "?"})
# What may be a closure of a bracket; behind a letter or digit it is one of a name or multiplies a number, and a `?` before a
# name is a variable.
_OPTION = r"\?(?=[\x00-/:-@\[-^`{-\x7f]|\Z)"
_CLOSURE = late(rf"(?<![A-Za-z0-9])(?<![A-Za-z0-9] )(?:[*+]|{_OPTION})")
_OPTIONS = re.compile(_OPTION)
_NO_SIGN = bytes(set(range(256)) - set(b"({[)}].;,|&/+-*^!?"))


class Refusal(Struct, frozen=True):
    """Why a query is not run: what was measured, where it went over the limit, and the same in words.

    Attributes:
        code: `E-QUERY-LIMIT`, `E-QUERY-FORM` (an update, SERVICE, no query) or `E-QUERY-SYNTAX` (a NUL).
        measured, limit: figures; both 0 where there is nothing to count. Measuring stops at the first excess.
        line, column: 1-based, in code points.
    """

    code: str
    measure: Measure
    measured: int
    limit: int
    line: int
    column: int
    message: Texts
    hint: Texts

    def error(self) -> QueryError:
        """The refusal as what stops a command."""
        error = QuerySyntaxError(self.code, self.message, self.hint)
        error.line, error.column = self.line, self.column
        return error


class _Gauge(Struct):
    """Figures while a text is read. `patterns` counts the beginning of each subject, and each `;` and `,` behind it."""

    depth: int = 0
    patterns: int = 0
    operators: int = 0
    nots: int = 0
    stars: int = 0
    _open: list[str] = field(default_factory=list)
    _fresh: bool = False  # the next term begins a triple pattern
    _before: str = ""  # kind of the token before
    _inner: list[int] = field(default_factory=lambda: [0])  # closures inside the open brackets, innermost last
    _closed: int = -1  # closures inside the bracket that was just closed, -1 behind anything else
    _starred: int = -1  # the same, once a closure stands behind it: it counts if the path goes on

    def take(self, kind: str, text: str) -> None:
        """One token, in order."""
        if kind == "open":
            self._enter(text)
        elif kind == "close":
            self._leave(text)
        elif kind == "op":
            self._operator(text)
        else:
            self._name(kind, text)
        self._before = kind

    def _enter(self, text: str) -> None:
        if self._fresh and text != "{" and self._in_group():
            self.patterns += 1
        # An argument list, a FILTER or a BIND ends in a place where a new subject may stand; a collection does not.
        called = text == "(" and self._before in {"word", "pname", "iri"}
        self._open.append("call" if called else text)
        self._inner.append(0)
        self._closed = self._starred = -1
        self._fresh = text != "("
        self.depth = len(self._open)
        self.nots = 0

    def _leave(self, text: str) -> None:
        opened = self._open.pop() if self._open else ""
        self._nest()
        self._closed, self._starred = (self._inner.pop() if len(self._inner) > 1 else 0), -1
        self._inner[-1] = max(self._inner[-1], self._closed)
        self._fresh = text == "}" or opened == "call"
        self.depth = len(self._open)
        self.nots = 0

    def _operator(self, text: str) -> None:
        self.nots = self.nots + 1 if text == "!" else 0
        if self._in_group():
            self._fresh = self._fresh or text == "."
            self.patterns += text in {";", ","}
        self.operators += text in _CHAINED
        # In `(path)* )`, `(path)*/…` and `(path)*|…` the sign closes a path; in `(1) * 2` it multiplies.
        if text in _CLOSURES and self._closed >= 0:
            self._starred = self._closed
        else:
            if text in {"/", "|"}:
                self._nest()
            self._starred = -1
        self._closed = -1

    def _name(self, kind: str, text: str) -> None:
        word = text.upper() if kind == "word" else ""
        if word and word not in _TERM_WORDS:
            self.operators += word in _CHAINED
            self._fresh = False
        elif self._fresh and self._in_group():
            self.patterns += 1
            self._fresh = False
        self._closed = self._starred = -1
        self.nots = 0

    def _nest(self) -> None:
        if self._starred >= 0:
            self._inner[-1] = max(self._inner[-1], self._starred + 1)
            self.stars = max(self.stars, self._inner[-1])

    def _in_group(self) -> bool:
        return bool(self._open) and self._open[-1] in {"{", "["}


def guard(text: str, limits: Limits = LOCAL, *, measured: bool = False) -> Refusal | None:
    """Why a query must not even be parsed; None when it may be.

    Args:
        measured: this text was let pass before but for values that are now others: they hold no sign that counts.
    Cost: linear in the text, which is not read beyond `limits.size`.
    """
    size = len(text) if text.isascii() or len(text) > limits.size else len(text.encode("utf-8", "surrogatepass"))
    if size > limits.size:
        return _excess(text, Measure.SIZE, size, limits.size, 0)
    nul = text.find("\x00")
    if nul >= 0:
        return _nul(text, nul)
    return _forbidden(text) or (None if measured or _surely_within(text, limits) else _measured(text, limits))


def _surely_within(text: str, limits: Limits) -> bool:
    """Whether a text holds too few of the characters that each measure counts to go over its limit: most queries do.

    Cost: a few passes in C, where measuring takes 1 µs a token. What stands in strings, IRIs and comments is counted too.
    """
    body = text[head_end(text) :]
    raw = body.encode("utf-8", "surrogatepass")
    signs = raw.translate(None, _NO_SIGN)
    count = signs.count
    closed = count(b")") + count(b"}") + count(b"]")
    if count(b"!") > limits.nots or (closed > limits.stars and not _few_closures(body, signs, limits.stars)):
        return False
    # No sign is counted twice below, and no word of an operator is shorter than five letters.
    if len(signs) <= min(limits.depth, limits.patterns) and len(signs) + len(body) // 5 <= limits.operators:
        return True
    opened = count(b"(") + count(b"{") + count(b"[")
    ends = count(b".") + count(b";") + count(b",")
    words = sum(map(raw.upper().count, (b"UNION", b"OPTIONAL", b"MINUS", b"EXISTS")))
    return (
        opened <= limits.depth
        and opened + closed + ends <= limits.patterns
        and len(signs) - opened - closed - ends - count(b"?") + words <= limits.operators
    )


def _few_closures(body: str, signs: bytes, most: int) -> bool:
    """Whether a text has at most so many closures of brackets, wherever they stand; the second way is the exacter one."""
    every = signs.count(b"*") + signs.count(b"+") + len(_OPTIONS.findall(body))
    return every <= most or len(_CLOSURE.findall(body)) <= most


def without_escapes(text: str) -> str:
    """The text as SPARQL 1.1 Query §19.2 has it read: `\\u0053ERVICE` is SERVICE. Escapes of no character stay."""
    return _ESCAPED.sub(lambda match: _character(match[1] or match[2]) or match[0], text)


def measures(text: str) -> Mapping[Measure, int]:
    """The whole text's figures; what `guard` compares with its limits. Cost: linear."""
    most = dict.fromkeys((Measure.DEPTH, Measure.PATTERNS, Measure.OPERATORS, Measure.NOTS, Measure.STARS), 0)
    for gauge, _ in _read(text):
        for measure in most:
            most[measure] = max(most[measure], getattr(gauge, measure.value))
    return {Measure.SIZE: len(text.encode("utf-8", "surrogatepass")), **most}


def _character(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else ""


def _read(text: str) -> Iterator[tuple[_Gauge, int]]:
    gauge = _Gauge()
    for kind, token, start in lexemes(text):
        gauge.take(kind, token)
        yield gauge, start


def _measured(text: str, limits: Limits) -> Refusal | None:
    for gauge, start in _read(text):
        if gauge.depth > limits.depth:
            return _excess(text, Measure.DEPTH, gauge.depth, limits.depth, start)
        if gauge.patterns > limits.patterns:
            return _excess(text, Measure.PATTERNS, gauge.patterns, limits.patterns, start)
        if gauge.operators > limits.operators:
            return _excess(text, Measure.OPERATORS, gauge.operators, limits.operators, start)
        if gauge.nots > limits.nots:
            return _excess(text, Measure.NOTS, gauge.nots, limits.nots, start)
        if gauge.stars > limits.stars:
            return _excess(text, Measure.STARS, gauge.stars, limits.stars, start)
    return None


def _forbidden(text: str) -> Refusal | None:
    word = forbidden(text)
    if word is None and "\\" in text:
        plain = without_escapes(text)
        word = forbidden(plain)
        if word is not None:  # its place in the text as written is not known; the first escape's is near enough
            first = _ESCAPED.search(text)
            word = word._replace(start=first.start() if first else 0)
    if word is not None:
        remote = "SERVICE" in word.text.upper()
        return _not_read(text, Measure.SERVICE if remote else Measure.UPDATE, word.text, word.start)
    return None if form(text) else _not_read(text, Measure.FORM, "", 0)


def _not_read(text: str, measure: Measure, word: str, start: int) -> Refusal:
    what = texts(zh=f"不得使用 {word}", en=f"{word} is not allowed") if word else texts(zh="不是查詢", en="not a query")
    message = texts(zh=f"只接受 {'、'.join(FORMS)}:{what['zh-Hant']}。",
                    en=f"only {', '.join(FORMS[:-1])} and {FORMS[-1]} are run: {what['en']}.")  # fmt: skip
    hint = texts(zh="資料以檔案修改,查詢只讀取。", en="Data is changed in its files; queries only read.")
    return Refusal("E-QUERY-FORM", measure, 0, 0, *line_of(text, start), message, hint)


def _nul(text: str, start: int) -> Refusal:
    line, column = line_of(text, start)
    message = texts(
        zh=f"查詢語法錯誤:{line}:{column}: 含有 NUL 字元",
        en=f"the query does not parse: {line}:{column}: a NUL character",
    )
    hint = texts(zh="請移除該字元。", en="Remove that character.")
    return Refusal("E-QUERY-SYNTAX", Measure.NUL, 0, 0, line, column, message, hint)


def _excess(text: str, measure: Measure, measured: int, limit: int, start: int) -> Refusal:
    line, column = line_of(text, start)
    zh, en = _WORDS[measure]
    message = texts(
        zh=f"查詢超過限制:{line}:{column}: {measured:,} {zh},上限 {limit:,}。",
        en=f"the query is over a limit: {line}:{column}: {measured:,} {en}, at most {limit:,}.",
    )
    hint = texts(
        zh="請拆成數個較小之查詢,或改用 VALUES。", en="Split it into smaller queries, or list terms with VALUES."
    )
    return Refusal("E-QUERY-LIMIT", measure, measured, limit, line, column, message, hint)
