"""Statements to N-Triples, N-Quads, TriG and RDF/XML, in stable order; literals keep their form, tags their case.

pyoxigraph's own writers give language tags in lower case, and rdflib's rewrite literals; so the text is made here.
Sources: RDF 1.1 N-Triples §2, N-Quads §2, TriG §2, RDF/XML §2. Cost: linear, about 5 µs a statement; built in memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from xml.sax.saxutils import escape, quoteattr

import pyoxigraph as ox

from kgtool import lang
from kgtool.errors import QueryError, texts
from kgtool.terms import RDF, XSD
from kgtool.write.curie import Curies
from kgtool.write.results import n3

# Source: Namespaces in XML 1.0 §4 (NCName), here without the rarest letters.
_LOCAL_NAME = re.compile(r"[^\W\d][\w.-]*$")
# Source: XML 1.0 §2.2 (Char).
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_ntriples(triples: Iterable[ox.Triple]) -> str:
    """N-Triples, sorted, each once."""
    return "".join(sorted({f"{_term(t.subject)} {_term(t.predicate)} {_term(t.object)} .\n" for t in triples}))


def to_nquads(quads: Iterable[ox.Quad]) -> str:
    """N-Quads, sorted, each once."""
    lines = set()
    for quad in quads:
        graph = "" if isinstance(quad.graph_name, ox.DefaultGraph) else f" {_term(quad.graph_name)}"
        lines.add(f"{_term(quad.subject)} {_term(quad.predicate)} {_term(quad.object)}{graph} .\n")
    return "".join(sorted(lines))


def to_trig(quads: Iterable[ox.Quad], prefixes: Mapping[str, str]) -> str:
    """TriG with only the prefixes that are used; the default graph first, the others by name.

    Blank nodes are labelled: two graphs may share one.
    """
    graphs: dict[str, set[ox.Triple]] = {}
    for quad in quads:
        name = "" if isinstance(quad.graph_name, ox.DefaultGraph) else _term(quad.graph_name)
        graphs.setdefault(name, set()).add(quad.triple)
    curies = Curies({prefix: namespace for prefix, namespace in prefixes.items() if prefix})
    used: set[str] = set()
    blocks = []
    for name in sorted(graphs):
        body = _turtle_body(graphs[name], curies, used)
        blocks.append(f"{name} {{\n{body}}}\n" if name else body)
    head = "".join(f"PREFIX {prefix}: <{curies.prefixes[prefix]}>\n" for prefix in sorted(used))
    return "\n".join([head, *blocks] if head else blocks)


def to_rdfxml(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> str:
    """RDF/XML: one rdf:Description a subject, property elements in order.

    Raises:
        QueryError: a predicate has no local name that XML allows, or a value holds a character that XML cannot express.
    """
    names = _Names(prefixes)
    out = []
    by_subject: dict[object, list[ox.Triple]] = {}
    for triple in sorted(set(triples), key=str):
        by_subject.setdefault(triple.subject, []).append(triple)
    for subject, own in by_subject.items():
        out.append(f"<rdf:Description {_about(subject, 'about')}>")
        out += [_property(triple, names) for triple in own]
        out.append("</rdf:Description>")
    declared = "".join(f" xmlns:{prefix}={quoteattr(space)}" for space, prefix in sorted(names.used.items()))
    return "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', f"<rdf:RDF{declared}>", *out, "</rdf:RDF>", ""])


class _Names:
    """XML prefixes for the namespaces of predicates, made as they are needed."""

    def __init__(self, prefixes: Mapping[str, str]) -> None:
        self._known = {
            space: prefix for prefix, space in prefixes.items() if prefix.isidentifier() and prefix.isascii()
        }
        self.used = {RDF: "rdf"}

    def element(self, predicate: ox.NamedNode) -> str:
        found = _LOCAL_NAME.search(predicate.value)
        if found is None or not found.start():
            raise _inexpressible(f"<{predicate.value}>")
        space = predicate.value[: found.start()]
        if space not in self.used:
            wanted = self._known.get(space, "")
            taken = set(self.used.values())
            if not wanted or wanted in taken or wanted.lower().startswith("xml"):
                wanted = next(f"n{number}" for number in range(len(taken) + 1) if f"n{number}" not in taken)
            self.used[space] = wanted
        return f"{self.used[space]}:{found.group()}"


def _property(triple: ox.Triple, names: _Names) -> str:
    element, value = names.element(triple.predicate), triple.object
    if not isinstance(value, ox.Literal):
        return f"<{element} {_about(value, 'resource')}/>"
    extra = ""
    if value.language:
        extra = f" xml:lang={quoteattr(lang.canonical(value.language))}"
    elif value.datatype.value != XSD + "string":
        extra = f" rdf:datatype={quoteattr(_xml(value.datatype.value))}"
    return f"<{element}{extra}>{escape(_xml(value.value), {chr(13): '&#13;'})}</{element}>"


def _about(term: object, attribute: str) -> str:
    if isinstance(term, ox.BlankNode):
        # A label may begin with a digit, an XML name may not.
        return f'rdf:nodeID="b{term.value}"'
    if isinstance(term, ox.NamedNode):
        return f"rdf:{attribute}={quoteattr(_xml(term.value))}"
    raise _inexpressible(str(term))


def _xml(text: str) -> str:
    found = _NOT_XML.search(text)
    if found:
        raise _inexpressible(f"U+{ord(found.group()):04X}")
    return text


def _inexpressible(what: str) -> QueryError:
    return QueryError(
        "E-FORMAT",
        texts(zh=f"RDF/XML 無法表示 {what}。", en=f"RDF/XML cannot express {what}."),
        texts(zh="可用:ttl、nt、jsonld", en="Possible: ttl, nt, jsonld"),
    )


def _turtle_body(triples: Iterable[ox.Triple], curies: Curies, used: set[str]) -> str:
    lines: list[str] = []
    subject = predicate = None
    for triple in sorted(triples, key=str):
        if triple.subject != subject:
            lines.append(("" if subject is None else " .\n") + _short(triple.subject, curies, used))
        if triple.subject != subject or triple.predicate != predicate:
            lines.append(" " if triple.subject != subject else " ;\n  ")
            lines.append("a" if triple.predicate.value == RDF + "type" else _short(triple.predicate, curies, used))
            lines.append(" ")
        else:
            lines.append(", ")
        subject, predicate = triple.subject, triple.predicate
        lines.append(_short(triple.object, curies, used))
    return "".join([*lines, " .\n"]) if lines else ""


def _short(term: object, curies: Curies, used: set[str]) -> str:
    if not isinstance(term, ox.NamedNode):
        return _term(term)
    name = curies.short(term.value)
    if not name.startswith("<"):
        used.add(name.partition(":")[0])
    return name


def _term(term: object) -> str:
    return n3(term) if isinstance(term, ox.Literal) else str(term)
