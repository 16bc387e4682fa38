"""Every shape with a constraint and every check query: an edit of the clean fictional project that fires exactly it, and
a twin that does not.

A case is a line of tests/golden/cases/*.txt: name | subject | predicates whose triples go (of the subject, or `other^predicate`) | what the bad edit
adds to the subject | what the good edit adds | focus of the finding where it is not the subject. `=` restores the data.
"""

from __future__ import annotations

import dataclasses
import datetime
import re

import pyoxigraph as ox
import pytest
from conftest import ROOT, WANGJIN

from kgtool.catalog import NamedQuery
from kgtool.check import read_inputs
from kgtool.checks import Inputs
from kgtool.engine import EmbeddedStore, Solutions
from kgtool.index import Index
from kgtool.named import Binder, run
from kgtool.project import open_project
from kgtool.shacl import Plan, make_plan, results, validate_index
from kgtool.terms import SH

NOW = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
SHAPE = "https://w3id.org/city-diplomacy/shapes#"
NOT_CONSTRAINTS = {"property", "sparql", "message", "severity", "name", "description", "order", "group"}
GRAPH = ox.NamedNode("urn:edited")
HEX = "0123456789abcdef" * 4
MACROS = {
    "%E": '; cd:evidence cit:gazetteer-wangjin ; skos:editorialNote "One dataset."@en',
    "%Q": "http://www.wikidata.org/entity/Q1",
    "%SEL": "a oa:TextPositionSelector",
    "%VISIT": 'a cd:Visit ; cd:host gov:wangjin ; cd:when "2021-08-03" ; cd:earliest "2021-08-03"^^xsd:date ; '
    'cd:latest "2021-08-03"^^xsd:date ; cd:evidence ps:99-152',
    "%HEX": HEX,
    "%L": 'rdfs:label "t"@en , "甲"@zh-Hant',
    "%D": 'skos:definition "t."@en , "甲。"@zh-Hant',
    "%O": "rdfs:isDefinedBy <https://w3id.org/city-diplomacy/ontology/core>",
    "%P": 'skos:prefLabel "t"@en , "甲"@zh-Hant',
}


@dataclasses.dataclass(frozen=True)
class Case:
    """One line of a table."""

    name: str
    subject: str
    minus: tuple[str, ...]
    bad: str
    good: str | None
    focus: str


def cases(table: str) -> list[Case]:
    """The lines of a table, macros expanded."""
    out = []
    for line in (ROOT / "tests" / "golden" / "cases" / f"{table}.txt").read_text(encoding="utf-8").splitlines():
        name, subject, minus, bad, good, *focus = (part.strip() for part in line.split("|"))
        for macro, text in MACROS.items():
            bad, good = bad.replace(macro, text), good.replace(macro, text)
        out.append(
            Case(
                name,
                subject,
                tuple(minus.strip("- ").split()),
                bad,
                None if good == "=" else good,
                *(focus or [subject]),
            )
        )
    return out


SHAPE_CASES, CHECK_CASES = cases("shapes"), cases("checks")


class Bench:
    """The clean project, read once: its triples, the plan of its shapes, its check queries."""

    def __init__(self) -> None:
        self.inputs: Inputs = read_inputs(open_project(WANGJIN, {}, {}), NOW)
        shapes = list(self.inputs.dataset.quads("shapes"))
        self.plan: Plan = make_plan(shapes)
        self.said = {
            quad.object.value: quad.subject.value.removeprefix(SHAPE)
            for quad in shapes
            if quad.predicate.value == SH + "message"
            and isinstance(quad.object, ox.Literal)
            and isinstance(quad.subject, ox.NamedNode)
        }
        self.model = [quad.triple for quad in self.inputs.dataset.quads("ontology")]
        self.data = [quad.triple for quad in self.inputs.dataset.quads("data")]
        self.checks: list[NamedQuery] = [
            query for query in self.inputs.catalog.queries.values() if query.role == "check"
        ]
        prefixes = {**self.inputs.project.prefixes}
        self.head = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes.items())

    def iri(self, curie: str) -> str:
        iri = self.inputs.curies.expand(curie)
        assert iri, curie
        return iri

    def edited(self, case: Case, more: str | None) -> list[ox.Triple]:
        """The data with one edit; None leaves it as it is."""
        if more is None:
            return self.data
        gone = set()
        for each in case.minus:
            subject, _, predicate = each.rpartition("^")
            gone.add((self.iri(subject or case.subject), self.iri(predicate)))
        kept = [
            t
            for t in self.data
            if not (isinstance(t.subject, ox.NamedNode) and (t.subject.value, t.predicate.value) in gone)
        ]
        assert {(t.subject.value, t.predicate.value) for t in set(self.data) - set(kept)} == gone  # type: ignore[union-attr]
        text = f"{self.head}{case.subject} {more} ." if more else ""
        return [*kept, *(quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE))]

    def violations(self, triples: list[ox.Triple]) -> list[tuple[str, str]]:
        """(shape or constraint, focus) of every result, sorted."""
        index = Index()
        index.extend(self.model)
        index.extend(triples)
        found = results(self.plan, validate_index(index, self.plan))
        return sorted({
            (self.said[dict(r.messages)["en"]] if r.component.endswith("SPARQLConstraintComponent") else
             r.shape.removeprefix(SHAPE), self.inputs.curies.short(r.focus))
            for r in found
        })  # fmt: skip

    def rows(self, triples: list[ox.Triple]) -> set[tuple[str, str]]:
        """(check query, focus) of every row of every check query."""
        store = EmbeddedStore(ox.Quad(t.subject, t.predicate, t.object, GRAPH) for t in (*self.model, *triples))
        binder = Binder(self.inputs.curies, self.inputs.today, store)
        out = set()
        for query in self.checks:
            answer = run(query, binder.bind(query, {}), store, self.inputs.project.prefixes)
            assert isinstance(answer, Solutions)
            place = answer.variables.index("focus")
            out |= {(query.name, self.inputs.curies.short(row[place].value)) for row in answer.rows}  # type: ignore[union-attr]
        return out


@pytest.fixture(scope="module")
def bench() -> Bench:
    return Bench()


@pytest.fixture(scope="module")
def clean(bench: Bench) -> set[tuple[str, str]]:
    return bench.rows(bench.data)


def constrained() -> list[str]:
    """Every shape and constraint in shapes/*.ttl that tests something itself."""
    out = set()
    for file in sorted((ROOT / "shapes").glob("*.ttl")):
        for quad in ox.parse(file.read_bytes(), format=ox.RdfFormat.TURTLE):
            name = quad.predicate.value.removeprefix(SH)
            if isinstance(quad.subject, ox.NamedNode) and quad.predicate.value.startswith(SH):
                structure = name in NOT_CONSTRAINTS or name.startswith("target") or name in {"declare", "prefixes"}
                out |= set() if structure else {quad.subject.value.removeprefix(SHAPE)}
    return sorted(out)


def test_table_covers_every_shape_that_tests_something_and_every_check_query() -> None:
    assert sorted(case.name for case in SHAPE_CASES) == constrained()
    assert sorted(case.name for case in CHECK_CASES) == sorted(
        file.stem for file in (ROOT / "queries" / "check").glob("*.rq")
    )


def test_clean_project_has_no_violation_and_only_two_open_matters(bench: Bench, clean: set[tuple[str, str]]) -> None:
    assert bench.violations(bench.data) == []
    assert sorted(clean) == [
        ("overdue-statement", "clm:selarn-reply"),
        ("regularity-unsupported", "clm:dragon-boat-bidao-yearly"),
        ("regularity-unsupported", "clm:dragon-boat-kazamisaki-yearly"),
    ]


@pytest.mark.parametrize("case", SHAPE_CASES, ids=lambda case: case.name)
def test_shape_fires_on_its_case_and_on_nothing_else(case: Case, bench: Bench) -> None:
    assert bench.violations(bench.edited(case, case.bad)) == [(case.name, case.focus)]


@pytest.mark.parametrize("case", [case for case in SHAPE_CASES if case.good], ids=lambda case: case.name)
def test_shape_is_silent_on_the_twin(case: Case, bench: Bench) -> None:
    assert bench.violations(bench.edited(case, case.good)) == []


@pytest.mark.parametrize("case", CHECK_CASES, ids=lambda case: case.name)
def test_check_query_fires_on_its_case_and_is_silent_on_the_twin(
    case: Case, bench: Bench, clean: set[tuple[str, str]]
) -> None:
    assert bench.rows(bench.edited(case, case.bad)) == clean | {(case.name, case.focus)}
    assert bench.rows(bench.edited(case, case.good)) == clean


# What the advice of a check query offers beside a correction, for a mistake that is none: the node that bears the note.
NOTED = {
    "first-occurrence-contradicted": "clm:dragon-boat-port-merrow-first",
    "overlapping-tenures-of-one-post": "post:mayor-sablonne",
    "possibly-one-visit": "evt:visit-x",
    "same-name-twice": "per:p-0002",
}


def test_a_check_query_that_offers_a_note_is_silent_where_one_is(bench: Bench, clean: set[tuple[str, str]]) -> None:
    checks = bench.inputs.catalog.role("check")
    assert {query.name for query in checks if re.search(r"\bnote\b|editorialNote", query.fix["en"])} == set(NOTED)
    for case in CHECK_CASES:
        if case.name in NOTED:
            found = bench.edited(case, case.bad)
            assert bench.rows(found) == clean | {(case.name, case.focus)}
            noted = ox.parse(
                f'{bench.head}{NOTED[case.name]} skos:editorialNote "Known."@en .', format=ox.RdfFormat.TURTLE
            )
            assert bench.rows([*found, *noted]) == clean, case.name


ORDINAL = "a cd:OrdinalClaim ; cd:scheme k:sister-city ; cd:countedBy gov:wangjin"
TIE = "a cd:Tie ; cd:party gov:wangjin ; cd:kind k:sister-city"
# A check query that compares two nodes: what makes the same mistake n times, as a line for each of them.
MANY = {
    "sections-overlap": "src:many-{n} cd:sectionOf src:whole ; oa:start {n} ; oa:end 900 .",
    "overlapping-tenures-of-one-post": "ten:many-{n} cd:post post:many ; cd:holder per:many-{n} ; "
    'cd:startLatest "2001-01-01"^^xsd:date ; cd:endEarliest "2009-01-01"^^xsd:date .',
    "possibly-one-visit": 'evt:many-{n} a cd:Visit ; cd:earliest "2001-02-03"^^xsd:date ; cd:latest "2001-02-03"^^xsd:date . '
    "part:many-{n} cd:participant per:many ; cd:event evt:many-{n} .",
    "same-name-twice": 'per:many-{n} a cd:Person ; skos:prefLabel "Many"@en , "眾"@zh-Hant .',
    "ordinal-repeated": f"clm:many-{{n}} {ORDINAL} ; cd:ordinal 77 ; cd:about tie:many-{{n}} .",
    "ordinals-out-of-order": f"clm:many-{{n}} {ORDINAL} ; cd:ordinal {{n}} ; cd:about tie:many-{{n}} . tie:many-{{n}} {TIE} ; "
    'cd:establishedEarliest "{back}-01-01"^^xsd:date ; cd:establishedLatest "{back}-01-01"^^xsd:date .',
    "ordinals-too-close": f"clm:many-{{n}} {ORDINAL} ; cd:ordinal {{n}} ; cd:about tie:many-{{n}} . tie:many-{{n}} {TIE} ; "
    'cd:establishedEarliest "{year}-01-01"^^xsd:date ; cd:establishedLatest "{year}-01-01"^^xsd:date . tie:more-{n} '
    f'{TIE} ; cd:establishedEarliest "1950-01-01"^^xsd:date ; cd:establishedLatest "1950-01-01"^^xsd:date .',
    "territory-of-two": "gov:many-{n} cd:territory place:many .",
}


@pytest.mark.parametrize("name", MANY)
def test_findings_grow_with_the_mistakes_and_not_with_their_square(name: str, bench: Bench) -> None:
    query = bench.inputs.catalog.queries[name]
    counts = []
    for many in (2, 40):
        lines = [
            MANY[name].format(n=n, back=2000 - n, year=1900 + n + (50 if n > many // 2 else 0))
            for n in range(1, many + 1)
        ]
        triples = ox.parse(bench.head + "\n".join(lines), format=ox.RdfFormat.TURTLE)
        store = EmbeddedStore(ox.Quad(*quad.triple, GRAPH) for quad in triples)
        answer = run(query, {}, store, bench.inputs.project.prefixes)
        assert isinstance(answer, Solutions)
        counts.append(len(answer.rows))
    assert counts[0] == 1
    assert 15 <= counts[1] <= 40


def test_every_line_of_the_tables_is_a_case() -> None:
    assert all(re.fullmatch(r"[A-Za-z0-9-]+", case.name) for case in (*SHAPE_CASES, *CHECK_CASES))
