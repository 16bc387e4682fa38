"""A named query: parameters to terms, terms bound, rows out.

A value becomes a term of its declared type and is bound by one VALUES row at the start of the outermost group; it is
never pasted into the text (Source: SPARQL 1.1 Query §10.2). pyoxigraph's own `substitutions=` fails for variables that
are not projected, so it is not used.
"""

from __future__ import annotations

import datetime
import heapq
import itertools
import os.path
import re
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog import NamedQuery, Param, ParamType
from kgtool.catalog.specs import within
from kgtool.catalog.text import where_brace, without_head
from kgtool.engine import Answer, Queryable, Solutions
from kgtool.errors import QueryError, Texts, UsageError, did_you_mean, texts
from kgtool.late import closest, late
from kgtool.terms import RDF, RDFS, SKOS, XSD
from kgtool.write.curie import Curies
from kgtool.write.results import n3

Term = ox.NamedNode | ox.Literal
# What a parameter is bound to: one term, or those of a parameter that takes many.
Bound = Term | tuple[Term, ...]
# What a user gave for a parameter: a text, or several.
Given = Mapping[str, str | Sequence[str]]
_MOST_VALUES = 100
_LONGEST_SLIP = 500  # what is longer is no slip of the pen, and comparing it takes long
# What a text that names something by its label, or something of a class, is looked up with.
LOOKED_UP = frozenset({RDF + "type", RDFS + "subClassOf", SKOS + "prefLabel", SKOS + "altLabel", RDFS + "label"})
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = late(r"[+-]?[0-9]{1,18}(\.[0-9]{1,18})?")
_LANG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")
_UNSAFE = late(r"[\ud800-\udfff]")


class ParamError(UsageError):
    """A parameter that is unknown, missing or wrong.

    Attributes:
        parameter: its name, as it was given.
        value: the text that is wrong, None where the parameter itself is.
        allowed: values (or names of parameters) that are possible, where there is a list; not the members of a class.
        nearest: the one that is meant, most likely; "" when none is near.
    """

    parameter = ""
    value: str | None = None
    allowed: tuple[str, ...] = ()
    nearest = ""


class Binder(Struct, frozen=True):
    """What is needed to turn a user's text into a term: the project's prefixes, today, and the store to look names up.

    Attributes:
        suggests: whether an error names what may have been meant, which takes 0.1 s in a class of 10,000.
    """

    curies: Curies
    today: datetime.date
    store: Queryable
    suggests: bool = True

    def bind(self, query: NamedQuery, given: Given) -> dict[str, Bound]:
        """Texts to terms, defaults filled in; an optional parameter without a value is left out.

        A parameter that takes many gives a tuple, of one term too: each value once, in the order given, 100 at most.

        Raises:
            UsageError: an unknown, missing or ill-typed parameter; the message names it and gives an example.
        """
        for name in given:
            if name not in query.params:
                raise _unknown(query, name)
        out: dict[str, Bound] = {}
        for name, param in query.params.items():
            said = given.get(name, () if param.default is None else param.default)
            values = (said,) if isinstance(said, str) else tuple(said)
            if len(values) > (_MOST_VALUES if param.many else 1):
                raise _usage(param, _too_many(param))
            if not values and param.required:
                raise _usage(param, texts(zh="必須提供", en="is required"))
            terms = tuple(dict.fromkeys(self.term(param, value) for value in values))
            if terms:
                out[name] = terms if param.many else terms[0]
        return out

    def term(self, param: Param, value: str) -> Term:
        """One text as a term of the parameter's type.

        Raises:
            UsageError: the text is not of that type, not an allowed value, out of bounds, or names nothing of the
                parameter's class.
        """
        if param.values and value not in param.values:
            listed = texts(zh=f"須為 {'、'.join(param.values)} 之一", en=f"must be one of {', '.join(param.values)}")
            raise _usage(param, listed, value, closest(value[:80], param.values))
        if not value.isprintable() and ("\x00" in value or _UNSAFE.search(value)):
            raise _usage(param, texts(zh="含有不能使用的字元", en="holds a character that no RDF term may hold"), value)
        if param.type is ParamType.IRI:
            return self._iri(param, value)
        literal = _literal(param, value, self.today)
        if not within(param, literal.value):
            raise _usage(param, _out_of_bounds(param), value)
        return literal

    def _iri(self, param: Param, value: str) -> ox.NamedNode:
        iri = self.curies.expand(value)
        try:
            node = ox.NamedNode(iri) if iri else self._by_label(param, value)
        except ValueError as error:
            raise _usage(param, texts(zh=f"「{value}」不是正確的 IRI", en=f"'{value}' is not an IRI"), value) from error
        if param.cls and not self._is_a(node, param.cls):
            raise self._no_such(param, value, node)
        return node

    def _by_label(self, param: Param, value: str) -> ox.NamedNode:
        """The one resource (of the parameter's class) that bears this label in any language."""
        kind = f"?x a/<{RDFS}subClassOf>* <{self.curies.expand(param.cls)}> ." if param.cls else ""
        found = self._rows(
            f"SELECT DISTINCT ?x WHERE {{ VALUES ?wanted {{ {n3(ox.Literal(value))} }} "
            f"?x <{SKOS}prefLabel>|<{SKOS}altLabel>|<{RDFS}label> ?l . FILTER(STR(?l) = ?wanted) {kind} }} ORDER BY ?x"
        )
        if len(found) == 1:
            return found[0]
        if found:
            which = ", ".join(self.curies.short(node.value) for node in found[:5])
            raise _usage(
                param,
                texts(zh=f"「{value}」可指多個資源:{which}", en=f"'{value}' names more than one resource: {which}"),
                value,
            )
        raise _usage(
            param,
            texts(
                zh=f"「{value}」不是 IRI、前綴名稱或已知名稱", en=f"'{value}' is no IRI, prefixed name or known label"
            ),
            value,
        )

    def _is_a(self, node: ox.NamedNode, cls: str) -> bool:
        answer = self.store.query(f"ASK {{ {node} a/<{RDFS}subClassOf>* <{self.curies.expand(cls)}> }}", {})
        return answer is True

    def _no_such(self, param: Param, value: str, node: ox.NamedNode) -> UsageError:
        message = texts(zh=f"資料中沒有 {param.cls}「{value}」", en=f"the data has no {param.cls} '{value}'")
        if not self.suggests:
            return _usage(param, message, value)
        known = [found.value for found in self._rows(
            f"SELECT DISTINCT ?x WHERE {{ ?x a/<{RDFS}subClassOf>* <{self.curies.expand(param.cls)}> . FILTER(isIRI(?x)) }} ORDER BY ?x"
        )]  # fmt: skip
        near = _nearest(node.value, known)
        return _usage(param, message, value, self.curies.short(near) if near else "")

    def _rows(self, text: str) -> list[ox.NamedNode]:
        answer = self.store.query(text, {})
        if not isinstance(answer, Solutions):
            return []
        return [row[0] for row in answer.rows if isinstance(row[0], ox.NamedNode)]


def bound_text(query: NamedQuery, terms: Mapping[str, Bound]) -> str:
    """The query's text with one VALUES row that binds the parameters, and a VALUES block for each that takes many.

    The header is left out, line numbers stay as they were. Two blocks of n and m values give the rows of all n × m pairs.

    Raises:
        QueryError: the query has no group that could take the row.
    """
    text = without_head(query.text)
    if not terms:
        return text
    brace = where_brace(text)
    if brace < 0:
        raise QueryError(
            "E-QUERY-BIND",
            texts(
                zh=f"查詢 {query.name} 沒有可綁定參數的 WHERE 群組。",
                en=f"query {query.name} has no WHERE group to bind parameters in.",
            ),
            texts(zh="請寫出 WHERE { … }。", en="Write the query with WHERE { … }."),
        )
    single = {name: term for name, term in terms.items() if not isinstance(term, tuple)}
    blocks = [
        f"VALUES ?{name} {{ {' '.join(map(n3, term))} }}" for name, term in terms.items() if isinstance(term, tuple)
    ]
    if single:
        names = " ".join(f"?{name}" for name in single)
        blocks.insert(0, f"VALUES ({names}) {{ ({' '.join(map(n3, single.values()))}) }}")
    return f"{text[:brace]} {' '.join(blocks)} {text[brace:]}"


def run(query: NamedQuery, terms: Mapping[str, Bound], store: Queryable, prefixes: Mapping[str, str]) -> Answer:
    """Run a named query with bound parameters, over a `QueryRunner` wherever the file may be somebody else's.

    Raises:
        QueryError: the text does not parse, evaluation failed, or the runner stopped it.
    """
    return store.query(bound_text(query, terms), prefixes)


def _literal(param: Param, value: str, today: datetime.date) -> ox.Literal:
    kind = param.type
    if kind is ParamType.STRING:
        return ox.Literal(value)
    if kind is ParamType.LANG and _LANG.fullmatch(value):
        return ox.Literal(value)
    if kind in {ParamType.INTEGER, ParamType.YEAR} and _INTEGER.fullmatch(value):
        return ox.Literal(value, datatype=ox.NamedNode(XSD + "integer"))
    if kind is ParamType.DECIMAL and _DECIMAL.fullmatch(value):
        return ox.Literal(value, datatype=ox.NamedNode(XSD + "decimal"))
    if kind is ParamType.BOOLEAN and value in {"true", "false"}:
        return ox.Literal(value, datatype=ox.NamedNode(XSD + "boolean"))
    if kind is ParamType.DATE:
        day = today.isoformat() if value == "today" else value
        if _is_day(day):
            return ox.Literal(day, datatype=ox.NamedNode(XSD + "date"))
    raise _usage(param, texts(zh=f"「{value}」不是 {kind}", en=f"'{value}' is not of type {kind}"), value)


def _is_day(value: str) -> bool:
    try:
        return datetime.date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _nearest(iri: str, known: Sequence[str]) -> str:
    """The IRI of `known` that is most like another, compared without what all begin with; "" when none is.

    Cost: about 5 µs each to find the 100 that share most pairs of letters, and 20 µs for each of those.
    """
    start = len(os.path.commonprefix([iri, *known]))  # noqa: RUF071 - letters, not folders
    if len(iri) > start + _LONGEST_SLIP:
        return ""
    wanted = set(itertools.pairwise(iri[start:]))
    ranked = heapq.nsmallest(
        100, ((-len(wanted.intersection(itertools.pairwise(k[start:]))), k[start:]) for k in known)
    )
    rest = closest(iri[start:], [rest for _, rest in ranked])
    return iri[:start] + rest if rest else ""


def _too_many(param: Param) -> Texts:
    if param.many:
        return texts(zh=f"至多 {_MOST_VALUES} 個值", en=f"takes at most {_MOST_VALUES} values")
    return texts(zh="只能有一個值", en="takes one value")


def _out_of_bounds(param: Param) -> Texts:
    if param.least is None:
        return texts(zh=f"不得大於 {param.most}", en=f"must be at most {param.most}")
    if param.most is None:
        return texts(zh=f"不得小於 {param.least}", en=f"must be at least {param.least}")
    return texts(zh=f"須介於 {param.least} 與 {param.most}", en=f"must be between {param.least} and {param.most}")


def _usage(param: Param, what: Texts, value: str | None = None, near: str = "") -> ParamError:
    hint = texts(zh="`kgtool query 名稱 --help` 說明各參數。", en="`kgtool query NAME --help` explains the parameters.")
    if param.example:
        hint = texts(
            zh=f"例如:--param {param.name}={param.example}", en=f"Example: --param {param.name}={param.example}"
        )
    error = ParamError(
        "E-PARAM",
        texts(zh=f"參數「{param.name}」{what['zh-Hant']}。", en=f"parameter '{param.name}': {what['en']}."),
        did_you_mean(near) or hint,
    )
    error.parameter, error.value, error.allowed, error.nearest = param.name, value, param.values, near
    return error


def _unknown(query: NamedQuery, name: str) -> ParamError:
    known = list(query.params)
    near = closest(name, known)
    listed = ", ".join(known) or "-"
    hint = did_you_mean(near) or texts(zh=f"可用參數:{listed}", en=f"Parameters: {listed}")
    error = ParamError(
        "E-PARAM-UNKNOWN",
        texts(zh=f"查詢 {query.name} 沒有參數「{name}」。", en=f"query {query.name} has no parameter '{name}'."),
        hint,
    )
    error.parameter, error.allowed, error.nearest = name, tuple(known), near
    return error
