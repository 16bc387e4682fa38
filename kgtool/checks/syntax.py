"""KG0xx: what the reader of the files found."""

from kgtool.checks.context import Inputs, Outcome


def check_syntax(inputs: Inputs) -> Outcome:
    """Syntax errors and refused files, as `load` found them; counts the files."""
    return Outcome(inputs.dataset.findings, len(inputs.dataset.files))
