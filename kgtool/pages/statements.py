"""What others say about a node: claims, reports and positions, each with who says so. Never mixed with the facts."""

from __future__ import annotations

from msgspec import Struct

from kgtool.pages.context import Context, Ref
from kgtool.pages.evidence import Evidence
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label
from kgtool.pages.view import View
from kgtool.pages.when import When
from kgtool.terms import CD, KIND

_VALUES = tuple(CD + name for name in ("status", "stance", "kind", "force", "ordinal", "value", "activity"))


class Said(Struct, frozen=True):
    """One attributed statement.

    Attributes:
        key: tells it from every other.
        what: the kind of claim. value: stage, stance, number; linked where it is a concept.
        about: what it is about where that is not the page's own node.
        rejects: a position that rejects: the page says "disputed".
    """

    key: tuple[int, int]
    ref: Ref
    what: Label
    text: Label
    value: Label
    by: Ref | None
    when: When | None
    about: Ref | None
    evidence: tuple[Evidence, ...]
    rejects: bool


def statements(context: Context, node: int) -> list[tuple[int, int]]:
    """(statement, what it is about or -1) about a node, its ties, and the instruments that it is a party to or that belong to it."""
    view = context.view
    subjects = [node]
    kind = view.kind(node)
    if kind is Kind.CITY:
        subjects += view.into(node, CD + "party")
    if kind is Kind.TIE:
        subjects += [*view.into(node, CD + "establishes"), *view.into(node, CD + "renews")]
    if kind is Kind.AGREEMENT:
        subjects += [*view.out(node, CD + "establishes"), *view.out(node, CD + "renews")]
    claims = {claim: about for about in reversed(subjects) for claim in view.into(about, CD + "about")}
    own = [claim for predicate in ("speaker", "attributedTo", "countedBy") for claim in view.into(node, CD + predicate)]
    if kind is not Kind.CITY:
        claims |= {claim: -1 for claim in own if view.kind(claim) is Kind.CLAIM and claim not in claims}
    return sorted(claims.items(), key=lambda row: (view.text(row[0], CD + "earliest") or "9999", view.iri(row[0])))


def said(context: Context, claim: int, about: int, node: int) -> Said:
    """A statement as it reads on the page of a node."""
    view = context.view
    about = about if about >= 0 else view.first(claim, CD + "about")
    about = about if about not in {-1, node} and view.is_resource(about) else -1
    return view.once(("said", claim, about, context.language), lambda: _said(context, claim, about))


def _said(context: Context, claim: int, about: int) -> Said:
    view = context.view
    value = next((found for name in _VALUES if (found := view.first(claim, name)) >= 0), -1)
    by = view.first(claim, CD + "attributedTo")
    told = view.text(claim, CD + "when")
    types = [one for one in view.types(claim) if view.has_page(one)]
    return Said(
        (claim, about), context.ref(claim), context.label(types[0]) if types else Label(""),
        context.namer.text(claim, CD + "summary", context.language),
        context.namer.value(value, context.language) if value >= 0 else Label(""),
        context.ref(by) if by >= 0 else None, context.when(told) if told else None,
        context.ref(about) if about >= 0 else None,
        context.evidence(claim), rejects(view, claim),
    )  # fmt: skip


def rejects(view: View, claim: int) -> bool:
    """Whether a claim is a position that rejects what it is about."""
    return view.code(KIND + "rejects") in view.out(claim, CD + "stance")
