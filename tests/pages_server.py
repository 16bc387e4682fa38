"""Pages behind a plain HTTP server on loopback: what a browser test needs of a server, and no more."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from kgtool.pages import Page, Pages


@contextlib.contextmanager
def served(pages: Pages) -> Iterator[str]:
    """The address of a server on a free port while the block runs."""
    lock = threading.Lock()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # the name that http.server calls
            path, _, query = self.path.partition("?")
            asset = pages.assets.files.get(path.removeprefix("/static/"))
            if path.startswith("/static/") and asset:
                found: Page | None = Page(
                    200,
                    asset.body,
                    (("Content-Type", asset.media_type), ("Cache-Control", "max-age=31536000, immutable")),
                )
            else:
                with lock:
                    found = pages.answer(path, query, self.headers.get("Accept-Language", ""))
            answer = found or Page(404, b"not a page", (("Content-Type", "text/plain"),))
            self.send_response(answer.status)
            for name, value in answer.headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Silence."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
