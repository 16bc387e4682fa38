"""The App in front of an engine elsewhere: the same handlers over a snapshot that asks, and refusals by name for the rest.

Every answer is checked behind its making: if the engine's version is not the one that was loaded, there is none.
"""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator, Mapping

from msgspec.structs import replace

from kgtool.engine import LOCAL
from kgtool.engine.remote.asking import Direct
from kgtool.engine.remote.credentials import credentials_of
from kgtool.project import Project, Remote
from kgtool.serve.api import Api, OpenApi, Queries
from kgtool.serve.app import App, Route
from kgtool.serve.health import Health
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import RequestError
from kgtool.serve.reading import read
from kgtool.serve.remote.broker import Broker
from kgtool.serve.remote.line import Line
from kgtool.serve.remote.pages import RemoteFaces
from kgtool.serve.remote.refusal import not_here, strange_query
from kgtool.serve.remote.snapshot import RemoteSnapshot, open_snapshot, require_same
from kgtool.serve.resource import Resource
from kgtool.serve.settings import ServeSettings
from kgtool.serve.vocabulary import Vocabulary
from kgtool.snapshot import Snapshot


class Sparql:
    """`/sparql` and `/graph-store`: strangers' queries are not let into an engine that nobody here can stop."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        """Nothing is needed."""

    def __call__(self, request: Request) -> Response:
        """The refusal."""
        return read(replace(request, method="GET"), self._refuse)

    def _refuse(self, _: Request) -> Response:
        raise strange_query()


class Whole:
    """Documents about the graph as a whole."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        """Nothing is needed."""

    def __call__(self, request: Request) -> Response:
        """The refusal."""
        return read(request, self._refuse)

    def _refuse(self, _: Request) -> Response:
        raise not_here("須讀取整張圖", "it needs the whole graph")


ROUTES: tuple[Route, ...] = (
    *(Route(path, Health) for path in ("/health", "/ready")),
    *(Route(path, Sparql) for path in ("/sparql", "/graph-store", "/graph-store/")),
    *(Route(path, Resource) for path in ("/id/", "/data/", "/about")),
    *(Route(path, Vocabulary) for path in ("/ns", "/ns/", "/ontology/", "/shapes")),
    *(Route(path, Queries) for path in ("/queries", "/queries/")),
    Route("/api/", Api),
    Route("/openapi.json", OpenApi),
    *(Route(path, Whole) for path in ("/graph/", "/catalog", "/.well-known/void", "/dataset", "/dataset/")),
    Route("/page/", RemoteFaces),
    *(Route(path, RemoteFaces) for path in ("/", "/static/", "/zh-hant", "/zh-hant/", "/en", "/en/", "/ja", "/ja/")),
)


class RemoteApp(App):
    """One snapshot's handlers in front of an engine.

    Attributes:
        broker: who speaks to it. Workers get a line each.
    """

    snapshot: RemoteSnapshot

    def __init__(self, snapshot: RemoteSnapshot, settings: ServeSettings, broker: Broker, line: Line) -> None:
        super().__init__(snapshot, settings, ROUTES)
        self.broker = broker
        self._there = snapshot.data
        self._line = line
        faces = self._exact["/"]
        if not isinstance(faces, RemoteFaces):
            raise TypeError("no pages")
        self._faces = faces
        self._lasting = snapshot.data.manifest is not None

    @property
    def watched(self) -> int:
        return self.broker.fileno()

    def heard(self) -> bool:
        return self.broker.heard()

    @contextlib.contextmanager
    def line(self) -> Iterator[int]:
        with self.broker.line() as sock:
            yield sock.fileno()

    def close(self) -> None:
        """End the broker."""
        self._line.close()
        self.broker.end()

    def respond(self, request: Request) -> Response:
        """The response, made until it lacks nothing.

        Raises:
            RequestError: it needs too much, or the engine has another version now or does not answer.
        """
        self._there.forget()
        try:
            return self._sound(request)
        except RequestError as error:
            page = self._sorry(request, error)
            if page is None:
                raise
            return page

    def _sorry(self, request: Request, error: RequestError) -> Response | None:
        """A refusal of this room as a page; None where it is for programs, or the engine does not even name the menu."""
        if error.status < 500:
            return None
        with contextlib.suppress(RequestError):
            return self._there.gathered.settle(lambda: self._faces.sorry(request, error))
        return None

    def _sound(self, request: Request) -> Response:
        before = self._line.asked
        response = self._there.gathered.settle(lambda: App.respond(self, request))
        if self._line.asked == before and response.status != 304:
            return response
        require_same(self._there)
        return response if self._lasting else _volatile(response)


def _volatile(response: Response) -> Response:
    """Without a validator: nobody knows when the data changes."""
    kept = tuple(field for field in response.headers if field[0] not in {"ETag", "Cache-Control"})
    return replace(response, headers=(*kept, ("Cache-Control", "no-store")))


def open_app(
    project: Project, remote: Remote, settings: ServeSettings, now: datetime.datetime, environ: Mapping[str, str]
) -> RemoteApp:
    """The App, its broker launched. The caller ends the broker, or ends.

    Raises:
        KgError: as `open_snapshot`, and the credentials' (`credentials_of`).
    """
    # The texts are the project's own and the program's, as on the command line; time and size are the server's.
    own = settings.limits
    limits = replace(LOCAL, seconds=own.seconds, memory=own.memory, rows=own.rows, answer=own.answer)
    broker = Broker(remote, Direct(remote, credentials_of(remote, environ)), limits)
    line = Line(broker.line())
    try:
        snapshot = open_snapshot(project, remote, line, now, audience=settings.audience, limits=limits)
        app = RemoteApp(snapshot, settings, broker, line)
        if snapshot.data.manifest is not None:
            broker.watch(snapshot.data.manifest.version)
    except BaseException:
        line.close()
        broker.end()
        raise
    return app
