"""The texts of Turtle's terms as comparable ones: escapes and relative IRIs resolved, literals with their datatypes."""

from __future__ import annotations

import re

from kgtool.late import late
from kgtool.terms import XSD

_ESCAPE = late(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_IRI = late(r"([A-Za-z][A-Za-z0-9+.-]*:)?(//[^/?#]*)?([^?#]*)(\?[^#]*)?(#.*)?", re.DOTALL)
_SIMPLE = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f"}


def literal_key(value: str, language: str, datatype: str) -> str:
    """A literal as one comparable text; the language in lower case, as pyoxigraph has it."""
    return f'"{value}"@{language.lower()}' if language else f'"{value}"^^{datatype}'


def resolved(base: str, reference: str) -> str:
    """A relative IRI under a base, as pyoxigraph has it. Source: RFC 3986 §5.2, but for dots in the base, which stay.

    urllib's `urljoin` drops the `#` of `<#>`, keeps the base's fragment in `<>`, and passes over `urn:` and `tag:`.
    """
    scheme, authority, path, query, fragment = _parts(reference)
    own = _parts(base)
    if scheme or authority:
        return reference if scheme else own[0] + reference
    if not path:
        return f"{own[0]}{own[1]}{own[2]}{query or own[3]}{fragment}"
    root = "/" if own[1] else ""
    kept = "/" if path.startswith("/") else own[2][: own[2].rfind("/") + 1] or root
    for segment in re.findall("[^/]*/|[^/]+", path.removeprefix("/")):
        if segment.rstrip("/") == "..":
            kept = kept[: kept[:-1].rfind("/") + 1] or root
        elif segment not in {".", "./"}:
            kept += segment
    return f"{own[0]}{own[1]}{kept}{query}{fragment}"


def _parts(iri: str) -> tuple[str, ...]:
    """Scheme, authority, path, query, fragment, each with the mark that begins or ends it."""
    found = _IRI.match(iri)
    return found.groups("") if found else ("", "", iri, "", "")


def number_type(text: str) -> str:
    if "e" in text.lower():
        return XSD + "double"
    return XSD + ("decimal" if "." in text else "integer")


def unescape(text: str) -> str:
    """ECHAR and UCHAR resolved. Source: RDF 1.1 Turtle §6.4."""
    if "\\" not in text:
        return text

    def one(match: re.Match[str]) -> str:
        code = match[1] or match[2]
        if code:
            number = int(code, 16)
            return chr(number) if number < 0x110000 else "\ufffd"
        return _SIMPLE.get(match[3], match[3])

    return _ESCAPE.sub(one, text)
