"""The settings whose value has a form of its own: a day, a time zone, one of a few words. Each says what it takes."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Callable, Mapping
from typing import Any

from kgtool.formats import EXTRA_FORMATS, Engine, FailOn, Reasoner, ReportFormat
from kgtool.late import late
from kgtool.project.table import TableError

_DAY = late(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _date_or_empty(value: str) -> None:
    if value and not _DAY.fullmatch(value):
        raise _form("write it as YYYY-MM-DD", "請寫成 YYYY-MM-DD")
    if value:
        try:
            datetime.date.fromisoformat(value)
        except ValueError as error:
            raise _form("there is no such day", "沒有這一天") from error


def _among(*known: str) -> Callable[[str], None]:
    def judge(value: str) -> None:
        if value not in known:
            named = [word for word in known if word]
            raise _form(f"write one of {', '.join(named)}", f"須為 {'、'.join(named)} 之一")

    return judge


def _accept(value: list[str]) -> None:
    known = sorted({name for name, _ in EXTRA_FORMATS.values()})
    if not set(value) <= set(known):
        listed = ", ".join(known)
        raise _form(f"write none or some of {listed}", f"只能列出 {'、'.join(known)}")


def _model(value: str) -> None:
    if value not in {"", "city-diplomacy"}:
        raise _form("the only model that ships is 'city-diplomacy'", "隨附之模型只有 city-diplomacy")


def _timezone(value: str) -> None:
    try:
        zoneinfo.ZoneInfo(value)
    except (ValueError, zoneinfo.ZoneInfoNotFoundError, OSError) as error:
        raise _form("there is no such time zone; one is Asia/Taipei", "沒有這個時區;例如 Asia/Taipei") from error


def _form(en: str, zh: str) -> TableError:
    return TableError("", en, zh)


FORMS: Mapping[str, Callable[[Any], None]] = {
    "accept": _accept,
    "timezone": _timezone,
    "as-of": _date_or_empty,
    "fail-on": _among(*FailOn),
    "engine": _among(*Engine),
    "reasoner": _among(*Reasoner),
    "format": _among("", *ReportFormat),
    "model": _model,
}
