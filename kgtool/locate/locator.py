"""Findings' statements to places: which file holds a statement, and where in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox

from kgtool.finding import Place
from kgtool.load import Dataset
from kgtool.project import ProjectFile
from kgtool.turtle import Lines, Statement, literal_key, statements

_Key = tuple[str, ...]
# How far ahead a statement may stand in one reading and not yet in the other: cells of a collection come in another order.
_WINDOW = 64


@dataclass(frozen=True, slots=True)
class _Spot:
    """Offsets of one statement's subject, predicate and object."""

    subject: int
    predicate: int
    object: int


class Locator:
    """Places of a dataset's statements. Cost: nothing until the first question; then one pass over the quads, and one
    tokenisation (about 20 µs a statement) of each file that a question leads to."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._spots: dict[str, Mapping[_Key, _Spot]] = {}
        self._lines: dict[str, Lines] = {}

    @cached_property
    def _by_name(self) -> dict[str, ProjectFile]:
        return {file.name: file for file in self._dataset.files}

    @cached_property
    def _files(self) -> dict[_Key, str]:
        found: dict[_Key, str] = {}
        for file in self._dataset.files:
            for quad in self._dataset.graphs[file.graph]:
                subject, predicate, value = _keys(quad)
                found.setdefault((subject,), file.name)
                found.setdefault((subject, predicate), file.name)
                found.setdefault((subject, predicate, value), file.name)
        return found

    def place(self, subject: str, predicate: str = "", value: str = "") -> Place:
        """The place of a statement.

        A statement is looked for as given, then by subject and predicate, then by subject, so that a finding about
        something missing still points at the dossier that should have it.

        Args:
            subject: an IRI, or `_:label`.
            predicate: an IRI, "" for any.
            value: a term in N-Triples form, "" for any.
        Returns:
            The object's place when it is given and stands there, else the predicate's, else the subject's;
            `Place("")` when no file describes the subject.
        """
        node = subject if subject.startswith("_:") else f"<{subject}>"
        wanted = f"<{predicate}>" if predicate else ""
        for key in ((node, wanted, _value_key(value)), (node, wanted), (node,)):
            name = self._files.get(key)
            if name is not None:
                return self._in_file(name, key)
        return Place("")

    def of_quad(self, quad: ox.Quad) -> Place:
        """The place of a statement that the dataset holds."""
        subject, predicate, _ = _keys(quad)
        return self.place(subject.strip("<>"), predicate.strip("<>"), str(quad.object))

    def _in_file(self, name: str, key: _Key) -> Place:
        if name not in self._spots:
            file = self._by_name[name]
            text = file.path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
            self._lines[name] = Lines(text)
            self._spots[name] = _pair(self._dataset.graphs[file.graph], text)
        spot = self._spots[name].get(key)
        if spot is None:
            return Place(name)
        offset = (spot.subject, spot.predicate, spot.object)[len(key) - 1]
        return Place(name, *self._lines[name].place(offset))


def _keys(quad: ox.Quad) -> tuple[str, str, str]:
    return _term_key(quad.subject), _term_key(quad.predicate), _term_key(quad.object)


def _term_key(term: object) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<{term.value}>"
    if isinstance(term, ox.Literal):
        return literal_key(term.value, term.language or "", term.datatype.value)
    return str(term)


def _value_key(value: str) -> str:
    """A term in N-Triples form as a key."""
    if not value.startswith('"'):
        return value
    for statement in statements(f"<x:s> <x:p> {value} ."):
        return statement.object
    return value


def _pair(quads: tuple[ox.Quad, ...], text: str) -> Mapping[_Key, _Spot]:
    """The spots of a file's statements by (subject), (subject, predicate) and the whole triple, in the dataset's terms."""
    spots: dict[_Key, _Spot] = {}
    for quad, statement in _matches(quads, statements(text)):
        spot = _Spot(statement.subject_at, statement.predicate_at, statement.object_at)
        keys = _keys(quad)
        for length in (1, 2, 3):
            spots.setdefault(keys[:length], spot)
    return spots


def _matches(quads: tuple[ox.Quad, ...], found: Iterator[Statement]) -> Iterator[tuple[ox.Quad, Statement]]:
    """Pair what pyoxigraph read with what stands in the text.

    Both come in nearly the same order, so each quad takes the first waiting statement that agrees with it under the
    blank nodes matched so far; a file with syntax errors leaves some of either unpaired.
    """
    same: dict[str, str] = {}
    taken: set[str] = set()
    waiting: dict[int, Statement] = {}
    number = 0
    for quad in quads:
        keys = _keys(quad)
        while len(waiting) < _WINDOW and (statement := next(found, None)) is not None:
            waiting[number] = statement
            number += 1
        for position, statement in waiting.items():
            if _agree(keys, statement, same, taken):
                del waiting[position]
                yield quad, statement
                break
        else:
            # Nothing near agrees: the text's side is behind an error; let the window move on.
            if waiting and len(waiting) >= _WINDOW:
                del waiting[next(iter(waiting))]


def _agree(keys: tuple[str, str, str], statement: Statement, same: dict[str, str], taken: set[str]) -> bool:
    new: list[tuple[str, str]] = []
    for key, term in zip(keys, (statement.subject, statement.predicate, statement.object), strict=True):
        if not term.startswith("_:"):
            if key != term:
                return False
        elif term in same:
            if same[term] != key:
                return False
        elif not key.startswith("_:") or key in taken:
            return False
        else:
            new.append((term, key))
    for term, key in new:
        same[term] = key
        taken.add(key)
    return True
