"""Source texts: digests, spans, and where a span went when the text changed.

Offsets are 0-based code points, end exclusive, over the text as decoded from UTF-8 without any normalisation
(Source: Web Annotation Data Model §4.2.2, Text Position Selector). A line is what lies between two LF.
"""

from __future__ import annotations

import bisect
import contextlib
import hashlib
import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from kgtool.errors import SourceError, Texts, texts, why
from kgtool.late import late

# How many windows a search through the whole text may hash for one span before it gives up (about 0.3 s).
MOST_WINDOWS = 200_000
# One component of a path: no separator, not `.` or `..`.
_FILE_NAME = late(r"(?!\.{1,2}$)[^/\\\x00-\x1f]+")
_LONGEST_NAME = 255  # bytes


def sha256(text: str) -> str:
    """Hex SHA-256 of a text's UTF-8 bytes."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


class LineDigest(Struct, frozen=True):
    """Length in code points and SHA-256 of one line without its LF."""

    length: int
    sha256: str


def line_digests(text: str) -> tuple[LineDigest, ...]:
    """One digest a line, so that a change outside every span has a line too. Cost: linear in the text."""
    return tuple(LineDigest(len(line), sha256(line)) for line in text.split("\n"))


class SourceRecord(Struct, frozen=True):
    """What the data says of a source. `lines` is empty when the record has no digest per line."""

    iri: str
    sha256: str
    code_points: int
    lines: tuple[LineDigest, ...]
    file_name: str


class Span(Struct, frozen=True, order=True):
    """A cited span of a source: code points [start, end) and the SHA-256 of exactly that text."""

    start: int
    end: int
    sha256: str
    iri: str


class SourceText(Struct, frozen=True, dict=True):
    """A source's text at hand."""

    path: Path
    text: str

    @cached_property
    def sha256(self) -> str:
        return sha256(self.text)

    @cached_property
    def starts(self) -> list[int]:
        """Offset of each line's first code point."""
        return _starts([len(line) for line in self.text.split("\n")])

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column (1-based) of a code point."""
        line = bisect.bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def find(self, wanted: str) -> Iterator[int]:
        """Every offset at which `wanted` stands, overlaps included."""
        offset = self.text.find(wanted)
        while offset >= 0:
            yield offset
            offset = self.text.find(wanted, offset + 1)


def read_source(path: Path) -> SourceText:
    """Read a text exactly: UTF-8, no newline translation, no normalisation.

    Raises:
        SourceError: missing, not a regular file, or not UTF-8.
    """
    try:
        if not path.is_file():
            raise _unreadable(path, texts(zh="不是一般檔案", en="not a regular file"))
        return SourceText(path, path.read_bytes().decode("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise _unreadable(path, why(error)) from error


def _unreadable(path: Path, reason: Texts) -> SourceError:
    return SourceError(
        "E-SOURCE-READ",
        texts(
            zh=f"{path}:來源文字無法讀取({reason['zh-Hant']})。",
            en=f"{path}: the source text cannot be read ({reason['en']}).",
        ),
        texts(zh="來源文字須為 UTF-8 之一般檔案。", en="A source text is a regular UTF-8 file."),
    )


def file_names(record: SourceRecord) -> tuple[str, ...]:
    """Names that the text may bear in a sources folder, best first; a recorded name that leads elsewhere is passed over."""
    slug = record.iri.rstrip("/").rsplit("/", 1)[-1]
    names = (record.file_name, f"{slug}.txt")
    return tuple(name for name in names if _FILE_NAME.fullmatch(name) and len(name.encode()) <= _LONGEST_NAME)


def find_text(record: SourceRecord, folder: Path | None) -> SourceText | None:
    """The text of a source in a folder, if there is one: by the recorded file name, by the IRI's last part, then by digest.

    The name comes first, so that a changed text is still found and reported. Cost: one read; by digest, all files.
    Raises:
        SourceError: the text, or what it should lie in, cannot be read.
    """
    if folder is None:
        return None
    try:
        path = _find(record, folder)
    except OSError as error:
        raise _unreadable(Path(error.filename or folder), why(error)) from error
    return None if path is None else read_source(path)


def _find(record: SourceRecord, folder: Path) -> Path | None:
    if not folder.is_dir():
        return None
    for name in file_names(record):
        if (folder / name).is_file():
            return folder / name
    for path in sorted(folder.glob("*.txt")):
        with contextlib.suppress(OSError):  # another's, most likely
            if path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == record.sha256:
                return path
    return None


class Comparison(Struct, frozen=True):
    """How a text differs from its record.

    Attributes:
        line: first line (1-based, in the text at hand) that differs; 0 when the text is the one on record.
        moved: span to its new start, for spans that stand elsewhere now.
        changed: spans whose words are found nowhere.
    """

    line: int
    moved: tuple[tuple[Span, int], ...]
    changed: tuple[Span, ...]


def compare(record: SourceRecord, spans: Sequence[Span], text: SourceText) -> Comparison:
    """Verify a text and its spans against their digests.

    Cost: one digest a span when the text is unchanged; else lines are aligned by digest (so an unchanged line's spans
    are found at once) and only spans of changed lines are searched for.
    """
    wrong = [
        span for span in spans if sha256(text.text[span.start : span.end]) != span.sha256 or span.end > len(text.text)
    ]
    if text.sha256 == record.sha256:
        return Comparison(0, (), tuple(wrong))
    alignment = _Alignment(record.lines, text)
    moved: list[tuple[Span, int]] = []
    changed: list[Span] = []
    for span in wrong:
        start = alignment.locate(span)
        if start is None:
            changed.append(span)
        else:
            moved.append((span, start))
    return Comparison(alignment.first_difference, tuple(moved), tuple(changed))


class _Alignment:
    """Old lines (known by digest) beside the new text's lines, as runs that are equal or were replaced."""

    def __init__(self, old: Sequence[LineDigest], text: SourceText) -> None:
        import difflib  # a text that differs is rare

        self.text = text.text
        new = line_digests(text.text)
        self.old = [*_starts([line.length for line in old]), sum(line.length + 1 for line in old)]
        self.new = [*text.starts, len(text.text) + 1]
        matcher = difflib.SequenceMatcher(
            None, [line.sha256 for line in old], [line.sha256 for line in new], autojunk=False
        )
        self.runs = matcher.get_opcodes()
        # Line by line and not from the runs: beside equal lines, such as blank ones, a run may begin too early.
        pairs = enumerate(zip(old, new, strict=False), 1)
        shorter = min(len(old), len(new)) + 1 if tuple(old) != new else 1
        self.first_difference = min(next((n for n, (was, now) in pairs if was != now), shorter), len(new))

    def locate(self, span: Span) -> int | None:
        """New start of a span, None when its words are gone.

        In an unchanged line it keeps its offset in the line. In a changed run it keeps its distance from the run's
        start or end, or nearly so. Else a changed run elsewhere may hold it. An equal line elsewhere never counts:
        the same words stood there before.
        """
        line = max(bisect.bisect_right(self.old, span.start) - 1, 0)
        own = next((run for run in self.runs if run[1] <= line < run[2]), None)
        guesses: list[int] = []
        if own is not None:
            _, i1, i2, j1, j2 = own
            from_start = self.new[j1] + span.start - self.old[i1]
            from_end = self.new[j2] - (self.old[i2] - span.start)
            slack = 16 + abs(from_end - from_start)
            low, high = min(from_start, from_end), max(from_start, from_end)
            guesses = [
                from_start,
                from_end,
                *sorted(range(low - slack, high + slack), key=lambda at: abs(at - from_start)),
            ]
        others = [run for run in self.runs if run[0] in {"insert", "replace"} and run is not own]
        elsewhere = (at for run in others for at in range(self.new[run[3]], self.new[run[4]]))
        length = span.end - span.start
        for at in itertools.islice(itertools.chain(guesses, elsewhere), MOST_WINDOWS):
            if 0 <= at <= len(self.text) - length and sha256(self.text[at : at + length]) == span.sha256:
                return at
        return None


def _starts(lengths: Sequence[int]) -> list[int]:
    out, offset = [], 0
    for length in lengths:
        out.append(offset)
        offset += length + 1
    return out
