"""One client's connection: what came, what is not sent yet, and until when the client must have done its part."""

from __future__ import annotations

import enum
import socket
from collections import deque

from kgtool.serve.http import Bounds, Reader

HEAD_SECONDS = 10.0  # from the first byte of a request to the end of its head
BODY_SECONDS = 20.0  # from there to the end of its body
IDLE_SECONDS = 30.0  # between two requests
WRITE_SECONDS = 10.0  # for each `_STEP` of bytes that a client takes
LINGER_SECONDS = 2.0  # that a client may go on sending behind a refusal, so that it reads it
_STEP = 64 * 1024
_CHUNK = 256 * 1024


class Stage(enum.Enum):
    """What a client is at when nothing of it is being answered."""

    RESTING = 0
    HEAD = 1
    BODY = 2
    LINGERING = 3


_SECONDS = {
    Stage.RESTING: IDLE_SECONDS, Stage.HEAD: HEAD_SECONDS, Stage.BODY: BODY_SECONDS, Stage.LINGERING: LINGER_SECONDS,
}  # fmt: skip


class Connection:
    """A socket that does not block, and its state.

    Attributes:
        client: the peer's address.
        active: whether its requests are being looked at.
        busy: whether a request of it is being answered; then nothing more is read.
        ended: whether the client will send nothing more.
        closing: whether it is closed once everything is sent.
        gone: whether the client takes nothing more.
        until: monotonic seconds at which it is cut off.
        unsent: bytes that the client has not taken yet.
    """

    __slots__ = (
        "active", "busy", "client", "closing", "ended", "events", "gone", "out", "reader", "socket", "stage", "stalled", "unsent",
        "until",
    )  # fmt: skip

    def __init__(self, sock: socket.socket, client: str, bounds: Bounds, now: float) -> None:
        sock.setblocking(False)
        self.socket = sock
        self.client = client
        self.reader = Reader(bounds)
        self.out: deque[memoryview] = deque()
        self.unsent = 0
        self.stalled = 0  # bytes taken since `until` was moved
        self.active = False
        self.busy = False
        self.ended = False
        self.closing = False
        self.gone = False
        self.events = 0
        self.stage = Stage.HEAD  # a client that connects and says nothing has no right to rest
        self.until = now + HEAD_SECONDS

    def fileno(self) -> int:
        return self.socket.fileno()

    def write(self, head: bytes, body: bytes | memoryview, now: float) -> None:
        """Send what the socket takes now and keep the rest."""
        sent = 0
        if not self.out:
            try:
                sent = self.socket.sendmsg((head, body)) if body else self.socket.send(head)
            except BlockingIOError:
                sent = 0
            except OSError:
                self.gone = True
                return
            self.until, self.stalled = now + WRITE_SECONDS, 0
            if sent == len(head) + len(body):
                return
        for part in (head, body):
            view = memoryview(part)[min(sent, len(part)) :]
            sent = max(sent - len(part), 0)
            if view:
                self.out.append(view)
                self.unsent += len(view)

    def flush(self, now: float) -> None:
        """Send what the socket takes now of what is kept."""
        try:
            while self.out:
                sent = self.socket.send(self.out[0][:_CHUNK])
                self.unsent -= sent
                self.stalled += sent
                if sent == len(self.out[0]):
                    self.out.popleft()
                else:
                    self.out[0] = self.out[0][sent:]
        except BlockingIOError:
            pass
        except OSError:
            self.gone = True
        if self.stalled >= _STEP:
            self.until, self.stalled = now + WRITE_SECONDS, 0

    def enter(self, stage: Stage, now: float) -> None:
        """Begin a stage: what was begun before is not begun again, so a byte now and then gains nothing."""
        if stage is not self.stage or stage is Stage.RESTING:
            self.stage, self.until = stage, now + _SECONDS[stage]

    def rest(self, now: float) -> None:
        """Nothing came and nothing is being answered."""
        self.stage, self.until = Stage.RESTING, now + IDLE_SECONDS

    def await_more(self, now: float) -> None:
        """Nothing is being answered: the client's next move, and its time for it."""
        if self.reader.empty:
            self.rest(now)
        else:
            self.enter(Stage.BODY if self.reader.in_body else Stage.HEAD, now)

    def close(self) -> None:
        """For good; more than once does no harm."""
        self.gone = True
        self.out.clear()
        self.unsent = 0
        self.socket.close()
