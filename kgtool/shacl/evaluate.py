"""Validation of sets of focus nodes: each constraint is checked for all of them at once.

Two questions are asked of a shape: which results does it give (`Run.report`, for targets), and which nodes do not
conform to it (`Run.failing`, for sh:node, sh:not and the rest). Both rest on `hits`. Source: SHACL §3.4, §3.6.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from itertools import compress

import pyoxigraph as ox
from msgspec import Struct

from kgtool.shacl import plan
from kgtool.shacl.data import Data, Pairs
from kgtool.shacl.focus import Focus, carried, merged
from kgtool.shacl.focus_checks import focus_hits
from kgtool.shacl.hit import Hit
from kgtool.shacl.paths import Path
from kgtool.shacl.plan import Constraint, Logic, Plan, Shape, TargetKind
from kgtool.shacl.query_run import query_hits
from kgtool.shacl.value_checks import failing_values
from kgtool.shacl.walk import walk

Term = ox.NamedNode | ox.BlankNode | ox.Literal


class Violation(Struct, frozen=True):
    """A result as terms. `path` is a term where a query or sh:closed gives one, else the shape's path.

    Attributes:
        shape: its number in the plan; `constraint` within it.
        said: bindings of a query's solution, for {?name} in messages.
        times: how many results this stands for: a property shape that is reached twice reports twice. Source: SHACL §4.7.2.
    """

    shape: int
    constraint: int
    focus: Term
    path: Path | Term | None
    value: Term | None
    said: tuple[tuple[str, str], ...] = ()
    times: int = 1


class Run:
    """One validation: remembers which nodes were found to conform, so that no node is judged twice by one shape."""

    def __init__(self, data: Data, shapes: Plan) -> None:
        self.data = data
        self.plan = shapes
        self._judged: dict[int, set[int]] = {}
        self._failed: dict[int, set[int]] = {}
        # While shapes that are recursive together are judged: the nodes asked about and not yet looked at.
        self._asked: dict[int, set[int]] | None = None

    def targets(self, shape: Shape) -> set[int]:
        """Codes of a shape's focus nodes. Source: SHACL §2.1.3."""
        found: set[int] = set()
        for target in shape.targets:
            if target.kind is TargetKind.NODE:
                found.add(self.data.index.code(target.term))
            elif target.kind is TargetKind.CLASS:
                code = self.data.index.ids.get(target.term, -1)
                found |= self.data.instances(code) if code >= 0 else set()
            elif target.kind is TargetKind.SUBJECTS:
                found |= self.data.subjects(target.term.value)
            else:
                found |= self.data.objects(target.term.value)
        return found

    def report(
        self, focus: Mapping[int, AbstractSet[int]], wanted: AbstractSet[int] | None = None
    ) -> Iterator[Violation]:
        """Results of shapes on their focus nodes, and of the property shapes that they hold.

        Args:
            wanted: numbers of the shapes whose own results are; None for all.

        A property shape that several shapes hold is checked once, for the union of what they ask.
        """
        pending = {number: [Focus(nodes)] for number, nodes in focus.items() if nodes}
        done: dict[int, set[int]] = {}
        while pending:
            number = next(number for number in self.plan.order if number in pending)
            batch = merged(pending.pop(number))
            shape = self.plan.shapes[number]
            nodes: AbstractSet[int] = batch.nodes
            if number in self.plan.recursive:
                nodes = nodes - done.setdefault(number, set())
                done[number] |= nodes
            if not nodes or shape.deactivated:
                continue
            pairs = self._pairs(shape, nodes)
            for at, constraint in enumerate(shape.constraints):
                if isinstance(constraint.test, plan.Property):
                    onward = batch if shape.path is None else carried(batch, pairs)
                    if onward.nodes:
                        pending.setdefault(constraint.test.shape, []).append(onward)
                    continue
                found = self._hits(shape, constraint, nodes, pairs) if wanted is None or number in wanted else ()
                for hit in found:
                    yield self._violation(number, at, hit, batch.times.get(hit.focus, 1))

    def _violation(self, number: int, at: int, hit: Hit, times: int) -> Violation:
        terms = self.data.terms
        path = self.plan.shapes[number].path if hit.path < 0 else terms[hit.path]
        value = None if hit.value < 0 else terms[hit.value]
        return Violation(number, at, terms[hit.focus], path, value, hit.said, times)  # type: ignore[arg-type]

    def _pairs(self, shape: Shape, nodes: AbstractSet[int]) -> Pairs:
        if shape.path is None:
            listed = list(nodes)
            return listed, listed
        return walk(self.data, shape.path, nodes)

    def _hits(self, shape: Shape, constraint: Constraint, nodes: AbstractSet[int], pairs: Pairs) -> Iterable[Hit]:
        test = constraint.test
        if isinstance(test, plan.Shapes):
            return _carriers(pairs, self._logic(test, set(pairs[1])))
        if isinstance(test, plan.Property):
            return _carriers(pairs, self.failing(test.shape, set(pairs[1])))
        if isinstance(test, plan.Qualified):
            return self._qualified(test, nodes, pairs)
        if isinstance(test, plan.Sparql):
            return query_hits(self.data, self.plan, test, shape, nodes, pairs)
        if isinstance(test, plan.Count | plan.UniqueLang | plan.HasValue | plan.Pair | plan.Closed):
            return focus_hits(self.data, test, nodes, pairs)
        return _carriers(pairs, failing_values(self.data, test, set(pairs[1])))

    def _logic(self, test: plan.Shapes, values: set[int]) -> AbstractSet[int]:
        """Values that do not conform. Source: SHACL §4.6, §4.7.1."""
        if test.logic is Logic.NOT:
            return values - self.failing(test.shapes[0], values)
        if test.logic is Logic.OR:
            left = values
            for number in test.shapes:
                left = left & self.failing(number, left)
            return left
        if test.logic is Logic.XONE:
            met = dict.fromkeys(values, 0)
            for number in test.shapes:
                for value in values - self.failing(number, values):
                    met[value] += 1
            return {value for value, times in met.items() if times != 1}
        failed: set[int] = set()
        for number in test.shapes:
            failed |= self.failing(number, values - failed)
        return failed

    def _qualified(self, test: plan.Qualified, nodes: AbstractSet[int], pairs: Pairs) -> Iterable[Hit]:
        values = set(pairs[1])
        right = values - self.failing(test.shape, values)
        for sibling in test.siblings:
            right &= self.failing(sibling, right)
        chosen = [(key, value) for key, value in zip(*pairs, strict=True) if value in right]
        count = plan.Count(test.least, test.most)
        return focus_hits(self.data, count, nodes, ([key for key, _ in chosen], [value for _, value in chosen]))

    def failing(self, number: int, nodes: AbstractSet[int]) -> set[int]:
        """The nodes that do not conform to a shape. Judged once; asked again it costs a set operation."""
        if self._asked is not None and number in self._asked:
            self._asked[number] |= nodes - self._judged.get(number, set())
            return self._failed.setdefault(number, set()) & nodes
        judged = self._judged.setdefault(number, set())
        failed = self._failed.setdefault(number, set())
        fresh = set(nodes - judged)
        if fresh:
            if number in self.plan.recursive:
                self._fixed_point(number, fresh)
            else:
                failed |= self._judge(number, fresh)
                judged |= fresh
        return failed & nodes

    def _judge(self, number: int, nodes: set[int]) -> set[int]:
        shape = self.plan.shapes[number]
        if shape.deactivated:
            return set()
        pairs = self._pairs(shape, nodes)
        failed: set[int] = set()
        for constraint in shape.constraints:
            failed.update(hit.focus for hit in self._hits(shape, constraint, nodes, pairs))
        return failed

    def _fixed_point(self, number: int, nodes: set[int]) -> None:
        """Judge mutually recursive shapes: nodes are taken to conform until a round adds no failure.

        First every node that the shapes ask about is found, each looked at once; then what stands is judged again until
        nothing changes. Cost: linear but for chains of failures, each link of which takes a round.
        """
        group = sorted(self.plan.recursive[number])
        outer = self._asked
        queue = self._asked = {**(outer or {}), **{one: set() for one in group}}
        looked: dict[int, set[int]] = {one: set() for one in group}
        queue[number] |= nodes
        while any(queue[one] for one in group):
            for one in group:
                fresh, queue[one] = queue[one], set()
                self._judged.setdefault(one, set()).update(fresh)
                looked[one] |= fresh
                self._fail(one, fresh)
        while any([self._fail(one, looked[one] - self._failed[one]) for one in group]):  # noqa: C419  (each must be judged)
            pass
        self._asked = outer

    def _fail(self, number: int, nodes: set[int]) -> bool:
        """Judge nodes and remember those that fail; whether there were any."""
        failed = self._failed.setdefault(number, set())
        wrong = self._judge(number, nodes) if nodes else set()
        failed |= wrong
        return bool(wrong)


def _carriers(pairs: Pairs, failed: AbstractSet[int]) -> Iterable[Hit]:
    """The pairs whose value failed, each once."""
    if not failed:
        return ()
    keys, values = pairs
    chosen = list(map(failed.__contains__, values))
    return [Hit(*pair) for pair in dict.fromkeys(zip(compress(keys, chosen), compress(values, chosen), strict=True))]
