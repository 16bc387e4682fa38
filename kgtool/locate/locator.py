"""Findings' statements to places: which file holds a statement, and where in it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from functools import cached_property

import pyoxigraph as ox

from kgtool.finding import Place
from kgtool.load import Dataset
from kgtool.locate.homes import Homes
from kgtool.locate.pairing import Key, Spot, keys_of, pair
from kgtool.project import ProjectFile
from kgtool.turtle import Blocks, Lines, Statement, unescape

# Code points; a longer text is read by blocks first. A shorter one costs no more than the pattern that finds them.
_LARGE = 4_000
_LITERAL = re.compile(r'"((?:[^"\\]++|\\.)*+)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.DOTALL)


class Locator:
    """Places of a dataset's statements.

    Cost: nothing until the first question; then a look-up in the columns, and each file that a question leads to is read
    once more: tokenised whole where it is small (about 20 µs a statement), else told apart into blocks (0.5 µs), of which
    those of the subjects asked about are tokenised, each once.
    """

    def __init__(self, dataset: Dataset, large: int = _LARGE) -> None:
        self._dataset = dataset
        self._large = large
        self._homes: dict[str, Homes] = {}
        self._ids = next(iter(dataset.kinds.values())).ids if dataset.kinds else {}
        self._texts: dict[str, _Text] = {}
        self._blocks: dict[str, Blocks] = {}

    def forget(self) -> None:
        """Let go of texts and tables, before something else needs the memory; they are made again when asked for.

        Where the blocks of a text begin is kept: it is small, and costs more to find than the text to read.
        """
        self._homes.clear()
        self._texts.clear()

    @cached_property
    def _by_name(self) -> dict[str, ProjectFile]:
        return {file.name: file for file in self._dataset.files if file in self._dataset.records}

    def _homes_of(self, kind: str) -> Homes:
        if kind not in self._homes:
            self._homes[kind] = Homes(self._dataset, kind)
        return self._homes[kind]

    def place(self, subject: str, predicate: str = "", value: str = "", kind: str = "") -> Place:
        """The place of a statement.

        A statement is looked for as given, then by subject and predicate, then by subject, so that a finding about
        something missing still points at the dossier that should have it.

        Args:
            subject: an IRI, or `_:label`.
            predicate: an IRI, "" for any.
            value: a term in N-Triples form, "" for any.
            kind: the kind of file that is meant, as `shapes` for a shape that is a class of the ontology too; files of
                other kinds are looked at when none of this one says as much.
        Returns:
            The object's place when it is given and stands there, else the predicate's, else the subject's;
            `Place("")` when no file describes the subject.
        """
        terms = (_term(subject if subject.startswith("_:") else f"<{subject}>"), _term(f"<{predicate}>"), _term(value))
        codes = tuple(-1 if term is None else self._ids.get(term, -1) for term in terms)
        if codes[0] < 0:
            return Place("")
        every = [self._homes_of(one) for one in dict.fromkeys((kind, ""))]
        for length, home in itertools.product((3, 2, 1), every):
            if -1 not in codes[:length]:
                name = home.of(*codes[:length])
                if name:
                    return self._in_file(name, keys_of(*terms[:length]))
        return Place("")

    def file(self, subject: str, kind: str = "") -> str:
        """Name of the first file of a kind that describes a subject, "" for none; no file is read for it."""
        term = _term(subject if subject.startswith("_:") else f"<{subject}>")
        code = -1 if term is None else self._ids.get(term, -1)
        return self._homes_of(kind).of_subject(code) if code >= 0 else ""

    def of_quad(self, quad: ox.Quad) -> Place:
        """The place of a statement that the dataset holds."""
        subject = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else str(quad.subject)
        return self.place(subject, quad.predicate.value, str(quad.object))

    def _in_file(self, name: str, key: Key) -> Place:
        if name not in self._texts:
            text = _Text(self._dataset, self._by_name[name])
            broken = any(one.place.path == name for one in self._dataset.findings)
            if not broken and len(text.text) >= self._large:
                text.blocks = self._blocks.setdefault(name, Blocks())
            self._texts[name] = text
        return self._texts[name].place(key)


class _Text:
    """One file's text, read again for places."""

    def __init__(self, dataset: Dataset, file: ProjectFile) -> None:
        self._dataset, self._file = dataset, file
        self.text = file.path.read_bytes().removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
        self.blocks: Blocks | None = None
        self._of_subject: dict[str, _Subject] = {}

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    @cached_property
    def _spots(self) -> dict[Key, Spot]:
        return pair(tuple(self._dataset.of_file(self._file)), self.text)

    def place(self, key: Key) -> Place:
        spot = self._in_block(key) or self._spots.get(key)
        if spot is None:
            return Place(self._file.name)
        offset = (spot.subject, spot.predicate, spot.object)[len(key) - 1]
        return Place(self._file.name, *self._lines.place(offset))

    def _in_block(self, key: Key) -> Spot | None:
        """The spot of a statement at the top of a large text; None for what only the whole text shows."""
        if self.blocks is None or any(term.startswith("_:") for term in key):
            return None
        found = self._of_subject.get(key[0])
        if found is None:
            found = self._of_subject[key[0]] = _Subject(self.blocks.statements(self.text, key[0]))
        return found.spot(key)


class _Subject:
    """The spots of one subject's statements, which are read as far as what is asked for."""

    def __init__(self, statements: Iterator[Statement]) -> None:
        self._left = statements
        self._spots: dict[Key, Spot] = {}

    def spot(self, key: Key) -> Spot | None:
        while key not in self._spots:
            one = next(self._left, None)
            if one is None:
                return None
            terms = (one.subject, one.predicate, one.object)
            # What is nested in a statement has another subject, or none with a name.
            for length in (1, 2, 3) if terms[0] == key[0] else ():
                self._spots.setdefault(terms[:length], Spot(one.subject_at, one.predicate_at, one.object_at))
        return self._spots[key]


def _term(text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal | None:
    """The term that a text in N-Triples form is; None when it is none."""
    try:
        if text.startswith("_:"):
            return ox.BlankNode(text[2:])
        if text.startswith("<"):
            return ox.NamedNode(text[1:-1])
        match = _LITERAL.fullmatch(text)
        if match is None:
            return None
        value = unescape(match[1])
        if match[2]:
            return ox.Literal(value, language=match[2])
        return ox.Literal(value, datatype=ox.NamedNode(match[3])) if match[3] else ox.Literal(value)
    except ValueError:
        return None
