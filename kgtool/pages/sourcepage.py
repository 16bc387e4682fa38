"""A source's reading page: its structure, the facts of each section, and the text lit where it is at hand."""

from __future__ import annotations

from itertools import pairwise

from msgspec import Struct

from kgtool.pages.context import Context, Ref
from kgtool.pages.evidence import reading
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label
from kgtool.terms import CD, DCT, OA

_MOST_FACTS = 12


class Piece(Struct, frozen=True):
    """A run of text; `anchors` are the spans that begin here, `cited` whether any span covers it."""

    text: str
    cited: bool
    anchors: tuple[str, ...]


class Span(Struct, frozen=True):
    """A passage of a section: where, what it says in our words, and what rests on it."""

    anchor: str
    start: int
    end: int
    path: str
    summary: Label
    facts: tuple[Ref, ...]
    more: int


class Part(Struct, frozen=True):
    """One section, `depth` 2 to 4 as its heading's level."""

    ref: Ref
    number: str
    depth: int
    paragraphs: tuple[tuple[Piece, ...], ...]
    spans: tuple[Span, ...]


class Reading(Struct, frozen=True):
    """The page: the source, its record, its parts.

    Attributes:
        lit: whether the text is at hand. printed: anchors of the spans that stand in the text shown.
    """

    ref: Ref
    publisher: Ref | None
    locator: str
    sha256: str
    code_points: str
    lit: bool
    parts: tuple[Part, ...]
    printed: frozenset[str]


def readable(context: Context) -> dict[str, int]:
    """Reading path to source, of every source that has sections."""
    return {
        reading(context.view, source): source for source in context.evidences.sections if context.view.has_page(source)
    }


def read(context: Context, source: int) -> Reading:
    """A source's sections in order, each passage in the smallest section that holds it."""
    view, evidences = context.view, context.evidences
    rows = evidences.sections.get(source, ())
    spans: dict[int, list[tuple[int, int, int]]] = {}
    for passage in view.into(source, OA + "hasSource"):
        span = evidences.span(passage)
        if span:
            spans.setdefault(evidences.section(source, span), []).append((*span, passage))
    text = evidences.texts.get(source)
    cited = sorted((start, end) for found in spans.values() for start, end, _ in found)
    parts = []
    for number, (start, end, node) in enumerate(rows):
        nested = [row for row in rows[number + 1 :] if start <= row[0] and row[1] <= end]
        own = (start, min([row[0] for row in nested], default=end))
        depth = 2 + sum(row[0] <= start and end <= row[1] for row in rows if row[2] != node)
        parts.append(Part(
            context.ref(node), view.text(node, CD + "number"), min(depth, 4),
            _paragraphs(text, own, cited) if text is not None else (),
            tuple(_span(context, *one) for one in sorted(spans.get(node, ()))),
        ))  # fmt: skip
    outside = spans.get(-1)
    if outside:
        parts.append(Part(context.ref(source), "", 2, (), tuple(_span(context, *one) for one in sorted(outside))))
    printed = frozenset(a for part in parts for line in part.paragraphs for piece in line for a in piece.anchors)
    publisher = view.first(source, DCT + "publisher")
    return Reading(
        context.ref(source), context.ref(publisher) if publisher >= 0 and view.is_resource(publisher) else None,
        view.text(source, CD + "locator"), view.text(source, CD + "sha256"), view.text(source, CD + "codePoints"),
        text is not None, tuple(parts), printed,
    )  # fmt: skip


def _span(context: Context, start: int, end: int, passage: int) -> Span:
    view = context.view
    facts = [
        node
        for node in view.into(passage, CD + "evidence")
        if view.has_page(node) and view.kind(node) is not Kind.SECTION
    ]
    return Span(
        f"c{start}-{end}", start, end, view.path(passage), context.namer.text(passage, CD + "summary", context.language),
        tuple(context.ref(node) for node in facts[:_MOST_FACTS]), max(0, len(facts) - _MOST_FACTS),
    )  # fmt: skip


def _paragraphs(text: str, own: tuple[int, int], cited: list[tuple[int, int]]) -> tuple[tuple[Piece, ...], ...]:
    """The lines of a range, cut at every end of a span."""
    start, end = own
    out = []
    offset = start
    for line in text[start:end].split("\n"):
        if line.strip():
            out.append(tuple(_pieces(text, offset, offset + len(line), cited)))
        offset += len(line) + 1
    return tuple(out)


def _pieces(text: str, start: int, end: int, cited: list[tuple[int, int]]) -> list[Piece]:
    cuts = {start, end} | {at for span in cited for at in span if start < at < end}
    ordered = sorted(cuts)
    return [
        Piece(
            text[a:b],
            any(s <= a and b <= e for s, e in cited),
            tuple(dict.fromkeys(f"c{s}-{e}" for s, e in cited if s == a)),
        )
        for a, b in pairwise(ordered)
    ]
