"""Spreadsheets: a sheet a class, or one for a query's answer. The only module that imports openpyxl.

A cell never becomes a formula: text is stored as text and marked with the quote prefix, so that it stays text when a person
edits it. The archive has no clock and no compression in it, so equal data gives equal bytes.
Source: ECMA-376-1 §18.3.1.4 (c), §18.8.45 (xf, quotePrefix).
"""

from __future__ import annotations

import datetime
import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Font
from openpyxl.xml.functions import tostring

from kgtool.export.bundle import Bundle
from kgtool.export.tables import Table, tables
from kgtool.index import Term
from kgtool.terms import XSD
from kgtool.write.results import plain

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_LONGEST_CELL = 32_767
_LONGEST_SHEET = 31
_NO_SHEET = re.compile(r"[\[\]:*?/\\]")
_CORE = "docProps/core.xml"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def workbook(bundle: Bundle) -> Mapping[str, bytes]:
    """`data.xlsx`: a sheet a class."""
    found = tables(bundle)
    day = bundle.snapshot.today
    return {"data.xlsx": spreadsheet([(table.name, _rows(table)) for table in found], day)}


def answer_sheet(variables: Sequence[str], rows: Iterable[Sequence[Term | None]], day: datetime.date) -> bytes:
    """A query's answer as a spreadsheet of one sheet: IRIs in full, whole numbers as numbers, anything else as text."""
    values = ([cell_value(term) for term in row] for row in rows)
    return spreadsheet([("result", (list(variables), *values))], day)


def _rows(table: Table) -> Iterable[Sequence[object]]:
    yield [column.title for column in table.columns]
    for row in table.rows:
        yield [_joined(values) for values in row]


def _joined(values: Sequence[Term]) -> object:
    if len(values) == 1:
        return cell_value(values[0])
    return "\n".join(str(cell_value(value)) for value in values)


def cell_value(term: Term | None) -> object:
    """A term as a cell holds it: whole numbers that a spreadsheet keeps exactly as numbers, anything else as text."""
    if term is None:
        return ""
    if hasattr(term, "predicate"):
        return str(term)
    text = plain(term)
    kind = getattr(getattr(term, "datatype", None), "value", "")
    return int(text) if kind == XSD + "integer" and _INTEGER.fullmatch(text) else text


def spreadsheet(sheets: Iterable[tuple[str, Iterable[Sequence[object]]]], day: datetime.date) -> bytes:
    """Sheets by name, each a header row and rows of texts and numbers, as an XLSX file.

    Args:
        day: what the file says it was made on.
    Cost: about 10 µs a cell. Texts beyond 32,767 characters are cut with `…`, controls become U+FFFD.
    """
    book = openpyxl.Workbook(write_only=True)
    taken: set[str] = set()
    for name, rows in sheets:
        sheet = book.create_sheet(_sheet_name(name, taken))
        sheet.freeze_panes = "B2"
        for number, row in enumerate(rows):
            sheet.append([_cell(sheet, value, header=number == 0) for value in row])
    if not taken:
        book.create_sheet("-")
    stream = io.BytesIO()
    book.save(stream)
    return _settled(stream.getvalue(), day)


def _cell(sheet: Any, value: object, *, header: bool) -> Any:
    cell = WriteOnlyCell(sheet)
    if isinstance(value, int):
        cell.value = value
        return cell
    text = ILLEGAL_CHARACTERS_RE.sub("\ufffd", str(value))
    if len(text) > _LONGEST_CELL:
        text = text[: _LONGEST_CELL - 1] + "…"
    cell.value = text
    cell.data_type = "s"  # what openpyxl takes for a formula or an error by its first sign is text here
    if text.startswith(_FORMULA):
        cell.quotePrefix = True
    if header:
        cell.font = Font(bold=True)
    return cell


def _sheet_name(name: str, taken: set[str]) -> str:
    stem = _NO_SHEET.sub("_", name)[:_LONGEST_SHEET].strip("'") or "-"
    candidate, number = stem, 2
    while candidate.casefold() in taken:
        ending = f"_{number}"
        candidate, number = stem[: _LONGEST_SHEET - len(ending)] + ending, number + 1
    taken.add(candidate.casefold())
    return candidate


def _settled(data: bytes, day: datetime.date) -> bytes:
    """The same archive with fixed times in it, stored: what compresses differs between builds of zlib."""
    moment = datetime.datetime(day.year, day.month, day.day, tzinfo=datetime.UTC).replace(tzinfo=None)
    properties = DocumentProperties(creator="kgtool", created=moment, modified=moment)
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as after:
        for name in sorted(before.namelist()):
            content = tostring(properties.to_tree()) if name == _CORE else before.read(name)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.external_attr, info.create_system = 0o644 << 16, 3
            after.writestr(info, content)
    return stream.getvalue()
