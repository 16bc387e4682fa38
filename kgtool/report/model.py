"""What a check run came to: the value that every report format prints."""

from __future__ import annotations

from collections.abc import Iterable
from types import MappingProxyType

from msgspec import Struct

from kgtool.finding import Finding, Note, Severity
from kgtool.formats import FailOn
from kgtool.lang import pick
from kgtool.late import late
from kgtool.project import Waiver


class Totals(Struct, frozen=True):
    """How much was checked. `seconds` is wall time; it is shown to people and left out of what is compared."""

    files: int
    triples: int
    checks: int
    seconds: float


class Held(Struct, frozen=True):
    """What was found and is counted only.

    Attributes:
        waived: findings with the waiver that holds for each, sorted by place.
        known: how many findings the baseline has.
        gone: how many findings of the baseline are no more.
        unchanged: how many findings stand in files that did not change since the revision asked for.
    """

    waived: tuple[tuple[Finding, Waiver], ...] = ()
    known: int = 0
    gone: int = 0
    unchanged: int = 0


class Report(Struct, frozen=True):
    """Findings sorted by place, notes sorted by code, what was checked, and what is held back."""

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    totals: Totals
    as_of: str
    held: Held = Held()
    partial: bool = False  # only a part was checked; a note says which

    def count(self, severity: Severity) -> int:
        return sum(finding.severity is severity for finding in self.findings)

    def exit_status(self, fail_on: FailOn) -> int:
        """1 when a finding is at or above `fail_on`, else 0."""
        return int(any(fails(finding, fail_on) for finding in self.findings))


def fails(finding: Finding, fail_on: FailOn) -> bool:
    """Whether a finding is at or above `fail_on`."""
    return fail_on is not FailOn.NEVER and finding.severity >= Severity[fail_on.name]


def selected(findings: Iterable[Finding], select: tuple[str, ...], ignore: tuple[str, ...]) -> tuple[Finding, ...]:
    """The findings whose code begins with, or whose source is, one of `select` (all when empty) and none of `ignore`."""

    def hit(finding: Finding, wanted: tuple[str, ...]) -> bool:
        return any(finding.rule.startswith(name) or finding.source == name for name in wanted)

    return tuple(f for f in findings if (not select or hit(f, select)) and not hit(f, ignore))


# A severity's word (`Severity.word`) in each language of messages.
SEVERITIES = MappingProxyType({
    "zh-Hant": {"error": "錯誤", "warning": "警告", "info": "提示"},
    "en": {"error": "error", "warning": "warning", "info": "info"},
})  # fmt: skip


def message_of(finding: Finding, language: str) -> str:
    return pick(finding.message, language)


# Control characters, what turns the direction of writing, and what has no width: a terminal would obey, a reader be misled.
_UNSEEN = late("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def visible(text: str) -> str:
    """A text for people to read: what cannot be seen, or does something, is written as `\\u202E`."""
    return text if text.isprintable() else _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04X}", text)
