"""Pages, templates and what a query needs: the texts that are made of a query, judged by what the embedded store answers."""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping

import pyoxigraph as ox
import pytest
from conftest import ROOT
from engines import CUT, PAGE, Engine

from kgtool.engine import EmbeddedStore, Limits, Solutions, Triples
from kgtool.engine.canon import canonical
from kgtool.engine.remote import NearbyStore, RemoteStore
from kgtool.engine.remote.blank import BLANK, skolem, skolem_again, to_engine, unskolem
from kgtool.engine.remote.construct import split_construct
from kgtool.engine.remote.failure import late, refused, unwilling
from kgtool.engine.remote.nearby import EitherStore
from kgtool.engine.remote.needs import NamesGraphsError, Needs, needs_of
from kgtool.engine.remote.opening import FAILED
from kgtool.engine.remote.paging import split
from kgtool.errors import RemoteError
from kgtool.terms import RDF

EX = "http://example.org/"
PREFIXES = {"": EX}
MANY = 1_203  # more than two pages, more than Virtuoso gives at once, no multiple of a page


def many() -> list[ox.Quad]:
    """Subjects with a number, half of them in a class; several share a number."""
    number = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
    out = []
    for n in range(MANY):
        node = ox.NamedNode(f"{EX}n{n}")
        out.append(
            ox.Quad(node, ox.NamedNode(EX + "size"), ox.Literal(str(n % 7), datatype=number), ox.NamedNode(EX + "g"))
        )
        out.append(ox.Quad(node, ox.NamedNode(EX + "name"), ox.Literal(f"n {n}"), ox.NamedNode(EX + "g")))
    return out


# Queries whose modifiers are all there is to get wrong.
PAGED = (
    "SELECT ?s ?n WHERE { ?s :size ?n }",
    "SELECT * WHERE { ?s :size ?n } # a comment at the end",
    "SELECT ?s ?n WHERE { ?s :size ?n } ORDER BY DESC(?n) # and here\n",
    "SELECT ?n (COUNT(?s) AS ?c) ?s WHERE { ?s :size ?n } GROUP BY ?n ?s HAVING (COUNT(?s) > 0) ORDER BY ?n",
    "SELECT DISTINCT ?s WHERE { { ?s :size ?n } UNION { ?s :name ?m } } ORDER BY ?s",
    "SELECT ?s ?n WHERE { ?s :size ?n } ORDER BY ?s LIMIT 1100",
    "SELECT ?s ?n { ?s :size ?n } ORDER BY ?s OFFSET 50 LIMIT 900",
    "SELECT ?s ?n WHERE { ?s :size ?n } VALUES ?n { 0 1 2 3 4 5 }",
    "SELECT ?s ?m WHERE { { SELECT ?s WHERE { ?s :size 3 } ORDER BY ?s LIMIT 90 } ?s :name ?m } ORDER BY ?m",
)


@pytest.fixture(scope="module")
def here() -> EmbeddedStore:
    return EmbeddedStore(many())


@pytest.fixture(params=["oxigraph", "virtuoso"], scope="module")
def there(request: pytest.FixtureRequest) -> Engine:
    """Each engine with `many`."""
    engine: Engine = request.getfixturevalue(request.param)
    engine.load(many())
    return engine


def key(row: tuple[object, ...]) -> tuple[str, ...]:
    return tuple(map(str, row))


def test_an_answer_longer_than_the_engine_gives_comes_whole(there: Engine, here: EmbeddedStore) -> None:
    assert CUT < MANY
    assert PAGE * 2 < MANY
    for text in PAGED:
        expected, found = here.query(text, PREFIXES), there.source().query(text, PREFIXES)
        assert isinstance(expected, Solutions)
        assert isinstance(found, Solutions)
        assert sorted(found.variables) == sorted(expected.variables), text
        order = [found.variables.index(name) for name in expected.variables]
        rows = [tuple(row[n] for n in order) for row in found.rows]
        assert sorted(map(key, rows)) == sorted(map(key, expected.rows)), text
        if "ORDER BY ?s" in text:
            assert rows == list(expected.rows), text


def test_rows_keep_the_query_s_order_over_pages(there: Engine) -> None:
    found = there.source().query("SELECT ?n ?s WHERE { ?s :size ?n } ORDER BY DESC(?n)", PREFIXES)
    assert isinstance(found, Solutions)
    sizes = [int(row[0].value) for row in found.rows if isinstance(row[0], ox.Literal)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(sizes) == MANY


def test_a_page_above_what_the_engine_gives_is_an_error_and_no_part(virtuoso: Engine) -> None:
    virtuoso.load(many())
    with pytest.raises(RemoteError) as caught:
        virtuoso.source(page_size=CUT + 50).query("SELECT ?s ?n WHERE { ?s :size ?n }", PREFIXES)
    assert caught.value.code == "E-REMOTE-CUT"


def test_more_rows_than_are_allowed_are_an_error(there: Engine) -> None:
    store = RemoteStore(there.source().remote, None, Limits(rows=PAGE + 10))
    with pytest.raises(RemoteError) as caught:
        store.query("SELECT ?s ?n WHERE { ?s :size ?n }", PREFIXES)
    assert caught.value.code == "E-REMOTE-LARGE"


def test_the_engine_that_gives_up_in_time_is_an_error(virtuoso: Engine) -> None:
    virtuoso.load(many())
    text = "SELECT (COUNT(*) AS ?c) WHERE { ?a :name ?x . ?b :name ?y . ?c :name ?z FILTER(STRLEN(?x) + STRLEN(?y) > STRLEN(?z)) }"
    began = time.monotonic()
    with pytest.raises(RemoteError) as caught:
        virtuoso.source(timeout=1.0).query(text, PREFIXES)
    assert caught.value.code in {"E-REMOTE-CUT", "E-REMOTE-TIMEOUT"}
    assert time.monotonic() - began < 6


CONSTRUCTED = (
    "CONSTRUCT { ?s :twice ?n , ?m ; a :Thing } WHERE { ?s :size ?n ; :name ?m }",
    "CONSTRUCT WHERE { ?s :size ?n }",
    "CONSTRUCT { ?s :has [ :size ?n ] } WHERE { ?s :size ?n } ORDER BY ?s LIMIT 20",
    "CONSTRUCT { :x :y :z } WHERE { }",
    "CONSTRUCT { ?n :is ?s } WHERE { ?s :size ?n }",
)


def test_constructed_triples_are_those_of_the_embedded_store(there: Engine, here: EmbeddedStore) -> None:
    for text in CONSTRUCTED:
        expected, found = here.query(text, PREFIXES), there.source().query(text, PREFIXES)
        assert isinstance(expected, Triples)
        assert found == expected, text


def test_ask_is_a_boolean(there: Engine) -> None:
    assert there.source().query("ASK { ?s :size 3 }", PREFIXES) is True
    assert there.source().query("ASK { ?s :size 9 }", PREFIXES) is False


def test_pages_that_do_not_fit_are_an_error(there: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The data change between two pages: the row that one page ends with is not the one that the next begins with."""
    store = there.source()
    rows, calls = store._rows, itertools.count()

    def changed(text: str, deadline: object) -> Solutions:
        page = rows(text, deadline)  # type: ignore[arg-type]
        return Solutions(page.variables, page.rows[1:]) if next(calls) == 2 else page

    monkeypatch.setattr(store, "_rows", changed)
    with pytest.raises(RemoteError) as caught:
        store.query("SELECT ?s ?n WHERE { ?s :size ?n }", PREFIXES)
    assert caught.value.code == "E-REMOTE-PAGES"


@pytest.mark.parametrize("text", PAGED)
def test_pages_together_are_the_whole_answer(text: str, here: EmbeddedStore) -> None:
    """Without an engine elsewhere: each page's text, put together."""
    expected = here.query(text, PREFIXES)
    parts = split(text)
    assert isinstance(expected, Solutions)
    assert parts is not None
    for nested in (False, True):
        found: list[tuple[object, ...]] = []
        while len(found) < len(expected.rows):
            page = here.query(
                parts.page(min(500, len(expected.rows) - len(found)), len(found), expected.variables, nested=nested),
                PREFIXES,
            )
            assert isinstance(page, Solutions)
            assert page.rows
            found += page.rows
        assert sorted(map(key, found)) == sorted(map(key, expected.rows))


def test_what_is_no_plain_select_is_not_paged() -> None:
    assert split("ASK { }") is None
    assert split("SELECT * WHERE { ?s ?p ?o") is None
    assert split("SELECT * WHERE { ?s ?p ?o } LIMIT 99999999999999999999999") is None
    assert split_construct("CONSTRUCT { ?s ?p ?o WHERE { ?s ?p ?o }") is None


# A query, and the predicates that it looks at beside rdf:type; None for any.
NEEDS: Mapping[str, frozenset[str] | None] = {
    "SELECT * { ?s :p ?o }": frozenset({"p"}),
    "SELECT ?s ?p { ?s ?p ?o }": None,
    "SELECT * { ?s :p/:q+|^:r ?o ; :t ?u , ?v . }": frozenset({"p", "q", "r", "t"}),
    "SELECT * { ?s (:p|:q)* ?o . ?o :r ?t }": frozenset({"p", "q", "r"}),
    "SELECT * { ?s !:p ?o }": None,
    "SELECT * { ?s ^!:p ?o }": None,
    "SELECT * { ?s !(:p|:q) ?o }": None,
    "SELECT * { ?s :p ?o FILTER(!BOUND(?o) && !(?o > 3)) }": frozenset({"p"}),
    "SELECT * { ?s :p ?o FILTER NOT EXISTS { ?o ?any ?s } }": None,
    "SELECT * { ?s :p [ ?q ?o ] }": None,
    "SELECT * { ?s :p [ :q ?o ; :r [ :t 1 ] ] ; :u 2 }": frozenset({"p", "q", "r", "t", "u"}),
    "SELECT * { [] ?p ?o }": None,
    "SELECT * { (1 2) ?p ?o }": None,
    "SELECT * { ?s :p ?o ; ?q ?t }": None,
    "SELECT * { VALUES (?a ?b) { (1 2) } ?a :p ?b }": frozenset({"p"}),
    "SELECT * { BIND(1 AS ?a) ?s :p ?a OPTIONAL { ?s :q ?b } }": frozenset({"p", "q"}),
    "SELECT ?a ?b { { SELECT ?a ?b { ?a :p ?b } GROUP BY ?a ?b } ?a :q ?b }": frozenset({"p", "q"}),
    "SELECT ?a ?b { { SELECT ?a ?b { ?a :p ?b } ORDER BY ?a ?b } ?a ?q ?b }": None,
    'SELECT * { ?s :p "x"@en , "1"^^:dt , 1.5 , true . ?s :q -3 }': frozenset({"p", "dt", "q"}),
    "SELECT * { ?s :p ?o FILTER :fn(?o) ?s ?q ?t }": None,
    "SELECT * { ?s :p ?o FILTER regex(?o, 'a') ?s :q ?t }": frozenset({"p", "fn", "q"}) - {"fn"},
    "ASK { ?s a :C }": frozenset({"C"}),
    "CONSTRUCT { ?s :made ?o } WHERE { ?s :p ?o }": frozenset({"made", "p"}),
    "SELECT * { VALUES ?p { :a :b } ?s ?p ?o }": frozenset({"a", "b"}),
    "SELECT * { ?s ?p ?o VALUES ?p { :a :b } }": frozenset({"a", "b"}),
    "SELECT * { VALUES (?p ?n) { (:a 1) (:b 2) } ?s ?p ?o . OPTIONAL { ?o ?p ?n } }": frozenset({"a", "b"}),
    "SELECT * { VALUES ?p { :a UNDEF } ?s ?p ?o }": None,
    "SELECT * { VALUES (?p ?n) { (:a 1) (UNDEF 2) } ?s ?p ?o }": None,
    'SELECT * { VALUES (?p ?n) { (:a "x"@en) } ?s ?p ?o }': None,
    "SELECT * { VALUES ?q { :a } ?s ?p ?o }": None,
    "SELECT * { ?s :c ?o OPTIONAL { ?s ?p ?o } VALUES ?p { :a } }": None,
    "SELECT * { { VALUES ?p { :a } } ?s ?p ?o }": None,
    "SELECT * { VALUES ?p { :a } { SELECT ?s { ?s ?p ?o } } }": None,
    "SELECT * { ?s ?p ?o } VALUES ?p { :a }": None,
    "SELECT * { ?s ?p ?o FILTER(?p = :a) }": None,
}
# The same where a predicate is itself described in the data: what describes it.
DESCRIBED: Mapping[str, tuple[frozenset[str], frozenset[str]] | None] = {
    "SELECT * { ?p :by ?q . ?s ?p ?o }": (frozenset({"by"}), frozenset({"by"})),
    "SELECT * { ?s ?p ?o . ?p :by :q }": (frozenset({"by", "q"}), frozenset({"by"})),
    "SELECT * { ?p :by/:in ?q . ?s ?p ?o }": None,
    "SELECT * { ?s ?p ?o OPTIONAL { ?p :by ?q } }": None,
    "SELECT * { ?p ?by ?q . ?s ?p ?o }": None,
}  # fmt: skip


@pytest.mark.parametrize("text", NEEDS)
def test_what_a_query_looks_at(text: str) -> None:
    EmbeddedStore(()).query(text, PREFIXES)  # it is SPARQL
    expected = NEEDS[text]
    found = needs_of(text, PREFIXES)
    assert found == (None if expected is None else Needs(frozenset({RDF + "type", *(EX + name for name in expected)})))


@pytest.mark.parametrize("text", DESCRIBED)
def test_what_describes_the_predicates_that_a_query_looks_at(text: str) -> None:
    EmbeddedStore(()).query(text, PREFIXES)
    expected = DESCRIBED[text]
    found = needs_of(text, PREFIXES)
    if expected is None:
        assert found is None
    else:
        named, described = (frozenset(EX + name for name in names) for names in expected)
        assert found == Needs(named | {RDF + "type"}, described)


def test_a_query_about_graphs_is_none_for_triples_alone() -> None:
    for text in ("SELECT * { GRAPH ?g { ?s :p ?o } }", "SELECT * FROM <http://g> { ?s :p ?o }"):
        with pytest.raises(NamesGraphsError):
            needs_of(text, PREFIXES)


def test_every_named_query_that_ships_is_read_as_its_file_says() -> None:
    """None of the queries asks for more than its predicates without a variable between two terms in its text."""
    for file in sorted((ROOT / "queries").rglob("*.rq")):
        text = file.read_text(encoding="utf-8")
        assert (needs_of(text, {}) is None) == (file.stem in {"entities-of-source", "neighbours"}), file.stem


def test_a_query_evaluated_here_gives_the_embedded_answer(there: Engine, here: EmbeddedStore) -> None:
    near = NearbyStore(there.source())
    listed = "SELECT ?s ?p ?o { VALUES ?p { :size :name } ?s ?p ?o } ORDER BY ?s ?p"
    for text in (*PAGED, *CONSTRUCTED, listed, "SELECT ?p (COUNT(*) AS ?n) { ?s ?p ?o } GROUP BY ?p ORDER BY ?p"):
        expected, found = here.query(text, PREFIXES), near.query(text, PREFIXES)
        if isinstance(expected, Solutions):
            assert isinstance(found, Solutions)
            assert sorted(map(key, found.rows)) == sorted(map(key, expected.rows)), text
        else:
            assert found == expected, text
    near.close()


class _Failing:
    """An engine that fails at some texts."""

    def __init__(self, error: RemoteError) -> None:
        self.error = error

    def query(self, text: str, _: Mapping[str, str]) -> Solutions:
        if "hard" in text:
            raise self.error
        return Solutions(("there",), ())


def test_what_an_engine_fails_at_is_evaluated_here_and_what_is_late_or_cut_is_not(here: EmbeddedStore) -> None:
    url = "http://127.0.0.1:9/sparql"
    for error, codes, steps in (
        (refused(url, 500, "SR319"), FAILED, True),
        (unwilling(url, "SQ156"), FAILED, True),
        (late(url, 1.0), FAILED, False),
        (refused(url, 500, "SR319"), frozenset({"E-REMOTE-LIMIT"}), False),
    ):
        either = EitherStore(_Failing(error), nearby=here, codes=codes)  # type: ignore[arg-type]
        assert either.query("SELECT ?easy { }", {}) == Solutions(("there",), ())
        if steps:
            assert either.query("SELECT ?hard { }", {}) == Solutions(("hard",), ((None,),))
        else:
            with pytest.raises(RemoteError):
                either.query("SELECT ?hard { }", {})


def test_blank_nodes_there_and_back() -> None:
    for label in ("b1", "nodeID://b10004", "_:b7", "a b/<c>", "é"):
        iri = skolem(label)
        assert iri.value.startswith(BLANK)
        assert skolem_again(unskolem(iri)) == iri
    assert (
        to_engine(f"SELECT * {{ {skolem('nodeID://b10004')} ?p ?o }}", "<nodeID://{}>")
        == "SELECT * { <nodeID://b10004> ?p ?o }"
    )
    assert skolem_again(ox.BlankNode("rx")) == ox.BlankNode("rx")


def test_a_blank_node_of_virtuoso_can_be_asked_about(virtuoso: Engine) -> None:
    virtuoso.load([
        ox.Quad(ox.NamedNode(EX + "a"), ox.NamedNode(EX + "p"), ox.BlankNode("x")),
        ox.Quad(ox.BlankNode("x"), ox.NamedNode(EX + "q"), ox.Literal("in it")),
    ])  # fmt: skip
    source = virtuoso.source()
    first = source.query("SELECT ?o WHERE { :a :p ?o }", PREFIXES)
    assert isinstance(first, Solutions)
    second = source.query(f"SELECT ?t WHERE {{ {first.rows[0][0]} :q ?t }}", PREFIXES)
    assert second == Solutions(("t",), ((ox.Literal("in it"),),))


def test_canonical_labels_do_not_depend_on_those_that_were_there() -> None:
    def ring(stem: str, size: int) -> list[ox.Triple]:
        nodes = [ox.BlankNode(f"{stem}{n}") for n in range(size)]
        return [ox.Triple(nodes[n], ox.NamedNode(EX + "p"), nodes[(n + 1) % size]) for n in range(size)]

    assert canonical(ring("a", 4)) == canonical(ring("b", 4)) is not None
    assert canonical(ring("a", 4)) != canonical([*ring("a", 2), *ring("b", 2)])
    ground = [ox.Triple(ox.NamedNode(EX), ox.NamedNode(EX), ox.Literal("x"))]
    assert canonical(ground) == frozenset(ground)


def test_what_canonicalisation_would_take_for_ever_is_given_up() -> None:
    """Four thousand nodes that all look alike: hours, or the end of the stack."""
    nodes = [ox.BlankNode(f"n{n}") for n in range(4_000)]
    ring = [ox.Triple(a, ox.NamedNode(EX + "p"), b) for a, b in itertools.pairwise([*nodes, nodes[0]])]
    began = time.monotonic()
    assert canonical(ring, seconds=0.5) is None
    assert time.monotonic() - began < 5
