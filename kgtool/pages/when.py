"""EDTF values in words, in the interface's three languages. What is imprecise reads as imprecise.

`a/b` lasts from a to b; `[a..b]` is some day between. Source: EDTF specification (ISO 8601-2), levels 0 to 2.
"""

from __future__ import annotations

import calendar
import re
from functools import lru_cache

from msgspec import Struct

_PART = re.compile(r"(-?[0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MARK = re.compile(r"(?<=[0-9X\]])[~?%]")
_ROC = 1911
_MONTHS = ("", "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_SOME = {"zh-Hant": "{}間，日期未詳", "en": "some day in {}", "ja": "{}のある日"}
_BETWEEN = {"zh-Hant": "{}間，日期未詳", "en": "some day within {}", "ja": "{}の間のある日"}
_UNTOLD = {"zh-Hant": "日期未詳", "en": "day not told", "ja": "日付不詳"}  # below the heading of its year
_NOT_AFTER = {"zh-Hant": "不晚於{}", "en": "not after {}", "ja": "{}以前"}
_NOT_BEFORE = {"zh-Hant": "不早於{}", "en": "not before {}", "ja": "{}以後"}
_SINCE = {"zh-Hant": "自{}起", "en": "since {}", "ja": "{}から"}
_UNTIL = {"zh-Hant": "至{}", "en": "until {}", "ja": "{}まで"}
_ABOUT = {"zh-Hant": "約{}", "en": "about {}", "ja": "{}頃"}
_UNSURE = {"zh-Hant": "{}（不確定）", "en": "{} (uncertain)", "ja": "{}（不確実）"}
Part = tuple[int, int, int]  # year, month, day; 0 where not told


class When(Struct, frozen=True):
    """A date as shown.

    Attributes:
        text: in words. machine: what `<time datetime>` may hold, "" where HTML has no form for it.
        roc: the same year in the Republic's era, for Traditional Chinese; "" elsewhere and before it.
        vague: the day is not told.
    """

    text: str
    machine: str
    roc: str
    vague: bool


@lru_cache(maxsize=8192)
def when(value: str, language: str, *, year: bool = True) -> When:
    """An EDTF value in words; what this cannot read is shown as it stands. `year=False` leaves the year out."""
    core = _MARK.sub("", value)
    mark = next((sign for sign in "%?~" if sign in value), "")
    lower, upper, one_of = _ends(core)
    if lower is None and upper is None:
        return When(value, "", "", vague=True)
    text = _words(lower, upper, one_of, language, year)
    if mark:
        text = (_ABOUT if mark == "~" else _UNSURE)[language].format(text)
    machine = core if lower == upper and not mark and _PART.fullmatch(core) else ""
    first = lower or upper
    roc = f"民國 {first[0] - _ROC} 年" if language == "zh-Hant" and first and first[0] > _ROC else ""
    whole = lower is not None and upper is not None and bool(lower[2] and upper[2])
    return When(text, machine, roc, bool(mark) or one_of or not whole)


def day(value: str, language: str) -> str:
    """One civil day in words."""
    part = _part(value)
    return _one(part, language, year=True) if part else value


def _ends(core: str) -> tuple[Part | None, Part | None, bool]:
    if core.startswith("[") and core.endswith("]") and ".." in core:
        first, _, last = core[1:-1].partition("..")
        return _part(first), _part(last), True
    if "/" in core:
        first, _, last = core.partition("/")
        return _part(first), _part(last), False
    part = _part(core)
    return part, part, False


def _part(text: str) -> Part | None:
    match = _PART.fullmatch(text)
    return (int(match[1]), int(match[2] or 0), int(match[3] or 0)) if match else None


def _words(lower: Part | None, upper: Part | None, one_of: bool, language: str, year: bool) -> str:
    if lower is None and upper is not None:
        return (_NOT_AFTER if one_of else _UNTIL)[language].format(_one(upper, language, year=True))
    if upper is None and lower is not None:
        return (_NOT_BEFORE if one_of else _SINCE)[language].format(_one(lower, language, year=True))
    if lower is None or upper is None:
        return ""
    if one_of:
        whole = _whole(lower, upper)
        if whole and not whole[1] and not year:
            return _UNTOLD[language]
        if whole:
            return _SOME[language].format(_one(whole, language, year=year))
        return _BETWEEN[language].format(_range(*_months(lower, upper), language, year))
    return _one(lower, language, year=year) if lower == upper else _range(lower, upper, language, year)


def _whole(lower: Part, upper: Part) -> Part | None:
    """The year or month that a span of full days is exactly."""
    if lower[0] != upper[0]:
        return None
    if lower[1:] == (1, 1) and upper[1:] == (12, 31):
        return (lower[0], 0, 0)
    if lower[1] == upper[1] and lower[2] == 1 and upper[2] == _last(upper):
        return (lower[0], lower[1], 0)
    return None


def _months(lower: Part, upper: Part) -> tuple[Part, Part]:
    """Full months without their days."""
    if lower[2] == 1 and upper[2] and upper[2] == _last(upper):
        return (lower[0], lower[1], 0), (upper[0], upper[1], 0)
    return lower, upper


def _last(part: Part) -> int:
    return calendar.monthrange(part[0], part[1])[1] if part[0] > 0 and 1 <= part[1] <= 12 else 0


def _one(part: Part, language: str, *, year: bool) -> str:
    y, m, d = part
    if language == "en":
        words = [str(d)] if d else []
        words += [_MONTHS[m]] if 1 <= m <= 12 else []
        words += [str(y)] if year or not words else []
        return " ".join(words)
    text = f"{y} 年" if language == "zh-Hant" else f"{y}年"
    gap = " " if language == "zh-Hant" else ""
    parts = [text] if year or not m else []
    parts += [f"{m}{gap}月"] if m else []
    parts += [f"{d}{gap}日"] if d else []
    return gap.join(parts)


def _range(lower: Part, upper: Part, language: str, year: bool) -> str:
    same_year = lower[0] == upper[0]
    same_month = same_year and lower[1] == upper[1] and lower[2] and upper[2]
    if language == "en":
        if same_month:
            return f"{lower[2]}–{_one(upper, language, year=year)}"
        if same_year and lower[1]:
            return f"{_one((lower[0], lower[1], lower[2]), language, year=False)} – {_one(upper, language, year=year)}"
        return f"{_one(lower, language, year=True)} – {_one(upper, language, year=True)}"
    joint = "至" if language == "zh-Hant" else "から"
    end = "" if language == "zh-Hant" else "まで"
    gap = " " if language == "zh-Hant" else ""
    if same_month:
        return f"{_one(lower, language, year=year)}{joint}{gap}{upper[2]}{gap}日{end}"
    if same_year and lower[1]:
        return f"{_one(lower, language, year=year)}{joint}{gap}{_one(upper, language, year=False)}{end}"
    return f"{_one(lower, language, year=True)}{joint}{gap}{_one(upper, language, year=True)}{end}"
