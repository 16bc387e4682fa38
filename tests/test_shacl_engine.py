"""Every constraint component, target and path: a case that fires and one that is silent."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kgtool.index import Index
from kgtool.shacl import Engine, Result, ShapesError, make_plan, results, validate, validate_index

# More digits than Python reads; a year of so many is a leap year or none, as its last four say.
MANY = "9" * 5000
PREFIXES = """@prefix : <http://e.example/> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def run(data: str, shapes: str) -> tuple[Result, ...]:
    return validate(quads(data), quads(shapes))


def components(data: str, shapes: str) -> list[str]:
    return sorted(result.component.split("#")[-1].removesuffix("ConstraintComponent") for result in run(data, shapes))


# A constraint of the values of :p at :a: what it is, values that break it, values that do not, and the data around them.
VALUES = [
    ("Class", "sh:class :C", ":b", ":c , :d", ":c a :C . :d a :D . :D rdfs:subClassOf :C ."),
    ("Datatype", "sh:datatype xsd:integer", '"1"', "1 , 2", ""),
    ("Datatype", "sh:datatype xsd:date", '"2013-02-30"^^xsd:date', '"2012-02-29"^^xsd:date', ""),
    ("Datatype", "sh:datatype rdf:langString", '"a"', '"a"@en', ""),
    ("NodeKind", "sh:nodeKind sh:IRI", '"x"', ":b", ""),
    ("NodeKind", "sh:nodeKind sh:BlankNodeOrLiteral", ":b", '"x" , []', ""),
    ("NodeKind", "sh:nodeKind sh:IRIOrLiteral", "[]", '"x" , :b', ""),
    ("MinCount", "sh:minCount 2", ":b", ":b , :c", ""),
    ("MaxCount", "sh:maxCount 1", ":b , :c", ":b", ""),
    ("MinInclusive", "sh:minInclusive 1", "0", "1 , 1.5 , 2.0e0", ""),
    ("MaxExclusive", "sh:maxExclusive 0.3", "0.3", "0.29999999999999999999", ""),
    ("MinExclusive", 'sh:minExclusive "2013-01-01"^^xsd:date', '"2014-01-01Z"^^xsd:date', '"2014-01-01"^^xsd:date', ""),
    ("MaxInclusive", "sh:maxInclusive 9", "[]", "9", ""),
    ("MinLength", "sh:minLength 2", '"字"', '"字字" , :b', ""),
    ("MaxLength", "sh:maxLength 2", '"𠀀𠀀𠀀"', '"𠀀𠀀"', ""),
    ("Pattern", 'sh:pattern "^A" ; sh:flags "i"', '"ba"', '"ab"', ""),
    ("Pattern", 'sh:pattern "^a"', "[]", '"ab"', ""),
    ("LanguageIn", 'sh:languageIn ( "en" "zh" )', '"a"@fr', '"a"@en-GB , "b"@zh-Hant', ""),
    ("UniqueLang", "sh:uniqueLang true", '"a"@en , "b"@EN', '"a"@en , "b"@en-GB , "c" , "d"', ""),
    ("In", "sh:in ( 1 :b )", "01", "1 , :b", ""),
    ("HasValue", "sh:hasValue :b", ":c", ":b , :c", ""),
    ("Equals", "sh:equals :q", "1", "2 , 3", ":a :q 2 , 3 ."),
    ("Disjoint", "sh:disjoint :q", "2", "1", ":a :q 2 , 3 ."),
    ("LessThan", "sh:lessThan :q", "2", "1 , 0", ":a :q 2 , 3 ."),
    ("LessThanOrEquals", "sh:lessThanOrEquals :q", "2.5", "2.0", ":a :q 2 , 3 ."),
    ("Not", "sh:not [ sh:class :C ]", ":c", ":b", ":c a :C ."),
    ("Node", "sh:node [ sh:path :q ; sh:minCount 1 ]", ":b", ":a", ":a :q 1 ."),
    ("And", "sh:and ( [ sh:minInclusive 1 ] [ sh:maxInclusive 2 ] )", "3", "1 , 2", ""),
    ("Or", "sh:or ( [ sh:minInclusive 9 ] [ sh:maxInclusive 2 ] )", "3", "1 , 9", ""),
    ("Xone", "sh:xone ( [ sh:minInclusive 1 ] [ sh:minInclusive 5 ] )", "6", "2", ""),
    ("QualifiedMinCount", "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 1", ":b", ":c , :b", ":c a :C ."),
    ("QualifiedMaxCount", "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMaxCount 0", ":c", ":b", ":c a :C ."),
    ("SPARQL", 'sh:sparql [ sh:select "SELECT $this ?value { $this $PATH ?value FILTER(?value > 5) }" ]', "6", "5", ""),
]  # fmt: skip
# The same of values that no engine elsewhere orders.
FAR = [
    ("Datatype", "sh:datatype xsd:date", f'"{MANY}2013-02-29"^^xsd:date', f'"{MANY}2012-02-29"^^xsd:date', ""),
    ("MinInclusive", 'sh:minInclusive "2013-01-01"^^xsd:date', f'"-{MANY}-01-01"^^xsd:date', f'"{MANY}-01-01"^^xsd:date', ""),
    ("MaxExclusive", 'sh:maxExclusive "P1Y"^^xsd:yearMonthDuration', f'"P{MANY}M"^^xsd:yearMonthDuration', f'"-P{MANY}Y"^^xsd:yearMonthDuration', ""),
    ("MaxExclusive", 'sh:maxExclusive "PT1S"^^xsd:dayTimeDuration', f'"PT0001.{MANY}S"^^xsd:dayTimeDuration',
     f'"PT0.{MANY}S"^^xsd:dayTimeDuration , "PT{"0" * 5000}S"^^xsd:dayTimeDuration', ""),
    ("MaxInclusive", "sh:maxInclusive 9", f"1{MANY}", f"-{MANY}.{MANY}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("component", "constraint", "bad", "good", "around"), [*VALUES, *FAR])
def test_each_component_fires_and_is_silent(component: str, constraint: str, bad: str, good: str, around: str) -> None:
    shapes = f":S sh:targetNode :a ; sh:property [ sh:path :p ; {constraint} ] ."
    assert components(f":a :p {bad} . {around}", shapes) != []
    assert set(components(f":a :p {bad} . {around}", shapes)) == {component}
    assert components(f":a :p {good} . {around}", shapes) == []


HUGE = "9" * 5000  # digits that Python reads no number of
NEVER = [
    ("Datatype", "sh:datatype xsd:gYear", f'"{HUGE}-13"^^xsd:gYear', f'"{HUGE}"^^xsd:gYear , "-{HUGE}"^^xsd:gYear'),
    ("Datatype", "sh:datatype xsd:date", f'"{HUGE}-02-29"^^xsd:date', f'"{HUGE}6-02-29"^^xsd:date'),
    ("MinInclusive", 'sh:minInclusive "2013-01"^^xsd:gYearMonth', f'"-{HUGE}-02"^^xsd:gYearMonth', f'"{HUGE}-01"^^xsd:gYearMonth'),
    ("MinExclusive", 'sh:minExclusive "01:00:00.5"^^xsd:time', f'"01:00:00.4{HUGE}"^^xsd:time', f'"01:00:00.5{HUGE}"^^xsd:time'),
    ("MaxInclusive", 'sh:maxInclusive "P9999Y"^^xsd:yearMonthDuration', f'"P{HUGE}M"^^xsd:yearMonthDuration',
     f'"-P{HUGE}Y{HUGE}M"^^xsd:yearMonthDuration'),
    ("MaxInclusive", 'sh:maxInclusive "P1D"^^xsd:dayTimeDuration', f'"PT{HUGE}S"^^xsd:dayTimeDuration',
     f'"-P{HUGE}DT{HUGE}H{HUGE}M{HUGE}S"^^xsd:dayTimeDuration , "PT0.{HUGE}S"^^xsd:dayTimeDuration'),
]  # fmt: skip


@pytest.mark.parametrize(("component", "constraint", "bad", "good"), NEVER)
def test_a_moment_or_a_duration_without_end_is_judged_too(component: str, constraint: str, bad: str, good: str) -> None:
    shapes = f":S sh:targetNode :a ; sh:property [ sh:path :p ; {constraint} ] ."
    assert components(f":a :p {bad} .", shapes) == [component]
    assert components(f":a :p {good} .", shapes) == []


def test_closed_names_the_property_as_the_path() -> None:
    shapes = ":S sh:targetNode :a ; sh:closed true ; sh:ignoredProperties ( rdf:type ) ; sh:property [ sh:path :p ] ."
    assert components(":a :p 1 ; a :C .", shapes) == []
    (result,) = run(":a :p 1 ; :q 2 ; a :C .", shapes)
    assert (result.path, result.value) == ("<http://e.example/q>", '"2"^^<http://www.w3.org/2001/XMLSchema#integer>')


def test_disjoint_qualified_shapes_count_a_value_for_one_of_them_only() -> None:
    shapes = """:S sh:targetNode :a ; sh:property :T , :F .
        :T sh:path :p ; sh:qualifiedValueShape [ sh:class :Thumb ] ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 .
        :F sh:path :p ; sh:qualifiedValueShape [ sh:class :Finger ] ; sh:qualifiedValueShapesDisjoint true ; sh:qualifiedMinCount 1 ."""
    assert components(":a :p :t , :f . :t a :Thumb . :f a :Finger .", shapes) == []
    assert components(":a :p :t . :t a :Thumb , :Finger .", shapes) == ["QualifiedMinCount", "QualifiedMinCount"]


TARGETS = [
    ("sh:targetNode :a", ":a :p 1 ."), ("sh:targetClass :C", ":a a :D ; :p 1 . :D rdfs:subClassOf :C ."),
    ("sh:targetSubjectsOf :p", ":a :p 1 ."), ("sh:targetObjectsOf :q", ":b :q :a . :a :p 1 ."),
]  # fmt: skip


@pytest.mark.parametrize(("target", "data"), TARGETS)
def test_each_target_finds_its_focus_nodes(target: str, data: str) -> None:
    (result,) = run(data, f":S {target} ; sh:property [ sh:path :p ; sh:maxCount 0 ] .")
    assert result.focus == "http://e.example/a"
    assert (
        run(
            data.replace(":a ", ":z ").replace(":p 1", ":r 1"),
            f":S {target} ; sh:property [ sh:path :p ; sh:maxCount 0 ] .",
        )
        == ()
    )


@pytest.mark.parametrize("kind", ["rdfs:Class", "owl:Class"])
def test_a_shape_that_is_a_class_targets_its_instances(kind: str) -> None:
    assert components(":a a :S .", f":S a {kind} , sh:NodeShape ; sh:property [ sh:path :p ; sh:minCount 1 ] .") == [
        "MinCount"
    ]


PATHS = [
    (":p", "b"), ("[ sh:inversePath :p ]", "z"), ("( :p :q )", "c"), ("[ sh:alternativePath ( :p :r ) ]", "bd"),
    ("[ sh:zeroOrMorePath :n ]", "aefg"), ("[ sh:oneOrMorePath :n ]", "aefg"), ("[ sh:zeroOrOnePath :n ]", "ae"),
    ("[ sh:inversePath ( :o :p ) ]", "y"), ("( [ sh:zeroOrMorePath :n ] :m )", "h"), ("[ sh:inversePath [ sh:inversePath :p ] ]", "b"),
    ("( [ sh:inversePath :p ] [ sh:inversePath :o ] )", "y"), ("[ sh:zeroOrMorePath [ sh:alternativePath ( :n :m ) ] ]", "aefgh"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "values"), PATHS)
def test_each_path_leads_to_its_values(path: str, values: str) -> None:
    data = ":a :p :b ; :r :d ; :n :e . :z :p :a . :b :q :c . :y :o :z . :e :n :f . :f :n :g . :g :n :a ; :m :h ."
    found = run(data, f":S sh:targetNode :a ; sh:property [ sh:path {path} ; sh:nodeKind sh:Literal ] .")
    assert sorted(result.value for result in found) == [f"<http://e.example/{letter}>" for letter in values]


def test_counts_are_of_stated_data_and_classes_of_the_closure() -> None:
    index = Index()
    index.extend(quads(":a :p :c ."))
    layer = index.layer()
    layer.extend(quads(":a a :C . :c a :C ."))
    made = make_plan(
        quads(
            ":S sh:targetClass :C ; sh:property [ sh:path :p ; sh:class :C ] , [ sh:path rdf:type ; sh:maxCount 0 ] ."
        )
    )
    report = validate_index(index, made, layer)
    assert dict(report.focus) == {0: 2}
    assert report.conforms
    assert not validate_index(index, make_plan(quads(":S sh:targetNode :a ; sh:class :C .")), None).conforms


def test_the_same_statement_in_two_files_counts_once() -> None:
    index = Index()
    for file in ("a.ttl", "b.ttl"):
        index.extend(quads(':a :p 1 ; :l "x"@en .'), file)
    made = make_plan(quads(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 1 ] , [ sh:path :l ; sh:uniqueLang true ] ,"
                           " [ sh:path :p ; sh:minCount 2 ; sh:in ( 9 ) ] ."))  # fmt: skip
    found = results(made, validate_index(index, made))
    assert sorted(result.component.split("#")[1] for result in found) == [
        "InConstraintComponent",
        "MinCountConstraintComponent",
    ]


def test_deactivated_shapes_and_constraints_are_not_run() -> None:
    assert (
        run(":a :p 1 .", ":S sh:targetNode :a ; sh:deactivated true ; sh:property [ sh:path :p ; sh:maxCount 0 ] .")
        == ()
    )
    assert (
        run(":a :p 1 .", ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 0 ; sh:deactivated true ] .")
        == ()
    )
    query = 'sh:sparql [ sh:deactivated true ; sh:select "SELECT $this { $this ?p ?o }" ]'
    assert run(":a :p 1 .", f":S sh:targetNode :a ; {query} .") == ()


def test_severity_and_messages_are_the_authors_and_the_detail_is_ours() -> None:
    shapes = """:S sh:targetNode :a ; sh:property :P .
        :P sh:path :p ; sh:minCount 1 ; sh:severity sh:Warning ; sh:message "Give :p."@en , "請填 :p。"@zh-Hant ."""
    (result,) = run(":a :q 1 .", shapes)
    assert result.severity == "Warning"
    assert result.messages == (("en", "Give :p."), ("zh-Hant", "請填 :p。"))
    assert result.detail == (("en", "fewer than 1 value"), ("zh-Hant", "值少於 1 個"))
    assert result.shape == "http://e.example/P"


def test_an_unnamed_shape_is_known_by_the_named_one_that_holds_it() -> None:
    (result,) = run(":a :q 1 .", ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    assert result.shape == "http://e.example/S"


def test_recursive_shapes_conform_unless_a_chain_shows_otherwise() -> None:
    shapes = ":S sh:targetNode :a ; sh:property [ sh:path :knows ; sh:node :S ] , [ sh:path :name ; sh:minCount 1 ] ."
    assert components(':a :knows :b ; :name "a" . :b :knows :a ; :name "b" .', shapes) == []
    assert components(':a :knows :b ; :name "a" . :b :knows :c ; :name "b" . :c :knows :a .', shapes) == ["Node"]


def test_recursion_over_a_long_chain_is_linear() -> None:
    shapes = ":S sh:targetNode :a0 ; sh:property [ sh:path :knows ; sh:node :S ] , [ sh:path :name ; sh:minCount 1 ] ."
    data = "".join(f':a{i} :knows :a{i + 1} ; :name "a" .' for i in range(300))
    assert components(data + ':a300 :name "z" .', shapes) == []
    assert components(data, shapes) == ["Node"]


def test_a_shape_that_negates_itself_is_refused() -> None:
    with pytest.raises(ShapesError, match="negation"):
        run(":a :p 1 .", ":S sh:targetNode :a ; sh:not :S .")


def test_a_property_shape_inside_a_property_shape_judges_the_values() -> None:
    shapes = ":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:property [ sh:path :q ; sh:minCount 1 ] ] ."
    (result,) = run(":a :p :b , :c . :c :q 1 .", shapes)
    assert (result.focus, result.path) == ("http://e.example/b", "<http://e.example/q>")


def test_a_pattern_cannot_hang() -> None:
    assert components(
        f':a :p "{"a" * 5000}!" .', ':S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern "^(a+)+$" ] .'
    ) == ["Pattern"]


def test_pyshacl_can_be_asked_for_instead() -> None:
    data, shapes = quads(":a :p 1 ."), quads(":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:maxCount 0 .")
    ours, theirs = validate(data, shapes), validate(data, shapes, Engine.PYSHACL)
    assert [(r.shape, r.component, r.focus, r.path) for r in ours] == [
        (r.shape, r.component, r.focus, r.path) for r in theirs
    ]
