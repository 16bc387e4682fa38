"""All pages of one snapshot behind one function: a path and a query string in, a status and HTML out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, unquote

from msgspec import Struct

from kgtool.lang import pick
from kgtool.pages.ahead import prepare
from kgtool.pages.assets import Assets, load_assets
from kgtool.pages.context import Context, hub_of
from kgtool.pages.evidence import Evidences
from kgtool.pages.inferred import Inferred
from kgtool.pages.kinds import MENU, Kind
from kgtool.pages.links import Links, placed, query_string
from kgtool.pages.lists import SORTS, page_count
from kgtool.pages.naming import Namer
from kgtool.pages.ontologypage import Shapes
from kgtool.pages.render import Renderer
from kgtool.pages.routes import PLAIN, Body, Fields, Room, find, offer
from kgtool.pages.search import SearchIndex
from kgtool.pages.sourcepage import readable
from kgtool.pages.texts import LANGUAGES, SLUGS, accepted, load_words
from kgtool.pages.view import View, safe_contact
from kgtool.report import Report
from kgtool.snapshot import Snapshot

_MOST_FIELDS = 100
_MOST_WHOLE = 150  # pages without a parameter that are kept whole: those that every graph has, and readings of sources
_MOST_READINGS = 20
_LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_RULES = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
# The strict policy of every page: nothing inline, nothing from elsewhere.
POLICY = ("Content-Security-Policy", _RULES)


class Page(Struct, frozen=True):
    """One answer.

    Attributes:
        headers: media type, policy, and what the answer varies by; the server adds its own.
        body: UTF-8.
    """

    status: int
    body: bytes = b""
    headers: tuple[tuple[str, str], ...] = ()


class Options(Struct, frozen=True):
    """How pages are made.

    Attributes:
        texts: source IRI to its text, for those that may be shown; only texts whose digest is on record are.
        report: of the last check, None where none was made.
        static: pages are files: what needs a server says so.
        address: where the API is reached, for the snippets; without a slash at the end.
    """

    texts: Mapping[str, str]
    report: Report | None = None
    static: bool = False
    address: str = "http://127.0.0.1:8008"


class Pages:
    """Made once a snapshot, before workers are forked; a call reads no file."""

    def __init__(self, snapshot: Snapshot, options: Options) -> None:
        self.snapshot, self.options = snapshot, options
        self.assets: Assets = load_assets()
        self._renderer = Renderer()
        view = View(snapshot)
        namer = Namer(view)
        evidences = Evidences(view, namer, options.texts)
        hub = hub_of(view, snapshot.project.publication.publisher_iri)
        words = load_words()
        today = snapshot.today.isoformat()
        contexts = {
            language: Context(view, namer, evidences, words[language],
                              Links(language.lower(), options.static, self.assets.names), language, today, hub)
            for language in LANGUAGES
        }  # fmt: skip
        self.take(Room(contexts, Inferred(view), SearchIndex(view, namer), Shapes(snapshot.shapes), options.report,
                         options.static, options.address))  # fmt: skip
        kinds = [kind.value for kind, nodes in view.members.items() if nodes]
        for language in LANGUAGES:  # what every page needs is made here, and shared by all workers
            offer(contexts[language])
            readings = list(readable(contexts[language]))[:_MOST_READINGS]
            for path in (*PLAIN, *readings, *([view.path(hub)] if hub >= 0 else [])):
                self.answer(f"/{language.lower()}/{path}")
            for kind in kinds:
                for query in ("q=.", *(f"sort={sort}" for sort in SORTS)):
                    self.answer(f"/{language.lower()}/{kind}", query)
            prepare(contexts[language], self._frames[language]["parts"])

    def take(self, room: Room) -> None:
        """Answer from a room from now on: nothing that was made of another is kept."""
        self.room = room
        self._whole: dict[tuple[str, str], str] = {}
        self._frames: dict[str, dict[str, Any]] = {}

    def answer(self, path: str, query: str = "", accept_language: str = "") -> Page | None:
        """The page at a path, None for a path that is none of the pages' (`/sparql`, `/data/…`).

        Args:
            path: of the request target, percent-encoded, beginning with `/`.
            query: behind the `?`, percent-encoded.
            accept_language: chooses the language of `/` only.
        Cost: under 5 ms of CPU for a graph of 10,000 triples, the query of a query page excluded.
        """
        if path == "/":
            return _redirect(f"/{accepted(accept_language).lower()}/", 303)
        slug, slash, rest = path[1:].partition("/")
        if slug not in SLUGS:
            return None
        if not slash:
            return _redirect(f"/{slug}/", 308)
        pairs = (
            parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST_FIELDS)
            if query.count("&") < _MOST_FIELDS
            else []
        )
        return self._page(
            SLUGS[slug], slug, unquote(rest), Fields((name, value.replace("\x00", "")) for name, value in pairs)
        )

    def document(self, iri: str, language: str, root: str) -> bytes:
        """The page of a resource at another address; `root` is the way up from there. A 404 page where it has none."""
        context = self.room.contexts[language]
        node = context.view.find(iri)
        path = context.view.path(node) if node >= 0 and context.view.has_page(node) else ""
        found = find(self.room, context, path, {}) if path else None
        return placed(self.html(context, path, found or _nothing(context), {}), root)

    def _page(self, language: str, slug: str, path: str, params: Mapping[str, str]) -> Page:
        context = self.room.contexts[language]
        plain = path in PLAIN or path.startswith("source/")
        if plain:
            params = {}
        html, status = self._whole.get((slug, path), ""), 200
        if not html:
            found = find(self.room, context, path, params)
            if found is not None and found.file is not None:
                fields = (("Content-Type", found.file.media_type), ("Content-Language", language))
                return Page(200, found.file.body, fields)
            body = found or _nothing(context)
            html, status = self.html(context, path if found else "", body, params), body.status
            if plain and found is not None and len(self._whole) < _MOST_WHOLE:
                self._whole[slug, path] = html
        headers = (
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Language", language),
            POLICY,
        )
        return Page(status, placed(html, "../" * (path.count("/") + 1)), headers)

    def html(self, context: Context, path: str, body: Body, params: Mapping[str, str]) -> str:
        """A page whose links have no root yet; `placed` gives them one."""
        frame = self._frames.get(context.language)
        if frame is None:
            frame = self._frames[context.language] = self._frame(context)
        own = {"title": body.title, "here": body.here, "robots": body.robots, "params": params, "data": "",
               "languages": context.links.languages(path), "place": context.links.to(path) + _asked(params)}  # fmt: skip
        return self._renderer.render(body.template, {**frame, **own, **body.values})

    def _frame(self, context: Context) -> dict[str, Any]:
        """What all pages of a language share."""
        publication = self.snapshot.project.publication
        links, static = context.links, self.options.static
        fixed = {"t": context.words, "lang": context.language, "to": links.to, "up": links.up, "static": static, "say": context.say,
                 "corrections": safe_contact(publication.contact), "licence": publication.license or _LICENCE,
                 "menu": [kind for kind in MENU if context.view.members[kind]]}  # fmt: skip
        return fixed | {
            "parts": self._renderer.pieces(fixed), "asset": links.asset, "bundle": self.assets.has, "Kind": Kind,
            "brand": self._brand(context),
            "hub": context.hub_ref, "hub_name": context.hub_ref.label.text if context.hub_ref else "",
            "version": self.snapshot.version[:12], "today": context.today, "today_words": context.when(context.today).text,
        }  # fmt: skip

    def _brand(self, context: Context) -> str:
        """The title that the settings give, else one made from the hub's name."""
        if "title" in self.snapshot.project["publication"]:
            return pick(self.snapshot.project.publication.title, context.language)
        hub = context.label(context.hub).text if context.hub >= 0 else ""
        return context.words.fill("brand", hub=hub).strip()

    def paths(self) -> Iterator[str]:
        """Every page below a language that an address without a query leads to, overview first; none twice."""
        view = self.room.contexts["en"].view
        yield ""
        yield from ("search", "queries", "query", "source", "ontology", "quality", "contribute", "graph", "browse")
        for kind, nodes in view.members.items():
            if nodes:
                yield kind.value
                yield from (f"{kind.value}/{number}" for number in range(2, page_count(view, kind) + 1))
                yield from (view.path(node) for node in nodes)
        yield from sorted(view.path(node) for node in view.ontology if view.iri(node))
        yield from readable(self.room.contexts["en"])
        yield from (f"queries/{query.name}" for query in self.snapshot.catalog.role("ask"))
        yield from (f"queries/{name}" for name in self.snapshot.project.presets)


def _nothing(context: Context) -> Body:
    return Body("notfound.html", context.words["not_found"], status=404)


def _asked(params: Mapping[str, str]) -> str:
    """What was asked of a page, as its permanent address has it."""
    every = params.every if isinstance(params, Fields) else {}
    return query_string([(name, value) for name, values in every.items() for value in values])


def _redirect(target: str, status: int) -> Page:
    return Page(status, b"", (("Location", target), ("Vary", "Accept-Language")))
