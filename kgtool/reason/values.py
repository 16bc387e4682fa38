"""Literals as data values: which of them are the same value, and which datatypes hold them.

Covers the datatypes of OWL 2 RL. A literal of another datatype (xsd:date, xsd:gYear, …) is opaque: nothing is known of
its value, so it equals only itself and contradicts nothing. Values are compared by identity, not by `=`: two instants
with different time zones, or -0.0 and 0.0, are two values. Nothing is converted to a Python number that a long digit
string could make expensive. Source: OWL 2 Syntax §4, OWL 2 Profiles §4.2 and §4.3 table 8, XML Schema 1.1 Datatypes §3.
"""

from __future__ import annotations

import base64
import datetime
import functools
import re
import struct
from collections.abc import Callable, Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.late import late
from kgtool.terms import RDF, RDFS, XSD

_NUMBER = re.compile(r"([+-]?)([0-9]*)(?:\.([0-9]*))?")
_FLOAT = late(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_INSTANT = late(
    r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2}(?:\.[0-9]+)?)"
    r"(Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
)
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_START = (
    r"A-Za-z_\u00C0-\u00D6\u00D8-\u00F6\u00F8-\u02FF\u0370-\u037D\u037F-\u1FFF\u200C\u200D\u2070-\u218F"
    r"\u2C00-\u2FEF\u3001-\uD7FF\uF900-\uFDCF\uFDF0-\uFFFD\U00010000-\U000EFFFF"
)
_CHAR = _START + r".0-9\u00B7\u0300-\u036F\u203F\u2040-"
# Datatypes whose values are strings, with the strings each one holds.
_STRINGS = {
    "string": r".*",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"(?:[^\t\n\r ]++(?: [^\t\n\r ]++)*+)?",
    "language": r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8}+)*+",
    "Name": f"[:{_START}][:{_CHAR}]*",
    "NCName": f"[{_START}][{_CHAR}]*",
    "NMTOKEN": f"[:{_CHAR}]+",
}
# Integer datatypes with the least and greatest value of each; None is unbounded.
_INTEGERS: Mapping[str, tuple[int | None, int | None]] = {
    "integer": (None, None), "nonNegativeInteger": (0, None), "nonPositiveInteger": (None, 0),
    "positiveInteger": (1, None), "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1), "int": (-(2**31), 2**31 - 1), "short": (-(2**15), 2**15 - 1), "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1), "unsignedInt": (0, 2**32 - 1), "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}  # fmt: skip
_PLAIN = RDF + "PlainLiteral"
_OTHERS = ("decimal", "float", "double", "boolean", "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp")
DATATYPES = frozenset(
    {XSD + name for name in (*_STRINGS, *_INTEGERS, *_OTHERS)}
    | {_PLAIN, RDF + "langString", RDF + "XMLLiteral", RDFS + "Literal"}
)


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    """A datatype's pattern, compiled when it is first asked for: those with Unicode classes take milliseconds."""
    return re.compile(_STRINGS[name], re.DOTALL)


class Value(Struct, frozen=True):
    """A data value: equal values are the same value. `space` names the primitive value space, which are disjoint."""

    space: str
    key: tuple[object, ...]


def value_of(literal: ox.Literal) -> Value | None:
    """The value a literal denotes; None when its text is not in the lexical space. An opaque one is its own value."""
    if literal.language:
        return Value("text", (literal.value, literal.language.lower()))
    datatype = literal.datatype.value
    if datatype == _PLAIN:
        text, _, tag = literal.value.rpartition("@")
        return Value("text", (text, tag.lower()) if tag else (text,))
    if not datatype.startswith(XSD) or datatype not in DATATYPES:
        return Value("opaque", (datatype, literal.value))
    name = datatype.removeprefix(XSD)
    value = _reader(name)(literal.value)
    return value if value is not None and holds(datatype, value) is not False else None


def holds(datatype: str, value: Value) -> bool | None:
    """Whether a datatype's value space holds a value; None when that cannot be known (an opaque value or datatype)."""
    if datatype == RDFS + "Literal":
        return True
    if datatype not in DATATYPES or value.space == "opaque":
        return None
    if datatype in {_PLAIN, RDF + "langString"}:
        return value.space == "text" and (datatype == _PLAIN or len(value.key) == 2)
    name = datatype.removeprefix(XSD)
    if name in _STRINGS:
        return value.space == "text" and len(value.key) == 1 and bool(_pattern(name).fullmatch(str(value.key[0])))
    if name in _INTEGERS:
        return value.space == "decimal" and _within(value, *_INTEGERS[name])
    if name == "dateTimeStamp":
        return value.space == "dateTime" and value.key[-1] is not None
    return value.space == name


def certain(value: Value) -> bool:
    """Whether the value is known, so that it differs from every other known value (rule dt-diff)."""
    return value.space != "opaque"


def _within(value: Value, least: int | None, greatest: int | None) -> bool:
    sign, whole, fraction = (str(part) for part in value.key)
    if fraction:
        return False
    if len(whole) > 20:  # beyond every bounded datatype: only the sign matters
        return (least is None) if sign == "-" else (greatest is None)
    number = int(sign + (whole or "0"))
    return (least is None or number >= least) and (greatest is None or number <= greatest)


def _decimal(text: str) -> Value | None:
    match = _NUMBER.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return None
    whole, fraction = match[2].lstrip("0"), (match[3] or "").rstrip("0")
    return Value("decimal", ("-" if match[1] == "-" and (whole or fraction) else "", whole, fraction))


def _integer(text: str) -> Value | None:
    return None if "." in text else _decimal(text)


def _floating(space: str, form: str) -> Callable[[str], Value | None]:
    def read(text: str) -> Value | None:
        if not _FLOAT.fullmatch(text):
            return None
        number = float(text.replace("INF", "inf").replace("NaN", "nan"))
        try:
            return Value(space, (struct.pack(form, number),))
        except OverflowError:  # larger than the largest float: rounds to infinity
            return Value(space, (struct.pack(form, float("-inf") if number < 0 else float("inf")),))

    return read


def _boolean(text: str) -> Value | None:
    return Value("boolean", (text in {"true", "1"},)) if text in {"true", "false", "1", "0"} else None


def _hex(text: str) -> Value | None:
    return Value("hexBinary", (text.upper(),)) if re.fullmatch(r"(?:[0-9a-fA-F]{2})*+", text) else None


def _base64(text: str) -> Value | None:
    try:
        return Value("base64Binary", (base64.b64decode(text.replace(" ", ""), validate=True),))
    except ValueError:
        return None


def _instant(text: str) -> Value | None:
    match = _INSTANT.fullmatch(text)
    if not match:
        return None
    year, month, day, hour, minute = (int(match[n][-9:]) for n in range(1, 6))
    second, zone = match[6].rstrip("0").rstrip(".") if "." in match[6] else match[6], match[7]
    leap = int(match[1][-4:]) % 4 == 0 and (int(match[1][-4:]) % 100 != 0 or int(match[1][-9:]) % 400 == 0)
    if not 1 <= month <= 12 or not 1 <= day <= _DAYS[month - 1] or (month == 2 and day == 29 and not leap):
        return None
    midnight = (hour, minute, second) == (24, 0, "00")
    if (hour > 23 and not midnight) or minute > 59 or int(match[6][:2]) > 59:
        return None
    if midnight and 1 <= year < 9999:
        moved = datetime.date(year, month, day) + datetime.timedelta(days=1)
        return Value("dateTime", (f"{moved.year:04}", moved.month, moved.day, 0, 0, "00", _offset(zone)))
    return Value("dateTime", (match[1], month, day, hour, minute, second, _offset(zone)))


def _offset(zone: str | None) -> int | None:
    """Minutes from UTC; None without a zone."""
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return -minutes if zone[0] == "-" else minutes


def _reader(name: str) -> Callable[[str], Value | None]:
    if name in _STRINGS:
        return lambda text: Value("text", (text,))
    if name in _INTEGERS:
        return _integer
    return _READERS[name]


_READERS: Mapping[str, Callable[[str], Value | None]] = {
    "decimal": _decimal, "float": _floating("float", ">f"), "double": _floating("double", ">d"), "boolean": _boolean,
    "hexBinary": _hex, "base64Binary": _base64, "dateTime": _instant, "dateTimeStamp": _instant,
    "anyURI": lambda text: Value("anyURI", (text,)),
}  # fmt: skip
