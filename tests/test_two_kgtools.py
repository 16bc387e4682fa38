"""One kgtool as the engine of another: queries, the check, and pages over `kgtool serve`, as over any endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from conftest import WANGJIN, Ran
from msgspec import structs
from remote_front import ADDRESS, LIMITS, NOW, get
from serving import Served, serving
from test_golden import FICTIONAL, texts

from kgtool.check import check_endpoint
from kgtool.checks import Inputs
from kgtool.checks.queries import check_queries
from kgtool.engine import Solutions
from kgtool.engine.remote import RemoteStore, open_remote
from kgtool.errors import RemoteError
from kgtool.named import Binder, run
from kgtool.project import Remote, open_project
from kgtool.query import open_workbench
from kgtool.serve.app import App
from kgtool.serve.remote import open_app
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(WANGJIN, tmp_path_factory.mktemp("there"), "--as-of", "2021-12-31", "--deadline", "60") as served:
        yield served


@pytest.fixture(scope="module")
def remote(server: Served) -> Remote:
    return Remote("", server.url + "/sparql")


@pytest.mark.parametrize("size", [5_000, 50])
def test_every_named_query_gives_the_rows_of_the_files(remote: Remote, size: int) -> None:
    project = open_project(WANGJIN, {}, {})
    bench = open_workbench(project, NOW)
    _, ask = open_remote(structs.replace(remote, page_size=size), {})
    wrong = []
    for name, (given, _) in FICTIONAL.items():
        query, _preset = bench.find(name)
        terms = Binder(bench.curies, bench.today, bench.store).bind(query, texts(given))
        if run(query, terms, ask, project.prefixes) != run(query, terms, bench.runner, project.prefixes):
            wrong.append(name)
    assert wrong == []


def test_what_it_refuses_for_its_size_is_said_in_its_words_and_evaluated_here(remote: Remote) -> None:
    union = " UNION ".join(["{ ?s a cd:Visit }"] * 150)
    text = f"SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE {{ {union} }}"
    prefixes = {"cd": "https://w3id.org/city-diplomacy/ns#"}
    with pytest.raises(RemoteError) as caught:
        RemoteStore(remote).query(text, prefixes)
    assert caught.value.code == "E-REMOTE-LIMIT"
    assert "E-QUERY-LIMIT: the query is over a limit" in caught.value.message["en"]
    _, either = open_remote(remote, {})
    plain = either.query("SELECT (COUNT(DISTINCT ?s) AS ?n) WHERE { ?s a cd:Visit }", prefixes)
    assert either.query(text, prefixes) == plain
    assert isinstance(plain, Solutions)


def test_its_check_finds_what_the_check_of_the_files_finds(remote: Remote) -> None:
    from kgtool.check import read_inputs

    project = open_project(WANGJIN, {}, {})
    there = check_endpoint(project, remote, NOW, {})
    inputs: Inputs = read_inputs(project, NOW)
    here = {(one.rule, one.focus) for one in check_queries(inputs).findings}
    assert {(one.rule, one.focus) for one in there.findings} == here
    assert not [note for note in there.notes if note.code.startswith("not-run-there")]


def test_pages_queries_and_data_in_front_of_it(remote: Remote) -> None:
    project = open_project(WANGJIN, {}, {})
    settings = ServeSettings(address=ADDRESS, limits=LIMITS)
    near = App(open_snapshot(project, NOW, reasons=False), settings)
    far = open_app(project, remote, settings, NOW, {})
    try:
        for target in (
            "/api/ties-of-city?city=gov:wangjin&format=tsv",
            "/api/open-promises?format=csv",
            "/api/claims?format=tsv",
        ):
            assert get(far, target).body == get(near, target).body, target
        assert get(far, "/en/id/event/visit-bidao-2021-10").status == 200
        one, other = (set(get(app, "/data/event/visit-bidao-2021-10.nt").body.splitlines()) for app in (near, far))
        assert {line for line in one if b"_:" not in line} == {line for line in other if b"_:" not in line}
        # It says nothing of what was pushed, so nothing is kept.
        assert dict(get(far, "/data/place/wangjin.nt").headers)["Cache-Control"] == "no-store"
    finally:
        far.close()


def test_the_command_line_takes_its_address(remote: Remote, kgtool: Callable[..., Ran]) -> None:
    asked = kgtool("query", "ties-of-city", "--param", "city=gov:wangjin", "--format", "csv", "--project", WANGJIN,
                   "--as-of", "2021-12-31", "--endpoint", remote.url)  # fmt: skip
    here = kgtool("query", "ties-of-city", "--param", "city=gov:wangjin", "--format", "csv", "--project", WANGJIN,
                  "--as-of", "2021-12-31")  # fmt: skip
    assert (asked.status, asked.out) == (0, here.out), asked.err
    broken = kgtool(
        "query", "--file", "-", "--endpoint", remote.url, "--project", WANGJIN, "--lang", "en", stdin=b"SELECT * {"
    )
    assert broken.status == 2
    assert "E-QUERY-SYNTAX" in broken.err


def test_nothing_is_pushed_to_it(server: Served) -> None:
    before = server.health()["version"]
    refused = server.ask("PUT", "/graph-store?graph=urn:x", b"<a:a> <a:b> <a:c> .", content_type="text/turtle")
    assert refused.status == 405
    assert server.health()["version"] == before
