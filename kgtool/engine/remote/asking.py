"""Who carries a query to an engine: this process itself, or one that may open connections where this one may not.

What is carried is a text and what must not be exceeded; the address and the password are the carrier's own, so nothing in a
query can choose where it goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from msgspec import Struct

from kgtool.engine.remote.credentials import Credentials
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.exchange import Reply
from kgtool.engine.remote.ways import ways_of
from kgtool.project import Remote


class Question(Struct, frozen=True):
    """A query as it is sent.

    Attributes:
        form: `SELECT` or `ASK`.
        parameters: of the form, beside `query`; a name may repeat.
        most: bytes of the answer.
    """

    text: str
    form: str
    parameters: Sequence[tuple[str, str]]
    most: int


class Asks(Protocol):
    """Brings the answer to a question, whole."""

    def __call__(self, question: Question, deadline: Deadline) -> Reply: ...


class Direct(Struct, frozen=True):
    """Asks from this process."""

    remote: Remote
    who: Credentials | None = None

    def __call__(self, question: Question, deadline: Deadline) -> Reply:
        """The answer as it came.

        Raises:
            RemoteError: no answer, or not the whole. BadQueryError: the engine does not take the query.
        """
        from kgtool.engine.remote.client import ask  # brings SPARQLWrapper and rdflib: 0.3 s

        digest = ways_of(self.remote.profile).digest
        return ask(
            self.remote.url,
            question.text,
            question.form,
            question.parameters,
            deadline,
            question.most,
            self.who,
            digest,
        )
