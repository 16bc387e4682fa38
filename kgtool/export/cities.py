"""`--for CITY`: a government by IRI, prefixed name, slug or label; a beginning that several slugs share means all of them."""

from __future__ import annotations

from collections import defaultdict

import pyoxigraph as ox

from kgtool.errors import UsageError, did_you_mean, texts
from kgtool.late import closest
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, RDF, SKOS

_GOVERNMENT = ox.NamedNode(CD + "LocalGovernment")
_LABELS = frozenset({SKOS + "prefLabel", SKOS + "altLabel"})


def governments(snapshot: Snapshot, word: str) -> tuple[ox.NamedNode, ...]:
    """The governments that a word means, sorted.

    An exact name wins over a label, a label over a beginning: `kumamoto` means `gov:kumamoto-city` and
    `gov:kumamoto-prefecture` where there is no `gov:kumamoto`.

    Raises:
        UsageError: no government is meant; the hint names the nearest.
    """
    slugs: dict[str, ox.NamedNode] = {}
    for quad in snapshot.stated:
        if (
            quad.predicate.value == RDF + "type"
            and quad.object == _GOVERNMENT
            and isinstance(quad.subject, ox.NamedNode)
        ):
            slugs[quad.subject.value.rpartition("/")[2]] = quad.subject
    known = {node.value: node for node in slugs.values()}
    exact = known.get(snapshot.curies.expand(word) or word) or slugs.get(word.lower())
    if exact is not None:
        return (exact,)
    labels: dict[str, set[ox.NamedNode]] = defaultdict(set)
    for quad in snapshot.stated:
        node = known.get(getattr(quad.subject, "value", ""))
        if node is not None and quad.predicate.value in _LABELS and isinstance(quad.object, ox.Literal):
            labels[quad.object.value.casefold()].add(node)
    found = labels.get(word.casefold()) or {node for slug, node in slugs.items() if slug.startswith(word.lower() + "-")}
    if found:
        return tuple(sorted(found, key=str))
    raise UsageError(
        "E-EXPORT-CITY",
        texts(zh=f"資料中沒有地方政府「{word}」。", en=f"the data has no local government '{word}'."),
        did_you_mean(closest(word, [*slugs, *labels]))
        or texts(zh="請給 IRI、前綴名稱、代稱或名稱。", en="Give an IRI, a prefixed name, a slug or a label."),
    )  # fmt: skip
