"""Names of input and output formats and the media types they stand for."""

from __future__ import annotations

import enum


class ReportFormat(enum.StrEnum):
    """How `kgtool check` prints its report."""

    HUMAN = "human"
    JSON = "json"
    JSONL = "jsonl"
    GITHUB = "github"
    JUNIT = "junit"
    SARIF = "sarif"
    MARKDOWN = "markdown"


class ResultFormat(enum.StrEnum):
    """How `kgtool query` prints solutions; ttl and jsonld are for CONSTRUCT and DESCRIBE, xlsx is no text."""

    TABLE = "table"
    CSV = "csv"
    TSV = "tsv"
    JSON = "json"
    XML = "xml"
    TTL = "ttl"
    JSONLD = "jsonld"
    XLSX = "xlsx"


class PackageFormat(enum.StrEnum):
    """Formats of the data in a package of `kgtool export`."""

    TTL = "ttl"
    NT = "nt"
    NQ = "nq"
    TRIG = "trig"
    JSONLD = "jsonld"
    RDFXML = "rdfxml"
    CSV = "csv"
    XLSX = "xlsx"
    GEOJSON = "geojson"
    ICS = "ics"
    SCHEMAORG = "schemaorg"


class Reasoner(enum.StrEnum):
    """What reasons; owlrl is the reference: slow, and without proofs."""

    KGTOOL = "kgtool"
    OWLRL = "owlrl"


class Engine(enum.StrEnum):
    """Which validator runs the shapes: the program's own, or pySHACL as a reference (about 50 times slower)."""

    KGTOOL = "kgtool"
    PYSHACL = "pyshacl"


class Audience(enum.StrEnum):
    """For whom something is, from outside to inside; whoever is further in sees all that those further out see."""

    PUBLIC = "public"
    PARTNER = "partner"
    INTERNAL = "internal"

    def sees(self, other: Audience) -> bool:
        """Whether what is meant for `other` is shown to this audience."""
        order = list(Audience)
        return order.index(other) <= order.index(self)


class FailOn(enum.StrEnum):
    """The lowest severity that makes `kgtool check` exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"
    NEVER = "never"


# File name endings that are read as RDF, and the pyoxigraph format's name for each.
RDF_SUFFIXES = {
    ".ttl": "text/turtle",
    ".nt": "application/n-triples",
    ".trig": "application/trig",
    ".nq": "application/n-quads",
}
# Formats that are read only when the setting `accept` names them: file name ending to that name and the format's own.
EXTRA_FORMATS = {
    ".jsonld": ("jsonld", "application/ld+json"),
    ".rdf": ("rdfxml", "application/rdf+xml"),
    ".owl": ("rdfxml", "application/rdf+xml"),
}
