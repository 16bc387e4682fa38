"""One parameter, one column, one test of a header: a YAML table to a typed value, or what is wrong with it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from kgtool.catalog.model import ColumnText, ColumnType, Param, ParamType, QueryTest
from kgtool.catalog.reader import Reader
from kgtool.errors import Texts
from kgtool.late import late

PARAM_KEYS = (
    "type", "class", "required", "default", "example", "label", "values", "values_query", "many", "min", "max",
)  # fmt: skip
COLUMN_KEYS = ("type", "label", "values")
TEST_KEYS = ("params", "rows", "expect", "min_rows", "empty")
_NUMBER = late(r"-?[0-9]{1,18}(\.[0-9]{1,18})?")
_NUMERIC = frozenset({ParamType.INTEGER, ParamType.DECIMAL, ParamType.YEAR})


def read_param(reader: Reader, name: str, spec: Any) -> Param:
    """A parameter of a header.

    Raises:
        HeaderError: an unknown key or type, bounds that are none, or a default or example that the header itself rules out.
    """
    if not isinstance(spec, dict):
        raise reader.error(name, f"parameter '{name}' needs {{type: …}}", f"參數「{name}」須有 {{type: …}}")
    reader.only(spec, PARAM_KEYS, f"parameter '{name}'")
    kind = reader.choice(ParamType, spec.get("type", ""), name)
    values, said = _values(reader, spec)
    param = Param(
        name, kind, spec.get("required") is True, _text(spec.get("default")), _text(spec.get("example")),
        reader.texts(spec, "label"), str(spec.get("class", "")), values, said, str(spec.get("values_query", "")),
        spec.get("many") is True, _bound(reader, spec, "min", kind), _bound(reader, spec, "max", kind),
    )  # fmt: skip
    if param.values and param.values_query:
        raise reader.error("values_query", "give values or values_query, not both", "values 與 values_query 只能擇一")
    for key, value in (("default", param.default), ("example", param.example)):
        if value is not None and value != "today" and not (value in values if values else within(param, value)):
            raise reader.error(
                key, f"{key} '{value}' of '{name}' is not allowed by the header itself",
                f"「{name}」之 {key}「{value}」不在檔頭自訂之範圍內",
            )  # fmt: skip
    return param


def within(param: Param, value: str) -> bool:
    """Whether a well-formed value lies within the parameter's bounds, both inclusive."""
    if param.least is None and param.most is None:
        return True
    if param.type is ParamType.DATE:
        return (param.least or value) <= value <= (param.most or value)
    if not _NUMBER.fullmatch(value.removeprefix("+")):
        return False
    number = Decimal(value)
    return not (
        (param.least is not None and number < Decimal(param.least))
        or (param.most is not None and number > Decimal(param.most))
    )


def read_column(reader: Reader, name: str, spec: Any) -> tuple[ColumnType, ColumnText]:
    """A column: its type alone, or a table of type, label and the texts of its values.

    Raises:
        HeaderError: an unknown key or type.
    """
    if not isinstance(spec, dict):
        return reader.choice(ColumnType, spec, name), ColumnText()
    reader.only(spec, COLUMN_KEYS, f"column '{name}'")
    kind = reader.choice(ColumnType, spec.get("type", ""), name)
    return kind, ColumnText(reader.texts(spec, "label"), _values(reader, spec)[1])


def read_test(reader: Reader, spec: Any) -> QueryTest:
    """A test: parameters, and exactly one promise.

    Raises:
        HeaderError: none or several promises, or one of another form.
    """
    if not isinstance(spec, dict):
        raise reader.error("tests", "a test needs {params: …, rows: …}", "測試須為 {params: …, rows: …}")
    reader.only(spec, TEST_KEYS, "test")
    if sum(key in spec for key in TEST_KEYS[1:]) != 1:
        raise reader.error("tests", "a test needs one of rows, expect, min_rows, empty",
                           "測試須恰有 rows、expect、min_rows、empty 之一")  # fmt: skip
    params = {str(key): _given(value) for key, value in reader.mapping(spec, "params").items()}
    rows, least = spec.get("rows"), spec.get("min_rows")
    if rows is not None and not all(isinstance(row, list) for row in reader.sequence(spec, "rows")):
        raise reader.error("rows", "rows must be a list of lists", "rows 須為清單之清單")
    if least is not None and type(least) is not int:
        raise reader.error("min_rows", "min_rows must be a whole number", "min_rows 須為整數")
    return QueryTest(
        params,
        None if rows is None else tuple(tuple(_text(cell) or "" for cell in row) for row in rows),
        str(spec.get("expect", "")), least, spec.get("empty") is True,
    )  # fmt: skip


def _values(reader: Reader, spec: Mapping[Any, Any]) -> tuple[tuple[str, ...], Mapping[str, Texts]]:
    """`values`: a list of values, or a table of values to their texts by language."""
    given = spec.get("values", [])
    if not isinstance(given, dict):
        return tuple(_text(value) or "" for value in reader.sequence(spec, "values")), {}
    said = {_text(value) or "": reader.texts(given, value) for value in given}
    return tuple(said), said


def _bound(reader: Reader, spec: Mapping[Any, Any], key: str, kind: ParamType) -> str | None:
    value = _text(spec.get(key))
    if value is None:
        return None
    fits = _is_day(value) if kind is ParamType.DATE else kind in _NUMERIC and _NUMBER.fullmatch(value)
    if not fits:
        raise reader.error(key, f"{key} must be a {kind} and is for numbers, years and dates only",
                           f"{key} 須為 {kind},且僅用於數字、年與日期")  # fmt: skip
    return value


def _is_day(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _given(value: Any) -> str | tuple[str, ...]:
    """A test's value of a parameter; several for one that takes many."""
    return tuple(_text(one) or "" for one in value) if isinstance(value, list) else _text(value) or ""


def _text(value: Any) -> str | None:
    """A YAML value as a user would type it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)
