"""What the text of a query alone shows: forms that are slow, that find nothing, or whose order is left to chance.

Each check is a function of an outline and yields remarks; a remark is a rule's code, an offset in the text, and words.
The slow forms are those that were measured on this engine, whose planner has no statistics; rules.toml has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from msgspec import Struct

from kgtool.catalog.outline import SILENT, Group, Part, Role, Select
from kgtool.catalog.text import Token, lexed
from kgtool.errors import Texts, texts

_COMPARED = frozenset({"=", "!="})
_JOINED = frozenset({Role.PATTERN, Role.UNION, Role.GRAPH, Role.SELECT})


class Remark(Struct, frozen=True):
    """What is to be said of a query: a rule's code, where (offset), about what (a variable or word), and in words."""

    code: str
    start: int
    about: str
    message: Texts


def remarks(select: Select, text: str, params: frozenset[str]) -> list[Remark]:
    """All remarks on one query, in the text's order. Cost: linear in the text.

    Args:
        params: names that the header declares; they are bound from outside.
    """
    found = [*_languages(text), *_unordered(select), *_unbound_columns(select, params)]
    for group in select.where.every():
        for check in _OF_A_GROUP:
            found += check(group)
        for part in group.parts:
            if part.select:
                found += _unbound_columns(part.select, params)
    found += _products(select.where, frozenset())
    return sorted(found, key=lambda remark: (remark.start, remark.code))


def _unbound_columns(select: Select, params: frozenset[str]) -> Iterator[Remark]:
    """A column that nothing binds is empty in every row."""
    bound = select.where.binds | select.bound | params | {name for name, _, given in select.columns if given}
    for name, start, given in select.columns:
        if not given and name not in bound:
            yield Remark("KG312", start, name, texts(
                zh=f"欄位 ?{name} 從未繫結,永遠空白。", en=f"column ?{name} is never bound: it is always empty."))  # fmt: skip


def _unordered(select: Select) -> Iterator[Remark]:
    if not select.columns and not select.star:
        return
    one_row = select.aggregated and not select.grouped
    if not select.order and not one_row:
        start = select.columns[0][1] if select.columns else 0
        yield Remark("KG315", start, "ORDER BY", texts(
            zh="沒有 ORDER BY,列之次序每次可能不同。", en="there is no ORDER BY: rows may come in another order each time."))  # fmt: skip


def _filtered_terms(group: Group) -> Iterator[Remark]:
    """FILTER(?x = <iri>) reads every ?x first; the term in the pattern, or VALUES, reads only those that fit."""
    bound = frozenset().union(*(part.binds for part in group.parts if part.role is Role.PATTERN))
    for part in group.parts:
        if part.role is not Role.FILTER or part.groups:
            continue
        for piece in _conjuncts(part.tokens):
            name, term = _equal(piece)
            if name in bound:
                yield Remark("KG306", part.start, name, texts(
                    zh=f"FILTER(?{name} = {term}) 先讀出全部再篩選;請將該詞寫入樣式,或用 VALUES ?{name} {{ {term} }}。",
                    en=f"FILTER(?{name} = {term}) reads everything first; write the term in the pattern,"
                       f" or VALUES ?{name} {{ {term} }}."))  # fmt: skip


def _negations(group: Group) -> Iterator[Remark]:
    """NOT EXISTS is evaluated for each row; with more than one pattern each time as a join."""
    for part in group.parts:
        if not part.negated:
            continue
        inner = part.groups[0]
        mentioned = frozenset().union(*(p.names for g in inner.every() for p in g.parts if p.role is Role.FILTER))
        if _size(inner) > 1 and mentioned <= inner.binds and inner.binds & group.binds:
            yield Remark("KG307", part.start, "NOT EXISTS", texts(
                zh="FILTER NOT EXISTS 含多個樣式,逐列重新合併;此處 MINUS { … } 意義相同而快得多。",
                en="FILTER NOT EXISTS with several patterns joins them again for every row; MINUS { … } means the same here"
                   " and is much faster."))  # fmt: skip


def _size(group: Group) -> int:
    """Triple patterns, those inside inner groups counted; a path is one."""
    return sum(part.role is Role.PATTERN for inner in group.every() for part in inner.parts)


def _early_optionals(group: Group) -> Iterator[Remark]:
    """An OPTIONAL before other joins is evaluated for rows that the joins would have removed."""
    before: set[str] = set()
    for number, part in enumerate(group.parts):
        if part.role is Role.OPTIONAL:
            own = part.binds - before
            later = [other for other in group.parts[number + 1 :] if _follows(other)]
            if later and before and not any(own & other.binds for other in later) and not _uses(group, number, own):
                yield Remark("KG308", part.start, "OPTIONAL", texts(
                    zh="OPTIONAL 在其他樣式之前;移至其後結果相同而較快。",
                    en="an OPTIONAL stands before other patterns; behind them it means the same and is faster."))  # fmt: skip
        before |= part.binds


def _follows(part: Part) -> bool:
    """Whether rows are carried into this part one by one; a sub-select is evaluated once, wherever it stands."""
    return part.role in {Role.PATTERN, Role.GRAPH} or any(_follows(inner) for branch in part.groups for inner in branch.parts
                                                          if part.role is Role.UNION)  # fmt: skip


def _uses(group: Group, number: int, names: frozenset[str]) -> bool:
    """Whether a BIND, FILTER or VALUES between this part and the last join reads a name: then it cannot be moved."""
    last = max(n for n, part in enumerate(group.parts) if part.role in _JOINED)
    return any(part.role is Role.BIND and part.names & names for part in group.parts[number + 1 : last])


def _bound_inside(group: Group) -> Iterator[Remark]:
    """BIND in an OPTIONAL does not see what stands before the OPTIONAL, and hinders the planner."""
    for part in group.parts:
        if part.role is Role.OPTIONAL:
            for inner in part.groups[0].parts:
                if inner.role is Role.BIND:
                    yield Remark("KG309", inner.start, "BIND", texts(
                        zh="BIND 在 OPTIONAL 之內,看不到其外之變數;請移到 OPTIONAL 之後。",
                        en="a BIND inside an OPTIONAL does not see the variables outside; put it behind the OPTIONAL."))  # fmt: skip


def _products(group: Group, outer: frozenset[str]) -> Iterator[Remark]:
    """Parts of a group that share no variable: every row of the one with every row of the other.

    Args:
        outer: variables bound around the group, which the engine joins with it.
    """
    islands: list[tuple[set[str], Part]] = []
    if outer:
        islands.append((set(outer), Part(Role.VALUES, 0)))
    several = sum(part.role in _JOINED for part in group.parts) > 1
    for part in group.parts if several else ():
        names = set(part.names | part.binds)
        if not names or part.role is Role.MINUS:
            continue
        touched = [island for island in islands if island[0] & names]
        rest = [island for island in islands if not island[0] & names]
        joined = [island[1] for island in [*touched, (names, part)] if island[1].role in _JOINED]
        islands = [*rest, (names.union(*(island[0] for island in touched)), joined[0] if joined else part)]
    apart = sorted((part for _, part in islands if part.role in _JOINED), key=lambda part: part.start)
    if len(apart) > 1:
        yield Remark("KG310", apart[1].start, "product", texts(
            zh="此處與前面之樣式沒有共同變數,每一列將與所有列相配(笛卡兒積)。",
            en="what stands here shares no variable with what is before it: every row is paired with every other"
               " (a cartesian product)."))  # fmt: skip
    for part in group.parts:
        inside = [*part.groups, *([part.select.where] if part.select else [])]
        if inside:
            # A sub-select and a MINUS see nothing of what is around them.
            seen = frozenset() if part.role in {Role.SELECT, Role.MINUS} else outer | _binds_beside(group, part)
            for inner in inside:
                yield from _products(inner, seen)


def _binds_beside(group: Group, part: Part) -> frozenset[str]:
    return frozenset().union(*(other.binds for other in group.parts if other is not part and other.role not in SILENT))


def _languages(text: str) -> Iterator[Remark]:
    """LANG(?x) = "zh-Hant": the store keeps tags in lower case, and RFC 4647 ranges need LANGMATCHES."""
    every = lexed(text)
    for number, token in enumerate(every):
        if token.kind != "word" or token.text.upper() != "LANG":
            continue
        before, behind = every[max(number - 2, 0) : number], every[number + 4 : number + 6]
        said = ""
        if len(behind) == 2 and behind[0].text in _COMPARED and behind[1].kind == "string":
            said = behind[1].text
        elif len(before) == 2 and before[1].text in _COMPARED and before[0].kind == "string":
            said = before[0].text
        if said != said.lower():
            yield Remark("KG311", token.start, said, texts(
                zh=f"語言標籤以小寫存放,LANG(…) = {said} 永不成立;請用 LANGMATCHES(LANG(…), {said})。",
                en=f"language tags are kept in lower case, so LANG(…) = {said} never holds; write"
                   f" LANGMATCHES(LANG(…), {said})."))  # fmt: skip


def _conjuncts(tokens: list[Token]) -> Iterator[list[Token]]:
    """The parts of `(a && b && …)`, each without brackets around it; one that holds `||` comes whole."""
    piece: list[Token] = []
    depth = 0
    for token in _bare(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "&&" and depth == 0:
            yield _bare(piece)
            piece = []
        else:
            piece.append(token)
    yield _bare(piece)


def _bare(tokens: list[Token]) -> list[Token]:
    while len(tokens) > 2 and tokens[0].text == "(" and _closes(tokens):
        tokens = tokens[1:-1]
    return tokens


def _closes(tokens: list[Token]) -> bool:
    """Whether the first bracket is closed by the last token."""
    depth = 0
    for number, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0:
            return number == len(tokens) - 1
    return False


def _equal(piece: list[Token]) -> tuple[str, str]:
    """Variable and IRI of `?x = <iri>` or `<iri> = ?x`, else empty."""
    if len(piece) == 3 and piece[1].text == "=":
        for one, other in ((piece[0], piece[2]), (piece[2], piece[0])):
            if one.kind == "var" and other.kind in {"iri", "pname"}:
                return one.text[1:], other.text
    return "", ""


_OF_A_GROUP: tuple[Callable[[Group], Iterable[Remark]], ...] = (
    _filtered_terms, _negations, _early_optionals, _bound_inside,
)  # fmt: skip
