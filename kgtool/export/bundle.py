"""What a package is made of, before any format: the chosen quads with canonical blank nodes, and the model they use."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

import pyoxigraph as ox
from msgspec import Struct

from kgtool.export.model import shapes_of, terms_of
from kgtool.export.selection import select
from kgtool.index import Term
from kgtool.lang import canonical, pick
from kgtool.project import ExportProfile, Statements
from kgtool.snapshot import INFERRED, Snapshot
from kgtool.terms import CD, DCT, OWL, RDF, RDFS, SKOS
from kgtool.write.canonical import TooAlikeError, canonical_labels, digest, line, relabelled

_LABELS = (SKOS + "prefLabel", DCT + "title", RDFS + "label")
_TYPE = RDF + "type"


class Bundle(Struct, frozen=True, dict=True):
    """The content of a package.

    Attributes:
        quads: stated, one named graph a file, in canonical order.
        inferred: in the graph `INFERRED`, in canonical order; empty unless the profile asks for it.
        model: what the ontology says of the terms that are used; shapes: those that apply to them.
        digest: hexadecimal SHA-256 of the canonical N-Quads (RDFC-1.0) of `quads` and `inferred`; "" where blank nodes
            look too much alike, and then their labels are those of the files.
    """

    snapshot: Snapshot
    profile: ExportProfile
    seeds: tuple[ox.NamedNode, ...]
    quads: tuple[ox.Quad, ...]
    inferred: tuple[ox.Quad, ...]
    model: tuple[ox.Quad, ...]
    shapes: tuple[ox.Quad, ...]
    digest: str

    @property
    def languages(self) -> tuple[str, ...]:
        return self.profile.languages or tuple(self.snapshot.project["languages"])

    @cached_property
    def triples(self) -> tuple[ox.Triple, ...]:
        """What is stated, each once, whatever file states it."""
        return tuple(dict.fromkeys(quad.triple for quad in self.quads))

    @cached_property
    def about(self) -> Mapping[object, Mapping[str, tuple[Term, ...]]]:
        """Subject to property to values, in canonical order."""
        table: dict[object, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for triple in self.triples:
            table[triple.subject][triple.predicate.value].append(triple.object)
        return {node: {name: tuple(values) for name, values in row.items()} for node, row in table.items()}

    def values(self, node: object, predicate: str) -> tuple[Term, ...]:
        return self.about.get(node, {}).get(predicate, ())

    def texts(self, node: object, predicate: str) -> dict[str, str]:
        """A property's texts by language tag; "" for none. The first of a language in canonical order."""
        out: dict[str, str] = {}
        for value in self.values(node, predicate):
            if isinstance(value, ox.Literal):
                out.setdefault(canonical(value.language or ""), value.value)
        return out

    def names(self, node: object) -> dict[str, str]:
        """A resource's names by language tag: of the data, or of a concept of the model."""
        for table in (self.about, self._model):
            for predicate in _LABELS:
                found = {
                    canonical(value.language or ""): value.value
                    for value in reversed(table.get(node, {}).get(predicate, ())) if isinstance(value, ox.Literal)
                }  # fmt: skip
                if found:
                    return found
        return {}

    def name(self, node: object, language: str = "") -> str:
        """One name, in a language (the profile's first) or by the fixed fallback; the prefixed name where there is none."""
        found = self.names(node)
        if found:
            return pick(found, language or self.languages[0])
        return self.snapshot.curies.short(node.value).strip("<>") if isinstance(node, ox.NamedNode) else str(node)

    @cached_property
    def _model(self) -> Mapping[object, Mapping[str, tuple[Term, ...]]]:
        table: dict[object, dict[str, tuple[Term, ...]]] = defaultdict(dict)
        for quad in self.model:
            row = table[quad.subject]
            row[quad.predicate.value] = (*row.get(quad.predicate.value, ()), quad.object)
        return table

    def above(self, cls: str) -> set[str]:
        """A class and its superclasses, as the model states them; of "", which is no class, none."""
        found, waiting = ({cls}, [cls]) if cls else (set(), [])
        while waiting:
            for wider in self._model.get(ox.NamedNode(waiting.pop()), {}).get(RDFS + "subClassOf", ()):
                if isinstance(wider, ox.NamedNode) and wider.value not in found:
                    found.add(wider.value)
                    waiting.append(wider.value)
        return found

    @cached_property
    def tombstones(self) -> tuple[tuple[str, str], ...]:
        """IRIs that are no longer used, each with what took its place ("" for nothing), sorted."""
        return tombstones(self.quads)

    @cached_property
    def classes(self) -> Mapping[str, tuple[object, ...]]:
        """Class to the resources shown under it, each under one class: the city-diplomacy one before others, by name."""
        table: dict[str, list[object]] = defaultdict(list)
        for node in self.about:
            types = [value.value for value in self.values(node, _TYPE) if isinstance(value, ox.NamedNode)]
            if types:
                table[min(types, key=lambda iri: (not iri.startswith(CD), iri))].append(node)
            elif isinstance(node, ox.NamedNode):
                table[""].append(node)
        return {cls: tuple(table[cls]) for cls in sorted(table)}

    def instances(self, cls: str) -> tuple[object, ...]:
        """Resources of a class or of a subclass of it."""
        return tuple(node for found, nodes in self.classes.items() if cls in self.above(found) for node in nodes)


def make_bundle(snapshot: Snapshot, profile: ExportProfile, seeds: Sequence[ox.NamedNode]) -> Bundle:
    """Choose, filter by language, label canonically.

    Raises:
        UsageError, QueryError: as `select`.
    """
    chosen = _in_languages(select(snapshot, profile, seeds), profile.languages)
    inferred = _inferred(snapshot, chosen) if profile.statements is Statements.INFERRED else []
    try:
        labels = canonical_labels((*chosen, *inferred))
    except TooAlikeError:
        labels = {}
    quads, more = (tuple(sorted({relabelled(quad, labels) for quad in part}, key=line)) for part in (chosen, inferred))
    whole = (
        "" if not labels and _has_blank((*chosen, *inferred)) else digest(sorted({line(q) for q in (*quads, *more)}))
    )
    model = terms_of(snapshot, (*quads, *more))
    return Bundle(snapshot, profile, tuple(seeds), quads, more, model, shapes_of(snapshot, quads, model), whole)


def _inferred(snapshot: Snapshot, chosen: Iterable[ox.Quad]) -> list[ox.Quad]:
    """What follows about the IRIs chosen, as far as it names nothing that was not chosen, and no blank node."""
    subjects = {quad.subject for quad in chosen if isinstance(quad.subject, ox.NamedNode)}
    known = {quad.object for quad in chosen if isinstance(quad.object, ox.NamedNode)} | subjects
    model = {quad.subject for quad in snapshot.stated if quad.graph_name in snapshot.model}
    graph = ox.NamedNode(INFERRED)
    return [
        ox.Quad(t.subject, t.predicate, t.object, graph) for t in snapshot.inferred
        if t.subject in subjects and (isinstance(t.object, ox.Literal) or t.object in known or t.object in model)
    ]  # fmt: skip


def _has_blank(quads: Iterable[ox.Quad]) -> bool:
    return any(isinstance(term, ox.BlankNode) for quad in quads for term in (quad.subject, quad.object))


def _in_languages(quads: Sequence[ox.Quad], languages: Sequence[str]) -> list[ox.Quad]:
    """Without texts in other languages, where a property of a subject has one in these; no name is lost for that."""
    if not languages:
        return list(quads)
    wanted = [tag.lower() for tag in languages]

    def fits(quad: ox.Quad) -> bool:
        tag = quad.object.language if isinstance(quad.object, ox.Literal) else None
        return tag is None or any(tag == want or tag.startswith(want + "-") for want in wanted)

    fitting = {
        (quad.subject, quad.predicate) for quad in quads
        if isinstance(quad.object, ox.Literal) and quad.object.language and fits(quad)
    }  # fmt: skip
    return [quad for quad in quads if fits(quad) or (quad.subject, quad.predicate) not in fitting]


def tombstones(quads: Iterable[ox.Quad]) -> tuple[tuple[str, str], ...]:
    """IRIs that quads call deprecated or replaced, each with what took its place ("" for nothing), sorted."""
    found: set[tuple[str, str]] = set()
    replaced: set[str] = set()
    gone: set[str] = set()
    for quad in quads:
        if not isinstance(quad.subject, ox.NamedNode):
            continue
        if quad.predicate.value == DCT + "isReplacedBy" and isinstance(quad.object, ox.NamedNode):
            found.add((quad.subject.value, quad.object.value))
            replaced.add(quad.subject.value)
        elif quad.predicate.value == OWL + "deprecated" and getattr(quad.object, "value", "") in {"true", "1"}:
            gone.add(quad.subject.value)
    return tuple(sorted(found | {(iri, "") for iri in gone - replaced}))
