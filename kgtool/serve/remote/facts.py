"""The statements of a graph elsewhere as what `describe` reads; the model's own are at hand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kgtool.describe import Facts, Node, Statement, Term
from kgtool.errors import Texts
from kgtool.serve.remote.gathered import Gathered, Told
from kgtool.serve.remote.refusal import not_here


class RemoteFacts(Facts):
    """`Facts` over what is gathered. Order: by predicate and object, where `Facts` has that of the files.

    Args:
        model: of the ontology's files: their labels need not be asked for.
    """

    __slots__ = ("_gathered", "_known", "_model")

    def __init__(self, model: Iterable[ox.Quad], gathered: Gathered) -> None:
        super().__init__(())
        self._model = Facts(model)
        self._gathered = gathered
        self._known: dict[ox.Triple, tuple[str, ...]] = {}

    def forget(self) -> None:
        """Everything of the request before."""
        self._known.clear()
        self._gathered.forget()

    def __contains__(self, iri: str) -> bool:
        node = ox.NamedNode(iri)
        return bool(self.about(node)) or self.count(node) > 0

    def about(self, node: Term) -> Sequence[ox.Triple]:
        return self._kept(self._gathered.out(node)) if isinstance(node, Node) else ()

    def mentions(self, node: Term) -> Sequence[ox.Triple]:
        raise not_here("指向某節點之所有陳述", "all statements that point to a node")

    def within(self, namespace: str) -> tuple[str, ...]:
        raise not_here(f"「{namespace}」之所有資源", f"everything below {namespace}")

    def statement(self, triple: ox.Triple) -> Statement:
        graphs = self._known[triple]
        resting = self._evidence(triple) if graphs and triple.predicate.value != _EVIDENCE else ()
        return Statement(triple.subject, triple.predicate, triple.object, graphs, resting)

    def incoming(self, node: Term, most: int, skip: int) -> list[ox.Triple]:
        if not isinstance(node, Node) or not most:
            return []
        return self._kept(self._gathered.pointing(node, most, skip))

    def count(self, node: Term) -> int:
        return self._gathered.count(node) if isinstance(node, Node) else 0

    def label(self, iri: str) -> Texts:
        return self._model.label(iri) or super().label(iri)

    def _kept(self, told: Sequence[Told]) -> list[ox.Triple]:
        for triple, graphs in told:
            self._known.setdefault(triple, graphs)
        return [triple for triple, _ in told]


_EVIDENCE = "https://w3id.org/city-diplomacy/ns#evidence"
