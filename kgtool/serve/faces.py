"""The pages for people: `/`, `/zh-hant/…`, `/en/…`, `/ja/…`, their files at `/static/…`, and `/page/…` of the linked data.

What they show is made by `kgtool.pages`, a pure function of the snapshot; here are methods, validators and caching.
"""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from kgtool.check import check
from kgtool.describe import Description
from kgtool.errors import KgError
from kgtool.pages import POLICY, Page, Pages, open_pages
from kgtool.pages.texts import accepted
from kgtool.report import Report
from kgtool.serve.headers import etag, not_modified
from kgtool.serve.message import Request, Response
from kgtool.serve.places import Places
from kgtool.serve.reading import METHODS
from kgtool.serve.refusal import nothing_here, wrong_method
from kgtool.serve.resource import Resource, Skin
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot
from kgtool.write.curie import Curies

# Checking a larger graph takes longer than a server may take to start; its pages say that they come without a report.
_CHECKED = 100_000
_FOR_EVER = "public, max-age=31536000, immutable"


class Faces:
    """Answers for people. Made before workers are forked: templates, styles, maps, names and the report are shared."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        self._version = snapshot.version
        self._pages = self._open(snapshot, settings)
        self._resource = Resource(snapshot, settings, Skin(self._document, (POLICY,), accepted))

    def _open(self, snapshot: Snapshot, settings: ServeSettings) -> Pages:
        return open_pages(
            snapshot, report=_report(snapshot), sources=snapshot.project.sources, address=settings.address
        )

    def __call__(self, request: Request) -> Response:
        """The page, file or redirection at a path.

        Raises:
            RequestError: 404, 405.
        """
        if request.target.startswith("/page/"):
            return self._resource(request)
        if request.method not in METHODS:
            raise wrong_method(request.method, METHODS)
        if request.method == "OPTIONS":
            return Response(204, (("Allow", ", ".join(METHODS)),))
        if request.target.startswith("/static/"):
            return self._file(request)
        wanted = request.headers.get("accept-language", "")
        page = self._pages.answer(request.target, request.query, wanted)
        if page is None:
            raise nothing_here(request.target)
        return self._response(request, page)

    def _response(self, request: Request, page: Page) -> Response:
        if page.status != 200:
            return Response(page.status, (*page.headers, ("Cache-Control", "no-cache")), page.body)
        tag = etag(self._version, request.target, request.query)
        fields = (("ETag", tag), ("Cache-Control", "no-cache"), *page.headers)
        if not_modified(request.headers.get("if-none-match", ""), tag):
            return Response(304, fields)
        return Response(200, fields, page.body)

    def _file(self, request: Request) -> Response:
        file = self._pages.assets.files.get(request.target.removeprefix("/static/"))
        if file is None:
            raise nothing_here(request.target)
        return Response(200, (("Content-Type", file.media_type), ("Cache-Control", _FOR_EVER)), file.body)

    def _document(self, found: Description, places: Places, _: Curies, language: str, __: Sequence[str]) -> str:
        """The page of a resource where the linked data has it; it is the same as below a language."""
        path = places.page(found.iri).removeprefix(places.address)
        return self._pages.document(found.iri, language, "../" * path.count("/", 1)).decode()


def _report(snapshot: Snapshot) -> Report | None:
    """The findings of the snapshot's project; none where the check cannot be run or would take too long."""
    if len(snapshot.stated) > _CHECKED:
        return None
    noon = datetime.datetime.combine(snapshot.today, datetime.time(12), datetime.UTC)
    try:
        return check(snapshot.project, noon)
    except KgError:
        return None
