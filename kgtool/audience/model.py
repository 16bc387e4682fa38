"""Values of the room: a file's quads, what an audience may see, and what was hidden from it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
from msgspec import Struct, field

from kgtool.errors import ProjectError, texts
from kgtool.formats import Audience
from kgtool.project import AudienceRules, Project
from kgtool.terms import CD, RDF, RDFS, SKOS
from kgtool.write.curie import Curies

Node = ox.NamedNode | ox.BlankNode | ox.Triple
MARK = CD + "audience"
LABELS = (SKOS + "prefLabel", SKOS + "altLabel", SKOS + "hiddenLabel", RDFS + "label")
# What may be an IRI or a prefixed name in a text.
_NAME = re.compile(r"[A-Za-z][\w+.-]*:[^\s<>\"'{}|^`\\(),;]+")


class Part(Struct, frozen=True):
    """One file: its name in the project, `ontology`, `data` or `shapes`, and its quads."""

    name: str
    kind: str
    quads: tuple[ox.Quad, ...]


class Policy(Struct, frozen=True):
    """What one audience may see, names resolved to IRIs; None is no limit.

    Attributes:
        folders: a folder or file of the project to whom it is for; the longest one that fits a file decides.
        classes, properties, persons: allow-lists for the data; `persons` is for statements by and about persons.
        deny: resources, classes and properties that are never shown.
    """

    audience: Audience
    folders: Mapping[str, Audience] = field(default_factory=dict)
    classes: frozenset[str] | None = None
    properties: frozenset[str] | None = None
    persons: frozenset[str] | None = None
    deny: frozenset[str] = frozenset()

    @property
    def limits(self) -> bool:
        """Whether the settings hide anything at all from this audience; marks in the data may still do."""
        rules = (self.classes, self.properties, self.persons)
        return bool(self.deny) or any(rule is not None for rule in rules) or any(
            not self.audience.sees(folder) for folder in self.folders.values()
        )  # fmt: skip

    def closes(self, name: str) -> bool:
        """Whether a file is hidden as a whole."""
        fitting = [folder for folder in self.folders if name == folder or name.startswith(folder + "/")]
        return bool(fitting) and not self.audience.sees(self.folders[max(fitting, key=len)])


class Hidden(Struct, frozen=True):
    """What was hidden, for those who must not mention it: IRIs with their prefixed names, and their labels.

    Never kept by what serves an audience.
    """

    names: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()

    def in_text(self, text: str) -> bool:
        """Whether a text mentions a hidden IRI, prefixed name or label. Cost: linear in text and number of labels."""
        return self.named_in(text) or any(label in text for label in self.labels)

    def named_in(self, text: str) -> bool:
        """Whether a text mentions a hidden IRI or prefixed name; a full stop behind it is the sentence's."""
        if not self.names or ":" not in text:
            return False
        found = _NAME.findall(text)
        return any(name in self.names or name.rstrip(".!?") in self.names for name in found)


class Permit(Struct, frozen=True):
    """The rules that hold for a single statement, stated or inferred; the empty value permits everything."""

    properties: frozenset[str] | None = None
    classes: frozenset[str] | None = None
    persons: frozenset[str] | None = None
    denied: frozenset[str] = frozenset()
    people: frozenset[Node] = frozenset()
    model: frozenset[Node] = frozenset()

    def __call__(self, statement: ox.Quad | ox.Triple) -> bool:
        predicate, value = statement.predicate.value, statement.object
        if predicate == MARK or predicate in self.denied:
            return False
        if statement.subject in self.model:  # the ontology describes itself; the lists speak of the data
            return True
        if predicate == RDF + "type":
            return self.classes is None or getattr(value, "value", "") in self.classes
        if self.properties is not None and predicate not in self.properties:
            return False
        personal = statement.subject in self.people or value in self.people
        return not personal or self.persons is None or predicate in self.persons


def policy_of(project: Project, audience: Audience) -> Policy:
    """The project's rules for an audience.

    Raises:
        ProjectError: a name in the rules has no known prefix.
    """
    table = project.audiences
    rules = table.rules.get(audience, AudienceRules())
    curies = Curies(project.prefixes)

    def iris(key: str, names: Iterable[str] | None) -> frozenset[str] | None:
        return None if names is None else frozenset(_iri(curies, name, f"{audience}.{key}") for name in names)

    return Policy(
        audience, table.folders, iris("classes", rules.classes), iris("properties", rules.properties),
        iris("persons", rules.persons), iris("deny", rules.deny) or frozenset(),
    )  # fmt: skip


def _iri(curies: Curies, name: str, where: str) -> str:
    found = curies.expand(name)
    if found is None:
        raise ProjectError(
            "E-CONFIG-VALUE",
            texts(zh=f"設定「audiences.{where}」有誤:「{name}」之前綴未知。",
                  en=f"setting 'audiences.{where}': '{name}' has no known prefix."),
            texts(zh="請寫成已知前綴之名稱或 <IRI>。", en="Write a name with a known prefix, or <IRI>."),
        )  # fmt: skip
    return found
