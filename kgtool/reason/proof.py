"""Proofs: from one reason a statement to the whole argument, and from clashes to contradictions, root causes first."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kgtool.reason.clash import Clash
from kgtool.reason.entail import Entailment
from kgtool.reason.model import Contradiction, Fact, Proof
from kgtool.reason.rule import STATED, Axiom, Premise, Reason, Rule, pack, unpack
from kgtool.terms import OWL, RDF, RDFS

# What people are shown; from a broken axiom hundreds follow.
MOST_SHOWN = 20
_KNOWN = Reason(Rule("axiomatic"))


class Prover:
    """Proofs of an entailment that was made with `why=True`."""

    def __init__(self, entailment: Entailment) -> None:
        self._index = entailment.index
        self._engine = entailment.engine
        self._found: dict[Premise, Proof] = {}
        self._members = entailment.engine.same.classes()

    def prove(self, fact: Fact) -> Proof | None:
        """The proof of a statement that holds; None for one that does not, or that names an unknown term."""
        ids = self._index.ids
        codes = [ids.get(term) for term in fact]
        if any(code is None for code in codes) or not Entailment(self._index, self._engine).holds(fact):
            return None
        subject, predicate, value = (code for code in codes if code is not None)
        return self.proof((predicate, pack(subject, value)))

    def step(self, subject: int, predicate: int, value: int) -> tuple[str, tuple[Axiom, ...]]:
        """The rule that gives a statement that holds, "" for a stated one, and its premises in codes: the top of its proof.

        Cost: a few look-ups, however deep the proof is.
        """
        reason = self._reason((predicate, pack(subject, value)))
        premises = tuple([(node, name, far) for name, key in _premises(reason) for node, far in (unpack(key),)])
        return "" if reason is STATED else reason.rule.name, premises

    def proof(self, goal: Premise) -> Proof:
        """The proof of a coded statement that holds. Cost: linear in the proof; no recursion, proofs can be deep."""
        found = self._found
        open_: dict[Premise, Reason] = {}
        todo = [goal]
        while todo:
            here = todo[-1]
            if here in found:
                todo.pop()
                continue
            if here not in open_:
                open_[here] = self._reason(here)
                todo += [one for one in reversed(_premises(open_[here])) if one not in found and one not in open_]
                continue
            todo.pop()
            reason = open_[here]
            premises = tuple(found.get(one) or Proof(self.fact(one), _KNOWN.rule.name) for one in _premises(reason))
            found[here] = Proof(self.fact(here), "" if reason is STATED else reason.rule.name, premises)
        return found[goal]

    def fact(self, premise: Premise) -> Fact:
        """A coded statement as terms."""
        terms = self._index.terms
        subject, value = unpack(premise[1])
        return Fact(terms[subject], terms[premise[0]], terms[value])

    def _reason(self, premise: Premise) -> Reason:
        predicate, key = premise
        subject, value = unpack(key)
        if value in self._index.objects(subject, predicate):
            return STATED
        names, engine = self._engine.names, self._engine
        if predicate == names.sameAs:
            found = self._same(subject, value)
            if found is not None:
                return found
        why = (engine.why or {}).get(predicate, {}).get(key)
        if why is not None:
            return why
        kept = tuple(engine.same.find(code) for code in (subject, predicate, value))
        if kept != (subject, predicate, value):
            return engine.state.moved(kept[1], pack(kept[0], kept[2]), predicate, key)
        return self._restated(kept) or engine.scheme.reason(predicate, key) or _KNOWN

    def _same(self, left: int, right: int) -> Reason | None:
        same = self._engine.names.sameAs
        path = self._engine.same.path(left, right)
        if left == right:
            return Reason(Rule("eq-ref"))
        if len(path) == 1 and (path[0].left, path[0].right) == (left, right):
            return path[0].reason
        if len(path) == 1:
            return Reason(Rule("eq-sym"), ((same, pack(right, left)),))
        steps = []
        node = left
        for link in path:
            far = link.right if link.left == node else link.left
            steps.append((same, pack(node, far)))
            node = far
        return Reason(Rule("eq-trans"), tuple(steps)) if steps else None

    def _restated(self, kept: tuple[int, ...]) -> Reason | None:
        """A statement of other members of the classes of its nodes, which is stated as it is."""
        members = self._members
        if not members:
            return None
        subject, predicate, value = (members.get(code, [code]) for code in kept)
        for prop in predicate:
            for node in subject:
                for other in value:
                    if other in self._index.objects(node, prop):
                        key = pack(kept[0], kept[2])
                        return self._engine.state.moved(prop, pack(node, other), kept[1], key)
        return None


def _premises(reason: Reason) -> list[Premise]:
    axioms = [(predicate, pack(subject, value)) for subject, predicate, value in reason.rule.axioms]
    return [*reason.premises, *axioms]


def contradictions(entailment: Entailment) -> tuple[Contradiction, ...]:
    """The clashes of a run as values, root causes first, at most `MOST_SHOWN`.

    A contradiction whose data statements include all those of another one is its consequence and comes after.
    """
    prover = Prover(entailment)
    found = [_contradiction(prover, clash) for clash in entailment.engine.clashes]
    found.sort(key=lambda one: (sum(proof.size for proof in one.proofs), one.detail))
    roots: dict[frozenset[Fact], Contradiction] = {}
    others: list[Contradiction] = []
    for one in found:
        data = frozenset(fact for fact in one.stated() if not is_axiom(fact))
        if any(cause <= data for cause in roots):
            others.append(one)
        else:
            roots[data] = one
    return tuple(dict.fromkeys([*roots.values(), *others]))[:MOST_SHOWN]


def _contradiction(prover: Prover, clash: Clash) -> Contradiction:
    premises = _premises(Reason(clash.rule, clash.premises))
    facts = tuple(prover.fact(premise) for premise in premises)
    detail = f"{clash.rule.name}: {' ; '.join(str(fact) for fact in facts)}"
    proofs = tuple(prover.proof(premise) for premise in premises)
    return Contradiction(detail, tuple(_iris(facts)), clash.rule.name, facts, proofs)


def _iris(facts: Iterable[Fact]) -> Iterable[str]:
    skip = (RDF, RDFS, OWL)
    named = [term.value for fact in facts for term in fact if isinstance(term, ox.NamedNode)]
    return dict.fromkeys(iri for iri in named if not iri.startswith(skip))


def is_axiom(fact: Fact) -> bool:
    """Whether a statement belongs to the schema: by its predicate, or as a declaration."""
    predicate = fact.predicate.value if isinstance(fact.predicate, ox.NamedNode) else ""
    if predicate == RDF + "type":
        return isinstance(fact.object, ox.NamedNode) and fact.object.value.startswith((OWL, RDFS))
    if predicate in {OWL + "sameAs", OWL + "differentFrom", OWL + "sourceIndividual"}:
        return False
    return predicate.startswith(OWL) or predicate in _SCHEMA


_SCHEMA = frozenset(
    {RDFS + name for name in ("subClassOf", "subPropertyOf", "domain", "range")} | {RDF + "first", RDF + "rest"}
)
