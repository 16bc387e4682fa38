"""Answers that are kept: sound because a data version never changes, bounded in bytes, the least recently used go first.

An entry is found by everything that the answer depends on, or, faster, by the very bytes of a request that was answered
with it before.
"""

from __future__ import annotations

from collections import OrderedDict

from msgspec import Struct, field

from kgtool.serve.front.job import Key
from kgtool.serve.headers import not_modified

_MOST_ALIASES = 8  # ways of writing one request that are remembered
_LARGEST_ALIAS = 4 * 1024
_OVERHEAD = 1024  # bytes of an entry beside what it holds
_CONDITIONAL_FIELDS = (b"etag:", b"cache-control:", b"vary:", b"access-control-allow-origin:")


class Entry(Struct, eq=False):
    """A kept 200: header lines, body, the bytes of both and of what leads to it, and the requests that do."""

    key: Key
    head: bytes
    body: bytes | memoryview
    size: int
    aliases: list[bytes] = field(default_factory=list)

    @property
    def tag(self) -> str:
        """The entity tag, "" for none."""
        lowered = self.head.lower()
        start = lowered.find(b"etag: ")
        if start < 0 or (start and lowered[start - 1 : start] != b"\n"):
            return ""
        return self.head[start + 6 : self.head.index(b"\r\n", start)].decode("latin-1")

    @property
    def not_modified_head(self) -> bytes:
        """Header lines of a 304. Source: RFC 9110 §15.4.5."""
        lines = self.head.split(b"\r\n")[:-1]
        return b"".join(line + b"\r\n" for line in lines if line.lower().startswith(_CONDITIONAL_FIELDS))

    def fresh_for(self, field_value: str) -> bool:
        """Whether a client that sent this If-None-Match has the answer already."""
        tag = self.tag
        return bool(tag) and not_modified(field_value, tag)


class Cache:
    """Entries by key and by the bytes of requests. Cost of a look-up: a hash."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._size = 0
        self._entries: OrderedDict[Key, Entry] = OrderedDict()
        self._aliases: dict[bytes, Entry] = {}

    def __len__(self) -> int:
        return len(self._entries)

    @property
    def size(self) -> int:
        """Bytes that are kept."""
        return self._size

    def by_bytes(self, raw: bytes) -> Entry | None:
        """The answer to a request of exactly these bytes."""
        entry = self._aliases.get(raw)
        if entry is not None:
            self._entries.move_to_end(entry.key)
        return entry

    def by_key(self, key: Key, raw: bytes) -> Entry | None:
        """The answer to a request; its bytes are remembered."""
        entry = self._entries.get(key)
        if entry is not None:
            self._entries.move_to_end(key)
            self._remember(entry, raw)
        return entry

    def keep(self, key: Key, raw: bytes, head: bytes, body: bytes | memoryview) -> None:
        """Keep a 200, unless it says that it must not be kept or is more than an eighth of all."""
        size = len(head) + len(body) + _OVERHEAD
        if size > self._most // 8 or key in self._entries or b"no-store" in head.lower():
            return
        entry = self._entries[key] = Entry(key, head, body, size)
        self._size += size
        self._remember(entry, raw)
        while self._size > self._most:
            _, oldest = self._entries.popitem(last=False)
            self._size -= oldest.size
            for alias in oldest.aliases:
                del self._aliases[alias]

    def clear(self) -> None:
        """Forget everything: another data version is served."""
        self._entries.clear()
        self._aliases.clear()
        self._size = 0

    def _remember(self, entry: Entry, raw: bytes) -> None:
        if raw and len(raw) <= _LARGEST_ALIAS and len(entry.aliases) < _MOST_ALIASES and raw not in self._aliases:
            entry.aliases.append(raw)
            self._aliases[raw] = entry
            entry.size += len(raw)
            self._size += len(raw)
