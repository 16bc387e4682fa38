"""The terms that a query names: do they exist? A misspelt property or class finds nothing, without a word."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping

from kgtool.catalog import NamedQuery
from kgtool.catalog.iris import SCHEME, absolute, declared, iris
from kgtool.catalog.text import lexed
from kgtool.checks.context import Inputs
from kgtool.checks.query_lint import Remark
from kgtool.errors import texts
from kgtool.late import closest
from kgtool.terms import DCT, OA, ORG, OWL, PROV, RDF, RDFS, SCHEMA, SH, SKOS, XSD

# Vocabularies of others: what they declare is not in the project, so its absence says nothing.
_OTHERS = frozenset({RDF, RDFS, OWL, XSD, SH, SKOS, DCT, OA, ORG, PROV, SCHEMA})
_MOST_COMPARED = 5_000
# Constructor functions of the engine: those of SPARQL 1.1 Query §17.5, and the other dates and durations.
_CASTS = frozenset(
    XSD + name
    for name in (
        "boolean", "date", "dateTime", "dayTimeDuration", "decimal", "double", "duration", "float", "gDay", "gMonth",
        "gMonthDay", "gYear", "gYearMonth", "integer", "string", "time", "yearMonthDuration",
    )
)  # fmt: skip


class Vocabulary:
    """The namespaces that a project speaks for, and which IRIs it mentions. Cost: one pass over the ontology's subjects."""

    def __init__(self, inputs: Inputs) -> None:
        self._inputs = inputs
        own = {str(inputs.project["base"]), *inputs.project["prefixes"].values()}
        ontology = inputs.ontology
        subjects = set().union(*(ontology.column(predicate)[0] for predicate in ontology.predicates))
        own |= {_namespace(iri) for code in subjects if (iri := getattr(ontology.terms[code], "value", ""))}
        self.namespaces = frozenset(name for name in own - _OTHERS if SCHEME.match(name))

    def lacks(self, iri: str) -> bool:
        """Whether an IRI of these namespaces is mentioned by no statement of ontology, data or shapes."""
        if iri in self.namespaces or _namespace(iri) not in self.namespaces:
            return False
        return self._inputs.index.iri(iri) < 0

    def near(self, iri: str) -> str:
        """The mentioned IRI of the same namespace that looks most like it, "" when none does."""
        space = _namespace(iri)
        known = [
            value for term in self._inputs.index.terms
            if (value := getattr(term, "value", "")).startswith(space) and abs(len(value) - len(iri)) <= 3
        ]  # fmt: skip
        found = closest(iri[len(space) :], [value[len(space) :] for value in known[:_MOST_COMPARED]])
        return space + found if found else ""


def unknown_terms(inputs: Inputs, vocabulary: Vocabulary, query: NamedQuery) -> Iterator[Remark]:
    """The IRIs of a query, and the classes of its parameters, that nothing declares or mentions; each once."""
    seen = set()
    named = [*iris(query.text, inputs.project.prefixes), *_classes(inputs, query)]
    for iri, start in named:
        if iri in seen or not vocabulary.lacks(iri):
            continue
        seen.add(iri)
        short, near = inputs.curies.short(iri), vocabulary.near(iri)
        hint = inputs.curies.short(near) if near else ""
        yield Remark("KG304", start, iri, texts(
            zh=f"{short} 在本體與資料中都不存在" + (f";是否指 {hint}?" if hint else "。"),
            en=f"{short} exists neither in the ontology nor in the data" + (f"; did you mean {hint}?" if hint else "."),
        ))  # fmt: skip


def unknown_functions(query: NamedQuery, prefixes: Mapping[str, str]) -> Iterator[Remark]:
    """Calls of functions that no engine here knows: they give an error, and so no value. Source: SPARQL 1.1 Query §17.6."""
    every = lexed(query.text)
    known = declared(every, prefixes)
    depth: list[str] = []
    for token, behind in itertools.pairwise(every):
        if token.kind == "open":
            depth.append(token.text)
        elif token.kind == "close" and depth:
            depth.pop()
        elif token.kind in {"iri", "pname"} and behind.text == "(" and "(" in depth[-1:]:
            iri = absolute(token, known)
            if SCHEME.match(iri) and iri not in _CASTS:
                yield Remark("KG316", token.start, iri, texts(
                    zh=f"沒有函式 {token.text},結果永遠是錯誤(無值)。",
                    en=f"there is no function {token.text}: a call gives an error, and so no value."))  # fmt: skip


def _classes(inputs: Inputs, query: NamedQuery) -> Iterator[tuple[str, int]]:
    for param in query.params.values():
        iri = inputs.curies.expand(param.cls) if param.cls else ""
        if iri:
            yield iri, max(query.text.find(param.cls), 0)


def _namespace(iri: str) -> str:
    return iri[: max(iri.rfind("#"), iri.rfind("/")) + 1]
