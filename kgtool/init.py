"""`kgtool init` as a function: a small working project of another city, written whole or not at all.

The templates are in kgtool/scaffold: `@name@` is a value, `dot.` at the start of a name a dot, `__slug__` the slug, and
`.tmpl` at the end is dropped. Digests and spans of the example report are computed here, so that they are true.
"""

from __future__ import annotations

import contextlib
import importlib.resources
import os
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import Struct

from kgtool.errors import KgError, ProjectError, UsageError, texts, why
from kgtool.sources import line_digests, sha256

# What the scaffold's workflow uses; it installs the program from its own checkout.
ACTION = "city-diplomacy/kgtool@main"
LANGUAGES = ("zh-Hant", "en")
# The example's own names, which a city may not take.
_TAKEN = frozenset({"bell-island"})
_PLACEHOLDER = re.compile(r"@([a-z0-9_]+(?:\.[a-z]+)?)@")
_SLUG = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_BASE = re.compile(r"https?://[^\s<>\"{}|^`\\@]+[/#]")
_HAN = re.compile(r"[㐀-鿿豈-﫿𠀀-𲎯]")
# Characters that a name cannot have in Turtle, TOML and Markdown at once.
_FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\"\\<>{}|`@]")


class City(Struct, frozen=True):
    """The city that a project is made for. `language` decides in which language the example report is written."""

    slug: str
    base: str
    names: Mapping[str, str]  # language tag -> name; both `zh-Hant` and `en`
    language: str


def make_city(folder: Path, names: tuple[str, ...], slug: str | None, base: str | None, language: str) -> City:
    """A city from what the user gave: names by their script, the slug from the English name or the folder.

    Raises:
        UsageError: a name, slug or base that cannot be used.
    """
    given: dict[str, str] = {}
    for name in names:
        if not name.strip() or _FORBIDDEN.search(name) or len(name) > 80:
            raise _wrong("--city", name,
                         "不得含引號、標記或控制字元,至多 80 字", "no quotes, mark-up or control characters; 80 at most")  # fmt: skip
        given["zh-Hant" if _HAN.search(name) else "en"] = name.strip()
    slug = slug or _slug_of(given.get("en", "")) or _slug_of(folder.resolve().name) or "harbour"
    if not _SLUG.fullmatch(slug) or slug in _TAKEN or len(slug) > 60:
        raise _wrong("--slug", slug,
                     "須為小寫英數與連字號,如 harbour-city", "lower-case letters, digits and hyphens, as in harbour-city")  # fmt: skip
    base = base or f"https://example.org/{slug}/id/"
    if not _BASE.fullmatch(base):
        raise _wrong("--base", base, "須為 http(s) 之 IRI,以 / 或 # 結尾", "write an http(s) IRI that ends in / or #")
    if not given:
        given = {"zh-Hant": "港灣市", "en": "Harbour City"}
    english = given.get("en") or slug.replace("-", " ").title()
    return City(slug, base, {"zh-Hant": given.get("zh-Hant", english), "en": english}, language)


def _slug_of(name: str) -> str:
    slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    return slug if _SLUG.fullmatch(slug) and slug not in _TAKEN else ""


def _wrong(option: str, value: str, zh: str, en: str) -> UsageError:
    return UsageError(
        "E-INIT-VALUE",
        texts(zh=f"{option} {value!r}:{zh}。", en=f"{option} {value!r}: {en}."),
        texts(zh="`kgtool init --help` 說明用法。", en="`kgtool init --help` shows how."),
    )


def scaffold(city: City) -> dict[str, str]:
    """The project's files: name (POSIX, sorted) to text."""
    top = importlib.resources.files("kgtool") / "scaffold"
    values = {
        "slug": city.slug, "base": city.base, "action": ACTION,
        "city_zh": city.names["zh-Hant"], "city_en": city.names["en"],
        "languages": ", ".join(f'"{tag}"' for tag in sorted(LANGUAGES, key=lambda tag: tag != city.language)),
    }  # fmt: skip
    report = _fill((top / "sources" / f"report-2024.{city.language}.txt.tmpl").read_text(encoding="utf-8"), values)
    table = tomllib.loads((top / "passages.toml").read_text(encoding="utf-8"))
    values |= _evidence(report, table, city.language)
    files = {"sources/report-2024.txt": report}
    for name, template in _templates(top, ""):
        if not name.startswith("sources/"):
            files[name.replace("__slug__", city.slug)] = _fill(template.read_text(encoding="utf-8"), values)
    return dict(sorted(files.items()))


def _templates(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        name = prefix + re.sub(r"^dot\.", ".", entry.name)
        if entry.is_dir():
            yield from _templates(entry, name + "/")
        elif name.endswith(".tmpl"):
            yield name.removesuffix(".tmpl"), entry


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]], template)


def _evidence(report: str, table: Mapping[str, Mapping[str, Mapping[str, str]]], language: str) -> dict[str, str]:
    """The report's digests and its passages as template values; a span is where its words stand for the first time."""
    values = {
        "sha256": sha256(report), "code_points": str(len(report)),
        "line_digests": "\n".join(f"{line.length} {line.sha256}" for line in line_digests(report)),
    }  # fmt: skip
    passages = []
    for name, passage in table.items():
        words = passage["words"][language]
        start = report.index(words)
        end = start + len(words)
        values[f"ps.{name}"] = f"ps:{start}-{end}"
        passages.append((start, end, _passage(start, end, sha256(words), passage["summary"])))
    values["passages"] = "\n".join(text for _, _, text in sorted(passages)).rstrip("\n")
    return values


def _passage(start: int, end: int, digest: str, summary: Mapping[str, str]) -> str:
    told = " , ".join(f'"{text}"@{tag}' for tag, text in summary.items())
    return (
        f"ps:{start}-{end} a oa:SpecificResource , cd:Passage ;\n"
        f"  oa:hasSource src:report-2024 ;\n"
        f"  oa:hasSelector [ a oa:TextPositionSelector ; oa:start {start} ; oa:end {end} ] ;\n"
        f'  cd:sha256 "{digest}" ;\n'
        f"  cd:summary {told} .\n"
    )


def write_project(folder: Path, files: Mapping[str, str]) -> None:
    """Write files below a folder (made when absent): all of them, or none; nothing that exists is overwritten.

    A new folder is filled beside its place and renamed into it, so that even a crash leaves no half of it. Into a folder
    that exists, files are added one by one, and removed again when one fails.

    Raises:
        ProjectError: files that are there already (all are named), or a folder that cannot be written.
    """
    if folder.exists() and not folder.is_dir():
        raise _exists(folder.parent, [folder.name])
    conflicts = [name for name in files if _blocked(folder, name)]
    if conflicts:
        raise _exists(folder, conflicts)
    try:
        if folder.is_dir():
            _add(folder, files)
        else:
            _make(folder, files)
    except FileExistsError as error:  # somebody else wrote meanwhile
        raise _exists(folder, [str(error.filename)]) from error
    except OSError as error:
        said = why(error)
        raise ProjectError(
            "E-INIT-WRITE",
            texts(zh=f"{folder}:無法寫入({said['zh-Hant']}),未留下任何檔案。",
                  en=f"{folder}: cannot be written ({said['en']}); nothing was left behind."),
            texts(zh="請確認資料夾可寫入且磁碟未滿。", en="Check that the folder is writable and not full."),
        ) from error  # fmt: skip


def _blocked(folder: Path, name: str) -> bool:
    """Whether a file is there, or its folder is something else (a file, or a link that leads elsewhere)."""
    path = folder / name
    parents = [parent for parent in path.parents if parent.is_relative_to(folder) and parent != folder]
    wrong = any(parent.is_symlink() or (parent.exists() and not parent.is_dir()) for parent in parents)
    return wrong or path.is_symlink() or path.exists()


def _exists(folder: Path, names: list[str]) -> KgError:
    listed = ", ".join(names)
    return ProjectError(
        "E-INIT-EXISTS",
        texts(
            zh=f"{folder} 中已有:{listed}。未寫入任何檔案。", en=f"{folder} has already: {listed}. Nothing was written."
        ),
        texts(zh="請移開這些檔案,或換一個資料夾。", en="Move them away, or choose another folder."),
    )


def _make(folder: Path, files: Mapping[str, str]) -> None:
    made = _make_parents(folder.parent)
    temporary: Path | None = None
    try:
        temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        _add(temporary, files)
        temporary.chmod(0o755)
        temporary.rename(folder)
    except BaseException:
        if temporary is not None:
            shutil.rmtree(temporary, ignore_errors=True)
        _remove(made)
        raise


def _add(folder: Path, files: Mapping[str, str]) -> None:
    made: list[Path] = []
    written: list[Path] = []
    try:
        for name, text in files.items():
            path = folder / name
            made += _make_parents(path.parent)
            with path.open("xb") as stream:
                written.append(path)
                stream.write(text.encode("utf-8"))
                stream.flush()
                os.fsync(stream.fileno())
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        _remove(made)
        raise


def _make_parents(folder: Path) -> list[Path]:
    """Make a folder and what it lies in; the folders that were made, outermost first."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    missing.reverse()
    for path in missing:
        path.mkdir(exist_ok=True)
    return missing


def _remove(folders: list[Path]) -> None:
    for path in reversed(folders):
        with contextlib.suppress(OSError):  # somebody put something there meanwhile
            path.rmdir()
