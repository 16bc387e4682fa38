"""Terms between pyoxigraph and rdflib, values unchanged.

rdflib rewrites literals as it makes them ("yes"^^xsd:boolean becomes false) unless told not to, and pyoxigraph
lower-cases language tags; so every literal is made with normalize=False and its tag put back into canonical case.
"""

from __future__ import annotations

import contextlib
import logging
import warnings
from collections.abc import Iterable, Iterator

import pyoxigraph as ox
import rdflib
from rdflib.term import IdentifiedNode

from kgtool import lang, terms

_STRING = terms.XSD + "string"


@contextlib.contextmanager
def quiet() -> Iterator[None]:
    """No warnings and no log of rdflib's: it writes a traceback to stderr for every ill-typed literal it meets.

    What is wrong with such a literal is a finding of the checks. Process-wide while it lasts.
    """
    logger = logging.getLogger("rdflib.term")
    before = logger.disabled
    logger.disabled = True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.disabled = before


def to_rdflib(term: object) -> rdflib.term.Node:
    """A pyoxigraph term as an rdflib term."""
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if not isinstance(term, ox.Literal):
        raise TypeError(f"no rdflib term for {term!r}")
    if term.language:
        return rdflib.Literal(term.value, lang=lang.canonical(term.language), normalize=False)
    if term.datatype.value == _STRING:
        return rdflib.Literal(term.value, normalize=False)
    return rdflib.Literal(term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False)


def from_rdflib(node: object) -> ox.NamedNode | ox.BlankNode | ox.Literal:
    """An rdflib term as a pyoxigraph term."""
    if isinstance(node, rdflib.URIRef):
        return ox.NamedNode(str(node))
    if isinstance(node, rdflib.BNode):
        return ox.BlankNode(str(node))
    if not isinstance(node, rdflib.Literal):
        raise TypeError(f"no pyoxigraph term for {node!r}")
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype or _STRING)))


def to_graph(statements: Iterable[ox.Quad | ox.Triple]) -> rdflib.Graph:
    """Statements as one rdflib graph; graph names are dropped. Cost: about 40 s a million triples."""
    graph = rdflib.Graph(bind_namespaces="none")
    cache: dict[object, rdflib.term.Node] = {}

    def term(value: object) -> rdflib.term.Node:
        node = cache.get(value)
        if node is None:
            node = cache[value] = to_rdflib(value)
        return node

    with quiet():
        for statement in statements:
            subject = term(statement.subject)
            if isinstance(subject, IdentifiedNode):
                graph.add((subject, term(statement.predicate), term(statement.object)))
    return graph
