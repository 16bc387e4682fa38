"""The graph as the pages read it: integer codes of one index, what kind each node is, and where its page is.

Look-ups are dictionary accesses on columns that the index makes once, so a page costs what it shows, not what the graph
holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from functools import cached_property, lru_cache
from typing import Any, TypeVar
from urllib.parse import unquote

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.pages.kinds import CLASSES, EXTRA, Kind
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, GRAPH, MODEL_GRAPH, OWL, RDF, RDFS

T = TypeVar("T")
_PLAIN_PATH = re.compile(r"[A-Za-z0-9_~-][A-Za-z0-9._~-]*(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*")
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_-]+")
_MOST_KEPT = 100_000  # small values; about 30 MB
_SAFE_LINK = re.compile(r"https?://[^\s<>\"]+")


class View:
    """One snapshot's stated graph, read by code. Everything that is computed is kept: a snapshot never changes."""

    def __init__(self, snapshot: Snapshot, index: Index | None = None) -> None:
        self.snapshot = snapshot
        self.index = snapshot.index if index is None else index
        self.base = str(snapshot.project["base"])
        self._codes: dict[str, int] = {}
        self._outs: dict[str, Mapping[int, tuple[int, ...]]] = {}
        self._intos: dict[str, Mapping[int, tuple[int, ...]]] = {}
        self._terms = self.index.terms
        self._kept: dict[Hashable, Any] = {}
        self._passing: dict[Hashable, Any] = {}
        self._kinds: dict[int, Kind] = {}
        self._paths: dict[int, str] = {}

    def kept(self, key: Hashable, make: Callable[[], T]) -> T:
        """What `make` gives, made once: everything that is computed of a snapshot stays true."""
        found: T | None = self._kept.get(key)
        if found is None:
            found = self._kept[key] = make()
        return found

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """As `kept`, for what there is of every node: what was made is let go of when there is too much of it."""
        found: T | None = self._passing.get(key)
        if found is None:
            if len(self._passing) >= _MOST_KEPT:
                self._passing.clear()
            found = self._passing[key] = make()
        return found

    def code(self, iri: str) -> int:
        """The code of an IRI of the data or the program, -1 where nothing mentions it."""
        found = self._codes.get(iri)
        if found is None:
            # a finding may be of a blank node
            found = self._codes[iri] = -1 if iri.startswith("_:") else self.index.iri(iri)
        return found

    def find(self, iri: str) -> int:
        """As `code`, for an IRI that a stranger gave: nothing of it is kept. -1 also for what is no IRI."""
        try:
            return self.index.iri(iri)
        except ValueError:
            return -1

    def out(self, node: int, predicate: str) -> tuple[int, ...]:
        """Objects of one subject and predicate, in file order."""
        table = self._outs.get(predicate)
        if table is None:
            table = self._outs[predicate] = self.index.forward(self.code(predicate))
        return table.get(node, ())

    def into(self, node: int, predicate: str) -> tuple[int, ...]:
        """Subjects of one predicate and object, in file order."""
        table = self._intos.get(predicate)
        if table is None:
            table = self._intos[predicate] = self.index.backward(self.code(predicate))
        return table.get(node, ())

    def declared(self, predicate: str) -> Iterable[int]:
        """Objects of a property that only the model's own files state."""
        return self.index.backward(self.code(predicate))

    def first(self, node: int, predicate: str) -> int:
        """The first object, -1 for none."""
        found = self.out(node, predicate)
        return found[0] if found else -1

    def iri(self, node: int) -> str:
        """The IRI of a node, "" for a literal, a blank node and no node."""
        term = self._terms[node] if node >= 0 else None
        return term.value if isinstance(term, ox.NamedNode) else ""

    def short(self, iri: str) -> str:
        """An IRI of the data as a prefixed name, or in angle brackets."""
        return self.once(("short", iri), lambda: self.snapshot.curies.short(iri))

    def is_resource(self, node: int) -> bool:
        return isinstance(self._terms[node], ox.NamedNode | ox.BlankNode)

    def literal(self, node: int) -> ox.Literal | None:
        term = self._terms[node] if node >= 0 else None
        return term if isinstance(term, ox.Literal) else None

    def text(self, node: int, predicate: str) -> str:
        """The lexical form of the first value, "" for none."""
        literal = self.literal(self.first(node, predicate))
        return literal.value if literal else ""

    def number(self, node: int, predicate: str) -> float | None:
        """The first value as a number; None where there is none or it is no number."""
        try:
            return float(self.text(node, predicate))
        except ValueError:
            return None

    def statements(self, node: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(predicate, objects) of a subject, predicates in order of first mention."""
        return ((predicate, found) for predicate, table in self._tables[0] if (found := table.get(node)))

    def mentions(self, node: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        """(predicate, subjects) of an object."""
        return ((predicate, found) for predicate, table in self._tables[1] if (found := table.get(node)))

    @cached_property
    def _tables(self) -> tuple[tuple[tuple[int, Mapping[int, tuple[int, ...]]], ...], ...]:
        """Every predicate with its look-up table, by subject and by object."""
        index = self.index
        return tuple(tuple((p, make(p)) for p in index.predicates) for make in (index.forward, index.backward))

    def types(self, node: int) -> tuple[int, ...]:
        return self.out(node, RDF + "type")

    @cached_property
    def ontology(self) -> frozenset[int]:
        """Terms that the ontology files declare or describe, and the concepts of its vocabularies."""
        marks = [OWL + "Class", OWL + "ObjectProperty", OWL + "DatatypeProperty", OWL + "AnnotationProperty",
                 OWL + "Ontology", RDFS + "Class", RDFS + "Datatype"]  # fmt: skip
        declared = {node for mark in marks for node in self.into(self.code(mark), RDF + "type")}
        return frozenset(
            declared | {n for kind in CLASSES[Kind.CONCEPT] for n in self.into(self.code(kind), RDF + "type")}
        )

    @cached_property
    def kind_of_class(self) -> dict[int, Kind]:
        """Classes, those below them included, to the kind that their members are of."""
        table: dict[int, Kind] = {}
        for kind, classes in CLASSES.items():
            for iri in classes:
                for below in self.below(self.code(iri)):
                    table.setdefault(below, kind)
        for iri, kind in EXTRA.items():
            table.setdefault(self.code(iri), kind)
        table.pop(-1, None)
        return table

    def below(self, top: int) -> list[int]:
        """A class and its subclasses, at any depth, as the ontology states them."""
        found, todo = {top: None}, [top]
        while todo:
            for below in self.into(todo.pop(), RDFS + "subClassOf"):
                if below not in found:
                    found[below] = None
                    todo.append(below)
        return list(found)

    def kind(self, node: int) -> Kind:
        """The kind of a node: by its most telling class."""
        found = self._kinds.get(node)
        if found is None:
            found = self._kinds[node] = self._kind(node)
        return found

    def _kind(self, node: int) -> Kind:
        table = self.kind_of_class
        kinds = [table[one] for one in self.types(node) if one in table]
        return min(kinds, key=_ORDER.__getitem__) if kinds else Kind.OTHER

    @cached_property
    def members(self) -> dict[Kind, tuple[int, ...]]:
        """Nodes of each kind: every IRI that the data (not the ontology) is about, in order of first mention."""
        lists: dict[Kind, list[int]] = {kind: [] for kind in Kind}
        about = self.index.forward(self.code(RDF + "type"))
        subjects = dict.fromkeys(about)
        for predicate in self.index.predicates:
            subjects.update(dict.fromkeys(self.index.forward(predicate)))
        for node in subjects:
            if self.iri(node) and node not in self.ontology:
                lists[self.kind(node)].append(node)
        return {kind: tuple(nodes) for kind, nodes in lists.items()}

    @cached_property
    def _hashed(self) -> dict[str, int]:
        """Nodes whose IRI cannot be a path, by the digest that stands for it."""
        odd = (node for nodes in self.members.values() for node in nodes if self.path(node).startswith("node/"))
        odd_terms = (node for node in self.ontology if self.path(node).startswith("node/"))
        return {self.path(node): node for node in (*odd, *odd_terms)}

    def path(self, node: int) -> str:
        """Where the page of a node is, below the language: `id/…`, `term/<prefix>/<name>`, or `node/<digest>`."""
        found = self._paths.get(node)
        if found is None:
            found = self._paths[node] = self._path(node)
        return found

    def _path(self, node: int) -> str:
        iri = self.iri(node)
        if self.base and iri.startswith(self.base) and _PLAIN_PATH.fullmatch(iri[len(self.base) :]):
            return "id/" + iri[len(self.base) :]
        prefix, _, name = self.short(iri).partition(":")
        if name and _PLAIN_NAME.fullmatch(name) and _PLAIN_NAME.fullmatch(prefix):
            return f"term/{prefix}/{name}"
        return "node/" + hashlib.sha256(iri.encode("utf-8", "surrogatepass")).hexdigest()[:16]

    def at(self, path: str) -> int:
        """The node whose page is at a path, -1 for none."""
        if path.startswith("id/"):
            node = self.find(self.base + path[3:])
        elif path.startswith("term/"):
            prefix, _, name = path[5:].partition("/")
            namespace = self.snapshot.curies.prefixes.get(prefix)
            node = self.find(namespace + name) if namespace else -1
        else:
            node = self._hashed.get(path, -1)
        return node if node >= 0 and self.has_page(node) and self.path(node) == path else -1

    def has_page(self, node: int) -> bool:
        """Whether anything is stated of it: a resource that is only mentioned has no page."""
        return node in self._paged

    def paged(self, nodes: Iterable[int]) -> list[int]:
        """Those of nodes that have a page, in their order."""
        paged = self._paged
        return [node for node in nodes if node in paged]

    @cached_property
    def _paged(self) -> frozenset[int]:
        return frozenset(node for nodes in self.members.values() for node in nodes) | {
            node for node in self.ontology if self.iri(node)
        }

    @cached_property
    def _files(self) -> dict[int, tuple[str, ...]]:
        """Subject to the names of the files that state something of it."""
        found: dict[int, dict[str, None]] = {}
        ids = self.index.ids
        for quad in self.snapshot.stated:
            graph = str(getattr(quad.graph_name, "value", ""))
            found.setdefault(ids[quad.subject], {})[_file_name(graph)] = None
        return {node: tuple(files) for node, files in found.items()}

    def files(self, node: int) -> tuple[str, ...]:
        """Names of the files that state something of a node, data first as the files are sorted."""
        return self._files.get(node, ())

    def disputed(self, node: int) -> tuple[int, ...]:
        """Positions that reject a tie or agreement, or an instrument of the tie."""
        rejects = self.code("https://w3id.org/city-diplomacy/ns/kind#rejects")
        if rejects < 0:
            return ()
        instruments = (*self.into(node, CD + "establishes"), *self.into(node, CD + "renews"))
        return tuple(
            position
            for about in (node, *instruments)
            for position in self.into(about, CD + "about")
            if rejects in self.out(position, CD + "stance")
        )


def safe_link(iri: str) -> str:
    """An address that may be linked to, "" for every other scheme: a `javascript:` IRI is text and no link."""
    return iri if _SAFE_LINK.fullmatch(iri) else ""


def safe_contact(iri: str) -> str:
    """An http or mailto address, "" for every other scheme."""
    return iri if iri.startswith("mailto:") else safe_link(iri)


@lru_cache(maxsize=1024)
def _file_name(graph: str) -> str:
    for start in (GRAPH, MODEL_GRAPH):
        if graph.startswith(start):
            return unquote(graph[len(start) :])
    return graph


_ORDER = {kind: number for number, kind in enumerate(Kind)}
