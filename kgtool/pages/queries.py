"""Named queries as forms made from their headers, and their answers as table, matrix and chart."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kgtool.catalog import ColumnText, ColumnType, NamedQuery, Param, ParamType
from kgtool.engine import Answer, Solutions, Triples
from kgtool.errors import KgError
from kgtool.lang import pick
from kgtool.named import Binder, run
from kgtool.pages.context import Context
from kgtool.pages.naming import Label, foreign
from kgtool.pages.view import safe_link
from kgtool.project import Preset
from kgtool.terms import RDF

_MOST_ROWS, _MOST_OPTIONS, _MOST_BARS = 500, 400, 24
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL})


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a form field. `kind` is select, date, number or text; `options` are (value, label) pairs."""

    name: str
    label: Label
    kind: str
    value: str
    required: bool
    example: str
    options: tuple[tuple[str, Label], ...]
    least: str = ""
    most: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a table: its text, the page or the address it leads to."""

    label: Label
    path: str = ""
    link: str = ""
    short: str = ""
    number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """An answer as rows of cells; `total` counts rows that are not shown too."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """Attendance: one row a partner, one column a year; each cell is a word key, "" for nothing stated."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart: (cell, value, share of the largest)."""

    name: str
    rows: tuple[tuple[Cell, str, float], ...]


@dataclass(frozen=True, slots=True)
class QueryPage:
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
    triples: tuple[tuple[Cell, Cell, Cell], ...]
    problem: str
    hint: str


def query_page(context: Context, query: NamedQuery, given: Mapping[str, str], name: str = "") -> QueryPage:
    """The form, and the answer when the required parameters are given.

    Raises nothing for wrong parameters: `problem` names them, as the page does.
    """
    params = {key: value for key, value in given.items() if key in query.params and value != ""}
    complete = all(not p.required or key in params or p.default is not None for key, p in query.params.items())
    answer: Answer | None = None
    problem = hint = ""
    if complete:
        try:
            answer = _run(context, query, params)
        except KgError as error:
            problem, hint = pick(error.message, context.language), pick(error.hint, context.language)
    table = table_of(context, answer, query.column_texts) if isinstance(answer, Solutions) else None
    return QueryPage(
        name or query.name, words_of(query.summary, context), words_of(query.description, context), query.text,
        query.file.name, tuple(_field(context, param, params.get(key, "")) for key, param in query.params.items()),
        tuple(params.items()), answer is not None, table,
        _matrix(context, answer, query) if isinstance(answer, Solutions) else None,
        _bars(table, query, answer.variables) if table and isinstance(answer, Solutions) else None,
        answer if isinstance(answer, bool) else None,
        triples_of(context, answer) if isinstance(answer, Triples) else (), problem, hint,
    )  # fmt: skip


def _run(context: Context, query: NamedQuery, params: Mapping[str, str]) -> Answer:
    snapshot = context.view.snapshot
    terms = Binder(snapshot.curies, datetime.date.fromisoformat(context.today), snapshot.lookups).bind(query, params)
    return run(query, terms, snapshot.answers, snapshot.project.prefixes)


def words_of(texts: Mapping[str, str], context: Context) -> Label:
    """A header's text in the page's language."""
    shown = pick(texts, context.language)
    tag = next((tag for tag, text in texts.items() if text == shown), "")
    return Label(shown, foreign(tag, context.language))


def preset_fields(preset: Preset, given: Mapping[str, str]) -> dict[str, str]:
    """A preset's parameters, what is given in place of them."""
    return {**preset.params, **{key: value for key, value in given.items() if value != ""}}


def _field(context: Context, param: Param, value: str) -> Field:
    label = words_of(param.label, context) if param.label else Label(param.name)
    kinds = {ParamType.DATE: "date", ParamType.YEAR: "number", ParamType.INTEGER: "number"}
    options: tuple[tuple[str, Label], ...] = ()
    if param.values:
        options = tuple((one, _words(param.value_texts.get(one), one, context)) for one in param.values)
    elif param.type is ParamType.BOOLEAN:
        options = (("true", Label(context.words["yes"])), ("false", Label(context.words["no"])))
    elif param.cls:
        options = _members(context, param.cls)
    value = value or (param.default or "")
    if value == "today":
        value = context.today
    kind = "select" if options else kinds.get(param.type, "text")
    if kind == "date" and not _DAY.fullmatch(value):
        value = ""  # a browser shows no other text in a date field; the problem names it
    if kind == "select" and param.type is ParamType.IRI:
        value = context.view.snapshot.curies.short(context.view.snapshot.curies.expand(value) or value) if value else ""
    return Field(
        param.name,
        label,
        kind,
        value,
        param.required,
        param.example or "",
        options,
        param.least or "",
        param.most or "",
    )


def _words(texts: Mapping[str, str] | None, plain: str, context: Context) -> Label:
    return words_of(texts, context) if texts else Label(plain)


def _members(context: Context, cls: str) -> tuple[tuple[str, Label], ...]:
    """Every member of a class and its subclasses as options, by label; none where there are too many to choose from."""
    view = context.view
    iri = view.snapshot.curies.expand(cls)
    top = view.code(iri) if iri else -1

    def make() -> tuple[tuple[str, Label], ...]:
        nodes = dict.fromkeys(
            node for one in view.below(top) for node in view.into(one, RDF + "type") if view.iri(node)
        )
        if len(nodes) > _MOST_OPTIONS:
            return ()
        pairs = [(context.namer.short(node), context.label(node)) for node in nodes]
        return tuple(sorted(pairs, key=lambda pair: (pair[1].text, pair[0])))

    return view.kept(("members", top, context.language), make) if top >= 0 else ()


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
    node = view.code(term.value)
    short = view.snapshot.curies.short(term.value)
    if node >= 0 and view.has_page(node):
        return Cell(context.label(node), view.path(node), short=short)
    return Cell(Label(term.value), link=safe_link(term.value))


def table_of(context: Context, answer: Solutions, texts: Mapping[str, ColumnText] | None = None) -> Table:
    """The first rows as cells, with the header's headings and words where it gives them."""
    told = [(texts or {}).get(name, ColumnText()) for name in answer.variables]
    heads = tuple(_words(text.label, name, context).text for name, text in zip(answer.variables, told, strict=True))
    rows = tuple(
        tuple(_told(context, term, text) for term, text in zip(row, told, strict=True))
        for row in answer.rows[:_MOST_ROWS]
    )
    return Table(heads, rows, len(answer.rows))


def _told(context: Context, term: ox.NamedNode | ox.BlankNode | ox.Literal | None, text: ColumnText) -> Cell:
    words = text.values.get(term.value) if isinstance(term, ox.Literal) else None
    return Cell(words_of(words, context)) if words else cell(context, term)


def triples_of(context: Context, answer: Triples) -> tuple[tuple[Cell, Cell, Cell], ...]:
    """The first triples as cells."""
    return tuple(
        (cell(context, t.subject), cell(context, t.predicate), cell(context, t.object))  # type: ignore[arg-type]
        for t in answer.triples[:_MOST_ROWS]
    )


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
    for row in answer.rows[: _MOST_ROWS * 4]:
        said = next((answer.variables[n] for n in truths if row[n] is not None and row[n].value == "true"), "")  # type: ignore[union-attr]
        table.setdefault(row[0], {})[str(row[1].value) if row[1] is not None else ""] = said
    rows = tuple((cell(context, who), tuple(found.get(year, "") for year in years)) for who, found in table.items())  # type: ignore[arg-type]
    return Matrix(tuple(years), rows)


def _bars(table: Table, query: NamedQuery, names: tuple[str, ...]) -> Bars | None:
    """A chart, where a query has one resource or text first and one number that compares the rows."""
    kinds = [query.columns.get(name) for name in names]
    numbers = [n for n, kind in enumerate(kinds) if kind in _NUMBERS]
    if len(numbers) != 1 or numbers[0] == 0 or not 2 <= len(table.rows) <= _MOST_BARS:
        return None
    values = []
    for row in table.rows:
        try:
            values.append(float(row[numbers[0]].label.text))
        except ValueError:
            return None
    top = max(values)
    if top <= 0 or min(values) < 0 or len(set(values)) == 1:
        return None
    rows = tuple(
        (row[0], row[numbers[0]].label.text, value / top) for row, value in zip(table.rows, values, strict=True)
    )
    return Bars(table.heads[numbers[0]], rows)
