"""What a query may be and what it may cost. Two settings: one's own command line, and a server of strangers.

The limits of the text keep away what the planner or the parser would die of (deep nesting, long chains, joins of
hundreds of patterns), so that the reason can be named. What still dies or does not end is killed with its worker.
"""

from __future__ import annotations

import resource

from msgspec import Struct

MB = 1 << 20


class Limits(Struct, frozen=True):
    """Bounds of one query; 0 measures are never refused.

    Attributes:
        size: bytes of the text in UTF-8.
        depth: brackets of any kind open at once. oxigraph's parser crashes at about 1,200 on a small stack.
        patterns: triple patterns. A star of 140 takes its planner 2.9 s, growing with the fourth power.
        operators: arithmetic, logical and path operators, UNION, OPTIONAL, MINUS, EXISTS: chains make deep trees.
        nots: `!` in a row.
        stars: closures of a path (`*`, `+`, `?`) that stand inside one another, one more is free: `((a*)*)*` counts 2.
        seconds: wall clock from the request to the last row; then the worker is killed.
        memory: bytes of address space that a query may take on top of the loaded store.
        rows: rows or triples of an answer.
        answer: bytes of an answer as it is sent between processes.
    """

    size: int = 4 * MB
    depth: int = 64
    patterns: int = 250
    operators: int = 1_000
    nots: int = 16
    stars: int = 4
    seconds: float = 30.0
    memory: int = 1024 * MB
    rows: int = 1_000_000
    answer: int = 256 * MB


# The command line runs the files of one's own project: lists of 100,000 terms (IN, VALUES) are long, and legal.
LOCAL = Limits()
# `kgtool check` runs a whole folder of them, so one of them gets less time.
CHECKED = Limits(seconds=10.0)
# A server's clients are strangers. A list of 100,000 terms is long, and legal; what a long text could do is kept away by
# the measures of its form, and it is read in the worker that runs it.
SERVED = Limits(size=1 * MB, patterns=100, operators=200, seconds=5.0, memory=512 * MB, rows=100_000, answer=32 * MB)


def address_space(pid: int) -> int:
    """Bytes of a process's address space, 0 when it is gone. Source: proc(5), statm."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as stream:  # noqa: PTH123 - asked for behind every query
            return int(stream.read().split()[0]) * resource.getpagesize()
    except (OSError, IndexError, ValueError):
        return 0
