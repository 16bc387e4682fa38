"""A request and a response as values: what the core of the server takes and gives, whatever server is around it.

Nobody changes one; they are not `frozen` only because that makes each take three times as long to make.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field


class Request(Struct):
    """One HTTP request, read whole.

    Attributes:
        method: the token as it was sent, e.g. `GET`.
        target: path of the request target as it was sent, percent-encoded, without the query (RFC 9110 §7.1).
        query: what stands behind `?`, percent-encoded; "" for none.
        headers: name in lower case to value; values of a repeated name joined by ", ".
        body: of bounded length; the server refuses longer ones.
        client: whom fairness is measured for: an address, or what a trusted proxy says.
    """

    method: str
    target: str
    query: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    client: str = ""


class Response(Struct):
    """One HTTP response.

    Attributes:
        headers: names and values in order; Content-Length, Date and Connection are the server's to add.
        body: the representation; for HEAD the server sends its length only.
    """

    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
