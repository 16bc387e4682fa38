"""SHACL: a graph and its shapes in, results out."""

from kgtool.shacl.reference import Result, ShapesError, validate

__all__ = ["Result", "ShapesError", "validate"]
