"""Where a statement stands: file, line and column, found only when there is something to report.

A clean run costs nothing. For a finding, the file that holds the statement is tokenised once, its statements are
paired with those that pyoxigraph read, and the subject's, predicate's or object's own place is given.
"""

from kgtool.locate.locator import Locator

__all__ = ["Locator"]
