"""Values to HTML: the only module that imports jinja2. Every template is compiled before the first page is asked for."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from importlib import resources
from typing import Any

from jinja2 import DictLoader, Environment, StrictUndefined
from markupsafe import Markup

# Pieces are kept up to this number, about 1 KB each; then they are made anew.
_MOST_PIECES = 20_000


class Renderer:
    """Compiled templates; autoescape is always on, a name that is not there is an error."""

    def __init__(self) -> None:
        folder = resources.files("kgtool.pages").joinpath("templates")
        texts = {
            item.name: item.read_text(encoding="utf-8") for item in folder.iterdir() if item.name.endswith(".html")
        }
        self._environment = Environment(
            loader=DictLoader(texts), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
            auto_reload=False,
        )  # fmt: skip
        self._templates = {name: self._environment.get_template(name) for name in sorted(texts)}

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """One page, its links without their root. Lines of a text area or a code block stay as they are."""
        return self._templates[template].render(values)

    def pieces(self, values: Mapping[str, Any]) -> Pieces:
        """The macros of `_parts.html` with the words and links of one language."""
        return Pieces(self._templates["_parts.html"], values)


class Pieces:
    """HTML that stands on many pages of a language, made once: evidence, moments, cards. Every other macro as it is.

    What is made depends on the snapshot alone, never on a request.
    """

    def __init__(self, template: Any, values: Mapping[str, Any]) -> None:
        self._kept: dict[Hashable, Markup] = {}
        self._comma = str(Markup('<span class="sep">{}</span>').format(values["t"]["comma"]))
        self._macros = template.make_module({**values, "kept": self})

    def __getattr__(self, name: str) -> Any:
        return getattr(self._macros, name)

    def listed(self, items: Iterable[Any]) -> Markup:
        """Links or labels in a row, as the language lists things."""
        return Markup(self._comma.join([item.__html__() for item in items]))  # noqa: S704 - each is HTML by its own word

    def evidence(self, items: tuple[Any, ...]) -> Markup:
        """The folded evidence of a statement; empty for none."""
        if not items:
            return Markup("")
        key = tuple(item.node for item in items)
        return self._once(key, lambda: self._macros.evidence_of(items, [self._figure(item) for item in items]))

    def menu(self, here: str) -> Markup:
        """The main menu; `here` is the entry that is marked."""
        return self._once(("menu", here), lambda: self._macros.menu_of(here))

    def licence(self) -> Markup:
        """The line of every page that says what may be done with it."""
        return self._once("licence", self._macros.licence_of)

    def moment(self, moment: Any) -> Markup:
        """An entry of a timeline."""
        return self._once(("moment", moment.key), lambda: self._macros.moment_of(moment))

    def card(self, person: Any) -> Markup:
        """A person of a page."""
        return self._once(("card", person.key), lambda: self._macros.card_of(person))

    def deed(self, deed: Any) -> Markup:
        """An agreement or tie of a page."""
        return self._once(("deed", deed.key), lambda: self._macros.deed_of(deed))

    def said(self, said: Any) -> Markup:
        """An attributed statement."""
        return self._once(("said", said.key), lambda: self._macros.said_of(said))

    def moments(self, moments: Iterable[Any]) -> Markup:
        """Entries of a timeline, a line each."""
        return _lines(map(self.moment, moments))

    def cards(self, people: Iterable[Any]) -> Markup:
        """People of a page, a line each."""
        return _lines(map(self.card, people))

    def deeds(self, deeds: Iterable[Any]) -> Markup:
        """Agreements and ties of a page, a line each."""
        return _lines(map(self.deed, deeds))

    def sayings(self, said: Iterable[Any]) -> Markup:
        """Attributed statements of a page, a line each."""
        return _lines(map(self.said, said))

    def _figure(self, item: Any) -> Markup:
        return self._once(item.node, lambda: self._macros.figure(item))

    def _once(self, key: Hashable, make: Callable[[], Markup]) -> Markup:
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= _MOST_PIECES:
                self._kept.clear()
            found = self._kept[key] = make()
        return found


def _lines(pieces: Iterable[Markup]) -> Markup:
    text = "\n".join(pieces)
    return Markup(f"{text}\n" if text else "")  # noqa: S704 - pieces of HTML stay HTML
