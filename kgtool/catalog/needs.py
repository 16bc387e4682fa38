"""Which predicates a query can match, so that it can be run over a store with those statements only.

Every IRI of the text is taken for one of them, which is more than enough; what is looked for is what could match others:
a variable as predicate, a negated property set, a path of length zero, a graph or a base named by the query. Where the
reader loses its way, nothing is known. Source: SPARQL 1.1 Query §9.1, §18.1.7.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from msgspec import Struct

from kgtool.catalog.iris import all_known, iris
from kgtool.catalog.outline import Group, Part, Role, Select
from kgtool.catalog.outline_reader import outline
from kgtool.catalog.text import Token, form, lexed
from kgtool.terms import RDF

# Words that make a query depend on more than its patterns.
# The engine needs no blank behind one: `FROMNAMED<x:g>`.
_OPEN_WORDS = ("BASE", "DESCRIBE", "FROM", "GRAPH", "UNDEF")
_CLOSURES = frozenset({"*", "+", "?"})
_TYPE = RDF + "type"
_ALWAYS = frozenset({_TYPE, RDF + "first", RDF + "rest"})


class Needs(Struct, frozen=True):
    """What a query can match.

    Attributes:
        named: IRIs that hold every predicate that the text names.
        described: predicates whose subjects are predicates that it can match too: `?p <x> ?y . ?s ?p ?o`; with any object,
            if rdf:type is one of them.
        classes: the objects of rdf:type that it can match, None for any.
    """

    named: frozenset[str]
    described: frozenset[str] = frozenset()
    classes: frozenset[str] | None = None


def needs_of(text: str, prefixes: Mapping[str, str]) -> Needs | None:
    """The predicates that a query which parses can match; None when it may match any."""
    words = [token.text.upper() for token in lexed(text) if token.kind == "word"]
    select = None if _is_open(words) or not all_known(text, prefixes) else outline(text)
    if select is None:
        return None
    groups = list(select.where.every())
    expressions = [part for group in groups for part in group.parts if part.role in {Role.FILTER, Role.BIND}]
    # EXISTS outside WHERE (in HAVING, ORDER BY, a column) is not in the outline.
    if words.count("EXISTS") != sum(len(part.groups) for part in expressions):
        return None
    terms = {start: iri for iri, start in iris(text, prefixes)}
    described: set[str] = set()
    for group in groups:
        known = {part.tokens[0].text[1:]: _single(part, terms) for part in group.parts if _of_variable(part)}
        listed = frozenset().union(*(part.binds for part in group.parts if part.role is Role.VALUES))
        for part in group.parts:
            pattern = _Pattern(part, listed | {name for name, single in known.items() if single})
            if part.role is Role.PATTERN and not pattern.closed():
                return None
            described |= {known[name][0] for name in pattern.used - listed if known.get(name)}  # type: ignore[index]
    return Needs(_ALWAYS.union(terms.values()), frozenset(described), _classes(text, groups, terms))


def _classes(text: str, groups: list[Group], terms: Mapping[int, str]) -> frozenset[str] | None:
    """The objects of rdf:type where it only stands in patterns of a term, itself and an IRI."""
    singles = ((part, _single(part, terms)) for group in groups for part in group.parts)
    typed = [(part.tokens[1].start, single[1]) for part, single in singles if single and single[0] == _TYPE]
    classes = frozenset(value for _, value in typed)
    written = sum(token.text == "a" and token.kind == "word" for token in lexed(text))
    mentions = written + sum(iri == _TYPE for iri in terms.values())
    # Each pattern of a list has its verb, which the text has once for `a <x:C> , <x:D>`.
    return classes if "" not in classes and mentions == len({verb for verb, _ in typed}) else None


def _is_open(words: list[str]) -> bool:
    return any(word.startswith(_OPEN_WORDS) for word in words)


def _of_variable(part: Part) -> bool:
    return part.role is Role.PATTERN and part.tokens[0].kind == "var"


def may_have_rows(text: str, prefixes: Mapping[str, str], stated: Callable[[str, str], bool]) -> bool:
    """Whether a SELECT may have a row, given what is stated; True where nothing is sure.

    A row needs every pattern of its group, one branch of each UNION, and a row of each sub-select; an aggregate without
    GROUP BY has a row of nothing. Only patterns with a single predicate are looked at. Source: SPARQL 1.1 Query §18.5.
    Args:
        stated: whether there is a statement with this predicate and object, "" for any object.
    """
    words = [token.text.upper() for token in lexed(text) if token.kind == "word"]
    select = outline(text) if form(text) == "SELECT" and not _is_open(words) else None
    if select is None:
        return True
    return _has_rows(select, {start: iri for iri, start in iris(text, prefixes)}, stated)


def _has_rows(select: Select, terms: Mapping[int, str], stated: Callable[[str, str], bool]) -> bool:
    return (select.aggregated and not select.grouped) or _matches(select.where, terms, stated)


def _matches(group: Group, terms: Mapping[int, str], stated: Callable[[str, str], bool]) -> bool:
    for part in group.parts:
        if part.role is Role.PATTERN:
            names = _single(part, terms)
            possible = names is None or stated(*names)
        elif part.role is Role.UNION:
            possible = any(_matches(branch, terms, stated) for branch in part.groups)
        else:
            possible = part.select is None or _has_rows(part.select, terms, stated)
        if not possible:
            return False
    return True


def _single(part: Part, terms: Mapping[int, str]) -> tuple[str, str] | None:
    """Predicate and object of a pattern that is a term, a predicate and a term; the object "" when it is no IRI."""
    if part.role is not Role.PATTERN or len(part.tokens) != 3:
        return None
    _, verb, value = part.tokens
    predicate = RDF + "type" if verb.text == "a" else terms.get(verb.start, "")
    return (predicate, terms.get(value.start, "")) if predicate else None


class _LostError(Exception):
    """The tokens are not what a pattern is made of, or could match any predicate."""


class _Pattern:
    """The tokens of one subject, path and object, which may hold `[…]` and `(…)`.

    Args:
        listed: variables that the same group binds to terms that are known.
    Attributes:
        used: those that are predicates.
    """

    def __init__(self, part: Part, listed: frozenset[str]) -> None:
        self._tokens, self._listed, self._at = part.tokens, listed, 0
        self.used: set[str] = set()

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
            self.used.add(token.text[1:])
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
            if self._next().kind != "number":
                raise _LostError
            self._at += 1
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
