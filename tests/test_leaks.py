"""Nothing internal reaches a partner: generated graphs with marked secrets, and everything that an audience can be given.

A secret is hidden in one of four ways, and named from every side: by records, blank nodes, lists, evidence, labels, queries,
presets, shapes, and by statements that would imply something about what is visible. Its words hold HUSH. Nothing that a
partner receives may hold HUSH, or what only follows from a secret; and everything that holds OPEN must still be there.
KGTOOL_FULL=1 runs 2,000 cases; else a tenth.
"""

from __future__ import annotations

import datetime
import io
import itertools
import json
import os
import random
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from conftest import ROOT
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as hypothesis_seed
from hypothesis import strategies as st
from plain_app import PLAIN

from kgtool.diff import as_json, as_markdown, as_text, compare, open_version
from kgtool.export import rdf
from kgtool.export.bundle import make_bundle
from kgtool.export.catalogue import Placed, catalogue
from kgtool.export.package import WRITERS, export
from kgtool.export.provenance import Origin, provenance
from kgtool.export.readme import readme
from kgtool.formats import Audience, PackageFormat
from kgtool.project import ExportProfile, Statements, open_project
from kgtool.serve import Request
from kgtool.serve.app import ROUTES, App
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot, open_snapshot

CASES = int(os.environ.get("KGTOOL_CASES") or (2_000 if os.environ.get("KGTOOL_FULL") else 200))
PAGES_EVERY = 20  # making the pages for people takes a second; every case has the plain ones
SEED = int(os.environ.get("KGTOOL_SEED") or random.randrange(2**32))
NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
BASE = "https://example.org/isle/id/"
PREFIXES = f"""@prefix cd: <https://w3id.org/city-diplomacy/ns#> . @prefix ex: <{BASE}> . @prefix oa: <http://www.w3.org/ns/oa#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix schema: <https://schema.org/> . @prefix sh: <http://www.w3.org/ns/shacl#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
"""
ONTOLOGY = """cd:Passage rdfs:subClassOf cd:Evidence . cd:Citation rdfs:subClassOf cd:Evidence . cd:Statement rdfs:subClassOf cd:Claim .
cd:StatusAssertion rdfs:subClassOf cd:Claim . cd:Visit rdfs:subClassOf cd:Event . cd:party a owl:ObjectProperty .
ex:wards a owl:ObjectProperty ; rdfs:domain ex:Warden ; rdfs:range ex:Ward ; owl:inverseOf ex:wardedBy . ex:Warden a owl:Class . ex:Ward a owl:Class .
ex:bound a owl:TransitiveProperty .
"""
RECORDS = (
    "Tie",
    "Agreement",
    "Visit",
    "Participation",
    "Tenure",
    "Statement",
    "StatusAssertion",
    "Name",
    "Passage",
    "Post",
)
STANDING = ("cd:Organisation", "cd:Person", "cd:LocalGovernment", "schema:City", "cd:EventSeries")
WAYS = ("mark", "folder", "deny", "graph")
# Where a secret may be named from; {s} is the secret, {o} something visible, {n} a number.
LINKS = (
    "{o} ex:knows {s} .",
    '{o} ex:detail [ rdfs:label "HUSH {n}" ; ex:of {s} ] .',
    '{o} ex:detail [ rdfs:label "HUSH {n}" ; ex:inner [ ex:inner [ ex:of {s} ] ] ] .',
    '{o} ex:list ( "HUSH {n}" {s} ex:open0 ) .',
    '{s} ex:detail [ rdfs:label "HUSH {n}" ; ex:inner [ rdfs:label "HUSH {n}" ] ] .',
    '{s} ex:list ( "HUSH {n}" [ rdfs:label "HUSH {n}" ] ) .',
    ('{s} cd:evidence ex:hushp{n} . ex:hushp{n} a cd:Passage ; cd:summary "HUSH {n}"@en ; cd:sha256 "HUSH" ; oa:hasSource ex:hushs{n} . '
    'ex:hushs{n} a cd:Source ; cd:fileName "HUSH{n}.txt" .'),
    '{s} cd:evidence ex:hushc{n} . ex:hushc{n} a cd:Citation ; cd:locator "HUSH {n}" .',
    ('{o} cd:evidence ex:openp{n} . ex:openp{n} a cd:Passage ; cd:summary "OPEN passage {n}"@en ; oa:hasSource ex:opens{n} . '
    '{s} cd:evidence ex:openp{n} , ex:hushq{n} . ex:hushq{n} a cd:Passage ; cd:summary "HUSH {n}"@en ; oa:hasSource ex:opens{n} . '
    'ex:opens{n} a cd:Source ; cd:fileName "OPEN{n}.txt" ; cd:lineDigests "HUSH digests" .'),
    "{s} ex:wards {o} .",
    "{o} ex:wards {s} .",
    "{o} ex:bound {s} . {s} ex:bound ex:open0 .",
    '{o} ex:see "as {s_iri} says, HUSH" .',
    "{s} owl:sameAs {o} .",
    "_:b{n} ex:of {s} ; rdfs:label \"HUSH {n}\" . {o} ex:detail _:b{n} . _:b{n} ex:next _:c{n} . _:c{n} rdfs:label \"HUSH {n}\" ; ex:next _:b{n} .",
)  # fmt: skip
LINK = st.tuples(st.sampled_from(LINKS), st.integers(0, 2), st.integers(0, 3))
RECORD = st.tuples(
    st.sampled_from(RECORDS),
    st.booleans(),
    st.integers(0, 2),
    st.integers(0, 3),
    st.sampled_from(["about", "party", "holder", "nameOf", "event"]),
)
CASE = st.fixed_dictionaries({
    "ways": st.lists(st.sampled_from(WAYS), min_size=1, max_size=3), "standing": st.lists(st.sampled_from(STANDING), min_size=1, max_size=4),
    "links": st.lists(LINK, max_size=5), "records": st.lists(RECORD, max_size=4), "kinds": st.lists(st.sampled_from((*STANDING, "cd:Visit", "cd:Tie")), min_size=3, max_size=3),
})  # fmt: skip
counter = itertools.count()


class Case:
    """One generated project: its texts by file, and its settings."""

    def __init__(self, drawn: dict[str, list[object]]) -> None:
        self.ways: list[str] = drawn["ways"]  # type: ignore[assignment]
        self.standing: list[str] = drawn["standing"]  # type: ignore[assignment]
        self.open, self.inside, self.hushed = [], [], []  # type: list[str], list[str], list[str]
        denied = []
        for number, (way, kind) in enumerate(zip(self.ways, drawn["kinds"], strict=False)):
            own = f'ex:hush{number} a {kind} ; skos:prefLabel "HUSH label {number}"@en ; ex:note "HUSH note" .'
            {"mark": self.open, "deny": self.open, "folder": self.inside, "graph": self.hushed}[way].append(own)  # type: ignore[index]
            if way == "mark":
                self.open.append(f'ex:hush{number} cd:audience "internal" .')
            if way == "deny":
                denied.append(f'"ex:hush{number}"')
        for number, kind in enumerate(self.standing):
            self.open.append(f'ex:open{number} a {kind} ; skos:prefLabel "OPEN label {number}"@en .')
        self.inside.append('ex:open0 ex:remark "HUSH remark" ; ex:wards ex:open0 .')
        for number, (text, secret, visible) in enumerate(drawn["links"]):  # type: ignore[misc]
            for statement in text.split(" . "):
                # What is said of a secret stands where the secret does: a statement in an open file would be open.
                where = self._file(secret) if statement.startswith("{s}") else self.open
                where.append(self._filled(statement.removesuffix(" .") + " .", secret, visible, number))
        for number, (kind, leaks, secret, visible, predicate) in enumerate(drawn["records"]):  # type: ignore[misc]
            name = f"ex:{'hush' if leaks else 'open'}rec{number}"
            words = f'"{"HUSH" if leaks else "OPEN"} record {number}"@en'
            about = self._secret(secret) if leaks else self._visible(visible)
            self.open.append(f"{name} a cd:{kind} ; skos:prefLabel {words} ; cd:{predicate} {about} .")
        self.settings = (
            f'base = "{BASE}"\n[prefixes]\nex = "{BASE}"\n[audiences.folders]\n"data/HUSH" = "internal"\n[audiences.partner]\ndeny = [{", ".join(denied)}]\n'
            '[exports.partner]\naudience = "partner"\nstatements = "inferred"\n'
            '[presets.HUSH-preset]\nquery = "q"\nparams = { x = "ex:hush0" }\nsummary = { en = "HUSH", zh-Hant = "HUSH" }\n'
        )  # fmt: skip

    def _file(self, secret: int) -> list[str]:
        way = self.ways[secret % len(self.ways)]
        return {"folder": self.inside, "graph": self.hushed}.get(way, self.open)

    def _secret(self, number: int) -> str:
        return f"ex:hush{number % len(self.ways)}"

    def _visible(self, number: int) -> str:
        return f"ex:open{number % len(self.standing)}"

    def _filled(self, text: str, secret: int, visible: int, number: int) -> str:
        s = self._secret(secret)
        for key, value in (
            ("{s}", s),
            ("{o}", self._visible(visible)),
            ("{n}", str(number)),
            ("{s_iri}", BASE + s.removeprefix("ex:")),
        ):
            text = text.replace(key, value)
        return text

    def write(self, folder: Path) -> None:
        query = '#+ summary: {en: OPEN query, zh-Hant: 問}\n#+ params: {x: {type: iri, example: "ex:hush0"}}\nSELECT ?p ?o WHERE { ?x ?p ?o } ORDER BY ?p ?o\n'
        hidden = (
            f"#+ summary: {{en: HUSH query, zh-Hant: 問}}\nPREFIX e: <{BASE}>\nSELECT ?p WHERE {{ e:hush0 ?p ?o }}\n"
        )
        graph = '<urn:kgtool:graph:data/HUSH.ttl> cd:audience "internal" .'
        texts = {
            "kgtool.toml": self.settings, "ontology/o.ttl": PREFIXES + ONTOLOGY, "data/a.ttl": PREFIXES + "\n".join(self.open),
            "data/HUSH/b.ttl": PREFIXES + "\n".join(self.inside), "data/HUSH.ttl": PREFIXES + "\n".join([graph, *self.hushed]),
            "shapes/s.ttl": PREFIXES + 'ex:S a sh:NodeShape ; sh:targetNode ex:hush0 ; sh:message "HUSH" . ex:T a sh:NodeShape ; sh:targetClass schema:City .',
            "queries/ask/q.rq": query, "queries/ask/HUSH.rq": hidden,
        }  # fmt: skip
        for name, text in texts.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")


def in_bundle(snapshot: Snapshot) -> Iterator[tuple[str, bytes]]:
    """Every file of a partner's package, archives opened."""
    profile = ExportProfile(
        "partner", formats=tuple(PackageFormat), statements=Statements.INFERRED, audience=Audience.PARTNER
    )
    bundle = make_bundle(snapshot, profile, ())
    for write in (rdf.quads_file, rdf.model_files, *WRITERS.values()):
        for name, content in write(bundle).items():
            if name.endswith(".xlsx"):
                with zipfile.ZipFile(io.BytesIO(content)) as archive:
                    yield from ((f"{name}/{inner}", archive.read(inner)) for inner in archive.namelist())
            yield name, content
    yield "catalogue", "\n".join(map(str, catalogue(snapshot, Placed(BASE + "package/")))).encode()
    yield "provenance", "\n".join(map(str, provenance(bundle, Origin(None, None, allowed=False), BASE))).encode()
    yield "readme", readme(bundle, {"commit": "", "errors": "0", "licence": ""}, [])


TARGETS = (
    "/", "/sparql", "/about", "/catalog", "/.well-known/void", "/queries", "/queries/q", "/queries/HUSH", "/openapi.json", "/shapes", "/graph-store",
    "/id/hush0", "/data/hush0.ttl", "/page/hush0", "/id/open0", "/data/open0.ttl", "/data/open0.jsonld", "/page/open0", "/graph/data/HUSH.ttl", "/api/q",
    "/graph-store?default", "/search?q=HUSH", "/en/", "/sitemap.xml",
)  # fmt: skip
QUERIES = (
    "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT ?g ?s ?p ?o WHERE { GRAPH ?g { ?s ?p ?o } }", f"DESCRIBE <{BASE}open0>",
    "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o . FILTER(CONTAINS(STR(?o), 'HU' + 'SH')) }",
)  # fmt: skip


def answered(app: App) -> Iterator[tuple[str, bytes]]:
    """What the server says to every kind of request; what a request said itself is taken out of what it is told."""
    for target in TARGETS:
        path, _, query = target.partition("?")
        response = app(Request("GET", path, query, {"accept": "*/*"}))
        said = response.body
        if "HUSH" in target or "hush" in target:
            if response.status >= 400:
                continue
            said = said.replace(b"q=HUSH", b"").replace(b'value="HUSH"', b"")
        yield f"GET {target} {response.status}", said
    for query in QUERIES:
        response = app(Request("GET", "/sparql", f"query={quote(query)}", {"accept": "*/*"}))
        yield query, response.body


def leaks(found: Iterator[tuple[str, bytes]]) -> list[str]:
    return [
        f"{name}: {content[max(content.lower().find(b'hush') - 80, 0) :][:200]!r}"
        for name, content in found
        if b"hush" in content.lower()
    ]


@hypothesis_seed(SEED)
@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.explicit, Phase.generate],
)
@given(CASE)
def test_nothing_internal_reaches_a_partner(drawn: dict[str, list[object]]) -> None:
    number = next(counter)
    case = Case(drawn)
    folder = Path(tempfile.mkdtemp(prefix="kgtool-leak-"))
    try:
        case.write(folder)
        snapshot = open_snapshot(open_project(folder, {}, {}), NOW, audience=Audience.PARTNER)
        files = list(in_bundle(snapshot))
        routes = ROUTES if number % PAGES_EVERY == 0 else PLAIN
        app = App(snapshot, ServeSettings(address="https://kg.example", audience=Audience.PARTNER), routes)
        assert leaks(iter(files)) == [], f"seed {SEED}"
        assert leaks(answered(app)) == [], f"seed {SEED}"
        assert leaks(_told(folder)) == [], f"seed {SEED}"
        assert "HUSH" not in repr(snapshot), f"seed {SEED}"
        derived = {
            f"<{BASE}open{n}> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}{cls}>"
            for n in range(4)
            for cls in ("Warden", "Ward")
        }
        everything = "\n".join([*map(str, snapshot.stated), *map(str, snapshot.inferred)])
        assert not any(triple in everything for triple in derived), f"seed {SEED}"
        data = next(content for name, content in files if name == "data.nq").decode()
        visible = [f'"OPEN label {n}"' for n in range(len(case.standing))]
        visible += [f'"OPEN record {n}"' for n, record in enumerate(drawn["records"]) if not record[1]]  # type: ignore[index]
        assert all(words in data for words in visible), f"seed {SEED}"
    finally:
        shutil.rmtree(folder)


def _told(folder: Path) -> Iterator[tuple[str, bytes]]:
    """The difference between nothing and everything, as the audience may know it."""
    empty = folder / "empty"
    empty.mkdir()
    (empty / "kgtool.toml").write_text("")
    with (
        open_version(str(empty), folder, NOW, Audience.PARTNER, {}) as before,
        open_version("", folder, NOW, Audience.PARTNER, {}) as after,
    ):
        found = compare(before, after)
        yield "diff", "\n".join([as_text(found, "en"), as_markdown(found, "zh-Hant"), as_json(found)]).encode()


def test_the_same_cases_leak_to_those_inside_so_the_test_can_fail() -> None:
    """Without the filter every part of the case is there."""
    folder = Path(tempfile.mkdtemp(prefix="kgtool-leak-"))
    try:
        records = [(kind, True, 0, 0, "about") for kind in RECORDS]
        links = [(text, 0, 0) for text in LINKS]
        Case(
            {
                "ways": ["mark", "folder", "graph"],
                "standing": ["schema:City"],
                "links": links,
                "records": records,
                "kinds": ["cd:Person"] * 3,
            }
        ).write(folder)
        snapshot = open_snapshot(open_project(folder, {}, {}), NOW, audience=Audience.INTERNAL)
        names = {line.partition(":")[0] for line in leaks(in_bundle(snapshot))}
        assert {"data.nq", "data.ttl", "shapes.ttl", "catalogue", "data.rdf", "csv/Person.csv"} <= names
        app = App(snapshot, ServeSettings(address="https://kg.example", audience=Audience.INTERNAL), PLAIN)
        assert len(leaks(answered(app))) > 8
        assert f"<{BASE}open0> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <{BASE}Warden>" in "\n".join(
            map(str, snapshot.inferred)
        )
        partner = open_snapshot(open_project(folder, {}, {}), NOW, audience=Audience.PARTNER)
        assert leaks(in_bundle(partner)) == []
    finally:
        shutil.rmtree(folder)


def test_a_written_package_of_a_project_with_secrets_holds_none_of_them(tmp_path: Path) -> None:
    records = [(kind, bool(number % 2), 0, 0, "about") for number, kind in enumerate(RECORDS)]
    Case(
        {
            "ways": ["mark", "folder", "deny"],
            "standing": ["schema:City"],
            "links": [(text, n, 0) for n, text in enumerate(LINKS)],
            "records": records,
            "kinds": ["cd:Person"] * 3,
        }
    ).write(tmp_path)
    done = export(open_project(tmp_path, {}, {}), NOW, "partner", allow_findings=True)
    found = ((path.name, path.read_bytes()) for path in done.target.rglob("*") if path.is_file())
    assert leaks(found) == []
    assert json.loads((done.target / "manifest.json").read_bytes())["audience"] == "partner"


@pytest.mark.parametrize("audience", [Audience.PUBLIC, Audience.PARTNER])
def test_the_first_graph_has_nothing_to_hide(audience: Audience) -> None:
    project = open_project(ROOT, {}, {})
    assert len(open_snapshot(project, NOW, audience=audience, reasons=False).stated) > 8_000
