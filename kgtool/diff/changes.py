"""Two versions to what is different: pure, in the terms of the data; `told` puts it into words."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Mapping

from msgspec import Struct

from kgtool.diff.versions import Row, Version
from kgtool.finding import Finding
from kgtool.terms import DCT, OWL

_GRAVE = frozenset({OWL + "deprecated", DCT + "isReplacedBy"})


class Fate(enum.StrEnum):
    """What became of an entity."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    MERGED = "merged"
    WITHDRAWN = "withdrawn"


class Changed(Struct, frozen=True):
    """One entity that is different.

    Attributes:
        fate: `renamed` and `merged` have `into`; `removed` means that no tombstone was left.
        less, more: property to values that are gone, and that are new, as terms in N-Triples form, sorted.
    """

    iri: str
    fate: Fate
    less: Mapping[str, tuple[str, ...]]
    more: Mapping[str, tuple[str, ...]]
    into: tuple[str, ...] = ()


class Difference(Struct, frozen=True):
    """What is different between two versions.

    Attributes:
        entities: sorted by IRI.
        new, fixed: findings that only the later, and only the earlier version has; None where a package has none.
        answers: a named query to rows that only the later, and only the earlier version gives.
    """

    before: Version
    after: Version
    entities: tuple[Changed, ...]
    new: tuple[Finding, ...] | None = None
    fixed: tuple[Finding, ...] | None = None
    answers: Mapping[str, tuple[int, int]] | None = None

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many entities met which fate; all fates, in their order."""
        found = Counter(changed.fate for changed in self.entities)
        return {fate: found[fate] for fate in Fate}


def compare(before: Version, after: Version, *, checks: bool = False) -> Difference:
    """What is different in `after`.

    Args:
        checks: compare findings and answers too, where both versions are projects. Cost: a check and all queries, twice.
    """
    old, new = before.entities, after.entities
    entities = tuple(
        changed for iri in sorted({*old, *new, *after.tombstones})
        if (changed := _changed(iri, old.get(iri, {}), new.get(iri, {}), before, after)) is not None
    )  # fmt: skip
    if not checks or before.findings is None or after.findings is None:
        return Difference(before, after, entities)
    known, found = ({finding.fingerprint for finding in version.findings or ()} for version in (before, after))
    return Difference(
        before, after, entities,
        tuple(finding for finding in after.findings if finding.fingerprint not in known),
        tuple(finding for finding in before.findings if finding.fingerprint not in found),
        _answers(before.answers, after.answers),
    )  # fmt: skip


def _changed(iri: str, old: Row, new: Row, before: Version, after: Version) -> Changed | None:
    less = {name: tuple(sorted(values - new.get(name, frozenset()))) for name, values in sorted(old.items())}
    more = {name: tuple(sorted(values - old.get(name, frozenset()))) for name, values in sorted(new.items())}
    less, more = ({name: values for name, values in side.items() if values} for side in (less, more))
    if not less and not more:
        return None
    fate, into = _fate(iri, old, new, before, after)
    return Changed(iri, fate, less, more, into)


def _fate(iri: str, old: Row, new: Row, before: Version, after: Version) -> tuple[Fate, tuple[str, ...]]:
    if iri in after.tombstones and iri not in before.tombstones and not set(new) - _GRAVE:
        into = after.tombstones[iri]
        if not into:
            return Fate.WITHDRAWN, ()
        # What was there before took this one in; what is new is this one under another name.
        return (Fate.MERGED if any(one in before.entities for one in into) else Fate.RENAMED), into
    if not old:
        return Fate.ADDED, ()
    return (Fate.CHANGED if new else Fate.REMOVED), ()


def _answers(old: Mapping[str, tuple[str, ...]], new: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[int, int]]:
    out = {}
    for name in sorted({*old, *new}):
        was, now = Counter(old.get(name, ())), Counter(new.get(name, ()))
        more, less = (now - was).total(), (was - now).total()
        if more or less:
            out[name] = (more, less)
    return out
