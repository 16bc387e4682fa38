"""The engine's own words about a violation: what the constraint asks, in one sentence a language beside the author's."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kgtool.errors import Texts, texts
from kgtool.lang import plural
from kgtool.shacl import plan
from kgtool.shacl.evaluate import Violation
from kgtool.shacl.graph import shown
from kgtool.shacl.plan import Logic, Pairing, Plan, Test

# In Chinese and in English.
_PAIRINGS = {
    Pairing.EQUALS: ("須與 {} 之值完全相同", "must have the same values as {}"),
    Pairing.DISJOINT: ("不得與 {} 有相同之值", "must have no value in common with {}"),
    Pairing.LESS: ("須小於 {} 之值", "must be less than the values of {}"),
    Pairing.LESS_OR_EQUAL: ("不得大於 {} 之值", "must not be above the values of {}"),
}
_LOGIC = {
    Logic.NODE: ("須符合 {}", "must conform to {}"),
    Logic.NOT: ("不得符合 {}", "must not conform to {}"),
    Logic.AND: ("須符合下列全部:{}", "must conform to all of {}"),
    Logic.OR: ("須符合下列至少一項:{}", "must conform to one or more of {}"),
    Logic.XONE: ("須恰符合下列一項:{}", "must conform to exactly one of {}"),
}
_NOTHING: Texts = {}


def detail(made: Plan, test: Test, violation: Violation) -> Texts:
    """What the constraint demands; empty where only its author can say (queries)."""
    if isinstance(test, plan.Shapes):
        zh, en = _LOGIC[test.logic]
        names = [_named(made, number) for number in test.shapes]
        return texts(
            zh=zh.format("、".join(name or "未命名之形狀" for name in names)),
            en=en.format(", ".join(name or "an unnamed shape" for name in names)),
        )
    if isinstance(test, plan.UniqueLang):
        tag = dict(violation.said).get("lang", "")
        return texts(zh=f"語言 {tag} 之值不只一個", en=f"more than one value in language {tag}")
    if isinstance(test, plan.Count):
        return _counts(test.least, test.most, "值", "value", "values")
    if isinstance(test, plan.Qualified):
        name = _named(made, test.shape)
        shape = name or "the shape"
        return _counts(
            test.least, test.most, f"符合 {name or '該形狀'} 之值", f"value that conforms to {shape}",
            f"values that conform to {shape}",
        )  # fmt: skip
    return _of_value(test)


def _named(made: Plan, number: int) -> str:
    """The shape's own IRI, "" where it has none: the name of the shape that holds it would say something else."""
    node = made.shapes[number].node
    return node.value if isinstance(node, ox.NamedNode) else ""


def _counts(least: int, most: int, what: str, one: str, many: str) -> Texts:
    bound, less = (least, True) if most < 0 else (most, False)
    return texts(
        zh=f"{what}{'少' if less else '多'}於 {bound} 個",
        en=f"{'fewer' if less else 'more'} than {bound} {plural(bound, one, many)}",
    )


def _of_value(test: Test) -> Texts:
    if isinstance(test, plan.ClassOf):
        return texts(zh=f"須為 {shown(test.cls)} 之實例", en=f"must be an instance of {shown(test.cls)}")
    if isinstance(test, plan.Datatype):
        return texts(zh=f"須為正確之 {test.iri}", en=f"must be a well-typed {test.iri}")
    if isinstance(test, plan.NodeKind):
        return _kinds(test)
    if isinstance(test, plan.Range):
        return texts(
            zh=f"須{'大' if test.above else '小'}於{'或等於' if test.inclusive else ''} {test.bound.value}",
            en=f"must be {'above' if test.above else 'below'} {'or equal to ' if test.inclusive else ''}{test.bound.value}",
        )
    if isinstance(test, plan.Length):
        bound, at = (test.least, ("至少", "at least")) if test.most < 0 else (test.most, ("至多", "at most"))
        return texts(zh=f"須有{at[0]} {bound} 個字元", en=f"must have {at[1]} {bound} {plural(bound, 'character')}")
    if isinstance(test, plan.Pattern):
        return texts(zh=f"須符合樣式 {test.regex}", en=f"must match {test.regex}")
    return _of_terms(test)


def _kinds(test: plan.NodeKind) -> Texts:
    every = (
        (" IRI ", "an IRI", test.iri),
        ("空白節點", "a blank node", test.blank),
        ("字面值", "a literal", test.literal),
    )
    return texts(
        zh=f"須為{'或'.join(zh for zh, _, on in every if on).rstrip()}",
        en=f"must be {' or '.join(en for _, en, on in every if on)}",
    )


def _of_terms(test: Test) -> Texts:
    if isinstance(test, plan.LanguageIn):
        return texts(
            zh=f"語言須為 {_either(test.ranges, '或')}", en=f"must be in language {_either(test.ranges, 'or')}"
        )
    if isinstance(test, plan.In):
        return texts(zh="須為所列之值", en="must be one of the listed values")
    if isinstance(test, plan.HasValue):
        return texts(zh=f"須有值 {shown(test.term)}", en=f"must have the value {shown(test.term)}")
    if isinstance(test, plan.Pair):
        zh, en = _PAIRINGS[test.pairing]
        return texts(zh=zh.format(test.predicate), en=en.format(test.predicate))
    if isinstance(test, plan.Closed):
        return texts(zh="有封閉形狀未列之屬性", en="has a property that the closed shape does not list")
    return _NOTHING


def _either(names: Sequence[str], word: str) -> str:
    return f" {word} ".join(names)
