"""The last word of a confined process: what its parent says for it, should a moment end it before it is done.

The engine can neither be stopped nor interrupted while it evaluates, and a signal's handler in Python waits for it. So the word
is told beforehand, and the system ends the process. A second thread that spoke would cost each request of its process one to
three per cent, whether it is needed or not.
"""

from __future__ import annotations

import os
import signal


class Alarm:
    """The system's own timer of this process, which ends it, and a descriptor that leads to the parent."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before = 0.0

    def set(self, seconds: float, word: bytes) -> None:
        """Tell the word, and end by SIGALRM after so many seconds; a later end that was set before waits until `lift`."""
        left = memoryview(word)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._before = signal.setitimer(signal.ITIMER_REAL, seconds)[0]

    def lift(self) -> None:
        """The process is done, and says something else; then the word counts for nothing."""
        signal.setitimer(signal.ITIMER_REAL, self._before)
