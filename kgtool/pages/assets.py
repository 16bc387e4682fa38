"""The files beside the pages: style sheet, icon, base maps, and the bundle where it was built. Read once, named by digest."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from importlib import resources
from types import MappingProxyType

from msgspec import Struct

_TYPES = {
    ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml", ".js": "text/javascript; charset=utf-8",
    ".txt": "text/plain; charset=utf-8", ".webp": "image/webp",
}  # fmt: skip


class Asset(Struct, frozen=True):
    """One file: the name it is served under never changes its content, so it may be kept for ever."""

    name: str
    media_type: str
    body: bytes


class Assets(Struct, frozen=True):
    """All files by served name, and the served name of each plain name."""

    files: Mapping[str, Asset]
    names: dict[str, str]

    def has(self, name: str) -> bool:
        return name in self.names


def load_assets() -> Assets:
    """Every file of static/ and of static/bundle/, which exists only where the editor was built."""
    files: dict[str, Asset] = {}
    names: dict[str, str] = {}
    folder = resources.files("kgtool.pages").joinpath("static")
    found = [item for item in folder.iterdir() if item.is_file()]
    bundle = folder.joinpath("bundle")
    if bundle.is_dir():
        found += [item for item in bundle.iterdir() if item.is_file()]
    for item in sorted(found, key=lambda item: item.name):
        stem, dot, ending = item.name.rpartition(".")
        media_type = _TYPES.get(dot + ending)
        if media_type is None:
            continue
        body = item.read_bytes()
        served = f"{stem}.{hashlib.sha256(body).hexdigest()[:10]}.{ending}"
        files[served] = Asset(served, media_type, body)
        names[item.name] = served
    return Assets(MappingProxyType(files), names)
