"""Shapes that refer to themselves. SHACL leaves their meaning open (§3.4.3); here it is the greatest fixed point.

A node conforms unless a finite chain of constraints shows that it does not, so `sh:path :knows ; sh:node :Person` may
stand inside :Person. Through sh:not, sh:xone or a qualified maximum that has no clear meaning, and is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from types import MappingProxyType

from msgspec import structs

from kgtool.shacl.graph import ShapesGraph, shown
from kgtool.shacl.plan import Constraint, Logic, Property, Qualified, Shape, Shapes

# Shapes inside one another; judging a node by each takes up to six calls inside one another, of which Python has 1,000.
MOST_DEPTH = 100


def references(shape: Shape) -> tuple[int, ...]:
    """Numbers of the shapes that a shape's constraints name."""
    return tuple(dict.fromkeys(number for constraint in shape.constraints for number in _named(constraint)))


def _named(constraint: Constraint) -> tuple[int, ...]:
    test = constraint.test
    if isinstance(test, Shapes):
        return test.shapes
    if isinstance(test, Property):
        return (test.shape,)
    return (test.shape, *test.siblings) if isinstance(test, Qualified) else ()


def find_recursion(
    shapes: Sequence[Shape], circles: Sequence[frozenset[int]], graph: ShapesGraph
) -> Mapping[int, frozenset[int]]:
    """Each recursive shape with the shapes that it shares a cycle with; a cycle through a negation is a problem.

    Args:
        circles: of these shapes, as `find_circles` gives them.
    """
    found = {
        number: circle
        for circle in circles for number in circle if len(circle) > 1 or number in references(shapes[number])
    }  # fmt: skip
    for number, together in found.items():
        shape = shapes[number]
        if together.intersection(_negated(shape)):
            graph.problem(
                "KG215", shape.node, zh=f"形狀 {shown(shape.node)} 經由否定引用自己",
                en=f"shape {shown(shape.node)} refers to itself through a negation",
            )  # fmt: skip
    return MappingProxyType(found)


def shallow(shapes: Sequence[Shape], circles: Sequence[frozenset[int]], graph: ShapesGraph) -> tuple[Shape, ...]:
    """The shapes without the constraints that lead more than `MOST_DEPTH` shapes deep, each of which is a problem.

    Shapes that share a cycle count as one: they are judged in rounds, all others inside one another.
    Args:
        circles: of these shapes, as `find_circles` gives them.
    """
    out = list(shapes)
    depth = dict.fromkeys(range(len(shapes)), 0)
    for circle in circles:
        below = {number: _depths(shapes[number], depth, circle) for number in circle}
        for number in circle:
            kept = [
                one for one, deep in zip(shapes[number].constraints, below[number], strict=True) if deep < MOST_DEPTH
            ]
            if len(kept) < len(below[number]):
                node = shapes[number].node
                out[number] = structs.replace(shapes[number], constraints=tuple(kept))
                graph.problem(
                    "KG209", node, zh=f"形狀 {shown(node)} 之內層層相套的形狀超過 {MOST_DEPTH} 層",
                    en=f"shape {shown(node)} has more than {MOST_DEPTH} shapes inside one another",
                )  # fmt: skip
        most = max((deep for every in below.values() for deep in every if deep < MOST_DEPTH), default=0)
        depth.update(dict.fromkeys(circle, most + 1))
    return tuple(out)


def _depths(shape: Shape, depth: Mapping[int, int], circle: AbstractSet[int]) -> list[int]:
    """How many shapes deep each of a shape's constraints leads."""
    return [
        max((depth[number] for number in _named(constraint) if number not in circle), default=0)
        for constraint in shape.constraints
    ]


def find_circles(shapes: Sequence[Shape]) -> list[frozenset[int]]:
    """The shapes that can be reached from one another, together; each group behind those that it leads to.

    Cost: linear. Source: Tarjan, Depth-first search and linear graph algorithms (1972), with a stack in place of calls.
    """
    index: dict[int, int] = {}
    low: dict[int, int] = {}
    open_: list[int] = []
    inside: set[int] = set()
    out: list[frozenset[int]] = []
    for root in range(len(shapes)):
        todo: list[tuple[int, Iterator[int]]] = [(root, iter(references(shapes[root])))] if root not in index else []
        while todo:
            number, onward = todo[-1]
            if number not in index:
                index[number] = low[number] = len(index)
                open_.append(number)
                inside.add(number)
            for other in onward:
                if other not in index:
                    todo.append((other, iter(references(shapes[other]))))
                    break
                if other in inside:
                    low[number] = min(low[number], index[other])
            else:
                todo.pop()
                if todo:
                    low[todo[-1][0]] = min(low[todo[-1][0]], low[number])
                if low[number] == index[number]:
                    circle = [open_.pop()]
                    while circle[-1] != number:
                        circle.append(open_.pop())
                    inside.difference_update(circle)
                    out.append(frozenset(circle))
    return out


def _negated(shape: Shape) -> tuple[int, ...]:
    found: list[int] = []
    for constraint in shape.constraints:
        test = constraint.test
        if isinstance(test, Shapes) and test.logic in {Logic.NOT, Logic.XONE}:
            found += test.shapes
        elif isinstance(test, Qualified):
            found += (test.shape, *test.siblings) if test.most >= 0 else test.siblings
    return tuple(found)


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
