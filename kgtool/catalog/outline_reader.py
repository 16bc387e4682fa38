"""A query's text to its outline.

Read from tokens, only from texts that the engine parses, so nothing is checked here; where the reader loses its way it
gives none, and the checks that need one are silent. Source: SPARQL 1.1 Query §19.8. Cost: linear in the text.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Sequence

from kgtool.catalog.iris import labels
from kgtool.catalog.outline import Group, Part, Role, Select
from kgtool.catalog.text import FORMS, Token, lexed

_END = Token("end", "", -1)
_DEEPEST = 100  # groups, and brackets in one; the guard refuses deeper ones long before
_OTHERS = frozenset({"FILTER", "OPTIONAL", "MINUS", "GRAPH", "BIND", "VALUES"})
_TERM_WORDS = frozenset({"", "TRUE", "FALSE"})
_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


@functools.lru_cache(maxsize=128)
def outline(text: str) -> Select | None:
    """The outline of a query that parses, None where it cannot be made out; kept, because several checks read each query."""
    reader = _Reader(lexed(text), text)
    try:
        while reader.word() not in FORMS:
            if reader.take().kind == "open":
                return None  # the form is part of another word: `SELECTDISTINCT*{`, which the engine takes
        return reader.select(reader.take().text.upper())
    except _LostError:
        return None


class _LostError(Exception):
    """The text is not what the outline expects."""


class _Reader:
    def __init__(self, every: Sequence[Token], text: str) -> None:
        self.every, self.text, self.at, self.depth = [*every, _END], text, 0, 0
        self.words = [token.text.upper() if token.kind == "word" else "" for token in self.every]

    def peek(self) -> Token:
        return self.every[self.at]

    def word(self) -> str:
        return self.words[self.at]

    def take(self) -> Token:
        token = self.peek()
        if token is _END:
            raise _LostError
        self.at += 1
        return token

    def expect(self, text: str) -> Token:
        token = self.take()
        if token.text.upper() != text:
            raise _LostError
        return token

    def select(self, form: str) -> Select:
        out = Select(star=form == "DESCRIBE")
        if form == "CONSTRUCT" and self.peek().text == "{":
            self.group()
        while self.peek().text != "{":
            token = self.peek()
            out.aggregated = out.aggregated or self.word() in _AGGREGATES
            if self.word() == "FROM":
                self.take()
            elif token.text == "*":
                out.star = True
            elif token.kind == "var":
                out.columns.append((token.text[1:], token.start, False))
            elif token.text == "(":
                inner, _ = self.bracket()
                named = [t for t in inner if t.kind == "var"][-1:]
                out.aggregated = out.aggregated or any(t.text.upper() in _AGGREGATES for t in inner)
                out.columns += [(t.text[1:], t.start, True) for t in named]
                continue
            self.take()
        out.where = self.group()
        self.modifiers(out)
        return out

    def modifiers(self, out: Select) -> None:
        clause = ""
        while self.peek() is not _END and self.peek().text != "}":
            word = self.word()
            clause = word if word in {"GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "VALUES"} else clause
            if word == "VALUES":
                self.take()
                out.bound |= self.values()
                continue
            out.grouped = out.grouped or word == "GROUP"
            # HAVING(COUNT(*) = 0) makes one group of all rows too (SPARQL 1.1 Query §18.2.4.1).
            out.aggregated = out.aggregated or self.word().endswith(tuple(_AGGREGATES))  # `ORDER BYCOUNT(*)`
            if self.peek().text == "{":
                self.group()  # of an EXISTS without brackets around it
                continue
            tokens = self.bracket()[0] if self.peek().text == "(" else [self.take()]
            out.aggregated = out.aggregated or any(token.text.upper() in _AGGREGATES for token in tokens)
            if clause == "ORDER":
                out.order += tokens
            if clause == "GROUP":
                out.bound |= {b.text[1:] for a, b in itertools.pairwise(tokens) if a.text.upper() == "AS"}

    def group(self) -> Group:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _LostError
        start = self.expect("{").start
        out = Group()
        if self.word() == "SELECT":
            self.take()
            inner = self.select("SELECT")
            out.parts.append(Part(Role.SELECT, start, binds=inner.names, select=inner))
        while self.peek().text != "}":
            if self.peek().text == ".":
                self.take()
            else:
                out.parts += self.part()
        self.take()
        self.depth -= 1
        return out

    def part(self) -> list[Part]:
        word, start = self.word(), self.peek().start
        if word in {"OPTIONAL", "MINUS"}:
            self.take()
            inner = self.group()
            return [Part(Role(word.lower()), start, groups=[inner], binds=inner.binds)]
        if word == "GRAPH":
            self.take()
            name = self.take()
            inner = self.group()
            own = {name.text[1:]} if name.kind == "var" else set()
            return [Part(Role.GRAPH, start, [name], [inner], inner.binds | own)]
        if word == "FILTER":
            return [self.filter(start)]
        if word == "BIND":
            self.take()
            tokens, groups = self.bracket()
            return [Part(Role.BIND, start, tokens, groups, frozenset({tokens[-2].text[1:]}))]
        if word == "VALUES":
            self.take()
            return [Part(Role.VALUES, start, binds=frozenset(self.values()))]
        if self.peek().text == "{":
            branches = [self.group()]
            while self.word() == "UNION":
                self.take()
                branches.append(self.group())
            return [Part(Role.UNION, start, groups=branches, binds=frozenset().union(*(b.binds for b in branches)))]
        return self.patterns()

    def filter(self, start: int) -> Part:
        self.take()
        negated = self.word() == "NOT"
        if negated:
            self.take()
        if self.word() == "EXISTS":
            self.take()
            return Part(Role.FILTER, start, groups=[self.group()], negated=negated)
        tokens: list[Token] = []
        while self.peek().text != "(":
            if self.peek().kind in {"open", "close"}:
                raise _LostError  # `FILTER NOTEXISTS {`, which the engine takes
            tokens.append(self.take())
        inner, groups = self.bracket()
        return Part(Role.FILTER, start, tokens + inner, groups)

    def bracket(self) -> tuple[list[Token], list[Group]]:
        """From a bracket to the one that closes it, both included; groups of EXISTS apart."""
        tokens, groups, depth = [self.take()], [], 1
        while depth:
            if self.peek().text == "{":
                groups.append(self.group())
                continue
            tokens.append(self.take())
            depth += (tokens[-1].kind == "open") - (tokens[-1].kind == "close")
            if depth > _DEEPEST:
                raise _LostError
        return tokens, groups

    def values(self) -> set[str]:
        names = set()
        while self.peek().text != "{":
            token = self.take()
            names |= {token.text[1:]} if token.kind == "var" else set()
        while self.take().text != "}":
            pass
        return names

    def patterns(self) -> list[Part]:
        """A subject and its predicates and objects: a pattern for each object."""
        if self.word() not in _TERM_WORDS:
            raise _LostError  # `FILTERNOTEXISTS {`, which the engine takes
        subject, predicate = self.term(), list[Token]()
        out: list[Part] = []
        while True:
            start = (subject + predicate)[0].start if subject else self.peek().start
            last, piece = "", list(predicate)
            while self.peek().text not in {".", ";", ",", "}", "{"} and not self._other():
                piece += self.term()
            if len(piece) > len(predicate) or not out:
                every = subject + piece
                out.append(Part(Role.PATTERN, start, every, binds=self.bound(every)))
            last = self.peek().text
            if last not in {";", ","}:
                return out
            self.take()
            predicate = piece[: _verb(piece)] if last == "," else []

    def _other(self) -> bool:
        return self.word() in _OTHERS

    def term(self) -> list[Token]:
        token = self.peek()
        if token.kind == "open":
            return self.bracket()[0]
        if token is _END or token.kind == "close":
            raise _LostError
        return [self.take()]

    def bound(self, tokens: list[Token]) -> frozenset[str]:
        names = {token.text[1:] for token in tokens if token.kind == "var"}
        names |= {f"[{token.start}" for token in tokens if token.text in {"[", "("}}
        names |= {"_" + t.text for t in tokens if t.kind == "pname" and labels(self.text, t.start)}
        return frozenset(names)


def _verb(piece: list[Token]) -> int:
    """How many tokens of a predicate and its object are the predicate."""
    if piece and piece[-1].kind != "close":
        return len(piece) - 1
    depth = 0
    for number in range(len(piece) - 1, -1, -1):
        depth += (piece[number].kind == "close") - (piece[number].kind == "open")
        if depth == 0:
            return number
    return 0
