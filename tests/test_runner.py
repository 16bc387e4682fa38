"""The isolated runner: same answers as the store, bounds that hold, and nothing left behind."""

from __future__ import annotations

import contextlib
import gc
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT

from kgtool.engine import EmbeddedStore, Limits, QueryRunner, Solutions, Triples
from kgtool.engine.wire import Kind, Reader, frame, from_term, unframe, value_of
from kgtool.errors import QueryError

XSD = "http://www.w3.org/2001/XMLSchema#"
SMALL = Limits(seconds=1.0, memory=200 << 20, rows=5_000, answer=1 << 20)
MANY = 2_000 if os.environ.get("KGTOOL_FULL") else 200
# Each ends one way only: too slow, too much memory, a crash of the engine, too many rows.
ENDLESS = "SELECT (COUNT(*) AS ?n) WHERE { ?a (<a:p>|!<a:p>)* ?b . ?b (<a:p>|!<a:p>)* ?c . ?c (<a:p>|!<a:p>)* ?d }"
GREEDY = "SELECT (STRLEN(?x40) AS ?n) WHERE { BIND('xxxxxxxxxx' AS ?x0) " + " ".join(
    f"BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(40)
) + " }"  # fmt: skip
DEEP = "SELECT * WHERE { FILTER(" + "(" * 60_000 + "1" + ")" * 60_000 + ") }"
LONG = "SELECT * WHERE { ?a ?b ?c . ?d ?e ?f }"
LOOSE = Limits(seconds=5.0, memory=200 << 20, depth=10**9, operators=10**9)


def quads(count: int) -> Iterator[ox.Quad]:
    for n in range(count):
        yield ox.Quad(
            ox.NamedNode(f"a:s{n // 5}"), ox.NamedNode("a:p"), ox.NamedNode(f"a:s{n * 7 % 300}"), ox.NamedNode("a:g")
        )


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return EmbeddedStore(quads(1_500))


@pytest.fixture
def runner(store: EmbeddedStore) -> Iterator[QueryRunner]:
    with QueryRunner(store, SMALL) as runner:
        yield runner


def children() -> set[int]:
    """Process ids of this process's children, zombies included."""
    out: set[int] = set()
    for task in Path("/proc/self/task").iterdir():
        out |= {int(pid) for pid in (task / "children").read_text().split()}
    return out


def pids(runner: QueryRunner) -> list[int]:
    """Of the worker that waits."""
    return [worker.pid for worker in runner._workers._workers] if runner._workers else []


def descriptors() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def code_of(work: Callable[[], object]) -> str:
    with pytest.raises(QueryError) as caught:
        work()
    assert caught.value.message["zh-Hant"]
    assert caught.value.message["en"]
    return caught.value.code


TERMS = (
    "<http://example.org/高雄>", '"plain"', '""', '"two words\\n\\t\\"quoted\\" \\u0000"', '"正體"@zh-hant', '"a"@ar--rtl',
    f'"1"^^<{XSD}integer>', f'"01.50"^^<{XSD}decimal>', f'"2013-02-30"^^<{XSD}date>', '" x y "^^<http://example.org/t>',
    '"\U0001f600"', f'"NaN"^^<{XSD}double>', "UNDEF", '"@en x"', '"^a b"', '"_:b"',
)  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        f"SELECT ?x WHERE {{ VALUES ?x {{ {' '.join(TERMS)} }} }}",
        "SELECT ?b ?a WHERE { ?a <a:p> ?b } ORDER BY DESC(?b) ?a",
        "SELECT ?a ?none WHERE { ?a <a:p> <a:s7> OPTIONAL { ?a <a:q> ?none } } ORDER BY ?a",
        "SELECT * WHERE {}",
        "SELECT ?x WHERE { ?x <a:nothing> 1 }",
        "SELECT (COUNT(*) AS ?n) WHERE { ?a <a:p> ?b }",
        "ASK { ?a <a:p> <a:s7> }",
        "ASK { ?a <a:q> <a:s7> }",
        "CONSTRUCT { ?a <a:q> ?b } WHERE { ?a <a:p> ?b }",
        "CONSTRUCT { ?a <a:q> [ <a:r> ?b ] } WHERE { ?a <a:p> ?b . FILTER(?b = <a:s7>) }",
        "DESCRIBE <a:s1>",
        "PREFIX x: <a:> SELECT ?g WHERE { GRAPH ?g { x:s1 x:p ?o } } ORDER BY ?o",
    ],
)
def test_answers_are_those_of_the_store(text: str, store: EmbeddedStore, runner: QueryRunner) -> None:
    assert runner.run(text, {}) == store.query(text, {})


def test_columns_are_those_of_the_store(store: EmbeddedStore, runner: QueryRunner) -> None:
    for text in ("SELECT ?b ?a WHERE { ?a ?p ?b }", "SELECT (1 AS ?高) {}", "ASK {}", "CONSTRUCT WHERE { ?s ?p ?o }"):
        assert runner.columns(text, {}) == store.columns(text, {})


def test_prefixes_of_the_project_are_known(runner: QueryRunner) -> None:
    assert runner.run("ASK { x:s1 x:p ?o }", {"x": "a:"}) is True


def test_blank_nodes_keep_their_labels() -> None:
    node = ox.BlankNode("f00n1")
    with QueryRunner(EmbeddedStore([ox.Quad(node, ox.NamedNode("a:p"), node)])) as runner:
        answer = runner.run("SELECT ?s ?o WHERE { ?s ?p ?o }", {})
    assert answer == Solutions(("s", "o"), ((node, node),))


def test_a_triple_term_is_refused_by_name(runner: QueryRunner) -> None:
    for text in ("SELECT (<<( <a:s> <a:p> 1 )>> AS ?t) {}", "CONSTRUCT { <a:s> <a:p> <<( <a:s> <a:p> [] )>> } {}"):
        with pytest.raises(QueryError) as caught:
            runner.run(text, {})
        assert caught.value.code == "E-QUERY-RUN"
        assert "三元組詞項" in caught.value.message["zh-Hant"]
    assert runner.run("ASK {}", {}) is True


def test_terms_survive_the_wire() -> None:
    literals = [ox.Literal(""), ox.Literal("a b"), ox.Literal("a b", language="zh-Hant")]
    literals += [ox.Literal("x\x00\n", datatype=ox.NamedNode("a:t"))]
    literals += [ox.Literal("a", language="ar", direction=ox.BaseDirection.RTL)]
    terms = [None, ox.NamedNode("http://e/a b".replace(" ", "%20")), ox.BlankNode("x1"), *literals]
    data = frame(Kind.CHUNK, [[from_term(term) for term in terms]])
    length, kind = unframe(data[:9])
    assert (length, kind) == (len(data) - 9, Kind.CHUNK)
    assert Reader().rows(value_of(data[9:])) == [tuple(terms)]


def test_a_text_that_was_measured_runs_as_any_other(runner: QueryRunner) -> None:
    text = "SELECT ?x { VALUES ?x { 1 } FILTER(" + "(" * 70 + "true" + ")" * 70 + ") }"
    with pytest.raises(QueryError, match="E-QUERY-LIMIT"):
        runner.run(text, {})
    answer = runner.run(text, {}, measured=True)
    assert isinstance(answer, Solutions)
    assert len(answer.rows) == 1
    with pytest.raises(QueryError, match="E-QUERY-FORM"):
        runner.run("SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", {}, measured=True)


def test_what_is_no_frame_or_term_is_an_error() -> None:
    with pytest.raises(ValueError, match="not a frame"):
        unframe(b"\x00" * 8 + b"?")
    with pytest.raises(ValueError, match="not a term"):
        Reader().rows([["nonsense"]])


def test_syntax_error_has_line_and_column(runner: QueryRunner) -> None:
    with pytest.raises(QueryError) as caught:
        runner.run("SELECT *\nWHERE { ?s nope:p ?o }", {})
    assert caught.value.code == "E-QUERY-SYNTAX"
    assert (caught.value.line, caught.value.column) == (2, 18)  # type: ignore[attr-defined]


def test_ungrouped_column_is_pointed_at(runner: QueryRunner) -> None:
    for text, place in (
        ("SELECT ?p\n (COUNT(?s) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s", (1, 8)),
        ("SELECT ?s\n ?p WHERE { ?s ?p ?o } GROUP BY ?s ORDER BY ?p", (2, 2)),
        ("SELECT (COUNT(?s) AS ?n) ?o WHERE { ?s ?p ?o }", (1, 26)),
    ):
        with pytest.raises(QueryError) as caught:
            runner.run(text, {})
        assert (caught.value.line, caught.value.column) == place  # type: ignore[attr-defined]


def test_unknown_function_gives_no_value_and_runs_nothing(runner: QueryRunner) -> None:
    answer = runner.run("SELECT (<java:x>(1) AS ?a) (<a:f>(2) AS ?b) (1 AS ?c) WHERE {}", {})
    assert isinstance(answer, Solutions)
    assert answer.rows[0][:2] == (None, None)


def test_from_selects_a_graph_and_otherwise_all_are_one(runner: QueryRunner) -> None:
    for text, expected in (
        ("ASK { <a:s1> <a:p> ?o }", True),
        ("ASK FROM <a:g> { <a:s1> <a:p> ?o }", True),
        ("ASK FROM <http://127.0.0.1/other> { <a:s1> <a:p> ?o }", False),
        ("ASK FROM NAMED <a:g> { GRAPH ?g { <a:s1> <a:p> ?o } }", True),
    ):
        assert runner.run(text, {}) is expected


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("LIMIT 99999999999999999999", 2),
        ("OFFSET 18446744073709551616", 0),
        ("LIMIT 00000000000000000000001", 1),
        ("LIMIT # 1\n" + "9" * 5_000, 2),
    ],
)
def test_slices_beyond_counting_are_slices(text: str, rows: int, runner: QueryRunner) -> None:
    for whole in (
        "SELECT ?x WHERE {{ VALUES ?x {{ 1 2 }} }} {}",
        "SELECT ?x WHERE {{ {{ SELECT ?x {{ VALUES ?x {{ 1 2 }} }} {} }} }}",
    ):
        answer = runner.run(whole.format(text + "\n"), {})
        assert isinstance(answer, Solutions)
        assert len(answer.rows) == rows
    digits = "9" * 30
    answer = runner.run(f"SELECT ('{digits}' AS ?x) ({digits} AS ?y) {{}} LIMIT {digits}", {})
    assert isinstance(answer, Solutions)
    assert answer.rows[0][0] == ox.Literal(digits)


def test_deadline_kills_and_the_runner_stays_usable(runner: QueryRunner) -> None:
    began = time.monotonic()
    assert code_of(lambda: runner.run(ENDLESS, {})) == "E-QUERY-TIMEOUT"
    assert time.monotonic() - began < SMALL.seconds + 1.0
    assert runner.run("ASK {}", {}) is True


def test_memory_limit_ends_a_query_and_not_the_runner(runner: QueryRunner) -> None:
    limits = Limits(seconds=20.0, memory=100 << 20)
    assert code_of(lambda: runner.run(GREEDY, {}, limits)) == "E-QUERY-MEMORY"
    assert code_of(lambda: runner.run("SELECT DISTINCT ?a ?f ?i WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?a", {}, limits)) in {
        "E-QUERY-MEMORY", "E-QUERY-TIMEOUT",
    }  # fmt: skip
    assert runner.run("ASK {}", {}) is True


def test_crash_of_the_engine_is_an_error_of_its_own(runner: QueryRunner) -> None:
    assert code_of(lambda: runner.run(DEEP, {}, LOOSE)) == "E-QUERY-CRASH"
    assert runner.run("ASK {}", {}) is True


def test_too_many_rows_or_bytes_is_an_error_and_never_a_shorter_answer(runner: QueryRunner) -> None:
    limits = Limits(rows=SMALL.rows, answer=SMALL.answer, seconds=20.0)  # on a busy machine a second is short
    assert code_of(lambda: runner.run(LONG, {}, limits)) == "E-QUERY-ROWS"
    wide = "SELECT ?x WHERE { VALUES ?x { '" + "x" * 600_000 + "' } VALUES ?y { 1 2 3 } }"
    assert code_of(lambda: runner.run(wide, {}, limits)) == "E-QUERY-ROWS"
    triples = "CONSTRUCT { ?a <a:q> ?d } WHERE { ?a ?b ?c . ?d ?e ?f }"
    assert code_of(lambda: runner.run(triples, {}, limits)) == "E-QUERY-ROWS"
    just = runner.run("SELECT * WHERE { ?a ?b ?c }", {}, Limits(rows=1_500))
    assert isinstance(just, Solutions)
    assert len(just.rows) == 1_500


def test_a_refused_query_starts_no_worker(store: EmbeddedStore) -> None:
    before = children()
    with QueryRunner(store) as runner:
        assert code_of(lambda: runner.run("DROP ALL", {})) == "E-QUERY-FORM"
        assert children() == before


def test_a_surrogate_is_refused_before_a_worker_and_named(store: EmbeddedStore) -> None:
    with QueryRunner(store, SMALL) as runner:
        with pytest.raises(QueryError) as caught:
            runner.query("SELECT ?a WHERE { ?a ?b '\ud800' }", {})
        assert caught.value.code == "E-QUERY-RUN"
        assert "surrogates not allowed" in caught.value.message["en"]
        assert pids(runner) == []
        assert isinstance(runner.query("SELECT ?a WHERE { ?a ?b ?c } LIMIT 1", {}), Solutions)


def test_a_worker_that_has_grown_is_let_go_also_when_each_query_was_short(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    with QueryRunner(store, SMALL) as runner:
        runner.query("ASK {}", {})
        first = pids(runner)[0]
        monkeypatch.setattr("kgtool.engine.workers.address_space", lambda pid: 1 << 40)
        for _ in range(6):
            runner.query("ASK {}", {})
            assert pids(runner) == [first]
        runner.query("ASK {}", {})  # the eighth: now it is weighed
        assert pids(runner) == []
        assert runner.query("ASK {}", {}) is True


def test_one_worker_answers_many_queries(runner: QueryRunner) -> None:
    before = children()
    for _ in range(50):
        runner.run("ASK {}", {})
    first = children() - before
    for _ in range(50):
        runner.run("ASK {}", {})
    assert len(first) == 1
    assert children() - before == first


def test_worker_that_somebody_killed_is_replaced(runner: QueryRunner) -> None:
    before = children()
    runner.run("ASK {}", {})
    (pid,) = children() - before
    os.kill(pid, signal.SIGKILL)
    while Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z":
        time.sleep(0.001)
    assert runner.run("ASK {}", {}) is True
    assert pid not in children()


def test_worker_has_nothing_but_its_socket_and_can_open_nothing(runner: QueryRunner) -> None:
    with socket.create_server(("127.0.0.1", 0)), Path(__file__).open("rb"):  # what a server would hold open
        before = children()
        runner.run("ASK {}", {})
        (pid,) = children() - before
        limits = {
            line[:26].strip(): line[26:].split()[0] for line in Path(f"/proc/{pid}/limits").read_text().splitlines()[1:]
        }
        assert limits.items() >= {
            "Max open files": "0", "Max processes": "0", "Max core file size": "0",
        }.items()  # fmt: skip
        assert sorted(int(fd.name) for fd in Path(f"/proc/{pid}/fd").iterdir()) == [0, 1, 2, 3]
        assert Path(f"/proc/{pid}/fd/0").readlink() == Path(os.devnull)
        assert "kgtool-worker" in str(Path(f"/proc/{pid}/fd/2").readlink())
        # Neither before nor behind its parent: docs/decisions/0054-sent-ahead.md.
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, 0)


def test_nothing_is_left_behind(store: EmbeddedStore) -> None:
    gc.collect()
    open_before, before = descriptors(), children()
    for text in ("ASK {}", ENDLESS, "nonsense", LONG):
        with QueryRunner(store, Limits(seconds=0.3, rows=10)) as runner, contextlib.suppress(QueryError):
            runner.run(text, {})
    forgotten = QueryRunner(store)
    forgotten.run("ASK {}", {})
    del forgotten
    gc.collect()
    assert children() == before
    assert descriptors() == open_before


def test_interrupt_reaches_the_caller_and_ends_the_worker(store: EmbeddedStore) -> None:
    before = children()
    runner = QueryRunner(store, Limits(seconds=20.0))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    previous = signal.signal(signal.SIGALRM, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            runner.run(ENDLESS, {})
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)
    assert children() == before
    assert runner.run("ASK {}", {}) is True
    runner.close()


def test_a_fork_lets_go_of_its_parents_worker(store: EmbeddedStore) -> None:
    with QueryRunner(store, SMALL) as runner:
        runner.run("ASK {}", {})
        before = children()
        pid = os.fork()
        if pid == 0:
            right = runner.run("ASK {}", {}) is True and not before & children()
            runner.close()
            os._exit(0 if right else 1)
        assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
        assert children() == before
        assert runner.run("ASK {}", {}) is True


ORPHAN = """
import sys, pyoxigraph as ox
from kgtool.engine import EmbeddedStore, Limits, QueryRunner
quads = [ox.Quad(ox.NamedNode(f"a:s{n // 5}"), ox.NamedNode("a:p"), ox.NamedNode(f"a:s{n * 7 % 300}")) for n in range(1500)]
runner = QueryRunner(EmbeddedStore(quads), Limits(seconds=1.0))
runner.run("ASK {}", {})
print(runner._workers._workers[0].pid, flush=True)
runner.run(sys.argv[1], {})
"""


def test_worker_ends_by_itself_when_its_parent_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen([sys.executable, "-c", ORPHAN, ENDLESS], stdout=subprocess.PIPE, cwd=tmp_path,
                              env={**os.environ, "PYTHONPATH": str(ROOT)})  # fmt: skip
    with parent:
        assert parent.stdout is not None
        pid = int(parent.stdout.readline())
        time.sleep(0.2)
        parent.kill()
    end = time.monotonic() + 4.0
    while Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2:3]:
        assert time.monotonic() < end, "the worker outlives its parent and its deadline"
        time.sleep(0.05)


def test_control_c_ends_the_command_at_once(make_project: Callable[..., Path]) -> None:
    """Status 130 and not the deadline's 2; nothing of it is left."""
    lines = "".join(f"<a:s{n // 5}> <a:p> <a:s{n * 7 % 300}> .\n" for n in range(1_500))
    folder = make_project({"data/a.ttl": lines, "slow.rq": ENDLESS})
    process = subprocess.Popen(
        [sys.executable, "-m", "kgtool", "query", "--file", "slow.rq"], cwd=folder,
        start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    with process:
        end = time.monotonic() + 30
        while not Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().strip():
            assert time.monotonic() < end
            time.sleep(0.01)
        time.sleep(0.2)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(10) == 130
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_stress_of_good_and_hostile_queries(store: EmbeddedStore) -> None:
    """Every good answer is right, every hostile query ends with its code, nothing is left behind."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")  # shown when the test fails
    chance = random.Random(seed)
    good = [f"SELECT ?a ?b WHERE {{ VALUES ?a {{ <a:s{n}> }} ?a <a:p> ?b }} ORDER BY ?b" for n in range(40)]
    good += [
        "CONSTRUCT { ?b <a:q> ?a } WHERE { ?a <a:p> ?b }",
        "ASK { <a:s1> <a:p> ?x }",
        "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    ]
    right = {text: store.query(text, {}) for text in good}
    quick, deep = Limits(seconds=0.3, memory=60 << 20, rows=2_000), Limits(seconds=5.0, depth=10**9)
    long = Limits(seconds=20.0, rows=2_000)
    hostile = (
        (ENDLESS, quick, {"E-QUERY-TIMEOUT"}), (GREEDY, quick, {"E-QUERY-MEMORY", "E-QUERY-TIMEOUT"}),
        (DEEP, deep, {"E-QUERY-CRASH"}), (LONG, long, {"E-QUERY-ROWS"}), (DEEP, quick, {"E-QUERY-LIMIT"}),
        ("SELECT * { SERVICE <http://127.0.0.1/> {} }", quick, {"E-QUERY-FORM"}), ("SELECT * {", quick, {"E-QUERY-SYNTAX"}),
    )  # fmt: skip
    gc.collect()
    open_before, before, wrong = descriptors(), children(), 0
    with QueryRunner(store, Limits(seconds=20.0)) as runner:
        for _ in range(MANY):
            if chance.random() < 0.2:
                text, limits, codes = chance.choice(hostile)
                wrong += code_of(lambda text=text, limits=limits: runner.run(text, {}, limits)) not in codes  # type: ignore[misc]
            else:
                text = chance.choice(good)
                wrong += runner.run(text, {}) != right[text]
    assert wrong == 0
    assert children() == before
    assert descriptors() == open_before


def test_construct_is_sorted_without_duplicates(runner: QueryRunner) -> None:
    answer = runner.run("CONSTRUCT { <a:x> <a:y> ?b } WHERE { ?a <a:p> ?b }", {})
    assert isinstance(answer, Triples)
    assert list(answer.triples) == sorted(set(answer.triples), key=str)
