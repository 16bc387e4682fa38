"""The vocabularies: `/ns`, `/ns/kind`, `/ns/status`, `/ontology/…`, `/shapes`; a hash IRI leads to the whole document.

Source: Best Practice Recipes for Publishing RDF Vocabularies §4 (hash namespaces, extended).
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.describe import Description, Facts, Statement, describe
from kgtool.serve import plain
from kgtool.serve.accept import language
from kgtool.serve.dataset import dataset_iri
from kgtool.serve.layers import TRIPLE_FORMS, Layer, self_description, warm, written
from kgtool.serve.message import Request, Response
from kgtool.serve.places import known, places_of
from kgtool.serve.reading import Form, Link, chosen, document, options, read
from kgtool.serve.refusal import nothing_here
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, DCT, OWL, RDFS

HTML = Form("html", "text/html")
_ROOT = CD.removesuffix("ns#")
_ISDEFINEDBY = ox.NamedNode(RDFS + "isDefinedBy")
_VERSION = ox.NamedNode(OWL + "versionIRI")
_LICENCE = ox.NamedNode(DCT + "license")


class Vocabulary:
    """Answers for the documents below the model's own root."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._facts = snapshot.model_facts
        self._shapes = Facts(snapshot.shapes)
        self._places = places_of(snapshot, settings)
        self._prefixes = snapshot.project.prefixes
        self._curies = snapshot.curies
        self._version = snapshot.version
        self._dataset = dataset_iri(settings)
        warm()
        self._documents = {
            document: (facts, tuple(terms))
            for facts in (self._shapes, self._facts)
            for document, terms in _by_document(facts).items()
        }

    def __call__(self, request: Request) -> Response:
        """The response for one vocabulary document."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        iri = _ROOT + request.target.removeprefix("/")
        facts, terms = self._terms(iri)
        if not terms:
            raise nothing_here(request.target)
        form = chosen(request, (HTML, *TRIPLE_FORMS), options(request, ("format",)).get("format"))
        here = self._places.address + request.target
        links = [Link(f"{here}?format={one.name}", "alternate", one.media) for one in (HTML, *TRIPLE_FORMS)]
        links.append(Link(here, "canonical"))
        links += [Link(found, "license") for found in self._licences(terms)]
        words = language(request.headers.get("accept-language", "")) if form == HTML else ""

        def make() -> bytes:
            descriptions = [found for term in terms if (found := describe(facts, term, 0))]
            if form == HTML:
                return plain.vocabulary(iri, descriptions, self._places, self._curies, words).encode()
            said = self_description(here, [iri], self._dataset)
            return written(_stated(descriptions), said, form, Layer.STATED, self._prefixes)

        return document(
            request, (self._version, iri, words), form, make, links=links,
            vary="Accept, Accept-Language" if form == HTML else "Accept",
            headers=(("Content-Language", words),) if words else (),
        )  # fmt: skip

    def _terms(self, iri: str) -> tuple[Facts, tuple[str, ...]]:
        """The resources that a document is about, sorted, its own header first, and where they are stated."""
        if iri.startswith(_ROOT + "ontology/"):
            return self._facts, self._module(iri) if known(self._facts, iri) else ()
        facts, every = self._documents.get(iri, (self._facts, ()))
        headers = {
            found.value for term in every for found in facts.objects(ox.NamedNode(term), _ISDEFINEDBY)
            if isinstance(found, ox.NamedNode)
        }  # fmt: skip
        return facts, tuple(dict.fromkeys((*sorted(headers), *every)))

    def _module(self, iri: str) -> tuple[str, ...]:
        """An ontology's header and the terms that it defines; its version's IRI leads to the same."""
        node = ox.NamedNode(iri)
        owners = [t.subject for t in self._facts.mentions(node) if t.predicate == _VERSION]
        header = owners[0] if owners else node
        if not self._facts.about(header):
            return ()
        defined = {t.subject for t in self._facts.mentions(header) if t.predicate == _ISDEFINEDBY}
        names = sorted(term.value for term in defined if isinstance(term, ox.NamedNode))
        return (header.value, *names) if isinstance(header, ox.NamedNode) else ()

    def _licences(self, terms: tuple[str, ...]) -> list[str]:
        found = (value for term in terms[:16] for value in self._facts.objects(ox.NamedNode(term), _LICENCE))
        return sorted({value.value for value in found if isinstance(value, ox.NamedNode)})


def _by_document(facts: Facts) -> dict[str, list[str]]:
    """The model's own terms by the document that their hash IRIs lead to."""
    found: dict[str, list[str]] = {}
    for term in facts.within(_ROOT):
        document, mark, _ = term.partition("#")
        if mark:
            found.setdefault(document, []).append(term)
    return found


def _stated(descriptions: list[Description]) -> Iterator[Statement]:
    for found in descriptions:
        yield from (*found.stated, *found.nested)
