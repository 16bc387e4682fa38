"""The shape plan compiled to SPARQL: the same results where the data live, and nothing pulled but the violations.

    classes = read_classes(made, source)            # which classes of the data stand below those of the shapes
    compiled = compile_plan(made, classes)
    found = run_compiled(compiled, source)          # beside it, compiled.refused must be reported

`source` is a `Queryable`: an `EmbeddedStore`, a `QueryRunner`, or a remote endpoint. Every query is a SELECT over the default
graph without dataset clause, paths with both ends free, MINUS or NOT EXISTS, and asked for page by page.
"""

from kgtool.shacl.compile.model import Classes, Compiled, Dialect, FocusQuery, Refusal, ShapeQuery
from kgtool.shacl.compile.queries import compile_plan
from kgtool.shacl.compile.run import count_focus, read_classes, run_compiled

__all__ = [
    "Classes", "Compiled", "Dialect", "FocusQuery", "Refusal", "ShapeQuery", "compile_plan", "count_focus", "read_classes",
    "run_compiled",
]  # fmt: skip
