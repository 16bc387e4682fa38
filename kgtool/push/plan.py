"""What goes where: a project's ontology and data as the graphs that a remote shall hold."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import pyoxigraph as ox
from msgspec import Struct

from kgtool.audience import Part, policy_of, visible
from kgtool.engine.remote.manifest import Held, Manifest, State
from kgtool.errors import EngineError, UsageError, texts
from kgtool.formats import Audience
from kgtool.load import Dataset
from kgtool.project import Project, Remote
from kgtool.project.remotes import GRAPHS
from kgtool.push.normal import digest, normal
from kgtool.write.curie import Curies


class Plan(Struct, frozen=True):
    """What a remote shall hold.

    Attributes:
        graphs: IRI to the triples as stated, sorted by IRI; an empty file has no graph.
        held: the same graphs' numbers and digests.
        audience: the outermost audience that may see all of it.
    """

    remote: Remote
    graphs: Mapping[str, tuple[ox.Triple, ...]]
    held: Mapping[str, Held]
    audience: Audience = Audience.INTERNAL

    @property
    def version(self) -> str:
        """Hexadecimal SHA-256 over names, digests and audience."""
        summed = hashlib.sha256(self.audience.encode())
        for graph, held in self.held.items():
            summed.update(f"{graph} {held.digest}\n".encode())
        return summed.hexdigest()

    @property
    def triples(self) -> int:
        return sum(held.triples for held in self.held.values())

    def manifest(self, state: State) -> Manifest:
        """What the remote says of itself in that state."""
        return Manifest(state, self.version, self.held, self.audience)


def make_plan(
    remote: Remote, dataset: Dataset, project: Project | None = None, audience: Audience = Audience.INTERNAL
) -> Plan:
    """One graph a file, or one for all where the remote's settings name it; a triple of two files is then there once.

    Args:
        project: whose rules say what an audience may see; None: no rule is known, and what is loaded is for `internal`.
        audience: what it may not see is not loaded.
    Cost: 5 µs a triple, one pass more for each audience asked about, and canonical labels for the graphs that have blank nodes.
    Raises:
        UsageError: the remote has no place to put graphs.
        EngineError: the blank nodes of a graph cannot be given canonical labels, so it could not be verified.
    """
    if not remote.graph_store:
        raise UsageError(
            "E-PUSH-STORE",
            texts(zh=f"遠端 {remote.name} 未設定 graph-store。", en=f"remote {remote.name} has no graph-store set."),
            texts(zh="請於設定寫其 Graph Store Protocol 位址。", en="Set the address of its Graph Store Protocol."),
        )
    parts = [
        Part(file.name, file.kind, of_file)
        for file, of_file in ((file, dataset.graphs[file.graph]) for file in dataset.files)
        if file.kind in {"ontology", "data"}
    ]
    names = {file.name: remote.graph or remote.graph_base + file.graph.removeprefix(GRAPHS) for file in dataset.files}
    found: dict[str, dict[ox.Triple, None]] = {}
    for part in _seen(parts, project, audience):
        for quad in part.quads:
            found.setdefault(names[part.name], {})[quad.triple] = None
    graphs = {name: tuple(found[name]) for name in sorted(found)}
    held = {name: _held(name, triples) for name, triples in graphs.items()}
    return Plan(remote, MappingProxyType(graphs), MappingProxyType(held), _outermost(parts, project, audience))


def _seen(parts: Sequence[Part], project: Project | None, audience: Audience) -> Sequence[Part]:
    if project is None or audience is Audience.INTERNAL:
        return parts
    return visible(parts, policy_of(project, audience), Curies(project.prefixes)).parts


def _outermost(parts: Sequence[Part], project: Project | None, audience: Audience) -> Audience:
    """The first audience from outside that sees everything that the given one does."""
    loaded = sum(len(part.quads) for part in _seen(parts, project, audience))
    for other in Audience if project is not None else ():
        if other is audience or sum(len(part.quads) for part in _seen(parts, project, other)) == loaded:
            return other
    return Audience.INTERNAL


def _held(name: str, triples: tuple[ox.Triple, ...]) -> Held:
    labelled = normal(triples)
    if labelled is None:
        raise EngineError(
            "E-PUSH-BLANK",
            texts(
                zh=f"{name}:空白節點過於相似,無法求得標準標籤。",
                en=f"{name}: its blank nodes look too much alike for canonical labels.",
            ),
            texts(zh="請以 IRI 命名這些節點。", en="Name these nodes by IRIs."),
        )
    return Held(len(labelled), digest(labelled))
