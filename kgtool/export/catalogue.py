"""The catalogue: DCAT-AP 3 and VoID of a snapshot, for packages and for the server's `/catalog`.

Source: DCAT-AP 3.0.1 §4 to §6 (mandatory and recommended properties of Catalogue, Dataset, Distribution, Data Service).
"""

from __future__ import annotations

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import Texts
from kgtool.export.counts import Counts
from kgtool.export.names import DCAT, FOAF, MEDIA, SPDX, VCARD, VOID, Triples, language_iri
from kgtool.export.void import counted, date_literal, describe_data, example_queries
from kgtool.project import Publication
from kgtool.snapshot import Snapshot
from kgtool.terms import DCT, RDFS, XSD

_SHA256 = SPDX + "checksumAlgorithm_sha256"


class Distribution(Struct, frozen=True):
    """A file of the dataset: its address, media type, title by language, and where known its size and SHA-256 in hex."""

    url: str
    media: str
    title: Texts
    size: int = -1
    sha256: str = ""
    conforms: str = ""


class Placed(Struct, frozen=True):
    """Where a catalogue is published.

    Attributes:
        base: absolute IRI ending in `/`; catalogue, dataset, partitions and queries are named below it.
        endpoint: address of a SPARQL endpoint over the data, "" for none.
        files: distributions.
    """

    base: str
    endpoint: str = ""
    files: tuple[Distribution, ...] = ()

    @property
    def dataset(self) -> str:
        """IRI of the dataset."""
        return self.base + "dataset"


def catalogue(snapshot: Snapshot, placed: Placed, counts: Counts | None = None) -> tuple[ox.Triple, ...]:
    """DCAT-AP catalogue with one dataset, its VoID figures and example queries; sorted, without blank nodes.

    Args:
        counts: figures of the data where they are known; else those of everything the snapshot states.
    Cost: one pass over the data, one query a named query that has an example.
    """
    out = Triples()
    publication = snapshot.project.publication
    names = _Names(placed.base, publication)
    dataset = names.dataset
    _catalogue(out, snapshot, names, publication)
    _dataset(out, snapshot, names, publication)
    for number, file in enumerate(placed.files, 1):
        _distribution(out, f"{placed.base}distribution/{number}", names, file, publication)
    if placed.endpoint:
        _service(out, names, placed.endpoint, publication)
    describe_data(out, dataset, counts or counted(snapshot.stated), snapshot.project["base"])
    example_queries(out, snapshot, placed.base, placed.endpoint)
    return out.done()


class _Names(Struct, frozen=True):
    base: str
    publication: Publication

    @property
    def catalogue(self) -> str:
        return self.base + "catalog"

    @property
    def dataset(self) -> str:
        return self.base + "dataset"

    @property
    def service(self) -> str:
        return self.base + "service"

    @property
    def publisher(self) -> str:
        return self.publication.publisher_iri or self.base + "publisher"


def _catalogue(out: Triples, snapshot: Snapshot, names: _Names, publication: Publication) -> None:
    iri = names.catalogue
    out.typed(iri, DCAT + "Catalog")
    out.texts(iri, DCT + "title", publication.title)
    out.texts(iri, DCT + "description", publication.description)
    out.link(iri, DCT + "publisher", names.publisher)
    out.link(iri, DCAT + "dataset", names.dataset)
    out.add(iri, DCT + "modified", date_literal(snapshot.today.isoformat()))
    _languages(out, iri, snapshot)
    _licence(out, iri, publication)
    if publication.homepage:
        out.link(iri, FOAF + "homepage", publication.homepage)
        out.typed(publication.homepage, FOAF + "Document")
    out.typed(names.publisher, FOAF + "Agent")
    out.texts(names.publisher, FOAF + "name", publication.publisher)


def _dataset(out: Triples, snapshot: Snapshot, names: _Names, publication: Publication) -> None:
    iri = names.dataset
    out.typed(iri, DCAT + "Dataset")
    out.texts(iri, DCT + "title", publication.title)
    out.texts(iri, DCT + "description", publication.description)
    out.link(iri, DCT + "publisher", names.publisher)
    out.add(iri, DCT + "modified", date_literal(snapshot.today.isoformat()))
    out.value(iri, DCAT + "version", snapshot.version[:16])
    out.link(iri, DCT + "license", publication.license)
    _languages(out, iri, snapshot)
    if publication.contact:
        contact = names.base + "contact"
        out.link(iri, DCAT + "contactPoint", contact)
        out.typed(contact, VCARD + "Organization", VCARD + "Kind")
        out.texts(contact, VCARD + "fn", publication.publisher)
        field = "hasEmail" if publication.contact.startswith("mailto:") else "hasURL"
        out.link(contact, VCARD + field, publication.contact)


def _distribution(out: Triples, iri: str, names: _Names, file: Distribution, publication: Publication) -> None:
    out.link(names.dataset, DCAT + "distribution", iri)
    out.typed(iri, DCAT + "Distribution")
    out.texts(iri, DCT + "title", file.title)
    out.link(iri, DCAT + "accessURL", file.url)
    out.link(iri, DCAT + "downloadURL", file.url)
    out.link(iri, DCAT + "mediaType", MEDIA + file.media)
    out.typed(MEDIA + file.media, DCT + "MediaType")
    _licence(out, iri, publication)
    if file.media in {"application/n-quads", "application/trig"}:
        out.link(names.dataset, VOID + "dataDump", file.url)
    if file.conforms:
        out.link(iri, DCT + "conformsTo", file.conforms)
        out.typed(file.conforms, DCT + "Standard")
    if file.size >= 0:
        out.integer(iri, DCAT + "byteSize", file.size, XSD + "nonNegativeInteger")
    if file.sha256:
        checksum = iri + "/checksum"
        out.link(iri, SPDX + "checksum", checksum)
        out.typed(checksum, SPDX + "Checksum")
        out.link(checksum, SPDX + "algorithm", _SHA256)
        out.typed(_SHA256, SPDX + "ChecksumAlgorithm")
        out.value(checksum, SPDX + "checksumValue", file.sha256, XSD + "hexBinary")


def _service(out: Triples, names: _Names, endpoint: str, publication: Publication) -> None:
    iri, protocol = names.service, "http://www.w3.org/TR/sparql11-protocol/"
    out.link(names.catalogue, DCAT + "service", iri)
    out.typed(iri, DCAT + "DataService")
    out.texts(iri, DCT + "title", {"en": "SPARQL endpoint", "zh-Hant": "SPARQL 查詢端點"})
    out.link(iri, DCAT + "endpointURL", endpoint)
    out.typed(endpoint, RDFS + "Resource")  # DCAT-AP's shapes ask for the class by name
    out.link(iri, DCAT + "servesDataset", names.dataset)
    out.link(iri, DCT + "publisher", names.publisher)
    out.link(iri, DCT + "conformsTo", protocol)
    out.typed(protocol, DCT + "Standard")
    _licence(out, iri, publication)
    out.link(names.dataset, VOID + "sparqlEndpoint", endpoint)
    # A dataset needs a way to its data: the endpoint is one (DCAT-AP 3.0.1 §6.4, accessService).
    access = names.base + "distribution/endpoint"
    out.link(names.dataset, DCAT + "distribution", access)
    out.typed(access, DCAT + "Distribution")
    out.texts(access, DCT + "title", {"en": "SPARQL endpoint", "zh-Hant": "SPARQL 查詢端點"})
    out.link(access, DCAT + "accessURL", endpoint)
    out.link(access, DCAT + "accessService", iri)


def _languages(out: Triples, iri: str, snapshot: Snapshot) -> None:
    for tag in snapshot.project["languages"]:
        language = language_iri(tag)
        if language:
            out.link(iri, DCT + "language", language)
            out.typed(language, DCT + "LinguisticSystem")


def _licence(out: Triples, iri: str, publication: Publication) -> None:
    if publication.license:
        out.link(iri, DCT + "license", publication.license)
        out.typed(publication.license, DCT + "LicenseDocument")
