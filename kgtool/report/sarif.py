"""The report as SARIF 2.1.0, which code hosts and editors read. No time, no machine's paths: equal runs are equal bytes.

Columns are code points (`columnKind`), URIs are relative to the project, and the project to the repository's root
(`originalUriBaseIds`), which the reader knows. Source: SARIF 2.1.0 §3.11.5, §3.14.14, §3.14.17, §3.27, §3.30.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from kgtool import __version__
from kgtool.errors import Texts
from kgtool.finding import Finding, Place, Severity
from kgtool.lang import pick
from kgtool.project import Waiver
from kgtool.report.machine import counts
from kgtool.report.model import Report, message_of
from kgtool.report.statistics import Extent
from kgtool.rules import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_ROOT, _PROJECT, _MODEL = "%SRCROOT%", "PROJECT", "MODEL"
_SHIPPED = "model:"


def to_sarif(
    report: Report, language: str, rules: Mapping[str, Rule], within: str = "", extent: Extent = Extent.PLAIN
) -> str:
    """One SARIF log with one run.

    Args:
        rules: every known rule; all of them are described, so that a reader knows what was looked for.
        within: the project's folder relative to the repository's root (POSIX), "" when they are one.
    """
    known = dict(sorted(rules.items()))
    order = {code: number for number, code in enumerate(known)}
    results = [_result(finding, order, language, None) for finding in report.findings]
    properties: dict[str, Any] = {"asOf": report.as_of}
    if extent is Extent.STATISTICS:
        results += [_result(finding, order, language, waiver) for finding, waiver in report.held.waived]
        properties["statistics"] = counts(report)
    run = {
        "tool": {"driver": {
            "name": "kgtool", "semanticVersion": __version__, "language": "zh-TW" if language != "en" else "en",
            "rules": [_rule(rule, language) for rule in known.values()],
        }},
        "invocations": [{
            "executionSuccessful": True,
            "toolExecutionNotifications": [
                {"level": "note", "message": _message(pick(note.message, language))} for note in report.notes
            ],
        }],
        "originalUriBaseIds": _bases(within),
        "columnKind": "unicodeCodePoints",
        "results": results,
        "properties": properties,
    }  # fmt: skip
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=1) + "\n"


def _bases(within: str) -> dict[str, Any]:
    """A base without `uri` is one that the reader resolves (§3.14.14)."""
    here = {"uri": quote(within.strip("/")) + "/"} if within.strip("/") else {"uri": "./"}
    return {
        _ROOT: {"description": {"text": "The repository's root."}},
        _PROJECT: {**here, "uriBaseId": _ROOT, "description": {"text": "The folder of the project's settings."}},
        _MODEL: {"description": {"text": "The model that ships with kgtool."}},
    }


def _rule(rule: Rule, language: str) -> dict[str, Any]:
    help_text = [f"{text}\n\n→ {fix}" for text, fix in zip(_both(rule.why), _both(rule.fix), strict=False)]
    bad, good = rule.lines(language)
    examples = f"✗ {bad}\n✓ {good}" if bad else ""
    fenced = f"```\n{examples}\n```" if examples else ""
    return {
        "id": rule.code,
        "name": rule.slug,
        "shortDescription": {"text": pick(rule.title, language)},
        "fullDescription": {"text": "\n".join(_both(rule.title))},
        "help": {
            "text": "\n\n".join([*help_text, examples]).strip(),
            "markdown": "\n\n".join([*help_text, fenced]).strip(),
        },
        "properties": {"family": pick(rule.family, "en")},
    }


def _both(texts: Texts) -> list[str]:
    """A text in every language it has, in a fixed order."""
    return [text for _, text in sorted(texts.items(), key=lambda item: (item[0] != "zh-Hant", item[0]))]


def _message(text: str) -> dict[str, str]:
    """A message object: a brace in it begins the place of an argument, so one that is meant is doubled (§3.11.5)."""
    return {"text": text.replace("{", "{{").replace("}", "}}")}


def _result(finding: Finding, order: Mapping[str, int], language: str, waiver: Waiver | None) -> dict[str, Any]:
    text = f"{message_of(finding, language)} {pick(finding.fix, language)}".strip()
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "level": _LEVELS[finding.severity],
        "message": _message(text),
        "partialFingerprints": {"kgtool/v1": finding.fingerprint},
        "properties": {
            "source": finding.source, "focus": finding.focus, "path": finding.result_path, "value": finding.value,
            "messages": dict(sorted(finding.message.items())),
        },
    }  # fmt: skip
    if finding.rule in order:
        result["ruleIndex"] = order[finding.rule]
    if finding.detail:
        result["properties"]["detail"] = finding.detail.get("en", "")
        result["properties"]["details"] = dict(sorted(finding.detail.items()))
    location: dict[str, Any] = {}
    if finding.place.path:
        location["physicalLocation"] = _physical(finding.place)
    if finding.focus:
        location["logicalLocations"] = [{"fullyQualifiedName": finding.focus, "kind": "resource"}]
    if location:
        result["locations"] = [location]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "physicalLocation": _physical(place)} for number, place in enumerate(finding.related, 1)
        ]
    if waiver is not None:
        result["suppressions"] = [{
            "kind": "external", "status": "accepted",
            "justification": f"{waiver.reason} ({waiver.owner}, {waiver.expires.isoformat()})",
        }]  # fmt: skip
    return result


def _physical(place: Place) -> dict[str, Any]:
    base = _MODEL if place.path.startswith(_SHIPPED) else _PROJECT
    uri = quote(place.path.removeprefix(_SHIPPED))
    location: dict[str, Any] = {"artifactLocation": {"uri": uri, "uriBaseId": base}}
    if place.line:
        region = {"startLine": place.line}
        if place.column:
            region["startColumn"] = place.column
        location["region"] = region
    return location
