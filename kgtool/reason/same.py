"""owl:sameAs as classes of nodes with one representative each.

The rules eq-sym, eq-trans and eq-rep-* make n equal nodes cost n² statements about them; with representatives they cost
n, and the rest is written out only on request (emit.py). Source: OWL 2 Profiles §4.3 table 4.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from msgspec import Struct

from kgtool.reason.rule import Reason


class Link(Struct, frozen=True):
    """Why two nodes are one: they were joined by this reason."""

    left: int
    right: int
    reason: Reason


class Same:
    """A union-find structure over codes, with the reason of each union.

    Attributes:
        parent: a node that is not its own representative, to one nearer to it. Empty while nothing is the same.
    """

    __slots__ = ("_links", "is_literal", "parent")

    def __init__(self, is_literal: Callable[[int], bool]) -> None:
        self.parent: dict[int, int] = {}
        self.is_literal = is_literal
        self._links: dict[int, list[Link]] = {}

    def find(self, node: int) -> int:
        """The representative. Cost: nearly constant."""
        parent = self.parent
        root = node
        while root in parent:
            root = parent[root]
        while node != root:
            following = parent[node]
            parent[node] = root
            node = following
        return root

    def join(self, left: int, right: int, reason: Reason) -> tuple[int, int] | None:
        """Make two nodes one; returns (lost, kept) representatives, None when they were one already.

        The kept one is never a literal where there is a choice, then the one first mentioned.
        """
        one, other = self.find(left), self.find(right)
        if one == other:
            return None
        link = Link(left, right, reason)
        self._links.setdefault(left, []).append(link)
        self._links.setdefault(right, []).append(link)
        kept, lost = sorted((one, other), key=lambda node: (self.is_literal(node), node))
        self.parent[lost] = kept
        return lost, kept

    def path(self, left: int, right: int) -> list[Link]:
        """The shortest row of links from one node to another of its class. Cost: linear in the class."""
        came: dict[int, tuple[int, Link]] = {}
        queue = deque([left])
        while queue and right not in came:
            node = queue.popleft()
            for link in self._links.get(node, ()):
                far = link.right if link.left == node else link.left
                if far != left and far not in came:
                    came[far] = (node, link)
                    queue.append(far)
        found: list[Link] = []
        node = right
        while node != left and node in came:
            node, link = came[node]
            found.append(link)
        return found[::-1]

    def classes(self) -> dict[int, list[int]]:
        """Representative to all members, itself first, for classes of two or more."""
        found: dict[int, list[int]] = {}
        for node in sorted(self.parent):
            kept = self.find(node)
            found.setdefault(kept, [kept]).append(node)
        return found
