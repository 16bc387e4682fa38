"""Terms as JSON values a program can use without knowing RDF, with labels in the language asked for.

An IRI is `{"iri", "label"}`, a text in a language `{"text", "lang"}`, a string, whole number or boolean itself, a date
its text; a decimal is a number where a double holds it exactly, else its text. What is none of these is
`{"value", "datatype"}`, a blank node `{"bnode"}`, what is unbound `null`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import pyoxigraph as ox

from kgtool import lang
from kgtool.catalog import ColumnType
from kgtool.terms import XSD

# Beyond this a number is not exact in every reader. Source: RFC 8259 §6.
_EXACT = 2**53 - 1
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_PLAIN = frozenset(XSD + name for name in ("date", "gYear", "gYearMonth"))
_NULL: Mapping[str, Any] = MappingProxyType({"type": "null"})
_IRI: Mapping[str, Any] = MappingProxyType({
    "type": "object", "required": ["iri"], "additionalProperties": False,
    "properties": {"iri": {"type": "string"}, "label": {"type": "string"}},
})  # fmt: skip
_BNODE: Mapping[str, Any] = MappingProxyType({
    "type": "object", "required": ["bnode"], "additionalProperties": False, "properties": {"bnode": {"type": "string"}},
})  # fmt: skip
_TEXT: Mapping[str, Any] = MappingProxyType({
    "type": "object", "required": ["text", "lang"], "additionalProperties": False,
    "properties": {"text": {"type": "string"}, "lang": {"type": "string"}},
})  # fmt: skip
_OTHER: Mapping[str, Any] = MappingProxyType({
    "type": "object", "required": ["value", "datatype"], "additionalProperties": False,
    "properties": {"value": {"type": "string"}, "datatype": {"type": "string"}},
})  # fmt: skip


def cell(term: object, kind: ColumnType, label: Callable[[str], str]) -> Any:
    """A term as a JSON value.

    Args:
        kind: of the column; a plain string in a column of labels has a language too, "".
        label: an IRI's label in the language asked for, "" for none.
    """
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        said = label(term.value)
        return {"iri": term.value, "label": said} if said else {"iri": term.value}
    if not isinstance(term, ox.Literal):
        return {"bnode": str(term).removeprefix("_:")}
    if term.language or kind is ColumnType.LABEL:
        return {"text": term.value, "lang": lang.canonical(term.language or "")}
    return _literal(term.value, term.datatype.value)


def schema(kind: ColumnType) -> Mapping[str, Any]:
    """JSON Schema of a column's cells (draft 2020-12, as in OpenAPI 3.1)."""
    of_kind: Mapping[ColumnType, list[Mapping[str, Any]]] = {
        ColumnType.IRI: [_IRI, _BNODE],
        ColumnType.STRING: [{"type": "string"}],
        ColumnType.LABEL: [_TEXT, _IRI],
        ColumnType.INTEGER: [{"type": "integer"}, {"type": "string", "pattern": "^[+-]?[0-9]+$"}],
        ColumnType.DECIMAL: [{"type": "number"}, {"type": "string", "pattern": "^[+-]?[0-9.]+$"}],
        ColumnType.BOOLEAN: [{"type": "boolean"}],
        ColumnType.DATE: [{"type": "string", "format": "date"}],
        ColumnType.ANY: [
            _IRI, _BNODE, _TEXT, _OTHER, {"type": "string"}, {"type": "number"}, {"type": "boolean"},
        ],
    }  # fmt: skip
    return {"anyOf": [dict(one) for one in (*of_kind[kind], _NULL)]}


def _literal(value: str, datatype: str) -> Any:
    if datatype == XSD + "string" or datatype in _PLAIN:
        return value
    if datatype == XSD + "boolean" and value in {"true", "false", "1", "0"}:
        return value in {"true", "1"}
    if datatype == XSD + "integer" and _WHOLE.fullmatch(value):
        return int(value) if abs(int(value)) <= _EXACT else value
    if datatype == XSD + "decimal" and re.fullmatch(r"[+-]?[0-9]*\.?[0-9]+", value):
        return float(value) if Decimal(repr(float(value))) == Decimal(value) else value
    return {"value": value, "datatype": datatype}
