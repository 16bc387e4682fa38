"""The reference validator (pySHACL): what the adapter puts right, and how its results are told.

tests/test_shacl_differential.py holds the program's own validator to it.
"""

from __future__ import annotations

import logging
import warnings

import pyoxigraph as ox
import pytest
import rdflib

from kgtool.shacl.reference import validate
from kgtool.shacl.result import Result, ShapesError
from kgtool.terms import SH

EX = "https://example.org/isle/"
XSD = "http://www.w3.org/2001/XMLSchema#"
PREFIXES = f"@prefix ex: <{EX}> . @prefix sh: <{SH}> . @prefix xsd: <{XSD}> .\n"
SHIP = "ex:ferry a ex:Ship ."


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def results(data: str, shapes: str) -> tuple[Result, ...]:
    return validate(quads(data), quads(shapes))


def shape(constraints: str) -> str:
    return f"ex:S a sh:NodeShape ; sh:targetClass ex:Ship ; {constraints} ."


# --- paths


PATHS = [
    ("predicate", "ex:a", "<a>"),
    ("inverse", "[ sh:inversePath ex:a ]", "^<a>"),
    ("sequence", "( ex:a ex:b )", "<a>/<b>"),
    ("alternative", "[ sh:alternativePath ( ex:a ex:b ) ]", "(<a>|<b>)"),
    ("star", "[ sh:zeroOrMorePath ex:a ]", "<a>*"),
    ("plus", "[ sh:oneOrMorePath ex:a ]", "<a>+"),
    ("option", "[ sh:zeroOrOnePath ex:a ]", "<a>?"),
    ("inverse of a sequence", "[ sh:inversePath ( ex:a ex:b ) ]", "^(<a>/<b>)"),
    ("star of a sequence", "[ sh:zeroOrMorePath ( ex:a ex:b ) ]", "(<a>/<b>)*"),
    ("star of an alternative", "[ sh:zeroOrMorePath [ sh:alternativePath ( ex:a ex:b ) ] ]", "(<a>|<b>)*"),
    ("star of an inverse", "[ sh:zeroOrMorePath [ sh:inversePath ex:a ] ]", "(^<a>)*"),
    ("inverse of a sequence that begins with an alternative",
     "[ sh:inversePath ( [ sh:alternativePath ( ex:a ex:b ) ] ex:c ) ]", "^((<a>|<b>)/<c>)"),
    ("alternative of a sequence and an inverse", "[ sh:alternativePath ( ( ex:a ex:b ) [ sh:inversePath ex:c ] ) ]", "(<a>/<b>|^<c>)"),
    ("sequence of everything", "( ex:a [ sh:inversePath ex:b ] [ sh:oneOrMorePath ex:c ] )", "<a>/^<b>/<c>+"),
]  # fmt: skip


@pytest.mark.parametrize(("path", "text"), [row[1:] for row in PATHS], ids=[row[0] for row in PATHS])
def test_a_path_is_told_as_sparql_writes_it(path: str, text: str) -> None:
    """With the parentheses that precedence asks for; the text is a path that a query may hold."""
    (found,) = results(SHIP, shape(f"sh:property [ sh:path {path} ; sh:minCount 9 ]"))
    assert found.path == text.replace("<", f"<{EX}")
    ox.Store().query(f"SELECT * {{ ?s {found.path} ?o }}")


# --- messages


BOTH = 'sh:message "Name it."@en , "請命名。"@zh-Hant'


def test_messages_keep_their_languages() -> None:
    (found,) = results(SHIP, shape(f"sh:property [ sh:path ex:name ; sh:minCount 1 ; {BOTH} ]"))
    assert found.messages == (("en", "Name it."), ("zh-Hant", "請命名。"))
    assert found.detail == ()


def test_messages_of_a_sparql_constraint_keep_their_languages() -> None:
    """pySHACL drops them: its report has both texts as plain strings."""
    query = f'[ a sh:SPARQLConstraint ; {BOTH} ; sh:select "SELECT $this WHERE {{ $this a ?any }}" ]'
    (found,) = results(SHIP, shape(f"sh:sparql {query}"))
    assert (found.messages, found.detail) == ((("en", "Name it."), ("zh-Hant", "請命名。")), ())
    assert found.component == SH + "SPARQLConstraintComponent"


def test_variables_in_a_message_are_filled_in_in_each_language() -> None:
    """Source: SHACL §5.3.2."""
    query = (
        '[ a sh:SPARQLConstraint ; sh:message "{$this} has {?value}, not {?other}."@en , "{?value} 有誤。"@zh-Hant ;'
        f' sh:select "SELECT $this ?value WHERE {{ $this <{EX}name> ?value }}" ]'
    )
    (found,) = results('ex:ferry a ex:Ship ; ex:name "Fähre" .', shape(f"sh:sparql {query}"))
    assert found.messages == (("en", f"{EX}ferry has Fähre, not {{?other}}."), ("zh-Hant", "Fähre 有誤。"))
    assert (found.value, found.detail) == ('"Fähre"', ())


def test_a_shape_without_a_message_leaves_the_engines_words() -> None:
    (found,) = results(SHIP, shape("sh:property [ sh:path ex:name ; sh:minCount 1 ]"))
    assert found.messages == ()
    ((language, said),) = found.detail
    assert language == "en"
    assert said.startswith("Less than 1 values on")
    assert "\n" not in said


# --- what a result names


def test_severities_are_told_as_the_shape_says() -> None:
    parts = {"a": "", "b": "; sh:severity sh:Warning", "c": "; sh:severity sh:Info", "d": "; sh:severity ex:Own"}
    text = "".join(
        f"ex:{name} a sh:PropertyShape ; sh:path ex:p ; sh:minCount 1 {part} .\n" for name, part in parts.items()
    )
    found = results(SHIP, shape("sh:property ex:a , ex:b , ex:c , ex:d") + text)
    assert [(item.shape.removeprefix(EX), item.severity) for item in found] == [
        ("a", "Violation"), ("b", "Warning"), ("c", "Info"), ("d", EX + "Own"),
    ]  # fmt: skip


def test_a_nameless_shape_is_told_by_the_shape_that_holds_it() -> None:
    inner = "[ sh:path ex:crew ; sh:property [ sh:path ex:name ; sh:minCount 1 ] ]"
    (found,) = results("ex:ferry a ex:Ship ; ex:crew ex:ada .", shape(f"sh:property {inner}"))
    assert (found.shape, found.focus, found.path) == (EX + "S", EX + "ada", f"<{EX}name>")


def test_what_explains_a_result_is_no_result_of_its_own() -> None:
    """Source: SHACL §3.6.2.6, sh:detail."""
    found = results(
        "ex:ferry a ex:Ship ; ex:crew ex:ada .",
        shape("sh:property [ sh:path ex:crew ; sh:node ex:Crew ]")
        + " ex:Crew a sh:NodeShape ; sh:property [ sh:path ex:name ; sh:minCount 1 ] .",
    )
    assert [(item.component.removeprefix(SH), item.focus, item.value) for item in found] == [
        ("NodeConstraintComponent", EX + "ferry", f"<{EX}ada>")
    ]


def test_a_blank_focus_node_is_told_by_its_label() -> None:
    kind = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
    data = [ox.Quad(ox.BlankNode("f0123456789n0"), kind, ox.NamedNode(EX + "Ship"))]
    (found,) = validate(data, quads(shape("sh:property [ sh:path ex:name ; sh:minCount 1 ]")))
    assert found.focus == "_:f0123456789n0"


VALUES = [
    ('"012"^^xsd:integer', f'"012"^^<{XSD}integer>'),
    ("12", f'"12"^^<{XSD}integer>'),
    ('"yes"^^xsd:boolean', f'"yes"^^<{XSD}boolean>'),
    ('"渡輪"@zh-Hant', '"渡輪"@zh-Hant'),
    ('"""two\nlines "and" more"""', '"two\\nlines \\"and\\" more"'),
    ("ex:port", f"<{EX}port>"),
]


@pytest.mark.parametrize(("value", "term"), VALUES)
def test_a_value_is_told_as_it_was_written(value: str, term: str) -> None:
    """In N-Triples form, its literal not normalised, its language tag in the registered case."""
    (found,) = results(
        f"ex:ferry a ex:Ship ; ex:p {value} .", shape("sh:property [ sh:path ex:p ; sh:datatype xsd:date ]")
    )
    assert found.value == term


def test_numbers_that_are_equal_are_still_two_values() -> None:
    (found,) = results(
        'ex:ferry a ex:Ship ; ex:p 12 , "012"^^xsd:integer .', shape("sh:property [ sh:path ex:p ; sh:maxCount 1 ]")
    )
    assert found.component == SH + "MaxCountConstraintComponent"


def test_results_are_sorted_whatever_the_order_of_the_statements() -> None:
    data = quads("".join(f"ex:s{number} a ex:Ship . " for number in range(9)))
    shapes = quads(shape("sh:property [ sh:path ex:b ; sh:minCount 1 ] , [ sh:path ex:a ; sh:minCount 1 ]"))
    found = validate(data, shapes)
    assert len(found) == 18
    assert list(found) == sorted(found)
    assert validate(data[::-1], shapes[::-1]) == found


def test_what_conforms_has_no_results() -> None:
    assert results('ex:ferry a ex:Ship ; ex:name "x" .', shape("sh:property [ sh:path ex:name ; sh:minCount 1 ]")) == ()
    assert results(SHIP, "") == ()
    assert results("", shape("sh:property [ sh:path ex:name ; sh:minCount 1 ]")) == ()


def test_triple_terms_are_passed_over() -> None:
    data = "ex:ferry a ex:Ship ; ex:said <<( ex:ferry a ex:Raft )>> ."
    (found,) = results(data, shape("sh:property [ sh:path ex:name ; sh:minCount 1 ]"))
    assert found.focus == EX + "ferry"


# --- shapes that cannot be run


BROKEN = [
    ("a count that is no number", 'sh:property [ sh:path ex:p ; sh:minCount "two" ]', "sh:minCount must be a literal"),
    ("a pattern that is none", 'sh:property [ sh:path ex:p ; sh:pattern "(" ]', "unterminated subpattern"),
    ("a query that does not parse", 'sh:sparql [ a sh:SPARQLConstraint ; sh:select "SELECT $this WHERE {" ]', "Expected"),
    ("a prefix that is not declared", 'sh:sparql [ a sh:SPARQLConstraint ; sh:select "SELECT $this { $this no:p 1 }" ]', "no"),
    ("a property without a path", "sh:property [ sh:minCount 1 ]", "not a well-formed SHACL PropertyShape"),
    ("a shape that holds itself", "sh:property [ sh:path ex:p ; sh:node ex:S ]", "Recursive"),
]  # fmt: skip


@pytest.mark.parametrize(("constraints", "said"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN])
def test_shapes_that_cannot_be_run_are_no_pass(constraints: str, said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The error is one line, pySHACL prints nothing of its own, and what it changed in rdflib is put back."""
    with pytest.raises(ShapesError) as caught:
        results('ex:ferry a ex:Ship ; ex:p ex:ferry , "x" .', shape(constraints))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)
    assert capsys.readouterr() == ("", "")
    assert rdflib.NORMALIZE_LITERALS is True


@pytest.mark.parametrize("before", [True, False])
def test_rdflibs_settings_are_put_back_after_good_and_bad_shapes(before: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rdflib, "NORMALIZE_LITERALS", before)
    assert results(SHIP, shape("sh:property [ sh:path ex:p ; sh:minCount 0 ]")) == ()
    assert rdflib.NORMALIZE_LITERALS is before
    with pytest.raises(ShapesError, match="minCount"):
        results(SHIP, shape('sh:property [ sh:path ex:p ; sh:minCount "two" ]'))
    assert rdflib.NORMALIZE_LITERALS is before


def test_ill_typed_literals_make_no_noise(capsys: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> None:
    """rdflib logs a traceback for each, and warns of a boolean that is none."""
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        found = results(
            'ex:ferry a ex:Ship ; ex:p "2013-13-45"^^xsd:date , "yes"^^xsd:boolean , "x"^^xsd:integer .',
            shape("sh:property [ sh:path ex:p ; sh:datatype xsd:time ]"),
        )
    assert len(found) == 3
    assert (warned, caplog.records, capsys.readouterr()) == ([], [], ("", ""))
    assert logging.getLogger("rdflib.term").disabled is False
