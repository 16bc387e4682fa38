"""`[tool.kgtool.remotes.NAME]`: an engine elsewhere that holds this project's graph.

No secret stands in the settings: user and password come from the environment or from netrc (`kgtool.engine.remote`).
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct

from kgtool.errors import Texts, UsageError, texts
from kgtool.project.table import TableError, choice, only

# What the names of a project's graphs begin with (`terms.GRAPH`, `terms.MODEL_GRAPH`), unless a remote says otherwise.
GRAPHS = "urn:kgtool:"
_KEYS = ("url", "graph-store", "profile", "timeout", "page-size", "default-graph", "graph-base", "graph", "evaluate")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
# Source: RFC 3987, without what SPARQL's IRIREF excludes.
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^<>\"{}|^`\\\x00-\x20]+")
_LONGEST, _LARGEST = 3600.0, 1_000_000
_PLACES = ("url", "graph-store")


class Profile(enum.StrEnum):
    """Whose ways an engine has; `generic` is the standards alone."""

    GENERIC = "generic"
    VIRTUOSO = "virtuoso"
    OXIGRAPH = "oxigraph"
    GRAPHDB = "graphdb"
    STARDOG = "stardog"
    NEPTUNE = "neptune"
    ALLEGROGRAPH = "allegrograph"


class Scope(enum.StrEnum):
    """What a query sees as the default graph: the graphs that `kgtool push` loaded, all graphs, what the engine itself
    says, or the graphs that the settings list."""

    PROJECT = "project"
    UNION = "union"
    ENGINE = "engine"
    LISTED = "listed"


class Evaluate(enum.StrEnum):
    """Where the queries that people write are evaluated: in the engine, or on this machine over the engine's triples."""

    THERE = "there"
    HERE = "here"


class Remote(Struct, frozen=True):
    """An engine and how to speak to it.

    Attributes:
        name: of the settings' table; "" for an address that the command line gives.
        url: where queries go (SPARQL 1.1 Protocol).
        graph_store: where graphs are put (SPARQL 1.1 Graph Store Protocol, indirect); "" for none.
        timeout: seconds, wall clock, of one request from name look-up to last byte.
        page_size: rows a request asks for; below what the engine cuts answers at.
        scope, graphs: what the default graph is; `graphs` is empty but for `LISTED`.
        graph_base: what the names of this project's graphs begin with there; two projects in one engine need two.
        graph: the one graph that everything is put in; "" for one graph a file.
        evaluate: who evaluates named queries and query files; shapes are always checked in the engine.
    """

    name: str
    url: str
    graph_store: str = ""
    profile: Profile = Profile.GENERIC
    timeout: float = 60.0
    page_size: int = 5_000
    scope: Scope = Scope.ENGINE
    graphs: tuple[str, ...] = ()
    graph_base: str = GRAPHS
    graph: str = ""
    evaluate: Evaluate = Evaluate.THERE


def read_remotes(value: Mapping[str, Any]) -> dict[str, Remote]:
    """The remotes of the settings, sorted by name.

    Raises:
        TableError: a key is missing, unknown, or has a wrong value. No address that holds a password is repeated.
    """
    return {name: _remote(name, table) for name, table in sorted(value.items())}


def remote_at(known: Mapping[str, Remote], given: str) -> Remote:
    """What `--endpoint URL|NAME` means.

    Raises:
        UsageError: neither a remote of the settings nor an address.
    """
    if given in known:
        return known[given]
    if "://" not in given:
        listed = ", ".join(known) or "-"
        raise UsageError(
            "E-REMOTE-NONE",
            texts(zh=f"設定中沒有名為「{given}」的遠端引擎。", en=f"the settings have no remote named '{given}'."),
            texts(zh=f"請給位址,或下列之一:{listed}", en=f"Give an address, or one of: {listed}"),
        )
    wrong = _bad_address(given)
    if wrong:
        raise UsageError(
            "E-REMOTE-URL",
            texts(zh=f"--endpoint 的位址{wrong['zh-Hant']}。", en=f"the address of --endpoint {wrong['en']}."),
            texts(zh="例如:--endpoint http://127.0.0.1:8890/sparql", en="E.g. --endpoint http://127.0.0.1:8890/sparql"),
        )
    return Remote("", given)


def _remote(name: str, value: Any) -> Remote:
    if not _NAME.fullmatch(name):
        raise TableError(name, "a name is letters, digits, - and _", "名稱須為英數字、- 與 _")
    table = only(value, _KEYS, name)
    for place in _PLACES:
        wrong = _bad_address(table[place]) if place in table else None
        if wrong:
            raise TableError(f"{name}.{place}", wrong["en"], wrong["zh-Hant"])
    if "url" not in table:
        raise TableError(name, 'needs url = "ADDRESS"', '須有 url = "位址"')
    scope, graphs = _scope(f"{name}.default-graph", table.get("default-graph", Scope.PROJECT))
    profile = Profile(choice(table.get("profile", Profile.GENERIC), Profile, f"{name}.profile"))
    return Remote(
        name, table["url"], table.get("graph-store", ""),
        profile,
        float(_number(f"{name}.timeout", table.get("timeout", 60), _LONGEST)),
        int(_number(f"{name}.page-size", table.get("page-size", 5_000), _LARGEST, whole=True)),
        scope, graphs, _iri(f"{name}.graph-base", table.get("graph-base", GRAPHS)),
        _iri(f"{name}.graph", table["graph"]) if "graph" in table else "",
        Evaluate(choice(table.get("evaluate", _usual(profile)), Evaluate, f"{name}.evaluate")),
    )  # fmt: skip


def _usual(profile: Profile) -> Evaluate:
    """Virtuoso 7 answers every other named query wrongly, and says nothing (docs/remote.md)."""
    return Evaluate.HERE if profile is Profile.VIRTUOSO else Evaluate.THERE


def _bad_address(value: Any) -> Texts | None:
    """What is wrong with an address; it is not repeated, since it may hold a password."""
    try:
        parts = urlsplit(value if isinstance(value, str) else "")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not isinstance(value, str) or not host or port == 0 or parts.scheme not in {"http", "https"}:
        return texts(zh="須為 http:// 或 https:// 位址", en="must be an http:// or https:// address")
    if parts.username is not None or parts.password is not None:
        return texts(zh="不得含帳號密碼;請用環境變數或 netrc", en="must hold no password; use the environment or netrc")
    if parts.fragment or not value.isascii() or not value.isprintable() or " " in value:
        return texts(zh="不得含空白、# 或非 ASCII 字元", en="must hold no blank, # or character outside ASCII")
    return None


def _number(where: str, value: Any, most: float, *, whole: bool = False) -> float:
    kinds = (int,) if whole else (int, float)
    if isinstance(value, bool) or not isinstance(value, kinds) or not 0 < value <= most:
        raise TableError(where, f"must be a number above 0, at most {most:g}", f"須為大於 0、至多 {most:g} 之數")
    return value


def _scope(where: str, value: Any) -> tuple[Scope, tuple[str, ...]]:
    """`project`, `union`, `engine`, an IRI or a list of IRIs."""
    if isinstance(value, str) and value in {Scope.PROJECT, Scope.UNION, Scope.ENGINE}:
        return Scope(value), ()
    graphs = [value] if isinstance(value, str) else value
    if not isinstance(graphs, list) or not graphs:
        raise TableError(
            where, "must be project, union, engine, or IRIs of graphs", "須為 project、union、engine 或圖的 IRI"
        )
    return Scope.LISTED, tuple(_iri(where, graph) for graph in graphs)


def _iri(where: str, value: Any) -> str:
    if not isinstance(value, str) or not _IRI.fullmatch(value):
        raise TableError(where, "must be an absolute IRI", "須為絕對 IRI")
    return value
