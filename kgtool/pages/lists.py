"""Lists of a kind with facets, sorting and pages; they work without JavaScript because every choice is an address."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import chain

from msgspec import Struct

from kgtool.pages.chronicle import dated
from kgtool.pages.city import bonds, country
from kgtool.pages.context import Context, Ref
from kgtool.pages.fold import fold
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label, foreign
from kgtool.pages.paging import PAGE, near
from kgtool.pages.search import SearchIndex
from kgtool.pages.state import agreement_state, tie_state
from kgtool.pages.view import View
from kgtool.terms import CD

SORTS = ("name", "date", "-date")
_MOST_OPTIONS = 60


class Row(Struct, frozen=True):
    """One line of a list: what it is, where or with whom, when, which state."""

    ref: Ref
    others: tuple[Label, ...]
    aside: tuple[Ref, ...]
    when: str
    sort: str
    state: str
    state_key: str
    disputed: bool


class Option(Struct, frozen=True):
    """One choice of a facet: its value in the address, its name, how many rows it leaves, whether it is chosen."""

    value: str
    label: Label
    count: int
    chosen: bool


class Facet(Struct, frozen=True):
    """A facet: its name in the address and its choices, most frequent first."""

    name: str
    options: tuple[Option, ...]


class Listing(Struct, frozen=True):
    """A page of a list. `pages` is at least 1; `chosen` are the facets and the filter in force."""

    kind: Kind
    rows: tuple[Row, ...]
    total: int
    every: int
    page: int
    pages: int
    facets: tuple[Facet, ...]
    sort: str
    text: str
    chosen: tuple[tuple[str, str], ...]

    @property
    def near(self) -> tuple[int, ...]:
        """Pages to offer at once; 0 is a gap."""
        return near(self.page, self.pages)


class Table(Struct, frozen=True):
    """A facet of a kind: node to its values, each once, and value to its nodes."""

    of: Mapping[int, tuple[str, ...]]
    having: Mapping[str, frozenset[int]]


def listing(
    context: Context, index: SearchIndex, kind: Kind, params: Mapping[str, str], page: int, *, whole: bool = False
) -> Listing:
    """Rows of a kind that all chosen facets and the filter leave, all pages of it where `whole`.

    Cost: what is shown; of a filtered list, linear in the kind: about 10 ms for 17,000 ties.
    """
    facets = _facets(context, kind)
    chosen = {name: params[name] for name in facets if params.get(name)}
    text = params.get("q", "")[:100]
    wanted = fold(text).split()
    sort = params.get("sort", "") if params.get("sort") in SORTS else ("name" if kind not in _DATED else "-date")
    every = kept = _ordered(context, kind, sort)
    if chosen:
        inside = frozenset.intersection(
            *(facets[name].having.get(value, frozenset()) for name, value in chosen.items())
        )
        kept = tuple([node for node in every if node in inside])
    for part in wanted:
        texts = _texts(context, index, kind)
        kept = tuple([node for node in kept if part in texts[node]])
    size = max(1, len(kept)) if whole else PAGE
    pages = max(1, -(-len(kept) // size))
    page = min(max(1, page), pages)
    rows = tuple(_row(context, node, kind) for node in kept[(page - 1) * size : page * size])
    shown = _shown(context, kind, facets, kept, chosen) if chosen or wanted else _plainly(context, kind, facets)
    return Listing(
        kind, rows, len(kept), len(every), page, pages, tuple(f for f in shown if len(f.options) > 1 or f.name in chosen),
        sort, text, (*chosen.items(), *((("q", text),) if text else ())),
    )  # fmt: skip


_DATED = frozenset({Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE})


def page_count(view: View, kind: Kind) -> int:
    """How many pages a list without any choice has."""
    return max(1, -(-len(view.members[kind]) // PAGE))


def _ordered(context: Context, kind: Kind, sort: str) -> tuple[int, ...]:
    """All nodes of a kind in an order; kept."""
    view = context.view

    def make() -> tuple[int, ...]:
        if sort == "name":
            return tuple(sorted(view.members[kind], key=lambda node: (context.label(node).text, view.iri(node))))
        last = "0" if sort == "-date" else "9999"
        nodes = _ordered(context, kind, "name")
        return tuple(sorted(nodes, key=lambda node: _day(view, node) or last, reverse=sort == "-date"))

    return view.kept(("ordered", kind, sort, context.language), make)


def _texts(context: Context, index: SearchIndex, kind: Kind) -> Mapping[int, str]:
    """Node to its folded names; of a node without any also what it is called instead. Kept."""

    def make() -> Mapping[int, str]:
        bare = [node for node in context.view.members[kind] if not context.namer.tagged(node)]
        called = {node: f"{index.texts[node]}\n{fold(context.label(node).text)}" for node in bare}
        return {node: index.texts[node] for node in context.view.members[kind]} | called if called else index.texts

    return context.view.kept(("texts", kind, context.language), make)


def _plainly(context: Context, kind: Kind, facets: Mapping[str, Table]) -> tuple[Facet, ...]:
    key = ("shown", kind, context.language)
    return context.view.kept(key, lambda: _shown(context, kind, facets, context.view.members[kind], {}))


def _shown(
    context: Context, kind: Kind, facets: Mapping[str, Table], kept: Sequence[int], chosen: Mapping[str, str]
) -> tuple[Facet, ...]:
    return tuple(_facet(context, kind, name, facets, kept, chosen.get(name, "")) for name in facets)


def _day(view: View, node: int) -> str:
    def make() -> str:
        return min((row[0][0] if row[0][0] != "9999" else row[0][1] for row in dated(view, node)), default="")

    return view.kept(("day", node), make)


def _facets(context: Context, kind: Kind) -> Mapping[str, Table]:
    """The facets of a kind by name; kept, for they are the same in every language."""
    return context.view.kept(("facets", kind), lambda: _made_facets(context, kind))


def _made_facets(context: Context, kind: Kind) -> Mapping[str, Table]:
    view = context.view
    makers: dict[str, Callable[[int], tuple[str, ...]]] = {
        "class": lambda node: tuple(view.path(one) for one in view.types(node))
    }
    if kind in {Kind.CITY, Kind.PLACE}:
        makers["country"] = lambda node: _paths(view, country(view, node))
    if kind is Kind.CITY:
        tied = _hub_ties(context)
        makers["tie"] = lambda node: tied.get(node, ((), ()))[0]
        makers["state"] = lambda node: tied.get(node, ((), ()))[1]
    if kind in _DATED:
        makers["year"] = lambda node: (_day(view, node)[:4],) if _day(view, node) else ()
        makers["city"] = lambda node: tuple(view.path(one) for one in _cities(view, node) if one != context.hub)
    if kind is Kind.TIE:
        makers["tie"] = lambda node: _paths(view, view.first(node, CD + "kind"))
        makers["state"] = lambda node: (tie_state(view, node, context.today).key,)
    if kind is Kind.AGREEMENT:
        makers["form"] = lambda node: _paths(view, view.first(node, CD + "form"))
        makers["state"] = lambda node: (agreement_state(view, node, context.today).key,)
    return {name: _table({node: tuple(dict.fromkeys(maker(node))) for node in view.members[kind]})
            for name, maker in makers.items()}  # fmt: skip


def _table(of: Mapping[int, tuple[str, ...]]) -> Table:
    having: dict[str, list[int]] = {}
    for node, values in of.items():
        for value in values:
            having.setdefault(value, []).append(node)
    return Table(of, {value: frozenset(nodes) for value, nodes in having.items()})


def _hub_ties(context: Context) -> dict[int, tuple[tuple[str, ...], tuple[str, ...]]]:
    found: dict[int, tuple[tuple[str, ...], tuple[str, ...]]] = {}
    for bond in bonds(context, context.hub) if context.hub >= 0 else ():
        kinds, states = found.get(bond.partner, ((), ()))
        found[bond.partner] = (*kinds, *((bond.kind_path,) if bond.kind_path else ())), (*states, bond.state.key)
    return found


def _paths(view: View, node: int) -> tuple[str, ...]:
    return (view.path(node),) if node >= 0 else ()


def _cities(view: View, node: int) -> list[int]:
    """Governments that an event or a deed concerns; an organ stands for its government."""
    found = [*view.out(node, CD + "party"), *view.out(node, CD + "visitor"), *view.out(node, CD + "host")]
    for part in view.into(node, CD + "event"):
        found += view.out(part, CD + "onBehalfOf")
    seen = dict.fromkeys(found)
    for one in found:
        above = view.first(one, CD + "organOf")
        if above >= 0 and above not in seen:
            seen[above] = None
            found.append(above)
    return [one for one in dict.fromkeys(found) if view.kind(one) is Kind.CITY]


def _facet(
    context: Context, kind: Kind, name: str, facets: Mapping[str, Table], kept: Sequence[int], chosen: str
) -> Facet:
    """The most frequent values, equals by label; years from the latest."""
    table = facets[name]
    counts = Counter(chain.from_iterable(map(table.of.__getitem__, kept)))
    if name == "year":
        values = sorted(counts, reverse=True)[:_MOST_OPTIONS]
    else:
        ordered = context.view.kept(("by label", kind, name, context.language), lambda: _by_label(context, table))
        found = filter(counts.__contains__, ordered)
        values = sorted(found, key=counts.__getitem__, reverse=True)[:_MOST_OPTIONS]
    if chosen and chosen not in values:
        values.append(chosen)
    return Facet(name, tuple(Option(v, _option_label(context, v), counts[v], v == chosen) for v in values))


def _by_label(context: Context, table: Table) -> tuple[str, ...]:
    return tuple(sorted(table.having, key=lambda value: (_option_label(context, value).text, value)))


def _option_label(context: Context, value: str) -> Label:
    if value.startswith("state_"):
        return Label(context.words.get(value, value))
    node = context.view.at(value) if "/" in value else -1
    return context.label(node) if node >= 0 else Label(value)


def _row(context: Context, node: int, kind: Kind) -> Row:
    view = context.view
    ref = context.ref(node)
    names = context.namer.others(node).items()
    others = tuple(Label(text, foreign(tag, context.language)) for text, tag in names if text != ref.label.text)[:3]
    rows = dated(view, node)
    state = (
        tie_state(view, node, context.today)
        if kind is Kind.TIE
        else agreement_state(view, node, context.today)
        if kind is Kind.AGREEMENT
        else None
    )
    return Row(
        ref, others, _aside(context, node, kind), context.when(rows[0][2]).text if rows else "",
        rows[0][0][0] if rows else "", context.words[state.key] if state else "", state.key if state else "",
        bool(kind in {Kind.TIE, Kind.AGREEMENT} and view.disputed(node)),
    )  # fmt: skip


def _aside(context: Context, node: int, kind: Kind) -> tuple[Ref, ...]:
    """What tells rows of a kind apart: a city's country, a person's offices, the parties of a deed."""
    view = context.view
    if kind in {Kind.CITY, Kind.PLACE}:
        found = [country(view, node)]
    elif kind is Kind.PERSON:
        found = [view.first(one, CD + "post") for one in view.into(node, CD + "holder")]
    elif kind in _DATED:
        found = [one for one in _cities(view, node) if one != context.hub]
    else:
        names = ("organOf", "represents", "postIn", "attributedTo", "nameOf", "source", "sectionOf")
        found = [view.first(node, CD + name) for name in names]
    return tuple(context.ref(one) for one in dict.fromkeys(found) if one >= 0 and one != node and view.has_page(one))[
        :4
    ]
