"""A bundle as tables, one a class: what CSV and XLSX share.

A column holds one property in one language; several values of a cell stand in canonical order. A blank node that only one
row leads to is spread into that row's columns, `hasSelector.start`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.export.bundle import Bundle
from kgtool.index import Term
from kgtool.lang import canonical
from kgtool.terms import RDF, XSD

ID = "id"
_TYPE = RDF + "type"
_DEPTH = 3  # blank nodes within blank nodes that still become columns
_Key = tuple[tuple[str, ...], str]  # properties from the row's resource to the value, and the language


class Column(Struct, frozen=True):
    """One column.

    Attributes:
        title: short and unique in the table: `prefLabel_en`, `party`, `hasSelector.start`.
        path: the property, or several that lead through blank nodes; empty for the resource itself.
        language: canonical tag, "" where values have none.
        datatype: what all values are: a datatype's IRI, `""` where they differ; xsd:anyURI for references.
        many: whether any cell has more than one value.
    """

    title: str
    path: tuple[str, ...]
    language: str
    datatype: str
    many: bool


class Table(Struct, frozen=True):
    """Resources of one class: a row each, a tuple of values a cell, in the order of the columns."""

    name: str
    cls: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Term, ...], ...], ...]


def tables(bundle: Bundle) -> tuple[Table, ...]:
    """One table a class, by name; names are unique. Cost: linear."""
    out: list[Table] = []
    taken: set[str] = set()
    for cls, nodes in bundle.classes.items():
        resources = [node for node in nodes if isinstance(node, ox.NamedNode)]
        if resources:
            name = _unique(_local(cls) or "Untyped", taken)
            out.append(_table(bundle, name, cls, resources))
    return tuple(out)


def _table(bundle: Bundle, name: str, cls: str, nodes: list[ox.NamedNode]) -> Table:
    cells = [_cells(bundle, node) for node in nodes]
    keys = sorted({key for row in cells for key in row}, key=lambda key: (_order(key), key))
    taken = {ID}
    columns = [Column(ID, (), "", XSD + "anyURI", many=False)]
    for key in keys:
        path, language = key
        values = [row[key] for row in cells if key in row]
        kinds = {_kind(value) for cell in values for value in cell}
        title = _unique(".".join(map(_local, path)) + (f"_{language}" if language else ""), taken)
        columns.append(
            Column(title, path, language, kinds.pop() if len(kinds) == 1 else "", any(len(cell) > 1 for cell in values))
        )
    rows = tuple(((node,), *(row.get(key, ()) for key in keys)) for node, row in zip(nodes, cells, strict=True))
    return Table(name, cls, tuple(columns), rows)


def _cells(bundle: Bundle, node: ox.NamedNode) -> dict[_Key, tuple[Term, ...]]:
    out: dict[_Key, tuple[Term, ...]] = {}
    for path, value in _values(bundle, node, ()):
        language = canonical(value.language) if isinstance(value, ox.Literal) and value.language else ""
        out[path, language] = (*out.get((path, language), ()), value)
    return out


def _values(bundle: Bundle, node: object, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Term]]:
    for predicate, values in bundle.about.get(node, {}).items():
        for value in values:
            here = (*path, predicate)
            if isinstance(value, ox.BlankNode) and len(path) < _DEPTH:
                yield from _values(bundle, value, here)
            elif predicate != _TYPE or not path:
                yield here, value


def _order(key: _Key) -> int:
    """The type and names first, notes and evidence behind."""
    local = _local(key[0][0])
    first = ("type", "prefLabel", "title", "altLabel")
    return first.index(local) if local in first else 4 if local not in {"summary", "editorialNote", "evidence"} else 5


def _kind(value: Term) -> str:
    return value.datatype.value if isinstance(value, ox.Literal) else XSD + "anyURI"


def _local(iri: str) -> str:
    cut = max(iri.rfind("/"), iri.rfind("#"), iri.rfind(":"))
    return "".join(character if character.isalnum() or character in "_-" else "_" for character in iri[cut + 1 :])


def _unique(name: str, taken: set[str]) -> str:
    """The name, numbered where another differs from it in case at most: spreadsheets and some disks see no case."""
    candidate, number = name, 2
    while candidate.casefold() in taken:
        candidate, number = f"{name}_{number}", number + 1
    taken.add(candidate.casefold())
    return candidate
