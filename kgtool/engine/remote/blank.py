"""Blank nodes of an engine as IRIs (RDF 1.1 Concepts §3.5), because a label means something inside one answer only.

A node that the engine calls `_:b7` or `nodeID://b7` is `urn:kgtool:blank:b7` here: the same in every answer as long as the
engine's label is (Virtuoso and Oxigraph keep it as long as the graph is not loaded again). Where the engine has a way
to be asked for it, the IRI may be used in a query.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote

import pyoxigraph as ox

from kgtool.engine.store import Term

BLANK = "urn:kgtool:blank:"
_WITHIN = re.compile(rf"<{re.escape(BLANK)}([^<>\s]*)>")
_PREFIXES = ("nodeID://", "_:")


def skolem(label: str) -> ox.NamedNode:
    """The IRI of a blank node, from its label in an answer."""
    for prefix in _PREFIXES:
        label = label.removeprefix(prefix)
    return ox.NamedNode(BLANK + quote(label, safe="-._~"))


def is_skolem(term: object) -> bool:
    """Whether a term stands for a blank node of an engine."""
    return isinstance(term, ox.NamedNode) and term.value.startswith(BLANK)


def unskolem(term: ox.NamedNode) -> ox.BlankNode:
    """A blank node with a label of its own for each IRI of one."""
    return ox.BlankNode("r" + term.value.removeprefix(BLANK).encode("utf-8").hex())


def skolem_again(term: Term | None) -> Term | None:
    """A term of an answer with a blank node of `unskolem` as its IRI again; any other as it is."""
    if isinstance(term, ox.BlankNode) and term.value.startswith("r"):
        try:
            return ox.NamedNode(BLANK + bytes.fromhex(term.value[1:]).decode("utf-8"))
        except ValueError:
            return term
    return term


def to_engine(text: str, form: str) -> str:
    """A query's text in which the IRIs of blank nodes are the engine's names for them; unchanged where it has none."""
    if not form or BLANK not in text:
        return text
    return _WITHIN.sub(lambda found: form.format(unquote(found[1])), text)
