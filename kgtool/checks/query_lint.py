"""What the text of a query alone shows: forms that are slow, that find nothing, or whose order is left to chance.

Each check is a function of an outline and yields remarks; a remark is a rule's code, an offset in the text, and words.
The slow forms are those that were measured on this engine, whose planner has no statistics; rules.toml has the figures.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence

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
    if not select.order and not _one_row(select):
        start = select.columns[0][1] if select.columns else 0
        yield Remark("KG315", start, "ORDER BY", texts(
            zh="沒有 ORDER BY,列之次序每次可能不同。", en="there is no ORDER BY: rows may come in another order each time."))  # fmt: skip


def _one_row(select: Select | None) -> bool:
    return select is not None and select.aggregated and not select.grouped


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
        if _size(inner) > 1 and _looked_at(inner) <= inner.binds and _joined_surely(group, inner):
            yield Remark("KG307", part.start, "NOT EXISTS", texts(
                zh="FILTER NOT EXISTS 含多個樣式,逐列重新合併;此處 MINUS { … } 意義相同而快得多。",
                en="FILTER NOT EXISTS with several patterns joins them again for every row; MINUS { … } means the same here"
                   " and is much faster."))  # fmt: skip


def _looked_at(group: Group) -> frozenset[str]:
    """Variables of expressions and of what binds nothing: MINUS would not see there what is bound around it."""
    found = frozenset[str]()
    for part in group.parts:
        if part.role in SILENT:
            found = found.union(
                part.names, *(inner.names for every in part.groups for g in every.every() for inner in g.parts)
            )
        else:
            found = found.union(part.names if part.role is Role.BIND else (), *map(_looked_at, part.groups))
    return found


def _joined_surely(group: Group, inner: Group) -> bool:
    """Whether each row of both has a variable of the other: with none in common MINUS removes nothing."""
    shared = inner.binds & group.binds
    return shared <= _surely(inner) and not shared.isdisjoint(_surely(group))


def _surely(group: Group) -> frozenset[str]:
    """Variables that the group binds in each row."""
    return frozenset().union(*map(_of_each_row, group.parts))


def _of_each_row(part: Part) -> frozenset[str]:
    if part.role is Role.PATTERN:
        return part.binds
    if part.role in {Role.GRAPH, Role.UNION}:
        return frozenset.intersection(*map(_surely, part.groups))
    return part.select.names & _surely(part.select.where) if part.select else frozenset()


def _size(group: Group) -> int:
    """Triple patterns, those inside inner groups counted; a path is one."""
    return sum(part.role is Role.PATTERN for inner in group.every() for part in inner.parts)


def _early_optionals(group: Group) -> Iterator[Remark]:
    """An OPTIONAL before other joins is evaluated for rows that the joins would have removed."""
    before, surely = False, frozenset[str]()
    for number, part in enumerate(group.parts):
        if part.role is Role.OPTIONAL:
            last = max(n for n, other in enumerate(group.parts) if n == number or _follows(other))
            if before and last > number and not _uses(group.parts[number + 1 : last + 1], part.binds - surely):
                yield Remark("KG308", part.start, "OPTIONAL", texts(
                    zh="OPTIONAL 在其他樣式之前;移至其後結果相同而較快。",
                    en="an OPTIONAL stands before other patterns; behind them it means the same and is faster."))  # fmt: skip
        before = before or (part.role not in SILENT and bool(part.binds))
        surely |= _of_each_row(part)


def _follows(part: Part) -> bool:
    """Whether rows are carried into this part one by one; a sub-select is evaluated once, wherever it stands."""
    return part.role in {Role.PATTERN, Role.GRAPH} or any(_follows(inner) for branch in part.groups for inner in branch.parts
                                                          if part.role is Role.UNION)  # fmt: skip


def _uses(parts: list[Part], names: frozenset[str]) -> bool:
    """Whether one of the parts that an OPTIONAL would be moved behind has one of its variables; a FILTER is of the group."""
    return any((part.names | part.binds) & names for part in parts if part.role is not Role.FILTER)


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
        if not names or part.role is Role.MINUS or _is_scalar(part):
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


def _is_scalar(part: Part) -> bool:
    """Whether a part is a sub-select of one row, `{ SELECT (COUNT(*) AS ?n) { … } }`: joining that makes no more rows."""
    inner = part.groups[0].parts if part.role is Role.UNION and len(part.groups) == 1 else ()
    return len(inner) == 1 and (_one_row(inner[0].select) or _is_scalar(inner[0]))


def _binds_beside(group: Group, part: Part) -> frozenset[str]:
    return frozenset().union(*(other.binds for other in group.parts if other is not part and other.role not in SILENT))


def _languages(text: str) -> Iterator[Remark]:
    """LANG(?x) = "zh-Hant": the store keeps tags in lower case, and RFC 4647 ranges need LANGMATCHES."""
    every = lexed(text)
    for number, token in enumerate(every):
        if token.kind != "word" or token.text.upper() != "LANG":
            continue
        said = next((one for one in _compared(every, number) if one != one.lower()), "")
        if said:
            yield Remark("KG311", token.start, said, texts(
                zh=f"語言標籤以小寫存放,LANG(…) = {said} 永不成立;請用 LANGMATCHES(LANG(…), {said})。",
                en=f"language tags are kept in lower case, so LANG(…) = {said} never holds; write"
                   f" LANGMATCHES(LANG(…), {said})."))  # fmt: skip


def _compared(every: Sequence[Token], number: int) -> Iterator[str]:
    """The strings that `LANG(?x)`, whose first token has this number, is compared with."""
    before, behind = every[max(number - 2, 0) : number], every[number + 4 : number + 6]
    if len(before) == 2 and before[1].text in _COMPARED:
        behind = (*behind, before[1], before[0])
    for sign, said in zip(behind[::2], behind[1::2], strict=False):
        if sign.text in _COMPARED and said.kind == "string":
            yield said.text
    words = [token.text.upper() for token in every[number + 4 : number + 6]]
    if "IN" in words:
        first = number + 5 + words.index("IN")
        listed = itertools.takewhile(lambda token: token.text != ")", every[first:])
        yield from (token.text for token in listed if token.kind == "string")


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
