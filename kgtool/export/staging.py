"""A folder that appears whole or not at all: written beside its place, flushed, then swapped in by one rename.

On Linux two folders change places in one step (renameat2, RENAME_EXCHANGE), so there is no moment without a package. Where
that is not to be had the old folder is moved aside first, and is still whole under the name `.NAME.before`.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import os
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from msgspec import Struct

from kgtool.errors import ProjectError, texts, why

_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
_STAGED = re.compile(r"\.(?P<name>.+)\.staged-(?P<pid>[0-9]+)")


class Written(Struct, frozen=True):
    """A file that was written: its name in the folder (POSIX), bytes, and SHA-256 in hexadecimal."""

    name: str
    size: int
    sha256: str


class Staging:
    """The folder before it is in its place. Leaving the block without `commit` takes it away again.

    Modes are 0755 and 0644 whatever the umask says, so that equal packages are equal on every machine.
    """

    def __init__(self, target: Path) -> None:
        self.target = target.absolute()
        self.folder = self.target.parent / f".{self.target.name}.staged-{os.getpid()}"
        self.written: list[Written] = []

    def __enter__(self) -> Self:
        with _writing(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            _sweep(self.target)
            shutil.rmtree(self.folder, ignore_errors=True)
            self.folder.mkdir()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def add(self, name: str, content: bytes | Iterable[bytes]) -> Written:
        """Write a file, piece by piece where it comes in pieces, and flush it to the disk.

        Raises:
            ProjectError: it cannot be written; the disk may be full.
        """
        path = self.folder / PurePosixPath(name)
        digest, size = hashlib.sha256(), 0
        with _writing(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as stream:
                for piece in (content,) if isinstance(content, bytes) else content:
                    stream.write(piece)
                    digest.update(piece)
                    size += len(piece)
                stream.flush()
                os.fsync(stream.fileno())
            path.chmod(0o644)
        made = Written(name, size, digest.hexdigest())
        self.written.append(made)
        return made

    def commit(self) -> None:
        """Put the folder in its place; what was there before is gone afterwards.

        Raises:
            ProjectError: the folders cannot be renamed; the old one is as it was.
        """
        with _writing(self.target):
            for parent, _, _ in os.walk(self.folder, topdown=False):
                Path(parent).chmod(0o755)
                _flush(Path(parent))
            if not self.target.exists():
                self.folder.rename(self.target)
            elif not _exchange(self.folder, self.target):
                before = self.target.parent / f".{self.target.name}.before"
                shutil.rmtree(before, ignore_errors=True)
                self.target.rename(before)
                self.folder.rename(self.target)
                shutil.rmtree(before, ignore_errors=True)
            _flush(self.target.parent)


def _sweep(target: Path) -> None:
    """Take away what exports of this target left behind when they were killed."""
    for path in target.parent.glob(f".{target.name}.staged-*"):
        found = _STAGED.fullmatch(path.name)
        if found and found["name"] == target.name and not _alive(int(found["pid"])):
            shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _flush(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _exchange(one: Path, other: Path) -> bool:
    """Swap two names in one step; False where the system or the file system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None, use_errno=True)
    rename = getattr(library, "renameat2", None)
    if rename is None:
        return False
    return bool(rename(_AT_FDCWD, os.fsencode(one), _AT_FDCWD, os.fsencode(other), _RENAME_EXCHANGE) == 0)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        said = why(error)
        raise ProjectError(
            "E-FILE-WRITE",
            texts(zh=f"{path}:無法寫入({said['zh-Hant']})。", en=f"{path}: cannot be written ({said['en']})."),
            texts(zh="請確認資料夾可寫入且磁碟未滿;原有之套件未變。",
                  en="Check that the folder is writable and not full; the package that was there is as it was."),
        ) from error  # fmt: skip
