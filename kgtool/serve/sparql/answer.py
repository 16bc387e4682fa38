"""An evaluated query to the bytes of its answer, in the engine's own writers, under caps that are never passed silently.

Sources: SPARQL 1.1 Query Results JSON, XML, CSV and TSV; RDF 1.1 Turtle, N-Triples, RDF/XML; JSON-LD 1.1.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import IO, cast

import pyoxigraph as ox

from kgtool.engine import Limits, failure
from kgtool.errors import KgError
from kgtool.write.native import restored_graph, restored_json, restored_results, write_graph

_Results = ox.QueryResultsFormat
_Graph = ox.RdfFormat
# The first is what a client without wishes gets. The plain types are what some clients ask for.
SOLUTIONS: Mapping[str, ox.QueryResultsFormat] = MappingProxyType({
    "application/sparql-results+json": _Results.JSON,
    "application/sparql-results+xml": _Results.XML,
    "text/csv": _Results.CSV,
    "text/tab-separated-values": _Results.TSV,
    "application/json": _Results.JSON,
    "application/xml": _Results.XML,
    "text/xml": _Results.XML,
})  # fmt: skip
BOOLEANS: Mapping[str, ox.QueryResultsFormat] = MappingProxyType(
    {name: form for name, form in SOLUTIONS.items() if form in {_Results.JSON, _Results.XML}}
)
_JSON = frozenset(name for name, form in SOLUTIONS.items() if form == _Results.JSON)
GRAPHS: Mapping[str, ox.RdfFormat] = MappingProxyType({
    "text/turtle": _Graph.TURTLE,
    "application/n-triples": _Graph.N_TRIPLES,
    "application/ld+json": _Graph.JSON_LD,
    "application/rdf+xml": _Graph.RDF_XML,
})  # fmt: skip


_LIMIT = re.compile(r"(?<=[\s})])LIMIT\s+([0-9]{1,18})(?![0-9.eE])", re.IGNORECASE)
_HIDING = re.compile(r"[#\"'\\]")
_LIMITS = re.compile(r"\}|LIMIT", re.IGNORECASE)


class _Bounded:
    """Memory that takes so many bytes and then says that there are too many; what of a file the engine's writers use."""

    __slots__ = ("_chunks", "_left", "_most")

    def __init__(self, most: int) -> None:
        self._most = self._left = most
        self._chunks: list[bytes] = []

    def write(self, chunk: bytes) -> int:
        self._left -= len(chunk)
        if self._left < 0:
            raise failure.too_many_bytes(self._most)
        self._chunks.append(chunk)
        return len(chunk)

    def flush(self) -> None:
        """Everything is where it belongs."""

    def whole(self) -> bytes:
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


def content_type(media: str) -> str:
    """A media type as a Content-Type field says it; what is text names its encoding."""
    return f"{media}; charset=utf-8" if media.startswith("text/") else media


def results(
    answer: ox.QuerySolutions | ox.QueryBoolean, media: str, limits: Limits,
    tags: Iterable[tuple[bytes, bytes]] | None = None, text: str = "",
) -> bytes:  # fmt: skip
    """Solutions or a boolean.

    Args:
        tags: `kgtool.write.native.replacements` of all language tags that can be in the answer; None: any can.
        text: the query's, whose LIMIT may spare counting the rows of a long answer.
    Raises:
        QueryError: evaluation failed, or there are more rows or bytes than `limits` allows.
    """
    form = SOLUTIONS[media]
    out = _Bounded(limits.answer)
    try:
        answer.serialize(cast("IO[bytes]", out), form)
    except KgError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise failure.failed(str(error)) from error
    body = out.whole()
    # No form has rows of less than a byte.
    if len(body) >= limits.rows and isinstance(answer, ox.QuerySolutions) and not 0 <= limit_of(text) <= limits.rows:
        _count(body, form, limits.rows)
    return restored_results(body, form) if tags is None or media not in _JSON else restored_json(body, tags)


def graph(triples: Iterable[ox.Triple], media: str, limits: Limits, prefixes: Mapping[str, str]) -> bytes:
    """Triples as they come, without repetition.

    Raises:
        QueryError: evaluation failed, there are more triples or bytes than `limits` allows, or the form has no way to
            write one of them (RDF/XML: a predicate whose end is no XML name).
    """
    form = GRAPHS[media]
    out = _Bounded(limits.answer)
    try:
        write_graph(_at_most(triples, limits.rows), cast("IO[bytes]", out), form, prefixes)
    except KgError:
        raise
    except (OSError, ValueError, RuntimeError) as error:
        raise failure.failed(str(error)) from error
    return restored_graph(out.whole(), form)


def _at_most(triples: Iterable[ox.Triple], most: int) -> Iterator[ox.Triple]:
    for count, triple in enumerate(triples, 1):
        if count > most:
            raise failure.too_many_rows(most)
        yield triple


def limit_of(text: str) -> int:
    """The LIMIT of a whole query, where that is plain to see; -1 where there is none or it would take a parser.

    Plain is the one LIMIT behind which no group ends, so that it is no subquery's, and before which nothing can be a comment
    or a string.
    """
    found = _LIMIT.search(text)
    if found is None or _HIDING.search(text, 0, found.start()) or _LIMITS.search(text, found.end()):
        return -1
    return int(found[1])


def _count(body: bytes, form: ox.QueryResultsFormat, most: int) -> None:
    """Refuse more rows than `most`; counted exactly only where a quick bound does not settle it."""
    if form == _Results.JSON and body.count(b"{") <= most:  # ten times as fast as what is counted below
        return
    if form == _Results.TSV:
        rows = body.count(b"\n") - 1
    elif form == _Results.XML:
        rows = body.count(b"<result>")
    elif form == _Results.CSV:
        rows = body.count(b"\n") - 1
        if rows > most:
            rows = sum(1 for _ in csv.reader(io.StringIO(body.decode("utf-8"), newline=""))) - 1
    else:
        rows = body.count(b"}},{") + 1 + (body.count(b"{}") if b"[{}" in body or b",{}" in body else 0)
        if rows > most:
            rows = len(json.loads(body)["results"]["bindings"])
    if rows > most:
        raise failure.too_many_rows(most)
