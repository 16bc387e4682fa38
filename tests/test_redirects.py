"""The redirect and proxy rules of docs/linked-data.md: each IRI reaches the path that answers it.

The rules are read from the document. A small interpreter applies them to every IRI of the real data; where Apache, nginx
or Caddy is installed, the same text runs in it on a free port.
"""

from __future__ import annotations

import contextlib
import datetime
import functools
import http.client
import http.server
import re
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, urlsplit

import pyoxigraph as ox
import pytest
from conftest import ROOT, needs
from plain_app import plain_app

from kgtool.serve import Request
from kgtool.serve.app import App

DOCUMENT = ROOT / "docs" / "linked-data.md"
ADDRESS = "https://kg.example.org"
W3ID = "https://w3id.org/"
FOLDER = "city-diplomacy/"
NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
# As they were sent: nothing may be decoded, added or lost on the way.
PATHS = [
    "/id/government/busan", "/data/event/a.ttl?layer=all", "/id/b/%E9%AB%98%E9%9B%84", "/data/b/a%20b", "/data/b/a%2Fb", "/id/b/x%25y",
    "/api/claims?a=1&b=%26", "/graph/data/city/a.ttl?format=nq", "/data/passage/report/99-152.nt",
]  # fmt: skip


def rules(language: str) -> str:
    """The one block of the document in that language."""
    found = re.findall(rf"```{language}\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1
    return str(found[0])


@functools.cache
def app() -> App:
    return plain_app(ROOT, now=NOW, address=ADDRESS)


def iris() -> list[str]:
    """Every IRI of the real data and model that lies at w3id.org."""
    snapshot = app().snapshot
    named = {q.subject.value for q in (*snapshot.stated, *snapshot.shapes) if isinstance(q.subject, ox.NamedNode)}
    return sorted(iri for iri in named if iri.startswith(W3ID))


def rewritten(path: str) -> tuple[int, str] | None:
    """What the RewriteRules do with a path of w3id.org: status and place. The subset: RewriteRule, $N, flags R and L.

    Source: Apache mod_rewrite; in a folder's file the pattern sees the path behind the folder, decoded.
    """
    for line in rules("apache").splitlines():
        parts = line.split()
        if parts[:1] != ["RewriteRule"]:
            assert not parts or parts[0] in {"#", "Options", "RewriteEngine"}, line
            continue
        _, pattern, target, flags = parts
        found = re.search(pattern, path.removeprefix(FOLDER))
        if found:
            assert set(flags.strip("[]").split(",")) == {"R=303", "L"}
            return 303, found.expand(re.sub(r"\$([0-9])", r"\\\1", target))
    return None


def test_every_iri_of_the_data_and_model_reaches_a_path_that_answers() -> None:
    listed = iris()
    assert len(listed) > 1000
    answers: dict[str, int] = {}  # all terms of a vocabulary lead to one document
    for iri in listed:
        path = urlsplit(iri).path.removeprefix("/")
        led = rewritten(path)
        assert led is not None, iri
        status, place = led
        assert (status, place.startswith(ADDRESS + "/")) == (303, True)
        if place not in answers:
            request = Request("GET", place.removeprefix(ADDRESS), "", {"accept": "text/turtle"})
            answers[place] = app()(request).status
        assert answers[place] in {200, 303}, iri


@pytest.mark.parametrize(
    "path", ["", "kaohsiung/", "kaohsiung/id/", "nowhere/id/x", "nsx", "ns/other", "kaohsiung/data/x"]
)
def test_a_path_that_is_no_iri_is_led_nowhere(path: str) -> None:
    assert rewritten(FOLDER + path) is None


def test_the_interpreter_refuses_what_it_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("test_redirects.rules", lambda _: "RewriteCond %{HTTP_ACCEPT} turtle\n")
    with pytest.raises(AssertionError, match="RewriteCond"):
        rewritten("city-diplomacy/ns")


# --- the real programs


def program(name: str, package: str) -> str:
    found = shutil.which(name) or shutil.which(f"/usr/sbin/{name}")
    if not found:
        needs(name, f"apt-get install {package}")
    return str(found)


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


@contextlib.contextmanager
def running(command: list[str], port: int, folder: Path) -> Iterator[None]:
    """A program in the foreground that listens on a port, ended by its pid."""
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env={"HOME": str(folder), "PATH": "/usr/sbin:/usr/bin:/bin"}
        )
    try:
        end = time.monotonic() + 30
        while True:
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            assert process.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < end, (folder / "log").read_text()
            time.sleep(0.05)
        yield
    finally:
        process.terminate()
        process.wait(20)


def ask(port: int, path: str, host: str = "kg.example.org") -> tuple[int, dict[str, str], str]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    with contextlib.closing(connection):
        connection.request("GET", path, headers={"Host": host, "Accept": "text/turtle"})
        answer = connection.getresponse()
        body = answer.read().decode("utf-8", "replace")
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body


class _Echo(http.server.BaseHTTPRequestHandler):
    """Answers with what it was asked: target and X-Forwarded-For."""

    def do_GET(self) -> None:
        body = f"{self.path}\n{self.headers.get('X-Forwarded-For', '')}".encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield int(server.server_address[1])
    server.shutdown()
    server.server_close()
    thread.join(10)


def test_apache_leads_as_the_interpreter_says(tmp_path: Path) -> None:
    apache, port = program("apache2", "apache2-bin"), free_port()
    top = tmp_path / "www" / FOLDER
    top.mkdir(parents=True)
    (top / ".htaccess").write_text(rules("apache"), encoding="utf-8")
    modules = "\n".join(
        f"LoadModule {name}_module /usr/lib/apache2/modules/mod_{name}.so"
        for name in ("mpm_event", "authz_core", "rewrite", "negotiation")
    )
    (tmp_path / "apache.conf").write_text(
        f"{modules}\nServerRoot {tmp_path}\nServerName w3id.org\nListen 127.0.0.1:{port}\nPidFile {tmp_path}/pid\n"
        f"ErrorLog {tmp_path}/log\nDocumentRoot {tmp_path}/www\nDefaultRuntimeDir {tmp_path}\n"
        f"<Directory {tmp_path}/www>\nAllowOverride All\nOptions FollowSymLinks\nRequire all granted\n</Directory>\n",
        encoding="utf-8",
    )
    with running([apache, "-X", "-f", str(tmp_path / "apache.conf")], port, tmp_path):
        for iri in iris()[::60]:
            path = urlsplit(iri).path
            status, fields, _ = ask(port, path, "w3id.org")
            assert (status, fields["location"]) == rewritten(path.removeprefix("/")), iri
        encoded = f"/{FOLDER}kaohsiung/id/b/{quote('高雄')}"
        assert ask(port, encoded, "w3id.org")[1]["location"].upper() == f"{ADDRESS}/id/b/{quote('高雄')}".upper()
        assert ask(port, f"/{FOLDER}nowhere", "w3id.org")[0] == 404


def test_nginx_hands_every_path_on_as_it_was_sent(tmp_path: Path, upstream: int) -> None:
    nginx, port = program("nginx", "nginx-light"), free_port()
    server = rules("nginx").replace("listen 443 ssl", f"listen 127.0.0.1:{port}").replace(":8008", f":{upstream}")
    paths = "".join(
        f"{kind}_temp_path {tmp_path}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (tmp_path / "nginx.conf").write_text(
        f"daemon off;\nmaster_process off;\npid {tmp_path}/pid;\nerror_log {tmp_path}/log;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{paths}\n{server}}}\n",
        encoding="utf-8",
    )
    with running(
        [nginx, "-e", str(tmp_path / "log"), "-p", str(tmp_path), "-c", str(tmp_path / "nginx.conf")], port, tmp_path
    ):
        for path in PATHS:
            status, _, body = ask(port, path)
            assert (status, body) == (200, f"{path}\n127.0.0.1")


def test_caddy_hands_every_path_on_as_it_was_sent(tmp_path: Path, upstream: int) -> None:
    caddy, port = program("caddy", "caddy"), free_port()
    site = (
        rules("caddyfile")
        .replace("kg.example.org {", f"http://kg.example.org:{port} {{\nbind 127.0.0.1")
        .replace(":8008", f":{upstream}")
    )
    (tmp_path / "Caddyfile").write_text("{\nadmin off\nauto_https off\n}\n" + site, encoding="utf-8")
    command = [caddy, "run", "--config", str(tmp_path / "Caddyfile"), "--adapter", "caddyfile"]
    with running(command, port, tmp_path):
        for path in PATHS:
            status, _, body = ask(port, path)
            assert (status, body) == (200, f"{path}\n127.0.0.1")
