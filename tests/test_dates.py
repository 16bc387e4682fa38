"""EDTF values and their bounds: derived by kgtool.dates, compared by kgtool check (KG501, KG502)."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool import dates
from kgtool.check import read_inputs
from kgtool.checks import Outcome
from kgtool.checks.dates import check_dates
from kgtool.dates import Bounds, NotEdtfError, bounds
from kgtool.project import open_project

Make = Callable[..., Path]
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)

# Value: first and last day; "" is open. Levels as in the EDTF specification of the Library of Congress.
LEVEL_0 = {
    "2013-06-09": "2013-06-09 2013-06-09",
    "2013-06": "2013-06-01 2013-06-30",
    "2013": "2013-01-01 2013-12-31",
    "2012-02": "2012-02-01 2012-02-29",
    "1900-02": "1900-02-01 1900-02-28",
    "2000-02-29": "2000-02-29 2000-02-29",
    "2013-06-09T10:00:00": "2013-06-09 2013-06-09",
    "2013-06-09T10:00:00Z": "2013-06-09 2013-06-09",
    "2013-06-08/2013-06-13": "2013-06-08 2013-06-13",
    "2004/2013": "2004-01-01 2013-12-31",
    "2004-06/2004-08": "2004-06-01 2004-08-31",
    "2013/2013": "2013-01-01 2013-12-31",
}
LEVEL_1 = {
    "2013?": "2013-01-01 2013-12-31",
    "2013~": "2013-01-01 2013-12-31",
    "2013-06%": "2013-06-01 2013-06-30",
    "2013-06-09~": "2013-06-09 2013-06-09",
    "201X": "2010-01-01 2019-12-31",
    "20XX": "2000-01-01 2099-12-31",
    "2013-XX": "2013-01-01 2013-12-31",
    "2013-06-XX": "2013-06-01 2013-06-30",
    "2013-02-XX": "2013-02-01 2013-02-28",
    "2013-XX-XX": "2013-01-01 2013-12-31",
    "2013-21": "2013-03-01 2013-05-31",
    "2013-22": "2013-06-01 2013-08-31",
    "2013-23": "2013-09-01 2013-11-30",
    "2013-24": "2013-12-01 2013-12-31",
    "2011/..": "2011-01-01 ",
    "2011-03-05/..": "2011-03-05 ",
    "../2013": " 2013-12-31",
    "2011/": "2011-01-01 ",
    "/2013-06": " 2013-06-30",
    "../..": " ",
    "2011~/2013?": "2011-01-01 2013-12-31",
    "-0044": "-0044-01-01 -0044-12-31",
    "-0044-03-15": "-0044-03-15 -0044-03-15",
    "-0004-02-29": "-0004-02-29 -0004-02-29",
    "0000": "0000-01-01 0000-12-31",
    "-0100/0100": "-0100-01-01 0100-12-31",
    "Y170000002": "170000002-01-01 170000002-12-31",
    "Y-170000002": "-170000002-01-01 -170000002-12-31",
}
LEVEL_2 = {
    "[2013-01-01..2013-06-30]": "2013-01-01 2013-06-30",
    "[2013-01..2013-06]": "2013-01-01 2013-06-30",
    "[..2008]": " 2008-12-31",
    "[2008..]": "2008-01-01 ",
    "[2008,2010]": "2008-01-01 2010-12-31",
    "[2010,2008]": "2008-01-01 2010-12-31",
    "[2008,2010..2012]": "2008-01-01 2012-12-31",
    "{2008,2010}": "2008-01-01 2010-12-31",
    "{2008..2010}": "2008-01-01 2010-12-31",
    "{..2008}": " 2008-12-31",
    "?2013-06": "2013-06-01 2013-06-30",
    "2013-?06-09": "2013-06-09 2013-06-09",
    "2013-33": "2013-01-01 2013-03-31",
    "2013-41": "2013-07-01 2013-12-31",
    "XXXX-06-09": "0000-06-09 9999-06-09",
    "19XX-02-29": "1900-02-28 1999-02-28",
    "1XXX-12": "1000-12-01 1999-12-31",
    "1950S2": "1950-01-01 1950-12-31",
    "Y17E8": "1700000000-01-01 1700000000-12-31",
}


@pytest.mark.parametrize(("value", "expected"), [*LEVEL_0.items(), *LEVEL_1.items(), *LEVEL_2.items()])
def test_bounds_are_the_first_and_last_day_that_the_value_may_mean(value: str, expected: str) -> None:
    lower, _, upper = expected.partition(" ")
    assert bounds(value) == Bounds(lower or None, upper or None)


NOT_EDTF = [
    "", " ", "June 2013", "2013-6-9", "20130609", "13", "201", "10000", "2013/6", "102/02/24", "民國102年", "2013年", "２０１３",
    "2013-00", "2013-13", "2013-06-00", "2013-04-31", "2013-02-30", "2013-02-29", "1900-02-29", "-0001-02-29", "XXXX-02-30",
    "2013-02-29/2013-03-05", "2013-02-29?", "2013-06-30/2013-06-31", "2013-06-09T25:00:00", "2013-W05",
    "2014/2013", "2013-06-09/2013-06-08", "[2010..2008]", "[2010-01..2010-01-31]", "{2010..2008}",
    "2013 ", " 2013", "2013\n", "2013 / 2014", "[2008, 2010]", "..", "/", "[]", "[..]", "unknown", "open", "+2013", "(2013)?",
    "2013-1X", "2013-1X-31", "2013-02-3X", "Y17E5000", "Y17E99999999", "Y" + "9" * 5000, "2013" * 100, "[" * 3000, "2013\x00",
]  # fmt: skip


@pytest.mark.parametrize("value", NOT_EDTF, ids=[repr(value[:24]) for value in NOT_EDTF])
def test_what_is_not_edtf_or_names_no_day_is_refused(value: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(NotEdtfError):
        bounds(value)
    assert capsys.readouterr() == ("", ""), "nothing is printed into a report"


@given(st.dates())
def test_a_day_is_its_own_bounds(day: datetime.date) -> None:
    assert bounds(day.isoformat()) == Bounds(day.isoformat(), day.isoformat())


PART = st.dates().flatmap(lambda day: st.sampled_from([day.isoformat(), day.isoformat()[:7], day.isoformat()[:4]]))


@settings(max_examples=40, deadline=None, print_blob=True)
@given(PART, PART, st.sampled_from(["{0}", "{0}/{1}", "{0}/..", "../{0}", "[{0}..{1}]", "[..{0}]", "[{0}..]"]))
def test_common_values_are_bounded_as_the_parser_bounds_them(first: str, last: str, form: str) -> None:
    """Most values never reach the parser: they are read without it, and must come out the same."""
    value = form.format(first, last)
    if form == "[{0}..{1}]" and len(first) != len(last):
        assert dates._common(value) is None
    else:
        assert dates._common(value) == dates._parsed(value)


# What check says. The ontology pairs the properties; nothing in the program names them.

SETTINGS = '[prefixes]\nex = "https://example.org/id/"\n'
PREFIXES = """\
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix ex: <https://example.org/id/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
ONTOLOGY = PREFIXES + """\
ex:sailed cd:lowerBoundProperty ex:sailedFirst ; cd:upperBoundProperty ex:sailedLast .
ex:moored cd:lowerBoundProperty ex:mooredFirst ; cd:upperBoundProperty ex:mooredLast .
ex:scrapped cd:lowerBoundProperty ex:mooredFirst ; cd:upperBoundProperty ex:mooredLast .
"""  # fmt: skip
FOCUS = "https://example.org/id/ada"


def checked(make_project: Make, statements: str, ontology: str = ONTOLOGY) -> Outcome:
    folder = make_project(
        {"ontology/o.ttl": ontology, "data/d.ttl": PREFIXES + "ex:ada " + statements + " ."}, SETTINGS
    )
    return check_dates(read_inputs(open_project(folder, {}, {}), NOW))


CLEAN = {
    "both bounds": 'ex:sailed "2013" ; ex:sailedFirst "2013-01-01"^^xsd:date ; ex:sailedLast "2013-12-31"^^xsd:date',
    "open end": 'ex:sailed "2011/.." ; ex:sailedFirst "2011-01-01"^^xsd:date',
    "open beginning": 'ex:sailed "[..2008]" ; ex:sailedLast "2008-12-31"^^xsd:date',
    "open on both sides": 'ex:sailed "../.."',
    "no date": 'ex:name "Ada"',
    "bounds shared by two properties": 'ex:scrapped "2013-06-09" ; ex:mooredFirst "2013-06-09"^^xsd:date ; '
    'ex:mooredLast "2013-06-09"^^xsd:date',
}


@pytest.mark.parametrize("statements", CLEAN.values(), ids=CLEAN)
def test_bounds_that_follow_from_the_value_are_silent(make_project: Make, statements: str) -> None:
    assert checked(make_project, statements).findings == ()


WRONG = {
    "wrong lower": (
        'ex:sailed "2013" ; ex:sailedFirst "2013-06-01"^^xsd:date ; ex:sailedLast "2013-12-31"^^xsd:date',
        'ex:sailed "2013" gives ex:sailedFirst "2013-01-01"^^xsd:date; found 2013-06-01.',
        '由 ex:sailed "2013" 得出 ex:sailedFirst 應為 "2013-01-01"^^xsd:date,現為 2013-06-01。',
        "<https://example.org/id/sailedFirst>",
    ),
    "wrong upper": (
        'ex:sailed "2013" ; ex:sailedFirst "2013-01-01"^^xsd:date ; ex:sailedLast "2014-12-31"^^xsd:date',
        'ex:sailed "2013" gives ex:sailedLast "2013-12-31"^^xsd:date; found 2014-12-31.',
        '由 ex:sailed "2013" 得出 ex:sailedLast 應為 "2013-12-31"^^xsd:date,現為 2014-12-31。',
        "<https://example.org/id/sailedLast>",
    ),
    "missing lower": (
        'ex:sailed "2013" ; ex:sailedLast "2013-12-31"^^xsd:date',
        'ex:sailed "2013" gives ex:sailedFirst "2013-01-01"^^xsd:date; found —.',
        '由 ex:sailed "2013" 得出 ex:sailedFirst 應為 "2013-01-01"^^xsd:date,現為 —。',
        "<https://example.org/id/sailedFirst>",
    ),
    "missing upper": (
        'ex:sailed "2013" ; ex:sailedFirst "2013-01-01"^^xsd:date',
        'ex:sailed "2013" gives ex:sailedLast "2013-12-31"^^xsd:date; found —.',
        '由 ex:sailed "2013" 得出 ex:sailedLast 應為 "2013-12-31"^^xsd:date,現為 —。',
        "<https://example.org/id/sailedLast>",
    ),
    "bound where the value is open": (
        'ex:sailed "2011/.." ; ex:sailedFirst "2011-01-01"^^xsd:date ; ex:sailedLast "2013-12-31"^^xsd:date',
        'ex:sailed "2011/.." gives ex:sailedLast —; found 2013-12-31.',
        '由 ex:sailed "2011/.." 得出 ex:sailedLast 應為 —,現為 2013-12-31。',
        "<https://example.org/id/sailedLast>",
    ),
    "bound that is a text": (
        'ex:sailed "2011/.." ; ex:sailedFirst "2011-01-01"',
        'ex:sailed "2011/.." gives ex:sailedFirst "2011-01-01"^^xsd:date; found 2011-01-01.',
        '由 ex:sailed "2011/.." 得出 ex:sailedFirst 應為 "2011-01-01"^^xsd:date,現為 2011-01-01。',
        "<https://example.org/id/sailedFirst>",
    ),
    "bound with a time zone": (
        'ex:sailed "2011/.." ; ex:sailedFirst "2011-01-01Z"^^xsd:date',
        'ex:sailed "2011/.." gives ex:sailedFirst "2011-01-01"^^xsd:date; found 2011-01-01Z.',
        '由 ex:sailed "2011/.." 得出 ex:sailedFirst 應為 "2011-01-01"^^xsd:date,現為 2011-01-01Z。',
        "<https://example.org/id/sailedFirst>",
    ),
    "two bounds of one kind": (
        'ex:sailed "2011/.." ; ex:sailedFirst "2011-01-01"^^xsd:date , "2011-01-02"^^xsd:date',
        'ex:sailed "2011/.." gives ex:sailedFirst "2011-01-01"^^xsd:date; found 2011-01-01, 2011-01-02.',
        '由 ex:sailed "2011/.." 得出 ex:sailedFirst 應為 "2011-01-01"^^xsd:date,現為 2011-01-01, 2011-01-02。',
        "<https://example.org/id/sailedFirst>",
    ),
    "bound without a value": (
        'ex:sailedFirst "2011-01-01"^^xsd:date',
        "ex:sailedFirst without the EDTF value it derives from (ex:sailed).",
        "有 ex:sailedFirst 而無 EDTF 值(ex:sailed),無法重新推導。",
        "<https://example.org/id/sailedFirst>",
    ),
    "bound without either value": (
        'ex:mooredLast "2011-01-01"^^xsd:date',
        "ex:mooredLast without the EDTF value it derives from (ex:moored / ex:scrapped).",
        "有 ex:mooredLast 而無 EDTF 值(ex:moored / ex:scrapped),無法重新推導。",
        "<https://example.org/id/mooredLast>",
    ),
}


@pytest.mark.parametrize(("statements", "english", "chinese", "path"), WRONG.values(), ids=WRONG)
def test_bounds_that_do_not_follow_are_a_finding(
    make_project: Make, statements: str, english: str, chinese: str, path: str
) -> None:
    (finding,) = checked(make_project, statements).findings
    assert (finding.rule, finding.focus, finding.result_path) == ("KG501", FOCUS, path)
    assert finding.message == {"en": english, "zh-Hant": chinese}
    assert (finding.place.path, finding.place.line) == ("data/d.ttl", 4)


@pytest.mark.parametrize("value", ["June 2013", "2013-02-30", "2014/2013", "2013-1X", "Y17E99999999"])
def test_value_that_is_not_edtf_is_one_finding_whatever_its_bounds(make_project: Make, value: str) -> None:
    statements = f'ex:sailed "{value}" ; ex:sailedFirst "2013-06-01"^^xsd:date'
    (finding,) = checked(make_project, statements).findings
    assert (finding.rule, finding.focus) == ("KG502", FOCUS)
    assert finding.message == {
        "en": f'ex:sailed "{value}" is not EDTF.',
        "zh-Hant": f"ex:sailed 之值「{value}」不是 EDTF。",
    }
    assert str(finding.place) == "data/d.ttl:4:18"


def test_two_values_are_each_compared(make_project: Make) -> None:
    outcome = checked(
        make_project,
        'ex:sailed "2013" , "2014" ; ex:sailedFirst "2013-01-01"^^xsd:date ; ex:sailedLast "2013-12-31"^^xsd:date',
    )
    assert outcome.checks == 2
    assert [finding.message["en"] for finding in outcome.findings] == [
        'ex:sailed "2014" gives ex:sailedFirst "2014-01-01"^^xsd:date; found 2013-01-01.',
        'ex:sailed "2014" gives ex:sailedLast "2014-12-31"^^xsd:date; found 2013-12-31.',
    ]


def test_dated_property_is_checked_as_soon_as_the_ontology_declares_it(make_project: Make) -> None:
    statements = 'ex:launched "2013" ; ex:launchedFirst "2012-01-01"^^xsd:date ; ex:launchedLast "2013-12-31"^^xsd:date'
    assert checked(make_project, statements).findings == ()
    declared = (
        ONTOLOGY + "ex:launched cd:lowerBoundProperty ex:launchedFirst ; cd:upperBoundProperty ex:launchedLast .\n"
    )
    outcome = checked(make_project, statements, declared)
    assert [finding.message["en"] for finding in outcome.findings] == [
        'ex:launched "2013" gives ex:launchedFirst "2013-01-01"^^xsd:date; found 2012-01-01.'
    ]
    assert outcome.checks == 1
