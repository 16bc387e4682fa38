"""What is shared while a shapes graph is read: the graph, the numbers of its shapes, and who says whether queries parse."""

from __future__ import annotations

from kgtool.engine.scratch import Syntax
from kgtool.shacl.graph import ShapesGraph, Term


class Reading:
    """A shapes graph and the shapes met so far; `number` gives a shape its number before it is read, so that shapes may
    be recursive. `nodes` is in the order of the numbers and may grow while it is gone through.
    """

    def __init__(self, graph: ShapesGraph) -> None:
        self.graph = graph
        self.syntax = Syntax()
        self.nodes: list[Term] = []
        self._numbers: dict[Term, int] = {}

    def number(self, node: Term) -> int:
        """The number of a shape; it is read when its turn comes."""
        if node not in self._numbers:
            self._numbers[node] = len(self.nodes)
            self.nodes.append(node)
        return self._numbers[node]
