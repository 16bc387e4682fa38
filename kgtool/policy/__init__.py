"""Which findings count: waivers with owner and expiry, a baseline of known ones, and what changed since a revision.

Every function takes findings and returns findings; nothing is printed and no file of the project is changed.
"""

from kgtool.policy.baseline import Baseline, Compared, compare, read_baseline, write_baseline
from kgtool.policy.changed import Changes, before, changes_since
from kgtool.policy.waivers import Waiving, waive

__all__ = [
    "Baseline",
    "Changes",
    "Compared",
    "Waiving",
    "before",
    "changes_since",
    "compare",
    "read_baseline",
    "waive",
    "write_baseline",
]
