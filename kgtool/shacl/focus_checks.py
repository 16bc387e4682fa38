"""Tests of a focus node's values as a whole: counts, languages, other properties. Source: SHACL §4.2, §4.4.5, §4.5, §4.8."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from collections.abc import Set as AbstractSet

from kgtool.shacl import plan
from kgtool.shacl.data import Data, Pairs, distinct, grouped, limited
from kgtool.shacl.hit import Hit
from kgtool.shacl.plan import Pairing
from kgtool.shacl.xsd import Order, Value, order, value_of

FocusTest = plan.Count | plan.UniqueLang | plan.HasValue | plan.Pair | plan.Closed


def focus_hits(data: Data, test: FocusTest, nodes: AbstractSet[int], pairs: Pairs) -> Iterator[Hit]:
    """What breaks the constraint. Cost: linear in the pairs and, for sh:closed, in the data."""
    if isinstance(test, plan.Count):
        yield from _count(test, nodes, pairs)
    elif isinstance(test, plan.UniqueLang):
        yield from _languages(data, pairs)
    elif isinstance(test, plan.HasValue):
        code = data.index.ids.get(test.term, -1)
        has = {key for key, value in zip(*pairs, strict=True) if value == code}
        yield from map(Hit, nodes - has)
    elif isinstance(test, plan.Closed):
        yield from _closed(data, test, pairs)
    elif test.pairing in {Pairing.EQUALS, Pairing.DISJOINT}:
        yield from _same(data, test, nodes, pairs)
    else:
        yield from _less(data, test, nodes, pairs)


def _count(test: plan.Count, nodes: AbstractSet[int], pairs: Pairs) -> Iterator[Hit]:
    keys = pairs[0]
    if test.most < 0:
        if test.least == 1:
            yield from map(Hit, set(nodes).difference(keys))
        elif test.least > 1:
            counts = Counter(distinct(pairs)[0])
            yield from (Hit(node) for node in nodes if counts[node] < test.least)
    else:
        yield from (Hit(node) for node, count in Counter(_crowded(pairs, test.most)[0]).items() if count > test.most)


def _crowded(pairs: Pairs, most: int) -> Pairs:
    """The distinct pairs of the keys that have more than so many pairs; usually none."""
    keys = pairs[0]
    if most == 1 and len(set(keys)) == len(keys):
        return [], []
    return limited(pairs, {key for key, count in Counter(keys).items() if count > most})


def _languages(data: Data, pairs: Pairs) -> Iterator[Hit]:
    """One result for every language that two values share. Source: SHACL §4.4.5."""
    terms = data.terms
    tags = {value: getattr(terms[value], "language", None) for value in set(pairs[1])}
    spoken = [tags[value] for value in pairs[1]]
    if len(set(zip(pairs[0], spoken, strict=True))) == len(spoken):
        return
    keys, values = _crowded(pairs, 1)
    used = Counter((key, tag.lower()) for key, value in zip(keys, values, strict=True) if (tag := tags[value]))
    for (key, tag), count in used.items():
        if count > 1:
            yield Hit(key, said=(("lang", tag),))


def _closed(data: Data, test: plan.Closed, pairs: Pairs) -> Iterator[Hit]:
    """Source: SHACL §4.8.1. A result names the property as its path."""
    nodes = set(pairs[1])
    carriers = None if pairs[0] is pairs[1] else _inverted(pairs)
    for predicate in data.index.predicates:
        term = data.terms[predicate]
        subjects, values = data.index.column(predicate)
        if getattr(term, "value", "") in test.allowed or nodes.isdisjoint(subjects):
            continue
        found = {(subject, value): None for subject, value in zip(subjects, values, strict=True) if subject in nodes}
        for subject, value in found:
            for focus in (subject,) if carriers is None else carriers[subject]:
                yield Hit(focus, value, predicate)


def _inverted(pairs: Pairs) -> dict[int, list[int]]:
    return grouped((pairs[1], pairs[0]))


def _same(data: Data, test: plan.Pair, nodes: AbstractSet[int], pairs: Pairs) -> Iterator[Hit]:
    here = set(zip(*pairs, strict=True))
    there = set(zip(*data.step(test.predicate, nodes, backward=False), strict=True))
    wrong = here & there if test.pairing is Pairing.DISJOINT else here ^ there
    yield from (Hit(key, value) for key, value in wrong)


def _less(data: Data, test: plan.Pair, nodes: AbstractSet[int], pairs: Pairs) -> Iterator[Hit]:
    """Every pair that is not less is a result; so are two values that cannot be compared. Source: SHACL §4.5.3."""
    right = {Order.LESS} | ({Order.EQUAL} if test.pairing is Pairing.LESS_OR_EQUAL else set())
    others = grouped(data.step(test.predicate, nodes, backward=False))
    terms = data.terms
    codes = set(pairs[1]).union(*others.values())
    known = {code: value_of(terms[code]) for code in codes}
    suspects = {
        key for key, one in zip(*pairs, strict=True) for other in others.get(key, ())
        if not _surely_less(known[one], known[other])
    }  # fmt: skip
    for key, one in zip(*limited(pairs, suspects), strict=True):
        yield from (Hit(key, one) for other in others[key] if order(known[one], known[other]) not in right)


def _surely_less(left: Value | None, right: Value | None) -> bool:
    """The usual case without a call: both of one family and one Python type."""
    if left is None or right is None or left[0] != right[0] or type(left[1]) is not type(right[1]):
        return False
    return left[1] < right[1]  # type: ignore[operator]
