"""SHACL-SPARQL: sh:sparql constraints, and constraint components that a shapes graph declares. Source: SHACL §5, §6."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox
from msgspec import Struct

from kgtool.shacl.graph import Node, ShapesGraph, Term
from kgtool.shacl.paths import Path, to_sparql
from kgtool.shacl.plan import Constraint, Messages, Sparql
from kgtool.shacl.query_outline import QueryFormError
from kgtool.shacl.query_plan import Query, make_query
from kgtool.shacl.reading import Reading
from kgtool.terms import OWL, SH


class Parameter(Struct, frozen=True):
    """A property that a shape sets to use a component; `name` is the variable that is pre-bound to its value."""

    iri: str
    name: str
    optional: bool


class Component(Struct, frozen=True):
    """A declared constraint component and its validators (nodes); None where it has none of that kind."""

    iri: str
    parameters: tuple[Parameter, ...]
    for_node: Node | None
    for_property: Node | None
    messages: Messages


def read_components(graph: ShapesGraph) -> tuple[Component, ...]:
    """Every SHACL instance of sh:ConstraintComponent that the shapes graph describes. Source: SHACL §6.2."""
    found = []
    for node in list(graph.triples):
        if not isinstance(node, ox.NamedNode) or not graph.sh(node, "parameter"):
            continue
        if SH + "ConstraintComponent" not in graph.classes(node):
            continue
        parameters = []
        for parameter in graph.sh(node, "parameter"):
            path = graph.single(parameter, "path")
            iri = None if path is None else graph.iri(parameter, "path", path)
            if iri:
                local = iri.replace("#", "/").rsplit("/", 1)[-1]
                parameters.append(Parameter(iri, local, graph.flag(parameter, "optional")))
        general = _validator(graph, node, "validator")
        found.append(Component(
            node.value, tuple(parameters), _validator(graph, node, "nodeValidator") or general,
            _validator(graph, node, "propertyValidator") or general, graph.messages(node),
        ))  # fmt: skip
    return tuple(found)


def _validator(graph: ShapesGraph, node: Node, name: str) -> Node | None:
    found = [value for value in graph.sh(node, name) if not isinstance(value, ox.Literal)]
    return found[0] if found else None


def read_sparql(reading: Reading, node: Term, path: Path | None) -> Iterator[Constraint]:
    """The sh:sparql constraints of a shape."""
    graph = reading.graph
    for constraint in graph.sh(node, "sparql"):
        if isinstance(constraint, ox.Literal):
            graph.bad_value(node, "sparql", constraint, zh="限制", en="a constraint")
            continue
        if graph.flag(constraint, "deactivated"):
            continue
        query = _query(reading, constraint, path, {})
        if query is not None:
            bound = (("currentShape", node),) if "currentShape" in query.prebound else ()
            messages = graph.messages(constraint)
            yield Constraint(SH + "SPARQLConstraintComponent", Sparql(query, bound, messages, constraint))


def apply_components(
    reading: Reading, components: Iterable[Component], node: Term, path: Path | None
) -> Iterator[Constraint]:
    """The constraints that a shape makes by setting the parameters of declared components. Source: SHACL §6.1, §6.3."""
    graph = reading.graph
    for component in components:
        sets = {p.name: graph.values(node, p.iri) for p in component.parameters}
        needed = [p.name for p in component.parameters if not p.optional]
        if not needed or not all(sets[name] for name in needed):
            continue
        validator = component.for_node if path is None else component.for_property
        if validator is None:
            continue
        for bound in _bindings(graph, node, component, sets):
            query = _query(reading, validator, path, bound)
            if query is None:
                return
            given = {**bound, "currentShape": node}
            used = tuple(sorted((name, term) for name, term in given.items() if name in query.prebound | set(bound)))
            messages = graph.messages(validator) or component.messages
            yield Constraint(component.iri, Sparql(query, used, messages, None))


def _bindings(
    graph: ShapesGraph, node: Term, component: Component, sets: Mapping[str, list[Term]]
) -> Iterator[dict[str, Term]]:
    """With one parameter every value is a constraint; with more each may have one value. Source: SHACL §6.2.3."""
    given = {name: values for name, values in sets.items() if values}
    if len(component.parameters) == 1:
        yield from ({name: value} for name, values in given.items() for value in values)
        return
    many = [name for name, values in given.items() if len(values) > 1]
    if many:
        graph.problem(
            "KG204", node, predicate=component.iri,
            zh=f"限制元件的參數 {many[0]} 只能有一個值", en=f"parameter {many[0]} of the component may have one value",
        )  # fmt: skip
        return
    yield {name: values[0] for name, values in given.items()}


def _query(reading: Reading, node: Node, path: Path | None, bound: Mapping[str, Term]) -> Query | None:
    """The query of a constraint or validator; None and a problem when it cannot be used."""
    graph = reading.graph
    ask = bool(graph.sh(node, "ask"))
    name = "ask" if ask else "select"
    value = graph.single(node, name)
    text = None if value is None else graph.text(node, name, value)
    if text is None:
        if value is None:
            graph.problem("KG208", node, zh="沒有 sh:select 或 sh:ask 查詢", en="no sh:select or sh:ask query")
        return None
    names = {*bound, "value"} if ask else set(bound)
    where = None if path is None else f"({to_sparql(path)})"
    try:
        return make_query(text, _prefixes(graph, node), where, names, reading.syntax, ask=ask)
    except QueryFormError as error:
        graph.problem(
            "KG208",
            node,
            predicate=SH + name,
            zh=f"SPARQL 查詢不能使用:{error.zh}",
            en=f"the SPARQL query cannot be used: {error}",
        )
        return None


def _prefixes(graph: ShapesGraph, node: Node) -> dict[str, str]:
    """Prefixes that sh:prefixes gives, also through owl:imports within the shapes graph. Source: SHACL §5.2.1."""
    found: dict[str, str] = {}
    seen: set[Term] = set()
    todo = list(graph.sh(node, "prefixes"))
    while todo:
        at = todo.pop()
        if at in seen:
            continue
        seen.add(at)
        todo += graph.values(at, OWL + "imports")
        for declared in graph.sh(at, "declare"):
            prefix, namespace = graph.sh(declared, "prefix"), graph.sh(declared, "namespace")
            if len(prefix) != 1 or len(namespace) != 1:
                continue
            if found.setdefault(prefix[0].value, namespace[0].value) != namespace[0].value:
                graph.problem(
                    "KG208", node, predicate=SH + "prefixes",
                    zh=f"前綴 {prefix[0].value} 有兩個命名空間", en=f"prefix {prefix[0].value} has two namespaces",
                )  # fmt: skip
    return found
