"""Tests of single values as SPARQL expressions that are true when a value is right; an error counts as wrong.

The operators of engines go beyond SPARQL 1.1 §17.3 in different ways (Oxigraph orders strings with a language, Virtuoso
finds an IRI less than 2), so an order is asked for only between literals whose datatypes and forms allow it.
Source: SHACL §4.1, §4.3, §4.4, §4.8.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.shacl import plan, xsd
from kgtool.shacl.compile.lexical import INTEGERS, ZONED, matches, well_typed
from kgtool.shacl.compile.model import CompileError, Dialect
from kgtool.shacl.compile.text import literal
from kgtool.shacl.moments import MOMENTS, moment, whole
from kgtool.shacl.plan import Term
from kgtool.terms import RDF, XSD

_NUMBERS = ("integer", "decimal", "double", "float")
# The two durations that XPath orders (xsd:duration has no order), and the moments that every engine does.
_DURATIONS = frozenset({"yearMonthDuration", "dayTimeDuration"})
_DATES = frozenset({"date", "dateTime"})
# Datatypes whose literals Virtuoso stores by value, besides integers.
_CHANGED = frozenset({"boolean", "decimal", "double", "float"})
ValueTest = plan.Datatype | plan.NodeKind | plan.Range | plan.Length | plan.Pattern | plan.LanguageIn | plan.In


def right(test: ValueTest, value: str, dialect: Dialect = Dialect.STANDARD) -> str:
    """The expression for a value (a variable).

    Raises:
        CompileError: engines would not agree on it.
    """
    if isinstance(test, plan.Datatype):
        if test.iri.removeprefix(XSD) in INTEGERS:
            raise CompileError(
                zh=f"引擎將 {test.iri} 存為 xsd:integer", en=f"engines keep a literal of {test.iri} as an xsd:integer"
            )
        if dialect is Dialect.VIRTUOSO and test.iri == XSD + "boolean":
            raise CompileError(zh="Virtuoso 將布林值存為整數", en="Virtuoso keeps booleans as integers")
        return _datatype(test.iri, value)
    if isinstance(test, plan.NodeKind):
        kinds = (("isIRI", test.iri), ("isBlank", test.blank), ("isLiteral", test.literal))
        return " || ".join(f"{name}({value})" for name, wanted in kinds if wanted)
    if isinstance(test, plan.Range):
        return _range(test, value, dialect)
    if isinstance(test, plan.Length):
        size = f"STRLEN(STR({value}))"
        return f"!isBlank({value}) && " + (f"{size} >= {test.least}" if test.most < 0 else f"{size} <= {test.most}")
    if isinstance(test, plan.Pattern):
        if dialect is Dialect.VIRTUOSO and not test.regex.isascii():
            raise CompileError(
                zh="Virtuoso 之 REGEX 不依字元比對非 ASCII 樣式",
                en="Virtuoso's REGEX does not match a pattern outside ASCII by characters",
            )
        flags = f", {literal(test.flags)}" if test.flags else ""
        return f"!isBlank({value}) && REGEX(STR({value}), {literal(test.regex)}{flags})"
    if isinstance(test, plan.LanguageIn):
        return _languages(test.ranges, value)
    return one_of(test.members, value, dialect)


def one_of(terms: Iterable[Term], value: str, dialect: Dialect = Dialect.STANDARD) -> str:
    """Whether a value is one of these terms, as terms and not by value.

    Raises:
        CompileError: a blank node of the shapes names no node of the data behind an endpoint.
    """
    iris: list[str] = []
    texts: defaultdict[str, list[str]] = defaultdict(list)
    said: list[str] = []
    for term in terms:
        if isinstance(term, ox.BlankNode):
            raise CompileError(zh="空白節點無法在查詢中指稱", en="a blank node cannot be named in a query")
        if isinstance(term, ox.NamedNode):
            iris.append(str(term))
        elif term.language:
            texts[f'LCASE(LANG({value})) = "{term.language.lower()}"'].append(literal(term.value))
        else:
            iri = term.datatype.value
            if dialect is Dialect.VIRTUOSO:
                _check_kept(term)
            elif iri != XSD + "string":  # whatever form the engine keeps of the same literal
                said.append(f"sameTerm({value}, {term})")
            texts[_datatype(iri, value, form=False)].append(literal(term.value))
    if iris:
        said.append(f"(isIRI({value}) && {value} IN ({', '.join(iris)}))")
    said += [f"(isLiteral({value}) && {kind} && STR({value}) IN ({', '.join(found)}))" for kind, found in texts.items()]
    return " || ".join(said) if said else "false"


def _check_kept(term: ox.Literal) -> None:
    """Raises CompileError for a literal that Virtuoso keeps as another one, or cannot read in a query."""
    name = term.datatype.value.removeprefix(XSD)
    changed = name in INTEGERS or name in _CHANGED
    if (
        changed
        or not xsd.well_typed(term.value, term.datatype.value)
        or (name == "integer" and str(whole(term.value)) != term.value)
    ):
        raise CompileError(zh=f"Virtuoso 不照原樣保存 {term}", en=f"Virtuoso does not keep {term} as it is")


def _datatype(iri: str, value: str, *, form: bool = True) -> str:
    """Whether a value is a literal of a datatype and, if asked, of its form."""
    if iri == RDF + "langString":
        return f'isLiteral({value}) && LANG({value}) != ""'
    said = f"isLiteral({value}) && DATATYPE({value}) = <{iri}>"
    right_form = well_typed(value, iri) if form else "true"
    return said if right_form == "true" else f"{said} && {right_form}"


def _languages(ranges: Iterable[str], value: str) -> str:
    """Basic filtering of RFC 4647 §3.3.1, written out: engines lower-case tags, and not all have langMatches alike."""
    tag = f"LCASE(LANG({value}))"
    each = [f'{tag} = "{wanted}" || STRSTARTS({tag}, "{wanted}-")' for wanted in ranges]
    return f"isLiteral({value}) && ({' || '.join(each) or 'false'})"


def _range(test: plan.Range, value: str, dialect: Dialect) -> str:
    operator = (">" if test.above else "<") + ("=" if test.inclusive else "")
    iri, form = test.bound.datatype.value, test.bound.value
    name = iri.removeprefix(XSD)
    if name in MOMENTS | _DURATIONS and dialect is Dialect.VIRTUOSO and name not in _DATES:
        raise CompileError(zh=f"Virtuoso 無法比較 xsd:{name}", en=f"Virtuoso cannot order xsd:{name}")
    if name == "string":
        return f"{_family(name, value)} && STR({value}) {operator} {literal(form)}"
    asked = f"{value} {operator} {test.bound}"
    if name in MOMENTS:
        found = moment(name, form)
        zoned, zone = found is not None and found[1], matches(value, ZONED)
        return f"{_datatype(iri, value)} && {zone if zoned else '!' + zone} && {asked}"
    return f"{_family(name, value)} && {asked}"


def less(one: str, other: str, dialect: Dialect, *, equal: bool) -> str:
    """Whether one value (a variable) is less than another; false where the two cannot be compared. Source: SHACL §4.5.3.

    Of moments Virtuoso orders dates and dateTimes only; others are never less there.
    """
    operator = "<=" if equal else "<"
    asked = f"{one} {operator} {other}"
    said = [f"{_family('string', one)} && {_family('string', other)} && STR({one}) {operator} STR({other})"]
    virtuoso = dialect is Dialect.VIRTUOSO
    families = ("integer", "boolean", *(() if virtuoso else sorted(_DURATIONS)))
    said += [f"{_family(name, one)} && {_family(name, other)} && {asked}" for name in families]
    for name in sorted(_DATES if virtuoso else MOMENTS):
        zones = f"{matches(one, ZONED)} = {matches(other, ZONED)}"
        said.append(f"{_datatype(XSD + name, one)} && {_datatype(XSD + name, other)} && {zones} && {asked}")
    return " || ".join(f"({family})" for family in said)


def _family(name: str, value: str) -> str:
    """Whether a value is a well-typed literal of the datatypes that compare with a datatype."""
    if name in _NUMBERS or name in INTEGERS:
        return f"({' || '.join(f'({_datatype(XSD + one, value)})' for one in (*_NUMBERS, *INTEGERS))})"
    return _datatype(XSD + name, value) if name in {"string", "boolean"} | _DURATIONS else "false"
