"""A project behind an engine elsewhere, and the same project served from its files: for tests that compare the two."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engines import Engine
from msgspec import structs

from kgtool.check import read_inputs
from kgtool.engine import SERVED
from kgtool.formats import Audience
from kgtool.project import Evaluate, Project, Remote, open_project
from kgtool.push import make_plan, push
from kgtool.serve.app import App
from kgtool.serve.message import Request, Response
from kgtool.serve.remote import RemoteApp, open_app
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot

NOW = datetime.datetime(2021, 12, 31, tzinfo=datetime.UTC)
ADDRESS = "https://kg.example"
LIMITS = structs.replace(SERVED, seconds=30.0)  # the machine may be busy


@dataclass(frozen=True)
class Fronts:
    """The two."""

    project: Project
    remote: Remote
    near: App
    far: RemoteApp


def remote_for(engine: Engine, **changes: Any) -> Remote:
    """An engine as the settings should describe it: Virtuoso with one graph, evaluated here."""
    remote = engine.remote
    if engine.name == "virtuoso":
        remote = structs.replace(remote, graph="https://example.org/everything", evaluate=Evaluate.HERE)
    return structs.replace(remote, **changes)


def load(engine: Engine, project: Project, remote: Remote, audience: Audience = Audience.INTERNAL) -> None:
    """Push a project."""
    plan = make_plan(remote, read_inputs(project, NOW).dataset, project, audience)
    assert push(plan, engine.who, prune=True).differences == ()


@contextlib.contextmanager
def fronts(engine: Engine, folder: Path, **settings: Any) -> Iterator[Fronts]:
    """A project pushed, and both Apps over it."""
    engine.clear()
    project, remote = open_project(folder, {}, {}), remote_for(engine)
    load(engine, project, remote)
    given = ServeSettings(address=ADDRESS, limits=LIMITS, **settings)
    near = App(open_snapshot(project, NOW, audience=given.audience, reasons=False), given)
    far = open_app(project, remote, given, NOW, engine.environ())
    try:
        yield Fronts(project, remote, near, far)
    finally:
        far.close()
        engine.clear()


def get(app: App, target: str, **fields: str) -> Response:
    """One GET."""
    path, _, query = target.partition("?")
    return app(Request("GET", path, query, {name.replace("_", "-"): value for name, value in fields.items()}))
