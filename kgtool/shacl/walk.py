"""Value nodes of paths, for a whole set of focus nodes at once. Source: SHACL §2.3.1, SPARQL 1.1 §9.3."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from kgtool.shacl.data import Data, Pairs, distinct, grouped
from kgtool.shacl.paths import Alternative, Path, Repeat, Sequence, Step, Times


def walk(data: Data, path: Path, focus: AbstractSet[int]) -> Pairs:
    """Pairs of a focus node and a value node; those of a single predicate may be repeated (`Data.step`).

    Cost: linear in the columns read and the pairs that come out. A closure (`p*`) can give a pair for every two nodes
    of a chain; that is the size of the answer, not of the work.
    """
    if isinstance(path, Step):
        return data.step(path.predicate, focus, backward=path.backward)
    if isinstance(path, Sequence):
        return _sequence(data, path, focus)
    if isinstance(path, Alternative):
        keys: list[int] = []
        values: list[int] = []
        for part in path.parts:
            more = walk(data, part, focus)
            keys += more[0]
            values += more[1]
        return distinct((keys, values))
    return _repeat(data, path, focus)


def _sequence(data: Data, path: Sequence, focus: AbstractSet[int]) -> Pairs:
    keys, values = walk(data, path.parts[0], focus)
    for part in path.parts[1:]:
        onward = grouped(walk(data, part, set(values)))
        met: dict[tuple[int, int], None] = {}
        for key, value in zip(keys, values, strict=True):
            for end in onward.get(value, ()):
                met[key, end] = None
        keys, values = [key for key, _ in met], [end for _, end in met]
    return keys, values


def _repeat(data: Data, path: Repeat, focus: AbstractSet[int]) -> Pairs:
    onward: dict[int, list[int]] = {}
    frontier = set(focus)
    while frontier:
        found = grouped(walk(data, path.part, frontier))
        for node in frontier:  # a node without steps is remembered too, so that no node is walked from twice
            onward[node] = found.get(node, [])
        if path.times is Times.MAYBE:
            break
        frontier = {end for ends in found.values() for end in ends if end not in onward}
    keys: list[int] = []
    values: list[int] = []
    for key in focus:
        ends = _reached(onward, key, path.times)
        keys += [key] * len(ends)
        values += ends
    return keys, values


def _reached(onward: dict[int, list[int]], start: int, times: Times) -> list[int]:
    if times is Times.MAYBE:
        return list(dict.fromkeys([start, *onward.get(start, ())]))
    found: dict[int, None] = {} if times is Times.SOME else {start: None}
    todo = list(onward.get(start, ()))
    while todo:
        node = todo.pop()
        if node not in found:
            found[node] = None
            todo += onward.get(node, ())
    return list(found)
