"""XSD literals: is the lexical form in the datatype's lexical space, and which of two values is the lesser.

Own rules, because the libraries at hand differ from the specification and from each other: rdflib takes
"2013-02-30"^^xsd:date, pyoxigraph rewrites what it stores, and both compare a time with a zone to one without.
Source: XML Schema 1.1 Part 2 §3.3, §3.4; SPARQL 1.1 §17.3 (the `<` operator).
"""

from __future__ import annotations

import enum
import functools
import math
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kgtool.late import late
from kgtool.shacl.moments import MOMENTS, exact, moment, whole
from kgtool.terms import RDF, XSD

if TYPE_CHECKING:
    from fractions import Fraction

_DIGITS = re.compile(r"[+-]?[0-9]+")
_INTEGERS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None), "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1), "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127), "nonNegativeInteger": (0, None), "positiveInteger": (1, None), "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1), "unsignedLong": (0, 2**64 - 1), "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1), "unsignedByte": (0, 255),
}  # fmt: skip
_NAME_START = "A-Z_a-zÀ-ÖØ-öø-˿Ͱ-ͽͿ-῿‌-‍⁰-↏Ⰰ-⿯、-퟿豈-﷏ﷰ-�𐀀-󯿿"
_NAME_REST = _NAME_START + "\\-.0-9·̀-ͯ‿-⁀"
_B64 = "[A-Za-z0-9+/] ?+"
# Possessive where a group is repeated: going back would take 200 bytes for each repetition, and a text may be long.
_LEXICAL: Mapping[str, str] = {
    "boolean": r"true|false|0|1",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "double": r"[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|INF)|NaN",
    "hexBinary": r"(?:[0-9A-Fa-f]{2})*+",
    "base64Binary": rf"(?:{_B64 * 4})*+(?:{_B64 * 2}[AEIMQUYcgkosw048] ?=|{_B64}[AQgw] ?= ?=)?",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]++(?: [^\t\n\r ]++)*+)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8}+)*+",
    "NMTOKEN": rf"[:{_NAME_REST}]+",
    "Name": rf"[:{_NAME_START}][:{_NAME_REST}]*",
    "NCName": rf"[{_NAME_START}][{_NAME_REST}]*",
    "duration": r"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?",
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
    "dayTimeDuration": r"-?P(?=[0-9T])(?:[0-9]+D)?(?:T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?",
}
_FREE = frozenset({"string", "anyURI"})
_DURATION = late(
    r"(-?)P(?:([0-9]+)Y)?(?:([0-9]+)M)?(?:([0-9]+)D)?(?:T(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+(?:\.[0-9]+)?)S)?)?"
)
# Every datatype of XML Schema that RDF 1.1 §5.1 lets a literal have; another name in that namespace is a misspelling.
KNOWN = frozenset(
    {XSD + name for name in (*_INTEGERS, *_LEXICAL, *_FREE, *MOMENTS, "float")}
    | {RDF + name for name in ("langString", "HTML", "XMLLiteral", "PlainLiteral", "JSON", "dirLangString")}
)


class Order(enum.Enum):
    """How two values stand to each other; INCOMPARABLE where SPARQL's `<` raises an error."""

    LESS = -1
    EQUAL = 0
    GREATER = 1
    INCOMPARABLE = 2


# What compares: a family's name (with its zonedness for moments), then a value that orders within the family.
Value = tuple[str, "int | Decimal | float | Fraction | str"]


@functools.cache
def _pattern(name: str) -> re.Pattern[str] | None:
    """A datatype's pattern, compiled when it is first asked for: those with Unicode classes take milliseconds."""
    return re.compile(_LEXICAL[name]) if name in _LEXICAL else None


def well_typed(text: str, datatype: str) -> bool:
    """Whether a lexical form belongs to its datatype; True for a datatype that is none of XML Schema's."""
    if not datatype.startswith(XSD):
        return True
    name = datatype[len(XSD) :]
    if name in _FREE:
        return True
    bounds = _INTEGERS.get(name)
    if bounds is not None:
        return _DIGITS.fullmatch(text) is not None and _within(text, bounds)
    if name in MOMENTS:
        return moment(name, text) is not None
    pattern = _pattern("double" if name == "float" else name)
    return pattern is None or pattern.fullmatch(text) is not None


def _within(text: str, bounds: tuple[int | None, int | None]) -> bool:
    low, high = bounds
    if low is None and high is None:
        return True
    if len(text) > 40:  # longer than any bound but for leading zeros; int() of huge text is slow and limited
        text = text[0].strip("0123456789") + (text.lstrip("+-0") or "0")
        if len(text) > 40:
            return low is None if text[0] == "-" else high is None
    number = int(text)
    return (low is None or number >= low) and (high is None or number <= high)


def value_of(term: object) -> Value | None:
    """A literal as what it is compared by; None when it is ill-typed or SPARQL's `<` does not know its datatype."""
    if not isinstance(term, ox.Literal) or term.language:
        return None
    datatype, text = term.datatype.value, term.value
    if not datatype.startswith(XSD) or not well_typed(text, datatype):
        return None
    name = datatype[len(XSD) :]
    if name in _INTEGERS:
        return ("number", Decimal(text))
    if name in MOMENTS:
        found = moment(name, text)
        return None if found is None else (f"{name}{'Z' if found[1] else ''}", found[0])
    convert = _CONVERT.get(name)
    return None if convert is None else convert(text)


def _double(text: str) -> Value:
    return ("number", float(text.replace("INF", "inf")))


def _float(text: str) -> Value:
    import struct

    number = float(text.replace("INF", "inf"))
    try:
        return ("number", float(struct.unpack("f", struct.pack("f", number))[0]))
    except OverflowError:
        return ("number", math.copysign(math.inf, number))


def _months(text: str) -> Value:
    sign, years, months = _DURATION.fullmatch(text).groups()[:3]  # type: ignore[union-attr]
    total = whole(years or "0") * 12 + whole(months or "0")
    return ("months", -total if sign else total)


def _seconds(text: str) -> Value:
    sign, _, _, days, hours, minutes, seconds = _DURATION.fullmatch(text).groups()  # type: ignore[union-attr]
    total = (whole(days or "0") * 24 + whole(hours or "0")) * 3600 + whole(minutes or "0") * 60 + exact(seconds or "0")
    return ("seconds", -total if sign else total)


_CONVERT: Mapping[str, Callable[[str], Value]] = {
    "string": lambda text: ("string", text),
    "boolean": lambda text: ("boolean", int(text in {"true", "1"})),
    "decimal": lambda text: ("number", Decimal(text)),
    "double": _double,
    "float": _float,
    "yearMonthDuration": _months,
    "dayTimeDuration": _seconds,
}


def order(left: Value | None, right: Value | None) -> Order:
    """How two values compare. A date with a zone and one without do not: which is earlier depends on the reader's zone.

    A decimal compared with a double is first converted to a double, as SPARQL 1.1 §17.3 has it; all else is exact.
    """
    if left is None or right is None or left[0] != right[0]:
        return Order.INCOMPARABLE
    one, other = left[1], right[1]
    if isinstance(one, float) or isinstance(other, float):
        one, other = float(one), float(other)
        if math.isnan(one) or math.isnan(other):
            return Order.INCOMPARABLE
    if one == other:
        return Order.EQUAL
    return Order.LESS if one < other else Order.GREATER  # type: ignore[operator]
