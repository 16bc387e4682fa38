"""kgtool serve"""

from __future__ import annotations

import gc
import os
import signal
from collections.abc import Callable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from kgtool.cli.common import common_options, endpoint_option, language_of, open_from, remote_of, write_out
from kgtool.errors import KgError, UsageError, texts, why
from kgtool.formats import Audience

if TYPE_CHECKING:
    from kgtool.project import Project
    from kgtool.serve.settings import ServeSettings

EXIT_INTERRUPTED = 130
_STANDARD_ERROR = 2


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True, help="監聽位址 / Address to listen on.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8008,
    show_default=True,
    help="埠號,0 取任一可用者 / Port; 0 is any.",
)
@click.option("--address", metavar="URL", help="客戶端所用之位址(代理之後) / URL that clients use, behind a proxy.")
@click.option(
    "--audience",
    type=click.Choice([a.value for a in Audience]),
    default="public",
    show_default=True,
    help="資料之對象 / Whose view of the data.",
)
@click.option(
    "--workers", type=click.IntRange(1, 256), metavar="N", help="同時執行之請求數 / Requests at once (default: cores)."
)
@click.option(
    "--inferred/--no-inferred", default=True, help="是否提供推得之具名圖 / Whether what follows is served too."
)
@click.option("--allow-findings", is_flag=True, help="有錯誤之專案亦予服務 / Serve a project with errors too.")
@click.option(
    "--get", "target", metavar="PATH", help="不啟動伺服器,印出一個請求之回應 / Print one response, without a server."
)
@click.option("--accept", default="", metavar="TYPE", help="--get 之 Accept / The Accept field of --get.")
@click.option("--head", is_flag=True, help="--get 只印狀態與標頭 / Of --get: status and header fields only.")
@click.option("--log", metavar="FILE", help="日誌檔,off 為不記 / Log file; off for none (default: standard error).")
@click.option("--log-queries", is_flag=True, help="日誌含查詢文字 / The log holds the text of queries.")
@click.option(
    "--budget",
    type=click.FloatRange(0.1),
    default=20.0,
    show_default=True,
    metavar="S",
    help="每一客戶每分鐘之執行秒數 / Seconds of work a client and minute while others wait.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(0.1, 3600),
    default=5.0,
    show_default=True,
    metavar="S",
    help="一項查詢之秒數上限 / Seconds that a query may take.",
)
@click.option(
    "--proxy", "proxies", multiple=True, metavar="IP", help="信任其 X-Forwarded-For / A proxy that is believed."
)
@endpoint_option
@common_options
def command(
    host: str, port: int, address: str | None, audience: str, endpoint: str | None, workers: int | None, inferred: bool,
    allow_findings: bool, target: str | None, accept: str, head: bool, log: str | None, log_queries: bool, budget: float, deadline: float,
    proxies: tuple[str, ...], project_dir: Path | None, sources: str | None, as_of: str | None, lang: str | None,
) -> int:  # fmt: skip
    """提供 SPARQL 端點、連結資料與查詢 API,只供讀取。SIGHUP 重新載入,SIGTERM 妥善結束。

    Serve the checked graph, read-only: SPARQL, linked data, named queries. SIGHUP loads it anew, SIGTERM ends in good order.
    """
    from kgtool.engine import SERVED
    from kgtool.serve.settings import ServeSettings

    gc.set_threshold(50_000)  # a server lives long: what is garbage is looked for ten times as often

    def opened() -> Project:
        return open_from(project_dir, {"sources": sources, "as-of": as_of})

    project = opened()
    if endpoint:
        remote_of(project, endpoint)  # a name that is none is said at once
    settings = ServeSettings(
        host, port, base=str(project["base"]), address=_address(address, host, port), audience=Audience(audience),
        limits=replace(SERVED, seconds=deadline), workers=workers or os.cpu_count() or 1, inferred=inferred,
        budget=budget, proxies=proxies, log_queries=log_queries, endpoint=endpoint or "",
    )  # fmt: skip
    if target is not None:
        return _one(opened, settings, target, accept, head)
    return _serve(opened, settings, address, allow_findings, log, language_of(lang, project))


def _address(address: str | None, host: str, port: int) -> str:
    if address is None:
        return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    if not address.startswith(("http://", "https://")) or any(sign in address for sign in " ?#<>\"'"):
        raise UsageError(
            "E-USAGE",
            texts(zh=f"--address {address}:須為 http 或 https 網址。", en=f"--address {address}: an http or https URL is needed."),
            texts(zh="例如:--address https://kg.example.org", en="Example: --address https://kg.example.org"),
        )  # fmt: skip
    return address.rstrip("/")


def _one(opened: Callable[[], Project], settings: ServeSettings, target: str, accept: str, head: bool) -> int:
    from kgtool.serve.message import Request
    from kgtool.serve.problem import of_error
    from kgtool.serve.start import answer

    try:
        response = answer(opened, settings, target, accept)
    except KgError as error:
        response = of_error(Request("GET", target), error)
    if head:
        fields = (f"{name}: {value}\n" for name, value in response.headers)
        write_out(f"{response.status} {HTTPStatus(response.status).phrase}\n{''.join(fields)}")
    else:
        write_out(response.body.decode("utf-8", "replace"))
    return int(response.status >= 400)


def _serve(
    opened: Callable[[], Project],
    settings: ServeSettings,
    address: str | None,
    findings: bool,
    log: str | None,
    language: str,
) -> int:
    from kgtool.serve.front import Server
    from kgtool.serve.front.access import Log
    from kgtool.serve.start import listen, loading

    listener = listen(settings.host, settings.port)
    port = listener.getsockname()[1]
    settings = replace(settings, port=port, address=_address(address, settings.host, port))
    descriptor = _log(log)
    server = Server(
        loading(opened, settings, findings=findings), settings, listener, Log(descriptor, queries=settings.log_queries)
    )
    said = f"serving {settings.address}/" if language == "en" else f"服務於 {settings.address}/"
    click.echo(f"kgtool: {said}")
    ended = server.run()
    if server.failed is not None:
        raise KgError(server.failed.code, server.failed.message, server.failed.hint)
    return EXIT_INTERRUPTED if ended == signal.SIGINT else 0


def _log(name: str | None) -> int | None:
    if name is None:
        return _STANDARD_ERROR
    if name == "off":
        return None
    try:
        return os.open(name, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o640)
    except OSError as error:
        said = why(error)
        raise UsageError(
            "E-FILE-WRITE",
            texts(zh=f"{name}:無法寫入({said['zh-Hant']})。", en=f"{name}: cannot be written ({said['en']})."),
            texts(zh="請換一個檔案。", en="Choose another file."),
        ) from error
