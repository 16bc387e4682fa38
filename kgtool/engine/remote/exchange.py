"""One HTTP exchange: a request out, a bounded answer back before the deadline, or an error with a code.

No proxy, no cookies, no compression (a small body could unfold without end), no cache. Redirects are followed on the same
host only, with the same method and body. Sources: RFC 9110 §15.4, RFC 7616 (digest), RFC 7617 (basic).
"""

from __future__ import annotations

import base64
import http.client
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urljoin, urlsplit

from msgspec import Struct
from msgspec.structs import replace

from kgtool.engine.remote import failure
from kgtool.engine.remote.credentials import Credentials
from kgtool.engine.remote.deadline import Deadline, TimedSocket, TooMuchError, connect
from kgtool.errors import RemoteError

_MOST_REDIRECTS = 5
_HEAD = 256 * 1024  # bytes that a status line and headers may have beside the body
_STEP = 1 << 16
_SMALL = 1 << 16  # bytes of a body that is sent twice without a thought
_MOVED = frozenset({301, 302, 307, 308})
_PORTS = {"http": 80, "https": 443}


class Call(Struct, frozen=True):
    """A request.

    Attributes:
        most: bytes that the answer's body may have.
        credentials: sent as RFC 7617 says at once, as RFC 7616 says when the server asks for that; None for nobody.
        digest: wait for the server's challenge instead of sending the password itself.
    """

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes | None
    most: int
    credentials: Credentials | None = None
    digest: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer, read whole.

    Attributes:
        url: where it came from, behind redirects.
        headers: names in lower case.
        framed: its end was told by a length or by chunks; else by the end of the connection, where a cut shows nothing.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    framed: bool = True

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def exchange(call: Call, deadline: Deadline) -> Reply:
    """The server's last word, whatever its status.

    Raises:
        RemoteError: no whole answer within bounds; the code says why.
    """
    seen = {call.url}
    authorization = _basic(call.credentials) if call.credentials and not call.digest else ""
    if call.digest and call.credentials and call.body and len(call.body) > _SMALL:
        # A server may hang up on a long body that it has not been introduced to, and its challenge would be lost.
        probe = _guarded(replace(call, method="GET", body=None, headers={}), "", deadline)
        challenge = probe.headers.get("www-authenticate", "")
        authorization = _digest(call, challenge) if challenge.lower().startswith("digest ") else ""
    while True:
        reply = _guarded(call, authorization, deadline)
        challenge = reply.headers.get("www-authenticate", "")
        if reply.status == 401 and call.credentials and not authorization and challenge.lower().startswith("digest "):
            authorization = _digest(call, challenge)
        elif reply.status == 401 and call.credentials and not authorization and challenge.lower().startswith("basic"):
            authorization = _basic(call.credentials)
        elif reply.status in _MOVED and "location" in reply.headers:
            target = _followed(call.url, reply.headers["location"])
            if target in seen or len(seen) > _MOST_REDIRECTS:
                raise failure.elsewhere(call.url, target)
            seen.add(target)
            call = replace(call, url=target)
            authorization = "" if authorization.startswith("Digest") else authorization
        else:
            return reply


def _followed(url: str, location: str) -> str:
    """Where a redirect leads.

    Raises:
        RemoteError: to another host or port, out of TLS, or nowhere.
    """
    try:
        target = urljoin(url, location).partition("#")[0]
        old, new = urlsplit(url), urlsplit(target)
        same = old.scheme == new.scheme and _origin(old) == _origin(new)
        upgraded = (old.scheme, new.scheme) == ("http", "https") and old.hostname == new.hostname
        upgraded = upgraded and (_origin(old)[1], _origin(new)[1]) == (80, 443)
        if (same or upgraded) and new.username is None and target.isascii() and target.isprintable():
            return target
    except ValueError:
        target = "?"
    raise failure.elsewhere(url, target)


def _origin(parts: SplitResult) -> tuple[str | None, int | None]:
    return parts.hostname, parts.port or _PORTS.get(parts.scheme)


def _guarded(call: Call, authorization: str, deadline: Deadline) -> Reply:
    """One request, and everything that the libraries may raise as an error with a code."""
    url = call.url
    try:
        return _once(call, authorization, deadline)
    except TimeoutError as error:
        raise failure.late(url, deadline.seconds) from error
    except TooMuchError as error:
        mb = f"{call.most / (1 << 20):g}"
        raise failure.too_large(url, f" {mb} MB", f"{mb} MB") from error
    except http.client.IncompleteRead as error:
        raise _truncated(url) from error
    except (http.client.HTTPException, ValueError) as error:
        said = f"{type(error).__name__} {error}"
        raise failure.unreadable(url, f"不是正確的 HTTP({failure.words(said)})",
                                 f"it is not HTTP as it should be ({failure.words(said)})") from error  # fmt: skip
    except OSError as error:
        raise failure.unreachable(url, error.strerror or str(error) or type(error).__name__) from error


def _truncated(url: str) -> RemoteError:
    return failure.unreadable(url, "連線中斷,內容不完整", "it ends in the middle")


def _once(call: Call, authorization: str, deadline: Deadline) -> Reply:
    parts = urlsplit(call.url)
    host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
    sock = connect(host, port, parts.scheme == "https", deadline)
    try:
        connection = http.client.HTTPConnection(host, port)
        connection.sock = TimedSocket(sock, deadline, call.most + _HEAD)
        headers = {**call.headers, "Accept-Encoding": "identity", "Connection": "close"}
        headers |= {"Host": parts.netloc}
        headers |= {"Authorization": authorization} if authorization else {}
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request(call.method, target, body=call.body, headers=headers)
        return _read(call, connection.getresponse())
    finally:
        sock.close()


def _read(call: Call, response: http.client.HTTPResponse) -> Reply:
    headers = {name.lower(): value for name, value in response.getheaders()}
    encoding = headers.get("content-encoding", "identity").lower()
    if encoding not in {"", "identity"}:
        raise failure.unreadable(call.url, f"經壓縮({failure.words(encoding)}),而未請求壓縮",
                                 f"it is compressed ({failure.words(encoding)}), which was not asked for")  # fmt: skip
    framed = response.length is not None or bool(response.chunked)
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read(_STEP):
        chunks.append(chunk)
        size += len(chunk)
        if size > call.most:
            raise TooMuchError
    if response.length:  # http.client passes over a body that is shorter than its length
        raise _truncated(call.url)
    return Reply(call.url, response.status, headers, b"".join(chunks), framed)


def _basic(credentials: Credentials) -> str:
    pair = f"{credentials.user}:{credentials.password}".encode()
    return "Basic " + base64.b64encode(pair).decode("ascii")


def _digest(call: Call, challenge: str) -> str:
    """The answer to a challenge.

    Raises:
        RemoteError: an algorithm or quality that is not known.
    """
    listed = urllib.request.parse_http_list(challenge.split(" ", 1)[1])
    asked = urllib.request.parse_keqv_list([item for item in listed if "=" in item])
    if call.credentials is None:
        return ""
    manager = urllib.request.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, call.url, call.credentials.user, call.credentials.password)
    handler = urllib.request.HTTPDigestAuthHandler(manager)
    asked["qop"] = "auth" if "auth" in re.split(r"[ ,]+", asked.get("qop", "")) else ""
    request = urllib.request.Request(call.url, data=call.body, method=call.method)  # noqa: S310 - http and https only
    try:
        made = handler.get_authorization(request, {name: value for name, value in asked.items() if value})
    except (ValueError, KeyError, urllib.error.URLError) as error:
        raise failure.refused(call.url, 401, str(error)) from error
    if made is None:
        raise failure.refused(call.url, 401, "")
    return f"Digest {made}"
