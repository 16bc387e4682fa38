"""SHACL by pySHACL, the reference validator. The only module that imports pyshacl.

pySHACL 0.40 leaves rdflib.NORMALIZE_LITERALS changed when shapes fail to parse and drops the language of sh:message on
SPARQL constraints; so it is given parsed graphs only, the flag is put back, and messages are read from the shapes graph.
"""

from __future__ import annotations

import logging
import re
import warnings
from collections.abc import Iterable, Mapping

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.term import Node

from kgtool import lang
from kgtool.shacl.result import Result, ShapesError
from kgtool.terms import SH
from kgtool.write.results import n3
from kgtool.write.terms import from_rdflib, quiet, to_graph

_SH = rdflib.Namespace(SH)
_FORMS = (
    (_SH.inversePath, "^{}"),
    (_SH.zeroOrMorePath, "{}*"),
    (_SH.oneOrMorePath, "{}+"),
    (_SH.zeroOrOnePath, "{}?"),
)
_VARIABLE = re.compile(r"\{[?$]\w+\}")


def validate(data: Iterable[ox.Quad | ox.Triple], shapes: Iterable[ox.Quad]) -> tuple[Result, ...]:
    """Validate a data graph against a shapes graph; results sorted. Cost: about 200 s a million triples.

    Raises:
        ShapesError: the shapes are not well-formed SHACL, or the engine failed on them.
    """
    import pyshacl
    from pyshacl.errors import ReportableRuntimeError, ShapeLoadError, ShapeRecursionWarning, ValidationFailure

    shapes_graph = to_graph(shapes)
    # Triple terms (RDF 1.2) are outside SHACL 1.0 and unknown to rdflib.
    data_graph = to_graph(statement for statement in data if not isinstance(statement.object, ox.Triple))
    normalize = rdflib.NORMALIZE_LITERALS
    rdflib.NORMALIZE_LITERALS = False
    logging.getLogger("pyshacl-validate").disabled = True  # it prints to stderr what it raises as well
    try:
        with quiet():
            warnings.simplefilter("error", ShapeRecursionWarning)  # pySHACL then stops checking, as if all were well
            _, report, _ = pyshacl.validate(
                data_graph, shacl_graph=shapes_graph, inference="none", advanced=False, js=False, meta_shacl=False,
                allow_infos=True, allow_warnings=True,
            )  # fmt: skip
    except (ShapeLoadError, ReportableRuntimeError, ValidationFailure) as error:
        raise ShapesError(_tidy([str(getattr(error, "message", error))])) from error
    except Exception as error:  # pySHACL lets rdflib's and Python's own errors through
        raise ShapesError(_tidy([f"{type(error).__name__}: {error}"])) from error
    finally:
        rdflib.NORMALIZE_LITERALS = normalize
    if not isinstance(report, rdflib.Graph):
        raise ShapesError(str(report))
    return tuple(sorted(_results(report, shapes_graph)))


def _results(report: rdflib.Graph, shapes: rdflib.Graph) -> Iterable[Result]:
    owners = _owners(shapes)
    for node in report.subjects(rdflib.RDF.type, _SH.ValidationResult):
        # Results inside sh:detail belong to the result that has them.
        if next(report.subjects(_SH.detail, node), None) is not None:
            continue
        source = report.value(node, _SH.sourceShape)
        templates = _messages(shapes, report.value(node, _SH.sourceConstraint)) or _messages(shapes, source)
        messages, said = _filled(templates, sorted(str(text) for text in report.objects(node, _SH.resultMessage)))
        path = report.value(node, _SH.resultPath)
        value = report.value(node, _SH.value)
        yield Result(
            _name(source, owners), str(report.value(node, _SH.sourceConstraintComponent)),
            _focus(report.value(node, _SH.focusNode)), _path(report, path) if path is not None else "",
            n3(from_rdflib(value)) if value is not None else "",
            str(report.value(node, _SH.resultSeverity)).removeprefix(SH), messages, ((("en", _tidy(said)),) if said else ()),
        )  # fmt: skip


def _messages(shapes: rdflib.Graph, node: Node | None) -> tuple[tuple[str, str], ...]:
    if node is None:
        return ()
    found = (text for text in shapes.objects(node, _SH.message) if isinstance(text, rdflib.Literal))
    return tuple(sorted((lang.canonical(text.language or "en"), str(text)) for text in found))


def _filled(templates: tuple[tuple[str, str], ...], said: list[str]) -> tuple[tuple[tuple[str, str], ...], list[str]]:
    """The author's messages with `{?variable}` filled in as the engine did, and what the engine said besides.

    The engine drops the languages, so each of its texts is matched to the message it was made from.
    """
    messages, rest = [], list(said)
    for language, template in templates:
        pattern = "(?s:.*)".join(re.escape(part) for part in _VARIABLE.split(template))
        text = next((text for text in said if re.fullmatch(pattern, text)), template)
        messages.append((language, text))
        if text in rest:
            rest.remove(text)
    return tuple(messages), rest


def _owners(shapes: rdflib.Graph) -> Mapping[Node, Node]:
    """Each blank node to a node that mentions it, to climb to a shape that has a name."""
    return {value: subject for subject, _, value in sorted(shapes) if isinstance(value, rdflib.BNode)}


def _name(node: Node | None, owners: Mapping[Node, Node]) -> str:
    for _ in range(64):
        if not isinstance(node, rdflib.BNode):
            break
        node = owners.get(node)
    return str(node) if isinstance(node, rdflib.URIRef) else ""


def _focus(node: Node | None) -> str:
    return f"_:{node}" if isinstance(node, rdflib.BNode) else str(node or "")


def _path(graph: rdflib.Graph, node: Node) -> str:
    """A SHACL path as SPARQL path text, with full IRIs. Source: SHACL §2.3.1, SPARQL 1.1 Query §9.1 (precedence)."""
    if isinstance(node, rdflib.URIRef):
        return f"<{node}>"
    for predicate, form in _FORMS:
        value = graph.value(node, predicate)
        if value is not None:
            whole = isinstance(value, rdflib.URIRef) or graph.value(value, _SH.alternativePath) is not None
            return form.format(_path(graph, value) if whole else f"({_path(graph, value)})")
    alternatives = graph.value(node, _SH.alternativePath)
    if alternatives is not None:
        return "(" + "|".join(_path(graph, item) for item in Collection(graph, alternatives)) + ")"
    return "/".join(_path(graph, item) for item in Collection(graph, node))


def _tidy(said: list[str]) -> str:
    return re.sub(r"\s+", " ", "; ".join(said)).strip()
