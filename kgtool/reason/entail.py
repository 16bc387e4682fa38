"""What an engine's run says, as triples: inferred apart from stated, equalities written out only on request."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct

from kgtool.index import Index
from kgtool.reason.engine import Engine
from kgtool.reason.model import Fact, Limits, Node
from kgtool.reason.rule import HALF, LOW, Axiom, pack
from kgtool.reason.values import DATATYPES
from kgtool.terms import OWL, RDFS

# Rule prp-ap. Source: OWL 2 Syntax §5.5.
_ANNOTATIONS = (
    *(RDFS + name for name in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(
        OWL + name
        for name in ("deprecated", "versionInfo", "priorVersion", "backwardCompatibleWith", "incompatibleWith")
    ),
)


class Entailment(Struct, frozen=True):
    """A closed graph.

    Attributes:
        index: what is stated.
        engine: what follows from it.
    """

    index: Index
    engine: Engine

    def inferred(self) -> Iterator[Axiom]:
        """Coded statements that follow and are not stated, each once, in RDF's form (no literal subjects, IRIs as
        predicates). Of nodes that are the same, types are given for each and other statements for the representative.
        """
        yield from self._links()
        yield from self._types()
        yield from self._pairs()
        yield from self._schema()

    def layer(self) -> Index:
        """The inferred statements as an index that shares the stated one's codes. Cost: 8 bytes a statement."""
        layer = self.index.layer()
        for subject, predicate, value in self.inferred():
            layer.add(subject, predicate, value)
        return layer

    def types(self) -> Index:
        """The inferred types of stated subjects as an index that shares the stated one's codes.

        Cost: linear in the typed nodes, one group a set of classes; 8 bytes a type.
        """
        engine, terms, typed = self.engine, self.index.terms, self.engine.names.type_
        said, of, same = self.index.forward(typed), engine.state.types.of, engine.same
        groups: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        subjects = set().union(*(self.index.column(predicate)[0] for predicate in self.index.predicates))
        for node in sorted(subjects):
            number = of[same.find(node)] if node in same.parent else of[node]
            if number:
                groups.setdefault((number, said.get(node, ())), []).append(node)
        layer = self.index.layer()
        for (number, stated), nodes in groups.items():
            for cls in sorted(engine.state.types.sets[number].difference(stated)):
                members = [node for node in nodes if node != cls]
                if can_be_subject(terms[cls]) and members:
                    layer.put(typed, members, [cls] * len(members))
        return layer

    def holds(self, fact: Fact) -> bool:
        """Whether a statement is stated or follows, equalities written out. Cost: a few look-ups."""
        codes = [self.index.ids.get(term) for term in fact]
        engine, names = self.engine, self.engine.names
        if fact.subject == fact.object and fact.predicate.value == OWL + "sameAs":  # type: ignore[union-attr]
            return True
        if any(code is None for code in codes):
            return False
        subject, predicate, value = (engine.same.find(code) for code in codes if code is not None)
        state, key = engine.state, pack(subject, value)
        if predicate == names.type_:
            return any(engine.same.find(cls) == value for cls in state.types.classes(subject))
        if predicate == names.sameAs and subject == value:
            return True
        if predicate in state.tables and key in state.tables[predicate].all:
            return True
        return engine.scheme.holds(predicate, key) or self._states(subject, predicate, value)

    def _states(self, subject: int, predicate: int, value: int) -> bool:
        find = self.engine.same.find
        members = self.engine.same.classes()
        return any(
            find(other) == value
            for prop in members.get(predicate, (predicate,))
            for node in members.get(subject, (subject,))
            for other in self.index.objects(node, prop)
        )

    def expanded(self) -> Iterator[Fact]:
        """Everything that is stated or follows, equalities and axiomatic triples (prp-ap, cls-thing, dt-type1, eq-ref)
        written out, each once. Cost: for n equal nodes n² statements, so for small graphs and for tests.
        """
        terms, members = self.index.terms, self.engine.same.classes()
        find = self.engine.same.find

        def all_of(code: int) -> list[int]:
            return members.get(find(code)) or [code]

        same = self.engine.names.sameAs
        statements: dict[Axiom, None] = {}
        for subject, predicate, value in (*self.index, *self.inferred(), *self.engine.scheme.statements()):
            statements[find(subject), find(predicate), find(value)] = None
        for node in dict.fromkeys(node for statement in statements for node in statement):
            statements[node, same, node] = None
        seen: dict[Fact, None] = {}
        for statement in statements:
            for subject in all_of(statement[0]):
                for predicate in all_of(statement[1]):
                    for value in all_of(statement[2]):
                        seen[Fact(terms[subject], terms[predicate], terms[value])] = None
        seen.update(dict.fromkeys(_axiomatic()))
        return iter(seen)

    def _links(self) -> Iterator[Axiom]:
        names, terms = self.engine.names, self.index.terms
        for kept, members in self.engine.same.classes().items():
            if not can_be_subject(terms[kept]):
                continue
            for node in members[1:]:
                for one, other in ((node, kept), (kept, node)):
                    if can_be_subject(terms[one]) and other not in self.index.objects(one, names.sameAs):
                        yield one, names.sameAs, other

    def _types(self) -> Iterator[Axiom]:
        engine, terms = self.engine, self.index.terms
        typed, sets, parent = engine.names.type_, engine.state.types.sets, engine.same.parent
        said = self.index.forward(typed)
        fresh: dict[tuple[int, tuple[int, ...]], tuple[int, ...]] = {}
        for node, own in enumerate(engine.state.types.of):
            number = engine.state.types.of[engine.same.find(node)] if node in parent else own
            if not number or not can_be_subject(terms[node]):
                continue
            stated = said.get(node, ())
            classes = fresh.get((number, stated))
            if classes is None:
                classes = fresh[number, stated] = tuple(
                    sorted(cls for cls in sets[number].difference(stated) if can_be_subject(terms[cls]))
                )
            for cls in classes:
                yield node, typed, cls

    def _pairs(self) -> Iterator[Axiom]:
        engine, terms, parent = self.engine, self.index.terms, self.engine.same.parent
        special = {engine.names.type_, engine.names.sameAs}
        for predicate, table in engine.state.tables.items():
            if predicate in special or not isinstance(terms[predicate], ox.NamedNode):
                continue
            stated = {s << HALF | o for s, o in zip(*self.index.column(predicate), strict=True)}
            if len(stated) == len(table.all) and not parent:
                continue
            for key in sorted(table.all - stated) if stated else sorted(table.all):
                subject, value = key >> HALF, key & LOW
                if subject not in parent and value not in parent and can_be_subject(terms[subject]):
                    yield subject, predicate, value

    def _schema(self) -> Iterator[Axiom]:
        tables, terms = self.engine.state.tables, self.index.terms
        for subject, predicate, value in self.engine.scheme.statements():
            if predicate in tables or not can_be_subject(terms[subject]):
                continue
            if value not in self.index.objects(subject, predicate):
                yield subject, predicate, value


def reason(index: Index, limits: Limits | None = None, *, why: bool = False) -> Entailment:
    """Close an index under OWL 2 RL.

    Args:
        why: record the first reason of everything that follows, for proofs; about doubles time and memory.
    Raises:
        EngineError: E-REASON-LIMIT when the closure is larger than the limits; there is no result then.
    """
    engine = Engine(index, limits or Limits(), why=why)
    engine.run()
    return Entailment(index, engine)


def can_be_subject(term: Node) -> bool:
    """Whether RDF lets a term be a subject: rules also speak of literals, and RDF 1.2 of triple terms."""
    return isinstance(term, ox.NamedNode | ox.BlankNode)


def _axiomatic() -> Iterator[Fact]:
    typed = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    for iri in _ANNOTATIONS:
        yield Fact(ox.NamedNode(iri), typed, ox.NamedNode(OWL + "AnnotationProperty"))
    for iri in (OWL + "Thing", OWL + "Nothing"):
        yield Fact(ox.NamedNode(iri), typed, ox.NamedNode(OWL + "Class"))
    for iri in sorted(DATATYPES):
        yield Fact(ox.NamedNode(iri), typed, ox.NamedNode(RDFS + "Datatype"))
