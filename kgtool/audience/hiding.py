"""The set of hidden terms: where it begins, how it spreads, and what is left.

Spreads to
    records     a claim, name, event, tie, office or evidence that names something hidden (`RECORDS`), a blank node or a
                shape that does; a person, body, place or source that does only loses the statement;
    dependents  evidence, sources and blank nodes that nothing visible leads to any more.
The digests of a source some of whose passages are hidden go too: a short line can be guessed from its digest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property

import pyoxigraph as ox
from msgspec import structs

from kgtool.audience.classes import Hierarchy
from kgtool.audience.model import LABELS, MARK, Hidden, Node, Part, Permit, Policy
from kgtool.terms import CD, OA, SH
from kgtool.write.curie import Curies

_PERSON = frozenset({CD + "Person"})
RECORDS = frozenset(
    CD + name
    for name in ("Tie", "Agreement", "Event", "Participation", "Post", "Tenure", "Claim", "Name", "Evidence", "Section")
)
_NAMES = frozenset({CD + "Name"})  # says what somebody is called, whatever is said of him
# A record that names something hidden by one of these is about something else, and only loses the statement.
_LOOSE = frozenset(CD + name for name in ("evidence", "listedIn", "possiblyListedIn", "possiblyPartOf", "supersedes"))
_LOOSE_IN_SHAPES = SH + "property"
_DEPENDENT = frozenset(CD + name for name in ("Evidence", "Source", "Section"))
_DIGESTS = frozenset({CD + "sha256", CD + "lineDigests"})
_HAS_SOURCE = OA + "hasSource"


class Hiding:
    """What is hidden of some files under a policy.

    Attributes:
        hidden: the hidden terms.
        permit: the rules for single statements.
    """

    def __init__(self, parts: Sequence[Part], policy: Policy, marks: set[Node], curies: Curies) -> None:
        self.curies = curies
        self.open: list[tuple[Part, list[ox.Quad]]] = []
        self.closed: list[ox.Quad] = []
        for part in parts:
            closed = policy.closes(part.name)
            shut = [quad for quad in part.quads if closed or quad.graph_name in marks]
            self.closed += shut
            if not closed:
                apart = set(shut)
                self.open.append((part, [quad for quad in part.quads if quad not in apart] if shut else [*part.quads]))
        self.hierarchy = Hierarchy(self._every())
        self.types = self.hierarchy.types(self._every())
        denied = self.hierarchy.below(policy.deny)
        classes = policy.classes
        self.permit = Permit(
            policy.properties, None if classes is None else self.hierarchy.below(classes), policy.persons,
            denied | {MARK}, frozenset(self._instances(_PERSON)),
            frozenset(quad.subject for part, quad in self._opened() if part.kind == "ontology"),
        )  # fmt: skip
        self.hidden: set[object] = {*marks, *map(ox.NamedNode, denied), *self._instances(denied)}
        self.hidden |= {quad.subject for quad in self.closed} - {quad.subject for _, quad in self._opened()}
        self._spread(self.hidden, RECORDS)
        self._spread_by_text()
        # What no list allows is not shown, but no secret: a visit whose host is not shown stays, without its host.
        others = self._not_allowed() - self.hidden
        self.hidden |= others
        self._spread(others, _NAMES)
        self.hidden |= self._orphans()
        # What is kept of the rules must not name what is hidden.
        self.permit = structs.replace(self.permit, people=self.permit.people - self.hidden)

    def _every(self) -> Iterator[ox.Quad]:
        yield from (quad for _, quad in self._opened())
        yield from self.closed

    def _opened(self) -> Iterator[tuple[Part, ox.Quad]]:
        for part, quads in self.open:
            for quad in quads:
                yield part, quad

    def _instances(self, classes: frozenset[str]) -> set[Node]:
        return {node for node, found in self.types.items() if found & classes} if classes else set()

    def _not_allowed(self) -> set[Node]:
        """What the data describes and the allow-list of classes does not name; a blank node without a class may pass."""
        allowed = self.permit.classes
        if allowed is None:
            return set()
        types = self.hierarchy.types(quad for _, quad in self._opened())
        described = {quad.subject for part, quad in self._opened() if part.kind == "data"}
        return {
            node for node in described - self.permit.model
            if not types.get(node, frozenset()) & allowed and (node in types or isinstance(node, ox.NamedNode))
        }  # fmt: skip

    @cached_property
    def _by_object(self) -> dict[object, list[tuple[Part, ox.Quad]]]:
        table: dict[object, list[tuple[Part, ox.Quad]]] = defaultdict(list)
        for part, quad in self._opened():
            if not isinstance(quad.object, ox.Literal):
                table[quad.object].append((part, quad))
        return table

    def _spread(self, terms: Iterable[object], records: frozenset[str]) -> None:
        waiting = list(terms)
        while waiting:
            for part, quad in self._by_object.get(waiting.pop(), ()):
                if quad.subject not in self.hidden and self._follows(part, quad, records):
                    self.hidden.add(quad.subject)
                    waiting.append(quad.subject)

    def _follows(self, part: Part, quad: ox.Quad, records: frozenset[str]) -> bool:
        """Whether the subject is hidden because the object is."""
        predicate = quad.predicate.value
        if part.kind == "shapes":
            return predicate != _LOOSE_IN_SHAPES
        if predicate in _LOOSE:
            return False
        return isinstance(quad.subject, ox.BlankNode) or bool(self.types.get(quad.subject, frozenset()) & records)

    def _spread_by_text(self) -> None:
        """A shape whose query or message names what is hidden is hidden too."""
        while True:
            names = self._names()
            found = {
                quad.subject for part, quad in self._opened()
                if part.kind == "shapes" and isinstance(quad.object, ox.Literal) and quad.subject not in self.hidden
                and names.named_in(quad.object.value)
            }  # fmt: skip
            if not found:
                return
            self.hidden |= found
            self._spread(found, RECORDS)

    def _kept(self, part: Part, quad: ox.Quad) -> bool:
        hidden = self.hidden
        if quad.subject in hidden or quad.object in hidden or quad.predicate in hidden or quad.graph_name in hidden:
            return False
        return self.permit(quad) if part.kind == "data" else quad.predicate.value not in self.permit.denied

    def _depends(self, node: object) -> bool:
        if isinstance(node, ox.Literal):
            return False
        return isinstance(node, ox.BlankNode) or bool(self.types.get(node, frozenset()) & _DEPENDENT)  # type: ignore[call-overload]

    def _orphans(self) -> set[object]:
        """Dependents that only what is hidden leads to."""
        leads: dict[object, list[object]] = defaultdict(list)
        lost: set[object] = {quad.object for quad in self.closed if self._depends(quad.object)}
        subjects, objects = set(), {quad.object for quad in self.closed}
        for part, quad in self._opened():
            objects.add(quad.object)
            if not self._kept(part, quad):
                lost |= {quad.object} if self._depends(quad.object) else set()
                continue
            subjects.add(quad.subject)
            if self._depends(quad.object):
                leads[quad.subject].append(quad.object)
        reached = _reached((node for node in subjects if not self._depends(node) or node not in objects), leads)
        return _reached(lost - reached, leads) - reached

    def _names(self) -> Hidden:
        iris = {term.value for term in self.hidden if isinstance(term, ox.NamedNode)}
        return Hidden(frozenset(iris | {self.curies.short(iri) for iri in iris}))

    def parts_left(self) -> tuple[Part, ...]:
        """The files without what is hidden; a file of which nothing is left is not there."""
        gone = {*self.closed}
        sources = {
            quad.object for quad in self._every()
            if quad.predicate.value == _HAS_SOURCE and (quad.subject in self.hidden or quad in gone)
        }  # fmt: skip
        names = self._names()
        out = []
        for part, quads in self.open:
            left = tuple(
                quad for quad in quads
                if self._kept(part, quad)
                and not (quad.predicate.value in _DIGESTS and quad.subject in sources)
                and not (isinstance(quad.object, ox.Literal) and names.named_in(quad.object.value))
            )  # fmt: skip
            if left or not part.quads:
                out.append(Part(part.name, part.kind, left))
        return tuple(out)

    def in_words(self) -> Hidden:
        """The hidden names, and the labels that nothing visible bears too."""
        there: set[str] = set()
        hidden = {str(getattr(quad.object, "value", "")) for quad in self.closed if quad.predicate.value in LABELS}
        for part, quad in self._opened():
            if quad.predicate.value in LABELS:
                (there if self._kept(part, quad) else hidden).add(str(getattr(quad.object, "value", "")))
        return Hidden(self._names().names, frozenset(label for label in hidden - there if len(label) > 1))


def _reached(starts: Iterable[object], leads: dict[object, list[object]]) -> set[object]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        for node in leads.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found
