"""The date, time and duration types of XSD 1.1. Source: XSD 1.1 Part 2 §3.3.6 to §3.3.15, §3.4.26 to §3.4.28, app. D, E.

Years have no upper bound and may be 0000 or negative, so Python's datetime is no help. Years that no city's record has
are legal and remarked on: an ROC year padded to 0102 is a legal xsd:date in the year 102.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from kgtool.late import late
from kgtool.lexical.remark import Remark, error, shown, warning

_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,}|0[0-9]{3}))"
_MONTH = r"(?P<month>0[1-9]|1[0-2])"
_DAY = r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_CLOCK = r"(?:(?P<hour>[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](?:\.[0-9]+)?|(?P<midnight>24:00:00(?:\.0+)?))"
_MUST_ZONE = r"(?:Z|[+-](?:(?:0[0-9]|1[0-3]):[0-5][0-9]|14:00))"
_ZONE = f"{_MUST_ZONE}?"
_CLOCKED = r"T(?=[0-9])(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?"
# Compiled when first asked for (`re` keeps them): a graph has few of these datatypes.
TIMES: Mapping[str, str] = MappingProxyType({
    "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
    "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_ZONE}",
    "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_CLOCK}{_MUST_ZONE}",
    "time": f"{_CLOCK}{_ZONE}",
    "gYear": f"{_YEAR}{_ZONE}",
    "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
    "gMonth": f"--{_MONTH}{_ZONE}",
    "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
    "gDay": f"---{_DAY}{_ZONE}",
    "duration": rf"-?P(?=[0-9T])(?:[0-9]+Y)?(?:[0-9]+M)?(?:[0-9]+D)?(?:{_CLOCKED})?",
    "dayTimeDuration": rf"-?P(?=[0-9T])(?:[0-9]+D)?(?:{_CLOCKED})?",
    "yearMonthDuration": r"-?P(?=[0-9])(?:[0-9]+Y)?(?:[0-9]+M)?",
})  # fmt: skip
_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
# Eras that are counted from a year of their own: year 1 of the era is the year after this one.
_ERAS = {"民國": 1911, "中華民國": 1911, "令和": 2018, "平成": 1988, "昭和": 1925, "大正": 1911, "明治": 1867}
_ERA = late("(中華民國|民國|令和|平成|昭和|大正|明治) *([0-9]{1,3}|元)")
_SHORT_YEAR = late("([0-9]{2,3})(?:-[0-9]{2}){0,2}(?:T.*)?")
# Year 1 of the Republic of China; no record of it is later than this many years on.
ROC, MOST_ROC = 1911, 199


def time_value(value: str, name: str) -> Iterator[Remark]:
    """Remarks on the lexical form (white space collapsed) of xsd:`name`."""
    found = re.fullmatch(TIMES[name], value)
    if found is None:
        yield _ill(value, name)
        return
    parts = found.groupdict()
    year, month, day = parts.get("year"), parts.get("month"), parts.get("day")
    if month and day and int(day) > _days(year, int(month)):
        yield error(
            "KG020",
            f"「{shown(value)}」不是 xsd:{name}:沒有這一天。",
            f"'{shown(value)}' is no xsd:{name}: there is no such day.",
        )
        return
    if parts.get("midnight"):
        yield warning("KG023", f"「{shown(value)}」合法,但 24:00:00 指次日零時;請直接寫次日。",
                      f"'{shown(value)}' is legal, but 24:00:00 means the next day; write that day.")  # fmt: skip
    if year:
        yield from _unusual(value, year, name)


def _days(year: str | None, month: int) -> int:
    """Days of a month; of February in any year when there is none (a gMonthDay)."""
    if month == 2 and year is not None:
        # Leap years repeat every 400 years, also before the year 1, and 10,000 is a multiple of 400.
        number = int(year[-4:].lstrip("-"))
        return 29 if number % 4 == 0 and (number % 100 != 0 or number % 400 == 0) else 28
    return _DAYS[month - 1]


def _unusual(value: str, year: str, name: str) -> Iterator[Remark]:
    if year.startswith("-") or year == "0000" or len(year) > 4:
        yield warning("KG023", f"「{shown(value)}」合法,但年份不在 0001 至 9999 之間,多數程式無法處理。",
                      f"'{shown(value)}' is legal, but its year is outside 0001 to 9999, which most programs cannot handle.")  # fmt: skip
        return
    number = int(year)
    if number <= MOST_ROC:
        meant = f"{number + ROC}{value[4:]}"
        yield warning("KG022", f"「{value}」是西元 {number} 年;若為民國年,請寫「{meant}」。",
                      f"'{value}' is in the year {number} CE; if an ROC year is meant, write '{meant}'.")  # fmt: skip
    elif number < 1000:
        yield warning(
            "KG022",
            f"「{value}」是西元 {number} 年,年份可疑。",
            f"'{value}' is in the year {number} CE, which is suspicious.",
        )


def _ill(value: str, name: str) -> Remark:
    hint_zh, hint_en = _hint(value, name)
    return error(
        "KG020", f"「{shown(value)}」不是 xsd:{name}{hint_zh}。", f"'{shown(value)}' is no xsd:{name}{hint_en}."
    )


def _hint(value: str, name: str) -> tuple[str, str]:
    era = _ERA.search(value)
    if era:
        count = 1 if era[2] == "元" else int(era[2])
        year = _ERAS[era[1]] + count
        return f":年份須為西元,{era[0]}年即 {year} 年", f": years are Gregorian, {era[0]} is {year}"
    short = _SHORT_YEAR.fullmatch(value)
    if short and name in {"date", "dateTime", "gYear", "gYearMonth"}:
        return (f":年份須為四位數西元;若為民國 {short[1]} 年,即 {int(short[1]) + ROC} 年",
                f": a year has four digits; if ROC {short[1]} is meant, that is {int(short[1]) + ROC}")  # fmt: skip
    if re.search("[+-](?:1[4-9]|2[0-9]):[0-9]{2}$", value):
        return ":時區最多為 ±14:00", ": a zone is at most ±14:00"
    if re.search(":60(?:$|[.Z+-])", value):
        return ":XSD 沒有閏秒", ": XSD has no leap seconds"
    if "/" in value or "." in value:
        return ":年月日以 - 分隔", ": year, month and day are joined by -"
    if any("\uff10" <= one <= "\uff19" for one in value):
        return ":含全形數字", ": it has full-width digits"
    return "", ""
