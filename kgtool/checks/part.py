"""The part of a project that a check is asked for: shapes and focus nodes by name, and what changed since a version."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import Texts, UsageError, did_you_mean, texts
from kgtool.index import Index
from kgtool.lang import plural
from kgtool.late import closest
from kgtool.shacl import Part, Plan, Touched
from kgtool.write.curie import Curies


class Asked(Struct, frozen=True):
    """What to look at; nothing given is everything.

    Attributes:
        shapes, focus: IRIs or prefixed names, as somebody wrote them.
        touched: what changed; focus nodes that it cannot matter to are left out.
    """

    shapes: tuple[str, ...] = ()
    focus: tuple[str, ...] = ()
    touched: Touched | None = None

    @property
    def named(self) -> bool:
        """Whether shapes or focus nodes are named, so that nothing but shapes is run."""
        return bool(self.shapes or self.focus)


EVERYTHING = Asked()


def part_of(asked: Asked, made: Plan, index: Index, curies: Curies) -> Part:
    """The part that is asked for, by the plan and the data at hand.

    Raises:
        UsageError: no shape, or no node of the data, has such a name.
    """
    shapes = {
        shape.node.value: number for number, shape in enumerate(made.shapes) if isinstance(shape.node, ox.NamedNode)
    }
    numbers = [shapes[_known(text, shapes, curies, "--shape")] for text in asked.shapes]
    nodes: list[ox.NamedNode] = []
    if asked.focus:
        used = {code for predicate in index.predicates for column in index.column(predicate) for code in set(column)}
        known = {term.value for code in used if isinstance(term := index.terms[code], ox.NamedNode)}
        nodes = [ox.NamedNode(_known(text, known, curies, "--focus")) for text in asked.focus]
    return Part(frozenset(numbers) if asked.shapes else None, frozenset(nodes) if asked.focus else None, asked.touched)


def nothing_looked_at(asked: Asked) -> UsageError:
    """No focus node of these shapes is among these nodes: a run that looks at nothing must not look like a pass."""
    names = " ".join((*(f"--shape {name}" for name in asked.shapes), *(f"--focus {name}" for name in asked.focus)))
    return UsageError(
        "E-PART-EMPTY",
        texts(zh=f"{names}:沒有形狀以這些節點為目標,什麼也沒檢查。",
              en=f"{names}: no shape has a target among these nodes, so nothing was checked."),
        texts(zh="請給形狀之目標;`kgtool describe 節點` 可見其類別。",
              en="Give nodes that the shapes target; look at the node's classes."),
    )  # fmt: skip


def described(asked: Asked, looked: int, every: int) -> Texts:
    """What was checked and what was not, for reports."""
    if not asked.named:
        return texts(
            zh=f"只檢查了一部分:形狀只檢查受變更影響之焦點節點({every} 個中的 {looked} 個)",
            en=f"only a part was checked: of {every} {plural(every, 'focus node')} of the shapes, "
            f"the {looked} that the changes can matter to",
        )
    names = ", ".join((*asked.shapes, *asked.focus))
    return texts(
        zh=f"只檢查了一部分:{names}(焦點節點 {every} 個中的 {looked} 個);其他檢查未執行",
        en=f"only a part was checked: {names} ({looked} of {every} {plural(every, 'focus node')}); no other check was run",
    )


def _known(text: str, known: Iterable[str], curies: Curies, option: str) -> str:
    """The IRI of a name that is known.

    Raises:
        UsageError: it is not; the nearest that is, is named.
    """
    iri = curies.expand(text)
    if iri is not None and iri in set(known):
        return iri
    short = {curies.short(one): one for one in known}
    near = closest(text if iri is None else curies.short(iri), short, 0.7)
    what_zh, what_en = ("形狀", "shape") if option == "--shape" else ("節點", "node")
    raise UsageError(
        "E-PART-NONE",
        texts(zh=f"{option} {text}:沒有這個{what_zh}。", en=f"{option} {text}: there is no such {what_en}."),
        did_you_mean(near) or texts(zh="請寫 IRI 或前綴名稱。", en="Write an IRI or a prefixed name."),
    )  # fmt: skip
