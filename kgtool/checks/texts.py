"""KG024, KG025, KG601: what only a file's own text shows: prefix declarations, and the case of language tags.

Each file is read once more and searched by two regular expressions; only a file that looks wrong is tokenised.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import structs

from kgtool.checks.context import Inputs
from kgtool.finding import Finding, Place
from kgtool.formats import RDF_SUFFIXES
from kgtool.lexical import Declaration, Remark, prefixes, tag_case, tags_in
from kgtool.project import ProjectFile
from kgtool.turtle import Kind, Lines, tokens

# Two patterns that begin with fixed bytes: searched ten times as fast as one that ignores case. The first finds `Prefix` too.
_DECLARED = tuple(
    re.compile(word + rb"[ \t\r\n]+([^\s:<>\"]*):[ \t\r\n]*<([^>\s]*)>") for word in (rb"refix", rb"PREFIX")
)
_BOM = "\ufeff"


def check_texts(inputs: Inputs) -> Iterator[Finding]:
    """Findings of every file that was read, in the order of the files. Cost: two searches over the bytes."""
    refused = {one.place.path for one in inputs.dataset.findings if one.rule in {"KG002", "KG003", "KG004", "KG006"}}
    for file in inputs.dataset.files:
        if file.suffix in RDF_SUFFIXES and file.name not in refused:
            yield from _file(inputs, file)


def _file(inputs: Inputs, file: ProjectFile) -> Iterator[Finding]:
    data = file.path.read_bytes()
    known = inputs.project.prefixes
    declared = [
        Declaration(one[1].decode(), one[2].decode(), one.start())
        for pattern in _DECLARED
        for one in pattern.finditer(data)
    ]
    wrong = {tag: remark for tag in sorted(tags_in(data)) if (remark := tag_case(tag))}
    if not wrong and not any(True for _ in prefixes(declared, known)):
        return
    text = data.decode("utf-8").removeprefix(_BOM)
    lines = Lines(text)
    found, first = _read(text)
    for one, remark in prefixes(found, known):
        yield _finding(inputs, file, lines, one.offset, remark, one.namespace)
    for tag, remark in wrong.items():
        if tag in first:
            yield _finding(inputs, file, lines, first[tag], remark, tag)


def _read(text: str) -> tuple[list[Declaration], dict[str, int]]:
    """A text's prefix declarations in order, and where each language tag stands first."""
    declared: list[Declaration] = []
    first: dict[str, int] = {}
    before: list[tuple[Kind, str, int]] = []
    for token in tokens(text):
        if token.kind in {Kind.SPACE, Kind.COMMENT}:
            continue
        if token.kind is Kind.IRI and len(before) == 2 and before[1][0] is Kind.PNAME:
            kind, word, start = before[0]
            if kind in {Kind.AT, Kind.WORD} and word.lstrip("@").lower() == "prefix":
                declared.append(Declaration(before[1][1][:-1], token.text[1:-1], start))
        elif token.kind is Kind.AT and before and before[-1][0] in {Kind.STRING, Kind.LONG_STRING}:
            first.setdefault(token.text[1:], token.start)
        before = [*before[-1:], (token.kind, token.text, token.start)]
    return declared, first


def _finding(inputs: Inputs, file: ProjectFile, lines: Lines, offset: int, remark: Remark, value: str) -> Finding:
    place = Place(file.name, *lines.place(offset))
    made = inputs.finding(remark.code, place, remark.message, value=value)
    return structs.replace(made, severity=remark.severity)
