"""Where a statement stands: the file that holds it.

A statement is looked for as given, then by subject and predicate, then by subject, so that a finding about something
missing still points at the dossier that should have it.
"""

from __future__ import annotations

from functools import cached_property

import pyoxigraph as ox

from kgtool.finding import Place
from kgtool.load import Dataset

_Key = tuple[str, ...]


class Locator:
    """Places of a dataset's statements. Cost: one pass over the quads at the first question, none without one."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    @cached_property
    def _files(self) -> dict[_Key, str]:
        found: dict[_Key, str] = {}
        for file in self._dataset.files:
            for quad in self._dataset.graphs[file.graph]:
                subject, predicate, value = str(quad.subject), quad.predicate.value, str(quad.object)
                found.setdefault((subject,), file.name)
                found.setdefault((subject, predicate), file.name)
                found.setdefault((subject, predicate, value), file.name)
        return found

    def place(self, subject: str, predicate: str = "", value: str = "") -> Place:
        """The place of a statement.

        Args:
            subject: an IRI, or `_:label`.
            predicate: an IRI, "" for any.
            value: a term in N-Triples form, "" for any.
        Returns:
            The best place known; `Place("")` when the subject is described in no file.
        """
        node = subject if subject.startswith("_:") else f"<{subject}>"
        for key in ((node, predicate, value), (node, predicate), (node,)):
            if key in self._files:
                return Place(self._files[key])
        return Place("")

    def of_quad(self, quad: ox.Quad) -> Place:
        """The place of a statement that the dataset holds."""
        return self.place(str(quad.subject).strip("<>"), quad.predicate.value, str(quad.object))
