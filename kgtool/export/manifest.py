"""The manifest: digests that `sha256sum -c` reads, and a JSON text of what the package is.

MANIFEST.sha256 has a line a file, sorted, in the one form that this program writes: whoever changes a byte of it changes a
digest, a name, or the form. It covers manifest.json, which says what the dataset's digest is and who signed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

MANIFEST = "MANIFEST.sha256"
SIGNATURE = "MANIFEST.sha256.sig"
ABOUT = "manifest.json"
_LINE = re.compile(r"([0-9a-f]{64})  ([^\x00-\x1f\x7f\\]+)")


class BadManifestError(ValueError):
    """The list of digests is not in its form; the text says where."""


class Entry(Struct, frozen=True, order=True):
    """A file's name (POSIX, relative, without `.` and `..`) and its SHA-256 in hexadecimal."""

    name: str
    sha256: str


def digests_text(entries: Iterable[Entry]) -> bytes:
    """The list of digests. Source: GNU coreutils, sha256sum (text mode: two blanks)."""
    return "".join(f"{entry.sha256}  {entry.name}\n" for entry in sorted(entries)).encode()


def read_digests(data: bytes) -> tuple[Entry, ...]:
    """The entries of a list.

    Raises:
        BadManifestError: a line of another form, a name that leads out of the package, a name twice, another order.
    """
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError as error:
        raise BadManifestError("not UTF-8") from error
    entries = []
    for number, line in enumerate(lines[:-1], 1):
        found = _LINE.fullmatch(line)
        if found is None or not is_inside(found[2]):
            raise BadManifestError(f"line {number}")
        entries.append(Entry(found[2], found[1]))
    names = [entry.name for entry in entries]
    if lines[-1] or names != sorted(set(names)) or digests_text(entries) != data:
        raise BadManifestError("not sorted, or not in the form that it is written in")
    return tuple(entries)


def is_inside(name: str) -> bool:
    """Whether a name stays in the folder that it is relative to, on every system."""
    parts = name.split("/")
    return not any(part in {"", ".", ".."} for part in parts) and "\\" not in name and ":" not in parts[0]


def about_text(about: dict[str, Any]) -> bytes:
    """manifest.json."""
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8", "surrogatepass")
