"""Two real engines: what they answer, in our terms, is what the embedded store answers."""

from __future__ import annotations

import pyoxigraph as ox
from engines import Engine

from kgtool.engine import EmbeddedStore, Solutions
from kgtool.engine.remote.blank import BLANK


def quads(text: str) -> list[ox.Quad]:
    return list(ox.parse(text, format=ox.RdfFormat.TRIG))


TERMS = """
@prefix : <http://example.org/> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
:g1 { :a :p "中文"@zh-Hant, "x"@en-GB, "plain", "a\\n\\t\\"b\\"", true, false, 12, 1.5, "2013-01-01"^^xsd:date, "2012"^^xsd:gYear, :b . }
:g2 { :b :q [ :r 1 ] . }
"""


def test_terms_come_back_as_the_embedded_store_has_them(engine: Engine) -> None:
    data = quads(TERMS)
    engine.load(data)
    text = "SELECT ?o WHERE { :a :p ?o }"
    prefixes = {"": "http://example.org/"}
    there, here = engine.source().query(text, prefixes), EmbeddedStore(data).query(text, prefixes)
    assert isinstance(there, Solutions)
    assert isinstance(here, Solutions)
    assert sorted(map(str, there.rows)) == sorted(map(str, here.rows))


def test_a_blank_node_is_an_iri_that_stays_the_same(engine: Engine) -> None:
    engine.load(quads(TERMS))
    text = "SELECT ?o WHERE { <http://example.org/b> <http://example.org/q> ?o }"
    first, second = engine.source().query(text, {}), engine.source().query(text, {})
    assert isinstance(first, Solutions)
    assert first == second
    assert str(first.rows[0][0]).startswith(f"<{BLANK}")
