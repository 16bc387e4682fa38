"""CSV files with a CSVW description, so that a program knows what a column is. Values are exact: nothing is defused here.

Sources: RFC 4180; Metadata Vocabulary for Tabular Data §5 (W3C Recommendation 2015).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

from kgtool.export.bundle import Bundle
from kgtool.export.tables import ID, Column, Table, tables
from kgtool.index import Term
from kgtool.terms import RDF, XSD
from kgtool.write.results import plain

# Between the values of a cell; the first that no value of the column contains.
_SEPARATORS = ("|", ";", "¦", "‖", "␟")
# Datatypes that CSVW knows by name. Source: §5.11.1.
_KNOWN = frozenset({
    "anyURI", "boolean", "date", "dateTime", "decimal", "double", "duration", "float", "gDay", "gMonth", "gMonthDay", "gYear",
    "gYearMonth", "integer", "string", "time", "nonNegativeInteger", "positiveInteger", "hexBinary", "base64Binary",
})  # fmt: skip


def csv_files(bundle: Bundle) -> Mapping[str, bytes]:
    """`csv/NAME.csv` a class, and `csv/metadata.json`, which describes them all."""
    out: dict[str, bytes] = {}
    described = []
    for table in tables(bundle):
        separators = [_separator(table, number) for number in range(len(table.columns))]
        out[f"csv/{table.name}.csv"] = _csv(table, separators)
        described.append(_description(table, separators))
    metadata = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": bundle.languages[0] if bundle.languages else "und"}],
        "tables": described,
    }
    out["csv/metadata.json"] = (json.dumps(metadata, ensure_ascii=False, indent=1) + "\n").encode()
    return out


def _csv(table: Table, separators: list[str]) -> bytes:
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([column.title for column in table.columns])
    for row in table.rows:
        writer.writerow([_cell(values, separator) for values, separator in zip(row, separators, strict=True)])
    return stream.getvalue().encode("utf-8", "surrogatepass")


def _cell(values: Iterable[Term], separator: str) -> str:
    return separator.join(_text(value) for value in values)


def _text(value: Term) -> str:
    return plain(value) if not hasattr(value, "predicate") else str(value)


def _separator(table: Table, number: int) -> str:
    if not table.columns[number].many:
        return ""
    texts = {_text(value) for row in table.rows for value in row[number]}
    return next((mark for mark in _SEPARATORS if not any(mark in text for text in texts)), _SEPARATORS[-1])


def _description(table: Table, separators: list[str]) -> dict[str, Any]:
    columns = [_column(column, mark) for column, mark in zip(table.columns, separators, strict=True)]
    schema: dict[str, Any] = {"columns": columns, "primaryKey": ID, "aboutUrl": f"{{+{ID}}}"}
    out: dict[str, Any] = {"url": f"{table.name}.csv", "dialect": {"lineTerminators": ["\r\n"]}, "tableSchema": schema}
    if table.cls:
        out["dc:subject"] = {"@id": table.cls}
    return out


def _column(column: Column, separator: str) -> dict[str, Any]:
    out: dict[str, Any] = {"name": column.title.replace(".", "_").replace("-", "_"), "titles": column.title}
    kind = column.datatype.removeprefix(XSD)
    if column.datatype.startswith(XSD) and kind in _KNOWN:
        out["datatype"] = kind
    else:
        out["datatype"] = {"base": "string", "@id": column.datatype} if _plain_iri(column.datatype) else "string"
    if len(column.path) == 1:
        out["propertyUrl"] = column.path[0]
    if column.language:
        out["lang"] = column.language
    if separator:
        out["separator"] = separator
    out["required"] = column.title == ID
    return out


def _plain_iri(datatype: str) -> bool:
    return bool(datatype) and not datatype.startswith((XSD, RDF))
