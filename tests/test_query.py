"""`kgtool query`: named queries, presets, ad-hoc texts; every output form read back by a reader that is not ours."""

from __future__ import annotations

import csv
import datetime
import io
import json
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
import rdflib.compare
from conftest import ROOT, WANGJIN, Ran

from kgtool.engine import Solutions
from kgtool.load import load
from kgtool.named import Binder, bound_text
from kgtool.project import open_project, project_files
from kgtool.query import open_workbench
from kgtool.write.results import plain
from kgtool.write.terms import to_rdflib

Make = Callable[..., Path]
Tool = Callable[..., Ran]
NOW = datetime.datetime(2031, 5, 4, tzinfo=datetime.UTC)
EX = "https://example.org/id/"
RESULTS = "{http://www.w3.org/2005/sparql-results#}"
SETTINGS = f"""\
[prefixes]
ex = "{EX}"
[presets.small-boats]
query = "boats-by-size"
params = {{ least = 1, most = 4 }}
summary = {{ en = "Boats up to four metres", zh-Hant = "四公尺以下之船" }}
[presets.lost]
query = "no-such-query"
"""
PREFIXES = f"""\
@prefix ex: <{EX}> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
FILES = {
    "ontology/boats.ttl": PREFIXES + 'ex:Boat rdfs:label "boat"@en , "船"@zh-Hant .',
    "data/north.ttl": PREFIXES + """
ex:ada a ex:Boat ; skos:prefLabel "Ada"@en , "阿達"@zh-Hant ; rdfs:label "not shown"@en ; ex:size 3 .
ex:bo a ex:Boat ; skos:prefLabel "ボー"@ja , "보"@ko ; ex:size 5 ; ex:built "2013-06-09"^^xsd:date .
""",
    "data/south.ttl": PREFIXES + """
ex:cy a ex:Boat ; rdfs:label "Cy"@en-GB ; ex:size 4 ; ex:motto "a, \\"b\\"\\n\\t<c> & d"@zh-Hant-TW .
ex:dee a ex:Boat ; skos:prefLabel "Dee"@en , "Alias"@en ; ex:size 1 ; ex:owner [ ex:age 7 ] .
""",
    "queries/ask/boats-by-size.rq": """\
#+ summary: {en: "Boats by size", zh-Hant: "依大小列船"}
#+ description: {en: "Smallest first.", zh-Hant: "由小到大。"}
#+ params:
#+   least: {type: integer, required: true, example: 2, label: {en: "At least", zh-Hant: "最小"}}
#+   most: {type: integer, default: 9}
#+   kind: {type: iri, class: rdfs:Class, values: ["ex:Boat"]}
#+ columns: {boat: iri, size: integer}
SELECT ?boat ?size WHERE { ?boat ex:size ?size . OPTIONAL { ?boat a ?kind } FILTER(?size >= ?least && ?size <= ?most) }
ORDER BY ?size
""",
    "queries/ask/all.rq": """\
#+ summary: {en: "Everything of the boats", zh-Hant: "船之一切"}
SELECT ?boat ?built ?motto ?owner WHERE {
  ?boat a ex:Boat . OPTIONAL { ?boat ex:built ?built } OPTIONAL { ?boat ex:motto ?motto } OPTIONAL { ?boat ex:owner ?owner }
} ORDER BY ?boat
""",
    "queries/ask/is-there.rq": '#+ summary: {en: "Is there", zh-Hant: "有否"}\nASK { ?x a ex:Boat }',
    "queries/build/sizes.rq": """\
#+ summary: {en: "Sizes", zh-Hant: "大小"}
CONSTRUCT { ?boat ex:length ?size ; ex:says ?motto ; ex:ownedBy [ ex:owns ?boat ] }
WHERE { ?boat ex:size ?size . OPTIONAL { ?boat ex:motto ?motto } }
""",
    "queries/check/heavy.rq": '#+ summary: {en: "Heavy", zh-Hant: "過重"}\n#+ code: KG399\nSELECT ?focus { ?focus ex:size 99 }',
    "queries/ask/broken.rq": '#+ summary: {en: "Broken", zh-Hant: "壞的"}\n#+ parms: {}\nASK {}',
}  # fmt: skip


@pytest.fixture
def boats(make_project: Make) -> Path:
    return make_project(FILES, SETTINGS)


# Finding out what there is.


def test_queries_are_listed_by_role_in_both_languages(boats: Path, kgtool: Tool) -> None:
    assert kgtool("query", "--lang", "en", cwd=boats) == Ran(
        0,
        "Queries\n"
        "  all            Everything of the boats\n"
        "  boats-by-size  Boats by size\n"
        "  is-there       Is there\n"
        "\nPresets\n"
        "  lost           \n"
        "  small-boats    Boats up to four metres\n"
        "\nBuild\n"
        "  sizes          Sizes\n"
        "\nChecks\n"
        "  heavy          Heavy\n",
        "",
    )
    chinese = kgtool("query", "--lang", "zh-Hant", cwd=boats).out.splitlines()
    assert chinese[:2] == ["查詢", "  all            船之一切"]
    assert [line for line in chinese if line and not line.startswith(" ")] == ["查詢", "預設查詢", "衍生", "檢查"]


def test_project_without_queries_says_so(make_project: Make, kgtool: Tool) -> None:
    folder = make_project({})
    assert kgtool("query", "--lang", "en", cwd=folder).out == "This project has no queries.\n"
    assert kgtool("query", "--lang", "zh-Hant", cwd=folder).out == "此專案沒有查詢。\n"


def test_help_of_a_query_tells_parameters_columns_and_an_example(boats: Path, kgtool: Tool) -> None:
    expected = """\
boats-by-size: Boats by size

Smallest first.

Parameters:
  least  (integer, required, e.g. 2)  At least
  most  (integer, default 9)
  kind  (iri, rdfs:Class, ex:Boat)

Columns: boat (iri), size (integer)

Example:
  kgtool query boats-by-size --param least=2

queries/ask/boats-by-size.rq
"""
    assert kgtool("query", "boats-by-size", "--help", "--lang", "en", cwd=boats) == Ran(0, expected, "")
    chinese = kgtool("query", "boats-by-size", "-h", "--lang", "zh-Hant", cwd=boats).out
    assert chinese.startswith(
        "boats-by-size: 依大小列船\n\n由小到大。\n\n參數:\n  least  (integer, 必填, 例 2)  最小\n"
    )
    assert "\n欄位: boat (iri), size (integer)\n\n範例:\n  kgtool query boats-by-size --param least=2\n" in chinese


def test_help_of_a_preset_tells_what_it_calls_and_its_values(boats: Path, kgtool: Tool) -> None:
    lines = kgtool("query", "small-boats", "--help", "--lang", "en", cwd=boats).out.splitlines()
    assert lines[:2] == ["small-boats: Boats up to four metres", "A preset that calls boats-by-size"]
    assert "  least  (integer, required, default 1, e.g. 2)  At least" in lines
    assert "  most  (integer, default 4)" in lines
    assert "  kgtool query small-boats" in lines
    chinese = kgtool("query", "small-boats", "--help", "--lang", "zh-Hant", cwd=boats).out
    assert chinese.startswith("small-boats: 四公尺以下之船\n預設查詢,呼叫 boats-by-size\n")


def test_help_without_a_name_is_the_command_s(boats: Path, kgtool: Tool) -> None:
    ran = kgtool("query", "--help", cwd=boats)
    assert ran.status == 0
    assert ran.out.startswith("Usage: kgtool query [OPTIONS] [NAME]\n")


@pytest.mark.parametrize(
    ("name", "english", "chinese"),
    [
        (
            "boats-by-sise",
            "kgtool: E-QUERY-NONE: no query named 'boats-by-sise'. Did you mean 'boats-by-size'?\n",
            "kgtool: E-QUERY-NONE: 沒有名為「boats-by-sise」的查詢。 是否指「boats-by-size」?\n",
        ),
        (
            "small-boat",
            "kgtool: E-QUERY-NONE: no query named 'small-boat'. Did you mean 'small-boats'?\n",
            "kgtool: E-QUERY-NONE: 沒有名為「small-boat」的查詢。 是否指「small-boats」?\n",
        ),
        (
            "zzz",
            "kgtool: E-QUERY-NONE: no query named 'zzz'. `kgtool query` lists them all.\n",
            "kgtool: E-QUERY-NONE: 沒有名為「zzz」的查詢。 `kgtool query` 列出所有查詢。\n",
        ),
        (
            "lost",
            "kgtool: E-QUERY-NONE: no query named 'no-such-query'. `kgtool query` lists them all.\n",
            "kgtool: E-QUERY-NONE: 沒有名為「no-such-query」的查詢。 `kgtool query` 列出所有查詢。\n",
        ),
        (
            "broken",
            "kgtool: E-QUERY-BROKEN: queries/ask/broken.rq:2: unknown key 'parms' in header. Did you mean 'params'?\n",
            "kgtool: E-QUERY-BROKEN: queries/ask/broken.rq:2:header 中不認得的鍵「parms」。 是否指「params」?\n",
        ),
    ],
    ids=["near a query", "near a preset", "nothing near", "preset of no query", "unusable file"],
)
def test_unknown_name_is_answered_with_did_you_mean(
    boats: Path, kgtool: Tool, name: str, english: str, chinese: str
) -> None:
    assert kgtool("query", name, "--lang", "en", cwd=boats) == Ran(2, "", english)
    assert kgtool("query", name, "--lang", "zh-Hant", cwd=boats) == Ran(2, "", chinese)


# Parameters.


def rows(ran: Ran) -> list[list[str]]:
    assert (ran.status, ran.err) == (0, "")
    return list(csv.reader(io.StringIO(ran.out, newline="")))[1:]


def sizes(ran: Ran) -> list[str]:
    return [row[1] for row in rows(ran)]


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["boats-by-size", "--param", "least=4"], ["4", "5"]),
        (["boats-by-size", "--param", "least=2", "--param", "most=4"], ["3", "4"]),
        (["small-boats"], ["1", "3", "4"]),
        (["small-boats", "--param", "least=4"], ["4"]),
        (["small-boats", "--param", "most=99"], ["1", "3", "4", "5"]),
    ],
    ids=["default", "given", "preset", "preset overridden", "the other one overridden"],
)
def test_parameters_given_win_over_a_preset_s_and_those_over_defaults(
    boats: Path, kgtool: Tool, arguments: list[str], expected: list[str]
) -> None:
    assert sizes(kgtool("query", *arguments, "--format", "csv", cwd=boats)) == expected


@pytest.mark.parametrize(
    ("params", "said"),
    [
        ([], "E-PARAM: parameter 'least': is required. Example: --param least=2"),
        (["least=two"], "E-PARAM: parameter 'least': 'two' is not of type integer. Example: --param least=2"),
        (["least=1", "mots=2"], "E-PARAM-UNKNOWN: query boats-by-size has no parameter 'mots'. Did you mean 'most'?"),
        (["least=1", "kind=Bot"], "E-PARAM: parameter 'kind': must be one of ex:Boat. Did you mean 'ex:Boat'?"),
        (["least"], "E-PARAM-FORM: --param least: write NAME=VALUE. Example: --param since=2004"),
        (["=1"], "E-PARAM-FORM: --param =1: write NAME=VALUE. Example: --param since=2004"),
        (["least=1", "least=2"], "E-PARAM: parameter 'least': takes one value. Example: --param least=2"),
    ],
)  # fmt: skip
def test_wrong_parameter_stops_with_one_line(boats: Path, kgtool: Tool, params: list[str], said: str) -> None:
    options = [part for param in params for part in ("--param", param)]
    ran = kgtool("query", "boats-by-size", *options, "--lang", "en", cwd=boats)
    assert ran == Ran(2, "", f"kgtool: {said}\n")


def test_value_with_an_equals_sign_is_kept_whole(boats: Path, kgtool: Tool) -> None:
    text = b'#+ summary: {en: "a", zh-Hant: "b"}\n#+ params: {v: {type: string}}\nSELECT ?v {}'
    ran = kgtool("query", "--file", "-", "--param", "v=a=b=c", "--format", "csv", cwd=boats, stdin=text)
    assert rows(ran) == [["a=b=c"]]


# Texts that are no named queries.


def test_query_is_read_from_a_file_or_from_standard_input(boats: Path, kgtool: Tool) -> None:
    text = "\ufeff# with a BOM\nSELECT ?size { ?b ex:size ?size } ORDER BY DESC(?size) LIMIT 2".encode()
    (boats / "adhoc.rq").write_bytes(text)
    from_file = kgtool("query", "--file", "adhoc.rq", "--format", "csv", cwd=boats)
    from_stdin = kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=text)
    assert from_file == from_stdin == Ran(0, "size\r\n5\r\n4\r\n", "")


ADHOC = """\
#+ summary: {en: "a", zh-Hant: "甲"}
#+ params: {least: {type: integer, required: true}, most: {type: integer, default: 4}}
SELECT ?boat ?size { ?boat ex:size ?size FILTER(?size >= ?least && ?size <= ?most) } ORDER BY ?size
"""


def test_header_of_an_ad_hoc_text_is_honoured(boats: Path, kgtool: Tool) -> None:
    arguments = ("query", "--file", "-", "--lang", "en", "--format", "csv")
    stdin = ADHOC.encode()
    assert sizes(kgtool(*arguments, "--param", "least=3", cwd=boats, stdin=stdin)) == ["3", "4"]
    assert kgtool(*arguments, cwd=boats, stdin=stdin).err.startswith("kgtool: E-PARAM: parameter 'least': is required.")
    ran = kgtool(*arguments, cwd=boats, stdin=stdin.replace(b"integer, d", b"intger, d"))
    assert ran.err.startswith("kgtool: E-QUERY-BROKEN: line 2: unknown type 'intger' of 'most'")
    assert ran.err.endswith("Did you mean 'integer'?\n")


def test_text_without_header_takes_no_parameters(boats: Path, kgtool: Tool) -> None:
    text = b'SELECT ?s { ?s ?p "#+ summary" }'
    assert rows(kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=text)) == []
    ran = kgtool("query", "--file", "-", "--param", "a=b", "--lang", "en", cwd=boats, stdin=text)
    assert ran == Ran(2, "", "kgtool: E-PARAM-UNKNOWN: query - has no parameter 'a'. Parameters: -\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("INSERT DATA { ex:x a ex:Boat }", "INSERT is not allowed"),
        ("DELETE WHERE { ?s ?p ?o }", "DELETE is not allowed"),
        ("ASK {} ; DROP ALL", "DROP is not allowed"),
        ("LOAD <http://127.0.0.1:9/>", "LOAD is not allowed"),
        ("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }", "SERVICE is not allowed"),
        ("SELECT * { FILTER(EXISTS { service silent <http://127.0.0.1:9/> {} }) }", "service is not allowed"),
        ("", "not a query"),
        ("hello", "not a query"),
    ],
)
def test_text_that_is_no_query_or_asks_another_server_is_refused(
    boats: Path, kgtool: Tool, text: str, said: str
) -> None:
    ran = kgtool("query", "--file", "-", "--lang", "en", cwd=boats, stdin=text.encode())
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"kgtool: E-QUERY-FORM: only SELECT, ASK, CONSTRUCT and DESCRIBE are run: {said}.")
    assert kgtool("query", "is-there", cwd=boats).out == "true\n"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--file", "missing.rq"], "E-FILE-READ"),
        (["--file", "data"], "E-FILE-READ"),
        (["--file", "latin.rq"], "E-FILE-READ"),
        (["all", "--file", "adhoc.rq"], "E-USAGE"),
        (["--file", "syntax.rq"], "E-QUERY-SYNTAX"),
        (["--file", "prefix.rq"], "E-QUERY-SYNTAX"),
    ],
)
def test_text_that_cannot_be_run_stops_with_one_line(
    boats: Path, kgtool: Tool, arguments: list[str], code: str
) -> None:
    (boats / "latin.rq").write_bytes("ASK { ?s ?p 'é' }".encode("latin-1"))
    (boats / "syntax.rq").write_text("SELECT ?x\nWHERE { ?x ?y }")
    (boats / "prefix.rq").write_text("SELECT ?x\nWHERE { ?x a nope:Boat }")
    ran = kgtool("query", *arguments, "--lang", "en", cwd=boats)
    assert (ran.status, ran.out) == (2, "")
    assert ran.err.startswith(f"kgtool: {code}: ")
    assert ran.err.count("\n") == 1
    if code == "E-QUERY-SYNTAX":
        assert ": 2:" in ran.err


# Output forms.


def test_csv_and_tsv_are_exact(boats: Path, kgtool: Tool) -> None:
    ran = kgtool("query", "all", "--format", "csv", cwd=boats)
    owner = rows(ran)[3][3]
    assert owner.startswith("_:")
    assert rows(ran) == [
        [EX + "ada", "", "", ""],
        [EX + "bo", "2013-06-09", "", ""],
        [EX + "cy", "", 'a, "b"\n\t<c> & d', ""],
        [EX + "dee", "", "", owner],
    ]
    assert ran.out.startswith("boat,built,motto,owner\r\n")
    assert kgtool("query", "all", "--format", "tsv", cwd=boats).out == (
        "?boat\t?built\t?motto\t?owner\n"
        f"<{EX}ada>\t\t\t\n"
        f'<{EX}bo>\t"2013-06-09"^^<http://www.w3.org/2001/XMLSchema#date>\t\t\n'
        f'<{EX}cy>\t\t"a, \\"b\\"\\n\\t<c> & d"@zh-Hant-TW\t\n'
        f"<{EX}dee>\t\t\t{owner}\n"
    )


def test_json_is_sparql_results_json(boats: Path, kgtool: Tool) -> None:
    table = json.loads(kgtool("query", "all", "--format", "json", cwd=boats).out)
    assert table["head"] == {"vars": ["boat", "built", "motto", "owner"]}
    bindings = table["results"]["bindings"]
    assert [row["boat"] for row in bindings] == [
        {"type": "uri", "value": EX + name} for name in ("ada", "bo", "cy", "dee")
    ]
    assert bindings[0].keys() == {"boat"}
    date = "http://www.w3.org/2001/XMLSchema#date"
    assert bindings[1]["built"] == {"type": "literal", "value": "2013-06-09", "datatype": date}
    assert bindings[2]["motto"] == {"type": "literal", "value": 'a, "b"\n\t<c> & d', "xml:lang": "zh-Hant-TW"}
    assert bindings[3]["owner"]["type"] == "bnode"


def test_xml_is_sparql_results_xml(boats: Path, kgtool: Tool) -> None:
    root = ET.fromstring(kgtool("query", "all", "--format", "xml", cwd=boats).out)  # noqa: S314 - our own output
    names = [variable.attrib for variable in root.iter(RESULTS + "variable")]
    assert names == [{"name": name} for name in ("boat", "built", "motto", "owner")]
    results = [{binding.attrib["name"]: binding[0] for binding in result} for result in root.iter(RESULTS + "result")]
    assert [row["boat"].text for row in results] == [EX + name for name in ("ada", "bo", "cy", "dee")]
    assert results[1]["built"].attrib == {"datatype": "http://www.w3.org/2001/XMLSchema#date"}
    assert results[2]["motto"].attrib == {"{http://www.w3.org/XML/1998/namespace}lang": "zh-Hant-TW"}
    assert results[2]["motto"].text == 'a, "b"\n\t<c> & d'
    assert results[3]["owner"].tag == RESULTS + "bnode"


def test_boolean_has_its_forms(boats: Path, kgtool: Tool) -> None:
    assert kgtool("query", "is-there", cwd=boats).out == "true\n"
    assert json.loads(kgtool("query", "is-there", "--format", "json", cwd=boats).out) == {"head": {}, "boolean": True}
    root = ET.fromstring(kgtool("query", "is-there", "--format", "xml", cwd=boats).out)  # noqa: S314 - our own output
    assert [(child.tag, child.text) for child in root] == [(RESULTS + "head", None), (RESULTS + "boolean", "true")]
    assert kgtool("query", "--file", "-", cwd=boats, stdin=b"ASK { ?x a ex:Submarine }").out == "false\n"


EXPECTED_GRAPH = (
    PREFIXES
    + """
ex:ada ex:length 3 ; ex:ownedBy [ ex:owns ex:ada ] . ex:bo ex:length 5 ; ex:ownedBy [ ex:owns ex:bo ] .
ex:cy ex:length 4 ; ex:says "a, \\"b\\"\\n\\t<c> & d"@zh-Hant-TW ; ex:ownedBy [ ex:owns ex:cy ] .
ex:dee ex:length 1 ; ex:ownedBy [ ex:owns ex:dee ] .
"""
)


@pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated")  # rdflib's own JSON-LD reader uses it
@pytest.mark.parametrize(("form", "parser"), [("ttl", "turtle"), ("jsonld", "json-ld")])
def test_graph_is_read_back_isomorphic_and_language_tags_are_canonical(
    boats: Path, kgtool: Tool, form: str, parser: str
) -> None:
    ran = kgtool("query", "sizes", "--format", form, cwd=boats)
    found = rdflib.Graph().parse(data=ran.out, format=parser)
    assert rdflib.compare.isomorphic(found, rdflib.Graph().parse(data=EXPECTED_GRAPH, format="turtle"))
    assert "zh-Hant-TW" in ran.out
    assert "zh-hant" not in ran.out
    assert ran.out == kgtool("query", "sizes", "--format", form, cwd=boats).out
    if form == "ttl":
        assert kgtool("query", "sizes", cwd=boats).out == ran.out, "Turtle is the default form of a graph"


@pytest.mark.parametrize("form", ["csv", "tsv", "json", "xml"])
def test_language_tags_are_canonical_in_every_table(boats: Path, kgtool: Tool, form: str) -> None:
    text = b"SELECT ?l (LANG(?l) AS ?tag) { ex:ada skos:prefLabel ?l FILTER(LANGMATCHES(LANG(?l), 'zh')) }"
    out = kgtool("query", "--file", "-", "--format", form, cwd=boats, stdin=text).out
    assert "阿達" in out
    assert form == "csv" or "zh-Hant" in out  # CSV has no place for the tag; LANG() is the engine's own, in lower case


@pytest.mark.parametrize(
    ("name", "form", "possible"),
    [
        ("all", "ttl", "table, csv, tsv, json, xml, xlsx"),
        ("all", "jsonld", "table, csv, tsv, json, xml, xlsx"),
        ("is-there", "csv", "table, json, xml"),
        ("is-there", "ttl", "table, json, xml"),
        ("sizes", "table", "ttl, jsonld"),
        ("sizes", "csv", "ttl, jsonld"),
        ("sizes", "xml", "ttl, jsonld"),
    ],
)
def test_form_that_an_answer_has_not_is_refused(boats: Path, kgtool: Tool, name: str, form: str, possible: str) -> None:
    assert kgtool("query", name, "--format", form, "--lang", "en", cwd=boats) == Ran(
        2, "", f"kgtool: E-FORMAT: this query's answer has no {form} form. Possible: {possible}\n"
    )
    assert kgtool("query", name, "--format", form, "--lang", "zh-Hant", cwd=boats) == Ran(
        2, "", f"kgtool: E-FORMAT: 此查詢的結果不能以 {form} 輸出。 可用:{possible}\n"
    )


def test_character_that_xml_cannot_express_is_refused_and_json_has_it(boats: Path, kgtool: Tool) -> None:
    text = b'SELECT ?x { BIND("a\\u0001b" AS ?x) }'
    ran = kgtool("query", "--file", "-", "--format", "xml", "--lang", "en", cwd=boats, stdin=text)
    assert ran == Ran(
        2, "", "kgtool: E-FORMAT: the answer holds U+0001, which XML cannot express. Possible: json, tsv\n"
    )
    table = json.loads(kgtool("query", "--file", "-", "--format", "json", cwd=boats, stdin=text).out)
    assert table["results"]["bindings"] == [{"x": {"type": "literal", "value": "a\x01b"}}]


def test_table_shows_labels_by_language_with_a_fixed_fallback(boats: Path, kgtool: Tool) -> None:
    """The wanted language, then one that shares its first part, then zh-Hant, en, the first by tag."""
    assert kgtool("query", "boats-by-size", "--param", "least=1", "--lang", "en", cwd=boats) == Ran(
        0,
        "boat            size\n"
        "Alias (ex:dee)     1\n"
        "Ada (ex:ada)       3\n"
        "Cy (ex:cy)         4\n"
        "ボー (ex:bo)       5\n"
        "(4 rows)\n",
        "",
    )
    assert kgtool("query", "boats-by-size", "--param", "least=3", "--lang", "zh-Hant", cwd=boats).out == (
        "boat           size\n"
        "阿達 (ex:ada)     3\n"
        "Cy (ex:cy)        4\n"
        "ボー (ex:bo)      5\n"
        "(共 3 列)\n"
    )  # fmt: skip


def test_table_shows_prefixed_names_without_a_label_and_empty_cells(boats: Path, kgtool: Tool) -> None:
    text = b"SELECT ?p ?q ?r { VALUES (?p ?q ?r) { (ex:none <http://x.example/a> UNDEF) (ex:Boat 'text' 1) } }"
    lines = kgtool("query", "--file", "-", "--lang", "en", cwd=boats, stdin=text).out.splitlines()
    assert [line.split() for line in lines] == [
        ["p", "q", "r"], ["ex:none", "<http://x.example/a>"], ["boat", "(ex:Boat)", "text", "1"], ["(2", "rows)"],
    ]  # fmt: skip


def test_empty_answer_is_no_error(boats: Path, kgtool: Tool) -> None:
    text = b"SELECT ?x { ?x a ex:Submarine }"
    assert kgtool("query", "--file", "-", "--lang", "en", cwd=boats, stdin=text) == Ran(0, "x\n(0 rows)\n", "")
    assert kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=text).out == "x\r\n"


# One named graph a file, their union as default graph.


def test_query_without_graph_sees_all_files_and_graph_sees_one_file_each(boats: Path, kgtool: Tool) -> None:
    union = b"SELECT (COUNT(*) AS ?n) { ?a ex:size ?s1 . ?b ex:size ?s2 }"
    assert rows(kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=union)) == [["16"]]
    within = b"SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?a ex:size ?s1 . ?b ex:size ?s2 } } GROUP BY ?g ORDER BY ?g"
    assert rows(kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=within)) == [
        ["urn:kgtool:graph:data/north.ttl", "4"],
        ["urn:kgtool:graph:data/south.ttl", "4"],
    ]
    graphs = b"SELECT DISTINCT ?g { GRAPH ?g {} } ORDER BY ?g"
    assert [row[0] for row in rows(kgtool("query", "--file", "-", "--format", "csv", cwd=boats, stdin=graphs))] == [
        "urn:kgtool:graph:data/north.ttl",
        "urn:kgtool:graph:data/south.ttl",
        "urn:kgtool:graph:ontology/boats.ttl",
    ]


def test_fact_that_two_files_state_is_one_fact_of_the_union(make_project: Make, kgtool: Tool) -> None:
    text = PREFIXES + "ex:ada a ex:Boat ."
    folder = make_project({"data/a.ttl": text, "data/b.ttl": text}, SETTINGS)
    count = b"SELECT (COUNT(*) AS ?n) { ?s a ex:Boat }"
    assert rows(kgtool("query", "--file", "-", "--format", "csv", cwd=folder, stdin=count)) == [["1"]]


# The series question: on the fictional project, in both engines, and on the real graph.

SERIES = [
    ["bidao", "5", "2", "5", "0"],
    ["kazamisaki", "5", "2", "4", "1"],
    ["ostivane", "5", "2", "0", "3"],
    ["port-merrow", "5", "1", "0", "4"],
]
DRAGON_BOAT: Mapping[str, str] = {"series": "evt:dragon-boat", "since": "2017", "until": "2021"}


def slugs(ran: Ran) -> list[list[str]]:
    return [[row[0].rsplit("/", 1)[-1], *row[1:]] for row in rows(ran)]


def test_series_gives_evidenced_claimed_and_neither_and_the_preset_the_same(kgtool: Tool) -> None:
    params = [part for key, value in DRAGON_BOAT.items() for part in ("--param", f"{key}={value}")]
    ran = kgtool("query", "series-every-year", *params, "--format", "csv", cwd=WANGJIN)
    assert ran.out.startswith("actor,years,evidenced,claimed,neither\r\n")
    assert slugs(ran) == SERIES
    assert kgtool("query", "dragon-boat-every-year", "--format", "csv", cwd=WANGJIN) == ran


def test_series_takes_a_label_for_its_series(kgtool: Tool) -> None:
    bench = open_workbench(open_project(WANGJIN, {}, {}), NOW)
    labels = bench.store.query(
        "SELECT ?l { evt:dragon-boat skos:prefLabel ?l FILTER(LANG(?l) = 'en') }", bench.project.prefixes
    )
    assert isinstance(labels, Solutions)
    label = plain(labels.rows[0][0]) if labels.rows[0][0] else ""
    ran = kgtool("query", "dragon-boat-every-year", "--param", f"series={label}", "--format", "csv", cwd=WANGJIN)
    assert slugs(ran) == SERIES


def test_same_query_text_gives_the_same_rows_in_rdflib() -> None:
    project = open_project(WANGJIN, {}, {})
    bench = open_workbench(project, NOW)
    query = bench.catalog.queries["series-every-year"]
    text = bound_text(query, Binder(bench.curies, bench.today, bench.store).bind(query, DRAGON_BOAT))
    graph = rdflib.Graph()
    files = [file for kind in ("ontology", "data") for file in project_files(project, kind, (".ttl",))]
    for quad in load(files).quads():
        graph.add((to_rdflib(quad.subject), to_rdflib(quad.predicate), to_rdflib(quad.object)))
    found = [[str(cell) for cell in row] for row in graph.query(text) if isinstance(row, rdflib.query.ResultRow)]
    ours = bench.store.query(text, project.prefixes)
    assert isinstance(ours, Solutions)
    assert found == [[plain(cell) if cell else "" for cell in row] for row in ours.rows]
    assert [[row[0].rsplit("/", 1)[-1], *row[1:]] for row in found] == SERIES


def test_lantern_festival_on_the_real_graph(kgtool: Tool) -> None:
    ran = kgtool("query", "lantern-festival-every-year", "--format", "csv", cwd=ROOT)
    assert slugs(ran) == [
        ["busan", "10", "1", "10", "0"],
        ["portland", "10", "1", "10", "0"],
        ["hachioji", "10", "1", "8", "2"],
        ["brisbane", "10", "1", "0", "9"],
        ["kumamoto-prefecture", "10", "1", "0", "9"],
    ]
    params = ["--param", "series=evt:lantern", "--param", "since=2004", "--param", "until=2013"]
    assert kgtool("query", "series-every-year", *params, "--format", "csv", cwd=ROOT) == ran


def test_store_is_opened_with_everything_that_the_files_say(boats: Path) -> None:
    bench = open_workbench(open_project(boats, {}, {}), NOW)
    expected = {
        ox.Triple(q.subject, q.predicate, q.object) for path in boats.glob("*/*.ttl") for q in ox.parse(path=path)
    }
    assert len(bench.store) == len(expected)
