"""RDF forms of a bundle. rdflib lays Turtle out, oxigraph writes RDF/XML, and the line formats are their canonical forms.

Sources: RDF 1.1 N-Triples §4, N-Quads §4, TriG §2, RDF/XML §2.
"""

from __future__ import annotations

import io
import itertools
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kgtool.errors import ProjectError, texts
from kgtool.export.bundle import Bundle
from kgtool.write.canonical import line, relabelled
from kgtool.write.graphs import to_turtle
from kgtool.write.native import restored_graph, write_graph

Files = Mapping[str, bytes]


def quads_file(bundle: Bundle) -> Files:
    """`data.nq`: canonical N-Quads, what the package's digest is of."""
    return {"data.nq": _lines(sorted({line(quad) for quad in (*bundle.quads, *bundle.inferred)}))}


def ntriples(bundle: Bundle) -> Files:
    return _apart(bundle, "nt", lambda triples: _lines(sorted({line(ox.Quad(*t)) for t in triples})))


def turtle(bundle: Bundle) -> Files:
    prefixes = bundle.snapshot.project.prefixes
    return _apart(bundle, "ttl", lambda triples: to_turtle(triples, prefixes).encode("utf-8", "surrogatepass"))


def rdfxml(bundle: Bundle) -> Files:
    """RDF/XML.

    Raises:
        ProjectError: a property or a character for which XML has no form.
    """
    return _apart(bundle, "rdf", lambda triples: _xml(bundle, triples))


def trig(bundle: Bundle) -> Files:
    """TriG: a block a file, each laid out as Turtle. A literal's lines are not indented, because that would change it."""
    prefixes = bundle.snapshot.project.prefixes
    every = (*bundle.quads, *bundle.inferred)
    stem = _unused_stem(every)
    named = _shared(every, stem)
    blocks: list[str] = []
    header: dict[str, None] = {}
    for graph, quads in itertools.groupby(sorted(every, key=_graph_first), key=lambda quad: quad.graph_name):
        text = to_turtle([relabelled(quad, named).triple for quad in quads], prefixes)
        head, _, body = text.partition("\n\n")
        if not head.startswith("PREFIX "):
            head, body = "", text
        header.update(dict.fromkeys(head.splitlines()))
        blocks.append(f"GRAPH {graph} {{\n{body.strip()}\n}}\n")
    text = "\n".join(sorted(header)) + "\n\n" + "\n".join(blocks)
    return {"data.trig": re.sub(f"<{stem}([^<>]*)>", r"_:\1", text).encode("utf-8", "surrogatepass")}


def _unused_stem(quads: Iterable[ox.Quad]) -> str:
    """The beginning of IRIs that nothing in the quads contains."""
    stem = "urn:kgtool:blank:"
    while any(stem in getattr(quad.object, "value", "") for quad in quads):
        stem += "x:"
    return stem


def _shared(quads: Iterable[ox.Quad], stem: str) -> dict[ox.BlankNode, ox.NamedNode]:
    """Blank nodes of more than one graph, which must keep their labels, to IRIs that stand for them while rdflib writes."""
    graphs: dict[ox.BlankNode, set[object]] = defaultdict(set)
    for quad in quads:
        for term in (quad.subject, quad.object):
            if isinstance(term, ox.BlankNode):
                graphs[term].add(quad.graph_name)
    return {node: ox.NamedNode(stem + node.value) for node, found in graphs.items() if len(found) > 1}


def model_files(bundle: Bundle) -> Files:
    """`ontology.ttl` and `shapes.ttl`: what the data uses of each."""
    prefixes = bundle.snapshot.project.prefixes
    return {
        name: to_turtle([quad.triple for quad in quads], prefixes).encode("utf-8", "surrogatepass")
        for name, quads in (("ontology.ttl", bundle.model), ("shapes.ttl", bundle.shapes))
        if quads
    }


def _graph_first(quad: ox.Quad) -> tuple[str, str]:
    return str(quad.graph_name), line(quad)


def _apart(bundle: Bundle, ending: str, write: object) -> Files:
    """What is stated, and in a file of its own what follows, so that nobody takes one for the other."""
    out = {f"data.{ending}": write(bundle.triples)}  # type: ignore[operator]
    if bundle.inferred:
        out[f"inferred.{ending}"] = write([quad.triple for quad in bundle.inferred])  # type: ignore[operator]
    return out


def _xml(bundle: Bundle, triples: Iterable[ox.Triple]) -> bytes:
    stream = io.BytesIO()
    try:
        write_graph(triples, stream, ox.RdfFormat.RDF_XML, _plain_prefixes(bundle))
        return restored_graph(stream.getvalue(), ox.RdfFormat.RDF_XML)
    except ValueError as error:
        raise ProjectError(
            "E-EXPORT-XML",
            texts(zh=f"RDF/XML 無法表示此資料:{error}。", en=f"RDF/XML has no form for this data: {error}."),
            texts(zh="請由設定檔之 formats 去掉 rdfxml。", en="Leave rdfxml out of the profile's formats."),
        ) from error


def _plain_prefixes(bundle: Bundle) -> dict[str, str]:
    used = {triple.predicate.value for triple in bundle.triples}
    return {
        prefix: namespace
        for prefix, namespace in sorted(bundle.snapshot.project.prefixes.items())
        if prefix and any(iri.startswith(namespace) for iri in used)
    }


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{text}\n" for text in lines).encode("utf-8", "surrogatepass")
