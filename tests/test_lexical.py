"""Terms by themselves in a project: IRIs, characters, language tags, Chinese texts, prefixes; the place and both texts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, WANGJIN

from kgtool.lexical import characters, chinese, iri, language_tag, tag_case
from kgtool.lexical.chinese import _SIMPLIFIED_ONLY

HEAD = "@prefix : <https://example.org/id/> .\n@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .\n"
FOUND = Callable[..., list[Any]]


@pytest.fixture
def found(make_project: Callable[..., Path], kgtool: Callable[..., Any]) -> FOUND:
    """Findings of a project of one Turtle file (without its head), as (rule, severity, line, column)."""

    def run(text: str | bytes, settings: str = "", name: str = "data/a.ttl", *, whole: bool = False) -> list[Any]:
        content = text if isinstance(text, bytes) else HEAD + text
        folder = make_project({name: content}, settings)
        rows = json.loads(kgtool("check", "--format", "json", "--project", folder).out)["findings"]
        if whole:
            return list(rows)
        return [(row["rule"], row["severity"], row["line"], row["column"]) for row in rows]

    return run


def codes(remarks: Any) -> list[str]:
    return [one.code for one in remarks]


def test_a_finding_has_place_path_value_and_both_texts(found: FOUND) -> None:
    (row,) = found(':a :p 1 ;\n  :q "2013-02-30"^^<http://www.w3.org/2001/XMLSchema#date> .\n', whole=True)
    assert (row["rule"], row["file"], row["line"], row["column"]) == ("KG020", "data/a.ttl", 4, 6)
    assert row["message"] == {
        "en": "'2013-02-30' is no xsd:date: there is no such day.", "zh-Hant": "「2013-02-30」不是 xsd:date:沒有這一天。"
    }  # fmt: skip
    assert row["focus"] == "https://example.org/id/a"


def test_a_wrong_term_is_reported_at_each_statement(found: FOUND) -> None:
    rows = found("".join(f':a{n} :p "x\\u0007" .\n' for n in range(3)))
    assert rows == [("KG017", "warning", line, 8) for line in (3, 4, 5)]


def test_a_clean_file_has_no_finding(found: FOUND) -> None:
    text = ':a rdfs:label "高雄（港）"@zh-Hant , "Kaohsiung – Straße"@de , "नमस्ते"@hi , "مرحبا"@ar , "부산"@ko .\n'
    text += ':b :p "x" , 1 , true , 1.5 , :c .\n'
    assert found(text) == []


# ---------- files


@pytest.mark.parametrize(
    ("data", "code", "said"),
    [
        (b"\x1f\x8b\x08\x00", "KG004", "a gzip file"),
        (b"PK\x03\x04xx", "KG004", "a ZIP file"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n", "KG004", "git lfs pull"),
        (b"<!DOCTYPE html>\n<html></html>", "KG004", "an HTML page"),
        (b'<?xml version="1.0"?>\n<rdf:RDF/>', "KG004", "XML"),
        (b'{"@id": "http://e/a"}', "KG004", "JSON"),
        (b'\xef\xbb\xbf<?xml version="1.0"?>\n<rdf:RDF/>', "KG004", "XML"),
        (b'\xef\xbb\xbf{"@id": "http://e/a"}', "KG004", "JSON"),
        (b"\xef\xbb\xbf\n<html lang='en'></html>", "KG004", "an HTML page"),
        ("\ufeff:a :p :b .".encode("utf-16"), "KG003", "UTF-16"),
        (":a :p :b .\n".encode("utf-16-le"), "KG003", "UTF-16"),
        (":a :p :b .\n".encode("utf-32"), "KG003", "UTF-32"),
        (':a :p "高雄市政府" .'.encode("big5"), "KG003", "Big5"),
        (':a :p "北京市人民政府" .'.encode("gbk"), "KG003", "GBK"),
        (b':a :p "\xff" .', "KG003", "byte 0xFF"),
    ],
)
def test_a_file_that_is_something_else_is_named(found: FOUND, data: bytes, code: str, said: str) -> None:
    (row,) = found(data, whole=True)
    assert row["rule"] == code
    assert said in row["message"]["en"]
    assert row["message"]["zh-Hant"]


def test_conflict_markers_are_named_once(found: FOUND) -> None:
    rows = found(":a :p :b .\n<<<<<<< ours\n:a :p :c .\n=======\n:a :p :d .\n>>>>>>> theirs\n")
    assert rows == [("KG005", "error", 4, 1)]


def test_conflict_markers_in_a_literal_are_a_text(found: FOUND) -> None:
    assert found(':a :p """\n<<<<<<< ours\n=======\n>>>>>>> theirs\n""" .\n') == []


def test_nesting_up_to_the_limit_is_read_and_beyond_is_refused(found: FOUND) -> None:
    assert found(":a :p " + "[ :p " * 400 + ":b" + " ]" * 400 + " .\n") == []
    assert found(":a :p " + "[ :p\n" * 501 + ":b" + " ]" * 501 + " .\n") == [("KG006", "error", 503, 1)]


def test_brackets_in_strings_iris_and_comments_do_not_nest(found: FOUND) -> None:
    text = "".join(
        f':a{n} :p "[[(" , \'(\' , """[\n"["" """ , "\\"[" , <https://example.org/(> . # [ ( <<\n' for n in range(400)
    )
    assert found(text) == []


def test_many_flat_brackets_are_read(found: FOUND) -> None:
    assert found("".join(f":a{n} :p [ :q ( 1 2 ) ] .\n" for n in range(600))) == []


def test_rdf_12_is_reported_and_its_statements_left_out(found: FOUND) -> None:
    assert found(':a :p "<<" .\n<< :a :p :b >> :q 1 .\n') == [("KG010", "error", 4, 1)]
    assert found(':a rdfs:label "x"@ar--rtl .\n') == [("KG010", "error", 3, 18)]


def test_json_ld_names_what_parsers_pass_over(found: FOUND) -> None:
    text = b'{\n "@id": "https://e/a",\n "https://e/n": "x",\n "https://e/n": ["\\ud83d\\ude00", 1e3]\n}\n'
    assert found(text, 'accept = ["jsonld"]\n', "data/a.jsonld") == [("KG027", "warning", 4, 2)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"@id": "a", "https://e/p": "x"}', [("KG011", "error", 1, 9)]),
        ('{"@id": "https://e/a", "https://e/p": {"@id": "b/c:d"}}', [("KG011", "error", 1, 47)]),
        ('{"@id": "https://e/a b", "https://e/p": "x"}', [("KG012", "error", 1, 9)]),
        ('{"https://e/p": {"@value": "x", "@language": "zh_Hant"}}', [("KG600", "error", 1, 46)]),
        ('{"@context": {"@language": "zh_Hant"}, "https://e/p": "x"}', [("KG600", "error", 1, 28)]),
        ('{"@context": {"@language": null}, "https://e/p": {"@value": "x", "@language": "zh-hant"}}', []),
        ('{"@context": {"@base": "https://e/"}, "@id": "a", "https://e/p": "x"}', []),
        ('{"@context": {"@vocab": "https://e/", "n": {"@id": "m"}}, "@id": "_:b", "n": {"@id": "urn:x"}}', []),
    ],
)
def test_json_ld_names_nodes_that_parsers_pass_over(found: FOUND, text: str, expected: list[Any]) -> None:
    assert found(text.encode(), 'accept = ["jsonld"]\n', "data/a.jsonld") == expected


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("{", 1),
        ('{"a": [1,]}', 1),
        ('{"a": 1]\n', 1),
        ('{"a":\n "\\ud800"}', 2),
        ('{"a": nope}', 1),
        ('{"a": "\\x"}', 1),
    ],
)
def test_json_that_is_none_is_a_syntax_error_with_a_line(found: FOUND, text: str, line: int) -> None:
    (row,) = found(text.encode(), 'accept = ["jsonld"]\n', "data/a.jsonld")
    assert row[:3] == ("KG001", "error", line)


# ---------- IRIs and characters


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://example.org/a", []), ("urn:isbn:1", []), ("mailto:office@example.org", []), ("tel:+886", []),
        ("tag:example.org,2013:a", []), ("https://example.org/@user", []),
        ("JaVaScRiPt:alert(1)", ["KG013"]), ("data:text/html,x", ["KG013"]), ("file:///etc/hosts", ["KG013"]),
        ("vbscript:x", ["KG013"]), ("ftp://example.org/", ["KG013"]), ("gov:harbour", ["KG013"]),
        ("http:///x", ["KG013"]), ("http://?x", ["KG013"]), ("http://#x", ["KG013"]), ("http://x?", []), ("https://me@example.org/", ["KG013"]),
    ],
)  # fmt: skip
def test_schemes(value: str, expected: list[str]) -> None:
    assert codes(iri(value, {"gov": "https://example.org/gov/"})) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("plain", []), ("高雄 Kaohsiung（港）", []), ("α-helix", []), ("10 µm, 5 kΩ", []), ("Москва", []), ("Αθήνα", []),
        ("\U0001f468\u200d\U0001f469", []), ("مرحبا\u200f", []), ("①㈱", []), ("，。「」", []), ("line\nbreak\ttab", []),
        ("H\u0430rbour", ["KG014"]), ("Α\u0062c", ["KG014"]), ("Vie\u0323\u0302t", ["KG015"]), ("\ufa19", ["KG015"]),
        ("a\u200bb", ["KG016"]), ("a\u202eb", ["KG016"]), ("a\u00adb", ["KG016"]), ("高\u200d雄", ["KG016"]),
        ("a\u200eb", ["KG016"]), ("a\x00b", ["KG017"]), ("a\x9fb", ["KG017"]), ("ＫＡＯ", ["KG018"]), ("１２", ["KG018"]),
        ("ｶﾅ", ["KG018"]),
    ],
)  # fmt: skip
def test_characters(value: str, expected: list[str]) -> None:
    assert codes(characters(value)) == expected


def test_a_datatype_is_an_iri_too(found: FOUND) -> None:
    assert found(':a :p "2013-02-30"^^<xsd:date> , "POINT(1 1)"^^<https://example.org/wkt> .\n') == [
        ("KG013", "warning", 3, 7)
    ]


def test_long_literals_are_remarked_on(found: FOUND) -> None:
    assert found(f':a :p "{"x" * 65536}" .\n') == []
    assert found(f':a :p "{"x" * 65537}" .\n') == [("KG008", "warning", 3, 7)]


# ---------- languages


@pytest.mark.parametrize(
    "tag", ["en", "zh-Hant", "zh-cmn-Hans-CN", "de-CH-1996", "i-klingon", "x-foo", "sl-rozaj-biske", "en-a-bb-x-a"]
)
def test_well_formed_tags(tag: str) -> None:
    assert codes(language_tag(tag)) == []


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("a-b", "KG600"), ("en-", "KG600"), ("de-1996-1996", "KG600"), ("en-a-bb-a-cc", "KG600"), ("abcdefghi", "KG600"),
        ("en-x", "KG600"), ("jp", "KG600"), ("zh-TW", "KG602"), ("zh-HK", "KG602"),
    ],
)  # fmt: skip
def test_tags_that_are_not_well(tag: str, expected: str) -> None:
    assert codes(language_tag(tag)) == [expected]


@pytest.mark.parametrize(
    ("tag", "well"), [("zh-Hant", True), ("zh-hant", False), ("EN", False), ("en-us", False), ("ja-Latn", True)]
)
def test_case_of_tags(tag: str, well: bool) -> None:
    assert (tag_case(tag) is None) is well


def test_the_case_of_a_tag_is_read_from_the_text(found: FOUND) -> None:
    rows = found(':a rdfs:label "海港"@zh-Hant .\n:b rdfs:label "海港"@zh-hant , "\\"@EN" .\n')
    assert rows == [("KG601", "warning", 4, 19)]


def test_case_of_a_tag_that_stands_apart_from_its_text(found: FOUND) -> None:
    assert found(':a :p "x" @EN , "y"\n@en-us .\n') == [("KG601", "warning", 3, 11), ("KG601", "warning", 4, 1)]
    assert found(':a :p "x" @en . # "x" @EN\n@prefix ex: <https://example.org/ns/> .\n') == []


def test_bare_zh_is_left_to_the_models_own_check_query(found: FOUND) -> None:
    assert found(':a rdfs:label "海港"@zh .\n') == [("KG603", "warning", 3, 15)]
    assert "KG603" not in [row[0] for row in found(':a rdfs:label "海港"@zh .\n', 'model = "city-diplomacy"\n')]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("高雄市政府與里長、后宮、干支、面積、台灣、斗六、余先生、云林", []), ("台湾", ["KG604"]), ("国际学会", ["KG604"]),
        ("民國102年2月", []), ("第102年2月", []), ("2102年2月", []), ("102年紀念", []), ("102年2月", ["KG605"]),
        ("102年上半年", ["KG605"]), ("102年02月", ["KG605"]), ("102 年 2 月", ["KG605"]), ("102年度上半年", ["KG605"]),
        ("西元102年2月、公元 102年2月、民國 102 年 2 月", []), ("西曆102年2月", []), ("102年13月", []), ("102年002月", []),
        ("李玮", ["KG604"]), ("钛合金", ["KG604"]), ("厕所", ["KG604"]), ("瑋、鈦、廁所、净、别、姗", []),
    ],
)  # fmt: skip
def test_texts_in_traditional_chinese(text: str, expected: list[str]) -> None:
    assert codes(chinese(text, "zh-hant")) == expected
    assert codes(chinese(text, "zh-hans")) == []
    assert codes(chinese(text, "ja")) == []


def test_the_table_of_simplified_forms_holds_no_character_of_big5() -> None:
    assert len(set(_SIMPLIFIED_ONLY)) == len(_SIMPLIFIED_ONLY)
    for one in _SIMPLIFIED_ONLY:
        with pytest.raises(UnicodeEncodeError):
            one.encode("cp950")


@pytest.mark.parametrize(("value", "expected"), [("102", ["KG022"]), ("2013", []), ("0", []), ('"102"', ["KG022"])])
def test_small_years_where_the_property_says_year(found: FOUND, value: str, expected: list[str]) -> None:
    assert [row[0] for row in found(f":a :editionYear {value} ; :editionNumber {value} .\n")] == expected


# ---------- prefixes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@prefix : <https://example.org/id/> .\n:a :p :b .\n", [("KG024", "warning", 3, 1)]),
        ("@prefix : <https://example.org/other/> .\n:a :p :b .\n", [("KG024", "warning", 3, 1)]),
        ("PREFIX owl: <http://www.w3.org/2002/07/owl>\n:a :p :b .\n", [("KG025", "warning", 3, 1)]),
        ("@prefix schema: <http://schema.org/> .\n:a :p :b .\n", [("KG025", "warning", 3, 1)]),
        ("Prefix schema: <http://schema.org/>\n:a :p :b .\n", [("KG025", "warning", 3, 1)]),
        ("@prefix org: <https://example.org/organisations/> .\n:a :p :b .\n", []),
        ("# @prefix : <https://example.org/x/> .\n:a :p '''\n@prefix : <https://example.org/y/> .\n''' .\n", []),
    ],
)
def test_prefixes(found: FOUND, text: str, expected: list[Any]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("folder", [ROOT, WANGJIN], ids=["real", "wangjin"])
def test_the_projects_at_hand_have_no_finding(folder: Path, kgtool: Callable[..., Any]) -> None:
    mine = ("KG00", "KG01", "KG02", "KG15", "KG60", "KG70")
    ran = kgtool("check", "--format", "json", "--project", folder)
    assert [row for row in json.loads(ran.out)["findings"] if row["rule"].startswith(mine)] == []
