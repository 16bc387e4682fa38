"""A shapes graph read by node and property, with lists that may not loop. Shapes graphs are small: plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyoxigraph as ox

from kgtool import lang
from kgtool.errors import texts
from kgtool.shacl.problem import Problem
from kgtool.shacl.xsd import well_typed
from kgtool.terms import RDF, RDFS, SH, XSD

Node = ox.NamedNode | ox.BlankNode
Term = Node | ox.Literal
_FIRST, _REST, _NIL, _TYPE = RDF + "first", RDF + "rest", ox.NamedNode(RDF + "nil"), RDF + "type"


class ListError(ValueError):
    """A list that loops or is not a list, in both languages."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


def shown(term: Term) -> str:
    """A term for a message: the IRI, `_:label`, or the literal in N-Triples form."""
    return term.value if isinstance(term, ox.NamedNode) else str(term)


class ShapesGraph:
    """Triples by subject and predicate, in the order of the file; problems found while reading are gathered here."""

    def __init__(self, statements: Iterable[ox.Quad | ox.Triple]) -> None:
        self.triples: dict[Term, dict[str, list[Term]]] = {}
        self.problems: list[Problem] = []
        self._above: dict[Node, Node] = {}
        for statement in statements:
            subject, value = statement.subject, statement.object
            if isinstance(subject, ox.Triple) or isinstance(value, ox.Triple):
                continue
            found = self.triples.setdefault(subject, {}).setdefault(statement.predicate.value, [])
            if value not in found:
                found.append(value)
            if isinstance(value, ox.BlankNode):
                self._above.setdefault(value, subject)

    def values(self, node: Term, predicate: str) -> list[Term]:
        """The objects of a node's property, in file order."""
        return self.triples.get(node, {}).get(predicate, [])

    def sh(self, node: Term, name: str) -> list[Term]:
        """The objects of a node's `sh:` property."""
        return self.values(node, SH + name)

    def properties(self, node: Term) -> Mapping[str, list[Term]]:
        return self.triples.get(node, {})

    def name(self, node: Term) -> str:
        """IRI of a node, or of the nearest named node that mentions it; "" when there is none."""
        seen = set()
        while isinstance(node, ox.BlankNode) and node not in seen:
            seen.add(node)
            above = self._above.get(node)
            if above is None:
                return ""
            node = above
        return node.value if isinstance(node, ox.NamedNode) else ""

    def members(self, head: Term) -> tuple[Term, ...]:
        """Members of an RDF list. Source: SHACL §1.2 (well-formed SHACL list).

        Raises:
            ListError: the list loops, branches or lacks an end.
        """
        found: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL:
            first, rest = self.values(head, _FIRST), self.values(head, _REST)
            if head in seen:
                raise ListError("the list loops", "清單成迴圈")
            if len(first) != 1 or len(rest) != 1:
                raise ListError(
                    "not a list with one rdf:first and one rdf:rest a node",
                    "清單之節點須各有一個 rdf:first 與 rdf:rest",
                )
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return tuple(found)

    def classes(self, node: Term) -> set[str]:
        """IRIs of a node's classes and their superclasses, as far as the shapes graph says. Source: SHACL §1.1."""
        found: set[str] = set()
        todo = list(self.values(node, _TYPE))
        while todo:
            cls = todo.pop()
            if isinstance(cls, ox.NamedNode) and cls.value not in found:
                found.add(cls.value)
                todo += self.values(cls, RDFS + "subClassOf")
        return found

    def messages(self, node: Term) -> tuple[tuple[str, str], ...]:
        """sh:message of a node: canonical language tag ("" for none) and text, sorted."""
        found = [text for text in self.sh(node, "message") if isinstance(text, ox.Literal)]
        return tuple(sorted((lang.canonical(text.language or ""), text.value) for text in found))

    def problem(
        self,
        rule: str,
        node: Term,
        *,
        zh: str,
        en: str,
        predicate: str = "",
        value: Term | None = None,
        fatal: bool = True,
    ) -> None:
        """Record a flaw; the text is preceded by the place when the report is made."""
        self.problems.append(
            Problem(
                rule,
                shown(node),
                self.name(node),
                predicate,
                "" if value is None else str(value),
                texts(zh=zh, en=en),
                fatal,
            )
        )

    def bad_value(self, node: Term, name: str, value: Term, *, zh: str, en: str) -> None:
        """A value of the wrong kind for a `sh:` property."""
        self.problem(
            "KG204", node, predicate=SH + name, value=value,
            zh=f"sh:{name} 須為{zh},不可為 {shown(value)}", en=f"sh:{name} must be {en}, not {shown(value)}",
        )  # fmt: skip

    def single(self, node: Term, name: str) -> Term | None:
        """The one value of a property that may have one at most; None when there is none or there are more."""
        found = self.sh(node, name)
        if len(found) > 1:
            self.problem(
                "KG204", node, predicate=SH + name, value=found[1],
                zh=f"sh:{name} 只能有一個值,此處有 {len(found)} 個", en=f"sh:{name} may have one value; here it has {len(found)}",
            )  # fmt: skip
            return None
        return found[0] if found else None

    def number(self, node: Term, name: str) -> int | None:
        """A count: xsd:integer, not negative."""
        value = self.single(node, name)
        if value is None:
            return None
        if isinstance(value, ox.Literal) and value.datatype.value == XSD + "integer":
            text = value.value
            if well_typed(text, XSD + "nonNegativeInteger") and len(text) < 19:
                return int(text)
        self.bad_value(node, name, value, zh="非負整數", en="an integer from 0")
        return None

    def flag(self, node: Term, name: str) -> bool:
        """Whether a property is the literal true; the specification knows no other way to say so ("1" does nothing)."""
        value = self.single(node, name)
        if isinstance(value, ox.Literal) and value.datatype.value == XSD + "boolean":
            if value.value in {"1", "0"}:
                self.problem(
                    "KG204", node, predicate=SH + name, value=value, fatal=False,
                    zh=f"sh:{name} 請寫 true 或 false;寫 {value.value} 沒有作用",
                    en=f"sh:{name}: write true or false; {value.value} has no effect",
                )  # fmt: skip
                return False
            if value.value in {"true", "false"}:
                return value.value == "true"
        if value is not None:
            self.bad_value(node, name, value, zh="布林值 true 或 false", en="true or false")
        return False

    def text(self, node: Term, name: str, value: Term) -> str | None:
        """A plain string."""
        if isinstance(value, ox.Literal) and value.datatype.value == XSD + "string":
            return value.value
        self.bad_value(node, name, value, zh="字串", en="a string")
        return None

    def iri(self, node: Term, name: str, value: Term) -> str | None:
        """An IRI."""
        if isinstance(value, ox.NamedNode):
            return value.value
        self.bad_value(node, name, value, zh=" IRI", en="an IRI")
        return None

    def list_of(self, node: Term, name: str, value: Term) -> tuple[Term, ...] | None:
        """The members of a list, None and a problem when it is not well-formed."""
        try:
            return self.members(value)
        except ListError as error:
            self.problem(
                "KG205", node, predicate=SH + name, value=value,
                zh=f"sh:{name} 的清單有誤:{error.zh}", en=f"sh:{name}: {error}",
            )  # fmt: skip
            return None
