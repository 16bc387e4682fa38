"""One file to quads: looked at, refused or parsed, blank nodes relabelled.

pyoxigraph.parse() goes on behind a syntax error when it is asked for the next quad, so one run reports every error of
a file. Its blank-node labels are random; here they become a digest of the file's name and a running number, so that
two files never share a node and every report is the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import pyoxigraph as ox

from kgtool.errors import texts
from kgtool.finding import Finding, Place, Severity
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.load import jsonld, limits, rdfxml, sniff
from kgtool.load.problem import Problem
from kgtool.load.said import said
from kgtool.project import REFUSED, ProjectFile
from kgtool.rules import builtin_rules

# A file that is not RDF at all gives an error a line; past this many one sentence says that more follow.
MOST_ERRORS = 100
_WALKS = {"jsonld": jsonld.walk, "rdfxml": rdfxml.walk}


def read(file: ProjectFile, accept: frozenset[str], findings: list[Finding]) -> tuple[ox.Quad, ...]:
    """The quads of one file; what is wrong with it is added to `findings`. Cost: linear in bytes."""
    data = _bytes(file, accept, findings)
    if data is None:
        return ()
    problems = list(_before(file, data))
    findings += [_finding(file, problem) for problem in problems]
    if any(problem.stops for problem in problems):
        return ()
    errors: list[Problem] = []
    quads = tuple(_parse(file, data.removeprefix(sniff.BOM), errors))
    conflict = sniff.conflict(data) if errors else None
    findings += [_finding(file, problem) for problem in ([conflict] if conflict else errors)]
    return quads


def _bytes(file: ProjectFile, accept: frozenset[str], findings: list[Finding]) -> bytes | None:
    if file.refused:
        findings.append(_finding(file, Problem("KG002", 0, 0, REFUSED[file.refused])))
        return None
    extra = EXTRA_FORMATS.get(file.path.suffix)
    if extra and extra[0] not in accept:
        message = texts(zh=f"此格式未經設定啟用,未讀取;如屬必要,請於設定寫 accept = [\"{extra[0]}\"]。",
                        en=f'this format is not switched on, so the file is not read; '
                        f'if it is needed, set accept = ["{extra[0]}"].')  # fmt: skip
        findings.append(_finding(file, Problem("KG007", 0, 0, message, Severity.WARNING)))
        return None
    try:
        return file.path.read_bytes()
    except OSError as error:
        message = texts(zh=f"無法讀取:{error.strerror}", en=f"cannot be read: {error.strerror}")
        findings.append(_finding(file, Problem("KG002", 0, 0, message)))
        return None


def _before(file: ProjectFile, data: bytes) -> Iterator[Problem]:
    """What can be said of the bytes before a parser sees them."""
    found = sniff.other_encoding(data) or sniff.other_format(data, file.path.suffix) or sniff.not_utf8(data)
    if found:
        yield found
        return
    if data.startswith(sniff.BOM):
        message = texts(
            zh="檔首有 UTF-8 BOM;請另存為無 BOM 之 UTF-8。", en="a UTF-8 BOM at the start; save the file without it."
        )
        yield Problem("KG009", 1, 1, message, Severity.WARNING, stops=False)
        data = data.removeprefix(sniff.BOM)
    extra = EXTRA_FORMATS.get(file.path.suffix)
    if extra:
        large = limits.too_large(data)
        yield from [large] if large else _WALKS[extra[0]](data)
        return
    deep = limits.too_deep(data)
    if deep:
        yield deep
    newer = limits.rdf12(data)
    if newer and not sniff.conflict(data):
        yield newer


def _parse(file: ProjectFile, data: bytes, errors: list[Problem]) -> Iterator[ox.Quad]:
    graph = ox.NamedNode(file.graph)
    default = ox.DefaultGraph()
    relabel = _Relabel(file.name)
    media = RDF_SUFFIXES.get(file.path.suffix) or EXTRA_FORMATS[file.path.suffix][1]
    parser = ox.parse(data, format=ox.RdfFormat.from_media_type(media))
    seen: set[int] = set()
    while True:
        try:
            quad = next(parser, None)
        except SyntaxError as error:
            line, column = error.lineno or 0, error.offset or 0
            if line in seen:  # the parser stumbles again behind the first error of a statement
                continue
            seen.add(line)
            if len(seen) > MOST_ERRORS:
                message = texts(zh="錯誤過多,其後略去。", en="too many errors; the rest of the file is left out.")
                errors.append(Problem("KG001", line, column, message))
                return
            code, message = said(error.msg or "")
            errors.append(Problem(code, line, column, message))
            continue
        if quad is None:
            return
        if isinstance(quad.object, ox.Triple):  # RDF 1.2: reported by its `<<`, and unknown to everything below
            continue
        name = graph if quad.graph_name == default else relabel(quad.graph_name)
        yield ox.Quad(relabel(quad.subject), quad.predicate, relabel(quad.object), name)


class _Relabel:
    """Blank nodes of one file to labels that no other file has and that do not change from run to run."""

    def __init__(self, name: str) -> None:
        self.stem = "f" + hashlib.sha256(name.encode()).hexdigest()[:10]
        self.labels: dict[str, ox.BlankNode] = {}

    def __call__(self, term: Any) -> Any:
        if not isinstance(term, ox.BlankNode):
            return term
        node = self.labels.get(term.value)
        if node is None:
            node = self.labels[term.value] = ox.BlankNode(f"{self.stem}n{len(self.labels)}")
        return node


def _finding(file: ProjectFile, problem: Problem) -> Finding:
    rule = builtin_rules()[problem.code]
    place = Place(file.name, problem.line, problem.column)
    return Finding(place, problem.code, rule.slug, "", "", "", problem.severity, problem.message, rule.fix)
