"""Header fields that every response has, or that many make in the same way."""

from __future__ import annotations

import functools
import hashlib

from msgspec.structs import replace

from kgtool.formats import Audience
from kgtool.serve.message import Response

# A handler that sets one of these itself keeps its own (a page's policy allows its stylesheet and script).
SECURITY: tuple[tuple[str, str], ...] = (
    ("X-Content-Type-Options", "nosniff"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Referrer-Policy", "no-referrer"),
    ("X-Frame-Options", "DENY"),
)
# Anyone's page may read what anyone may read; no credentials are known here.
CORS: tuple[tuple[str, str], ...] = (("Access-Control-Allow-Origin", "*"),)


def secured(response: Response) -> Response:
    """The response with the security fields that it does not set itself."""
    missing = _missing(tuple([name for name, _ in response.headers]))
    return Response(response.status, (*response.headers, *missing), response.body)


@functools.lru_cache(maxsize=256)
def _missing(names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    have = {name.lower() for name in names}
    return tuple(field for field in SECURITY if field[0].lower() not in have)


def private(response: Response) -> Response:
    """The response without what lets other sites' pages read it: what not anyone may see, a browser must not pass on."""
    kept = tuple(field for field in response.headers if not field[0].lower().startswith("access-control-"))
    return replace(response, headers=kept)


def finished(response: Response, audience: Audience) -> Response:
    """The response with what every response has, and without what this audience's must not have."""
    return secured(response if audience is Audience.PUBLIC else private(response))


def etag(version: str, *parts: str) -> str:
    """A weak entity tag of a data version and everything that an answer depends on beside it.

    Weak, because two runs of one query may give the same rows in another order. Source: RFC 9110 §8.8.1.
    """
    whole = "\x00".join((version, *parts)).encode("utf-8", "surrogatepass")
    return f'W/"{hashlib.blake2b(whole, digest_size=16).hexdigest()}"'


def not_modified(header: str, tag: str) -> bool:
    """Whether an If-None-Match field names the tag (weak comparison). Source: RFC 9110 §13.1.2."""
    if not header:
        return False
    opaque = tag.removeprefix("W/")
    return header.strip() == "*" or opaque in {item.strip().removeprefix("W/") for item in header.split(",")}
