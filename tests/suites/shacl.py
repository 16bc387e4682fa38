"""Runner of the W3C SHACL test suite (data-shapes/data-shapes-test-suite), for our engine.

Result graphs are compared as the suite demands: the multiset of results by focus node, path, value, component, severity,
source shape and source constraint, and sh:resultMessage where the expected result has one; and sh:conforms.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin

import pyoxigraph as ox

from kgtool.index import Index
from kgtool.shacl import Plan, Report, ShapesError, make_plan, results, validate_index
from kgtool.shacl.graph import ShapesGraph
from kgtool.shacl.parse import Reader
from kgtool.shacl.paths import to_sparql
from kgtool.shacl.plan import Sparql
from kgtool.terms import RDF, SH

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
SHT = "http://www.w3.org/ns/shacl-test#"
_FIELDS = ("focusNode", "value", "resultSeverity", "sourceConstraintComponent", "sourceShape")


@dataclass(frozen=True, slots=True)
class Case:
    """One test: the IRI of the entry and the file it stands in."""

    name: str
    file: Path
    entry: ox.NamedNode


class Files:
    """Files of the suite, each parsed once: a blank node is the same in every test that mentions it."""

    def __init__(self, base: Path) -> None:
        self.base = base
        self.graphs: dict[Path, list[ox.Quad]] = {}

    def quads(self, file: Path) -> list[ox.Quad]:
        if file not in self.graphs:
            self.graphs[file] = list(ox.parse(path=str(file), base_iri=file.as_uri()))
        return self.graphs[file]

    def by_iri(self, iri: str) -> list[ox.Quad]:
        return self.quads(Path(iri.removeprefix("file://")))


def cases(base: Path) -> list[Case]:
    """Every entry of the manifests, in their order."""
    found: list[Case] = []
    todo = [base / "manifest.ttl"]
    while todo:
        file = todo.pop(0)
        graph = ShapesGraph(ox.parse(path=str(file), base_iri=file.as_uri()))
        here = ox.NamedNode(file.as_uri())
        todo += [
            Path(urljoin(file.as_uri(), term.value).removeprefix("file://"))
            for term in graph.values(here, MF + "include")
        ]
        for entries in graph.values(here, MF + "entries"):
            for entry in graph.members(entries):
                name = f"{file.parent.relative_to(base)}/{file.stem}"
                found.append(Case(name, file, entry))
    return found


def graphs_of(files: Files, case: Case) -> tuple[list[ox.Quad], list[ox.Quad]]:
    """The data graph and the shapes graph of a test."""
    graph = ShapesGraph(files.quads(case.file))
    action = graph.values(case.entry, MF + "action")[0]
    data, shapes = (graph.values(action, SHT + name)[0].value for name in ("dataGraph", "shapesGraph"))
    return files.by_iri(data), files.by_iri(shapes)


def outcome(files: Files, case: Case) -> str:
    """ "" when the engine gives what the suite expects, else what differs."""
    graph = ShapesGraph(files.quads(case.file))
    data, shapes = graphs_of(files, case)
    expected = graph.values(case.entry, MF + "result")[0]
    fails = expected == ox.NamedNode(SHT + "Failure")
    made = make_plan(shapes)
    index = Index()
    index.extend(data)
    try:
        report = validate_index(index, made)
    except ShapesError as error:
        return "" if fails else f"failure: {error}"
    if made.failure:
        return "" if fails else f"failure: {made.failure}"
    if fails:
        return "no failure"
    conforms = graph.sh(expected, "conforms")[0].value == "true"
    wanted, messages = _expected(graph, expected, shapes)
    got = _found(made, report)
    if conforms != report.conforms:
        return f"conforms is {report.conforms}"
    if wanted != got:
        return f"missing {sorted((wanted - got).elements())}, not expected {sorted((got - wanted).elements())}"
    said = {text for result in results(made, report) for _, text in result.messages}
    return "" if messages <= said else f"messages {messages - said} missing"


def _expected(
    graph: ShapesGraph, report: ox.BlankNode, shapes: list[ox.Quad]
) -> tuple[Counter[tuple[str, ...]], set[str]]:
    known = {quad.subject for quad in shapes}
    reader = Reader(graph)
    found: Counter[tuple[str, ...]] = Counter()
    messages: set[str] = set()
    for result in graph.sh(report, "result"):
        row = []
        for name in _FIELDS:
            term = next(iter(graph.sh(result, name)), None)
            row.append("" if term is None else "[]" if name == "sourceShape" and _foreign(term, known) else str(term))
        paths = [to_sparql(reader._path(path, frozenset())) for path in graph.sh(result, "resultPath")]
        found[*row, *(paths or [""]), "".join(map(str, graph.sh(result, "sourceConstraint")))] += 1
        messages |= {text.value for text in graph.sh(result, "resultMessage")}
    return found, messages


def _foreign(term: ox.NamedNode | ox.BlankNode | ox.Literal, known: set[object]) -> bool:
    return isinstance(term, ox.BlankNode) and term not in known


def _found(made: Plan, report: Report) -> Counter[tuple[str, ...]]:
    found: Counter[tuple[str, ...]] = Counter()
    for violation in report.violations:
        shape = made.shapes[violation.shape]
        constraint = shape.constraints[violation.constraint]
        path = violation.path
        shown = "" if path is None else str(path) if isinstance(path, ox.NamedNode) else to_sparql(path)
        node = constraint.test.node if isinstance(constraint.test, Sparql) else None
        found[
            str(violation.focus), "" if violation.value is None else str(violation.value), f"<{shape.severity}>",
            f"<{constraint.component}>", str(shape.node), shown, "" if node is None else str(node),
        ] += violation.times  # fmt: skip
    return found


__all__ = ["RDF", "SH", "Case", "Files", "cases", "graphs_of", "outcome"]
