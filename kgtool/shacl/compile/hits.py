"""The violations of one constraint, and the nodes that do not conform to a shape, as patterns.

Both are sets: `violations` for the nodes of a pattern, `failing` for sh:node, sh:not and the rest. A pattern is repeated in
the subqueries that it bounds, so that an engine never works out more than what is asked about; text grows with the depth of
the shapes, not with the data. Source: SHACL §3.4, §4.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

import pyoxigraph as ox
from msgspec import Struct

from kgtool.shacl import plan
from kgtool.shacl.compile.focus import instances
from kgtool.shacl.compile.model import Classes, CompileError, Dialect
from kgtool.shacl.compile.text import Draft, Where, onward, plain, step, without
from kgtool.shacl.compile.values import less, one_of, right
from kgtool.shacl.paths import Path
from kgtool.shacl.plan import Logic, Pairing, Plan, Shape


class Hits(Struct, frozen=True):
    """A pattern of violations: the variable of the focus node, and of value, path and language where there is one."""

    text: str
    focus: str
    value: str = ""
    path: str = ""
    lang: str = ""


class Compiler:
    """One query's: it hands out fresh variables."""

    def __init__(self, made: Plan, classes: Classes, dialect: Dialect) -> None:
        self.plan = made
        self.classes = classes
        self.draft = Draft(dialect)

    def failing(self, number: int, where: Where) -> str:
        """A subquery that returns the nodes of a pattern which do not conform to a shape; "" when all do.

        Raises:
            CompileError: one of the shape's constraints cannot be.
        """
        if number in self.plan.recursive:
            raise CompileError(zh="遞迴形狀", en="a recursive shape")
        shape = self.plan.shapes[number]
        if shape.deactivated:
            return ""
        found = [
            f"{{ {hits.text} }}" for constraint in shape.constraints
            for hits in self.violations(constraint.test, shape, where)
        ]  # fmt: skip
        return f"{{ SELECT DISTINCT {where.node} {{ {' UNION '.join(found)} }} }}" if found else ""

    def violations(self, test: plan.Test, shape: Shape, where: Where) -> Iterator[Hits]:
        """Patterns of the violations of a constraint among the nodes of a pattern; each is a part of them.

        Raises:
            CompileError: it has no query.
        """
        if isinstance(test, plan.Count | plan.HasValue | plan.UniqueLang | plan.Qualified):
            yield from self._of_focus(test, shape.path, where)
            return
        if isinstance(test, plan.Pair):
            yield from self._pairs(test, shape.path, where)
            return
        values = onward(where, shape.path, self.draft)
        if isinstance(test, plan.Closed):
            yield self._closed(test, where, values)
        elif isinstance(test, plan.Shapes):
            yield from (Hits(text, where.node, values.node) for text in self._logic(test, values, where))
        elif isinstance(test, plan.Property):
            failed = self.failing(test.shape, values)
            if failed:
                yield Hits(_among(values, where, failed), where.node, values.node)
        elif isinstance(test, plan.ClassOf):
            members = instances(str(test.cls)[1:-1], values.node, self.classes, self.draft)
            inner = f"{values.text} {_group(members)}"
            yield Hits(without(values, inner, values.node, self.draft), where.node, values.node)
        elif isinstance(test, plan.Sparql):
            raise CompileError(zh="被引用之形狀含 SPARQL 查詢", en="a shape that is referred to has a SPARQL query")
        else:
            wrong = f"FILTER(!COALESCE({right(test, values.node, self.draft.dialect)}, false))"
            yield Hits(f"{values.text} {wrong}", where.node, values.node)

    def _logic(self, test: plan.Shapes, values: Where, where: Where) -> Iterator[str]:
        """Patterns of the values that do not conform. Source: SHACL §4.6, §4.7.1."""
        failed = [self.failing(number, values) for number in test.shapes]
        if test.logic is Logic.NOT:
            yield self._all_but(values, failed[:1])
        elif test.logic in {Logic.NODE, Logic.AND}:
            yield from (_among(values, where, one) for one in failed if one)
        else:
            if all(failed):
                yield _among(values, where, " ".join(failed))
            if test.logic is Logic.XONE:
                yield from (self._all_but(values, pair) for pair in combinations(failed, 2))

    def _all_but(self, values: Where, failed: tuple[str, ...] | list[str]) -> str:
        """The values that are in none of these sets of failing nodes."""
        text = values.text
        for one in filter(None, failed):
            text = without(Where(text, values.node), one, values.node, self.draft)
        return text

    def _of_focus(
        self, test: plan.Count | plan.HasValue | plan.UniqueLang | plan.Qualified, path: Path | None, where: Where
    ) -> Iterator[Hits]:
        if isinstance(test, plan.HasValue):
            yield Hits(self._without_value(test, path, where), where.node)
            return
        values = onward(where, path, self.draft)
        if isinstance(test, plan.UniqueLang):
            tag = self.draft.new()
            each = f'{values.text} BIND(LCASE(LANG({values.node})) AS {tag}) FILTER({tag} != "")'
            twice = f"GROUP BY {where.node} {tag} HAVING (COUNT(DISTINCT {values.node}) > 1)"
            yield Hits(f"{{ SELECT {where.node} {tag} {{ {each} }} {twice} }}", where.node, lang=tag)
            return
        text = values.text
        if isinstance(test, plan.Qualified):
            text = self._qualified(test, values)
        yield from self._counted(test.least, test.most, Where(text, values.node), where)

    def _counted(self, least: int, most: int, values: Where, where: Where) -> Iterator[Hits]:
        count = f"COUNT(DISTINCT {values.node})"
        if most == 0:
            yield Hits(values.text, where.node)
        elif most > 0:
            group = f"GROUP BY {where.node} HAVING ({count} > {most})"
            yield Hits(f"{{ SELECT {where.node} {{ {values.text} }} {group} }}", where.node)
        elif least > 0:
            group = f"GROUP BY {where.node} HAVING ({count} >= {least})" if least > 1 else ""
            yield Hits(without(where, values.text, where.node, self.draft, group), where.node)

    def _qualified(self, test: plan.Qualified, values: Where) -> str:
        """The values that conform to the shape and to none of its siblings. Source: SHACL §4.7.3."""
        text = self._all_but(values, [self.failing(test.shape, values)])
        for sibling in test.siblings:
            failed = self.failing(sibling, values)
            text = f"{text} {failed}" if failed else f"{text} FILTER(false)"
        return text

    def _without_value(self, test: plan.HasValue, path: Path | None, where: Where) -> str:
        if path is not None and plain(path) and isinstance(test.term, ox.NamedNode):
            inner = f"{where.text} {step(path, where.node, str(test.term), self.draft)}"
        else:
            values = onward(where, path, self.draft)
            inner = f"{values.text} FILTER({one_of((test.term,), values.node, self.draft.dialect)})"
        return without(where, inner, where.node, self.draft)

    def _closed(self, test: plan.Closed, where: Where, values: Where) -> Hits:
        path, value = self.draft.new(), self.draft.new()
        allowed = ", ".join(f"<{iri}>" for iri in sorted(test.allowed))
        only = f" FILTER(!({path} IN ({allowed})))" if allowed else ""
        return Hits(f"{values.text} {values.node} {path} {value} .{only}", where.node, value, path)

    def _pairs(self, test: plan.Pair, path: Path | None, where: Where) -> Iterator[Hits]:
        """Source: SHACL §4.5. For sh:equals the values of either side that the other has not."""
        values = onward(where, path, self.draft)
        there = f"{where.node} <{test.predicate}>"
        if test.pairing is Pairing.EQUALS:
            both = f"{values.text} {there} {values.node} ."
            keys = " ".join(dict.fromkeys((where.node, values.node)))
            yield Hits(without(values, both, keys, self.draft), where.node, values.node)
            other = self.draft.new()
            match = Where(f"{where.text} {there} {other} .", other)
            if path is not None and plain(path):
                here = f"{match.text} {step(path, where.node, other, self.draft)}"
            else:
                far = onward(match if path is None else Where(match.text, where.node), path, self.draft)
                here = f"{far.text} FILTER(sameTerm({where.node if path is None else far.node}, {other}))"
            yield Hits(without(match, here, f"{where.node} {other}", self.draft), where.node, other)
        elif test.pairing is Pairing.DISJOINT:
            yield Hits(f"{values.text} {there} {values.node} .", where.node, values.node)
        else:
            other = self.draft.new()
            right_order = less(values.node, other, self.draft.dialect, equal=test.pairing is Pairing.LESS_OR_EQUAL)
            text = f"{values.text} {there} {other} . FILTER(!COALESCE({right_order}, false))"
            yield Hits(text, where.node, values.node)


def _among(values: Where, where: Where, failed: str) -> str:
    """Failing nodes with the focus nodes that lead to them; they are the focus nodes themselves when no path does."""
    return failed if values.node == where.node else f"{values.text} {failed}"


def _group(pattern: str) -> str:
    return f"{{ {pattern} }}"
