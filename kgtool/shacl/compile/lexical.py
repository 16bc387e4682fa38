"""Lexical spaces of XML Schema as regular expressions that every engine's REGEX reads the same.

Engines differ in which literals they take for well-typed, and rewrite some; their REGEX agrees as long as a pattern has
nothing but classes, groups, alternatives and counts. The rules are those of `kgtool.shacl.xsd`; a test compares both.
Source: XML Schema 1.1 Part 2 §3.3, §3.4, appendix E.
"""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.shacl.compile.model import CompileError
from kgtool.shacl.compile.text import literal
from kgtool.terms import XSD

_ZONE = "(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
ZONED = r"(Z|[+-][0-9]{2}:[0-9]{2})$"
_YEAR = "-?([1-9][0-9]{3,}|0[0-9]{3})"
_FOURTH = "(0[48]|[2468][048]|[13579][26])"
_LEAP = f"-?([1-9][0-9]*)?([0-9][0-9]{_FOURTH}|([02468][048]|[13579][26])00)"
_DAYS = "((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))"
_DATE = f"({_YEAR}-{_DAYS}|{_LEAP}-02-29)"
_TIME = r"(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]+)?|24:00:00(\.0+)?)"
_CLOCK = r"(T([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?"
_FORMS: Mapping[str, str] = {
    "boolean": "(true|false|0|1)",
    "integer": "[+-]?[0-9]+",
    "nonNegativeInteger": r"(\+?[0-9]+|-0+)",
    "positiveInteger": r"\+?0*[1-9][0-9]*",
    "nonPositiveInteger": r"(-[0-9]+|\+?0+)",
    "negativeInteger": "-0*[1-9][0-9]*",
    "decimal": r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)",
    "double": r"([+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|INF)|NaN)",
    "float": r"([+-]?(([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?|INF)|NaN)",
    "hexBinary": "([0-9A-Fa-f]{2})*",
    "base64Binary": "(([A-Za-z0-9+/] ?){4})*(([A-Za-z0-9+/] ?){2}[AEIMQUYcgkosw048] ?=|([A-Za-z0-9+/] ?)[AQgw] ?= ?=)?",
    "normalizedString": r"[^\t\n\r]*",
    "token": r"([^\t\n\r ]+( [^\t\n\r ]+)*)?",
    "language": "[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*",
    "dateTime": f"{_DATE}T{_TIME}{_ZONE}?",
    "dateTimeStamp": f"{_DATE}T{_TIME}{_ZONE}",
    "date": f"{_DATE}{_ZONE}?",
    "gYearMonth": f"{_YEAR}-(0[1-9]|1[0-2]){_ZONE}?",
    "gYear": f"{_YEAR}{_ZONE}?",
    "gMonthDay": f"--({_DAYS}|02-29){_ZONE}?",
    "gMonth": f"--(0[1-9]|1[0-2]){_ZONE}?",
    "gDay": f"---(0[1-9]|[12][0-9]|3[01]){_ZONE}?",
    "time": f"{_TIME}{_ZONE}?",
    "duration": f"-?P([0-9]+Y)?([0-9]+M)?([0-9]+D)?{_CLOCK}",
    "yearMonthDuration": "-?P([0-9]+Y)?([0-9]+M)?",
    "dayTimeDuration": f"-?P([0-9]+D)?{_CLOCK}",
}
# Digits that the largest value has, and the bounds; as decimals, because not every engine's integers reach that far.
_BOUNDED: Mapping[str, tuple[int, int, int]] = {
    "long": (19, -(2**63), 2**63 - 1), "int": (10, -(2**31), 2**31 - 1), "short": (5, -(2**15), 2**15 - 1),
    "byte": (3, -128, 127), "unsignedLong": (20, 0, 2**64 - 1), "unsignedInt": (10, 0, 2**32 - 1),
    "unsignedShort": (5, 0, 2**16 - 1), "unsignedByte": (3, 0, 255),
}  # fmt: skip
_FREE = frozenset({"string", "anyURI"})
INTEGERS = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger", *_BOUNDED)


def well_typed(value: str, datatype: str) -> str:
    """An expression that is true when the text of a literal (a variable) is in the lexical space of a datatype.

    Raises:
        CompileError: the datatype's lexical space is a matter of Unicode tables (xsd:Name and its kin).
    """
    name = datatype.removeprefix(XSD)
    if not datatype.startswith(XSD) or name in _FREE:
        return "true"
    if name in _BOUNDED:
        digits, low, high = _BOUNDED[name]
        number = f"<{XSD}decimal>(STR({value}))"
        form = matches(value, f"^[+-]?0*[0-9]{{1,{digits}}}$")
        return f"{form} && {number} >= {low}.0 && {number} <= {high}.0"
    form = _FORMS.get(name, "")
    if not form:
        raise CompileError(
            zh=f"{datatype} 之字面形式無各引擎皆同之正規表示式",
            en=f"no regular expression for {datatype} means the same to every engine",
        )
    said = matches(value, f"^{form}$")
    if name.lower().endswith("duration"):  # a field there must be, and one behind a T
        said += f" && {matches(value, '[0-9][YMDHS]')} && !{matches(value, 'T$')}"
    return said


def matches(value: str, regex: str) -> str:
    """REGEX over a literal's text."""
    return f"REGEX(STR({value}), {literal(regex)})"
