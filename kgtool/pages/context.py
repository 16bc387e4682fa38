"""What every page builder needs: the graph, names, evidence, the words of one language, the day and the hub city."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from markupsafe import escape

from kgtool.lang import Fields
from kgtool.pages.evidence import Evidence, Evidences
from kgtool.pages.kinds import Kind, tone
from kgtool.pages.links import Links
from kgtool.pages.naming import Label, Namer
from kgtool.pages.texts import Words
from kgtool.pages.view import View
from kgtool.pages.when import When, when
from kgtool.terms import CD


@dataclass(frozen=True)
class Context:
    """One language's view of one snapshot; shared by all pages of that language.

    Attributes:
        hub: the government whose relations the graph holds, -1 for none.
        today: `YYYY-MM-DD`, the snapshot's as-of date.
        refs: links made so far.
    """

    view: View
    namer: Namer
    evidences: Evidences
    words: Words
    links: Links
    language: str
    today: str
    hub: int
    refs: dict[int, Ref] = field(default_factory=dict, repr=False)

    def label(self, node: int) -> Label:
        return self.namer.label(node, self.language)

    def ref(self, node: int) -> Ref:
        """A node as something to link to."""
        found = self.refs.get(node)
        if found is None:
            kind = self.view.kind(node)
            path = self.view.path(node) if self.view.has_page(node) else ""
            href = self.links.to(path) if path else ""
            found = self.refs[node] = Ref(self.label(node), path, tone(kind), kind, href)
        return found

    def say(self, key: str, **values: object) -> Label:
        """A text with its fields filled in; names in another language stay marked as such."""
        text = self.words[key]
        plain = text.format_map(Fields({name: str(value) for name, value in values.items()}))
        if any(isinstance(value, Label) and (value.foreign or value.html) for value in values.values()):
            html = escape(text).format_map(Fields({name: escape(value) for name, value in values.items()}))
            return Label(plain, html=str(html))
        return Label(plain)

    def evidence(self, node: int, predicate: str = "") -> tuple[Evidence, ...]:
        return self.evidences.of(node, self.language, predicate)

    def when(self, value: str, *, year: bool = True) -> When:
        return when(value, self.language, year=year)

    def kind_word(self, kind: Kind) -> str:
        """What one resource of a kind is called."""
        return self.words["kind_" + kind.value]

    def number(self, value: float) -> str:
        return f"{value:,.0f}"

    @cached_property
    def hub_ref(self) -> Ref | None:
        return self.ref(self.hub) if self.hub >= 0 else None


@dataclass(slots=True)
class Ref:
    """A link to a node's page; `path` and `href` are empty where it has none. In a template it is the link itself."""

    label: Label
    path: str
    tone: str
    kind: Kind
    href: str
    _html: str = field(default="", init=False, compare=False, repr=False)

    def __html__(self) -> str:
        if not self._html:
            text = self.label.__html__()
            self._html = f'<a href="{escape(self.href)}">{text}</a>' if self.href else text
        return self._html


def hub_of(view: View, setting: str) -> int:
    """The hub: the publisher of the settings where it is a government of the data, else the one with most ties; -1 for none.

    Between equals the first by IRI.
    """
    if setting:
        node = view.code(setting)
        if node in view.members[Kind.CITY]:
            return node
    parties: Mapping[int, tuple[int, ...]] = view.index.backward(view.code(CD + "party"))
    governments = view.members[Kind.CITY]
    if not governments:
        return -1
    return min(governments, key=lambda node: (-len(parties.get(node, ())), view.iri(node)))
