"""Is a literal in its datatype's lexical and value space? Source: XSD 1.1 Part 2 §3.3, §3.4; RDF 1.1 Concepts §5.1.

White space around a value is legal (whiteSpace=collapse) and remarked on; a value outside its space is an error. Left
out: rdf:HTML and rdf:XMLLiteral (any text is one, or a parser of its own is needed) and datatypes of other namespaces.
Cost: one regular expression a literal.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kgtool.late import closest
from kgtool.lexical.numbers import RANGES, integer
from kgtool.lexical.remark import Remark, error, shown, warning
from kgtool.lexical.times import TIMES, time_value
from kgtool.terms import XSD

_NAME_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\u218f\u2c00-\u2fef"
    "\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_NAME = _NAME_START + "\\-.0-9\u00b7\u0300-\u036f\u203f-\u2040"
_B64 = "[A-Za-z0-9+/] ?+"
_PATTERNS: Mapping[str, str] = MappingProxyType({
    "boolean": "true|false|1|0",
    "decimal": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)",
    "double": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN",
    "float": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[Ee][+-]?[0-9]+)?|[+-]?INF|NaN",
    "anyURI": r"(?:[^\x00-\x20<>\"{}|^`\\%]++|%[0-9A-Fa-f]{2})*+",
    "language": "[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8}+)*+",
    "hexBinary": "(?:[0-9a-fA-F]{2})*+",
    "base64Binary": f"(?:{_B64 * 4})*+(?:(?:{_B64}){{3}}[A-Za-z0-9+/]|(?:{_B64}){{2}}[AEIMQUYcgkosw048] ?=|{_B64}[AQgw] ?= ?=)?",
    "Name": f"[:{_NAME_START}][:{_NAME}]*",
    "NCName": f"[{_NAME_START}][{_NAME}]*",
    "NMTOKEN": f"[:{_NAME}]+",
    "string": ".*",
    "normalizedString": ".*",
    "token": ".*",
})  # fmt: skip
# In XSD, but of no use in RDF: they need a document's names, or are no value's type. Source: RDF 1.1 Concepts §5.1.
_UNFIT = frozenset({
    "QName", "NOTATION", "ENTITY", "ENTITIES", "ID", "IDREF", "IDREFS", "NMTOKENS", "anyType", "anySimpleType",
    "anyAtomicType",
})  # fmt: skip
KNOWN = frozenset({*_PATTERNS, *RANGES, *TIMES})
_SPACE = re.compile("[ \t\n\r]+")
_PRESERVED = {"string", "normalizedString"}
_WIDE = str.maketrans("".join(chr(0xFF01 + n) for n in range(94)), "".join(chr(0x21 + n) for n in range(94)))


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    """A datatype's pattern, compiled when it is first asked for: those with Unicode classes take milliseconds."""
    return re.compile(_PATTERNS[name], re.DOTALL)


def typed(value: str, datatype: str) -> Iterator[Remark]:
    """Remarks on a literal's lexical form.

    Args:
        value: the lexical form as it stands in the file.
        datatype: its IRI; those outside the XSD namespace are not judged.
    """
    if not datatype.startswith(XSD):
        if datatype.startswith(XSD[:-1]) or datatype.removeprefix("https").startswith(XSD[4:-1]):
            yield unknown_datatype(datatype, datatype.rpartition("XMLSchema")[2].lstrip("#/"))
        return
    name = datatype[len(XSD) :]
    if name not in KNOWN:
        yield unknown_datatype(datatype, name)
        return
    trimmed = value if name in _PRESERVED else _SPACE.sub(" ", value).strip(" ")
    if trimmed != value or (name == "normalizedString" and re.search("[\t\n\r]", value)):
        yield warning("KG023", f"「{shown(value)}」有多餘空白;合法,但不同查詢引擎未必視為同值:請移除。",
                      f"'{shown(value)}' has white space that does not belong; legal, but engines differ on it: remove it.")  # fmt: skip
    if name in TIMES:
        yield from time_value(trimmed, name)
    elif name in RANGES:
        yield from integer(trimmed, name)
    elif not _pattern(name).fullmatch(trimmed):
        yield ill_typed(trimmed, name)


def unknown_datatype(datatype: str, name: str) -> Remark:
    """A datatype that XSD does not define, or that RDF cannot use."""
    if datatype == XSD + name and name in _UNFIT:
        return error(
            "KG021", f"xsd:{name} 不能用於 RDF(RDF 1.1 §5.1)。", f"xsd:{name} cannot be used in RDF (RDF 1.1 §5.1)."
        )
    lowered = {known.lower(): known for known in sorted(KNOWN)}
    meant = lowered.get(closest(name.lower(), lowered), "")
    return error("KG021", f"XSD 沒有資料型別 <{shown(datatype)}>" + (f";是否指 xsd:{meant}?" if meant else "。"),
                 f"XSD has no datatype <{shown(datatype)}>" + (f"; did you mean xsd:{meant}?" if meant else "."))  # fmt: skip


def ill_typed(value: str, name: str) -> Remark:
    """The error, with the likeliest cause."""
    hint_zh, hint_en = _hint(value, name)
    return error(
        "KG020", f"「{shown(value)}」不是 xsd:{name}{hint_zh}。", f"'{shown(value)}' is no xsd:{name}{hint_en}."
    )


def _hint(value: str, name: str) -> tuple[str, str]:
    if any("\uff01" <= one <= "\uff5e" for one in value):
        narrow = shown(value.translate(_WIDE))
        return f":含全形字元,請寫半形「{narrow}」", f": it has full-width characters, write '{narrow}'"
    if name in {"double", "float"} and value.strip("+-").lower() in {"infinity", "inf"}:
        return ":無限大寫作 INF", ": infinity is written INF"
    if name == "decimal" and re.fullmatch("[+-]?[0-9.]+[eE][+-]?[0-9]+", value):
        return ":decimal 不用指數", ": a decimal has no exponent"
    if name == "boolean":
        return ":只能是 true、false、1、0", ": write true, false, 1 or 0"
    if name in {"decimal", "double", "float"} and re.search("[0-9][,_ ][0-9]", value):
        return ":數字不分節", ": digits are not grouped"
    if name == "language" and "_" in value:
        return ":以 - 分隔,不用 _", ": subtags are joined by -, not _"
    return "", ""
