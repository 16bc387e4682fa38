"""The push itself: what changed is put, read back and compared; what ends in the middle says so and can go on.

While it lasts, the manifest in the engine says that it does, and `kgtool` refuses to answer from such a graph. A graph is
replaced by one request (a long one by several), so a reader that is not kgtool sees whole files, old or new.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

import pyoxigraph as ox
from msgspec import Struct
from msgspec.structs import replace

from kgtool.engine.remote import Credentials, RemoteStore
from kgtool.engine.remote.graphs import GraphStore
from kgtool.engine.remote.manifest import State, manifest_graph, to_triples
from kgtool.errors import RemoteError, texts
from kgtool.lang import plural
from kgtool.project import Remote, Scope
from kgtool.push.difference import Difference, counts, differences
from kgtool.push.plan import Plan

_CHUNK = 20_000  # triples a request
Progress = Callable[[str], None]


class Pushed(Struct, frozen=True):
    """What a push did, or would do.

    Attributes:
        put, same, pruned: graphs that were loaded, that were as they should be, that were removed.
        left: graphs of this project that are no longer in it and were not removed.
        differences: graphs that do not hold what they were given; empty is what one wants.
    """

    put: tuple[str, ...]
    same: tuple[str, ...]
    pruned: tuple[str, ...]
    left: tuple[str, ...]
    differences: tuple[Difference, ...]
    triples: int
    seconds: float


def push(
    plan: Plan, who: Credentials | None, *, prune: bool = False, dry_run: bool = False, tolerant: bool = False,
    progress: Progress = lambda _: None,
) -> Pushed:  # fmt: skip
    """Make the remote hold the plan.

    Args:
        prune: remove graphs of this project that the plan has not.
        dry_run: say what would be done, and change nothing.
        tolerant: take a graph that the engine does not keep exactly for loaded; the differences are still told.
        progress: called with the name of each graph before it is sent.
    Raises:
        RemoteError: the endpoint failed; `E-PUSH-HALF` says how far the push came. Run it again to go on.
    """
    began = time.monotonic()
    store = RemoteStore(replace(plan.remote, scope=Scope.ENGINE), who)
    have = counts(store)
    same = _unchanged(plan, store, have)
    todo = tuple(graph for graph in plan.graphs if graph not in same)
    gone = _gone(plan, store, have)
    if dry_run:
        return Pushed(todo, same, gone if prune else (), () if prune else gone, (), plan.triples, 0.0)
    graphs = GraphStore(plan.remote, who)
    _announce(plan, graphs, State.LOADING)
    done = 0
    try:
        for graph in todo:
            progress(graph)
            _put(graphs, graph, plan.graphs[graph])
            done += 1
        for graph in gone if prune else ():
            graphs.drop(graph)
        wrong = _compare(plan, store, todo)
        if tolerant or not wrong:
            _announce(plan, graphs, State.COMPLETE)
    except RemoteError as error:
        raise _half(plan.remote, error, done, len(todo)) from error
    seconds = time.monotonic() - began
    return Pushed(todo, same, gone if prune else (), () if prune else gone, wrong, plan.triples, seconds)


def verify(plan: Plan, who: Credentials | None, *, tolerant: bool = False) -> Pushed:
    """Compare every graph by its digest, whatever the manifest says; then the manifest says that the push is complete.

    For what an engine's own loader loaded (`kgtool push --bulk`), and for what somebody may have changed since.
    Raises:
        RemoteError: the endpoint failed.
    """
    began = time.monotonic()
    store = RemoteStore(replace(plan.remote, scope=Scope.ENGINE), who)
    wrong = _compare(plan, store, tuple(plan.graphs))
    whole = tolerant or not wrong
    _announce(plan, GraphStore(plan.remote, who), State.COMPLETE if whole else State.LOADING)
    differing = {found.graph for found in wrong}
    same = tuple(graph for graph in plan.graphs if graph not in differing)
    left = _gone(plan, store, counts(store))
    return Pushed((), same, (), left, wrong, plan.triples, time.monotonic() - began)


def _unchanged(plan: Plan, store: RemoteStore, have: Mapping[str, int]) -> tuple[str, ...]:
    """Graphs that are there as they should be: the manifest and the count say so, or a push that ended in the middle had
    loaded them, which only reading tells."""
    manifest = store.manifest
    if manifest is None:
        return ()
    likely = [graph for graph, held in plan.held.items() if have.get(graph) == held.triples]
    if manifest.state is State.COMPLETE:
        return tuple(graph for graph in likely if manifest.graphs.get(graph) == plan.held[graph])
    if not likely:
        return ()
    wrong = {one.graph for one in differences(store, {graph: plan.graphs[graph] for graph in likely}, plan.held)}
    return tuple(graph for graph in likely if graph not in wrong)


def _gone(plan: Plan, store: RemoteStore, have: Mapping[str, int]) -> tuple[str, ...]:
    """Graphs of this project that the plan has not: those of the last manifest, and those that are named like ours."""
    base = plan.remote.graph_base
    ours = {graph for graph in have if graph.startswith((base + "graph:", base + "model:"))}
    ours |= set(store.manifest.graphs if store.manifest else ()) & set(have)
    return tuple(sorted(ours - set(plan.graphs)))


def _put(graphs: GraphStore, name: str, triples: tuple[ox.Triple, ...]) -> None:
    """One graph. What holds a blank node goes in one request: a label means something inside one body only."""
    tied = [t for t in triples if isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode)]
    free = [t for t in triples if not (isinstance(t.subject, ox.BlankNode) or isinstance(t.object, ox.BlankNode))]
    room = max(_CHUNK - len(tied), 0)
    graphs.put(name, [*tied, *free[:room]])
    for start in range(room, len(free), _CHUNK):
        graphs.post(name, free[start : start + _CHUNK])


def _compare(plan: Plan, store: RemoteStore, graphs: tuple[str, ...]) -> tuple[Difference, ...]:
    """What differs: graphs by their digests, and the others of the plan by their counts."""
    have = counts(store)
    found = [
        Difference(graph, held.triples, have.get(graph, 0))
        for graph, held in plan.held.items()
        if graph not in graphs and have.get(graph, 0) != held.triples
    ]
    told = differences(store, {graph: plan.graphs[graph] for graph in graphs}, plan.held) if graphs else ()
    return tuple(sorted([*found, *told], key=lambda one: one.graph))


def _announce(plan: Plan, graphs: GraphStore, state: State) -> None:
    graphs.put(manifest_graph(plan.remote), to_triples(plan.remote, plan.manifest(state)))


def _half(remote: Remote, error: RemoteError, done: int, every: int) -> RemoteError:
    """The error with how far it came and how to go on."""
    return RemoteError(
        "E-PUSH-HALF",
        texts(
            zh=f"已載入 {done}/{every} 圖而中斷:{error.code} {error.message['zh-Hant']}",
            en=f"{done} of {every} {plural(every, 'graph')} {plural(done, 'is', 'are')} loaded, then: {error.code} {error.message['en']}",
        ),
        texts(
            zh=f"再執行 `kgtool push {remote.name}` 即由此繼續;完成前 kgtool 不由此引擎作答。",
            en=f"`kgtool push {remote.name}` goes on from there; until then kgtool does not answer from that engine.",
        ),
    )
