"""Ask queries against expected rows: on the real graph, with the facts that each row rests on, and on a fictional one.

`tests/golden/derive.py` gives the expected rows in plain Python; the files in tests/golden are the contract.
"""

from __future__ import annotations

import csv
import datetime
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN, shared
from golden import built, derive
from golden.more import MORE

from kgtool.engine import Solutions, Triples
from kgtool.project import open_project
from kgtool.query import Workbench, open_workbench
from kgtool.write.results import plain

Given = Mapping[str, Any]
NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
GOLDEN = ROOT / "tests" / "golden"
COVERAGE = ROOT / "tests" / "coverage" / "report-2013h1.csv"
OUTSIDE = "outside"
END = "2013-12-31"
KHH = "gov:kaohsiung"
HALF = {"city": KHH, "since": "2013-01-01", "until": "2013-06-30"}

REAL: dict[str, Given] = {
    "agreements-ending-before": {"asOf": END, "before": "2017-01-01"},
    "agreements-of-city": {"city": KHH},
    "anniversaries": {"city": KHH, "year": 2013},
    "attendance-matrix": {"series": "evt:lantern", "since": 2004, "until": 2013},
    "changed-after": {"after": "2013-06-30", "city": "gov:kumamoto-prefecture"},
    "claims": {"asOf": END},
    "counts-stated-vs-listed": {},
    "delegation": {"visit": "evt:visit-male-2013", "lang": "en"},
    "disputes": {},
    "dormant-ties": {"city": KHH, "since": "2013-01-01"},
    "entities-of-source": {"source": "src:report-2013h1"},
    "events-hosted-and-attended": {"city": KHH, "since": "2013-01-01", "until": END},
    "facts-of-span": {"source": "src:report-2013h1", "start": 634, "end": 681},
    "facts-without-evidence": {},
    "first-time-attendees": {"series": "evt:lantern"},
    "half-year-figures": HALF,
    "names-in-all-scripts": {"entity": "per:kurosu-ryuichi"},
    "neighbours": {"node": "gov:male"},
    "office-holder-on-date": {"day": "2013-06-15"},
    "open-promises": {"asOf": END, "kept": True},
    "person-offices-and-visits": {"person": "per:hur-nam-sik"},
    "pipeline": {"city": KHH, "asOf": END},
    "places-for-map": {"city": KHH},
    "reciprocity": HALF,
    "series-every-year": {"series": "evt:lantern", "since": 2004, "until": 2013},
    "sister-cities-in-order": {"city": KHH},
    "ties-by-kind-country-field": {"city": KHH},
    "ties-of-city": {"city": KHH, "asOf": END},
    "timeline-of-city": {"city": "gov:male"},
    "visits-between": {"city": KHH, "partner": "gov:busan", "asOf": END},
    "visits-in-period": HALF,
    "who-met-whom": {},
    "who-signed": {},
}

WJ = "gov:wangjin"
BOATS = "evt:dragon-boat"
SECOND_HALF = {"city": WJ, "since": "2021-07-01", "until": "2021-12-31"}
# The clean project always has a row for these; for `BARE` they are asked of a project with next to nothing in it.
BARE: Given = {"bare": True}
BARE_DATA = """\
gov:alone a cd:LocalGovernment ; skos:prefLabel "Alone"@en .
per:alone a cd:Person ; skos:prefLabel "Ada"@en .
evt:alone a cd:EventSeries ; skos:prefLabel "Alone"@en .
src:alone a cd:Source ; dct:title "Alone"@en .
"""
BARE_PARAMS: dict[str, Given] = {
    "claims": {"asOf": "2021-12-31"},
    "entities-of-source": {"source": "src:alone"},
    "half-year-figures": {"city": "gov:alone", "since": "2021-07-01", "until": "2021-12-31"},
    "person-offices-and-visits": {"person": "per:alone"},
    "places-for-map": {},
    "series-every-year": {"series": "evt:alone", "since": 2017, "until": 2021},
}
# Figures are given even where they are nought.
NOUGHT = {
    "half-year-figures": [
        [figure, "0", "0", ""] for figure in (
            "agreements concluded", "people received", "ties established", "visits paid", "visits received",
        )
    ]
}  # fmt: skip
# Positive, then empty, on the fictional project.
FICTIONAL: dict[str, tuple[Given, Given]] = {
    "agreements-ending-before": ({"asOf": "2020-12-31", "before": "2026-12-31"}, {"asOf": "2021-12-31", "before": "2026-09-17"}),
    "agreements-of-city": ({"city": WJ}, {"city": "gov:selarn"}),
    "anniversaries": ({"city": WJ, "year": 2021}, {"city": WJ, "year": 2022}),
    "attendance-matrix": ({"series": BOATS, "since": 2017, "until": 2022}, {"series": BOATS, "since": 2022, "until": 2025}),
    "changed-after": ({"after": "2021-11-30"}, {"after": "2026-09-17"}),
    "claims": ({"asOf": "2021-12-31"}, BARE),
    "counts-stated-vs-listed": ({}, {"about": "evt:port-centenary-2021"}),
    "delegation": ({"visit": "evt:visit-to-sablonne-2021-09", "lang": "zh-Hant"}, {"visit": "evt:harbour-congress-2022"}),
    "disputes": ({}, {"about": "agr:port-merrow-2018"}),
    "dormant-ties": ({"city": WJ, "since": "2021-10-10"}, {"city": WJ, "since": "2018-01-01"}),
    "entities-of-source": ({"source": "src:report-2021h2"}, BARE),
    "events-hosted-and-attended": ({"city": "gov:kazamisaki"}, {"city": "gov:selarn"}),
    "facts-of-span": ({"source": "src:report-2021h2", "start": 970, "end": 993}, {"source": "src:report-2021h2", "start": 0, "end": 0}),
    "facts-without-evidence": ({}, {}),
    "first-time-attendees": ({"series": BOATS}, {"series": BOATS, "year": 2020}),
    "half-year-figures": (SECOND_HALF, BARE),
    "names-in-all-scripts": ({"entity": "per:p-0005"}, {"entity": "clm:ordinal-bidao"}),
    "neighbours": ({"node": "gov:selarn"}, {"node": "per:nobody"}),
    "office-holder-on-date": ({"day": "2021-09-20"}, {"day": "2010-01-01"}),
    "open-promises": ({"asOf": "2021-12-31", "kept": True}, {"asOf": "2021-12-31", "city": "gov:ostivane"}),
    "person-offices-and-visits": ({"person": "per:p-0003"}, BARE),
    "pipeline": ({"city": WJ, "asOf": "2021-12-31"}, {"city": WJ, "asOf": "2021-06-30"}),
    "places-for-map": ({"city": WJ}, BARE),
    "reciprocity": ({"city": WJ}, {"city": WJ, "since": "2030-01-01"}),
    "series-every-year": ({"series": BOATS, "since": 2017, "until": 2021}, BARE),
    "sister-cities-in-order": ({"city": WJ}, {"city": "gov:selarn"}),
    "ties-by-kind-country-field": ({"city": WJ}, {"city": WJ, "country": "place:country-mushu", "field": "k:trade"}),
    "ties-of-city": ({"city": WJ, "asOf": "2021-12-31"}, {"city": WJ, "asOf": "2021-12-31", "partner": WJ}),
    "timeline-of-city": ({"city": "gov:sablonne"}, {"city": "gov:sablonne", "until": "2021-08-31"}),
    "visits-between": (
        {"city": WJ, "partner": "gov:bidao", "asOf": "2021-11-01"},
        {"city": WJ, "partner": "gov:port-merrow", "asOf": "2021-11-01"},
    ),
    "visits-in-period": (SECOND_HALF, {"city": WJ, "since": "2020-01-01", "until": "2020-12-31"}),
    "who-met-whom": ({}, {"person": "per:p-0006"}),
    "who-signed": ({}, {"city": "gov:selarn"}),
}  # fmt: skip


def texts(given: Given) -> dict[str, str | tuple[str, ...]]:
    """Parameters as a person types them."""
    out: dict[str, str | tuple[str, ...]] = {}
    for name, value in given.items():
        out[name] = (
            tuple(value) if isinstance(value, list) else str(value).lower() if isinstance(value, bool) else str(value)
        )
    return out


def asked(bench: Workbench, name: str, given: Given) -> list[list[str]]:
    """The query's rows as the golden files write them."""
    answer = bench.answer(name, texts(given))
    assert isinstance(answer, Solutions)
    assert list(answer.variables) == list(bench.catalog.queries[name].columns)

    def cell(term: object) -> str:
        if isinstance(term, ox.NamedNode):
            return bench.curies.short(term.value)
        return plain(term) if isinstance(term, ox.Literal) else ""

    return [[cell(term) for term in row] for row in answer.rows]


def golden(graph: str, name: str) -> tuple[list[str], list[list[str]]]:
    """Header and rows of a golden file."""
    with (GOLDEN / graph / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        header, *rows = csv.reader(stream)
    return header, rows


@pytest.fixture(scope="module")
def real() -> Workbench:
    return open_workbench(open_project(ROOT, {}, {}), NOW)


@pytest.fixture(scope="module")
def real_graph(real: Workbench) -> derive.Graph:
    return derive.graph_of(real.project, ROOT)


@pytest.fixture(scope="module")
def fictional() -> Workbench:
    return open_workbench(open_project(WANGJIN, {}, {}), NOW)


@pytest.fixture(scope="module")
def fictional_graph(fictional: Workbench) -> derive.Graph:
    return derive.graph_of(fictional.project, ROOT)


def rows_of(bench: Workbench, graph: derive.Graph, name: str, given: Given) -> list[tuple[list[str], set[str]]]:
    """Derived rows as texts, and the nodes that each rests on."""
    found = derive.derived(graph, name, derive.typed(bench.curies, given))
    return [([derive.text(bench.curies, graph.iris, cell) for cell in row[:-1]], row[-1]) for row in found]


def facts(by_node: Mapping[str, set[str]], graph: derive.Graph, basis: set[str]) -> str:
    """The fact ids of the nodes that a row rests on; of a node that has none, those of what shares its passage."""
    own = set().union(*(by_node.get(node, set()) for node in basis))
    if not own:
        passages = [each for node in basis for each in graph.o(node, "evidence") if graph.is_a(each, "Passage")]
        own = set().union(*(by_node.get(node, set()) for each in passages for node in graph.s("evidence", each)))
    return " ".join(sorted(own)) or OUTSIDE


def test_tables_name_every_ask_query() -> None:
    names = sorted(file.stem for file in (ROOT / "queries" / "ask").glob("*.rq"))
    assert sorted(REAL) == names
    assert sorted(FICTIONAL) == names
    assert sorted(file.stem for file in (GOLDEN / "real").glob("*.csv")) == names
    assert sorted(file.stem for file in (GOLDEN / "wangjin").glob("*.csv")) == names


@pytest.mark.parametrize("name", REAL)
def test_query_gives_its_golden_rows_on_the_real_graph(name: str, real: Workbench) -> None:
    header, rows = golden("real", name)
    assert header == [*real.catalog.queries[name].columns, "facts"]
    assert asked(real, name, REAL[name]) == [row[:-1] for row in rows]


@pytest.mark.parametrize("name", REAL)
def test_golden_rows_and_facts_follow_from_the_triples(name: str, real: Workbench, real_graph: derive.Graph) -> None:
    by_node = derive.facts_by_node(COVERAGE, real.curies)
    found = [
        [*cells, facts(by_node, real_graph, basis)] for cells, basis in rows_of(real, real_graph, name, REAL[name])
    ]
    assert golden("real", name)[1] == found


def test_second_questions_are_of_every_ask_query() -> None:
    assert sorted(MORE) == sorted(REAL)
    assert sorted(file.stem for file in (GOLDEN / "more").glob("*.csv")) == sorted(MORE)


@pytest.mark.parametrize("name", MORE)
def test_query_s_header_points_at_its_expected_rows_and_gives_them(name: str, real: Workbench) -> None:
    query = real.catalog.queries[name]
    file = f"tests/golden/more/{name}.csv"
    assert [dict(test.params) for test in query.tests if test.expect == file] == [texts(MORE[name])]
    header, rows = golden("more", name)
    assert header == [*query.columns, "facts"]
    assert asked(real, name, MORE[name]) == [row[:-1] for row in rows]


@pytest.mark.parametrize("name", sorted(MORE.keys() - {"claims"}))
def test_second_expected_rows_follow_from_the_triples(name: str, real: Workbench, real_graph: derive.Graph) -> None:
    assert [cells for cells, _ in rows_of(real, real_graph, name, MORE[name])] == [
        row[:-1] for row in golden("more", name)[1]
    ]


BUILD_DAYS = {"real": "2016-12-01", "wangjin": "2021-12-31"}
BUILDS = [(graph, name) for graph in BUILD_DAYS for name in built.BUILDS]


def test_expected_triples_are_of_every_build_query_and_every_derived_property(real: Workbench) -> None:
    names = sorted(built.BUILDS)
    assert names == sorted(query.name for query in real.catalog.role("build"))
    for graph in BUILD_DAYS:
        assert names == sorted(file.stem for file in (GOLDEN / "build" / graph).glob("*.csv"))
    answer = real.store.query(f"SELECT ?q WHERE {{ ?p <{derive.CD}derivedBy> ?q }}", {})
    assert isinstance(answer, Solutions)
    assert sorted(row[0].value for row in answer.rows) == names  # type: ignore[union-attr]


@pytest.mark.parametrize(("graph", "name"), BUILDS)
def test_build_query_gives_its_triples(graph: str, name: str, request: pytest.FixtureRequest) -> None:
    bench: Workbench = request.getfixturevalue("real" if graph == "real" else "fictional")
    data: derive.Graph = request.getfixturevalue("real_graph" if graph == "real" else "fictional_graph")
    answer = bench.answer(name, {"asOf": BUILD_DAYS[graph]})
    assert isinstance(answer, Triples)
    rows = [tuple(row) for row in golden(f"build/{graph}", name)[1]]
    found = [(str(t.subject)[1:-1], t.predicate.value, str(t.object)[1:-1]) for t in answer.triples]
    assert sorted(tuple(map(bench.curies.short, triple)) for triple in found) == sorted(row[:3] for row in rows)
    derived = built.built(data, name, BUILD_DAYS[graph])
    by_node = derive.facts_by_node(COVERAGE, bench.curies)
    noted = [facts(by_node, data, basis) for *_, basis in derived]
    assert [tuple(triple) for *triple, _ in derived] == sorted(found)
    assert graph != "real" or noted == [row[3] for row in rows]
    assert bench.answer(name, {"asOf": "1960-01-01"}) == Triples(())


def linked(graph: derive.Graph, starts: set[str], steps: int) -> set[str]:
    """Nodes at most so many properties away, either way."""
    found, edge = set(starts), set(starts)
    back: dict[str, set[str]] = {}
    for subject, table in graph.out.items():
        for values in table.values():
            for value in values:
                if isinstance(value, str):
                    back.setdefault(value, set()).add(subject)
    for _ in range(steps):
        out = {v for node in edge for values in graph.out.get(node, {}).values() for v in values if isinstance(v, str)}
        edge = (out | {subject for node in edge for subject in back.get(node, ())}) - found
        found |= edge
    return found


def test_every_fact_of_a_golden_row_is_known_and_stated_near_a_node_of_the_row(
    real: Workbench, real_graph: derive.Graph
) -> None:
    with shared("facts", "facts.jsonl").open(encoding="utf-8") as stream:
        known = {json.loads(line)["id"] for line in stream}
    stating: dict[str, set[str]] = {}
    for node, ids in derive.facts_by_node(COVERAGE, real.curies).items():
        for fact in ids:
            stating.setdefault(fact, set()).add(node)
    wrong = []
    for folder, name, given in [
        *(("real", *pair) for pair in REAL.items()),
        *(("more", *pair) for pair in MORE.items()),
    ]:
        # A row of figures names no node; it is about the city that was asked for.
        said = [each for value in texts(given).values() for each in ([value] if isinstance(value, str) else value)]
        params = {iri for value in said if (iri := real.curies.expand(value))}
        for row in golden(folder, name)[1]:
            ids = set(row[-1].split()) - {OUTSIDE}
            named = {iri for cell in row[:-1] if (iri := real.curies.expand(cell))} | params
            near = linked(real_graph, named, 2) if ids else set()
            wrong += [(name, row[:-1], fact) for fact in sorted(ids) if fact not in known or not stating[fact] & near]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(FICTIONAL.keys() - {"facts-without-evidence"}))
def test_query_gives_its_rows_on_the_fictional_project(
    name: str, fictional: Workbench, fictional_graph: derive.Graph
) -> None:
    header, rows = golden("wangjin", name)
    assert header == list(fictional.catalog.queries[name].columns)
    assert rows
    assert asked(fictional, name, FICTIONAL[name][0]) == rows
    assert [cells for cells, _ in rows_of(fictional, fictional_graph, name, FICTIONAL[name][0])] == rows


def test_fact_that_lost_its_evidence_is_listed(tmp_path: Path) -> None:
    folder = tmp_path / "wangjin"
    shutil.copytree(WANGJIN, folder)
    file = folder / "data" / "event" / "port-centenary-2021.ttl"
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("cd:evidence ps:331-350 .", 'cd:summary "x"@en .'), encoding="utf-8")
    rows = asked(open_workbench(open_project(folder, {}, {}), NOW), "facts-without-evidence", {})
    assert golden("wangjin", "facts-without-evidence")[1] == rows == [["evt:port-centenary-2021", "cd:Event"]]


@pytest.mark.parametrize(("graph", "claims"), [("real", 77), ("wangjin", 27)])
def test_every_claim_has_one_verdict_and_the_reasons_that_make_it(
    graph: str, claims: int, real: Workbench, fictional: Workbench
) -> None:
    bench = real if graph == "real" else fictional
    found: dict[str, tuple[set[str], set[str]]] = {}
    for claim, _, _, verdict, because, *_ in asked(bench, "claims", {"asOf": END if graph == "real" else "2021-12-31"}):
        verdicts, reasons = found.setdefault(claim, (set(), set()))
        verdicts.add(verdict)
        reasons.add(because)
    known = derive.AGAINST | derive.GAP | derive.FOR | derive.NOTHING
    said = bench.catalog.queries["claims"].column_texts["because"].values
    assert {"en", "zh-Hant", "ja"} == set().union(*(words.keys() for words in said.values()))
    assert set(said) == known
    assert all(({derive.verdict_of(reasons)} == verdicts and reasons <= known) for verdicts, reasons in found.values())
    every = {str(node) for kind in derive.BECAUSE for node in nodes_of(bench, derive.CD + kind)}
    assert set(found) == every
    assert len(every) == claims


def nodes_of(bench: Workbench, cls: str) -> list[str]:
    answer = bench.store.query(f"SELECT ?x WHERE {{ ?x a <{cls}> }}", {})
    assert isinstance(answer, Solutions)
    return [bench.curies.short(row[0].value) for row in answer.rows]  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory, fictional: Workbench) -> Workbench:
    folder = tmp_path_factory.mktemp("bare")
    shutil.copy(WANGJIN / "kgtool.toml", folder)
    (folder / "data").mkdir()
    (folder / "sources").mkdir()
    head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in fictional.project.prefixes.items())
    (folder / "data" / "alone.ttl").write_text(head + BARE_DATA, encoding="utf-8")
    return open_workbench(open_project(folder, {}, {}), NOW)


@pytest.mark.parametrize("name", FICTIONAL)
def test_query_gives_no_row_where_there_is_nothing_to_tell(name: str, fictional: Workbench, bare: Workbench) -> None:
    if FICTIONAL[name][1] is BARE:
        assert asked(bare, name, BARE_PARAMS[name]) == NOUGHT.get(name, [])
    else:
        assert asked(fictional, name, FICTIONAL[name][1]) == []
