"""Where the ask queries of two hands differed: the fictional project with a statement more or less, and what a query tells of it.

Decision 0032 says how the two were compared. Each case has one project that brings the answer about and one that must not.
"""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest
from conftest import WANGJIN
from test_golden import asked

from kgtool.project import open_project
from kgtool.query import open_workbench

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
WJ = "gov:wangjin"
SPAN = {"city": WJ, "since": "2021-07-01", "until": "2021-12-31"}
BOATS = {"series": "evt:dragon-boat", "since": 2017, "until": 2021}

# Query, parameters, statements that bring the row about, statements that must not, the row.
CASES: list[tuple[str, Mapping[str, object], str, str, list[str]]] = [
    (
        "changed-after", {"after": "2030-01-01"},
        "evt:late a cd:Event ; cd:when \"2031/..\" ; cd:earliest \"2031-01-01\"^^xsd:date .",
        "evt:late a cd:Event ; cd:when \"2029\" ; cd:earliest \"2029-01-01\"^^xsd:date ; cd:latest \"2029-12-31\"^^xsd:date .",
        ["2031-01-01", "", "true", "event", "evt:late"],
    ),
    (
        "changed-after", {"after": "2030-01-01"},
        "clm:by-then a cd:Position ; cd:when \"[..2031-05-31]\" ; cd:latest \"2031-05-31\"^^xsd:date .",
        "clm:by-then a cd:Position ; cd:when \"[..2029-05-31]\" ; cd:latest \"2029-05-31\"^^xsd:date .",
        ["", "2031-05-31", "false", "claim", "clm:by-then"],
    ),
    (
        "counts-stated-vs-listed", {"count": "clm:visit-persons-2021h2"},
        "clm:visit-persons-2021h2 cd:about evt:port-centenary-2021 .",
        "evt:visit-harbour-league-2021-11 cd:listedIn clm:visit-persons-2021h2 .",
        ["clm:visit-persons-2021h2", "k:person", "k:partial", "95", "95", "38", "47"],
    ),
    (
        "counts-stated-vs-listed", {"count": "clm:visit-cases-2021h2"},
        "part:mayors-2021-08-04-wangjin cd:listedIn clm:visit-cases-2021h2 .",
        "evt:more a cd:Visit ; cd:listedIn clm:visit-cases-2021h2 .",
        ["clm:visit-cases-2021h2", "k:visit-case", "k:partial", "12", "12", "4", "6"],
    ),
    (
        "attendance-matrix", BOATS,
        "evt:race a cd:Visit ; cd:partOf evt:dragon-boat-2019 ; cd:visitor gov:sablonne .",
        "evt:race a cd:Visit ; cd:partOf evt:dragon-boat-2019 ; cd:visitor gov:wangjin .",
        ["gov:sablonne", "2019", "true", "false", "false"],
    ),
    (
        "half-year-figures", SPAN,
        "clm:visit-cases-2021h2 cd:summary \"12\"@en .",
        "clm:visit-cases-2021h2 cd:about evt:port-centenary-2021 .",
        ["visits received", "5", "6", "12"],
    ),
    (
        "office-holder-on-date", {"day": "2031-01-01"},
        "ten:open a cd:Tenure ; cd:post post:mayor-bidao ; cd:holder per:p-0001 ; cd:startEarliest \"2030-01-01\"^^xsd:date .",
        ("ten:open a cd:Tenure ; cd:post post:mayor-bidao ; cd:holder per:p-0001 ; cd:attestedEarliest \"2030-01-01\"^^xsd:date ;"
        " cd:attestedLatest \"2030-01-01\"^^xsd:date ."),
        ["gov:bidao", "post:mayor-bidao", "per:p-0001", "ten:open", "possible"],
    ),
    (
        "pipeline", {"city": WJ, "asOf": "2021-12-31"},
        "sta:early a cd:StatusAssertion ; cd:about tie:selarn ; cd:status s:proposed ; cd:latest \"2021-01-31\"^^xsd:date .",
        "sta:early a cd:StatusAssertion ; cd:about tie:selarn ; cd:status s:proposed ; cd:earliest \"2022-01-31\"^^xsd:date .",
        ["tie:selarn", "gov:selarn", "k:sister-city", "s:proposed", "", "2021-01-31", ""],
    ),
    (
        "series-every-year", {**BOATS, "since": 2020, "until": 2020},
        ("evt:one a cd:EventEdition ; cd:editionOf evt:dragon-boat ; cd:editionYear 2020 ."
        " part:one a cd:Participation ; cd:event evt:one ; cd:onBehalfOf gov:ostivane ."),
        "evt:one a cd:EventEdition ; cd:editionOf evt:dragon-boat ; cd:editionYear 2020 .",
        ["gov:ostivane", "1", "1", "0", "0"],
    ),
    (
        "series-every-year", BOATS,
        "clm:old a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:selarn ; cd:activity k:attend ; cd:fromYear 1790 .",
        ("clm:old a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:selarn ; cd:activity k:attend ; cd:fromYear 1790 ;"
        " cd:untilYear 2016 ."),
        ["gov:selarn", "5", "0", "5", "0"],
    ),
    (
        "series-every-year", {**BOATS, "since": 2020, "until": 2020},
        ("evt:one a cd:EventEdition ; cd:editionOf evt:dragon-boat ; cd:editionYear 2020 ; cd:host body:crew ."
        " part:one a cd:Participation ; cd:event evt:one ; cd:onBehalfOf gov:ostivane ."),
        ("evt:one a cd:EventEdition ; cd:editionOf evt:dragon-boat ; cd:editionYear 2020 ; cd:host body:crew ."
        " part:one a cd:Participation ; cd:event evt:one ; cd:onBehalfOf gov:ostivane . body:crew cd:organOf gov:ostivane ."),
        ["gov:ostivane", "1", "1", "0", "0"],
    ),
    (
        "timeline-of-city", {"city": "gov:selarn"},
        "evt:since a cd:Event ; cd:host gov:selarn ; cd:when \"2031/..\" ; cd:earliest \"2031-01-01\"^^xsd:date .",
        "evt:since a cd:Event ; cd:host gov:selarn .",
        ["2031-01-01", "", "event", "evt:since"],
    ),
    (
        "visits-between", {"city": WJ, "partner": "gov:selarn", "asOf": "2030-01-01"},
        "evt:there a cd:Visit ; cd:visitor gov:wangjin ; cd:location place:selarn .",
        "evt:there a cd:Visit ; cd:visitor gov:wangjin ; cd:location place:selarn ; cd:host body:harbour-league .",
        ["around", "evt:there", "gov:wangjin", "", "", ""],
    ),
    (
        "visits-in-period", {"city": "gov:selarn", "since": "2031-01-01", "until": "2031-12-31"},
        ("evt:there a cd:Visit ; cd:visitor gov:wangjin ; cd:location place:selarn ; cd:earliest \"2031-01-01\"^^xsd:date ;"
        " cd:latest \"2031-01-02\"^^xsd:date ."),
        ("evt:there a cd:Visit ; cd:visitor gov:selarn ; cd:host gov:selarn ; cd:earliest \"2031-01-01\"^^xsd:date ;"
        " cd:latest \"2031-01-02\"^^xsd:date ."),
        ["evt:there", "in", "gov:wangjin", "2031-01-01", "2031-01-02", "certain", ""],
    ),
    (
        "reciprocity", {"city": WJ},
        "evt:again a cd:Visit ; cd:visitor gov:kazamisaki ; cd:host gov:wangjin ; cd:when \"2021-09\" .",
        ("evt:again a cd:Visit ; cd:visitor gov:kazamisaki ; cd:host gov:wangjin ; cd:when \"2021-09-09\" ;"
        " cd:earliest \"2021-09-09\"^^xsd:date ."),
        ["gov:kazamisaki", "2", "3", "0", "0"],
    ),
    (
        "claims", {"asOf": "2021-12-31", "claim": ["clm:visit-cases-2021h2"]},
        "evt:unnamed a cd:Visit ; cd:listedIn clm:visit-cases-2021h2 .",
        "part:unnamed a cd:Participation ; cd:listedIn clm:visit-cases-2021h2 .",
        ["clm:visit-cases-2021h2", "cd:AggregateCount", WJ, "unsupported", "items-missing", "", "7"],
    ),
    (
        "claims", {"asOf": "2021-12-31", "claim": ["clm:never"]},
        ("clm:never a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:selarn ; cd:activity k:attend ;"
        " cd:fromYear 2018 ; cd:untilYear 2019 ."),
        ("clm:never a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:bidao ; cd:activity k:attend ;"
        " cd:fromYear 2018 ; cd:untilYear 2019 ."),
        ["clm:never", "cd:RegularityClaim", "", "untested", "nothing-on-record", "", ""],
    ),
    (
        "claims", {"asOf": "2021-12-31", "claim": ["clm:old"]},
        ("clm:old a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:bidao ; cd:activity k:attend ;"
        " cd:fromYear 1790 ; cd:untilYear 2021 ."),
        ("clm:old a cd:RegularityClaim ; cd:series evt:dragon-boat ; cd:about gov:bidao ; cd:activity k:attend ;"
        " cd:fromYear 1790 ; cd:untilYear 2010 ."),
        ["clm:old", "cd:RegularityClaim", "", "unsupported", "year-without-record", "", "2011"],
    ),
    (
        "claims", {"asOf": "2021-12-31", "claim": ["clm:ordinal-sablonne"]},
        ("tie:listed a cd:Tie ; cd:party gov:wangjin , gov:selarn ; cd:establishedEarliest \"1990-01-01\"^^xsd:date ;"
        " cd:establishedLatest \"1990-01-01\"^^xsd:date . clm:listed a cd:KindClaim ; cd:about tie:listed ; cd:claimedKind k:sister-city ."),
        ("tie:listed a cd:Tie ; cd:party gov:wangjin , gov:selarn ; cd:establishedEarliest \"1990-01-01\"^^xsd:date ;"
        " cd:establishedLatest \"1990-01-01\"^^xsd:date ; cd:kind k:sister-city ."),
        ["clm:ordinal-sablonne", "cd:OrdinalClaim", WJ, "unsupported", "rank-on-record", "tie:sablonne", "3–4"],
    ),
    (
        "sister-cities-in-order", {"city": WJ},
        ("tie:listed a cd:Tie ; cd:party gov:wangjin , gov:selarn ; cd:establishedEarliest \"1990-01-01\"^^xsd:date ;"
        " cd:establishedLatest \"1990-01-01\"^^xsd:date . clm:listed a cd:KindClaim ; cd:about tie:listed ; cd:claimedKind k:sister-city ."),
        ("tie:listed a cd:Tie ; cd:party gov:wangjin , gov:selarn ; cd:establishedEarliest \"1990-01-01\"^^xsd:date ;"
        " cd:establishedLatest \"1990-01-01\"^^xsd:date ; cd:kind k:sister-city ."),
        ["tie:sablonne", "gov:sablonne", "2021-09-18", "2021-09-18", "3", "4", "3"],
    ),
]  # fmt: skip


def answered(folder: Path, name: str, given: Mapping[str, object], statements: str) -> list[list[str]]:
    """The rows of a query on the fictional project with these statements beside its own."""
    shutil.copytree(WANGJIN, folder)
    project = open_project(folder, {}, {})
    head = "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in project.prefixes.items())
    (folder / "data" / "more.ttl").write_text(head + statements, encoding="utf-8")
    return asked(open_workbench(open_project(folder, {}, {}), NOW), name, given)


@pytest.mark.parametrize(
    ("name", "given", "so", "not_so", "row"), CASES, ids=[f"{case[0]}-{n}" for n, case in enumerate(CASES)]
)
def test_row_is_there_for_what_brings_it_about_and_not_for_what_must_not(
    name: str, given: Mapping[str, object], so: str, not_so: str, row: list[str], tmp_path: Path
) -> None:
    assert row in answered(tmp_path / "so", name, given, so)
    assert row not in answered(tmp_path / "not", name, given, not_so)
