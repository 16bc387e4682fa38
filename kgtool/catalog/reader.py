"""A header's YAML to plain tables, lists and texts, with the line of whatever is wrong.

The only module that imports yaml.
"""

from __future__ import annotations

import contextlib
import functools
import re
from collections.abc import Mapping
from typing import Any

import yaml
from yaml.constructor import SafeConstructor

from kgtool.errors import Texts, did_you_mean, texts
from kgtool.late import closest, late

_SURROGATE = late("[\ud800-\udfff]")
_DEEPEST = 100  # levels of nesting that are read plainly


class HeaderError(Exception):
    """What is wrong with a header, and on which line of the file (1-based)."""

    def __init__(self, line: int, message: Texts, fix: Texts | None = None) -> None:
        super().__init__(message["en"])
        self.line = line
        self.message = message
        self.fix: Texts = fix or {}


class _RefusedError(yaml.MarkedYAMLError):
    """What this reader refuses and YAML does not, in its own words."""

    def __init__(self, said: Texts, mark: yaml.Mark) -> None:
        super().__init__(problem=said["en"], problem_mark=mark)
        self.said = said


class _Loader(yaml.SafeLoader):
    """YAML as of 1.2: `on`, `no` and 2013-06-09 are texts; only true and false are booleans (YAML 1.2 §10.3.2).

    A number is one that would be written so again: 010, 0x1F, 1_000 and 12:30 are texts, as they were typed.
    A key stands once in a mapping (§3.2.1.3): of two the first would be passed over without a word.
    No aliases: a header has no use for them, and a dozen nested ones unfold into a text without end.
    """

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            said = texts(zh="檔頭不得使用別名(*名稱)", en="an alias (*name) is not allowed in a header")
            raise _RefusedError(said, mark)
        return super().compose_node(parent, index)

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        seen = set[str]()
        for key, _ in node.value:
            name = key.value if isinstance(key, yaml.ScalarNode) else ""
            if name in seen and name != "<<":
                raise _RefusedError(
                    texts(zh=f"鍵「{name}」出現兩次", en=f"the key '{name}' stands twice"), key.start_mark
                )
            seen |= {name} if name else set()
        return super().construct_mapping(node, deep)

    def construct_scalar(self, node: yaml.ScalarNode | yaml.MappingNode) -> Any:
        """libyaml refuses half a surrogate pair, which no report could be written with; PyYAML takes it."""
        value = super().construct_scalar(node)
        if isinstance(value, str) and _SURROGATE.search(value):
            said = texts(zh="跳脫字元不是字元(代理碼)", en="an escape that is no character (a surrogate)")
            raise _RefusedError(said, node.start_mark)
        return value


_Loader.yaml_implicit_resolvers = {
    first: [
        (tag, pattern)
        for tag, pattern in resolvers
        if tag.rpartition(":")[2] not in {"bool", "timestamp", "int", "float"}
    ]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"^(?:true|false)$"), ["t", "f"])
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^-?(?:0|[1-9][0-9]*)$"), list("-0123456789"))
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^-?(?:0|[1-9][0-9]*)?\.[0-9]+$"), list("-.0123456789")
)


def _read(text: str) -> Any:
    """The value of a YAML text. What libyaml cannot read plainly is read again by PyYAML, for its words too."""
    if yaml.__with_libyaml__:
        with contextlib.suppress(yaml.YAMLError):
            return _plainly(text)
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - a SafeLoader


class _NotPlainError(yaml.YAMLError):
    """Something that the full reader must read, or refuse."""


def _plainly(text: str) -> Any:
    """The value of one document without tags, aliases, merge keys and keys that are no scalars, from libyaml's events.

    Composing nodes and resolving each scalar, as PyYAML does, takes three times as long: a twentieth of a small check.
    Raises:
        yaml.YAMLError: it is no such document; whether it is one at all is for `_Loader` to say.
    """
    from yaml.cyaml import CParser  # type: ignore[attr-defined]

    parser = CParser(text)
    documents: list[Any] = []
    into: list[Any] = documents  # what takes the next value: a list, or the keys and values of a mapping in turn
    open_: list[tuple[list[Any], bool]] = []
    while not isinstance(event := parser.get_event(), yaml.StreamEndEvent):
        if isinstance(event, yaml.ScalarEvent):
            into.append(_scalar(event))
        elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
            if event.tag is not None or len(open_) == _DEEPEST:
                raise _NotPlainError
            open_.append((into, isinstance(event, yaml.MappingStartEvent)))
            into = []
        elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
            outer, mapping = open_.pop()
            outer.append(_mapping(into) if mapping else into)
            into = outer
        elif isinstance(event, yaml.AliasEvent):
            raise _NotPlainError
    if len(documents) != 1:
        raise _NotPlainError
    return documents[0]


def _scalar(event: yaml.ScalarEvent) -> Any:
    """A text, unless it is plain and looks like something else."""
    value: str = event.value
    if event.tag is not None:
        raise _NotPlainError
    if not event.implicit[0]:
        return value
    for tag, pattern in _Loader.yaml_implicit_resolvers.get(value[:1], ()):
        if pattern.match(value):
            return _constructor().construct_object(yaml.ScalarNode(tag, value))
    return value


@functools.cache
def _constructor() -> SafeConstructor:
    return SafeConstructor()


def _mapping(parts: list[Any]) -> dict[Any, Any]:
    keys = parts[::2]
    made = dict(zip(keys, parts[1::2], strict=True)) if all(isinstance(key, str) for key in keys) else {}
    if len(made) < len(keys):
        raise _NotPlainError
    return made


def _not_yaml(said: Texts) -> Texts:
    return texts(zh=f"檔頭不是正確的 YAML:{said['zh-Hant']}", en=f"the header is not YAML: {said['en']}")


class Reader:
    """The header's lines, and errors that name the right one."""

    def __init__(self, lines: list[str], numbers: list[int]) -> None:
        self.lines = lines
        self.numbers = numbers

    def table(self) -> dict[Any, Any]:
        text = "\n".join(self.lines) or "{}"
        try:
            table = _read(text)
        except yaml.MarkedYAMLError as error:
            row = error.problem_mark.line if error.problem_mark else 0
            line = self.numbers[min(row, len(self.numbers) - 1)] if self.numbers else 1
            theirs = str(error.problem)
            said = error.said if isinstance(error, _RefusedError) else texts(zh=theirs, en=theirs)
            raise HeaderError(line, _not_yaml(said)) from error
        except (yaml.YAMLError, ValueError, RecursionError) as error:
            deep = isinstance(error, RecursionError)
            said = texts(zh="層層相套過深", en="nested too deeply") if deep else texts(zh=str(error), en=str(error))
            raise HeaderError(1, _not_yaml(said)) from error
        if not isinstance(table, dict):
            raise self.error("", "the header is not a mapping", "檔頭須為「鍵: 值」")
        return table

    def error(self, key: str, en: str, zh: str, hint: str = "") -> HeaderError:
        pattern = re.compile(rf"(^|[\s{{,-]){re.escape(key)}\s*:") if key else None
        line = next((n for n, text in zip(self.numbers, self.lines, strict=True) if pattern and pattern.search(text)),
                    self.numbers[0] if self.numbers else 1)  # fmt: skip
        return HeaderError(line, texts(zh=zh, en=en), did_you_mean(hint))

    def only(self, table: Mapping[Any, Any], known: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in known:
                raise self.error(
                    str(key),
                    f"unknown key '{key}' in {where}",
                    f"{where} 中不認得的鍵「{key}」",
                    closest(str(key), known),
                )

    def mapping(self, table: Mapping[Any, Any], key: str) -> Mapping[Any, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.error(key, f"{key} must be a mapping", f"{key} 須為「鍵: 值」")
        return value

    def sequence(self, table: Mapping[Any, Any], key: str) -> list[Any]:
        value = table.get(key, [])
        if not isinstance(value, list):
            raise self.error(key, f"{key} must be a list", f"{key} 須為清單")
        return value

    def texts(self, table: Mapping[Any, Any], key: str) -> Texts:
        value = table.get(key, {})
        if isinstance(value, str):
            raise self.error(
                key, f"{key} needs a text a language: {{en: …, zh-Hant: …}}", f"{key} 須分語言:{{en: …, zh-Hant: …}}"
            )
        if not isinstance(value, dict):
            raise self.error(key, f"{key} must be a mapping of languages", f"{key} 須分語言")
        return {str(tag): str(text) for tag, text in value.items()}

    def choice(self, kinds: type[Any], value: Any, key: str) -> Any:
        try:
            return kinds(value)
        except ValueError:
            known = [str(kind) for kind in kinds]
            raise self.error(
                key,
                f"unknown type '{value}' of '{key}' (known: {', '.join(known)})",
                f"「{key}」之型別「{value}」不認得(可用:{'、'.join(known)})",
                closest(str(value), known),
            ) from None
