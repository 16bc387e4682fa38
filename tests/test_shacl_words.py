"""What the engine itself says of a violation: a sentence for each constraint component, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Ran
from test_shacl_engine import PREFIXES, run

CLASS = "http://e.example/C"
WORDS = [
    ("sh:class :C", "1", f"須為 {CLASS} 之實例", f"must be an instance of {CLASS}"),
    (
        "sh:datatype xsd:date", '"x"', "須為正確之 http://www.w3.org/2001/XMLSchema#date",
        "must be a well-typed http://www.w3.org/2001/XMLSchema#date",
    ),
    ("sh:nodeKind sh:IRIOrLiteral", "[]", "須為 IRI 或字面值", "must be an IRI or a literal"),
    ("sh:nodeKind sh:BlankNode", "1", "須為空白節點", "must be a blank node"),
    ("sh:minCount 2", "1", "值少於 2 個", "fewer than 2 values"),
    ("sh:maxCount 1", "1 , 2", "值多於 1 個", "more than 1 value"),
    ("sh:minInclusive 5", "1", "須大於或等於 5", "must be above or equal to 5"),
    ("sh:minExclusive 5", "1", "須大於 5", "must be above 5"),
    ("sh:maxInclusive 0", "1", "須小於或等於 0", "must be below or equal to 0"),
    ("sh:maxExclusive 0", "1", "須小於 0", "must be below 0"),
    ("sh:minLength 2", '"字"', "須有至少 2 個字元", "must have at least 2 characters"),
    ("sh:maxLength 1", '"字字"', "須有至多 1 個字元", "must have at most 1 character"),
    ('sh:pattern "^A{2}$"', '"b"', "須符合樣式 ^A{2}$", "must match ^A{2}$"),
    ('sh:languageIn ( "en" "zh" )', '"a"@fr', "語言須為 en 或 zh", "must be in language en or zh"),
    ("sh:uniqueLang true", '"a"@en , "b"@en', "語言 en 之值不只一個", "more than one value in language en"),
    ("sh:in ( 1 2 )", "3", "須為所列之值", "must be one of the listed values"),
    ('sh:hasValue "{0}"', "3", '須有值 "{0}"', 'must have the value "{0}"'),
    ("sh:equals :q", "3", "須與 http://e.example/q 之值完全相同", "must have the same values as http://e.example/q"),
    ("sh:disjoint :q", "9", "不得與 http://e.example/q 有相同之值", "must have no value in common with http://e.example/q"),
    ("sh:lessThan :q", "9", "須小於 http://e.example/q 之值", "must be less than the values of http://e.example/q"),
    ("sh:lessThanOrEquals :q", "10", "不得大於 http://e.example/q 之值", "must not be above the values of http://e.example/q"),
    ("sh:node :T", "1", "須符合 http://e.example/T", "must conform to http://e.example/T"),
    ("sh:not [ sh:datatype xsd:integer ]", "1", "不得符合 未命名之形狀", "must not conform to an unnamed shape"),
    (
        "sh:and ( :T [ sh:class :C ] )", "1", "須符合下列全部:http://e.example/T、未命名之形狀",
        "must conform to all of http://e.example/T, an unnamed shape",
    ),
    ("sh:or ( :T )", "1", "須符合下列至少一項:http://e.example/T", "must conform to one or more of http://e.example/T"),
    ("sh:xone ( :T )", "1", "須恰符合下列一項:http://e.example/T", "must conform to exactly one of http://e.example/T"),
    (
        "sh:qualifiedValueShape :T ; sh:qualifiedMinCount 1", "1", "符合 http://e.example/T 之值少於 1 個",
        "fewer than 1 value that conforms to http://e.example/T",
    ),
    (
        "sh:qualifiedValueShape [ sh:datatype xsd:integer ] ; sh:qualifiedMaxCount 1", "1 , 2", "符合 該形狀 之值多於 1 個",
        "more than 1 value that conforms to the shape",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("constraint", "values", "zh", "en"), WORDS)
def test_each_constraint_says_what_it_demands(constraint: str, values: str, zh: str, en: str) -> None:
    shapes = (
        f":S sh:targetNode :a ; sh:property [ sh:path :p ; {constraint} ] . :T sh:nodeKind sh:IRI ; a sh:NodeShape ."
    )
    found = run(f":a :p {values} ; :q 9 .", shapes)
    assert {result.detail for result in found} == {(("en", en), ("zh-Hant", zh))}


def test_a_closed_shape_says_so_and_a_query_has_only_its_authors_words() -> None:
    (closed,) = run(":a :p 1 .", ":S sh:targetNode :a ; sh:closed true .")
    assert closed.detail == (
        ("en", "has a property that the closed shape does not list"), ("zh-Hant", "有封閉形狀未列之屬性"),
    )  # fmt: skip
    query = 'sh:sparql [ sh:message "No." ; sh:select "SELECT $this { $this ?p ?o }" ]'
    (asked,) = run(":a :p 1 .", f":S sh:targetNode :a ; {query} .")
    assert asked.detail == ()


def test_a_report_says_it_in_its_language(make_project: Callable[..., Path], kgtool: Callable[..., Ran]) -> None:
    shape = (
        ":S a sh:NodeShape ; sh:targetClass :C ; sh:property :P . :P a sh:PropertyShape ; sh:path :p ; sh:minCount 2"
    )
    folder = make_project({"data/d.ttl": PREFIXES + ":a a :C ; :p 1 .", "shapes/s.ttl": PREFIXES + shape + " ."})
    chinese, english = (kgtool("check", folder, "--lang", tag).out for tag in ("zh-Hant", "en"))
    assert "不合限制 MinCount: 值少於 2 個" in chinese
    assert "fewer than" not in chinese
    assert "MinCount: fewer than 2 values" in english
    authored = PREFIXES + shape + ' ; sh:message "Give two."@en , "請填兩個。"@zh-Hant .'
    (folder / "shapes" / "s.ttl").write_text(authored, encoding="utf-8")
    assert "引擎訊息 值少於 2 個" in kgtool("check", folder, "--lang", "zh-Hant").out


def test_the_reference_engine_speaks_english_only(
    make_project: Callable[..., Path], kgtool: Callable[..., Ran]
) -> None:
    shape = (
        ":S a sh:NodeShape ; sh:targetClass :C ; sh:property :P . :P a sh:PropertyShape ; sh:path :p ; sh:minCount 2 ."
    )
    folder = make_project({"data/d.ttl": PREFIXES + ":a a :C ; :p 1 .", "shapes/s.ttl": PREFIXES + shape})
    ran = kgtool("check", folder, "--engine", "pyshacl", "--lang", "zh-Hant")
    assert "不合限制 MinCount: Less than 2 values" in ran.out
