"""One file: looked at, refused or parsed into columns.

pyoxigraph.parse() goes on behind a syntax error when it is asked for the next quad, so one run reports every error of
a file.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kgtool.errors import texts, why
from kgtool.finding import Finding, Place, Severity
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.load import limits, sniff
from kgtool.load.gather import Gatherer
from kgtool.load.problem import Problem
from kgtool.load.said import said
from kgtool.project import REFUSED, ProjectFile
from kgtool.rules import builtin_rules

# A file that is not RDF at all gives an error a line; past this many one sentence says that more follow.
MOST_ERRORS = 100
_WITHOUT_GRAPHS = {RDF_SUFFIXES[".ttl"], RDF_SUFFIXES[".nt"], EXTRA_FORMATS[".rdf"][1]}


def read(file: ProjectFile, accept: frozenset[str], gatherer: Gatherer, findings: list[Finding]) -> None:
    """Read one file into the gatherer; what is wrong with it is added to `findings`. Cost: linear in bytes."""
    data = _bytes(file, accept, findings)
    if data is None:
        return
    problems = list(_before(file, data))
    findings += [_finding(file, problem) for problem in problems]
    if any(problem.stops for problem in problems):
        return
    errors: list[Problem] = []
    told = _Errors(data, errors)
    media = RDF_SUFFIXES.get(file.suffix) or EXTRA_FORMATS[file.suffix][1]
    quads = ox.parse(data.removeprefix(sniff.BOM), format=ox.RdfFormat.from_media_type(media))
    gatherer.add(file, quads, told, graphs=media not in _WITHOUT_GRAPHS)
    conflict = sniff.conflict(data) if errors else None
    findings += [_finding(file, problem) for problem in ([conflict] if conflict else errors)]


def _bytes(file: ProjectFile, accept: frozenset[str], findings: list[Finding]) -> bytes | None:
    if file.refused:
        findings.append(_finding(file, Problem("KG002", 0, 0, REFUSED[file.refused])))
        return None
    extra = EXTRA_FORMATS.get(file.suffix)
    if extra and extra[0] not in accept:
        message = texts(zh=f"此格式未經設定啟用,未讀取;如屬必要,請於設定寫 accept = [\"{extra[0]}\"]。",
                        en=f'this format is not switched on, so the file is not read; '
                        f'if it is needed, set accept = ["{extra[0]}"].')  # fmt: skip
        findings.append(_finding(file, Problem("KG007", 0, 0, message, Severity.WARNING)))
        return None
    try:
        return file.path.read_bytes()
    except OSError as error:
        reason = why(error)
        message = texts(zh=f"無法讀取:{reason['zh-Hant']}", en=f"cannot be read: {reason['en']}")
        findings.append(_finding(file, Problem("KG002", 0, 0, message)))
        return None


def _before(file: ProjectFile, data: bytes) -> Iterator[Problem]:
    """What can be said of the bytes before a parser sees them."""
    found = sniff.other_encoding(data) or sniff.other_format(data, file.suffix) or sniff.not_utf8(data)
    if found:
        yield found
        return
    if data.startswith(sniff.BOM):
        message = texts(
            zh="檔首有 UTF-8 BOM;請另存為無 BOM 之 UTF-8。", en="a UTF-8 BOM at the start; save the file without it."
        )
        yield Problem("KG009", 1, 1, message, Severity.WARNING, stops=False)
        data = data.removeprefix(sniff.BOM)
    extra = EXTRA_FORMATS.get(file.suffix)
    if extra:
        large = limits.too_large(data)
        yield from [large] if large else _walked(extra[0], data)
        return
    deep = limits.too_deep(data)
    if deep:
        yield deep
    newer = limits.rdf12(data)
    if newer and not sniff.conflict(data):
        yield newer


def _walked(name: str, data: bytes) -> Iterator[Problem]:
    """Look through a file of a format that is switched on, which few projects do: neither is imported for the others."""
    if name == "jsonld":
        from kgtool.load.jsonld import walk
    else:
        from kgtool.load.rdfxml import walk
    return walk(data)


class _Errors:
    """Takes down a parser's errors, one a line; says whether to go on."""

    def __init__(self, data: bytes, problems: list[Problem]) -> None:
        self._data = data
        self._problems = problems
        self._lines: set[int] = set()

    def __call__(self, error: SyntaxError | MemoryError) -> bool:
        if isinstance(error, MemoryError):
            if limits.BUFFER not in str(error):  # the system's memory, and no fault of the file
                raise error
            self._problems.append(limits.too_long(self._data))
            return False
        line, column = error.lineno or 0, error.offset or 0
        if line in self._lines:  # the parser stumbles again behind the first error of a statement
            return True
        self._lines.add(line)
        if len(self._lines) > MOST_ERRORS:
            message = texts(zh="錯誤過多,其後略去。", en="too many errors; the rest of the file is left out.")
            self._problems.append(Problem("KG001", line, column, message))
            return False
        code, message = said(error.msg or "")
        self._problems.append(Problem(code, line, column, message))
        return True


def _finding(file: ProjectFile, problem: Problem) -> Finding:
    rule = builtin_rules()[problem.code]
    place = Place(file.name, problem.line, problem.column)
    return Finding(place, problem.code, rule.slug, "", "", "", problem.severity, problem.message, rule.fix)
