"""Prefix declarations of one file: given twice, or a well-known name bound to a look-alike. Source: Turtle §2.4."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from msgspec import Struct

from kgtool.lexical.remark import Remark, shown, warning
from kgtool.terms import OWL, PROV, RDF, RDFS, SH, SKOS, XSD

# Names that mean one thing wherever RDF is written; another namespace is a slip or a trap.
_FIXED: Mapping[str, str] = MappingProxyType({
    "rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD, "sh": SH, "skos": SKOS, "prov": PROV,
    "dcterms": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
})  # fmt: skip


class Declaration(Struct, frozen=True):
    """`@prefix name: <namespace>` and the offset where it stands."""

    name: str
    namespace: str
    offset: int


def prefixes(declared: Iterable[Declaration], known: Mapping[str, str]) -> Iterator[tuple[Declaration, Remark]]:
    """Remarks on a file's declarations, in its order.

    Args:
        known: prefix to namespace as the project has them.
    """
    seen: dict[str, str] = {}
    for one in declared:
        before = seen.get(one.name)
        if before == one.namespace:
            yield (
                one,
                warning(
                    "KG024",
                    f"前綴 {one.name}: 重複宣告;請移除。",
                    f"the prefix {one.name}: is declared twice; remove one.",
                ),
            )
        elif before is not None:
            yield one, warning("KG024", f"前綴 {one.name}: 由 <{shown(before)}> 改指 <{shown(one.namespace)}>,其後同名異義;請另取名稱。",
                               f"the prefix {one.name}: changes from <{shown(before)}> to <{shown(one.namespace)}>, "
                               "so one name means two things; use another.")  # fmt: skip
        seen[one.name] = one.namespace
        meant = _hijacked(one, known)
        if meant:
            yield one, warning("KG025", f"前綴 {one.name}: 指向 <{shown(one.namespace)}>,慣用者為 <{meant}>。",
                               f"the prefix {one.name}: is bound to <{shown(one.namespace)}>; "
                               f"the well-known one is <{meant}>.")  # fmt: skip


def _hijacked(one: Declaration, known: Mapping[str, str]) -> str:
    """The namespace that is meant, "" when the declaration is well."""
    fixed = _FIXED.get(one.name)
    if fixed:
        return "" if one.namespace == fixed else fixed
    usual = known.get(one.name, "")
    return usual if usual and usual != one.namespace and _bones(usual) == _bones(one.namespace) else ""


def _bones(namespace: str) -> str:
    """What is left of a namespace without scheme, `www.`, case and ending: look-alikes have it in common."""
    return re.sub(r"^[a-z]+://(?:www\.)?", "", namespace.lower()).rstrip("#/")
