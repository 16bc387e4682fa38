"""The dataset as a whole: `/catalog` in DCAT-AP, `/.well-known/void` with what a program needs to find its way.

Sources: DCAT-AP 3.0.1; VoID §2 to §6 and §7 (/.well-known/void); RFC 8615.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.export.catalogue import Placed, catalogue
from kgtool.export.names import CATALOGUE_PREFIXES, SD
from kgtool.serve.layers import JSONLD, NTRIPLES, RDFXML, TRIPLE_FORMS, TURTLE, warm
from kgtool.serve.message import Request, Response
from kgtool.serve.places import Places, places_of
from kgtool.serve.reading import Form, Link, chosen, document, options, read, see_other
from kgtool.serve.refusal import nothing_here
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import INFERRED, Snapshot
from kgtool.terms import CD, FOAF, KIND, RDF, STATUS, VOID, XSD
from kgtool.write.graphs import to_jsonld, to_turtle
from kgtool.write.syntaxes import to_ntriples, to_rdfxml

CATALOGUE, WELL_KNOWN, DATASET = "/catalog", "/.well-known/void", "/dataset"
# Source: Unique URIs for File Formats (W3C), which VoID §3.2 asks for.
_FEATURES = ("Turtle", "JSON-LD", "N-Triples", "RDF_XML", "TriG", "N-Quads")


def dataset_iri(settings: ServeSettings) -> str:
    """The IRI of the dataset that documents say they belong to. Source: VoID §6.2."""
    return settings.address + DATASET


def licence_of(snapshot: Snapshot) -> str:
    """The IRI of the data's licence, "" where the settings give none."""
    return snapshot.project.publication.license


class Dataset:
    """Answers with the catalogue and the VoID description, which are made once; what they name leads to them."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        places = places_of(snapshot, settings)
        self._address = settings.address
        self._prefixes = {**snapshot.project.prefixes, **CATALOGUE_PREFIXES}
        self._version = snapshot.version
        self._licence = licence_of(snapshot)
        warm()
        made = catalogue(snapshot, Placed(settings.address + "/", settings.address + "/sparql"))
        self._triples = {
            CATALOGUE: made,
            WELL_KNOWN: (*made, *_way(snapshot, settings, places)),
        }
        # What the catalogue names below this address: the dataset, its parts, the service, example queries.
        self._things = {triple.subject.value for triple in made if isinstance(triple.subject, ox.NamedNode)}

    def __call__(self, request: Request) -> Response:
        """The response for a description or for something that it names."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        if request.target not in self._triples:
            if self._address + request.target not in self._things:
                raise nothing_here(request.target)
            return see_other(self._address + (WELL_KNOWN if request.target == DATASET else CATALOGUE))
        form = chosen(request, TRIPLE_FORMS, options(request, ("format",)).get("format"))
        here = self._address + request.target
        links = [Link(f"{here}?format={one.name}", "alternate", one.media) for one in TRIPLE_FORMS]
        links += [Link(here, "canonical"), *([Link(self._licence, "license")] if self._licence else [])]
        triples = self._triples[request.target]
        parts = (self._version, self._address, request.target)
        return document(request, parts, form, lambda: self._text(triples, form).encode(), links=links)

    def _text(self, triples: tuple[ox.Triple, ...], form: Form) -> str:
        if form == NTRIPLES:
            return to_ntriples(triples)
        writers = {TURTLE: to_turtle, JSONLD: to_jsonld, RDFXML: to_rdfxml}
        return writers[form](triples, self._prefixes)


def _way(snapshot: Snapshot, settings: ServeSettings, places: Places) -> Iterator[ox.Triple]:
    """How to get from the dataset to its parts: look-up, vocabularies, forms, a document a named graph."""
    dataset = dataset_iri(settings)
    yield _link(settings.address + WELL_KNOWN, RDF + "type", VOID + "DatasetDescription")
    yield _link(settings.address + WELL_KNOWN, FOAF + "primaryTopic", dataset)
    yield _link(dataset, VOID + "uriLookupEndpoint", settings.address + "/about?iri=")
    yield from (_link(dataset, VOID + "vocabulary", space) for space in (CD, KIND, STATUS))
    yield from (_link(dataset, VOID + "feature", "http://www.w3.org/ns/formats/" + name) for name in _FEATURES)
    sizes = Counter(quad.graph_name.value for quad in snapshot.stated if isinstance(quad.graph_name, ox.NamedNode))
    if snapshot.inferred:
        sizes[INFERRED] = len(snapshot.inferred)
    for graph, size in sorted(sizes.items()):
        where = places.link(graph)
        yield _link(dataset, VOID + "subset", where)
        yield _link(where, RDF + "type", VOID + "Dataset")
        yield _link(where, VOID + "dataDump", places.data(graph, "nq"))
        yield _link(where, SD + "name", graph)
        count = ox.Literal(str(size), datatype=ox.NamedNode(XSD + "integer"))
        yield ox.Triple(ox.NamedNode(where), ox.NamedNode(VOID + "triples"), count)


def _link(subject: str, predicate: str, value: str) -> ox.Triple:
    return ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), ox.NamedNode(value))
