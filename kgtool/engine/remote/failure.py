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
E-REMOTE-UNPUSHED  the settings say that `kgtool push` loaded the graph, and it did not
E-REMOTE-HALF      a push ended in the middle

Words of the endpoint are cut short and freed of control characters; no query of an address and no password is repeated.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from kgtool.errors import RemoteError, texts

_MOST_WORDS = 200
_CHECK = texts(zh="請確認位址與引擎狀態。", en="Check the address and that the engine runs.")
_LOGS = texts(zh="請查看該引擎之日誌。", en="See the engine's own log.")


class BadQueryError(Exception):
    """The engine says that the query is none that it knows; the text is its own."""


def place(url: str) -> str:
    """An address as it may be printed: without what stands behind `?`, where some services want a key."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def words(said: str) -> str:
    """What an endpoint said, on one line, short enough for a message."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in said[: 4 * _MOST_WORDS]).split())
    return flat if len(flat) <= _MOST_WORDS else flat[:_MOST_WORDS] + " …"


def unreachable(url: str, said: str) -> RemoteError:
    """No connection, or it broke before the answer's head."""
    return RemoteError(
        "E-REMOTE-CONNECT",
        texts(zh=f"{place(url)}:無法連線({words(said)})。", en=f"{place(url)}: no connection ({words(said)})."),
        _CHECK,
    )


def late(url: str, seconds: float) -> RemoteError:
    """The deadline passed."""
    return RemoteError(
        "E-REMOTE-TIMEOUT",
        texts(
            zh=f"{place(url)}:{seconds:g} 秒內沒有完整的回應。",
            en=f"{place(url)}: no whole answer within {seconds:g} s.",
        ),
        texts(zh="請縮小查詢,或調高設定 timeout。", en="Ask for less, or raise the setting timeout."),
    )


def refused(url: str, status: int, said: str) -> RemoteError:
    """A status that is no success."""
    if status in {401, 403}:
        return RemoteError(
            "E-REMOTE-AUTH",
            texts(zh=f"{place(url)}:拒絕存取({status})。", en=f"{place(url)}: access denied ({status})."),
            texts(zh="請以環境變數或 netrc 提供帳號密碼(見 docs/remote.md)。",
                  en="Give user and password by the environment or netrc (docs/remote.md)."),
        )  # fmt: skip
    return RemoteError(
        "E-REMOTE-STATUS",
        texts(zh=f"{place(url)}:回應 {status}:{words(said)}", en=f"{place(url)}: status {status}: {words(said)}"),
        _LOGS,
    )


def elsewhere(url: str, target: str) -> RemoteError:
    """A redirect that is not followed."""
    return RemoteError(
        "E-REMOTE-REDIRECT",
        texts(
            zh=f"{place(url)}:轉址至 {words(place(target))},未跟隨。",
            en=f"{place(url)}: redirects to {words(place(target))}, which is not followed.",
        ),
        texts(zh="只跟隨同一主機;請於設定寫最終位址。", en="Only the same host is followed; set the final address."),
    )


def unreadable(url: str, zh: str, en: str) -> RemoteError:
    """An answer that is not what was asked for."""
    return RemoteError(
        "E-REMOTE-ANSWER",
        texts(zh=f"{place(url)}:回應無法使用:{zh}。", en=f"{place(url)}: the answer cannot be used: {en}."),
        texts(zh="請確認這是 SPARQL 查詢之位址。", en="Check that this is the address of a SPARQL query service."),
    )


def cut(url: str, zh: str, en: str) -> RemoteError:
    """An answer that the engine did not finish."""
    return RemoteError(
        "E-REMOTE-CUT",
        texts(zh=f"{place(url)}:引擎只給了部分結果:{zh}。", en=f"{place(url)}: the engine gave a part only: {en}."),
        texts(
            zh="請調低設定 page-size,或調高引擎上限。", en="Lower the setting page-size, or raise the engine's limit."
        ),
    )


def too_large(url: str, zh: str, en: str) -> RemoteError:
    """More than is allowed."""
    return RemoteError(
        "E-REMOTE-LARGE",
        texts(zh=f"{place(url)}:結果超過{zh},未輸出。", en=f"{place(url)}: the answer has more than {en}; not given."),
        texts(zh="請加條件或 LIMIT。", en="Add conditions or a LIMIT."),
    )


def torn(url: str) -> RemoteError:
    """Pages that do not fit together."""
    return RemoteError(
        "E-REMOTE-PAGES",
        texts(
            zh=f"{place(url)}:分頁不相銜接,讀取期間資料可能有變。",
            en=f"{place(url)}: the pages do not fit together; the data may have changed while it was read.",
        ),
        texts(zh="請重試。", en="Try again."),
    )


def unwilling(url: str, said: str) -> RemoteError:
    """The engine does not take the query."""
    return RemoteError(
        "E-REMOTE-QUERY",
        texts(
            zh=f"{place(url)}:引擎不接受此查詢:{words(said)}",
            en=f"{place(url)}: does not take this query: {words(said)}",
        ),
        texts(
            zh="查詢合乎 SPARQL 1.1;請改寫為此引擎能懂者。",
            en="It is SPARQL 1.1; write it so that this engine knows it.",
        ),
    )


def unpushed(url: str, name: str) -> RemoteError:
    """Nothing says which graphs are the project's."""
    return RemoteError(
        "E-REMOTE-UNPUSHED",
        texts(zh=f"{place(url)}:沒有本專案之圖。", en=f"{place(url)}: holds no graph of this project."),
        texts(zh=f"請先 `kgtool push {name}`,或設定 default-graph。",
              en=f"Run `kgtool push {name}` first, or set default-graph."),
    )  # fmt: skip


def half(url: str, name: str) -> RemoteError:
    """A push that did not end."""
    return RemoteError(
        "E-REMOTE-HALF",
        texts(zh=f"{place(url)}:前次載入未完成,內容不完整。", en=f"{place(url)}: a push ended in the middle."),
        texts(zh=f"請再執行 `kgtool push {name}`。", en=f"Run `kgtool push {name}` again."),
    )


def said_in(body: bytes) -> str:
    """An error page's text as words; its markup is left out."""
    text = body[:4096].decode("utf-8", "replace")
    if "<" in text and ">" in text:
        out, inside = [], False
        for character in text:
            inside = character == "<" or (inside and character != ">")
            if not inside:
                out.append(" " if character == ">" else character)
        text = "".join(out)
    return text
