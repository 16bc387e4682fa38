"""Linked data: every IRI of the data leads to a page for people and to a document for programs.

`/id/…` is the thing and answers 303; `/page/…` and `/data/…` are documents about it (docs/decisions/0060). `/about?iri=`
describes any other IRI that a statement mentions. A withdrawn resource leads to the one in its place, or is gone.
Sources: Cool URIs for the Semantic Web §4.2; RFC 9110 §15.4.2 (301), §15.4.4 (303), §15.5.11 (410); RFC 6892 (describes).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import pyoxigraph as ox
from msgspec import Struct

from kgtool.describe import MOST_INCOMING, Description, Facts, Statement, describe, withdrawn
from kgtool.errors import texts
from kgtool.serve import plain
from kgtool.serve.accept import language
from kgtool.serve.dataset import dataset_iri, licence_of
from kgtool.serve.layers import FORMS, Layer, layer_of, self_description, warm, written
from kgtool.serve.message import Request, Response
from kgtool.serve.places import Places, known, places_of
from kgtool.serve.problem import RequestError
from kgtool.serve.reading import Form, Link, chosen, document, not_allowed, number, options, read, see_other
from kgtool.serve.refusal import nothing_here
from kgtool.serve.settings import ServeSettings
from kgtool.snapshot import Snapshot
from kgtool.write.curie import Curies

HTML = Form("html", "text/html")
# A page of one resource.
Page = Callable[[Description, Places, Curies, str, Sequence[str]], str]
_PARAMETERS = ("layer", "page")
_MOST_PAGES = 100_000
_MOST_HOPS = 8


class Skin(Struct, frozen=True):
    """How pages for people look.

    Attributes:
        policy: header fields of a page; one with a style sheet has a content policy of its own.
        speak: from an Accept-Language field to the language of a page.
    """

    page: Page = plain.resource
    policy: tuple[tuple[str, str], ...] = ()
    speak: Callable[[str], str] = language


class Resource:
    """Answers for one IRI at a time."""

    def __init__(self, snapshot: Snapshot, settings: ServeSettings, skin: Skin | None = None) -> None:
        self._facts = snapshot.facts  # made now, in the process that workers are forked from
        self._shapes = Facts(snapshot.shapes)
        self._places = places_of(snapshot, settings)
        self._prefixes = snapshot.project.prefixes
        self._curies = snapshot.curies
        self._version = snapshot.version
        self._dataset = dataset_iri(settings)
        self._licence = licence_of(snapshot)
        self._skin = skin or Skin()
        warm()

    def __call__(self, request: Request) -> Response:
        """The response for `/id/…`, `/page/…`, `/data/…` or `/about`."""
        answers = {"/id/": self._thing, "/page/": self._for_people, "/data/": self._for_programs}
        for start, answer in answers.items():
            if request.target.startswith(start):
                return read(request, answer)
        return read(request, self._about)

    def _thing(self, request: Request) -> Response:
        iri = self._named(request, request.target.removeprefix("/id/"))
        form = chosen(request, (HTML, *FORMS), None)
        where = self._places.page(iri) if form == HTML else self._places.data(iri)
        return see_other(where, links=self._links(iri))

    def _for_people(self, request: Request) -> Response:
        iri = self._named(request, request.target.removeprefix("/page/"), self._places.page)
        return self._html(request, iri, self._places.page(iri))

    def _for_programs(self, request: Request) -> Response:
        rest = request.target.removeprefix("/data/")
        form = None
        if not any(known(self._facts, name) for name in self._places.names(rest)):
            stem, _, ending = rest.rpartition(".")
            form = next((one for one in FORMS if one.name == ending and stem), None)
            rest = stem if form else rest
        name = form.name if form else ""
        iri = self._named(request, rest, lambda iri: self._places.data(iri, name))
        return self._rdf(request, iri, form or chosen(request, FORMS, None), options(request, _PARAMETERS))

    def _about(self, request: Request) -> Response:
        given = options(request, ("iri", "format", *_PARAMETERS))
        iri = given.get("iri", "")
        facts = self._facts if known(self._facts, iri) else self._shapes
        if not known(facts, iri):
            raise nothing_here(iri or "/about?iri=")
        own = self._places.path(iri)
        if own:
            return see_other(self._places.address + own)
        form = chosen(request, (HTML, *FORMS), given.pop("format", None))
        if form == HTML:
            return self._html(request, iri, self._places.link(iri))
        return self._rdf(request, iri, form, given)

    def _named(self, request: Request, rest: str, way: Callable[[str], str] | None = None) -> str:
        """The IRI that a path stands for; what is withdrawn is answered by an error that redirects or ends.

        Args:
            way: leads from an IRI to its document of the same kind.
        """
        for iri in self._places.names(rest):
            if known(self._facts, iri):
                gone, after = withdrawn(self._facts, iri)
                if gone:
                    raise self._withdrawn(iri, after, way or self._places.link)
                return iri
        raise nothing_here(request.target)

    def _withdrawn(self, iri: str, after: tuple[str, ...], way: Callable[[str], str]) -> RequestError:
        """301 to the one resource in its place, where this server has it; else 410, with what it says of successors."""
        last = self._successor(iri)
        links = [Link(self._places.link(one), "successor-version") for one in after]
        field = (("Link", ", ".join(map(str, links))),) if links else ()
        if last:
            field = (("Location", way(last)), *field)
        return RequestError(
            301 if last else 410, "E-RESOURCE-GONE",
            texts(zh=f"此資源已停用:{iri}。", en=f"this resource is withdrawn: {iri}."),
            texts(zh=f"請改用 {'、'.join(after)}。", en=f"Use {', '.join(after)}.") if links else None,
            headers=field, extra={"replacedBy": list(after)} if links else None,
        )  # fmt: skip

    def _successor(self, iri: str) -> str:
        """What stands in its place at the end of the chain; "" for none, several, a circle, or one served elsewhere."""
        seen = [iri]
        while len(seen) <= _MOST_HOPS:
            _, after = withdrawn(self._facts, seen[-1])
            if not after:
                break
            if len(after) > 1 or after[0] in seen:
                return ""
            seen.append(after[0])
        last = seen[-1]
        here = known(self._facts, last) and self._places.path(last).startswith("/id/")
        return last if here and not withdrawn(self._facts, last)[0] else ""

    def _links(self, iri: str, *, self_is: str = "") -> list[Link]:
        """What belongs together: the thing, its page, its document in every form, the licence."""
        links = [Link(self._places.page(iri), "describedby", HTML.media)]
        links += [Link(self._places.data(iri, form.name), "describedby", form.media) for form in FORMS]
        if self_is:
            links = [Link(one.target, "alternate", one.kind) for one in links]
            links += [Link(iri, "describes"), Link(self_is, "canonical")]
        return links + ([Link(self._licence, "license")] if self._licence else [])

    def _html(self, request: Request, iri: str, here: str) -> Response:
        words = self._skin.speak(request.headers.get("accept-language", ""))

        def make() -> bytes:
            found = describe(self._facts if known(self._facts, iri) else self._shapes, iri)
            names = [form.name for form in FORMS]
            return self._skin.page(found, self._places, self._curies, words, names).encode() if found else b""

        return document(
            request, (self._version, iri, words), HTML, make, vary="Accept, Accept-Language",
            links=self._links(iri, self_is=here), headers=(("Content-Language", words), *self._skin.policy),
        )  # fmt: skip

    def _rdf(self, request: Request, iri: str, form: Form, given: dict[str, str]) -> Response:
        wanted = given.get("layer")
        if wanted is not None and wanted not in [*Layer]:
            raise not_allowed("layer", wanted, [*Layer])
        layer = layer_of(form, Layer(wanted) if wanted else None)
        page = number("page", given.get("page", "1"), 1, _MOST_PAGES)
        facts = self._facts if known(self._facts, iri) else self._shapes
        skip = (page - 1) * MOST_INCOMING
        total = facts.count(ox.NamedNode(iri))
        if skip and skip >= total:
            raise nothing_here(f"{request.target}?page={page}")
        here = self._places.data(iri)
        links = [*self._links(iri, self_is=here), *_neighbours(here, page, total)]
        place = (("Content-Location", self._places.data(iri, form.name)),)

        def make() -> bytes:
            found = describe(facts, iri, MOST_INCOMING, skip)
            said = self_description(here, [iri], self._dataset, self._licence)
            return written(_every(found) if found else (), said, form, layer, self._prefixes)

        parts = (self._version, iri, layer.value, str(page))
        return document(request, parts, form, make, links=links, headers=place)


def _every(found: Description) -> Iterator[Statement]:
    """All of a description: about it, about what has no name, what points to it, what it rests on.

    What follows for the nodes around it is told where they are described themselves.
    """
    yield from (*found.stated, *found.inferred, *found.incoming)
    around = (*found.nested, *(one for evidence in found.evidence for one in evidence.statements))
    yield from (one for one in around if not one.inferred)


def _neighbours(here: str, page: int, total: int) -> Iterator[Link]:
    """Pages before and behind: what points to a resource may be too much for one document."""
    mark = "&" if "?" in here else "?"
    if page > 1:
        yield Link(f"{here}{mark}page={page - 1}" if page > 2 else here, "prev")
    if page * MOST_INCOMING < total:
        yield Link(f"{here}{mark}page={page + 1}", "next")
