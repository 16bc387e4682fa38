"""Focus nodes as patterns: the targets of a shape, and the instances of a class. Source: SHACL §1.1, §2.1.3."""

from __future__ import annotations

from kgtool.shacl.compile.model import Classes
from kgtool.shacl.compile.text import BELOW, TYPE, Names, Where
from kgtool.shacl.plan import Shape, Target, TargetKind

# More classes than this are looked up in a list; each has a pattern of its own otherwise, which planners do better with.
_FEW = 12


def instances(iri: str, node: str, classes: Classes, names: Names) -> str:
    """A pattern for the SHACL instances of a class."""
    cls = names.new()
    if iri not in classes.below or iri in classes.unnamed:
        return f"{node} {TYPE} {cls} . {cls} {BELOW}* <{iri}> ."
    below = sorted(classes.below[iri] | {iri})
    if len(below) > _FEW:
        return f"{node} {TYPE} {cls} . FILTER({cls} IN ({', '.join(f'<{one}>' for one in below)}))"
    if len(below) == 1:
        return f"{node} {TYPE} <{iri}> ."
    return " UNION ".join(f"{{ {node} {TYPE} <{one}> . }}" for one in below)


def focus(shape: Shape, classes: Classes, names: Names) -> Where:
    """The focus nodes of a shape that has targets."""
    node = names.new()
    fixed = [str(target.term) for target in shape.targets if target.kind is TargetKind.NODE]
    found = [_target(target, node, classes, names) for target in shape.targets if target.kind is not TargetKind.NODE]
    if fixed:
        found.append(f"VALUES {node} {{ {' '.join(fixed)} }}")
    text = found[0] if len(found) == 1 else " UNION ".join(f"{{ {one} }}" for one in found)
    return Where(text, node)


def _target(target: Target, node: str, classes: Classes, names: Names) -> str:
    iri = f"<{getattr(target.term, 'value', '')}>"
    if target.kind is TargetKind.CLASS:
        return instances(iri[1:-1], node, classes, names)
    if target.kind is TargetKind.SUBJECTS:
        return f"{node} {iri} {names.new()} ."
    return f"{names.new()} {iri} {node} ."
