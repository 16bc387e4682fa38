"""What makes serving quick changes no answer: each short cut gives what the long way gives."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from types import SimpleNamespace
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from serving import Served, serving

from kgtool.serve.front.fairness import Ledger, Queue
from kgtool.serve.front.job import Job
from kgtool.serve.front.member import Member
from kgtool.serve.loader import Born
from kgtool.serve.sparql.answer import limit_of
from kgtool.serve.wire import LAST_WORD, TOLD, tell
from kgtool.write.native import replacements, restored_json, restored_results

HEAD = b"Content-Type: text/plain\r\n"
DATA = '<urn:a> <urn:p> "x"@zh-Hant , "y"@en , "z"@pt-BR , "\\"xml:lang\\":\\"zh-hant\\"" .\n'


@pytest.mark.parametrize(
    ("text", "limit"),
    [
        ("SELECT * { ?s ?p ?o } LIMIT 5", 5),
        ("SELECT * { ?s ?p ?o }limit 5 OFFSET 2 # LIMIT", -1),
        ("SELECT * { ?s ?p ?o } ORDER BY (?s) LIMIT 7 # seven", 7),
        ("SELECT * { ?s ?p ?o }", -1),
        ("SELECT * { { SELECT * { ?s ?p ?o } LIMIT 5 } }", -1),
        ("SELECT * { ?s ?p ?o } # LIMIT 5", -1),
        ("SELECT * { ?s ?p ?o } #\n LIMIT 5", -1),
        ("SELECT * { ?s ?p ?o . FILTER(?o = ' } LIMIT 5 ') }", -1),
        ("SELECT * { ?s ?p ?o } ORDER BY STR(?s) ' LIMIT 5", -1),
        ("SELECT ?LIMIT { ?s ?p ?LIMIT }", -1),
        ("SELECT * { ?s ?p ?o } LIMIT 5 VALUES ?s { <urn:a> }", -1),
        ("SELECT * { ?s ?p ?o } LIMIT 5e3", -1),
    ],
)
def test_a_limit_is_taken_for_one_only_where_it_is_plain(text: str, limit: int) -> None:
    assert limit_of(text) == limit


def test_known_tags_are_restored_as_tags_that_are_looked_for() -> None:
    store = ox.Store()
    store.load(DATA.encode(), ox.RdfFormat.TURTLE)
    answer = store.query("SELECT * { ?s ?p ?o }")
    assert isinstance(answer, ox.QuerySolutions)
    written = answer.serialize(format=ox.QueryResultsFormat.JSON)
    assert written is not None
    pairs = replacements(["zh-Hant", "en", "pt-br", "pt-BR"])
    assert len(pairs) == 2
    assert restored_json(written, pairs) == restored_results(written, ox.QueryResultsFormat.JSON)
    assert b'"xml:lang":"zh-Hant"' in restored_json(written, pairs)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    folder = tmp_path_factory.mktemp("fast")
    (folder / "kgtool.toml").touch()
    (folder / "data").mkdir()
    (folder / "data" / "tags.ttl").write_text(DATA, encoding="utf-8")
    with serving(folder, folder, "--allow-findings") as served:
        yield served


@pytest.mark.parametrize(
    ("text", "tags"),
    [
        ("SELECT ?o { <urn:a> ?p ?o }", {"zh-Hant", "en", "pt-BR"}),
        ('SELECT ?o { BIND("q"@ZH-tw AS ?o) }', {"zh-TW"}),
        ('SELECT ?o { BIND(StrLang("q", "zh-tw") AS ?o) }', {"zh-TW"}),
        ("SELECT ?o { <urn:a> ?p ?v . BIND(CONCAT(?v, ?v) AS ?o) FILTER(LANG(?v) != '') }", {"zh-Hant", "en", "pt-BR"}),
    ],
)
def test_every_tag_of_an_answer_has_its_registered_case(served: Served, text: str, tags: set[str]) -> None:
    answer = served.query(text, accept="application/sparql-results+json")
    assert answer.status == 200
    rows = answer.json["results"]["bindings"]
    assert {row["o"].get("xml:lang") for row in rows if "o" in row} - {None} == tags


def test_prefixes_of_the_project_are_there_when_a_text_needs_them(served: Served) -> None:
    assert (
        served.query("SELECT ?s { ?s a owl:Thing . ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l }").status == 200
    )
    assert served.query("SELECT ?s { ?s <http://www.w3.org/2000/01/rdf-schema#label> ?l }").status == 200
    assert served.query("SELECT ?s { ?s nobody:knows ?l }").status == 400


def test_line_ends_in_a_form_are_no_part_of_an_escape(served: Served) -> None:
    form = "application/x-www-form-urlencoded"
    text = "SELECT ?o\n{ <urn:a>\r\n ?p ?o }"
    for body, status in (
        (f"query={text}".encode(), 200),
        (f"query={quote(text)}\n".encode(), 200),
        (b"query=ASK%\n{}", 400),
        (b"query=ASK%7B%7", 400),
        (b"query=ASK%%7B%7D", 400),
    ):
        assert served.ask("POST", "/sparql", body=body, content_type=form).status == status, body


# --- a worker's answers as the front reads them


def job() -> Job:
    connection = SimpleNamespace(gone=False)
    return Job(connection, SimpleNamespace(client="192.0.2.1"), "GET", "", True, b"", (), 5.0, 0, 0.0)  # type: ignore[arg-type]


@pytest.fixture
def ends() -> Iterator[tuple[Member, socket.socket]]:
    ours, theirs = socket.socketpair()
    member = Member(Born(os.getpid(), 0, ours.detach(), os.pidfd_open(os.getpid())), 1 << 20)
    member.job = job()
    with theirs:
        yield member, theirs
    member.close()


def test_an_answer_in_part_behind_a_whole_one_is_waited_for(ends: tuple[Member, socket.socket]) -> None:
    member, theirs = ends
    member.then.append(job())
    first, second = tell(200, "", HEAD, b"one") + b"one", tell(200, "", HEAD, b"x" * 1000) + b"x" * 1000
    theirs.sendall(first + second[:500])
    answer = member.receive()
    assert answer is not None
    assert answer.body == b"one"
    member.finish()
    assert member.held() is None
    theirs.sendall(second[500:])
    answer = member.receive()
    assert answer is not None
    assert answer.body == b"x" * 1000
    theirs.close()
    with pytest.raises(EOFError):
        member.receive()


def test_a_last_word_is_noted_and_is_no_answer(ends: tuple[Member, socket.socket]) -> None:
    member, theirs = ends
    word = tell(503 | LAST_WORD, "", HEAD, b"late") + b"late"
    theirs.sendall(word[: TOLD.size + 3])
    assert member.receive() is None
    theirs.sendall(word[TOLD.size + 3 :])
    assert member.receive() is None
    assert member.job is not None
    assert member.job.word is not None
    assert (member.job.word.status, member.job.word.body) == (503, b"late")
    theirs.sendall(tell(200, "", HEAD, b"soon") + b"soon")
    answer = member.receive()
    assert answer is not None
    assert (answer.status, answer.body) == (200, b"soon")


def test_who_is_gone_is_passed_over() -> None:
    queue = Queue(Ledger(20.0, 60.0))
    jobs = [job() for _ in range(3)]
    for each in jobs:
        queue.put(each)
    jobs[0].connection.gone = True
    assert queue.take(0.0) is jobs[1]
    assert queue.count == 1
    jobs[2].connection.gone = True
    assert queue.take(0.0) is None
    assert queue.count == 0
