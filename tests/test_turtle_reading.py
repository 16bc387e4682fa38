"""Our own reading of Turtle beside pyoxigraph's: the same terms, without which a finding has no place."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pyoxigraph as ox
import pytest
from conftest import Ran

from kgtool.turtle import statements

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
