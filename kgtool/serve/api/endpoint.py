"""`/api/NAME`: a named query as a typed HTTP call.

Rows come in one total order and whole, unless `limit` asks for pages; more than the server's limits is a problem, never
a cut. A cursor is exact within a data version; docs/decisions/0062 says what happens when the data changes.
Sources: RFC 8288 (Link), RFC 9457 (problems), RFC 9110 §13 (conditional requests).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from msgspec.structs import replace

from kgtool.catalog import ColumnType, NamedQuery
from kgtool.engine import LOCAL, EmbeddedStore, Stream, Triples, failure, guard
from kgtool.errors import QueryError
from kgtool.lang import pick
from kgtool.named import Binder, bound_text
from kgtool.serve.api import forms
from kgtool.serve.api.budget import Budget
from kgtool.serve.api.call import Call, call_of, find
from kgtool.serve.api.cursor import LONGEST, Cursor, read_cursor, stale
from kgtool.serve.api.cursor import call_of as digest_of
from kgtool.serve.api.examples import at_home
from kgtool.serve.api.order import Row, total
from kgtool.serve.api.paging import VERSION, part, whole
from kgtool.serve.dataset import licence_of
from kgtool.serve.layers import warm
from kgtool.serve.message import Request, Response
from kgtool.serve.reading import Form, Link, chosen, document, read
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot

PATH = "/api/"
_LOOK = 256  # rows between two looks at the clock


class Api:
    """Answers calls of named queries over one snapshot's store."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._store = snapshot.answers  # loaded now, in the process that workers are forked from
        self._facts = snapshot.facts
        self._queries = at_home(snapshot)
        self._problems = snapshot.catalog.problems
        self._presets = snapshot.project.presets
        self._prefixes = snapshot.project.prefixes
        self._binder = Binder(snapshot.curies, snapshot.today, snapshot.lookups)
        self._version = snapshot.version
        self._today = snapshot.today.isoformat()
        self._settings = settings
        self._limits = settings.limits
        self._address = settings.address
        self._licence = licence_of(snapshot)
        warm()
        self._columns = {name: _columns_of(query, self._prefixes) for name, query in snapshot.catalog.queries.items()}

    def __call__(self, request: Request) -> Response:
        """The response to one call."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        named = find(self._queries, self._problems, self._presets, request.target.removeprefix(PATH))
        call = call_of(request, named, self._binder)
        form = chosen(request, forms.forms_of(named.query), call.wish)
        columns = self._columns[named.query.name]
        digest = digest_of(named.query.name, call.terms)
        cursor = read_cursor(call.cursor, digest, len(columns)) if call.cursor else None
        parts = (
            self._version,
            named.name,
            digest,
            str(call.limit),
            call.cursor,
            call.language if form == forms.JSON else "",
        )
        vary = "Accept, Accept-Language" if form == forms.JSON else "Accept"
        links = [Link(f"{self._address}/queries/{named.name}", "describedby")]
        links += [Link(self._licence, "license")] if self._licence else []
        # The next page is known behind the rows only; a client that has this page already knows it too.
        made: list[str] = []

        def make() -> bytes:
            with Budget(request, named.query.budget or 0.0, self._settings) as budget:
                return self._body(call, form, digest, cursor, made, budget)

        response = document(request, parts, form, make, vary=vary, links=links)
        return _linked(response, [Link(after, "next") for after in made])

    def _body(
        self, call: Call, form: Form, digest: str, cursor: Cursor | None, made: list[str], budget: Budget
    ) -> bytes:
        query, label = call.named.query, self._label(call.language)
        if query.form == "SELECT":
            page = self._page(call, digest, cursor, budget.look)
            made += [page.after] if page.after else []
            body = forms.table(call, page, form, label, self._about(call, label))
        else:
            body = self._other(call, form, label).encode("utf-8", "surrogatepass")
        if len(body) > self._limits.answer:
            raise failure.too_many_bytes(self._limits.answer)
        return body

    def _other(self, call: Call, form: Form, label: Callable[[str], str]) -> str:
        """What is no table: a graph or a boolean."""
        found = self._store.solve(bound_text(call.named.query, call.terms), self._prefixes, self._limits.rows)
        if not isinstance(found, Triples):
            return forms.boolean(bool(found), form, self._about(call, label))
        if len(found.triples) > self._limits.rows:
            raise failure.too_many_rows(self._limits.rows)
        return forms.graph(found, form, self._prefixes)

    def _page(self, call: Call, digest: str, cursor: Cursor | None, look: Callable[[], None]) -> forms.Page:
        """The rows of one page; all rows are made for it, because the engine sorts them all anyway."""
        columns = self._columns[call.named.query.name]
        kinds = {name: call.named.query.columns.get(name, ColumnType.ANY) for name in columns}
        order = total(bound_text(call.named.query, call.terms), kinds)
        table = self._store.solve(order.text, self._prefixes, self._limits.rows)
        if not isinstance(table, Stream):
            raise failure.failed("no table")
        stream = _watched(table.rows, look)
        if not call.limit and cursor is None:
            rows = whole(stream, self._limits.rows)
            return forms.Page(columns, rows.rows, rows.total)
        found = part(stream, order.keys, cursor, self._version, call.limit or self._limits.rows)
        if not found.found:
            raise stale(self._next(call, ""))
        after = ""
        if found.end < found.total:
            key = found.rows[-1] if found.strict else None
            word = Cursor(digest, self._version[:VERSION], found.end, key).word()
            if len(word) > LONGEST:
                word = Cursor(digest, self._version[:VERSION], found.end).word()
            after = self._next(call, word)
        return forms.Page(columns, found.rows, found.total, after)

    def _next(self, call: Call, cursor: str) -> str:
        given = [*call.parameters, *([("cursor", cursor)] if cursor else [])]
        return f"{self._address}{PATH}{call.named.name}" + (f"?{urlencode(given)}" if given else "")

    def _about(self, call: Call, label: Callable[[str], str]) -> Mapping[str, Any]:
        query = call.named.query
        return {
            "query": call.named.name, "summary": pick(call.named.summary, call.language), "version": self._version[:VERSION],
            "asOf": self._today, "lang": call.language, "params": forms.bound(call.terms, query, label),
        }  # fmt: skip

    def _label(self, language: str) -> Callable[[str], str]:
        return lambda iri: pick(self._facts.label(iri), language)


def _columns_of(query: NamedQuery, prefixes: Mapping[str, str]) -> tuple[str, ...]:
    """Names of a table's columns in order; () for another form, and for a text that the engine will refuse by itself.

    Asked of a store that is empty: the engine begins to evaluate a query that it is given.
    """
    if query.form != "SELECT" or guard(query.text, LOCAL) is not None:
        return ()
    try:
        return EmbeddedStore(()).columns(query.text, prefixes) or ()
    except QueryError:
        return ()


def _watched(rows: Iterator[Row], look: Callable[[], None]) -> Iterator[Row]:
    for number, row in enumerate(rows):
        if number % _LOOK == 0:
            look()
        yield row


def _linked(response: Response, links: list[Link]) -> Response:
    if not links:
        return response
    headers = [
        (name, f"{value}, {', '.join(map(str, links))}") if name == "Link" else (name, value)
        for name, value in response.headers
    ]
    return replace(response, headers=tuple(headers))
