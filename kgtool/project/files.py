"""Which files a project consists of, in an order that is the same on every machine."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from urllib.parse import quote

from msgspec import Struct

from kgtool.errors import ProjectError, Texts, texts, why
from kgtool.late import late
from kgtool.project.settings import Project
from kgtool.terms import GRAPH, MODEL_GRAPH

# What travels with the program; data never does.
SHIPPED_KINDS = ("ontology", "shapes", "queries")
# Characters that end a line, or that a terminal would obey.
_CONTROL = late("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Why a file is not read (`ProjectFile.refused`), in words.
REFUSED: Mapping[str, Texts] = MappingProxyType({
    "symlink": texts(zh="符號連結指向資料夾,或指向所屬資料夾之外,未讀取。",
                     en="a link to a folder, or out of its own folder; not read."),
    "name": texts(zh="檔名(或其資料夾之名稱)不是 UTF-8,或含控制字元,未讀取;請更名。",
                  en="its name, or that of a folder around it, is not UTF-8 or has control characters; not read: rename it."),
    "special": texts(zh="不是一般檔案(裝置、管線或插座),未讀取。", en="a device, pipe or socket; not read."),
})  # fmt: skip


class ProjectFile(Struct, frozen=True, order=True):
    """One file of a project.

    Attributes:
        name: path relative to the project (POSIX), as it is printed: a byte that is not UTF-8 as `\\xe9`, a line feed as
            `\\n`; files of the shipped model begin with `model:`.
        path: where it is read from.
        kind: `ontology`, `data`, `shapes` or `queries`.
        refused: why it must not be read (`symlink`, `special`, `name`), "" when it is a regular file of the project.
    """

    name: str
    path: Path
    kind: str
    refused: str = ""

    @property
    def suffix(self) -> str:
        """The name's ending in lower case, `.ttl`: an ending in capitals means the same."""
        return self.path.suffix.lower()

    @property
    def shipped(self) -> bool:
        return self.name.startswith("model:")

    @property
    def graph(self) -> str:
        """IRI of the named graph that holds this file's triples."""
        if self.shipped:
            return MODEL_GRAPH + quote(self.name.removeprefix("model:"))
        return GRAPH + quote(self.name)


def project_files(project: Project, kind: str, suffixes: tuple[str, ...]) -> tuple[ProjectFile, ...]:
    """The files of `kind` whose names end in one of `suffixes`, sorted by name. Cost: one walk of the folders.

    Raises:
        ProjectError: a folder named in the settings does not exist or cannot be listed, a file named there is of
            another kind, or the shipped model is not installed.
    """
    found: dict[str, ProjectFile] = {}
    if project.model and kind in SHIPPED_KINDS:
        top = model_root()
        for path, refused in _walk(top / kind, suffixes):
            name = "model:" + path.relative_to(top).as_posix()
            found[name] = ProjectFile(name, path, kind, refused)
    for folder in project.folders(kind):
        for path, refused in _walk(folder, suffixes):
            given = path.relative_to(project.root).as_posix()
            name = _printable(given)
            found[name] = ProjectFile(name, path, kind, refused if name == given else "name")
    return tuple(found[name] for name in sorted(found))


def inside(project: Project, path: Path) -> Path:
    """A file or folder that is given by name, resolved.

    Raises:
        ProjectError: it is not inside the project, or there is none.
    """
    found = path.resolve()
    if not found.is_relative_to(project.root):
        raise ProjectError(
            "E-PATH-OUTSIDE",
            texts(zh=f"{path}:不在專案 {project.root} 之內。", en=f"{path}: not inside the project {project.root}."),
            texts(zh="請給專案中之檔案或資料夾。", en="Give a file or folder of the project."),
        )
    if not found.exists():
        raise ProjectError(
            "E-PATH-NONE",
            texts(zh=f"{path}:沒有這個檔案或資料夾。", en=f"{path}: no such file or folder."),
            texts(zh="請檢查路徑。", en="Check the path."),
        )
    return found


def _printable(name: str) -> str:
    """A name that every report can hold on one line; equal to the name itself where that is so."""
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return (
        text
        if text.isprintable()
        else _CONTROL.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)
    )


def model_root() -> Path:
    """The folder that holds the shipped ontology/, shapes/ and queries/: beside the package or in the checkout.

    Raises:
        ProjectError: neither is there (a broken installation).
    """
    package = Path(__file__).resolve().parent.parent
    for top in (package / "model", package.parent):
        if (top / "ontology").is_dir() and (top / "shapes").is_dir():
            return top
    raise ProjectError(
        "E-MODEL-MISSING",
        texts(zh="安裝不完整:找不到隨程式附上的本體。", en="The ontology that ships with kgtool is not installed."),
        texts(zh="請重新安裝 city-kgtool。", en="Install city-kgtool again."),
    )


def _walk(folder: Path, suffixes: tuple[str, ...]) -> Iterator[tuple[Path, str]]:
    if not folder.is_dir():
        if not folder.name.lower().endswith(suffixes):
            raise _unusable(
                folder, f"須為資料夾或 {'、'.join(suffixes)} 檔", f"is no folder and no {', '.join(suffixes)} file"
            )
        yield folder, _refusal(folder, folder.parent)
        return
    for parent, folders, names in os.walk(folder, followlinks=False, onerror=_unlisted):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in folders:
            if os.path.islink(os.path.join(parent, name)):  # noqa: PTH114, PTH118 - raises nothing where nothing is seen
                yield Path(parent) / name, "symlink"
        for name in sorted(names):
            if name.startswith(".") or not name.lower().endswith(suffixes):
                continue
            path = Path(parent) / name
            yield path, _refusal(path, folder)


def _unlisted(error: OSError) -> None:
    """os.walk() passes over a folder that it cannot list; files that nobody checked must not look like a pass."""
    said = why(error)
    raise _unusable(Path(error.filename), f"無法列出({said['zh-Hant']})", f"cannot be listed ({said['en']})") from error


def _unusable(folder: Path, zh: str, en: str) -> ProjectError:
    return ProjectError(
        "E-FOLDER",
        texts(zh=f"{folder}:{zh}。", en=f"{folder}: {en}."),
        texts(zh="請更正設定中之資料夾或其權限。", en="Correct the folder in the settings, or its permissions."),
    )


def _refusal(path: Path, folder: Path) -> str:
    """A link may point inside its own folder only; a device, socket or FIFO would block or never end.

    Of what is gone meanwhile, or lies in a folder that may be listed but not entered, whoever reads it says why he cannot.
    """
    try:
        mode = path.lstat().st_mode
    except OSError:
        return ""
    if not stat.S_ISLNK(mode):
        return "" if stat.S_ISREG(mode) else "special"
    try:
        target = path.resolve()
        within = target.is_relative_to(folder.resolve()) and target.is_file()
    except (OSError, RuntimeError):  # a link that leads back to itself
        return "symlink"
    return "" if within else "symlink"
