"""XSD 1.1: what is in each datatype's space and what is not, exactly; unusual values are remarked on, not refused."""

from __future__ import annotations

import datetime
import random
import re

import pytest

from kgtool.finding import Severity
from kgtool.lexical import typed
from kgtool.lexical.xsd import KNOWN
from kgtool.terms import XSD

LEGAL = {
    "anyURI": ["", "a/b", "https://example.org/%20?q=1#f", "港"],
    "base64Binary": ["", "AAAA", "AA==", "AAA=", "A A A A", "AQ==", "QUE=", "QUE ="],
    "boolean": ["true", "false", "1", "0"],
    "byte": ["-128", "127", "+1"],
    "date": ["2013-02-28", "2012-02-29", "2000-02-29", "2013-02-24Z", "2013-02-24+14:00", "-0004-02-29", "20000-02-29"],
    "dateTime": ["2013-02-24T00:00:00", "2013-02-24T23:59:59.999-13:59", "2013-02-24T24:00:00.000"],
    "dateTimeStamp": ["2013-02-24T00:00:00Z"],
    "dayTimeDuration": ["P1D", "PT1S", "-P1DT2H3M4.5S"],
    "decimal": ["1", "+1.", ".5", "-0.10"],
    "double": ["1", "1.", ".5", "1e5", "-1.5E-3", "INF", "-INF", "+INF", "NaN"],
    "duration": ["P1Y", "PT1S", "P1Y2M3DT4H5M6.7S", "-P1D", "P0M"],
    "float": ["1e400"],
    "gDay": ["---31", "---01Z"],
    "gMonth": ["--12"],
    "gMonthDay": ["--02-29", "--12-31"],
    "gYear": ["2013", "2013Z"],
    "gYearMonth": ["2013-12"],
    "hexBinary": ["", "0aFF"],
    "int": ["-2147483648", "2147483647"],
    "integer": ["0", "-0", "+007", "9" * 5000],
    "language": ["zh-Hant", "x-whatever"],
    "long": ["9223372036854775807"],
    "NCName": ["a", "_b", "港"],
    "NMTOKEN": ["1a", "-"],
    "Name": ["a:b", ":"],
    "negativeInteger": ["-1"],
    "nonNegativeInteger": ["0", "-0"],
    "nonPositiveInteger": ["0", "+0"],
    "normalizedString": ["a  b"],
    "positiveInteger": ["1"],
    "short": ["32767"],
    "string": ["", " a\n"],
    "time": ["00:00:00", "23:59:59Z", "24:00:00"],
    "token": ["a b"],
    "unsignedByte": ["255", "+0"],
    "unsignedInt": ["4294967295"],
    "unsignedLong": ["18446744073709551615"],
    "unsignedShort": ["65535"],
    "yearMonthDuration": ["P1Y", "-P1Y2M"],
}
ILLEGAL = {
    "anyURI": ["a b", "%zz", "<x>", "a%"],
    "base64Binary": ["A", "AA=", "AB==", "=AAA", "AAB=", "A===", "AAAAA"],
    "boolean": ["yes", "True", "TRUE", "", "2"],
    "byte": ["300", "-129", "128"],
    "date": [
        "2013-02-30", "1900-02-29", "2013-2-3", "2013/02/24", "2013-13-01", "2013-00-01", "2013-04-31", "02013-01-01",
        "+2013-01-01", "2013-02-24T00:00:00", "2013-02-24+15:00", "2013-02-24+14:01", "102-02-24", "令和5-01-01",
        "２０１３-01-01", "",
    ],
    "dateTime": ["2013-02-24T24:00:01", "2016-12-31T23:59:60Z", "2013-02-24", "2013-02-24T00:00:00+15:00", "2013-02-24t00:00:00"],
    "dateTimeStamp": ["2013-02-24T00:00:00"],
    "dayTimeDuration": ["P1Y", "P", "PT"],
    "decimal": ["1e5", "1,0", ".", "INF", "1_0", ""],
    "double": ["Infinity", "1e", "e5", "+NaN", "nan", "1_0", "1e5.0"],
    "duration": ["P", "PT", "P1S", "1Y", "P1YT", "P1.5Y", "P-1Y", "PT1.S"],
    "gDay": ["---32", "--01"],
    "gMonth": ["--13", "--1"],
    "gMonthDay": ["--02-30", "02-29", "--04-31"],
    "gYear": ["民國102年", "102", "13", "2013年"],
    "gYearMonth": ["2013-13", "2013-1"],
    "hexBinary": ["0", "0g"],
    "integer": ["１２", "1_000", "12a", "", "1.0", "٣", "1,000", "+"],
    "language": ["zh_TW", "toolonglanguage", ""],
    "NCName": ["a:b", "1", ""],
    "NMTOKEN": ["a b", ""],
    "negativeInteger": ["0"],
    "nonNegativeInteger": ["-1", "-" + "9" * 5000],
    "positiveInteger": ["0"],
    "time": ["24:00:01", "25:00:00", "12:60:00", "1:00:00"],
    "unsignedByte": ["256", "-1"],
    "unsignedLong": ["18446744073709551616"],
    "yearMonthDuration": ["P1D", "P"],
}  # fmt: skip


def errors(value: str, name: str) -> list[str]:
    return [one.code for one in typed(value, XSD + name) if one.severity is Severity.ERROR]


def test_every_datatype_has_legal_examples() -> None:
    assert set(LEGAL) == KNOWN


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in LEGAL.items() for value in values])
def test_a_legal_value_is_no_error(name: str, value: str) -> None:
    assert errors(value, name) == []


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in ILLEGAL.items() for value in values])
def test_a_value_outside_the_space_is_an_error(name: str, value: str) -> None:
    assert errors(value, name) == ["KG020"]


@pytest.mark.parametrize(
    ("value", "name", "code"),
    [
        ("0102-02-24", "date", "KG022"),
        ("0500-01-01", "date", "KG022"),
        ("0000-01-01", "date", "KG023"),
        ("-0044-03-15", "date", "KG023"),
        ("12013-02-24", "date", "KG023"),
        ("2013-02-24T24:00:00", "dateTime", "KG023"),
        (" 12 ", "integer", "KG023"),
        ("a\tb", "normalizedString", "KG023"),
        (" a  b ", "token", "KG023"),
    ],
)
def test_a_legal_but_unusual_value_is_remarked_on(value: str, name: str, code: str) -> None:
    assert [(one.code, one.severity) for one in typed(value, XSD + name)] == [(code, Severity.WARNING)]


@pytest.mark.parametrize(
    ("value", "name", "english", "chinese"),
    [
        ("102-02-24", "date",
         "'102-02-24' is no xsd:date: a year has four digits; if ROC 102 is meant, that is 2013.",
         "「102-02-24」不是 xsd:date:年份須為四位數西元;若為民國 102 年,即 2013 年。"),
        ("0102-02-24", "date",
         "'0102-02-24' is in the year 102 CE; if an ROC year is meant, write '2013-02-24'.",
         "「0102-02-24」是西元 102 年;若為民國年,請寫「2013-02-24」。"),
        ("令和5年", "gYear", "'令和5年' is no xsd:gYear: years are Gregorian, 令和5 is 2023.",
         "「令和5年」不是 xsd:gYear:年份須為西元,令和5年即 2023 年。"),
        ("１２", "integer", "'１２' is no xsd:integer: it has full-width digits, write '12'.",
         "「１２」不是 xsd:integer:含全形數字,請寫「12」。"),
        ("300", "byte", "'300' is out of the range of xsd:byte (-128 to 127).", "「300」超出 xsd:byte 之範圍(-128 至 127)。"),
    ],
)  # fmt: skip
def test_the_message_names_the_likely_cause(value: str, name: str, english: str, chinese: str) -> None:
    (remark,) = typed(value, XSD + name)
    assert remark.message == {"en": english, "zh-Hant": chinese}


@pytest.mark.parametrize(
    ("datatype", "said"),
    [
        (XSD + "dat", "did you mean xsd:date?"),
        (XSD + "Integer", "did you mean xsd:integer?"),
        (XSD[:-1] + "date", "did you mean xsd:date?"),
        (XSD + "QName", "cannot be used in RDF"),
        ("https://www.w3.org/2001/XMLSchema#date", "did you mean xsd:date?"),
    ],
)
def test_a_datatype_that_xsd_does_not_have(datatype: str, said: str) -> None:
    (remark,) = typed("x", datatype)
    assert remark.code == "KG021"
    assert said in remark.message["en"]


def test_datatypes_of_other_namespaces_are_not_judged() -> None:
    assert list(typed("anything", "https://example.org/edtf")) == []


def test_dates_agree_with_the_calendar_of_the_standard_library() -> None:
    chance = random.Random(5)
    for _ in range(3000):
        year, month, day = chance.randint(1000, 9999), chance.randint(1, 12), chance.randint(1, 31)
        text = f"{year:04}-{month:02}-{day:02}"
        try:
            datetime.date(year, month, day)
            legal = True
        except ValueError:
            legal = False
        assert (errors(text, "date") == []) is legal, text


def test_integers_agree_with_python_where_python_is_strict_enough() -> None:
    chance = random.Random(6)
    for _ in range(2000):
        text = "".join(chance.choices("+-0123456789. e", k=chance.randint(1, 5)))
        stripped = text.strip(" ")
        assert (errors(text, "integer") == []) is bool(re.fullmatch("[+-]?[0-9]+", stripped)), text
