"""A query file's `#+` lines (grlc's form: YAML behind `#+ `) to typed values, with the line of whatever is wrong.

An unknown key, an unknown type or a parameter that the query never mentions is an
error, because a header that says something untrue is worse than none.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping

from msgspec import Struct

from kgtool.catalog.model import ColumnText, ColumnType, Param, QueryTest
from kgtool.catalog.reader import HeaderError, Reader
from kgtool.catalog.specs import read_column, read_param, read_test
from kgtool.errors import Texts
from kgtool.finding import Severity

__all__ = ["Header", "HeaderError", "has_header", "read_header"]

KEYS = ("summary", "description", "params", "columns", "tests", "severity", "code", "fix", "budget")
_CODE = re.compile(r"^KG[1-9]\d\d$")


class Header(Struct, frozen=True):
    """The typed header of a query file."""

    summary: Texts
    description: Texts
    params: Mapping[str, Param]
    columns: Mapping[str, ColumnType]
    column_texts: Mapping[str, ColumnText]
    tests: tuple[QueryTest, ...]
    code: str
    severity: Severity
    fix: Texts
    budget: float


def read_header(text: str) -> Header:
    """Parse the leading `#+` lines of a query file.

    Raises:
        HeaderError: the first thing that is wrong, with its line.
    """
    lines, numbers = _leading(text)
    reader = Reader([lines[i - 1][2:].removeprefix(" ").rstrip("\r") for i in numbers], numbers)
    table = reader.table()
    reader.only(table, KEYS, "header")
    params = {str(name): read_param(reader, str(name), spec) for name, spec in reader.mapping(table, "params").items()}
    columns = {
        str(name): read_column(reader, str(name), spec) for name, spec in reader.mapping(table, "columns").items()
    }
    code = str(table.get("code", ""))
    if code and not _CODE.match(code):
        raise reader.error("code", f"code '{code}' is not of the form KG123", f"代碼「{code}」須為 KG123 之形式")
    summary = reader.texts(table, "summary")
    if not summary:
        raise reader.error("", "the header has no summary", "檔頭缺少 summary")
    word = str(table.get("severity", "error"))
    if word.upper() not in Severity.__members__:
        raise reader.error("severity", f"severity '{word}' is not error, warning or info", f"不認得的嚴重度「{word}」")
    return Header(
        summary, reader.texts(table, "description"), params,
        {name: kind for name, (kind, _) in columns.items()},
        {name: said for name, (_, said) in columns.items() if said != ColumnText()},
        tuple(read_test(reader, test) for test in reader.sequence(table, "tests")),
        code, Severity[word.upper()], reader.texts(table, "fix"), _budget(reader, table.get("budget", 0)),
    )  # fmt: skip


def _budget(reader: Reader, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 3600:
        raise reader.error("budget", "budget must be seconds, at most 3600", "budget 須為秒數,至多 3600")
    return float(value)


def has_header(text: str) -> bool:
    """Whether a query text begins with `#+` lines; a `#+` further down, say in a string, is none."""
    return bool(_leading(text)[1])


def _leading(text: str) -> tuple[list[str], list[int]]:
    """All lines, and the numbers (1-based) of the `#+` lines that stand before the query among comments and blanks."""
    lines = text.removeprefix("\ufeff").split("\n")
    before = itertools.takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), lines)
    return lines, [number for number, line in enumerate(before, 1) if line.startswith("#+")]
