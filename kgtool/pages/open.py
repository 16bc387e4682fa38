"""What pages need that is not in the snapshot: source texts that may be shown, the report of a check."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from kgtool.pages.pages import Options, Pages
from kgtool.report import Report
from kgtool.snapshot import Snapshot
from kgtool.sources import SourceRecord, find_text
from kgtool.terms import CD, RDF


def open_pages(
    snapshot: Snapshot, *, report: Report | None = None, sources: Path | None = None, static: bool = False,
    address: str = "http://127.0.0.1:8008",
) -> Pages:  # fmt: skip
    """Pages of a snapshot.

    Args:
        sources: the folder of source texts that may be shown; None shows none, for the wording of a source is not ours.
        report: the last check's; its findings about what the snapshot does not hold are left out.
    Raises:
        SourceError: a text in the folder cannot be read.
    """
    texts = source_texts(snapshot, sources) if sources is not None and sources.is_dir() else {}
    return Pages(snapshot, Options(texts, report, static, address))


def source_texts(snapshot: Snapshot, folder: Path) -> Mapping[str, str]:
    """Source IRI to its text, for the sources whose text is in the folder."""
    index = snapshot.index

    def value(node: int, name: str) -> str:
        found = index.objects(node, index.iri(CD + name))
        return str(getattr(index.terms[found[0]], "value", "")) if found else ""

    texts = {}
    for node in index.backward(index.iri(RDF + "type")).get(index.iri(CD + "Source"), ()):
        iri, digest = str(getattr(index.terms[node], "value", "")), value(node, "sha256")
        if not digest:
            continue
        text = find_text(SourceRecord(iri, digest, 0, (), value(node, "fileName")), folder)
        if text is not None:
            texts[iri] = text.text
    return texts
