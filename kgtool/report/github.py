"""The report as GitHub workflow commands, so that findings show beside the changed lines.

Source: GitHub Actions, Workflow commands, "Setting an error message": data escapes %, CR, LF; properties also `:` and `,`.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from kgtool.finding import Finding, Severity
from kgtool.lang import pick
from kgtool.report.human import count_lines, to_human
from kgtool.report.model import Report, message_of, visible
from kgtool.report.statistics import Extent
from kgtool.write.curie import Curies

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def to_github(
    report: Report, language: str, curies: Curies, within: str = "", extent: Extent = Extent.PLAIN
) -> Iterator[str]:
    """One annotation a finding and a note, the counts where they are asked for, then the line that counts.

    Args:
        within: the project's folder relative to the repository's root (POSIX), which GitHub's paths begin at.
    """
    for finding in report.findings:
        yield _annotation(finding, language, within)
    for note in report.notes:
        yield f"::notice title=kgtool::{_data(pick(note.message, language))}"
    if extent is Extent.STATISTICS:
        yield from (plain(line.text) for line in count_lines(report, language, curies))
    *_, last = to_human(report, language, curies)
    yield last.text


def stopped(code: str, text: str) -> str:
    """The annotation of an error that stopped the program: there is no report that could hold it."""
    return f"::error title={_property(f'kgtool {code}')}::{_data(text)}"


def plain(text: str) -> str:
    """A line of a log that is not taken for a command: `::` at its beginning, or the older `##[` anywhere in it."""
    return visible(text.replace("::", ": :").replace("##[", "## [").replace("\n", " ").replace("\r", " "))


def _annotation(finding: Finding, language: str, within: str) -> str:
    path = posixpath.normpath(posixpath.join(within, finding.place.path)) if finding.place.path else ""
    where = [f"file={_property(path)}"] if path else []
    where += [f"line={finding.place.line}"] if finding.place.line else []
    where += [f"col={finding.place.column}"] if finding.place.column else []
    title = _property(f"{finding.rule} {finding.source}")
    text = f"{message_of(finding, language)} {pick(finding.fix, language)}".strip()
    return f"::{_COMMANDS[finding.severity]} {','.join([*where, f'title={title}'])}::{_data(text)}"


def _data(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
