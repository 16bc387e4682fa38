"""The clients' connections: accepted, read, answered, written to, and cut off when a client does not do its part."""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Callable

from kgtool.serve.front import ends
from kgtool.serve.front.connection import Connection, Stage
from kgtool.serve.front.exchange import Exchange
from kgtool.serve.http import Bounds
from kgtool.serve.problem import RequestError

_READ = 64 * 1024
_MOST_UNSENT = 256 << 20  # bytes of answers that clients have not taken yet
_MOST_ARRIVING = 256 << 20  # bytes of requests that are not whole yet
_AT_ONCE = 64  # connections accepted before others are looked at again
_IN, _OUT = select.EPOLLIN, select.EPOLLOUT


class Clients:
    """Every connection of a listening socket.

    Args:
        most: connections at once; beyond, the one that rests longest is closed.
    """

    def __init__(
        self, poll: select.epoll, listener: socket.socket, exchange: Exchange, bounds: Bounds, most: Callable[[], int]
    ) -> None:
        self._poll = poll
        self._listener = listener
        self._exchange = exchange
        self._bounds = bounds
        self._most = most
        self._connections: dict[int, Connection] = {}
        self._arriving = 0  # bytes that came since it was counted what is not whole yet, and that count

    def __len__(self) -> int:
        return len(self._connections)

    def accept(self, now: float) -> None:
        """Take the connections that wait."""
        for _ in range(_AT_ONCE):
            try:
                sock, address = self._listener.accept()
            except OSError:  # none waits, or it is gone already, or no descriptor is left
                return
            if len(self._connections) >= self._most() and not self._make_room():
                sock.close()
                continue
            with contextlib.suppress(OSError):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection = Connection(sock, str(address[0]), self._bounds, now)
            self._connections[connection.fileno()] = connection
            connection.events = _IN
            self._poll.register(connection, _IN)

    def event(self, descriptor: int, event: int, now: float) -> bool:
        """Something happened to a descriptor; False when it is no client's."""
        connection = self._connections.get(descriptor)
        if connection is None:
            return False
        if event & _OUT and connection.out:
            connection.flush(now)
            self.proceed(connection, now)
        elif event & _IN:
            self._read(connection, now)
        elif event & ~_OUT:
            self._close(connection)
        return True

    def _read(self, connection: Connection, now: float) -> None:
        try:
            data = connection.socket.recv(_READ)
        except BlockingIOError:
            return
        except OSError:
            self._close(connection)
            return
        if connection.stage is Stage.LINGERING:
            if not data:
                self._close(connection)
            return
        if not data:
            connection.ended = True
            if not connection.busy and not connection.out:
                self._close(connection)
                return
        elif connection.busy or connection.out or not connection.reader.empty:
            connection.reader.feed(data)
            self._arriving += len(data)
            if self._arriving > _MOST_ARRIVING and not self._room(connection, now):
                return
        elif not self._exchange.known(connection, data, now):
            self._arriving += len(data)
            self.proceed(connection, now, data)
            return
        self.proceed(connection, now)

    def _room(self, connection: Connection, now: float) -> bool:
        """Whether what came and is not whole yet is within bounds; else this one must go."""
        self._arriving = sum(each.reader.held for each in self._connections.values())
        if self._arriving <= _MOST_ARRIVING:
            return True
        self._exchange.refuse(connection, ends.busy(), now)
        self._close(connection)
        return False

    def proceed(self, connection: Connection, now: float, data: bytes = b"") -> None:
        """Whatever can be done for a connection now: answer what is here, wait for what is not, or close it.

        Args:
            data: what came just now to a connection that rests.
        """
        if connection.active:  # an answer that was refused at once comes back here; the loop below goes on with it
            return
        connection.active = True
        self._answer(connection, now, data)
        connection.active = False
        if connection.gone:
            self._close(connection)
        else:
            self._listen(connection)

    def _answer(self, connection: Connection, now: float, data: bytes) -> None:
        reader = connection.reader
        while not (connection.gone or connection.busy or connection.out):
            if connection.closing:
                self._linger(connection, now)
                return
            if not data and reader.empty:
                connection.rest(now)
                return
            try:
                came, data = data, b""
                arrived = reader.take(came)
            except RequestError as error:
                self._exchange.refuse(connection, error, now)
                continue
            if arrived is None:
                if reader.must_continue():
                    connection.write(b"HTTP/1.1 100 Continue\r\n\r\n", b"", now)
                connection.await_more(now)
                break
            connection.stage = Stage.RESTING
            self._exchange.take(connection, arrived, now)

    def sweep(self, now: float) -> None:
        """Cut off who is too slow, and who holds most of what is not sent when that is too much."""
        for connection in list(self._connections.values()):
            if connection.busy or now < connection.until:
                continue
            if connection.out or connection.closing or connection.reader.empty:
                self._close(connection)
            else:
                self._exchange.refuse(connection, ends.too_late(), now)
                self.proceed(connection, now)
        unsent = sum(connection.unsent for connection in self._connections.values())
        while unsent > _MOST_UNSENT:
            worst = max(self._connections.values(), key=lambda connection: connection.unsent)
            unsent -= worst.unsent
            self._close(worst)

    def drain(self) -> None:
        """Close who rests; the others go once they are answered."""
        for connection in list(self._connections.values()):
            if not connection.busy and not connection.out and connection.reader.empty:
                self._close(connection)

    def end(self) -> None:
        """Close every connection."""
        for connection in list(self._connections.values()):
            self._close(connection)

    def _listen(self, connection: Connection) -> None:
        """Wait for what the connection can do next; what comes before its turn stays in the socket."""
        if connection.out:
            events = _OUT
        elif connection.ended or (connection.busy and not connection.reader.empty):
            events = 0
        else:
            events = _IN
        if events != connection.events:
            connection.events = events
            self._poll.modify(connection, events)

    def _linger(self, connection: Connection, now: float) -> None:
        """Say that nothing more comes, and read on for a moment: a reset could take the answer away from the client."""
        if connection.ended:
            connection.gone = True
            return
        with contextlib.suppress(OSError):
            connection.socket.shutdown(socket.SHUT_WR)
        connection.enter(Stage.LINGERING, now)

    def _make_room(self) -> bool:
        """Close the connection that rests longest."""
        resting = [c for c in self._connections.values() if not c.busy and not c.out]
        if not resting:
            return False
        self._close(min(resting, key=lambda connection: connection.until))
        return True

    def _close(self, connection: Connection) -> None:
        if connection.fileno() >= 0:
            del self._connections[connection.fileno()]
            self._poll.unregister(connection)
        connection.close()
