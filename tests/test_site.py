"""The static site: the same pages as files, every link relative and leading to a file, the folder replaced as a whole."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import unquote, urldefrag, urlsplit

import pytest
from conftest import WANGJIN, Ran
from test_pages import Reader

Tool = Callable[..., Ran]
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from kgtool.cli import status

    folder = tmp_path_factory.mktemp("out") / "site"
    assert (
        status(["export", "site", str(folder), "--project", str(WANGJIN), "--address", "https://graph.example/"]) == 0
    )
    return folder


def test_every_link_of_the_site_is_relative_and_leads_to_a_file_and_every_page_is_reached(site: Path) -> None:
    start = site / "index.html"
    readers: dict[Path, Reader] = {}
    todo, broken = [start], []
    fragments: list[tuple[Path, Path, str]] = []
    while todo:
        here = todo.pop()
        if here in readers:
            continue
        readers[here] = Reader(here.read_text(encoding="utf-8"))
        for link in readers[here].links:
            address, fragment = urldefrag(link)
            parts = urlsplit(address)
            if parts.scheme or not address:
                continue
            target = (here.parent / unquote(parts.path)).resolve()
            if parts.query or not target.is_file() or not target.is_relative_to(site):
                broken.append(f"{here.relative_to(site)} -> {link}")
            elif target.suffix == ".html":
                todo.append(target)
                fragments += [(here, target, fragment)] if fragment else []
    assert broken == []
    assert [f"{here} -> {target}#{mark}" for here, target, mark in fragments if mark not in readers[target].ids] == []
    assert set(readers) == {path.resolve() for path in site.rglob("*.html")}
    assert len(readers) > 1500


def test_the_site_has_the_data_a_sitemap_and_says_what_needs_a_server(site: Path) -> None:
    assert (site / "data" / "all.nq").read_text(encoding="utf-8").count("\n") > 1000
    assert "@prefix" in (site / "data" / "all.ttl").read_text(encoding="utf-8") or "PREFIX" in (
        site / "data" / "all.ttl"
    ).read_text(encoding="utf-8")
    sitemap = (site / "sitemap.xml").read_text(encoding="utf-8")
    assert "<loc>https://graph.example/en/id/government/wangjin.html</loc>" in sitemap
    assert sitemap.count("<loc>") == len(list(site.glob("*/**/*.html"))) - 0
    for page in ("search", "query", "visits", "queries/claims"):
        assert "static copy" in (site / "en" / f"{page}.html").read_text(encoding="utf-8")


def test_the_wording_of_sources_is_left_out_unless_asked_for(kgtool: Tool, tmp_path: Path, site: Path) -> None:
    assert (WANGJIN / "sources").is_dir()
    assert not any("<blockquote>" in path.read_text(encoding="utf-8") for path in (site / "en").rglob("*.html"))
    folder = tmp_path / "lit"
    assert kgtool("export", "site", folder, "--project", WANGJIN, "--with-sources", "--no-check").status == 0
    assert any(
        "<blockquote>" in path.read_text(encoding="utf-8") for path in (folder / "en" / "id" / "event").rglob("*.html")
    )


def test_a_site_replaces_its_own_folder_and_no_other(kgtool: Tool, tmp_path: Path, make_project: Make) -> None:
    data = "@prefix cd: <https://w3id.org/city-diplomacy/ns#> .\n<https://example.org/x/id/person/a> a cd:Person .\n"
    project = make_project({"data/a.ttl": data}, 'base = "https://example.org/x/id/"\ndata = ["data"]\n')
    folder = tmp_path / "site"
    assert kgtool("export", "site", folder, "--project", project).status == 0
    (folder / "left-over.html").write_text("x")
    ran = kgtool("export", "site", folder, "--project", project, "--lang", "en")
    assert (ran.status, ran.out) == (
        0,
        f"{folder}: {len(list(folder.rglob('*.html'))) - 1} pages, {sum(p.is_file() for p in folder.rglob('*'))} files\n",
    )
    assert not (folder / "left-over.html").exists()
    other = tmp_path / "other"
    other.mkdir()
    (other / "mine.txt").write_text("mine")
    ran = kgtool("export", "site", other, "--project", project, "--lang", "en")
    assert (ran.status, "E-SITE-FOLDER" in ran.err) == (2, True)
    assert (other / "mine.txt").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_no_export_profile_may_be_called_as_the_site_is(kgtool: Tool, make_project: Make) -> None:
    settings = 'base = "https://example.org/x/id/"\ndata = ["data"]\n[exports.%s]\nformats = ["nt"]\n'
    project = make_project({}, settings % "site")
    ran = kgtool("export", "--project", project, "--lang", "en")
    assert (ran.status, "E-CONFIG-VALUE" in ran.err) == (2, True)
    assert "'exports.site': needs another name: `kgtool export site` is a command of its own" in ran.err
    other = make_project({}, settings % "sites", "other")
    assert kgtool("export", "--project", other).out.startswith("sites  public  all")
