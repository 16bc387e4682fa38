"""SHACL: a graph and its shapes in, results out. The engine is our own; pySHACL stays as a reference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kgtool.formats import Engine
from kgtool.shacl.engine import Report, results, validate_index
from kgtool.shacl.idle import idle
from kgtool.shacl.parse import make_plan
from kgtool.shacl.part import Part
from kgtool.shacl.plan import Plan
from kgtool.shacl.problem import Problem
from kgtool.shacl.result import Result, ShapesError
from kgtool.shacl.touched import Touched, difference

if TYPE_CHECKING:
    import pyoxigraph as ox


def validate(
    data: Iterable[ox.Quad | ox.Triple], shapes: Iterable[ox.Quad], engine: Engine = Engine.KGTOOL
) -> tuple[Result, ...]:
    """Validate a data graph against a shapes graph; results sorted.

    Raises:
        ShapesError: the shapes are not well-formed SHACL, or the engine failed on them.
    """
    if Engine(engine) is Engine.PYSHACL:
        from kgtool.shacl import reference

        return reference.validate(data, shapes)
    from kgtool.shacl import engine as own

    return own.validate(data, shapes)


__all__ = [
    "Engine", "Part", "Plan", "Problem", "Report", "Result", "ShapesError", "Touched", "difference", "idle", "make_plan",
    "results", "validate", "validate_index",
]  # fmt: skip
