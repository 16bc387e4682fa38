"""From a project and settings to a running server, or to one answer without one."""

from __future__ import annotations

import datetime
import os
import socket
from collections.abc import Callable, Mapping
from typing import Any

from kgtool.check import check
from kgtool.engine.remote.failure import place as remote_place
from kgtool.errors import KgError, ProjectError, UsageError, texts, why
from kgtool.finding import Severity
from kgtool.lang import plural
from kgtool.project import Project, remote_at
from kgtool.serve.app import App
from kgtool.serve.loader import Load
from kgtool.serve.message import Request, Response
from kgtool.serve.refusal import malformed
from kgtool.serve.remote import RemoteApp, open_app
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot, open_snapshot

_BACKLOG = 1_024
Open = Callable[[], Project]


def loading(opened: Open, settings: ServeSettings, *, findings: bool) -> Load:
    """What a loader runs: read the project, check it, and make the handlers.

    Args:
        opened: opens the project, each time anew: a reload sees changed settings.
        findings: whether a project with errors is served too.
    Raises (when run):
        ProjectError: `E-SERVE-FINDINGS`: the project has errors. Whatever opening and checking it raise.
    """

    def load() -> tuple[App, Mapping[str, Any]]:
        if settings.endpoint:
            return _elsewhere(opened(), settings)
        snapshot = _snapshot(opened(), settings)
        counts = _counts(snapshot.version, opened, settings)
        if counts["error"] and not findings:
            raise _has_errors(counts["error"])
        return App(snapshot, settings), {
            "triples": len(snapshot.stated), "inferred": len(snapshot.inferred), "findings": counts,
            "audience": settings.audience.value, "as_of": snapshot.today.isoformat(),
        }  # fmt: skip

    return load


def _elsewhere(project: Project, settings: ServeSettings) -> tuple[RemoteApp, Mapping[str, Any]]:
    """The App in front of an engine. What it holds was checked when it was pushed."""
    remote = remote_at(project.remotes, settings.endpoint)
    app = open_app(project, remote, settings, datetime.datetime.now(datetime.UTC), os.environ)
    manifest = app.snapshot.data.manifest
    return app, {
        "endpoint": remote.name or remote_place(remote.url), "profile": remote.profile.value,
        **({"triples": sum(held.triples for held in manifest.graphs.values())} if manifest else {}),
        "audience": settings.audience.value, "as_of": app.snapshot.today.isoformat(),
    }  # fmt: skip


def _snapshot(project: Project, settings: ServeSettings) -> Snapshot:
    now = datetime.datetime.now(datetime.UTC)
    return open_snapshot(project, now, audience=settings.audience, reasons=settings.inferred)


def _counts(version: str, opened: Open, settings: ServeSettings) -> dict[str, int]:
    """Findings by severity, counted in a child of this process, so that what the check needs is not kept.

    Raises:
        ProjectError: the check could not be run, or the files are not those that were read any more.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            os.close(reading)
            os.write(writing, _checked(version, opened, settings).encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        said = stream.read().decode()
    os.waitpid(pid, 0)
    if not said or said.startswith("E-"):
        raise ProjectError(
            "E-SERVE-CHECK",
            texts(zh=f"無法檢查專案({said or '檢查程序意外結束'})。", en=f"the project cannot be checked ({said or 'the check died'})."),
            texts(zh="請以 `kgtool check` 檢查。", en="Run `kgtool check`."),
        )  # fmt: skip
    return {name: int(count) for name, _, count in (part.partition("=") for part in said.split())}


def _checked(version: str, opened: Open, settings: ServeSettings) -> str:
    """`error=0 warning=2 …`, or an error's code and words."""
    try:
        project = opened()
        report = check(project, datetime.datetime.now(datetime.UTC))
        if _snapshot(project, settings).version != version:
            return "E-SERVE-CHECK: the files changed meanwhile"
    except KgError as error:
        return str(error)
    except Exception as error:
        return f"E-INTERNAL: {type(error).__name__}: {error}"
    return " ".join(f"{severity.name.lower()}={report.count(severity)}" for severity in Severity)


def _has_errors(count: int) -> ProjectError:
    return ProjectError(
        "E-SERVE-FINDINGS",
        texts(zh=f"專案有 {count} 項錯誤,不予服務。", en=f"the project has {count} {plural(count, 'error')} and is not served."),
        texts(zh="請以 `kgtool check` 檢視並更正;或加 --allow-findings。",
              en="`kgtool check` shows them; correct them, or add --allow-findings."),
    )  # fmt: skip


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes any that is free.

    Raises:
        UsageError: `E-SERVE-PORT`: the address is taken, or is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(_BACKLOG)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = (
            why(error) if isinstance(error, OSError) else texts(zh="埠號須為 0 至 65535", en="a port is 0 to 65535")
        )
        raise UsageError(
            "E-SERVE-PORT",
            texts(zh=f"無法使用 {host}:{port}({reason['zh-Hant']})。",
                  en=f"{host}:{port} cannot be used ({reason['en']})."),
            texts(zh="請換埠號;--port 0 取任一可用者。", en="Choose another port; --port 0 takes any that is free."),
        ) from error  # fmt: skip
    return listener


def answer(opened: Open, settings: ServeSettings, target: str, accept: str) -> Response:
    """The response to one GET without a server, in this process.

    Args:
        target: path and query as in a request, percent-encoded.
    """
    if not target.startswith("/") or not target.isascii() or not target.isprintable() or " " in target:
        raise malformed("路徑須以 / 起首並以百分號編碼", "the path begins with / and is percent-encoded")
    path, _, query = target.partition("?")
    request = Request("GET", path, query, {"accept": accept} if accept else {})
    if not settings.endpoint:
        return App(_snapshot(opened(), settings), settings)(request)
    app, _ = _elsewhere(opened(), settings)
    try:
        return app(request)
    finally:
        app.close()
