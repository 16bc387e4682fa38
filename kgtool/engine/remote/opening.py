"""A remote of the settings as what answers queries over it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from kgtool.engine.limits import LOCAL, Limits
from kgtool.engine.remote.credentials import credentials_of
from kgtool.engine.remote.nearby import EitherStore, NearbyStore
from kgtool.engine.remote.store import RemoteStore
from kgtool.engine.runner import Bounded, Queryable
from kgtool.project import Evaluate, Remote

# Failures of an engine at one text; a deadline, a cut answer and a broken connection are none.
FAILED = frozenset({"E-REMOTE-STATUS", "E-REMOTE-QUERY", "E-REMOTE-LIMIT"})


class RemoteQueries(Bounded, Protocol):
    """What answers named queries over a remote."""

    def columns(self, text: str, prefixes: Mapping[str, str]) -> tuple[str, ...] | None: ...


def open_remote(
    remote: Remote, environ: Mapping[str, str], limits: Limits = LOCAL
) -> tuple[RemoteStore, RemoteQueries]:
    """The engine itself, for short look-ups and what is made for it, and what answers the queries that people write.

    Nothing is asked of the engine yet. A server or an export in front of an engine uses the second for named queries and the
    first for its own texts; `store.manifest.version` is to it what `Snapshot.version` is: it changes with every push, so it
    makes ETags. `kgtool.query.open_remote_workbench` has both beside the project's catalog.
    Args:
        environ: where user and password are (`kgtool.engine.remote.credentials`).
    Raises:
        UsageError: only one of user and password is set.
    """
    store = RemoteStore(remote, credentials_of(remote, environ), limits)
    return store, queries_over(store, limits)


def queries_over(store: RemoteStore, limits: Limits = LOCAL) -> RemoteQueries:
    """What answers the queries that people write, over an engine, as its settings say."""
    here = store.remote.evaluate is Evaluate.HERE
    return NearbyStore(store, limits) if here else EitherStore(store, limits)


def made_for(store: RemoteStore, queries: RemoteQueries) -> Queryable:
    """What answers texts that kgtool makes for an engine (shapes): the engine, and `queries` for one that it fails at.

    Virtuoso sorts no row of more than 4,096 bytes (SR319), which a plan for a larger graph may need where one for a smaller did
    not; a failure that is the engine's end is one for `queries` too.
    """
    if store.remote.evaluate is not Evaluate.HERE:
        return queries
    return EitherStore(store, nearby=queries, codes=FAILED)
