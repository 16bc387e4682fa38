"""Findings of the last check, by rule and by resource; the graph's own word on how good it is."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from kgtool.finding import Finding, Severity
from kgtool.pages.context import Context, Ref
from kgtool.pages.forms import words_of
from kgtool.pages.naming import Label
from kgtool.pages.view import View
from kgtool.report import Report

_MOST = 200


class Found(Struct, frozen=True):
    """One finding as shown."""

    rule: str
    severity: str
    message: Label
    fix: Label
    focus: Ref | None
    place: str


class Quality(Struct, frozen=True):
    """The page: totals, findings by rule, findings by resource; `checked` is false where no check was made."""

    checked: bool
    as_of: str
    files: str
    triples: str
    checks: str
    errors: int
    warnings: int
    hints: int
    waived: int
    by_rule: tuple[tuple[str, tuple[Found, ...]], ...]
    by_resource: tuple[tuple[Ref, int], ...]
    notes: tuple[Label, ...]


def visible(view: View, findings: Iterable[Finding]) -> list[Finding]:
    """Findings about what this snapshot holds: a finding about something hidden would show it.

    One that names no node is about a file as a whole; it is kept only where the snapshot holds everything of the project.
    """
    return [one for one in findings if one.focus and view.code(one.focus) >= 0 and _value_shown(view, one)]


def _value_shown(view: View, one: Finding) -> bool:
    statement = one.statement
    return statement is None or all(
        term in view.index.ids for term in (statement.subject, statement.predicate, statement.object)
    )


def quality(context: Context, report: Report | None) -> Quality:
    """The findings of a report that this snapshot may show."""
    number = context.number
    if report is None:
        return Quality(False, context.today, "", "", "", 0, 0, 0, 0, (), (), ())
    shown = visible(context.view, report.findings)
    rules: dict[str, list[Found]] = {}
    focuses: dict[int, int] = {}
    for one in shown:
        rules.setdefault(one.rule, []).append(_found(context, one))
        node = context.view.code(one.focus)
        if context.view.has_page(node):
            focuses[node] = focuses.get(node, 0) + 1
    counted = {severity: sum(one.severity is severity for one in shown) for severity in Severity}
    ranked = sorted(focuses.items(), key=lambda item: (-item[1], context.view.iri(item[0])))
    notes = tuple(words_of(note.message, context) for note in report.notes)
    return Quality(
        True, report.as_of, number(report.totals.files), number(report.totals.triples), number(report.totals.checks),
        counted[Severity.ERROR], counted[Severity.WARNING], counted[Severity.INFO], len(report.held.waived),
        tuple((rule, tuple(found[:_MOST])) for rule, found in sorted(rules.items())),
        tuple((context.ref(node), count) for node, count in ranked[:_MOST]),
        notes,
    )  # fmt: skip


def _found(context: Context, one: Finding) -> Found:
    node = context.view.code(one.focus)
    return Found(
        one.rule, one.severity.word, words_of(one.message, context), words_of(one.fix, context),
        context.ref(node) if context.view.has_page(node) else None, str(one.place),
    )  # fmt: skip
