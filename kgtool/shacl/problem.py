"""What is wrong with a shapes graph itself: a value that checks turn into findings."""

from __future__ import annotations

from typing import Any

from kgtool.errors import Texts
from kgtool.finding import Keyed


class Problem(Keyed, frozen=True):
    """A flaw of the shapes graph.

    Attributes:
        rule: the finding's code, e.g. `KG203`.
        node: the node that has the flaw, as IRI or `_:label`; shape: the nearest named node above it.
        predicate: IRI of the property that has the flaw; "" when there is none.
        value: the value that is wrong, in N-Triples form; "" when there is none.
        message: what is wrong, in both languages.
        fatal: the shape cannot be run as written, so a validation without it would look like a pass.
    """

    rule: str
    node: str
    shape: str
    predicate: str
    value: str
    message: Texts
    fatal: bool = True

    @property
    def key(self) -> tuple[Any, ...]:
        return (self.rule, self.node, self.shape, self.predicate, self.value, self.fatal)
