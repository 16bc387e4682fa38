"""The workers of one data version, and the loader that they come from."""

from __future__ import annotations

import contextlib
import os
import signal
from collections.abc import Mapping
from typing import Any

from kgtool.serve.front.member import Member
from kgtool.serve.loader import FORK, Born, Failed, Gone, Load, Ready, launch, receive


class Crew:
    """One loader and its workers.

    Attributes:
        version, facts: of the data, "" and empty until it is loaded.
        failed: why it will never be.
        members: by process id, the dying ones included.
        idle: who waits for a job; the last that was used is used next.
    """

    def __init__(self, load: Load, most: int) -> None:
        self.pid, self._socket = launch(load)
        self._socket.setblocking(False)
        self._most = most
        self.version = ""
        self.facts: Mapping[str, Any] = {}
        self.failed: Failed | None = None
        self.members: dict[int, Member] = {}
        self.idle: list[Member] = []
        self.asked = 0  # workers that the loader was asked for and that are not born yet
        self.gone = False  # whether the loader ended

    def fileno(self) -> int:
        return self._socket.fileno()

    @property
    def ready(self) -> bool:
        return bool(self.version)

    def order(self, count: int) -> None:
        """Ask for workers until `count` are on their way."""
        while self.ready and not self.gone and self.asked < count:
            try:
                self._socket.send(FORK)
            except (BlockingIOError, BrokenPipeError, ConnectionResetError):
                return
            self.asked += 1

    def hear(self) -> list[Ready | Failed | Gone | Member]:
        """What the loader said since: a `Member` for each worker that is born."""
        out: list[Ready | Failed | Gone | Member] = []
        while True:
            try:
                message = receive(self._socket)
            except BlockingIOError:
                return out
            except OSError:
                message = None
            if message is None:
                self.gone = True
                return out
            out.append(self._heard(message))

    def _heard(self, message: Ready | Failed | Born | Gone) -> Ready | Failed | Gone | Member:
        if isinstance(message, Born):
            self.asked -= 1
            member = self.members[message.pid] = Member(message, self._most)
            return member
        if isinstance(message, Ready):
            self.version, self.facts = message.version, message.facts
        elif isinstance(message, Failed):
            self.failed = message
        elif message.pid == 0:
            self.asked -= 1
        return message

    def dismiss(self, member: Member) -> None:
        """Forget a worker that ended or is to end."""
        self.members.pop(member.pid, None)
        if member in self.idle:
            self.idle.remove(member)
        member.close()

    def end(self) -> None:
        """Kill whoever is left, and the loader; `reap` waits for it."""
        for member in list(self.members.values()):
            member.kill()
            self.dismiss(member)
        self._socket.close()
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.gone = True


def reap() -> None:
    """Wait for the loaders that ended; this process has no other children. Never blocks."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
