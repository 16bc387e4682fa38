"""The model in pictures: reads ontology/*.ttl, writes docs/model/<module>.svg, byte for byte the same every time.

    python docs/draw_model.py [ONTOLOGY_DIR [OUTPUT_DIR]]

One picture a module. A box is a class with the properties that the module gives it ("label name → kind of value");
a dashed box is a class of another module, or the properties that any class may have. A hollow arrow points from a
class to the wider class. The two bounds of an EDTF property are not listed: "(EDTF)" stands for all three.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterator

CD = "https://w3id.org/city-diplomacy/ns#"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
OWL = "http://www.w3.org/2002/07/owl#"
SCHEMA = "https://schema.org/"
MODULES = ("core", "place", "agent", "office", "agreement", "event", "claim", "source")
VALUES = {"string": "文字 text", "langString": "附語言文字 text", "integer": "整數 integer", "date": "日期 date"}
VALUES |= {"Concept": "概念 concept", "Place": "地方 Place", "City": "城市 City", "AdministrativeArea": "行政區 Area"}
# Pixels: font sizes, height of a row, space inside and between boxes, width at which loose boxes start a new row.
TITLE, TEXT, LINE, PAD, GAP, SHEET = 15, 12, 19, 12, 26, 1180
STYLE = (
    "text{font-family:'Noto Sans TC','Noto Sans CJK TC','PingFang TC','Microsoft JhengHei',sans-serif;fill:#1d2733}"
    f".t{{font-size:{TITLE}px;font-weight:700}}.r{{font-size:{TEXT}px}}.g{{fill:#5b6b7a}}"
    ".x{fill:#f1f3f5;stroke:#8595a3;stroke-dasharray:5 4}"
    ".b,.h{fill:#fff;stroke:#30506e;stroke-width:1.4}.e{fill:none;stroke:#30506e;stroke-width:1.4}"
)


def wide(text: str, size: float) -> float:
    """Width of a text in pixels, estimated on the safe side: a CJK character is one em, any other 0.6."""
    return sum(size if ord(char) > 0x2E7F else 0.6 * size for char in text)


@dataclass(slots=True)
class Box:
    """A class and its rows; x and y are set by the layout, in pixels from the top left."""

    title: str
    note: str
    rows: list[str]
    foreign: bool
    children: list[Box] = field(default_factory=list)
    x: float = 0
    y: float = 0

    @property
    def width(self) -> float:
        head = wide(self.title, TITLE) + 8 + wide(self.note, TEXT)
        return round(max([head, *(wide(row, TEXT) for row in self.rows)]) + 2 * PAD)

    @property
    def height(self) -> float:
        return 34 + (LINE * len(self.rows) + 8 if self.rows else 0)

    def family(self) -> Iterator[Box]:
        yield self
        for child in self.children:
            yield from child.family()


class Model:
    """What the Turtle files say, by subject and property IRI; terms and values in the order of the files."""

    def __init__(self, folder: Path) -> None:
        self.facts: dict[tuple[str, str], list[ox.NamedNode | ox.Literal]] = {}
        self.home: dict[str, str] = {}  # term -> module
        for module in MODULES:
            for quad in ox.parse(path=str(folder / f"{module}.ttl")):
                if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, (ox.NamedNode, ox.Literal)):
                    self.facts.setdefault((quad.subject.value, quad.predicate.value), []).append(quad.object)
                    if quad.predicate.value == RDFS + "isDefinedBy":
                        self.home[quad.subject.value] = module

    def values(self, subject: str, *properties: str) -> list[str]:
        return [value.value for name in properties for value in self.facts.get((subject, name), [])]

    def label(self, subject: str) -> str:
        found = [value for value in self.facts.get((subject, RDFS + "label"), []) if isinstance(value, ox.Literal)]
        return next((value.value for value in found if value.language == "zh-hant"), "")

    def value_kind(self, term: str) -> str:
        if self.values(term, CD + "lowerBoundProperty"):
            return "時間 (EDTF)"
        names = self.values(term, RDFS + "range", SCHEMA + "rangeIncludes")
        known = [VALUES.get(local(name), f"{self.label(name)} {local(name)}") for name in names]
        return " | ".join(known) or "任何節點 anything"


def local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1]


def rows_by_class(model: Model, module: str) -> dict[str, list[str]]:
    """Every class of the module and every other class it gives a property to, "" for any class, with their rows."""
    ends = (CD + "lowerBoundProperty", CD + "upperBoundProperty")
    bounds = {bound for term in model.home for bound in model.values(term, *ends)}
    terms = [term for term, home in model.home.items() if home == module and term not in bounds]
    types = {term: set(model.values(term, RDF_TYPE)) for term in terms}
    rows: dict[str, list[str]] = {term: [] for term in terms if OWL + "Class" in types[term]}
    for term in terms:
        if {OWL + "ObjectProperty", OWL + "DatatypeProperty"} & types[term]:
            row = f"{model.label(term)} {local(term)} → {model.value_kind(term)}"
            for owner in model.values(term, RDFS + "domain", SCHEMA + "domainIncludes") or [""]:
                rows.setdefault(owner, []).append(row)
    return rows


def boxes(model: Model, module: str) -> list[Box]:
    """The boxes without a wider class in the picture; the others hang under them."""
    found: dict[str, Box] = {}
    for iri, rows in rows_by_class(model, module).items():
        note = local(iri) + ("（抽象 abstract）" if model.values(iri, CD + "abstract") else "")
        title = model.label(iri) if iri else "各類別共用"
        found[iri] = Box(title, note or "any class", rows, foreign=model.home.get(iri) != module)
    roots: list[Box] = []
    for iri, item in found.items():
        wider = [found[name] for name in model.values(iri, RDFS + "subClassOf") if name in found and not item.foreign]
        (wider[0].children if wider else roots).append(item)
    return sorted(roots, key=lambda root: not root.children)


def place_tree(node: Box, x: float, y: float) -> float:
    """Sets the places of a box and, to its right, of those under it; returns the y below them all."""
    below = y
    for child in node.children:
        below = place_tree(child, x + node.width + 2 * GAP, below) + GAP / 2
    first, last = (node.children or [node])[0], (node.children or [node])[-1]
    node.x, node.y = x, y
    node.y = max(y, (first.y + last.y + last.height - node.height) / 2)
    return max(below - GAP / 2, node.y + node.height)


def layout(roots: list[Box]) -> None:
    """Trees one under another, then the boxes without children in rows."""
    x, y, below = float(GAP), float(GAP), float(GAP)
    for root in roots:
        if root.children:
            y = below = place_tree(root, GAP, y) + GAP
            continue
        if x > GAP and x + root.width > SHEET:
            x, y = GAP, below
        below = max(below, place_tree(root, x, y) + GAP)
        x += root.width + GAP


def draw_box(item: Box) -> Iterator[str]:
    left, frame = item.x + PAD, "x" if item.foreign else "b"
    size = f'width="{item.width:g}" height="{item.height:g}"'
    yield f'<rect class="{frame}" x="{item.x:g}" y="{item.y:g}" {size} rx="6"/>'
    title = f'<tspan class="t">{escape(item.title)}</tspan><tspan class="r g" dx="6">{escape(item.note)}</tspan>'
    yield f'<text x="{left:g}" y="{item.y + 23:g}">{title}</text>'
    for number, row in enumerate(item.rows):
        yield f'<text class="r" x="{left:g}" y="{item.y + 48 + LINE * number:g}">{escape(row)}</text>'


def draw_arrow(item: Box) -> Iterator[str]:
    x, y = item.x + item.width, item.y + item.height / 2
    for child in item.children:
        yield f'<path class="e" d="M{child.x:g} {child.y + 17:g}H{x + GAP:g}V{y:g}H{x + 10:g}"/>'
    if item.children:
        yield f'<path class="h" d="M{x:g} {y:g}l11 -6v12z"/>'


def draw(items: list[Box], name: str) -> str:
    width, height = max(item.x + item.width for item in items) + GAP, max(item.y + item.height for item in items) + GAP
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    head = f'<svg xmlns="http://www.w3.org/2000/svg" {size} role="img" lang="zh-Hant">'
    title = f"<title>{name}: {escape('、'.join(item.title for item in items))}</title><style>{STYLE}</style>"
    ground = '<rect width="100%" height="100%" fill="#fbfaf7"/>'  # its own, so that it reads on a dark page too
    body = [line for part in (draw_arrow, draw_box) for item in items for line in part(item)]
    return "\n".join([head, title, ground, *body, "</svg>", ""])


def main(arguments: list[str]) -> None:
    here = Path(__file__).resolve().parent
    model = Model(Path(arguments[0]) if arguments else here.parent / "ontology")
    target = Path(arguments[1]) if len(arguments) > 1 else here / "model"
    target.mkdir(parents=True, exist_ok=True)
    for module in MODULES:
        roots = boxes(model, module)
        layout(roots)
        picture = draw([item for root in roots for item in root.family()], module)
        (target / f"{module}.svg").write_text(picture, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(sys.argv[1:])
