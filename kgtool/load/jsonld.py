"""JSON-LD walked before it is parsed: what JSON parsers let pass or die of. Source: RFC 8259, JSON-LD 1.1 §3.1.

A duplicate key, a lone surrogate, a context from elsewhere, nesting without end, a node or a language that is none. One
regular expression over the text and a stack of open objects; no recursion. Cost: linear, about 1 µs a token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.errors import texts
from kgtool.finding import Severity
from kgtool.load.limits import limit
from kgtool.load.problem import NO_IRI, Problem, place

# Levels of objects and arrays; pyoxigraph's JSON-LD reader dies of 10,000 objects in one another.
MOST_NESTED = 64
# Digits of a number: Python's own reader refuses 4,300, and no count of anything has 40.
MOST_DIGITS = 40
_TOKEN = re.compile(rb'[ \t\r\n]+|("(?:[^"\\\x00-\x1f]++|\\.)*+")|([{}\[\],:])|([^\s{}\[\],:"]+)|(.)', re.DOTALL)
_SURROGATE = re.compile(
    rb"\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|\\\\|(\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)
_NUMBER = re.compile(rb"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_WORDS = {b"true", b"false", b"null"}
_CONTEXT = {"@context", "@import"}
_BASE = re.compile(rb'"@base"')
# An absolute IRI, one with a prefix, a blank node, or a keyword.
_WHOLE = re.compile("[^/?#]*:|@")


class _Open(Struct):
    """An open object or array. `keys` of an object so far; `key` the one whose value is read; `last` the token before.

    Attributes:
        at: where it begins.
        context: it is a context, or holds several.
        inside: it stands in a context, at whatever depth.
    """

    kind: bytes
    at: int = 0
    context: bool = False
    inside: bool = False
    key: str = ""
    last: bytes = b""
    keys: set[str] = field(default_factory=set)


def walk(data: bytes) -> Iterator[Problem]:
    """What is wrong with a JSON-LD text; the first error of syntax ends it."""
    frames = [_Open(b"")]
    for match in _TOKEN.finditer(data):
        if match.lastindex is None:
            continue
        for problem in _token(frames, match, data):
            yield problem
            if problem.stops and problem.code != "KG019":
                return
    if len(frames) > 1:
        yield _syntax(data, len(data), "檔案在物件或陣列中途結束", "the file ends inside an object or an array")


def _token(frames: list[_Open], match: re.Match[bytes], data: bytes) -> Iterator[Problem]:
    frame, text, at = frames[-1], match.group(), match.start()
    if match.lastindex == 1:
        yield from _string(frame, text, at, data)
    elif match.lastindex == 3:
        yield from _scalar(text, at, data)
        frame.last = b"v"
    elif match.lastindex == 4:
        yield _syntax(data, at, "此處的字元不屬於 JSON", "this character is no part of JSON")
    elif text in b"{[":
        context = (frame.context and b"[" in {frame.kind, text}) or frame.key in _CONTEXT
        frames.append(_Open(text, at, context, frame.inside or context))
        if len(frames) > MOST_NESTED:
            yield limit(*place(data, at), MOST_NESTED)
    elif text in b"}]":
        if frame.last == b",":
            comma = data.rfind(b",", 0, at)
            yield _syntax(data, comma, "結尾多一個逗號", "a trailing comma")
        elif frame.kind != (b"{" if text == b"}" else b"["):
            yield _syntax(data, at, "括號不成對", "brackets do not match")
        else:
            frames.pop()
            frames[-1].last = b"v"
            yield from _defined(frame, at, data)
    else:
        frame.last = text
        if text == b",":
            frame.key = ""


def _defined(frame: _Open, end: int, data: bytes) -> Iterator[Problem]:
    """What is wrong with the terms of an object that is a context."""
    if frame.context and len(frame.keys) > MOST_NESTED and _chained(data[frame.at : end + 1]):
        message = texts(zh=f"@context 中之詞逐一以另一詞定義,逾 {MOST_NESTED} 層,未讀取此檔;請以完整 IRI 定義。",
                        en=f"terms of this @context are defined by one another, more than {MOST_NESTED} deep; the file is not "
                        "read. Define them by whole IRIs.")  # fmt: skip
        yield Problem("KG006", *place(data, frame.at), message)


def _chained(context: bytes) -> bool:
    """Whether more terms than `MOST_NESTED` hang on a chain or circle of terms that is longer, each defined by the next.

    pyoxigraph dies of a chain of 10,000. Cost: linear.
    """
    uses: dict[str, set[str]] = {}
    for term, said in json.loads(context, object_pairs_hook=list):
        names = [said] if isinstance(said, str) else [name for _, name in said] if isinstance(said, list) else []
        used = {part for name in (term, *names) if isinstance(name, str) for part in (name, name.partition(":")[0])}
        uses.setdefault(term, set()).update(used - {term})
    users: dict[str, list[str]] = {}
    waits = {}
    for term, used in uses.items():
        known = [name for name in used if name in uses]
        waits[term] = len(known)
        for name in known:
            users.setdefault(name, []).append(term)
    left, free = len(waits), [term for term, count in waits.items() if not count]
    for _ in range(MOST_NESTED):
        left -= len(free)
        freed = [user for term in free for user in users.get(term, ())]
        for user in freed:
            waits[user] -= 1
        free = [user for user in dict.fromkeys(freed) if not waits[user]]
    return left > MOST_NESTED


def _string(frame: _Open, text: bytes, at: int, data: bytes) -> Iterator[Problem]:
    for found in _SURROGATE.finditer(text):
        if found[1]:
            escape = found[1].decode()
            yield _syntax(data, at + found.start(1), f"{escape} 是不成對的代理碼", f"{escape} is a lone surrogate")
            return
    try:
        value = json.loads(text)
    except ValueError:
        yield _syntax(data, at, "字串之跳脫字元有誤", "a wrong escape in a string")
        return
    if frame.kind == b"{" and frame.last in {b"", b","}:
        if value in frame.keys:
            message = texts(zh=f"鍵「{value}」重複;不同程式會取不同的值,請只留一個(多值請用陣列)。",
                            en=f"the key '{value}' stands twice; readers differ in which they keep. "
                            "Keep one (an array holds several).")  # fmt: skip
            yield Problem("KG027", *place(data, at), message, Severity.WARNING, stops=False)
        frame.keys.add(value)
        frame.key = value
    elif frame.key in _CONTEXT or (frame.context and frame.kind == b"["):
        message = texts(zh=f"@context 指向「{value}」;檢查時絕不連線,也不讀其他檔案:請將內容直接寫入此檔。",
                        en=f"@context names '{value}'; check never fetches and reads no other file: "
                        "write the context into this file.")  # fmt: skip
        yield Problem("KG019", *place(data, at), message)
    elif frame.key == "@id" and not frame.inside:
        yield from _node(value, at, data)
    elif frame.key == "@language" and not _is_tag(value):
        message = texts(zh=f"語言標籤「{value}」不合 BCP 47:其文字會被略過。",
                        en=f"the language tag '{value}' is not BCP 47: its texts are passed over.")  # fmt: skip
        yield Problem("KG600", *place(data, at), message, stops=False)
    frame.last = b"v"


def _is_tag(value: str) -> bool:
    """Whether the parser takes a language tag; it says nothing of one that it does not."""
    try:
        return ox.Literal("", language=value).language is not None
    except ValueError:
        return False


def _node(value: str, at: int, data: bytes) -> Iterator[Problem]:
    """What keeps the value of an @id from being an IRI; a parser passes over what is said of such a node, without a word."""
    bad = NO_IRI.search(value)
    if bad:
        message = texts(zh=f"IRI 中不可有字元「{bad[0]}」;請以百分號編碼書寫。",
                        en=f"'{bad[0]}' must not stand in an IRI; percent-encode it.")  # fmt: skip
        yield Problem("KG012", *place(data, at), message, stops=False)
    elif not _WHOLE.match(value) and not _BASE.search(data):
        message = texts(zh=f"相對 IRI「{value}」而無 @base:其敘述會被略過;請寫完整 IRI。",
                        en=f"a relative IRI '{value}' without @base: what is said of it is passed over; write it in full.")  # fmt: skip
        yield Problem("KG011", *place(data, at), message, stops=False)


def _scalar(text: bytes, at: int, data: bytes) -> Iterator[Problem]:
    if text in _WORDS:
        return
    if not _NUMBER.fullmatch(text):
        shown = text[:20].decode("utf-8", "replace")
        yield _syntax(data, at, f"「{shown}」不是 JSON 值", f"'{shown}' is no JSON value")
    elif len(text) > MOST_DIGITS:
        message = texts(zh=f"數字有 {len(text)} 位;會被讀成近似值,請改為字串。",
                        en=f"a number of {len(text)} digits; it is read as an approximation. Write it as a string.")  # fmt: skip
        yield Problem("KG023", *place(data, at), message, Severity.WARNING, stops=False)


def _syntax(data: bytes, offset: int, zh: str, en: str) -> Problem:
    return Problem("KG001", *place(data, offset), texts(zh=f"JSON 語法錯誤:{zh}。", en=f"JSON syntax error: {en}."))
