"""The pages for people in front of an engine: resources, lists of a kind, named queries; the rest is refused by name."""

from __future__ import annotations

from kgtool.errors import KgError
from kgtool.lang import pick
from kgtool.pages import POLICY, Page, Pages
from kgtool.pages.assets import load_assets
from kgtool.pages.context import Context
from kgtool.pages.fold import fold
from kgtool.pages.inferred import Inferred
from kgtool.pages.kinds import Kind
from kgtool.pages.links import Links, placed
from kgtool.pages.naming import Namer
from kgtool.pages.ontologypage import Shapes
from kgtool.pages.pages import Options
from kgtool.pages.render import Renderer
from kgtool.pages.routes import Body, Room
from kgtool.pages.search import SearchIndex
from kgtool.pages.texts import LANGUAGES, SLUGS, load_words
from kgtool.pages.view import View
from kgtool.serve.accept import choose
from kgtool.serve.faces import Faces
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import RequestError
from kgtool.serve.remote.refusal import not_here, strange_query
from kgtool.serve.remote.snapshot import RemoteSnapshot
from kgtool.serve.remote.view import RemoteEvidences, RemoteView
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, RDF

_FRONT = "queries"  # what stands at the front instead of the overview, which needs the whole graph

# Paths that need the whole graph, and why.
_WHOLE = {
    "search": ("全文搜尋須讀取整張圖", "searching needs the whole graph"),
    "ontology": ("用語之使用次數須讀取整張圖", "how often each term is used needs the whole graph"),
    "browse": ("各類數目須讀取整張圖", "the number of each kind needs the whole graph"),
    "source": ("來源之章節須讀取整張圖", "the sections of all sources need the whole graph"),
    "quality": ("檢查結果須讀取整張圖", "findings are of a check of the files"),
}


class _Texts(dict[int, str]):
    """Folded names of the nodes that a list asks for."""

    def __init__(self, namer: Namer) -> None:
        super().__init__()
        self._namer = namer

    def __missing__(self, node: int) -> str:
        return "\n".join(fold(name) for name in self._namer.others(node))


class _NoSearch(SearchIndex):
    def __init__(self, namer: Namer) -> None:
        """Nothing is indexed."""
        self.texts = _Texts(namer)

    def find(self, text: str) -> dict[int, tuple[int, str, Kind]]:
        raise not_here("全文搜尋須讀取整張圖", "searching needs the whole graph")


class RemotePages(Pages):
    """Pages made of what is gathered; each call sees its own views, so that nothing outlasts what was lacking."""

    def __init__(self, snapshot: RemoteSnapshot, address: str) -> None:
        self.snapshot = self._remote = snapshot
        self.options = Options({}, None, static=False, address=address)
        self.assets = load_assets()
        self._renderer = Renderer()
        self._model = View(snapshot)
        self._words = load_words()
        self._shapes = Shapes(snapshot.shapes)
        self._kinds = frozenset(kind for kind in Kind if _has(snapshot, self._model, kind))
        self._hub = _hub(snapshot, self._model)

    def answer(self, path: str, query: str = "", accept_language: str = "") -> Page | None:
        self.take(self._fresh())
        slug, slash, rest = path[1:].partition("/")
        if slash and slug in SLUGS:
            path += "" if rest else _FRONT
            if rest == "query":
                raise strange_query()
            if rest in _WHOLE:
                raise not_here(*_WHOLE[rest])
        return super().answer(path, query, accept_language)

    def document(self, iri: str, language: str, root: str) -> bytes:
        self.take(self._fresh())
        return super().document(iri, language, root)

    def sorry(self, path: str, error: KgError, status: int) -> Page | None:
        """A page that says what is not given here, and why; None for a path that is none of the pages'."""
        slug, _, rest = path[1:].partition("/")
        if slug not in SLUGS:
            return None
        self.take(self._fresh())
        language = SLUGS[slug]
        context = self.room.contexts[language]
        said = {"why": pick(error.message, language), "next": pick(error.hint, language)}
        body = Body("elsewhere.html", context.words["elsewhere"], said, status=status)
        html = placed(self.html(context, "", body, {}), "../" * (rest.count("/") + 1))
        return Page(
            status, html, (("Content-Type", "text/html; charset=utf-8"), ("Content-Language", language), POLICY)
        )

    def _fresh(self) -> Room:
        view = RemoteView(self._remote, self._model, self._kinds)
        namer = Namer(view)
        evidences = RemoteEvidences(view, namer, {})
        hub = view.code(self._hub) if self._hub else -1
        today = self._remote.today.isoformat()
        contexts = {
            language: Context(view, namer, evidences, self._words[language],
                              Links(language.lower(), static=False, assets=self.assets.names), language, today, hub)
            for language in LANGUAGES
        }  # fmt: skip
        return Room(contexts, Inferred(view), _NoSearch(namer), self._shapes, None, False, self.options.address)


class RemoteFaces(Faces):
    """Answers for people."""

    _pages: RemotePages

    def _open(self, snapshot: Snapshot, settings: ServeSettings) -> RemotePages:
        if not isinstance(snapshot, RemoteSnapshot):
            raise TypeError("no engine")
        return RemotePages(snapshot, settings.address)

    def sorry(self, request: Request, error: RequestError) -> Response | None:
        """The same refusal as a page, where the client is a browser and the path is one of the pages'."""
        if choose(request.headers.get("accept", ""), ("application/problem+json", "text/html")) != "text/html":
            return None
        page = self._pages.sorry(request.target, error, error.status)
        fields = (("Cache-Control", "no-store"), ("Vary", "Accept"), *error.headers)
        return Response(page.status, (*page.headers, *fields), page.body) if page else None


def _has(snapshot: RemoteSnapshot, model: View, kind: Kind) -> bool:
    classes = [model.iri(node) for node, found in model.kind_of_class.items() if found is kind]
    if not classes:
        return False
    values = " ".join(f"<{iri}>" for iri in classes)
    try:
        return snapshot.lookups.query(f"ASK {{ VALUES ?c {{ {values} }} ?x <{RDF}type> ?c }}", {}) is True
    except KgError:
        return False


def _hub(snapshot: RemoteSnapshot, model: View) -> str:
    """The publisher of the settings where it is a government of the data, else the one with most ties; "" for none, or
    where that takes too long to find out."""
    classes = [model.iri(node) for node, found in model.kind_of_class.items() if found is Kind.CITY]
    values = f"VALUES ?c {{ {' '.join(f'<{iri}>' for iri in classes)} }}"
    publisher = snapshot.project.publication.publisher_iri
    where = f"{values} ?x <{RDF}type> ?c . ?t <{CD}party> ?x"
    text = f"SELECT ?x (COUNT(?t) AS ?n) WHERE {{ {where} }} GROUP BY ?x ORDER BY DESC(?n) ?x LIMIT 1"
    try:
        if publisher and snapshot.lookups.query(f"ASK {{ {values} <{publisher}> <{RDF}type> ?c }}", {}) is True:
            return publisher
        rows = getattr(snapshot.lookups.query(text, {}), "rows", ())
    except KgError:
        return ""
    return str(getattr(rows[0][0], "value", "")) if rows else ""
