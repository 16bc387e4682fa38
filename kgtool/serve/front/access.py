"""The log: one JSON object a line, for each answer and each event; written in batches, lost at most for a moment.

Query texts are personal and long: they are in it only when asked for.
"""

from __future__ import annotations

import contextlib
import datetime
import json
import os
from collections.abc import Mapping
from typing import Any

_BATCH = 64 * 1024  # bytes
_LONGEST_PATH = 512


class Log:
    """Lines to a descriptor."""

    def __init__(self, descriptor: int | None, *, queries: bool) -> None:
        self._descriptor = descriptor
        self._queries = queries
        self._lines: list[str] = []
        self._size = 0
        self._second = -1
        self._stamp = ""

    def event(self, facts: Mapping[str, Any]) -> None:
        """Something that is no request; written at once."""
        stamp = datetime.datetime.now(datetime.UTC).isoformat(timespec="milliseconds")
        self._add(json.dumps({"time": stamp, **facts}, ensure_ascii=False))
        self.flush()

    def answered(
        self, at: float, *, client: str, method: str, target: str, query: str, status: int, size: int, total: float,
        worked: float, kept: bool, note: str = "",
    ) -> None:  # fmt: skip
        """One answer.

        Args:
            at: seconds since the epoch. total, worked: seconds, all of it and in a worker. size: bytes of the body.
            kept: whether it came from the cache.
        """
        if self._descriptor is None:
            return
        if int(at) != self._second:
            self._second = int(at)
            self._stamp = datetime.datetime.fromtimestamp(self._second, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        path = json.dumps(target[:_LONGEST_PATH])
        line = (
            f'{{"time": "{self._stamp}", "client": "{client}", "method": "{method}", "path": {path}, "status": {status}, '
            f'"bytes": {size}, "ms": {total * 1000:.2f}, "worker_ms": {worked * 1000:.2f}, "cached": {"true" if kept else "false"}'
        )
        if self._queries and query:
            line += f', "query": {json.dumps(query)}'
        if note:
            line += f', "note": {json.dumps(note)}'
        self._add(line + "}")

    def flush(self) -> None:
        """Write what is there. A log that cannot be written stops nothing."""
        if self._lines and self._descriptor is not None:
            data = ("\n".join(self._lines) + "\n").encode("utf-8", "backslashreplace")
            with contextlib.suppress(OSError):
                os.write(self._descriptor, data)
        self._lines, self._size = [], 0

    def _add(self, line: str) -> None:
        if self._descriptor is None:
            return
        self._lines.append(line)
        self._size += len(line)
        if self._size > _BATCH:
            self.flush()
