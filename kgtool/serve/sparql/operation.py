"""What a request to the endpoint asks for. Source: SPARQL 1.1 Protocol §2.1 (query), §2.2 (update, refused)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from msgspec import Struct

from kgtool.engine import Dataset
from kgtool.serve.form import pairs
from kgtool.serve.message import Request
from kgtool.serve.refusal import malformed, read_only, wrong_method, wrong_type

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
_CHARSET = re.compile(r"charset\s*=\s*\"?([^\s;\"]*)", re.IGNORECASE)
_UTF8 = frozenset({"utf-8", "utf8", "us-ascii"})
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]*")


class Operation(Struct, frozen=True):
    """A query and the dataset that the request states for it, None for the endpoint's own."""

    text: str
    dataset: Dataset | None


def operation_of(request: Request) -> Operation | None:
    """The query operation; None for a request without parameters, which asks for the service description.

    Raises:
        RequestError: 400, 403 (an update), 405, 415. The message says what is wrong.
    """
    if request.method in {"GET", "HEAD"}:
        given = pairs(request.query)
        return _operation(given) if given else None
    if request.method != "POST":
        raise wrong_method(request.method, METHODS)
    kind = _kind(request)
    if kind == UPDATE:
        raise read_only()
    if kind == FORM:
        return _operation((*pairs(request.query), *pairs(_ascii(request.body))))
    if kind != QUERY:
        raise wrong_type(request.headers.get("content-type", ""), (QUERY, FORM))
    given = pairs(request.query)
    if any(name == "query" for name, _ in given):
        raise malformed("查詢同時在網址與內容中", "a query in the URL and another in the body")
    return _operation((*given, ("query", _utf8(request.body))))


def _kind(request: Request) -> str:
    """The media type of the body, in lower case."""
    field = request.headers.get("content-type", "")
    coding = request.headers.get("content-encoding", "identity")
    charset = _CHARSET.search(field)
    if coding.strip().lower() != "identity":
        raise wrong_type(f"Content-Encoding: {coding}", ("identity",))
    if charset and charset[1].lower() not in _UTF8:
        raise wrong_type(field, (f"{QUERY}; charset=utf-8", FORM))
    return field.partition(";")[0].strip().lower()


def _operation(given: Sequence[tuple[str, str]]) -> Operation:
    if len(given) == 1 and given[0][0] == "query":
        return Operation(given[0][1], None)
    queries = [value for name, value in given if name == "query"]
    if any(name == "update" for name, _ in given):
        if queries:
            raise malformed("query 與 update 不能並用", "query and update exclude each other")
        raise read_only()
    if len(queries) != 1:
        raise malformed(
            "參數 query 須恰為一個" if queries else "缺少參數 query",
            "more than one parameter 'query'" if queries else "the parameter 'query' is missing",
        )
    default = _iris(given, "default-graph-uri")
    named = _iris(given, "named-graph-uri")
    return Operation(queries[0], Dataset(default, named) if default or named else None)


def _iris(given: Sequence[tuple[str, str]], wanted: str) -> tuple[str, ...]:
    values = tuple(dict.fromkeys(value for name, value in given if name == wanted))
    for value in values:
        if not _ABSOLUTE.fullmatch(value):
            raise malformed(f"參數 {wanted} 不是絕對 IRI", f"the parameter '{wanted}' is no absolute IRI")
    return values


def _ascii(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("表單不是 UTF-8", "a form that is not UTF-8") from None


def _utf8(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise malformed("查詢不是 UTF-8", "a query that is not UTF-8") from None
