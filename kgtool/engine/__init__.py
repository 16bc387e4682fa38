"""Where queries run: an embedded store, a guard before it, and isolated workers over it.

`QueryRunner` runs what others wrote; `EmbeddedStore.query` is for the program's own texts. `guard` and `Limits` say what
is never run at all.
"""

from kgtool.engine.guard import Refusal, guard
from kgtool.engine.limits import CHECKED, LOCAL, SERVED, Limits
from kgtool.engine.runner import Bounded, Queryable, QueryRunner, Solver
from kgtool.engine.store import Answer, Dataset, EmbeddedStore, Solutions, Stream, Triples

__all__ = [
    "CHECKED", "LOCAL", "SERVED", "Answer", "Bounded", "Dataset", "EmbeddedStore", "Limits", "QueryRunner", "Queryable",
    "Refusal", "Solutions", "Solver", "Stream", "Triples", "guard",
]  # fmt: skip
