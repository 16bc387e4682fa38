"""What a worker and the broker say to each other: a question, an answer, lengths first; there is no address in it.

A question: its length, then JSON. An answer: lengths of head and body; JSON; the engine's answer as it came.
"""

from __future__ import annotations

import json
import os
import socket
import struct
from typing import Any

from msgspec import Struct
from msgspec.structs import asdict

from kgtool.engine.confined import LINE, exactly
from kgtool.engine.remote.asking import Question
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.exchange import Reply
from kgtool.engine.remote.failure import BadQueryError
from kgtool.errors import KgError, QueryError, RemoteError, texts

_ASKED = struct.Struct("!I")
_TOLD = struct.Struct("!IQ")
_LARGEST = 8 << 20  # bytes of a question


class Told(Struct, frozen=True):
    """What an engine's answer came with."""

    url: str
    status: int
    kind: str


class Line:
    """A worker's end: asks the broker (`Asks`). One process at a time; in a worker its descriptor is `LINE`."""

    def __init__(self, sock: socket.socket) -> None:
        self._owner = os.getpid()
        self._sock = sock
        self._here: socket.socket | None = None
        self.asked = 0

    def __call__(self, question: Question, deadline: Deadline) -> Reply:
        """The answer as it came.

        Raises:
            RemoteError: no answer, or not the whole; the broker is gone. BadQueryError: the engine does not take the query.
        """
        self.asked += 1
        try:
            sock = self._socket()
            sock.sendall(question_frame(question, deadline.left()))
            told, body = _read(sock)
        except (OSError, ValueError) as error:
            raise _no_broker() from error
        if "url" in told:
            return Reply(told["url"], told["status"], {"content-type": told["kind"]}, body)
        if "bad" in told:
            raise BadQueryError(told["bad"], limited=told["limited"])
        kind = RemoteError if told["remote"] else QueryError
        raise kind(told["code"], told["message"], told["hint"])

    def close(self) -> None:
        """Hang up."""
        self._sock.close()

    def _socket(self) -> socket.socket:
        if os.getpid() == self._owner:
            return self._sock
        if self._here is None:
            self._here = socket.socket(fileno=LINE)
        return self._here


def question_frame(question: Question, seconds: float) -> bytes:
    """A question as bytes."""
    body = json.dumps({**asdict(question), "seconds": seconds}).encode()
    return _ASKED.pack(len(body)) + body


def read_question(sock: socket.socket) -> tuple[Question, float] | None:
    """The next question and the seconds that its answer may take; None when the other end is closed.

    Raises:
        ValueError: it is none.
    """
    head = exactly(sock, _ASKED.size)
    if not head:
        return None
    (length,) = _ASKED.unpack(head)
    if length > _LARGEST:
        raise ValueError("a question beyond the limit")
    try:
        value = json.loads(exactly(sock, length))
        parameters = tuple((str(name), str(given)) for name, given in value["parameters"])
        question = Question(str(value["text"]), str(value["form"]), parameters, int(value["most"]))
        return question, float(value["seconds"])
    except (KeyError, TypeError) as error:
        raise ValueError("no question") from error


def answer_frame(told: Told, body: bytes) -> bytes:
    """An engine's answer as bytes."""
    return _framed(asdict(told), body)


def refusal_frame(error: KgError | BadQueryError | None) -> bytes:
    """An error in its place; None: the question is none that may be carried."""
    if isinstance(error, BadQueryError):
        return _framed({"bad": str(error), "limited": error.limited})
    if error is None:
        error = QueryError(
            "E-QUERY-FORM", texts(zh="此查詢不得轉交引擎。", en="this query is not carried to the engine.")
        )
    said = {"code": error.code, "message": dict(error.message), "hint": dict(error.hint)}
    return _framed({**said, "remote": isinstance(error, RemoteError)})


def _framed(value: dict[str, Any], body: bytes = b"") -> bytes:
    head = json.dumps(value).encode()
    return _TOLD.pack(len(head), len(body)) + head + body


def _read(sock: socket.socket) -> tuple[dict[str, Any], bytes]:
    head = exactly(sock, _TOLD.size)
    if not head:
        raise ValueError("the broker hung up")
    first, second = _TOLD.unpack(head)
    told = json.loads(exactly(sock, first))
    return told, exactly(sock, second) if second else b""


def _no_broker() -> RemoteError:
    return RemoteError(
        "E-REMOTE-BROKER",
        texts(zh="與引擎連線之程序已結束。", en="the process that speaks to the engine is gone."),
        texts(zh="請稍後再試。", en="Try again in a moment."),
    )
