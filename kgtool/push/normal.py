"""Graphs as digests that do not depend on how an engine writes a value, nor on the labels of blank nodes.

Engines keep values, not forms: `012` comes back as `12`, `1.50` as `1.5`, `"1"^^xsd:boolean` as `true`. Both sides are
brought to one form before they are compared; a value that an engine does not keep still differs.
Sources: XML Schema 1.1 Part 2 §3.3, §3.4 (canonical mappings); RDF Dataset Canonicalization (RDFC-1.0).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal

import pyoxigraph as ox

from kgtool.engine.canon import canonical
from kgtool.terms import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]{1,4000}(?:\.[0-9]{0,4000})?|\.[0-9]{1,4000})")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?")
_SECOND = re.compile(r"(.*:[0-9]{2})\.([0-9]+)(Z|[+-][0-9]{2}:[0-9]{2})?")
_INTEGERS = (
    "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger", "nonPositiveInteger",
    "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte",
)  # fmt: skip


def _integer(text: str) -> str:
    return str(int(text)) if _INTEGER.fullmatch(text) else text


def _decimal(text: str) -> str:
    if not _DECIMAL.fullmatch(text):
        return text
    value = format(Decimal(text), "f")
    short = value.rstrip("0").rstrip(".") if "." in value else value
    return "0" if short in {"-0", "", "-"} else short


def _double(text: str) -> str:
    return repr(float(text)) if _DOUBLE.fullmatch(text) else text.removeprefix("+") if text == "+INF" else text


def _moment(text: str) -> str:
    """Seconds without noughts behind them; a zone of nought is Z."""
    found = _SECOND.fullmatch(text)
    if found:
        part = found[2].rstrip("0")
        text = found[1] + (f".{part}" if part else "") + (found[3] or "")
    return re.sub(r"[+-]00:00$", "Z", text)


_FORMS: Mapping[str, Callable[[str], str]] = {
    **{XSD + name: _integer for name in _INTEGERS},
    XSD + "decimal": _decimal,
    XSD + "double": _double,
    XSD + "float": _double,
    XSD + "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
    XSD + "dateTime": _moment,
    XSD + "time": _moment,
}


def normal_term(term: Term) -> Term:
    """A literal in its canonical form; any other term, and an ill-typed literal, as it is."""
    if not isinstance(term, ox.Literal) or term.language:
        return term
    form = _FORMS.get(term.datatype.value)
    return term if form is None else ox.Literal(form(term.value), datatype=term.datatype)


def normal(triples: Iterable[ox.Triple]) -> frozenset[ox.Triple] | None:
    """The triples in canonical forms with canonical labels; None when their blank nodes could not be labelled in time."""
    return canonical(
        ox.Triple(t.subject, t.predicate, normal_term(t.object) if isinstance(t.object, ox.Literal) else t.object)
        for t in triples
    )


def digest(triples: Iterable[ox.Triple]) -> str:
    """`sha256:` and the hexadecimal SHA-256 of sorted N-Triples lines. `triples` are what `normal` gave."""
    summed = hashlib.sha256()
    for line in sorted(f"{triple} .\n" for triple in map(str, triples)):
        summed.update(line.encode("utf-8"))
    return f"sha256:{summed.hexdigest()}"
