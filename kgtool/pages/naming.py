"""What a node is called, in one language, and in which language that name really is."""

from __future__ import annotations

from markupsafe import escape
from msgspec import Struct

from kgtool.lang import canonical
from kgtool.pages.kinds import Kind
from kgtool.pages.view import View
from kgtool.terms import CD, DCT, RDFS, SKOS

_NAMES = (SKOS + "prefLabel", RDFS + "label", DCT + "title")
_LONGEST = 60
Tagged = dict[str, str]


class Label(Struct, frozen=True):
    """A text and its language tag; as HTML it says its language where that is not the page's.

    Attributes:
        foreign: the tag to mark it with, "" where it is in the page's own language or in none.
        html: of a text whose parts are in several languages, each marked; "" for any other.
    """

    text: str
    foreign: str = ""
    html: str = ""

    def __add__(self, other: Label) -> Label:
        if self.foreign or other.foreign or self.html or other.html:
            return Label(self.text + other.text, html=self.__html__() + other.__html__())
        return Label(self.text + other.text)

    def capital(self) -> Label:
        """Beginning with a capital, where it begins in the page's own language."""
        if self.foreign or self.html.startswith("<"):
            return self
        return Label(self.text[:1].upper() + self.text[1:], "", self.html[:1].upper() + self.html[1:])

    def __html__(self) -> str:
        if self.html:
            return self.html
        if not self.foreign:
            return str(escape(self.text))
        return f'<span lang="{escape(self.foreign)}">{escape(self.text)}</span>'

    def __str__(self) -> str:
        return self.text


class Namer:
    """Names of nodes. Cost: a dictionary access after the first time a node is asked for."""

    def __init__(self, view: View) -> None:
        self._view = view
        self._tagged: dict[int, Tagged] = {}
        self._labels: dict[tuple[int, str], Label] = {}

    def tagged(self, node: int) -> Tagged:
        """Language tag (canonical) to the preferred name; empty for a node without one."""
        found = self._tagged.get(node)
        if found is None:
            found = self._tagged[node] = self._read(node)
        return found

    def _read(self, node: int) -> Tagged:
        for predicate in _NAMES:
            found = self.texts(node, predicate)
            if found:
                return found
        return {}

    def texts(self, node: int, predicate: str) -> Tagged:
        """Language tag to the first text of a property."""
        found: Tagged = {}
        for value in self._view.out(node, predicate):
            literal = self._view.literal(value)
            if literal is not None:
                found.setdefault(canonical(literal.language or ""), literal.value)
        return found

    def text(self, node: int, predicate: str, language: str) -> Label:
        """A property's text in the language, else by the fixed fallback; empty where there is none."""
        return chosen(self.texts(node, predicate), language)

    def label(self, node: int, language: str) -> Label:
        """What a node is called: its name, else what can be said of it in its place, else its prefixed name."""
        key = (node, language)
        found = self._labels.get(key)
        if found is None:
            found = self._labels[key] = (
                chosen(self.tagged(node), language) if self.tagged(node) else self._made(node, language)
            )
        return found

    def _made(self, node: int, language: str) -> Label:
        view, kind = self._view, self._view.kind(node)
        if kind is Kind.TENURE:
            return self._joined(language, view.first(node, CD + "holder"), view.first(node, CD + "post"))
        if kind is Kind.PARTICIPATION:
            who = view.first(node, CD + "participant")
            who = who if who >= 0 else view.first(node, CD + "onBehalfOf")
            return self._joined(language, who, view.first(node, CD + "event"))
        if kind is Kind.NAME:
            return chosen(self.texts(node, CD + "asWritten"), language)
        summary = self.texts(node, CD + "summary")
        if kind is Kind.CLAIM and not summary:
            what = (CD + "status", CD + "stance", CD + "kind", CD + "activity", CD + "ordinal")
            said = next((found for p in what if (found := view.first(node, p)) >= 0), -1)
            return self._joined(language, view.first(node, CD + "about"), said)
        if summary:
            text = chosen(summary, language)
            return text if len(text.text) <= _LONGEST else Label(text.text[: _LONGEST - 1] + "…", text.foreign)
        if kind is Kind.CITATION:
            return self._joined(language, view.first(node, CD + "source"), view.first(node, CD + "locator"))
        return Label(self.short(node))

    def _joined(self, language: str, *nodes: int) -> Label:
        parts = [self.value(node, language) for node in nodes if node >= 0]
        foreign = {part.foreign for part in parts}
        text = (" · " if language == "en" else "・").join(part.text for part in parts)
        return Label(text or "?", foreign.pop() if len(foreign) == 1 else "")

    def value(self, node: int, language: str) -> Label:
        """A literal's text or a resource's label."""
        literal = self._view.literal(node)
        if literal is None:
            return self.label(node, language)
        return Label(literal.value, foreign(canonical(literal.language or ""), language))

    def short(self, node: int) -> str:
        """The prefixed name; of a blank node its label."""
        iri = self._view.iri(node)
        return self._view.short(iri) if iri else f"_:b{node}"

    def others(self, node: int) -> dict[str, str]:
        """Every other name in any script: text to tag, preferred names first, each text once."""
        found: dict[str, str] = {}
        for predicate in (SKOS + "prefLabel", SKOS + "altLabel", RDFS + "label"):
            for value in self._view.out(node, predicate):
                literal = self._view.literal(value)
                if literal is not None:
                    found.setdefault(literal.value, canonical(literal.language or ""))
        return found


def foreign(tag: str, language: str) -> str:
    """The tag to mark a text with in a page of another language."""
    return "" if not tag or tag.lower() == language.lower() else tag


def chosen(texts: Tagged, language: str) -> Label:
    """The text in the language, a tag of the same primary subtag, else zh-Hant, en, the first by tag: as `lang.pick`."""
    if not texts:
        return Label("")
    if language in texts:
        return Label(texts[language])
    main = language.split("-", 1)[0]
    for tag in sorted(texts):
        if tag.split("-", 1)[0] == main:
            return Label(texts[tag], foreign(tag, language))
    for tag in ("zh-Hant", "en", ""):
        if tag in texts:
            return Label(texts[tag], foreign(tag, language))
    tag = min(texts)
    return Label(texts[tag], foreign(tag, language))
