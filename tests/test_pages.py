"""Pages as a function: every page answers, every link leads somewhere, nothing that is data becomes markup."""

from __future__ import annotations

import datetime
import functools
import gzip
import json
import os
import re
from collections.abc import Callable
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import pytest
from conftest import ROOT, WANGJIN, shared

from kgtool.engine import Solutions
from kgtool.named import Binder, run
from kgtool.pages import Pages, open_pages
from kgtool.pages.fold import fold
from kgtool.pages.kinds import Kind
from kgtool.pages.paging import near
from kgtool.pages.state import State, tie_state
from kgtool.pages.texts import LANGUAGES, accepted, load_words
from kgtool.pages.when import when
from kgtool.project import open_project
from kgtool.snapshot import open_snapshot

Make = Callable[..., Path]
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
_TAG = re.compile(r"<[a-zA-Z][^>]*>")
_LINK = re.compile(r'\s(?:href|src|action)="([^"]*)"')
_ID = re.compile(r'\sid="([^"]*)"')
_INLINE = re.compile(r"\s(?:on[a-z]+|style)=")
HOST = "http://site.example"
DATA = ("/data/", "/api/", "/about", "/sparql", "/static/")


FULL = bool(os.environ.get("KGTOOL_FULL"))


def pages_of(folder: Path, **options: object) -> Pages:
    return open_pages(open_snapshot(open_project(folder, {}, {}), NOW), **options)  # type: ignore[arg-type]


@functools.cache
def wangjin() -> Pages:
    return pages_of(WANGJIN)


@functools.cache
def real() -> Pages:
    return pages_of(ROOT)


def html(pages: Pages, path: str, query: str = "", status: int = 200) -> str:
    page = pages.answer(path, query)
    assert page is not None, path
    assert page.status == status, path
    return page.body.decode()


class Reader:
    """Links, ids and scripts of a page, as our own templates write them; ids are kept with their repetitions."""

    def __init__(self, text: str) -> None:
        tags = _TAG.findall(text)
        self.links = [unescape(value) for tag in tags for value in _LINK.findall(tag)]
        self.ids = [value for tag in tags for value in _ID.findall(tag)]
        self.scripts = [tag for tag in tags if tag.startswith("<script")]
        self.inline = [tag for tag in tags if _INLINE.search(tag)]


def crawl(pages: Pages, start: str) -> tuple[dict[str, Reader], list[str], dict[str, int]]:
    """Every page that is reached from one, what is broken, and in how many clicks each page is reached."""
    found: dict[str, Reader] = {}
    clicks = {start: 0}
    broken: list[str] = []
    wanted: list[tuple[str, str, str]] = []
    todo = [start]
    while todo:
        here = todo.pop(0)
        page = pages.answer(here)
        if page is None or page.status != 200:
            broken.append(here)
            continue
        reader = found[here] = Reader(page.body.decode())
        for link in reader.links:
            address, fragment = urldefrag(urljoin(HOST + here, link))
            parts = urlsplit(address)
            if f"{parts.scheme}://{parts.netloc}" != HOST:
                continue
            path = unquote(parts.path)
            if path.startswith("/static/"):
                broken += [] if path.removeprefix("/static/") in pages.assets.files else [f"{here} -> {path}"]
                continue
            if path.startswith(DATA) or parts.query:
                continue
            wanted.append((here, path, fragment))
            if path not in clicks:
                clicks[path] = clicks[here] + 1
                todo.append(path)
    broken += [f"{h} -> {p}#{f}" for h, p, f in wanted if f and p in found and f not in found[p].ids]
    return found, broken, clicks


@pytest.mark.parametrize("which", ["wangjin", "real"])
def test_every_internal_link_leads_somewhere_and_every_entity_is_three_clicks_away(which: str) -> None:
    pages = wangjin() if which == "wangjin" else real()
    found, broken, clicks = crawl(pages, "/en/")
    assert broken == []
    view = pages.room.contexts["en"].view
    entities = {f"/en/{view.path(node)}" for nodes in view.members.values() for node in nodes}
    assert entities
    assert entities <= set(found)
    assert max(clicks[path] for path in entities) <= 3
    assert {f"/en/{path}" for path in pages.paths()} <= set(found)


def test_pages_hold_no_inline_script_style_or_handler_and_no_id_twice() -> None:
    found, _, _ = crawl(wangjin(), "/zh-hant/")
    for path, reader in found.items():
        assert reader.inline == [], path
        assert [tag for tag in reader.scripts if 'type="application/' not in tag and "src=" not in tag] == []
        assert len(reader.ids) == len(set(reader.ids)), path
        assert [link for link in reader.links if link.lower().startswith(("javascript:", "data:", "vbscript:"))] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_answers_in_every_language(language: str) -> None:
    for path in wangjin().paths():
        text = html(wangjin(), f"/{language.lower()}/{path}")
        assert f'<html lang="{language}">' in text
        assert "\x00" not in text


def test_the_root_leads_to_the_language_asked_for() -> None:
    for header, slug in (
        ("ja,en;q=0.5", "ja"),
        ("fr, en;q=0.2", "en"),
        ("", "zh-hant"),
        ("fr", "zh-hant"),
        ("en;q=0.1,zh-TW", "zh-hant"),
    ):
        page = wangjin().answer("/", "", header)
        assert page is not None
        assert (page.status, dict(page.headers)["Location"]) == (303, f"/{slug}/")
        assert dict(page.headers)["Vary"] == "Accept-Language"
    assert accepted("en;q=x, ja;q=0") == "zh-Hant"


def test_what_is_not_there_is_a_404_page_and_what_is_no_page_is_none() -> None:
    for path in (
        "/en/id/government/nowhere",
        "/en/cities/99",
        "/en/term/cd/Nothing",
        "/en/queries/",
        "/en/x",
        "/en/id/",
        "/en/node/0",
    ):
        assert "no such page" in html(wangjin(), path, status=404)
    assert wangjin().answer("/sparql") is None
    assert wangjin().answer("/zh-tw/") is None


def test_answers_are_the_same_each_time() -> None:
    again = pages_of(WANGJIN)
    for path in ("/en/", "/ja/id/government/wangjin", "/zh-hant/visits", "/en/graph"):
        assert wangjin().answer(path) == again.answer(path)


# --- weight


def test_an_entity_page_weighs_less_than_25_kb_and_a_first_visit_less_than_150_kb() -> None:
    pages = real()
    heaviest = 0
    view, hub = pages.room.contexts["en"].view, pages.room.contexts["en"].hub
    nodes = [node for nodes in view.members.values() for node in nodes]
    for node in nodes if FULL else [hub, *nodes[:: len(nodes) // 60]]:
        page = pages.answer(f"/zh-hant/{view.path(node)}")
        assert page is not None
        heaviest = max(heaviest, len(gzip.compress(page.body)))
        assert b"<script src" not in page.body
    assert heaviest < 25 * 1024
    first = [
        html(pages, "/zh-hant/").encode(),
        *(
            pages.assets.files[pages.assets.names[name]].body
            for name in ("kg.css", "icon.svg", "land110.svg", "land50.svg")
        ),
    ]
    assert sum(len(gzip.compress(body)) for body in first) < 150 * 1024


# --- what a page says


def test_a_city_page_tells_its_tie_its_timeline_and_its_gaps() -> None:
    text = html(real(), "/en/id/government/busan")
    assert "<h1>Busan City</h1>" in text
    for part in (
        "Relation with Kaohsiung City",
        "30 June 1966",
        "in force",
        "Busan&#39;s study visit",
        "Great-circle distance",
        "釜山市",
    ):
        assert part in text
    assert "not stated in the sources" in html(real(), "/en/id/government/male")


def test_a_dispute_is_shown_beside_the_value_and_as_an_attributed_statement() -> None:
    text = html(real(), "/en/id/agreement/male-2013")
    assert text.count(">disputed<") >= 2
    assert "Ministry of Foreign Affairs of the Maldives" in text
    assert "position: rejects" in text
    assert ">disputed<" not in html(real(), "/en/id/agreement/gunma-2013")


def test_evidence_names_source_section_span_and_digest_and_shows_the_words_only_where_they_are_at_hand(
    tmp_path: Path,
) -> None:
    path = "/zh-hant/id/event/busan-liuhe-2013"
    plain = html(real(), path)
    assert "碼位 970–1017" in plain
    assert "SHA-256 <code>" in plain
    assert "<blockquote>" not in plain
    lit = html(open_pages(real().snapshot, sources=shared("sources")), path)
    assert "<mark>" in lit
    (tmp_path / "000_2909251252f27681.txt").write_text("another text", encoding="utf-8")
    assert "<blockquote>" not in html(open_pages(real().snapshot, sources=tmp_path), path)


def test_inferred_facts_are_marked_with_rule_and_premises() -> None:
    text = html(wangjin(), "/en/id/government/wangjin")
    assert '<span class="chip k-inferred">inferred</span>' in text
    assert "cax-sco" in text


def test_every_page_says_how_to_cite_it_with_date_and_version() -> None:
    for path in wangjin().paths():
        text = html(wangjin(), f"/en/{path}")
        assert 'rel="bookmark">Permalink</a>' in text, path
        assert "Cite this page" in text
        assert f"data version {wangjin().snapshot.version[:12]}" in text
        assert "31 December 2021" in text
        assert "/contribute" in text


def test_a_permalink_has_what_was_asked_for() -> None:
    found = re.findall(r'href="([^"]*)" rel="bookmark"', html(real(), "/en/visits", "year=2003&sort=date&q=%22%3E"))
    assert found == ["../en/visits?year=2003&amp;sort=date&amp;q=%22%3E"]
    assert 'rel="bookmark"' not in html(real(), "/en/nowhere", status=404)


def test_json_ld_of_a_page_is_json_about_the_resource() -> None:
    found = re.search(
        r'<script type="application/ld\+json">(.*?)</script>', html(wangjin(), "/en/id/government/kazamisaki")
    )
    assert found
    table = json.loads(found[1])
    assert table["@type"] == "GovernmentOrganization"
    assert table["areaServed"]["geo"]["latitude"] == 28.5
    assert {"@value": "風岬町役場", "@language": "ja"} in table["name"]


# --- lists, search, queries


def test_a_list_is_filtered_sorted_and_given_as_csv_and_json() -> None:
    every = html(real(), "/en/visits")
    one = html(real(), "/en/visits", "year=2003")
    assert "33 in all" in every
    assert "1 of 33 match" in one
    assert "Visit of Busan&#39;s deputy mayor to Kaohsiung, 2003" in one
    assert "1 of 33 match" in html(real(), "/en/visits", "q=liuhe")
    old = html(real(), "/en/visits", "sort=date")
    assert old.index("Busan&#39;s deputy mayor") < old.index("Talks of Kumamoto")
    page = real().answer("/en/visits", "year=2003&format=csv")
    assert page is not None
    assert page.body.decode().splitlines()[1].startswith("https://w3id.org/city-diplomacy/kaohsiung/id/event/hur-2003,")
    page = real().answer("/en/visits", "format=json")
    assert page is not None
    assert len(json.loads(page.body)) == 33


def test_a_cell_that_a_spreadsheet_would_run_is_defused(make_project: Make) -> None:
    folder = make_project({"data/a.ttl": CITY % '"=HYPERLINK(1)"@en'}, MODEL)
    page = pages_of(folder).answer("/en/cities", "format=csv")
    assert page is not None
    assert ",'=HYPERLINK(1)," in page.body.decode()


@pytest.mark.parametrize(
    ("asked", "path"),
    [("熊本", "government/kumamoto-prefecture"), ("koyama", "person/koyama-seishi"), ("KAOHSIUNG CITY", "government/kaohsiung"),
     ("黒須", "person/kurosu-ryuichi"), ("male city", "government/male"), ("釜山", "government/busan")],
)  # fmt: skip
def test_search_finds_substrings_romanised_forms_and_variants(asked: str, path: str) -> None:
    assert f'/id/{path}"' in html(real(), "/en/search", "q=" + asked.replace(" ", "+"))


def test_folding_joins_variants_width_case_and_accents_and_nothing_else() -> None:
    assert fold("黒須") == fold("黑須")
    assert fold("Malé") == fold("ＭALE")
    assert fold("浜松広島") == fold("濱松廣島")
    assert fold("釜山") != fold("金山")
    assert fold("が") != fold("か")


def test_a_query_page_has_a_form_made_from_the_header_and_shows_the_answer_and_wrong_values() -> None:
    text = html(real(), "/en/queries/attendance-matrix", "series=evt:lantern&since=2004&until=2013")
    assert '<select name="series" required>' in text
    assert 'type="number"' in text
    assert 'class="matrix"' in text
    assert "kgtool query attendance-matrix --param series=evt:lantern" in text
    wrong = html(real(), "/en/queries/visits-in-period", "city=gov:kaohsiung&since=yesterday&until=2013-01-01")
    assert 'role="alert"' in wrong
    assert "&#39;yesterday&#39;" in wrong


def test_a_query_text_is_guarded_and_an_error_has_its_line_and_column() -> None:
    text = html(real(), "/en/query", "query=SELECT+*%0AWHERE+%7B")
    assert "line 2, column 8" in text
    assert "E-QUERY" not in text
    assert "SERVICE is not allowed" in html(
        real(), "/en/query", "query=SELECT+*+WHERE+%7BSERVICE+%3Chttp://127.0.0.1:9/%3E%7B%7D%7D"
    )
    assert "DELETE is not allowed" in html(real(), "/en/query", "query=DELETE+WHERE+%7B%3Fs+%3Fp+%3Fo%7D")
    good = html(real(), "/en/query", "query=SELECT+%3Fx+WHERE+%7B%3Fx+a+cd:LocalGovernment%7D+ORDER+BY+%3Fx+LIMIT+2")
    assert "2 rows" in good


# --- the states are those of the named query


@pytest.mark.parametrize(
    ("which", "day"),
    [("real", "2016-12-01"), ("real", "2013-08-01"), ("real", "2026-11-24"), ("wangjin", "2021-12-31")],
)
def test_computed_states_are_those_of_the_named_query(which: str, day: str) -> None:
    pages = real() if which == "real" else wangjin()
    snapshot, view = pages.snapshot, pages.room.contexts["en"].view
    words = {
        "in force": State.IN_FORCE,
        "possibly in force": State.POSSIBLY,
        "lapsed": State.LAPSED,
        "not concluded": State.NOT_CONCLUDED,
    }
    query = snapshot.catalog.queries["ties-of-city"]
    compared = 0
    for city in view.members[Kind.CITY]:
        terms = Binder(snapshot.curies, snapshot.today, snapshot.store).bind(
            query, {"city": view.iri(city), "asOf": day}
        )
        answer = run(query, terms, snapshot.store, snapshot.project.prefixes)
        assert isinstance(answer, Solutions)
        for row in answer.rows:
            tie, state = view.code(row[0].value), row[answer.variables.index("state")]  # type: ignore[union-attr]
            assert words[state.value] is tie_state(view, tie, day), row  # type: ignore[union-attr]
            compared += 1
    assert compared > 8


# --- dates


@pytest.mark.parametrize(
    ("value", "zh", "en", "ja", "vague"),
    [
        ("2013-03-15", "2013 年 3 月 15 日", "15 March 2013", "2013年3月15日", False),
        ("2013-06", "2013 年 6 月", "June 2013", "2013年6月", True),
        ("2013", "2013 年", "2013", "2013年", True),
        ("2013-06-08/2013-06-13", "2013 年 6 月 8 日至 13 日", "8–13 June 2013", "2013年6月8日から13日まで", False),
        ("[2013-01-01..2013-12-31]", "2013 年間，日期未詳", "some day in 2013", "2013年のある日", True),
        ("[2013-01-01..2013-06-30]", "2013 年 1 月至 6 月間，日期未詳", "some day within January – June 2013", "2013年1月から6月までの間のある日", True),
        ("[..2013-03-15]", "不晚於2013 年 3 月 15 日", "not after 15 March 2013", "2013年3月15日以前", True),
        ("2011/..", "自2011 年起", "since 2011", "2011年から", True),
        ("2013-06~", "約2013 年 6 月", "about June 2013", "2013年6月頃", True),
        ("2012-12-30/2013-01-02", "2012 年 12 月 30 日至 2013 年 1 月 2 日", "30 December 2012 – 2 January 2013", "2012年12月30日から2013年1月2日まで", False),
        ("yesterday", "yesterday", "yesterday", "yesterday", True),
    ],
)  # fmt: skip
def test_a_date_reads_as_precisely_as_it_is_known(value: str, zh: str, en: str, ja: str, vague: bool) -> None:
    assert [when(value, language).text for language in LANGUAGES] == [zh, en, ja]
    assert when(value, "en").vague is vague
    assert when("2013-03-15", "zh-Hant").roc == "民國 102 年"
    assert when("2013-03-15", "en").roc == ""


# --- texts


def test_every_interface_text_is_used_and_has_every_language() -> None:
    words = load_words()
    sources = "".join(
        path.read_text(encoding="utf-8")
        for path in (ROOT / "kgtool" / "pages").rglob("*")
        if path.suffix in {".py", ".html"}
    )
    made = ("menu_", "kind_", "role_", "facet_", "sort_", "matrix_", "p_", "state_")
    unused = [
        key
        for key in words["en"]
        if not key.startswith(made) and f"'{key}'" not in sources and f'"{key}"' not in sources
    ]
    assert unused == []
    fields = re.compile(r"\{(\w+)\}")
    for key in words["en"]:
        texts = [words[language][key] for language in LANGUAGES]
        assert all(texts), key
        assert len({tuple(sorted(fields.findall(text))) for text in texts}) == 1, key


# --- hostile data never becomes markup

MODEL = 'model = "city-diplomacy"\nbase = "https://example.org/x/id/"\ndata = ["data"]\n'
CITY = """@prefix cd: <https://w3id.org/city-diplomacy/ns#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix schema: <https://schema.org/> .
<https://example.org/x/id/government/a> a cd:LocalGovernment ; skos:prefLabel %s ; cd:territory <https://example.org/x/id/place/a> .
<https://example.org/x/id/place/a> a schema:City ; schema:sameAs <javascript:alert(1)> , <https://ok.example/> .
"""
HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(1)>\"'&<!--"


def test_markup_in_labels_is_text_everywhere_and_a_script_iri_is_no_link(make_project: Make) -> None:
    label = json.dumps(HOSTILE) + "@en"
    pages = pages_of(make_project({"data/a.ttl": CITY % label}, MODEL))
    for path in pages.paths():
        text = html(pages, f"/en/{path}")
        assert "<img" not in text, path
        assert "<script>alert" not in text, path
        assert 'href="javascript:' not in text, path
    city = html(pages, "/en/id/government/a")
    assert "https://ok.example/" in city
    assert "\\u003c/script\\u003e" in city


def test_markup_in_parameters_is_text() -> None:
    asked = "%3C%2Ftextarea%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E%22onfocus%3D"
    for path, name in (
        ("/en/search", "q"),
        ("/en/visits", "q"),
        ("/en/visits", "year"),
        ("/en/query", "query"),
        ("/en/queries/visits-in-period", "since"),
    ):
        text = html(real(), path, f"{name}={asked}&until=2013-01-01")
        assert "<script>alert" not in text
        assert "</textarea><script" not in text
        assert '"onfocus=' not in text


def test_iris_that_cannot_be_a_path_have_a_page_by_digest(make_project: Make) -> None:
    odd = '<https://example.org/x/id/a?b=c&d="e> , <urn:x:y>'.replace('"', "%22")
    data = "@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n" + "".join(
        f"{iri.strip()} a cd:Person .\n" for iri in odd.split(" , ")
    )
    pages = pages_of(make_project({"data/a.ttl": data}, MODEL))
    links = Reader(html(pages, "/en/people")).links
    found = [link for link in links if "node/" in link]
    assert len(found) == 2
    for link in found:
        html(pages, urljoin("/en/people", link))


# --- forms, answers and their words

QUERIES = {
    "queries/ask/colours.rq": '#+ summary: {en: "Colours"}\n#+ columns: {colour: string}\n'
    'SELECT ?colour WHERE { VALUES ?colour { "red" "blue" } } ORDER BY ?colour\n',
    "queries/ask/painted.rq": '#+ summary: {en: "Painted"}\n#+ params:\n#+   colour: {type: string, values_query: colours, label: {en: "Colour"}}\n'
    '#+   word: {type: string, many: true, label: {en: "Word"}}\n#+ columns: {said: string}\n'
    'SELECT ?said WHERE { BIND(CONCAT(COALESCE(?colour, "none"), " ", COALESCE(?word, "")) AS ?said) } ORDER BY ?said\n',
}


def test_a_parameter_that_takes_many_takes_them_from_a_form() -> None:
    text = html(real(), "/en/queries/claims", "only=contradicted&only=supported&only=")
    boxes = re.findall(r'<input type="checkbox" name="only" value="(\w+)"( checked)?>', text)
    assert boxes == [("supported", " checked"), ("unsupported", ""), ("contradicted", " checked"), ("untested", "")]
    assert '<select name="claim" multiple' in text
    assert "--param only=contradicted --param only=supported" in text
    assert "[(&#39;only&#39;, &#39;contradicted&#39;), (&#39;only&#39;, &#39;supported&#39;)]" in text
    table = text[text.index("<tbody>") : text.index("</tbody>")]
    assert "Supported" in table
    assert "Contradicted" in table
    assert "Not supported" not in table
    assert 'role="alert"' in html(real(), "/en/queries/ties-of-city", "city=gov:male&city=gov:busan")


def test_what_a_query_offers_is_chosen_from_and_other_values_stay(make_project: Make) -> None:
    settings = 'base = "https://example.org/x/id/"\ndata = ["data"]\nqueries = ["queries"]\n'
    pages = pages_of(
        make_project(
            {**QUERIES, "data/a.ttl": "<https://example.org/x/id/a> a <https://example.org/x/C> .\n"}, settings
        )
    )
    text = html(pages, "/en/queries/painted")
    assert re.findall(r'<option value="(\w*)"', text) == ["", "blue", "red"]
    assert text.count('<input name="word" type="text" value=""') == 3
    assert "none " in text
    text = html(pages, "/en/queries/painted", "colour=green&word=a&word=b&word=a")
    assert re.findall(r'<option value="(\w*)"( selected)?', text) == [
        ("", ""),
        ("blue", ""),
        ("red", ""),
        ("green", " selected"),
    ]
    assert re.findall(r'<input name="word" type="text" value="(\w*)"', text) == ["a", "b", "", "", ""]
    assert [cell in text for cell in ("<td>green a</td>", "<td>green b</td>", "2 rows")] == [True, True, True]


@pytest.mark.parametrize(
    ("slug", "words"), [("zh-hant", ("有效", "狀態")), ("en", ("In force", "State")), ("ja", ("有効", "状態"))]
)
def test_fixed_cells_and_headings_are_words_of_the_language(slug: str, words: tuple[str, str]) -> None:
    text = html(real(), f"/{slug}/queries/ties-of-city", "city=gov:male")
    assert f'<td class="word">{words[0]}</td>' in text
    assert f'<th scope="col">{words[1]}</th>' in text
    assert "in force</td>" not in text


def test_every_asked_query_that_ships_has_japanese_for_its_form_and_headings() -> None:
    for query in real().snapshot.catalog.role("ask"):
        labels = [
            query.summary,
            *(p.label for p in query.params.values()),
            *(c.label for c in query.column_texts.values()),
        ]
        labels += [words for p in query.params.values() for words in p.value_texts.values()]
        labels += [words for c in query.column_texts.values() for words in c.values.values()]
        assert [said for said in labels if set(said) != {"en", "zh-Hant", "ja"}] == [], query.name
        assert set(query.column_texts) == set(query.columns), query.name


def test_a_long_answer_comes_in_pages_and_a_graph_as_a_table() -> None:
    asked = "query=SELECT+*+WHERE+%7B%3Fs+a+%3Fc%7D+ORDER+BY+%3Fs"
    first, second = html(real(), "/en/query", asked), html(real(), "/en/query", asked + "&page=2")
    assert "Page 1 of" in first
    assert "Page 2 of" in second
    assert first.count("<tr>") == second.count("<tr>")
    assert re.search(r'href="[^"]*page=2">2</a>', first)
    assert html(real(), "/en/query", asked + "&page=99999").count("Page ") == 1
    graph = html(real(), "/en/query", "query=CONSTRUCT+WHERE+%7B%3Fs+a+cd:Tie%7D")
    assert "35 rows" in graph
    assert '<th scope="col">Subject</th>' in graph


def test_pages_offered_of_a_long_list_are_few() -> None:
    assert near(2, 4) == (1, 2, 3, 4)
    assert near(50, 101) == (1, 0, 48, 49, 50, 51, 52, 0, 101)
    assert near(1, 101) == (1, 2, 3, 0, 101)
    assert near(101, 101) == (1, 0, 99, 100, 101)


def test_blank_lines_of_a_query_stay_as_they_were_written() -> None:
    text = html(real(), "/en/query", "query=SELECT+*%0A%0A%0AWHERE+%7B")
    assert "\nSELECT *\n\n\nWHERE {</textarea>" in text
    assert "line 4, column 8" in text


def test_what_a_page_leaves_out_is_linked_to_where_it_is_listed() -> None:
    text = html(real(), "/en/id/government/kaohsiung")
    assert re.search(r'<a href="\.\./\.\./\.\./en/ties">[0-9]+ more</a>', text)
    assert re.search(r'<a href="\.\./\.\./\.\./en/claims">[0-9]+ more</a>', text)


def test_names_in_another_language_are_marked_on_japanese_pages() -> None:
    only_chinese = re.compile("[與縣對圖關處會國區團應學實產發臺灣權參經濟觀說舊據數體為於請該稱擬邀]")
    marked = 0
    for path in (
        "",
        "visits",
        "id/government/busan",
        "id/agreement/male-2013",
        "id/event/lantern-2013",
        "quality",
        "search",
    ):
        query = "q=%E9%87%9C%E5%B1%B1" if path == "search" else ""
        walker = Marked()
        walker.feed(html(real(), f"/ja/{path}", query))
        assert [text for tag, text in walker.texts if tag == "ja" and only_chinese.search(text)] == [], path
        marked += sum(tag == "zh-Hant" for tag, _ in walker.texts)
    assert marked > 100


class Marked(HTMLParser):
    """Visible texts with the language that they are marked as."""

    def __init__(self) -> None:
        super().__init__()
        self.stack: list[tuple[str, str]] = []
        self.texts: list[tuple[str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        above = self.stack[-1][1] if self.stack else ""
        if tag not in {"meta", "link", "input", "br", "path", "circle", "rect", "image"}:
            self.stack.append((tag, dict(attrs).get("lang") or above))

    def handle_endtag(self, tag: str) -> None:
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.stack and self.stack[-1][0] not in {"script", "title", "desc", "code", "pre"}:
            self.texts.append((self.stack[-1][1], data))


def test_nothing_that_a_stranger_asks_for_is_kept() -> None:
    pages = pages_of(WANGJIN)
    view = pages.room.contexts["en"].view

    def ask(number: int) -> None:
        word = f"w{number}"
        for path, query in (
            (f"id/person/{word}", ""), (f"term/cd/{word}", ""), (word, ""), ("search", f"q={word}"), ("visits", f"q={word}&year={word}"),
            ("query", f"query=SELECT+*+WHERE+%7BBIND(%3Chttp://x.example/{word}%3E+AS+%3Fx)%7D"), ("", f"x={word}"),
            ("queries/ties-of-city", f"city={word}"), ("queries/claims", f"only={word}&page={number}"),
        ):  # fmt: skip
            assert pages.answer(f"/en/{path}", query) is not None

    def kept() -> list[int]:
        frame = pages._frames["en"]["parts"]
        return [
            len(table) for table in (view._kept, view._passing, view._codes, view._paths, pages._whole, frame._kept)
        ]

    ask(0)
    before = kept()
    for number in range(1, 20):
        ask(number)
    assert kept() == before
