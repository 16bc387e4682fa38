"""RDF/XML walked before it is parsed: well-formed, no DOCTYPE beyond namespace entities, bounded. Source: XML 1.0.

pyoxigraph's reader gives no line, is quadratic in nesting and expands entities without bound, so expat goes first. Expat
is told of no external entity and opens nothing. Cost: linear in the expanded text, which is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.parsers import expat

from kgtool.errors import Texts, texts
from kgtool.load.limits import limit
from kgtool.load.problem import NO_IRI, Problem
from kgtool.terms import RDF

# Levels of elements; striped RDF/XML uses two a statement.
MOST_NESTED = 128
# Attributes of an element, and namespaces that are declared at once: pyoxigraph compares each with all others (40,000: 5 s).
MOST_SIDE_BY_SIDE = 1000
# An entity stands for a namespace: an IRI, and short. Characters that all uses of entities may add up to.
MOST_ENTITY = 500
MOST_EXPANDED = 16 * 1024 * 1024
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_ENCODING = re.compile(rb"<\?xml[^>]*\bencoding\s*=\s*[\"']([A-Za-z0-9._-]+)")
_HEAD = 256
_XML_BASE = "http://www.w3.org/XML/1998/namespace base"
_IRI_ATTRIBUTES = {f"{RDF} {name}" for name in ("about", "resource", "datatype")}
_ID = f"{RDF} ID"


class _Stop(Exception):  # noqa: N818 - it ends the walk; it is no error of the program
    """Nothing behind this place is worth reading."""


class _Walk:
    """Expat's handlers; `problems` in document order."""

    def __init__(self) -> None:
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = False
        self.problems: list[Problem] = []
        self.bases: list[str] = [""]
        self.ids: set[tuple[str, str]] = set()
        self.entities: set[str] = set()
        self.read = 0
        self.namespaces = 0
        self.parser.StartNamespaceDeclHandler = self.declared
        self.parser.EndNamespaceDeclHandler = self.undeclared
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.EntityDeclHandler = self.entity
        self.parser.CharacterDataHandler = self.text

    def say(self, code: str, message: Texts) -> None:
        self.problems.append(Problem(code, self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, message))

    def doctype(self, _name: str, system: str | None, public: str | None, _internal: int) -> None:
        if system or public:
            self.outside(system or public or "")

    def outside(self, name: str) -> None:
        self.say("KG019", texts(
            zh=f"文件指向外部之「{name}」;檢查時絕不連線,也不讀其他檔案:請移除該宣告。",
            en=f"the document points outside, at '{name}'; check never fetches and reads no other file: remove the declaration.",
        ))  # fmt: skip
        raise _Stop

    def entity(
        self, name: str, parameter: int, value: str | None, _base: str | None, system: str | None, _public: str | None,
        _notation: str | None,
    ) -> None:  # fmt: skip
        if system:
            self.outside(system)
        text = value or ""
        if parameter or len(text) > MOST_ENTITY or not _SCHEME.match(text) or NO_IRI.search(text):
            self.say("KG006", texts(
                zh=f"實體「{name}」不是短的命名空間 IRI,未讀取此檔;請直接寫出其內容。",
                en=f"the entity '{name}' is no short namespace IRI; the file is not read. Write out what it stands for.",
            ))  # fmt: skip
            raise _Stop
        self.entities.add(text)

    def start(self, _name: str, attributes: dict[str, str]) -> None:
        base = attributes.get(_XML_BASE, self.bases[-1])
        self.bases.append(base)
        if len(self.bases) > MOST_NESTED:
            self.problems.append(limit(self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1, MOST_NESTED))
            raise _Stop
        if len(attributes) > MOST_SIDE_BY_SIDE:
            self.say("KG006", texts(
                zh=f"一個元素之屬性逾 {MOST_SIDE_BY_SIDE:,} 個,未讀取此檔;請改以子元素書寫。",
                en=f"an element with more than {MOST_SIDE_BY_SIDE:,} attributes; the file is not read. "
                "Write them as elements."))  # fmt: skip
            raise _Stop
        for name, value in attributes.items():
            self.count(value)
            if name in _IRI_ATTRIBUTES:
                self.iri(value, base)
            elif name == _ID:
                self.identifier(value, base)

    def declared(self, _prefix: str | None, _iri: str | None) -> None:
        self.namespaces += 1
        if self.namespaces > MOST_SIDE_BY_SIDE:
            self.say("KG006", texts(
                zh=f"同時宣告之命名空間逾 {MOST_SIDE_BY_SIDE:,} 個,未讀取此檔;請只宣告所用者。",
                en=f"more than {MOST_SIDE_BY_SIDE:,} namespaces are declared at once; the file is not read. "
                "Declare those that are used."))  # fmt: skip
            raise _Stop

    def undeclared(self, _prefix: str | None) -> None:
        self.namespaces -= 1

    def iri(self, value: str, base: str) -> None:
        bad = NO_IRI.search(value)
        if bad:
            self.say("KG012", texts(zh=f"IRI 中不可有字元「{bad[0]}」;請以百分號編碼書寫。",
                                    en=f"'{bad[0]}' must not stand in an IRI; percent-encode it."))  # fmt: skip
        elif not base and not _SCHEME.match(value):
            self.say("KG011", texts(zh=f"相對 IRI「{value}」而無 xml:base:意義會隨檔案所在而變;請寫完整 IRI。",
                                    en=f"a relative IRI '{value}' without xml:base: its meaning would depend "
                                    "on where the file is read; write it in full."))  # fmt: skip

    def identifier(self, value: str, base: str) -> None:
        if (base, value) in self.ids:
            self.say("KG028", texts(zh=f"rdf:ID「{value}」用了兩次;同一文件中須唯一。",
                                    en=f"rdf:ID '{value}' is used twice; it must be unique in a document."))  # fmt: skip
        self.ids.add((base, value))

    def end(self, _name: str) -> None:
        self.bases.pop()

    def text(self, value: str) -> None:
        self.count(value)

    def count(self, value: str) -> None:
        self.read += len(value)
        if self.entities and self.read > MOST_EXPANDED:
            self.say(
                "KG006",
                texts(zh="實體展開後過大,未讀取此檔。", en="the entities expand too far; the file is not read."),
            )
            raise _Stop


def walk(data: bytes) -> Iterator[Problem]:
    """What is wrong with an RDF/XML document, in document order."""
    declared = _ENCODING.match(data[:_HEAD])
    if declared and declared[1].lower() not in {b"utf-8", b"us-ascii"}:
        name = declared[1].decode("ascii", "replace")
        message = texts(
            zh=f"XML 宣告之編碼為 {name};請另存為 UTF-8。",
            en=f"the XML declaration says {name}; save the file as UTF-8.",
        )
        yield Problem("KG003", 1, 1, message)
        return
    walk = _Walk()
    try:
        walk.parser.Parse(data, True)
    except _Stop:
        pass
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        message = texts(zh=f"XML 語法錯誤:{said}。", en=f"XML syntax error: {said}.")
        walk.problems.append(Problem("KG001", error.lineno, error.offset + 1, message))
    yield from walk.problems
