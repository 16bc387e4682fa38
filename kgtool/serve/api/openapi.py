"""The API in OpenAPI 3.1, generated from the headers of the queries, so that it cannot say anything else than they do.

Source: OpenAPI Specification 3.1.0 §4.8; JSON Schema draft 2020-12; RFC 9457 §3 (problem details).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any

from kgtool import __version__
from kgtool.catalog import ColumnType, NamedQuery, Param, ParamType
from kgtool.lang import pick
from kgtool.serve.api.call import MOST_ROWS, Named, own_parameters
from kgtool.serve.api.cells import schema as cell_schema
from kgtool.serve.api.examples import at_home
from kgtool.serve.api.forms import JSON, forms_of
from kgtool.serve.api.manual import every, role_of
from kgtool.serve.message import Request, Response
from kgtool.serve.reading import Form, document, options, read
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot

PROBLEM = "application/problem+json"
_LARGEST = 10**18 - 1  # what a whole number of a parameter may be
_FAILURES = ("400", "404", "406", "429", "503")
_ELSEWHERE = ("502", "504")  # beside them, where the data is in an engine elsewhere
_REASONS: Mapping[str, str] = MappingProxyType({
    "304": "The client has this answer already.", "400": "A parameter is unknown, missing or wrong; the problem names it.",
    "404": "There is no such query.", "406": "No form that the client accepts.",
    "410": "The data has changed and there is no going on from this cursor.",
    "429": "The client used its share of time; Retry-After says when to come again.",
    "502": "The engine behind this server failed.", "504": "The engine behind this server gave no answer in time.",
    "503": "The query did not end in its time, or the server is busy.",
})  # fmt: skip
_HEADERS: Mapping[str, Any] = MappingProxyType({
    "ETag": {"schema": {"type": "string"}, "description": "Changes with the data and with what was asked."},
    "Link": {"schema": {"type": "string"}, "description": 'rel="next" leads to the next page (RFC 8288).'},
    "Vary": {"schema": {"type": "string"}},
})  # fmt: skip
_PROBLEM_SCHEMA: Mapping[str, Any] = MappingProxyType({
    "type": "object", "required": ["type", "title", "status", "code", "detail", "messages"],
    "properties": {
        "type": {"type": "string", "format": "uri"}, "title": {"type": "string"}, "status": {"type": "integer"},
        "code": {"type": "string", "pattern": "^E-[A-Z-]+$"}, "detail": {"type": "string"}, "hint": {"type": "string"},
        "messages": {
            "type": "object", "required": ["zh-Hant", "en"], "additionalProperties": {"type": "string"},
            "description": "The detail in both languages.",
        },
        "parameter": {"type": "string", "description": "The parameter that is wrong."},
        "value": {"type": "string"}, "expected": {"type": "string", "description": "The type that it should be of."},
        "allowed": {"type": "array", "items": {"type": "string"}}, "nearest": {"type": "string"},
    },
})  # fmt: skip


class OpenApi:
    """Answers with the description, which is made once."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._version = snapshot.version
        self._address = settings.address
        self._body = (json.dumps(openapi(snapshot, settings), ensure_ascii=False, indent=1) + "\n").encode()

    def __call__(self, request: Request) -> Response:
        """The response for `/openapi.json`."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        options(request, ())
        form = Form("json", "application/json")
        return document(request, (self._version, self._address, "openapi"), form, lambda: self._body, vary="Origin")


def openapi(snapshot: Snapshot, settings: ServeSettings) -> dict[str, Any]:
    """The description of every named query and preset. Cost: linear in headers, and that of `at_home`."""
    listed = every(at_home(snapshot), snapshot.project.presets)
    beyond = _ELSEWHERE if snapshot.elsewhere else ()
    paths: dict[str, Any] = {
        "/queries": {"get": _plain("listQueries", "Which queries there are.", _json({"type": "object"}))},
        "/queries/{name}": {"get": _plain(
            "explainQuery", "How one query is called.", _json({"type": "object"}), [_name([one.name for one in listed])],
        )},
    }  # fmt: skip
    paths |= {f"/api/{named.name}": {"get": _call(named, beyond)} for named in listed}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": f"Named queries of {snapshot.project['base'] or settings.address}",
            "description": "Every named query of the graph as a typed call. Values are bound as typed terms, never pasted.",
            "version": __version__,
        },
        "servers": [{"url": settings.address}],
        "tags": [{"name": role} for role in sorted({role_of(named) for named in listed})],
        "paths": paths,
        "components": {
            "schemas": {"Problem": dict(_PROBLEM_SCHEMA)},
            "headers": dict(_HEADERS),
            "responses": {
                f"E{status}": {"description": _REASONS[status], "content": {PROBLEM: {"schema": _ref("schemas/Problem")}}}
                for status in (*_FAILURES, "410", *beyond)
            },
        },
    }  # fmt: skip


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{name}"}


def _json(schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": dict(schema)}}


def _name(names: list[str]) -> dict[str, Any]:
    return {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": names}}


def _plain(
    identity: str, summary: str, content: Mapping[str, Any], parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    html = {"text/html": {"schema": {"type": "string"}}}
    form = {"name": "format", "in": "query", "schema": {"type": "string", "enum": ["json", "html"]}}
    return {
        "operationId": identity, "summary": summary, "parameters": [*(parameters or []), form],
        "responses": _responses({**content, **html}, ()),
    }  # fmt: skip


def _call(named: Named, beyond: tuple[str, ...]) -> dict[str, Any]:
    query = named.query
    content = {form.media: {"schema": {"type": "string"}} for form in forms_of(query)}
    if query.form not in {"CONSTRUCT", "DESCRIBE"}:
        content[JSON.media] = {"schema": _answer_schema(query)}
    if "application/ld+json" in content:
        content["application/ld+json"] = {"schema": {"type": "object"}}
    if "application/sparql-results+json" in content:
        content["application/sparql-results+json"] = {"schema": {"type": "object"}}
    return {
        "operationId": named.name, "tags": [role_of(named)], "summary": pick(named.summary, "en"),
        "description": "\n\n".join(text for text in (pick(query.description, "en"), pick(named.summary, "zh-Hant")) if text),
        "parameters": [*(_param(named, param) for param in query.params.values()), *_own(query)],
        "responses": _responses(content, (*(("410",) if query.form == "SELECT" else ()), *beyond)),
    }  # fmt: skip


def _responses(content: Mapping[str, Any], more: tuple[str, ...]) -> dict[str, Any]:
    headers = {name: _ref(f"headers/{name}") for name in _HEADERS}
    return {
        "200": {"description": "The answer.", "headers": headers, "content": dict(content)},
        "304": {"description": _REASONS["304"]},
        **{status: _ref(f"responses/E{status}") for status in sorted((*_FAILURES, *more))},
    }


def _answer_schema(query: NamedQuery) -> dict[str, Any]:
    common = {
        "query": {"type": "string"}, "summary": {"type": "string"}, "version": {"type": "string"},
        "asOf": {"type": "string", "format": "date"}, "lang": {"type": "string"}, "params": {"type": "object"},
    }  # fmt: skip
    if query.form == "ASK":
        return {
            "type": "object",
            "required": [*common, "boolean"],
            "properties": {**common, "boolean": {"type": "boolean"}},
        }
    row = {
        "type": "object", "required": list(query.columns),
        "properties": {name: cell_schema(kind) for name, kind in query.columns.items()},
    }  # fmt: skip
    column = {
        "type": "object", "required": ["name", "type"],
        "properties": {
            "name": {"type": "string"}, "type": {"enum": [kind.value for kind in ColumnType]}, "label": {"type": "string"},
            "words": {"type": "object", "additionalProperties": {"type": "string"}},
        },
    }  # fmt: skip
    return {
        "type": "object", "required": [*common, "columns", "rows", "total", "next"],
        "properties": {
            **common, "columns": {"type": "array", "items": column}, "rows": {"type": "array", "items": row},
            "total": {"type": "integer", "minimum": 0}, "next": {"type": ["string", "null"], "format": "uri"},
        },
    }  # fmt: skip


def _own(query: NamedQuery) -> Iterator[dict[str, Any]]:
    """The API's own parameters, less those that the query has itself."""
    schemas: Mapping[str, tuple[str, Mapping[str, Any]]] = {
        "format": ("The form of the answer; else Accept says it.", {"enum": [form.name for form in forms_of(query)]}),
        "lang": (
            "Language of labels; else Accept-Language says it.",
            {"type": "string", "pattern": "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8}){0,6}$"},
        ),
        "limit": ("Rows of a page; without it all rows in one.", {"type": "integer", "minimum": 1, "maximum": MOST_ROWS}),
        "cursor": ("Where the page before ended; given by its Link field.", {"type": "string", "pattern": "^[A-Za-z0-9_-]*$"}),
    }  # fmt: skip
    for name in own_parameters(query):
        if name not in query.params:
            text, schema = schemas[name]
            yield {"name": name, "in": "query", "description": text, "schema": dict(schema)}


def _param(named: Named, param: Param) -> dict[str, Any]:
    fixed = named.given.get(param.name, param.default)
    schema = _schema(param)
    if fixed is not None and "type" in schema:
        schema["default"] = _typed(param, fixed)
    if param.many:
        schema = {"type": "array", "items": schema, "maxItems": 100}
    said = (
        {"description": pick(param.label, "en") + (f" (a {param.cls})" if param.cls else "")}
        if param.label or param.cls
        else {}
    )
    out: dict[str, Any] = {"name": param.name, "in": "query", **said, "schema": schema}
    if param.required and fixed is None:
        out["required"] = True
    if param.example is not None:
        example = _typed(param, param.example)
        out["example"] = [example] if param.many else example
    if param.values_query:
        out["x-values-from"] = f"/api/{param.values_query}"
    return out


def _typed(param: Param, text: str) -> Any:
    """A text of the header as a JSON value of the parameter's type."""
    if param.type in {ParamType.INTEGER, ParamType.YEAR}:
        return int(text)
    if param.type is ParamType.DECIMAL:
        return float(text)
    return text == "true" if param.type is ParamType.BOOLEAN else text


def _schema(param: Param) -> dict[str, Any]:
    if param.values:
        return {"type": "string", "enum": list(param.values)}
    if param.type in {ParamType.INTEGER, ParamType.YEAR}:
        least, most = int(param.least or -_LARGEST), int(param.most or _LARGEST)
        return {"type": "integer", "minimum": least, "maximum": most}
    if param.type is ParamType.DECIMAL:
        bounds = {key: float(value) for key, value in (("minimum", param.least), ("maximum", param.most)) if value}
        return {"type": "number", **bounds}
    if param.type is ParamType.DATE:
        return {"anyOf": [{"type": "string", "format": "date"}, {"const": "today"}]}
    patterns = {ParamType.LANG: "^[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*$", ParamType.IRI: "^[^\\u0000]+$"}
    if param.type is ParamType.BOOLEAN:
        return {"type": "boolean"}
    return {"type": "string", "pattern": patterns.get(param.type, "^[^\\u0000]*$")}
