"""RDF Dataset Canonicalization: blank nodes to labels that depend on the data alone, and canonical N-Quads.

pyoxigraph's own recurses and dies of a chain of blank nodes that look alike. This one keeps its own stack, and counts its
steps: telling apart blank nodes that look alike may take time without bound (Source: RDFC-1.0 §7.1, dataset poisoning).
Source: RDFC-1.0 (W3C Recommendation 2024) §4; RDF 1.1 N-Quads and N-Triples §4 (canonical form).
"""

from __future__ import annotations

import hashlib
import itertools
from collections import defaultdict
from collections.abc import Generator, Iterable, Mapping

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.write.results import n3

# Paths tried and identifiers copied before the search is given up; about 5 s. A list of n equal values takes n squared.
MOST_STEPS = 200_000
_Found = tuple[str, "_Issuer"]


class TooAlikeError(ValueError):
    """The blank nodes look too much alike to be told apart within the bound of steps."""


def line(quad: ox.Quad) -> str:
    """A quad as a line of canonical N-Quads, without the LF; blank nodes keep their labels, tags get canonical case."""
    graph = quad.graph_name
    name = "" if isinstance(graph, ox.DefaultGraph) else f" {graph}"
    return f"{quad.subject} {quad.predicate} {_term(quad.object)}{name} ."


def _term(term: object) -> str:
    return n3(term) if isinstance(term, ox.Literal) else str(term)


def canonical_labels(quads: Iterable[ox.Quad], most_steps: int = MOST_STEPS) -> dict[ox.BlankNode, ox.BlankNode]:
    """Each blank node to its canonical one, `c14n0` and so on. Quads without blank nodes are passed over.

    Cost: linear in the quads with blank nodes where these differ; without bound where they look alike.
    Raises:
        TooAlikeError: more than `most_steps` would be needed.
    """
    about: dict[ox.BlankNode, list[ox.Quad]] = defaultdict(list)
    for quad in dict.fromkeys(quads):
        for term in {quad.subject, quad.object, quad.graph_name}:
            if isinstance(term, ox.BlankNode):
                about[term].append(quad)
    return _Canonicalizer(about, most_steps).labels()


def relabelled(
    quad: ox.Quad, labels: Mapping[ox.BlankNode, ox.BlankNode] | Mapping[ox.BlankNode, ox.NamedNode]
) -> ox.Quad:
    """The quad with its blank nodes renamed; the quad itself when it has none."""
    subject, value, graph = quad.subject, quad.object, quad.graph_name
    if not any(isinstance(term, ox.BlankNode) for term in (subject, value, graph)):
        return quad
    named = [labels.get(term, term) if isinstance(term, ox.BlankNode) else term for term in (subject, value, graph)]
    return ox.Quad(named[0], quad.predicate, named[1], named[2])  # type: ignore[arg-type]


def canonical_lines(quads: Iterable[ox.Quad], most_steps: int = MOST_STEPS) -> list[str]:
    """The canonical N-Quads of a dataset: distinct lines in code point order.

    Raises:
        TooAlikeError: as `canonical_labels`.
    """
    every = list(quads)
    labels = canonical_labels(every, most_steps)
    return sorted({line(relabelled(quad, labels)) for quad in every})


def digest(lines: Iterable[str]) -> str:
    """Hexadecimal SHA-256 of lines, each with its LF: of `canonical_lines`, the digest of the dataset."""
    hasher = hashlib.sha256()
    for text in lines:
        hasher.update(text.encode("utf-8", "surrogatepass") + b"\n")
    return hasher.hexdigest()


class _Issuer(Struct):
    """Blank nodes to identifiers, in the order they were asked for. Source: RDFC-1.0 §4.5."""

    prefix: str
    issued: dict[ox.BlankNode, str] = field(default_factory=dict)

    def issue(self, node: ox.BlankNode) -> str:
        return self.issued.setdefault(node, f"{self.prefix}{len(self.issued)}")

    def copy(self) -> _Issuer:
        return _Issuer(self.prefix, dict(self.issued))


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


class _Canonicalizer:
    """Source: RDFC-1.0 §4.4.3; the steps are named as there."""

    def __init__(self, about: Mapping[ox.BlankNode, list[ox.Quad]], most_steps: int) -> None:
        self.about = about
        self.left = most_steps
        self.canonical = _Issuer("c14n")
        self.first: dict[ox.BlankNode, str] = {}

    def labels(self) -> dict[ox.BlankNode, ox.BlankNode]:
        alike: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for node in self.about:
            self.first[node] = self._first_degree(node)
            alike[self.first[node]].append(node)
        for key in sorted(alike):
            if len(alike[key]) == 1:
                self.canonical.issue(alike.pop(key)[0])
        for key in sorted(alike):
            found: list[_Found] = []
            for node in alike[key]:
                if node not in self.canonical.issued:
                    issuer = _Issuer("b")
                    issuer.issue(node)
                    found.append(self._run(node, issuer))
            for _, issuer in sorted(found, key=lambda pair: pair[0]):
                for node in issuer.issued:
                    self.canonical.issue(node)
        return {node: ox.BlankNode(label) for node, label in self.canonical.issued.items()}

    def _first_degree(self, node: ox.BlankNode) -> str:
        """Hash First Degree Quads, §4.6.3."""

        def name(term: object) -> str:
            return ("_:a" if term == node else "_:z") if isinstance(term, ox.BlankNode) else _term(term)

        lines = []
        for quad in self.about[node]:
            graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {name(quad.graph_name)}"
            lines.append(f"{name(quad.subject)} {quad.predicate} {name(quad.object)}{graph} .\n")
        return _sha256("".join(sorted(lines)))

    def _related(self, node: ox.BlankNode, quad: ox.Quad, issuer: _Issuer, position: str) -> str:
        """Hash Related Blank Node, §4.7.3."""
        label = self.canonical.issued.get(node) or issuer.issued.get(node)
        predicate = "" if position == "g" else f"<{quad.predicate.value}>"
        return _sha256(f"{position}{predicate}{'_:' + label if label else self.first[node]}")

    def _run(self, node: ox.BlankNode, issuer: _Issuer) -> _Found:
        """Hash N-Degree Quads with a stack of our own: a recursion is a yield of the generator on top."""
        stack = [self._n_degree(node, issuer)]
        answer: _Found | None = None
        while True:
            try:
                wanted = next(stack[-1]) if answer is None else stack[-1].send(answer)
            except StopIteration as done:
                stack.pop()
                found: _Found = done.value
                if not stack:
                    return found
                answer = found
                continue
            answer = None
            stack.append(self._n_degree(*wanted))

    def _n_degree(self, node: ox.BlankNode, issuer: _Issuer) -> Generator[tuple[ox.BlankNode, _Issuer], _Found, _Found]:
        """Hash N-Degree Quads, §4.8.3."""
        groups: dict[str, list[ox.BlankNode]] = defaultdict(list)
        for quad in self.about[node]:
            for position, term in (("s", quad.subject), ("o", quad.object), ("g", quad.graph_name)):
                if isinstance(term, ox.BlankNode) and term != node:
                    groups[self._related(term, quad, issuer, position)].append(term)
        data = []
        for key in sorted(groups):
            chosen, chosen_issuer = "", issuer
            alone = len(groups[key]) == 1  # then no other order needs the issuer as it is now
            for order in itertools.permutations(groups[key]):
                self.left -= 1 if alone else 1 + len(issuer.issued)
                path, tried = yield from self._path(order, issuer if alone else issuer.copy(), chosen)
                if path and (not chosen or path < chosen):
                    chosen, chosen_issuer = path, tried
            data += [key, chosen]
            issuer = chosen_issuer
        return _sha256("".join(data)), issuer

    def _path(
        self, order: tuple[ox.BlankNode, ...], issuer: _Issuer, chosen: str
    ) -> Generator[tuple[ox.BlankNode, _Issuer], _Found, tuple[str, _Issuer]]:
        """The path of one order of related nodes, "" as soon as it cannot be less than the chosen one."""
        if self.left < 0:
            raise TooAlikeError
        path, deeper = "", []
        for node in order:
            label = self.canonical.issued.get(node)
            if label is None:
                if node not in issuer.issued:
                    deeper.append(node)
                label = issuer.issue(node)
            path += f"_:{label}"
            if _worse(path, chosen):
                return "", issuer
        for node in deeper:
            found, after = yield node, issuer
            path += f"_:{issuer.issue(node)}<{found}>"
            issuer = after
            if _worse(path, chosen):
                return "", issuer
        return path, issuer


def _worse(path: str, chosen: str) -> bool:
    return bool(chosen) and len(path) >= len(chosen) and path > chosen
