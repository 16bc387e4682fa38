"""The endpoint `/sparql`: queries by GET and POST, and what the service is when it is asked nothing.

Sources: SPARQL 1.1 Protocol §2, SPARQL 1.1 Service Description §2.
"""

from __future__ import annotations

import itertools
import re

import pyoxigraph as ox
from msgspec.structs import replace

from kgtool.catalog.text import form as form_of
from kgtool.engine import guard
from kgtool.engine.guard import Measure, Refusal, without_escapes
from kgtool.errors import KgError
from kgtool.serve.accept import choose
from kgtool.serve.headers import CORS, etag, not_modified
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import RequestError, of_error
from kgtool.serve.refusal import not_acceptable
from kgtool.serve.settings import ServeSettings
from kgtool.serve.sparql import answer, description
from kgtool.serve.sparql.operation import METHODS, Operation, operation_of
from kgtool.snapshot import Snapshot
from kgtool.write.native import replacements

PATH = "/sparql"
# Functions that give something else each time: such an answer is not kept, here or by a client.
_CHANGING = re.compile(r"\b(?:NOW|RAND|UUID|STRUUID)\s*\(", re.IGNORECASE)
_PREFLIGHT = (
    *CORS,
    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
    ("Access-Control-Allow-Headers", "Accept, Accept-Language, Content-Type, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
    ("Allow", ", ".join(METHODS)),
)
_GRAPHS = tuple(answer.GRAPHS)
_OFFERS = {
    "SELECT": tuple(answer.SOLUTIONS), "ASK": tuple(answer.BOOLEANS), "CONSTRUCT": _GRAPHS, "DESCRIBE": _GRAPHS,
}  # fmt: skip
_SHARED = (*CORS, ("Access-Control-Expose-Headers", "ETag"), ("Vary", "Accept"))


class Sparql:
    """Answers queries over one snapshot's store."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._store = snapshot.store  # loaded now, in the process that workers are forked from
        self._prefixes = snapshot.project.prefixes
        self._signs = tuple((f"{prefix}:", prefix) for prefix in self._prefixes)
        self._tags = replacements(_languages(snapshot))
        self._version = snapshot.version
        self._limits = settings.limits
        self._base = settings.address + PATH
        self._described = description.describe(snapshot, settings, self._base)

    def __call__(self, request: Request) -> Response:
        """The answer to a query, the service description, or a problem that anyone's page may read too."""
        if request.method == "OPTIONS":
            return Response(204, _PREFLIGHT)
        try:
            operation = operation_of(request)
            return self._description(request) if operation is None else self._answer(request, operation)
        except KgError as error:
            refusal = of_error(request, error)
            return replace(refusal, headers=(*refusal.headers, *CORS))

    def _answer(self, request: Request, operation: Operation) -> Response:
        text = operation.text.removeprefix("\ufeff")
        refusal = guard(text, self._limits)
        if refusal is not None:
            raise _refused(refusal)
        form = form_of(text)
        media = _chosen(request, _OFFERS[form])
        changing = _changes(text)
        tag = "" if changing else etag(self._version, "sparql", text, repr(operation.dataset), media)
        if tag and request.method != "POST" and not_modified(request.headers.get("if-none-match", ""), tag):
            return Response(304, (("ETag", tag), ("Cache-Control", "no-cache"), *_SHARED))
        # The engine reads every prefix that it is given anew, which takes longer than a small query.
        prefixes = {} if _names_no_prefix(text) else self._named(text)
        raw = self._store.evaluate(text, prefixes, operation.dataset, self._base)
        if isinstance(raw, ox.QueryTriples):
            body = answer.graph(raw, media, self._limits, self._prefixes)
        else:
            body = answer.results(raw, media, self._limits, None if _makes_tags(text) else self._tags, text)
        kept = (("ETag", tag), ("Cache-Control", "no-cache")) if tag else (("Cache-Control", "no-store"),)
        return Response(200, (("Content-Type", answer.content_type(media)), *kept, *_SHARED), body)

    def _named(self, text: str) -> dict[str, str]:
        """The project's prefixes that may stand in a text."""
        return {prefix: self._prefixes[prefix] for sign, prefix in self._signs if sign in text}

    def _description(self, request: Request) -> Response:
        media = _chosen(request, _GRAPHS)
        tag = etag(self._version, "description", self._base, media)
        fields = (("ETag", tag), ("Cache-Control", "no-cache"), *_SHARED)
        if not_modified(request.headers.get("if-none-match", ""), tag):
            return Response(304, fields)
        body = answer.graph(self._described, media, self._limits, {**self._prefixes, **description.PREFIXES})
        return Response(200, (("Content-Type", answer.content_type(media)), *fields), body)


def _languages(snapshot: Snapshot) -> set[str]:
    """The language tags of all that is served."""
    stated, inferred = (quad.object for quad in snapshot.stated), (triple.object for triple in snapshot.inferred)
    values = itertools.chain(stated, inferred)
    return {value.language for value in values if isinstance(value, ox.Literal) and value.language}


def _names_no_prefix(text: str) -> bool:
    """Whether each colon of a text is that of a whole web address, as in most texts that programs write."""
    return text.count(":") == text.count("<http://") + text.count("<https://")


def _makes_tags(text: str) -> bool:
    """Whether the answer may have a language tag that the data has not."""
    return "@" in text or "\\" in text or "STRLANG" in text.upper()


def _chosen(request: Request, offers: tuple[str, ...]) -> str:
    media = choose(request.headers.get("accept", ""), offers)
    if media is None:
        raise not_acceptable(offers)
    return media


def _changes(text: str) -> bool:
    """Whether the query may give something else each time. Strings are not told from calls: then too much is not kept."""
    plain = without_escapes(text) if "\\" in text else text
    letters = plain.upper()
    return ("NOW" in letters or "RAND" in letters or "UUID" in letters) and _CHANGING.search(plain) is not None


def _refused(refusal: Refusal) -> RequestError:
    status = 413 if refusal.measure is Measure.SIZE else 400
    place = {"line": refusal.line, "column": refusal.column}
    return RequestError(status, refusal.code, refusal.message, refusal.hint, extra=place)
