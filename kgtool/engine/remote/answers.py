"""SPARQL 1.1 Query Results JSON to terms, with the engines' liberties taken back.

`typed-literal` is `literal` (the draft of 2006 said so), a boolean written 1 is `true`, a blank node is an IRI (`blank`).
Tags come in any case and compare as pyoxigraph has them; whatever is written out has them in canonical case.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.engine.remote import failure
from kgtool.engine.remote.blank import skolem
from kgtool.engine.remote.exchange import Reply
from kgtool.engine.store import Solutions, Term
from kgtool.errors import RemoteError
from kgtool.lang import canonical, plural
from kgtool.terms import XSD

_MEDIA = frozenset({"application/sparql-results+json", "application/json"})
_BOOLEAN = XSD + "boolean"
_BOOLEANS = {"1": "true", "0": "false"}


def read_json(reply: Reply, most: int) -> Solutions | bool:
    """What an answer says.

    Args:
        most: rows; more are an error.
    Raises:
        RemoteError: another media type, no JSON, not of the form that the standard gives, a term that is none.
    """
    table = _table(reply)
    if isinstance(table.get("boolean"), bool):
        return bool(table["boolean"])
    try:
        names = table["head"]["vars"]
        rows = table["results"]["bindings"]
        if len(rows) > most:
            raise failure.too_large(reply.url, f" {most:,} 列", f"{most:,} {plural(most, 'row')}")
        reader = _Reader()
        found = tuple(tuple(reader.term(row.get(name)) for name in names) for row in rows)
        return Solutions(tuple(str(name) for name in names), found)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise _no_results(reply, f"{type(error).__name__} {error}") from error


def _table(reply: Reply) -> Mapping[str, Any]:
    if reply.media not in _MEDIA:
        said = failure.words(failure.said_in(reply.body))
        media = failure.words(reply.media) or "-"
        raise failure.unreadable(reply.url, f"媒體類型是 {media},不是 SPARQL JSON:{said}",
                                 f"the media type is {media}, not SPARQL JSON: {said}")  # fmt: skip
    try:
        table = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise failure.unreadable(reply.url, "JSON 不完整或有誤", "the JSON is broken or ends in the middle") from error
    if not isinstance(table, dict):
        raise _no_results(reply, "")
    return table


def _no_results(reply: Reply, said: str) -> RemoteError:
    said = failure.words(said)
    return failure.unreadable(reply.url, f"不是 SPARQL 結果({said})", f"no SPARQL results ({said})")


class _Reader:
    """Terms from JSON; equal cells give one term."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, ...], Term] = {}

    def term(self, cell: Any) -> Term | None:
        """One cell. Raises ValueError, KeyError, TypeError when it is no term."""
        if cell is None:
            return None
        key = (cell["type"], cell["value"], cell.get("xml:lang") or "", cell.get("datatype") or "")
        found = self._seen.get(key)
        if found is None:
            if not all(isinstance(part, str) for part in key):
                raise TypeError("a term's parts are texts")
            found = self._seen[key] = _term(*key)
        return found


def _term(kind: str, value: str, language: str, datatype: str) -> Term:
    if kind == "uri":
        # Virtuoso's way of naming a blank node as an IRI.
        return skolem(value) if value.startswith("nodeID://") else ox.NamedNode(value)
    if kind == "bnode":
        return skolem(value)
    if kind not in {"literal", "typed-literal"}:
        raise ValueError(f"a term of type {kind}")
    if language:
        return ox.Literal(value, language=canonical(language))
    if datatype == _BOOLEAN:
        value = _BOOLEANS.get(value, value)
    return ox.Literal(value, datatype=ox.NamedNode(datatype)) if datatype else ox.Literal(value)
