"""KG026, KG154: collections that do not end and hierarchies that run in a circle. Source: RDF 1.1 Semantics app. D.1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kgtool.checks.context import Inputs
from kgtool.checks.statements import Use, finding, iri_of
from kgtool.errors import texts
from kgtool.finding import Finding, Severity
from kgtool.terms import RDF, RDFS, SKOS

_FIRST, _REST, _NIL = RDF + "first", RDF + "rest", RDF + "nil"
_CLASSES = RDFS + "subClassOf"
_HIERARCHIES = (RDFS + "subPropertyOf", SKOS + "broader")


def check_cycles(inputs: Inputs, *, classes: bool) -> Iterator[Finding]:
    """Findings about collections, then about hierarchies. Cost: linear in their statements; no recursion.

    Args:
        classes: look at rdfs:subClassOf too, which the hygiene checks do where an ontology declares itself.
    """
    yield from _lists(inputs)
    for hierarchy in (_CLASSES, *_HIERARCHIES) if classes else _HIERARCHIES:
        yield from _circles(inputs, inputs.index.iri(hierarchy))


def _lists(inputs: Inputs) -> Iterator[Finding]:
    index = inputs.index
    first, rest, nil = (index.iri(name) for name in (_FIRST, _REST, _NIL))
    if rest < 0:
        return
    # The lists of shapes are the shapes checks' own.
    shapes = set(inputs.dataset.index("shapes").column(rest)[0])
    cells = {cell: after for cell, after in index.forward(rest).items() if cell not in shapes}
    items = index.forward(first)
    for cell, following in cells.items():
        use = Use("object", cell, rest, following[0])
        if len(following) > 1 or len(items.get(cell, ())) != 1:
            message = texts(zh="串列之一節須恰有一個 rdf:first 與一個 rdf:rest。",
                            en="a cell of a collection has exactly one rdf:first and one rdf:rest.")  # fmt: skip
            yield finding(inputs, "KG026", Severity.ERROR, message, use)
        elif following[0] != nil and following[0] not in cells:
            message = texts(zh="串列未以 rdf:nil 結束。", en="the collection does not end with rdf:nil.")
            yield finding(inputs, "KG026", Severity.ERROR, message, use)
    for cell, following_cell in _in_circles(cells):
        message = texts(zh="串列繞成一圈,永無結尾。", en="the collection runs in a circle and never ends.")
        yield finding(inputs, "KG026", Severity.ERROR, message, Use("object", cell, rest, following_cell))


def _circles(inputs: Inputs, predicate: int) -> Iterator[Finding]:
    index = inputs.index
    table = {one: tuple(value for value in values if value != one) for one, values in index.forward(predicate).items()}
    for node, above in _in_circles(table):
        names = [
            inputs.curies.short(iri_of(index.terms[code]) or str(index.terms[code]))
            for code in (node, predicate, above)
        ]
        message = texts(
            zh=f"階層繞成一圈:{' '.join(names)} …", en=f"the hierarchy runs in a circle: {' '.join(names)} …"
        )
        yield finding(inputs, "KG154", Severity.WARNING, message, Use("object", node, predicate, above))


def _in_circles(table: Mapping[int, tuple[int, ...]]) -> Iterator[tuple[int, int]]:
    """The link that closes each circle of a depth-first walk, in the table's order."""
    state: dict[int, int] = {}  # 1: on the path, 2: done
    for start in table:
        if start in state:
            continue
        state[start] = 1
        path = [(start, iter(table[start]))]
        while path:
            node, following = path[-1]
            after = next(following, None)
            if after is None:
                state[node] = 2
                path.pop()
            elif after in table and after not in state:
                state[after] = 1
                path.append((after, iter(table[after])))
            elif state.get(after) == 1:
                yield node, after
