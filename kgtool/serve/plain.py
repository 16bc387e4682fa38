"""A plain HTML description of a resource, a vocabulary or a graph: complete, without style or script.

What people read is made by the pages; this is what remains where there are none, and what every test can rely on.
Every text is escaped; only http and https IRIs become links.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from types import MappingProxyType

import pyoxigraph as ox

from kgtool import lang
from kgtool.describe import Description, Statement, file_of
from kgtool.errors import Texts, texts
from kgtool.lang import pick
from kgtool.serve.places import Places
from kgtool.write.curie import Curies

_WORDS: Mapping[str, Texts] = MappingProxyType({
    "stated": texts(zh="載明", en="Stated"),
    "inferred": texts(zh="推得(未載明)", en="Inferred, not stated"),
    "nested": texts(zh="無名節點", en="Nodes without a name"),
    "incoming": texts(zh="指向此資源者", en="Pointing here"),
    "evidence": texts(zh="依據", en="Evidence"),
    "forms": texts(zh="其他格式", en="Other forms"),
    "file": texts(zh="檔案", en="File"),
})  # fmt: skip


class Writer:
    """Terms and tables in one language; labels are those of the description."""

    def __init__(self, places: Places, curies: Curies, labels: Mapping[str, Texts], language: str) -> None:
        self._places = places
        self._curies = curies
        self._labels = labels
        self._language = language

    def word(self, key: str) -> str:
        return escape(pick(_WORDS[key], self._language))

    def name(self, iri: str) -> str:
        """The label of an IRI in the language, else its short name; not escaped."""
        return pick(self._labels.get(iri, {}), self._language) or self._curies.short(iri)

    def term(self, term: object) -> str:
        if isinstance(term, ox.NamedNode):
            shown = escape(self.name(term.value))
            local = self._places.path(term.value)
            if local:
                return f'<a href="{escape(self._places.page(term.value))}">{shown}</a>'
            if term.value.startswith(("http://", "https://")):
                return f'<a href="{escape(term.value)}" rel="external noreferrer">{shown}</a>'
            return shown
        if isinstance(term, ox.Literal):
            if term.language:
                tag = lang.canonical(term.language)
                return f'<span lang="{escape(tag)}">{escape(term.value)}</span> <small>{escape(tag)}</small>'
            return escape(term.value)
        return escape(str(term))

    def table(self, statements: Sequence[Statement], caption: str, *, subjects: bool = False) -> str:
        """Rows of property and value (or subject), each with the files that state it; "" for no statements."""
        if not statements:
            return ""
        rows = []
        for one in statements:
            value = self.term(one.subject) if subjects else self.term(one.object)
            files = ", ".join(escape(file_of(graph)) for graph in one.graphs)
            rows.append(f"<tr><th>{self.term(one.predicate)}</th><td>{value}</td><td><small>{files}</small></td></tr>")
        return f"<h2>{self.word(caption)}</h2><table>{''.join(rows)}</table>"


def resource(description: Description, places: Places, curies: Curies, language: str, forms: Iterable[str]) -> str:
    """One resource as a page. `forms` are endings of the data's documents."""
    page = Writer(places, curies, description.labels, language)
    links = " ".join(f'<a href="{escape(places.data(description.iri, name))}">{name}</a>' for name in forms)
    nested = [one for found in description.evidence for one in found.statements]
    body = [
        f"<h1>{escape(page.name(description.iri))}</h1><p><code>{escape(description.iri)}</code></p>",
        page.table(description.stated, "stated"),
        page.table(description.inferred, "inferred"),
        page.table(description.nested, "nested"),
        page.table(description.incoming, "incoming", subjects=True),
        page.table(nested, "evidence"),
        f"<p>{page.word('forms')}: {links}</p>",
    ]
    return html(page.name(description.iri), "".join(body), language)


def vocabulary(
    title: str, descriptions: Iterable[Description], places: Places, curies: Curies, language: str
) -> str:  # fmt: skip
    """Many terms on one page, each with its local name as anchor, so that `#Visit` leads to its term."""
    body = [f"<h1>{escape(title)}</h1>"]
    for one in descriptions:
        page = Writer(places, curies, one.labels, language)
        anchor = escape(one.iri.rpartition("#")[2].rpartition("/")[2])
        body.append(
            f'<section id="{anchor}"><h2>{escape(page.name(one.iri))}</h2><p><code>{escape(one.iri)}</code></p>'
        )
        body.append(page.table((*one.stated, *one.nested), "stated"))
        body.append("</section>")
    return html(title, "".join(body), language)


def html(title: str, body: str, language: str) -> str:
    """A document around a body that is HTML already."""
    return (
        f'<!doctype html>\n<html lang="{escape(language)}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{escape(title)}</title></head>'
        f"<body><main>{body}</main></body></html>\n"
    )
