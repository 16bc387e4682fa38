"""One error tree: what stops the program. What is wrong in the user's data is a `Finding`, never an exception.

KgError                 exit 2
|-- UsageError          exit 2   the command line or a parameter is wrong
|-- ProjectError        exit 2   no project, a setting is wrong, a file is missing or is not a regular file
|-- QueryError          exit 2   a named query or an ad-hoc query cannot be run
|-- SourceError         exit 2   a source text is missing, or is not the one that the record describes
|-- EngineError         exit 2   a reasoner or validator died: never a pass
`-- RemoteError         exit 3   a remote endpoint failed
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

Texts = Mapping[str, str]


def texts(*, zh: str, en: str) -> Texts:
    """The same sentence in the two languages every message has; keys are `zh-Hant` and `en`."""
    return MappingProxyType({"zh-Hant": zh, "en": en})


def did_you_mean(near: str) -> Texts | None:
    """What to do about a name that there is not; None where nothing is like it."""
    return texts(zh=f"是否指「{near}」?", en=f"Did you mean '{near}'?") if near else None


E = TypeVar("E", bound="KgError")


def error(kind: type[E], code: str, zh: str, en: str, next_zh: str = "", next_en: str = "") -> E:
    """An error of one kind from its sentences: what happened, and what to do next ("" for nothing)."""
    return kind(code, texts(zh=zh, en=en), texts(zh=next_zh, en=next_en) if next_en else None)


class KgError(Exception):
    """Stops the program.

    Attributes:
        code: stable, e.g. `E-PROJECT-NONE`; documented in docs/errors.md.
        message: what happened and where, in both languages.
        hint: the next step, in both languages; may be empty.
    """

    exit_status = 2

    def __init__(self, code: str, message: Texts, hint: Texts | None = None) -> None:
        super().__init__(f"{code}: {message['en']}")
        self.code = code
        self.message = message
        self.hint: Texts = hint or {}


class UsageError(KgError):
    """The command line or a parameter is wrong."""


class ProjectError(KgError):
    """No project, a wrong setting, or a file that is missing or not a regular file."""


class QueryError(KgError):
    """A query that cannot be found, parsed or run."""


class SourceError(KgError):
    """A source text that is missing or is not the one its record describes."""


class EngineError(KgError):
    """A reasoner or validator failed; the check has no result."""


class RemoteError(KgError):
    """A remote endpoint failed."""

    exit_status = 3
