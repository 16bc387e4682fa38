"""Our own reading of Turtle beside pyoxigraph's: same terms, same order, without which a finding has no place."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Ran

from kgtool.locate.pairing import keys_of
from kgtool.turtle import Blocks, statements

_BASES = [
    "@base <http://b.example/x> . <> <#> <#f> , <?q> , <?> , <y> , <./y> , <../y> , </y> , </y/../z> , <//h/y> , <;y> .",
    "@base <http://b.example/x#f> . <> <#> <y> .",
    "@base <http://b.example/x?q#f> . <> <#> <y> .",
    "@base <http://b.example> . <y> <#p> <../y> .",
    "BASE <urn:b:> <y> <#p> <> .",
    "BASE <tag:b.example,2020:x/> <y> <#p> <../y> .",
    "BASE <http://b.example/x/> @base <y/> . @base <../z/> . <> <p> <#> .",
    "BASE <http://b.example/> @prefix : <#> . @prefix x: <x/#> . :s x:p : .",
    "BASE <http://b.example/x/> <http://a.example/y/../z> <a:y> <http:y> .",
    "<http://a.example/y/../z> <a:y> <http:y> .",
]


@pytest.mark.parametrize("text", _BASES)
def test_relative_iris_are_what_pyoxigraph_reads(text: str) -> None:
    read = [(str(q.subject), str(q.predicate), str(q.object)) for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert [(one.subject, one.predicate, one.object) for one in statements(text)] == read


@pytest.mark.parametrize("text", ["<y> <p> <#o> .", "@base <not absolute> . <y> <p> <#o> ."])
def test_a_relative_iri_that_nobody_can_resolve_stays_as_it_is(text: str) -> None:
    assert [(one.subject, one.object) for one in statements(text)] == [("<y>", "<#o>")]


def _places(kgtool: Callable[..., Ran], project: Path, rule: str) -> list[tuple[int, int]]:
    found = json.loads(kgtool("check", project, "--format", "json").out)["findings"]
    return [(one["line"], one["column"]) for one in found if one["rule"] == rule]


@pytest.mark.parametrize("base", ["http://b.example/x", "http://b.example/x#f", "urn:b:x"])
def test_a_finding_under_a_base_has_its_place(
    kgtool: Callable[..., Ran], make_project: Callable[..., Path], base: str
) -> None:
    text = f'@base <{base}> .\n@prefix : <#> .\n:s :p "x"@en ;\n  :q "x"@jp .\n<> <#q> "x"@cn .\n'
    assert _places(kgtool, make_project({"data/a.ttl": text}), "KG600") == [(4, 6), (5, 9)]


_NESTED = [
    ":s :p ( ( :x 1 ) ( :x 2 ) :y ) .",
    ':s :p ( "x" ) , ( "x" "y" ) , ( ( "x" ) "y" ) , "z" .',
    ':s :p ( "x"@en "y" 1 "z"^^:d "z" [ :q "x" ] "y" () "z" :o ) ; :q [ :p "x" ] .',
    ":s :p () , ( () ( ) [] [ ] ) .",
    "( ( ( 1 ) [ :q ( 2 ) ] ) true _:x ) :p ( ( ( 3 ) ) ) , 4 .",
    ':s :p [ :q "x" ; :r [ :q "x" ] , [ :q ( "x" ) ] ] , "y" ; :q "z" .',
    '[ :p ( "x" [ :p "x" ] ) ] :q [] . [ :p "x" ] .',
]


@pytest.mark.parametrize("text", _NESTED)
def test_statements_come_in_the_order_in_which_pyoxigraph_has_them(text: str) -> None:
    text = f"@prefix : <urn:x:> . {text}"
    ours = [(one.subject, one.predicate, one.object) for one in statements(text)]
    theirs = [keys_of(q.subject, q.predicate, q.object) for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert _numbered(ours) == _numbered(theirs)


def _numbered(rows: Iterable[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Blank nodes by a number in the order of their first mention."""
    seen: dict[str, str] = {}
    return [
        tuple(seen.setdefault(term, f"_:{len(seen)}") if term.startswith("_:") else term for term in row)
        for row in rows
    ]


def test_findings_in_nested_collections_have_their_places(
    kgtool: Callable[..., Ran], make_project: Callable[..., Path]
) -> None:
    text = (
        "@prefix : <http://a.example/> .\n"
        ':s :p ( ( "x"@jp [ :q "y"@jp ] )\n  ( "x"@jp "y"@cn ( 1 ) ) "z"@cn ) ,\n  ( ( "x"@jp ) ) .\n'
        '( (\n "x"@jp "y"@jp ( 1 ) ) 2 ) :p 3 .\n'
    )
    places = _places(kgtool, make_project({"data/a.ttl": text}), "KG600")
    assert places == [(2, 11), (2, 23), (3, 5), (3, 12), (3, 27), (4, 7), (6, 2), (6, 9)]


def test_what_a_syntax_error_cuts_off_takes_no_places_from_what_follows(
    kgtool: Callable[..., Ran], make_project: Callable[..., Path]
) -> None:
    """The rest of the statement is in the text and not in the graph: more of it than are looked through at once."""
    lost = " , ".join(f":o{number}" for number in range(100))
    kept = "".join(f':s{number} :p [ :q "x"@jp ] .\n' for number in range(60))
    text = f"@prefix : <http://a.example/> .\n:a :p nope:x , {lost} .\n{kept}"
    places = _places(kgtool, make_project({"data/a.ttl": text}), "KG600")
    assert places == [(line, 13 if line < 13 else 14) for line in range(3, 23)]  # of one value 20 are reported


@pytest.mark.parametrize("gap", [" ", ' # of "one" {\n', "\r#\r", "# <b:> .\n\n"])
def test_a_comment_inside_a_directive_hides_it_from_nobody(gap: str) -> None:
    """Read by blocks as by the whole text: under what was declared before, `p:p` would be another property."""
    text = (
        f"@prefix p: <a:> .\n<a:s> p:p 1 .\n@prefix{gap}p:{gap}<b:>{gap}.\nBASE{gap}<c:>\nPREFIX{gap}:{gap}<d:> # .\n"
        "<a:s> p:p 2 ; <a:p> 3 ; :p 4 .\np:x p:p 5 ."
    )
    whole = [one for one in statements(text) if one.subject == "<a:s>"]
    assert [one.predicate for one in whole] == ["<a:p>", "<b:p>", "<a:p>", "<d:p>"]
    assert [*Blocks().statements(text, "<a:s>")] == whole
    assert [one.object_at for one in Blocks().statements(text, "<b:x>")] == [text.rindex("5")]


def test_a_name_that_begins_like_a_directive_is_a_name() -> None:
    text = "@prefix prefix: <a:> .\n@prefix prefixed: <b:> .\nprefix: <c:p> 1 .\nprefixed: <c:p> 2 .\n"
    for subject in ("<a:>", "<b:>"):
        assert [one.subject for one in Blocks().statements(text, subject)] == [subject]
