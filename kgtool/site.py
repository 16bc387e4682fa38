"""The pages as plain files for a static host: the same HTML with relative links, the data, a sitemap. Opens from `file://`."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from html import escape
from pathlib import Path

from msgspec import Struct

from kgtool.errors import UsageError, texts
from kgtool.pages import Pages
from kgtool.pages.texts import LANGUAGES
from kgtool.snapshot import Snapshot
from kgtool.write.files import unwritable
from kgtool.write.graphs import to_turtle
from kgtool.write.syntaxes import to_nquads

# What marks a folder as one that this program made and may therefore replace.
_MARK = "kgtool-site.txt"


class Written(Struct, frozen=True):
    """What was written: pages of all languages, and all files."""

    pages: int
    files: int


def write_site(snapshot: Snapshot, pages: Pages, folder: Path, address: str = "") -> Written:
    """Write every page in every language, the files they use, and the data.

    Everything is written beside the target first and put in its place at the end, so a broken run leaves the old site.

    Args:
        pages: made with `static=True`.
        folder: new, empty, or one that this wrote before; it is replaced.
        address: where the site will be, for the sitemap; "" writes none, for a sitemap holds whole addresses only.
    Cost: about 3 ms a page.
    Raises:
        UsageError: the folder holds something else.
        ProjectError: it cannot be written.
    """
    if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not (folder / _MARK).is_file())):
        raise UsageError(
            "E-SITE-FOLDER",
            texts(zh=f"{folder}:不是空資料夾,也不是先前產生之網站。", en=f"{folder}: neither empty nor a site that this wrote."),
            texts(zh="請給新資料夾。", en="Give a new folder."),
        )  # fmt: skip
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staged = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
        try:
            written = _write(snapshot, pages, staged, address.rstrip("/"))
            staged.chmod(0o755)
            if folder.exists():
                shutil.rmtree(folder)
            staged.rename(folder)
        finally:
            shutil.rmtree(staged, ignore_errors=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    return written


def _write(snapshot: Snapshot, pages: Pages, folder: Path, address: str) -> Written:
    files = 0
    paths = list(dict.fromkeys(pages.paths()))
    for name, body in _files(snapshot, pages, paths, address):
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        files += 1
    return Written(len(paths) * len(LANGUAGES), files)


def _files(snapshot: Snapshot, pages: Pages, paths: list[str], address: str) -> Iterator[tuple[str, bytes]]:
    for language in LANGUAGES:
        slug = language.lower()
        for path in paths:
            page = pages.answer(f"/{slug}/{path}")
            if page is not None and page.status == 200:
                yield f"{slug}/{path or 'index'}.html", page.body
    for file in pages.assets.files.values():
        yield f"static/{file.name}", file.body
    yield "data/all.nq", to_nquads(snapshot.stated).encode()
    yield "data/all.ttl", to_turtle((quad.triple for quad in snapshot.stated), snapshot.project.prefixes).encode()
    yield "index.html", _front().encode()
    yield "robots.txt", f"User-agent: *\nAllow: /\n{f'Sitemap: {address}/sitemap.xml' if address else ''}\n".encode()
    yield _MARK, f"version {snapshot.version}\nas of {snapshot.today.isoformat()}\n".encode()
    if address:
        yield "sitemap.xml", _sitemap(paths, address).encode()


def _front() -> str:
    """The folder's own page: leads on to the first language, and offers the others."""
    links = " · ".join(
        f'<a href="{language.lower()}/index.html" lang="{language}" hreflang="{language}">{name}</a>'
        for language, name in (("zh-Hant", "繁體中文"), ("en", "English"), ("ja", "日本語"))
    )
    return (
        '<!doctype html>\n<html lang="zh-Hant">\n<head><meta charset="utf-8"><title>知識圖譜 · Knowledge graph</title>'
        '<meta http-equiv="refresh" content="0; url=zh-hant/index.html"></head>\n'
        f"<body><main><h1>知識圖譜 · Knowledge graph</h1><p>{links}</p></main></body>\n</html>\n"
    )


def _sitemap(paths: list[str], address: str) -> str:
    """Source: sitemaps.org protocol 0.9, with the languages of each page."""
    rows = []
    for path in paths:
        name = f"{path or 'index'}.html"
        others = "".join(
            f'<xhtml:link rel="alternate" hreflang="{language}" href="{escape(f"{address}/{language.lower()}/{name}")}"/>'
            for language in LANGUAGES
        )
        rows += [
            f"<url><loc>{escape(f'{address}/{language.lower()}/{name}')}</loc>{others}</url>" for language in LANGUAGES
        ]
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:xhtml="http://www.w3.org/1999/xhtml">\n'
    )
    return head + "\n".join(rows) + "\n</urlset>\n"
