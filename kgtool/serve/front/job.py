"""A request between its arrival and its answer, and what a request of its kind may cost."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from msgspec import Struct

from kgtool.engine import Limits
from kgtool.serve.message import Request
from kgtool.serve.wire import Answer

if TYPE_CHECKING:
    from kgtool.serve.front.connection import Connection

# The only fields that reach a handler, so nothing else can change an answer; all but the conditional one are in the key
# of the cache.
FORWARDED = ("accept", "accept-language", "content-type", "content-encoding")
CONDITIONAL = "if-none-match"
Key = tuple[object, ...]
# Kinds of request by the beginning of their path: the share of the time limit that they get. Pages are made of a few
# look-ups; whole graphs are long.
_SHARES: Mapping[str, float] = MappingProxyType({"/sparql": 1.0, "/api/": 1.0, "/graph-store": 2.0})
_OTHERS = 1.0


class Job(Struct, eq=False):
    """One request that a worker must answer.

    Attributes:
        connection: whose it is.
        request: as the handler sees it: GET for HEAD, the forwarded fields only.
        method: as it was sent.
        tag: the If-None-Match field, "" for none.
        keep: whether the connection is kept behind the answer.
        arrived, began: monotonic seconds; `began` is 0 while it waits.
        deadline: when its worker is killed.
        word: what its worker said to answer should its alarm end it; None for nothing.
        again: whether its worker was killed by somebody else once already.
    """

    connection: Connection
    request: Request
    method: str
    tag: str
    keep: bool
    raw: bytes
    key: Key
    seconds: float
    memory: int
    arrived: float
    began: float = 0.0
    deadline: float = 0.0
    word: Answer | None = None
    again: bool = False


def forwarded(request: Request) -> Mapping[str, str]:
    """The fields of a request that a handler sees, without the conditional one."""
    given = request.headers
    return {name: given[name] for name in FORWARDED if name in given}


def key_of(request: Request, fields: Mapping[str, str]) -> Key:
    """What an answer of one data version depends on."""
    method = "GET" if request.method == "HEAD" else request.method
    return (method, request.target, request.query, request.body, *fields.items())


def seconds_for(target: str, limits: Limits) -> float:
    """The time that a request for a path may take in a worker."""
    for prefix, share in _SHARES.items():
        if target.startswith(prefix):
            return limits.seconds * share
    return limits.seconds * _OTHERS
