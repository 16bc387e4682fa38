"""The checks, one file a family. Each is a function of the same `Inputs` and returns an `Outcome`."""

from kgtool.checks.context import Inputs, Outcome
from kgtool.checks.dates import check_dates
from kgtool.checks.evidence import check_evidence
from kgtool.checks.hygiene import check_hygiene
from kgtool.checks.lexical import check_lexical
from kgtool.checks.links import check_links
from kgtool.checks.part import Asked
from kgtool.checks.profile import check_profile
from kgtool.checks.queries import check_queries
from kgtool.checks.reasoning import check_reasoning
from kgtool.checks.shapes import check_shapes
from kgtool.checks.syntax import check_syntax
from kgtool.checks.touched import touched
from kgtool.checks.vocabulary import check_vocabulary

__all__ = ["FAMILIES", "OF_SHAPES", "Asked", "Inputs", "Outcome", "touched"]

# In the order of their codes.
FAMILIES = (
    check_syntax,
    check_lexical,
    check_reasoning,
    check_vocabulary,
    check_profile,
    check_hygiene,
    check_shapes,
    check_queries,
    check_evidence,
    check_dates,
    check_links,
)
# What is run when shapes or focus nodes are named.
OF_SHAPES = (check_syntax, check_shapes)
