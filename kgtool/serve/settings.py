"""How a project is served: what was asked for on the command line or in the settings, checked once, never changed."""

from __future__ import annotations

from msgspec import Struct

from kgtool.engine import SERVED, Limits
from kgtool.formats import Audience

MB = 1 << 20


class ServeSettings(Struct, frozen=True):
    """How a project is served.

    Attributes:
        host, port: what is listened on; port 0 is any free one.
        base: the namespace of the data's IRIs, ending in `/` or `#`; what the IRIs say, wherever they are served.
        address: where clients reach this server, without a slash at the end. Links are made with it, never with Host.
        audience: whose view of the data this is.
        limits: of one query, and of one request in a worker.
        workers: requests that run at once, each in a process of its own; long ones and spares are beside them.
        inferred: whether what follows is served, in a named graph of its own.
        cache: bytes of answers kept.
        budget: seconds of workers' time that one client may use in each `window` of seconds.
        proxies: addresses whose X-Forwarded-For is believed.
        endpoint: an address or a name of the settings' remotes, where the data is; "" for the project's own files.
        log_queries: whether the log holds the text of queries.
    """

    host: str = "127.0.0.1"
    port: int = 8008
    base: str = ""
    address: str = "http://127.0.0.1:8008"
    audience: Audience = Audience.PUBLIC
    limits: Limits = SERVED
    workers: int = 2
    inferred: bool = True
    cache: int = 64 * MB
    budget: float = 20.0
    window: float = 60.0
    proxies: tuple[str, ...] = ()
    log_queries: bool = False
    endpoint: str = ""
