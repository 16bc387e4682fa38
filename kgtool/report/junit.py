"""The report as JUnit XML: a suite a rule family, a test case a rule, so that every CI server can show it.

A rule fails where a finding reaches `--fail-on`; findings below it are the test case's output. No time is written.
Source: the element set that Jenkins, GitLab and the Ant task share; tests/schemas/junit.xsd describes it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from xml.etree import ElementTree as ET

from kgtool.finding import Finding
from kgtool.formats import FailOn
from kgtool.lang import pick
from kgtool.project import Waiver
from kgtool.report.model import SEVERITIES, Report, fails, message_of
from kgtool.report.statistics import Extent
from kgtool.rules import FAMILIES, Rule

# What XML cannot hold. Source: XML 1.0 §2.2, Char.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def to_junit(
    report: Report, language: str, rules: Mapping[str, Rule], fail_on: FailOn, extent: Extent = Extent.PLAIN
) -> str:
    """One XML document; every known rule is a test case, found or not, so that runs compare.

    With statistics, what is waived is a line of its rule's output; the counts are the suites' own.
    """
    found: dict[str, list[Finding]] = defaultdict(list)
    for finding in report.findings:
        found[finding.rule].append(finding)
    waived: dict[str, list[tuple[Finding, Waiver]]] = defaultdict(list)
    for finding, waiver in report.held.waived if extent is Extent.STATISTICS else ():
        waived[finding.rule].append((finding, waiver))
    families: dict[str, list[str]] = defaultdict(list)
    for code in sorted(rules.keys() | found.keys() | waived.keys()):
        families[code[2]].append(code)
    root = ET.Element("testsuites", name="kgtool")
    for digit, codes in sorted(families.items()):
        suite = ET.SubElement(root, "testsuite", name=f"KG{digit} {pick(FAMILIES.get(digit, {}), language)}".strip())
        for code in codes:
            _case(suite, code, rules.get(code), found[code], waived[code], language, fail_on)
        _count(suite, len(codes), len(suite.findall("testcase/failure")))
    _count(root, sum(len(suite) for suite in root), len(root.findall("testsuite/testcase/failure")))
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _case(
    suite: ET.Element, code: str, rule: Rule | None, findings: list[Finding], waived: list[tuple[Finding, Waiver]],
    language: str, fail_on: FailOn,
) -> None:  # fmt: skip
    slug = rule.slug if rule else (*findings, *(finding for finding, _ in waived))[0].source
    case = ET.SubElement(suite, "testcase", classname=f"kgtool.KG{code[2]}", name=_clean(f"{code} {slug}"))
    failing = [finding for finding in findings if fails(finding, fail_on)]
    passing = [finding for finding in findings if not fails(finding, fail_on)]
    if failing:
        first = failing[0]
        said = f"{len(failing)}: {first.place} {message_of(first, language)}"
        failure = ET.SubElement(case, "failure", message=_clean(said), type=first.severity.word)
        failure.text = _clean("".join(_line(finding, language) for finding in failing))
    if passing or waived:
        lines = (*(_line(one, language) for one in passing), *(_waived(*pair, language) for pair in waived))
        ET.SubElement(case, "system-out").text = _clean("".join(lines))


def _line(finding: Finding, language: str) -> str:
    place = f"{finding.place}: " if finding.place.path else ""
    fix = pick(finding.fix, language)
    text = f"{place}{SEVERITIES[language][finding.severity.word]} {finding.rule} {message_of(finding, language)}"
    return f"{text} {fix}".replace("\n", " ").strip() + "\n"


def _waived(finding: Finding, waiver: Waiver, language: str) -> str:
    word, reason = "waived" if language == "en" else "豁免", " ".join(waiver.reason.split())
    return f"{word} {_line(finding, language).strip()} {reason} ({waiver.owner}, {waiver.expires})\n"


def _count(element: ET.Element, tests: int, failures: int) -> None:
    element.set("tests", str(tests))
    element.set("failures", str(failures))
    element.set("errors", "0")


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
