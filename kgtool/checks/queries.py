"""KG3xx and the codes of check queries: query files parse, keep their word, and their checks' rows are findings."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator

from kgtool.catalog import NamedQuery, QueryTest
from kgtool.checks.context import Inputs, Outcome
from kgtool.engine import Solutions
from kgtool.errors import KgError, Texts, texts
from kgtool.finding import Finding, Place
from kgtool.named import Binder, run
from kgtool.project import REFUSED
from kgtool.rules import builtin_rules
from kgtool.write.results import Term, n3, plain

# Where a check query puts what; other columns are shown in the message.
_FOCUS, _PATH, _VALUE = "focus", "path", "value"


def check_queries(inputs: Inputs) -> Outcome:
    """Query files that cannot be used, tests that fail, and one finding a row of every check query."""
    binder = Binder(inputs.curies, inputs.today, inputs.store)
    findings = list(inputs.catalog.problems)
    refused = (file for file in inputs.catalog.files if file.refused)
    findings += [inputs.finding("KG002", Place(file.name), REFUSED[file.refused]) for file in refused]
    count = len(inputs.catalog.queries)
    for query in inputs.catalog.queries.values():
        broken = _broken(inputs, query)
        if broken:
            findings.append(broken)
            continue
        if not query.file.shipped:
            count += len(query.tests)
            for number, test in enumerate(query.tests, 1):
                findings += _test(inputs, binder, query, number, test)
        if query.role == "check":
            findings += _rows(inputs, binder, query)
    return Outcome(tuple(findings), count)


def _broken(inputs: Inputs, query: NamedQuery) -> Finding | None:
    """A query that does not parse, or whose columns are not those its header names."""
    place = Place(query.file.name)
    try:
        names = inputs.store.columns(query.text, inputs.project.prefixes)
    except KgError as error:
        line, column = getattr(error, "line", 0), getattr(error, "column", 0)
        return inputs.finding("KG301", Place(query.file.name, line, column), error.message, value=query.name)
    if names is None or (not query.columns and query.role != "ask"):
        return None
    differing = sorted(set(names) ^ set(query.columns))
    if not differing:
        return None
    listed = ", ".join(f"?{name}" for name in differing)
    message = texts(
        zh=f"檔頭之 columns 與查詢之欄位不符:{listed}。", en=f"the header's columns differ from the query's: {listed}."
    )
    return inputs.finding("KG301", place, message, value=query.name)


def _test(inputs: Inputs, binder: Binder, query: NamedQuery, number: int, test: QueryTest) -> Iterator[Finding]:
    try:
        answer = run(query, binder.bind(query, test.params), inputs.store, inputs.project.prefixes)
        wrong = _difference(inputs, answer, test)
    except KgError as error:
        wrong = error.message
    if wrong:
        message = texts(zh=f"測試 {number}:{wrong['zh-Hant']}", en=f"test {number}: {wrong['en']}")
        yield inputs.finding("KG302", Place(query.file.name), message, value=f"{query.name}#{number}")


def _difference(inputs: Inputs, answer: object, test: QueryTest) -> Texts | None:
    """What differs between an answer and what a test expects; None when nothing does."""
    rows = list(answer.rows) if isinstance(answer, Solutions) else list(getattr(answer, "triples", [answer]))
    if test.min_rows is not None:
        enough = len(rows) >= test.min_rows
        return (
            None
            if enough
            else texts(
                zh=f"至少應有 {test.min_rows} 列,得 {len(rows)} 列",
                en=f"expected at least {test.min_rows} rows, got {len(rows)}",
            )
        )
    if test.empty:
        return texts(zh=f"應無結果,得 {len(rows)} 列", en=f"expected none, got {len(rows)} rows") if rows else None
    if not isinstance(answer, Solutions):
        return texts(zh="rows 與 expect 只適用於 SELECT", en="rows and expect are for SELECT queries")
    expected = _expected(inputs, test)
    found = [tuple("" if cell is None else plain(cell) for cell in row) for row in answer.rows]
    for number, (want, got) in enumerate(itertools.zip_longest(expected, found), 1):
        if want != got:
            return texts(
                zh=f"第 {number} 列應為 {_shown(want)},得 {_shown(got)}",
                en=f"row {number}: expected {_shown(want)}, got {_shown(got)}",
            )
    return None


def _shown(row: tuple[str, ...] | None) -> str:
    return "—" if row is None else "(" + ", ".join(row) + ")"


def _expected(inputs: Inputs, test: QueryTest) -> list[tuple[str, ...]]:
    """Expected cells as plain values: an IRI may be written as a prefixed name."""
    rows: list[tuple[str, ...]]
    if test.expect:
        path = inputs.project.root / test.expect
        try:
            with path.open(encoding="utf-8", newline="") as stream:
                rows = [tuple(row) for row in csv.reader(stream)][1:]
        except OSError as error:
            raise KgError(
                "E-TEST-FILE", texts(zh=f"{test.expect}:無法讀取。", en=f"{test.expect}: cannot be read.")
            ) from error
    else:
        rows = list(test.rows or ())
    return [tuple(_cell(inputs, cell) for cell in row) for row in rows]


def _cell(inputs: Inputs, cell: str) -> str:
    prefix, colon, _ = cell.partition(":")
    return (inputs.curies.expand(cell) or cell) if colon and prefix in inputs.curies.prefixes else cell


def _rows(inputs: Inputs, binder: Binder, query: NamedQuery) -> list[Finding]:
    try:
        answer = run(query, binder.bind(query, {}), inputs.store, inputs.project.prefixes)
    except KgError as error:
        return [inputs.finding("KG301", Place(query.file.name), error.message, value=query.name)]
    if not isinstance(answer, Solutions):
        message = texts(zh="檢查查詢須為 SELECT。", en="a check query must be a SELECT.")
        return [inputs.finding("KG301", Place(query.file.name), message, value=query.name)]
    return [_row(inputs, query, dict(zip(answer.variables, row, strict=True))) for row in answer.rows]


def _row(inputs: Inputs, query: NamedQuery, row: dict[str, Term | None]) -> Finding:
    focus_term, path_term, value_term = row.get(_FOCUS), row.get(_PATH), row.get(_VALUE)
    focus = plain(focus_term) if focus_term is not None else ""
    path = plain(path_term) if path_term is not None else ""
    others = [
        f"{name} = {_spoken(inputs, term)}"
        for name, term in row.items()
        if term is not None and name not in {_FOCUS, _PATH, _VALUE}
    ]
    tail = f" ({'; '.join(others)})" if others else ""
    message = {tag: text + tail for tag, text in query.summary.items()}
    code = query.code or "KG303"
    fix = query.fix or builtin_rules()["KG303"].fix
    return Finding(
        inputs.locator.place(focus, path), code, query.name, focus, f"<{path}>" if path else "",
        n3(value_term) if value_term is not None else "", query.severity, message, fix, "", None, (Place(query.file.name),),
    )  # fmt: skip


def _spoken(inputs: Inputs, term: Term) -> str:
    text = plain(term)
    return inputs.curies.short(text) if n3(term).startswith("<") else text
