"""The outline of a SPARQL query: its groups, the variables each binds or uses, and the predicates it can match.

Not a parser: pyoxigraph has accepted the text before, so only what the rewriting needs is read. What this scan does not
understand makes the query `open` (run on the whole graph), never wrong. Source: SPARQL 1.1 §19.8 (grammar).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from kgtool.shacl.query_outline import Group, GroupKind, QueryFormError, Scan, Token, tokens
from kgtool.terms import RDF

_AGGREGATES = frozenset({"COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"})


def scan(text: str) -> Scan:
    """The outline of a query that parses. Cost: linear."""
    scanner = _Scanner(tokens(text))
    try:
        scanner.query()
    except IndexError as error:  # ran past the end: the outline is not what this scan expects
        raise QueryFormError("a form of query that SHACL does not use", "SHACL 不使用此種查詢") from error
    return scanner.found


class _Scanner:
    def __init__(self, parts: list[Token]) -> None:
        self.parts, self.at, self.found = parts, 0, Scan()
        self.prefixes: dict[str, str] = {}
        for number, part in enumerate(parts):
            if part.kind == "var":
                self.found.variables.add(part.text[1:])
                self.found.places.append((part.text[1:], part.start))
                if number and parts[number - 1].word == "AS":
                    self.found.assigned.add(part.text[1:])
            elif part.kind == "word":
                self.found.words.add(part.word)
        self.found.aggregates = bool(self.found.words & _AGGREGATES)

    @property
    def now(self) -> Token:
        return self.parts[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.parts[self.at - 1]

    def query(self) -> None:
        while self.now.word in {"PREFIX", "BASE"}:
            if self.take().word == "PREFIX":
                prefix = self.take().text.rstrip(":")
                self.prefixes[prefix] = self.now.text[1:-1]
            self.take()
        self.found.form, self.found.form_span = self.now.word, (self.now.start, self.now.end)
        if self.take().word == "SELECT":
            self.projection()
        if self.now.word == "WHERE":  # ASK WHERE { … }: the rewriting brings its own WHERE
            self.found.form_span = (
                (self.found.form_span[0], self.now.end) if self.found.form == "ASK" else self.found.form_span
            )
            self.take()
        self.group(GroupKind.TOP, -1)

    def projection(self) -> None:
        """SELECT … up to its WHERE: the names it returns."""
        names: set[str] = set()
        depth = 0
        while self.now.text != "{" and not (self.now.word == "WHERE" and depth == 0):
            part = self.take()
            depth += (part.text == "(") - (part.text == ")")
            if part.kind == "var" and (depth == 0 or self.parts[self.at - 2].word == "AS"):
                names.add(part.text[1:])
            if part.text == "*" and depth == 0 and not self.found.projections:
                self.found.selects_all = True
        self.found.projections.append(names)

    def group(self, kind: GroupKind, parent: int) -> int:
        """Braces and what is in them; returns the group's number."""
        number = len(self.found.groups)
        opened = self.take()
        group = Group(kind, parent, opened.end)
        self.found.groups.append(group)
        begin = self.at
        if self.now.word == "SELECT":
            group.kind = GroupKind.WRAPPER
            self.take()
            self.projection()
            if self.now.word == "WHERE":
                self.take()
            self.group(GroupKind.SELECT, number)
            self.modifiers()
        while self.now.text != "}":
            self.element(group, number)
        group.close = self.take().start
        group.mentioned = {part.text[1:] for part in self.parts[begin : self.at] if part.kind == "var"}
        return number

    def modifiers(self) -> None:
        while self.now.text != "}":
            if self.take().text == "{":
                raise QueryFormError("EXISTS in a solution modifier", "GROUP BY、HAVING、ORDER BY 中有 EXISTS")

    def element(self, group: Group, number: int) -> None:
        part = self.now
        if part.word == "FILTER":
            self.filter(group, number)
        elif part.word == "BIND":
            self.take()
            self.expression(group, number)
            group.nested = True
        elif part.text == "{" or part.word in {"OPTIONAL", "UNION", "GRAPH", "MINUS", "SERVICE"}:
            group.nested = True
            self.braces(group, number)
        elif part.word == "VALUES":
            raise QueryFormError("VALUES is not allowed in SHACL", "SHACL 不得使用 VALUES")
        elif part.text == ".":
            self.take()
        else:
            self.triples(group)

    def braces(self, group: Group, number: int) -> None:
        kind = GroupKind.PLAIN
        while self.now.text != "{":
            part = self.take()
            if part.word == "OPTIONAL":
                kind = GroupKind.OPTIONAL
            elif part.kind == "var":
                group.used.add(part.text[1:])
        self.group(kind, number)

    def filter(self, group: Group, number: int) -> None:
        start = self.take().start
        negated = self.now.word == "NOT"
        if negated:
            self.take()
        if self.now.word == "EXISTS":
            self.take()
            inner = self.group(GroupKind.EXISTS, number)
            self.found.groups[inner].exists = (start, negated)
            group.nested = True
            return
        while self.now.text != "(":
            self.take()
        self.expression(group, number)

    def expression(self, group: Group, number: int) -> None:
        """A parenthesised expression; EXISTS inside it opens a group."""
        depth = 0
        while True:
            if self.now.text == "{":
                self.group(GroupKind.EXISTS, number)
                group.nested = True
                continue
            part = self.take()
            depth += (part.text == "(") - (part.text == ")")
            if part.kind == "var":
                group.used.add(part.text[1:])
            if depth == 0:
                return

    def triples(self, group: Group) -> None:
        """Subject, then predicates and objects, up to a full stop or a group's end."""
        bracket = self.now.text == "["
        self.term(group)
        if bracket and self.now.text in {".", "}"}:
            return
        self.pairs(group, {".", "}", "{"})

    def pairs(self, group: Group, ends: set[str]) -> None:
        while self.now.text not in ends and self.now.word not in {"FILTER", "OPTIONAL", "BIND", "GRAPH", "UNION"}:
            if self.now.text == ";":
                self.take()
                continue
            if self.path(group):
                self.found.open = True  # a path of length zero matches every node there is
            self.term(group)
            group.patterns += 1
            while self.now.text == ",":
                self.take()
                self.term(group)
                group.patterns += 1

    def term(self, group: Group) -> None:
        part = self.take()
        if part.kind == "var":
            group.bound.add(part.text[1:])
        elif part.text == "[":
            self.pairs(group, {"]"})
            self.take()
        elif part.text == "(":
            self.found.predicates |= {RDF + "first", RDF + "rest"}
            while self.now.text != ")":
                self.term(group)
            self.take()
        elif part.text in {"+", "-"}:
            self.take()
        elif part.kind == "str":
            if self.now.kind == "tag":
                self.take()
            elif self.now.text == "^^":
                self.at += 2

    def path(self, group: Group) -> bool:
        """A predicate or path; True when it can have length zero."""
        if self.now.kind == "var":
            group.bound.add(self.take().text[1:])
            self.found.open = True
            return False
        empty = self.sequence()
        while self.now.text == "|":
            self.take()
            empty = self.sequence() or empty
        return empty

    def sequence(self) -> bool:
        empty = self.step()
        while self.now.text == "/":
            self.take()
            empty = self.step() and empty
        return empty

    def step(self) -> bool:
        if self.now.text == "^":
            self.take()
        empty = False
        part = self.take()
        if part.text == "(":
            empty = self.path(Group(GroupKind.PLAIN, -1, 0))
            self.take()
        elif part.text == "!":
            self.found.open = True
            self.negated()
        else:
            self.found.predicates.add(_expand(part, self.prefixes))
        if self.now.text in {"*", "?", "+"}:
            empty = self.take().text != "+" or empty
        return empty

    def negated(self) -> None:
        depth = 0
        while True:
            part = self.take()
            depth += (part.text == "(") - (part.text == ")")
            if depth == 0 and part.text != "^":
                return


def _expand(part: Token, prefixes: Mapping[str, str]) -> str:
    if part.text == "a":
        return RDF + "type"
    if part.kind == "iri":
        return part.text[1:-1]
    prefix, _, local = part.text.partition(":")
    return prefixes.get(prefix, prefix) + re.sub(r"\\(.)", r"\1", local)
