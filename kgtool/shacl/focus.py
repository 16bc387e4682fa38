"""Focus nodes of a shape, and how often each was reached. Sets are shared, not copied: many shapes have the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet

from msgspec import Struct, field

from kgtool.shacl.data import Pairs, distinct


class Focus(Struct, frozen=True):
    """Codes of focus nodes; `times` has those that were reached more than once."""

    nodes: AbstractSet[int]
    times: Mapping[int, int] = field(default_factory=dict)


def merged(batches: Sequence[Focus]) -> Focus:
    """Focus nodes from several holders of a shape as one. Cost: none for one holder."""
    if len(batches) == 1:
        return batches[0]
    total: Counter[int] = Counter()
    for batch in batches:
        total.update(batch.nodes)
        for node, times in batch.times.items():
            total[node] += times - 1
    return _focus(total)


def carried(focus: Focus, pairs: Pairs) -> Focus:
    """The value nodes of a path as focus nodes: each counts for every pair that leads to it."""
    keys, values = distinct(pairs)
    total = Counter(values)
    if focus.times:
        for key, value in zip(keys, values, strict=True):
            total[value] += focus.times.get(key, 1) - 1
    return _focus(total)


def _focus(total: Counter[int]) -> Focus:
    return Focus(set(total), {node: times for node, times in total.items() if times > 1})
