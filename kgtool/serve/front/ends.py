"""How a request ends that no worker answered: the errors and their statuses."""

from __future__ import annotations

import os
import signal

from kgtool.engine import failure
from kgtool.errors import KgError, texts
from kgtool.serve.front.job import Job
from kgtool.serve.front.member import Member
from kgtool.serve.problem import RequestError
from kgtool.serve.wire import Answer


def of_worker(member: Member, job: Job) -> Answer | KgError:
    """Why a worker died of a job, from how it ended and what the engine wrote; its last word, where that is for such an end."""
    status = member.status
    number = os.WTERMSIG(status) if status is not None and os.WIFSIGNALED(status) else 0
    if number == signal.SIGALRM:
        return job.word or failure.too_slow(job.seconds)
    if number == signal.SIGKILL or "memory allocation of" in member.said or "MemoryError" in member.said:
        return failure.too_large(job.memory)
    return failure.crashed(signal.Signals(number).name if number else member.said[:200] or "worker")


def killed_by_others(member: Member) -> bool:
    """Whether a worker was killed, and not by the front: by the system or a person, and hardly for what it computed."""
    status = member.status
    return status is not None and os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


def busy(seconds: int = 1) -> RequestError:
    """All workers are taken; `seconds` is when to try again."""
    return RequestError(
        503, "E-SERVER-BUSY", texts(zh="伺服器忙碌中。", en="the server is busy."),
        texts(zh=f"請於 {seconds} 秒後再試。", en=f"Try again in {seconds} s."),
        headers=(("Retry-After", str(seconds)),),
    )  # fmt: skip


def long_while_busy(seconds: float) -> RequestError:
    """A long request that was stopped because others wait and the places for long ones are taken."""
    return RequestError(
        503, "E-SERVER-BUSY",
        texts(zh=f"伺服器忙碌中,此查詢執行逾 {seconds:g} 秒,已終止。",
              en=f"the server is busy, and this query, which ran for {seconds:g} s, was stopped."),
        texts(zh="請於 5 秒後再試,或縮小查詢範圍。", en="Try again in 5 s, or ask for less."),
        headers=(("Retry-After", "5"),),
    )  # fmt: skip


def over_budget(seconds: int) -> RequestError:
    """A client that used its share while others wait."""
    return RequestError(
        429, "E-SERVER-BUDGET",
        texts(zh="您的查詢已用完目前可用之時間。", en="your queries have used the time that they may use now."),
        texts(zh=f"請於 {seconds} 秒後再試。", en=f"Try again in {seconds} s."),
        headers=(("Retry-After", str(seconds)),),
    )  # fmt: skip


def not_ready() -> RequestError:
    """No data is loaded yet."""
    return RequestError(
        503, "E-SERVER-LOADING", texts(zh="資料載入中。", en="the data is being loaded."),
        headers=(("Retry-After", "1"),),
    )  # fmt: skip


def too_late(status: int = 408) -> RequestError:
    """A client that sends too slowly."""
    return RequestError(status, "E-REQUEST-SLOW", texts(zh="請求傳送過慢。", en="the request came too slowly."))


def another_host() -> RequestError:
    """A request for data of a closed audience under a name that is not this server's."""
    return RequestError(
        421, "E-REQUEST-HOST", texts(zh="Host 不是本伺服器。", en="the Host field does not name this server."),
        texts(zh="請用 --address 所設之位址。", en="Use the address that --address names."),
    )  # fmt: skip
