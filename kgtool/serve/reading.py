"""What every document shares: GET, HEAD and OPTIONS only, readable from anyone's page, conditional, one form of many.

Sources: RFC 9110 §8.8 (validators), §12 (negotiation), §13 (conditional requests); RFC 8288 (Link).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from urllib.parse import quote

from msgspec import Struct
from msgspec.structs import replace

from kgtool.errors import KgError, did_you_mean, texts
from kgtool.late import closest
from kgtool.serve.accept import choose
from kgtool.serve.form import pairs
from kgtool.serve.headers import CORS, etag, not_modified
from kgtool.serve.message import Request, Response
from kgtool.serve.problem import RequestError, of_error
from kgtool.serve.refusal import not_acceptable, wrong_method

METHODS = ("GET", "HEAD", "OPTIONS")
# What may stand in a URI; an IRI in a header field is one. Source: RFC 3987 §3.1.
_URI = ":/?#[]@!$&'()*+,;=-._~%"
_EXPOSED = ("Access-Control-Expose-Headers", "ETag, Link, Content-Location")
_PREFLIGHT = (
    *CORS,
    ("Access-Control-Allow-Methods", ", ".join(METHODS)),
    ("Access-Control-Allow-Headers", "Accept, Accept-Language, If-None-Match"),
    ("Access-Control-Max-Age", "86400"),
    ("Allow", ", ".join(METHODS)),
)


class Form(Struct, frozen=True):
    """One form on offer: its name in `format=` and as a file name's ending, and its media type."""

    name: str
    media: str

    @property
    def content_type(self) -> str:
        return f"{self.media}; charset=utf-8" if self.media.startswith("text/") else self.media


class Link(Struct, frozen=True):
    """A Link field's value. `kind` is the target's media type, "" for none."""

    target: str
    rel: str
    kind: str = ""

    def __str__(self) -> str:
        uri = quote(self.target, safe=_URI)
        return f'<{uri}>; rel="{self.rel}"' + (f'; type="{self.kind}"' if self.kind else "")


def read(request: Request, answer: Callable[[Request], Response]) -> Response:
    """What `answer` gives to a request that only reads; its refusals are problem responses that anyone's page may read."""
    if request.method == "OPTIONS":
        return Response(204, _PREFLIGHT)
    try:
        if request.method not in METHODS:
            raise wrong_method(request.method, METHODS)
        response = answer(request)
    except KgError as error:
        response = of_error(request, error)
    return shared(response)


def shared(response: Response) -> Response:
    """A response that anyone's page may read."""
    return replace(response, headers=(*response.headers, *CORS, _EXPOSED))


def options(request: Request, known: Sequence[str]) -> dict[str, str]:
    """The request's parameters by name.

    Raises:
        RequestError: 400: one that the path does not know, or one given twice.
    """
    found: dict[str, str] = {}
    for name, value in pairs(request.query):
        if name not in known:
            raise unknown_parameter(name, known, closest(name, known))
        if name in found:
            raise given_twice(name)
        found[name] = value
    return found


def chosen(request: Request, forms: Sequence[Form], wanted: str | None) -> Form:
    """The form that `format=` names, else the one that Accept likes best; the first wins between equals.

    Raises:
        RequestError: 400: no such form; 406: the client accepts none.
    """
    if wanted is not None:
        for form in forms:
            if form.name == wanted:
                return form
        raise not_allowed("format", wanted, [form.name for form in forms])
    media = choose(request.headers.get("accept", ""), tuple(form.media for form in forms))
    if media is None:
        raise not_acceptable(tuple(form.media for form in forms))
    return next(form for form in forms if form.media == media)


def document(
    request: Request, tag_of: tuple[str, ...], form: Form, make: Callable[[], bytes], *,
    vary: str = "Accept", links: Sequence[Link] = (), headers: Sequence[tuple[str, str]] = (),
) -> Response:  # fmt: skip
    """A representation with its validator; 304 and no body where the client has it already.

    Args:
        tag_of: the data version, then all that the body depends on beside the form.
        make: the body; not called for a 304.
    """
    tag = etag(tag_of[0], *tag_of[1:], form.name)
    fields: list[tuple[str, str]] = [("ETag", tag), ("Cache-Control", "no-cache"), ("Vary", vary)]
    if links:
        fields.append(("Link", ", ".join(map(str, links))))
    fields += headers
    if not_modified(request.headers.get("if-none-match", ""), tag):
        return Response(304, tuple(fields))
    return Response(200, (("Content-Type", form.content_type), *fields), make())


def see_other(location: str, *, status: int = 303, links: Sequence[Link] = (), vary: str = "Accept") -> Response:
    """A redirection within this server. Source: RFC 9110 §15.4.4."""
    fields = [("Location", location), ("Vary", vary), ("Cache-Control", "no-cache")]
    if links:
        fields.append(("Link", ", ".join(map(str, links))))
    return Response(status, tuple(fields))


def unknown_parameter(name: str, known: Sequence[str], near: str, code: str = "E-PARAM-UNKNOWN") -> RequestError:
    """A parameter that the path does not take; the nearest that it does."""
    shown, listed = name[:80], ", ".join(known) or "-"
    return RequestError(
        400, code,
        texts(zh=f"沒有參數「{shown}」。", en=f"there is no parameter '{shown}'."),
        did_you_mean(near) or texts(zh=f"可用參數:{listed}", en=f"Parameters: {listed}"),
        extra={"parameter": shown, "allowed": list(known), **({"nearest": near} if near else {})},
    )  # fmt: skip


def given_twice(name: str) -> RequestError:
    """A parameter that takes one value and has several."""
    return RequestError(
        400, "E-PARAM",
        texts(zh=f"參數「{name}」只能給一次。", en=f"the parameter '{name}' may be given once only."),
        extra={"parameter": name},
    )  # fmt: skip


def not_allowed(name: str, value: str, allowed: Sequence[str]) -> RequestError:
    """A value that is none of those allowed."""
    near = closest(value[:80], allowed)
    extra: Mapping[str, object] = {"parameter": name, "value": value[:200], "allowed": list(allowed)}
    return RequestError(
        400, "E-PARAM",
        texts(zh=f"參數「{name}」須為 {'、'.join(allowed)} 之一。", en=f"the parameter '{name}' must be one of {', '.join(allowed)}."),
        did_you_mean(near),
        extra={**extra, **({"nearest": near} if near else {})},
    )  # fmt: skip


def number(name: str, value: str, least: int, most: int) -> int:
    """A whole number within bounds, in ASCII digits.

    Raises:
        RequestError: 400.
    """
    if value.isascii() and value.isdigit() and len(value) <= 18 and least <= int(value) <= most:
        return int(value)
    raise RequestError(
        400, "E-PARAM",
        texts(zh=f"參數「{name}」須為 {least} 至 {most} 之整數。", en=f"'{name}' must be a whole number from {least} to {most}."),
        extra={"parameter": name, "value": value[:200], "minimum": least, "maximum": most},
    )  # fmt: skip
