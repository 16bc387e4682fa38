"""Named queries and settings without what an audience may not see: an example value names a resource as plainly as data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from msgspec import structs

from kgtool.audience.model import Hidden
from kgtool.catalog import Catalog, NamedQuery, Param, QueryTest
from kgtool.engine.guard import without_escapes
from kgtool.formats import Audience
from kgtool.project import Project, Setting

_PREFIX = re.compile(r"\bprefix\s+([\w.-]*):\s*<([^<>\s]*)>", re.IGNORECASE)
_CURIE = re.compile(r"(?<![\w:/#])([\w.-]*):([\w][\w.-]*[\w]|[\w])")
# Settings that may name what is hidden and that nobody outside needs.
_INSIDE = ("audiences", "waivers", "exports", "baseline", "sources")


def visible_catalog(catalog: Catalog, hidden: Hidden) -> Catalog:
    """The queries that do not need anything hidden; examples and tests that mention it are taken out.

    A query whose text, default or list of allowed values names something hidden is left out as a whole.
    """
    if not hidden.names:
        return catalog
    left = {name: _visible_query(query, hidden) for name, query in catalog.queries.items()}
    queries = {name: _offering(query, left) for name, query in left.items() if query is not None}
    files = {query.file.name for query in queries.values()}
    problems = tuple(problem for problem in catalog.problems if problem.place.path in files)
    return Catalog(queries, problems, tuple(file for file in catalog.files if file.name in files))


def visible_project(project: Project, audience: Audience, hidden: Hidden) -> Project:
    """The project without presets that name what is hidden, and without the settings that are about hiding."""
    if audience is Audience.INTERNAL:
        return project
    settings = dict(project.settings)
    for name in _INSIDE:
        if name in settings:
            settings[name] = Setting(type(settings[name].value)(), "default")
    presets = {
        name: table for name, table in settings["presets"].value.items() if not hidden.in_text(" ".join(_strings(table)))
    }  # fmt: skip
    settings["presets"] = Setting(presets, settings["presets"].origin)
    return structs.replace(project, settings=MappingProxyType(settings))


def _visible_query(query: NamedQuery, hidden: Hidden) -> NamedQuery | None:
    header, body = _split(query.text)
    required = [
        text for param in query.params.values()
        for text in (param.default, *param.values, *_strings(dict(param.value_texts))) if text
    ]  # fmt: skip
    told = [*query.summary.values(), *query.description.values(), *query.fix.values()]
    if _mentions(body, query.text, hidden) or any(hidden.in_text(text) for text in (*required, *told)):
        return None
    if not hidden.in_text(header):
        return query
    params = {name: _without_example(param, hidden) for name, param in query.params.items()}
    tests = tuple(test for test in query.tests if not hidden.in_text(" ".join(_of_test(test))))
    blank = "\n".join("#+" if line.startswith("#+") else line for line in header.split("\n"))
    return structs.replace(query, params=params, tests=tests, text=blank + body)


def _split(text: str) -> tuple[str, str]:
    """The leading lines of comment and the query; together they are the text, so that line numbers stay."""
    end = 0
    for line in text.splitlines(keepends=True):
        if line.strip() and not line.lstrip("\ufeff \t").startswith("#"):
            break
        end += len(line)
    return text[:end], text[end:]


def _mentions(body: str, text: str, hidden: Hidden) -> bool:
    """Whether the query names something hidden, by IRI or by a prefix of the project or of its own, or by label."""
    plain = without_escapes(body)
    own = dict(_PREFIX.findall(without_escapes(text)))
    expanded = (own[prefix] + local for prefix, local in _CURIE.findall(plain) if prefix in own)
    return hidden.in_text(plain) or any(iri in hidden.names for iri in expanded)


def _offering(query: NamedQuery, left: Mapping[str, NamedQuery | None]) -> NamedQuery:
    """The query, its parameters without the offers of queries that were left out."""
    if all(not param.values_query or left.get(param.values_query) for param in query.params.values()):
        return query
    params = {
        name: param if left.get(param.values_query) else structs.replace(param, values_query="")
        for name, param in query.params.items()
    }
    return structs.replace(query, params=params)


def _without_example(param: Param, hidden: Hidden) -> Param:
    label = {tag: text for tag, text in param.label.items() if not hidden.in_text(text)}
    example = None if param.example and hidden.in_text(param.example) else param.example
    return structs.replace(param, example=example, label=label)


def _of_test(test: QueryTest) -> Iterable[str]:
    yield from _strings(dict(test.params))
    yield test.expect
    for row in test.rows or ():
        yield from row


def _strings(value: object) -> Iterable[str]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from (str(key), *_strings(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)
    else:
        yield str(value)
