"""SPARQL 1.1 over HTTP: the query protocol, the service description, and the graph store, all read-only."""

from kgtool.serve.sparql.endpoint import Sparql

__all__ = ["Sparql"]
