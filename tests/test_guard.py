"""The guard: what a query's text measures, what is refused, where, and in linear time."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kgtool.engine.guard import Measure, _surely_within, guard, measures, without_escapes
from kgtool.engine.limits import LOCAL, SERVED, Limits

STAR = "SELECT * WHERE { ?s ?p ?o }"


@pytest.mark.parametrize(
    ("body", "patterns"),
    [
        ("", 0),
        ("?s ?p ?o", 1),
        ("?s ?p ?o .", 1),
        ("?s ?p ?o . ?s a ?c", 2),
        ("?s ?p ?o ; ?q ?r , ?t", 3),
        ("?s ?p [ ?q ?r ; ?t ?u ]", 3),
        ("?s a :C. ?s :p :o.a. ?t :q _:b. ", 3),
        ("[] ?p ?o . (1 2) ?p ?o", 2),
        ("?s ?p ?o FILTER(?o > 1) ?s ?q ?r", 2),
        ("?s ?p ?o FILTER REGEX(?o, 'a,b;c.d') ?s ?q ?r", 2),
        ("?s ?p ?o BIND(1 + 2 AS ?x) ?s ?q ?r OPTIONAL { ?a ?b ?c } ?d ?e ?f", 4),
        ("{ ?s ?p ?o } UNION { ?s ?q ?o }", 2),
        ("?s (:p/:q)|^:r ?o", 1),
        ('?s ?p \'. ; , { [ (\' , """\n. ?a ?b ?c """ # ?a ?b ?c .', 2),
        ("VALUES (?a ?b) { (1 2) (3 4) } ?s ?p ?o", 2),  # a VALUES counts as one
        ("GRAPH ?g { ?s ?p 1.5 . ?s ?p true . ?s ?p 1e5 }", 3),
        ("{ SELECT ?s (COUNT(*) AS ?n) WHERE { ?s ?p ?o } GROUP BY ?s } ?s ?q ?r", 2),
    ],
)
def test_patterns_are_counted_without_parsing(body: str, patterns: int) -> None:
    assert measures(f"SELECT * WHERE {{ {body} }}")[Measure.PATTERNS] == patterns


@pytest.mark.parametrize(
    ("body", "stars"),
    [
        ("?s :p* ?o", 0),
        ("?s (:p*) ?o", 0),
        ("?s (:p*)* ?o", 0),
        ("?s ((:p*)*)* ?o", 1),
        ("?s ((((:p)+)?)*)* ?o", 3),
        ("?s ((:p*)*/:q)* ?o", 1),
        ("?s ((:p)*|(:q)*) ?o", 1),
        ("BIND((((1) * 2) * 3) * 4 AS ?x)", 0),
        ("BIND(((((?a) + ?b) + ?c) + ?d) AS ?x)", 0),
    ],
)
def test_closures_inside_closures_are_told_from_sums(body: str, stars: int) -> None:
    assert measures(f"SELECT * WHERE {{ {body} }}")[Measure.STARS] == stars


def nested(opening: str, inner: str, closing: str) -> Callable[[int], str]:
    return lambda n: f"SELECT * WHERE {{ {opening * n}{inner}{closing * n} }}"


OVER = {
    Measure.DEPTH: ("depth", nested("FILTER(1 = ", "1", ")")),
    Measure.PATTERNS: ("patterns", lambda n: "SELECT * WHERE {" + "?s ?p ?o ." * (n + 1) + "}"),
    Measure.OPERATORS: ("operators", lambda n: "SELECT * WHERE { FILTER(true" + "||true" * (n + 1) + ") }"),
    Measure.NOTS: ("nots", lambda n: "SELECT * WHERE { FILTER(" + "!" * (n + 1) + "true) }"),
    Measure.STARS: ("stars", lambda n: "SELECT * WHERE { ?s " + "(" * (n + 3) + ":p" + ")*" * (n + 3) + " ?o }"),
}


@pytest.mark.parametrize("limits", [LOCAL, SERVED], ids=["local", "served"])
@pytest.mark.parametrize("measure", OVER)
def test_refusal_names_figure_limit_and_place(measure: Measure, limits: Limits) -> None:
    name, make = OVER[measure]
    limit = getattr(limits, name)
    refusal = guard("\n" + make(limit), limits)
    assert refusal is not None
    assert (refusal.code, refusal.measure, refusal.limit) == ("E-QUERY-LIMIT", measure, limit)
    assert refusal.measured == limit + 1
    assert refusal.line == 2
    assert refusal.column > 1
    assert f"{limit:,}" in refusal.message["en"]
    assert f"{limit:,}" in refusal.message["zh-Hant"]
    error = refusal.error()
    assert (error.code, getattr(error, "line", 0)) == ("E-QUERY-LIMIT", 2)
    assert guard(make(limit // 2), limits) is None


def test_size_is_bytes_not_letters() -> None:
    text = STAR + "#" + "高" * 100
    size = len(text.encode())
    assert guard(text, Limits(size=size)) is None
    refusal = guard(text, Limits(size=size - 1))
    assert refusal is not None
    assert (refusal.measure, refusal.measured, refusal.limit) == (Measure.SIZE, size, size - 1)


def test_nul_is_a_syntax_error_at_its_place() -> None:
    refusal = guard("SELECT *\nWHERE { ?s ?p 'a\x00' }")
    assert refusal is not None
    assert (refusal.code, refusal.line, refusal.column) == ("E-QUERY-SYNTAX", 2, 17)


HIDDEN = {
    "plain": "SELECT * { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "small letters": "select * { service silent <http://127.0.0.1/> { ?s ?p ?o } }",
    "in a sub-select": "SELECT * { { SELECT * { SERVICE ?x { ?s ?p ?o } } } }",
    "in EXISTS": "ASK { FILTER EXISTS { SERVICE <http://127.0.0.1/> { ?s ?p ?o } } }",
    "with an escape": "SELECT * { \\u0053ERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "with a long escape": "SELECT * { S\\U00000045RVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "behind an escaped quote": 'SELECT * { ?s ?p "a\\u0022 . SERVICE <http://127.0.0.1/> { } FILTER(\\u0022b" = ?o) }',
    "in a long string's line, behind its end": 'SELECT * { ?s ?p """\n# """ . SERVICE <http://127.0.0.1/> { ?s ?p ?o } }',
    "in such a line, quotes escaped": (
        "SELECT * { ?s ?p \\u0027\\u0027\\u0027\n# \\u0027\\u0027\\u0027 . SERVICE <http://127.0.0.1/> { ?s ?p ?o } }"
    ),
    "behind a comment that a return ends": "SELECT * {\n # x\rSERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
    "behind a comment": "SELECT * { # }\nSERVICE <http://127.0.0.1/> { ?s ?p ?o } }",
}


@pytest.mark.parametrize("text", HIDDEN.values(), ids=HIDDEN)
def test_service_is_refused_wherever_it_hides(text: str) -> None:
    for measured in (False, True):
        refusal = guard(text, measured=measured)
        assert refusal is not None
        assert (refusal.code, refusal.measure) == ("E-QUERY-FORM", Measure.SERVICE)


def test_a_text_that_was_measured_is_not_measured_again_but_looked_at() -> None:
    """Values that are written into it anew may say anything, and a text with a `<` that is none may read them as code."""
    make = OVER[Measure.DEPTH][1]
    assert guard(make(100)) is not None
    assert guard(make(100), measured=True) is None
    doubtful = "SELECT (?a <b#> AS ?c) {{ VALUES ?d {{ '{}' }} }}"
    assert guard(doubtful.format("x")) is None
    for text in (
        doubtful.format("SERVICE <http://127.0.0.1/> { }"),
        "INSERT DATA { <a:s> <a:p> 1 }",
        "ASK { \x00 }",
        "x",
    ):
        found = guard(text, measured=True)
        assert found is not None
        assert found == guard(text)
    assert guard("ASK { }" + " " * 9, Limits(size=9), measured=True) is not None


UPDATES = (
    "INSERT DATA { <a:s> <a:p> 1 }", "DELETE WHERE { ?s ?p ?o }", "LOAD <http://127.0.0.1/>", "CLEAR ALL", "DROP ALL",
    "CREATE GRAPH <a:g>", "ADD <a:g> TO <a:h>", "MOVE <a:g> TO <a:h>", "COPY <a:g> TO <a:h>",
    "WITH <a:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }", "SELECT * { ?s ?p ?o } ; DROP ALL",
    "# SELECT * { ?s ?p ?o }\nDROP ALL", "PREFIX : <a:>\nINSERT { ?s ?p 1 } WHERE { SELECT ?s { ?s ?p ?o } }",
    "D\\u0052OP ALL # SELECT * {}",
)  # fmt: skip


@pytest.mark.parametrize("text", UPDATES)
def test_updates_are_refused(text: str) -> None:
    refusal = guard(text)
    assert refusal is not None
    assert (refusal.code, refusal.measure) == ("E-QUERY-FORM", Measure.UPDATE)


@pytest.mark.parametrize("text", ["", "#", "{}", "nonsense", "# SELECT * { ?s ?p ?o }"])
def test_what_is_no_query_is_refused(text: str) -> None:
    refusal = guard(text)
    assert refusal is not None
    assert (refusal.code, refusal.measure) == ("E-QUERY-FORM", Measure.FORM)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?service WHERE { ?service ?load 'SERVICE <http://e/>' }",
        "# SERVICE <http://e/>\nSELECT * { <http://e/service> <http://e/drop#all> ?with }",
        'SELECT * { ?s ?p "\\u9AD8\\n" , """DROP ALL""" }',
        "PREFIX ex: <http://e/> SELECT * { ?s ex:insert ex:clear }",
        "SELECT * { ?s ?p ?o . FILTER(?o < 5 && ?o > 3) }",
        "SELECT * {\n  # add it with care, or drop it\n  ?s ?p ?o }",
    ],
)
def test_words_inside_names_strings_and_comments_are_no_commands(text: str) -> None:
    assert guard(text) is None


def test_escapes_of_no_character_stay() -> None:
    assert without_escapes("\\u0041\\U0001F600\\uD800\\UFFFFFFFF\\u12") == "A\U0001f600\\uD800\\UFFFFFFFF\\u12"


def test_lists_of_a_hundred_thousand_terms_are_accepted() -> None:
    terms = " ".join(f"<http://example.org/n{n}>" for n in range(100_000))
    assert guard(f"SELECT * WHERE {{ VALUES ?x {{ {terms} }} ?x ?p ?o }}") is None
    assert guard(f"SELECT * WHERE {{ ?x ?p ?o FILTER(?x IN ({terms.replace(' ', ',')})) }}") is None
    assert guard(f"SELECT * WHERE {{ ?{'x' * 100_000} ?p ?o }}") is None


PIECES = (
    "a.",
    "a-",
    "'",
    '"',
    "'''",
    '"""\\q',
    "\\",
    "<a",
    "<",
    "?",
    "ex:",
    "((",
    ")*",
    "[",
    "#\n",
    "!",
    "1e",
    "1.",
    "é",
    ";",
)


def seconds(work: Callable[[], object]) -> float:
    began = time.process_time()
    work()
    return time.process_time() - began


@pytest.mark.parametrize("piece", PIECES)
def test_cost_is_linear_in_the_text(piece: str) -> None:
    """No piece, however often repeated, costs more than a few microseconds a character."""
    text = "SELECT * { " + piece * (100_000 // len(piece))
    wide = Limits(depth=10**9, patterns=10**9, operators=10**9, nots=10**9, stars=10**9)
    assert seconds(lambda: guard(text, wide)) < 5e-5 * len(text)


@settings(max_examples=300)
@given(
    st.one_of(
        st.text(max_size=200), st.lists(st.sampled_from([*PIECES, "SELECT", "{", "}", "?s ?p ?o .", " "])).map("".join)
    )
)
def test_any_text_is_measured_and_either_refused_or_not(text: str) -> None:
    figures = measures(text)
    assert all(figure >= 0 for figure in figures.values())
    refusal = guard(text)
    if refusal is not None:
        assert refusal.line >= 1
        assert refusal.message["zh-Hant"]
        assert refusal.message["en"]


# What counting characters could take for something else: closures behind names, quotes and comments without an end.
SIGNS = (
    "# c\n", "{", "}", "(", ")", ")*", ") # c\n*", "/", "?s ?p ?o .", "?", "!", " ", "a", "1", "_", "*", "+", "'", '"', "<", ">", "#",
    "\n", "\\", ")_*", "a *", "%",
)  # fmt: skip


@settings(max_examples=500)
@given(st.lists(st.sampled_from([*PIECES, *SIGNS])).map("".join))
def test_a_text_is_accepted_unmeasured_only_if_no_measure_is_over_its_limit(text: str) -> None:
    """Counting characters in C takes the place of measuring; it may err on the other side alone."""
    limits = Limits(depth=6, patterns=12, operators=8, nots=2, stars=1)
    if _surely_within(text, limits):
        figures = measures(text)
        assert figures[Measure.DEPTH] <= 6
        assert figures[Measure.PATTERNS] <= 12
        assert figures[Measure.OPERATORS] <= 8
        assert figures[Measure.NOTS] <= 2
        assert figures[Measure.STARS] <= 1
