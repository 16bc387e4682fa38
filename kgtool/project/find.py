"""Where a project's settings are: the nearest kgtool.toml, or pyproject.toml with [tool.kgtool], upwards."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from kgtool.errors import ProjectError, Texts, texts, why


def find_config(start: Path) -> tuple[Path, dict[str, Any]]:
    """The nearest settings file at or above `start` (a folder or file), and its table; stops at the repository's root.

    Raises:
        ProjectError: no such path, no settings, or unreadable TOML.
    """
    if not _exists(start):
        raise ProjectError(
            "E-PATH-NONE",
            texts(zh=f"{start}:沒有這個檔案或資料夾。", en=f"{start}: no such file or folder."),
            texts(zh="請檢查路徑。", en="Check the path."),
        )
    here = start.resolve()
    for folder in (here, *here.parents) if here.is_dir() else here.parents:
        for name, keys in (("kgtool.toml", ()), ("pyproject.toml", ("tool", "kgtool"))):
            config = folder / name
            if _is_file(config):
                table: Any = _read_toml(config)
                for key in keys:
                    table = table.get(key) if isinstance(table, dict) else None
                if isinstance(table, dict):
                    return config, table
        if (folder / ".git").exists():
            break
    raise ProjectError(
        "E-PROJECT-NONE",
        texts(
            zh=f"從 {here} 向上找不到 [tool.kgtool] 設定。",
            en=f"No [tool.kgtool] settings at or above {here}.",
        ),
        texts(
            zh="請在專案資料夾中執行,或在該處建立 kgtool.toml(參見 docs/configuration.md)。",
            en="Run inside a project, or write a kgtool.toml there (docs/configuration.md).",
        ),
    )


def _exists(path: Path) -> bool:
    try:
        return path.exists() and bool(path.resolve())  # the working folder may be gone, and have no path any more
    except (OSError, ValueError):  # a name that is too long, or holds a NUL
        return False


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError as error:  # a folder that may be listed but not entered
        raise _unreadable(path, error) from error


def _unreadable(path: Path, error: OSError) -> ProjectError:
    said = why(error)
    return ProjectError(
        "E-CONFIG-TOML",
        texts(zh=f"{path}:設定檔無法讀取({said['zh-Hant']})。", en=f"{path}: cannot be read ({said['en']})."),
        texts(zh="請檢查檔案與資料夾之權限。", en="Check the permissions of the file and its folder."),
    )


def _why(error: ValueError | RecursionError) -> Texts:
    """What is wrong with a settings file; the parser's words stay English, their place does not."""
    if isinstance(error, RecursionError):
        return texts(zh="層次過深", en="nested too deeply")
    if isinstance(error, UnicodeDecodeError):
        return why(error)
    said = str(error)
    at = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", said, re.DOTALL)
    where = f"第 {at[2]} 行第 {at[3]} 欄:" if at and at[2] else "檔案結尾:" if at else ""
    return texts(zh=f"{where}{at[1] if at else said}", en=said)


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise _unreadable(path, error) from error
    except (ValueError, RecursionError) as error:  # ValueError: of TOML, of UTF-8, of an integer without end
        said = _why(error)
        raise ProjectError(
            "E-CONFIG-TOML",
            texts(zh=f"{path}:設定檔無法讀取:{said['zh-Hant']}。", en=f"{path}: cannot be read as TOML: {said['en']}."),
            texts(zh="請另存為 UTF-8。", en="Save it as UTF-8.")
            if isinstance(error, UnicodeDecodeError)
            else texts(zh="請更正該行之語法。", en="Correct the syntax at that line."),
        ) from error
