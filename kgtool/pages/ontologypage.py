"""The ontology as documentation: every term with its meaning, place, shapes, examples and how often it is used."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.lang import canonical
from kgtool.pages.context import Context, Ref
from kgtool.pages.naming import Label, chosen
from kgtool.pages.view import View
from kgtool.terms import CD, OWL, RDF, RDFS, SCHEMA, SH, SKOS

_ROLES = (("class", OWL + "Class"), ("class", RDFS + "Class"), ("property", OWL + "ObjectProperty"),
          ("property", OWL + "DatatypeProperty"), ("property", OWL + "AnnotationProperty"),
          ("concept", SKOS + "Concept"), ("scheme", SKOS + "ConceptScheme"), ("module", OWL + "Ontology"))  # fmt: skip
_LINKS = ((RDFS + "subClassOf", "above"), (RDFS + "subPropertyOf", "above"), (SKOS + "broader", "above"),
          (RDFS + "domain", "domain"), (SCHEMA + "domainIncludes", "domain"), (RDFS + "range", "range"),
          (SCHEMA + "rangeIncludes", "range"), (OWL + "inverseOf", "inverse"), (OWL + "disjointWith", "disjoint"),
          (SKOS + "inScheme", "scheme"), (RDFS + "isDefinedBy", "module"))  # fmt: skip
_BELOW = (RDFS + "subClassOf", RDFS + "subPropertyOf", SKOS + "broader", SKOS + "inScheme")
_MOST = 24


class Entry(Struct, frozen=True):
    """A line of the index of terms."""

    ref: Ref
    short: str
    role: str
    definition: Label
    uses: int


class Module(Struct, frozen=True):
    """The terms of one module or vocabulary."""

    title: Label
    note: Label
    entries: tuple[Entry, ...]


class Rule(Struct, frozen=True):
    """What a shape asks for: its message and what it applies to."""

    short: str
    message: Label
    path: str
    bounds: tuple[str, ...]


class Term(Struct, frozen=True):
    """A term's page."""

    node: int
    ref: Ref
    iri: str
    short: str
    role: str
    names: tuple[tuple[str, str], ...]
    definition: Label
    notes: tuple[Label, ...]
    examples: tuple[Label, ...]
    links: tuple[tuple[str, tuple[Ref, ...]], ...]
    below: tuple[Ref, ...]
    rules: tuple[Rule, ...]
    uses: int
    used: tuple[Ref, ...]
    files: tuple[str, ...]


def role_of(view: View, node: int) -> str:
    """What a term is: class, property, concept, scheme or module; "" for anything else."""
    types = view.types(node)
    return next((role for role, iri in _ROLES if view.code(iri) in types), "")


def uses(view: View, node: int) -> int:
    """How often data uses a term: members of a class, statements of a property, mentions of a concept."""
    role = role_of(view, node)
    if role == "class":
        return len(view.into(node, RDF + "type"))
    if role == "property":
        return len(view.index.column(node)[0])
    return sum(len(subjects) for predicate, subjects in view.mentions(node) if view.iri(predicate).startswith(CD))


def headers(context: Context) -> list[Ref]:
    """The ontology's modules as resources of their own, by IRI."""
    view = context.view
    nodes = [node for node in view.ontology if role_of(view, node) == "module" and view.iri(node)]
    return [context.ref(node) for node in sorted(nodes, key=view.iri)]


def modules(context: Context) -> list[Module]:
    """Terms by module, modules by IRI; concepts by scheme within theirs."""
    view = context.view
    groups: dict[int, list[int]] = {}
    for node in view.ontology:
        role = role_of(view, node)
        if role in {"", "module"} or not view.iri(node):
            continue
        home = view.first(node, RDFS + "isDefinedBy")
        scheme = view.first(node, SKOS + "inScheme")
        groups.setdefault(scheme if scheme >= 0 else home, []).append(node)
    out = []
    for home in sorted(groups, key=view.iri):
        nodes = sorted(
            groups[home], key=lambda node: ("class property concept scheme".index(role_of(view, node)), view.iri(node))
        )
        title = context.label(home) if home >= 0 else Label(context.words["other_vocabularies"])
        note = (
            context.namer.text(home, "http://purl.org/dc/terms/description", context.language)
            if home >= 0
            else Label("")
        )
        out.append(Module(title, note, tuple(_entry(context, node) for node in nodes)))
    return out


def _entry(context: Context, node: int) -> Entry:
    return Entry(
        context.ref(node), context.namer.short(node), role_of(context.view, node),
        context.namer.text(node, SKOS + "definition", context.language), uses(context.view, node),
    )  # fmt: skip


def term(context: Context, shapes: Shapes, node: int) -> Term:
    """Everything about one term."""
    view, namer = context.view, context.namer
    role = role_of(view, node)
    links: dict[str, list[Ref]] = {}
    for predicate, key in _LINKS:
        for value in view.out(node, predicate):
            if view.iri(value):
                links.setdefault(key, []).append(context.ref(value))
    below = [one for predicate in _BELOW for one in view.into(node, predicate)]
    used = (
        view.into(node, RDF + "type")
        if role == "class"
        else [s for p, ss in view.mentions(node) if view.iri(p).startswith(CD) for s in ss]
    )
    if role == "property":
        used = list(view.index.column(node)[0])
    notes = (
        namer.text(node, SKOS + "scopeNote", context.language),
        namer.text(node, "http://purl.org/dc/terms/description", context.language),
    )
    shown = [one for one in dict.fromkeys(used) if view.has_page(one) and one not in view.ontology]
    return Term(
        node, context.ref(node), view.iri(node), namer.short(node), role,
        tuple((text, tag) for text, tag in namer.others(node).items() if text != context.label(node).text),
        namer.text(node, SKOS + "definition", context.language), tuple(note for note in notes if note.text),
        tuple(namer.value(value, context.language) for value in view.out(node, SKOS + "example")
              if not namer.value(value, context.language).foreign or len(view.out(node, SKOS + "example")) == 1),
        tuple((key, tuple(refs)) for key, refs in links.items()),
        tuple(context.ref(one) for one in dict.fromkeys(below) if view.iri(one))[:60],
        shapes.about(context, node), uses(view, node),
        tuple(context.ref(one) for one in shown[:_MOST]), view.files(node),
    )  # fmt: skip


class Shapes:
    """The project's shapes, read for what they say of a class or a property."""

    def __init__(self, quads: Iterable[ox.Quad]) -> None:
        self._index = Index()
        self._index.extend(quads)

    def about(self, context: Context, node: int) -> tuple[Rule, ...]:
        """Property shapes of the node shapes that target a class, or property shapes whose path is a property."""
        index, iri = self._index, context.view.iri(node)
        code = index.iri(iri)
        if code < 0:
            return ()
        found = list(index.backward(index.iri(SH + "path")).get(code, ()))
        for shape in index.backward(index.iri(SH + "targetClass")).get(code, ()):
            found += index.objects(shape, index.iri(SH + "property"))
            found += [shape] if index.objects(shape, index.iri(SH + "message")) else []
        return tuple(self._rule(context, shape) for shape in dict.fromkeys(found))

    def _rule(self, context: Context, shape: int) -> Rule:
        index, short = self._index, context.view.snapshot.curies.short
        messages: dict[str, str] = {}
        for literal in self._values(shape, "message"):
            if isinstance(literal, ox.Literal):
                messages.setdefault(canonical(literal.language or ""), literal.value)
        bounds = [
            f"{name} {short(value.value) if isinstance(value, ox.NamedNode) else value.value}"
            for name in ("minCount", "maxCount", "datatype", "class", "nodeKind", "pattern")
            for value in self._values(shape, name)
            if isinstance(value, ox.NamedNode | ox.Literal)
        ]
        path = next((value.value for value in self._values(shape, "path") if isinstance(value, ox.NamedNode)), "")
        own = index.terms[shape]
        return Rule(
            short(own.value) if isinstance(own, ox.NamedNode) else "",
            chosen(messages, context.language),
            short(path) if path else "",
            tuple(bounds),
        )

    def _values(self, shape: int, name: str) -> list[Any]:
        index = self._index
        return [index.terms[value] for value in index.objects(shape, index.iri(SH + name))]
