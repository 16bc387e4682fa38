"""Files written whole or not at all: a temporary file beside the target, flushed, then renamed over it."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from kgtool.errors import ProjectError, texts, why


def write_file(path: Path, content: str) -> None:
    """Replace `path` by `content` (UTF-8, LF) in one step; a crash or full disk leaves the old file as it was.

    A link is followed; a device or pipe is written to. A byte of a path that is no UTF-8 is written as `\\udcff`.

    Raises:
        ProjectError: the folder does not exist or cannot be written.
    """
    import tempfile  # brings half a dozen modules along

    try:
        if path.exists() and not path.is_file():  # replacing a device or pipe would remove it
            path.write_bytes(content.encode("utf-8", "backslashreplace"))
            return
        target = path.resolve()  # the file behind a link is replaced, not the link
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    except (OSError, RuntimeError) as error:  # RuntimeError: a link that leads back to itself
        raise unwritable(path, error) from error
    temporary = Path(name)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content.encode("utf-8", "backslashreplace"))
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(target.stat().st_mode & 0o777 if target.exists() else 0o644)
        temporary.replace(target)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def unwritable(path: Path, error: OSError | RuntimeError) -> ProjectError:
    """The error of a file or folder that cannot be written, with the system's reason; a RuntimeError is a circle of links."""
    said = why(error if isinstance(error, OSError) else OSError(errno.ELOOP, os.strerror(errno.ELOOP)))
    return ProjectError(
        "E-FILE-WRITE",
        texts(zh=f"{path}:無法寫入({said['zh-Hant']})。", en=f"{path}: cannot be written ({said['en']})."),
        texts(zh="請確認資料夾存在、可寫入且磁碟未滿。", en="Check that the folder exists, is writable and not full."),
    )
