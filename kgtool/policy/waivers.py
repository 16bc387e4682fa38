"""KG8xx: waivers. A waived finding is counted and not reported; an expired waiver is an error, an unused one a warning."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kgtool.errors import ProjectError, Texts, texts
from kgtool.finding import Finding, Place, Severity
from kgtool.project import Project, Waiver
from kgtool.rules import builtin_rules
from kgtool.write.curie import Curies

_HEADER = re.compile(r"\s*\[\[\s*(?:tool\s*\.\s*kgtool\s*\.\s*)?waivers\s*\]\]")
_KEY = re.compile(r"\s*waivers\s*=")


@dataclass(frozen=True, slots=True)
class Waiving:
    """What waivers do to findings: those that stay, those that are waived (each with its waiver), both sorted."""

    findings: tuple[Finding, ...]
    waived: tuple[tuple[Finding, Waiver], ...]


def waive(
    project: Project, findings: Iterable[Finding], today: datetime.date, curies: Curies, never: frozenset[str]
) -> Waiving:
    """Set aside the waived findings; add one for each waiver that is expired or unused.

    An expired waiver waives nothing, so its findings are reported again.

    Args:
        never: rules that cannot be waived: their finding means that nothing was checked.
    Raises:
        ProjectError: a waiver's focus has a prefix that the project does not know.
    """
    findings = list(findings)
    if not project.waivers:
        return Waiving(tuple(findings), ())
    places = _places(project)
    valid: list[tuple[Waiver, re.Pattern[str]]] = []
    own: list[Finding] = []
    for waiver, place in zip(project.waivers, places, strict=True):
        pattern = _pattern(project, waiver, curies)
        if waiver.expires < today:
            own.append(_expired(waiver, place, curies))
        else:
            valid.append((waiver, pattern))
    kept, waived, used = list(own), [], set()
    for finding in findings:
        holding = None if finding.rule in never else _first(finding, valid)
        if holding is None:
            kept.append(finding)
        else:
            waived.append((finding, holding))
            used.add(holding)
    for waiver, place in zip(project.waivers, places, strict=True):
        if waiver.expires >= today and waiver not in used:
            kept.append(_unused(waiver, place, curies))
    return Waiving(tuple(sorted(kept)), tuple(waived))


def _first(finding: Finding, waivers: list[tuple[Waiver, re.Pattern[str]]]) -> Waiver | None:
    for waiver, focus in waivers:
        if waiver.rule in (finding.rule, finding.source) and focus.fullmatch(finding.focus):
            return waiver
    return None


def _pattern(project: Project, waiver: Waiver, curies: Curies) -> re.Pattern[str]:
    """The focus as a pattern over IRIs; `*` stands for any characters, also for none."""
    iri = waiver.focus if set(waiver.focus) == {"*"} else curies.expand(waiver.focus)
    if iri is None:
        raise ProjectError(
            "E-WAIVER-FOCUS",
            texts(zh=f"{project.config}:豁免之 focus「{waiver.focus}」不是已知前綴之名稱或 IRI。",
                  en=f"{project.config}: the waiver's focus '{waiver.focus}' is no IRI and no name with a known prefix."),
            texts(zh="前綴見 `kgtool config`;* 代表任意字元。",
                  en="`kgtool config` lists the prefixes; * stands for any characters."),
        )  # fmt: skip
    return re.compile(".*".join(re.escape(part) for part in iri.split("*")), re.DOTALL)


def _expired(waiver: Waiver, place: Place, curies: Curies) -> Finding:
    days = waiver.expires.isoformat()
    message = texts(
        zh=f"{waiver.rule} 之豁免已於 {days} 到期({waiver.focus};負責人:{waiver.owner})。",
        en=f"the waiver of {waiver.rule} for {waiver.focus} expired on {days} (owner: {waiver.owner}).",
    )
    return _finding("KG801", Severity.ERROR, waiver, place, curies, message)


def _unused(waiver: Waiver, place: Place, curies: Curies) -> Finding:
    message = texts(
        zh=f"{waiver.rule} 之豁免未用到:{waiver.focus} 無此發現(負責人:{waiver.owner})。",
        en=f"the waiver of {waiver.rule} for {waiver.focus} waives nothing (owner: {waiver.owner}).",
    )
    return _finding("KG802", Severity.WARNING, waiver, place, curies, message)


def _finding(code: str, severity: Severity, waiver: Waiver, place: Place, curies: Curies, message: Texts) -> Finding:
    rule = builtin_rules()[code]
    focus = curies.expand(waiver.focus) or waiver.focus
    return Finding(place, code, rule.slug, focus, "", f'"{waiver.rule}"', severity, message, rule.fix)


def _places(project: Project) -> list[Place]:
    """Where each waiver begins in the settings file; the file alone where that cannot be told."""
    name = project.config.name
    lines = project.config.read_text(encoding="utf-8-sig").split("\n")
    found = list(_headers(lines))
    count = len(project.waivers)
    if len(found) != count:  # an inline array: all of them at its key
        key = next((number for number, line in enumerate(lines, 1) if _KEY.match(line)), 0)
        return [Place(name, key, 1 if key else 0)] * count
    return [Place(name, number, 1) for number in found]


def _headers(lines: list[str]) -> Iterator[int]:
    """Lines (from 1) of the table headers; one inside a multi-line string ends no valid TOML, so it is none."""
    for number, line in enumerate(lines, 1):
        if not _HEADER.match(line):
            continue
        try:
            tomllib.loads("\n".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        yield number
