"""Evidence as shown: source, section, span, digest, our own summary; the passage lit where its source's text is at hand."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct

from kgtool.pages.naming import Label, Namer
from kgtool.pages.view import View, safe_link
from kgtool.terms import CD, OA

_REACH = 90  # code points of context on each side of a lit span, at most
_STOPS = "。；\n"


class Lit(Struct, frozen=True):
    """A passage in its context: what stands before, the span itself, what follows."""

    before: str
    span: str
    after: str


class Evidence(Struct, frozen=True):
    """One passage or citation.

    Attributes:
        source, source_path, section: labels and the source's page; `section` is empty where none contains the span.
        span: (start, end) in code points, None for a citation. digest: of exactly the span.
        place: the citation's locator, linked where it is an address.
        anchor: where the passage stands in the source's reading page, "" for none.
    """

    node: int
    node_path: str
    source: Label
    source_path: str
    section: Label
    span: tuple[int, int] | None
    digest: str
    summary: Label
    place: str
    link: str
    retrieved: str
    anchor: str
    lit: Lit | None


class Evidences:
    """Evidence of nodes. `texts` maps a source's IRI to its text; only texts whose digest is on record are shown."""

    def __init__(self, view: View, namer: Namer, texts: Mapping[str, str]) -> None:
        self._view, self._namer = view, namer
        self.texts = {
            view.code(iri): text for iri, text in texts.items()
            if view.text(view.code(iri), CD + "sha256") == hashlib.sha256(text.encode()).hexdigest()
        }  # fmt: skip
        self._made: dict[tuple[int, str], Evidence] = {}

    def of(self, node: int, language: str, predicate: str = "") -> tuple[Evidence, ...]:
        """Evidence of a node, or of one of its properties: what names other properties by cd:supports is left out."""
        return tuple(self.one(item, language) for item in self.nodes(node, predicate))

    def nodes(self, node: int, predicate: str = "") -> tuple[int, ...]:
        view = self._view
        found = view.out(node, CD + "evidence")
        if not predicate:
            return found
        wanted = view.code(predicate)
        telling = [item for item in found if wanted in view.out(item, CD + "supports")] if found else []
        return tuple(telling or [item for item in found if not view.out(item, CD + "supports")])

    def one(self, item: int, language: str) -> Evidence:
        key = (item, language)
        found = self._made.get(key)
        if found is None:
            found = self._made[key] = self._make(item, language)
        return found

    def _make(self, item: int, language: str) -> Evidence:
        view, namer = self._view, self._namer
        span = self.span(item)
        source = self.source(item)
        section = self.section(source, span) if span else -1
        place = view.text(item, CD + "locator")
        return Evidence(
            item,
            view.path(item),
            namer.label(source, language) if source >= 0 else Label(""),
            view.path(source) if source >= 0 and view.has_page(source) else "",
            namer.label(section, language) if section >= 0 else Label(""),
            span,
            view.text(item, CD + "sha256"),
            namer.text(item, CD + "summary", language),
            place,
            safe_link(place),
            view.text(item, CD + "retrieved") or (view.text(source, CD + "retrieved") if source >= 0 else ""),
            self.anchor(source, span) if span else "",
            self._lit(source, span) if span else None,
        )

    def source(self, item: int) -> int:
        """The source of a passage or citation, -1 for none."""
        found = self._view.first(item, OA + "hasSource")
        return found if found >= 0 else self._view.first(item, CD + "source")

    def span(self, item: int) -> tuple[int, int] | None:
        """(start, end) of a passage or section in code points."""
        view = self._view
        selector = view.first(item, OA + "hasSelector")
        at = selector if selector >= 0 else item
        start, end = view.number(at, OA + "start"), view.number(at, OA + "end")
        return (int(start), int(end)) if start is not None and end is not None else None

    def anchor(self, source: int, span: tuple[int, int]) -> str:
        """`<reading page>#c<start>-<end>`."""
        return f"{reading(self._view, source)}#c{span[0]}-{span[1]}" if source in self.sections else ""

    @cached_property
    def sections(self) -> dict[int, tuple[tuple[int, int, int], ...]]:
        """Source to its sections as (start, end, node), outermost first; the sources that have a reading page."""
        found: dict[int, list[tuple[int, int, int]]] = {}
        view = self._view
        for node in dict.fromkeys(n for kind, nodes in view.members.items() if kind == "sections" for n in nodes):
            top, seen = node, set()
            while view.first(top, CD + "sectionOf") >= 0 and top not in seen:
                seen.add(top)
                top = view.first(top, CD + "sectionOf")
            span = self.span(node)
            if span:
                found.setdefault(top, []).append((*span, node))
        return {top: tuple(sorted(rows, key=lambda r: (r[0], -r[1], r[2]))) for top, rows in found.items()}

    def section(self, source: int, span: tuple[int, int]) -> int:
        """The smallest section that contains a span, -1 for none."""
        holding = [row for row in self.sections.get(source, ()) if row[0] <= span[0] and span[1] <= row[1]]
        return min(holding, key=lambda row: row[1] - row[0])[2] if holding else -1

    def _lit(self, source: int, span: tuple[int, int]) -> Lit | None:
        text = self.texts.get(source)
        if text is None:
            return None
        start, end = span
        begin = max((text.rfind(stop, 0, start) + 1 for stop in _STOPS), default=0)
        stops = [at for stop in _STOPS if (at := text.find(stop, end)) >= 0]
        finish = min(stops) + (text[min(stops)] != "\n") if stops else len(text)
        if end and text[end - 1 : end] in {"。", "；"}:
            finish = end
        begin, finish = max(begin, start - _REACH), min(max(finish, end), end + _REACH)
        return Lit(text[begin:start].lstrip(), text[start:end], text[end:finish].rstrip())


def reading(view: View, source: int) -> str:
    """Path of a source's reading page."""
    path = view.path(source)
    return "source/" + (path.rsplit("/", 1)[-1] if path.startswith("id/") else path.replace("/", "-"))
