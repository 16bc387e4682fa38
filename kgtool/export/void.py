"""VoID: what the data consists of, in figures, with example queries as sh:SPARQLExecutable.

Source: Describing Linked Datasets with the VoID Vocabulary §4, §5; SHACL Advanced Features §5 (SPARQL executables).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.catalog import NamedQuery
from kgtool.errors import KgError
from kgtool.export.counts import Counts
from kgtool.export.names import VOID, Triples
from kgtool.named import Binder, bound_text
from kgtool.snapshot import Snapshot
from kgtool.terms import RDFS, SCHEMA, SH, XSD

_FORMS = {"SELECT": "Select", "ASK": "Ask", "CONSTRUCT": "Construct"}
_PREFIX = re.compile(r"^\s*PREFIX\b", re.IGNORECASE | re.MULTILINE)
_NAMESPACE = re.compile(r"^(.*[/#])[^/#]*$")


def describe_data(out: Triples, dataset: str, counts: Counts, space: str) -> None:
    """`void:Dataset` with its figures, a partition a class and a property, a linkset a source linked to."""
    out.typed(dataset, VOID + "Dataset")
    out.integer(dataset, VOID + "triples", counts.triples)
    out.integer(dataset, VOID + "classes", len(counts.classes))
    out.integer(dataset, VOID + "properties", len(counts.properties))
    if counts.subjects is not None:
        out.integer(dataset, VOID + "distinctSubjects", len(counts.subjects))
    if space:
        out.value(dataset, VOID + "uriSpace", space)
    for number, (cls, instances) in enumerate(sorted(counts.classes.items()), 1):
        part = f"{dataset}/class/{number}"
        out.link(dataset, VOID + "classPartition", part)
        out.typed(part, VOID + "Dataset")
        out.link(part, VOID + "class", cls)
        out.integer(part, VOID + "entities", instances)
    for number, (predicate, triples) in enumerate(sorted(counts.properties.items()), 1):
        part = f"{dataset}/property/{number}"
        out.link(dataset, VOID + "propertyPartition", part)
        out.typed(part, VOID + "Dataset")
        out.link(part, VOID + "property", predicate)
        out.integer(part, VOID + "triples", triples)
    for namespace in sorted({found[1] for name in counts.properties if (found := _NAMESPACE.match(name))}):
        out.link(dataset, VOID + "vocabulary", namespace)
    _linksets(out, dataset, counts)


def _linksets(out: Triples, dataset: str, counts: Counts) -> None:
    for number, ((predicate, target), triples) in enumerate(sorted(counts.links.items()), 1):
        part, other = f"{dataset}/links/{number}", f"{dataset}/links/{number}/target"
        out.link(dataset, VOID + "subset", part)
        out.typed(part, VOID + "Linkset")
        out.link(part, VOID + "linkPredicate", predicate)
        out.link(part, VOID + "subjectsTarget", dataset)
        out.link(part, VOID + "objectsTarget", other)
        out.integer(part, VOID + "triples", triples)
        out.typed(other, VOID + "Dataset")
        out.value(other, VOID + "uriSpace", target)


def example_queries(out: Triples, snapshot: Snapshot, base: str, endpoint: str) -> None:
    """Each ask query that its examples make runnable, as text that any SPARQL 1.1 engine takes."""
    binder = Binder(snapshot.curies, snapshot.today, snapshot.store, suggests=False)
    for query in snapshot.catalog.role("ask"):
        text = _runnable(query, binder)
        kind = _FORMS.get(query.form)
        if text is None or kind is None:
            continue
        iri = f"{base}query/{query.name}"
        out.typed(iri, SH + "SPARQLExecutable", f"{SH}SPARQL{kind}Executable")
        out.value(iri, SH + kind.lower(), text)
        out.texts(iri, RDFS + "label", query.summary)
        out.texts(iri, RDFS + "comment", query.description)
        out.link(iri, SCHEMA + "target", endpoint)


def _runnable(query: NamedQuery, binder: Binder) -> str | None:
    """The query without its header, parameters bound to the examples of the header, prefixes declared."""
    given = {name: param.example for name, param in query.params.items() if param.example and not param.default}
    try:
        text = bound_text(query, binder.bind(query, given))
    except KgError:
        return None
    lines = text.split("\n")
    while lines and (not lines[0].strip() or lines[0].startswith("#")):
        lines.pop(0)
    body = "\n".join(lines).rstrip() + "\n"
    declared = {name for name in binder.curies.prefixes if re.search(rf"(?i)prefix\s+{re.escape(name)}:", body)}
    used = {
        name for name in binder.curies.prefixes if re.search(rf"(?<![\w:/#]){re.escape(name)}:", _PREFIX.sub("", body))
    }
    missing = sorted(used - declared)
    return "".join(f"PREFIX {name}: <{binder.curies.prefixes[name]}>\n" for name in missing) + body


def date_literal(day: str) -> ox.Literal:
    """An xsd:date."""
    return ox.Literal(day, datatype=ox.NamedNode(XSD + "date"))


def counted(statements: Iterable[ox.Quad | ox.Triple]) -> Counts:
    """Figures of statements at hand; a triple of two graphs counts once."""
    counts = Counts()
    for triple in dict.fromkeys(s.triple if isinstance(s, ox.Quad) else s for s in statements):
        counts.count(triple)
    return counts
