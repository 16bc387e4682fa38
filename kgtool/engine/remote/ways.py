"""The ways of each engine where they leave the standards, as data: measured for Virtuoso 7.20 and Oxigraph 0.5,
read in their documentation for the others.

What is not in this table is the same everywhere: form POST, JSON results, `default-graph-uri`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from msgspec import Struct

from kgtool.project import Profile


class Ways(Struct, frozen=True):
    """How one engine differs.

    Attributes:
        union: form parameters that make the default graph the union of all graphs; None where nothing is known to.
        nested: pages are cut from a query inside: the engine sorts only so many rows, and joins VALUES behind LIMIT.
        milliseconds: name of the form parameter that tells the engine when to give up; "" for none.
        blank: how a query names a blank node of the store, `{}` for its label; "" where it cannot.
        digest: passwords are answered by digest, never sent.
    """

    union: tuple[tuple[str, str], ...] | None = None
    nested: bool = False
    milliseconds: str = ""
    blank: str = ""
    digest: bool = False


_GENERIC = Ways()
_WAYS: Mapping[Profile, Ways] = MappingProxyType({
    Profile.VIRTUOSO: Ways(union=(), nested=True, milliseconds="timeout", blank="<nodeID://{}>", digest=True),
    Profile.OXIGRAPH: Ways(union=(("union-default-graph", ""),)),
    Profile.GRAPHDB: Ways(union=()),
    Profile.STARDOG: Ways(union=(("default-graph-uri", "tag:stardog:api:context:all"),)),
    Profile.NEPTUNE: Ways(union=()),
    Profile.ALLEGROGRAPH: Ways(union=()),
})  # fmt: skip


def ways_of(profile: Profile) -> Ways:
    """The ways of an engine."""
    return _WAYS.get(profile, _GENERIC)
