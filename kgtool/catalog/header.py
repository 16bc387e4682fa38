"""A query file's `#+` lines (grlc's form: YAML behind `#+ `) to typed values, with the line of whatever is wrong.

The only module that imports yaml. An unknown key, an unknown type or a parameter that the query never mentions is an
error, because a header that says something untrue is worse than none.
"""

from __future__ import annotations

import difflib
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from kgtool.catalog.model import ColumnType, Param, ParamType, QueryTest
from kgtool.errors import Texts, texts
from kgtool.finding import Severity

KEYS = ("summary", "description", "params", "columns", "tests", "severity", "code", "fix")
PARAM_KEYS = ("type", "class", "required", "default", "example", "label", "values")
TEST_KEYS = ("params", "rows", "expect", "min_rows", "empty")
_CODE = re.compile(r"^KG[1-9]\d\d$")


class HeaderError(Exception):
    """What is wrong with a header, and on which line of the file (1-based)."""

    def __init__(self, line: int, message: Texts, fix: Texts | None = None) -> None:
        super().__init__(message["en"])
        self.line = line
        self.message = message
        self.fix: Texts = fix or {}


@dataclass(frozen=True, slots=True)
class Header:
    """The typed header of a query file."""

    summary: Texts
    description: Texts
    params: Mapping[str, Param]
    columns: Mapping[str, ColumnType]
    tests: tuple[QueryTest, ...]
    code: str
    severity: Severity
    fix: Texts


def read_header(text: str) -> Header:
    """Parse the leading `#+` lines of a query file.

    Raises:
        HeaderError: the first thing that is wrong, with its line.
    """
    lines, numbers = _leading(text)
    reader = _Reader([lines[i - 1][2:].removeprefix(" ").rstrip("\r") for i in numbers], numbers)
    table = reader.table()
    reader.only(table, KEYS, "header")
    params = {str(name): _param(reader, str(name), spec) for name, spec in reader.mapping(table, "params").items()}
    columns = {str(n): reader.choice(ColumnType, t, str(n)) for n, t in reader.mapping(table, "columns").items()}
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
        summary, reader.texts(table, "description"), params, columns,
        tuple(_test(reader, test) for test in reader.sequence(table, "tests")),
        code, Severity[word.upper()], reader.texts(table, "fix"),
    )  # fmt: skip


def has_header(text: str) -> bool:
    """Whether a query text begins with `#+` lines; a `#+` further down, say in a string, is none."""
    return bool(_leading(text)[1])


def _leading(text: str) -> tuple[list[str], list[int]]:
    """All lines, and the numbers (1-based) of the `#+` lines that stand before the query among comments and blanks."""
    lines = text.removeprefix("\ufeff").split("\n")
    before = itertools.takewhile(lambda line: not line.strip() or line.lstrip().startswith("#"), lines)
    return lines, [number for number, line in enumerate(before, 1) if line.startswith("#+")]


def _param(reader: _Reader, name: str, spec: Any) -> Param:
    if not isinstance(spec, dict):
        raise reader.error(name, f"parameter '{name}' needs {{type: …}}", f"參數「{name}」須有 {{type: …}}")
    reader.only(spec, PARAM_KEYS, f"parameter '{name}'")
    kind = reader.choice(ParamType, spec.get("type", ""), name)
    values = tuple(_text(value) or "" for value in reader.sequence(spec, "values"))
    return Param(
        name, kind, spec.get("required") is True, _text(spec.get("default")), _text(spec.get("example")),
        reader.texts(spec, "label"), str(spec.get("class", "")), values,
    )  # fmt: skip


def _test(reader: _Reader, spec: Any) -> QueryTest:
    if not isinstance(spec, dict):
        raise reader.error("tests", "a test needs {params: …, rows: …}", "測試須為 {params: …, rows: …}")
    reader.only(spec, TEST_KEYS, "test")
    if sum(key in spec for key in TEST_KEYS[1:]) != 1:
        raise reader.error("tests", "a test needs one of rows, expect, min_rows, empty",
                           "測試須恰有 rows、expect、min_rows、empty 之一")  # fmt: skip
    params = {str(key): _text(value) or "" for key, value in reader.mapping(spec, "params").items()}
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


def _text(value: Any) -> str | None:
    """A YAML value as a user would type it."""
    if value is None:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


class _Loader(yaml.SafeLoader):
    """YAML as of 1.2: `on`, `no` and 2013-06-09 are texts; only true and false are booleans (YAML 1.2 §10.3.2).

    No aliases: a header has no use for them, and a dozen nested ones unfold into a text without end.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem="an alias (*name) is not allowed in a header", problem_mark=mark)
        return super().compose_node(parent, index)


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] not in {"bool", "timestamp"}]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])


class _Reader:
    """The header's lines, and errors that name the right one."""

    def __init__(self, lines: list[str], numbers: list[int]) -> None:
        self.lines = lines
        self.numbers = numbers

    def table(self) -> dict[Any, Any]:
        try:
            table = yaml.load("\n".join(self.lines) or "{}", Loader=_Loader)  # noqa: S506 - a SafeLoader
        except yaml.MarkedYAMLError as error:
            row = error.problem_mark.line if error.problem_mark else 0
            line = self.numbers[min(row, len(self.numbers) - 1)] if self.numbers else 1
            raise HeaderError(line, texts(zh=f"檔頭不是正確的 YAML:{error.problem}",
                                          en=f"the header is not YAML: {error.problem}")) from error  # fmt: skip
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            said = "nested too deeply" if isinstance(error, RecursionError) else str(error)
            raise HeaderError(
                1, texts(zh=f"檔頭不是正確的 YAML:{said}", en=f"the header is not YAML: {said}")
            ) from error
        if not isinstance(table, dict):
            raise self.error("", "the header is not a mapping", "檔頭須為「鍵: 值」")
        return table

    def error(self, key: str, en: str, zh: str, hint: str = "") -> HeaderError:
        pattern = re.compile(rf"(^|[\s{{,-]){re.escape(key)}\s*:") if key else None
        line = next((n for n, text in zip(self.numbers, self.lines, strict=True) if pattern and pattern.search(text)),
                    self.numbers[0] if self.numbers else 1)  # fmt: skip
        fix = texts(zh=f"是否指「{hint}」?", en=f"Did you mean '{hint}'?") if hint else None
        return HeaderError(line, texts(zh=zh, en=en), fix)

    def only(self, table: Mapping[Any, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, 1)
                raise self.error(
                    str(key),
                    f"unknown key '{key}' in {where}",
                    f"{where} 中不認得的鍵「{key}」",
                    near[0] if near else "",
                )

    def mapping(self, table: Mapping[Any, Any], key: str) -> Mapping[Any, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"{key} must be a mapping", f"{key} 須為「鍵: 值」")
        return value

    def sequence(self, table: Mapping[Any, Any], key: str) -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"{key} must be a list", f"{key} 須為清單")
        return value

    def texts(self, table: Mapping[Any, Any], key: str) -> Texts:
        value = table.get(key, {})
        if isinstance(value, str):
            raise self.error(
                key, f"{key} needs a text a language: {{en: …, zh-Hant: …}}", f"{key} 須分語言:{{en: …, zh-Hant: …}}"
            )
        if not isinstance(value, dict):
            raise self.error(key, f"{key} must be a mapping of languages", f"{key} 須分語言")
        return {str(tag): str(text) for tag, text in value.items()}

    def choice(self, kinds: type[Any], value: Any, key: str) -> Any:
        try:
            return kinds(value)
        except ValueError:
            known = [str(kind) for kind in kinds]
            near = difflib.get_close_matches(str(value), known, 1)
            raise self.error(key, f"unknown type '{value}' of '{key}' (known: {', '.join(known)})",
                             f"「{key}」之型別「{value}」不認得(可用:{'、'.join(known)})", near[0] if near else "") from None  # fmt: skip
