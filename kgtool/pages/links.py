"""Where a page's links lead: relative addresses, so that they hold behind any proxy path and from `file://`.

The way up from a page to the folder that holds the languages is known last: a piece of HTML is made once and stands on
pages at several depths. Until a page is finished, `ROOT` stands in its place.
"""

from __future__ import annotations

from urllib.parse import quote

from msgspec import Struct

from kgtool.pages.texts import LANGUAGES

# No HTML holds this character (HTML Living Standard §13.2.5), and parameters lose it; data that has it shows `../` there.
ROOT = "\x00"


class Links(Struct, frozen=True):
    """Addresses as the pages of one language write them.

    Attributes:
        slug: of the language, e.g. `zh-hant`.
        static: pages are files; a query string has no meaning there.
        assets: a file's name to the name it is served under.
    """

    slug: str
    static: bool
    assets: dict[str, str]

    def to(self, path: str, slug: str = "") -> str:
        """A page in this language or another, "" for the overview. A fragment stays behind the file's name."""
        if not self.static:
            return f"{ROOT}{slug or self.slug}/{path}"
        path, mark, fragment = path.partition("#")
        return f"{ROOT}{slug or self.slug}/{path or 'index'}.html{mark}{fragment}"

    def asset(self, name: str) -> str:
        return f"{ROOT}static/{self.assets.get(name, name)}"

    def up(self, address: str) -> str:
        """What is beside the pages: data, the endpoint, the API."""
        return ROOT + address

    def languages(self, path: str) -> list[tuple[str, str]]:
        """(language, address of a page in it)."""
        return [(language, self.to(path, language.lower())) for language in LANGUAGES]


def placed(html: str, root: str) -> bytes:
    """A page as it is sent; `root` is the way up to the folder that holds the languages, "../" for an overview."""
    return html.encode("utf-8", "replace").replace(ROOT.encode(), root.encode())


def query_string(pairs: list[tuple[str, str]]) -> str:
    """`?a=b&c=d`, "" for nothing; values percent-encoded."""
    written = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in pairs if value)
    return "?" + written if written else ""
