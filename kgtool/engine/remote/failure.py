"""What can go wrong with an endpoint, as errors of one form; all end the program with exit status 3.

E-REMOTE-CONNECT   no connection: name, address, TLS, or it was cut
E-REMOTE-TIMEOUT   no whole answer before the deadline
E-REMOTE-STATUS    an HTTP status that is no success
E-REMOTE-AUTH      401 or 403
E-REMOTE-REDIRECT  a redirect to another place, or in a circle
E-REMOTE-ANSWER    an answer that is not what was asked for, or not whole
E-REMOTE-CUT       the engine says (or shows) that it left something out
E-REMOTE-LARGE     more rows or bytes than are allowed
E-REMOTE-PAGES     pages that do not fit together
E-REMOTE-QUERY     the engine does not take a query that is SPARQL 1.1
E-REMOTE-LIMIT     another kgtool does not run a query of that size
E-REMOTE-UNPUSHED  the settings say that `kgtool push` loaded the graph, and it did not
E-REMOTE-HALF      a push ended in the middle

Words of the endpoint are cut short and freed of control characters; no query of an address and no password is repeated.
"""

from __future__ import annotations

import json
from urllib.parse import urlsplit

from kgtool.errors import RemoteError, error

_MOST_WORDS = 200
_LONGEST_PROBLEM = 1 << 16


class BadQueryError(Exception):
    """The engine does not take the query; the text is its own. `limited`: only for its size, says another kgtool."""

    def __init__(self, said: str, *, limited: bool = False) -> None:
        super().__init__(said)
        self.limited = limited


def place(url: str) -> str:
    """An address as it may be printed: without what stands behind `?`, where some services want a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def words(said: str) -> str:
    """What an endpoint said, on one line, short enough for a message."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in said[: 4 * _MOST_WORDS]).split())
    return flat if len(flat) <= _MOST_WORDS else flat[:_MOST_WORDS] + " …"


def _at(url: str, code: str, said: tuple[str, str], advice: tuple[str, str]) -> RemoteError:
    """An error about an address, its sentences in Chinese and English."""
    return error(RemoteError, code, f"{place(url)}:{said[0]}", f"{place(url)}: {said[1]}", *advice)


def unreachable(url: str, said: str) -> RemoteError:
    """No connection, or it broke before the answer's head."""
    what = (f"無法連線({words(said)})。", f"no connection ({words(said)}).")
    return _at(url, "E-REMOTE-CONNECT", what, ("請確認位址與引擎狀態。", "Check the address and that the engine runs."))


def late(url: str, seconds: float) -> RemoteError:
    """The deadline passed."""
    what = (f"{seconds:g} 秒內沒有完整的回應。", f"no whole answer within {seconds:g} s.")
    advice = ("請縮小查詢,或調高設定 timeout。", "Ask for less, or raise the setting timeout.")
    return _at(url, "E-REMOTE-TIMEOUT", what, advice)


def refused(url: str, status: int, said: str) -> RemoteError:
    """A status that is no success."""
    if status in {401, 403}:
        advice = ("請以環境變數或 netrc 提供帳號密碼(見 docs/remote.md)。",
                  "Give user and password by the environment or netrc (docs/remote.md).")  # fmt: skip
        return _at(url, "E-REMOTE-AUTH", (f"拒絕存取({status})。", f"access denied ({status})."), advice)
    what = (f"回應 {status}:{words(said)}", f"status {status}: {words(said)}")
    return _at(url, "E-REMOTE-STATUS", what, ("請查看該引擎之日誌。", "See the engine's own log."))


def elsewhere(url: str, target: str) -> RemoteError:
    """A redirect that is not followed."""
    to = words(place(target))
    what = (f"轉址至 {to},未跟隨。", f"redirects to {to}, which is not followed.")
    advice = ("只跟隨同一主機;請於設定寫最終位址。", "Only the same host is followed; set the final address.")
    return _at(url, "E-REMOTE-REDIRECT", what, advice)


def unreadable(url: str, zh: str, en: str) -> RemoteError:
    """An answer that is not what was asked for."""
    what = (f"回應無法使用:{zh}。", f"the answer cannot be used: {en}.")
    advice = ("請確認這是 SPARQL 查詢之位址。", "Check that this is the address of a SPARQL query service.")
    return _at(url, "E-REMOTE-ANSWER", what, advice)


def cut(url: str, zh: str, en: str) -> RemoteError:
    """An answer that the engine did not finish."""
    what = (f"引擎只給了部分結果:{zh}。", f"the engine gave a part only: {en}.")
    advice = ("請調低設定 page-size,或調高引擎上限。", "Lower the setting page-size, or raise the engine's limit.")
    return _at(url, "E-REMOTE-CUT", what, advice)


def too_large(url: str, zh: str, en: str) -> RemoteError:
    """More than is allowed."""
    what = (f"結果超過{zh},未輸出。", f"the answer has more than {en}; not given.")
    return _at(url, "E-REMOTE-LARGE", what, ("請加條件或 LIMIT。", "Add conditions or a LIMIT."))


def torn(url: str) -> RemoteError:
    """Pages that do not fit together."""
    what = (
        "分頁不相銜接,讀取期間資料可能有變。",
        "the pages do not fit together; the data may have changed while it was read.",
    )
    return _at(url, "E-REMOTE-PAGES", what, ("請重試。", "Try again."))


def unwilling(url: str, said: str) -> RemoteError:
    """The engine does not take the query."""
    what = (f"引擎不接受此查詢:{words(said)}", f"does not take this query: {words(said)}")
    advice = ("查詢合乎 SPARQL 1.1;請改寫為此引擎能懂者。", "It is SPARQL 1.1; write it so that this engine knows it.")
    return _at(url, "E-REMOTE-QUERY", what, advice)


def limited(url: str, said: str) -> RemoteError:
    """Another kgtool does not run the query, because it is too long for strangers."""
    what = (f"查詢超過該伺服器之上限:{words(said)}", f"the query is beyond that server's limits: {words(said)}")
    return _at(url, "E-REMOTE-LIMIT", what, ("請拆成較小之查詢。", "Ask in parts."))


def unpushed(url: str, name: str) -> RemoteError:
    """Nothing says which graphs are the project's."""
    what = ("沒有本專案之圖。", "holds no graph of this project.")
    advice = (
        f"請先 `kgtool push {name}`,或設定 default-graph。",
        f"Run `kgtool push {name}` first, or set default-graph.",
    )
    return _at(url, "E-REMOTE-UNPUSHED", what, advice)


def half(url: str, name: str) -> RemoteError:
    """A push that did not end."""
    what = ("前次載入未完成,內容不完整。", "a push ended in the middle.")
    return _at(url, "E-REMOTE-HALF", what, (f"請再執行 `kgtool push {name}`。", f"Run `kgtool push {name}` again."))


def problem_in(body: bytes) -> tuple[str, str]:
    """Code and detail of a problem that another kgtool tells (RFC 9457); "" for anything else."""
    try:
        told = json.loads(body[:_LONGEST_PROBLEM])
        return str(told["code"]), str(told["messages"]["en"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return "", ""


def said_in(body: bytes) -> str:
    """An error page's text as words; its markup is left out, and of a problem in JSON its code and detail are told."""
    code, detail = problem_in(body)
    if code:
        return f"{code}: {detail}"
    text = body[:4096].decode("utf-8", "replace")
    if "<" in text and ">" in text:
        out, inside = [], False
        for character in text:
            inside = character == "<" or (inside and character != ">")
            if not inside:
                out.append(" " if character == ">" else character)
        text = "".join(out)
    return text
