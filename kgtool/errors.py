"""One error tree: what stops the program. What is wrong in the user's data is a `Finding`, never an exception.

KgError                 exit 2
|-- UsageError          exit 2   the command line or a parameter is wrong
|-- ProjectError        exit 2   no project, a setting is wrong, a file is missing or is not a regular file
|-- QueryError          exit 2   a named query or an ad-hoc query cannot be run
|-- SourceError         exit 2   a source text is missing, or is not the one that the record describes
|-- EngineError         exit 2   a reasoner or validator died: never a pass
`-- RemoteError         exit 3   a remote endpoint failed
"""

from __future__ import annotations

import errno
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import TypeVar

Texts = Mapping[str, str]


def texts(*, zh: str, en: str) -> Texts:
    """The same sentence in the two languages every message has; keys are `zh-Hant` and `en`."""
    return MappingProxyType({"zh-Hant": zh, "en": en})


def did_you_mean(near: str) -> Texts | None:
    """What to do about a name that there is not; None where nothing is like it."""
    return texts(zh=f"是否指「{near}」?", en=f"Did you mean '{near}'?") if near else None


# What the system says in English wherever it runs.
_SYSTEM: Mapping[int, str] = MappingProxyType({
    errno.EACCES: "沒有權限", errno.EPERM: "不獲准許", errno.ENOENT: "沒有這個檔案或資料夾", errno.ENOTDIR: "路徑中有一段不是資料夾",
    errno.EISDIR: "是資料夾", errno.EEXIST: "已存在", errno.ENOTEMPTY: "資料夾不是空的", errno.ELOOP: "符號連結循環",
    errno.ENAMETOOLONG: "名稱太長", errno.ENOSPC: "磁碟已滿", errno.EDQUOT: "超過磁碟配額", errno.EFBIG: "檔案太大",
    errno.EROFS: "檔案系統唯讀", errno.EIO: "裝置讀寫失敗", errno.EBADF: "已關閉", errno.EMFILE: "開啟之檔案太多",
    errno.ENFILE: "開啟之檔案太多", errno.ENOMEM: "記憶體不足", errno.EAGAIN: "資源暫時不足", errno.ENXIO: "沒有這個裝置",
    errno.EADDRINUSE: "位址已有人使用", errno.EADDRNOTAVAIL: "不是本機之位址", errno.ECONNREFUSED: "連線遭拒",
    errno.ETIMEDOUT: "逾時", errno.EHOSTUNREACH: "無法連到該主機", errno.ENETUNREACH: "網路不通", errno.ENOEXEC: "無法執行",
})  # fmt: skip


def why(error: OSError | UnicodeDecodeError) -> Texts:
    """Why the system would not, or where a text is not UTF-8, as part of a sentence; the system's own words if not known."""
    if isinstance(error, UnicodeDecodeError):
        at = error.start + 1
        return texts(zh=f"第 {at} 個位元組不是 UTF-8", en=f"byte {at} is not UTF-8")
    said = error.strerror or str(error)
    number = error.errno or 0
    return texts(zh=_SYSTEM.get(number, said) if said == os.strerror(number) else said, en=said)


E = TypeVar("E", bound="KgError")


def error(kind: type[E], code: str, zh: str, en: str, next_zh: str = "", next_en: str = "") -> E:
    """An error of one kind from its sentences: what happened, and what to do next ("" for nothing)."""
    return kind(code, texts(zh=zh, en=en), texts(zh=next_zh, en=next_en) if next_en else None)


class KgError(Exception):
    """Stops the program.

    Attributes:
        code: stable, e.g. `E-PROJECT-NONE`; documented in docs/errors.md.
        message: what happened and where, in both languages.
        hint: the next step, in both languages; may be empty.
    """

    exit_status = 2

    def __init__(self, code: str, message: Texts, hint: Texts | None = None) -> None:
        super().__init__(f"{code}: {message['en']}")
        self.code = code
        self.message = message
        self.hint: Texts = hint or {}


class UsageError(KgError):
    """The command line or a parameter is wrong."""


class ProjectError(KgError):
    """No project, a wrong setting, or a file that is missing or not a regular file."""


class QueryError(KgError):
    """A query that cannot be found, parsed or run."""


class SourceError(KgError):
    """A source text that is missing or is not the one its record describes."""


class EngineError(KgError):
    """A reasoner or validator failed; the check has no result."""


class RemoteError(KgError):
    """A remote endpoint failed."""

    exit_status = 3
