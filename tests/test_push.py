"""`kgtool push`: what is put is read back and compared; what ends in the middle says so and goes on; nothing fails quietly."""

from __future__ import annotations

import datetime
import shlex
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN, Ran
from engines import Engine, free_port, oxigraph_binary, start_oxigraph
from msgspec import structs

from kgtool.check import read_inputs
from kgtool.engine.remote import RemoteStore
from kgtool.engine.remote.graphs import GraphStore
from kgtool.engine.remote.manifest import State
from kgtool.errors import RemoteError
from kgtool.project import Profile, Scope, open_project
from kgtool.push import make_plan, push, write_bulk
from kgtool.push.bulk import quads
from kgtool.push.normal import digest, normal, normal_term
from kgtool.push.plan import Plan

Make = Callable[..., Path]
Tool = Callable[..., Ran]
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
XSD = "http://www.w3.org/2001/XMLSchema#"
EX = "https://example.org/id/"
HEAD = f"@prefix ex: <{EX}> . @prefix xsd: <{XSD}> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
FILES = {
    "data/a.ttl": HEAD
    + 'ex:a ex:name "甲"@zh-Hant , "A"@en ; ex:size 3 ; ex:price 1.50 ; ex:on true ; ex:day "2013-01-01"^^xsd:date .\n',
    "data/b.ttl": HEAD + "ex:b ex:has [ ex:part [ ex:size 1 ] ; ex:of ex:a ] ; ex:size 007 .\n",
}


def planned(folder: Path, engine: Engine, **changes: object) -> Plan:
    remote = structs.replace(engine.remote, **changes)  # type: ignore[arg-type]
    return make_plan(remote, read_inputs(open_project(folder, {}, {}), NOW).dataset)


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """Each engine, without a graph of an earlier test."""
    engine.clear()
    return engine


@pytest.fixture
def project(make_project: Make) -> Callable[..., Path]:
    def make(engine: Engine, files: dict[str, str] | None = None, more: str = "") -> Path:
        return make_project(files or FILES, engine.settings() + more)

    return make


def test_pushed_graphs_are_what_the_files_say(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    folder = project(empty)
    ran = kgtool("push", "there", "--project", folder, "--lang", "en", env=empty.environ())
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("2 graphs loaded, 0 unchanged, 0 removed; 11 triples in all (")
    asked = kgtool("query", "--project", folder, "--endpoint", "there", "--file", "-", "--format", "csv",
                   stdin=f"SELECT ?o WHERE {{ <{EX}a> ?p ?o }} ORDER BY STR(?o)".encode(), env=empty.environ())  # fmt: skip
    assert asked.err == ""
    assert asked.out.split("\r\n") == ["o", "1.5", "2013-01-01", "3", "A", "true", "甲", ""]


def test_a_second_push_loads_what_changed_only(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    folder = project(empty)
    call = ("push", "there", "--project", folder, "--lang", "en")
    assert kgtool(*call, env=empty.environ()).status == 0
    again = kgtool(*call, env=empty.environ())
    assert again.out.startswith("0 graphs loaded, 2 unchanged")
    (folder / "data/a.ttl").write_text(FILES["data/a.ttl"] + "ex:c ex:size 4 .\n", encoding="utf-8")
    dry = kgtool(*call, "--dry-run", env=empty.environ())
    assert dry.out.startswith("put urn:kgtool:graph:data/a.ttl\n1 graph to load, 1 unchanged, 0 removed")
    changed = kgtool(*call, env=empty.environ())
    assert changed.out.startswith("1 graph loaded, 1 unchanged")


def test_a_dry_run_changes_nothing(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    folder = project(empty)
    ran = kgtool("push", "there", "--project", folder, "--dry-run", "--lang", "en", env=empty.environ())
    assert ran.out.count("put urn:kgtool:graph:data/") == 2
    assert RemoteStore(empty.remote).manifest is None


def test_graphs_that_are_gone_stay_until_they_are_pruned(
    empty: Engine, project: Callable[..., Path], kgtool: Tool
) -> None:
    folder = project(empty)
    call = ("push", "there", "--project", folder, "--lang", "en")
    kgtool(*call, env=empty.environ())
    (folder / "data/b.ttl").unlink()
    kept = kgtool(*call, env=empty.environ())
    assert "1 graph that the project no longer has is still there (--prune removes it)" in kept.out
    # It is in no answer all the same.
    text = f"ASK {{ <{EX}b> ?p ?o }}".encode()
    asked = kgtool("query", "--project", folder, "--endpoint", "there", "--file", "-", stdin=text, env=empty.environ())
    assert asked.out == "false\n"
    pruned = kgtool(*call, "--prune", env=empty.environ())
    assert pruned.out.startswith("drop urn:kgtool:graph:data/b.ttl\n0 graphs loaded, 1 unchanged, 1 removed")
    assert "1 graph that" not in kgtool(*call, env=empty.environ()).out


def test_a_graph_of_somebody_else_is_never_touched(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    other = [
        ox.Quad(
            ox.NamedNode(EX + "x"), ox.NamedNode(EX + "y"), ox.Literal("z"), ox.NamedNode("https://example.org/theirs")
        )
    ]
    empty.load(other)
    folder = project(empty)
    ran = kgtool("push", "there", "--project", folder, "--prune", env=empty.environ())
    assert ran.status == 0
    assert "theirs" not in ran.out
    assert RemoteStore(structs.replace(empty.remote, scope=Scope.LISTED, graphs=("https://example.org/theirs",))).query(
        f"ASK {{ <{EX}x> ?p ?o }}", {}
    )
    assert not RemoteStore(empty.remote).query(f"ASK {{ <{EX}x> ?p ?o }}", {})


def test_a_graph_that_fails_its_check_is_not_pushed(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    folder = project(empty, {"data/a.ttl": HEAD + 'ex:a ex:day "2013-02-30"^^xsd:date .\n'})
    call = ("push", "there", "--project", folder, "--lang", "en")
    ran = kgtool(*call, env=empty.environ())
    assert ran.status == 1
    assert "data/a.ttl:2" in ran.out
    assert ran.err == "kgtool: not pushed: the check fails; --allow-findings pushes all the same\n"
    assert RemoteStore(empty.remote).manifest is None
    assert kgtool(*call, "--allow-findings", env=empty.environ()).status == 0


def test_what_breaks_off_says_how_far_it_came_and_goes_on(
    empty: Engine, project: Callable[..., Path], kgtool: Tool, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = project(empty)
    call = ("push", "there", "--project", folder, "--lang", "en")
    put = GraphStore.put

    def broken(self: GraphStore, graph: str, triples: object) -> None:
        if graph.endswith("b.ttl"):
            raise RemoteError("E-REMOTE-CONNECT", {"zh-Hant": "斷線。", "en": "gone."})
        put(self, graph, triples)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(GraphStore, "put", broken)
        ran = kgtool(*call, env=empty.environ())
    assert ran.status == 3
    assert ran.err == (
        "kgtool: E-PUSH-HALF: 1 of 2 graphs is loaded, then: E-REMOTE-CONNECT gone. `kgtool push there` goes on from there; "
        "until then kgtool does not answer from that engine.\n"
    )
    asked = kgtool("query", "--project", folder, "--endpoint", "there", "--file", "-", "--lang", "en", stdin=b"ASK { ?s ?p ?o }",
                   env=empty.environ())  # fmt: skip
    assert asked.status == 3
    assert "E-REMOTE-HALF" in asked.err
    again = kgtool(*call, env=empty.environ())
    assert again.out.startswith("1 graph loaded, 1 unchanged")


def test_without_a_push_there_is_no_answer(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    ran = kgtool(
        "query",
        "--project",
        project(empty),
        "--endpoint",
        "there",
        "--file",
        "-",
        "--lang",
        "en",
        stdin=b"ASK { ?s ?p ?o }",
    )
    assert ran.status == 3
    assert "E-REMOTE-UNPUSHED" in ran.err
    assert "`kgtool push there`" in ran.err


def test_a_graph_that_somebody_changed_is_named_with_its_triples(
    empty: Engine, project: Callable[..., Path], kgtool: Tool
) -> None:
    folder = project(empty)
    kgtool("push", "there", "--project", folder, env=empty.environ())
    plan = planned(folder, empty)
    name = "urn:kgtool:graph:data/a.ttl"
    changed = [t for t in plan.graphs[name] if "size" not in str(t.predicate)]
    size = ox.Literal("4", datatype=ox.NamedNode(XSD + "integer"))
    GraphStore(empty.remote, empty.who).put(
        name, [*changed, ox.Triple(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "size"), size)]
    )
    ran = kgtool("push", "there", "--project", folder, "--verify-only", "--lang", "en", env=empty.environ())
    assert ran.status == 3
    assert f"{name}: 6 triples wanted, 6 found\n" in ran.out
    assert f'  - <{EX}a> <{EX}size> "3"^^<{XSD}integer>\n' in ran.out
    assert f'  + <{EX}a> <{EX}size> "4"^^<{XSD}integer>\n' in ran.out
    assert ran.err.startswith(f"kgtool: E-PUSH-DIFFERS: there: 1 graph is not what was put there: {name} ")
    asked = kgtool(
        "query",
        "--project",
        folder,
        "--endpoint",
        "there",
        "--file",
        "-",
        stdin=b"ASK { ?s ?p ?o }",
        env=empty.environ(),
    )
    assert "E-REMOTE-HALF" in asked.err
    assert kgtool("push", "there", "--project", folder, env=empty.environ()).out.count("1") > 0
    assert kgtool("push", "there", "--project", folder, "--verify-only", env=empty.environ()).status == 0


def test_what_virtuoso_does_not_keep_is_told(virtuoso: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    """A duration comes back as a number of seconds, and of two values that are equal as numbers one is lost."""
    virtuoso.clear()
    folder = project(virtuoso, {
        "data/a.ttl": HEAD + 'ex:a ex:lasts "P1D"^^xsd:duration .\n',
        "data/b.ttl": HEAD + "ex:b ex:size 1 , 1.0 , 1.0e0 .\n",
    })  # fmt: skip
    ran = kgtool("push", "there", "--project", folder, "--lang", "en", env=virtuoso.environ())
    assert ran.status == 3
    assert f'  - <{EX}a> <{EX}lasts> "P1D"^^<{XSD}duration>\n' in ran.out
    assert "urn:kgtool:graph:data/b.ttl: 3 triples wanted" in ran.out
    taken = kgtool("push", "there", "--project", folder, "--allow-differences", env=virtuoso.environ())
    assert taken.status == 0
    assert "P1D" in taken.out


def test_everything_in_one_graph(empty: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    folder = project(empty, more='graph = "https://example.org/all"\n')
    ran = kgtool("push", "there", "--project", folder, "--lang", "en", env=empty.environ())
    assert ran.out.startswith("1 graph loaded, 0 unchanged")
    manifest = RemoteStore(empty.remote).manifest
    assert manifest is not None
    assert list(manifest.graphs) == ["https://example.org/all"]


def test_the_real_graph_goes_there_and_back(empty: Engine) -> None:
    """165 files, 9,333 triples, 113 blank nodes: every digest agrees."""
    for folder in (WANGJIN, ROOT):
        plan = planned(folder, empty, graph_base=f"urn:kgtool:{folder.name}:")
        done = push(plan, empty.who)
        assert done.differences == ()
        assert len(done.put) == len(plan.graphs) > 60
        again = push(plan, empty.who, dry_run=True)
        assert (again.put, again.left) == ((), ())


def test_a_graph_of_several_requests(empty: Engine, make_project: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kgtool.push.loading._CHUNK", 1_000)
    lines = "".join(
        f"ex:n{n} ex:p {n} , [ ex:of {n % 3} ] .\n" if n % 100 == 0 else f"ex:n{n} ex:p {n} .\n" for n in range(2_500)
    )
    folder = make_project({"data/a.ttl": HEAD + lines}, empty.settings())
    plan = planned(folder, empty)
    assert plan.triples == 2_550
    assert push(plan, empty.who).differences == ()


def test_the_bulk_file_and_its_recipe_load_virtuoso(
    virtuoso: Engine, project: Callable[..., Path], kgtool: Tool
) -> None:
    virtuoso.clear()
    folder = project(virtuoso)
    bulk = virtuoso.folder / "bulk"
    ran = kgtool("push", "there", "--project", folder, "--bulk", bulk, "--lang", "en")
    steps = [line for line in ran.out.splitlines() if not line.startswith("#")]
    assert len(steps) == 4
    for step in steps[:3]:
        typed = (
            step.replace("<HOST>", "127.0.0.1")
            .replace("<PORT>", str(virtuoso.sql))
            .replace("<USER>", "dba")
            .replace("<PASSWORD>", "dba")
        )
        done = subprocess.run(shlex.split(typed), capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        assert "Error" not in done.stdout + done.stderr
    half = kgtool("query", "--project", folder, "--endpoint", "there", "--file", "-", stdin=b"ASK { ?s ?p ?o }")
    assert "E-REMOTE-HALF" in half.err
    verified = kgtool(*shlex.split(steps[3])[1:], "--project", folder, "--lang", "en", env=virtuoso.environ())
    assert verified.status == 0, verified.out + verified.err
    assert verified.out.startswith("0 graphs loaded, 2 unchanged")
    manifest = RemoteStore(virtuoso.remote).manifest
    assert manifest is not None
    assert manifest.state is State.COMPLETE
    shutil.rmtree(bulk)


def test_the_bulk_file_and_its_recipe_load_oxigraph(
    oxigraph: Engine, make_project: Make, kgtool: Tool, tmp_path: Path
) -> None:
    data, port = tmp_path / "store", free_port()
    elsewhere = structs.replace(
        oxigraph.remote, url=f"http://127.0.0.1:{port}/query", graph_store=f"http://127.0.0.1:{port}/store"
    )
    there = Engine("oxigraph", elsewhere, None, tmp_path)
    folder = make_project(FILES, there.settings())
    ran = kgtool("push", "there", "--project", folder, "--bulk", tmp_path / "bulk", "--lang", "en")
    steps = [line for line in ran.out.splitlines() if not line.startswith("#")]
    typed = shlex.split(steps[0].replace("<LOCATION>", str(data)))
    subprocess.run([str(oxigraph_binary()), *typed[1:]], capture_output=True, check=True, timeout=60)
    with start_oxigraph(data, port, tmp_path):
        verified = kgtool(*shlex.split(steps[1])[1:], "--project", folder, "--lang", "en")
    assert verified.status == 0, verified.out + verified.err


def test_a_bulk_line_ends_where_its_statement_does() -> None:
    """A literal may hold characters at which Python's splitlines() ends a line, as texts pasted from Word do."""
    texts = [
        ox.Literal(f"one{mark}two") for mark in ("\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\r", "\n", " .\n")
    ]
    triples = [ox.Triple(ox.NamedNode(EX + "s"), ox.NamedNode(EX + "p"), text) for text in texts]
    read = {*ox.parse(quads(EX, tuple(triples)), format=ox.RdfFormat.N_QUADS)}
    assert read == {ox.Quad(*triple, ox.NamedNode(EX)) for triple in triples}
    assert quads(EX, ()) == ""


def test_a_bulk_file_is_sorted_and_the_same_every_time(oxigraph: Engine, make_project: Make, tmp_path: Path) -> None:
    folder = make_project(FILES, oxigraph.settings())
    first = write_bulk(planned(folder, oxigraph), tmp_path / "1").file.read_bytes()
    assert first == write_bulk(planned(folder, oxigraph), tmp_path / "2").file.read_bytes()
    assert len(list(ox.parse(first, format=ox.RdfFormat.N_QUADS))) == 11 + 3 + 4
    generic = write_bulk(planned(folder, oxigraph, profile=Profile.GENERIC), tmp_path / "3")
    assert generic.steps[0].startswith("curl ")


def test_a_remote_without_a_place_for_graphs(make_project: Make, kgtool: Tool) -> None:
    folder = make_project(FILES, '[remotes.there]\nurl = "http://127.0.0.1:1/sparql"\n')
    ran = kgtool("push", "there", "--project", folder, "--lang", "en")
    assert ran.status == 2
    assert "E-PUSH-STORE" in ran.err
    assert kgtool("push", "http://127.0.0.1:1/", "--project", folder).status == 2
    assert "E-REMOTE-NONE" in kgtool("push", "nowhere", "--project", folder).err


def test_a_wrong_password_is_access_denied(virtuoso: Engine, project: Callable[..., Path], kgtool: Tool) -> None:
    env = {"KGTOOL_REMOTE_THERE_USER": "dba", "KGTOOL_REMOTE_THERE_PASSWORD": "wr0ng"}
    ran = kgtool("push", "there", "--project", project(virtuoso), "--lang", "en", env=env)
    assert ran.status == 3
    assert "E-REMOTE-AUTH" in ran.err
    assert "wr0ng" not in ran.err


FORMS = [
    ("integer", "007", "7"), ("integer", "+5", "5"), ("integer", "-0", "0"), ("integer", "abc", "abc"), ("byte", "05", "5"),
    ("decimal", "1.50", "1.5"), ("decimal", "1.0", "1"), ("decimal", ".5", "0.5"), ("decimal", "-0.0", "0"), ("decimal", "100", "100"),
    ("decimal", "1e3", "1e3"), ("boolean", "1", "true"), ("boolean", "0", "false"), ("boolean", "yes", "yes"),
    ("double", "1.0E0", "1.0"), ("double", "1", "1.0"), ("double", "INF", "INF"), ("double", "+INF", "INF"), ("double", "NaN", "NaN"),
    ("dateTime", "2013-01-01T00:00:00.100Z", "2013-01-01T00:00:00.1Z"), ("dateTime", "2013-01-01T00:00:00.000", "2013-01-01T00:00:00"),
    ("dateTime", "2013-01-01T00:00:00+00:00", "2013-01-01T00:00:00Z"), ("dateTime", "2013-01-01T00:00:00+08:00", "2013-01-01T00:00:00+08:00"),
    ("date", "2013-01-01", "2013-01-01"), ("string", "007", "007"), ("duration", "P1D", "P1D"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "form"), FORMS)
def test_canonical_forms(name: str, text: str, form: str) -> None:
    datatype = ox.NamedNode(XSD + name)
    assert normal_term(ox.Literal(text, datatype=datatype)) == ox.Literal(form, datatype=datatype)


def test_a_digest_depends_on_neither_order_nor_labels() -> None:
    def triples(a: str, b: str) -> list[ox.Triple]:
        one, other, part = ox.BlankNode(a), ox.BlankNode(b), ox.NamedNode(EX + "part")
        return [ox.Triple(one, part, other), ox.Triple(other, part, ox.Literal("x", language="zh-Hant"))]

    first, second = normal(triples("a", "b")), normal(reversed(triples("q", "p")))
    assert first is not None
    assert second is not None
    assert digest(first) == digest(second)
    changed = normal(triples("a", "b")[:1])
    assert changed is not None
    assert digest(changed) != digest(first)
