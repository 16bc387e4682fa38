"""An answer in one of its forms: JSON for programs, the SPARQL result formats, RDF for what CONSTRUCT builds.

Sources: SPARQL 1.1 Query Results JSON, XML, CSV and TSV; RFC 4180 for the CSV.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog import ColumnType, NamedQuery
from kgtool.engine import Triples
from kgtool.lang import pick
from kgtool.serve.api.call import Call
from kgtool.serve.api.cells import cell
from kgtool.serve.api.order import Row
from kgtool.serve.layers import JSONLD, NTRIPLES, RDFXML, TRIPLE_FORMS
from kgtool.serve.reading import Form
from kgtool.write import results
from kgtool.write.graphs import to_jsonld, to_turtle
from kgtool.write.sheet import MEDIA, to_xlsx
from kgtool.write.syntaxes import to_ntriples, to_rdfxml

JSON = Form("json", "application/json")
SPARQL_JSON = Form("sparql-json", "application/sparql-results+json")
SPARQL_XML = Form("sparql-xml", "application/sparql-results+xml")
CSV = Form("csv", "text/csv")
TSV = Form("tsv", "text/tab-separated-values")
XLSX = Form("xlsx", MEDIA)
# The first is what a client without wishes gets.
TABLES: tuple[Form, ...] = (JSON, CSV, TSV, SPARQL_JSON, SPARQL_XML, XLSX)
BOOLEANS: tuple[Form, ...] = (JSON, SPARQL_JSON, SPARQL_XML)
GRAPHS: tuple[Form, ...] = TRIPLE_FORMS


class Page(Struct, frozen=True):
    """Rows of a table in order, how many there are in all, and the address of the next page, "" when there is none."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    total: int
    after: str = ""


def forms_of(query: NamedQuery) -> tuple[Form, ...]:
    """The forms on offer for a query's answer."""
    return {"SELECT": TABLES, "ASK": BOOLEANS}.get(query.form, GRAPHS)


def table(call: Call, page: Page, form: Form, label: Callable[[str], str], about: Mapping[str, Any]) -> bytes:
    """Rows in a form.

    Raises:
        QueryError: `E-FORMAT`: a character that XML cannot express, a text too long for a spreadsheet.
    """
    if form == JSON:
        return _json(call, page, label, about).encode("utf-8", "surrogatepass")
    if form == XLSX:
        return to_xlsx(page.columns, page.rows)
    writers: Mapping[Form, Callable[[Sequence[str], Sequence[Row]], str]] = {
        CSV: results.to_csv, TSV: results.to_tsv, SPARQL_JSON: results.to_json, SPARQL_XML: results.to_xml,
    }  # fmt: skip
    return writers[form](page.columns, page.rows).encode("utf-8", "surrogatepass")


def boolean(answer: bool, form: Form, about: Mapping[str, Any]) -> str:
    """An ASK's answer as text."""
    if form == JSON:
        return json.dumps({**about, "boolean": answer}, ensure_ascii=False) + "\n"
    return results.boolean_json(answer) if form == SPARQL_JSON else results.boolean_xml(answer)


def graph(answer: Triples, form: Form, prefixes: Mapping[str, str]) -> str:
    """A graph as text.

    Raises:
        QueryError: `E-FORMAT`: RDF/XML has no way to say one of the statements.
    """
    if form == JSONLD:
        return to_jsonld(answer.triples, prefixes)
    if form == NTRIPLES:
        return to_ntriples(answer.triples)
    return to_rdfxml(answer.triples, prefixes) if form == RDFXML else to_turtle(answer.triples, prefixes)


def _json(call: Call, page: Page, label: Callable[[str], str], about: Mapping[str, Any]) -> str:
    query = call.named.query
    kinds = [query.columns.get(name, ColumnType.ANY) for name in page.columns]
    columns = []
    for name, kind in zip(page.columns, kinds, strict=True):
        said = query.column_texts.get(name)
        heading = pick(said.label, call.language) if said else ""
        words = {value: pick(text, call.language) for value, text in said.values.items()} if said else {}
        columns.append({
            "name": name, "type": kind.value, **({"label": heading} if heading else {}),
            **({"words": words} if words else {}),
        })  # fmt: skip
    rows = [
        {name: cell(term, kind, label) for name, kind, term in zip(page.columns, kinds, row, strict=True)}
        for row in page.rows
    ]
    body = {**about, "columns": columns, "rows": rows, "total": page.total, "next": page.after or None}
    return json.dumps(body, ensure_ascii=False) + "\n"


def bound(terms: Mapping[str, Any], query: NamedQuery, label: Callable[[str], str]) -> dict[str, Any]:
    """The parameters as they were understood, defaults included."""
    out: dict[str, Any] = {}
    for name, term in terms.items():
        kind = ColumnType.IRI if isinstance(term, ox.NamedNode) else ColumnType.ANY
        out[name] = [cell(one, kind, label) for one in term] if isinstance(term, tuple) else cell(term, kind, label)
    return out
