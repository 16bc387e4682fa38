"""What the engine knows at one moment: statements by predicate, types, equalities, and why.

Statements are packed integers (rule.py). Only predicates that some rule must look up or adds to are held here; the
rest are streamed once from the index. Measured: about 100 bytes a held statement, 4 bytes and a share of an interned
set for all the types of a node.
"""

from __future__ import annotations

import resource
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from kgtool.errors import EngineError, texts
from kgtool.reason.model import Limits
from kgtool.reason.names import Names
from kgtool.reason.rule import HALF, LOW, Premise, Reason, Rule, pack
from kgtool.reason.same import Same
from kgtool.reason.typesets import TypeSets

Why = dict[int, dict[int, Reason]]
# New statements between two looks at the memory in use.
_LOOK = 250_000
_BATCH = 65_536


class Table:
    """The statements of one predicate.

    Attributes:
        all: every statement, packed.
        new: those that the rules have not seen yet.
        forward, backward: subject to objects and object to subjects; empty unless the table is looked up that way.
    """

    __slots__ = ("all", "backward", "forward", "linked", "new")

    def __init__(self, linked: bool) -> None:
        self.all: set[int] = set()
        self.new: list[int] = []
        self.linked = linked
        self.forward: dict[int, list[int]] = {}
        self.backward: dict[int, list[int]] = {}

    def add(self, fresh: Iterable[int]) -> None:
        """Add statements that are not there yet."""
        fresh = list(fresh)
        self.all.update(fresh)
        self.new += fresh
        if self.linked:
            forward, backward = self.forward, self.backward
            for key in fresh:
                forward.setdefault(key >> HALF, []).append(key & LOW)
                backward.setdefault(key & LOW, []).append(key >> HALF)


class State:
    """The store that rules read and write.

    Attributes:
        equal: pairs of nodes to be made one when the present round ends, with the reason of each.
        why: predicate to packed statement to the reason it was first derived by; None when proofs are not wanted.
    """

    __slots__ = ("_left", "_limits", "_seen", "equal", "names", "same", "tables", "types", "why")

    def __init__(self, names: Names, same: Same, types: TypeSets, limits: Limits, why: Why | None) -> None:
        self.names = names
        self.same = same
        self.types = types
        self.tables: dict[int, Table] = {}
        self.equal: list[tuple[int, int, Reason]] = []
        self.why = why
        self._limits = limits
        self._left = limits.inferred
        self._seen = limits.inferred

    def find(self, node: int) -> int:
        return self.same.find(node)

    def forward(self, predicate: int) -> dict[int, list[int]]:
        return self.tables[predicate].forward

    def backward(self, predicate: int) -> dict[int, list[int]]:
        return self.tables[predicate].backward

    def members(self, cls: int) -> Callable[[int], bool]:
        """A test of membership in a class."""
        of, sets = self.types.of, self.types.sets
        return lambda node: cls in sets[of[node]]

    def nodes_of(self, cls: int) -> Iterator[int]:
        """Members of a class that are representatives, in order of code. Cost: linear in the nodes."""
        numbers = {number for number, classes in enumerate(self.types.sets) if cls in classes}
        parent = self.same.parent
        return (node for node, number in enumerate(self.types.of) if number in numbers and node not in parent)

    def tell(self, predicate: int, key: int, reason: Reason) -> None:
        """Remember why a statement holds, unless a reason is known: the first one never goes in a circle."""
        if self.why is not None:
            self.why.setdefault(predicate, {}).setdefault(key, reason)

    def put(self, target: int, keys: Sequence[int], rule: Rule, source: int, sources: Sequence[int]) -> None:
        """Statements that follow from one statement each, at the same position of `sources`."""
        if target in {self.names.type_, self.names.sameAs} or self.same.parent or self.why is not None:
            premises = (((source, key),) for key in sources)
            self.put_each(target, rule, zip(keys, premises, strict=True))
            return
        table = self.tables[target]
        for start in range(0, len(keys), _BATCH):
            fresh = set(keys[start : start + _BATCH])
            fresh -= table.all
            self.spend(len(fresh))
            table.add(fresh)

    def put_each(self, target: int, rule: Rule, found: Iterable[tuple[int, tuple[Premise, ...]]]) -> None:
        """Statements that follow, each with its premises."""
        if target == self.names.type_:
            for key, premises in found:
                self.type_one(key >> HALF, key & LOW, rule, premises)
            return
        table = self.tables[target]
        parent, known, why = self.same.parent, table.all, self.why
        for key, premises in found:
            made = key
            if parent and (key >> HALF in parent or key & LOW in parent):
                made = pack(self.find(key >> HALF), self.find(key & LOW))
            if made not in known:
                self.spend(1)
                table.add((made,))
                if why is not None:
                    self.tell(target, made, Reason(rule, premises))
                    if made != key:
                        self._tell_moved(target, key, made, Reason(rule, premises))
            if target == self.names.sameAs:
                self.equate(key >> HALF, key & LOW, rule, premises)

    def _tell_moved(self, predicate: int, key: int, made: int, reason: Reason) -> None:
        self.tell(predicate, key, reason)
        if self.why is not None:
            self.why[predicate][made] = self.moved(predicate, key, predicate, made)

    def moved(self, predicate: int, key: int, kept: int, made: int) -> Reason:
        """The reason of a statement that is another one with its nodes replaced by their representatives."""
        told: list[Premise] = [(predicate, key)]
        names = []
        for rule, one, other in (
            ("eq-rep-s", key >> HALF, made >> HALF), ("eq-rep-p", predicate, kept), ("eq-rep-o", key & LOW, made & LOW),
        ):  # fmt: skip
            if one != other:
                names.append(rule)
                told.append((self.names.sameAs, pack(one, other)))
        return Reason(Rule(", ".join(names)), tuple(told))

    def type_all(self, nodes: Sequence[int], cls: int, rule: Rule, source: int, keys: Sequence[int]) -> None:
        """Nodes get a class, each by one statement at the same position of `keys`."""
        if self.why is not None:
            for node, key in zip(nodes, keys, strict=True):
                self.type_one(node, cls, rule, ((source, key),))
            return
        if self.same.parent:
            nodes = [self.find(node) for node in nodes]
        self.spend(self.types.add(nodes, (cls,)))

    def type_one(self, node: int, cls: int, rule: Rule, premises: tuple[Premise, ...]) -> None:
        """A node gets a class."""
        node, cls = self.find(node), self.find(cls)
        if self.why is not None:
            self.tell_types(node, self.types.classes(node), (cls,), Reason(rule, premises))
        self.spend(self.types.add((node,), (cls,)))

    def tell_types(self, node: int, before: frozenset[int], classes: Iterable[int], reason: Reason | None) -> None:
        """Remember why a node has the classes that join its closed set, and those that follow from them."""
        typed = self.names.type_
        for cls in classes:
            if reason is not None and cls not in before:
                self.tell(typed, pack(node, cls), reason)
        for step in self.types.derive(before, classes):
            premises = tuple((typed, pack(node, cls)) for cls in step.classes)
            self.tell(typed, pack(node, step.cls), Reason(step.rule, premises))

    def equate(self, one: int, other: int, rule: Rule, premises: tuple[Premise, ...]) -> None:
        """Two nodes are the same, from the end of this round on."""
        if self.find(one) != self.find(other):
            self.equal.append((one, other, Reason(rule, premises)))

    def spend(self, count: int) -> None:
        """Count inferred statements against the limits.

        Raises:
            EngineError: E-REASON-LIMIT; there is no closure then.
        """
        self._left -= count
        if self._left < 0:
            raise too_much(f"{self._limits.inferred:,} inferred statements")
        if self._seen - self._left > _LOOK:
            self._seen = self._left
            self.look()

    def look(self) -> None:
        """Compare the memory in use with the limit.

        Raises:
            EngineError: E-REASON-LIMIT.
        """
        if resident() > self._limits.bytes():
            raise too_much(f"{self._limits.bytes() // 2**20:,} MB")


def resident() -> int:
    """Bytes that this process holds now; where the system does not say, the most it ever held."""
    statm = Path("/proc/self/statm")
    if statm.exists():
        return int(statm.read_text(encoding="ascii").split()[1]) * resource.getpagesize()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def too_much(what: str) -> EngineError:
    """The refusal that a run beyond its limits ends with."""
    return EngineError(
        "E-REASON-LIMIT",
        texts(
            zh=f"推理超過上限({what}),已中止,沒有結果。",
            en=f"reasoning went past its limit ({what}) and was stopped; there is no result.",
        ),
        texts(
            zh="請找出傳遞、鏈結或 owl:sameAs 所致之倍增,或減少資料後再執行。",
            en="Look for a transitive property, a chain or owl:sameAs that multiplies statements, or reason over less.",
        ),
    )
