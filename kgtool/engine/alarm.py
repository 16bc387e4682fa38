"""The last word of a confined process: what it says, and then ends, when a moment comes before it is done.

The engine can neither be stopped nor interrupted while it evaluates, and a signal's handler in Python waits for it. It lets go
of the interpreter meanwhile, so another thread of the process can speak. It is started before the process may start nothing.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from typing import NoReturn

_STACK = 256 * 1024  # bytes: the thread calls next to nothing


class Alarm:
    """A thread that writes to the parent and ends the process at a moment, unless it is lifted before."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._changed = threading.Condition()
        self._at = 0.0
        self._word = b""

    def start(self) -> None:
        """Start the thread. Raises RuntimeError: the system has none left."""
        before = threading.stack_size(_STACK)
        threading.Thread(target=self._wait, daemon=True).start()
        threading.stack_size(before)

    def set(self, at: float, word: bytes) -> None:
        """At this moment of the monotonic clock, write these bytes and end."""
        with self._changed:
            self._at, self._word = at, word
            self._changed.notify()

    def lift(self) -> None:
        """The process is done, and says something else. Returns only if the word is not being said."""
        with self._changed:
            self._at = 0.0

    def _wait(self) -> NoReturn:
        with self._changed:
            while True:
                left = self._at - time.monotonic() if self._at else None
                if left is not None and left <= 0:
                    self._end()
                self._changed.wait(left)

    def _end(self) -> NoReturn:
        """Killed and not exited: whoever sent something else meanwhile knows then that it was not what the process died of."""
        try:
            word = memoryview(self._word)
            while word:
                word = word[os.write(self._descriptor, word) :]
        finally:
            while True:
                os.kill(os.getpid(), signal.SIGKILL)
