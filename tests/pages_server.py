"""The server's core behind a plain HTTP server on loopback, and the browser that looks at it, without workers."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from kgtool.serve import Request, Response

App = Callable[[Request], Response]
CHROMIUM = Path("/usr/bin/chromium")
# No sandbox, for tests run as root in a container; nothing that would ask the network for anything.
_FLAGS = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update",
          "--disable-sync")  # fmt: skip


def launched(started: Any) -> Any:
    """Debian's chromium, started by Playwright."""
    return started.chromium.launch(executable_path=str(CHROMIUM), args=list(_FLAGS))


@contextlib.contextmanager
def served(make: Callable[[str], App]) -> Iterator[str]:
    """The address of a server on a free port while the block runs; `make` is given the address."""
    lock = threading.Lock()
    apps: list[App] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the name that http.server calls
            path, _, query = self.path.partition("?")
            fields = {name.lower(): value for name, value in self.headers.items()}
            with lock:
                answer = apps[0](Request("GET", path, query, fields))
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    address = f"http://127.0.0.1:{server.server_address[1]}"
    apps.append(make(address))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield address
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
