"""The kinds of page: which classes share a list, a colour and a place in the menu."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from types import MappingProxyType

from kgtool.terms import CD, SCHEMA, SKOS


class Kind(enum.StrEnum):
    """A kind of resource; the value is the list's name in addresses and the stem of its interface texts."""

    CITY = "cities"
    PERSON = "people"
    VISIT = "visits"
    AGREEMENT = "agreements"
    TIE = "ties"
    EVENT = "events"
    BODY = "organisations"
    PLACE = "places"
    POST = "posts"
    TENURE = "tenures"
    PARTICIPATION = "participations"
    CLAIM = "claims"
    NAME = "names"
    SOURCE = "sources"
    SECTION = "sections"
    PASSAGE = "passages"
    CITATION = "citations"
    CONCEPT = "concepts"
    OTHER = "others"


# Classes of each kind, most telling kind first: a node of several classes belongs to the first that fits.
CLASSES: Mapping[Kind, tuple[str, ...]] = MappingProxyType({
    Kind.CITY: (CD + "LocalGovernment",),
    Kind.PERSON: (CD + "Person",),
    Kind.VISIT: (CD + "Visit",),
    Kind.AGREEMENT: (CD + "Agreement",),
    Kind.TIE: (CD + "Tie",),
    Kind.EVENT: (CD + "Event", CD + "EventSeries"),
    Kind.BODY: (CD + "Body",),
    Kind.PLACE: (SCHEMA + "Place",),
    Kind.POST: (CD + "Post",),
    Kind.TENURE: (CD + "Tenure",),
    Kind.PARTICIPATION: (CD + "Participation",),
    Kind.CLAIM: (CD + "Claim",),
    Kind.NAME: (CD + "Name",),
    Kind.SOURCE: (CD + "Source",),
    Kind.SECTION: (CD + "Section",),
    Kind.PASSAGE: (CD + "Passage",),
    Kind.CITATION: (CD + "Citation",),
    Kind.CONCEPT: (SKOS + "Concept", SKOS + "ConceptScheme"),
})  # fmt: skip
# Places that schema.org knows and the alignment may not declare as subclasses here.
EXTRA: Mapping[str, Kind] = MappingProxyType({
    SCHEMA + name: Kind.PLACE for name in ("City", "AdministrativeArea", "Country", "Place")
})  # fmt: skip
# The colour of a kind: a class of the style sheet.
TONE: Mapping[Kind, str] = MappingProxyType({
    Kind.CITY: "k-city", Kind.PLACE: "k-city", Kind.PERSON: "k-person", Kind.TENURE: "k-person", Kind.POST: "k-person",
    Kind.VISIT: "k-visit", Kind.PARTICIPATION: "k-visit", Kind.AGREEMENT: "k-agreement", Kind.TIE: "k-agreement",
    Kind.EVENT: "k-event", Kind.CLAIM: "k-claim",
})  # fmt: skip
MENU = (Kind.CITY, Kind.PERSON, Kind.VISIT, Kind.AGREEMENT, Kind.EVENT)


def tone(kind: Kind) -> str:
    """The style class of a kind."""
    return TONE.get(kind, "k-org")
