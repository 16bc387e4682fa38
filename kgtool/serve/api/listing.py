"""`/queries` and `/queries/NAME`: which questions there are and how to ask them, as JSON and as a plain page."""

from __future__ import annotations

import json
from html import escape

from kgtool.errors import Texts
from kgtool.lang import pick
from kgtool.serve import plain
from kgtool.serve.accept import language
from kgtool.serve.api.call import Named, find
from kgtool.serve.api.examples import at_home
from kgtool.serve.api.manual import entry, every, manual
from kgtool.serve.message import Request, Response
from kgtool.serve.reading import Form, Link, chosen, document, options, read
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot

PATH = "/queries"
_JSON = Form("json", "application/json")
_HTML = Form("html", "text/html")
_TITLE: Texts = {"zh-Hant": "具名查詢", "en": "Named queries"}


class Queries:
    """Answers for the list and for one query's help."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._queries = at_home(snapshot)
        self._problems = snapshot.catalog.problems
        self._presets = snapshot.project.presets
        self._every = every(self._queries, self._presets)
        self._version = snapshot.version
        self._address = settings.address

    def __call__(self, request: Request) -> Response:
        """The response for the list or one help."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        rest = request.target.removeprefix(PATH).removeprefix("/")
        named = find(self._queries, self._problems, self._presets, rest) if rest else None
        form = chosen(request, (_JSON, _HTML), options(request, ("format",)).get("format"))
        words = language(request.headers.get("accept-language", "")) if form == _HTML else ""

        def make() -> bytes:
            if form == _JSON:
                told = manual(named, self._address) if named else self._list()
                text = json.dumps(told, ensure_ascii=False, indent=1) + "\n"
            else:
                text = self._help(named, words) if named else self._page(words)
            return text.encode("utf-8", "surrogatepass")

        links = [Link(self._address + "/openapi.json", "service-desc", "application/json")]
        return document(
            request, (self._version, request.target, words), form, make, links=links,
            vary="Accept, Accept-Language" if words else "Accept",
            headers=(("Content-Language", words),) if words else (),
        )  # fmt: skip

    def _list(self) -> dict[str, object]:
        return {
            "queries": [entry(named, self._address) for named in self._every],
            "openapi": self._address + "/openapi.json", "version": self._version[:16],
        }  # fmt: skip

    def _page(self, words: str) -> str:
        rows = "".join(
            f'<tr><th><a href="{escape(self._address)}/queries/{escape(one.name)}">{escape(one.name)}</a></th>'
            f"<td>{escape(pick(one.summary, words))}</td></tr>"
            for one in self._every
        )
        title = pick(_TITLE, words)
        return plain.html(title, f"<h1>{escape(title)}</h1><table>{rows}</table>", words)

    def _help(self, named: Named, words: str) -> str:
        told = manual(named, self._address)
        rows = "".join(
            f"<tr><th>{escape(one['name'])}</th><td>{escape(pick(one.get('label', {}), words))}</td>"
            f"<td>{escape(one['type'])}</td><td>{'*' if one['required'] else ''}</td>"
            f"<td>{escape(str(one.get('default') or one.get('example') or ''))}</td></tr>"
            for one in told["parameters"]
        )
        example = told.get("example", "")
        link = f'<p><a href="{escape(example)}">{escape(example)}</a></p>' if example else ""
        body = f"<h1>{escape(named.name)}</h1><p>{escape(pick(named.summary, words))}</p>"
        body += f"<p>{escape(pick(named.query.description, words))}</p><table>{rows}</table>{link}"
        return plain.html(named.name, body, words)
