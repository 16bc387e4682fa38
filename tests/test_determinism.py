"""The same project gives the same bytes: under any PYTHONHASHSEED, from any folder, in any locale and time zone."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import ROOT, Ran, run_process

from kgtool.cli import COMMANDS
from kgtool.formats import ReportFormat, ResultFormat
from kgtool.write.graphs import to_jsonld, to_turtle

PREFIXES = """@prefix ex: <https://example.org/isle/> .
@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPE = """ex:Ship-shape a sh:NodeShape ; sh:targetClass ex:Ship ; sh:property ex:Ship-name , [ sh:path ex:crew ; sh:minCount 2 ] ,
    [ sh:path [ sh:inversePath ex:tows ] ; sh:maxCount 0 ; sh:severity sh:Warning ] .
ex:Ship-name sh:path ex:name ; sh:minCount 1 ; sh:languageIn ( "en" "zh-Hant" ) ;
    sh:message "Name it."@en , "請命名。"@zh-Hant .
"""
ONTOLOGY = """ex:Ship a owl:Class ; owl:disjointWith ex:Harbour . ex:Tug rdfs:subClassOf ex:Ship .
ex:tows rdfs:domain ex:Tug ; rdfs:range ex:Ship .
ex:sailed a owl:DatatypeProperty ; cd:lowerBoundProperty ex:from ; cd:upperBoundProperty ex:until .
"""
# Findings of every family, in several files, about IRIs and blank nodes.
FILES = {
    "ontology/ships.ttl": PREFIXES + ONTOLOGY,
    "shapes/ship.ttl": PREFIXES + SHAPE,
    "data/a.ttl": PREFIXES + 'ex:tug ex:tows ex:raft , [ a ex:Ship , ex:Harbour ; ex:name "筏"@ja ] ; ex:crew _:b . _:b ex:age 9 .\n',
    "data/b.ttl": PREFIXES + 'ex:raft a ex:Ship ; ex:crew [ ex:age 8 ] , [ ex:age 7 ] ; ex:sailed "2013-02" , "June" .\n',
    "data/c.ttl": PREFIXES + "ex:sloop a ex:Ship , ex:Harbour ; ex:lost 1 , 2 , 3 . ex:yawl ex:home .\n",
    "queries/check/lost.rq": "#+ summary: {en: Lost, zh-Hant: 遺失}\n#+ code: KG599\n#+ params: {asOf: {type: date, default: today}}\n"
    "SELECT ?focus ?value ?asOf WHERE { ?focus ex:lost ?value . BIND(?asOf AS ?day) }\n",
    "queries/ask/crew.rq": "#+ summary: {en: Crew, zh-Hant: 船員}\n#+ columns: {ship: iri, member: any, age: integer}\n"
    "SELECT ?ship ?member ?age WHERE { ?ship ex:crew ?member . ?member ex:age ?age } ORDER BY ?ship ?age\n",
    "queries/ask/any.rq": "#+ summary: {en: Any, zh-Hant: 有無}\nASK { ?ship a ex:Ship }\n",
    "queries/build/ages.rq": "#+ summary: {en: Ages, zh-Hant: 年齡}\n"
    "CONSTRUCT { ?ship ex:has [ ex:age ?age ; ex:of [ ex:member ?member ] ] } WHERE { ?ship ex:crew ?member . ?member ex:age ?age }\n",
    "queries/build/tug.rq": "#+ summary: {en: The tug, zh-Hant: 拖船}\nDESCRIBE ex:tug\n",
    "sub/folder/empty.txt": "",
}  # fmt: skip
SETTINGS = '[prefixes]\nex = "https://example.org/isle/"\n'
AS_OF = ("--as-of", "2021-12-31", "--lang", "en")
# Formats that show how long it took, and how; the others are the same to the byte.
TIMED = {ReportFormat.HUMAN, ReportFormat.GITHUB, ReportFormat.MARKDOWN}
SECONDS = re.compile(r" \(\d+\.\d s\)$", re.MULTILINE)
# Seed, folder to stand in, locale and zone of each run; --as-of makes the day the same in all zones.
RUNS = (
    ("0", "", {"LC_ALL": "C.UTF-8", "TZ": "UTC"}),
    ("1", "sub/folder", {"LANG": "zh_TW.UTF-8", "TZ": "Asia/Taipei"}),
    ("2", "..", {"LC_ALL": "POSIX", "TZ": "America/New_York"}),
)
QUERIES = [
    *(("crew", form) for form in ("table", "csv", "tsv", "json", "xml")),
    *(("any", form) for form in ("table", "json", "xml")),
    *((name, form) for name in ("ages", "tug") for form in ("ttl", "jsonld")),
]


COMMAND_LINES = [
    *(("check", "--format", form) for form in ReportFormat),
    *(("query", name, "--format", form) for name, form in QUERIES),
]
# Runs command lines one after the other in one process: arguments as JSON on standard input, what they did on its output.
DRIVER = """
import contextlib, io, json, sys
from kgtool.cli import status
done = []
for arguments in json.load(sys.stdin):
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", newline="") for _ in range(2))
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = status(arguments)
    out.flush(), err.flush()
    done.append([code, out.buffer.getvalue().decode("utf-8"), err.buffer.getvalue().decode("utf-8")])
sys.stdout.write(json.dumps(done))
"""


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> list[dict[tuple[str, ...], list[Any]]]:
    """What every command line did, in each of the runs: status, standard output, standard error."""
    folder = tmp_path_factory.mktemp("project")
    for name, text in {**FILES, "kgtool.toml": SETTINGS}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    done = []
    for seed, where, env in RUNS:
        base = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONHASHSEED": seed, **env}
        lines = [[*line, "--project", str(folder), *AS_OF] for line in COMMAND_LINES]
        ran = subprocess.run(
            [sys.executable, "-W", "error", "-c", DRIVER],
            cwd=folder / where, env=base, input=json.dumps(lines), capture_output=True, text=True, check=True, timeout=300,
        )  # fmt: skip
        assert ran.stderr == ""
        done.append(dict(zip(COMMAND_LINES, json.loads(ran.stdout), strict=True)))
    return done


@pytest.mark.parametrize("form", ReportFormat)
def test_a_report_is_the_same_bytes_in_every_run(
    form: ReportFormat, runs: list[dict[tuple[str, ...], list[Any]]]
) -> None:
    """But for the seconds, which formats for people show in the line that counts."""
    done = [run["check", "--format", form] for run in runs]
    assert [(status, err) for status, _, err in done] == [(1, "")] * len(RUNS)
    texts = [out for _, out, _ in done]
    if form in TIMED:
        assert [len(SECONDS.findall(text)) for text in texts] == [1] * len(RUNS)
        texts = [SECONDS.sub("", text) for text in texts]
    assert texts == [texts[0]] * len(RUNS)
    assert len(texts[0].splitlines()) > 10


@pytest.mark.parametrize(("name", "form"), QUERIES, ids=[" ".join(row) for row in QUERIES])
def test_an_answer_is_the_same_bytes_in_every_run(
    name: str, form: str, runs: list[dict[tuple[str, ...], list[Any]]]
) -> None:
    """Blank nodes too: those of the data, and those that CONSTRUCT makes."""
    done = [run["query", name, "--format", form] for run in runs]
    assert done == [done[0]] * len(RUNS)
    status, out, err = done[0]
    assert (status, err) == (0, "")
    assert out.strip()


def test_a_command_line_of_its_own_gives_the_same_bytes(make_project: Callable[..., Path]) -> None:
    """As a person runs it, in each of the runs; and it holds findings of every family, so nothing next to nothing is compared."""
    folder = make_project(FILES, SETTINGS)
    done = [
        run_process(
            "check",
            "--format",
            "json",
            "--project",
            folder,
            *AS_OF,
            cwd=folder / where,
            env={"PYTHONHASHSEED": seed, **env},
        )
        for seed, where, env in RUNS
    ]
    assert done == [done[0]] * len(RUNS)
    assert (done[0].status, done[0].err) == (1, "")
    rules = {finding["rule"] for finding in json.loads(done[0].out)["findings"]}
    assert {"KG001", "KG101", "KG201", "KG501", "KG502", "KG599"} <= rules


def test_every_result_format_is_compared() -> None:
    """Spreadsheets, which are no text, are in tests/test_export_tables.py."""
    assert {form for _, form in QUERIES} == {*ResultFormat} - {ResultFormat.XLSX}


def test_a_file_that_is_added_changes_nothing_about_the_others(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    """Labels of blank nodes, and so fingerprints, come from a file's own name and order."""
    fewer = make_project(FILES, SETTINGS)
    more = make_project({**FILES, "data/0.ttl": PREFIXES + "[] ex:age 1 .\n"}, SETTINGS, "more")
    reports = [json.loads(kgtool("check", "--format", "json", *AS_OF, cwd=folder).out) for folder in (fewer, more)]
    assert reports[0]["findings"] == reports[1]["findings"]


LITERALS = (
    '"1"^^xsd:boolean', '"yes"^^xsd:boolean', "true", '"012"^^xsd:integer', "0.123456789e0", '"5"^^xsd:decimal', "1.50", '"渡輪"@zh-Hant',
    '"two\\nlines \\"and\\" more"', '"2013-13-45"^^xsd:date', '"INF"^^xsd:double', '"x"^^xsd:integer', '"1"',
)  # fmt: skip


@pytest.mark.parametrize(
    ("write", "form"), [(to_turtle, ox.RdfFormat.TURTLE), (to_jsonld, ox.RdfFormat.JSON_LD)], ids=["turtle", "json-ld"]
)
def test_what_is_written_reads_back_as_the_same_statements(write: Callable[..., str], form: ox.RdfFormat) -> None:
    """rdflib alone would round doubles, write "1"^^xsd:boolean as the integer 1, and "yes"^^xsd:boolean as no Turtle at all."""
    text = (
        PREFIXES
        + f"ex:a a ex:Ship ; ex:p {' , '.join(LITERALS)} ; ex:q ex:b , <https://example.com/> , <xsd:odd> , <urn:x:y> ."
    )
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    written = write(triples, {"ex": "https://example.org/isle/", "xsd": "http://www.w3.org/2001/XMLSchema#"})
    assert {str(quad.triple) for quad in ox.parse(written, format=form)} == {str(triple) for triple in triples}
    assert len(triples) == len(LITERALS) + 5


@pytest.mark.parametrize(
    ("write", "form"), [(to_turtle, ox.RdfFormat.TURTLE), (to_jsonld, ox.RdfFormat.JSON_LD)], ids=["turtle", "json-ld"]
)
def test_blank_nodes_in_a_circle_and_collections_are_written_whole(
    write: Callable[..., str], form: ox.RdfFormat
) -> None:
    text = PREFIXES + "_:a ex:p _:b . _:b ex:p _:a . ex:c ex:q ( 1 _:a ( ) ) , [ ex:r [] ] ."
    triples = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    written = write(triples, {"ex": "https://example.org/isle/"})
    graphs = []
    for statements in (triples, [quad.triple for quad in ox.parse(written, format=form)]):
        dataset = ox.Dataset(ox.Quad(*triple) for triple in statements)
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        graphs.append(sorted(map(str, dataset)))
    assert graphs[0] == graphs[1]


# --- start-up: what a command needs is imported when it is run

HEAVY = {"rdflib", "pyoxigraph", "rich", "yaml", "pyshacl", "owlrl", "edtf", "pyparsing"}


@pytest.mark.parametrize("module", ["kgtool.cli", *(f"kgtool.cli.{name}" for name in COMMANDS)])
def test_a_command_imports_nothing_heavy_before_it_is_run(module: str) -> None:
    code = f"import sys, {module}; print(*sorted({HEAVY!r} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert done.stdout == "\n"


def test_help_imports_nothing_but_click_and_the_command_line() -> None:
    """What help costs is what it imports; `bench/check.py` measures the seconds."""
    code = (
        "import sys\nfrom kgtool.cli import main\ntry: main(['--help'])\nexcept SystemExit: pass\n"
        "print(*sorted(m for m in sys.modules if m.split('.')[0] not in sys.stdlib_module_names), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}\n{code}"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    loaded = done.stderr.split()
    assert {name.partition(".")[0] for name in loaded} <= {"__main__", "click", "kgtool"}
    assert [name for name in loaded if name.startswith("kgtool")] == [
        "kgtool", "kgtool.cli", "kgtool.cli.common", "kgtool.errors", "kgtool.lang",
    ]  # fmt: skip
    assert "--version" in done.stdout
