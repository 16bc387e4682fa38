"""Named queries as forms made from their headers, and their answers as table, matrix and chart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog import ColumnText, ColumnType, NamedQuery
from kgtool.engine import Answer, Solutions, Triples
from kgtool.errors import KgError
from kgtool.pages.context import Context
from kgtool.pages.forms import Field, answer_of, field_of, worded, words_of
from kgtool.pages.naming import Label, foreign
from kgtool.pages.paging import PAGE, near
from kgtool.pages.view import safe_link
from kgtool.project import Preset

_MOST_CELLS, _MOST_BARS = 2000, 24
_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL})


class Cell(Struct, frozen=True):
    """One value of a table: its text, the page or the address it leads to."""

    label: Label
    path: str = ""
    link: str = ""
    short: str = ""
    number: bool = False
    worded: bool = False


class Table(Struct, frozen=True):
    """One page of an answer as rows of cells; `total` counts all rows."""

    heads: tuple[Label, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int
    page: int
    pages: int

    @property
    def near(self) -> tuple[int, ...]:
        """Pages to offer; 0 is a gap."""
        return near(self.page, self.pages)


class Matrix(Struct, frozen=True):
    """Attendance: one row a partner, one column a year; each cell is a word key, "" for nothing stated."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, tuple[str, ...]], ...]


class Bars(Struct, frozen=True):
    """A chart: (cell, value, share of the largest)."""

    name: Label
    rows: tuple[tuple[Cell, str, float], ...]


class QueryPage(Struct, frozen=True):
    """A query's page. `params` are what it ran with; `problem` is what is wrong with them."""

    name: str
    summary: Label
    description: Label
    text: str
    file: str
    fields: tuple[Field, ...]
    params: tuple[tuple[str, str], ...]
    ran: bool
    table: Table | None
    matrix: Matrix | None
    bars: Bars | None
    answer: bool | None
    problem: Label
    hint: Label


def query_page(
    context: Context, query: NamedQuery, given: Mapping[str, Sequence[str]], name: str = "", page: int = 1
) -> QueryPage:
    """The form, and a page of the answer when the required parameters are given.

    Raises nothing for wrong parameters: `problem` names them, as the page does.
    """
    params = {key: values for key, values in ((key, _told(given.get(key, ()))) for key in query.params) if values}
    complete = all(not p.required or key in params or p.default is not None for key, p in query.params.items())
    answer: Answer | None = None
    problem = hint = Label("")
    if complete:
        try:
            answer = answer_of(context, query, params)
        except KgError as error:
            problem, hint = words_of(error.message, context), words_of(error.hint, context)
    table = table_of(context, answer, page, query.column_texts) if answer is not None else None
    return QueryPage(
        name or query.name, words_of(query.summary, context), words_of(query.description, context), query.text,
        query.file.name, tuple(field_of(context, param, params.get(key, ())) for key, param in query.params.items()),
        tuple((key, value) for key, values in params.items() for value in values), answer is not None, table,
        _matrix(context, answer, query) if isinstance(answer, Solutions) else None,
        _bars(table, query, answer.variables) if table and isinstance(answer, Solutions) else None,
        answer if isinstance(answer, bool) else None,
        problem, hint,
    )  # fmt: skip


def _told(values: Sequence[str]) -> tuple[str, ...]:
    """What was filled in, each once; a field left empty says nothing."""
    return tuple(dict.fromkeys(value for value in values if value != ""))


def preset_fields(preset: Preset, given: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """A preset's parameters, what is given in place of them."""
    own = {key: (value,) for key, value in preset.params.items()}
    return {**own, **{key: values for key, values in given.items() if any(values)}}


def cell(context: Context, term: ox.NamedNode | ox.BlankNode | ox.Literal | None) -> Cell:
    """A term of an answer: labels beside IRIs, links only to pages and http addresses."""
    if term is None:
        return Cell(Label(""))
    view = context.view
    if isinstance(term, ox.Literal):
        number = term.datatype.value.rsplit("#", 1)[-1] in {"integer", "decimal", "double"}
        text = (
            context.words[term.value]
            if term.datatype.value.endswith("#boolean") and term.value in {"true", "false"}
            else term.value
        )
        return Cell(
            Label(text, foreign(term.language or "", context.language)), link=safe_link(term.value), number=number
        )
    if isinstance(term, ox.BlankNode):
        return Cell(Label(f"_:{term.value[:8]}"))
    node = view.find(term.value)
    short = view.snapshot.curies.short(term.value)
    if node >= 0 and view.has_page(node):
        return Cell(context.label(node), view.path(node), short=short)
    return Cell(Label(term.value), link=safe_link(term.value))


def page_asked(params: Mapping[str, str]) -> int:
    """The page of an answer that a request asks for, 1 for anything else."""
    number = params.get("page", "")
    return int(number) if number.isascii() and number.isdigit() and len(number) < 6 else 1


def table_of(
    context: Context, answer: Answer, page: int = 1, texts: Mapping[str, ColumnText] | None = None
) -> Table | None:
    """A page of the rows as cells, with the header's headings and words where it gives them; None for a yes or no."""
    if isinstance(answer, bool):
        return None
    every: Sequence[tuple[Any, ...]]
    if isinstance(answer, Triples):
        every = [(one.subject, one.predicate, one.object) for one in answer.triples]
        told = [ColumnText()] * 3
        heads = tuple(Label(context.words[key]) for key in ("subject", "property", "value"))
    else:
        every = answer.rows
        told = [(texts or {}).get(name, ColumnText()) for name in answer.variables]
        heads = tuple(worded(text.label, name, context) for name, text in zip(answer.variables, told, strict=True))
    pages = max(1, -(-len(every) // PAGE))
    page = min(max(1, page), pages)
    rows = tuple(
        tuple(_worded(context, term, text) for term, text in zip(row, told, strict=True))
        for row in every[(page - 1) * PAGE : page * PAGE]
    )
    return Table(heads, rows, len(every), page, pages)


def _worded(context: Context, term: ox.NamedNode | ox.BlankNode | ox.Literal | None, text: ColumnText) -> Cell:
    words = text.values.get(term.value) if isinstance(term, ox.Literal) else None
    return Cell(words_of(words, context), worded=True) if words else cell(context, term)


def _matrix(context: Context, answer: Solutions, query: NamedQuery) -> Matrix | None:
    """Partners by year, where a query has exactly one resource, one year and truth values for columns."""
    kinds = [query.columns.get(name) for name in answer.variables]
    truths = [n for n, kind in enumerate(kinds) if kind is ColumnType.BOOLEAN]
    if (
        kinds[:2] != [ColumnType.IRI, ColumnType.INTEGER]
        or len(truths) != len(kinds) - 2
        or not truths
        or not answer.rows
    ):
        return None
    years = sorted({str(row[1].value) for row in answer.rows if row[1] is not None})
    table: dict[object, dict[str, str]] = {}
    for row in answer.rows[:_MOST_CELLS]:
        said = next((answer.variables[n] for n in truths if row[n] is not None and row[n].value == "true"), "")  # type: ignore[union-attr]
        table.setdefault(row[0], {})[str(row[1].value) if row[1] is not None else ""] = said
    rows = tuple((cell(context, who), tuple(found.get(year, "") for year in years)) for who, found in table.items())  # type: ignore[arg-type]
    return Matrix(tuple(years), rows)


def _bars(table: Table, query: NamedQuery, names: tuple[str, ...]) -> Bars | None:
    """A chart, where a query has one resource or text first and one number that compares the rows."""
    kinds = [query.columns.get(name) for name in names]
    numbers = [n for n, kind in enumerate(kinds) if kind in _NUMBERS]
    if len(numbers) != 1 or numbers[0] == 0 or not 2 <= table.total <= _MOST_BARS:
        return None
    values = []
    for row in table.rows:
        try:
            values.append(float(row[numbers[0]].label.text))
        except ValueError:
            return None
    top = max(values, default=0)
    if top <= 0 or min(values) < 0 or len(set(values)) == 1:
        return None
    rows = tuple(
        (row[0], row[numbers[0]].label.text, value / top) for row, value in zip(table.rows, values, strict=True)
    )
    return Bars(table.heads[numbers[0]], rows)
