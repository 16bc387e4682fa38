"""JSON-LD that a JSON developer can read: a file a class, short keys, language maps, names beside references.

The context is made from the data: a key is a property's local name; values that are always references, dates or texts
with a language are plain strings. What a context cannot say for all values of a property is written out in full, so that
the files together are exactly the data. Source: JSON-LD 1.1 §4.1 (context), §4.2.3 (type coercion), §4.6.1 (language maps).
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.export.bundle import Bundle
from kgtool.index import Term
from kgtool.lang import canonical
from kgtool.terms import CD, RDF, SKOS, XSD
from kgtool.write.curie import Curies

_TYPE = RDF + "type"
_INTEGER = re.compile(r"-?[1-9][0-9]{0,14}|0")
_LOCAL = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_NAME = SKOS + "prefLabel"


def jsonld(bundle: Bundle) -> Mapping[str, bytes]:
    """`jsonld/context.jsonld` and a file a class, each with its context inside: nothing has to be fetched.

    A blank node's label means nothing in another file, so nodes that share one are together in `Connected.jsonld`.
    """
    writer = _Writer(bundle)
    out = {"jsonld/context.jsonld": _text({"@context": writer.context})}
    groups: dict[str, list[object]] = {}
    shared: list[object] = []
    for cls, nodes in (*bundle.classes.items(), ("", writer.rest())):
        for node in nodes:
            if node not in writer.nested:
                (shared if writer.shares(node) else groups.setdefault(cls, [])).append(node)
    taken: set[str] = set()
    for cls, nodes in groups.items():
        out[f"jsonld/{_file_name(writer.terms.get(cls, cls), taken)}.jsonld"] = writer.document(nodes)
    if shared:
        out[f"jsonld/{_file_name('Connected', taken)}.jsonld"] = writer.document(shared)
    return out


def _file_name(term: str, taken: set[str]) -> str:
    """A class's file: its local name, numbered where another differs in case at most."""
    stem = re.sub(r"[^A-Za-z0-9_-]", "_", re.split(r"[/#:]", term)[-1]) or "Untyped"
    name, number = stem, 2
    while name.casefold() in taken:
        name, number = f"{stem}_{number}", number + 1
    taken.add(name.casefold())
    return name


def _text(table: object) -> bytes:
    return (json.dumps(table, ensure_ascii=False, indent=1) + "\n").encode("utf-8", "surrogatepass")


class _Writer:
    """Context and nodes of a bundle. `nested` are the blank nodes shown inside the one node that refers to them."""

    def __init__(self, bundle: Bundle) -> None:
        self.bundle = bundle
        self.used = {triple.predicate.value for triple in bundle.triples}
        classes = {
            value.value
            for row in bundle.about.values()
            for value in row.get(_TYPE, ())
            if isinstance(value, ox.NamedNode)
        }
        self.curies = Curies(_prefixes(bundle))
        self.terms = _short(self.used | classes, self.curies)
        self.kinds = self._kinds()
        self.context = self._context()
        self.referred = {triple.object for triple in bundle.triples if isinstance(triple.object, ox.BlankNode)}
        self.nested = self._nested()

    def document(self, nodes: list[object]) -> bytes:
        """Nodes with the part of the context that they use."""
        made = [self.node(node) for node in nodes]
        words = _words(made)
        words |= {word for key in words & {*self.context} for word in _words(self.context[key])} | {"id", "type"}
        return _text({"@context": {key: self.context[key] for key in self.context if key in words}, "@graph": made})

    def rest(self) -> list[object]:
        """Subjects that no class shows."""
        shown = {node for nodes in self.bundle.classes.values() for node in nodes}
        return [node for node in self.bundle.about if node not in shown]

    def _kinds(self) -> dict[str, str]:
        """Property to what all its values are: `@id`, `@language`, a datatype, or "" where they differ."""
        found: dict[str, set[str]] = defaultdict(set)
        for triple in self.bundle.triples:
            value = triple.object
            if not isinstance(value, ox.Literal):
                found[triple.predicate.value].add("@id")
            else:
                found[triple.predicate.value].add("@language" if value.language else value.datatype.value)
        return {name: kinds.pop() if len(kinds) == 1 else "" for name, kinds in found.items()}

    def _context(self) -> dict[str, Any]:
        context: dict[str, Any] = {"id": "@id", "type": "@type"}
        context |= {prefix: {"@id": space, "@prefix": True} for prefix, space in sorted(self.curies.prefixes.items())}
        for iri, term in sorted(self.terms.items(), key=lambda pair: pair[1]):
            kind = self.kinds.get(iri, "") if iri in self.used else ""
            if kind == "@id":
                context[term] = {"@id": iri, "@type": "@id"}
            elif kind == "@language":
                context[term] = {"@id": iri, "@container": "@language"}
            elif kind and kind != XSD + "string":
                context[term] = {"@id": iri, "@type": self._iri(kind)}
            else:
                context[term] = iri
        return context

    def _nested(self) -> set[object]:
        """Blank nodes that exactly one node refers to, once, and that lead up to a node which is shown by itself."""
        owners: dict[object, list[object]] = defaultdict(list)
        for triple in self.bundle.triples:
            if isinstance(triple.object, ox.BlankNode):
                owners[triple.object].append(triple.subject)
        single = {node: found[0] for node, found in owners.items() if len(found) == 1 and node in self.bundle.about}
        nested: set[object] = set()
        for node in single:
            path: list[object] = [node]
            while path[-1] in single and path[-1] not in nested and single[path[-1]] not in path:
                path.append(single[path[-1]])
            if path[-1] not in single or path[-1] in nested:
                nested |= {step for step in path if step in single}
        return nested

    def shares(self, node: object) -> bool:
        """Whether the node is, or refers to, a blank node that is not shown inside one other."""
        if isinstance(node, ox.BlankNode) and node not in self.nested and node in self.referred:
            return True
        values = [
            value
            for row in self.bundle.about.get(node, {}).values()
            for value in row
            if isinstance(value, ox.BlankNode)
        ]
        return any(value not in self.nested or self.shares(value) for value in values)

    def node(self, node: object) -> dict[str, Any]:
        row = self.bundle.about.get(node, {})
        out: dict[str, Any] = {} if node in self.nested else {"id": self._name(node)}
        types = [
            self.terms.get(value.value, self._iri(value.value))
            for value in row.get(_TYPE, ())
            if isinstance(value, ox.NamedNode)
        ]
        if types:
            out["type"] = types[0] if len(types) == 1 else types
        odd = [value for value in row.get(_TYPE, ()) if not isinstance(value, ox.NamedNode)]
        if odd:
            out[RDF + "type"] = [self._value(value, "") for value in odd]
        for iri in sorted(row, key=lambda iri: (iri != _NAME, self._key(iri))):
            if iri != _TYPE:
                out[self._key(iri)] = self._values(iri, row[iri])
        return out

    def _key(self, iri: str) -> str:
        return self.terms.get(iri) or self._iri(iri)

    def _values(self, iri: str, values: tuple[Term, ...]) -> Any:
        kind = self.kinds[iri] if iri in self.terms else ""
        if kind == "@language":
            texts: dict[str, Any] = {}
            for value in values:
                if isinstance(value, ox.Literal):
                    tag = canonical(value.language or "")
                    before = texts.get(tag)
                    texts[tag] = (
                        value.value
                        if before is None
                        else [*(before if isinstance(before, list) else [before]), value.value]
                    )
            return texts
        made = [self._value(value, kind) for value in values]
        return made[0] if len(made) == 1 else made

    def _value(self, value: Term, kind: str) -> Any:
        if isinstance(value, ox.Literal):
            if value.language:
                return {"@language": canonical(value.language), "@value": value.value}
            datatype = value.datatype.value
            if datatype == XSD + "string":
                return value.value
            if kind == datatype:
                whole = datatype == XSD + "integer" and _INTEGER.fullmatch(value.value)
                return int(value.value) if whole else value.value
            return {"@type": self._iri(datatype), "@value": value.value}
        if value in self.nested:
            return self.node(value)
        names = self.bundle.texts(value, _NAME) if self.kinds.get(_NAME) == "@language" else {}
        if names:
            return {"id": self._name(value), self._key(_NAME): self._values(_NAME, self.bundle.values(value, _NAME))}
        return self._name(value) if kind == "@id" else {"id": self._name(value)}

    def _name(self, node: object) -> str:
        return self._iri(node.value) if isinstance(node, ox.NamedNode) else str(node)

    def _iri(self, iri: str) -> str:
        return self.curies.short(iri).strip("<>")


def _prefixes(bundle: Bundle) -> dict[str, str]:
    """Prefixes that are used; none that an IRI's scheme could be taken for."""
    iris = {
        term.value for triple in bundle.triples for term in (triple.subject, triple.predicate, triple.object)
        if isinstance(term, ox.NamedNode)
    } | {triple.object.datatype.value for triple in bundle.triples if isinstance(triple.object, ox.Literal)}  # fmt: skip
    schemes = {iri.partition(":")[0] for iri in iris} | {"id", "type"}
    return {
        prefix: space for prefix, space in bundle.snapshot.project.prefixes.items()
        if prefix and prefix not in schemes and space[-1:] in "/#:" and any(iri.startswith(space) for iri in iris)
    }  # fmt: skip


def _short(iris: set[str], curies: Curies) -> dict[str, str]:
    """IRI to its local name where that is a plain word and only one has it; the city-diplomacy term wins a word."""
    local = {iri: re.split(r"[/#:]", iri)[-1] for iri in iris}
    count = Counter(local.values())
    taken = {"id", "type", *curies.prefixes}
    return {
        iri: word for iri, word in local.items()
        if _LOCAL.fullmatch(word) and word not in taken and (count[word] == 1 or iri == CD + word)
    }  # fmt: skip


def _words(value: object) -> set[str]:
    """Every key, type and prefix that a JSON value uses."""
    if isinstance(value, dict):
        return {word for item in (*value, *value.values()) for word in _words(item)}
    if isinstance(value, list):
        return {word for item in value for word in _words(item)}
    return {value, value.partition(":")[0]} if isinstance(value, str) else set()
