"""A SPARQL query of a shapes graph, checked, and rewritten to run over all focus nodes at once.

SHACL pre-binds $this (and other variables) in every solution of a query; run once a focus node, that is a query a node.
Here the focus nodes stand in a named graph of their own, and a pattern that reads them is put into every group where
SPARQL's bottom-up evaluation would not see them otherwise. Source: SHACL §5.2.1, appendix A.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from msgspec import Struct

from kgtool.engine.scratch import Syntax
from kgtool.shacl.query_outline import Group, GroupKind, QueryFormError, Scan, tokens
from kgtool.shacl.query_scan import scan

BOUND = "urn:kgtool:bound"
SHAPES = "urn:kgtool:shapes"
ROW = "kgtool_row"
# Larger or deeper texts can end the process inside the parser (measured: 4,700 parentheses).
MOST_TEXT, MOST_DEPTH = 65_536, 64
_FORBIDDEN = ("MINUS", "SERVICE", "VALUES", "LOAD", "FROM")


class Query(Struct, frozen=True):
    """A query ready to run.

    Attributes:
        source: the text as it was given, behind the prefixes that it may use.
        text: a SELECT; focus nodes are read from the graph `BOUND`.
        free: the same for all nodes there are, "" when a pattern of its own does not find $this: to be filtered afterwards.
        ask: it was an ASK: the rows that come back are those that do not conform.
        single: it must be run for one focus node at a time (LIMIT, or an aggregate over all solutions).
        predicates: IRIs of the predicates it can match; None when any can (a variable stands in their place).
        prebound: names of the pre-bound variables that it mentions.
        reads_shapes: it mentions $shapesGraph.
    """

    source: str
    text: str
    free: str
    ask: bool
    single: bool
    predicates: frozenset[str] | None
    prebound: frozenset[str]
    reads_shapes: bool

    def of_row(self, number: int) -> str:
        """The text for one of the rows of pre-bound variables that stand in the graph `BOUND`."""
        opened = f"GRAPH <{BOUND}> {{"
        return self.text.replace(opened, f"{opened} VALUES ?{ROW} {{ <{BOUND}:{number}> }}")


def make_query(
    text: str, prefixes: Mapping[str, str], path: str | None, prebound: Iterable[str], syntax: Syntax, *, ask: bool
) -> Query:
    """Check and rewrite a query.

    Args:
        path: SPARQL text that replaces $PATH; None in a node shape.
        prebound: names that may be pre-bound besides `this`, `shapesGraph` and `currentShape`.
        syntax: says whether a text can be run.
    Raises:
        QueryFormError: it does not parse, or breaks a rule of SHACL appendix A.
    """
    if len(text) > MOST_TEXT:
        raise QueryFormError(f"longer than {MOST_TEXT} characters", f"長於 {MOST_TEXT} 個字元")
    parts = tokens(text)
    _check_depth(part.text for part in parts)
    if path is not None:
        for part in reversed(parts):
            if part.kind == "var" and part.text[1:] == "PATH":
                text = text[: part.start] + path + text[part.end :]
    prologue = "".join(f"PREFIX {prefix}: <{namespace}>\n" for prefix, namespace in sorted(prefixes.items()))
    text = prologue + text
    _check_syntax(text, syntax)
    found = scan(text)
    names = {"this", "shapesGraph", "currentShape", *prebound}
    _check_rules(found, names, {"this", *prebound}, ask=ask)
    mentioned = frozenset(names & found.variables) | ({"this"} if not ask else set())
    rewritten = _Rewriter(text, found, mentioned, ask=ask).run()
    _check_syntax(rewritten, syntax)
    loose = not ask and mentioned == {"this"} and all(found.finds_itself(group, "this") for group in found.groups)
    free = _Rewriter(text, found, frozenset(), ask=False).run() if loose else ""
    return Query(
        text, rewritten, free, ask, _single(found), None if found.open else frozenset(found.predicates), mentioned,
        "shapesGraph" in found.variables,
    )  # fmt: skip


def _check_depth(texts: Iterable[str]) -> None:
    depth = 0
    for text in texts:
        depth += text in {"(", "{", "["}
        depth -= text in {")", "}", "]"}
        if depth > MOST_DEPTH:
            raise QueryFormError(f"nested deeper than {MOST_DEPTH}", f"相套超過 {MOST_DEPTH} 層")


def _check_syntax(text: str, syntax: Syntax) -> None:
    said = syntax.fault(text)
    if said:
        raise QueryFormError(said["en"], said["zh-Hant"])


def _check_rules(found: Scan, names: set[str], required: set[str], *, ask: bool) -> None:
    for word in _FORBIDDEN:
        if word in found.words:
            raise QueryFormError(f"{word} is not allowed in SHACL", f"SHACL 不得使用 {word}")
    again = sorted(names & found.assigned)
    if again:
        raise QueryFormError(
            f"?{again[0]} is pre-bound and may not be assigned again", f"?{again[0]} 已預先繫結,不得再指定"
        )
    if found.form != ("ASK" if ask else "SELECT"):
        raise QueryFormError(
            f"must be {'an ASK' if ask else 'a SELECT'} query", f"須為 {'ASK' if ask else 'SELECT'} 查詢"
        )
    for projection in found.projections[0 if ask else 1 :]:
        missing = sorted(required & (found.variables | {"this"}) - projection)
        if missing:
            raise QueryFormError(
                f"a subquery must return ?{missing[0]}, which is pre-bound", f"子查詢須傳回預先繫結之 ?{missing[0]}"
            )
    if not ask and "this" not in found.projections[0] and not found.selects_all:
        raise QueryFormError("the query must return $this", "查詢須傳回 $this")


def _single(found: Scan) -> bool:
    return bool({"LIMIT", "OFFSET", "GRAPH"} & found.words) or (found.aggregates and "GROUP" not in found.words)


class _Rewriter:
    """Edits by offset into the text, applied from the end."""

    def __init__(self, text: str, found: Scan, names: frozenset[str], *, ask: bool) -> None:
        self.text, self.found, self.names, self.ask = text, found, names, ask
        self.edits: list[tuple[int, int, str]] = []

    def run(self) -> str:
        if self.ask:
            start, end = self.found.form_span
            every = f"GRAPH <{BOUND}> {{ ?{ROW} <{BOUND}:value> ?{ROW}_value . }}"
            self.edits.append((start, end, f"SELECT ?{ROW} WHERE {{ {every} MINUS {{ SELECT DISTINCT ?{ROW} WHERE"))
        for group in self.found.groups:
            wanted = self._wanted(group)
            if wanted:
                self.edits.append((group.open, group.open, _pattern(wanted, self.ask)))
            if group.exists is not None:
                self._join(group, self.found.groups[group.parent])
        text = self.text
        for start, end, new in sorted(self.edits, key=lambda edit: edit[:2], reverse=True):
            text = text[:start] + new + text[end:]
        return f"{text}\n}} }}" if self.ask else text

    def _wanted(self, group: Group) -> frozenset[str]:
        if group.kind is GroupKind.TOP:
            return self.names
        if group.kind is GroupKind.SELECT:
            return self.names & frozenset(group.mentioned)
        if group.kind in {GroupKind.EXISTS, GroupKind.WRAPPER}:
            return frozenset()
        return self.names & frozenset(group.used - group.bound)

    def _join(self, group: Group, outer: Group) -> None:
        """[NOT] EXISTS over several patterns as MINUS or a join: the engine evaluates it anew for every solution.

        Measured on 25,000 focus nodes: NOT EXISTS with two patterns 340 s, MINUS 0.16 s. The same solutions, when every
        shared variable is bound by the patterns on both sides and no filter inside looks outside.
        """
        outside = {name for name, start in self.found.places if not group.open <= start < group.close}
        shared = group.bound & outside
        sure = outer.bound | self._wanted(outer)
        simple = group.patterns > 1 and not group.nested and group.used <= group.bound
        if not simple or not shared or not shared <= sure or outer.kind in {GroupKind.OPTIONAL, GroupKind.EXISTS}:
            return
        start, negated = group.exists or (0, False)
        self.edits.append((start, group.close + 1, " "))
        inner = self.text[group.open : group.close]
        names = " ".join(f"?{name}" for name in sorted(shared))
        new = f" MINUS {{{inner}}} " if negated else f" {{ SELECT DISTINCT {names} WHERE {{{inner}}} }} "
        self.edits.append((outer.close, outer.close, new))


def _pattern(names: frozenset[str], ask: bool) -> str:
    rows = {"this", "value"} if ask else {"this"}
    said = [f"?{ROW} <{BOUND}:{name}> ?{name} ." for name in sorted(names & rows)]
    if ask and not said:
        said = [f"?{ROW} <{BOUND}:value> ?{ROW}_value ."]
    said += [f"<{BOUND}:all> <{BOUND}:{name}> ?{name} ." for name in sorted(names - rows)]
    return f" GRAPH <{BOUND}> {{ {' '.join(said)} }} "
