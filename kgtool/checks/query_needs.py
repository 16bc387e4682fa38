"""Which predicates a query can match, so that it can be run over a store with those statements only.

Every IRI of the text is taken for one of them, which is more than enough; what is looked for is what could match others:
a variable as predicate, a negated property set, a path of length zero, a graph or a base named by the query. Where the
reader loses its way, nothing is known. Source: SPARQL 1.1 Query §9.1, §18.1.7.
"""

from __future__ import annotations

from collections.abc import Mapping

from kgtool.catalog.text import Token, lexed
from kgtool.checks.query_outline import Group, Part, Role
from kgtool.checks.query_reader import outline
from kgtool.checks.query_terms import iris
from kgtool.terms import RDF

# Words that make a query depend on more than its patterns.
_OPEN_WORDS = frozenset({"BASE", "DESCRIBE", "FROM", "GRAPH", "UNDEF"})
_CLOSURES = frozenset({"*", "+", "?"})
_ALWAYS = frozenset(RDF + name for name in ("type", "first", "rest"))


def predicates_of(text: str, prefixes: Mapping[str, str]) -> frozenset[str] | None:
    """IRIs that hold every predicate that a query which parses can match; None when it may match any."""
    words = [token.text.upper() for token in lexed(text) if token.kind == "word"]
    select = None if _OPEN_WORDS.intersection(words) else outline(text)
    if select is None:
        return None
    groups = list(select.where.every())
    expressions = [part for group in groups for part in group.parts if part.role in {Role.FILTER, Role.BIND}]
    # EXISTS outside WHERE (in HAVING, ORDER BY, a column) is not in the outline.
    if words.count("EXISTS") != sum(len(part.groups) for part in expressions) or any(map(_open, groups)):
        return None
    return _ALWAYS.union(iri for iri, _ in iris(text, prefixes))


def _open(group: Group) -> bool:
    listed = frozenset().union(*(part.binds for part in group.parts if part.role is Role.VALUES))
    return any(part.role is Role.PATTERN and not _Pattern(part, listed).closed() for part in group.parts)


class _LostError(Exception):
    """The tokens are not what a pattern is made of, or could match any predicate."""


class _Pattern:
    """The tokens of one subject, path and object, which may hold `[…]` and `(…)`.

    Args:
        listed: variables that a VALUES of the same group binds to terms of the text.
    """

    def __init__(self, part: Part, listed: frozenset[str]) -> None:
        self._tokens, self._listed, self._at = part.tokens, listed, 0

    def closed(self) -> bool:
        try:
            alone = self._next().text == "["
            self._term()
            if self._at < len(self._tokens) or not alone:
                self._pair()
            return self._at == len(self._tokens)
        except _LostError:
            return False

    def _next(self) -> Token:
        if self._at >= len(self._tokens):
            raise _LostError
        return self._tokens[self._at]

    def _take(self, *texts: str) -> bool:
        found = self._at < len(self._tokens) and self._tokens[self._at].text in texts
        self._at += found
        return found

    def _pair(self) -> None:
        token = self._next()
        if token.kind == "var":
            if token.text[1:] not in self._listed:
                raise _LostError
            self._at += 1
        elif self._path():
            raise _LostError  # a path of length zero matches every node there is
        self._term()

    def _term(self) -> None:
        token = self._next()
        self._at += 1
        if token.text == "[":
            self._list()
        elif token.text == "(":
            while not self._take(")"):
                self._term()
        elif token.text in {"+", "-"}:
            self._term()
        elif token.kind == "string":
            if self._take("^^") or (self._at < len(self._tokens) and self._tokens[self._at].text.startswith("@")):
                self._at += 1
        elif token.kind not in {"var", "iri", "pname", "number", "word"}:
            raise _LostError

    def _list(self) -> None:
        while not self._take("]"):
            self._pair()
            while self._take(","):
                self._term()
            while self._take(";"):
                pass

    def _path(self) -> bool:
        """A path; whether it can have length zero."""
        empty = self._sequence()
        while self._take("|"):
            empty = self._sequence() or empty
        return empty

    def _sequence(self) -> bool:
        empty = self._step()
        while self._take("/"):
            empty = self._step() and empty
        return empty

    def _step(self) -> bool:
        self._take("^")
        token = self._next()
        self._at += 1
        if token.text == "(":
            empty = self._path()
            if not self._take(")"):
                raise _LostError
        elif token.kind in {"iri", "pname"} or token.text == "a":
            empty = False
        else:
            raise _LostError
        closure = self._at < len(self._tokens) and self._tokens[self._at].text in _CLOSURES
        if closure:
            empty = self._tokens[self._at].text != "+" or empty
            self._at += 1
        return empty
