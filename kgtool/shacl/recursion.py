"""Shapes that refer to themselves. SHACL leaves their meaning open (§3.4.3); here it is the greatest fixed point.

A node conforms unless a finite chain of constraints shows that it does not, so `sh:path :knows ; sh:node :Person` may
stand inside :Person. Through sh:not, sh:xone or a qualified maximum that has no clear meaning, and is refused.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from kgtool.shacl.graph import ShapesGraph, shown
from kgtool.shacl.plan import Logic, Property, Qualified, Shape, Shapes


def references(shape: Shape) -> tuple[int, ...]:
    """Numbers of the shapes that a shape's constraints name."""
    found: list[int] = []
    for constraint in shape.constraints:
        test = constraint.test
        if isinstance(test, Shapes):
            found += test.shapes
        elif isinstance(test, Property):
            found.append(test.shape)
        elif isinstance(test, Qualified):
            found += (test.shape, *test.siblings)
    return tuple(dict.fromkeys(found))


def find_recursion(shapes: Sequence[Shape], graph: ShapesGraph) -> Mapping[int, frozenset[int]]:
    """Each recursive shape with the shapes that it shares a cycle with; a cycle through a negation is a problem."""
    reach = [_reachable(shapes, number) for number in range(len(shapes))]
    found = {
        number: frozenset(other for other in far if number in reach[other])
        for number, far in enumerate(reach) if number in far
    }  # fmt: skip
    for number, together in found.items():
        shape = shapes[number]
        if together.intersection(_negated(shape)):
            graph.problem(
                "KG215", shape.node, zh=f"形狀 {shown(shape.node)} 經由否定引用自己",
                en=f"shape {shown(shape.node)} refers to itself through a negation",
            )  # fmt: skip
    return MappingProxyType(found)


def _negated(shape: Shape) -> tuple[int, ...]:
    found: list[int] = []
    for constraint in shape.constraints:
        test = constraint.test
        if isinstance(test, Shapes) and test.logic in {Logic.NOT, Logic.XONE}:
            found += test.shapes
        elif isinstance(test, Qualified):
            found += (test.shape, *test.siblings) if test.most >= 0 else test.siblings
    return tuple(found)


def _reachable(shapes: Sequence[Shape], start: int) -> set[int]:
    found: set[int] = set()
    todo = list(references(shapes[start]))
    while todo:
        number = todo.pop()
        if number not in found:
            found.add(number)
            todo += references(shapes[number])
    return found


def ordered(shapes: Sequence[Shape]) -> tuple[int, ...]:
    """Numbers so that a shape stands before the property shapes it holds, as far as cycles allow."""
    done: dict[int, None] = {}

    for root in range(len(shapes)):
        stack = [(root, False)]
        entered: set[int] = set()
        while stack:
            number, leave = stack.pop()
            if leave:
                done.setdefault(number)
            elif number not in done and number not in entered:
                entered.add(number)
                stack.append((number, True))
                stack += [
                    (constraint.test.shape, False)
                    for constraint in shapes[number].constraints if isinstance(constraint.test, Property)
                ]  # fmt: skip
    return tuple(reversed(done))
