"""Forms made from the headers of named queries, and what they offer to choose from."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog import NamedQuery, Param, ParamType
from kgtool.engine import Answer, Solutions
from kgtool.errors import KgError
from kgtool.lang import canonical
from kgtool.named import Binder, run
from kgtool.pages.context import Context
from kgtool.pages.naming import Label, chosen
from kgtool.terms import RDF

_MOST_OPTIONS, _MOST_CHECKS = 400, 12
_SPARE = 3  # empty fields of a parameter that takes many
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Field(Struct, frozen=True):
    """One parameter as a form field.

    Attributes:
        kind: select, checks (some of few), date, number or text.
        values: what is filled in or chosen; several, or with empty ones to fill in, where the parameter takes many.
        options: (value, label) pairs of what may be chosen.
        named: it takes the name of one of too many to choose from.
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
    named: bool = False


def field_of(context: Context, param: Param, values: tuple[str, ...]) -> Field:
    """A parameter as a field, filled in with what was asked for, else with its default."""
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
        param.least or "", param.most or "", bool(param.type is ParamType.IRI and not options),
    )  # fmt: skip


def _options(context: Context, param: Param) -> tuple[tuple[str, Label], ...]:
    """What a form offers: the allowed values, what the parameter's own query finds, else the members of its class."""
    if param.values:
        return tuple((one, worded(param.value_texts.get(one), one, context)) for one in param.values)
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
        answer = answer_of(context, query, {})
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
            found.setdefault(term.value, worded(words.values.get(term.value) if words else None, term.value, context))
    return tuple(found.items()) if len(found) <= _MOST_OPTIONS else ()


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


def worded(texts: Mapping[str, str] | None, plain: str, context: Context) -> Label:
    """Texts by language in the page's, the plain one where there are none."""
    return words_of(texts, context) if texts else Label(plain)


def words_of(texts: Mapping[str, str], context: Context) -> Label:
    """A header's text in the page's language."""
    return chosen({canonical(tag): text for tag, text in texts.items()}, context.language)


def answer_of(context: Context, query: NamedQuery, params: Mapping[str, Sequence[str]]) -> Answer:
    """The answer of a query to texts as a form gives them.

    Raises:
        KgError: a parameter is wrong, or the query fails.
    """
    snapshot = context.view.snapshot
    binder = Binder(snapshot.curies, datetime.date.fromisoformat(context.today), snapshot.lookups)
    return run(query, binder.bind(query, params), snapshot.answers, snapshot.project.prefixes)
