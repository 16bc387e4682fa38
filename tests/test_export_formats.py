"""Every form of a package's data reads back as the data, in rdflib and in oxigraph; tables, places and days are right."""

from __future__ import annotations

import csv
import datetime
import functools
import io
import json
from collections.abc import Iterable, Mapping
from pathlib import Path

import icalendar
import pyoxigraph as ox
import pytest
import rdflib
from conftest import ROOT, WANGJIN

from kgtool.export import calendar, jsonld, places, rdf, schemaorg
from kgtool.export.bundle import Bundle, make_bundle
from kgtool.export.calendar import Days
from kgtool.export.cities import governments
from kgtool.formats import Audience
from kgtool.project import ExportProfile, Statements, open_project
from kgtool.snapshot import Snapshot, open_snapshot
from kgtool.terms import CD
from kgtool.write.canonical import canonical_lines
from kgtool.write.terms import from_rdflib

NOW = datetime.datetime(2031, 1, 1, tzinfo=datetime.UTC)
EX = "https://example.org/isle/"
PREFIXES = f"""@prefix cd: <{CD}> . @prefix dct: <http://purl.org/dc/terms/> . @prefix ex: <{EX}> .
@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix s: <https://w3id.org/city-diplomacy/ns/status#> . @prefix schema: <https://schema.org/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
# What writers get wrong: forms of numbers, tags, blank nodes in circles and in several places, odd names and signs.
HOSTILE = r"""
ex:a a ex:Thing , ex:Other ; ex:n "012"^^xsd:integer , 12 , -0 , 1.50 , "1e0"^^xsd:double , "yes"^^xsd:boolean , true , "x"^^xsd:integer ;
  ex:t "plain" , "渡輪"@zh-hant , "ferry"@EN-gb , "two\nlines \"and\" \\ more\t" , "" , "<b>&amp;</b>"@en , "=1+1" , "| ; ¦" ;
  ex:d "2013-13-45"^^xsd:date , "P1D"^^xsd:duration ; ex:odd-name <urn:x:y> , <https://example.org/a?b=c&d=%20> , <mailto:a@b.example> ;
  ex:list ( 1 "two" [ ex:n 3 ] ) ; ex:self ex:a ; ex:name "a" ; ex:id "id" ; ex:type "type" ; skos:prefLabel "A"@en , "AA"@en , "甲"@zh-Hant .
_:x ex:knows _:y . _:y ex:knows _:x . ex:b ex:both _:z . ex:c ex:both _:z . _:z ex:n 1 . ex:d ex:once [ ex:deeper [ ex:deepest "x" ] ] .
[] ex:alone "nobody" . ex:e rdf:type [ ex:n 1 ] . ex:e ex:mixed 1 , ex:a , "x"@en . ex:e skos:prefLabel "no tag" .
<http://other.example/f#a> <http://other.example/p#n> "other n" ; ex:n 5 .
"""
GRAPHS = """@prefix ex: <https://example.org/isle/> .
ex:g1 { ex:a ex:p _:shared . } ex:g2 { _:shared ex:q "in both" . } ex:a ex:p "urn:kgtool:blank:c14n0" .
"""
FORMATS = {
    "nt": (rdf.ntriples, ox.RdfFormat.N_TRIPLES, "nt"), "ttl": (rdf.turtle, ox.RdfFormat.TURTLE, "turtle"),
    "rdfxml": (rdf.rdfxml, ox.RdfFormat.RDF_XML, "xml"), "jsonld": (jsonld.jsonld, ox.RdfFormat.JSON_LD, "json-ld"),
    "nq": (rdf.quads_file, ox.RdfFormat.N_QUADS, "nquads"), "trig": (rdf.trig, ox.RdfFormat.TRIG, "trig"),
}  # fmt: skip


@functools.cache
def snapshot(project: Path) -> Snapshot:
    return open_snapshot(open_project(project, {}, {}), NOW, audience=Audience.INTERNAL)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile")
    (folder / "data").mkdir()
    (folder / "kgtool.toml").write_text(f'[prefixes]\nex = "{EX}"\nid = "{EX}id/"\n', encoding="utf-8")
    (folder / "data" / "a.ttl").write_text(PREFIXES + HOSTILE, encoding="utf-8")
    (folder / "data" / "b.trig").write_text(GRAPHS, encoding="utf-8")
    return folder


def bundle(project: Path, **profile: object) -> Bundle:
    return make_bundle(snapshot(project), ExportProfile("test", **profile), ())  # type: ignore[arg-type]


def files(found: Mapping[str, bytes]) -> list[bytes]:
    return [
        content for name, content in found.items() if not name.endswith("context.jsonld") and "inferred." not in name
    ]


def in_oxigraph(contents: Iterable[bytes], form: ox.RdfFormat) -> list[ox.Quad]:
    return [quad for content in contents for quad in ox.parse(content, format=form)]


def in_rdflib(contents: Iterable[bytes], form: str, monkeypatch: pytest.MonkeyPatch) -> list[ox.Quad]:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", False)
    if form in {"nquads", "trig"}:
        dataset = rdflib.Dataset()
        for content in contents:
            dataset.parse(data=content, format=form)
        return [ox.Quad(*(from_rdflib(term) for term in quad)) for quad in dataset.quads()]  # type: ignore[arg-type]
    graph = rdflib.Graph()
    for content in contents:
        graph.parse(data=content, format=form)
    return [ox.Quad(*(from_rdflib(term) for term in triple)) for triple in graph]  # type: ignore[arg-type]


@pytest.mark.filterwarnings("ignore::DeprecationWarning:rdflib")
@pytest.mark.parametrize("reader", ["oxigraph", "rdflib"])
@pytest.mark.parametrize("name", FORMATS)
@pytest.mark.parametrize("project", ["hostile", "wangjin", "real"])
def test_every_form_reads_back_isomorphic(
    project: str, name: str, reader: str, hostile: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = bundle({"hostile": hostile, "wangjin": WANGJIN, "real": ROOT}[project])
    write, form, other = FORMATS[name]
    contents = files(write(made))
    read = in_oxigraph(contents, form) if reader == "oxigraph" else in_rdflib(contents, other, monkeypatch)
    stated = made.quads if name in {"nq", "trig"} else [ox.Quad(*triple) for triple in made.triples]
    assert canonical_lines(read) == canonical_lines(stated)


def test_forms_of_literals_and_tags_are_those_of_the_files(hostile: Path) -> None:
    text = files(rdf.quads_file(bundle(hostile)))[0].decode()
    for form in ('"012"^^', '"1.50"^^', '"yes"^^', '"1e0"^^', '"渡輪"@zh-Hant', '"ferry"@en-GB', '"2013-13-45"^^'):
        assert form in text


def test_lines_are_sorted_and_distinct_and_the_digest_is_theirs(hostile: Path) -> None:
    import hashlib

    made = bundle(hostile)
    content = files(rdf.quads_file(made))[0]
    lines = content.decode().splitlines()
    assert lines == sorted(set(lines))
    assert hashlib.sha256(content).hexdigest() == made.digest


def test_json_has_short_keys_language_maps_and_names_beside_references() -> None:
    made = jsonld.jsonld(bundle(WANGJIN))
    ties = json.loads(made["jsonld/Tie.jsonld"])["@graph"]
    tie = next(node for node in ties if node["id"] == "tie:kazamisaki")
    assert tie["type"] == "Tie"
    assert tie["prefLabel"]["en"]
    assert {party["id"] for party in tie["party"]} >= {"gov:wangjin"}
    assert all(party["prefLabel"]["zh-Hant"] for party in tie["party"])
    text = json.dumps(ties)
    assert "@value" not in text
    assert "http" not in text


def test_what_follows_is_apart_from_what_is_stated() -> None:
    made = bundle(WANGJIN, statements=Statements.INFERRED)
    stated, found = (set(rdf.ntriples(made)[name].splitlines()) for name in ("data.nt", "inferred.nt"))
    assert found
    assert not stated & found
    assert {quad.graph_name.value for quad in made.inferred} == {"urn:kgtool:graph:inferred"}


def test_texts_in_other_languages_are_left_out_and_no_name_is_lost(hostile: Path) -> None:
    made = bundle(hostile, languages=("zh-Hant",))
    text = files(rdf.quads_file(made))[0].decode()
    assert '"甲"@zh-Hant' in text
    assert '"AA"@en' not in text
    assert '"x"@en' in text


# ---------- a city's neighbourhood


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("kumamoto", ["kumamoto-city", "kumamoto-prefecture"]), ("gov:kumamoto-city", ["kumamoto-city"]), ("熊本縣", ["kumamoto-prefecture"]),
        ("KUMAMOTO CITY", ["kumamoto-city"]), ("busan", ["busan"]),
        ("https://w3id.org/city-diplomacy/kaohsiung/id/government/busan", ["busan"]),
    ],
)  # fmt: skip
def test_a_city_is_meant_by_slug_name_prefixed_name_or_iri(word: str, found: list[str]) -> None:
    assert [node.value.rpartition("/")[2] for node in governments(snapshot(ROOT), word)] == found


def test_a_neighbourhood_has_what_names_the_city_and_not_what_names_the_neighbours() -> None:
    near = snapshot(WANGJIN)
    made = make_bundle(near, ExportProfile("p", resources="neighbourhood"), governments(near, "kazamisaki"))
    there = {node.value for node in made.about if isinstance(node, ox.NamedNode)}
    base = "https://example.org/wangjin/id/"
    assert {base + "tie/kazamisaki", base + "government/wangjin", base + "government/kazamisaki"} <= there
    assert base + "tie/ostivane" not in there
    named = {quad.object for quad in made.quads if quad.predicate.value == CD + "evidence"}
    assert all(node in made.about for node in named)


# ---------- places


def test_geojson_is_valid_and_its_positions_are_longitude_and_latitude() -> None:
    table = json.loads(places.geojson(bundle(ROOT))["places.geojson"])
    assert table["type"] == "FeatureCollection"
    west, south, east, north = table["bbox"]
    for feature in table["features"]:
        assert {*feature} == {"type", "id", "geometry", "properties"}
        assert feature["type"] == "Feature"
        assert feature["geometry"]["type"] == "Point"
        longitude, latitude = feature["geometry"]["coordinates"]
        assert west <= longitude <= east
        assert south <= latitude <= north
    city = next(feature for feature in table["features"] if feature["id"].endswith("place/kumamoto-city"))
    assert city["geometry"]["coordinates"] == [130.69181, 32.80589]
    assert city["properties"]["governments"] == [
        "https://w3id.org/city-diplomacy/kaohsiung/id/government/kumamoto-city"
    ]


@pytest.mark.parametrize("pair", ["95 , 10", "10 , 181", '"north" , 10', "1 , 2 ; schema:latitude 3"])
def test_a_place_without_one_usable_position_is_left_out(pair: str, tmp_path: Path) -> None:
    latitude, _, longitude = pair.partition(" , ")
    made = project(tmp_path, f"ex:p a schema:City ; schema:latitude {latitude} ; schema:longitude {longitude} .")
    assert json.loads(places.geojson(made)["places.geojson"])["features"] == []


# ---------- days


def project(folder: Path, data: str) -> Bundle:
    (folder / "data").mkdir(exist_ok=True)
    (folder / "kgtool.toml").write_text(
        f'model = "city-diplomacy"\nas-of = "2031-01-01"\n[prefixes]\nex = "{EX}"\n', encoding="utf-8"
    )
    (folder / "data" / "a.ttl").write_text(PREFIXES + data, encoding="utf-8")
    return make_bundle(open_snapshot(open_project(folder, {}, {}), NOW), ExportProfile("p"), ())


def entries(made: Bundle) -> list[icalendar.Event]:
    return list(icalendar.Calendar.from_ical(calendar.ical(made)["events.ics"]).walk("VEVENT"))


DAYS = [
    ("2031-04-02", "2031-04-02", "2031-04-03", "CONFIRMED"),
    ("2031-04-02/2031-04-06", "2031-04-02", "2031-04-07", "CONFIRMED"),
    ("[2031-04-02..2031-04-06]", "2031-04-02", "2031-04-07", "TENTATIVE"),
    ("2031-04", "2031-04-01", "2031-05-01", "TENTATIVE"),
    ("2031-04-02?", "2031-04-02", "2031-04-03", "TENTATIVE"),
    ("2031-04-02~", "2031-04-02", "2031-04-03", "TENTATIVE"),
    ("2031-12-31", "2031-12-31", "2032-01-01", "CONFIRMED"),
]


@pytest.mark.parametrize(("when", "start", "end", "status"), DAYS, ids=[row[0] for row in DAYS])
def test_an_event_is_on_its_days_and_says_when_it_is_not_certain(
    when: str, start: str, end: str, status: str, tmp_path: Path
) -> None:
    [event] = entries(project(tmp_path, f'ex:e a cd:Visit ; skos:prefLabel "Visit"@en ; cd:when "{when}" .'))
    assert (event["dtstart"].dt.isoformat(), event["dtend"].dt.isoformat(), str(event["status"])) == (
        start,
        end,
        status,
    )
    assert str(event["summary"]).startswith("? ") == (status == "TENTATIVE")
    assert str(event["transp"]) == ("OPAQUE" if status == "CONFIRMED" else "TRANSPARENT")


@pytest.mark.parametrize("when", ["2031", "[2031-01-01..2031-06-30]", "2031-01-01/..", "soon", "203X"])
def test_what_no_calendar_can_say_is_left_out_and_counted(when: str, tmp_path: Path) -> None:
    made = project(tmp_path, f'ex:e a cd:Visit ; cd:when "{when}" .')
    assert entries(made) == []
    assert b"X-KGTOOL-LEFT-OUT:1" in calendar.ical(made)["events.ics"]


def test_a_cancelled_event_says_so(tmp_path: Path) -> None:
    [event] = entries(
        project(
            tmp_path,
            'ex:e a cd:Visit ; cd:when "2031-04-02" . ex:s a cd:StatusAssertion ; cd:about ex:e ; cd:status s:cancelled .',
        )
    )
    assert str(event["status"]) == "CANCELLED"


TIES = [
    ('cd:established "1990-06-01"', "1991-06-01", {"FREQ": ["YEARLY"]}),
    ('cd:established "2000-02-29"', "2001-02-28", {"FREQ": ["YEARLY"], "BYMONTH": [2], "BYMONTHDAY": [-1]}),
    (
        'cd:established "1990-06-01" ; cd:endLatest "1995-12-31"^^xsd:date',
        "1991-06-01",
        {"FREQ": ["YEARLY"], "UNTIL": [datetime.date(1995, 12, 31)]},
    ),
]


@pytest.mark.parametrize(("tie", "start", "rule"), TIES, ids=[row[0] for row in TIES])
def test_an_anniversary_comes_every_year_from_the_first(
    tie: str, start: str, rule: dict[str, object], tmp_path: Path
) -> None:
    [event] = entries(project(tmp_path, f'ex:t a cd:Tie ; skos:prefLabel "Tie"@en ; {tie} .'))
    assert event["dtstart"].dt.isoformat() == start
    assert dict(event["rrule"]) == rule


def test_an_anniversary_follows_the_agreement_that_established_the_tie(tmp_path: Path) -> None:
    data = 'ex:t a cd:Tie . ex:a a cd:Agreement ; cd:establishes ex:t ; cd:when "1990-06-01" .'
    assert [event["dtstart"].dt.isoformat() for event in entries(project(tmp_path, data))] == ["1991-06-01"]


@pytest.mark.parametrize(
    "tie",
    [
        'cd:established "1990-06"',
        'cd:established "1990-06-01?"',
        'cd:established "1990-06-01" ; cd:endLatest "1990-12-31"^^xsd:date',
    ],
)
def test_no_anniversary_of_an_uncertain_day_or_of_what_ended_before_it(tie: str, tmp_path: Path) -> None:
    assert entries(project(tmp_path, f"ex:t a cd:Tie ; {tie} .")) == []


def test_the_real_calendar_is_read_whole_and_has_the_day_of_a_signing() -> None:
    found = {str(event["uid"]).rpartition("/")[2]: event for event in entries(bundle(ROOT))}
    assert found["signing-gunma-2013"]["dtstart"].dt == datetime.date(2013, 3, 4)
    assert calendar.days(
        bundle(ROOT), ox.NamedNode("https://w3id.org/city-diplomacy/kaohsiung/id/event/signing-gunma-2013")
    ) == Days(datetime.date(2013, 3, 4), datetime.date(2013, 3, 4), certain=True)


# ---------- schema.org


def test_schema_org_has_its_own_terms_only_and_links_to_what_is_there() -> None:
    table = json.loads(schemaorg.schemaorg(bundle(ROOT))["schema-org.jsonld"])
    ids = {node["@id"] for node in table["@graph"]}
    base = "https://w3id.org/city-diplomacy/kaohsiung/id/"
    for node in table["@graph"]:
        for key, value in node.items():
            if isinstance(value, list):
                links = {item["@id"] for item in value if isinstance(item, dict) and "@id" in item}
                assert all(link in ids for link in links if link.startswith(base)), key
    assert "ns#" not in json.dumps(table)
    assert not any(
        quad.predicate.value.startswith(CD)
        for quad in ox.parse(json.dumps(table).encode(), format=ox.RdfFormat.JSON_LD)
    )


def test_csv_of_a_hostile_graph_is_read_back_by_the_csv_module(hostile: Path) -> None:
    from kgtool.export.csvw import csv_files

    rows = list(csv.DictReader(io.StringIO(csv_files(bundle(hostile))["csv/Other.csv"].decode(), newline="")))
    row = next(row for row in rows if row["id"] == EX + "a")
    assert set(row["t"].split("‖")) == {"plain", 'two\nlines "and" \\ more\t', "", "=1+1", "| ; ¦"}
