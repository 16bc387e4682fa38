"""sh:pattern by the SPARQL engine's own REGEX, many texts at once.

Why not Python's re: it backtracks, so `(a+)+$` on forty characters never ends, and a pattern is the data of whoever wrote
the shapes. The engine's matcher is linear in the text, refuses patterns that compile to too much, and is the REGEX that
SHACL §4.4.3 names. Measured: 40,000 texts 0.13 s through VALUES (0.40 s through a Store, 0.03 s with re).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kgtool.engine.scratch import ScratchStore

_BATCH = 5000
_FLAGS = frozenset("smixq")


@functools.lru_cache(maxsize=256)
def pattern_error(regex: str, flags: str) -> str:
    """Why a pattern cannot be used; "" when it can."""
    if set(flags) - _FLAGS:
        return f"has unknown flags {flags!r}"
    call = _call(str(ox.Literal("")), regex, flags)
    answer = next(_engine().select(f"SELECT ({call} AS ?match) {{}}"))
    return "" if "match" in answer else "does not compile"


def not_matching(texts: Iterable[str], regex: str, flags: str) -> Iterator[str]:
    """The distinct texts that a pattern does not match. Cost: about 3 µs a text."""
    todo = list(texts)
    call = _call("?text", regex, flags)
    for start in range(0, len(todo), _BATCH):
        values = " ".join([str(ox.Literal(text)) for text in todo[start : start + _BATCH]])
        for row in _engine().select(f"SELECT ?text {{ VALUES ?text {{ {values} }} FILTER(!{call}) }}"):
            yield row["text"].value


@functools.cache
def _engine() -> ScratchStore:
    """A store without data; to make one takes as long as to try a pattern."""
    return ScratchStore()


def _call(text: str, regex: str, flags: str) -> str:
    marks = f", {ox.Literal(flags)}" if flags else ""
    return f"REGEX({text}, {ox.Literal(regex)}{marks})"
