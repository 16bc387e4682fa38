"""Requests that are refused before anything is done with them, as errors that a response is made of.

E-REQUEST-FORM     400  malformed: the request line, a header, the percent-encoding, a parameter given twice
E-REQUEST-NONE     404  nothing is served under that path
E-REQUEST-METHOD   405  the path takes other methods
E-REQUEST-UPDATE   403  an update: this server only reads
E-REQUEST-ACCEPT   406  no form that the client accepts
E-REQUEST-TYPE     415  a body of a type that the path does not take
E-REQUEST-SIZE     413  a body that is too large
"""

from __future__ import annotations

from collections.abc import Sequence

from kgtool.errors import texts
from kgtool.serve.problem import RequestError


def malformed(zh: str, en: str) -> RequestError:
    """The request cannot be read; `zh` and `en` say why."""
    return RequestError(400, "E-REQUEST-FORM", texts(zh=f"請求格式有誤:{zh}。", en=f"malformed request: {en}."))


def nothing_here(target: str) -> RequestError:
    """No route leads to `target`, or what it names is not in the data."""
    shown = target[:200]
    return RequestError(
        404, "E-REQUEST-NONE", texts(zh=f"沒有「{shown}」。", en=f"there is nothing at {shown}."),
        texts(zh="SPARQL 端點為 /sparql,首頁為 /。", en="The SPARQL endpoint is /sparql, the front page is /."),
    )  # fmt: skip


def wrong_method(method: str, allowed: Sequence[str]) -> RequestError:
    """The path is there and takes other methods."""
    return RequestError(
        405, "E-REQUEST-METHOD",
        texts(zh=f"此處不接受 {method[:20]}。", en=f"{method[:20]} is not possible here."),
        texts(zh=f"可用:{'、'.join(allowed)}", en=f"Possible: {', '.join(allowed)}"),
        headers=(("Allow", ", ".join(allowed)),),
    )  # fmt: skip


def read_only() -> RequestError:
    """An update, in whatever clothes."""
    return RequestError(
        403, "E-REQUEST-UPDATE", texts(zh="本伺服器只供讀取,不接受更新。", en="this server only reads; updates are refused."),
        texts(zh="資料以檔案修改,經檢查後重新載入。", en="Data is changed in its files, checked, and loaded again."),
    )  # fmt: skip


def not_acceptable(offers: Sequence[str]) -> RequestError:
    """The client accepts none of the forms on offer; the body lists them."""
    return RequestError(
        406, "E-REQUEST-ACCEPT",
        texts(zh="無法以所要求之格式回應。", en="no form that the Accept header asks for."),
        texts(zh=f"可用:{'、'.join(offers)}", en=f"Possible: {', '.join(offers)}"),
        extra={"available": list(offers)},
    )  # fmt: skip


def wrong_type(given: str, taken: Sequence[str]) -> RequestError:
    """A body of a type, charset or coding that the path does not take."""
    return RequestError(
        415, "E-REQUEST-TYPE",
        texts(zh=f"不接受內容類型「{given[:80]}」。", en=f"the content type '{given[:80]}' is not taken here."),
        texts(zh=f"可用:{'、'.join(taken)}", en=f"Possible: {', '.join(taken)}"),
        extra={"available": list(taken)},
    )  # fmt: skip


def too_large(limit: int) -> RequestError:
    """A body over the limit."""
    return RequestError(
        413, "E-REQUEST-SIZE",
        texts(zh=f"請求內容超過 {limit:,} 位元組。", en=f"the request's body has more than {limit:,} bytes."),
    )  # fmt: skip
