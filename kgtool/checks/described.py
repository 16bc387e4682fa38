"""What is said of a subject, by names: IRIs and labels in, terms out. A view of the columns that holds nothing itself."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kgtool.index import Index

Term = ox.NamedNode | ox.BlankNode | ox.Literal


def key(term: object) -> str:
    """A subject as its name: the IRI, or `_:label`."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


def node(name: str) -> ox.NamedNode | ox.BlankNode:
    """The subject that `key` named. Raises ValueError when it is none."""
    return ox.BlankNode(name[2:]) if name.startswith("_:") else ox.NamedNode(name)


def values(index: Index, subject: str, predicate: str) -> list[Term]:
    """The objects of one subject and predicate, in file order. Cost: one table a predicate, made when first asked for."""
    try:
        code = index.ids.get(node(subject), -1)
    except ValueError:
        return []
    return [index.terms[value] for value in index.objects(code, index.iri(predicate))]  # type: ignore[misc]


class Described(Mapping[str, Mapping[str, list[Term]]]):
    """Subject to predicate IRI to distinct objects in file order, as far as an index says.

    Cost: nothing to make; the first question about a whole subject makes a table of every predicate, so checks of much
    data ask `values` for the predicates that they need.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._subjects: dict[int, None] | None = None

    def __getitem__(self, name: str) -> Mapping[str, list[Term]]:
        try:
            code = self._index.ids[node(name)]
        except ValueError as error:
            raise KeyError(name) from error
        terms = self._index.terms
        found = {
            terms[predicate].value: [terms[value] for value in objects]  # type: ignore[union-attr]
            for predicate in self._index.predicates
            if (objects := self._index.objects(code, predicate))
        }
        if not found:
            raise KeyError(name)
        return found  # type: ignore[return-value]

    def __iter__(self) -> Iterator[str]:
        return (key(self._index.terms[code]) for code in self._codes())

    def __len__(self) -> int:
        return len(self._codes())

    def _codes(self) -> dict[int, None]:
        if self._subjects is None:
            self._subjects = {}
            for predicate in self._index.predicates:
                self._subjects.update(dict.fromkeys(self._index.column(predicate)[0]))
        return self._subjects
