"""What is made when it is first needed: most patterns of a check are for what a clean project does not have, as is the
library that guesses what was meant.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, AnyStr, cast


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """As `re.compile`, at the first use. Cost: none until then, and `pattern` needs none.

    A pattern that does not compile is told of at its first use: only for those that are constants and have a test.
    """
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


def closest(word: str, possibilities: Iterable[str], cutoff: float = 0.6) -> str:
    """The one that is most like a word, "" when none is like it; a confined process must have `difflib` before it is one.

    Args:
        cutoff: how much two must share, from 0 to 1 (`difflib.get_close_matches`).
    """
    import difflib

    return next(iter(difflib.get_close_matches(word, list(possibilities), 1, cutoff)), "")


class _Late:
    """Stands for a pattern: whatever is asked of it is asked of the pattern, and kept."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern, self._flags = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = getattr(re.compile(self.pattern, self._flags), name)
        setattr(self, name, found)
        return found
