"""The core of the server: a function from `Request` to `Response`, whatever server is around it.

An `App` is made once, in the process that workers are forked from; a call runs in a worker, one at a time. What a handler
needs and can be made beforehand is made by its factory, so that all workers share it.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping

from msgspec import Struct

from kgtool.errors import KgError, texts
from kgtool.serve.api import Api, OpenApi, Queries
from kgtool.serve.dataset import Dataset
from kgtool.serve.faces import Faces
from kgtool.serve.graphs import Graphs
from kgtool.serve.headers import finished
from kgtool.serve.health import Health
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import of_error
from kgtool.serve.refusal import nothing_here
from kgtool.serve.resource import Resource
from kgtool.serve.settings import ServeSettings
from kgtool.serve.sparql import GraphStore, Sparql
from kgtool.serve.vocabulary import Vocabulary
from kgtool.snapshot import Snapshot

_LOG = logging.getLogger("kgtool.serve")
Handler = Callable[[Request], Response]
Factory = Callable[[Snapshot, ServeSettings], Handler]


class Route(Struct, frozen=True):
    """Paths to what answers them.

    Attributes:
        path: as in a request target. Ending in `/`, it stands for every path that begins with it; `/` for itself.
        factory: makes the handler; called once a snapshot, however many routes name it.
    """

    path: str
    factory: Factory

    @property
    def below(self) -> bool:
        return self.path.endswith("/") and self.path != "/"


# The first that fits wins; the exact paths come first. A handler raises KgErrors, which become problem responses.
ROUTES: tuple[Route, ...] = (
    Route("/health", Health),
    Route("/ready", Health),
    Route("/sparql", Sparql),
    Route("/graph-store", GraphStore),
    Route("/graph-store/", GraphStore),
    Route("/id/", Resource),
    Route("/page/", Faces),
    Route("/data/", Resource),
    Route("/about", Resource),
    Route("/ns", Vocabulary),
    Route("/ns/", Vocabulary),
    Route("/ontology/", Vocabulary),
    Route("/shapes", Vocabulary),
    Route("/graph/", Graphs),
    Route("/queries", Queries),
    Route("/queries/", Queries),
    Route("/api/", Api),
    Route("/openapi.json", OpenApi),
    Route("/catalog", Dataset),
    Route("/.well-known/void", Dataset),
    *(
        Route(path, Dataset)
        for path in (
            "/dataset",
            "/dataset/",
            "/query/",
            "/distribution/",
            "/publisher",
            "/service",
            "/contact",
        )
    ),
    Route("/", Faces),
    Route("/static/", Faces),
    Route("/zh-hant", Faces),
    Route("/zh-hant/", Faces),
    Route("/en", Faces),
    Route("/en/", Faces),
    Route("/ja", Faces),
    Route("/ja/", Faces),
)


class App:
    """One snapshot's handlers behind one function."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings, routes: tuple[Route, ...] = ROUTES) -> None:
        self.snapshot = snapshot
        self.settings = settings
        made: dict[Factory, Handler] = {}
        for route in routes:
            if route.factory not in made:
                made[route.factory] = route.factory(snapshot, settings)
        self._exact: Mapping[str, Handler] = {r.path: made[r.factory] for r in routes if not r.below}
        self._below = tuple((r.path, made[r.factory]) for r in routes if r.below)

    def __call__(self, request: Request) -> Response:
        """The response; what a handler raises is a problem response, and a defect is a 500 without its words."""
        try:
            response = self.respond(request)
        except KgError as error:
            response = of_error(request, error)
        except MemoryError:
            raise
        except Exception:
            _LOG.exception("%s %s", request.method, request.target)
            response = of_error(request, _defect())
        return finished(response, self.settings.audience)

    @property
    def watched(self) -> int:
        """A descriptor that is readable when the data changed elsewhere; -1 for none."""
        return -1

    def heard(self) -> bool:
        """Read what `watched` has; False when there is nothing more to wait for."""
        return False

    @contextlib.contextmanager
    def line(self) -> Iterator[int]:
        """A descriptor for a worker that is forked inside; -1 for none."""
        yield -1

    def respond(self, request: Request) -> Response:
        """The handler's response. Raises KgError."""
        return self._handler(request.target)(request)

    def _handler(self, target: str) -> Handler:
        handler = self._exact.get(target)
        if handler is not None:
            return handler
        for path, below in self._below:
            if target.startswith(path):
                return below
        raise nothing_here(target)


def _defect() -> KgError:
    return KgError("E-INTERNAL", texts(zh="程式內部錯誤。", en="internal error."))
