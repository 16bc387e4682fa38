"""What is said of a named query, derived from its header: for `/queries`, for the pages' forms, and for OpenAPI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from kgtool.catalog import NamedQuery, Param
from kgtool.errors import Texts
from kgtool.project import Preset
from kgtool.serve.api.call import Named
from kgtool.serve.api.forms import forms_of

_ORDER = ("ask", "preset", "build", "check")


def every(queries: Mapping[str, NamedQuery], presets: Mapping[str, Preset]) -> tuple[Named, ...]:
    """All queries and presets that can be called: questions first, then presets, what is built, checks; by name."""
    found = [Named(query.name, query) for query in queries.values()]
    found += [
        Named(preset.name, queries[preset.query], preset) for preset in presets.values()
        if preset.query in queries and preset.name not in queries
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda named: (_ORDER.index(role_of(named)), named.name)))


def role_of(named: Named) -> str:
    """`ask`, `check`, `build`, or `preset`."""
    return "preset" if named.preset else named.query.role


def entry(named: Named, address: str) -> dict[str, Any]:
    """A line of the list."""
    return {
        "name": named.name, "role": role_of(named), "summary": dict(named.summary),
        "help": f"{address}/queries/{named.name}", "call": f"{address}/api/{named.name}",
    }  # fmt: skip


def manual(named: Named, address: str) -> dict[str, Any]:
    """All of it: parameters, columns, forms, an example. Texts are by language."""
    query = named.query
    example = example_of(named)
    return {
        **entry(named, address),
        **({"presetOf": query.name} if named.preset else {}),
        "description": dict(query.description),
        "form": query.form.lower(),
        "parameters": [_param(param, named.given.get(name), address) for name, param in query.params.items()],
        "columns": _columns(query),
        "formats": [{"format": form.name, "mediaType": form.media} for form in forms_of(query)],
        **({"example": f"{address}/api/{named.name}" + example} if example is not None else {}),
        **({"budget": query.budget} if query.budget else {}),
        **({"rule": query.code, "severity": query.severity.name.lower(), "fix": dict(query.fix)} if query.role == "check" else {}),
    }  # fmt: skip


def example_of(named: Named) -> str | None:
    """A query string that works, "" where none is needed; None when a required parameter gives no example."""
    given = []
    for name, param in named.query.params.items():
        if param.required and name not in named.given and param.default is None:
            if param.example is None:
                return None
            given.append((name, param.example))
    return "?" + urlencode(given) if given else ""


def _columns(query: NamedQuery) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "type": kind.value,
            **_words(query.column_texts[name].label if name in query.column_texts else {}),
        }
        for name, kind in query.columns.items()
    ]


def _param(param: Param, fixed: str | None, address: str) -> dict[str, Any]:
    default = fixed if fixed is not None else param.default
    facts: dict[str, Any] = {
        "class": param.cls, "default": default, "example": param.example, "minimum": param.least, "maximum": param.most,
    }  # fmt: skip
    out: dict[str, Any] = {"name": param.name, "type": param.type.value, **_words(param.label)}
    out["required"] = param.required and default is None
    out |= {key: value for key, value in facts.items() if value}
    out |= {"many": True} if param.many else {}
    if param.values:
        out["values"] = [{"value": value, **_words(param.value_texts.get(value, {}))} for value in param.values]
    if param.values_query:
        out["offers"] = f"{address}/api/{param.values_query}"
    return out


def _words(label: Texts) -> dict[str, Any]:
    return {"label": dict(label)} if label else {}
