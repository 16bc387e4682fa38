"""The pages in a real browser: accessible, within their policy, silent, on loopback only, and whole without JavaScript.

A part of the combinations by default, each kind of page in one of them; all with KGTOOL_FULL=1. Which part is drawn by the seed
that is printed.
"""

from __future__ import annotations

import contextlib
import datetime
import itertools
import json
import os
import random
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from conftest import ROOT, needs
from pages_server import CHROMIUM, launched, served
from test_pages import CITY, HOSTILE, MODEL

from kgtool.project import open_project
from kgtool.serve.app import App
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import open_snapshot

playwright = pytest.importorskip("playwright.sync_api")
Make = Callable[..., Path]
AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
NOW = datetime.datetime(2026, 11, 24, tzinfo=datetime.UTC)
FULL = bool(os.environ.get("KGTOOL_FULL"))
SEED = int(os.environ.get("KGTOOL_SEED", "20130609"))
PAGES: Mapping[str, str] = {
    "overview": "", "city": "id/government/male", "hub": "id/government/kaohsiung", "person": "id/person/hur-nam-sik",
    "visit": "id/event/visit-male-2013", "agreement": "id/agreement/male-2013", "tie": "id/tie/kumamoto", "event": "id/event/lantern-2013",
    "body": "id/organisation/maldives-mfa", "place": "id/place/busan", "claim": "id/claim/male-mfa", "source": "id/source/report-2013h1",
    "passage": "id/passage/report-2013h1/970-1017", "tenure": "id/tenure/hur-nam-sik-mayor-busan", "class": "term/cd/Visit",
    "property": "term/cd/party", "concept": "term/k/sister-city", "list": "visits", "filtered list": "cities?tie=term/k/sister-city&sort=date",
    "search": "search?q=%E9%BB%92%E9%A0%88", "empty search": "search?q=zzzz", "queries": "queries",
    "query": "queries/attendance-matrix?series=evt:lantern&since=2004&until=2013", "chart": "queries/reciprocity?city=gov:kaohsiung",
    "wrong query": "queries/visits-in-period?city=gov:kaohsiung&since=x&until=y", "editor": "query",
    "editor with error": "query?query=SELECT%20*%0AWHERE%20%7B", "editor with rows": "query?query=SELECT%20*%20WHERE%20%7B%3Fs%20a%20cd%3ATie%7D%20LIMIT%205",
    "sources": "source", "reading": "source/report-2013h1", "ontology": "ontology", "quality": "quality", "contribute": "contribute",
    "network": "graph", "browse": "browse", "not found": "nowhere",
}  # fmt: skip
COMBINATIONS = list(itertools.product(("zh-hant", "en", "ja"), ("light", "dark"), (1280, 390)))


@dataclass
class Watch:
    """What a page did that it should not."""

    faults: list[str] = field(default_factory=list)

    def on(self, page: Any, allowed: str) -> None:
        page.on(
            "console",
            lambda m: (
                self.faults.append(f"console: {m.text}")
                if m.type in {"error", "warning"} and "404" not in m.text
                else None
            ),
        )
        page.on("pageerror", lambda e: self.faults.append(f"error: {e}"))
        page.on("dialog", lambda d: (self.faults.append(f"dialog: {d.message}"), d.dismiss()))
        page.on(
            "request",
            lambda r: (
                None
                if r.url.startswith((allowed, "data:", "blob:" + allowed))
                else self.faults.append(f"request: {r.url}")
            ),
        )
        page.add_init_script(
            "window.kgViolations=[];document.addEventListener('securitypolicyviolation',e=>kgViolations.push(e.violatedDirective+' '+e.blockedURI))"
        )

    def check(self, page: Any) -> None:
        """Looks at a page when its styles are there: a click returns as soon as the next page begins."""
        page.wait_for_load_state("load")
        self.faults += [f"policy: {one}" for one in page.evaluate("window.kgViolations || []")]
        width, room = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        if width > room:
            self.faults.append(f"overflow: {width} > {room}")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    if not CHROMIUM.exists():
        needs("browser", f"{CHROMIUM} is absent: apt-get install chromium fonts-noto-cjk")
    if not AXE.exists():
        needs("browser", "axe-core is absent: (cd web && npm ci)")
    with playwright.sync_playwright() as started:
        opened = launched(started)
        yield opened
        opened.close()


def app_of(folder: Path) -> Callable[[str], App]:
    return lambda address: App(open_snapshot(open_project(folder, {}, {}), NOW), ServeSettings(address=address))


@pytest.fixture(scope="module")
def site() -> Iterator[str]:
    with served(app_of(ROOT)) as address:
        yield address


def chosen() -> list[tuple[str, str, str, int]]:
    every = [(kind, *one) for kind in PAGES for one in COMBINATIONS]
    if FULL:
        return every
    draw = random.Random(SEED)
    offset = draw.randrange(len(COMBINATIONS))
    return [(kind, *COMBINATIONS[(number * 5 + offset) % len(COMBINATIONS)]) for number, kind in enumerate(PAGES)]


@contextlib.contextmanager
def opened(browser: Any, site: str, watch: Watch, **options: Any) -> Iterator[Any]:
    context = browser.new_context(**options)
    page = context.new_page()
    watch.on(page, site)
    try:
        yield page
    finally:
        context.close()


def axe(page: Any) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8") + "\n;undefined")
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {node['html'][:160]} ({node['failureSummary'][:200]})"
        for one in found["violations"]
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize(("kind", "slug", "scheme", "width"), chosen())
def test_a_page_is_accessible_silent_and_within_its_policy(
    browser: Any, site: str, kind: str, slug: str, scheme: str, width: int
) -> None:
    watch = Watch()
    with opened(browser, site, watch, color_scheme=scheme, viewport={"width": width, "height": 900}) as page:
        answer = page.goto(f"{site}/{slug}/{PAGES[kind]}")
        assert answer.status == (404 if kind == "not found" else 200)
        page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
        watch.check(page)
        assert [*watch.faults, *axe(page)] == []


def test_the_draw_is_printed_and_has_every_kind(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print(f"\n[browser: {len(chosen())} of {len(PAGES) * len(COMBINATIONS)} combinations, seed {SEED}]")
    assert {kind for kind, *_ in chosen()} == set(PAGES)


# --- without JavaScript


@pytest.fixture
def plain(browser: Any, site: str) -> Iterator[Any]:
    """A page in a browser whose JavaScript is off."""
    watch = Watch()
    with opened(browser, site, watch, java_script_enabled=False) as page:
        yield page
    assert watch.faults == []


def test_without_javascript_one_searches_and_opens_what_was_found(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/")
    plain.fill("#s", "busan")
    plain.press("#s", "Enter")
    plain.click("main a:text-is('Busan City')")
    assert plain.inner_text("h1") == "Busan City"


def test_without_javascript_one_filters_a_list_and_takes_it_as_csv(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/visits")
    plain.select_option("select[name=year]", "2003")
    plain.click("button:text-is('Apply')")
    assert "1 of 33" in plain.inner_text(".lead")
    address = plain.get_attribute("main p a:text-is('CSV')", "href")
    taken = plain.request.get(f"{site}/en/{address.removeprefix('../en/')}")
    assert taken.headers["content-type"].startswith("text/csv")
    assert len(taken.text().splitlines()) == 2


def test_without_javascript_one_runs_a_named_query_and_downloads_the_answer(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/queries/ties-of-city")
    plain.select_option("select[name=city]", "gov:male")
    plain.click("form.nq button")
    assert "In force" in plain.inner_text("main table")
    plain.click("summary:text-is('Show the SPARQL')")
    assert plain.is_visible("pre code:has-text('SELECT ?tie')")
    for form, media in (("CSV", "text/csv"), ("JSON", "application/json")):
        address = plain.evaluate_handle if False else plain.get_attribute(f"p.fmt a:text-is('{form}')", "href")
        taken = plain.request.get(site + "/" + address.lstrip("./"))
        assert taken.status == 200
        assert taken.headers["content-type"].startswith(media)


def test_without_javascript_one_gives_several_values(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/queries/claims")
    plain.check("input[name=only][value=supported]")
    plain.check("input[name=only][value=contradicted]")
    plain.click("form.nq button")
    assert "only=supported&only=contradicted" in plain.url
    assert plain.is_checked("input[name=only][value=contradicted]")
    told = plain.inner_text("main table")
    assert "Contradicted" in told
    assert "Not supported" not in told


def test_without_javascript_one_reads_evidence_and_downloads_a_resource(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/id/agreement/gunma-2013")
    plain.click(".facts summary >> nth=0")
    assert plain.is_visible(".facts .ev[open] figcaption >> nth=0")
    for form in ("Turtle", "JSON-LD", "RDF/XML", "N-Triples", "CSV"):
        address = plain.get_attribute(f"p.fmt a:text-is('{form}')", "href")
        taken = plain.request.get(
            site + "/" + address.replace("../", "") if "data/" in address else f"{site}/en/{address.split('/en/')[-1]}"
        )
        assert taken.status == 200, form


def test_without_javascript_one_writes_sparql_and_sees_where_it_is_wrong(plain: Any, site: str) -> None:
    plain.goto(f"{site}/en/query")
    plain.click("button:text-is('Run')")
    assert "rows" in plain.inner_text("caption")
    plain.fill("textarea", "SELECT *\nWHERE {")
    plain.click("button:text-is('Run')")
    assert "line 2, column 8" in plain.inner_text("[role=alert]")
    assert plain.input_value("textarea") == "SELECT *\nWHERE {"


def test_the_keyboard_reaches_search_results_and_the_skip_link_comes_first(browser: Any, site: str) -> None:
    watch = Watch()
    with opened(browser, site, watch) as page:
        page.goto(f"{site}/en/")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.url.endswith("#main")
        page.goto(f"{site}/en/search?q=busan")
        page.focus("main .hits a >> nth=0")
        page.keyboard.press("Enter")
        page.wait_for_url("**/id/**")
    assert watch.faults == []


# --- with the bundle


@pytest.fixture
def bundled() -> None:
    if not (ROOT / "kgtool" / "pages" / "static" / "bundle" / "editor.js").exists():
        needs("bundle", "the editor is not built: (cd web && npm ci && node build.mjs ../kgtool/pages/static/bundle)")


def typed(page: Any, text: str) -> None:
    """Put a text in the editor's place of what is there, as a person does; it is there when this returns."""
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(text)
    for _ in range(100):  # the page's policy forbids what wait_for_function does
        if page.inner_text(".cm-content").strip() == text:
            return
        page.wait_for_timeout(50)
    raise AssertionError(page.inner_text(".cm-content"))


@pytest.mark.usefixtures("bundled")
def test_the_editor_completes_runs_marks_the_error_and_remembers(browser: Any, site: str) -> None:
    watch = Watch()
    with opened(browser, site, watch) as page:
        page.goto(f"{site}/en/query?query=SELECT%20*%0AWHERE%20%7B")
        assert page.locator(".cm-lintRange-error, .cm-lintPoint-error").count() == 1
        typed(page, "SELECT ?x WHERE { ?x a cd:Visi")
        page.keyboard.press("Control+Space")
        page.wait_for_selector(".cm-tooltip-autocomplete")
        assert "visit" in page.inner_text(".cm-tooltip-autocomplete")
        page.keyboard.press("Escape")
        typed(page, "SELECT ?x WHERE { ?x a cd:Tie } LIMIT 3")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("caption:has-text('3 rows')")
        assert "cd:Tie" in page.inner_text(".past select")
        assert axe(page) == []
        watch.check(page)
    assert watch.faults == []


@pytest.mark.usefixtures("bundled")
def test_the_network_is_drawn_by_a_worker_and_a_name_is_found_in_it(browser: Any, site: str) -> None:
    watch = Watch()
    with opened(browser, site, watch) as page:
        page.goto(f"{site}/en/graph")
        page.wait_for_selector("canvas[data-done=yes]", timeout=30_000)
        page.fill(".finder input", "busan city")
        page.press(".finder input", "Enter")
        page.wait_for_url("**/en/id/government/busan")
        watch.check(page)
    assert watch.faults == []


# --- hostile data and parameters


def test_markup_in_labels_and_iris_never_runs(browser: Any, make_project: Make) -> None:
    folder = make_project({"data/a.ttl": CITY % (json.dumps(HOSTILE) + "@en")}, MODEL)
    watch = Watch()
    with served(app_of(folder)) as address, opened(browser, address, watch) as page:
        for path in (
            "",
            "cities",
            "id/government/a",
            "id/place/a",
            "graph",
            "search?q=script",
            "query?query=SELECT%20*%20WHERE%20%7B%3Fs%20%3Fp%20%3Fo%7D",
        ):
            page.goto(f"{address}/en/{path}")
            watch.check(page)
    assert watch.faults == []


def test_hostile_parameters_never_run(browser: Any, site: str) -> None:
    values = [
        json.loads(line)
        for line in (ROOT / "tests" / "hazards" / "injection.jsonl").read_text(encoding="utf-8").splitlines()
    ]
    texts = [str(value["value"]) if isinstance(value, dict) else str(value) for value in values]
    texts += [
        "<script>alert(1)</script>",
        "</textarea><svg onload=alert(1)>",
        "'\"><img src=x onerror=alert(1)>",
        "javascript:alert(1)",
    ]
    texts = [text for text in texts if "\ud800" <= max(text, default=" ") <= "\udfff" or text.isprintable() or True]
    draw = texts if FULL else random.Random(SEED).sample(texts[:-4], min(6, len(texts) - 4)) + texts[-4:]
    watch = Watch()
    with opened(browser, site, watch) as page:
        for text in draw:
            asked = quote(text.encode("utf-8", "replace"), safe="")
            for path in (
                f"search?q={asked}",
                f"query?query={asked}",
                f"queries/ties-of-city?city={asked}",
                f"visits?q={asked}&year={asked}",
            ):
                page.goto(f"{site}/en/{path}")
                watch.check(page)
    assert watch.faults == []


# --- the static site, from a host and from a disk


def test_the_static_site_works_from_file_and_from_a_plain_host(browser: Any, tmp_path: Path) -> None:
    from kgtool.cli import status

    folder = tmp_path / "site"
    assert (
        status(["export", "site", str(folder), "--project", str(ROOT / "tests" / "projects" / "wangjin"), "--no-check"])
        == 0
    )
    quiet = partial(SimpleHTTPRequestHandler, directory=str(folder))
    quiet.func.log_message = lambda *_: None  # type: ignore[attr-defined]
    server = ThreadingHTTPServer(("127.0.0.1", 0), quiet)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        for base in (folder.as_uri(), f"http://127.0.0.1:{server.server_address[1]}"):
            watch = Watch()
            with opened(browser, base, watch) as page:
                page.goto(f"{base}/index.html")
                page.wait_for_url("**/zh-hant/index.html")
                page.click("text=EN")
                page.click("nav.nav a:text-is('Cities')")
                page.click("main table a >> nth=0")
                watch.check(page)
                assert page.evaluate("getComputedStyle(document.querySelector('.card')).borderRadius") == "10px"
                assert urlsplit(page.url).path.endswith(".html")
            assert watch.faults == []
    finally:
        server.shutdown()
        server.server_close()
