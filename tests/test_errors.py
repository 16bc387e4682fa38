"""What the system says when it will not, in both languages."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest

from kgtool.errors import why


def test_what_the_system_says_is_said_in_chinese_too(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file") as raised:
        (tmp_path / "none").read_text(encoding="utf-8")
    assert why(raised.value) == {"zh-Hant": "沒有這個檔案或資料夾", "en": "No such file or directory"}
    full = OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), "x")
    assert why(full) == {"zh-Hant": "磁碟已滿", "en": "No space left on device"}


@pytest.mark.parametrize("error", [
    OSError(errno.ENOENT, "words of somebody's own"), OSError("words of somebody's own"),
    OSError(errno.ECHILD, "words of somebody's own"),
])  # fmt: skip
def test_words_that_are_not_the_systems_stay(error: OSError) -> None:
    assert why(error) == {"zh-Hant": "words of somebody's own", "en": "words of somebody's own"}


def test_a_number_that_is_not_known_stays_in_the_systems_words() -> None:
    said = os.strerror(errno.EXDEV)
    assert why(OSError(errno.EXDEV, said)) == {"zh-Hant": said, "en": said}


def test_bytes_that_are_no_text_are_told_by_the_first_of_them() -> None:
    with pytest.raises(UnicodeDecodeError) as raised:
        b"ab\xa4cd".decode("utf-8")
    assert why(raised.value) == {"zh-Hant": "第 3 個位元組不是 UTF-8", "en": "byte 3 is not UTF-8"}
