"""Focus nodes as patterns: the targets of a shape, and the instances of a class. Source: SHACL §1.1, §2.1.3."""

from __future__ import annotations

import pyoxigraph as ox

from kgtool.shacl.compile.model import Classes, CompileError, Dialect
from kgtool.shacl.compile.text import BELOW, TYPE, Draft, Where
from kgtool.shacl.plan import Shape, Target, TargetKind

# More classes than this are looked up in a list; each has a pattern of its own otherwise, which planners do better with.
_FEW = 12


def instances(iri: str, node: str, classes: Classes, draft: Draft) -> str:
    """A pattern for the SHACL instances of a class.

    Raises:
        CompileError: a blank node stands below the class, and its instances cannot be asked for without a path.
    """
    cls = draft.new()
    if iri in classes.unnamed:
        raise CompileError(zh=f"{iri} 有空白節點為子類別", en=f"a blank node is a subclass of {iri}")
    if iri not in classes.below:
        return f"{node} {TYPE} {cls} . {cls} {BELOW}* <{iri}> ."
    below = sorted(classes.below[iri] | {iri})
    if len(below) > _FEW:
        return f"{node} {TYPE} {cls} . FILTER({cls} IN ({', '.join(f'<{one}>' for one in below)}))"
    if len(below) == 1:
        return f"{node} {TYPE} <{iri}> ."
    return " UNION ".join(f"{{ {node} {TYPE} <{one}> . }}" for one in below)


def targets(shape: Shape) -> tuple[tuple[Target, ...], ...]:
    """The targets of a shape in the groups that a query can take at once: the nodes it names, and each other target."""
    named = tuple(target for target in shape.targets if target.kind is TargetKind.NODE)
    others = tuple((target,) for target in shape.targets if target.kind is not TargetKind.NODE)
    return (*others, named) if named else others


def focus(group: tuple[Target, ...], classes: Classes, draft: Draft) -> Where:
    """The focus nodes of a group of targets.

    Raises:
        CompileError: a class of which a blank node is a subclass.
    """
    node, first = draft.new(), group[0]
    iri = f"<{getattr(first.term, 'value', '')}>"
    if first.kind is TargetKind.NODE:
        return Where(f"VALUES {node} {{ {_rows(group, draft)} }}", node)
    if first.kind is TargetKind.CLASS:
        return Where(instances(iri[1:-1], node, classes, draft), node)
    if first.kind is TargetKind.SUBJECTS:
        return Where(f"{node} {iri} {draft.new()} .", node)
    return Where(f"{draft.new()} {iri} {node} .", node)


def _rows(group: tuple[Target, ...], draft: Draft) -> str:
    """The named nodes; one alone twice, because Virtuoso folds a single one into the query and then loses it.

    Raises:
        CompileError: a literal, for Virtuoso, which does not know its language or datatype there.
    """
    terms = [target.term for target in group]
    if draft.dialect is Dialect.VIRTUOSO and any(isinstance(term, ox.Literal) for term in terms):
        raise CompileError(zh="Virtuoso 無法以字面值為目標", en="Virtuoso cannot take a literal as a target node")
    return " ".join(str(term) for term in (terms if len(terms) > 1 else terms * 2))
