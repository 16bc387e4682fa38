"""`kgtool query` as functions: a project and a name in, an answer with labels out."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox
from msgspec import Struct

from kgtool.catalog import Catalog, NamedQuery, load_catalog
from kgtool.catalog.header import HeaderError, has_header, read_header
from kgtool.catalog.text import form
from kgtool.engine import Answer, Bounded, EmbeddedStore, Queryable, QueryRunner, Solutions, guard
from kgtool.engine.remote import open_remote
from kgtool.errors import QueryError, Texts, UsageError, did_you_mean, texts
from kgtool.formats import EXTRA_FORMATS, RDF_SUFFIXES
from kgtool.lang import canonical, pick
from kgtool.late import closest
from kgtool.load import load
from kgtool.named import Binder, Given, run
from kgtool.project import Preset, Project, ProjectFile, Remote, project_files
from kgtool.terms import CD, DCT, RDFS, SKOS
from kgtool.write.curie import Curies

# Most specific first: a resource's preferred label is shown, an ontology term's rdfs:label, a source's title, and of a
# claim or passage, which bear no name, the summary.
_LABELS = (SKOS + "prefLabel", RDFS + "label", DCT + "title", CD + "summary")


class Workbench(Struct, frozen=True):
    """A project's queries and its store, opened once; query texts run in the runner's worker, look-ups in the store."""

    project: Project
    catalog: Catalog
    store: Queryable
    curies: Curies
    today: datetime.date
    runner: Bounded

    def find(self, name: str) -> tuple[NamedQuery, Preset | None]:
        """A named query, or a preset and the query it calls.

        Raises:
            UsageError: neither exists; the hint names the nearest.
            QueryError: the file exists and cannot be used; the message says why.
        """
        presets = self.project.presets
        if name in self.catalog.queries:
            return self.catalog.queries[name], None
        preset = presets.get(name)
        if preset and preset.query in self.catalog.queries:
            return self.catalog.queries[preset.query], preset
        if preset:
            name = preset.query
        for problem in self.catalog.problems:
            if Path(problem.place.path).stem == name:
                raise QueryError(
                    "E-QUERY-BROKEN",
                    texts(
                        zh=f"{problem.place}:{problem.message['zh-Hant'].rstrip('。')}。",
                        en=f"{problem.place}: {problem.message['en'].rstrip('.')}.",
                    ),
                    problem.fix,
                )
        known = sorted([*self.catalog.queries, *(() if preset else presets)])
        hint = did_you_mean(closest(name, known)) or texts(
            zh="`kgtool query` 列出所有查詢。", en="`kgtool query` lists them all."
        )
        raise UsageError("E-QUERY-NONE", texts(zh=f"沒有名為「{name}」的查詢。", en=f"no query named '{name}'."), hint)

    def answer(self, name: str, given: Given) -> Answer:
        """Run a named query or preset with texts as parameters; what is given wins over a preset's values."""
        query, preset = self.find(name)
        params = {**(preset.params if preset else {}), **given}
        return self._run(query, params)

    def answer_text(self, text: str, given: Given) -> Answer:
        """Run an ad-hoc query text; a header of `#+` lines is honoured when there is one.

        Raises:
            QueryError: not a query, an update or SERVICE, over a limit, or it does not parse.
        """
        refusal = guard(text, self.runner.limits)
        if refusal is not None:
            raise refusal.error()
        params = {}
        if has_header(text):
            try:
                params = dict(read_header(text).params)
            except HeaderError as error:
                raise QueryError(
                    "E-QUERY-BROKEN",
                    texts(
                        zh=f"第 {error.line} 行:{error.message['zh-Hant'].rstrip('。')}。",
                        en=f"line {error.line}: {error.message['en'].rstrip('.')}.",
                    ),
                    error.fix,
                ) from error
        file = ProjectFile("-", Path("-"), "queries")
        query = NamedQuery("-", "ask", file, text, form(text), {}, {}, params, {}, ())
        return self._run(query, given)

    def _run(self, query: NamedQuery, given: Given) -> Answer:
        terms = Binder(self.curies, self.today, self.store).bind(query, given)
        return run(query, terms, self.runner, self.project.prefixes)

    def labels(self, solutions: Solutions, language: str) -> dict[str, str]:
        """IRI to label in the wanted language (else by the fixed fallback) for every IRI of a table."""
        nodes = sorted({cell for row in solutions.rows for cell in row if isinstance(cell, ox.NamedNode)}, key=str)
        if not nodes:
            return {}
        found: dict[str, dict[int, dict[str, str]]] = {}
        for rank, predicate in enumerate(_LABELS):
            values = " ".join(str(node) for node in nodes)
            answer = self.store.query(
                f"SELECT ?x ?l WHERE {{ VALUES ?x {{ {values} }} ?x <{predicate}> ?l }} ORDER BY ?x ?l", {}
            )
            for node, label in answer.rows if isinstance(answer, Solutions) else ():
                if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal):
                    table: dict[str, str] = found.setdefault(node.value, {}).setdefault(rank, {})
                    table.setdefault(canonical(label.language or ""), label.value)
        return {iri: pick(by_rank[min(by_rank)], language) for iri, by_rank in found.items()}


def open_workbench(project: Project, now: datetime.datetime) -> Workbench:
    """Read ontology and data into a store. A file with syntax errors gives what could be read: `kgtool check` reports it."""
    files = [
        file for kind in ("ontology", "data") for file in project_files(project, kind, (*RDF_SUFFIXES, *EXTRA_FORMATS))
    ]
    store = EmbeddedStore(load(files, project["accept"]).quads())
    catalog = load_catalog(project)
    return Workbench(project, catalog, store, Curies(project.prefixes), project.today(now), QueryRunner(store))


def open_remote_workbench(
    project: Project, remote: Remote, now: datetime.datetime, environ: Mapping[str, str]
) -> Workbench:
    """A project's queries over a graph that lives in another engine; no data file is read, and nothing is asked yet.

    Args:
        environ: where user and password are (docs/remote.md).
    Raises:
        UsageError: only one of user and password is set.
    """
    store, runner = open_remote(remote, environ)
    return Workbench(project, load_catalog(project), store, Curies(project.prefixes), project.today(now), runner)


def listing(project: Project, catalog: Catalog) -> list[tuple[str, str, Texts]]:
    """Every query and preset as (name, role, summary), asks first, then presets, builds, checks; sorted by name."""
    order = {"ask": 0, "preset": 1, "build": 2, "check": 3}
    rows = [(query.name, query.role, query.summary) for query in catalog.queries.values()]
    rows += [(preset.name, "preset", preset.summary) for preset in project.presets.values()]
    return sorted(rows, key=lambda row: (order[row[1]], row[0]))
