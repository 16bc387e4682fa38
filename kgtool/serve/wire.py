"""What the front and a worker say to each other: one frame a request, one an answer, lengths first, nothing executed.

A request: lengths of head and body, seconds and memory that it may take; the head's lines; the body. No part of a head
holds a line end, because the reader of HTTP lets none through. An answer: status, lengths; what the log is told; the
response's header lines, ready to be sent; the body.
"""

from __future__ import annotations

import struct

from msgspec import Struct

from kgtool.serve.message import Request

ASK = struct.Struct("!IIdQ")  # head, body: bytes; seconds; memory: bytes
TOLD = struct.Struct("!HIIQ")  # status; note, head, body: bytes
LAST_WORD = 0x8000  # in the status of what is answered only if the worker's alarm ends it; another answer follows
MOST_NOTE, MOST_HEAD = 8 * 1024, 64 * 1024


class Answer(Struct):
    """What a worker answered.

    Attributes:
        head: header lines, each with its CRLF.
        body: of a long answer, a view of what came, which nobody changes.
        note: what the log is told beside it.
    """

    status: int
    head: bytes
    body: bytes | memoryview
    note: str = ""


def ask(request: Request, seconds: float, memory: int) -> bytes:
    """A request as a frame."""
    parts = [request.method, request.target, request.query, request.client]
    for name, value in request.headers.items():
        parts += (name, value)
    head = "\n".join(parts).encode("latin-1", "replace")
    return ASK.pack(len(head), len(request.body), seconds, memory) + head + request.body


def asked(head: bytes, body: bytes) -> Request:
    """The request that `ask` was given."""
    parts = iter(head.decode("latin-1").split("\n"))
    method, target, query, client = next(parts), next(parts), next(parts), next(parts)
    return Request(method, target, query, dict(zip(parts, parts, strict=True)), body, client)


def tell(status: int, note: str, head: bytes, body: bytes) -> bytes:
    """The beginning of an answer's frame; the body follows it."""
    said = note.encode("utf-8", "replace")[:MOST_NOTE]
    return TOLD.pack(status, len(said), len(head), len(body)) + said + head
