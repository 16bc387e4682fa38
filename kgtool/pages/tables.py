"""Lists, entities and answers as files: CSV and JSON beside every table that a page shows."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence

from msgspec import Struct

from kgtool.engine import Answer, Solutions, Triples
from kgtool.pages.entity import Entity
from kgtool.pages.lists import Row
from kgtool.write.results import boolean_json, boolean_xml, to_csv, to_json, to_tsv, to_xml
from kgtool.write.syntaxes import to_ntriples

# What a spreadsheet would run. Source: OWASP, CSV injection.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class File(Struct, frozen=True):
    """A table as a file."""

    media_type: str
    body: bytes


def table(form: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> File | None:
    """Texts as CSV (a cell that a spreadsheet would run gets an apostrophe) or as a JSON list of objects; else None."""
    if form == "json":
        listed = [dict(zip(heads, row, strict=True)) for row in rows]
        return File("application/json", (json.dumps(listed, ensure_ascii=False, indent=1) + "\n").encode())
    if form != "csv":
        return None
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([[f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in row] for row in rows])
    return File("text/csv; charset=utf-8", stream.getvalue().encode())


def of_rows(form: str, rows: Sequence[Row], iris: Sequence[str]) -> File | None:
    """A list."""
    heads = ("iri", "name", "other_names", "with", "when", "state", "disputed")
    cells = [
        (iri, row.ref.label.text, " · ".join(one.text for one in row.others),
         "; ".join(one.label.text for one in row.aside), row.when, row.state,
         "yes" if row.disputed else "")
        for iri, row in zip(iris, rows, strict=True)
    ]  # fmt: skip
    return table(form, heads, cells)


def of_entity(form: str, made: Entity) -> File | None:
    """An entity's facts, one row a value."""
    rows = [
        (made.iri, fact.name.text, value.label.text, value.note,
         "; ".join(f"{one.source.text} {one.span[0]}-{one.span[1]}" if one.span else f"{one.source.text} {one.place}"
                   for one in fact.evidence))
        for fact in made.facts for value in fact.values
    ]  # fmt: skip
    return table(form, ("iri", "property", "value", "note", "source"), rows)


def of_answer(form: str, answer: Answer) -> File | None:
    """A query's answer in a SPARQL result format; what CONSTRUCT builds as N-Triples. None for an unknown format."""
    if isinstance(answer, Triples):
        return File("application/n-triples", to_ntriples(answer.triples).encode())
    if isinstance(answer, Solutions):
        writers = {"csv": (to_csv, "text/csv; charset=utf-8"), "json": (to_json, "application/sparql-results+json"),
                   "tsv": (to_tsv, "text/tab-separated-values; charset=utf-8"),
                   "xml": (to_xml, "application/sparql-results+xml")}  # fmt: skip
        if form not in writers:
            return None
        writer, media = writers[form]
        return File(media, writer(answer.variables, answer.rows).encode())
    if form == "xml":
        return File("application/sparql-results+xml", boolean_xml(answer).encode())
    return File("application/sparql-results+json", boolean_json(answer).encode())
