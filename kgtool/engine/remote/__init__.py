"""Engines elsewhere, spoken to over SPARQL 1.1 Protocol: an answer is whole, or it is an error with exit status 3.

`RemoteStore` answers queries. `kgtool.push` fills the engine. docs/remote.md says what each engine does otherwise.
"""

from kgtool.engine.remote.credentials import Credentials, credentials_of
from kgtool.engine.remote.store import RemoteStore

__all__ = ["Credentials", "RemoteStore", "credentials_of"]
