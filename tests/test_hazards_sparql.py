"""The SPARQL part of the hazard corpus: through the runner, as `kgtool query --file`, and as a query of a project.

Outcomes are those of tests/hazards/sparql/EXPECT.tsv. A `limit` is a refusal with a code of its own; where this engine
answers such a query at once, the right answer is as good (`IMMUNE`). Files that are long are made here.
A server on this machine listens all the while: nothing may connect to it.
"""

from __future__ import annotations

import contextlib
import csv
import datetime
import functools
import gc
import json
import os
import re
import resource
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import pyoxigraph as ox
import pytest
from conftest import ROOT, Ran

from kgtool.check import check
from kgtool.engine import EmbeddedStore, Limits, QueryRunner, Solutions
from kgtool.errors import QueryError
from kgtool.project import open_project

FOLDER = Path(__file__).parent / "hazards" / "sparql"
PORT = "18977"  # in the corpus; the port that listens takes its place
HEAD = "PREFIX : <http://example.org/kg/>\n"
STRICT = Limits(seconds=2.0, memory=256 << 20)  # for what must be stopped
PATIENT = Limits(seconds=20.0, memory=512 << 20)  # for what must be answered, on a busy machine too
LIMIT_CODES = {"E-QUERY-LIMIT", "E-QUERY-TIMEOUT", "E-QUERY-MEMORY", "E-QUERY-CRASH", "E-QUERY-ROWS"}
IMMUNE = {"regex-redos.rq": "the engine's regular expressions are linear: no row, at once"}
LINES = "".join(f"<http://e/n{n // 5}> <http://example.org/kg/p> <http://e/n{n * 7 % 400}> .\n" for n in range(2_000))
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)


def many(count: int, form: str, between: str = " ") -> str:
    return between.join(form.format(n, n + 1) for n in range(count))


LARGE: Mapping[str, Callable[[], str]] = MappingProxyType({
    "chain-alt-path-20k.rq": lambda: f"SELECT * WHERE {{ ?s {'|'.join([':p'] * 20_000)} ?o }}",
    "chain-bgp-3k.rq": lambda: f"SELECT * WHERE {{ {many(3_000, '?a{} :p ?a{} .')} }} LIMIT 1",
    "chain-or-20k.rq": lambda: f"SELECT * WHERE {{ ?s ?p ?o FILTER({'||'.join(['?o=1'] * 20_000)}) }}",
    "chain-plus-50k.rq": lambda: f"SELECT ({'+'.join(['1'] * 50_000)} AS ?x) WHERE {{ }}",
    "chain-seq-path-20k.rq": lambda: f"SELECT * WHERE {{ ?s {'/'.join([':p'] * 20_000)} ?o }}",
    "chain-union-5k.rq": lambda: f"SELECT * WHERE {{ {' UNION '.join(['{ ?s ?p ?o }'] * 5_000)} }}",
    "deep-bnode-50k.rq": lambda: f"SELECT * WHERE {{ ?s :p {'[ :p ' * 50_000}1{' ]' * 50_000} }}",
    "deep-exists-500.rq": lambda: f"SELECT * WHERE {{ {'?s ?p ?o FILTER EXISTS { ' * 500}?s ?p ?o{'}' * 500} }}",
    "deep-groups-100k.rq": lambda: f"SELECT * WHERE {{ {'{' * 100_000}{'}' * 100_000} }}",
    "deep-list-50k.rq": lambda: f"SELECT * WHERE {{ ?s :p {'(' * 50_000}1{')' * 50_000} }}",
    "deep-not-100k.rq": lambda: f"SELECT * WHERE {{ FILTER({'!' * 100_000}true) }}",
    "deep-optional-5k.rq": lambda: f"SELECT * WHERE {{ {'OPTIONAL { ?s ?p ?o ' * 5_000}{'}' * 5_000} }}",
    "deep-parens-100k.rq": lambda: f"SELECT * WHERE {{ ?s ?p ?o FILTER({'(' * 100_000}true{')' * 100_000}) }}",
    "deep-path-50k.rq": lambda: f"SELECT * WHERE {{ ?s {'(' * 50_000}:p{')' * 50_000} ?o }}",
    "deep-subselect-2k.rq": lambda: f"{'SELECT * WHERE { { ' * 2_000}SELECT * WHERE {{ }}{' } }' * 2_000}",
    "in-100k.rq": lambda: f"SELECT (COUNT(*) AS ?n) WHERE {{ <http://e/n1> :p ?o FILTER(?o IN ({many(100_000, ':n{}', ',')})) }}",
    "long-var.rq": lambda: f"SELECT (COUNT(?{'v' * 100_000}) AS ?n) WHERE {{ ?{'v' * 100_000} ?p ?o }}",
    "values-100k.rq": lambda: f"SELECT (COUNT(*) AS ?n) WHERE {{ VALUES ?v {{ {many(100_000, ':n{}')} }} }}",
    "whitespace-5mb.rq": lambda: f"SELECT * WHERE {{{' ' * 5_000_000}}}",
})  # fmt: skip


@dataclass(frozen=True)
class Hazard:
    """A file of the corpus and what must become of it."""

    name: str
    expected: str

    def text(self, port: int) -> str:
        made = LARGE.get(self.name)
        text = HEAD + made() if made else (FOLDER / self.name).read_bytes().decode("utf-8")
        return text.replace(f":{PORT}", f":{port}")

    @property
    def limits(self) -> Limits:
        return STRICT if self.expected == "limit" else PATIENT

    @property
    def lines(self) -> tuple[int, int]:
        """First and last line (1-based) where a syntax error must stand."""
        found = re.search(r"@(\d+)(?:-(\d+))?", self.expected)
        return (int(found[1]), int(found[2] or found[1])) if found else (1, 1_000)

    def judged(self, code: str, line: int, shift: int = 0) -> str:
        """What is wrong with an outcome (a code, "" for an answer; a line), "" when it is as expected."""
        kind = self.expected.partition("@")[0]
        if kind == "limit":
            right = code in LIMIT_CODES or (not code and self.name in IMMUNE)
        elif kind.startswith("refuse"):
            right = code == "E-QUERY-FORM"
        elif kind.startswith("syntax-error"):
            first, last = self.lines
            right = (code == "E-QUERY-SYNTAX" and first + shift <= line <= last + shift) or (
                not code and "accept" in kind
            )
        else:
            right = not code
        return "" if right else f"{self.name}: expected {self.expected}, got {code or 'an answer'} at line {line}"


with (FOLDER / "EXPECT.tsv").open(encoding="utf-8", newline="") as _stream:
    CORPUS = tuple(Hazard(row["file"], row["expected"]) for row in csv.DictReader(_stream, delimiter="\t"))
NAMES = [hazard.name for hazard in CORPUS]


@dataclass(frozen=True)
class Canary:
    """A listening port; the kernel takes connections, and `came` tells whether there were any."""

    socket: socket.socket

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def came(self) -> bool:
        try:
            self.socket.accept()[0].close()
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def listening() -> Iterator[Canary]:
    """A port that nobody may connect to."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield Canary(server)
        assert not Canary(server).came(), "somebody connected"


@pytest.fixture
def canary() -> Iterator[Canary]:
    with listening() as canary:
        yield canary


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore(
        ox.Quad(*triple, ox.NamedNode("a:g"))
        for triple in (q.triple for q in ox.parse(LINES, format=ox.RdfFormat.N_TRIPLES))
    )


def descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def children() -> str:
    return " ".join(task.joinpath("children").read_text() for task in Path("/proc/self/task").iterdir()).strip()


def outcome(runner: QueryRunner, text: str) -> tuple[str, int]:
    try:
        runner.run(text, {})
    except QueryError as error:
        return error.code, getattr(error, "line", 0)
    return "", 0


def test_the_canary_would_notice(canary: Canary) -> None:
    socket.create_connection(("127.0.0.1", canary.port)).close()
    assert canary.came()


def test_corpus_is_whole() -> None:
    assert len(CORPUS) == 60
    assert {path.name for path in FOLDER.iterdir()} | set(LARGE) == {*NAMES, "EXPECT.tsv"}


@pytest.mark.parametrize("hazard", CORPUS, ids=NAMES)
def test_runner_ends_every_hazard_as_expected(hazard: Hazard, store: EmbeddedStore, canary: Canary) -> None:
    text = hazard.text(canary.port)
    gc.collect()
    before, open_before = children(), descriptors()
    began = time.monotonic()
    with QueryRunner(store, hazard.limits) as runner:
        assert hazard.judged(*outcome(runner, text)) == ""
        assert time.monotonic() - began < hazard.limits.seconds + 5.0
        assert runner.run("ASK { ?s ?p ?o }", {}) is True
    assert (children(), descriptors()) == (before, open_before)


def test_all_hazards_one_after_another_leave_nothing(store: EmbeddedStore, canary: Canary) -> None:
    """One runner for all; the parent's memory stays where the texts themselves leave it."""
    gc.collect()
    before, open_before = children(), descriptors()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    faults = []
    with QueryRunner(store, PATIENT) as runner:
        for hazard in CORPUS:
            runner.limits = hazard.limits
            faults.append(hazard.judged(*outcome(runner, hazard.text(canary.port))))
            answer = runner.run("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }", {})
            assert isinstance(answer, Solutions)
            assert answer.rows[0][0].value == "2000"  # type: ignore[union-attr]
    assert [fault for fault in faults if fault] == []
    assert (children(), descriptors()) == (before, open_before)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - peak < 400 * 1024


@pytest.mark.parametrize("hazard", CORPUS, ids=NAMES)
def test_query_command_ends_every_hazard_as_expected(
    hazard: Hazard,
    kgtool: Callable[..., Ran],
    make_project: Callable[..., Path],
    canary: Canary,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kgtool.query.QueryRunner", functools.partial(QueryRunner, limits=hazard.limits))
    folder = make_project({"data/a.ttl": LINES, "hazard.rq": hazard.text(canary.port)})
    form = "ttl" if hazard.name == "describe-canary.rq" else "csv"
    ran = kgtool("query", "--file", "hazard.rq", "--format", form, "--lang", "en", cwd=folder)
    code = re.match(r"kgtool: ([A-Z-]+): ", ran.err)
    line = re.search(r"(\d+):\d+: ", ran.err)
    assert hazard.judged(code[1] if code else "", int(line[1]) if line else 0) == ""
    assert ran.status == (2 if code else 0)
    assert "Traceback" not in ran.err


def in_project(hazard: Hazard, port: int, runner: QueryRunner) -> str:
    """The hazard as a named query: a header of one line, with the columns it has and a test, so that it is run."""
    text = hazard.text(port).removeprefix("\ufeff")
    try:
        columns = runner.columns(text, {}, hazard.limits) or ()
    except QueryError:
        columns = ()
    header = {
        "summary": {"en": hazard.name, "zh-Hant": "危害"},
        "columns": dict.fromkeys(columns, "any"),
        "tests": [{"min_rows": 0}],
    }
    bom = "\ufeff" if hazard.name == "bom.rq" else ""
    return f"{bom}#+ {json.dumps(header, ensure_ascii=False)}\n{text}"


def code_in(message: str) -> str:
    """The code that the words of a KG301 stand for; the catalog's own words of a forbidden form too."""
    words = {
        "does not parse": "E-QUERY-SYNTAX", "over a limit": "E-QUERY-LIMIT", "did not end": "E-QUERY-TIMEOUT", "memory": "E-QUERY-MEMORY",
        "crashed": "E-QUERY-CRASH", "the answer has more": "E-QUERY-ROWS", "must not use": "E-QUERY-FORM", "not a SELECT": "E-QUERY-FORM",
    }  # fmt: skip
    return next((code for said, code in words.items() if said in message), message)


def test_check_ends_every_hazard_by_a_finding(
    make_project: Callable[..., Path], store: EmbeddedStore, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kgtool.checks.queries.CHECKED", Limits(seconds=6.0, memory=256 << 20))
    with QueryRunner(store, PATIENT) as runner:
        files = {f"queries/ask/{h.name.replace('.', '-')}.rq": in_project(h, canary.port, runner) for h in CORPUS}
    before, open_before = children(), descriptors()
    folder = make_project({"data/a.ttl": LINES, **files})
    report = check(open_project(folder, {}, {}), NOW)
    faults, warned = [], []
    for hazard in CORPUS:
        own = [f for f in report.findings if Path(f.place.path).stem == hazard.name.replace(".", "-")]
        broken = [f for f in own if f.rule == "KG301"]
        code, line = (code_in(broken[0].message["en"]), broken[0].place.line) if broken else ("", 0)
        faults.append(hazard.judged(code, line, shift=1))
        warned += [hazard.name for f in own if f.rule == "KG312"]
        assert len(broken) <= 1
    assert [fault for fault in faults if fault] == []
    assert "unprojected-var.rq" in warned
    assert (children(), descriptors()) == (before, open_before)


# The program itself, whose queries are evaluated on trial (`kgtool.trial`).
PROGRAM = """
import sys
import kgtool.checks.queries as queries
from kgtool.engine import Limits
from kgtool.__main__ import main
queries.CHECKED = Limits(seconds=6.0, memory=256 << 20)
main()
"""


@pytest.mark.parametrize("hazard", CORPUS, ids=NAMES)
def test_the_program_ends_each_hazard_by_a_finding_alone_too(
    hazard: Hazard, make_project: Callable[..., Path], store: EmbeddedStore, canary: Canary
) -> None:
    """Of many queries the first that may match anything keeps the others from being read for what they need."""
    with QueryRunner(store, PATIENT) as runner:
        text = in_project(hazard, canary.port, runner)
    folder = make_project({"data/a.ttl": LINES, "queries/ask/hazard.rq": text})
    env = {**os.environ, "PYTHONPATH": str(ROOT), "KGTOOL_LANG": "en"}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "check", str(folder), "--format", "json"], env=env, capture_output=True, text=True,
        timeout=120, check=False,
    )  # fmt: skip
    assert done.stderr == ""
    found = [one for one in json.loads(done.stdout)["findings"] if one["rule"] == "KG301"]
    assert len(found) <= 1
    assert done.returncode == (1 if found else 0)
    code = code_in(found[0]["message"]["en"]) if found else ""
    assert hazard.judged(code, found[0]["line"] if found else 0, shift=1) == ""
