"""What can go wrong with a query, as errors of one form; `kgtool.errors` has the tree.

E-QUERY-SYNTAX   the text does not parse; has line and column
E-QUERY-FORM     an update, a SERVICE, or no query at all
E-QUERY-LIMIT    the text is larger, deeper or longer than is allowed; never parsed
E-QUERY-RUN      the engine refused to evaluate it, or its answer cannot be read
E-QUERY-TIMEOUT  no answer in time; the worker was killed
E-QUERY-MEMORY   the worker reached its memory limit
E-QUERY-ROWS     the answer has more rows or bytes than are allowed; never cut
E-QUERY-CRASH    the worker died of the query
"""

from __future__ import annotations

from kgtool.errors import QueryError, error
from kgtool.lang import plural
from kgtool.late import late

_AT = late(r"error at (\d+):(\d+): ")
_SMALLER = (
    "請縮小查詢範圍(加條件、減少樣式),或分次查詢。", "Ask for less: add conditions, take patterns away, or ask in parts.",
)  # fmt: skip
_FEWER = ("請加條件或 LIMIT。", "Add conditions or a LIMIT.")


class QuerySyntaxError(QueryError):
    """A query text that does not parse or is refused; `line` and `column` are 1-based, 0 when unknown."""

    line = 0
    column = 0


def syntax_error(said: str) -> QuerySyntaxError:
    """The engine's complaint as an error with a place; its list of expected tokens is cut to what helps."""
    found = _AT.search(said)
    detail = (
        _AT.sub("", said)
        .replace("\n", " ")
        .replace("expected one of Prefix not found,", "prefix not declared, or expected one of")
    )
    if len(detail) > 160:
        detail = detail[:160].rsplit(",", 1)[0] + " …"
    return misplaced(detail, int(found[1]) if found else 0, int(found[2]) if found else 0)


def misplaced(detail: str, line: int, column: int) -> QuerySyntaxError:
    """A syntax error at a place (1-based; 0: unknown)."""
    place = f"{line}:{column}: " if line else ""
    made = error(
        QuerySyntaxError, "E-QUERY-SYNTAX", f"查詢語法錯誤:{place}{detail}", f"the query does not parse: {place}{detail}",
        "請更正該行該欄之查詢文字。", "Correct the query at that line and column.",
    )  # fmt: skip
    made.line, made.column = line, column
    return made


def failed(said: str) -> QueryError:
    """The engine would not evaluate the query."""
    return error(
        QueryError, "E-QUERY-RUN", f"查詢執行失敗:{said}", f"the query failed: {said}",
        "請依引擎訊息更正查詢。", "Correct the query as the engine's words say.",
    )  # fmt: skip


def unheld() -> QueryError:
    """The answer holds a triple term (RDF 1.2), which the data never does: only a query can make one."""
    return error(
        QueryError, "E-QUERY-RUN", "查詢執行失敗:結果含有 RDF 1.2 之三元組詞項,此處不支援。",
        "the query failed: its answer holds a triple term of RDF 1.2, which is not supported.",
        "請改取其部分:SUBJECT()、PREDICATE()、OBJECT()。", "Ask for its parts: SUBJECT(), PREDICATE() and OBJECT().",
    )  # fmt: skip


def too_slow(seconds: float) -> QueryError:
    """The deadline passed."""
    return error(
        QueryError, "E-QUERY-TIMEOUT", f"查詢於 {seconds:g} 秒內未完成,已終止。",
        f"the query did not end within {seconds:g} s and was stopped.", *_SMALLER,
    )  # fmt: skip


def too_slow_together(seconds: float, left: int) -> QueryError:
    """Several runs of a query, each within its deadline, took too long together; so many were not begun."""
    return error(
        QueryError, "E-QUERY-TIMEOUT", f"此查詢之測試合計已逾 {seconds:g} 秒,其餘 {left} 項未執行。",
        f"the tests of this query took more than {seconds:g} s together; {left} of them {'was' if left == 1 else 'were'} not run.",
        "請減少測試,或使查詢更快。", "Write fewer tests, or a faster query.",
    )  # fmt: skip


def over_budget(seconds: float) -> QueryError:
    """The query's own budget is used up."""
    return error(
        QueryError, "E-QUERY-TIMEOUT", f"查詢於其自訂之時限(budget){seconds:g} 秒內未完成,已終止。",
        f"the query did not end within its own budget of {seconds:g} s and was stopped.", *_SMALLER,
    )  # fmt: skip


def too_large(memory: int) -> QueryError:
    """The worker reached its memory limit."""
    mb = memory >> 20
    return error(
        QueryError, "E-QUERY-MEMORY", f"查詢所需記憶體超過 {mb} MB,已終止。",
        f"the query needs more than {mb} MB of memory and was stopped.", *_SMALLER,
    )  # fmt: skip


def too_many_rows(rows: int) -> QueryError:
    """The answer is longer than is allowed."""
    return error(
        QueryError, "E-QUERY-ROWS", f"結果超過 {rows:,} 列,未輸出。",
        f"the answer has more than {rows:,} {plural(rows, 'row')} and is not given.", *_FEWER,
    )  # fmt: skip


def too_many_bytes(size: int) -> QueryError:
    """The answer is larger than is allowed."""
    return error(
        QueryError, "E-QUERY-ROWS", f"結果超過 {size:,} 位元組,未輸出。",
        f"the answer has more than {size:,} {plural(size, 'byte')} and is not given.", *_FEWER,
    )  # fmt: skip


def crashed(said: str) -> QueryError:
    """The worker died, or said what it never says."""
    return error(
        QueryError, "E-QUERY-CRASH", f"查詢引擎因此查詢而崩潰({said})。", f"the engine crashed on this query ({said}).",
        "請簡化查詢;其他查詢不受影響。", "Simplify the query; other queries are not affected.",
    )  # fmt: skip
