"""Who speaks to the engine: what may be carried, what changes while it is served, and what strangers are told of it."""

from __future__ import annotations

import contextlib
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import WANGJIN
from engines import Engine, free_port
from msgspec import structs
from remote_front import ADDRESS, LIMITS, NOW, fronts, get, load, remote_for
from serving import serving

from kgtool.check import read_inputs
from kgtool.engine.remote.asking import Question
from kgtool.engine.remote.deadline import Deadline
from kgtool.engine.remote.exchange import Reply
from kgtool.engine.remote.failure import BadQueryError, late, unreachable
from kgtool.engine.remote.graphs import GraphStore
from kgtool.engine.remote.manifest import State, manifest_graph, to_triples
from kgtool.errors import KgError, QueryError, RemoteError
from kgtool.formats import Audience
from kgtool.project import Profile, Remote, Scope, open_project
from kgtool.push import make_plan
from kgtool.serve.remote import open_app
from kgtool.serve.remote.broker import Broker
from kgtool.serve.remote.line import Line, question_frame
from kgtool.serve.settings import ServeSettings

REMOTE = Remote("there", "http://127.0.0.1:9/query", profile=Profile.OXIGRAPH)
EMPTY = b'{"head": {"vars": ["s"]}, "results": {"bindings": []}}'


@contextlib.contextmanager
def broker(asks: Callable[[Question, Deadline], Reply]) -> Iterator[Line]:
    """A broker over what answers in the engine's place, and a line to it."""
    made = Broker(REMOTE, asks, LIMITS)
    line = Line(made.line())
    try:
        yield line
    finally:
        line.close()
        made.end()


def echo(question: Question, _: Deadline) -> Reply:
    """The text that came, as if an engine said it."""
    return Reply(REMOTE.url, 200, {"content-type": "application/sparql-results+json"}, question.text.encode())


def asked(line: Line, text: str, form: str = "SELECT", parameters: Any = ()) -> bytes:
    return line(Question(text, form, parameters, 1 << 20), Deadline(20)).body


def test_a_select_and_an_ask_are_carried() -> None:
    with broker(echo) as line:
        assert asked(line, "SELECT * { ?s ?p ?o }") == b"SELECT * { ?s ?p ?o }"
        assert asked(line, "ASK { }", "ASK", (("default-graph-uri", "urn:x"),)) == b"ASK { }"


NEVER = (
    ("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }", "SELECT", ()),
    ("SELECT * { SERVICE SILENT ?x { } }", "SELECT", ()),
    ("ASK { FILTER EXISTS { \\u0053ERVICE <http://127.0.0.1:1/> { } } }", "ASK", ()),
    ("LOAD <http://127.0.0.1:1/>", "SELECT", ()),
    ("INSERT DATA { <a:a> <a:b> <a:c> }", "SELECT", ()),
    ("DROP ALL", "ASK", ()),
    ("DESCRIBE <a:a>", "SELECT", ()),
    ("CONSTRUCT WHERE { ?s ?p ?o }", "CONSTRUCT", ()),
    ("SELECT * { }", "ASK", ()),
    ("SELECT * { }", "SELECT", (("update", "DROP ALL"),)),
    ("SELECT * { }", "SELECT", (("url", "http://127.0.0.1:1/"),)),
    ("SELECT * " + "{" * 200 + "}" * 200, "SELECT", ()),
)  # fmt: skip


@pytest.mark.parametrize("text", NEVER)
def test_nothing_else_is_carried_whatever_a_worker_thinks_of_it(text: tuple[str, str, Any]) -> None:
    with broker(echo) as line:
        with pytest.raises(QueryError):
            asked(line, *text)
        assert asked(line, "ASK { }", "ASK") == b"ASK { }"  # and the line still stands


def test_the_engine_s_failures_come_through_with_their_code() -> None:
    def failing(question: Question, deadline: Deadline) -> Reply:
        if "bad" in question.text:
            raise BadQueryError("not this one")
        raise late(REMOTE.url, deadline.seconds) if "late" in question.text else unreachable(REMOTE.url, "gone")

    with broker(failing) as line:
        with pytest.raises(BadQueryError, match="not this one"):
            asked(line, "SELECT ?bad { }")
        for word, code in (("late", "E-REMOTE-TIMEOUT"), ("x", "E-REMOTE-CONNECT")):
            with pytest.raises(RemoteError) as caught:
                asked(line, f"SELECT ?{word} {{ }}")
            assert caught.value.code == code


def test_a_broker_that_died_is_an_error_and_a_line_that_says_nonsense_is_closed() -> None:
    made = Broker(REMOTE, echo, LIMITS)
    line, raw = Line(made.line()), made.line()
    raw.sendall(b"\x00\x00\x00\x02[]")
    assert raw.recv(1) == b""
    raw.close()
    assert asked(line, "ASK { }", "ASK") == b"ASK { }"
    made.end()
    with pytest.raises(RemoteError) as caught:
        asked(line, "ASK { }", "ASK")
    assert caught.value.code == "E-REMOTE-BROKER"
    line.close()


def test_a_question_has_no_address() -> None:
    assert REMOTE.url.encode() not in question_frame(Question("ASK { }", "ASK", (), 1), 1.0)


# --- what changes while it is served


def announce(engine: Engine, remote: Remote, state: State, **changes: Any) -> None:
    """Say something in the manifest, as a push does."""
    plan = make_plan(remote, read_inputs(open_project(WANGJIN, {}, {}), NOW).dataset, open_project(WANGJIN, {}, {}))
    manifest = structs.replace(plan.manifest(state), **changes)
    GraphStore(remote, engine.who).put(manifest_graph(remote), to_triples(remote, manifest))


def test_no_answer_is_given_while_another_version_is_loaded_or_there(oxigraph: Engine) -> None:
    with fronts(oxigraph, WANGJIN) as both:
        call = "/api/ties-of-city?city=gov:wangjin"
        tag = dict(get(both.far, call).headers)["ETag"]
        for state, changes in ((State.LOADING, {}), (State.COMPLETE, {"version": "0" * 64})):
            announce(oxigraph, both.remote, state, **changes)
            for path in (call, "/data/place/wangjin.ttl", "/page/place/wangjin", "/en/id/place/wangjin"):
                refused = get(both.far, path)
                assert refused.status == 503, path
                assert b"E-REMOTE-CHANGED" in refused.body
                assert dict(refused.headers)["Retry-After"]
            assert get(both.far, call, if_none_match=tag).status == 503
            assert get(both.far, "/queries").status == 200  # nothing of it is the engine's
        announce(oxigraph, both.remote, State.COMPLETE)
        assert get(both.far, call).status == 200
        assert get(both.far, call, if_none_match=tag).status == 304


def opened(engine: Engine, remote: Remote, **settings: Any) -> Any:
    project = open_project(WANGJIN, {}, {})
    return open_app(project, remote, ServeSettings(address=ADDRESS, limits=LIMITS, **settings), NOW, engine.environ())


def test_what_was_not_pushed_or_not_to_its_end_is_not_served(oxigraph: Engine) -> None:
    oxigraph.clear()
    remote = remote_for(oxigraph, graph_base="urn:kgtool:other:")
    for state, code in ((None, "E-REMOTE-UNPUSHED"), (State.LOADING, "E-REMOTE-HALF")):
        if state:
            announce(oxigraph, remote, state)
        with pytest.raises(RemoteError) as caught:
            opened(oxigraph, remote)
        assert caught.value.code == code
    GraphStore(remote, None).drop(manifest_graph(remote))


def marked(tmp: Path) -> Path:
    """The project with one resource that is not for everyone."""
    folder = tmp / "marked"
    shutil.copytree(WANGJIN, folder)
    (folder / "data" / "secret.ttl").write_text(
        "@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
        '<https://example.org/wangjin/id/body/quiet> a cd:Body ; skos:prefLabel "Quiet"@en ; cd:audience "internal" .\n'
    )
    return folder


def test_an_audience_is_not_served_what_was_loaded_for_another(oxigraph: Engine, tmp_path: Path) -> None:
    project = open_project(marked(tmp_path), {}, {})
    remote = remote_for(oxigraph)
    settings = ServeSettings(address=ADDRESS, limits=LIMITS)
    oxigraph.clear()
    load(oxigraph, project, remote)
    with pytest.raises(KgError) as caught:
        open_app(project, remote, settings, NOW, {})
    assert caught.value.code == "E-REMOTE-AUDIENCE"
    inside = open_app(project, remote, structs.replace(settings, audience=Audience.INTERNAL), NOW, {})
    assert get(inside, "/data/body/quiet.nt").status == 200
    inside.close()
    load(oxigraph, project, remote, Audience.PUBLIC)
    outside = open_app(project, remote, settings, NOW, {})
    assert get(outside, "/data/body/quiet.nt").status == 404
    assert get(outside, "/data/place/wangjin.nt").status == 200
    outside.close()
    # Without a manifest nobody knows for whom it is: marks that are there, and rules in the settings, refuse.
    oxigraph.clear()
    load(oxigraph, project, remote)
    with pytest.raises(KgError) as caught:
        open_app(project, structs.replace(remote, scope=Scope.UNION), settings, NOW, {})
    assert caught.value.code == "E-REMOTE-AUDIENCE"
    oxigraph.clear()


def test_without_a_manifest_nothing_is_kept(oxigraph: Engine) -> None:
    with fronts(oxigraph, WANGJIN) as both:
        far = opened(oxigraph, structs.replace(both.remote, scope=Scope.UNION))
        answer = get(far, "/api/ties-of-city?city=gov:wangjin&format=tsv")
        assert answer.body == get(both.near, "/api/ties-of-city?city=gov:wangjin&format=tsv").body
        fields = dict(answer.headers)
        assert fields["Cache-Control"] == "no-store"
        assert "ETag" not in fields
        far.close()


# --- the running server


@pytest.fixture(scope="module")
def project(oxigraph: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The fictional project with the engine in its settings, pushed."""
    folder = tmp_path_factory.mktemp("front") / "project"
    shutil.copytree(WANGJIN, folder)
    with (folder / "kgtool.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n" + oxigraph.settings())
    oxigraph.clear()
    found = open_project(folder, {}, {})
    load(oxigraph, found, found.remotes["there"])
    yield folder
    oxigraph.clear()


def sockets(pid: int) -> set[str]:
    """The TCP sockets that a process has open."""
    found = set()
    for link in Path(f"/proc/{pid}/fd").iterdir():
        with contextlib.suppress(OSError):
            name = str(link.readlink())
            if name.startswith("socket:["):
                found.add(name[8:-1])
    table = Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]
    return found & {row.split()[9] for row in table}


def test_a_worker_has_no_way_out_and_answers_all_the_same(project: Path, tmp_path: Path) -> None:
    with serving(project, tmp_path, "--endpoint", "there", "--as-of", "2021-12-31", "--deadline", "30") as served:
        answer = served.ask("GET", "/api/ties-of-city?city=gov:wangjin&format=csv")
        assert answer.status == 200
        assert answer.body.count(b"\n") > 3
        again = served.ask("GET", "/api/ties-of-city?city=gov:wangjin&format=csv", if_none_match=answer.fields["etag"])
        assert again.status == 304
        health = served.health()
        assert health["data"]["endpoint"] == "there"
        assert health["data"]["triples"] > 4_000
        family = served.family()
        limits = {pid: Path(f"/proc/{pid}/limits").read_text() for pid in family}
        workers = [pid for pid, text in limits.items() if any(
            line.startswith("Max open files") and line.split()[3] == "0" for line in text.splitlines()
        )]  # fmt: skip
        assert workers
        assert not any(sockets(pid) for pid in workers)
        for pid in workers:  # standard input, output and error, the front, the broker
            assert len(list(Path(f"/proc/{pid}/fd").iterdir())) == 5
        for target in ("/sparql?query=ASK%7B%7D", "/en/query?query=ASK%7B%7D"):
            assert served.ask("GET", target).status == 501
        refused = served.query("SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }")
        assert refused.status == 501
        assert (
            served.ask("POST", "/sparql", b"update=DROP+ALL", content_type="application/x-www-form-urlencoded").status
            == 501
        )


def test_a_push_is_served_by_itself_and_answers_before_and_behind_are_whole(
    project: Path, oxigraph: Engine, tmp_path: Path
) -> None:
    found = open_project(project, {}, {})
    with serving(project, tmp_path, "--endpoint", "there", "--as-of", "2021-12-31", "--deadline", "30") as served:
        first = served.health()["version"]
        pid = served.process.pid
        (project / "data" / "more.ttl").write_text(
            "@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
            '<https://example.org/wangjin/id/body/new> a cd:Body ; skos:prefLabel "New"@en .\n'
        )
        try:
            assert served.ask("GET", "/data/body/new.nt").status == 404
            load(oxigraph, found, found.remotes["there"])
            served.until(lambda health: health["version"] != first)
            assert served.ask("GET", "/data/body/new.nt").status == 200
            assert served.process.pid == pid
            assert served.health()["status"] == "ok"
        finally:
            (project / "data" / "more.ttl").unlink()
            load(oxigraph, found, found.remotes["there"])


def test_an_engine_that_is_gone_is_a_502_without_its_address_and_kept_answers_stay(tmp_path: Path) -> None:
    from engines import running_oxigraph

    folder = tmp_path / "project"
    shutil.copytree(WANGJIN, folder)
    inside = tmp_path / "engine"
    inside.mkdir()
    with contextlib.ExitStack() as stack:
        engine = stack.enter_context(running_oxigraph(inside))
        with (folder / "kgtool.toml").open("a", encoding="utf-8") as settings:
            settings.write("\n" + engine.settings())
        found = open_project(folder, {}, {})
        load(engine, found, found.remotes["there"])
        with serving(folder, tmp_path, "--endpoint", "there", "--deadline", "20") as served:
            assert served.ask("GET", "/data/place/wangjin.nt").status == 200
            stack.close()
            kept = served.ask("GET", "/data/place/wangjin.nt")
            assert kept.status == 200
            gone = served.ask("GET", "/api/ties-of-city?city=gov:wangjin", accept="application/json")
            assert gone.status == 502
            assert gone.json["code"] == "E-REMOTE-CONNECT"
            assert b"127.0.0.1" not in gone.body
            assert served.ask("GET", "/queries").status == 200
            end = time.monotonic() + 20
            while engine.remote.url not in served.log.read_text(encoding="utf-8"):  # who runs it is told
                assert time.monotonic() < end
                time.sleep(0.1)


def test_an_engine_that_does_not_answer_is_a_504_in_time(tmp_path: Path) -> None:
    """A listener that takes connections and says nothing, once the data is loaded."""
    with socket.create_server(("127.0.0.1", free_port())) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/query"
        remote = Remote("", url, scope=Scope.LISTED, graphs=("urn:x",))
        began = time.monotonic()
        settings = ServeSettings(address=ADDRESS, limits=structs.replace(LIMITS, seconds=1.0))
        with pytest.raises(RemoteError) as caught:
            open_app(open_project(WANGJIN, {}, {}), remote, settings, NOW, {})
        assert caught.value.code == "E-REMOTE-TIMEOUT"
        assert time.monotonic() - began < 15


def test_one_answer_without_a_server(project: Path, capfd: pytest.CaptureFixture[str]) -> None:
    from kgtool.cli import status

    ended = status(["serve", "--project", str(project), "--endpoint", "there", "--deadline", "30", "--get",
                    "/api/ties-of-city?city=gov:wangjin", "--accept", "text/csv"])  # fmt: skip
    out, _ = capfd.readouterr()
    assert ended == 0
    assert out.startswith("tie,")
    assert status(["serve", "--project", str(project), "--endpoint", "nowhere", "--get", "/"]) == 2


def test_quads_of_the_model_are_at_hand(project: Path, oxigraph: Engine) -> None:
    found = open_project(project, {}, {})
    app = opened(oxigraph, found.remotes["there"])
    try:
        assert all(isinstance(quad, ox.Quad) for quad in app.snapshot.stated)
        before = app._line.asked
        assert get(app, "/ns?format=ttl").status == 200
        assert app._line.asked == before
    finally:
        app.close()
