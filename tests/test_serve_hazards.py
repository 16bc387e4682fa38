"""The hazard corpus against a running server: raw HTTP, request paths, hostile queries; and who never goes anywhere.

Outcomes are those of the EXPECT.tsv files. All the while a port of this machine listens that nothing may connect to, and
the server's process stays the same.
"""

from __future__ import annotations

import contextlib
import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT
from serving import Served, serving
from test_hazards_sparql import CORPUS, IMMUNE, LINES, Canary, Hazard, listening

FOLDER = ROOT / "tests" / "hazards" / "http"
with (FOLDER / "EXPECT.tsv").open(encoding="utf-8", newline="") as _stream:
    HTTP = {row["file"]: row["expected"] for row in csv.DictReader(_stream, delimiter="\t")}
PATHS = (FOLDER / "paths.txt").read_text(encoding="utf-8").splitlines()
SECRETS = (b"root:", b"build-system", b"[tool.", b"[core]")


@contextlib.contextmanager
def running(folder: Path, deadline: int) -> Iterator[Served]:
    """A server over the corpus's graph, which is the same process and well at the end."""
    (folder / "kgtool.toml").write_text("", encoding="utf-8")
    (folder / "data").mkdir()
    (folder / "data" / "lines.nt").write_text(LINES, encoding="utf-8")
    with serving(folder, folder, "--allow-findings", "--deadline", str(deadline)) as served:
        yield served
        assert served.process.poll() is None
        assert served.health()["status"] == "ok"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Patient: what must be answered is, on a busy machine too."""
    with running(tmp_path_factory.mktemp("patient"), 60) as served:
        yield served


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """For what must be stopped."""
    with running(tmp_path_factory.mktemp("strict"), 2) as served:
        yield served


@pytest.fixture(scope="module")
def canary() -> Iterator[Canary]:
    with listening() as canary:
        yield canary


def allowed(expected: str) -> set[int]:
    """The statuses that an expectation names."""
    return {int(number) for number in re.findall(r"\b[1-5]\d\d\b", expected)}


@pytest.mark.parametrize("name", [name for name in HTTP if name.endswith(".req")])
def test_a_raw_request_ends_as_expected_and_the_server_goes_on(name: str, served: Served) -> None:
    before = served.get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body
    reply = served.raw((FOLDER / name).read_bytes())
    statuses = allowed(HTTP[name])
    if name == "accept-bad-q.req":
        statuses = {200, 406}
    if name in {"bad-host.req", "x-forwarded-host.req"}:
        statuses = {200, 303, 404}
        assert b"evil.example" not in reply.body + repr(reply.fields).encode()
    if name == "options-cors.req":
        statuses = {204}
        assert reply.fields["access-control-allow-origin"] == "*"
        assert "access-control-allow-credentials" not in reply.fields
    if name == "range-abuse.req":
        statuses |= {303}  # / leads to the pages in the language asked for
    assert reply.status in statuses, f"{name}: {HTTP[name]}; got {reply.status} {reply.body[:200]!r}"
    if "close" in HTTP[name]:
        assert reply.fields.get("connection") == "close"
    if "at once" in HTTP[name] or "50 ms" in HTTP[name]:
        assert reply.seconds < 2  # a busy machine; the server answers before it reads more
    if "list" in HTTP[name]:
        assert reply.json["available"]
    assert served.get("SELECT (COUNT(*) AS ?n) { ?s ?p ?o }").body == before


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_no_request_path_leads_to_a_file_or_away(path: str, served: Served) -> None:
    reply = served.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    own = reply.status == 303 and reply.fields["location"] == "/zh-hant/"  # `/?next=…`: the query has no say in it
    assert own or reply.status in {400, 404, 414}, f"{path[:60]}: {reply.status} {reply.body[:100]!r}"
    assert not any(secret in reply.body for secret in SECRETS)
    assert "set-cookie" not in reply.fields
    assert not reply.fields.get("location", "").startswith(("//", "http://evil", "https://evil"))


@pytest.mark.parametrize("hazard", CORPUS, ids=[hazard.name for hazard in CORPUS])
def test_a_hostile_query_ends_as_expected(hazard: Hazard, served: Served, strict: Served, canary: Canary) -> None:
    reply = (strict if hazard.expected == "limit" else served).query(hazard.text(canary.port))
    if reply.status == 200:
        code, line = "", 0
    elif reply.status == 413 and not reply.body:
        code, line = "E-QUERY-LIMIT", 0
    else:
        problem = reply.json
        code, line = problem["code"], problem.get("line", 0)
        if code in {"E-REQUEST-SIZE", "E-SERVER-BUSY"}:
            code = "E-QUERY-LIMIT"
    assert reply.status in {200, 400, 413, 503}
    if hazard.name == "nul-char.rq" and code == "E-QUERY-FORM":
        code = "E-QUERY-SYNTAX"
    assert hazard.judged(code, line) == ""
    assert not canary.came()


def test_the_immune_ones_are_answered_at_once(served: Served) -> None:
    for name in IMMUNE:
        text = next(hazard for hazard in CORPUS if hazard.name == name).text(0)
        assert served.query(text).status == 200


def test_updates_in_every_dress_are_refused_and_change_nothing(served: Served) -> None:
    before = served.get("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").body
    update = b"INSERT DATA { <urn:x> <urn:y> <urn:z> }"
    form = "application/x-www-form-urlencoded"
    replies = [
        served.ask("POST", "/sparql", update, content_type="application/sparql-update"),
        served.ask("POST", "/sparql", b"update=DROP%20ALL", content_type=form),
        served.ask("GET", "/sparql?update=DROP%20ALL"),
        served.ask("POST", "/sparql", update, content_type="application/sparql-query"),
        served.ask("PUT", "/sparql", update), served.ask("DELETE", "/sparql"), served.ask("PATCH", "/sparql", update),
        served.ask("POST", "/update", b"update=DROP%20ALL", content_type=form),
    ]  # fmt: skip
    assert [reply.status for reply in replies] == [403, 403, 403, 400, 405, 405, 405, 404]
    assert served.get("SELECT (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } }").body == before


def test_every_address_in_the_corpus_is_of_this_machine() -> None:
    texts = [file.read_bytes() for file in FOLDER.glob("*.req")] + [hazard.text(1).encode() for hazard in CORPUS]
    for text in texts:
        for host in re.findall(rb"https?://([0-9][0-9.]+)[:/]", text):
            assert host == b"127.0.0.1"


def test_corpus_is_complete() -> None:
    assert {file.name for file in FOLDER.iterdir()} == {*HTTP, "EXPECT.tsv"}
    assert Path(FOLDER / "paths.txt").exists()
