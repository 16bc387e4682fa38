"""What rules are called: by code, by a rule's own name, by a check query's or a shape's. A name that nothing has is an error.

Somebody who misspells a rule to look at would otherwise read "nothing found".
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from pathlib import PurePosixPath

import pyoxigraph as ox

from kgtool.catalog import Catalog, load_catalog
from kgtool.errors import UsageError, did_you_mean, texts
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.late import closest
from kgtool.load import load
from kgtool.project import Project, project_files
from kgtool.rules import builtin_rules
from kgtool.write.curie import Curies

# A shape without a name gives its results the name of the constraint.
_COMPONENT = "ConstraintComponent"


class RuleNames:
    """The names of a project's rules; queries and shapes are read only for a name that the program's own are not."""

    def __init__(self, project: Project) -> None:
        self._project = project

    def begins(self, name: str) -> bool:
        """Whether a code begins with it."""
        return bool(name) and (_begins(name, builtin_rules()) or _begins(name, self._codes))

    def has(self, name: str) -> bool:
        """Whether it is a whole code, or what a finding may name as its source."""
        return name in builtin_rules() or name in self._written or name.endswith(_COMPONENT) or name in self._shapes

    def near(self, name: str) -> str:
        """The name that is most like it, "" when none is."""
        every = {known.casefold(): known for known in (*self._shapes, *self._written, *builtin_rules())}
        return every.get(closest(name.casefold(), every, 0.7), "")

    @cached_property
    def _catalog(self) -> Catalog:
        return load_catalog(self._project)

    @cached_property
    def _codes(self) -> frozenset[str]:
        return frozenset(query.code for query in self._catalog.queries.values() if query.code)

    @cached_property
    def _written(self) -> frozenset[str]:
        """Names and codes of check queries, those too that cannot be read, and the names of the program's own rules."""
        queries = (PurePosixPath(file.name) for file in self._catalog.files)
        checks = (name.stem for name in queries if name.parent.name == "check")
        return frozenset((*checks, *self._codes, *(rule.slug for rule in builtin_rules().values())))

    @cached_property
    def _shapes(self) -> frozenset[str]:
        """What the shapes' files say something of, as findings name it."""
        files = project_files(self._project, "shapes", (*RDF_SUFFIXES, *EXTRA_FORMATS))
        quads = load(files, self._project["accept"]).quads("shapes")
        iris = {quad.subject.value for quad in quads if isinstance(quad.subject, ox.NamedNode)}
        curies = Curies(self._project.prefixes)
        return frozenset(map(curies.short, iris))


def _begins(name: str, codes: Iterable[str]) -> bool:
    return any(code.startswith(name) for code in codes)


def known_only(project: Project, option: str, given: Iterable[str]) -> None:
    """Let names pass that select something: beginnings of codes, and sources.

    Raises:
        UsageError: there is no rule of such a name; the nearest that there is, is named.
    """
    names = RuleNames(project)
    for name in given:
        if names.begins(name) or (name and names.has(name)):
            continue
        raise UsageError(
            "E-RULE-NONE",
            texts(zh=f"{option} {name}:沒有這個規則或來源。", en=f"{option} {name}: there is no such rule or source."),
            did_you_mean(name.upper() if names.begins(name.upper()) else names.near(name))
            or texts(zh="`kgtool rule` 列出代碼;每次只給一個,可重複。",
                     en="`kgtool rule` lists the codes; give one at a time, as often as needed."),
        )  # fmt: skip
