"""Content negotiation: which of the forms on offer a client likes best. Source: RFC 9110 §12.5.1, §12.5.4."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping

from kgtool.lang import MESSAGE_LANGUAGES, message_language

# Source: RFC 9110 §12.4.2: at most three digits, at most 1.
_WEIGHT = re.compile(r"(?:0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")
_MOST_RANGES = 200  # what is listed beyond is not read: nobody has so many tastes


def weights(header: str) -> Iterator[tuple[str, float]]:
    """Each element of an Accept-like header in lower case, with its weight; one with a malformed weight is passed over."""
    for element in header.lower().split(",", _MOST_RANGES)[:_MOST_RANGES]:
        value, *parameters = (part.strip() for part in element.split(";"))
        weight = 1.0
        for parameter in parameters:
            name, _, text = parameter.partition("=")
            if name.strip() == "q":
                weight = float(text) if _WEIGHT.fullmatch(text.strip()) else -1.0
        if value and weight >= 0:
            yield value, weight


@functools.lru_cache(maxsize=256)
def choose(header: str, offers: tuple[str, ...]) -> str | None:
    """The media type among `offers` that the client likes best; None when it accepts none of them.

    Args:
        header: the Accept field; an empty one, or one without a well-formed element, accepts anything.
        offers: media types without parameters, in lower case, the server's favourite first; it wins between equals.
    """
    accepted = dict(weights(header))
    if not accepted:
        return offers[0]
    best = max(offers, key=lambda offer: _quality(offer, accepted))
    return best if _quality(best, accepted) > 0 else None


def _quality(offer: str, accepted: Mapping[str, float]) -> float:
    """The weight of the most specific range that matches."""
    for media_range in (offer, offer.partition("/")[0] + "/*", "*/*"):
        if media_range in accepted:
            return accepted[media_range]
    return 0.0


def language(header: str) -> str:
    """The language of messages that an Accept-Language field asks for first among those that exist; zh-Hant by default."""
    wanted = sorted(weights(header), key=lambda pair: -pair[1])
    known = [tag for tag, weight in wanted if weight > 0 and _known(tag)]
    return message_language(known)


def _known(tag: str) -> bool:
    return tag.partition("-")[0] in {language.partition("-")[0] for language in MESSAGE_LANGUAGES}
