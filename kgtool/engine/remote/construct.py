"""CONSTRUCT as a SELECT: the engine gives solutions, in pages and counted, and the triples are made here.

Engines cut graphs without a word (Virtuoso gives the first ResultSetMaxRows triples and no header says so), and a graph has
no pages. The template is filled by the embedded engine, so it means what SPARQL 1.1 Query §16.2 says.
"""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog.text import lexemes
from kgtool.engine.remote.blank import is_skolem, unskolem
from kgtool.engine.store import EmbeddedStore, Solutions, Term
from kgtool.write.results import n3

_CHUNK = 1_000  # solutions in one text for the embedded engine


class Construct(Struct, frozen=True):
    """A CONSTRUCT in parts: `select` asks for the template's variables, `template` is what stands between its braces."""

    prologue: str
    template: str
    select: str

    def triples(self, solutions: Solutions, prefixes: Mapping[str, str]) -> set[ox.Triple]:
        """The triples that solutions give; those that are no RDF are left out, as the standard says.

        Cost: about 10 µs a triple.
        """
        empty = EmbeddedStore(())
        found: set[ox.Triple] = set()
        names = " ".join(f"?{name}" for name in solutions.variables)
        for start in range(0, len(solutions.rows), _CHUNK):
            rows = " ".join(f"({' '.join(map(_cell, row))})" for row in solutions.rows[start : start + _CHUNK])
            text = f"{self.prologue}CONSTRUCT {{ {self.template}\n}} WHERE {{ VALUES ({names}) {{ {rows} }} }}"
            answer = empty.evaluate(text, prefixes)
            if isinstance(answer, ox.QueryTriples):
                found |= {_unskolemised(triple) for triple in answer}
        return found


def split_construct(text: str) -> Construct | None:
    """The parts of a CONSTRUCT; None when its brackets do not close."""
    every = list(lexemes(text))
    at = next((n for n, (kind, token, _) in enumerate(every) if kind == "word" and token.upper() == "CONSTRUCT"), -1)
    if at < 0:
        return None
    start = every[at][2]
    opened = next((n for n in range(at + 1, len(every)) if every[n][1] == "{"), -1)
    closed = _closing(every, opened)
    if opened < 0 or closed < 0:
        return None
    short = any(kind == "word" and token.upper() == "WHERE" for kind, token, _ in every[at:opened])
    inner = text[every[opened][2] + 1 : every[closed][2]]
    between = text[start + len("CONSTRUCT") : every[opened][2]]  # FROM and WHERE of the short form
    rest = f"{between} {{{inner}}}{text[every[closed][2] + 1 :]}" if short else text[every[closed][2] + 1 :]
    names = dict.fromkeys(token[1:] for kind, token, _ in every[opened:closed] if kind == "var")
    columns = " ".join(f"?{name}" for name in names) or "(1 AS ?kgtool_none)"
    return Construct(text[:start], inner, f"{text[:start]}SELECT {columns} {rest}")


def _closing(every: list[tuple[str, str, int]], opened: int) -> int:
    depth = 0
    for number in range(max(opened, 0), len(every)):
        if every[number][1] == "{":
            depth += 1
        elif every[number][1] == "}":
            depth -= 1
            if depth == 0:
                return number
    return -1


def _cell(term: Term | None) -> str:
    return "UNDEF" if term is None else n3(term)


def _unskolemised(triple: ox.Triple) -> ox.Triple:
    subject = unskolem(triple.subject) if is_skolem(triple.subject) else triple.subject  # type: ignore[arg-type]
    value = unskolem(triple.object) if is_skolem(triple.object) else triple.object  # type: ignore[arg-type]
    return ox.Triple(subject, triple.predicate, value)
