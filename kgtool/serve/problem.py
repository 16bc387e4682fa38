"""What went wrong, as a response: one shape of error for every route, RFC 9457 problem details or plain text by Accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from types import MappingProxyType
from typing import Any

from kgtool.errors import KgError, Texts
from kgtool.lang import pick
from kgtool.serve.accept import choose, language
from kgtool.serve.message import Request, Response

PROBLEM = "application/problem+json"
_FORMS = (PROBLEM, "application/json", "text/plain", "text/html")
# An error's code to its status; every other KgError says that the request was wrong.
STATUS: Mapping[str, int] = MappingProxyType({
    "E-QUERY-NONE": 404,
    "E-QUERY-BROKEN": 503,
    "E-QUERY-TIMEOUT": 503,
    "E-QUERY-MEMORY": 503,
    "E-QUERY-CRASH": 503,
    "E-INTERNAL": 500,
})  # fmt: skip


class RequestError(KgError):
    """A request that is refused; `status` and `headers` are those of the response, `extra` members of its body."""

    def __init__(
        self, status: int, code: str, message: Texts, hint: Texts | None = None, *,
        headers: tuple[tuple[str, str], ...] = (), extra: Mapping[str, Any] | None = None,
    ) -> None:  # fmt: skip
        super().__init__(code, message, hint)
        self.status = status
        self.headers = headers
        self.extra: Mapping[str, Any] = extra or {}


def of_error(request: Request, error: KgError) -> Response:
    """The response that says what stopped a request.

    `line` and `column` are in it when the error has a place in the query's text (1-based).
    """
    status = error.status if isinstance(error, RequestError) else STATUS.get(error.code, 400)
    headers = error.headers if isinstance(error, RequestError) else ()
    extra = dict(error.extra) if isinstance(error, RequestError) else {}
    if getattr(error, "line", 0):
        extra |= {"line": getattr(error, "line", 0), "column": getattr(error, "column", 0)}
    return problem(request, status, error.code, error.message, error.hint, extra=extra, headers=headers)


def problem(
    request: Request, status: int, code: str, message: Texts, hint: Texts | None = None, *,
    extra: Mapping[str, Any] | None = None, headers: tuple[tuple[str, str], ...] = (),
) -> Response:  # fmt: skip
    """A problem response. Its words are in the language of Accept-Language; it is never cached.

    Args:
        extra: members of the JSON beside type, title, status, code, detail, hint and messages (detail by language).
    """
    words = language(request.headers.get("accept-language", ""))
    detail, advice = pick(message, words), pick(hint or {}, words)
    kind = choose(request.headers.get("accept", ""), _FORMS) or PROBLEM
    common = (("Content-Language", words), ("Cache-Control", "no-store"), ("Vary", "Accept, Accept-Language"), *headers)
    if kind.startswith("text/"):
        text = f"{status} {code}: {detail} {advice}".rstrip() + "\n"
        return Response(status, (("Content-Type", "text/plain; charset=utf-8"), *common), text.encode())
    body: dict[str, Any] = {
        "type": f"urn:kgtool:error:{code}", "title": HTTPStatus(status).phrase, "status": status, "code": code,
        "detail": detail, **({"hint": advice} if advice else {}), "messages": dict(message), **(extra or {}),
    }  # fmt: skip
    text = json.dumps(body, ensure_ascii=False) + "\n"
    return Response(status, (("Content-Type", PROBLEM), *common), text.encode("utf-8", "surrogatepass"))
