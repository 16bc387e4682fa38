"""What of the data goes into a package: all of it, what a build query makes, or a city's neighbourhood.

The neighbourhood of governments is
    1. the governments, and the organs of each (cd:organOf, any number of steps);
    2. backwards, every record that names one of these, and every record that names such a record, and so on. Records
       are names, ties, agreements, events, participations, posts, tenures and claims;
    3. forwards from all of these, whatever they name, and what that names: persons, places, sources, evidence, the
       other parties. What is only reached forwards brings no records of its own: a festival that the city came to is
       there, the other guests' participations are not;
    4. IRIs that one of these has replaced.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kgtool.engine import Triples
from kgtool.errors import UsageError, texts
from kgtool.named import Binder, run
from kgtool.project import ExportProfile
from kgtool.snapshot import Snapshot
from kgtool.terms import CD, DCT, GRAPH, RDF, RDFS

# The graph that holds what a build query made.
BUILT = GRAPH + "built"
NEIGHBOURHOOD = "neighbourhood"
_TYPE = ox.NamedNode(RDF + "type")
_ORGAN_OF = ox.NamedNode(CD + "organOf")
_RECORDS = tuple(
    CD + name for name in ("Name", "Tie", "Agreement", "Event", "Participation", "Post", "Tenure", "Claim")
)  # fmt: skip


def data_of(snapshot: Snapshot) -> tuple[ox.Quad, ...]:
    """The quads of the data's files."""
    return tuple(quad for quad in snapshot.stated if quad.graph_name not in snapshot.model)


def select(snapshot: Snapshot, profile: ExportProfile, seeds: Sequence[ox.NamedNode]) -> tuple[ox.Quad, ...]:
    """The quads that a profile asks for, in file order.

    Args:
        seeds: the governments of `--for`.
    Raises:
        UsageError: a neighbourhood of nothing, seeds that the profile has no use for, or no such build query.
        QueryError: the build query failed.
    """
    if seeds or profile.resources == NEIGHBOURHOOD:
        if profile.resources != NEIGHBOURHOOD or not seeds:
            raise _misfit(profile)
        return neighbourhood(snapshot, seeds)
    if profile.resources == "all":
        return data_of(snapshot)
    return _built(snapshot, profile)


def neighbourhood(snapshot: Snapshot, seeds: Iterable[ox.NamedNode]) -> tuple[ox.Quad, ...]:
    """The quads of the data about governments, by the rule above. Cost: linear in the data."""
    data = data_of(snapshot)
    leads: dict[object, list[object]] = defaultdict(list)
    named_by: dict[object, list[object]] = defaultdict(list)
    organs: dict[object, list[object]] = defaultdict(list)
    classes = _below(snapshot, _RECORDS)
    records = {quad.subject for quad in data if quad.predicate == _TYPE and quad.object in classes}
    for quad in data:
        if isinstance(quad.object, ox.Literal) or quad.predicate == _TYPE:
            continue
        leads[quad.subject].append(quad.object)
        if quad.subject in records:
            named_by[quad.object].append(quad.subject)
        if quad.predicate == _ORGAN_OF:
            organs[quad.object].append(quad.subject)
    chosen = _reached(_reached(_reached(seeds, organs), named_by), leads)
    chosen |= {quad.subject for quad in data if quad.predicate.value == DCT + "isReplacedBy" and quad.object in chosen}
    return tuple(quad for quad in data if quad.subject in chosen)


def _reached(starts: Iterable[object], edges: dict[object, list[object]]) -> set[object]:
    found = set(starts)
    waiting = list(found)
    while waiting:
        for node in edges.get(waiting.pop(), ()):
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _below(snapshot: Snapshot, classes: Iterable[str]) -> set[object]:
    """The classes and their subclasses."""
    narrower: dict[object, list[object]] = defaultdict(list)
    for quad in snapshot.stated:
        if quad.predicate.value == RDFS + "subClassOf":
            narrower[quad.object].append(quad.subject)
    return _reached((ox.NamedNode(cls) for cls in classes), narrower)


def _built(snapshot: Snapshot, profile: ExportProfile) -> tuple[ox.Quad, ...]:
    """What a build query makes, literals in the form in which the files state them."""
    query = snapshot.catalog.queries.get(profile.resources)
    if query is None or query.form not in {"CONSTRUCT", "DESCRIBE"}:
        raise UsageError(
            "E-EXPORT-QUERY",
            texts(zh=f"設定檔 exports.{profile.name} 所指之建構查詢「{profile.resources}」不存在。",
                  en=f"profile '{profile.name}': there is no build query '{profile.resources}'."),
            texts(zh="`kgtool query` 列出所有查詢。", en="`kgtool query` lists them all."),
        )  # fmt: skip
    binder = Binder(snapshot.curies, snapshot.today, snapshot.store)
    answer = run(query, binder.bind(query, profile.params), snapshot.store, snapshot.project.prefixes)
    forms = {
        (quad.subject, quad.predicate, _value(quad.object)): quad.object
        for quad in reversed(snapshot.stated) if isinstance(quad.object, ox.Literal)
    }  # fmt: skip
    graph = ox.NamedNode(BUILT)
    return tuple(
        ox.Quad(t.subject, t.predicate, forms.get((t.subject, t.predicate, _value(t.object)), t.object), graph)
        for t in (answer.triples if isinstance(answer, Triples) else ())
    )


def _value(term: object) -> object:
    """A key that a literal shares with the form that the store makes of it: numbers and times by value."""
    if not isinstance(term, ox.Literal) or term.language:
        return term
    text, kind = term.value, term.datatype.value.rpartition("#")[2]
    if kind in {"integer", "decimal", "double", "float"} or kind.endswith(("Integer", "int", "long", "short", "byte")):
        try:
            return kind, float(text)
        except ValueError:
            return term
    if kind == "boolean":
        return kind, {"1": "true", "0": "false"}.get(text, text)
    return term


def _misfit(profile: ExportProfile) -> UsageError:
    if profile.resources == NEIGHBOURHOOD:
        said = texts(zh=f"設定檔「{profile.name}」需指明城市。", en=f"profile '{profile.name}' is about a city.")
        hint = texts(zh=f"例如:kgtool export {profile.name} --for 城市", en=f"kgtool export {profile.name} --for CITY")
        return UsageError("E-EXPORT-FOR", said, hint)
    said = texts(zh=f"設定檔「{profile.name}」不分城市。", en=f"profile '{profile.name}' is not about one city.")
    hint = texts(zh='請去掉 --for,或於設定寫 resources = "neighbourhood"。',
                 en='Leave --for out, or set resources = "neighbourhood".')  # fmt: skip
    return UsageError("E-EXPORT-FOR", said, hint)
