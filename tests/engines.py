"""Engines that a test speaks to: started once a run on free loopback ports, in folders of their own, ended by pid.

`virtuoso` and `oxigraph` are fixtures; `engine` is each of them in turn. A test loads what it asks about:
`engine.load(quads)` replaces everything, `engine.source()` answers queries over it.
"""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from msgspec import structs

from kgtool.engine.remote import Credentials, RemoteStore
from kgtool.engine.remote.graphs import GraphStore
from kgtool.project import Profile, Remote, Scope
from kgtool.push.difference import counts

DEFAULT = "urn:kgtool:test:default"  # the graph of what has no graph name
PAGE, CUT = 500, 1_000  # rows of a page; rows at which the Virtuoso of the tests cuts its answers
_PATIENCE = 60.0
# Both ports on loopback, all files in one scratch folder, no DAV, no plugins.
_INI = """\
[Database]
DatabaseFile = {folder}/v.db
ErrorLogFile = {folder}/v.log
LockFile = {folder}/v.lck
TransactionFile = {folder}/v.trx
xa_persistent_file = {folder}/v.pxa
FileExtend = 200
MaxCheckpointRemap = 2000
TempStorage = TempDatabase
[TempDatabase]
DatabaseFile = {folder}/t.db
TransactionFile = {folder}/t.trx
MaxCheckpointRemap = 2000
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
ServerThreads = 10
CheckpointInterval = 0
NumberOfBuffers = 10000
MaxDirtyBuffers = 6000
DirsAllowed = {folder}
CaseMode = 2
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerRoot = {folder}
ServerThreads = 8
MaxClientConnections = 8
[SPARQL]
ResultSetMaxRows = {cut}
"""


@dataclasses.dataclass
class Engine:
    """A running engine.

    Attributes:
        remote: as the settings would describe it, seeing exactly the graphs that were loaded last.
        sql: port of Virtuoso's own SQL, 0 for none.
        folder: its scratch folder, from which it may load files.
    """

    name: str
    remote: Remote
    who: Credentials | None
    folder: Path
    sql: int = 0
    loaded: tuple[str, ...] = ()

    def load(self, quads: Iterable[ox.Quad]) -> None:
        """Replace what was loaded before. Blank nodes stay blank nodes; one that two graphs share becomes two."""
        graphs: dict[str, list[ox.Triple]] = defaultdict(list)
        for quad in quads:
            name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else DEFAULT
            graphs[name].append(quad.triple)
        store = GraphStore(self.remote, self.who)
        for name in set(self.loaded) - set(graphs):
            store.drop(name)
        for name, triples in graphs.items():
            store.put(name, triples)
        self.loaded = tuple(graphs)

    def clear(self) -> None:
        """Remove every graph that a test may have made; Virtuoso's own stay."""
        self.load(())
        everywhere = RemoteStore(structs.replace(self.remote, scope=Scope.ENGINE))
        store = GraphStore(self.remote, self.who)
        for name in counts(everywhere):
            if name.startswith(("urn:kgtool:", "https://example.org/")):
                store.drop(name)

    def source(self, **changes: object) -> RemoteStore:
        """What answers queries over the graphs that were loaded; `changes` are of the remote's attributes."""
        remote = structs.replace(self.remote, scope=Scope.LISTED, graphs=self.loaded or (DEFAULT,))
        return RemoteStore(structs.replace(remote, **changes), None)  # type: ignore[arg-type]

    def settings(self, name: str = "there") -> str:
        """The remote as a table of kgtool.toml."""
        remote = self.remote
        return (
            f'[remotes.{name}]\nurl = "{remote.url}"\ngraph-store = "{remote.graph_store}"\nprofile = "{remote.profile}"\n'
            f"timeout = {remote.timeout:g}\npage-size = {remote.page_size}\n"
        )

    def environ(self, name: str = "there") -> dict[str, str]:
        """User and password for that remote."""
        if self.who is None:
            return {}
        stem = f"KGTOOL_REMOTE_{name.upper()}_"
        return {stem + "USER": self.who.user, stem + "PASSWORD": self.who.password}


def free_port() -> int:
    """A port that nothing listened at a moment ago."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _await(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - loopback
                answer.read()
        except urllib.error.HTTPError:
            return
        except OSError:
            said = log.read_text(encoding="utf-8", errors="replace")[-2_000:] if log.exists() else ""
            assert process.poll() is None, f"it ended: {said}"
            assert time.monotonic() < end, f"it does not answer: {said}"
            time.sleep(0.1)
        else:
            return


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(10)


def _start(command: list[str], folder: Path, url: str) -> subprocess.Popen[bytes]:
    log = folder / "out.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT
        )
    try:
        _await(process, url, log)
    except BaseException:
        _stop(process)
        raise
    return process


def virtuoso_missing() -> str:
    """The line that installs Virtuoso, "" when it is there."""
    return "" if shutil.which("virtuoso-t") else "apt-get install virtuoso-opensource-7"


def oxigraph_binary() -> Path:
    """Where the server's binary of the development dependency is."""
    return Path(sys.executable).parent / "oxigraph"


@contextlib.contextmanager
def start_oxigraph(data: Path, port: int, folder: Path) -> Iterator[None]:
    """A server over a store's folder; it ends with the context."""
    command = [str(oxigraph_binary()), "serve", "--location", str(data), "--bind", f"127.0.0.1:{port}"]
    process = _start(command, folder, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D")
    try:
        yield
    finally:
        _stop(process)


@contextlib.contextmanager
def running_virtuoso(folder: Path, cut: int = CUT) -> Iterator[Engine]:
    """Debian's Virtuoso in a folder; up in 4 to 13 s, 270 MB. Source: its virtuoso.ini, reduced."""
    sql, http = free_port(), free_port()
    ini = folder / "v.ini"
    ini.write_text(_INI.format(folder=folder, sql=sql, http=http, cut=cut), encoding="utf-8")
    base = f"http://127.0.0.1:{http}"
    process = _start(["virtuoso-t", "+foreground", "+configfile", str(ini)], folder, f"{base}/sparql?query=ASK%7B%7D")
    remote = Remote(
        "there", f"{base}/sparql", f"{base}/sparql-graph-crud-auth", Profile.VIRTUOSO, page_size=PAGE,
        scope=Scope.PROJECT,
    )  # fmt: skip
    try:
        yield Engine("virtuoso", remote, Credentials("dba", "dba"), folder, sql)
    finally:
        _stop(process)


@contextlib.contextmanager
def running_oxigraph(folder: Path) -> Iterator[Engine]:
    """The Oxigraph server in a folder; up in 0.2 s."""
    port = free_port()
    base = f"http://127.0.0.1:{port}"
    remote = Remote("there", f"{base}/query", f"{base}/store", Profile.OXIGRAPH, page_size=PAGE, scope=Scope.PROJECT)
    with start_oxigraph(folder / "data", port, folder):
        yield Engine("oxigraph", remote, None, folder)


@pytest.fixture(scope="session")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """Debian's Virtuoso."""
    from conftest import needs

    if virtuoso_missing():
        needs("virtuoso", virtuoso_missing())
    with running_virtuoso(tmp_path_factory.mktemp("virtuoso")) as engine:
        yield engine


@pytest.fixture(scope="session")
def oxigraph(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """The Oxigraph server."""
    from conftest import needs

    if not oxigraph_binary().is_file():
        needs("oxigraph", "pip install oxigraph")
    with running_oxigraph(tmp_path_factory.mktemp("oxigraph")) as engine:
        yield engine


@pytest.fixture(params=["oxigraph", "virtuoso"])
def engine(request: pytest.FixtureRequest) -> Engine:
    """Each engine in turn."""
    found: Engine = request.getfixturevalue(request.param)
    return found
