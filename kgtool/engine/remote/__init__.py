"""Engines elsewhere, spoken to over SPARQL 1.1 Protocol: an answer is whole, or it is an error with exit status 3.

`open_remote` gives what answers queries: the engine itself (`RemoteStore`), or this machine over its triples (`NearbyStore`).
`kgtool.push` fills the engine. docs/remote.md says what each engine does otherwise.
"""

from kgtool.engine.remote.credentials import Credentials, credentials_of
from kgtool.engine.remote.nearby import NearbyStore
from kgtool.engine.remote.opening import RemoteQueries, made_for, open_remote, queries_over
from kgtool.engine.remote.store import RemoteStore

__all__ = [
    "Credentials",
    "NearbyStore",
    "RemoteQueries",
    "RemoteStore",
    "credentials_of",
    "made_for",
    "open_remote",
    "queries_over",
]
