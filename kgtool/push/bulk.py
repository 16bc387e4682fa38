"""A file for an engine's own loader, and what to type: for graphs that HTTP is too slow for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyoxigraph as ox
from msgspec import Struct

from kgtool.engine.remote.graphs import ntriples
from kgtool.engine.remote.manifest import State, manifest_graph, to_triples
from kgtool.errors import Texts, texts
from kgtool.project import Profile
from kgtool.push.plan import Plan
from kgtool.write.files import write_file

FILE = "graph.nq"


class Recipe(Struct, frozen=True):
    """What to do with the file.

    Attributes:
        file: N-Quads, one line a triple, sorted a graph.
        steps: commands, in order; each is a text to run as it stands but for what is in capitals between `<` and `>`.
        remark: what must be so for them to work.
    """

    file: Path
    steps: tuple[str, ...]
    remark: Texts


def write_bulk(plan: Plan, folder: Path) -> Recipe:
    """Write the plan and its manifest as N-Quads into a folder (made when missing).

    The manifest says that the push lasts: `kgtool push NAME --verify-only` ends it when the engine has loaded the file.
    Raises:
        ProjectError: the folder cannot be written.
    """
    file = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    write_file(file, "".join(_lines(plan)))
    name = plan.remote.name
    steps, remark = _steps(plan.remote.profile, file.resolve(), plan.remote.graph_store)
    return Recipe(file, (*steps, f"kgtool push {name} --verify-only"), remark)


def _lines(plan: Plan) -> Iterator[str]:
    manifest = to_triples(plan.remote, plan.manifest(State.LOADING))
    for graph, triples in (*plan.graphs.items(), (manifest_graph(plan.remote), tuple(manifest))):
        yield quads(graph, triples)


def quads(graph: str, triples: tuple[ox.Triple, ...]) -> str:
    """A graph as N-Quads lines."""
    return "".join(f"{line[:-2]} <{graph}> .\n" for line in ntriples(triples).split("\n") if line)


def _steps(profile: Profile, file: Path, store: str) -> tuple[tuple[str, ...], Texts]:
    if profile is Profile.VIRTUOSO:
        return (
            f"isql-vt <HOST>:<PORT> <USER> <PASSWORD> exec=\"ld_dir('{file.parent}', '{file.name}', 'urn:kgtool:bulk')\"",
            'isql-vt <HOST>:<PORT> <USER> <PASSWORD> exec="rdf_loader_run()"',
            'isql-vt <HOST>:<PORT> <USER> <PASSWORD> exec="checkpoint"',
        ), texts(
            zh="該資料夾須在 virtuoso.ini 之 DirsAllowed 中;重新載入前先清除舊圖與 DB.DBA.LOAD_LIST 中之舊列。",
            en="The folder must be in DirsAllowed of virtuoso.ini; before loading again, clear the old graphs and the old "
            "row of DB.DBA.LOAD_LIST.",
        )  # fmt: skip
    if profile is Profile.OXIGRAPH:
        return (f"oxigraph load --location <LOCATION> --file '{file}'",), texts(
            zh="請先停止伺服器;載入後再啟動。", en="Stop the server first, and start it again afterwards."
        )
    return (f"curl --fail -X POST -H 'Content-Type: application/n-quads' --data-binary '@{file}' '{store}'",), texts(
        zh="標準未規定整批載入;請依該引擎之說明。",
        en="The standard has no bulk load; see the engine's own documentation.",
    )
