"""Bulk packages: data.nq from files that do not fit into memory, streamed, sorted on the disk, never held as a whole.

Nothing is checked, reasoned or laid out on the way, and the package says so. Memory grows with the number of blank nodes
and of distinct classes, properties and link targets, not with the number of triples.
"""

from __future__ import annotations

import datetime
import heapq
import itertools
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox

from kgtool.audience.model import MARK, policy_of
from kgtool.catalog import Catalog
from kgtool.errors import ProjectError, UsageError, texts
from kgtool.export.catalogue import Placed, catalogue
from kgtool.export.counts import Counts
from kgtool.export.names import CATALOGUE_PREFIXES
from kgtool.export.package import CATALOGUE, Exported, base_of, distribution, moment_of, must_be_free, profile_of, seal
from kgtool.export.provenance import Origin
from kgtool.export.signature import Signer
from kgtool.export.staging import Staging
from kgtool.formats import RDF_SUFFIXES, Audience
from kgtool.load.stream import stream
from kgtool.policy.history import commit_of
from kgtool.project import Project, project_files
from kgtool.snapshot import Snapshot
from kgtool.write.canonical import TooAlikeError, canonical_labels, line, relabelled
from kgtool.write.curie import Curies
from kgtool.write.graphs import to_turtle

# Lines sorted in memory at once (about 200 MB), and bytes written at once.
_RUN = 500_000
_PIECE = 1 << 20


def export_bulk(
    project: Project, now: datetime.datetime, name: str, *, target: Path | None = None, allow_unchecked: bool = False,
    signer: Signer | None = None,
) -> Exported:  # fmt: skip
    """Write a bulk package of all data files.

    Raises:
        UsageError: no such profile, `allow_unchecked` is not given, or something is in the way.
        ProjectError: a file does not parse, or the audience has rules or marks: filtering needs all of the data at once.
    """
    profile = profile_of(project, name)
    if not allow_unchecked:
        raise UsageError(
            "E-EXPORT-FINDINGS",
            texts(zh="大量匯出不經檢查。", en="a bulk export is not checked."),
            texts(
                zh="請加 --allow-findings;套件會載明未經檢查。", en="Say --allow-findings; the package will say so too."
            ),
        )
    if policy_of(project, profile.audience).limits:
        raise _unfiltered(profile.audience)
    commit = commit_of(project.root)
    folder = target or project.root / "exports" / name
    must_be_free(folder)
    counts = Counts(subjects=None)
    with Staging(folder) as staging:
        lines = _Counted(_sorted_lines(project, profile.audience, counts, staging.folder.parent))
        data = staging.add("data.nq", _pieces(lines))
        today = project.today(moment_of(project, commit, now))
        bare = Snapshot(
            project, Catalog({}, (), ()), (), (), data.sha256, today, Curies(project.prefixes), reasons=False
        )
        base = base_of(project, folder.name)
        triples = catalogue(bare, Placed(base, files=(distribution(base, data),)), counts)
        staging.add(CATALOGUE, to_turtle(triples, {**project.prefixes, **CATALOGUE_PREFIXES}).encode())
        about: dict[str, object] = {
            **Origin(commit, None, allow_unchecked).about(), "profile": name, "audience": str(profile.audience),
            "statements": "stated", "languages": [], "base": base, "date": today.isoformat(), "for": [], "tombstones": [],
            "shapes": None,
            "dataset": {"file": "data.nq", "quads": lines.number, "inferred": 0, "triples": None, "rdfc-1.0": data.sha256},
        }  # fmt: skip
        seal(staging, about, signer)
        staging.commit()
    return Exported(folder, len(staging.written), lines.number, data.sha256, 0)


class _Counted:
    """Lines as they come, and how many came."""

    def __init__(self, lines: Iterable[str]) -> None:
        self.lines = lines
        self.number = 0

    def __iter__(self) -> Iterator[str]:
        for text in self.lines:
            self.number += 1
            yield text


def _sorted_lines(project: Project, audience: Audience, counts: Counts, folder: Path) -> Iterator[str]:
    """The canonical lines of all data, distinct and in order. Quads with blank nodes are held until all are known."""
    held: list[ox.Quad] = []
    with tempfile.TemporaryDirectory(dir=folder, prefix=".kgtool-sort-") as runs:
        files = [
            _run_file(Path(runs) / str(number), sorted(lines))
            for number, lines in enumerate(_chunks(_plain_lines(project, audience, counts, held)))
        ]
        try:
            labels = canonical_labels(held)
        except TooAlikeError as error:
            raise _too_alike() from error
        files.append(_run_file(Path(runs) / "blank", sorted(line(relabelled(quad, labels)) + "\n" for quad in held)))
        held.clear()
        streams = [file.open(encoding="utf-8", errors="surrogatepass", newline="\n") for file in files]
        try:
            for text, _ in itertools.groupby(heapq.merge(*streams)):
                yield text
        finally:
            for opened in streams:
                opened.close()


def _plain_lines(project: Project, audience: Audience, counts: Counts, held: list[ox.Quad]) -> Iterator[str]:
    for file in project_files(project, "data", tuple(RDF_SUFFIXES)):
        for quad in counts.through(stream(file)):
            if quad.predicate.value == MARK and audience is not Audience.INTERNAL:
                raise _unfiltered(audience)
            if isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode):
                held.append(quad)
            else:
                yield line(quad) + "\n"


def _chunks(lines: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(lines)
    while chunk := list(itertools.islice(waiting, _RUN)):
        yield chunk


def _run_file(path: Path, lines: list[str]) -> Path:
    with path.open("w", encoding="utf-8", errors="surrogatepass", newline="\n") as out:
        out.writelines(lines)
    return path


def _pieces(lines: Iterable[str]) -> Iterator[bytes]:
    waiting: list[str] = []
    size = 0
    for text in lines:
        waiting.append(text)
        size += len(text)
        if size >= _PIECE:
            yield "".join(waiting).encode("utf-8", "surrogatepass")
            waiting, size = [], 0
    yield "".join(waiting).encode("utf-8", "surrogatepass")


def _unfiltered(audience: Audience) -> ProjectError:
    return ProjectError(
        "E-EXPORT-BULK",
        texts(zh=f"對象「{audience}」有公開範圍之規則或標示,無法以大量方式匯出。",
              en=f"the audience '{audience}' has rules or marks, which a bulk export cannot apply."),
        texts(zh="請去掉設定檔之 bulk,或改用 internal。", en="Leave bulk out of the profile, or export for internal."),
    )  # fmt: skip


def _too_alike() -> ProjectError:
    return ProjectError(
        "E-EXPORT-BULK",
        texts(
            zh="空白節點過於相似,無法產生正規標籤。", en="blank nodes look too much alike to be labelled canonically."
        ),
        texts(zh="請為其中重要者給定 IRI。", en="Give those that matter an IRI."),
    )
