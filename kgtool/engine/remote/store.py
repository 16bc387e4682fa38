"""A remote engine as something that answers queries: what `EmbeddedStore` and `QueryRunner` are for a graph at hand."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from kgtool.catalog.text import form, tokens
from kgtool.engine.canon import canonical, canonical_here
from kgtool.engine.failure import crashed
from kgtool.engine.guard import guard
from kgtool.engine.limits import LOCAL, Limits
from kgtool.engine.remote import failure
from kgtool.engine.remote.answers import read_json
from kgtool.engine.remote.asking import Asks, Direct, Question
from kgtool.engine.remote.blank import to_engine
from kgtool.engine.remote.construct import split_construct
from kgtool.engine.remote.credentials import Credentials
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.manifest import Manifest, State, question, question_state, read_manifest
from kgtool.engine.remote.paging import Select, split
from kgtool.engine.remote.ways import ways_of
from kgtool.engine.runner import QueryRunner
from kgtool.engine.store import Answer, EmbeddedStore, Solutions, Term, Triples
from kgtool.errors import QueryError, texts
from kgtool.lang import plural
from kgtool.project import Remote, Scope


class RemoteStore:
    """A remote engine that answers queries (`Queryable`), each whole or not at all.

    Nothing is asked when it is made. A query may be asked from any thread; there is no state between queries but which
    graphs the default graph has, read once. Answers hold IRIs where the engine has blank nodes
    (`kgtool.engine.remote.blank`).

    Args:
        asks: who carries questions; this process by default, as `who`.
        inside: this process is confined itself, so nothing is forked for a text that might end it.
        named: queries see the project's graphs as named graphs (`GRAPH ?g`), not merged as the default graph.
    """

    def __init__(
        self, remote: Remote, who: Credentials | None = None, limits: Limits = LOCAL, *,
        asks: Asks | None = None, inside: bool = False, named: bool = False,
    ) -> None:  # fmt: skip
        self.remote = remote
        self.limits = limits
        self.inside = inside
        self._graphs = "named-graph-uri" if named else "default-graph-uri"
        self._asks: Asks = asks or Direct(remote, who)
        self._ways = ways_of(remote.profile)

    def query(self, text: str, prefixes: Mapping[str, str]) -> Answer:
        """The answer to a query, rows in the query's order.

        An answer longer than a page is asked for again in pages, its order made total by all columns, each page one row
        into the next; rows that tie in the query's own ORDER BY may then come in another order.

        Args:
            prefixes: known without being declared in the text.
        Raises:
            QueryError: not a query that may be run; DESCRIBE is none here, since every engine has its own.
            RemoteError: the endpoint failed; `kgtool.engine.remote.failure` has the codes.
        Cost: a connection a request. The deadline is the remote's `timeout`, for all pages together.
        """
        text = text.removeprefix("\ufeff")
        refusal = guard(text, self.limits)
        if refusal is not None:
            raise refusal.error()
        deadline = Deadline(self.remote.timeout)
        text = to_engine(_declared(text, prefixes), self._ways.blank)
        kind = form(text)
        if kind == "SELECT":
            return self._select(text, deadline)
        if kind == "CONSTRUCT":
            return self._construct(text, prefixes, deadline)
        if kind == "ASK":
            return self._asked(text, kind, deadline)
        raise _no_describe()

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None:
        """Names of a SELECT's columns, None for another form; the engine is not asked.

        Raises:
            QueryError: the text does not parse.
        """
        if self.inside:
            return EmbeddedStore(()).columns(text, prefixes)
        with QueryRunner(EmbeddedStore(()), self.limits) as runner:
            return runner.columns(text, prefixes)

    @cached_property
    def manifest(self) -> Manifest | None:
        """What `kgtool push` left there; None when it left nothing. Read once."""
        return self._read_manifest(question(self.remote))

    def pulse(self) -> Manifest | None:
        """What the manifest says now of state and version, without its graphs. Cost: one small request."""
        return self._read_manifest(question_state(self.remote))

    def _read_manifest(self, text: str) -> Manifest | None:
        answer = self._answer(text, "SELECT", Deadline(self.remote.timeout), [])
        return read_manifest(self.remote, answer) if isinstance(answer, Solutions) else None

    @cached_property
    def _dataset(self) -> list[tuple[str, str]]:
        """Form parameters that say what the default graph is.

        Raises:
            RemoteError: the graphs of a push are asked for, and there was none, or it did not end.
        """
        remote = self.remote
        if remote.scope is Scope.ENGINE:
            return []
        if remote.scope is Scope.UNION:
            return list(self._ways.union or ())
        graphs = remote.graphs
        if remote.scope is Scope.PROJECT:
            if self.manifest is None:
                raise failure.unpushed(remote.url, remote.name)
            if self.manifest.state is not State.COMPLETE:
                raise failure.half(remote.url, remote.name)
            graphs = tuple(self.manifest.graphs)
        return [(self._graphs, graph) for graph in graphs]

    def _select(self, text: str, deadline: Deadline) -> Solutions:
        parts = split(text)
        size = self.remote.page_size
        nested = self._ways.nested
        if parts is None or (parts.limit is not None and parts.limit <= size and not (nested and parts.values)):
            return self._rows(text, deadline)
        wanted = size + 1 if parts.limit is None else min(size + 1, parts.limit)
        first = self._rows(parts.page(wanted, 0, nested=nested), deadline)
        if len(first.rows) <= size:
            return first
        return self._pages(parts, first.variables, deadline)

    def _pages(self, parts: Select, names: tuple[str, ...], deadline: Deadline) -> Solutions:
        """Every page, each with the first row of the next as a proof that they fit."""
        size, peeked = self.remote.page_size, None
        rows: list[tuple[Term | None, ...]] = []
        while True:
            wanted = size if parts.limit is None else min(size, parts.limit - len(rows))
            page = self._rows(parts.page(wanted + 1, len(rows), names, nested=self._ways.nested), deadline)
            if peeked is not None and (not page.rows or page.rows[0] != peeked):
                raise failure.torn(self.remote.url)
            rows += page.rows[:wanted]
            if len(rows) > self.limits.rows:
                most = self.limits.rows
                raise failure.too_large(self.remote.url, f" {most:,} 列", f"{most:,} {plural(most, 'row')}")
            if len(page.rows) <= wanted or len(rows) == parts.limit:
                return Solutions(names, tuple(rows))
            peeked = page.rows[wanted]

    def _construct(self, text: str, prefixes: Mapping[str, str], deadline: Deadline) -> Triples:
        parts = split_construct(text)
        if parts is None:
            raise self._judged(text, "CONSTRUCT")
        triples = parts.triples(self._select(parts.select, deadline), prefixes)
        labelled = canonical_here(triples) if self.inside else canonical(triples)
        if labelled is None:
            raise crashed("RDFC-1.0")
        return Triples(tuple(sorted(labelled, key=str)))

    def _rows(self, text: str, deadline: Deadline) -> Solutions:
        answer = self._asked(text, "SELECT", deadline)
        if isinstance(answer, Solutions):
            return answer
        raise failure.unreadable(self.remote.url, "SELECT 得到布林值", "a SELECT was answered by a boolean")

    def _asked(self, text: str, kind: str, deadline: Deadline) -> Solutions | bool:
        return self._answer(text, kind, deadline, self._dataset)

    def _answer(self, text: str, kind: str, deadline: Deadline, dataset: list[tuple[str, str]]) -> Solutions | bool:
        parameters = [*dataset]
        if self._ways.milliseconds:
            parameters.append((self._ways.milliseconds, str(int(deadline.left() * 1000) or 1)))
        try:
            reply = self._asks(Question(text, kind, parameters, self.limits.answer), deadline)
        except failure.BadQueryError as error:
            if error.limited:
                raise failure.limited(self.remote.url, str(error)) from error
            raise self._judged(text, str(error)) from error
        return read_json(reply, self.limits.rows)

    def _judged(self, text: str, said: str) -> Exception:
        """Whose fault a refused query is: the text's, with line and column, or the engine's."""
        try:
            self.columns(text, {})
        except QueryError as error:
            return error
        return failure.unwilling(self.remote.url, said)


def _declared(text: str, prefixes: Mapping[str, str]) -> str:
    """The text with the prefixes that it uses and does not declare, on its first line so that places stay."""
    used: set[str] = set()
    declared: set[str] = set()
    before = ""
    for token in tokens(text):
        if token.kind == "pname":
            name = token.text.partition(":")[0]
            (declared if before == "PREFIX" else used).add(name)
        before = token.text.upper() if token.kind == "word" else ""
    # A type written ^^xsd:date is read as operators and a name, so it is among the names.
    added = [f"PREFIX {name}: <{prefixes[name]}>" for name in sorted(used - declared) if name in prefixes]
    return " ".join([*added, text])


def _no_describe() -> QueryError:
    return QueryError(
        "E-QUERY-FORM",
        texts(
            zh="DESCRIBE 的意義因引擎而異,遠端不執行。", en="DESCRIBE means something else on every engine; not sent."
        ),
        texts(zh="請改寫為 CONSTRUCT。", en="Write a CONSTRUCT."),
    )
