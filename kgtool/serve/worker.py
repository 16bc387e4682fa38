"""A worker of the server: a confined process that answers one request after another with the `App` of its snapshot."""

from __future__ import annotations

# A confined process opens no file, so it imports nothing: what others of our own import when they need it must be there.
import difflib  # noqa: F401
import functools
import io
import json  # noqa: F401
import logging
import socket

from kgtool.engine import confined, failure
from kgtool.engine.confined import Bound, Worker, exactly
from kgtool.errors import KgError, texts
from kgtool.serve.app import App
from kgtool.serve.headers import secured
from kgtool.serve.http import head_bytes
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import of_error
from kgtool.serve.wire import ASK, asked, tell

_BUFFER = 2 << 20  # bytes: most answers go whole, and the next request is computed while the front reads


def start(app: App) -> Worker:
    """Fork a worker; `kgtool.engine.confined.start` says what it costs and raises."""
    return confined.start(functools.partial(serve, app))


def serve(app: App, parent: socket.socket, size: int) -> None:
    """Answer until the parent closes its end."""
    bound = Bound(size)
    parent.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _BUFFER)
    log = io.StringIO()
    logging.getLogger("kgtool").addHandler(logging.StreamHandler(log))
    data = b""
    while True:
        # One read takes a whole request nearly always, and the one that was sent behind it.
        data = data or parent.recv(64 * 1024)
        if not data:
            return
        if len(data) < ASK.size:
            data += exactly(parent, ASK.size - len(data))
        head, body, seconds, memory = ASK.unpack_from(data)
        whole = ASK.size + head + body
        if len(data) < whole:
            data += exactly(parent, whole - len(data))
        bound.set(seconds, memory)
        request = asked(data[ASK.size : ASK.size + head], data[ASK.size + head : whole])
        data = data[whole:]
        response, lines = _answer(app, request, memory, bound)
        note = log.getvalue()
        _send(parent, tell(response.status, note, lines, response.body), response.body)
        if note:
            log.seek(0)
            log.truncate()
        if not data:  # else it is set again at once
            bound.lift_time()


def _send(parent: socket.socket, head: bytes, body: bytes) -> None:
    """Both at once: the front wakes up once, and finds all of a small answer."""
    sent = parent.sendmsg((head, body))
    if sent < len(head):
        parent.sendall(head[sent:])
    if sent < len(head) + len(body):
        parent.sendall(memoryview(body)[max(sent - len(head), 0) :])


def _answer(app: App, request: Request, memory: int, bound: Bound) -> tuple[Response, bytes]:
    try:
        response = app(request)
        return response, head_bytes(response.headers)
    except MemoryError:
        bound.lift_memory()
        response = secured(of_error(request, failure.too_large(memory)))
    except ValueError:  # a handler made a header that is none
        logging.getLogger("kgtool.serve").exception("%s %s", request.method, request.target)
        response = secured(of_error(request, KgError("E-INTERNAL", texts(zh="程式內部錯誤。", en="internal error."))))
    return response, head_bytes(response.headers)
