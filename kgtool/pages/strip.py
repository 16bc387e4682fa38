"""The timeline of a period as a drawing: one lane a kind, a bar an entry, months or years along the top."""

from __future__ import annotations

import dataclasses
import datetime
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct, structs

from kgtool.pages.chronicle import Moment
from kgtool.pages.context import Context
from kgtool.pages.kinds import Kind
from kgtool.pages.naming import Label

_LEFT, _RIGHT, _TOP, _ROW, _PAD = 78.0, 1112.0, 24.0, 33.0, 12.0
_LANES = ((Kind.VISIT,), (Kind.AGREEMENT, Kind.TIE), (Kind.EVENT,))
_MOST_ROWS, _LONGEST = 9, 240.0


class Bar(Struct, frozen=True):
    """One entry: a bar from its earliest to its latest day; `vague` where it is some day in between."""

    x: float
    y: float
    width: float
    text: str
    path: str
    tone: str
    vague: bool
    lang: str
    at_end: bool  # letters end at the bar's end, near the right edge


class Strip(Struct, frozen=True):
    """The drawing. `ticks` are (x, text); `lanes` are (name, y of its middle, y of its lower edge)."""

    height: float
    ticks: tuple[tuple[float, str], ...]
    lanes: tuple[tuple[str, float, float], ...]
    bars: tuple[Bar, ...]
    left: int


def strip(context: Context, entries: Iterable[Moment], first: str, last: str) -> Strip | None:
    """Entries between two days; None for fewer than two. What finds no row is counted in `left`."""
    begin, end = datetime.date.fromisoformat(first), datetime.date.fromisoformat(last)
    span = max(1, (end - begin).days)

    def at(day: str) -> float:
        days = (datetime.date.fromisoformat(day) - begin).days
        return _LEFT + (_RIGHT - _LEFT) * min(1.0, max(0.0, days / span))

    shown = [one for one in entries if one.sort[0] <= last and one.sort[1] >= first and one.tone != "k-end"]
    if len(shown) < 2:
        return None
    bars: list[Bar] = []
    lanes = []
    y, left = _TOP, 0
    for kinds in _LANES:
        ends: list[float] = []
        for one in _grouped(context, [one for one in shown if one.ref.kind in kinds]):
            bar = _bar(one, at(max(one.sort[0], first)), at(min(one.sort[1], last)))
            start = bar.x - (_text_width(bar.text) if bar.at_end else 0)
            row = next((n for n, edge in enumerate(ends) if edge < start), len(ends))
            if row >= _MOST_ROWS:
                left += 1
                continue
            ends[row : row + 1] = [max(bar.x + bar.width, bar.x if bar.at_end else bar.x + _text_width(bar.text)) + 12]
            bars.append(
                Bar(
                    bar.x,
                    y + _PAD + row * _ROW,
                    bar.width,
                    bar.text,
                    bar.path,
                    bar.tone,
                    bar.vague,
                    bar.lang,
                    bar.at_end,
                )
            )
        if ends:
            height = _PAD * 2 + len(ends) * _ROW
            lanes.append((context.words["menu_" + kinds[0].value], y + height / 2 + 4, y + height))
            y += height
    return Strip(
        y + 4,
        tuple((x, text if x < _RIGHT - 40 else "") for x, text in _ticks(context, begin, end, at)),
        tuple(lanes),
        tuple(bars),
        left,
    )


def _grouped(context: Context, entries: list[Moment]) -> list[Moment]:
    """Three or more entries of which only the same period is known become one bar with their number."""
    same = Counter((one.sort[0], one.sort[1]) for one in entries if one.when.vague)
    out: list[Moment] = []
    told = set()
    for one in entries:
        span = (one.sort[0], one.sort[1])
        if not one.when.vague or same[span] < 3:
            out.append(one)
        elif span not in told:
            told.add(span)
            text = context.words.fill("undated_group", count=same[span], kind=context.kind_word(one.ref.kind))
            out.append(
                structs.replace(one, ref=dataclasses.replace(one.ref, label=Label(text), path=one.ref.kind.value))
            )
    return out


def _bar(one: Moment, begin: float, end: float) -> Bar:
    text = one.ref.label.text
    if _text_width(text) > _LONGEST:
        text = text[: next(n for n in range(len(text), 0, -1) if _text_width(text[:n]) < _LONGEST - 13)] + "…"
    at_end = begin + _text_width(text) > _RIGHT
    width = max(9.0, end - begin)
    return Bar(
        min(begin, _RIGHT - width),
        0.0,
        width,
        text,
        one.ref.path,
        one.tone,
        one.when.vague,
        one.ref.label.foreign,
        at_end,
    )


def _text_width(text: str) -> float:
    return sum(13.2 if ord(character) > 0x2E7F else 7.0 for character in text)


def _ticks(
    context: Context, begin: datetime.date, end: datetime.date, at: Callable[[str], float]
) -> Iterator[tuple[float, str]]:
    """Months of up to fourteen months, else years, at most sixteen of them."""
    months = (end.year - begin.year) * 12 + end.month - begin.month + 1
    if months <= 14:
        day = begin.replace(day=1)
        while day <= end:
            if day >= begin.replace(day=1):
                text = context.when(f"{day:%Y-%m}", year=day.month == 1 or day <= begin).text
                yield at(max(day, begin).isoformat()), text
            day = (day.replace(day=28) + datetime.timedelta(days=4)).replace(day=1)
        return
    years = end.year - begin.year + 1
    step = max(1, -(-years // 16))
    for year in range(begin.year, end.year + 1, step):
        yield at(max(datetime.date(year, 1, 1), begin).isoformat()), str(year)
