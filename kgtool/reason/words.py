"""Statements and rules in words, with labels, in both languages."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pyoxigraph as ox

from kgtool.errors import Texts, texts
from kgtool.lang import pick
from kgtool.reason.model import Fact, Node
from kgtool.terms import OWL, RDF, RDFS

# An IRI or `_:label` to its labels by language tag; empty where it has none.
Labels = Callable[[str], Mapping[str, str]]
Short = Callable[[str], str]
_TYPE = RDF + "type"

_SENTENCES: Mapping[str, Texts] = {
    _TYPE: texts(zh="{s} 屬於 {o}", en="{s} is in class {o}"),
    OWL + "sameAs": texts(zh="{s} 與 {o} 為同一", en="{s} is the same as {o}"),
    OWL + "differentFrom": texts(zh="{s} 與 {o} 並非同一", en="{s} is not {o}"),
    RDFS + "subClassOf": texts(zh="凡 {s} 皆為 {o}", en="every {s} is also {o}"),
    OWL + "equivalentClass": texts(zh="{s} 即 {o}", en="{s} and {o} are one class"),
    OWL + "disjointWith": texts(zh="{s} 與 {o} 互斥", en="nothing is both {s} and {o}"),
    OWL + "complementOf": texts(zh="{s} 為非 {o} 者", en="{s} is whatever is not {o}"),
    RDFS + "subPropertyOf": texts(zh="凡「{s}」亦「{o}」", en="whatever holds by {s} holds by {o}"),
    OWL + "equivalentProperty": texts(zh="「{s}」即「{o}」", en="{s} and {o} are one property"),
    OWL + "inverseOf": texts(zh="「{s}」與「{o}」互逆", en="{s} is {o} turned round"),
    OWL + "propertyDisjointWith": texts(zh="「{s}」與「{o}」不得並存", en="{s} and {o} never hold together"),
    RDFS + "domain": texts(zh="有「{s}」者屬於 {o}", en="whatever has {s} is in class {o}"),
    RDFS + "range": texts(zh="「{s}」之值屬於 {o}", en="whatever {s} leads to is in class {o}"),
    OWL + "propertyChainAxiom": texts(zh="「{s}」由屬性鏈 {o} 得出", en="{s} follows from the chain {o}"),
    OWL + "intersectionOf": texts(zh="{s} 為 {o} 各類之交集", en="{s} is what is in every class of {o}"),
    OWL + "unionOf": texts(zh="{s} 為 {o} 各類之聯集", en="{s} is what is in some class of {o}"),
    OWL + "oneOf": texts(zh="{s} 由 {o} 列舉", en="{s} lists {o}"),
    OWL + "members": texts(zh="{s} 所列 {o} 兩兩互斥", en="no two of {o} go together ({s})"),
    OWL + "distinctMembers": texts(zh="{s} 所列 {o} 各不相同", en="no two of {o} are the same ({s})"),
    OWL + "hasKey": texts(zh="{s} 以 {o} 為鍵", en="{s} has the key {o}"),
    OWL + "onProperty": texts(zh="{s} 限制「{o}」", en="{s} restricts {o}"),
    OWL + "someValuesFrom": texts(zh="{s} 有值屬於 {o}", en="{s}: some value is in class {o}"),
    OWL + "allValuesFrom": texts(zh="{s} 之值皆屬於 {o}", en="{s}: every value is in class {o}"),
    OWL + "hasValue": texts(zh="{s} 之值為 {o}", en="{s}: the value is {o}"),
    OWL + "onClass": texts(zh="{s} 計數 {o}", en="{s} counts values in class {o}"),
    OWL + "maxCardinality": texts(zh="{s} 至多 {o} 值", en="{s}: at most {o} values"),
    OWL + "maxQualifiedCardinality": texts(zh="{s} 至多 {o} 值", en="{s}: at most {o} values"),
}
_KINDS: Mapping[str, Texts] = {
    OWL + "SymmetricProperty": texts(zh="「{s}」為對稱屬性", en="{s} holds in both directions"),
    OWL + "TransitiveProperty": texts(zh="「{s}」為遞移屬性", en="{s} is transitive"),
    OWL + "FunctionalProperty": texts(zh="「{s}」至多一值", en="{s} has at most one value"),
    OWL + "InverseFunctionalProperty": texts(zh="「{s}」之值只屬一者", en="a value of {s} belongs to one thing only"),
    OWL + "AsymmetricProperty": texts(zh="「{s}」不得互指", en="{s} never holds in both directions"),
    OWL + "IrreflexiveProperty": texts(zh="「{s}」不得指向自身", en="nothing has {s} to itself"),
    OWL + "Class": texts(zh="{s} 為類別", en="{s} is a class"),
}
_OTHER = texts(zh="{s} —{p}→ {o}", en="{s} —{p}→ {o}")

RULES: Mapping[str, Texts] = {
    "eq-ref": texts(zh="自身同一", en="everything is itself"),
    "eq-sym": texts(zh="同一可逆", en="sameness goes both ways"),
    "eq-trans": texts(zh="同一相遞", en="sameness goes on"),
    "eq-rep-s": texts(zh="同一者可代換主詞", en="the same subject under another name"),
    "eq-rep-p": texts(zh="同一者可代換屬性", en="the same property under another name"),
    "eq-rep-o": texts(zh="同一者可代換受詞", en="the same object under another name"),
    "prp-dom": texts(zh="定義域", en="domain"),
    "prp-rng": texts(zh="值域", en="range"),
    "prp-fp": texts(zh="至多一值", en="functional property"),
    "prp-ifp": texts(zh="值只屬一者", en="inverse functional property"),
    "prp-symp": texts(zh="對稱屬性", en="symmetric property"),
    "prp-trp": texts(zh="遞移屬性", en="transitive property"),
    "prp-spo1": texts(zh="上位屬性", en="superproperty"),
    "prp-spo2": texts(zh="屬性鏈", en="property chain"),
    "prp-eqp1": texts(zh="等同屬性", en="equivalent property"),
    "prp-eqp2": texts(zh="等同屬性", en="equivalent property"),
    "prp-inv1": texts(zh="互逆屬性", en="inverse property"),
    "prp-inv2": texts(zh="互逆屬性", en="inverse property"),
    "prp-key": texts(zh="鍵相同", en="same key"),
    "cls-int1": texts(zh="同屬各類者屬其交集", en="in every class of an intersection"),
    "cls-int2": texts(zh="交集之成員屬各類", en="intersection"),
    "cls-uni": texts(zh="聯集", en="union"),
    "cls-svf1": texts(zh="有值屬於該類", en="some value of the class"),
    "cls-svf2": texts(zh="有值", en="some value"),
    "cls-avf": texts(zh="值皆屬該類", en="every value of the class"),
    "cls-hv1": texts(zh="必有之值", en="required value"),
    "cls-hv2": texts(zh="具必有之值", en="has the required value"),
    "cls-maxc2": texts(zh="至多一值", en="at most one value"),
    "cls-maxqc3": texts(zh="該類之值至多一", en="at most one value of the class"),
    "cls-maxqc4": texts(zh="至多一值", en="at most one value"),
    "cls-oo": texts(zh="列舉", en="listed member"),
    "cax-sco": texts(zh="上位類別", en="superclass"),
    "cax-eqc1": texts(zh="等同類別", en="equivalent class"),
    "cax-eqc2": texts(zh="等同類別", en="equivalent class"),
    "dt-eq": texts(zh="同一數值之兩種寫法", en="one value written in two ways"),
    "dt-type2": texts(zh="值屬該資料型別", en="a value of the datatype"),
}
_SCHEMA = texts(zh="由本體公理得出", en="from the axioms")


class Words:
    """Puts facts in words.

    Args:
        labels: what a resource is called, by language.
        short: an IRI as a prefixed name.
    """

    def __init__(self, labels: Labels, short: Short) -> None:
        self._labels = labels
        self._short = short

    def fact(self, fact: Fact, language: str) -> str:
        """A statement as a sentence without a full stop."""
        predicate = fact.predicate.value if isinstance(fact.predicate, ox.NamedNode) else str(fact.predicate)
        kind = fact.object.value if isinstance(fact.object, ox.NamedNode) else ""
        sentence = _KINDS.get(kind) if predicate == _TYPE else None
        form = pick(sentence or _SENTENCES.get(predicate) or _OTHER, language)
        subject, name, value = (self.term(term, language) for term in fact)
        return form.replace("{p}", name).replace("{s}", subject).replace("{o}", value)

    def term(self, term: Node, language: str) -> str:
        """A resource by its label and prefixed name, a literal by its text."""
        if isinstance(term, ox.NamedNode):
            label = pick(self._labels(term.value), language)
            return f"{label} ({self._short(term.value)})" if label else self._short(term.value)
        if isinstance(term, ox.Literal):
            tag = f"@{term.language}" if term.language else ""
            return f'"{term.value}"{tag}'
        return str(term)

    def both(self, facts: tuple[Fact, ...]) -> Texts:
        """Statements in a row, in both languages."""
        return texts(
            zh=";".join(self.fact(fact, "zh-Hant") for fact in facts),
            en="; ".join(self.fact(fact, "en") for fact in facts),
        )


def rule_words(rule: str, language: str) -> str:
    """What a rule is about: `superclass` for cax-sco; several rules in one step are joined."""
    parts = [pick(RULES.get(one) or _SCHEMA, language) for one in rule.split(", ")]
    return ", ".join(dict.fromkeys(parts))
