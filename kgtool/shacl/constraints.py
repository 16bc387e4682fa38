"""The constraints of one shape: every parameter of SHACL Core, sh:sparql, and the components a shapes graph declares.

A table maps each `sh:` parameter to its reader; a reader yields constraints or records a problem. Source: SHACL §4, §5.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import pyoxigraph as ox

from kgtool.shacl import plan
from kgtool.shacl.components import Component, apply_components, read_sparql
from kgtool.shacl.graph import Term, shown
from kgtool.shacl.paths import Path
from kgtool.shacl.plan import Constraint, Logic, Pairing, Test
from kgtool.shacl.reading import Reading
from kgtool.shacl.regex import pattern_error
from kgtool.shacl.vocabulary import NODE_KINDS
from kgtool.shacl.xsd import KNOWN, value_of
from kgtool.terms import RDF, SH, XSD

_LOGIC = {"and": Logic.AND, "or": Logic.OR, "xone": Logic.XONE}
_PAIRS = {
    "equals": Pairing.EQUALS, "disjoint": Pairing.DISJOINT, "lessThan": Pairing.LESS,
    "lessThanOrEquals": Pairing.LESS_OR_EQUAL,
}  # fmt: skip
# Parameters that only a property shape may have. Source: SHACL §4.2, §4.3.5, §4.7.3.
_PROPERTY_ONLY = ("minCount", "maxCount", "uniqueLang", "lessThan", "lessThanOrEquals", "qualifiedValueShape")
_TAG = re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*")


def read_constraints(
    reading: Reading, components: Iterable[Component], node: Term, path: Path | None
) -> tuple[Constraint, ...]:
    """All constraints of a shape, in the order of the parameters' names; what is not well-formed becomes a problem."""
    found: list[Constraint] = []
    properties = reading.graph.properties(node)
    for iri, name, read in _PARAMETERS:
        if iri not in properties:
            continue
        if path is None and name in _PROPERTY_ONLY:
            reading.graph.problem(
                "KG204", node, predicate=iri,
                zh=f"sh:{name} 只能用於屬性形狀", en=f"sh:{name} is for property shapes only",
            )  # fmt: skip
            continue
        component = name[0].upper() + name[1:]
        for test in read(reading, node, name):
            label = component if not isinstance(test, plan.Qualified) else _qualified_name(test)
            found.append(Constraint(f"{SH}{label}ConstraintComponent", test))
    found += read_sparql(reading, node, path)
    found += apply_components(reading, components, node, path)
    return tuple(found)


def _qualified_name(test: plan.Qualified) -> str:
    return "QualifiedMinCount" if test.most < 0 else "QualifiedMaxCount"


def _classes(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    for value in reading.graph.sh(node, name):
        if reading.graph.iri(node, name, value):
            yield plan.ClassOf(value)


def _datatype(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    value = reading.graph.single(node, name)
    iri = None if value is None else reading.graph.iri(node, name, value)
    if iri is None:
        return
    if iri.startswith((XSD, RDF)) and iri not in KNOWN:
        reading.graph.problem(
            "KG207", node, predicate=SH + name, value=value,
            zh=f"沒有資料型別 {iri}", en=f"there is no datatype {iri}",
        )  # fmt: skip
    else:
        yield plan.Datatype(iri)


def _node_kind(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    value = reading.graph.single(node, name)
    if value is None:
        return
    kind = value.value.removeprefix(SH) if isinstance(value, ox.NamedNode) else ""
    if kind not in NODE_KINDS:
        reading.graph.bad_value(node, name, value, zh="六種節點種類之一", en="one of the six node kinds")
        return
    yield plan.NodeKind(kind.endswith("IRI") or kind.startswith("IRI"), "Blank" in kind, "Literal" in kind)


def _range(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    value = reading.graph.single(node, name)
    if value is None:
        return
    if not isinstance(value, ox.Literal) or value_of(value) is None:
        reading.graph.bad_value(
            node, name, value, zh="可比較大小的正確字面值", en="a well-typed literal that can be compared"
        )
        return
    yield plan.Range(value, name.startswith("min"), name.endswith("Inclusive"))


def _counts(make: Callable[[int, int], Test]) -> Callable[[Reading, Term, str], Iterator[Test]]:
    def read(reading: Reading, node: Term, name: str) -> Iterator[Test]:
        count = reading.graph.number(node, name)
        if count is not None:
            yield make(count, -1) if name.startswith("min") else make(0, count)

    return read


def _pattern(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    graph = reading.graph
    flags = graph.single(node, "flags")
    marks = "" if flags is None else graph.text(node, "flags", flags)
    for value in graph.sh(node, name):
        regex = graph.text(node, name, value)
        if regex is None or marks is None:
            continue
        wrong = pattern_error(regex, marks)
        if wrong:
            graph.problem(
                "KG206", node, predicate=SH + name, value=value,
                zh=f"sh:pattern {shown(value)} 不是可用的正規表示式", en=f"sh:pattern {shown(value)} {wrong}",
            )  # fmt: skip
        else:
            yield plan.Pattern(regex, marks)


def _languages(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    head = reading.graph.single(node, name)
    members = None if head is None else reading.graph.list_of(node, name, head)
    if members is None:
        return
    for member in members:
        text = reading.graph.text(node, name, member)
        if text is None:
            return
        if not _TAG.fullmatch(text):
            reading.graph.bad_value(node, name, member, zh="語言標記", en="a language tag")
            return
    yield plan.LanguageIn(tuple(member.value.lower() for member in members))


def _in(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    head = reading.graph.single(node, name)
    members = None if head is None else reading.graph.list_of(node, name, head)
    if members is not None:
        yield plan.In(members)


def _one_shape(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    for value in reading.graph.sh(node, name):
        if isinstance(value, ox.Literal):
            reading.graph.bad_value(node, name, value, zh="形狀", en="a shape")
        elif name == "property":
            if not reading.graph.sh(value, "path"):
                reading.graph.problem(
                    "KG204", node, predicate=SH + name, value=value,
                    zh=f"sh:property 的值 {shown(value)} 沒有 sh:path", en=f"sh:property {shown(value)} has no sh:path",
                )  # fmt: skip
            yield plan.Property(reading.number(value))
        else:
            yield plan.Shapes(Logic.NODE if name == "node" else Logic.NOT, (reading.number(value),))


def _many_shapes(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    for head in reading.graph.sh(node, name):
        members = reading.graph.list_of(node, name, head)
        if members is None:
            continue
        wrong = [member for member in members if isinstance(member, ox.Literal)]
        if wrong:
            reading.graph.bad_value(node, name, wrong[0], zh="形狀的清單", en="a list of shapes")
            continue
        yield plan.Shapes(_LOGIC[name], tuple(reading.number(member) for member in members))


def _unique(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    if reading.graph.flag(node, name):
        yield plan.UniqueLang()


def _has_value(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    for value in reading.graph.sh(node, name):
        yield plan.HasValue(value)


def _pair(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    for value in reading.graph.sh(node, name):
        iri = reading.graph.iri(node, name, value)
        if iri:
            yield plan.Pair(_PAIRS[name], iri)


def _closed(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    graph = reading.graph
    closed = graph.flag(node, name)
    head = graph.single(node, "ignoredProperties")
    ignored = () if head is None else graph.list_of(node, "ignoredProperties", head)
    if not closed or ignored is None:
        return
    allowed = set()
    for member in ignored:
        iri = graph.iri(node, "ignoredProperties", member)
        allowed |= {iri} if iri else set()
    for value in graph.sh(node, "property"):
        allowed |= {path.value for path in graph.sh(value, "path") if isinstance(path, ox.NamedNode)}
    yield plan.Closed(frozenset(allowed))


def _qualified(reading: Reading, node: Term, name: str) -> Iterator[Test]:
    graph = reading.graph
    least, most = graph.number(node, "qualifiedMinCount"), graph.number(node, "qualifiedMaxCount")
    counts = {SH + "qualifiedMinCount", SH + "qualifiedMaxCount"}
    if not counts & graph.properties(node).keys():
        graph.problem(
            "KG212", node, predicate=SH + name, fatal=False,
            zh="sh:qualifiedValueShape 沒有個數,什麼也沒檢查", en="sh:qualifiedValueShape without a count tests nothing",
        )  # fmt: skip
    siblings = _siblings(reading, node) if graph.flag(node, "qualifiedValueShapesDisjoint") else ()
    for value in graph.sh(node, name):
        number = reading.number(value)
        others = tuple(sibling for sibling in siblings if sibling != number)
        if least is not None:
            yield plan.Qualified(number, others, least, -1)
        if most is not None:
            yield plan.Qualified(number, others, 0, most)


def _siblings(reading: Reading, node: Term) -> tuple[int, ...]:
    """Numbers of the qualified shapes of every shape that has this one as sh:property. Source: SHACL §4.7.3."""
    graph = reading.graph
    found: dict[int, None] = {}
    for parent in graph.triples:
        held = graph.sh(parent, "property")
        if node in held:
            found |= {reading.number(shape): None for one in held for shape in graph.sh(one, "qualifiedValueShape")}
    return tuple(found)


_READERS: Mapping[str, Callable[[Reading, Term, str], Iterator[Test]]] = {
    "and": _many_shapes, "class": _classes, "closed": _closed, "datatype": _datatype, "disjoint": _pair, "equals": _pair,
    "hasValue": _has_value, "in": _in, "languageIn": _languages, "lessThan": _pair, "lessThanOrEquals": _pair,
    "maxCount": _counts(plan.Count), "maxExclusive": _range, "maxInclusive": _range, "maxLength": _counts(plan.Length),
    "minCount": _counts(plan.Count), "minExclusive": _range, "minInclusive": _range, "minLength": _counts(plan.Length),
    "node": _one_shape, "nodeKind": _node_kind, "not": _one_shape, "or": _many_shapes, "pattern": _pattern,
    "property": _one_shape, "qualifiedValueShape": _qualified, "uniqueLang": _unique, "xone": _many_shapes,
}  # fmt: skip
_PARAMETERS = tuple((SH + name, name, read) for name, read in _READERS.items())
