"""Dates and times of XML Schema as exact points on a line. Source: XML Schema 1.1 Part 2 §3.3.7-§3.3.15, appendix E.

Years may be negative or have more than four digits, which the standard library's datetime does not allow. Years of more than
a thousand digits are all taken for equally far away (§5.4 lets a processor have a limit): Python refuses to read them.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fractions import Fraction

_ZONE = r"(Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))?"
_YEAR = r"(-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_TIME = r"(?:([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9](?:\.[0-9]+)?)|(24:00:00(?:\.0+)?))"
_DAY = r"(0[1-9]|[12][0-9]|3[01])"
_MONTH = r"(0[1-9]|1[0-2])"
_FORMS = {
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "time": f"{_TIME}{_ZONE}",
}
MOMENTS = frozenset(_FORMS)
_LENGTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# The fields each form has, in the order of its groups; the zone always comes last.
_FIELDS = {
    "dateTime": "ymdhisx", "dateTimeStamp": "ymdhisx", "date": "ymd", "gYearMonth": "ym", "gYear": "y",
    "gMonthDay": "md", "gMonth": "m", "gDay": "d", "time": "hisx",
}  # fmt: skip
Point = tuple["int | Fraction", bool]
_MOST_DIGITS = 1000


def moment(name: str, text: str) -> Point | None:
    """Seconds since 0000-03-01T00:00 (in UTC when there is a zone), and whether there is a zone; None when ill-typed."""
    found = _pattern(name).fullmatch(text)
    if found is None:
        return None
    *values, zone = found.groups()
    fields = dict(zip(_FIELDS[name], values, strict=True))
    # 2000 was a leap year: --02-29 is a day.
    year, month, day = whole(fields.get("y") or "2000"), int(fields.get("m") or 1), int(fields.get("d") or 1)
    if day > _length(year, month) or (name == "dateTimeStamp" and zone is None):
        return None
    seconds: int | Fraction = _days(year, month, day) * 86400
    if fields.get("x"):
        seconds += 0 if name == "time" else 86400  # the end of a day is the next one's beginning; a time has one day
    elif fields.get("h"):
        second = fields["s"]
        seconds += (
            int(fields["h"]) * 3600 + int(fields["i"]) * 60 + (int(second) if len(second) == 2 else exact(second))
        )
    return seconds - _offset(zone), zone is not None


def whole(text: str) -> int:
    """A whole number, `-` before it or not; one of more than 1,000 digits as if all but its last four were 9."""
    if len(text) <= _MOST_DIGITS:
        return int(text)
    digits = text.lstrip("-0")
    if len(digits) > _MOST_DIGITS:  # of the last four hangs whether a year is a leap year
        digits = "9" * (_MOST_DIGITS - 4) + digits[-4:]
    return int(digits or "0") * (-1 if text.startswith("-") else 1)


def exact(second: str) -> Fraction:
    """Seconds and a part of one, to 1,000 digits."""
    from fractions import Fraction  # hardly any time has a part of a second

    before, _, part = second.partition(".")
    return whole(before) + Fraction(f"0.{part[:_MOST_DIGITS] or 0}")


@functools.cache
def _pattern(name: str) -> re.Pattern[str]:
    """Compiled when first asked for: a graph has few of these datatypes."""
    return re.compile(_FORMS[name])


def _length(year: int, month: int) -> int:
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return _LENGTHS[month - 1] + leap


def _days(year: int, month: int, day: int) -> int:
    """Days since 0000-03-01 in the proleptic Gregorian calendar, years counted from March."""
    year, month = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return year * 365 + year // 4 - year // 100 + year // 400 + (month * 153 + 2) // 5 + day - 1


def _offset(zone: str | None) -> int:
    if zone is None or zone == "Z":
        return 0
    return (int(zone[1:3]) * 3600 + int(zone[4:6]) * 60) * (-1 if zone[0] == "-" else 1)
