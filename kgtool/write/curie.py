"""IRIs as prefixed names and back. Source: RDF 1.1 Turtle §6.5 (PN_LOCAL), here its plain part only."""

from __future__ import annotations

import re
from collections.abc import Mapping

_LOCAL = re.compile(r"^[\w](?:[\w.-]*[\w-])?$")


class Curies:
    """Prefixed names for a project's prefixes; the longest namespace wins."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self.prefixes = dict(prefixes)
        self._longest = sorted(prefixes.items(), key=lambda item: (-len(item[1]), item[0]))

    def short(self, iri: str) -> str:
        """`gov:harbour`, or `<iri>` where no prefix fits."""
        for prefix, namespace in self._longest:
            if iri.startswith(namespace) and _LOCAL.match(iri[len(namespace) :]):
                return f"{prefix}:{iri[len(namespace) :]}"
        return f"<{iri}>"

    def expand(self, text: str) -> str | None:
        """The IRI of `<iri>`, of a prefixed name with a known prefix, or of an absolute IRI; None for anything else."""
        if text.startswith("<") and text.endswith(">"):
            return text[1:-1]
        prefix, colon, local = text.partition(":")
        if colon and prefix in self.prefixes:
            return self.prefixes[prefix] + local
        if colon and (local.startswith("//") or prefix == "urn"):
            return text
        return None
