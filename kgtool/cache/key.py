"""The digest of everything that a check's result depends on.

The program and its libraries count by their files' names, sizes and times, for they are many; a project's files, the
shipped model's and the source texts count by their contents.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kgtool import __version__
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.project import Project, ProjectFile, project_files

# What is said and when it fails, not what is found; and what is applied to the findings afterwards.
_NOT_FOR_CHECKS = frozenset({"lang", "format", "fail-on", "baseline", "waivers"})
_KINDS = ("ontology", "data", "shapes", "queries")
_PACKAGES = (".dist-info", ".egg-info", ".egg-link")
# Bytes of source texts; digesting more would cost more than the check.
_MOST_SOURCES = 256 << 20


def inputs_key(project: Project, today: datetime.date) -> str | None:
    """Hexadecimal SHA-256; None when something cannot be read, so that no result is kept. Cost: one read of every file."""
    import json  # only where something is kept

    try:
        said = {
            "program": [__version__, *_program()],
            "machine": [sys.version, os.uname().machine, sys.platform],
            "root": str(project.root),
            "config": digest_of(project.config),
            "settings": {
                name: [repr(setting.value), setting.origin]
                for name, setting in project.settings.items() if name not in _NOT_FOR_CHECKS
            },
            "today": today.isoformat(),
            "files": list(_files(project)),
            "sources": _sources(project.sources),
        }  # fmt: skip
    except OSError:
        return None
    if said["sources"] is None:
        return None
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=True).encode("ascii")).hexdigest()


def digest_of(path: Path) -> str:
    """Hexadecimal SHA-256 of a file's contents; its size and time where it is very large; "" when it is no file."""
    try:
        if not path.is_file():
            return ""
        state = path.stat()
        if state.st_size > _MOST_SOURCES:
            return f"{state.st_size} {state.st_mtime_ns}"
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _files(project: Project) -> Iterator[list[str]]:
    for kind in _KINDS:
        suffixes = (".rq",) if kind == "queries" else (*RDF_SUFFIXES, *EXTRA_FORMATS)
        for file in project_files(project, kind, suffixes):
            yield [kind, file.name, str(file.path), file.refused, _content(file)]


def _content(file: ProjectFile) -> str:
    """Raises OSError when it cannot be read: why is for the check to say."""
    return "" if file.refused else hashlib.sha256(file.path.read_bytes()).hexdigest()


def _sources(folder: Path | None) -> Any:
    """The source texts by name and content; None when they are too many bytes to digest."""
    if folder is None or not folder.is_dir():
        return str(folder)
    files = sorted(path for path in folder.iterdir() if path.is_file())
    if sum(path.stat().st_size for path in files) > _MOST_SOURCES:
        return None
    return [str(folder), [[path.name, digest_of(path)] for path in files]]


def _program() -> Iterator[list[Any]]:
    """This program's files, and the names of installed packages, which hold their versions."""
    top = Path(__file__).resolve().parent.parent
    for parent, folders, names in os.walk(top):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            state = (Path(parent) / name).stat()
            yield [name, state.st_size, state.st_mtime_ns]
    for folder in filter(None, sys.path):
        if Path(folder).is_dir():
            with os.scandir(folder) as entries:
                yield sorted(entry.name for entry in entries if entry.name.endswith(_PACKAGES))
