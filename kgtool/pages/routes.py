"""Paths below a language to what fills their templates."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from markupsafe import Markup
from msgspec import Struct, field

from kgtool.catalog import NamedQuery
from kgtool.pages.context import Context
from kgtool.pages.embedded import embedded
from kgtool.pages.entity import Entity, entity
from kgtool.pages.forms import words_of
from kgtool.pages.inferred import Inferred
from kgtool.pages.kinds import CLASSES, EXTRA, Kind
from kgtool.pages.links import query_string
from kgtool.pages.lists import SORTS, listing
from kgtool.pages.naming import Label
from kgtool.pages.network import network
from kgtool.pages.ontologypage import Shapes, headers, modules, term
from kgtool.pages.overview import overview
from kgtool.pages.quality import quality
from kgtool.pages.queries import page_asked, preset_fields, query_page
from kgtool.pages.search import SearchIndex, search
from kgtool.pages.snippets import snippets
from kgtool.pages.sourcepage import read, readable
from kgtool.pages.tables import File, of_answer, of_entity, of_rows
from kgtool.pages.workbench import workbench
from kgtool.report import Report
from kgtool.terms import RDFS, SKOS

# Kinds whose members a query may take as its parameter of that class.
_PARAMETER = {Kind.CITY: "cd:LocalGovernment", Kind.PERSON: "cd:Person", Kind.EVENT: "cd:EventSeries", Kind.SOURCE: "cd:Source",
              Kind.VISIT: "cd:Event", Kind.AGREEMENT: "cd:Agreement"}  # fmt: skip


class Room(Struct, frozen=True):
    """What the routes share: the contexts by language, and what was made once for all of them."""

    contexts: Mapping[str, Context]
    inferred: Inferred
    index: SearchIndex
    shapes: Shapes
    report: Report | None
    static: bool
    address: str


class Body(Struct, frozen=True):
    """What fills a page. `here` is the menu's entry, `robots` what search engines are told."""

    template: str
    title: str
    values: Mapping[str, Any] = field(default_factory=dict)
    here: str = ""
    status: int = 200
    robots: str = ""
    file: File | None = None


class Fields(dict[str, str]):
    """The fields of a request, the last of each name; `every` has all of them in the order given."""

    def __init__(self, pairs: Iterable[tuple[str, str]]) -> None:
        super().__init__()
        self.every: dict[str, tuple[str, ...]] = {}
        for name, value in pairs:
            self[name] = value
            self.every[name] = (*self.every.get(name, ()), value)


Maker = Callable[[Room, Context, Mapping[str, str]], Body]


def find(room: Room, context: Context, path: str, params: Mapping[str, str]) -> Body | None:
    """What is at a path; None where nothing is."""
    maker = _FIXED.get(path)
    if maker is not None:
        return maker(room, context, params)
    head, _, rest = path.partition("/")
    if head in _KINDS:
        return _list(room, context, Kind(head), rest, params)
    if head == "queries":
        return _query(room, context, rest, params) if rest else None
    if head == "source":
        source = readable(context).get(path, -1)
        return _reading(context, source) if source >= 0 else None
    node = context.view.at(path)
    return _node(room, context, node, params) if node >= 0 else None


def _node(room: Room, context: Context, node: int, params: Mapping[str, str]) -> Body:
    if node in context.view.ontology:
        value = term(context, room.shapes, node)
        return Body("term.html", value.ref.label.text, {"e": value}, "ontology")
    made = entity(context, room.inferred, node)
    values = {"e": made, "related": _related(context, made), "data": made.data, "rest": _rest(room, context, made)}
    file = of_entity(params.get("format", ""), made)
    return Body("entity.html", made.ref.label.text, values, made.kind.value, file=file)


def _rest(room: Room, context: Context, made: Entity) -> Mapping[str, tuple[str, str] | None]:
    """Where what a page leaves out is listed: a list's path and what is asked of it; None where no list has just that."""
    found: dict[str, tuple[str, str] | None] = dict.fromkeys(("visits", "people", "ties", "claims"))
    members = context.view.members
    if made.node == context.hub:
        found |= {
            kind.value: (kind.value, "") for kind in (Kind.VISIT, Kind.PERSON, Kind.TIE, Kind.CLAIM) if members[kind]
        }
    elif made.kind is Kind.CITY and not room.static:
        asked = query_string([("city", made.ref.path)])
        found |= {kind.value: (kind.value, asked) for kind in (Kind.VISIT, Kind.TIE) if members[kind]}
    return found


def offer(context: Context) -> None:
    """Find the named queries of each kind, before a page asks for them."""
    for kind in _PARAMETER:
        _offered(context, kind)


def _related(context: Context, made: Entity) -> list[tuple[Label, str, str, str]]:
    """(summary, query, parameter, value) of named queries that take such a node."""
    return [(*row, made.short) for row in _offered(context, made.kind)]


def _offered(context: Context, kind: Kind) -> list[tuple[Label, str, str]]:
    key = ("related", kind, context.language)
    return context.view.kept(key, lambda: _asking(context, _PARAMETER.get(kind, "")))


def _asking(context: Context, wanted: str) -> list[tuple[Label, str, str]]:
    """(summary, query, parameter) of named queries that need nothing but one of a class."""
    rows = []
    for query in context.view.snapshot.catalog.role("ask") if wanted else ():
        for name, param in query.params.items():
            others = [one for key, one in query.params.items() if key != name and one.required and one.default is None]
            if param.cls == wanted and not others:
                rows.append((words_of(query.summary, context), query.name, name))
                break
    return rows[:7]


def _overview(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    made = context.view.kept(("overview", context.language), lambda: overview(context))
    return Body(
        "overview.html", context.words["menu_overview"], {"o": made, "q": _quality_line(_, context)}, "overview"
    )


def _quality_line(room: Room, context: Context) -> Any:
    return context.view.kept(("quality", context.language), lambda: quality(context, room.report))


def _list(room: Room, context: Context, kind: Kind, rest: str, params: Mapping[str, str]) -> Body | None:
    number = rest or params.get("page") or "1"
    if not (number.isascii() and number.isdigit() and len(number) < 6) or not context.view.members[kind]:
        return None
    whole = params.get("format") in {"csv", "json"}
    made = listing(context, room.index, kind, params, int(number), whole=whole)
    if rest and str(made.page) != rest:
        return None
    iris = [context.view.iri(context.view.at(row.ref.path)) for row in made.rows] if whole else []
    file = of_rows(params.get("format", ""), made.rows, iris) if whole else None
    values = {"l": made, "sorts": SORTS, "sparql": _select(context, kind)}
    return Body("list.html", context.words["menu_" + kind.value], values, kind.value,
                robots="noindex" if made.chosen else "", file=file)  # fmt: skip


def _select(context: Context, kind: Kind) -> str:
    """The list as a query: members of the kind's classes with their names."""
    classes = " ".join(f"<{iri}>" for iri in (*CLASSES.get(kind, ()), *(c for c, k in EXTRA.items() if k is kind)))
    if not classes:
        classes = " ".join(
            f"<{context.view.iri(c)}>" for n in context.view.members[kind][:1] for c in context.view.types(n)
        )
    return (
        f"SELECT DISTINCT ?item ?name WHERE {{\n  VALUES ?class {{ {classes} }}\n"
        f"  ?item a/<{RDFS}subClassOf>* ?class .\n  OPTIONAL {{ ?item <{SKOS}prefLabel> ?name }}\n}} ORDER BY ?item ?name\n"
    )


def _search(room: Room, context: Context, params: Mapping[str, str]) -> Body:
    text = params.get("q", "")[:100]
    found = search(context, room.index, text, params.get("kind", "")) if text.strip() else []
    return Body("search.html", context.words["search"], {"text": text, "found": found}, robots="noindex")


def _queries(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    snapshot = context.view.snapshot
    rows = [(query.name, words_of(query.summary, context), len(query.params)) for query in snapshot.catalog.role("ask")]
    presets = [(name, words_of(preset.summary, context)) for name, preset in snapshot.project.presets.items()
               if preset.query in snapshot.catalog.queries]  # fmt: skip
    return Body("queries.html", context.words["menu_queries"], {"rows": rows, "presets": presets}, "queries")


def _query(room: Room, context: Context, name: str, params: Mapping[str, str]) -> Body | None:
    snapshot = context.view.snapshot
    preset = snapshot.project.presets.get(name)
    query: NamedQuery | None = snapshot.catalog.queries.get(preset.query if preset else name)
    if query is None or query.role != "ask":
        return None
    asked = params.every if isinstance(params, Fields) else {}
    given: Mapping[str, Sequence[str]] = preset_fields(preset, asked) if preset else asked
    if room.static and not preset:
        given = {key: (param.example,) for key, param in query.params.items() if param.example and param.required}
    made = query_page(context, query, given, name, page_asked(params))
    return Body("query.html", made.summary.text, {"p": made, "snippets": snippets(query.name, made.params, room.address),
                "api": query.name}, "queries", robots="noindex" if params else "")  # fmt: skip


def _workbench(room: Room, context: Context, params: Mapping[str, str]) -> Body:
    text = "" if room.static else params.get("query", "")
    made = workbench(context, text, page_asked(params))
    form = params.get("format", "")
    file = of_answer(form, made.raw) if form and made.raw is not None else None
    values = {"w": made, "asked": text, "prefixes": _prefixes(context), "terms": _terms(context)}
    return Body("workbench.html", "SPARQL", values, "query", robots="noindex" if text else "", file=file)


def _prefixes(context: Context) -> list[tuple[str, str]]:
    return sorted(context.view.snapshot.curies.prefixes.items())


def _terms(context: Context) -> Markup:
    """What the editor completes: prefixes, classes and properties in use, with their labels."""

    def make() -> Markup:
        rows = [[f"{prefix}:", iri, "namespace"] for prefix, iri in _prefixes(context)]
        for module in modules(context):
            rows += [[e.short, e.ref.label.text, "class" if e.role == "class" else "property"] for e in module.entries]
        return embedded(rows)

    return context.view.kept(("terms", context.language), make)


def _sources(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    rows = [
        (path, context.ref(source), len(context.evidences.sections[source]))
        for path, source in readable(context).items()
    ]
    view = context.view
    others = [context.ref(node) for node in view.members[Kind.SOURCE] if node not in context.evidences.sections]
    return Body("sources.html", context.words["menu_sources"], {"rows": rows, "others": others}, "source")


def _reading(context: Context, source: int) -> Body:
    made = read(context, source)
    return Body("reading.html", made.ref.label.text, {"r": made}, "source")


def _ontology(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    made = context.view.kept(("modules", context.language), lambda: modules(context))
    return Body(
        "ontology.html", context.words["menu_ontology"], {"modules": made, "headers": headers(context)}, "ontology"
    )


def _quality(room: Room, context: Context, _: Mapping[str, str]) -> Body:
    return Body("quality.html", context.words["menu_quality"], {"q": _quality_line(room, context)}, "quality")


def _contribute(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    return Body("contribute.html", context.words["contribute"], {})


def _graph(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    made = context.view.kept(("network", context.language), lambda: network(context))
    return Body("graph.html", context.words["menu_graph"], {"n": made}, "graph")


def _browse(_: Room, context: Context, __: Mapping[str, str]) -> Body:
    counts = [(kind, len(nodes)) for kind, nodes in context.view.members.items() if nodes]
    return Body("browse.html", context.words["browse"], {"counts": counts}, "browse")


# Pages that take no parameter: the same for everybody, so they are kept whole.
PLAIN = ("", "queries", "source", "ontology", "quality", "contribute", "graph", "browse")
_KINDS = frozenset(kind.value for kind in Kind)
_FIXED: Mapping[str, Maker] = {
    "": _overview, "search": _search, "queries": _queries, "query": _workbench, "source": _sources, "ontology": _ontology,
    "quality": _quality, "contribute": _contribute, "graph": _graph, "browse": _browse,
}  # fmt: skip
