"""The named graphs: `/graph/data/city/a.ttl` is what that file states, `/graph/inferred` what follows and no file states.

A graph's IRI is a URN, which no client can look up; the VoID description leads from each to its document here.
"""

from __future__ import annotations

from html import escape

import pyoxigraph as ox

from kgtool.describe import Facts, Statement, file_of
from kgtool.engine import failure
from kgtool.serve.accept import language
from kgtool.serve.dataset import dataset_iri, licence_of
from kgtool.serve.form import decoded
from kgtool.serve.layers import FORMS, Layer, self_description, warm, written
from kgtool.serve.message import Request, Response
from kgtool.serve.places import places_of
from kgtool.serve.plain import Writer, html
from kgtool.serve.reading import Form, Link, chosen, document, options, read
from kgtool.serve.refusal import nothing_here
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import INFERRED, Snapshot

HTML = Form("html", "text/html")


class Graphs:
    """Answers for one named graph at a time."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._facts = (snapshot.facts, Facts(snapshot.shapes))
        self._names = {file_of(iri): iri for facts in self._facts for iri in facts.graphs}
        self._names |= {file_of(INFERRED): INFERRED} if settings.inferred and snapshot.reasons else {}
        self._inferred = snapshot.inferred
        self._places = places_of(snapshot, settings)
        self._prefixes = snapshot.project.prefixes
        self._curies = snapshot.curies
        self._version = snapshot.version
        self._dataset = dataset_iri(settings)
        self._licence = licence_of(snapshot)
        self._limits = settings.limits
        warm()

    def __call__(self, request: Request) -> Response:
        """The response for one graph's document."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        iri = self._names.get(decoded(request.target.removeprefix("/graph/")))
        if iri is None:
            raise nothing_here(request.target)
        form = chosen(request, (*FORMS, HTML), options(request, ("format",)).get("format"))
        here = self._places.link(iri)
        links = [Link(self._places.data(iri, one.name), "alternate", one.media) for one in (*FORMS, HTML)]
        links += [Link(here, "canonical"), *([Link(self._licence, "license")] if self._licence else [])]
        words = language(request.headers.get("accept-language", "")) if form == HTML else ""

        def make() -> bytes:
            statements = self._statements(iri)
            if form == HTML:
                return self._page(iri, statements, words)
            said = self_description(here, [iri], self._dataset, self._licence)
            return written(statements, said, form, Layer.ALL, self._prefixes)

        return document(
            request, (self._version, iri, words), form, make, links=links,
            vary="Accept, Accept-Language" if words else "Accept",
            headers=(("Content-Language", words),) if words else (),
        )  # fmt: skip

    def _statements(self, iri: str) -> list[Statement]:
        if iri == INFERRED:
            statements = [Statement(t.subject, t.predicate, t.object) for t in self._inferred]
        else:
            triples = next(facts.graphs[iri] for facts in self._facts if iri in facts.graphs)
            statements = [Statement(t.subject, t.predicate, t.object, (iri,)) for t in triples]
        if len(statements) > self._limits.rows:
            raise failure.too_many_rows(self._limits.rows)
        return statements

    def _page(self, iri: str, statements: list[Statement], words: str) -> bytes:
        named = {one.subject.value for one in statements if isinstance(one.subject, ox.NamedNode)}
        labels = {name: self._facts[0].label(name) for name in sorted(named)}
        writer = Writer(self._places, self._curies, {name: text for name, text in labels.items() if text}, words)
        rows = "".join(
            f"<tr><td>{writer.term(s.subject)}</td><th>{writer.term(s.predicate)}</th><td>{writer.term(s.object)}</td></tr>"
            for s in statements
        )
        name = escape(file_of(iri))
        return html(
            file_of(iri), f"<h1>{writer.word('file')}: <code>{name}</code></h1><table>{rows}</table>", words
        ).encode()
