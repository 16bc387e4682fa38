"""The graph elsewhere as the pages read it: every look-up is answered from what is gathered, and noted where it lacks.

What would have to read the graph as a whole is refused by name: a page is whole, or it is not given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pyoxigraph as ox

from kgtool.describe import file_of
from kgtool.index import Index, Term
from kgtool.pages.evidence import Evidences
from kgtool.pages.kinds import Kind
from kgtool.pages.view import View
from kgtool.serve.problem import RequestError
from kgtool.serve.remote.gathered import Gathered, Node
from kgtool.serve.remote.refusal import not_here, too_much
from kgtool.serve.remote.snapshot import RemoteSnapshot
from kgtool.terms import CD, RDF

_MOST_MENTIONS, _MOST_MEMBERS = 2_000, 1_000
_NONE: tuple[int, ...] = ()


def _whole() -> RequestError:
    return not_here("此頁須讀取整張圖", "this page needs the whole graph")


class RemoteIndex(Index):
    """Look-ups of the engine's statements and the model's, in the model's codes; there are no columns.

    Made for one run of one page: nothing outlasts what was lacking. What the run mentions beyond the model gets codes that are
    this index's own, so a worker's tables do not grow with what is asked for. Cost: a copy of the model's tables, 0.1 ms.
    """

    __slots__ = ("_gathered", "_model", "_subjects")

    def __init__(self, model: Index, gathered: Gathered) -> None:
        super().__init__(list(model.terms), dict(model.ids))
        self._model = model
        self._gathered = gathered
        self._subjects: dict[int, dict[int, tuple[int, ...]]] = {}

    def iri(self, iri: str) -> int:
        """The code of an IRI, whether any statement mentions it or not; -1 for what is none."""
        try:
            return self.code(ox.NamedNode(iri))
        except ValueError:
            return -1

    @property
    def predicates(self) -> tuple[int, ...]:
        raise _whole()

    def column(self, predicate: int) -> Any:
        raise _whole()

    def forward(self, predicate: int) -> Mapping[int, tuple[int, ...]]:
        return _LookUp(lambda node: self.subject(node).get(predicate, _NONE))

    def backward(self, predicate: int) -> Mapping[int, tuple[int, ...]]:
        def into(node: int) -> tuple[int, ...]:
            if predicate < 0:
                return _NONE
            term, name = self.terms[node], self.terms[predicate]
            own = self._model.backward(predicate).get(node, _NONE)
            if not isinstance(term, Node) or not isinstance(name, ox.NamedNode):
                return own
            return tuple(dict.fromkeys((*own, *map(self.code, self._gathered.into(term, name.value)))))

        return _LookUp(into)

    def subject(self, node: int) -> dict[int, tuple[int, ...]]:
        """Predicates to objects of a node."""
        found = self._subjects.get(node)
        if found is None:
            term = self.terms[node]
            lists: dict[int, list[int]] = {}
            for predicate in self._model.predicates:
                lists[predicate] = list(self._model.forward(predicate).get(node, _NONE))
            told = self._gathered.out(term) if isinstance(term, Node) else ()
            for triple, _ in told:
                lists.setdefault(self.code(triple.predicate), []).append(self.code(triple.object))
            found = self._subjects[node] = {p: tuple(dict.fromkeys(values)) for p, values in lists.items() if values}
        return found

    def files(self, node: int) -> tuple[str, ...]:
        """Files that state something of a node."""
        term = self.terms[node]
        told = self._gathered.out(term) if isinstance(term, Node) else ()
        return tuple(sorted({file_of(graph) for _, graphs in told for graph in graphs}))

    def pointing(self, node: int) -> dict[int, tuple[int, ...]]:
        """Predicates to subjects of everything that points to a node.

        Raises:
            RequestError: too many do.
        """
        term: Term = self.terms[node]
        if not isinstance(term, Node):
            return {}
        if self._gathered.count(term) > _MOST_MENTIONS:
            raise too_much(_MOST_MENTIONS)
        lists: dict[int, list[int]] = {}
        for triple, _ in self._gathered.pointing(term, _MOST_MENTIONS, 0):
            lists.setdefault(self.code(triple.predicate), []).append(self.code(triple.subject))
        return {predicate: tuple(subjects) for predicate, subjects in lists.items()}


class _LookUp(Mapping[int, tuple[int, ...]]):
    """A table that can be looked up, and not read through."""

    def __init__(self, find: Any) -> None:
        self._find = find

    def __getitem__(self, node: int) -> tuple[int, ...]:
        found: tuple[int, ...] = self._find(node) if node >= 0 else _NONE
        if not found:
            raise KeyError(node)
        return found

    def __iter__(self) -> Iterator[int]:
        raise _whole()

    def __len__(self) -> int:
        raise _whole()


class _Members(Mapping[Kind, Any]):
    """Kinds to their members; whether there are any is known beforehand."""

    def __init__(self, view: RemoteView) -> None:
        self._view = view

    def __getitem__(self, kind: Kind) -> _Kind:
        return _Kind(self._view, kind)

    def __iter__(self) -> Iterator[Kind]:
        raise _whole()

    def __len__(self) -> int:
        return len(Kind)


class _Kind:
    """The members of one kind, asked for when they are needed."""

    def __init__(self, view: RemoteView, kind: Kind) -> None:
        self._view, self._kind = view, kind

    def __bool__(self) -> bool:
        return self._kind in self._view.there

    def __iter__(self) -> Iterator[int]:
        return iter(self._view.listed(self._kind))

    def __len__(self) -> int:
        return len(self._view.listed(self._kind))

    def __getitem__(self, at: slice) -> tuple[int, ...]:
        return self._view.listed(self._kind)[at]

    def __contains__(self, node: object) -> bool:
        return node in self._view.listed(self._kind)


class RemoteView(View):
    """A view for one run of one page.

    Args:
        model: the view of the model alone, made once.
        there: kinds that the engine has members of.
    """

    def __init__(self, snapshot: RemoteSnapshot, model: View, there: frozenset[Kind]) -> None:
        self._remote = RemoteIndex(model.index, snapshot.data.gathered)
        super().__init__(snapshot, self._remote)
        self.there = there
        self._model = model

    def statements(self, node: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        yield from self._remote.subject(node).items()

    def mentions(self, node: int) -> Iterator[tuple[int, tuple[int, ...]]]:
        yield from self._remote.pointing(node).items()

    def declared(self, predicate: str) -> Iterable[int]:
        return self._model.declared(predicate)

    @property
    def ontology(self) -> frozenset[int]:
        return self._model.ontology

    @property
    def kind_of_class(self) -> dict[int, Kind]:
        return self._model.kind_of_class

    @property
    def members(self) -> Any:
        return _Members(self)

    def listed(self, kind: Kind) -> tuple[int, ...]:
        """The members of a kind by IRI.

        Raises:
            RequestError: too many to ask for, or of no class.
        """
        classes = [node for node, found in self.kind_of_class.items() if found is kind]
        if not classes:
            raise _whole()
        nodes = dict.fromkeys(node for one in classes for node in self.into(one, RDF + "type"))
        if len(nodes) > _MOST_MEMBERS:
            raise too_much(_MOST_MEMBERS)
        found = (node for node in nodes if self.iri(node) and node not in self.ontology and self.kind(node) is kind)
        return tuple(sorted(found, key=self.iri))

    def at(self, path: str) -> int:
        if path.startswith("node/"):
            node = self._model.at(path)
            if node < 0:
                raise not_here("此位址須讀取整張圖", "the whole graph is needed to find what has this address")
            return node
        return super().at(path)

    def has_page(self, node: int) -> bool:
        return bool(self.iri(node)) and (node in self.ontology or bool(self._remote.subject(node)))

    def paged(self, nodes: Iterable[int]) -> list[int]:
        return [node for node in nodes if self.has_page(node)]

    def files(self, node: int) -> tuple[str, ...]:
        return self._remote.files(node)


class RemoteEvidences(Evidences):
    """Evidence without the texts of sources and their reading pages; the section that a passage stands in is told."""

    @property
    def sections(self) -> Any:
        return _LookUpSections(self, self._view)

    def anchor(self, source: int, span: tuple[int, int]) -> str:
        return ""


class _LookUpSections(Mapping[int, tuple[tuple[int, int, int], ...]]):
    def __init__(self, evidences: Evidences, view: View) -> None:
        self._evidences, self._view = evidences, view

    def __getitem__(self, source: int) -> tuple[tuple[int, int, int], ...]:
        nodes, todo = dict[int, None](), [source]
        while todo:
            for node in self._view.into(todo.pop(), CD + "sectionOf"):
                if node not in nodes:
                    nodes[node] = None
                    todo.append(node)
        spans = ((self._evidences.span(node), node) for node in nodes)
        rows = [(*span, node) for span, node in spans if span]
        if not rows:
            raise KeyError(source)
        return tuple(sorted(rows, key=lambda row: (row[0], -row[1], row[2])))

    def __iter__(self) -> Iterator[int]:
        raise _whole()

    def __len__(self) -> int:
        raise _whole()
