"""The server's core without the pages for people, which take a second to make: what tests of data and API need."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from kgtool.project import open_project
from kgtool.serve.app import ROUTES, App, Route
from kgtool.serve.faces import Faces
from kgtool.serve.resource import Resource
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot

NOW = datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC)
ADDRESS = "https://kg.example"
PLAIN = (*(route for route in ROUTES if route.factory is not Faces), Route("/page/", Resource))


def plain_app(folder: Path, *, now: datetime.datetime = NOW, address: str = ADDRESS, **settings: Any) -> App:
    """The project in a folder as the core serves it, with plain pages."""
    return App(open_snapshot(open_project(folder, {}, {}), now), ServeSettings(address=address, **settings), PLAIN)
