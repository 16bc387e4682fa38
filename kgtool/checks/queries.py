"""KG3xx and the codes of check queries: query files parse, keep their word, and their checks' rows are findings.

Every text runs under limits, in a worker or on trial (`kgtool.engine.runner`): no query file can end a check but by a finding.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping

from msgspec import Struct, field, structs

from kgtool.catalog import NamedQuery
from kgtool.catalog.needs import may_have_rows, needs_of
from kgtool.catalog.outline_reader import outline
from kgtool.catalog.text import line_of
from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.query_lint import Remark, remarks
from kgtool.checks.query_presets import preset_findings
from kgtool.checks.query_terms import Vocabulary, unknown_functions, unknown_terms
from kgtool.checks.query_tests import difference, ill_typed_columns, tied_rows
from kgtool.engine import CHECKED, Answer, Queryable, QueryRunner, Solutions
from kgtool.engine.failure import too_slow_together
from kgtool.errors import KgError, QueryError, texts
from kgtool.finding import Finding, Place, Severity
from kgtool.lang import MESSAGE_LANGUAGES, canonical
from kgtool.named import LOOKED_UP, Binder, Given, bound_text
from kgtool.project import REFUSED
from kgtool.rules import builtin_rules
from kgtool.terms import RDF
from kgtool.write.results import Term, n3, plain

# Where a check query puts what; other columns are shown in the message.
_FOCUS, _PATH, _VALUE = "focus", "path", "value"
# What a query's own text shows is advice unless the query cannot mean what it says.
_SEVERITY = {
    code: Severity.INFO if code in {"KG306", "KG308", "KG309", "KG313", "KG315"} else Severity.WARNING
    for code in (f"KG{number}" for number in range(304, 317))
}
# Code points; a longer text was made by a program, and advice on it would cost more than it helps.
_LONGEST_JUDGED = 64 * 1024
_SECONDS_MORE = 10.0  # for each million statements
_DEADLINES = 6  # what the tests of one query may take together: each for itself may end just before its own
# The engine's end by one query; its other tests would only take the same time again.
_STOPPED = frozenset({"E-QUERY-TIMEOUT", "E-QUERY-MEMORY", "E-QUERY-CRASH"})


class _Once(Struct, frozen=True):
    """A store that is asked each question once: the tests of most queries bind the same few names."""

    store: Queryable
    answers: dict[tuple[str, tuple[tuple[str, str], ...]], Answer] = field(default_factory=dict)

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        asked = (text, tuple(prefixes.items()))
        if asked not in self.answers:
            self.answers[asked] = self.store.query(text, prefixes)
        return self.answers[asked]


class _Bench(Struct, frozen=True):
    """What one run over all queries needs, and what it has found."""

    inputs: Inputs
    binder: Binder
    runner: QueryRunner
    vocabulary: Vocabulary
    findings: list[Finding] = field(default_factory=list)
    measured: set[str] = field(default_factory=set)  # names of queries that the guard let pass

    def tried(self, query: NamedQuery, given: Given) -> Answer | KgError:
        """The answer, or why there is none."""
        try:
            text = bound_text(query, self.binder.bind(query, given))
            answer = self.runner.run(text, self.inputs.project.prefixes, measured=query.name in self.measured)
        except KgError as error:
            return error
        self.measured.add(query.name)
        return answer


def check_queries(inputs: Inputs) -> Outcome:
    """Query files that cannot be used, tests that fail, what their texts show, and a finding a row of a check query.

    What ships with the program was tested with it: of that only check queries are run, and of these only those of which
    the project states what their rows would need.
    Cost: one worker for all of them, on a store of the predicates that they name; each query at most
    `CHECKED.seconds`, and ten more for each million statements of it.
    """
    findings = list(inputs.catalog.problems)
    refused = (file for file in inputs.catalog.files if file.refused)
    findings += [inputs.finding("KG002", Place(file.name), REFUSED[file.refused]) for file in refused]
    findings += preset_findings(inputs)
    queries = [one for one in inputs.catalog.queries.values() if not one.file.shipped or _may_answer(inputs, one)]
    if not queries:
        return Outcome(tuple(findings), 0)
    own = [query for query in queries if not query.file.shipped]
    found, answers = _asked(inputs, queries)
    # The store is gone by now: places are looked for in texts, which are large where it was.
    for query, rows in answers:
        findings += rows_as_findings(inputs, query, rows)
    return Outcome(tuple(findings + found), len(queries) + sum(len(query.tests) for query in own))


def _asked(
    inputs: Inputs, queries: list[NamedQuery]
) -> tuple[list[Finding], list[tuple[NamedQuery, Answer | KgError]]]:
    """What is wrong with the queries, and what those that are checks answer, of a store that is let go again."""
    # The store is the largest thing that a check holds: nothing is kept beside it that can be made again.
    for one in (inputs.index, inputs.facts, inputs.locator):
        one.forget()
    store = inputs.store_of(_wanted(inputs, queries))
    answers = []
    # Ten seconds are long for a query, but a clean pass over ten million statements takes as much.
    limits = structs.replace(CHECKED, seconds=CHECKED.seconds + len(store) // 1_000_000 * _SECONDS_MORE)
    with QueryRunner(store, limits) as runner:
        bench = _Bench(inputs, Binder(inputs.curies, inputs.today, _Once(store)), runner, Vocabulary(inputs))
        for query in queries:
            rows = _check(bench, query)
            if rows is not None:
                answers.append((query, rows))
    return bench.findings, answers


def _may_answer(inputs: Inputs, query: NamedQuery) -> bool:
    """Whether a shipped query is a check and the project states what its rows would need."""
    facts = inputs.facts

    def stated(predicate: str, value: str) -> bool:
        code = facts.iri(predicate)
        return bool(facts.column(code)[0]) and (not value or bool(facts.backward(code).get(facts.iri(value))))

    return query.role == "check" and may_have_rows(query.text, inputs.project.prefixes, stated)


def _wanted(inputs: Inputs, queries: list[NamedQuery]) -> dict[int, set[int] | None] | None:
    """What these queries and the texts bound to their parameters can match: codes of predicates, and of rdf:type's objects
    unless it may be any; None: perhaps everything."""
    facts = inputs.facts
    # What is bound to a parameter is looked up by its label and its class.
    looked_up = any(query.params for query in queries)
    found = {facts.iri(iri) for iri in LOOKED_UP if looked_up}
    classes: set[int] | None = None if looked_up else set()
    for query in queries:
        needs = needs_of(query.text, inputs.project.prefixes)
        if needs is None:
            return None
        found.update(facts.iri(iri) for iri in needs.named)
        described = set().union(*(facts.column(facts.iri(iri))[0] for iri in needs.described))
        found.update(described)
        if needs.classes is None or classes is None or facts.iri(RDF + "type") in described:
            classes = None
        else:
            classes.update(map(facts.iri, needs.classes))
    wanted: dict[int, set[int] | None] = dict.fromkeys(sorted(found))
    wanted[facts.iri(RDF + "type")] = classes
    return wanted


def _check(bench: _Bench, query: NamedQuery) -> Answer | KgError | None:
    """Try a query; what it answers as a check, None where it is none or cannot be used."""
    runs: list[Answer | KgError] = []
    if not query.file.shipped:
        began, together = time.monotonic(), bench.runner.limits.seconds * _DEADLINES
        for number, test in enumerate(query.tests):
            if number and time.monotonic() - began > together:
                runs.append(too_slow_together(together, len(query.tests) - number))
                break
            runs.append(bench.tried(query, test.params))
            if isinstance(runs[-1], QueryError) and runs[-1].code in _STOPPED:
                break
    rows = bench.tried(query, {}) if query.role == "check" else None
    broken = _broken(bench, query, [*runs, rows])
    if broken:
        bench.findings.append(broken)
        return None
    if not query.file.shipped:
        bench.findings.extend(_tested(bench, query, runs))
        answers = [answer for answer in runs if not isinstance(answer, KgError)]
        bench.findings.extend(_advice(bench, query, answers))
    return rows


def unusable(inputs: Inputs, query: NamedQuery, error: KgError) -> Finding:
    """KG301 with the error's own words and place."""
    line, column = getattr(error, "line", 0), getattr(error, "column", 0)
    return inputs.finding("KG301", Place(query.file.name, line, column), error.message, value=query.name)


def _broken(bench: _Bench, query: NamedQuery, runs: list[Answer | KgError | None]) -> Finding | None:
    """A query that is refused or does not parse, or whose columns are not those its header names.

    Args:
        runs: what it answered already: an answer names the columns, so that the query need not be planned again.
    """
    inputs = bench.inputs
    answer = next((one for one in runs if one is not None and not isinstance(one, KgError)), None)
    try:
        names = bench.runner.columns(query.text, inputs.project.prefixes) if answer is None else _columns(answer)
    except KgError as error:
        return unusable(inputs, query, error)
    if names is None or (not query.columns and query.role != "ask"):
        return None
    differing = sorted(set(names) ^ set(query.columns))
    if not differing:
        return None
    listed = ", ".join(f"?{name}" for name in differing)
    message = texts(
        zh=f"檔頭之 columns 與查詢之欄位不符:{listed}。", en=f"the header's columns differ from the query's: {listed}."
    )
    return inputs.finding("KG301", Place(query.file.name), message, value=query.name)


def _columns(answer: Answer) -> tuple[str, ...] | None:
    return answer.variables if isinstance(answer, Solutions) else None


def _tested(bench: _Bench, query: NamedQuery, runs: list[Answer | KgError]) -> Iterator[Finding]:
    """What the tests of a query found wrong with its answers."""
    inputs = bench.inputs
    for number, (test, answer) in enumerate(zip(query.tests, runs, strict=False), 1):
        if isinstance(answer, QueryError):
            yield unusable(inputs, query, answer)
            continue
        try:
            wrong = answer.message if isinstance(answer, KgError) else difference(inputs, answer, test)
        except KgError as error:
            wrong = error.message
        if wrong:
            message = texts(zh=f"測試 {number}:{wrong['zh-Hant']}", en=f"test {number}: {wrong['en']}")
            yield inputs.finding("KG302", Place(query.file.name), message, value=f"{query.name}#{number}")


def _advice(bench: _Bench, query: NamedQuery, answers: list[Answer]) -> Iterator[Finding]:
    """What the text, the header and the tests' answers show, at its place."""
    prefixes = bench.inputs.project.prefixes
    found = [*_header(query), *ill_typed_columns(query, answers)]
    if len(query.text) <= _LONGEST_JUDGED:
        found += [*unknown_terms(bench.inputs, bench.vocabulary, query), *unknown_functions(query, prefixes)]
        select = outline(query.text)
        if select is not None:
            found += [*remarks(select, query.text, frozenset(query.params)), *tied_rows(select, answers)]
    for remark in found:
        # Offset 0 is the header, which has no place of its own.
        place = Place(query.file.name, *(line_of(query.text, remark.start) if remark.start else (0, 0)))
        finding = bench.inputs.finding(remark.code, place, remark.message, value=f"{query.name}: {remark.about}")
        yield structs.replace(finding, severity=_SEVERITY[remark.code])


def _header(query: NamedQuery) -> Iterator[Remark]:
    """A question without a test, and a summary that one of the languages of messages lacks."""
    if query.role == "ask" and not query.tests:
        yield Remark("KG313", 0, "tests", texts(zh="此查詢沒有測試。", en="this query has no test."))
    written = {canonical(tag) for tag, text in query.summary.items() if text.strip()}
    for tag in MESSAGE_LANGUAGES:
        if tag not in written:
            yield Remark("KG314", 0, tag, texts(zh=f"summary 缺少 {tag}。", en=f"the summary has no {tag}."))


def rows_as_findings(inputs: Inputs, query: NamedQuery, answer: Answer | KgError) -> list[Finding]:
    """A finding a row of a check query's answer, or why there is none."""
    if isinstance(answer, KgError):
        return [unusable(inputs, query, answer)]
    if not isinstance(answer, Solutions):
        message = texts(zh="檢查查詢須為 SELECT。", en="a check query must be a SELECT.")
        return [inputs.finding("KG301", Place(query.file.name), message, value=query.name)]
    return [_row(inputs, query, dict(zip(answer.variables, row, strict=True))) for row in answer.rows]


def _row(inputs: Inputs, query: NamedQuery, row: dict[str, Term | None]) -> Finding:
    focus_term, path_term, value_term = row.get(_FOCUS), row.get(_PATH), row.get(_VALUE)
    focus = plain(focus_term) if focus_term is not None else ""
    path = plain(path_term) if path_term is not None else ""
    value = n3(value_term) if value_term is not None else ""
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
        inputs.locator.place(focus, path, value), code, query.name, focus, f"<{path}>" if path else "",
        value, query.severity, message, fix, {}, None, (Place(query.file.name),),
    )  # fmt: skip


def _spoken(inputs: Inputs, term: Term) -> str:
    text = plain(term)
    return inputs.curies.short(text) if n3(term).startswith("<") else text
