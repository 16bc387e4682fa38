"""KG8xx: waivers. A waived finding is counted and not reported; an expired waiver is an error, an unused one a warning."""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from kgtool.errors import ProjectError, Texts, texts
from kgtool.finding import Finding, Place, Severity
from kgtool.late import late
from kgtool.project import Project, Waiver
from kgtool.rules import builtin_rules
from kgtool.write.curie import Curies

if TYPE_CHECKING:
    from kgtool.policy.names import RuleNames

_HEADER = late(r"\s*\[\[\s*(?:tool\s*\.\s*kgtool\s*\.\s*)?waivers\s*\]\]")
_KEY = late(r"\s*waivers\s*=")


class Waiving(Struct, frozen=True):
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
    valid: list[_Valid] = []
    kept, waived = [], []
    for waiver, place in zip(project.waivers, places, strict=True):
        pattern = _pattern(project, waiver, curies)
        if waiver.expires < today:
            kept.append(_expired(waiver, place, curies))
        else:
            valid.append(_Valid(waiver, place, pattern))
    for finding in findings:
        holding = [] if finding.rule in never else [one for one in valid if one.holds(finding)]
        if not holding:
            kept.append(finding)
            continue
        waived.append((finding, holding[0].waiver))
        holding[0].used = True
        for other in holding[1:]:
            other.behind = True
    kept += _unused(project, [one for one in valid if not one.used], curies, never)
    return Waiving(tuple(sorted(kept)), tuple(waived))


class _Valid(Struct):
    """A waiver that has not expired; whether it waives a finding, or would if one before it did not."""

    waiver: Waiver
    place: Place
    focus: re.Pattern[str]
    used: bool = False
    behind: bool = False

    def holds(self, finding: Finding) -> bool:
        return self.waiver.rule in (finding.rule, finding.source) and bool(self.focus.fullmatch(finding.focus))


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


def _unused(project: Project, idle: list[_Valid], curies: Curies, never: frozenset[str]) -> Iterator[Finding]:
    """A finding a waiver without use, which says why it has none."""
    if not idle:
        return
    from kgtool.policy.names import RuleNames  # it reads queries and shapes: not for a project whose waivers are in use

    names = RuleNames(project)
    undeniable = never | {builtin_rules()[code].slug for code in never}
    for one in idle:
        zh, en = _reason(one, names, undeniable)
        message = texts(
            zh=f"{one.waiver.rule} 之豁免未用到({one.waiver.focus};負責人:{one.waiver.owner}):{zh}。",
            en=f"the waiver of {one.waiver.rule} for {one.waiver.focus} waives nothing (owner: {one.waiver.owner}): {en}.",
        )
        yield _finding("KG802", Severity.WARNING, one.waiver, one.place, curies, message)


def _reason(idle: _Valid, names: RuleNames, undeniable: frozenset[str]) -> tuple[str, str]:
    rule = idle.waiver.rule
    if idle.behind:
        return "前面另有豁免已豁免其發現", "a waiver before it holds for what it would waive"
    if rule in undeniable:
        return "此規則不得豁免", "nobody can waive this rule"
    if names.has(rule):
        return "沒有這樣的發現", "there is no such finding"
    if names.begins(rule):
        return "須寫完整之代碼", "write a whole code"
    near = names.near(rule)
    return (
        "沒有這個規則或來源" + (f"(是否指 {near}?)" if near else ""),
        "there is no such rule or source" + (f" (did you mean {near}?)" if near else ""),
    )


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
