"""The server's core as a WSGI application, so that tools that speak WSGI can test it without a socket."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from kgtool.serve import Request
from kgtool.serve.app import App

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def wsgi(app: App) -> Application:
    """An application around the core. Source: PEP 3333."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=-._~")
        headers = {
            name.removeprefix("HTTP_").replace("_", "-").lower(): value
            for name, value in environ.items()
            if name.startswith("HTTP_")
        }
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        response = app(Request(environ["REQUEST_METHOD"], path, environ.get("QUERY_STRING", ""), headers, body))
        start_response(f"{response.status} {HTTPStatus(response.status).phrase}", list(response.headers))
        return [] if environ["REQUEST_METHOD"] == "HEAD" else [response.body]

    return application
