"""The pieces of a SPARQL query: its tokens, and the outline that `query_scan` makes of them. Source: SPARQL 1.1 §19.8."""

from __future__ import annotations

import enum
import re

from msgspec import Struct, field

_TOKEN = re.compile(
    r"""(?P<space>\s+|\#[^\n]*)
    |(?P<iri><[^\x00-\x20<>"{}|^`\\]*>)
    |(?P<str>\"\"\"(?:[^"\\]++|\\.|""?+(?!"))*+\"\"\"|'''(?:[^'\\]++|\\.|''?+(?!'))*+'''
          |"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+')
    |(?P<var>[?$]\w+)
    |(?P<tag>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)
    |(?P<pname>(?:[^\W\d_](?:[\w.-]*[\w-])?)?:
          (?:(?:[\w:]|%[0-9a-fA-F]{2}|\\.)(?:[\w:-]++|%[0-9a-fA-F]{2}|\\.|\.++(?=[\w:-]|%[0-9a-fA-F]{2}|\\.))*+)?)
    |(?P<blank>_:\w(?:[\w.-]*[\w-])?)
    |(?P<num>[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)
    |(?P<word>[A-Za-z]\w*)
    |(?P<punct>\^\^|&&|\|\||!=|<=|>=|.)""",
    re.VERBOSE | re.DOTALL,
)


class QueryFormError(ValueError):
    """A query that does not parse or that SHACL does not allow, in both languages; an engine's own words are in one."""

    def __init__(self, en: str, zh: str) -> None:
        super().__init__(en)
        self.zh = zh


class GroupKind(enum.Enum):
    """What a pair of braces is."""

    TOP = "top"
    PLAIN = "plain"
    OPTIONAL = "optional"
    EXISTS = "exists"
    WRAPPER = "wrapper"  # holds a subquery and nothing else
    SELECT = "select"  # a subquery's own WHERE


class Token(Struct, frozen=True):
    """A piece of the text; start and end are offsets."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def word(self) -> str:
        return self.text.upper() if self.kind == "word" else self.text


class Group(Struct):
    """Braces: `open` is the offset behind the first, `close` that of the last.

    `bound`: variables of its own triple patterns; `used`: of its own expressions; `mentioned`: of all inside;
    `exists`: for FILTER [NOT] EXISTS alone, where the FILTER begins and whether it is negated.
    """

    kind: GroupKind
    parent: int
    open: int
    close: int = 0
    bound: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)
    mentioned: set[str] = field(default_factory=set)
    patterns: int = 0
    nested: bool = False
    exists: tuple[int, bool] | None = None


class Scan(Struct):
    """What a query's text says; `places` are all variables with their offsets."""

    form: str = ""
    form_span: tuple[int, int] = (0, 0)
    groups: list[Group] = field(default_factory=list)
    predicates: set[str] = field(default_factory=set)
    open: bool = False
    words: set[str] = field(default_factory=set)
    assigned: set[str] = field(default_factory=set)
    projections: list[set[str]] = field(default_factory=list)
    selects_all: bool = False
    aggregates: bool = False
    variables: set[str] = field(default_factory=set)
    places: list[tuple[str, int]] = field(default_factory=list)

    def finds_itself(self, group: Group, name: str) -> bool:
        """Whether a group's own patterns bind a variable wherever it is used, so that nothing need bind it before."""
        if group.kind is GroupKind.TOP:
            return name in group.bound
        if group.kind in {GroupKind.EXISTS, GroupKind.WRAPPER}:
            return True
        return name in group.bound if group.kind is GroupKind.SELECT else name not in group.used - group.bound


def tokens(text: str) -> list[Token]:
    """The tokens of a text, without white space and comments."""
    return [
        Token(found.lastgroup or "", found[0], found.start(), found.end())
        for found in _TOKEN.finditer(text)
        if found.lastgroup != "space"
    ]
