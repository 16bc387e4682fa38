"""Queries that the shapes themselves bring (sh:sparql), put behind the pattern of their focus nodes. Source: SHACL §5."""

from __future__ import annotations

from kgtool.shacl import plan
from kgtool.shacl.compile.model import CompileError
from kgtool.shacl.compile.text import Where
from kgtool.shacl.query_outline import tokens


def own_query(test: plan.Sparql, where: Where) -> str:
    """The constraint's query for all focus nodes at once.

    Raises:
        CompileError: it does not find $this by patterns of its own, so a pre-bound value would have to be put into
            groups that other engines evaluate by rules of their own; or it is not a SELECT, or asks for LIMIT or GRAPH.
    """
    query = test.query
    if query.ask or query.single or test.bound or not query.free:
        raise CompileError(
            zh="查詢須以自身之樣式找到 $this(非 ASK,無參數、LIMIT、GRAPH)",
            en="a query is compiled when its own patterns find $this (no ASK, parameters, LIMIT or GRAPH)",
        )
    start = next(part.start for part in tokens(query.free) if part.kind == "word" and part.word == "SELECT")
    prologue, text = query.free[:start], query.free[start:]
    return f"{prologue}SELECT DISTINCT * {{ {{ SELECT DISTINCT ({where.node} AS ?this) {{ {where.text} }} }} {{ {text} }} }}"
