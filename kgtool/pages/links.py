"""Where a page's links lead: relative addresses, so that they hold behind any proxy path and from `file://`."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from kgtool.pages.texts import LANGUAGES


@dataclass(frozen=True, slots=True)
class Links:
    """Addresses as one page writes them.

    Attributes:
        slug: of the page's language, e.g. `zh-hant`. path: of the page below it, "" for the overview.
        static: pages are files; a query string has no meaning there.
        assets: a file's name to the name it is served under.
        root: the way up to the folder that holds the languages, "../" for an overview.
    """

    slug: str
    path: str
    static: bool
    assets: dict[str, str]
    root: str

    def to(self, path: str, slug: str = "") -> str:
        """A page in this language or another. A fragment stays behind the file's name."""
        path, mark, fragment = path.partition("#")
        slug = slug or self.slug
        if not self.static:
            return f"{self.root}{slug}/{path}{mark}{fragment}"
        return f"{self.root}{slug}/{path or 'index'}.html{mark}{fragment}"

    def asset(self, name: str) -> str:
        return f"{self.root}static/{self.assets.get(name, name)}"

    def up(self, address: str) -> str:
        """What is beside the pages: data, the endpoint, the API."""
        return self.root + address

    def languages(self) -> list[tuple[str, str]]:
        """(language, address of this page in it)."""
        return [(language, self.to(self.path, language.lower())) for language in LANGUAGES]


def query_string(pairs: list[tuple[str, str]]) -> str:
    """`?a=b&c=d`, "" for nothing; values percent-encoded."""
    written = "&".join(f"{quote(name)}={quote(value, safe='')}" for name, value in pairs if value)
    return "?" + written if written else ""
