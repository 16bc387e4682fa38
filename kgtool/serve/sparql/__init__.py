"""SPARQL 1.1 over HTTP: the query protocol, the service description, and the graph store, all read-only."""

from kgtool.serve.sparql.endpoint import Sparql
from kgtool.serve.sparql.graphstore import GraphStore

__all__ = ["GraphStore", "Sparql"]
