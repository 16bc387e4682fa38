"""`/health` and `/ready` without a server, and what other methods get there: a running server's front answers GET and HEAD itself."""

from __future__ import annotations

import json

from kgtool.serve.message import Request, Response
from kgtool.serve.reading import options, read
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot


class Health:
    """Answers that the snapshot could be opened; what a server knows of itself (workers, connections) is not there."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings) -> None:
        facts = {
            "status": "ok", "ready": True, "version": snapshot.version,
            "data": {
                **({} if snapshot.elsewhere else {"triples": len(snapshot.stated)}),
                "audience": settings.audience.value, "as_of": snapshot.today.isoformat(),
            },
        }  # fmt: skip
        self._body = (json.dumps(facts, ensure_ascii=False) + "\n").encode()

    def __call__(self, request: Request) -> Response:
        """The response."""
        return read(request, self._answer)

    def _answer(self, request: Request) -> Response:
        options(request, ())
        return Response(200, (("Content-Type", "application/json"), ("Cache-Control", "no-store")), self._body)
