"""Where a page ended, as an opaque word that a client hands back; nothing in it is ever part of a query.

Within one data version a place in the total order is exact. When the data has changed since, the last row's sort key
says where to go on, if the rows are strictly ordered by it; else the client is told to start again.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import texts
from kgtool.serve.api.order import Row, Term
from kgtool.serve.problem import RequestError
from kgtool.write.results import n3

# Characters; a row with longer texts has no key.
LONGEST = 8_000
_MOST_SKIPPED = 10_000_000


class Cursor(Struct, frozen=True):
    """The end of a page.

    Attributes:
        call: digest of the query's name and parameters; a cursor of another call is refused.
        version: beginning of the data version.
        rows: how many rows came before.
        last: the last of them, None when no key can be made of it.
    """

    call: str
    version: str
    rows: int
    last: Row | None = None

    def word(self) -> str:
        """The cursor as a parameter's value: URL-safe base64 of JSON."""
        cells = None if self.last is None else [_cell(term) for term in self.last]
        text = json.dumps([self.call, self.version, self.rows, cells], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode("utf-8", "surrogatepass")).decode("ascii").rstrip("=")


def call_of(name: str, terms: Mapping[str, object]) -> str:
    """A short digest of what is asked."""
    said = [name, *(f"{key}={_said(value)}" for key, value in sorted(terms.items()))]
    return hashlib.sha256("\x00".join(said).encode("utf-8", "surrogatepass")).hexdigest()[:12]


def read_cursor(word: str, call: str, columns: int) -> Cursor:
    """A cursor that a client hands back.

    Raises:
        RequestError: 400: not one of this call's.
    """
    try:
        short = word[: LONGEST + 1]
        data = base64.b64decode(short + "=" * (-len(short) % 4), b"-_", validate=True)
        whose, version, rows, cells = json.loads(data)
        last = None if cells is None else tuple(_term(cell) for cell in cells)
        fits = last is None or len(last) == columns
        if whose == call and isinstance(version, str) and type(rows) is int and 0 <= rows <= _MOST_SKIPPED and fits:
            return Cursor(call, version, rows, last)
    except (binascii.Error, ValueError, TypeError, RecursionError):
        pass
    raise RequestError(
        400, "E-PARAM",
        texts(zh="參數「cursor」不屬於此查詢。", en="the parameter 'cursor' does not belong to this call."),
        texts(zh="請用前一頁 Link 欄位之網址。", en="Use the address in the Link field of the page before."),
        extra={"parameter": "cursor", "value": word[:200]},
    )  # fmt: skip


def stale(first: str) -> RequestError:
    """The data has changed, and no key says where to go on."""
    return RequestError(
        410, "E-CURSOR-STALE",
        texts(zh="資料已更新,無法由此處接續。", en="the data has changed; there is no going on from here."),
        texts(zh=f"請由第一頁重新開始:{first}", en=f"Start again from the first page: {first}"),
        headers=(("Link", f'<{first}>; rel="first"'),),
    )  # fmt: skip


def _said(value: object) -> str:
    return " ".join(n3(term) for term in value) if isinstance(value, tuple) else str(value)


def _cell(term: Term | None) -> Sequence[str] | None:
    if term is None:
        return None
    if isinstance(term, ox.NamedNode):
        return [term.value]
    if isinstance(term, ox.BlankNode):
        return [term.value, "_"]
    return [term.value, "@", term.language] if term.language else [term.value, "^", term.datatype.value]


def _term(cell: object) -> Term | None:
    if cell is None:
        return None
    if not isinstance(cell, list) or not all(isinstance(part, str) for part in cell):
        raise ValueError("no term")
    match cell:
        case [iri]:
            return ox.NamedNode(iri)
        case [label, "_"]:
            return ox.BlankNode(label)
        case [value, "@", tag]:
            return ox.Literal(value, language=tag)
        case [value, "^", datatype]:
            return ox.Literal(value, datatype=ox.NamedNode(datatype))
        case _:
            raise ValueError("no term")
