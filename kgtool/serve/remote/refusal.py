"""What is not given in front of an engine elsewhere, by name, and how the engine's failures are told to strangers.

E-REMOTE-NOT-HERE  501  the path needs the graph itself, or would let strangers' queries into the engine
E-REMOTE-MUCH      501  this document needs more statements than are asked for
E-REMOTE-CHANGED   503  the engine's data changed while the answer was made
E-REMOTE-AUDIENCE       the engine holds what the audience may not see (at the start)
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from types import MappingProxyType

from kgtool.errors import KgError, RemoteError, UsageError, texts
from kgtool.formats import Audience
from kgtool.serve.problem import RequestError

_LOG = logging.getLogger("kgtool.serve")
_ASK = texts(
    zh="請用具名查詢:/queries;單一資源見 /page/…、/data/…。",
    en="Use the named queries, /queries; single resources are at /page/… and /data/….",
)
# Codes of an engine's failures to what a gateway answers. Source: RFC 9110 §15.6.3 to §15.6.5.
_STATUS = MappingProxyType({
    "E-REMOTE-TIMEOUT": 504, "E-REMOTE-LARGE": 400, "E-REMOTE-HALF": 503, "E-REMOTE-PAGES": 503, "E-REMOTE-BROKER": 503,
})  # fmt: skip
_AGAIN = 5  # seconds


def not_here(zh: str, en: str) -> RequestError:
    """A path that is not given in front of an engine; `zh` and `en` say why."""
    return RequestError(
        501, "E-REMOTE-NOT-HERE",
        texts(zh=f"資料在遠端引擎,此處不提供:{zh}。", en=f"the data is in an engine elsewhere; not given here: {en}."),
        _ASK,
    )  # fmt: skip


def strange_query() -> RequestError:
    """A stranger's own query: nobody here could stop it in the engine."""
    return not_here("任意 SPARQL 查詢可使引擎停擺而無法由此終止",
                    "an arbitrary query could bring the engine down, and cannot be stopped from here")  # fmt: skip


def too_much(most: int) -> RequestError:
    """A document that needs more statements than are asked for."""
    return RequestError(
        501, "E-REMOTE-MUCH",
        texts(zh=f"此頁需超過 {most:,} 項陳述,資料在遠端引擎時不提供。",
              en=f"this page needs more than {most:,} statements, and is not given while the data is in an engine elsewhere."),
        _ASK,
    )  # fmt: skip


def too_far(rounds: int) -> RequestError:
    """A document that leads on and on."""
    return RequestError(
        501, "E-REMOTE-MUCH",
        texts(zh=f"此頁需超過 {rounds} 輪查詢,資料在遠端引擎時不提供。",
              en=f"this page needs more than {rounds} rounds of questions, and is not given while the data is elsewhere."),
        _ASK,
    )  # fmt: skip


def blank_lost() -> RequestError:
    """A blank node that cannot be asked about again."""
    return RequestError(
        501, "E-REMOTE-NOT-HERE",
        texts(zh="引擎之空白節點無法再次查詢。", en="a blank node of the engine cannot be asked about again."),
        texts(zh="請以 IRI 命名。", en="Name such nodes by IRIs."),
    )  # fmt: skip


def changed() -> RequestError:
    """The version behind an answer is not the one that is served."""
    return RequestError(
        503, "E-REMOTE-CHANGED", texts(zh="引擎中之資料正在更新。", en="the data in the engine is being changed."),
        texts(zh=f"請於 {_AGAIN} 秒後再試。", en=f"Try again in {_AGAIN} s."), headers=(("Retry-After", str(_AGAIN)),),
    )  # fmt: skip


@contextlib.contextmanager
def strangers() -> Iterator[None]:
    """What a failure of the engine is called to those who asked; the log has its own words."""
    try:
        yield
    except RemoteError as error:
        _LOG.warning("%s", error)
        raise told(error) from error


def told(error: RemoteError) -> RequestError:
    """An engine's failure without its address and words, which are for the log and not for strangers."""
    status = _STATUS.get(error.code, 502)
    again = (("Retry-After", str(_AGAIN)),) if status == 503 else ()
    if error.code == "E-REMOTE-LARGE":
        return RequestError(
            status, error.code, texts(zh="結果超過上限,未輸出。", en="the answer has more rows or bytes than are allowed; not given."),
            texts(zh="請加條件。", en="Ask for less."),
        )  # fmt: skip
    if error.code == "E-REMOTE-TIMEOUT":
        return RequestError(
            status, error.code, texts(zh="引擎未於期限內回應。", en="the engine behind this server gave no whole answer in time."),
            texts(zh="請縮小查詢範圍。", en="Ask for less."),
        )  # fmt: skip
    return RequestError(
        status, error.code, texts(zh="本伺服器後方之引擎目前無法作答。", en="the engine behind this server cannot answer now."),
        texts(zh="請稍後再試;原因見日誌。", en="Try again later; the log says why."), headers=again,
    )  # fmt: skip


def hidden(audience: Audience, loaded: Audience | None) -> KgError:
    """The engine holds what the audience may not see."""
    what = f"--audience {loaded}" if loaded else "?"
    return UsageError(
        "E-REMOTE-AUDIENCE",
        texts(zh=f"引擎中之資料(對象:{what})含有 {audience} 不得見者,不予服務。",
              en=f"the engine holds what the audience {audience} may not see (loaded for: {what}); not served."),
        texts(zh=f"請以 `kgtool push 名稱 --audience {audience}` 載入。", en=f"Load it with `kgtool push NAME --audience {audience}`."),
    )  # fmt: skip
