"""The engine's own writers, which are fast, with what they lose put right: language tags in canonical case, and XML
that is XML. Cost: about 0.2 ms a megabyte beside the engine's own; more where tags must be restored.

oxigraph keeps tags in lower case and writes control characters into XML that XML 1.0 has no form for. What is replaced
here is found by signs that the formats escape inside values, so no value is ever changed.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from typing import IO

import pyoxigraph as ox

from kgtool.errors import QueryError, texts
from kgtool.lang import canonical

_TAG = rb"([a-z0-9]+-[a-z0-9-]*[a-z0-9])"
# A quote inside a JSON string is written `\"`, so `"key":"` is a key. Source: RFC 8259 §7.
_JSON = re.compile(rb'"xml:lang":"' + _TAG + rb'"')
_JSON_LD = re.compile(rb'"@language":"' + _TAG + rb'"')
# `<` is always escaped in values, so this is a start tag.
_XML = re.compile(rb'<literal xml:lang="' + _TAG + rb'"')
_RDF_XML = re.compile(rb'(?P<tag><[^<>]* xml:lang=")' + _TAG + rb'(?=")')
# A whole IRI or string, so that nothing inside one is mistaken for a tag. Source: RDF 1.1 Turtle §6.5.
_TURTLE = re.compile(rb'(?P<tag><[^<>"]*+>|"(?:[^"\\]|\\.)*+"@?)' + _TAG + rb"?+", re.DOTALL)
# Source: XML 1.0 §2.2 (Char), of what UTF-8 can hold.
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")
_TAGGED = re.compile(rb'"@[a-z0-9]+-')
_RESULTS = {
    ox.QueryResultsFormat.JSON: _JSON, ox.QueryResultsFormat.XML: _XML, ox.QueryResultsFormat.TSV: _TURTLE,
}  # fmt: skip
_GRAPHS = {
    ox.RdfFormat.TURTLE: _TURTLE, ox.RdfFormat.N_TRIPLES: _TURTLE, ox.RdfFormat.RDF_XML: _RDF_XML,
    ox.RdfFormat.JSON_LD: _JSON_LD,
}  # fmt: skip


def restored_results(body: bytes, form: ox.QueryResultsFormat) -> bytes:
    """Results as the engine wrote them, put right.

    Raises:
        QueryError: `E-FORMAT`: a character that XML cannot express.
    """
    return _restored(body, _RESULTS.get(form), xml=form == ox.QueryResultsFormat.XML)


def replacements(languages: Iterable[str]) -> tuple[tuple[bytes, bytes], ...]:
    """What `restored_json` replaces where an answer has no other language tags than these: mostly nothing, or one pair."""
    tags = {tag: canonical(tag) for tag in sorted({language.lower() for language in languages})}
    return tuple(
        (f'"xml:lang":"{written}"'.encode(), f'"xml:lang":"{meant}"'.encode())
        for written, meant in tags.items()
        if written != meant
    )


def restored_json(body: bytes, pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """As `restored_results` of JSON whose language tags are known beforehand: half of the time."""
    for written, meant in pairs:
        body = body.replace(written, meant)
    return body


def restored_graph(body: bytes, form: ox.RdfFormat) -> bytes:
    """A graph as the engine wrote it, put right.

    Raises:
        QueryError: `E-FORMAT`: a character that XML cannot express.
    """
    return _restored(body, _GRAPHS.get(form), xml=form == ox.RdfFormat.RDF_XML)


def write_graph(
    triples: Iterable[ox.Triple], output: IO[bytes], form: ox.RdfFormat, prefixes: Mapping[str, str]
) -> None:
    """Write triples as they come; `restored_graph` puts the bytes right.

    Raises:
        ValueError: a predicate that RDF/XML has no element name for.
    """
    ox.serialize(triples, output, form, prefixes=dict(prefixes))


def _restored(body: bytes, pattern: re.Pattern[bytes] | None, *, xml: bool) -> bytes:
    if xml:
        _must_be_xml(body)
        body = body.replace(b"\r", b"&#13;")  # a parser would read a line feed
    if pattern is _TURTLE:
        return _TURTLE.sub(_in_turtle, body) if _TAGGED.search(body) else body
    if pattern is _RDF_XML:
        return _RDF_XML.sub(_in_tag, body)
    return body if pattern is None else _replaced(body, pattern)


def _replaced(body: bytes, pattern: re.Pattern[bytes]) -> bytes:
    """Each different tag once: there are few, and the engine's `replace` is faster than any pattern."""
    position = 0
    while (match := pattern.search(body, position)) is not None:
        whole, tag = match.group(), match[1]
        if _case(tag) != tag:
            body = body.replace(whole, whole.replace(tag, _case(tag)))
        position = match.end()
    return body


def _must_be_xml(body: bytes) -> None:
    found = _NOT_XML.search(body)
    if found:
        name = f"U+{ord(found.group().decode()):04X}"
        raise QueryError(
            "E-FORMAT",
            texts(zh=f"結果含有 XML 無法表示之字元 {name}。", en=f"the answer holds {name}, which XML cannot express."),
            texts(zh="可用:JSON、CSV、TSV、Turtle", en="Possible: JSON, CSV, TSV, Turtle"),
        )


@functools.lru_cache(maxsize=256)
def _case(tag: bytes) -> bytes:
    return canonical(tag.decode("ascii")).encode("ascii")


def _in_tag(match: re.Match[bytes]) -> bytes:
    return match["tag"] + _case(match[2])


def _in_turtle(match: re.Match[bytes]) -> bytes:
    tag = match[2]
    if tag is None or not match["tag"].endswith(b'"@'):
        return match.group()
    return match["tag"] + _turned(tag)


def _turned(tag: bytes) -> bytes:
    """A tag with the base direction of RDF 1.2 behind it, `ar-eg--rtl`."""
    language, dashes, direction = tag.partition(b"--")
    return _case(language) + dashes + direction
