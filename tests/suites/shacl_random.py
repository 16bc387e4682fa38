"""Random shapes and data for comparing validators: small, dense, and full of what engines disagree on."""

from __future__ import annotations

import random
from collections.abc import Callable

PREFIXES = """@prefix : <http://e.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
_NODES = tuple(f":n{i}" for i in range(7))
_CLASSES = (":C", ":D", ":E")
_PROPERTIES = (":p", ":q", ":r")
_LITERALS = (
    "1", "2", '"01"^^xsd:integer', "1.0", "1.5", "2.0e0", '"1"^^xsd:byte', '"300"^^xsd:byte', '"x"^^xsd:integer', "true",
    '"1"^^xsd:boolean', '""', '"a"', '"b"', '"abc"', '"a"@en', '"b"@en', '"a"@en-gb', '"a"@fr', '"2013-02-28"^^xsd:date',
    '"2013-02-30"^^xsd:date', '"2014-01-01"^^xsd:date', '"2014-01-01Z"^^xsd:date', '"2014-01-01T00:00:00Z"^^xsd:dateTime',
    '"2014-01-01T00:00:00"^^xsd:dateTime', '"2013"^^xsd:gYear',
)  # fmt: skip
_DATATYPES = (
    "xsd:integer",
    "xsd:byte",
    "xsd:decimal",
    "xsd:string",
    "xsd:boolean",
    "xsd:date",
    "xsd:dateTime",
    "rdf:langString",
)
_KINDS = ("IRI", "Literal", "BlankNode", "BlankNodeOrIRI", "BlankNodeOrLiteral", "IRIOrLiteral")
_BOUNDS = ("1", "1.5", "2.0e0", '"2013-06-01"^^xsd:date', '"2014-01-01T00:00:00Z"^^xsd:dateTime', '"b"')
_PATTERNS = ("^a", "b$", "^[a-z]+$", "1", "^.{2,3}$")


class Maker:
    """One case from one seed: `data()` then `shapes()` as Turtle."""

    def __init__(self, seed: int) -> None:
        self.r = random.Random(seed)
        self.named = 0

    def pick(self, options: tuple[str, ...]) -> str:
        return self.r.choice(options)

    def data(self) -> str:
        lines = [":D rdfs:subClassOf :C ."] if self.r.random() < 0.7 else []
        for node in _NODES:
            if self.r.random() < 0.6:
                lines.append(f"{node} a {self.pick(_CLASSES)} .")
            for _ in range(self.r.randint(0, 4)):
                value = self.pick(_NODES) if self.r.random() < 0.4 else self.pick(_LITERALS)
                lines.append(f"{node} {self.pick(_PROPERTIES)} {value} .")
        return PREFIXES + "\n".join(lines) + "\n"

    def shapes(self) -> str:
        return PREFIXES + "\n".join(self.node_shape(f":S{i}") for i in range(self.r.randint(1, 3))) + "\n"

    def target(self) -> str:
        return self.r.choice((
            f"sh:targetClass {self.pick(_CLASSES)}", f"sh:targetNode {self.pick(_NODES)} , {self.pick(_LITERALS)}",
            f"sh:targetSubjectsOf {self.pick(_PROPERTIES)}", f"sh:targetObjectsOf {self.pick(_PROPERTIES)}",
        ))  # fmt: skip

    def node_shape(self, name: str) -> str:
        parts = ["a sh:NodeShape", self.target(), *self.values(self.r.randint(0, 1), 2)]
        for _ in range(self.r.randint(1, 3)):
            self.named += 1
            parts.append(f"sh:property :P{self.named}")
        blocks = [f"{name} " + " ; ".join(parts) + " ."]
        blocks += [
            self.property_shape(f":P{n}")
            for n in range(self.named - len(parts) + 1, self.named + 1)
            if f"sh:property :P{n}" in parts
        ]
        if self.r.random() < 0.15:
            blocks.append(f"{name} sh:closed true ; sh:ignoredProperties ( rdf:type {self.pick(_PROPERTIES)} ) .")
        return "\n".join(blocks)

    def property_shape(self, name: str) -> str:
        parts = ["a sh:PropertyShape", f"sh:path {self.path(2)}", *self.values(self.r.randint(0, 2), 2)]
        parts += [make() for make in self.r.sample(self.counts(), self.r.randint(1, 2))]
        if self.r.random() < 0.1:
            parts.append(f"sh:severity sh:{self.pick(('Warning', 'Info'))}")
        return f"{name} " + " ; ".join(parts) + " ."

    def path(self, depth: int) -> str:
        if depth == 0 or self.r.random() < 0.5:
            return self.pick(_PROPERTIES)
        inner = lambda: self.path(depth - 1)  # noqa: E731
        return self.r.choice((
            lambda: f"[ sh:inversePath {inner()} ]", lambda: f"( {inner()} {inner()} )",
            lambda: f"[ sh:alternativePath ( {inner()} {inner()} ) ]", lambda: f"[ sh:zeroOrMorePath {inner()} ]",
            lambda: f"[ sh:oneOrMorePath {inner()} ]", lambda: f"[ sh:zeroOrOnePath {inner()} ]",
        ))()  # fmt: skip

    def counts(self) -> list[Callable[[], str]]:
        r = self.r
        return [
            lambda: f"sh:minCount {r.randint(0, 2)}", lambda: f"sh:maxCount {r.randint(0, 2)}", lambda: "sh:uniqueLang true",
            lambda: f"sh:hasValue {self.pick(_LITERALS)}", lambda: f"sh:equals {self.pick(_PROPERTIES)}",
            lambda: f"sh:disjoint {self.pick(_PROPERTIES)}", lambda: f"sh:lessThan {self.pick(_PROPERTIES)}",
            lambda: f"sh:lessThanOrEquals {self.pick(_PROPERTIES)}",
            lambda: f"sh:qualifiedValueShape {self.shape(1)} ; sh:qualified{self.pick(('Min', 'Max'))}Count {r.randint(0, 2)}",
        ]  # fmt: skip

    def shape(self, depth: int) -> str:
        if self.r.random() < 0.2:
            return f"[ sh:path {self.pick(_PROPERTIES)} ; sh:minCount 1 ]"
        return "[ " + " ; ".join(self.values(1, depth)) + " ]"

    def values(self, count: int, depth: int) -> list[str]:
        return [make() for make in self.r.sample(self.value_constraints(depth), count)]

    def value_constraints(self, depth: int) -> list[Callable[[], str]]:
        r = self.r
        simple: list[Callable[[], str]] = [
            lambda: f"sh:class {self.pick(_CLASSES)}", lambda: f"sh:datatype {self.pick(_DATATYPES)}",
            lambda: f"sh:nodeKind sh:{self.pick(_KINDS)}",
            lambda: f"sh:{self.pick(('min', 'max'))}{self.pick(('In', 'Ex'))}clusive {self.pick(_BOUNDS)}",
            lambda: f"sh:minLength {r.randint(0, 3)}", lambda: f"sh:maxLength {r.randint(0, 3)}",
            lambda: f'sh:pattern "{self.pick(_PATTERNS)}"', lambda: f'sh:languageIn ( "{self.pick(("en", "fr", "en-gb"))}" )',
            lambda: f"sh:in ( {self.pick(_LITERALS)} {self.pick(_NODES)} )",
        ]  # fmt: skip
        if depth:
            simple += [
                lambda: f"sh:not {self.shape(depth - 1)}", lambda: f"sh:node {self.shape(depth - 1)}",
                lambda: f"sh:{self.pick(('and', 'or', 'xone'))} ( {self.shape(depth - 1)} {self.shape(depth - 1)} )",
            ]  # fmt: skip
        return simple
