"""The query page: a text box that works without JavaScript, the answer with labels, errors at line and column."""

from __future__ import annotations

from msgspec import Struct

from kgtool.engine import SERVED, Answer, Limits, guard
from kgtool.errors import KgError
from kgtool.pages.context import Context
from kgtool.pages.forms import words_of
from kgtool.pages.naming import Label
from kgtool.pages.queries import Table, table_of
from kgtool.terms import CD

LIMITS: Limits = SERVED


class Workbench(Struct, frozen=True):
    """The page's content. `line` and `column` are 1-based, 0 where the error has no place; `excerpt` is that line."""

    text: str
    table: Table | None
    answer: bool | None
    problem: Label
    hint: Label
    line: int
    column: int
    excerpt: str
    raw: Answer | None = None


def example(context: Context) -> str:
    """A first query about the project's own data."""
    view = context.view
    hub = context.namer.short(context.hub) if context.hub >= 0 else ""
    subject = f"?tie cd:party {hub} , ?partner ." if hub and not hub.startswith("<") else "?tie cd:party ?partner ."
    lines = [f"PREFIX cd: <{CD}>", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"]
    prefix = hub.partition(":")[0]
    if prefix in view.snapshot.curies.prefixes and hub:
        lines.append(f"PREFIX {prefix}: <{view.snapshot.curies.prefixes[prefix]}>")
    lines += ["SELECT ?tie ?partner ?name WHERE {", "  ?tie a cd:Tie .", f"  {subject}",
              "  ?partner skos:prefLabel ?name .",
              f'  FILTER(langMatches(lang(?name), "{context.language}"))', "} ORDER BY ?name LIMIT 50"]  # fmt: skip
    return "\n".join(lines) + "\n"


def workbench(context: Context, text: str, page: int = 1) -> Workbench:
    """Run a text that a stranger wrote: measured before it is parsed. The caller's process has the deadline."""
    snapshot = context.view.snapshot
    if not text.strip():
        return Workbench(example(context), None, None, Label(""), Label(""), 0, 0, "")
    try:
        refusal = guard(text, LIMITS)
        if refusal is not None:
            raise refusal.error()
        answer = snapshot.answers.query(text, snapshot.project.prefixes)
    except KgError as error:
        line, column = int(getattr(error, "line", 0)), int(getattr(error, "column", 0))
        lines = text.split("\n")
        excerpt = lines[line - 1] if 0 < line <= len(lines) else ""
        return Workbench(
            text, None, None, words_of(error.message, context), words_of(error.hint, context),
            line, column, excerpt[:200],
        )  # fmt: skip
    return Workbench(
        text, table_of(context, answer, page),
        answer if isinstance(answer, bool) else None, Label(""), Label(""), 0, 0, "", answer,
    )  # fmt: skip
