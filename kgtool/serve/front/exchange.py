"""From a whole request to its answer on the wire: health, the cache, the pool, and what is added to every response."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec.structs import replace

from kgtool.errors import KgError
from kgtool.formats import Audience
from kgtool.serve.front import ends
from kgtool.serve.front.access import Log
from kgtool.serve.front.cache import Cache, Entry
from kgtool.serve.front.connection import Connection
from kgtool.serve.front.job import CONDITIONAL, Job, Key, forwarded, key_of, seconds_for
from kgtool.serve.front.pool import Pool
from kgtool.serve.headers import CORS, secured
from kgtool.serve.http import Arrived, Dated, head_bytes
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import of_error
from kgtool.serve.settings import ServeSettings
from kgtool.serve.wire import Answer

_NO_BODY = frozenset({204, 304})
_ADDRESS = re.compile(r"[0-9A-Fa-f.:]{2,45}")  # nothing that could break a line of the log
_READABLE = (*CORS, ("Access-Control-Expose-Headers", "Retry-After"))
_HEALTH = frozenset({"/health", "/ready"})


class Exchange:
    """Answers requests of connections.

    Args:
        status: what `/health` says, made when it is asked.
    """

    def __init__(self, settings: ServeSettings, pool: Pool, log: Log, status: Callable[[], Mapping[str, Any]]) -> None:
        self._settings = settings
        self._pool = pool
        self._log = log
        self._status = status
        self._dated = Dated()
        self.cache = Cache(settings.cache)
        self.draining = False
        # What not anyone may see is given under the names of this server only: a page of another site could else make a
        # browser ask under a name of its own that leads here (DNS rebinding).
        self._hosts = frozenset() if settings.audience is Audience.PUBLIC else _names(settings)

    def known(self, connection: Connection, raw: bytes, now: float) -> bool:
        """Answer a request whose very bytes were answered before; False when they were not."""
        entry = self.cache.by_bytes(raw)
        if entry is None:
            return False
        self._send_entry(connection, entry, method="GET", keep=not self.draining, now=now, said=_asked(raw))
        return True

    def take(self, connection: Connection, arrived: Arrived, now: float) -> None:
        """Answer a request, now or once a worker has."""
        asked = arrived.request
        if self._hosts and asked.headers.get("host", "").lower() not in self._hosts:
            self.refuse(connection, ends.another_host(), now)
            return
        if asked.target in _HEALTH and asked.method in {"GET", "HEAD"}:
            self._health(connection, arrived, now)
            return
        fields = forwarded(asked)
        key = key_of(asked, fields)
        tag = asked.headers.get(CONDITIONAL, "")
        keep = arrived.keep and not self.draining
        raw = arrived.raw if keep and not tag and asked.method == "GET" else b""
        entry = self.cache.by_key(key, raw)
        if entry is not None:
            self._send_entry(
                connection, entry, method=asked.method, keep=keep, now=now, said=(asked.target, asked.query), tag=tag
            )
            return
        connection.busy = True
        self._pool.submit(self._job(connection, arrived, fields, key, raw, tag, now))

    def _job(
        self,
        connection: Connection,
        arrived: Arrived,
        fields: Mapping[str, str],
        key: Key,
        raw: bytes,
        tag: str,
        now: float,
    ) -> Job:
        asked, limits = arrived.request, self._settings.limits
        method = "GET" if asked.method == "HEAD" else asked.method
        shown = {**fields, CONDITIONAL: tag} if tag else fields
        request = Request(method, asked.target, asked.query, shown, asked.body, self._client(connection, asked))
        return Job(
            connection, request, asked.method, tag, arrived.keep, raw, key, seconds_for(asked.target, limits),
            limits.memory, now,
        )  # fmt: skip

    def _client(self, connection: Connection, request: Request) -> str:
        """Whom fairness is measured for: the peer, or whom a trusted proxy names last."""
        if connection.client not in self._settings.proxies:
            return connection.client
        named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return named if _ADDRESS.fullmatch(named) else connection.client

    def done(self, job: Job, answer: Answer | KgError, present: bool) -> None:
        """A job ended. `present`: its answer is of the version that is served now, and may be kept."""
        now = time.monotonic()
        job.connection.busy = False
        note = ""
        body: bytes | memoryview
        if isinstance(answer, KgError):
            response = self._problem(job.request, answer)
            status, head, body = response.status, head_bytes(response.headers), response.body
            note = answer.code
        else:
            status, head, body, note = answer.status, answer.head, answer.body, answer.note
            if present and status == 200:
                self.cache.keep(job.key, job.raw, head, body)
        self._send(
            job.connection, status, head, body, method=job.method, keep=job.keep and not self.draining, now=now,
            told=(job.request.client, job.request.target, job.request.query or _text(job.request.body)),
            times=(now - job.arrived, now - job.began if job.began else 0.0), note=note,
        )  # fmt: skip

    def refuse(self, connection: Connection, error: KgError, now: float) -> None:
        """A request that could not be read: say why, and close."""
        request = Request("GET", "", client=connection.client)
        response = self._problem(request, error)
        self._send(
            connection, response.status, head_bytes(response.headers), response.body, method="GET", keep=False, now=now,
            told=(connection.client, "", ""), times=(0.0, 0.0), note=error.code,
        )  # fmt: skip

    def _problem(self, request: Request, error: KgError) -> Response:
        """Why there is no answer; where anyone's page may read the answers, it may read that and when to try again."""
        response = secured(of_error(request, error))
        return response if self._hosts else replace(response, headers=(*response.headers, *_READABLE))

    def _health(self, connection: Connection, arrived: Arrived, now: float) -> None:
        asked = arrived.request
        facts = self._status()
        down = asked.target == "/ready" and not facts["ready"]
        body = (json.dumps(facts, ensure_ascii=False) + "\n").encode()
        response = secured(
            Response(503 if down else 200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), body)
        )
        self._send(
            connection, response.status, head_bytes(response.headers), body, method=asked.method,
            keep=arrived.keep and not self.draining, now=now, told=(connection.client, asked.target, ""), times=(0.0, 0.0),
        )  # fmt: skip

    def _send_entry(
        self,
        connection: Connection,
        entry: Entry,
        *,
        method: str,
        keep: bool,
        now: float,
        said: tuple[str, str],
        tag: str = "",
    ) -> None:
        fresh = bool(tag) and entry.fresh_for(tag)
        status, head, body = (304, entry.not_modified_head, b"") if fresh else (200, entry.head, entry.body)
        self._send(
            connection, status, head, body, method=method, keep=keep, now=now,
            told=(connection.client, *said), times=(0.0, 0.0), kept=True,
        )  # fmt: skip

    def _send(
        self, connection: Connection, status: int, head: bytes, body: bytes | memoryview, *, method: str, keep: bool, now: float,
        told: tuple[str, str, str], times: tuple[float, float], kept: bool = False, note: str = "",
    ) -> None:  # fmt: skip
        at = time.time()
        keep = keep and not connection.ended
        length = b"" if status in _NO_BODY else b"Content-Length: %d\r\n" % len(body)
        first = self._dated.first(at, status, keep=keep)
        if method == "HEAD":
            body = b""
        connection.closing = not keep
        connection.write(first + head + length + b"\r\n", body, now)
        client, target, query = told
        self._log.answered(
            at, client=client, method=method, target=target, query=query, status=status, size=len(body),
            total=times[0], worked=times[1], kept=kept, note=note,
        )  # fmt: skip


def _names(settings: ServeSettings) -> frozenset[str]:
    """Values of the Host field under which this server is meant."""
    port = f":{settings.port}"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    locals_ = {name + port for name in (host, "localhost", "127.0.0.1", "[::1]")}
    return frozenset({urlsplit(settings.address).netloc.lower(), *locals_})


def _asked(raw: bytes) -> tuple[str, str]:
    """Path and query of a request that was read before."""
    target = raw[: raw.index(b"\r\n")].decode("ascii").split(" ")[1]
    path, _, query = target.partition("?")
    return path, query


def _text(body: bytes) -> str:
    return body.decode("utf-8", "replace")
