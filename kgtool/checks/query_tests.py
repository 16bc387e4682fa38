"""What a named query's tests promise, against what it answers: rows, their number, their types, their order."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pyoxigraph as ox

from kgtool.catalog import ColumnType, NamedQuery, QueryTest
from kgtool.catalog.outline import Select
from kgtool.checks.context import Inputs
from kgtool.checks.query_lint import Remark
from kgtool.engine import CHECKED, Answer, Solutions, Triples
from kgtool.errors import KgError, Texts, texts
from kgtool.lang import plural
from kgtool.terms import XSD
from kgtool.write.results import Term, plain

Row = tuple[str, ...]
# Columns of a file of expected triples.
_TRIPLE = ("subject", "property", "object")
_MOST_EXPECTED = 64 << 20  # bytes of a file of expected rows
_INTEGERS = frozenset({
    XSD + name for name in (
        "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
        "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
    )
})  # fmt: skip
# Column type to the datatypes of its literals. A label may be tagged or plain.
_DATATYPES: Mapping[ColumnType, frozenset[str]] = {
    ColumnType.STRING: frozenset({XSD + "string"}),
    ColumnType.INTEGER: _INTEGERS,
    ColumnType.DECIMAL: _INTEGERS | {XSD + "decimal", XSD + "double", XSD + "float"},
    ColumnType.BOOLEAN: frozenset({XSD + "boolean"}),
    ColumnType.DATE: frozenset({XSD + "date"}),
}


def difference(inputs: Inputs, answer: Answer, test: QueryTest) -> Texts | None:
    """What differs between an answer and what a test expects; None when nothing does.

    Raises:
        KgError: the file of expected rows cannot be used.
    """
    rows = list(answer.rows) if isinstance(answer, Solutions) else list(getattr(answer, "triples", [answer]))
    if test.min_rows is not None:
        if len(rows) >= test.min_rows:
            return None
        return texts(
            zh=f"至少應有 {test.min_rows} 列,得 {len(rows)} 列",
            en=f"expected at least {test.min_rows} {plural(test.min_rows, 'row')}, got {len(rows)}",
        )
    if test.empty:
        return (
            texts(zh=f"應無結果,得 {len(rows)} 列", en=f"expected none, got {len(rows)} {plural(len(rows), 'row')}")
            if rows
            else None
        )
    if isinstance(answer, bool):
        return texts(zh="rows 與 expect 不適用於 ASK", en="rows and expect are not for ASK queries")
    expected, found = _both(inputs, answer, test)
    for number, (want, got) in enumerate(itertools.zip_longest(expected, found), 1):
        if want != got:
            return texts(
                zh=f"第 {number} 列應為 {_shown(want)},得 {_shown(got)}",
                en=f"row {number}: expected {_shown(want)}, got {_shown(got)}",
            )
    return None


def _both(inputs: Inputs, answer: Solutions | Triples, test: QueryTest) -> tuple[list[Row], list[Row]]:
    """Expected and found rows as plain values; triples in the order of their values, for a graph has none."""
    if isinstance(answer, Triples):
        expected = sorted(_expected(inputs, test, _TRIPLE, CHECKED.rows))
        return expected, sorted((plain(s), plain(p), plain(o)) for s, p, o in answer.triples)
    # One more than there are shows the first that is missing; a file may hold millions.
    expected = _expected(inputs, test, answer.variables, len(answer.rows))
    return expected, [tuple("" if cell is None else plain(cell) for cell in row) for row in answer.rows]


def ill_typed_columns(query: NamedQuery, answers: list[Answer]) -> Iterator[Remark]:
    """Columns whose cells are not of the type that the header declares; the first cell of each."""
    told = set()
    for answer in answers:
        for row in answer.rows if isinstance(answer, Solutions) else ():
            for name, term in zip(answer.variables, row, strict=True):  # type: ignore[union-attr]
                kind = query.columns.get(name)
                if kind is None or term is None or name in told or _fits(term, kind):
                    continue
                told.add(name)
                found = _kind(term)
                yield Remark("KG305", 0, name, texts(
                    zh=f"欄位 ?{name} 宣告為 {kind},結果卻是 {found}:{plain(term)}",
                    en=f"column ?{name} is declared as {kind}, but the answer has {found}: {plain(term)}"))  # fmt: skip


def tied_rows(select: Select, answers: list[Answer]) -> Iterator[Remark]:
    """Different rows that the ORDER BY does not tell apart: their order is left to chance."""
    keys = [token.text[1:] for token in select.order if token.kind == "var"]
    simple = all(
        t.kind in {"var", "open", "close"} or t.text.upper() in {"ORDER", "BY", "ASC", "DESC"} for t in select.order
    )
    for answer in answers:
        if not isinstance(answer, Solutions) or not keys or not simple or not set(keys) <= set(answer.variables):
            continue
        at = [answer.variables.index(key) for key in keys]
        for one, other in itertools.pairwise(answer.rows):
            if one != other and all(one[n] == other[n] for n in at):
                apart = next(name for name, a, b in zip(answer.variables, one, other, strict=True) if a != b)
                yield Remark("KG315", select.order[0].start, apart, texts(
                    zh=f"ORDER BY 未分出所有列:鍵值相同之列在 ?{apart} 不同。",
                    en=f"ORDER BY does not tell all rows apart: rows with equal keys differ in ?{apart}."))  # fmt: skip
                return


def _fits(term: Term, kind: ColumnType) -> bool:
    if kind is ColumnType.ANY:
        return True
    if kind is ColumnType.IRI:
        return isinstance(term, ox.NamedNode)
    if not isinstance(term, ox.Literal):
        return False
    if kind is ColumnType.LABEL:
        return bool(term.language) or term.datatype.value == XSD + "string"
    return not term.language and term.datatype.value in _DATATYPES[kind]


def _kind(term: Term) -> str:
    if isinstance(term, ox.Literal):
        return f"@{term.language}" if term.language else term.datatype.value.replace(XSD, "xsd:")
    return "an IRI" if isinstance(term, ox.NamedNode) else "a blank node"


def _shown(row: tuple[str, ...] | None) -> str:
    return "—" if row is None else "(" + ", ".join(row) + ")"


def _expected(inputs: Inputs, test: QueryTest, columns: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """Expected cells as plain values, of one row more than `most` at the most: an IRI may be written as a prefixed name."""
    rows = _read(inputs, test.expect, columns, most) if test.expect else list(test.rows or ())
    return [tuple(_cell(inputs, cell) for cell in row) for row in rows]


def _read(inputs: Inputs, name: str, columns: Sequence[str], most: int) -> list[tuple[str, ...]]:
    """The first rows of a file of expected rows. Behind the query's columns more may stand, such as what a row rests on."""
    path = _expected_file(inputs, name)
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            head, *rows = itertools.islice(csv.reader(stream), most + 2)
    except (OSError, ValueError, csv.Error) as error:
        raise _unreadable(name) from error
    if tuple(head[: len(columns)]) != tuple(columns):
        raise KgError(
            "E-TEST-FILE",
            texts(zh=f"{name}:首列須以 {','.join(columns)} 開頭。", en=f"{name}: the first line must begin with {','.join(columns)}."),
            texts(zh="請依查詢之欄位排列。", en="Put the columns in the order of the query's."),
        )  # fmt: skip
    return [tuple(row[: len(columns)]) for row in rows]


def _expected_file(inputs: Inputs, name: str) -> Path:
    """A regular file inside the project; anything else might never end, or is nobody's business."""
    try:
        path = (inputs.project.root / name).resolve()
        if path.is_relative_to(inputs.project.root) and path.is_file() and path.stat().st_size <= _MOST_EXPECTED:
            return path
    except (OSError, ValueError) as error:
        raise _unreadable(name) from error
    raise _unreadable(name)


def _unreadable(name: str) -> KgError:
    return KgError(
        "E-TEST-FILE",
        texts(zh=f"{name}:無法讀取。", en=f"{name}: cannot be read."),
        texts(zh="請給專案中之 CSV 檔(UTF-8)。", en="Give a CSV file (UTF-8) of the project."),
    )


def _cell(inputs: Inputs, cell: str) -> str:
    prefix, colon, _ = cell.partition(":")
    return (inputs.curies.expand(cell) or cell) if colon and prefix in inputs.curies.prefixes else cell
