"""EDTF values (ISO 8601-2) to civil days: the outer bounds that queries compare. The only module that imports edtf.

Strict bounds only: edtf's fuzzy bounds turn `~` into a whole year. Source: EDTF specification, levels 0 to 2.
"""

from __future__ import annotations

import calendar
import contextlib
import functools
import io
import re
import warnings
from typing import Any

from msgspec import Struct

# EDTF holds no blank; a longer text or a year of more than ten digits would only keep the parser busy.
_REFUSED = re.compile(r"\s|.{201}|E[0-9]{2}", re.DOTALL)
_PLAIN = re.compile(r"([0-9]{4})(?:-(0[1-9]|1[0-2])(?:-([0-9]{2}))?)?")
_QUALIFIERS = "?~%"  # behind a whole date (level 1): uncertain, approximate, both; the strict bounds are those without
_Day = tuple[int, int, int]
_Ends = tuple[_Day | None, _Day | None]


class NotEdtfError(ValueError):
    """The text is not EDTF, or names no day of the proleptic Gregorian calendar."""


class Bounds(Struct, frozen=True):
    """First and last day (`YYYY-MM-DD`, inclusive) within which the date lies; None where the value leaves it open."""

    lower: str | None
    upper: str | None


@functools.lru_cache(maxsize=65536)
def bounds(value: str) -> Bounds:
    """The outer bounds of an EDTF value.

    Cost: 5 µs for a day, month or year and spans of them; else about 15 ms, for a value that was not seen before.

    Raises:
        NotEdtfError: not EDTF, a day that does not exist, or an end before its beginning.
    """
    if _REFUSED.search(value):
        raise NotEdtfError(value)
    lower, upper = _common(value) or _parsed(value)
    if lower and upper and lower > upper:
        raise NotEdtfError(value)
    return Bounds(_text(lower), _text(upper))


def _common(value: str) -> _Ends | None:
    """The ends of what nearly every value is, `2013-06`, `a/b`, `a/..` or `[a..b]`; None for anything else."""
    one_of = value.startswith("[") and value.endswith("]")
    text, mark, opened = (value[1:-1], "..", ("",)) if one_of else (value, "/", ("", ".."))
    first, between, last = text.partition(mark)
    if not between:
        return None if one_of else _span(value)
    if one_of and any(one in value for one in _QUALIFIERS):
        return None
    if one_of and first and last and len(first) != len(last):  # both ends of a set are days, or months, or years
        return None
    begin, end = _span(first), _span(last)
    if (begin is None and first not in opened) or (end is None and last not in opened) or begin is end is None:
        return None
    return begin[0] if begin else None, end[1] if end else None


def _span(text: str) -> tuple[_Day, _Day] | None:
    """First and last day of a day, month or year; None when it is none of them or does not exist."""
    match = _PLAIN.fullmatch(text[:-1] if text.endswith(tuple(_QUALIFIERS)) else text)
    if match is None:
        return None
    year, month, day = (int(part or 0) for part in match.groups())
    days = calendar.monthrange(year, month or 12)[1]
    if match[3] and not 1 <= day <= days:
        return None
    return (year, month or 1, day or 1), (year, month or 12, day or days)


def _parsed(value: str) -> _Ends:
    # edtf 5 builds its grammar in a way that pyparsing 3.3 warns about, and prints values that it cannot read.
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):
        warnings.simplefilter("ignore")
        import edtf
        from edtf.parser.edtf_exceptions import EDTFParseException

        try:
            return _ends(edtf.parse_edtf(value), value)
        except (EDTFParseException, ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
            raise NotEdtfError(value) from error


def _ends(parsed: Any, value: str) -> tuple[_Day | None, _Day | None]:
    left, _, right = value.partition("/")
    lower = None if right and left in {"", ".."} else _day(parsed.lower_strict(), value)
    upper = None if "/" in value and right in {"", ".."} else _day(parsed.upper_strict(), value)
    return lower, upper


def _day(moment: Any, value: str) -> _Day | None:
    """A day that exists, None for an open end.

    The 29th of February of a year with an unknown digit is kept outside the bounds by one day at most.
    """
    if isinstance(moment, float):  # minus or plus infinity: an open end
        return None
    year, month, day = int(moment.tm_year), int(moment.tm_mon), int(moment.tm_mday)
    days = calendar.monthrange(year, month)[1]
    if day > days and not (month == 2 and day == 29 and "X" in value):
        raise NotEdtfError(value)
    return year, month, min(day, days)


def _text(day: _Day | None) -> str | None:
    return f"{'-' if day[0] < 0 else ''}{abs(day[0]):04d}-{day[1]:02d}-{day[2]:02d}" if day else None
