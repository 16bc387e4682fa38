"""Solutions to text: SPARQL Results JSON, XML, CSV and TSV, with language tags in canonical case.

pyoxigraph's own writers give `zh-hant`; these restore `zh-Hant`. Sources: SPARQL 1.1 Query Results JSON §3,
XML §2, CSV and TSV §3 and §4. Cost: linear in cells; the text is built in memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kgtool import lang
from kgtool.errors import QueryError, texts
from kgtool.late import late
from kgtool.terms import XSD

Term = ox.NamedNode | ox.BlankNode | ox.Literal
Row = Sequence[Term | None]
_STRING = XSD + "string"
# Source: XML 1.0 §2.2 (Char).
_NOT_XML = late("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_json(variables: Sequence[str], rows: Sequence[Row]) -> str:
    """SPARQL 1.1 Query Results JSON."""
    import json

    bindings = [
        {name: _json_term(term) for name, term in zip(variables, row, strict=True) if term is not None} for row in rows
    ]
    table = {"head": {"vars": list(variables)}, "results": {"bindings": bindings}}
    return json.dumps(table, ensure_ascii=False, indent=1) + "\n"


def boolean_json(answer: bool) -> str:
    """SPARQL 1.1 Query Results JSON of an ASK query."""
    import json

    return json.dumps({"head": {}, "boolean": answer}) + "\n"


def _json_term(term: Term) -> Mapping[str, Any]:
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    out = {"type": "literal", "value": term.value}
    if term.language:
        out["xml:lang"] = lang.canonical(term.language)
    elif term.datatype.value != _STRING:
        out["datatype"] = term.datatype.value
    return out


def to_xml(variables: Sequence[str], rows: Sequence[Row]) -> str:
    """SPARQL Query Results XML.

    Raises:
        QueryError: a value holds a control character, for which XML 1.0 has no form.
    """
    out = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<sparql xmlns="http://www.w3.org/2005/sparql-results#">',
        "<head>",
    ]
    out += [f"<variable name={_attribute(name)}/>" for name in variables]
    out += ["</head>", "<results>"]
    for row in rows:
        cells = (
            f"<binding name={_attribute(name)}>{_xml_term(term)}</binding>"
            for name, term in zip(variables, row, strict=True)
            if term is not None
        )
        out.append(f"<result>{''.join(cells)}</result>")
    return "\n".join([*out, "</results>", "</sparql>", ""])


def boolean_xml(answer: bool) -> str:
    """SPARQL Query Results XML of an ASK query."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sparql xmlns="http://www.w3.org/2005/sparql-results#">'
        f"<head></head><boolean>{str(answer).lower()}</boolean></sparql>\n"
    )


def _xml_term(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return f"<uri>{_xml_text(term.value)}</uri>"
    if isinstance(term, ox.BlankNode):
        return f"<bnode>{_xml_text(term.value)}</bnode>"
    extra = ""
    if term.language:
        extra = f" xml:lang={_attribute(lang.canonical(term.language))}"
    elif term.datatype.value != _STRING:
        extra = f" datatype={_attribute(term.datatype.value)}"
    return f"<literal{extra}>{_xml_text(term.value)}</literal>"


# Source: XML 1.0 §2.4, §2.11 (line ends), §3.3.3 (attribute values).
_IN_TEXT = {"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"}
_IN_ATTRIBUTE = {**_IN_TEXT, '"': "&quot;", "\n": "&#10;", "\t": "&#9;"}


def _xml_text(text: str) -> str:
    found = _NOT_XML.search(text)
    if found:
        name = f"U+{ord(found.group()):04X}"
        raise QueryError(
            "E-FORMAT",
            texts(zh=f"結果含有 XML 無法表示之字元 {name}。", en=f"the answer holds {name}, which XML cannot express."),
            texts(zh="可用:json、tsv", en="Possible: json, tsv"),
        )
    return _escaped(text, _IN_TEXT)


def _attribute(text: str) -> str:
    return f'"{_escaped(text, _IN_ATTRIBUTE)}"'


def _escaped(text: str, characters: Mapping[str, str]) -> str:
    """xml.sax.saxutils would do, but it imports a web client, which costs more than most answers."""
    for character, reference in characters.items():
        text = text.replace(character, reference)
    return text


def to_csv(variables: Sequence[str], rows: Sequence[Row]) -> str:
    """SPARQL CSV: bare values, CRLF line ends (RFC 4180)."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(variables)
    for row in rows:
        writer.writerow(["" if term is None else plain(term) for term in row])
    return stream.getvalue()


def to_tsv(variables: Sequence[str], rows: Sequence[Row]) -> str:
    """SPARQL TSV: terms in Turtle's form."""
    lines = ["\t".join(f"?{name}" for name in variables)]
    lines += ["\t".join("" if term is None else n3(term) for term in row) for row in rows]
    return "\n".join(lines) + "\n"


def plain(term: Term) -> str:
    """A term as CSV has it: the IRI, `_:label`, or the lexical form."""
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else term.value


def n3(term: Term) -> str:
    """A term in N-Triples form, language tag in canonical case, tabs escaped as TSV needs."""
    text = str(term)
    if isinstance(term, ox.Literal) and term.language:
        head, _, tag = text.rpartition("@")
        text = f"{head}@{lang.canonical(term.language)}{tag[len(term.language) :]}"
    return text.replace("\t", "\\t")
