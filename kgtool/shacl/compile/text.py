"""Pieces of SPARQL text that Oxigraph and Virtuoso read alike.

What they have in common was found by trying (docs/decisions/0020-shapes-as-sparql.md): an anti-join is an OPTIONAL subquery
that binds a mark, because Virtuoso 7 gives wrong rows for MINUS and NOT EXISTS with a filter, a group or a BIND inside;
a path's steps are written as triples, because it refuses a path with both ends free.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import pyoxigraph as ox
from msgspec import Struct

from kgtool.shacl.compile.model import CompileError, Dialect
from kgtool.shacl.paths import Alternative, Path, Repeat, Sequence, Step, Times, to_sparql
from kgtool.terms import RDF, RDFS

TYPE, BELOW = f"<{RDF}type>", f"<{RDFS}subClassOf>"


class Where(Struct, frozen=True):
    """A group's content that binds a variable (`?n1`) to the nodes asked about, and perhaps others."""

    text: str
    node: str


class Draft:
    """A query in the making: fresh variables (no two parts share one unless they mean the same), and whom it is for."""

    def __init__(self, dialect: Dialect = Dialect.STANDARD) -> None:
        self.dialect = dialect
        self._numbers: Iterator[int] = count(1)

    def new(self) -> str:
        return f"?n{next(self._numbers)}"


def plain(path: Path) -> bool:
    """Whether a path is of single predicates only, so that `step` may write it with both ends given."""
    return isinstance(path, Step) or (isinstance(path, Sequence | Alternative) and all(map(plain, path.parts)))


def step(path: Path, start: str, end: str, draft: Draft) -> str:
    """The pattern that leads from one node to another along a plain path, or one closure. Source: SHACL §2.3.1."""
    if isinstance(path, Step):
        one, other = (end, start) if path.backward else (start, end)
        return f"{one} <{path.predicate}> {other} ."
    if isinstance(path, Sequence):
        stops = [start, *(draft.new() for _ in path.parts[1:]), end]
        return " ".join(step(part, stops[n], stops[n + 1], draft) for n, part in enumerate(path.parts))
    if isinstance(path, Alternative):
        return " UNION ".join(f"{{ {step(part, start, end, draft)} }}" for part in path.parts)
    return f"{start} {to_sparql(path)} {end} ."


def onward(where: Where, path: Path | None, draft: Draft) -> Where:
    """The value nodes of a shape's path for the focus nodes of a pattern; the focus nodes themselves without a path.

    A step of length zero is written out: engines find none from a literal, or from a node that no statement has.
    Raises:
        CompileError: a closure over something that can itself be of length zero; any closure, for Virtuoso.
    """
    if path is None:
        return where
    if isinstance(path, Sequence) and not plain(path):
        for part in path.parts:
            where = onward(where, part, draft)
        return where
    value = draft.new()
    if isinstance(path, Alternative) and not plain(path):
        each = [(one.text, one.node) for one in (onward(where, part, draft) for part in path.parts)]
        return Where(" UNION ".join(f"{{ {text} BIND({node} AS {value}) }}" for text, node in each), value)
    if not isinstance(path, Repeat):
        return Where(f"{where.text} {step(path, where.node, value, draft)}", value)
    if draft.dialect is Dialect.VIRTUOSO:
        raise CompileError(zh="Virtuoso 對路徑閉包給出錯誤之列", en="Virtuoso gives wrong rows for a closure of a path")
    if not plain(path.part):
        raise CompileError(zh="路徑閉包之內又有閉包", en="a closure inside a closure of the path")
    once = path.part if path.times is Times.MAYBE else Repeat(path.part, Times.SOME)
    text = f"{where.text} {step(once, where.node, value, draft)}"
    if path.times is not Times.SOME:
        text = f"{{ {where.text} BIND({where.node} AS {value}) }} UNION {{ {text} }}"
    return Where(text, value)


def without(where: Where, inner: str, key: str, draft: Draft, group: str = "") -> str:
    """The solutions of a pattern whose `key` a subquery does not return: its body `inner`, grouped or not."""
    mark = draft.new()
    distinct = "" if group else "DISTINCT "
    subquery = f"SELECT {distinct}{key} (1 AS {mark}) {{ {inner} }} {group}"
    return f"{where.text} OPTIONAL {{ {subquery} }} FILTER(!BOUND({mark}))"


def literal(text: str) -> str:
    """A plain string as SPARQL writes it."""
    return str(ox.Literal(text))
