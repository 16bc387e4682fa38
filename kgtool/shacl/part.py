"""Validation of a part: some shapes, some focus nodes, or what some changes can matter to."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet

import pyoxigraph as ox
from msgspec import Struct

from kgtool.shacl import plan
from kgtool.shacl.data import Data
from kgtool.shacl.plan import Plan
from kgtool.shacl.touched import Touched


class Part(Struct, frozen=True):
    """What is looked at; None is no bound. Results are those of a whole validation, less what is not looked at.

    Attributes:
        shapes: numbers of shapes whose results are wanted, with those of the property shapes that they hold.
        focus: the nodes that targets are narrowed to.
        touched: what changed: focus nodes that it cannot matter to are left out.
    """

    shapes: frozenset[int] | None = None
    focus: frozenset[ox.NamedNode | ox.BlankNode | ox.Literal] | None = None
    touched: Touched | None = None


WHOLE = Part()


def held(made: Plan, number: int) -> frozenset[int]:
    """A shape and the property shapes that it holds, at any depth."""
    found: set[int] = set()
    todo = [number]
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += [c.test.shape for c in made.shapes[one].constraints if isinstance(c.test, plan.Property)]
    return frozenset(found)


def reported(made: Plan, part: Part) -> frozenset[int] | None:
    """Numbers of the shapes whose own results are wanted; None for all."""
    if part.shapes is None:
        return None
    return frozenset().union(*(held(made, number) for number in part.shapes))


def narrowed(data: Data, made: Plan, focus: Mapping[int, AbstractSet[int]], part: Part) -> dict[int, AbstractSet[int]]:
    """The focus nodes to look at, shape by shape; a shape without any is left out."""
    wanted = reported(made, part)
    chosen = None if part.focus is None else {data.index.ids.get(term, -1) for term in part.focus}
    affected = None
    if part.touched is not None:
        from kgtool.shacl.affected import Affected

        affected = Affected(data, made, part.touched)
    found: dict[int, AbstractSet[int]] = {}
    for number, nodes in focus.items():
        if wanted is not None and not wanted & held(made, number):
            continue
        left = nodes if chosen is None else nodes & chosen
        if affected is not None:
            left = left & affected.of(number, left)
        if left:
            found[number] = left
    return found
