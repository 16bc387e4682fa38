"""KG150 to KG153: terms that no ontology declares, used as the wrong kind of thing, or no longer to be used.

A namespace is the project's own when one of its terms is defined by an ontology that the project (or the model) holds:
there every term used must be described. Of a namespace that the ontology only borrows from, a term that is nearly one
of those borrowed is a warning.
Where an ontology declares itself, the hygiene checks (KG120 to KG125, KG141) speak of properties and classes; this file
then speaks of what is left: concepts and other terms as values, and the namespaces of RDF and SKOS.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.cycles import check_cycles
from kgtool.checks.statements import Use, finding, iri_of, uses
from kgtool.errors import Texts, texts
from kgtool.finding import Finding, Severity
from kgtool.late import closest
from kgtool.terms import DCT, OWL, RDF, RDFS, SKOS

_TYPE, _DEFINED = RDF + "type", RDFS + "isDefinedBy"
_OBJECT, _DATA = OWL + "ObjectProperty", OWL + "DatatypeProperty"
_PROPERTIES = {_OBJECT, _DATA, OWL + "AnnotationProperty", RDF + "Property"}
_CLASSES = {OWL + "Class", RDFS + "Class"}
# Looking for what a slip may have meant costs a comparison a known term: so many slips get one, the others none.
_MOST_GUESSES = 200
# The terms of namespaces that are closed: whatever else is written there is a slip.
_CLOSED = {
    RDF: "type first rest nil value subject predicate object List Statement Property Bag Seq Alt langString HTML XMLLiteral "
    "JSON language direction PlainLiteral CompoundLiteral reifies",
    RDFS: "Class subClassOf subPropertyOf domain range label comment seeAlso isDefinedBy member Resource Literal Datatype "
    "Container ContainerMembershipProperty",
    SKOS: "Concept ConceptScheme Collection OrderedCollection inScheme hasTopConcept topConceptOf altLabel hiddenLabel "
    "prefLabel notation changeNote definition editorialNote example historyNote note scopeNote broader broaderTransitive "
    "narrower narrowerTransitive related semanticRelation member memberList broadMatch closeMatch exactMatch mappingRelation "
    "narrowMatch relatedMatch",
    OWL: "AllDifferent AllDisjointClasses AllDisjointProperties Annotation AnnotationProperty AsymmetricProperty Axiom Class "
    "DataRange DatatypeProperty DeprecatedClass DeprecatedProperty FunctionalProperty InverseFunctionalProperty "
    "IrreflexiveProperty NamedIndividual NegativePropertyAssertion Nothing ObjectProperty Ontology OntologyProperty "
    "ReflexiveProperty Restriction SymmetricProperty Thing TransitiveProperty allValuesFrom annotatedProperty annotatedSource "
    "annotatedTarget assertionProperty backwardCompatibleWith bottomDataProperty bottomObjectProperty cardinality complementOf "
    "datatypeComplementOf deprecated differentFrom disjointUnionOf disjointWith distinctMembers equivalentClass "
    "equivalentProperty hasKey hasSelf hasValue imports incompatibleWith intersectionOf inverseOf maxCardinality "
    "maxQualifiedCardinality members minCardinality minQualifiedCardinality onClass onDataRange onDatatype onProperties "
    "onProperty oneOf priorVersion propertyChainAxiom propertyDisjointWith qualifiedCardinality sameAs someValuesFrom "
    "sourceIndividual targetIndividual targetValue topDataProperty topObjectProperty unionOf versionIRI versionInfo "
    "withRestrictions real rational",
}  # fmt: skip


class _Vocabulary(Struct):
    """What the ontology files say: `kinds` of each subject, terms `mentioned`, namespaces and deprecated terms.

    `headed`: an ontology declares itself, so the hygiene checks look at properties and classes.
    """

    kinds: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    mentioned: set[str] = field(default_factory=set)
    own: set[str] = field(default_factory=set)
    borrowed: set[str] = field(default_factory=set)
    deprecated: dict[str, str] = field(default_factory=dict)
    headed: bool = False


def check_vocabulary(inputs: Inputs) -> Outcome:
    """Findings about terms; counts the terms that are declared. Cost: linear in distinct terms and in properties' columns."""
    vocabulary = _vocabulary(inputs)
    findings = [*_undeclared(inputs, vocabulary), *_deprecated(inputs, vocabulary)]
    findings += () if vocabulary.headed else _kinds(inputs, vocabulary)
    findings += check_cycles(inputs, classes=not vocabulary.headed)
    return Outcome(tuple(findings), len(vocabulary.kinds))


def namespace(iri: str) -> str:
    """An IRI up to its last `#`, or else its last `/`."""
    return iri[: max(iri.rfind("#"), iri.rfind("/") if "#" not in iri else -1) + 1]


def _vocabulary(inputs: Inputs) -> _Vocabulary:
    out = _Vocabulary()
    defined: dict[str, str] = {}
    replaced: dict[str, str] = {}
    known = inputs.ontology.terms
    for codes in inputs.ontology:
        subject, predicate, value = (iri_of(known[code]) for code in codes)
        out.mentioned |= {subject, value}
        if not subject:
            continue
        kinds = out.kinds[subject]
        if predicate == _TYPE:
            kinds.add(value)
        elif predicate == _DEFINED:
            defined[subject] = value
        elif predicate == DCT + "isReplacedBy":
            replaced[subject] = value
        elif predicate == OWL + "deprecated" and getattr(known[codes[2]], "value", "") in {"true", "1"}:
            out.deprecated[subject] = ""
    out.deprecated = {iri: replaced.get(iri, "") for iri in out.deprecated}
    ontologies = {iri for iri, kinds in out.kinds.items() if OWL + "Ontology" in kinds}
    out.headed = bool(ontologies)
    out.own = {namespace(iri) for iri, by in defined.items() if by in ontologies} - {""}
    terms = {iri for iri, kinds in out.kinds.items() if kinds & (_PROPERTIES | _CLASSES)}
    out.borrowed = {namespace(iri) for iri in terms} - out.own - _CLOSED.keys() - {""}
    return out


def _undeclared(inputs: Inputs, vocabulary: _Vocabulary) -> Iterator[Finding]:
    index = inputs.index
    found = dict(_unknown(inputs, vocabulary))
    used = {*index.predicates, *index.column(index.iri(_TYPE))[1]}
    if vocabulary.headed:
        w3c = (RDF, SKOS)
        found = {
            code: what for code, what in found.items() if code not in used or iri_of(index.terms[code]).startswith(w3c)
        }
    else:
        found |= _nearly(inputs, vocabulary, sorted(used - found.keys()))
    for number, (code, statements) in enumerate(uses(index, found).items()):
        severity, known = found[code]
        message = _no_such(inputs, iri_of(index.terms[code]), known if number < _MOST_GUESSES else [])
        for use in statements:
            yield finding(inputs, "KG150", severity, message, use)


def _unknown(inputs: Inputs, vocabulary: _Vocabulary) -> Iterator[tuple[int, tuple[Severity, list[str]]]]:
    """Terms of the project's own and of closed namespaces that are none, with the terms of that namespace."""
    own, closed = tuple(sorted(vocabulary.own)), tuple(_CLOSED)
    terms: dict[str, list[str]] = {here: [here + name for name in names.split()] for here, names in _CLOSED.items()}
    for iri in vocabulary.kinds:
        if namespace(iri) in vocabulary.own:
            terms.setdefault(namespace(iri), []).append(iri)
    for code, term in enumerate(inputs.index.terms):
        iri = iri_of(term)
        if own and iri.startswith(own) and iri not in vocabulary.kinds and iri not in own:
            if namespace(iri) in vocabulary.own:
                yield code, (Severity.ERROR, terms[namespace(iri)])
        elif iri.startswith(closed) and namespace(iri) != iri and not _of_closed(iri):
            yield code, (Severity.ERROR, terms[namespace(iri)])


def _nearly(inputs: Inputs, vocabulary: _Vocabulary, used: list[int]) -> dict[int, tuple[Severity, list[str]]]:
    """Properties and classes that are nearly a term that the ontology borrows."""
    found: dict[int, tuple[Severity, list[str]]] = {}
    strange = [
        code for code in used
        if (iri := iri_of(inputs.index.terms[code])) not in vocabulary.mentioned and namespace(iri) in vocabulary.borrowed
    ]  # fmt: skip
    for code in strange[:_MOST_GUESSES]:
        iri = iri_of(inputs.index.terms[code])
        known = [one for one in vocabulary.kinds if namespace(one) == namespace(iri)]
        if _meant(iri, known):
            found[code] = (Severity.WARNING, known)
    return found


def _of_closed(iri: str) -> bool:
    here = namespace(iri)
    name = iri[len(here) :]
    return here not in _CLOSED or name in _CLOSED[here].split() or (here == RDF and name.startswith("_"))


def _no_such(inputs: Inputs, iri: str, known: list[str]) -> Texts:
    short = inputs.curies.short
    meant = _meant(iri, known)
    return texts(
        zh=f"本體沒有 {short(iri)}" + (f";是否指 {short(meant)}?" if meant else "。"),
        en=f"no ontology declares {short(iri)}" + (f"; did you mean {short(meant)}?" if meant else "."),
    )


def _meant(iri: str, known: list[str]) -> str:
    """The known term of the same namespace whose local name is nearest, "" when none is near."""
    near = closest(_local(iri).lower(), sorted({_local(one).lower() for one in known}), 0.7)
    return next((one for one in sorted(known) if near and _local(one).lower() == near), "")


def _local(iri: str) -> str:
    return iri[len(namespace(iri)) :]


def _kinds(inputs: Inputs, vocabulary: _Vocabulary) -> Iterator[Finding]:
    """Literals where a node is meant and the other way about; classes as properties and properties as classes."""
    index = inputs.index
    short = inputs.curies.short
    for predicate in index.predicates:
        iri = iri_of(index.terms[predicate])
        kinds = vocabulary.kinds.get(iri, set())
        subjects, objects = index.column(predicate)
        if kinds & _CLASSES and not kinds & _PROPERTIES:
            message = texts(
                zh=f"{short(iri)} 是類別,不可作屬性。", en=f"{short(iri)} is a class; it cannot be a property."
            )
            yield finding(
                inputs, "KG152", Severity.ERROR, message, Use("predicate", subjects[0], predicate, objects[0])
            )
        elif (_OBJECT in kinds) != (_DATA in kinds):
            yield from _values(inputs, predicate, wants_node=_OBJECT in kinds)
    types = index.iri(_TYPE)
    wrong = {
        code
        for code in set(index.column(types)[1])
        if (kinds := vocabulary.kinds.get(iri_of(index.terms[code]), set())) & _PROPERTIES and not kinds & _CLASSES
    }
    for code, statements in uses(index, wrong).items() if wrong else ():
        message = texts(zh=f"{short(iri_of(index.terms[code]))} 是屬性,不可作類別。",
                        en=f"{short(iri_of(index.terms[code]))} is a property; it cannot be a class.")  # fmt: skip
        for use in statements:
            if use.predicate == types and use.part == "object":
                yield finding(inputs, "KG152", Severity.ERROR, message, use)


def _values(inputs: Inputs, predicate: int, *, wants_node: bool) -> Iterator[Finding]:
    index = inputs.index
    subjects, objects = index.column(predicate)
    wrong = {code for code in set(objects) if isinstance(index.terms[code], ox.Literal) == wants_node}
    if not wrong:
        return
    name = inputs.curies.short(iri_of(index.terms[predicate]))
    message = (
        texts(zh=f"{name} 是物件屬性,值須為 IRI 或空白節點,不可為文字。",
              en=f"{name} is an object property: its value is an IRI or a blank node, not a literal.")
        if wants_node
        else texts(zh=f"{name} 是資料屬性,值須為文字、數字或日期,不可為 IRI。",
                   en=f"{name} is a datatype property: its value is a literal, not an IRI.")
    )  # fmt: skip
    for subject, value in dict.fromkeys(zip(subjects, objects, strict=True)):
        if value in wrong:
            yield finding(inputs, "KG151", Severity.ERROR, message, Use("object", subject, predicate, value))


def _deprecated(inputs: Inputs, vocabulary: _Vocabulary) -> Iterator[Finding]:
    """Uses in data and shapes of terms that the ontology calls deprecated; the ontology itself may speak of them."""
    index = inputs.index
    short = inputs.curies.short
    codes = {index.iri(iri): iri for iri in sorted(vocabulary.deprecated)}
    codes.pop(-1, None)
    if not codes:
        return
    classes = {index.iri(name) for name in (_TYPE, RDFS + "subClassOf", RDFS + "domain", RDFS + "range")}
    for code, statements in uses(index, codes).items():
        meant = vocabulary.deprecated[codes[code]]
        message = texts(
            zh=f"{short(codes[code])} 已不建議使用" + (f";請改用 {short(meant)}。" if meant else "。"),
            en=f"{short(codes[code])} is deprecated" + (f"; use {short(meant)}." if meant else "."),
        )
        for use in statements:
            if use.part == "subject" or use.object in inputs.ontology.objects(use.subject, use.predicate):
                continue
            if not vocabulary.headed or (use.part == "object" and use.predicate not in classes):
                yield finding(inputs, "KG153", Severity.WARNING, message, use)
