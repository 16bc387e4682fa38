"""Named queries as forms made from their headers, and their answers as table, matrix and chart."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kgtool.catalog import ColumnText, ColumnType, NamedQuery, Param, ParamType
from kgtool.engine import Answer, Solutions, Triples
from kgtool.errors import KgError
from kgtool.lang import canonical
from kgtool.named import Binder, run
from kgtool.pages.context import Context
from kgtool.pages.lists import PAGE, near
from kgtool.pages.naming import Label, chosen, foreign
from kgtool.pages.view import safe_link
from kgtool.project import Preset
from kgtool.terms import RDF

_MOST_CELLS, _MOST_OPTIONS, _MOST_CHECKS, _MOST_BARS = 2000, 400, 12, 24
_SPARE = 3  # empty fields of a parameter that takes many
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_NUMBERS = frozenset({ColumnType.INTEGER, ColumnType.DECIMAL})


@dataclass(frozen=True, slots=True)
class Field:
    """One parameter as a form field.

    Attributes:
        kind: select, checks (some of few), date, number or text.
        values: what is filled in or chosen; several, or with empty ones to fill in, where the parameter takes many.
        options: (value, label) pairs of what may be chosen.
    """

    name: str
    label: Label
    kind: str
    values: tuple[str, ...]
    many: bool
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
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Table:
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


@dataclass(frozen=True, slots=True)
class Matrix:
    """Attendance: one row a partner, one column a year; each cell is a word key, "" for nothing stated."""

    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart: (cell, value, share of the largest)."""

    name: Label
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
            answer = _run(context, query, params)
        except KgError as error:
            problem, hint = words_of(error.message, context), words_of(error.hint, context)
    table = table_of(context, answer, page, query.column_texts) if answer is not None else None
    return QueryPage(
        name or query.name, words_of(query.summary, context), words_of(query.description, context), query.text,
        query.file.name, tuple(_field(context, param, params.get(key, ())) for key, param in query.params.items()),
        tuple((key, value) for key, values in params.items() for value in values), answer is not None, table,
        _matrix(context, answer, query) if isinstance(answer, Solutions) else None,
        _bars(table, query, answer.variables) if table and isinstance(answer, Solutions) else None,
        answer if isinstance(answer, bool) else None,
        problem, hint,
    )  # fmt: skip


def _told(values: Sequence[str]) -> tuple[str, ...]:
    """What was filled in, each once; a field left empty says nothing."""
    return tuple(dict.fromkeys(value for value in values if value != ""))


def _run(context: Context, query: NamedQuery, params: Mapping[str, Sequence[str]]) -> Answer:
    snapshot = context.view.snapshot
    binder = Binder(snapshot.curies, datetime.date.fromisoformat(context.today), snapshot.store)
    return run(query, binder.bind(query, params), snapshot.store, snapshot.project.prefixes)


def words_of(texts: Mapping[str, str], context: Context) -> Label:
    """A header's text in the page's language."""
    return chosen({canonical(tag): text for tag, text in texts.items()}, context.language)


def preset_fields(preset: Preset, given: Mapping[str, Sequence[str]]) -> dict[str, Sequence[str]]:
    """A preset's parameters, what is given in place of them."""
    own = {key: (value,) for key, value in preset.params.items()}
    return {**own, **{key: values for key, values in given.items() if any(values)}}


def _field(context: Context, param: Param, values: tuple[str, ...]) -> Field:
    label = words_of(param.label, context) if param.label else Label(param.name)
    kinds = {ParamType.DATE: "date", ParamType.YEAR: "number", ParamType.INTEGER: "number"}
    options = _options(context, param)
    values = values or ((param.default,) if param.default else ())
    values = tuple(context.today if value == "today" else value for value in values)
    if options and param.type is ParamType.IRI:
        curies = context.view.snapshot.curies
        values = tuple(curies.short(curies.expand(value) or value) for value in values)
    if options:
        # What the query offers is not all that it takes: what was asked for stays chosen.
        known = {value for value, _ in options}
        options += tuple((value, Label(value)) for value in values if value not in known)
        kind = "checks" if param.many and len(options) <= _MOST_CHECKS else "select"
    else:
        kind = kinds.get(param.type, "text")
        if kind == "date":
            # A browser shows no other text in a date field; the problem names it.
            values = tuple(value for value in values if _DAY.fullmatch(value))
        values += ("",) * (_SPARE if param.many else 1 - len(values))
    return Field(
        param.name, label, kind, values, param.many, param.required, param.example or "", options,
        param.least or "", param.most or "",
    )  # fmt: skip


def _options(context: Context, param: Param) -> tuple[tuple[str, Label], ...]:
    """What a form offers: the allowed values, what the parameter's own query finds, else the members of its class."""
    if param.values:
        return tuple((one, _words(param.value_texts.get(one), one, context)) for one in param.values)
    if param.type is ParamType.BOOLEAN:
        return ("true", Label(context.words["yes"])), ("false", Label(context.words["no"]))
    if param.values_query:
        key = ("offers", param.values_query, context.language)
        return context.view.kept(key, lambda: _offers(context, param.values_query))
    return _members(context, param.cls) if param.cls else ()


def _offers(context: Context, name: str) -> tuple[tuple[str, Label], ...]:
    """The first column of a query as options; none where it finds too many, or cannot be run."""
    query = context.view.snapshot.catalog.queries.get(name)
    if query is None:
        return ()
    try:
        answer = _run(context, query, {})
    except KgError:
        return ()
    terms = [row[0] for row in answer.rows] if isinstance(answer, Solutions) else []
    words = query.column_texts.get(answer.variables[0]) if isinstance(answer, Solutions) else None
    found: dict[str, Label] = {}
    for term in terms:
        if isinstance(term, ox.NamedNode):
            node = context.view.code(term.value)
            short = context.view.snapshot.curies.short(term.value)
            found.setdefault(short, context.label(node) if node >= 0 else Label(short))
        elif isinstance(term, ox.Literal):
            found.setdefault(term.value, _words(words.values.get(term.value) if words else None, term.value, context))
    return tuple(found.items()) if len(found) <= _MOST_OPTIONS else ()


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
        heads = tuple(_words(text.label, name, context) for name, text in zip(answer.variables, told, strict=True))
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
