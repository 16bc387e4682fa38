"""KG008 to KG023 and KG600 to KG605: every distinct term judged once, by itself; its statements are found only if it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.sieve import doubtful
from kgtool.checks.statements import Use, finding, iri_of, uses
from kgtool.checks.texts import check_texts
from kgtool.errors import texts
from kgtool.finding import Finding, Severity
from kgtool.lexical import Remark, bare_chinese, characters, chinese, iri, language_tag, typed
from kgtool.terms import XSD

_ANY_URI, _STRING = XSD + "anyURI", XSD + "string"
_YEAR = re.compile(r"(?i:year)$")
_INTEGER = re.compile("[0-9]{1,3}")
_ROC, _MOST_ROC = 1911, 199


def check_lexical(inputs: Inputs) -> Outcome:
    """Findings about terms, then about the files' texts. Cost: linear in distinct terms; counts them."""
    judge = _Judge(inputs)
    terms = inputs.index.terms
    bad = {code: remarks for code in sorted(doubtful(terms, judge.passes)) if (remarks := judge(terms[code]))}
    found = uses(inputs.index, bad) if bad else {}
    findings = [
        finding(inputs, remark.code, remark.severity, remark.message, use)
        for code, statements in found.items()
        for use in statements
        for remark in bad[code]
    ]
    findings += _years(inputs)
    findings += check_texts(inputs)
    return Outcome(tuple(findings), len(terms))


class _Judge:
    """A term to its remarks; tags and datatypes are looked at once each."""

    def __init__(self, inputs: Inputs) -> None:
        self.prefixes = inputs.project.prefixes
        self.tags: dict[str, list[Remark]] = {}
        # The reader of Turtle has said it already, with its place.
        self.directed = all(one.rule != "KG010" for one in inputs.dataset.findings)
        # The model's own check query says it of names, with the property; one voice is enough.
        self.bare_chinese = "chinese-without-script" not in inputs.catalog.queries

    def __call__(self, term: object) -> list[Remark] | None:
        if isinstance(term, ox.NamedNode):
            return self._iri(term.value)
        if isinstance(term, ox.Literal):
            return self._literal(term)
        return None

    def _iri(self, value: str) -> list[Remark]:
        return [*iri(value, self.prefixes), *characters(value, iri=True)]

    def _literal(self, term: ox.Literal) -> list[Remark]:
        value, tag = term.value, term.language
        out = list(characters(value))
        if tag is None:
            datatype = term.datatype.value
            if datatype != _STRING:
                out += typed(value, datatype)
                if not datatype.startswith(XSD):
                    out += iri(datatype, self.prefixes)  # `"1"^^<xsd:integer>`
                if datatype == _ANY_URI and ":" in value:
                    out += iri(value, {}) if re.match("[A-Za-z][A-Za-z0-9+.-]*:", value) else ()
            return out
        out += self._of_tag(tag)
        if term.direction is not None and self.directed:
            out.append(_direction(str(term.direction)))
        if tag.startswith("zh"):
            out += chinese(value, tag)
        return out

    def passes(self, tag: str) -> bool:
        """Whether there is nothing to say of a language tag; a direction is no part of one."""
        return "--" not in tag and not self._of_tag(tag)

    def _of_tag(self, tag: str) -> list[Remark]:
        if tag not in self.tags:
            self.tags[tag] = list(self._tag(tag))
        return self.tags[tag]

    def _tag(self, tag: str) -> Iterator[Remark]:
        yield from language_tag(tag)
        if tag == "zh" and self.bare_chinese:
            yield bare_chinese()


def _direction(direction: str) -> Remark:
    return Remark("KG010", Severity.ERROR, texts(
        zh=f"書寫方向 --{direction} 是 RDF 1.2 語法,此處不支援;請移除。",
        en=f"the base direction --{direction} is RDF 1.2, which is not supported; remove it.",
    ))  # fmt: skip


def _years(inputs: Inputs) -> Iterator[Finding]:
    """Whole numbers below 200 where a property's name says that they are years: ROC years where Gregorian is meant."""
    index = inputs.index
    for predicate in index.predicates:
        if not _YEAR.search(iri_of(index.terms[predicate])):
            continue
        subjects, objects = index.column(predicate)
        for subject, value in zip(subjects, objects, strict=True):
            term = index.terms[value]
            number = int(term.value) if isinstance(term, ox.Literal) and _INTEGER.fullmatch(term.value) else 0
            if 1 <= number <= _MOST_ROC:
                message = texts(zh=f"年份 {number} 可疑;若為民國年,請寫 {number + _ROC}。",
                                en=f"the year {number} is suspicious; if an ROC year is meant, write {number + _ROC}.")  # fmt: skip
                yield finding(inputs, "KG022", Severity.WARNING, message, Use("object", subject, predicate, value))
