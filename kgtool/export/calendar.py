"""iCalendar: events on their days, and the anniversaries of ties. The only module that imports icalendar.

A calendar has no "some day in spring", so what is not certain says so:
    a day, or a stretch of whole days   an all-day event
    some day within at most 31 days     a tentative all-day event over the days in question, free, its title beginning with ?
    anything wider, or open             left out, and counted in X-KGTOOL-LEFT-OUT
An anniversary is made only where the day is certain. One of 29 February falls on the last day of the month.
Source: RFC 5545 §3.6.1, §3.3.10 (a rule skips days that do not exist), §3.8.1.11.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping

import icalendar
import pyoxigraph as ox
from msgspec import Struct

from kgtool.dates import NotEdtfError, bounds
from kgtool.export.bundle import Bundle
from kgtool.lang import pick
from kgtool.terms import CD, STATUS

_WIDEST = 31
_WHEN = (CD + "when", CD + "established")
_MARKS = str.maketrans("", "", "?~%")  # "uncertain" and "approximate" of EDTF
_ANNIVERSARY = {"zh-Hant": "週年:", "en": "Anniversary: ", "ja": "周年:"}
_WITHIN = {"zh-Hant": "其間某日", "en": "on some day within", "ja": "期間中のいずれかの日"}


class Days(Struct, frozen=True):
    """First and last day, inclusive; `certain` when all of them are meant, not some day among them."""

    first: datetime.date
    last: datetime.date
    certain: bool


def ical(bundle: Bundle) -> Mapping[str, bytes]:
    """`events.ics`, entries in the order of their first day and IRI."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//kgtool//export//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("x-wr-calname", pick(bundle.snapshot.project.publication.title, bundle.languages[0]))
    entries, left_out = [], 0
    for node in bundle.instances(CD + "Event"):
        found = days(bundle, node)
        if found is None or (not found.certain and (found.last - found.first).days >= _WIDEST):
            left_out += 1
            continue
        entries.append((found.first, str(node), _event(bundle, node, found)))
    entries += [(day, str(node), event) for day, node, event in _anniversaries(bundle)]
    calendar.add("x-kgtool-left-out", str(left_out))
    for _, _, event in sorted(entries, key=lambda entry: entry[:2]):
        calendar.add_component(event)
    return {"events.ics": calendar.to_ical()}


def days(bundle: Bundle, node: object) -> Days | None:
    """The days of a resource's date, None where it has none that ends on both sides."""
    for predicate in _WHEN:
        for value in bundle.values(node, predicate):
            if isinstance(value, ox.Literal):
                return _days(value.value)
    return None


def _days(edtf: str) -> Days | None:
    try:
        found = bounds(edtf)
    except NotEdtfError:
        return None
    if found.lower is None or found.upper is None:
        return None
    try:
        first, last = datetime.date.fromisoformat(found.lower), datetime.date.fromisoformat(found.upper)
    except ValueError:  # beyond the years 1 to 9999
        return None
    return Days(first, last, _certain(edtf, first, last))


def _certain(edtf: str, first: datetime.date, last: datetime.date) -> bool:
    """Whether the text says one day, or a/b with both ends to the day; a mark of doubt leaves neither."""
    if edtf.translate(_MARKS) != edtf:
        return False
    return edtf in {first.isoformat(), f"{first.isoformat()}/{last.isoformat()}"}


def _event(bundle: Bundle, node: object, found: Days) -> icalendar.Event:
    event = _entry(bundle, node, "", found.first)
    event.add("dtend", found.last + datetime.timedelta(days=1))  # exclusive
    name = bundle.name(node)
    place = next((bundle.name(value) for value in bundle.values(node, CD + "location")), "")
    told = pick(bundle.texts(node, CD + "summary"), bundle.languages[0])
    if found.certain:
        event.add("summary", name)
        event.add("status", "CONFIRMED")
    else:
        within = pick(_WITHIN, bundle.languages[0])
        event.add("summary", f"? {name}")
        event.add("status", "TENTATIVE")
        told = f"{within} {found.first.isoformat()}/{found.last.isoformat()}\n{told}".strip()
    if _cancelled(bundle, node):
        event["status"] = icalendar.vText("CANCELLED")
    event.add("transp", "OPAQUE" if found.certain else "TRANSPARENT")
    if told:
        event.add("description", told)
    if place:
        event.add("location", place)
    return event


def _cancelled(bundle: Bundle, node: object) -> bool:
    """Whether somebody reports that the event was called off."""
    called_off = ox.NamedNode(STATUS + "cancelled")
    return any(
        node in bundle.values(claim, CD + "about") and called_off in bundle.values(claim, CD + "status")
        for claim in bundle.instances(CD + "StatusAssertion")
    )


def _entry(bundle: Bundle, node: object, kind: str, day: datetime.date) -> icalendar.Event:
    event = icalendar.Event()
    iri = getattr(node, "value", str(node))
    event.add("uid", f"{iri}{kind}")
    # When the entry was made: the day of the data, so that equal data gives equal files.
    today = bundle.snapshot.today
    event.add("dtstamp", datetime.datetime(today.year, today.month, today.day, tzinfo=datetime.UTC))
    event.add("dtstart", day)
    if isinstance(node, ox.NamedNode):
        event.add("url", iri)
    return event


def _anniversaries(bundle: Bundle) -> Iterator[tuple[datetime.date, object, icalendar.Event]]:
    """A yearly entry a tie, from the first anniversary of the certain day it was established on to the day it ended."""
    founded: dict[object, Days | None] = {
        value: days(bundle, agreement)
        for agreement in bundle.instances(CD + "Agreement")
        for value in bundle.values(agreement, CD + "establishes")
    }
    for tie in bundle.instances(CD + "Tie"):
        found = days(bundle, tie) or founded.get(tie)
        if found is None or not found.certain or found.first != found.last or found.first.year == datetime.MAXYEAR:
            continue
        rule: dict[str, object] = {"freq": "yearly"}
        first = found.first
        if (first.month, first.day) == (2, 29):
            rule |= {"bymonth": 2, "bymonthday": -1}
            start = datetime.date(first.year + 1, 2, 28)
        else:
            start = first.replace(year=first.year + 1)
        end = _end(bundle, tie)
        if end is not None:
            if end < start:
                continue
            rule["until"] = end
        event = _entry(bundle, tie, "#anniversary", start)
        event.add("dtend", start + datetime.timedelta(days=1))
        event.add("rrule", rule)
        language = bundle.languages[0]
        event.add("summary", f"{pick(_ANNIVERSARY, language)}{bundle.name(tie)} ({first.year})")
        event.add("transp", "TRANSPARENT")
        yield start, tie, event


def _end(bundle: Bundle, tie: object) -> datetime.date | None:
    """The last day on which the tie can have stood."""
    for value in bundle.values(tie, CD + "endLatest"):
        try:
            return datetime.date.fromisoformat(getattr(value, "value", ""))
        except ValueError:
            return None
    return None
