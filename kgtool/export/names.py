"""Namespaces of catalogues, and a small builder of triples for them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kgtool.terms import RDF, XSD

DCAT = "http://www.w3.org/ns/dcat#"
DCATAP = "http://data.europa.eu/r5r/"
VOID = "http://rdfs.org/ns/void#"
FOAF = "http://xmlns.com/foaf/0.1/"
SPDX = "http://spdx.org/rdf/terms#"
VCARD = "http://www.w3.org/2006/vcard/ns#"
SD = "http://www.w3.org/ns/sparql-service-description#"
MEDIA = "https://www.iana.org/assignments/media-types/"
# Prefixes for the files that speak of packages.
CATALOGUE_PREFIXES: Mapping[str, str] = {
    "dcat": DCAT, "dcatap": DCATAP, "foaf": FOAF, "spdx": SPDX, "vcard": VCARD, "void": VOID, "sd": SD,
}  # fmt: skip
# Language tags to the EU's list of languages, which DCAT-AP asks for. Source: DCAT-AP 3.0.1 §10 (controlled vocabularies).
_LANGUAGES: Mapping[str, str] = {
    "en": "ENG", "zh": "ZHO", "ja": "JPN", "ko": "KOR", "fr": "FRA", "de": "DEU", "es": "SPA", "it": "ITA", "pt": "POR",
    "vi": "VIE", "th": "THA", "id": "IND", "ms": "MSA", "dv": "DIV", "nl": "NLD", "pl": "POL", "ru": "RUS", "tr": "TUR",
}  # fmt: skip
_AUTHORITY = "http://publications.europa.eu/resource/authority/language/"
Term = ox.NamedNode | ox.BlankNode | ox.Literal


def language_iri(tag: str) -> str:
    """The IRI of a language tag's language in the EU's list, "" when this program does not know it."""
    code = _LANGUAGES.get(tag.split("-", maxsplit=1)[0].lower(), "")
    return _AUTHORITY + code if code else ""


class Triples:
    """Triples being gathered, in order, each once."""

    def __init__(self) -> None:
        self._triples: dict[ox.Triple, None] = {}

    def add(self, subject: str, predicate: str, *values: Term) -> None:
        """Statements about an IRI."""
        for value in values:
            self._triples[ox.Triple(ox.NamedNode(subject), ox.NamedNode(predicate), value)] = None

    def link(self, subject: str, predicate: str, *iris: str) -> None:
        """Statements whose objects are IRIs; "" says nothing."""
        self.add(subject, predicate, *(ox.NamedNode(iri) for iri in iris if iri))

    def typed(self, subject: str, *classes: str) -> None:
        self.link(subject, RDF + "type", *classes)

    def texts(self, subject: str, predicate: str, texts: Mapping[str, str]) -> None:
        """A literal a language."""
        self.add(subject, predicate, *(ox.Literal(text, language=tag) for tag, text in sorted(texts.items())))

    def value(self, subject: str, predicate: str, text: str, datatype: str = XSD + "string") -> None:
        self.add(subject, predicate, ox.Literal(text, datatype=ox.NamedNode(datatype)))

    def integer(self, subject: str, predicate: str, number: int, datatype: str = XSD + "integer") -> None:
        self.value(subject, predicate, str(number), datatype)

    def extend(self, triples: Iterable[ox.Triple]) -> None:
        self._triples.update(dict.fromkeys(triples))

    def done(self) -> tuple[ox.Triple, ...]:
        """The triples, sorted."""
        return tuple(sorted(self._triples, key=str))
