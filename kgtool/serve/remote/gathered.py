"""What a document needs of a graph that is elsewhere, gathered by questions until it is whole.

A document is made by the same code as over a graph at hand. Whatever it looks up and is not here yet is noted, and it is
made again once that has been asked for, all of a round in a few questions; when nothing is lacking, it is the document. So
no page is ever made of a part without anybody noticing, and what takes too much is named instead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

import pyoxigraph as ox

from kgtool.engine import Queryable, Solutions
from kgtool.engine.remote.blank import is_skolem, unskolem
from kgtool.engine.store import Term
from kgtool.errors import KgError
from kgtool.serve.remote.refusal import blank_lost, strangers, too_far, too_much

T = TypeVar("T")
Node = ox.NamedNode | ox.BlankNode
Told = tuple[ox.Triple, tuple[str, ...]]  # a triple and the graphs that state it
_ROUNDS = 24
_CHUNK = 400  # nodes a question
_MOST = 20_000  # statements that one look-up may bring
_DEEPEST = 4  # blank nodes that lead to one another
_ELSEWHERE = "urn:kgtool:graph:elsewhere"  # the graph of what an engine states without saying where


class Gathered:
    """The statements that one request asked for; `forget` before the next.

    Args:
        store: asks over the project's graphs, merged (`SELECT ?s …`), or as named graphs where `graphs` is set.
        graphs: whether statements are told with the graphs that state them; else they are all of one.
        graph: of an engine's name for a graph, the project's.
    """

    def __init__(self, store: Queryable, *, graphs: bool, graph: Callable[[str], str] = str) -> None:
        self._store, self._graphs, self._graph = store, graphs, graph
        self.forget()

    def forget(self) -> None:
        """Everything of the request before."""
        self._out: dict[Node, list[Told]] = {}
        self._into: dict[tuple[Node, str], tuple[Node, ...]] = {}
        self._pointing: dict[tuple[Node, int, int], list[Told]] = {}
        self._counts: dict[Node, int] = {}
        self._origin: dict[ox.BlankNode, tuple[Node, str]] = {}
        self._wanted: dict[str, dict[object, None]] = defaultdict(dict)

    def settle(self, make: Callable[[], T]) -> T:
        """What `make` gives once it lacks nothing.

        Raises:
            RequestError: it needs too much. RemoteError: the engine failed. Whatever `make` raises when it lacks nothing.
        """
        for _ in range(_ROUNDS):
            self._wanted.clear()
            try:
                made = make()
            except KgError:
                if not self._wanted:
                    raise
            else:
                if not self._wanted:
                    return made
            self._ask()
        raise too_far(_ROUNDS)

    def out(self, node: Node) -> Sequence[Told]:
        """The statements about a node."""
        return self._noted("out", self._out, node, ())

    def into(self, node: Node, predicate: str) -> tuple[Node, ...]:
        """Subjects of one predicate and object, sorted."""
        return self._noted("into", self._into, (node, predicate), ())

    def pointing(self, node: Node, most: int, skip: int) -> Sequence[Told]:
        """Some of the statements with this object, by predicate and subject."""
        return self._noted("pointing", self._pointing, (node, most, skip), ())

    def count(self, node: Node) -> int:
        """How many statements have this object."""
        return self._noted("count", self._counts, node, 0)

    def _noted(self, kind: str, table: dict, key: object, lacking: T) -> T:  # type: ignore[type-arg]
        found: T | None = table.get(key)
        if found is None:
            self._wanted[kind][key] = None
            return lacking
        return found

    def _ask(self) -> None:
        wanted = {kind: list(keys) for kind, keys in self._wanted.items()}
        out: list[Node] = wanted.get("out", [])  # type: ignore[assignment]
        self._ask_out([node for node in out if isinstance(node, ox.NamedNode)])
        self._ask_blank([node for node in out if isinstance(node, ox.BlankNode)])
        self._ask_into(wanted.get("into", []))  # type: ignore[arg-type]
        for node, most, skip in wanted.get("pointing", []):  # type: ignore[misc]
            self._ask_pointing(node, most, skip)  # type: ignore[has-type]
        for node in wanted.get("count", []):
            self._ask_count(node)  # type: ignore[arg-type]

    def _ask_out(self, nodes: Sequence[ox.NamedNode]) -> None:
        for some in _chunks(nodes):
            found: dict[Node, dict[ox.Triple, list[str]]] = {node: {} for node in some}
            text = f"VALUES ?s {{ {' '.join(map(str, some))} }} {self._in_graph('?s ?p ?o')}"
            for row in self._rows(f"SELECT {self._g}?s ?p ?o WHERE {{ {text} }}"):
                self._tell(found, row)
            self._out |= {node: _told(triples) for node, triples in found.items()}

    def _ask_blank(self, nodes: Sequence[ox.BlankNode]) -> None:
        """Statements about blank nodes, which can be asked for only by what leads to them from a node with a name."""
        ways: dict[tuple[str, ...], dict[ox.NamedNode, None]] = defaultdict(dict)
        for node in nodes:
            root, way = self._way(node)
            ways[way][root] = None
        found: dict[Node, dict[ox.Triple, list[str]]] = defaultdict(dict)
        for way, roots in ways.items():
            steps, at = [], "?r"
            for number, predicate in enumerate(way, 1):
                to = "?s" if number == len(way) else f"?b{number}"
                back = predicate.startswith("^")
                steps.append(f"{to} <{predicate[1:]}> {at} ." if back else f"{at} <{predicate}> {to} .")
                steps.append(f"FILTER(isBlank({to}))")
                at = to
            for some in _chunks(list(roots)):
                inside = f"{' '.join(steps)} ?s ?p ?o"
                text = f"VALUES ?r {{ {' '.join(map(str, some))} }} {self._in_graph(inside)}"
                for row in self._rows(f"SELECT {self._g}?s ?p ?o WHERE {{ {text} }}"):
                    self._tell(found, row)
        if any(node not in found for node in nodes):
            raise blank_lost()
        self._out |= {node: _told(triples) for node, triples in found.items()}

    def _way(self, node: ox.BlankNode) -> tuple[ox.NamedNode, tuple[str, ...]]:
        steps: list[str] = []
        at: Node = node
        while isinstance(at, ox.BlankNode):
            if at not in self._origin or len(steps) > _DEEPEST:
                raise blank_lost()
            at, predicate = self._origin[at]
            steps.append(predicate)
        return at, tuple(reversed(steps))

    def _ask_into(self, keys: Sequence[tuple[Node, str]]) -> None:
        named = [key for key in keys if isinstance(key[0], ox.NamedNode)]
        found: dict[tuple[Node, str], dict[Node, None]] = {key: {} for key in keys}
        for some in _chunks(named):
            pairs = " ".join(f"({node} <{predicate}>)" for node, predicate in some)
            text = f"SELECT DISTINCT ?s ?p ?o WHERE {{ VALUES (?o ?p) {{ {pairs} }} {self._anywhere('?s ?p ?o')} }} LIMIT {_MOST + 1}"
            for subject, predicate, value in self._rows(text):
                if isinstance(subject, Node) and isinstance(value, Node) and isinstance(predicate, ox.NamedNode):
                    found[value, predicate.value][subject] = None
                    self._came(subject, value, "^" + predicate.value)
        self._into |= {key: tuple(sorted(nodes, key=str)) for key, nodes in found.items()}

    def _ask_pointing(self, node: Node, most: int, skip: int) -> None:
        if isinstance(node, ox.BlankNode):
            self._pointing[node, most, skip] = []
            return
        part = f"SELECT DISTINCT ?s ?p WHERE {{ {self._anywhere(f'?s ?p {node}')} }} ORDER BY ?p ?s LIMIT {most} OFFSET {skip}"
        text = f"SELECT {self._g}?s ?p WHERE {{ {{ {part} }} {self._in_graph(f'?s ?p {node}')} }}"
        found: dict[Node, dict[ox.Triple, list[str]]] = {node: {}}
        for row in self._rows(text):
            graph, (subject, predicate) = self._split(row)
            if isinstance(subject, Node) and isinstance(predicate, ox.NamedNode):
                found[node].setdefault(ox.Triple(subject, predicate, node), []).append(graph)
                self._came(subject, node, "^" + predicate.value)
        self._pointing[node, most, skip] = _told(found[node])

    def _ask_count(self, node: Node) -> None:
        if isinstance(node, ox.BlankNode):
            self._counts[node] = 0
            return
        text = f"SELECT (COUNT(*) AS ?n) WHERE {{ {{ SELECT DISTINCT ?s ?p WHERE {{ {self._anywhere(f'?s ?p {node}')} }} }} }}"
        ((count,),) = self._rows(text)
        self._counts[node] = int(getattr(count, "value", "0"))

    @property
    def _g(self) -> str:
        return "?g " if self._graphs else ""

    def _in_graph(self, pattern: str) -> str:
        return f"GRAPH ?g {{ {pattern} }}" if self._graphs else pattern

    def _anywhere(self, pattern: str) -> str:
        return f"GRAPH ?any {{ {pattern} }}" if self._graphs else pattern

    def _rows(self, text: str) -> Iterator[tuple[Term | None, ...]]:
        with strangers():
            answer = self._store.query(text, {})
        rows = answer.rows if isinstance(answer, Solutions) else ()
        if len(rows) > _MOST:
            raise too_much(_MOST)
        for row in rows:
            yield tuple(unskolem(term) if isinstance(term, ox.NamedNode) and is_skolem(term) else term for term in row)

    def _split(self, row: tuple[Term | None, ...]) -> tuple[str, tuple[Term | None, ...]]:
        return (self._graph(getattr(row[0], "value", "")), row[1:]) if self._graphs else (_ELSEWHERE, row)

    def _tell(self, found: dict[Node, dict[ox.Triple, list[str]]], row: tuple[Term | None, ...]) -> None:
        graph, (subject, predicate, value) = self._split(row)
        if isinstance(subject, Node) and isinstance(predicate, ox.NamedNode) and value is not None:
            found.setdefault(subject, {}).setdefault(ox.Triple(subject, predicate, value), []).append(graph)
            self._came(value, subject, predicate.value)

    def _came(self, node: object, source: Node, predicate: str) -> None:
        """Remember what led to a blank node, never by way of itself."""
        if isinstance(node, ox.BlankNode) and node not in self._origin and not self._passes(source, node):
            self._origin[node] = (source, predicate)

    def _passes(self, at: Node, node: ox.BlankNode) -> bool:
        while isinstance(at, ox.BlankNode):
            if at == node:
                return True
            if at not in self._origin:
                return False
            at = self._origin[at][0]
        return False


def _told(triples: dict[ox.Triple, list[str]]) -> list[Told]:
    """In one order whatever the engine's: by predicate and object."""
    every = sorted(
        triples.items(), key=lambda pair: (pair[0].predicate.value, str(pair[0].object), str(pair[0].subject))
    )
    return [(triple, tuple(sorted(set(graphs)))) for triple, graphs in every]


def _chunks(items: Sequence[T]) -> Iterable[Sequence[T]]:
    return (items[start : start + _CHUNK] for start in range(0, len(items), _CHUNK))
