"""Which path stands for which IRI, and the public address of both.

What an IRI says and where it is served are two settings (`base` and `address`): links in answers lead to the address,
never to the Host that a client claims. Source: RFC 3987 §3.1 (an IRI as a URI), RFC 3986 §6.2.2 (normalization).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import quote, unquote_to_bytes

from msgspec import Struct

from kgtool.describe import Facts, file_of
from kgtool.serve.form import decoded
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, GRAPH, MODEL_GRAPH

# Of the model's own IRIs: everything below this has the path that remains.
_MODEL = CD.removesuffix("ns#")
_VOCABULARIES = ("ns", "ontology/", "shapes")
_SAFE = "/:@!$&'()*+,;=-._~%"
_NOT_ASCII = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_UNRESERVED = re.compile(r"%(?:2[DdEe]|3[0-9]|[46][1-9A-Fa-f]|[57][0-9Aa]|5[Ff]|7[Ee])")


class Places(Struct, frozen=True):
    """The two-way table.

    Attributes:
        base: namespace of the data's IRIs; "" when the project names none.
        address: where clients reach this server, without a slash at the end.
    """

    base: str
    address: str

    def path(self, iri: str) -> str:
        """The path that dereferences an IRI, percent-encoded; "" for one that only `/about` knows."""
        plain, mark, fragment = iri.partition("#")
        fragment = mark + quote(fragment, safe=_SAFE + "?")
        if "?" in plain:
            return ""
        if self.base and plain.startswith(self.base) and len(plain) > len(self.base):
            return "/id/" + quote(plain.removeprefix(self.base), safe=_SAFE) + fragment
        if plain.startswith(_MODEL) and plain.removeprefix(_MODEL).startswith(_VOCABULARIES):
            return "/" + quote(plain.removeprefix(_MODEL), safe=_SAFE) + fragment
        if iri.startswith((GRAPH, MODEL_GRAPH)):
            return "/graph/" + quote(file_of(iri), safe=_SAFE.replace("%", ""))
        return ""

    def link(self, iri: str) -> str:
        """The public address of what is known of an IRI."""
        return self.address + (self.path(iri) or "/about?iri=" + quote(iri, safe=""))

    def page(self, iri: str) -> str:
        """The address of the page for people: `/page/…` for the data's IRIs, else where the IRI leads."""
        path = self.path(iri)
        return self.address + "/page/" + path.removeprefix("/id/") if path.startswith("/id/") else self.link(iri)

    def data(self, iri: str, form: str = "") -> str:
        """The address of the document for programs, in any form or in one."""
        path = self.path(iri)
        ending = f".{form}" if form else ""
        if path.startswith("/id/"):
            return self.address + "/data/" + path.removeprefix("/id/").partition("#")[0] + ending
        address = self.link(iri).partition("#")[0]
        return address + (f"{'&' if '?' in address else '?'}format={form}" if form else "")

    def names(self, rest: str) -> Iterator[str]:
        """The IRIs of the data that the path behind `/id/` may stand for, as written first.

        Raises:
            RequestError: 400: percent-encoding that is broken or not UTF-8, a control character.
        """
        decoded(rest)
        yield from dict.fromkeys((self.base + rest, self.base + _as_iri(rest))) if self.base and rest else ()


def places_of(snapshot: Snapshot, settings: ServeSettings) -> Places:
    """The table of one snapshot and its settings."""
    return Places(settings.base or str(snapshot.project["base"]), settings.address)


def known(facts: Facts, iri: str) -> bool:
    """Whether an IRI is one, and any statement is about it or points to it."""
    try:
        return iri in facts
    except ValueError:
        return False


def _as_iri(rest: str) -> str:
    """A URI's path as an IRI's: what is no ASCII, and what need not be encoded, is not. Source: RFC 3987 §3.2."""
    text = _UNRESERVED.sub(lambda found: unquote_to_bytes(found.group()).decode("ascii"), rest)
    return _NOT_ASCII.sub(lambda found: unquote_to_bytes(found.group()).decode("utf-8", "replace"), text)
