"""`kgtool explain` and `kgtool infer` as functions: why a statement holds, and what follows from what is stated."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

import pyoxigraph as ox
from msgspec import Struct

from kgtool.built import Builder
from kgtool.catalog import NamedQuery
from kgtool.checks import Inputs
from kgtool.checks.reasoning import labels_of, place_of, words_of
from kgtool.engine import QueryRunner
from kgtool.errors import UsageError, texts
from kgtool.finding import Place
from kgtool.index import Index
from kgtool.named import Binder
from kgtool.reason import Contradiction, Fact, Limits, Proof, Prover, contradictions, reason, rule_words
from kgtool.terms import OWL, RDF

_LITERAL = re.compile(r'"(?P<text>.*)"(?:@(?P<tag>[A-Za-z0-9-]+)|\^\^(?P<type>\S+))?', re.DOTALL)
_LABELS_SHOWN = 5
# A build query, and the stated facts that one match of it connects.
Derived = tuple[NamedQuery, tuple[Proof, ...]]
_NOTHING: Mapping[Fact, Derived] = MappingProxyType({})


class Line(Struct, frozen=True):
    """One line of a proof tree.

    Attributes:
        branches: for each level above, whether a later sibling follows there; empty for the conclusion.
        rule: "" for what is stated; then `place` says where, unless it holds in every graph.
        repeated: proved further up; its premises are not written again.
        query: the build query that derives it, for what is neither stated nor follows by a rule.
    """

    fact: Fact
    branches: tuple[bool, ...]
    rule: str
    place: Place
    repeated: bool
    query: NamedQuery | None = None


class Explanation(Struct, frozen=True):
    """Why something holds, or why a graph contradicts itself.

    Attributes:
        contradiction: the contradiction whose premises the lines prove; None for a statement.
        lines: the tree, conclusion first.
    """

    contradiction: Contradiction | None
    lines: tuple[Line, ...]


def explain(inputs: Inputs, subject: str, predicate: str, value: str) -> Explanation | None:
    """The proof of a statement; None when it is neither stated nor follows, by rules or by a build query.

    Args:
        subject, predicate, value: a prefixed name, an IRI, a label, or (value) a literal in quotes; `a` is rdf:type.
    Raises:
        UsageError: E-TERM, a text that names nothing.
        EngineError: the graph could not be closed.
        QueryError: a build query could not be run.
    """
    node, name = _term(inputs, subject), _predicate(inputs, predicate)
    fact = Fact(node, name, _term(inputs, value))
    proof = Prover(reason(inputs.facts, why=True)).prove(fact)
    if proof is not None:
        return Explanation(None, tuple(_lines(inputs, (proof,))))
    return _built(inputs, fact)


def _built(inputs: Inputs, fact: Fact) -> Explanation | None:
    """The proof of a statement in the graph with what its build queries derive. Cost: one run of each, and a closure."""
    with QueryRunner(inputs.store) as runner:
        binder = Binder(inputs.curies, inputs.today, inputs.store)
        builder = Builder(inputs.catalog, binder, runner, inputs.project.prefixes)
        built = builder.facts()
        if not built:
            return None
        index = Index()
        index.extend(inputs.dataset.quads("ontology", "data"))
        index.extend(built)
        proof = Prover(reason(index, why=True)).prove(fact)
        if proof is None:
            return None
        leaves = {triple for part in proof.parts() if not part.rule and (triple := _as_triple(part.fact)) in built}
        grounds = {
            triple: tuple(Proof(Fact(*ground)) for ground in builder.grounds(built[triple], triple))
            for triple in leaves
        }
    derived = {Fact(*triple): (built[triple], premises) for triple, premises in grounds.items()}
    return Explanation(None, tuple(_lines(inputs, (proof,), derived=derived)))


def _as_triple(fact: Fact) -> ox.Triple | None:
    if isinstance(fact.subject, ox.NamedNode) and isinstance(fact.predicate, ox.NamedNode):
        return ox.Triple(fact.subject, fact.predicate, fact.object)
    return None


def explain_contradictions(inputs: Inputs) -> tuple[Explanation, ...]:
    """The proof of each contradiction, root causes first; empty for a graph without one.

    Raises:
        EngineError: the graph could not be closed.
    """
    found = contradictions(reason(inputs.facts, why=True))
    return tuple(Explanation(one, tuple(_lines(inputs, one.proofs, nested=True))) for one in found)


def infer(inputs: Inputs, limits: Limits | None = None) -> tuple[ox.Triple, ...]:
    """What follows and is not stated, sorted; of equal nodes, types for each and other statements for one.

    What says only that something is below itself, or owl:Nothing below a class, is left out.

    Raises:
        EngineError: the graph could not be closed.
    """
    index = inputs.facts
    terms = index.terms
    nothing = index.iri(OWL + "Nothing")
    rows = sorted(
        (str(terms[s]), str(terms[p]), str(terms[o]), s, p, o)
        for s, p, o in reason(index, limits).inferred()
        if s not in {o, nothing}
    )
    return tuple(_triple(terms[row[3]], terms[row[4]], terms[row[5]]) for row in rows)


def _triple(subject: object, predicate: object, value: object) -> ox.Triple:
    return ox.Triple(subject, predicate, value)  # type: ignore[arg-type]


def _lines(
    inputs: Inputs, proofs: tuple[Proof, ...], *, nested: bool = False, derived: Mapping[Fact, Derived] = _NOTHING
) -> Iterator[Line]:
    """The trees in reading order, without recursion: proofs can be deep. Below what is derived stand its grounds."""
    told: set[int] = set()
    todo: list[tuple[Proof, tuple[bool, ...]]] = [
        (proof, (number < len(proofs) - 1,) if nested else ()) for number, proof in enumerate(proofs)
    ]
    todo.reverse()
    while todo:
        proof, branches = todo.pop()
        query, grounds = derived.get(proof.fact, (None, ()))
        premises = proof.premises or grounds
        repeated = id(proof) in told and bool(premises)
        told.add(id(proof))
        place = Place("") if proof.rule or query else place_of(inputs, proof.fact)
        yield Line(proof.fact, branches, proof.rule, place, repeated, query)
        if not repeated:
            last = len(premises) - 1
            below = [(one, (*branches, number < last)) for number, one in enumerate(premises)]
            todo += reversed(below)


def _predicate(inputs: Inputs, text: str) -> ox.NamedNode:
    if text == "a":
        return ox.NamedNode(RDF + "type")
    term = _term(inputs, text)
    if isinstance(term, ox.NamedNode):
        return term
    raise _unknown(text)


def _term(inputs: Inputs, text: str) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    literal = _LITERAL.fullmatch(text)
    try:
        if literal:
            return _literal(inputs, literal)
        if text.startswith("_:"):
            return ox.BlankNode(text[2:])
        iri = inputs.curies.expand(text)
        if iri is not None:
            return ox.NamedNode(iri)
    except ValueError as error:
        raise _unknown(text) from error
    named = [name for name in inputs.described if text in labels_of(inputs, name).values()]
    if len(named) == 1:
        return ox.NamedNode(named[0])
    raise _unknown(text, tuple(inputs.curies.short(name) for name in sorted(named)[:_LABELS_SHOWN]))


def _literal(inputs: Inputs, match: re.Match[str]) -> ox.Literal:
    if match["tag"]:
        return ox.Literal(match["text"], language=match["tag"])
    if match["type"]:
        return ox.Literal(match["text"], datatype=ox.NamedNode(inputs.curies.expand(match["type"]) or match["type"]))
    return ox.Literal(match["text"])


def _unknown(text: str, several: tuple[str, ...] = ()) -> UsageError:
    if several:
        names = ", ".join(several)
        return UsageError(
            "E-TERM",
            texts(zh=f"「{text}」所指不只一個。", en=f"'{text}' names more than one thing."),
            texts(zh=f"請用其一:{names}。", en=f"Write one of {names}."),
        )
    return UsageError(
        "E-TERM",
        texts(zh=f"不知「{text}」所指為何。", en=f"'{text}' names nothing."),
        texts(
            zh="請寫前綴名稱、IRI、標籤或加引號之文字。",
            en="Write a prefixed name, an IRI, a label or a text in quotes.",
        ),
    )


def to_text(inputs: Inputs, explanation: Explanation, language: str) -> str:
    """An explanation as an indented tree in one language."""
    words = words_of(inputs)
    rows: list[str] = []
    if explanation.contradiction is not None:
        rule = explanation.contradiction.rule
        rows.append(f"矛盾({rule}):" if language != "en" else f"a contradiction ({rule}):")
    for line in explanation.lines:
        stem = "".join("│  " if more else "   " for more in line.branches[:-1])
        joint = ("├─ " if line.branches[-1] else "└─ ") if line.branches else ""
        origin = _origin(line, inputs.today, language)
        rows.append(f"{stem}{joint}{words.fact(line.fact, language)}  {origin}".rstrip())
    return "\n".join(rows) + "\n"


def _origin(line: Line, today: datetime.date, language: str) -> str:
    chinese = language != "en"
    above = ("(見上)" if chinese else " (as above)") if line.repeated else ""
    if line.query:
        said = f"依查詢推導,基準日 {today}" if chinese else f"derived by a query as of {today}"
        return f"← {said} [{line.query.file.name}]{above}"
    if line.rule:
        return f"← {rule_words(line.rule, language)} [{line.rule}]{above}"
    return f"[{line.place}]" if line.place.path else ("[已載明]" if chinese else "[stated]")
