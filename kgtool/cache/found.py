"""What the check families found, as bytes and back: JSON, so that nothing that is read is ever executed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field

from kgtool.finding import Finding, Note, Place, Severity


class Found(Struct, frozen=True):
    """The outcome of all families over a project, before waivers and baseline.

    Attributes:
        findings: sorted, each once.
        notes: of all families.
        files, triples, checks: how much was looked at.
        others: files beside the inputs that the result depends on, by path, with the digest of each ("" for none).
    """

    findings: tuple[Finding, ...]
    notes: tuple[Note, ...]
    files: int
    triples: int
    checks: int
    others: Mapping[str, str] = field(default_factory=dict)


def to_bytes(found: Found) -> bytes:
    """ASCII. Tables keep their order, so that a report of it is written as that of a fresh check is."""
    import json  # only where something is kept

    return json.dumps({
        "findings": [_row(one) for one in found.findings],
        "notes": [[note.code, dict(note.message)] for note in found.notes],
        "counts": [found.files, found.triples, found.checks],
        "others": dict(found.others),
    }).encode("ascii")  # fmt: skip


def from_bytes(data: bytes) -> Found:
    """Raises ValueError, TypeError or LookupError when it is not what `to_bytes` writes."""
    import json

    said: Mapping[str, Any] = json.loads(data)
    files, triples, checks = said["counts"]
    notes = tuple(Note(code, message) for code, message in said["notes"])
    return Found(tuple(map(_finding, said["findings"])), notes, files, triples, checks, said["others"])


def _row(one: Finding) -> list[Any]:
    return [
        _place(one.place), one.rule, one.source, one.focus, one.result_path, one.value, int(one.severity),
        dict(one.message), dict(one.fix), dict(one.detail), [_place(place) for place in one.related],
    ]  # fmt: skip


def _place(place: Place) -> list[Any]:
    return [place.path, place.line, place.column]


def _finding(row: list[Any]) -> Finding:
    place, rule, source, focus, path, value, severity, message, fix, detail, related = row
    return Finding(
        Place(*place), rule, source, focus, path, value, Severity(severity), message, fix, detail, None,
        tuple(Place(*one) for one in related),
    )  # fmt: skip
