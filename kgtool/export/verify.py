"""`kgtool verify` as a function: a package in, what is wrong with it out. Nothing in the package is trusted.

Names are taken from the folder and compared with the list; no name of the list is opened that the folder does not have as a
regular file. RDF is read as the program reads any file: sniffed, limited, without a connection.
"""

from __future__ import annotations

import enum
import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from msgspec import Struct

from kgtool.errors import Texts, UsageError, texts
from kgtool.export.catalogue import Placed
from kgtool.export.manifest import ABOUT, MANIFEST, SIGNATURE, BadManifestError, Entry, read_digests
from kgtool.export.names import DCAT, SPDX, VOID
from kgtool.export.package import CATALOGUE
from kgtool.export.signature import is_signed
from kgtool.lang import plural
from kgtool.load import load
from kgtool.project import ProjectFile
from kgtool.shacl import ShapesError, validate
from kgtool.write.canonical import TooAlikeError, canonical_lines, digest

_DATA, _MODEL, _SHAPES = "data.nq", "ontology.ttl", "shapes.ttl"
_PIECE = 1 << 20


class What(enum.StrEnum):
    """Kinds of faults."""

    MANIFEST = "manifest"
    NAME = "name"
    MISSING = "missing"
    EXTRA = "extra"
    DIGEST = "digest"
    DATASET = "dataset"
    SIGNATURE = "signature"
    SYNTAX = "syntax"
    SHAPES = "shapes"
    CATALOGUE = "catalogue"


class Fault(Struct, frozen=True):
    """What is wrong with a file of a package."""

    what: What
    name: str
    message: Texts


class Verified(Struct, frozen=True):
    """The result: faults in the order found; the package's own account of itself; what could not be said, in words."""

    faults: tuple[Fault, ...]
    files: int
    about: Mapping[str, Any]
    notes: tuple[Texts, ...]


def verify(folder: Path, key: str = "") -> Verified:
    """Check a package.

    Args:
        key: the Ed25519 public key (base64) that must have signed it; "" takes the key that the package names, which
            proves that nobody changed it since, not who made it.
    Raises:
        UsageError: there is no such folder, or no package in it.
    Cost: one read of every file; the data is parsed, canonicalized and validated, unless it is a bulk package.
    """
    if not folder.is_dir() or folder.is_symlink() or not (folder / MANIFEST).is_file():
        raise UsageError(
            "E-VERIFY-NONE",
            texts(zh=f"{folder}:不是匯出套件(沒有 {MANIFEST})。", en=f"{folder}: not a package (no {MANIFEST})."),
            texts(zh="請給 kgtool export 所產生之資料夾。", en="Give a folder that kgtool export wrote."),
        )
    check = _Check(folder, key)
    check.run()
    return Verified(tuple(check.faults), check.files, check.about, tuple(check.notes))


class _Check:
    def __init__(self, folder: Path, key: str) -> None:
        self.folder = folder
        self.key = key
        self.faults: list[Fault] = []
        self.notes: list[Texts] = []
        self.about: Mapping[str, Any] = {}
        self.files = 0

    def fault(self, what: What, name: str, zh: str, en: str) -> None:
        self.faults.append(Fault(what, name, texts(zh=zh, en=en)))

    def run(self) -> None:
        listed = (self.folder / MANIFEST).read_bytes()
        try:
            entries = read_digests(listed)
        except BadManifestError as error:
            self.fault(What.MANIFEST, MANIFEST, f"清單格式有誤:{error}", f"the list is not in its form: {error}")
            return
        intact = self._files(entries)
        self._about(intact)
        self._signature(listed)
        if _DATA in intact and not self.faults:
            self._content(intact)

    def _files(self, entries: tuple[Entry, ...]) -> set[str]:
        """Names whose bytes are as listed."""
        there = dict(_walk(self.folder))
        self.files = len(there)
        for name, kind in there.items():
            if kind:
                self.fault(What.NAME, name, f"不是一般檔案({kind})", f"not a regular file ({kind})")
        listed = {entry.name for entry in entries}
        for name in sorted(set(there) - listed - {MANIFEST, SIGNATURE}):
            self.fault(What.EXTRA, name, "不在清單中", "not in the list")
        intact = set()
        for entry in entries:
            if there.get(entry.name) != "":
                self.fault(What.MISSING, entry.name, "缺少此檔", "missing")
            elif _sha256(self.folder / entry.name) != entry.sha256:
                self.fault(What.DIGEST, entry.name, "內容與摘要值不符", "its content is not that of its digest")
            else:
                intact.add(entry.name)
        if ABOUT not in listed:
            self.fault(What.MANIFEST, ABOUT, "清單未列 manifest.json", "the list does not name it")
        return intact

    def _about(self, intact: set[str]) -> None:
        if ABOUT not in intact:
            return
        try:
            table = json.loads((self.folder / ABOUT).read_bytes())
        except (ValueError, RecursionError) as error:
            self.fault(What.MANIFEST, ABOUT, f"無法讀取:{error}", f"cannot be read: {error}")
            return
        if not isinstance(table, dict) or not isinstance(table.get("dataset"), dict):
            self.fault(What.MANIFEST, ABOUT, "沒有資料集之說明", "says nothing of the dataset")
            return
        self.about = table

    def _signature(self, listed: bytes) -> None:
        """A package that names a signer is signed; one that does not has no signature. With a key, it must be that key's."""
        signer = self.about.get("signer")
        named = str(signer.get("ed25519", "")) if isinstance(signer, dict) else ""
        path = self.folder / SIGNATURE
        signature = path.read_bytes() if path.is_file() and not path.is_symlink() else None
        if signature is None:
            if named or self.key:
                self.fault(What.SIGNATURE, SIGNATURE, "未簽章", "not signed")
            else:
                self.notes.append(texts(zh="套件未簽章。", en="The package is not signed."))
            return
        if not is_signed(listed, signature, named or self.key):
            self.fault(What.SIGNATURE, SIGNATURE, "簽章不符", "the signature is not that of the list")
        elif self.key and named != self.key:
            self.fault(What.SIGNATURE, SIGNATURE, "由另一把金鑰簽章", "signed with another key")
        elif not self.key:
            self.notes.append(texts(
                zh="簽章與套件所載公鑰相符;簽署者為何人,請以 --key 核對。",
                en="The signature fits the key that the package names; --key says whether that is who you think.",
            ))  # fmt: skip

    def _content(self, intact: set[str]) -> None:
        checked = self.about.get("check")
        if isinstance(checked, dict) and not checked.get("run", True):
            self._bulk()
            return
        names = [name for name in (_DATA, _MODEL, _SHAPES, CATALOGUE) if name in intact]
        dataset = load([ProjectFile(name, self.folder / name, "data") for name in names])
        for finding in dataset.findings:
            self.fault(What.SYNTAX, str(finding.place), finding.message["zh-Hant"], finding.message["en"])
        if dataset.findings:
            return
        graphs = {file.name: tuple(dataset.of_file(file)) for file in dataset.files}
        self._dataset(graphs[_DATA])
        self._shapes(graphs)
        if CATALOGUE in graphs:
            self._catalogue(graphs[CATALOGUE], intact)
        else:
            self.fault(What.CATALOGUE, CATALOGUE, "缺少目錄", "there is no catalogue")

    def _bulk(self) -> None:
        said = self.about["dataset"].get("rdfc-1.0")
        if said != _sha256(self.folder / _DATA):
            self.fault(What.DATASET, _DATA, "資料集摘要值不符", "the dataset's digest is another")
        self.notes.append(texts(
            zh="大量套件:資料未經檢查,正規形式與形狀未核對。",
            en="A bulk package: its data was not checked; its canonical form and shapes were not looked at.",
        ))  # fmt: skip

    def _dataset(self, quads: tuple[ox.Quad, ...]) -> None:
        said = self.about["dataset"].get("rdfc-1.0")
        if said is None:
            self.notes.append(texts(zh="此資料集沒有 RDFC-1.0 摘要值。", en="This dataset has no RDFC-1.0 digest."))
            return
        try:
            found = digest(canonical_lines(quads))
        except TooAlikeError:
            found = ""
        if found != said:
            self.fault(What.DATASET, _DATA, "資料集摘要值不符", "the dataset's digest is another")

    def _shapes(self, graphs: Mapping[str, tuple[ox.Quad, ...]]) -> None:
        said = self.about.get("shapes")
        expected = said.get("violations", 0) if isinstance(said, dict) else 0
        stated = [quad for quad in graphs[_DATA] if not str(quad.graph_name).endswith(":inferred>")]
        try:
            results = validate((*stated, *graphs.get(_MODEL, ())), graphs.get(_SHAPES, ()))
        except ShapesError as error:
            self.fault(
                What.SHAPES, _SHAPES, f"形狀無法使用:{error.message['zh-Hant']}", f"the shapes cannot be used: {error}"
            )
            return
        if len(results) != expected:
            self.fault(What.SHAPES, _DATA, f"形狀結果 {len(results)} 項,套件載 {expected} 項",
                       f"{len(results)} {plural(len(results), 'result')} of the shapes, {expected} on record")  # fmt: skip
        elif expected:
            self.notes.append(
                texts(
                    zh=f"形狀結果 {expected} 項,與套件所載相符。",
                    en=f"{expected} {plural(expected, 'result')} of the shapes, as on record.",
                )
            )

    def _catalogue(self, quads: tuple[ox.Quad, ...], intact: set[str]) -> None:
        """Every data file is a distribution with its own size and digest, and the figures are those of the data."""
        about: dict[object, dict[str, str]] = {}
        for quad in quads:
            about.setdefault(quad.subject, {})[quad.predicate.value] = getattr(quad.object, "value", "")
        base = str(self.about.get("base", ""))
        sums = {
            node.value: row.get(SPDX + "checksumValue", "")
            for node, row in about.items()
            if isinstance(node, ox.NamedNode)
        }
        found = set()
        for row in about.values():
            url = row.get(DCAT + "downloadURL", "")
            if not url:
                continue
            name = url.removeprefix(base)
            found.add(name)
            if name not in intact:
                self.fault(
                    What.CATALOGUE, CATALOGUE, f"所列檔案 {name} 不在套件中", f"lists {name}, which is not there"
                )
            elif (row.get(DCAT + "byteSize"), sums.get(row.get(SPDX + "checksum", ""))) != (
                str((self.folder / name).stat().st_size), _sha256(self.folder / name),
            ):  # fmt: skip
                self.fault(
                    What.CATALOGUE, CATALOGUE, f"{name} 之大小或摘要值不符", f"size or digest of {name} is another"
                )
        if _DATA not in found:
            self.fault(What.CATALOGUE, CATALOGUE, f"未列 {_DATA}", f"does not list {_DATA}")
        counted = about.get(ox.NamedNode(Placed(base).dataset), {}).get(VOID + "triples")
        if counted != str(self.about["dataset"].get("triples")):
            self.fault(What.CATALOGUE, CATALOGUE, "三元組數不符", "its number of triples is another")


def _walk(folder: Path) -> Iterator[tuple[str, str]]:
    """Names below a folder, and what keeps each from being a regular file, "" for nothing. Links are not followed."""
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        for name in sorted((*names, *(name for name in folders if (Path(parent) / name).is_symlink()))):
            path = Path(parent) / name
            mode = path.lstat().st_mode
            kind = "" if stat.S_ISREG(mode) else "link" if stat.S_ISLNK(mode) else "special"
            yield path.relative_to(folder).as_posix(), kind


def _sha256(path: Path) -> str:
    hasher = hashlib.sha256()
    with path.open("rb") as stream:
        while piece := stream.read(_PIECE):
            hasher.update(piece)
    return hasher.hexdigest()
