"""A baseline: the findings that a project had when it began to look, so that only new ones count.

The file is JSON, sorted, a finding a line, so that it merges and reviews well. A finding is known by its fingerprint,
which does not change when a dossier moves; findings with one fingerprint are counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from kgtool.errors import Texts, UsageError, texts, why
from kgtool.finding import Finding

VERSION = 1


class Baseline(Struct, frozen=True):
    """Fingerprint to how many findings have it."""

    counts: Mapping[str, int]


class Compared(Struct, frozen=True):
    """Findings beside a baseline: the new ones, those it knows, in order; how many of its findings are gone."""

    new: tuple[Finding, ...]
    known: tuple[Finding, ...]
    gone: int


def compare(findings: Iterable[Finding], baseline: Baseline, never: frozenset[str]) -> Compared:
    """Take the known findings out. Of equal fingerprints, the first in order are the known ones.

    Args:
        never: rules that no baseline may hold.
    """
    left = Counter(dict(baseline.counts))
    new: list[Finding] = []
    known: list[Finding] = []
    for finding in findings:
        mark = finding.fingerprint
        if left[mark] > 0 and finding.rule not in never:
            left[mark] -= 1
            known.append(finding)
        else:
            new.append(finding)
    return Compared(tuple(new), tuple(known), sum(count for count in left.values() if count > 0))


def write_baseline(findings: Iterable[Finding], never: frozenset[str]) -> str:
    """The text of a baseline that knows these findings. Equal findings give equal bytes."""
    import json

    rows: dict[str, dict[str, Any]] = {}
    for finding in sorted(findings):
        if finding.rule in never:
            continue
        row = rows.setdefault(
            finding.fingerprint, {"count": 0, "rule": finding.rule, "source": finding.source, "focus": finding.focus}
        )
        row["count"] += 1
    lines = [f"  {json.dumps(mark)}: {json.dumps(row, ensure_ascii=False)}" for mark, row in sorted(rows.items())]
    body = "{\n" + ",\n".join(lines) + "\n }" if lines else "{}"
    return f'{{\n "version": {VERSION},\n "findings": {body}\n}}\n'


def read_baseline(path: Path) -> Baseline:
    """A baseline that `write_baseline` made.

    Raises:
        UsageError: missing, not such a file, or of another version.
    """
    import json

    try:
        table = json.loads(_text(path))
        return Baseline(_counts(table))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise _unusable(path, _reason(error)) from error


def _unusable(path: Path, reason: Texts) -> UsageError:
    return UsageError(
        "E-BASELINE",
        texts(
            zh=f"{path}:基準檔無法使用({reason['zh-Hant']})。",
            en=f"{path}: the baseline cannot be used ({reason['en']}).",
        ),
        texts(
            zh="以 `kgtool check --write-baseline 檔案` 產生。", en="`kgtool check --write-baseline FILE` writes one."
        ),
    )


def _reason(error: Exception) -> Texts:
    import json

    if isinstance(error, OSError | UnicodeDecodeError):
        return why(error)
    if isinstance(error, json.JSONDecodeError):
        line, column = error.lineno, error.colno
        return texts(zh=f"第 {line} 行第 {column} 字起不是 JSON", en=f"no JSON from {line}:{column} on")
    if isinstance(error, _OtherVersionError):
        return texts(zh=f"版本為 {error},此處讀 {VERSION}", en=f"its version is {error}; this program reads {VERSION}")
    return texts(zh="不是本程式所寫之格式", en="it is not as this program writes one")


class _OtherVersionError(ValueError):
    """A baseline of another version, which is the text."""


def _text(path: Path) -> str:
    """The text of the file; a device or pipe might never end."""
    if path.exists() and not (path.is_file() or path.is_dir()):
        raise _unusable(path, texts(zh="不是一般檔案", en="not a regular file"))
    return path.read_text(encoding="utf-8")


def _counts(table: Any) -> dict[str, int]:
    if table["version"] != VERSION:
        raise _OtherVersionError(str(table["version"])[:20])
    counts = {str(mark): row["count"] for mark, row in table["findings"].items()}
    if any(type(count) is not int or count < 1 for count in counts.values()):
        raise ValueError("a count is a whole number from 1")
    return counts
