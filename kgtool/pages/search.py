"""Search over names in all scripts: substrings, so that CJK needs no word breaks; folded, so that 黒 finds 黑."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kgtool.pages.context import Context, Ref
from kgtool.pages.fold import fold
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label, Namer, foreign
from kgtool.pages.view import View
from kgtool.terms import CD, SCHEMA, SKOS

_LONGEST, _MOST = 100, 30


class Hit(Struct, frozen=True):
    """One result: the node, and the name that matched where it is not the one shown."""

    ref: Ref
    matched: Label


class Found(Struct, frozen=True):
    """Results of a kind; `more` found no room."""

    kind: Kind
    hits: tuple[Hit, ...]
    more: int


class SearchIndex:
    """Folded names of every node; `texts` has them as one text a node.

    Cost of a search: one substring test a name, about 2 ms for 30,000 names.
    """

    def __init__(self, view: View, namer: Namer) -> None:
        rows = []
        self.texts: dict[int, str] = {}
        for kind, nodes in view.members.items():
            for node in nodes:
                found = [(fold(name), name, node, kind) for name in dict.fromkeys(_names(view, namer, node))]
                rows += found
                self.texts[node] = "\n".join(row[0] for row in found)
        for node in sorted(view.ontology, key=view.iri):
            if view.iri(node):
                rows += [(fold(name), name, node, Kind.CONCEPT) for name in namer.others(node)]
        self._rows = tuple(rows)

    def find(self, text: str) -> dict[int, tuple[int, str, Kind]]:
        """Node to (rank, matched name, kind): 0 whole name, 1 its beginning, 2 a word's beginning, 3 anywhere."""
        wanted = [part for part in fold(text[:_LONGEST]).split() if part]
        found: dict[int, tuple[int, str, Kind]] = {}
        if not wanted:
            return found
        whole = " ".join(wanted)
        rows: Iterable[tuple[str, str, int, Kind]] = self._rows
        for part in wanted:
            rows = [row for row in rows if part in row[0]]
        inside = f" {whole}"
        for folded, name, node, kind in rows:
            rank = 0 if folded == whole else 1 if folded.startswith(whole) else 2 if inside in folded else 3
            before = found.get(node)
            if before is None or rank < before[0]:
                found[node] = (rank, name, kind)
        return found


def search(context: Context, index: SearchIndex, text: str, only: str = "") -> list[Found]:
    """Results by kind, the kinds in the order of the menu, best match first."""
    found = index.find(text)
    by_kind: dict[Kind, list[tuple[int, str, int]]] = {}
    for node, (rank, name, kind) in found.items():
        by_kind.setdefault(kind, []).append((rank, name, node))
    out = []
    for kind in Kind:
        rows = sorted(by_kind.get(kind, ()), key=lambda row: (row[0], len(row[1]), row[1], row[2]))
        if rows and (not only or only == kind.value):
            most = _MOST if not only else 500
            hits = tuple(_hit(context, node, name) for _, name, node in rows[:most])
            out.append(Found(kind, hits, max(0, len(rows) - most)))
    return out


def _hit(context: Context, node: int, name: str) -> Hit:
    ref = context.ref(node)
    tag = context.namer.others(node).get(name, "")
    return Hit(ref, Label("" if name == ref.label.text else name, foreign(tag, context.language)))


def _names(view: View, namer: Namer, node: int) -> Iterable[str]:
    yield from namer.others(node)
    for predicate in (
        SKOS + "hiddenLabel",
        CD + "asWritten",
        CD + "correctedForm",
        CD + "summary",
        SCHEMA + "identifier",
    ):
        for value in view.out(node, predicate):
            literal = view.literal(value)
            if literal is not None:
                yield literal.value
    for name in view.into(node, CD + "nameOf"):
        yield from namer.texts(name, CD + "asWritten").values()
    place = view.first(node, CD + "territory")
    if place >= 0:
        yield from namer.others(place)
    yield from namer.tagged(node).values()
    yield (
        view.iri(node).rstrip("/").rsplit("/", 1)[-1].replace("-", " ")
    )  # a slug is a romanised form where no label is
