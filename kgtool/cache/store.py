"""A folder of results. Safe under concurrent runs and a kill at any moment: a result is whole or not there.

A file is written under another name and renamed; its first line is the digest of the rest, so that what is torn or was
changed is no result. Nothing here ever fails a check: a folder that cannot be used keeps nothing.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

# Results and bytes that are kept, newest first.
_MOST_RESULTS, _MOST_BYTES = 64, 64 << 20
_SUFFIX, _UNFINISHED = ".result", ".part"
# Seconds after which an unfinished file is a killed run's.
_STALE = 3600


def cache_folder(environment: Mapping[str, str]) -> Path | None:
    """The folder of results: KGTOOL_CACHE (`off` for none), or `kgtool` in the user's cache folder.

    Source: XDG Base Directory Specification; a relative path there is to be ignored.
    """
    own = environment.get("KGTOOL_CACHE", "")
    if own:
        with contextlib.suppress(RuntimeError):  # `~somebody`, who has no home
            return None if own == "off" else Path(own).expanduser()
        return None
    shared, home = environment.get("XDG_CACHE_HOME", ""), environment.get("HOME", "")
    if os.path.isabs(shared):  # noqa: PTH117 - "" is no path
        return Path(shared) / "kgtool"
    return Path(home) / ".cache" / "kgtool" if os.path.isabs(home) else None  # noqa: PTH117


class Cache(Struct, frozen=True):
    """Results by key in a folder, which is made when the first one is kept."""

    folder: Path

    def get(self, key: str) -> bytes | None:
        """What was kept under a key; None when nothing was, or it is not whole."""
        path = self.folder / (key + _SUFFIX)
        try:
            digest, _, data = path.read_bytes().partition(b"\n")
        except OSError:
            return None
        if digest != _digest(key, data):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)  # asked for lately: the last to go
        return data

    def put(self, key: str, data: bytes) -> None:
        """Keep a result, and let go of the oldest beyond the bounds."""
        import tempfile  # brings half a dozen modules along

        with contextlib.suppress(OSError):
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(_UNFINISHED, dir=self.folder)
            try:
                with os.fdopen(handle, "wb") as stream:
                    stream.write(_digest(key, data) + b"\n" + data)
                os.replace(name, self.folder / (key + _SUFFIX))  # noqa: PTH105
            except OSError:
                os.unlink(name)  # noqa: PTH108
                raise
            self._prune()

    def _prune(self) -> None:
        kept = []
        for path in self.folder.iterdir():
            with contextlib.suppress(OSError):  # another run has let it go
                state = path.stat()
                if path.suffix == _SUFFIX:
                    kept.append((state.st_mtime, state.st_size, path))
                elif path.suffix == _UNFINISHED and state.st_mtime < time.time() - _STALE:
                    path.unlink()
        size = 0
        for number, (_, length, path) in enumerate(sorted(kept, reverse=True)):
            size += length
            if number >= _MOST_RESULTS or size > _MOST_BYTES:
                with contextlib.suppress(OSError):
                    path.unlink()


def _digest(key: str, data: bytes) -> bytes:
    return hashlib.sha256(key.encode() + b"\n" + data).hexdigest().encode()
