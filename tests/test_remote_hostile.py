"""An endpoint that does everything wrong: one clear line, exit status 3, within the deadline, in both languages."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import MappingProxyType

import pytest
from conftest import Ran

from kgtool.engine import Limits, Solutions
from kgtool.engine.remote import Credentials, RemoteStore
from kgtool.errors import RemoteError
from kgtool.project import Profile, Remote, Scope

Make = Callable[..., Path]
Tool = Callable[..., Ran]
Talk = Callable[[socket.socket, bytes], None]
DEADLINE = 0.6  # seconds; what a hostile endpoint may take
SLACK = 4.0  # the machine is busy
JSON = b"application/sparql-results+json"
ROW = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"uri","value":"http://e/a"}}]}}'


class Endpoint:
    """Listens on loopback; each connection is one request, answered by `talk(socket, request)`."""

    def __init__(self, talk: Talk) -> None:
        self.requests: list[bytes] = []
        self._talk = talk
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self.url = f"http://127.0.0.1:{self.port}/sparql"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                sock, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._one, args=(sock,), daemon=True).start()

    def _one(self, sock: socket.socket) -> None:
        with contextlib.suppress(OSError), sock:
            sock.settimeout(20)
            request = _read(sock)
            self.requests.append(request)
            self._talk(sock, request)

    def close(self) -> None:
        self._listener.close()


def _read(sock: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        part = sock.recv(65536)
        if not part:
            return data
        data += part
        if not data.startswith(b"POST"):  # a greeting in TLS
            return data
    head, _, body = data.partition(b"\r\n\r\n")
    found = re.search(rb"(?i)content-length: (\d+)", head)
    while found and len(body) < int(found[1]):
        body += sock.recv(65536)
    return head + b"\r\n\r\n" + body


def http(body: bytes, *headers: bytes, status: bytes = b"200 OK", media: bytes = JSON) -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + media, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body


def says(data: bytes) -> Talk:
    return lambda sock, _: sock.sendall(data)


def drip(sock: socket.socket, _: bytes) -> None:
    """A byte every 50 ms: no single operation is ever late."""
    for at in range(1_000):
        sock.sendall(http(ROW + b" " * 2_000)[at : at + 1])
        time.sleep(0.05)


def drip_body(sock: socket.socket, _: bytes) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON + b"\r\nTransfer-Encoding: chunked\r\n\r\n")
    for _ in range(1_000):
        sock.sendall(b"1\r\n \r\n")
        time.sleep(0.05)


def endless(sock: socket.socket, _: bytes) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON + b"\r\n\r\n")
    while True:
        sock.sendall(b" " * 65536)


def endless_hello(sock: socket.socket, _: bytes) -> None:
    while True:
        sock.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" * 5_000)


def endless_headers(sock: socket.socket, _: bytes) -> None:
    sock.sendall(b"HTTP/1.1 200 OK\r\n")
    while True:
        sock.sendall(b"X-More: " + b"y" * 1_000 + b"\r\n")


def silent(sock: socket.socket, _: bytes) -> None:
    with contextlib.suppress(OSError):
        sock.recv(1)


def reset(sock: socket.socket, _: bytes) -> None:
    sock.sendall(http(ROW)[:-20])
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")


def circle(sock: socket.socket, request: bytes) -> None:
    to = b"/b" if b"POST /sparql" in request else b"/sparql"
    sock.sendall(http(b"", b"Location: " + to, status=b"307 Temporary Redirect"))


def chain(sock: socket.socket, request: bytes) -> None:
    number = int((re.search(rb"POST /(\d+)", request) or [b"", b"0"])[1])
    sock.sendall(http(b"", b"Location: /%d" % (number + 1), status=b"308 Permanent Redirect"))


def deep() -> bytes:
    return b'{"head":' + b"[" * 100_000 + b"}"


def cell(**term: str) -> bytes:
    return json.dumps({"head": {"vars": ["x"]}, "results": {"bindings": [{"x": term}]}}).encode()


# What it does, how it does it, the code that says so, and words of the message.
HOSTILE: MappingProxyType[str, tuple[Talk, str, str]] = MappingProxyType({
    "a slow drip": (drip, "E-REMOTE-TIMEOUT", "within 0.6 s"),
    "a slow body": (drip_body, "E-REMOTE-TIMEOUT", "within 0.6 s"),
    "no word at all": (silent, "E-REMOTE-TIMEOUT", "within 0.6 s"),
    "a body without end": (endless, "E-REMOTE-LARGE", "1 MB"),
    "promises without end": (endless_hello, "E-REMOTE-LARGE", "1 MB"),
    "headers without end": (endless_headers, "E-REMOTE-ANSWER", "100 headers"),
    "a huge header": (says(http(ROW, b"X-Huge: " + b"y" * 70_000)), "E-REMOTE-ANSWER", "LineTooLong"),
    "truncated JSON": (says(http(ROW[:-9])), "E-REMOTE-ANSWER", "JSON"),
    "less than its length": (says(http(ROW + b" " * 99)[:-50]), "E-REMOTE-ANSWER", "ends in the middle"),
    "half a chunk": (says(b"HTTP/1.1 200 OK\r\nContent-Type: " + JSON + b"\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{"),
                     "E-REMOTE-ANSWER", "ends in the middle"),
    "a wrong media type": (says(http(b"<html><h1>Login</h1></html>", media=b"text/html")), "E-REMOTE-ANSWER", "text/html, not SPARQL JSON: Login"),
    "an error text with 200": (says(http(b"Virtuoso 42000 Error", media=b"text/plain")), "E-REMOTE-ANSWER", "Virtuoso 42000 Error"),
    "an error text as JSON": (says(http(b'{"error": "no"}')), "E-REMOTE-ANSWER", "no SPARQL results"),
    "JSON of another kind": (says(http(b"[1]")), "E-REMOTE-ANSWER", "no SPARQL results"),
    "deep JSON": (says(http(deep())), "E-REMOTE-ANSWER", "JSON"),
    "a number of many digits": (says(http(b"1" * 10_000)), "E-REMOTE-ANSWER", "JSON"),
    "a relative IRI": (says(http(cell(type="uri", value="a"))), "E-REMOTE-ANSWER", "no SPARQL results"),
    "a term of no kind": (says(http(cell(type="star", value="a"))), "E-REMOTE-ANSWER", "a term of type star"),
    "a bad language": (says(http(cell(type="literal", value="a", **{"xml:lang": "no tag"}))), "E-REMOTE-ANSWER", "no SPARQL results"),
    "a boolean for rows": (says(http(b'{"head":{},"boolean":true}')), "E-REMOTE-ANSWER", "boolean"),
    "no HTTP": (says(b"SSH-2.0-OpenSSH_9.2\r\n"), "E-REMOTE-ANSWER", "BadStatusLine"),
    "a gzip bomb": (says(http(gzip.compress(b" " * (1 << 24)), b"Content-Encoding: gzip")), "E-REMOTE-ANSWER", "compressed (gzip)"),
    "a redirect in a circle": (circle, "E-REMOTE-REDIRECT", "is not followed"),
    "redirects without end": (chain, "E-REMOTE-REDIRECT", "is not followed"),
    "a redirect to another host": (says(http(b"", b"Location: http://203.0.113.7/steal?key=s3cret", status=b"302 Found")),
                                   "E-REMOTE-REDIRECT", "http://203.0.113.7/steal,"),
    "a redirect to a file": (says(http(b"", b"Location: file:///etc/passwd", status=b"302 Found")), "E-REMOTE-REDIRECT", "not followed"),
    "a connection that is reset": (reset, "E-REMOTE-CONNECT", "onnection"),
    "a closed connection": (says(b""), "E-REMOTE-ANSWER", "RemoteDisconnected"),
    "500": (says(http(b"\x1b[31mout of memory\n at x.c", status=b"500 Oh", media=b"text/plain")), "E-REMOTE-STATUS", "500: [31mout of memory at x.c"),
    "503": (says(http(b"", status=b"503 Busy")), "E-REMOTE-STATUS", "503"),
    "404": (says(http(b"<p>no such page", status=b"404 Not Found", media=b"text/html")), "E-REMOTE-STATUS", "404: no such page"),
    "204": (says(b"HTTP/1.1 204 No Content\r\n\r\n"), "E-REMOTE-STATUS", "204"),
    "401": (says(http(b"", status=b"401 Unauthorized")), "E-REMOTE-AUTH", "access denied (401)"),
    "403": (says(http(b"", status=b"403 Forbidden")), "E-REMOTE-AUTH", "access denied (403)"),
    "a query that it does not know": (says(http(b"Virtuoso 37000 Error", status=b"400 Bad Request", media=b"text/plain")),
                                      "E-REMOTE-QUERY", "does not take this query: Virtuoso 37000"),
    "a part of the rows": (says(http(ROW, b"X-SPARQL-MaxRows: 1")), "E-REMOTE-CUT", "1 row at most"),
    "a part for want of time": (says(http(ROW, b"X-SQL-State: S1TAT", b"X-SQL-Message: RC...: incomplete")), "E-REMOTE-CUT", "S1TAT RC...: incomplete"),
})  # fmt: skip
QUERY = b"SELECT ?x WHERE { ?x a ?y }"


@pytest.fixture
def endpoint() -> Iterator[Callable[[Talk], Endpoint]]:
    started: list[Endpoint] = []

    def start(talk: Talk) -> Endpoint:
        started.append(Endpoint(talk))
        return started[-1]

    yield start
    for one in started:
        one.close()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answers of 1 MB at most, so that what has no end is soon too large."""
    from kgtool.engine.remote import opening

    monkeypatch.setattr(opening.open_remote, "__defaults__", (Limits(answer=1 << 20),))


@pytest.mark.parametrize("what", HOSTILE)
@pytest.mark.parametrize("language", ["en", "zh-Hant"])
@pytest.mark.usefixtures("small")
def test_a_hostile_endpoint_ends_in_one_line_and_status_3(
    what: str, language: str, endpoint: Callable[[Talk], Endpoint], make_project: Make, kgtool: Tool
) -> None:
    talk, code, words = HOSTILE[what]
    there = endpoint(talk)
    # What is not about time gets time enough on a busy machine.
    deadline = DEADLINE if code == "E-REMOTE-TIMEOUT" else 20 * DEADLINE
    settings = f'[remotes.bad]\nurl = "{there.url}"\ntimeout = {deadline}\ndefault-graph = "engine"\n'
    folder = make_project({}, settings)
    began = time.monotonic()
    ran = kgtool("query", "--project", folder, "--endpoint", "bad", "--file", "-", "--lang", language, stdin=QUERY)
    took = time.monotonic() - began
    assert (ran.status, ran.out) == (3, "")
    assert ran.err.startswith(f"kgtool: {code}: http://127.0.0.1:{there.port}/"), ran.err
    assert ran.err.count("\n") == 1
    assert ran.err.isprintable() or ran.err[:-1].isprintable()
    assert "Traceback" not in ran.err
    assert "s3cret" not in ran.err
    assert took < deadline + SLACK
    if language == "en":
        assert words in ran.err
    else:
        assert re.search("[一-龥]", ran.err)


def test_nobody_listens(make_project: Make, kgtool: Tool) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = make_project({})
    ran = kgtool(
        "query",
        "--project",
        folder,
        "--endpoint",
        f"http://127.0.0.1:{port}/",
        "--file",
        "-",
        "--lang",
        "en",
        stdin=QUERY,
    )
    assert ran.status == 3
    assert ran.err == (
        f"kgtool: E-REMOTE-CONNECT: http://127.0.0.1:{port}/: no connection (Connection refused). "
        "Check the address and that the engine runs.\n"
    )


def test_a_name_that_is_looked_up_for_ever_is_left_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(20))
    began = time.monotonic()
    with pytest.raises(RemoteError) as caught:
        RemoteStore(Remote("", "http://engine.invalid/sparql", timeout=0.3)).query("ASK {}", {})
    assert caught.value.code == "E-REMOTE-TIMEOUT"
    assert time.monotonic() - began < 0.3 + SLACK


def test_a_name_that_is_none_is_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object, **__: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", none)
    with pytest.raises(RemoteError, match="Name or service not known") as caught:
        RemoteStore(Remote("", "http://engine.invalid/sparql")).query("ASK {}", {})
    assert caught.value.code == "E-REMOTE-CONNECT"


def test_tls_without_trust_is_no_connection(endpoint: Callable[[Talk], Endpoint]) -> None:
    there = endpoint(says(b"hello"))
    with pytest.raises(RemoteError) as caught:
        RemoteStore(Remote("", there.url.replace("http:", "https:"), timeout=DEADLINE)).query("ASK {}", {})
    assert caught.value.code == "E-REMOTE-CONNECT"


def test_a_redirect_on_the_same_host_is_followed_with_the_same_form(endpoint: Callable[[Talk], Endpoint]) -> None:
    def talk(sock: socket.socket, request: bytes) -> None:
        moved = b"POST /sparql" in request
        sock.sendall(http(b"", b"Location: /new?x=1", status=b"301 Moved") if moved else http(ROW))

    there = endpoint(talk)
    answer = RemoteStore(Remote("", there.url)).query("SELECT ?x WHERE { ?x a ?y }", {})
    assert isinstance(answer, Solutions)
    assert len(answer.rows) == 1
    first, second = there.requests
    assert b"POST /new?x=1 HTTP/1.1" in second
    assert first.partition(b"\r\n\r\n")[2] == second.partition(b"\r\n\r\n")[2]


def test_what_is_sent_is_a_form_that_asks_for_json_uncompressed(endpoint: Callable[[Talk], Endpoint]) -> None:
    there = endpoint(says(http(ROW)))
    remote = Remote("", there.url, profile=Profile.OXIGRAPH, scope=Scope.UNION)
    RemoteStore(remote).query("SELECT ?x WHERE { ?x a ex:C } LIMIT 5", {"ex": "http://e/", "other": "http://o/"})
    head, _, body = there.requests[0].partition(b"\r\n\r\n")
    assert head.startswith(b"POST /sparql HTTP/1.1\r\n")
    assert (
        b"Content-Type: application/x-www-form-urlencoded" in head
        or b"Content-type: application/x-www-form-urlencoded" in head
    )
    assert b"Accept-Encoding: identity" in head
    assert b"application/sparql-results+json" in head
    assert b"User-agent: kgtool/" in head or b"User-Agent: kgtool/" in head
    assert b"Authorization" not in head
    assert body == (
        b"union-default-graph=&query=PREFIX+ex%3A+%3Chttp%3A//e/%3E+SELECT+%3Fx+WHERE+%7B+%3Fx+a+ex%3AC+%7D+LIMIT+5"
    )


def test_basic_is_sent_at_once_and_not_to_another_host(endpoint: Callable[[Talk], Endpoint]) -> None:
    there = endpoint(says(http(ROW)))
    RemoteStore(Remote("", there.url), Credentials("ann", "pä:ss")).query("SELECT ?x WHERE { ?x a ?y }", {})
    assert b"Authorization: Basic YW5uOnDDpDpzcw==" in there.requests[0]


def test_digest_never_sends_the_password(endpoint: Callable[[Talk], Endpoint]) -> None:
    def talk(sock: socket.socket, request: bytes) -> None:
        known = b"Authorization: Digest" in request
        asks = b'WWW-Authenticate: Digest realm="SPARQL", nonce="n1", qop="auth", opaque="o", algorithm="MD5"'
        sock.sendall(http(ROW) if known else http(b"", asks, status=b"401 Unauthorized"))

    there = endpoint(talk)
    remote = Remote("", there.url, profile=Profile.VIRTUOSO)
    RemoteStore(remote, Credentials("dba", "s3cret")).query("SELECT ?x WHERE { ?x a ?y }", {})
    assert len(there.requests) == 2
    assert b"Authorization" not in there.requests[0]
    assert b'username="dba"' in there.requests[1]
    assert not any(b"s3cret" in request for request in there.requests)


def test_credentials_come_from_the_environment_or_netrc(
    endpoint: Callable[[Talk], Endpoint], make_project: Make, kgtool: Tool, tmp_path: Path
) -> None:
    there = endpoint(says(http(ROW)))
    folder = make_project({}, f'[remotes.far-off]\nurl = "{there.url}"\ndefault-graph = "engine"\n')
    call = ("query", "--project", folder, "--endpoint", "far-off", "--file", "-", "--format", "csv")
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login bob password hidden\n", encoding="utf-8")
    netrc.chmod(0o600)
    assert (
        kgtool(
            *call, stdin=QUERY, env={"KGTOOL_REMOTE_FAR_OFF_USER": "ann", "KGTOOL_REMOTE_FAR_OFF_PASSWORD": "pw"}
        ).status
        == 0
    )
    assert kgtool(*call, stdin=QUERY, env={"NETRC": str(netrc)}).status == 0
    assert b"Basic YW5uOnB3" in there.requests[0]
    assert b"Basic Ym9iOmhpZGRlbg==" in there.requests[1]
    lacking = kgtool(
        *call,
        stdin=QUERY,
        env={"KGTOOL_REMOTE_FAR_OFF_USER": "ann"},
    )
    assert lacking.status == 2
    assert "E-REMOTE-CREDENTIALS" in lacking.err
    netrc.write_text("machine 127.0.0.1 login bob passwort geheim\n", encoding="utf-8")
    broken = kgtool(*call, stdin=QUERY, env={"NETRC": str(netrc)})
    assert broken.status == 2
    assert "E-REMOTE-CREDENTIALS" in broken.err
    assert "geheim" not in broken.err


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ("nowhere", "E-REMOTE-NONE"), ("ftp://127.0.0.1/", "E-REMOTE-URL"), ("http://ann:s3cret@127.0.0.1/", "E-REMOTE-URL"),
        ("http://127.0.0.1:99999/", "E-REMOTE-URL"), ("http://127.0.0.1/a b", "E-REMOTE-URL"), ("http:///x://", "E-REMOTE-URL"),
    ],
)  # fmt: skip
def test_an_endpoint_that_is_none_is_a_usage_error_and_no_password_is_repeated(
    given: str, code: str, make_project: Make, kgtool: Tool
) -> None:
    ran = kgtool("query", "--project", make_project({}), "--endpoint", given, "--file", "-", stdin=QUERY)
    assert ran.status == 2
    assert code in ran.err
    assert "s3cret" not in ran.err


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('url = "http://a:s3cret@h/"', "remotes.x.url"), ('urls = "http://h/"', "unknown key 'urls'"), ("timeout = 3", "needs url"),
        ('url = "http://h/"\ntimeout = 0', "remotes.x.timeout"), ('url = "http://h/"\npage-size = 1.5', "remotes.x.page-size"),
        ('url = "http://h/"\nprofile = "jena"', "remotes.x.profile"), ('url = "http://h/"\ndefault-graph = "all"', "remotes.x.default-graph"),
        ('url = "http://h/"\ngraph = "g 1"', "remotes.x.graph"), ('url = "http://h/"\nevaluate = "both"', "remotes.x.evaluate"),
        ('url = "http://h/"\ngraph-store = "nowhere"', "remotes.x.graph-store"), ('url = "http://h/"\ntimeout = true', "remotes.x.timeout"),
    ],
)  # fmt: skip
def test_a_wrong_remote_in_the_settings_is_named(table: str, said: str, make_project: Make, kgtool: Tool) -> None:
    ran = kgtool("config", "--project", make_project({}, f"[remotes.x]\n{table}\n"), "--lang", "en")
    assert ran.status == 2
    assert said in ran.err
    assert "s3cret" not in ran.err


def test_an_update_is_never_sent(endpoint: Callable[[Talk], Endpoint]) -> None:
    there = endpoint(says(http(ROW)))
    store = RemoteStore(Remote("", there.url))
    for text in (
        "DELETE WHERE { ?s ?p ?o }",
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "DESCRIBE <http://e/a>",
    ):
        with pytest.raises(Exception, match="E-QUERY-FORM"):
            store.query(text, {})
    assert there.requests == []


def test_a_query_that_does_not_parse_is_the_writer_s_fault(
    endpoint: Callable[[Talk], Endpoint], make_project: Make, kgtool: Tool
) -> None:
    there = endpoint(says(http(b"syntax error", status=b"400 Bad Request", media=b"text/plain")))
    ran = kgtool("query", "--project", make_project({}), "--endpoint", there.url, "--file", "-", "--lang", "en",
                 stdin=b"SELECT ?x WHERE {\n ?x a }")  # fmt: skip
    assert ran.status == 2
    assert "E-QUERY-SYNTAX: the query does not parse: 2:" in ran.err
