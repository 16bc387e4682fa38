"""The whole network as nodes and links, laid out by the program itself so that a picture needs no JavaScript."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from markupsafe import Markup
from msgspec import Struct

from kgtool.pages.context import Context, Ref
from kgtool.pages.embedded import embedded
from kgtool.pages.kinds import Kind, tone
from kgtool.terms import CD

_KINDS = (Kind.CITY, Kind.BODY, Kind.PERSON, Kind.VISIT, Kind.EVENT, Kind.AGREEMENT, Kind.TIE)
_LINKS = (
    "party",
    "visitor",
    "host",
    "organOf",
    "establishes",
    "renews",
    "signingEvent",
    "partOf",
    "editionOf",
    "dispatchedBy",
)
_MOST_NODES, _MOST_ROWS = 3000, 100


class Linked(Struct, frozen=True):
    """One row of the table: a node and how many links it has."""

    ref: Ref
    links: int


class Network(Struct, frozen=True):
    """The page: totals, the best linked nodes, and the whole as JSON for the canvas."""

    nodes: int
    links: int
    left: int
    rows: tuple[Linked, ...]
    json: Markup


def network(context: Context) -> Network:
    """Nodes of the kinds that act or happen and what ties them; people by their part in events and their offices."""
    view = context.view
    wanted = [node for kind in _KINDS for node in view.members[kind]]
    edges: dict[tuple[int, int], None] = {}
    inside = set(wanted)
    for node in wanted:
        for name in _LINKS:
            for other in view.out(node, CD + name):
                if other in inside:
                    edges[node, other] = None
    for part in view.members[Kind.PARTICIPATION]:
        for person in (*view.out(part, CD + "participant"), *view.out(part, CD + "onBehalfOf")):
            for event in view.out(part, CD + "event"):
                if person in inside and event in inside:
                    edges[person, event] = None
    degree = dict.fromkeys(wanted, 0)
    for one, other in edges:
        degree[one] += 1
        degree[other] += 1
    ranked = sorted((node for node in wanted if degree[node]), key=lambda node: (-degree[node], view.iri(node)))
    kept = {node: number for number, node in enumerate(ranked[:_MOST_NODES])}
    links = [(kept[a], kept[b]) for a, b in edges if a in kept and b in kept]
    table = {
        "nodes": [[context.label(node).text, view.path(node), tone(view.kind(node)), degree[node], *_spiral(number)]
                  for node, number in kept.items()],
        "links": links,
    }  # fmt: skip
    rows = tuple(Linked(context.ref(node), degree[node]) for node in ranked[:_MOST_ROWS])
    return Network(len(kept), len(links), len(ranked) - len(kept), rows, embedded(table))


def _spiral(number: int) -> tuple[float, float]:
    """A first place for each node, best linked in the middle: the canvas starts from it."""
    angle, radius = number * pi * (3 - sqrt(5)), 12 * sqrt(number + 0.5)
    return round(cos(angle) * radius, 1), round(sin(angle) * radius, 1)
